//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

// TestSecondFactorsAreSealed: a secret that an earlier version stored in the
// clear is sealed at the next start, in the database and in a backup; another
// key is said, and takes nobody's second factor away unasked.
func TestSecondFactorsAreSealed(t *testing.T) {
	t.Parallel()
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	data := t.TempDir()
	db := filepath.Join(data, databaseName)
	s, err := store.Open(t.Context(), store.Config{Path: db})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.AddPerson(t.Context(), desk.Staff{Name: "wang", Display: "王", Roles: []desk.Role{desk.Admin}}, desk.Program(fromTerminal))
	if err == nil {
		err = s.SetSecret(t.Context(), p.ID, secret, "")
	}
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	stored := func() string { return inquire[string](t, data, "SELECT secret FROM door_keys WHERE person = $1", p.ID) }
	v := startHere(t, data, "--empty")
	sealed := stored()
	if !strings.HasPrefix(sealed, "v1.") || !strings.Contains(v.log.String(), "second factors are sealed now") {
		t.Fatalf("stored as %q: %s", sealed, v.log)
	}
	v.stop()
	key := filepath.Join(data, secondKeyName)
	info, err := os.Stat(key)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	for _, name := range []string{databaseName, databaseName + "-wal"} {
		if text, err := os.ReadFile(filepath.Join(data, name)); err == nil && bytes.Contains(text, []byte(secret)) {
			t.Errorf("%s still has it in the clear", name)
		}
	}
	startHere(t, data, "--empty").stop()
	if stored() != sealed {
		t.Error("sealed anew with the same key")
	}

	other := write(t, filepath.Join(t.TempDir(), "key"), strings.Repeat("ab", 32))
	v = startHere(t, data, "--empty", "--second-factor-key-file", other)
	if !strings.Contains(v.log.String(), "sealed with another key") || stored() != sealed {
		t.Errorf("%q: %s", stored(), v.log)
	}
	v.stop()
	short := write(t, filepath.Join(t.TempDir(), "key"), "abcd")
	for _, file := range []string{short, filepath.Join(t.TempDir(), "none")} {
		r := cli(t, "", "serve", "--addr", "127.0.0.1:0", "--data", data, "--second-factor-key-file", file).must(t, 1)
		if !strings.Contains(r.errs, "the key of second factors") {
			t.Errorf("%s", r.errs)
		}
	}
}
