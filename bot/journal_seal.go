package bot

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// sealer turns what names a person into what doesn't, under the instance's
// secret: HMAC-SHA256 for what has to be found again, AES-256-GCM for bodies,
// which hold the receiver's ID and have to be repeated as they were.
type sealer struct {
	persons, keys []byte
	bodies        cipher.AEAD
}

func newSealer(secret []byte) (*sealer, error) {
	if len(secret) < 16 {
		return nil, errors.New("bot: the journal's secret has fewer than 16 bytes")
	}
	derived := make(map[string][]byte, 3)
	for _, use := range []string{"journal person", "journal key", "journal body"} {
		key, err := hkdf.Key(sha256.New, secret, nil, use, 32)
		if err != nil {
			return nil, fmt.Errorf("bot: deriving the journal's keys: %w", err)
		}
		derived[use] = key
	}
	block, err := aes.NewCipher(derived["journal body"])
	if err != nil {
		return nil, fmt.Errorf("bot: the journal's cipher: %w", err)
	}
	bodies, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("bot: the journal's cipher: %w", err)
	}
	return &sealer{persons: derived["journal person"], keys: derived["journal key"], bodies: bodies}, nil
}

// mac is the HMAC of the parts, each with its length before it, in hex.
func mac(key []byte, parts ...string) string {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		_, _ = io.WriteString(h, strconv.Itoa(len(p))+"|"+p) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (s *sealer) person(account, person string) string { return mac(s.persons, account, person) }

// voter is who votes on a day: another on the next.
func (s *sealer) voter(account, person, day string) string {
	return mac(s.persons, "verdict", account, person, day)
}

// key is the question's de-duplication key. One without an ID is told apart by
// what it says.
func (s *sealer) key(q Question) string {
	if q.ID != "" {
		return mac(s.keys, q.Account, q.ID)
	}
	return mac(s.keys, q.Account, "", q.Person, string(q.Kind), q.Text, q.Menu, q.Time.UTC().String())
}

// seal encrypts a body, bound to its question's key.
func (s *sealer) seal(key string, body []byte) []byte {
	return s.bodies.Seal(nil, nil, body, []byte(key))
}

// open decrypts what seal made; never nil without an error.
func (s *sealer) open(key string, sealed []byte) ([]byte, error) {
	body, err := s.bodies.Open([]byte{}, nil, sealed, []byte(key))
	if err != nil {
		return nil, fmt.Errorf("bot: a kept body cannot be read: %w", err)
	}
	return body, nil
}
