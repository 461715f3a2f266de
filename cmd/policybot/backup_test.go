//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/store/archive"
)

// answers asks the sample's golden questions of a data folder.
func answers(t *testing.T, data string) []answeredLine {
	t.Helper()
	var questions []string
	golden, err := io.ReadAll(sample.Golden())
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(golden)) {
		var g struct{ Question string }
		if err := json.Unmarshal([]byte(line), &g); err != nil {
			t.Fatal(err)
		}
		questions = append(questions, g.Question)
	}
	lines := asked(t, data, nil, questions...)
	if len(lines) < 50 {
		t.Fatalf("only %d golden questions", len(lines))
	}
	return lines
}

// A backup made while it serves and is asked, restored into a folder that is
// not there yet, gives the same answers, byte by byte.
func TestBackupGivesTheSameAnswers(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	file := filepath.Join(t.TempDir(), "policybot.tar.zst")
	stop := make(chan struct{})
	var busy sync.WaitGroup
	busy.Go(func() {
		c := browser(t)
		for {
			select {
			case <-stop:
				return
			default:
				chatWith(t, c, s.base, "老人卡在哪里办？")
			}
		}
	})
	r := cli(t, "", "backup", file, "--data", data).must(t, 0)
	close(stop)
	busy.Wait()
	if !strings.Contains(r.out, "backup written to "+file) || !strings.Contains(r.out, "documents  ") {
		t.Errorf("backup says\n%s", r.out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	s.stop()
	want := answers(t, data)
	restored := unpacked(t, file)
	got := answers(t, restored)
	for i := range want {
		if got[i].Text != want[i].Text || got[i].Status != want[i].Status {
			t.Errorf("%s: %s\n%s\nafter restoring: %s\n%s", want[i].Question, want[i].Status, want[i].Text, got[i].Status, got[i].Text)
		}
	}
	for _, query := range []string{"SELECT group_concat(name || value) FROM (SELECT * FROM settings ORDER BY name)",
		"SELECT group_concat(document || number || hash) FROM (SELECT * FROM revisions ORDER BY document, number)"} {
		if a, b := inquire[string](t, data, query), inquire[string](t, restored, query); a != b {
			t.Errorf("%s differs", query)
		}
	}
	t.Run("when nothing runs", func(t *testing.T) {
		r := cli(t, "", "backup", file, "--data", data).must(t, 1)
		if !strings.Contains(r.errs, "exists: choose another name, or overwrite it with --force") {
			t.Errorf("%s", r.errs)
		}
		cli(t, "", "backup", file, "--force", "--data", data).must(t, 0)
		if left, _ := filepath.Glob(filepath.Join(data, "backups", ".*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestBackupRefusals(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	startHere(t, data, "--empty").stop()
	folder := t.TempDir()
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"backup"}, 2, "arg"},
		{[]string{"backup", filepath.Join(folder, "f"), "--data", filepath.Join(folder, "nothing")}, 1, "there is nothing to back up in the data folder"},
		{[]string{"backup", filepath.Join(folder, "no", "f"), "--data", data}, 1, "there is no folder " + filepath.Join(folder, "no")},
		{[]string{"backup", folder, "--data", data}, 1, "is a folder"},
		{[]string{"backup", filepath.Join(folder, "f"), "--keys", filepath.Join(folder, "f"), "--data", data}, 2, "cannot be one file"},
	} {
		if r := cli(t, "", tt.args...).must(t, tt.code); !strings.Contains(r.errs, tt.says) {
			t.Errorf("%v: %s", tt.args, r.errs)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "nothing")); !os.IsNotExist(err) {
		t.Error("a folder was made")
	}
}

// repacked is a backup of one's own making.
func repacked(t *testing.T, m any, members ...[2]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append([][2]string{{"manifest.json", string(text)}}, members...) {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Size: int64(len(f[1])), Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sha(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

func TestRestoreRefusals(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	chatWith(t, browser(t), s.base, "老人卡在哪里办？")
	folder := t.TempDir()
	good, keys := filepath.Join(folder, "good"), filepath.Join(folder, "keys")
	cli(t, "", "backup", good, "--keys", keys, "--data", data).must(t, 0)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	var manifest archive.Manifest
	tmp := t.TempDir()
	if manifest, err = archive.Unpack(t.Context(), bytes.NewReader(whole), int64(len(whole)), tmp, func(archive.Manifest) error { return nil }); err != nil {
		t.Fatal(err)
	}
	database, err := os.ReadFile(filepath.Join(tmp, databaseName))
	if err != nil {
		t.Fatal(err)
	}
	changed := func(do func(*archive.Manifest)) archive.Manifest {
		m := manifest
		m.Members = append([]archive.Member(nil), m.Members...)
		do(&m)
		return m
	}
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 0xff
	rotten := bytes.Clone(database)
	for i := 4096; i < len(rotten) && i < 40*4096; i++ {
		rotten[i] = 0xa5
	}
	resummed := func(db []byte) archive.Manifest {
		return changed(func(m *archive.Manifest) {
			m.Members[0].Size, m.Members[0].SHA256 = int64(len(db)), sha(db)
		})
	}
	keyBytes, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	otherKeys := write(t, filepath.Join(folder, "foreign"), "")
	other := filepath.Join(t.TempDir(), "other")
	startHere(t, other, "--empty").stop()
	cli(t, "", "backup", filepath.Join(folder, "other"), "--keys", otherKeys, "--data", other).must(t, 0)
	save := func(name string, b []byte) string {
		name = filepath.Join(folder, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for name, tt := range map[string]struct {
		file []byte
		says string
		args []string
	}{
		"empty":           {nil, "not a policybot backup", nil},
		"text":            {[]byte("老人卡在哪里办"), "not a policybot backup", nil},
		"a tar":           {repacked(t, "x")[:0], "not a policybot backup", nil},
		"cut in the head": {whole[:100], "the end of the file is missing", nil},
		"cut":             {whole[:len(whole)/2], "the end of the file is missing", nil},
		"cut at the end":  {whole[:len(whole)-1], "the end of the file is missing", nil},
		"damaged":         {damaged, "the backup is ", nil}, // damaged, or incomplete where it was a length that was hit
		"rubbish behind":  {append(bytes.Clone(whole), "rubbish"...), "", nil},
		"newer schema":    {repacked(t, changed(func(m *archive.Manifest) { m.Schema = 999 }), [2]string{databaseName, string(database)}), "written by a newer version", nil},
		"newer format":    {repacked(t, changed(func(m *archive.Manifest) { m.Format = 2 }), [2]string{databaseName, string(database)}), "written by a newer version", nil},
		"another schema":  {repacked(t, changed(func(m *archive.Manifest) { m.Schema = 3 }), [2]string{databaseName, string(database)}), "another than its manifest says", nil},
		"climbs": {repacked(t, changed(func(m *archive.Manifest) { m.Members[0].Name = "../policybot.db" }), [2]string{"../policybot.db", string(database)}),
			"its manifest lists", nil},
		"climbs in the tar": {repacked(t, manifest, [2]string{"../policybot.db", string(database)}), "where its manifest lists", nil},
		"another file":      {repacked(t, changed(func(m *archive.Manifest) { m.Members[0].Name = "evil.db" }), [2]string{"evil.db", string(database)}), "does not hold policybot.db alone", nil},
		"more files":        {repacked(t, manifest, [2]string{databaseName, string(database)}, [2]string{"more", "x"}), "more than its manifest lists", nil},
		"no file":           {repacked(t, manifest), "is missing", nil},
		"checksum":          {repacked(t, changed(func(m *archive.Manifest) { m.Members[0].SHA256 = "00" }), [2]string{databaseName, string(database)}), "checksum", nil},
		"rotten database":   {repacked(t, resummed(rotten), [2]string{databaseName, string(rotten)}), "the database is damaged", nil},
		"no database":       {repacked(t, resummed([]byte("hello")), [2]string{databaseName, "hello"}), "the database is damaged", nil},
		"bomb":              {repacked(t, changed(func(m *archive.Manifest) { m.Members[0].Size = 1 << 40 })), "more than a file of its size can hold", nil},
		"a bomb that lies":  {repacked(t, resummed(nil), [2]string{databaseName, strings.Repeat("\x00", 80<<20)}), "where its manifest lists", nil},
		"foreign keys":      {whole, "are not of the policybot", []string{"--keys", otherKeys}},
		"cut keys":          {whole, "file of keys is damaged", []string{"--keys", save("cut keys", keyBytes[:len(keyBytes)-1])}},
		"longer keys":       {whole, "file of keys is damaged", []string{"--keys", save("long keys", append(bytes.Clone(keyBytes), 1))}},
		"backup as keys":    {whole, "file of keys is damaged", []string{"--keys", good}},
		"no keys":           {whole, "no such file", []string{"--keys", filepath.Join(folder, "missing")}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.says == "" {
				tt.says = "damaged"
			}
			file := save("case", tt.file)
			for _, there := range []bool{false, true} {
				target := filepath.Join(t.TempDir(), "target")
				if there {
					if err := os.Mkdir(target, 0o700); err != nil {
						t.Fatal(err)
					}
				}
				r := cli(t, "", append([]string{"restore", file, "--data", target}, tt.args...)...).must(t, 1)
				if !strings.Contains(r.errs, tt.says) || strings.Count(strings.TrimSpace(r.errs), "\n") > 0 {
					t.Errorf("says %s", r.errs)
				}
				if entries, err := os.ReadDir(target); len(entries) > 0 || there == os.IsNotExist(err) {
					t.Errorf("the folder is not as it was: %v, %v", entries, err)
				}
			}
		})
	}
	t.Run("folders", func(t *testing.T) {
		full := t.TempDir()
		write(t, filepath.Join(full, "notes.txt"), "mine")
		for target, says := range map[string]string{data: "already holds a policybot's data", full: "is not empty (it holds notes.txt)"} {
			if r := cli(t, "", "restore", good, "--data", target).must(t, 1); !strings.Contains(r.errs, says) {
				t.Errorf("%s", r.errs)
			}
		}
		held := t.TempDir()
		c, ok, err := takeFolder(held)
		if err != nil || !ok {
			t.Fatal(err)
		}
		if r := cli(t, "", "restore", good, "--data", held).must(t, 1); !strings.Contains(r.errs, "another policybot is using the data folder") {
			t.Errorf("%s", r.errs)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		cli(t, "", "restore", good, "--data", held).must(t, 0)
	})
	t.Run("stopped", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		target := filepath.Join(t.TempDir(), "target")
		r := restore{folder: target, file: good, out: io.Discard}
		if err := r.run(ctx); err == nil {
			t.Error("restored all the same")
		}
		if _, err := os.Stat(target); !os.IsNotExist(err) {
			t.Errorf("the folder is there: %v", err)
		}
	})
}

// A backup that does not fit on the disk leaves nothing, and what stood there
// stays.
func TestBackupOnFullDisk(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := write(t, filepath.Join(folder, "f"), "the one before")
	err := writeAside(file, func(out io.Writer) error {
		if _, err := out.Write([]byte("half")); err != nil {
			return err
		}
		return fmt.Errorf("write: %w", os.ErrDeadlineExceeded)
	})
	if err == nil {
		t.Error("it passes")
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "the one before\n" {
		t.Errorf("%q, %v", b, err)
	}
	if entries, err := os.ReadDir(folder); len(entries) != 1 || err != nil {
		t.Errorf("%v, %v", entries, err)
	}
}

func FuzzKeys(f *testing.F) {
	f.Add([]byte(`{"policybot_keys":1,"count":1,"sha256":""}` + "\n" + strings.Repeat("k", keySize)))
	f.Add([]byte(`{"policybot_keys":1,"count":9223372036854775807}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if h, list, err := readKeys(bytes.NewReader(data)); err == nil && int64(len(list)) != h.Count {
			t.Errorf("%d keys of %d", len(list), h.Count)
		}
	})
}

func TestYielding(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	yielding(ctx)(time.Hour) // returns at once
}
