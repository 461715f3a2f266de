package door

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is how dear a guess is.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// standard is OWASP's recommendation for argon2id (RFC 9106): 19 MiB, two passes,
// one thread.
var standard = cost{memory: 19 * 1024, passes: 2, threads: 1}

// Bounds of what is believed of a stored hash.
const (
	maxMemory = 1 << 20 // KiB
	maxPasses = 32
	keyBytes  = 32
	saltBytes = 16
)

// Hasher hashes passwords with argon2id. What runs at a time is bounded, and
// so is what waits for it: a hash takes 19 MiB.
type Hasher struct {
	cost    cost
	running chan struct{}
	waiting chan struct{}
	nobody  string // a hash that no password has
}

// Hashes at a time, and callers that may wait for one.
const (
	hashesAtOnce = 2
	hashesQueued = 16
)

// NewHasher returns a hasher at today's cost.
func NewHasher() *Hasher { return newHasher(standard) }

// CheapHasher is for tests, which hash often: its hashes protect nothing.
func CheapHasher() *Hasher { return newHasher(cost{memory: 64, passes: 1, threads: 1}) }

func newHasher(c cost) *Hasher {
	h := &Hasher{cost: c, running: make(chan struct{}, hashesAtOnce), waiting: make(chan struct{}, hashesQueued)}
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails: crypto/rand
	h.nobody = c.phc(key[:saltBytes], key)
	return h
}

// Hash returns the hash of a password as a PHC string. ErrBusy where too many
// wait.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return h.hash(password), nil
}

// Check reports whether a hash is the password's, and whether the hash should
// be made anew because guesses are to be dearer now. No hash ("") takes as
// long as any, and fits no password.
func (h *Hasher) Check(ctx context.Context, password, hash string) (fits, stale bool, err error) {
	known := hash != ""
	if !known {
		hash = h.nobody
	}
	c, salt, key, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, uint32(len(key)))
	same := subtle.ConstantTimeCompare(got, key) == 1
	return same && known, c != h.cost, nil
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.waiting <- struct{}{}:
	default:
		return ErrBusy
	}
	defer func() { <-h.waiting }()
	select {
	case h.running <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) leave() { <-h.running }

func (h *Hasher) hash(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand
	key := argon2.IDKey([]byte(password), salt, h.cost.passes, h.cost.memory, h.cost.threads, keyBytes)
	return h.cost.phc(salt, key)
}

func (c cost) phc(salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

var errHash = errors.New("door: a stored password hash cannot be read")

// parse reads a PHC string. What would take more memory or time than any of
// ours is refused.
func parse(text string) (c cost, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	version := 0
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return c, nil, nil, errHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	key, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if errSalt != nil || errKey != nil || len(salt) < 8 || len(key) < 16 || len(salt) > 64 || len(key) > 64 ||
		c.memory < 8 || c.memory > maxMemory || c.passes < 1 || c.passes > maxPasses || c.threads < 1 {
		return c, nil, nil, errHash
	}
	return c, salt, key, nil
}
