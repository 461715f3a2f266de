package local

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// A segment, on disk or on the heap, is a header and these sections, numbers
// little endian:
//
//	records   one encoded unit after another (record.go)
//	postings  uint32 each: unit number << 8 | frequency, ascending in a list
//	keys      uint64 each: the terms, ascending
//	lists     per term, and once more at the end: uint32 first posting, float32 bound
//	ends      uint64 per unit: where its record ends
//	norms     uint32 per unit: class << 28 | length in terms
//	scopes    uint32 per unit: row of the scope table
//	order     uint32 each: unit numbers by document and ordinal
//	table     the scope table: what index.Filter looks at
//	about     generation, changes, cursor, averages that the bounds rest on
//
// The header is magic, version, file size, then offset, length and CRC32C of
// each section, and the CRC32C of all that.
const (
	records = iota
	postings
	keys
	lists
	ends
	norms
	scopes
	order
	table
	about
	sectionCount
)

const (
	magic      = "policybot index\n"
	version    = 5
	headerSize = len(magic) + 8 + 8 + sectionCount*24 + 4
)

// ErrDamaged says that the snapshot on disk cannot be used: damaged, cut
// short, or written by another version. Rebuild makes a new one.
var ErrDamaged = errors.New("local: the index snapshot is damaged")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type section struct {
	offset, length uint64
	sum            uint32
}

// writer writes the sections of a segment one after another, leaving room for
// the header.
type writer struct {
	dst     io.Writer
	offset  uint64
	current int
	written [sectionCount]section
}

func newWriter(dst io.Writer) (*writer, error) {
	w := &writer{dst: dst, offset: uint64(headerSize)}
	_, err := dst.Write(make([]byte, headerSize))
	return w, err
}

// begin starts a section; all that is written until the next belongs to it.
func (w *writer) begin(id int) {
	w.current = id
	w.written[id].offset = w.offset
}

func (w *writer) Write(p []byte) (int, error) {
	s := &w.written[w.current]
	n, err := w.dst.Write(p)
	s.length += uint64(n)
	s.sum = crc32.Update(s.sum, castagnoli, p[:n])
	w.offset += uint64(n)
	return n, err
}

func (w *writer) section(id int, p []byte) error {
	w.begin(id)
	_, err := w.Write(p)
	return err
}

func (w *writer) header() []byte {
	le := binary.LittleEndian
	h := append(make([]byte, 0, headerSize), magic...)
	h = le.AppendUint32(h, version)
	h = le.AppendUint32(h, sectionCount)
	h = le.AppendUint64(h, w.offset)
	for _, s := range w.written {
		h = le.AppendUint64(h, s.offset)
		h = le.AppendUint64(h, s.length)
		h = le.AppendUint32(h, s.sum)
		h = le.AppendUint32(h, 0)
	}
	return le.AppendUint32(h, crc32.Checksum(h, castagnoli))
}

// readHeader reads the sections of a segment of a size. Every section lies
// within the size.
func readHeader(h []byte, size int64) (out [sectionCount]section, err error) {
	le := binary.LittleEndian
	if len(h) < headerSize || string(h[:len(magic)]) != magic {
		return out, fmt.Errorf("%w: no header", ErrDamaged)
	}
	h = h[:headerSize]
	sum := h[headerSize-4:]
	if v := le.Uint32(h[len(magic):]); v != version {
		return out, fmt.Errorf("%w: version %d, wanted %d", ErrDamaged, v, version)
	}
	if crc32.Checksum(h[:headerSize-4], castagnoli) != le.Uint32(sum) {
		return out, fmt.Errorf("%w: header checksum", ErrDamaged)
	}
	h = h[len(magic)+4:]
	if le.Uint32(h) != sectionCount || le.Uint64(h[4:]) != uint64(size) {
		return out, fmt.Errorf("%w: cut short", ErrDamaged)
	}
	h = h[12:]
	for i := range out {
		s := section{le.Uint64(h), le.Uint64(h[8:]), le.Uint32(h[16:])}
		if s.offset < uint64(headerSize) || s.offset > uint64(size) || s.length > uint64(size)-s.offset {
			return out, fmt.Errorf("%w: section %d out of range", ErrDamaged, i)
		}
		out[i], h = s, h[24:]
	}
	return out, nil
}

// verify reads every section and compares its checksum. It reads through r
// and not through a mapping, so that what is not needed does not become
// resident.
func verify(r io.ReaderAt, sections [sectionCount]section) error {
	buf := make([]byte, 1<<18)
	for i, s := range sections {
		sum := crc32.New(castagnoli)
		n, err := io.CopyBuffer(sum, struct{ io.Reader }{io.NewSectionReader(r, int64(s.offset), int64(s.length))}, buf)
		if err != nil {
			return fmt.Errorf("reading the index snapshot: %w", err)
		}
		if uint64(n) != s.length || sum.Sum32() != s.sum {
			return fmt.Errorf("%w: checksum of section %d", ErrDamaged, i)
		}
	}
	return nil
}
