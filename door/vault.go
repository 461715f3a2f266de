package door

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrSealed says that a second factor was sealed with another key: it cannot
// be used until it is reset, or the key is back.
var ErrSealed = errors.New("door: the second factor was sealed with another key")

// Vault seals the secrets of second factors, so that whoever has the database
// alone, a copy or a backup, cannot make codes.
type Vault struct{ aead cipher.AEAD }

// VaultKey is how many bytes a vault's key has.
const VaultKey = 32

// NewVault returns the vault of a key of VaultKey bytes.
func NewVault(key []byte) (*Vault, error) {
	if len(key) != VaultKey {
		return nil, fmt.Errorf("door: the key has %d bytes, want %d", len(key), VaultKey)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &Vault{aead}, err
}

// sealed begins what a vault has sealed: no secret, which is base32, does.
const sealed = "v1."

// seal seals a person's secret: it opens for nobody else. Without a vault, and
// without a secret, it stays as it is.
func (v *Vault) seal(person int64, secret string) string {
	if v == nil || secret == "" {
		return secret
	}
	nonce := make([]byte, v.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand
	return sealed + base64.RawStdEncoding.EncodeToString(v.aead.Seal(nonce, nonce, []byte(secret), whose(person)))
}

// open returns a person's secret, also one that was never sealed. ErrSealed
// where it is not this key's, or not this person's.
func (v *Vault) open(person int64, text string) (string, error) {
	body, is := strings.CutPrefix(text, sealed)
	if !is {
		return text, nil
	}
	if v == nil {
		return "", ErrSealed
	}
	data, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil || len(data) < v.aead.NonceSize() {
		return "", ErrSealed
	}
	n := v.aead.NonceSize()
	secret, err := v.aead.Open(nil, data[:n], data[n:], whose(person))
	if err != nil {
		return "", ErrSealed
	}
	return string(secret), nil
}

func whose(person int64) []byte {
	return []byte("policybot second factor " + strconv.FormatInt(person, 10))
}

// SealSecrets seals what is not sealed yet, and counts those that another key
// has sealed. It is called before anybody signs in.
func (d *Door) SealSecrets(ctx context.Context) (done, lost int, err error) {
	all, err := d.Store.Secrets(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, c := range all {
		secret, err := d.Vault.open(c.Person, c.Secret)
		offered, err2 := d.Vault.open(c.Person, c.Offered)
		if err != nil || err2 != nil {
			lost++
			continue
		}
		if secret != c.Secret || offered != c.Offered || d.Vault == nil {
			continue // sealed already, by this key
		}
		if err := d.Store.SetSecret(ctx, c.Person, d.Vault.seal(c.Person, secret), d.Vault.seal(c.Person, offered)); err != nil {
			return done, lost, err
		}
		done++
	}
	return done, lost, nil
}
