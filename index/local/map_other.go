//go:build !unix

package local

import (
	"io"
	"os"
)

// mapFile reads a file whole where it cannot be mapped.
func mapFile(f *os.File, size int) (data []byte, release func(), err error) {
	data = make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(f, 0, int64(size)), data)
	return data, nil, err
}

// syncFolder does nothing: folders cannot be synced here.
func syncFolder(string) error { return nil }
