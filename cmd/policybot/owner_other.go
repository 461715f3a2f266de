//go:build !unix

package main

import "io/fs"

// ours cannot be told here; temporary folders are a user's own.
func ours(fs.FileInfo) bool { return true }
