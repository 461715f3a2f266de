package guard

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// pack makes a zip; change, where it is not nil, has the last word on each
// header.
func pack(t testing.TB, files map[string]string, change func(*zip.FileHeader)) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range files {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		if change != nil {
			change(h)
		}
		f, err := z.CreateHeader(h)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestNames(t *testing.T) {
	t.Parallel()
	a, err := Open(t.Context(), pack(t, map[string]string{`Word\Document.xml`: "甲", "../up.xml": "乙", strings.Repeat("a", 2000): "丙"}, nil), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"word/document.xml": true, "/WORD/document.xml": true, "up.xml": true, "": false, "other": false, strings.Repeat("a", 2000): false} {
		if a.Has(name) != want {
			t.Errorf("%.20q: %t", name, !want)
		}
	}
	if got, err := a.Bytes("/word/Document.xml", 10); string(got) != "甲" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := a.Bytes("other", 10); !errors.Is(err, ErrBroken) {
		t.Errorf("a part that is not there: %v", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	bomb := strings.Repeat("0", 1<<20)
	for name, c := range map[string]struct {
		data   []byte
		limits Limits
		part   int64
		want   error
	}{
		"no zip":         {[]byte("PK\x03\x04"), Limits{}, 1, ErrBroken},
		"files":          {pack(t, map[string]string{"a": "", "b": ""}, nil), Limits{Files: 1}, 1, ErrTooLarge},
		"declared":       {pack(t, map[string]string{"a": bomb}, nil), Limits{Declared: 1000}, 1 << 30, ErrTooLarge},
		"a part":         {pack(t, map[string]string{"a": bomb}, nil), Limits{}, 1000, ErrTooLarge},
		"its ratio":      {pack(t, map[string]string{"a": bomb}, nil), Limits{Ratio: 100, Free: 1000}, 1 << 30, ErrTooLarge},
		"a free ratio":   {pack(t, map[string]string{"a": bomb}, nil), Limits{Ratio: 100, Free: 2 << 20}, 1 << 30, nil},
		"what was read":  {pack(t, map[string]string{"a": bomb}, nil), Limits{Read: 1000}, 1 << 30, ErrTooLarge},
		"encrypted":      {pack(t, map[string]string{"a": "甲"}, func(h *zip.FileHeader) { h.Flags |= 1 }), Limits{}, 10, ErrEncrypted},
		"within them":    {pack(t, map[string]string{"a": bomb}, nil), Limits{Files: 1, Declared: 2 << 20, Read: 2 << 20}, 1 << 20, nil},
		"another method": {pack(t, map[string]string{"a": ""}, func(h *zip.FileHeader) { h.Method = zip.Store; h.Name = "b" }), Limits{}, 10, ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, err := Open(t.Context(), c.data, c.limits)
			if err == nil {
				_, err = a.Bytes("a", c.part)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// TestRead counts a part each time that it is read.
func TestRead(t *testing.T) {
	t.Parallel()
	a, err := Open(t.Context(), pack(t, map[string]string{"a": strings.Repeat("甲", 100)}, nil), Limits{Read: 700})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, nil, ErrTooLarge, ErrTooLarge} {
		if _, err := a.Bytes("a", 1000); !errors.Is(err, want) {
			t.Errorf("reading %d: %v, want %v", i+1, err, want)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	a, err := Open(ctx, pack(t, map[string]string{"a": "甲"}, nil), Limits{})
	if err != nil || a.Locked() {
		t.Fatal(err, a.Locked())
	}
	cancel()
	if _, err := a.Bytes("a", 10); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestList has more entries than memory should be asked for.
func TestList(t *testing.T) {
	t.Parallel()
	one := pack(t, map[string]string{"a": ""}, nil)
	end := bytes.LastIndex(one, []byte("PK\x05\x06"))
	list := one[bytes.Index(one, []byte("PK\x01\x02")):end]
	first := len(one) - len(list) - len(one[end:])
	data := append(one[:first:first], bytes.Repeat(list, maxDirectory/len(list)+1000)...)
	tail := bytes.Clone(one[end:])
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(data)-first))
	data = append(data, tail...)
	if _, err := Open(t.Context(), data, Limits{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a list of %d bytes: %v", len(data), err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(pack(f, map[string]string{"a": "甲", "b/../a": "乙"}, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Open(t.Context(), data, Limits{Files: 100, Declared: 1 << 20, Read: 1 << 20, Ratio: 100, Free: 1000})
		if err != nil {
			return
		}
		for name := range a.files {
			if got, err := a.Bytes(name, 1<<16); err == nil && len(got) > 1<<16 {
				t.Fatalf("%q has %d bytes", name, len(got))
			}
		}
	})
}
