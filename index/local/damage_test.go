package local

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

// damaged opens a snapshot of these bytes and, where it opens, reads all of it.
func damaged(t testing.TB, name string, data []byte) error {
	t.Helper()
	must(t, os.WriteFile(name, data, 0o600))
	s, err := openSnapshot(name)
	if err != nil {
		return err
	}
	v := &view{state: newState(s.meta, []*segment{s}, nil, counts{})}
	defer v.Release()
	r := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		_, err := v.Recall(context.Background(), indextest.Query(r), indextest.Filter(r), 10)
		must(t, err)
	}
	for id := range uint32(v.total) {
		u := v.Unit(id)
		v.Document(strings.Clone(u.Document))
		decodeUnit(s.record(int(id)), whole)
	}
	return nil
}

func snapshotOf(t testing.TB, units []*index.Unit) []byte {
	t.Helper()
	var buf bytes.Buffer
	b, err := newBuilder(context.Background(), &buf)
	must(t, err)
	must(t, addAll(b, units))
	header, err := b.finish(meta{generation: "g", cursor: 1})
	must(t, err)
	return append(header, buf.Bytes()[len(header):]...)
}

func TestDamaged(t *testing.T) {
	t.Parallel()
	whole := snapshotOf(t, units(9, 8))
	name := filepath.Join(t.TempDir(), snapshotName)
	must(t, damaged(t, name, whole))
	at, err := readHeader(whole, int64(len(whole)))
	must(t, err)
	var places []int
	for i := range headerSize {
		places = append(places, i)
	}
	for id, s := range at {
		if s.length == 0 {
			t.Errorf("section %d is empty: nothing is tested", id)
		}
		places = append(places, int(s.offset), int(s.offset+s.length/2), int(s.offset+s.length-1))
	}
	for _, i := range places {
		data := bytes.Clone(whole)
		data[i] ^= 0x10
		if err := damaged(t, name, data); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d flipped: %v, want ErrDamaged", i, err)
		}
	}
	for n := 0; n < len(whole); n += 1 + n/7 {
		if err := damaged(t, name, whole[:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d bytes: %v, want ErrDamaged", n, err)
		}
	}
	must(t, os.WriteFile(name, whole[:100], 0o600))
	x := openIn(t, filepath.Dir(name), smallDelta)
	if _, err := x.View(); !errors.Is(err, ErrDamaged) {
		t.Errorf("view: %v, want ErrDamaged", err)
	}
	must(t, x.Rebuild(t.Context(), "g", 1, indextest.Sequence(nil)))
	look(t, x)
}

// seal makes the checksums right, so that what they protect is tried.
func seal(data []byte) {
	at, err := readHeader(data, int64(len(data)))
	if err != nil {
		return
	}
	for i, s := range at {
		sum := crc32.Checksum(data[s.offset:s.offset+s.length], castagnoli)
		binary.LittleEndian.PutUint32(data[len(magic)+16+i*24+16:], sum)
	}
	binary.LittleEndian.PutUint32(data[headerSize-4:], crc32.Checksum(data[:headerSize-4], castagnoli))
}

// FuzzSnapshot changes bytes under right checksums: an error or a poor index,
// never a panic.
func FuzzSnapshot(f *testing.F) {
	whole := snapshotOf(f, units(10, 6))
	f.Add([]byte{0, 0, 0, 1})
	f.Add([]byte{0xff, 0xff, 0x10, 0xff, 0x80, 0, 1, 2})
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, changes []byte) {
		data := bytes.Clone(whole)
		for ; len(changes) >= 4; changes = changes[4:] {
			i := int(binary.LittleEndian.Uint32(changes) & 0xffffff)
			data[headerSize+i%(len(data)-headerSize)] = changes[3]
		}
		seal(data)
		name := filepath.Join(folder, fmt.Sprint("snapshot", os.Getpid()))
		if err := damaged(t, name, data); err != nil && !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	})
}

// TestDamagedUnderChecksums flips many bytes of each section, checksums right.
func TestDamagedUnderChecksums(t *testing.T) {
	t.Parallel()
	whole := snapshotOf(t, units(11, 8))
	at, err := readHeader(whole, int64(len(whole)))
	must(t, err)
	name := filepath.Join(t.TempDir(), snapshotName)
	for id, s := range at {
		for i := uint64(0); i < s.length; i += 1 + s.length/60 {
			for _, flip := range []byte{0x01, 0x80, 0xff} {
				data := bytes.Clone(whole)
				data[s.offset+i] ^= flip
				seal(data)
				if err := damaged(t, name, data); err != nil && !errors.Is(err, ErrDamaged) {
					t.Errorf("section %d, byte %d: %v", id, i, err)
				}
			}
		}
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	u := &index.Unit{Document: "d", Ordinal: -3, Revision: 1 << 40, Start: -1, Class: index.GuideUnit, Sample: true, Body: "\xff",
		Passages: []corpus.Passage{{Anchor: "a1", Start: -5, End: 1 << 50, Path: []string{"", "二"}}, {}}, Words: []string{"公积金", ""}, Negative: []string{"反例", ""}, Asked: 7}
	record := appendUnit(nil, u)
	if got := decodeUnit(record, whole); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", *u) {
		t.Errorf("got %+v", got)
	}
	for n := range record { // cut short anywhere: poor, no panic
		decodeUnit(record[:n:n], whole)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add(appendUnit(nil, units(13, 1)[0]))
	f.Fuzz(func(_ *testing.T, record []byte) {
		decodeUnit(record, whole)
		r := &reader{b: record}
		r.scopes()
		r.meta()
	})
}
