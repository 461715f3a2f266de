package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

func pass(Manifest) error { return nil }
func rest(time.Duration)  {}

// packed is a backup of two files.
func packed(t testing.TB) []byte {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"a.db": strings.Repeat("青岚市", 200_000), "b": ""} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	m := Manifest{Program: "1", Schema: 7, Made: time.Unix(1_800_000_000, 0).UTC()}
	if err := Pack(t.Context(), &out, m, folder, []string{"a.db", "b"}, rest); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func unpackInto(t testing.TB, data []byte, check func(Manifest) error) (string, Manifest, error) {
	t.Helper()
	folder := t.TempDir()
	m, err := Unpack(context.Background(), bytes.NewReader(data), int64(len(data)), folder, check)
	return folder, m, err
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	data := packed(t)
	folder, m, err := unpackInto(t, data, pass)
	if err != nil || m.Format != Format || m.Schema != 7 || len(m.Members) != 2 || m.Members[0].Size != 1_800_000 {
		t.Fatalf("%+v, %v", m, err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "a.db"))
	if err != nil || string(text) != strings.Repeat("青岚市", 200_000) {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if info, err := os.Stat(filepath.Join(folder, "b")); err != nil || info.Size() != 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	refused := errors.New("not this one")
	folder, _, err = unpackInto(t, data, func(Manifest) error { return refused })
	if entries, _ := os.ReadDir(folder); !errors.Is(err, refused) || len(entries) > 0 {
		t.Errorf("%v, %v", err, entries)
	}
}

// Wherever a backup is cut, it is refused; and wherever a bit of it turns over,
// unless it says the same all the same, as a larger window does.
func TestDamage(t *testing.T) {
	t.Parallel()
	data := packed(t)
	_, whole, err := unpackInto(t, data, pass)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(data) {
		if n > 200 && n%97 != 0 && n < len(data)-20 {
			continue
		}
		if _, _, err := unpackInto(t, data[:n], pass); !errors.Is(err, ErrShort) && !errors.Is(err, ErrOther) {
			t.Errorf("cut at %d: %v", n, err)
		}
		turned := bytes.Clone(data)
		turned[n] ^= 1
		if _, m, err := unpackInto(t, turned, pass); err == nil && !reflect.DeepEqual(m, whole) {
			t.Errorf("byte %d turned: %+v", n, m)
		}
	}
}

func TestBombs(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	head := `{"format":1,"members":[{"name":"a","size":134217728,"sha256":"00"}]}`
	if err := w.WriteHeader(&tar.Header{Name: manifestName, Size: int64(len(head))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteHeader(&tar.Header{Name: "a", Size: 128 << 20}); err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 128 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	folder, _, err := unpackInto(t, out.Bytes(), pass)
	if entries, _ := os.ReadDir(folder); !errors.Is(err, ErrBomb) || len(entries) > 0 {
		t.Errorf("%d bytes: %v, %v", out.Len(), err, entries)
	}
	// The same size said smaller by its manifest, with more behind it.
	if _, err := Unpack(t.Context(), bytes.NewReader(out.Bytes()), -60_000, t.TempDir(), pass); !errors.Is(err, ErrBomb) {
		t.Errorf("without any room: %v", err)
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(packed(f))
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Fuzz(func(t *testing.T, data []byte) {
		folder, m, err := unpackInto(t, data, pass)
		if err != nil {
			return
		}
		for _, member := range m.Members {
			if info, err := os.Lstat(filepath.Join(folder, member.Name)); err != nil || info.Size() != member.Size {
				t.Errorf("%s: %v", member.Name, err)
			}
		}
	})
}

// FuzzManifest puts any tar into a good stream.
func FuzzManifest(f *testing.F) {
	f.Add(`{"format":1,"members":[{"name":"../a","size":1,"sha256":""}]}`, "../a", "x")
	f.Add(`{"format":1,"members":[{"name":"a","size":1,"sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}]}`, "a", "x")
	f.Fuzz(func(t *testing.T, head, name, text string) {
		var out bytes.Buffer
		z, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w := tar.NewWriter(z)
		for _, file := range [][2]string{{manifestName, head}, {name, text}} {
			if w.WriteHeader(&tar.Header{Name: file[0], Size: int64(len(file[1]))}) != nil {
				return
			}
			_, _ = w.Write([]byte(file[1]))
		}
		if errors.Join(w.Close(), z.Close()) != nil {
			return
		}
		folder, m, err := unpackInto(t, out.Bytes(), pass)
		entries, _ := os.ReadDir(filepath.Dir(folder))
		if len(entries) != 1 {
			t.Errorf("written beside the folder: %v", entries)
		}
		if err == nil && len(m.Members) != 1 {
			t.Errorf("%+v", m)
		}
	})
}
