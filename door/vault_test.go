package door

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestVault(t *testing.T) {
	t.Parallel()
	vault := func(fill byte) *Vault {
		v, err := NewVault(bytes.Repeat([]byte{fill}, VaultKey))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const secret = "JBSWY3DPEHPK3PXP"
	v := vault(1)
	text := v.seal(7, secret)
	if strings.Contains(text, secret) || text == v.seal(7, secret) {
		t.Errorf("sealed as %s", text)
	}
	if got, err := v.open(7, text); err != nil || got != secret {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := v.open(7, secret); err != nil || got != secret {
		t.Errorf("never sealed: %q, %v", got, err)
	}
	if v.seal(7, "") != "" {
		t.Error("no secret is sealed")
	}
	var none *Vault
	if got := none.seal(7, secret); got != secret {
		t.Errorf("without a vault: %q", got)
	}
	broken := []byte(text)
	broken[len(broken)-4] ^= 1
	for name, open := range map[string]func() (string, error){
		"another's":       func() (string, error) { return v.open(8, text) },
		"another key":     func() (string, error) { return vault(2).open(7, text) },
		"no vault":        func() (string, error) { return none.open(7, text) },
		"changed":         func() (string, error) { return v.open(7, string(broken)) },
		"cut":             func() (string, error) { return v.open(7, text[:10]) },
		"not base64":      func() (string, error) { return v.open(7, sealed+"*") },
		"nothing at all ": func() (string, error) { return v.open(7, sealed) },
	} {
		if got, err := open(); !errors.Is(err, ErrSealed) || got != "" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := NewVault(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes", n)
		}
	}
}
