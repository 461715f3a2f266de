//go:build !linux && !darwin && !freebsd && !windows

package main

// diskSpace cannot be told here.
func diskSpace(string) (free, total uint64) { return 0, 0 }
