//go:build unix

package local

import (
	"fmt"
	"os"
	"syscall"
)

// mapFile maps a file read-only; release unmaps it.
func mapFile(f *os.File, size int) (data []byte, release func(), err error) {
	data, err = syscall.Mmap(int(f.Fd()), 0, size, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("mapping the index snapshot: %w", err)
	}
	// Unmapping what was mapped cannot fail.
	return data, func() { _ = syscall.Munmap(data) }, nil
}

// syncFolder makes a rename in a folder durable.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
