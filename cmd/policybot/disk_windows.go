package main

import "golang.org/x/sys/windows"

// diskSpace returns the bytes that are left where a folder is, and its disk's
// size; zeroes where they cannot be told.
func diskSpace(folder string) (free, total uint64) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, 0
	}
	if err := windows.GetDiskFreeSpaceEx(name, &free, &total, nil); err != nil {
		return 0, 0
	}
	return free, total
}
