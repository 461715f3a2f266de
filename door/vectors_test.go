package door

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestVectors are those of RFC 6238, appendix B, cut to six digits.
func TestVectors(t *testing.T) {
	t.Parallel()
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, code := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		now := time.Unix(at, 0)
		if s, ok := match(secret, code, now, 0); !ok || s != at/30 {
			t.Errorf("%d: %d %v", at, s, ok)
		}
		for off, want := range map[time.Duration]bool{-30: true, 30: true, -90: false, 90: false} {
			if _, ok := match(secret, code, now.Add(off*time.Second), 0); ok != want {
				t.Errorf("%d, %d s off: %v", at, off, ok)
			}
		}
		if _, ok := match(secret, code, now, at/30); ok {
			t.Errorf("%d: taken twice", at)
		}
	}
	for _, bad := range []string{"", "28708", "2870822", "abcdef", "２８７０８２", strings.Repeat("1", 10000)} {
		if _, ok := match(secret, bad, time.Unix(59, 0), 0); ok {
			t.Errorf("%.10q is taken", bad)
		}
	}
	if _, ok := match("", "328482", time.Unix(59, 0), 0); ok {
		t.Error("a code without a secret")
	}
}

// TestArgon2 is of the reference implementation's tests (phc-winner-argon2,
// test.c): password "password", salt "somesalt", t=2, m=65536, p=1.
func TestArgon2(t *testing.T) {
	t.Parallel()
	const known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	h := CheapHasher()
	if fits, stale, err := h.Check(t.Context(), "password", known); !fits || !stale || err != nil {
		t.Error(fits, stale, err)
	}
	mine, err := NewHasher().Hash(t.Context(), "x")
	if err != nil || !strings.HasPrefix(mine, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Error(mine, err)
	}
	for _, bad := range []string{
		"$", "x", strings.Replace(known, "argon2id", "argon2i", 1), strings.Replace(known, "m=65536", "m=4294967295", 1),
		strings.Replace(known, "t=2", "t=4000000", 1), strings.Replace(known, "p=1", "p=0", 1), strings.Replace(known, "v=19", "v=16", 1),
		known[:40], strings.Replace(known, "c29tZXNhbHQ", "!", 1), strings.Replace(known, "c29tZXNhbHQ", "", 1),
	} {
		if fits, _, err := h.Check(t.Context(), "password", bad); fits || !errors.Is(err, errHash) {
			t.Errorf("%.40q: %v %v", bad, fits, err)
		}
	}
	if fits, _, err := h.Check(t.Context(), "", ""); fits || err != nil {
		t.Error("no hash fits", err)
	}
}

func TestHasherIsBounded(t *testing.T) {
	t.Parallel()
	h := CheapHasher()
	for range hashesAtOnce {
		h.running <- struct{}{}
	}
	for range hashesQueued {
		h.waiting <- struct{}{}
	}
	if _, err := h.Hash(t.Context(), "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
	if _, _, err := h.Check(t.Context(), "x", ""); !errors.Is(err, ErrBusy) {
		t.Errorf("%v", err)
	}
}

func TestSquares(t *testing.T) {
	t.Parallel()
	dark, side, err := Squares(Address("政策问答", "wangmin", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
	if err != nil || side < 21 || len(dark) < side*side/4 || len(dark) > side*side*3/4 {
		t.Error(len(dark), side, err)
	}
}

// FuzzParse: no stored hash makes us take more memory or time than ours do.
func FuzzParse(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add("$argon2id$v=19$m=-1,t=2,p=300$$")
	f.Fuzz(func(t *testing.T, text string) {
		c, salt, key, err := parse(text)
		if err == nil && (c.memory > maxMemory || c.passes > maxPasses || c.passes < 1 || c.threads < 1 || len(salt) < 8 || len(key) < 16) {
			t.Errorf("%q: %+v", text, c)
		}
	})
}
