package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	noon   = time.Date(2026, 3, 5, 12, 0, 1, 999, time.FixedZone("CST", 8*3600))
	sample = []file{
		{"policybot", bytes.Repeat([]byte("machine code "), 10000), true},
		{"LICENSE", []byte("Apache"), false},
		{"docs/deploy/说明.md", []byte("第一条"), false},
	}
	shuffled = []file{sample[2], sample[0], sample[1]}
)

// What was built twice is the same, in whatever order it was collected and
// wherever the clock stood.
func TestArchivesAreReproducible(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(io.Writer, string, []file, time.Time) error{"tar": writeTar, "zip": writeZip} {
		var a, b, c bytes.Buffer
		err := errors.Join(write(&a, "p_v1", sample, noon), write(&b, "p_v1", shuffled, noon.UTC()), write(&c, "p_v1", sample, noon.Add(time.Hour)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("%s: two archives of one thing differ", name)
		}
		if bytes.Equal(a.Bytes(), c.Bytes()) {
			t.Errorf("%s: the time is not in it", name)
		}
	}
	if sample[0].name != "policybot" {
		t.Error("the caller's files were sorted")
	}
}

func TestTar(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := writeTar(&b, "p_v1", sample, noon); err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if !z.ModTime.IsZero() || z.Name != "" {
		t.Errorf("gzip names %q, %v", z.Name, z.ModTime)
	}
	var names []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, h.Name)
		mode := int64(0o644)
		if h.Name == "p_v1/policybot" {
			mode = 0o755
		}
		if h.Mode != mode || h.Uid != 0 || h.Gid != 0 || h.Uname != "root" || h.ModTime.Unix() != noon.Unix() {
			t.Errorf("%+v", h)
		}
		if data, err := io.ReadAll(r); err != nil || int64(len(data)) != h.Size {
			t.Error(err)
		}
	}
	if want := []string{"p_v1/LICENSE", "p_v1/docs/deploy/说明.md", "p_v1/policybot"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

func TestZip(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := writeZip(&b, "p_v1", sample, noon); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range r.File {
		want := sorted(sample)[i]
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(data, want.data) || f.Name != "p_v1/"+want.name || int64(f.Mode().Perm()) != want.mode() || f.Modified.Unix() != noon.Unix() {
			t.Errorf("%s %v %v %v", f.Name, f.Mode(), f.Modified, err)
		}
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestSumsAndClean(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "policybot_b.zip"), "b")
	put(t, filepath.Join(dir, "policybot_a.tar.gz"), "a")
	put(t, filepath.Join(dir, "mine.txt"), "not ours")
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	const want = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  policybot_a.tar.gz\n" +
		"3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  policybot_b.zip\n"
	if got, err := os.ReadFile(filepath.Join(dir, sumsName)); err != nil || string(got) != want {
		t.Errorf("%s %v", got, err)
	}
	if err := clean(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "mine.txt" {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a", "LICENSE"), "MIT of A\r\nline\n")
	put(t, filepath.Join(dir, "a", "NOTICE.txt"), "notice of A")
	put(t, filepath.Join(dir, "a", "license.go"), "package a")
	put(t, filepath.Join(dir, "a", "README"), "no")
	put(t, filepath.Join(dir, "b", "Copying"), "BSD of B")
	put(t, filepath.Join(dir, "none", "README"), "no")
	text, err := notices([]module{{"a", "v1", filepath.Join(dir, "a")}, {"b", "v2", filepath.Join(dir, "b")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a v1: LICENSE\n", "\nMIT of A\nline\n", "a v1: NOTICE.txt\n", "b v2: Copying\n", "\nBSD of B\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "package a") || strings.Contains(string(text), "README") {
		t.Errorf("too much:\n%s", text)
	}
	if _, err := notices([]module{{"none", "v1", filepath.Join(dir, "none")}}); err == nil {
		t.Error("a module without a licence was taken")
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-only", "plan9/mips"}, {"now"}, {"-colour"}} {
		if err := run(t.Context(), args); err == nil {
			t.Errorf("%q was taken", args)
		}
	}
}
