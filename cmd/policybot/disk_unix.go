//go:build linux || darwin || freebsd

package main

import "syscall"

// diskSpace returns the bytes that are left where a folder is, and its disk's
// size; zeroes where they cannot be told.
func diskSpace(folder string) (free, total uint64) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(folder, &st); err != nil {
		return 0, 0
	}
	size := uint64(st.Bsize)
	return uint64(max(0, int64(st.Bavail))) * size, uint64(st.Blocks) * size
}
