// Package guard opens the zip files that documents are (OOXML, OFD). They come
// from strangers: what a part unpacks to is bounded by its own size, by its
// ratio and by what all parts came to, whatever the zip says of it, and reading
// ends with its context. Nothing is ever written to disk.
package guard

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"
)

// Why a file, or a part of it, is not read. They are for the readers, who say
// it to people in the words of their format.
var (
	ErrBroken    = errors.New("guard: no zip, or damaged")
	ErrEncrypted = errors.New("guard: encrypted")
	ErrTooLarge  = errors.New("guard: too large")
)

// maxName bounds the bytes of a part's name; a longer one is passed over.
const maxName = 1000

// Limits bound what is read; 0 is no bound.
type Limits struct {
	Files    int    // entries
	Declared uint64 // bytes that all entries say to unpack to
	Read     int64  // bytes that are unpacked, of all parts, each time that one is read
	Ratio    int64  // unpacked to packed, of a part over Free
	Free     int64  // bytes
}

// maxDirectory bounds the bytes of a zip's list of entries: 20,000 of them
// take three megabytes.
const maxDirectory = 16 << 20

// Zip opens a zip for those who read it entry by entry. The list of entries,
// of which memory takes several times its size, is bounded; nothing else is.
// Names may be of any kind. Its errors are ErrBroken and ErrTooLarge.
func Zip(in io.ReaderAt, size int64) (*zip.Reader, error) {
	list := &directory{in: in, left: maxDirectory}
	z, err := zip.NewReader(list, size)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, ErrTooLarge
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return nil, ErrBroken
	}
	list.read = true
	return z, nil
}

// directory stops a reader of a zip's list that goes on and on.
type directory struct {
	in   io.ReaderAt
	left int64
	read bool // what follows is entries
}

func (d *directory) ReadAt(p []byte, at int64) (int, error) {
	if !d.read {
		if d.left -= int64(len(p)); d.left < 0 {
			return 0, ErrTooLarge
		}
	}
	return d.in.ReadAt(p, at)
}

// Archive is an opened zip. It is used by one reader at a time.
type Archive struct {
	ctx    context.Context
	limits Limits
	files  map[string]*zip.File // by Name
	read   int64
}

// Open opens a zip. Its errors are ErrBroken and ErrTooLarge.
func Open(ctx context.Context, data []byte, l Limits) (*Archive, error) {
	z, err := Zip(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if l.Files > 0 && len(z.File) > l.Files {
		return nil, ErrTooLarge
	}
	a := &Archive{ctx: ctx, limits: l, files: make(map[string]*zip.File, len(z.File))}
	var declared uint64
	for _, f := range z.File {
		declared += min(f.UncompressedSize64, 1<<40) // it may be anything
		if l.Declared > 0 && declared > l.Declared {
			return nil, ErrTooLarge
		}
		if len(f.Name) > maxName {
			continue
		}
		if name := Name(f.Name); a.files[name] == nil {
			a.files[name] = f
		}
	}
	return a, nil
}

// Name is a part's name as it is compared: without case and without its root,
// with slashes.
func Name(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")), "/"))
}

// Has reports whether there is a part of that name.
func (a *Archive) Has(name string) bool {
	return name != "" && len(name) <= maxName && a.files[Name(name)] != nil
}

// Locked reports whether any part is encrypted.
func (a *Archive) Locked() bool {
	for _, f := range a.files {
		if f.Flags&1 != 0 {
			return true
		}
	}
	return false
}

// Part opens a part that Has knows, of at most limit bytes. Its errors are
// ErrBroken, ErrEncrypted and ErrTooLarge; reading it gives the same, and those
// of the context.
func (a *Archive) Part(name string, limit int64) (io.ReadCloser, error) {
	f := a.files[Name(name)]
	switch {
	case f == nil:
		return nil, ErrBroken
	case f.Flags&1 != 0:
		return nil, ErrEncrypted
	}
	if packed := f.CompressedSize64; a.limits.Ratio > 0 && packed < uint64(limit/a.limits.Ratio) {
		limit = min(limit, max(a.limits.Free, int64(packed)*a.limits.Ratio))
	}
	if f.UncompressedSize64 > uint64(limit) || a.limits.Read > 0 && a.read > a.limits.Read {
		return nil, ErrTooLarge
	}
	from, err := f.Open()
	if err != nil {
		return nil, ErrBroken
	}
	return &part{from, a, limit}, nil
}

// Bytes reads a part whole.
func (a *Archive) Bytes(name string, limit int64) ([]byte, error) {
	in, err := a.Part(name, limit)
	if err != nil {
		return nil, err
	}
	defer in.Close() // read only
	return io.ReadAll(in)
}

// part is a part as it is unpacked.
type part struct {
	from io.ReadCloser
	a    *Archive
	left int64
}

func (p *part) Read(b []byte) (int, error) {
	if err := p.a.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.from.Read(b[:min(len(b), 64<<10)]) // the context is looked at now and then
	p.left -= int64(n)
	p.a.read += int64(n)
	switch {
	case p.left < 0, p.a.limits.Read > 0 && p.a.read > p.a.limits.Read:
		return 0, ErrTooLarge
	case err != nil && err != io.EOF:
		return n, ErrBroken
	}
	return n, err
}

func (p *part) Close() error { return p.from.Close() }
