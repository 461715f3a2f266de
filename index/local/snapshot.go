package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrMissing says that there is no snapshot yet. Rebuild makes one.
var ErrMissing = errors.New("local: there is no index snapshot")

const (
	snapshotName = "snapshot"
	unfinished   = "snapshot-*.tmp" // what a crash in the middle of a build leaves
)

// openSnapshot maps a snapshot. Its errors wrap ErrMissing or ErrDamaged, or
// are those of the file system.
func openSnapshot(name string) (*segment, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: not a file", ErrDamaged)
	}
	header := make([]byte, headerSize)
	if _, err := io.ReadFull(f, header); err != nil {
		return nil, fmt.Errorf("%w: no header: %w", ErrDamaged, err)
	}
	at, err := readHeader(header, info.Size())
	if err != nil {
		return nil, err
	}
	if err := verify(f, at); err != nil {
		return nil, err
	}
	data, release, err := mapFile(f, int(info.Size()))
	if err != nil {
		return nil, err
	}
	s, err := parse(data, at)
	if err != nil {
		if release != nil {
			release()
		}
		return nil, err
	}
	s.release = release
	return s, nil
}

// writeSnapshot writes a snapshot aside, proves that it can be read, and
// renames it. Until then, and on any error, the old one stays.
func writeSnapshot(ctx context.Context, folder string, m meta, fill func(*builder) error) (s *segment, err error) {
	f, err := os.CreateTemp(folder, unfinished)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // closed twice on some ways
			_ = os.Remove(f.Name())
			if s != nil && s.release != nil {
				s.release()
			}
			s, err = nil, fmt.Errorf("writing the index snapshot: %w", err)
		}
	}()
	if err = writeSegment(ctx, f, m, fill); err != nil {
		return nil, err
	}
	if err = f.Close(); err != nil {
		return nil, err
	}
	if s, err = openSnapshot(f.Name()); err != nil {
		return nil, err
	}
	if err = os.Rename(f.Name(), filepath.Join(folder, snapshotName)); err != nil {
		return s, err
	}
	return s, syncFolder(folder)
}

func writeSegment(ctx context.Context, f *os.File, m meta, fill func(*builder) error) error {
	out := bufio.NewWriterSize(f, 1<<20)
	b, err := newBuilder(ctx, out)
	if err != nil {
		return err
	}
	if err := fill(b); err != nil {
		return err
	}
	header, err := b.finish(m)
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := f.WriteAt(header, 0); err != nil {
		return err
	}
	return f.Sync()
}

// removeUnfinished removes what crashed builds left.
func removeUnfinished(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ours, _ := filepath.Match(unfinished, e.Name()); !ours || !e.Type().IsRegular() {
			continue
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
