package wechat

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
)

const (
	saltSize = 16
	padBlock = 32 // the platform pads to 32, twice AES's own block
)

// errDecrypt is every failure of decryption: which check failed would help
// only someone who is guessing.
var errDecrypt = errors.New("wechat: cannot be decrypted")

// sign returns the platform's signature: hex(sha1(concat(sort(parts)))).
func sign(parts ...string) string {
	slices.Sort(parts)
	h := sha1.New()
	for _, p := range parts {
		h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// signed reports in constant time whether signature is that of parts.
func signed(signature string, parts ...string) bool {
	return subtle.ConstantTimeCompare([]byte(signature), []byte(sign(parts...))) == 1
}

// key is an EncodingAESKey, ready to use.
type key struct {
	block cipher.Block
	iv    [aes.BlockSize]byte
}

// parseKey reads an EncodingAESKey. Real keys have stray bits in their last
// character, which strict base64 would refuse.
func parseKey(s string) (key, error) {
	raw, err := base64.StdEncoding.DecodeString(s + "=")
	if len(s) != 43 || err != nil || len(raw) != 32 {
		return key{}, errors.New("is not an EncodingAESKey: 43 letters and digits")
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		return key{}, errors.New("is not an AES-256 key")
	}
	return key{block: block, iv: [aes.BlockSize]byte(raw)}, nil
}

// salt returns fresh random bytes, which make equal replies look different.
func salt() (s [saltSize]byte) {
	rand.Read(s[:]) // never fails: it ends the process instead
	return s
}

// encrypt returns base64(AES-256-CBC(salt ‖ length ‖ message ‖ appID ‖ padding)).
func (k key) encrypt(salt [saltSize]byte, message []byte, appID string) string {
	n := saltSize + 4 + len(message) + len(appID)
	pad := padBlock - n%padBlock
	buf := make([]byte, 0, n+pad)
	buf = append(buf, salt[:]...)
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(message)))
	buf = append(buf, message...)
	buf = append(buf, appID...)
	for range pad {
		buf = append(buf, byte(pad))
	}
	cipher.NewCBCEncrypter(k.block, k.iv[:]).CryptBlocks(buf, buf)
	return base64.StdEncoding.EncodeToString(buf)
}

// decrypt is encrypt's inverse. It returns errDecrypt whatever is wrong:
// base64, length, padding, length field or app ID.
func (k key) decrypt(encrypted, appID string) ([]byte, error) {
	message, id, err := k.unwrap(encrypted)
	if err != nil || subtle.ConstantTimeCompare(id, []byte(appID)) != 1 {
		return nil, errDecrypt
	}
	return message, nil
}

// appID returns whose ID a ciphertext has that this key decrypts: for whoever
// holds the key, never for the sender.
func (k key) appID(encrypted string) (id string, ok bool) {
	_, raw, err := k.unwrap(encrypted)
	if err != nil || !plausibleAppID.Match(raw) {
		return "", false
	}
	return string(raw), true
}

// unwrap decrypts without looking at the app ID, which it returns.
func (k key) unwrap(encrypted string) (message, appID []byte, err error) {
	buf, err := base64.StdEncoding.DecodeString(encrypted)
	if err != nil || len(buf) == 0 || len(buf)%padBlock != 0 {
		return nil, nil, errDecrypt
	}
	cipher.NewCBCDecrypter(k.block, k.iv[:]).CryptBlocks(buf, buf)
	pad := int(buf[len(buf)-1])
	if pad < 1 || pad > padBlock {
		return nil, nil, errDecrypt
	}
	var odd byte
	for _, b := range buf[len(buf)-pad:] {
		odd |= b ^ byte(pad)
	}
	buf = buf[:len(buf)-pad]
	if odd != 0 || len(buf) < saltSize+4 {
		return nil, nil, errDecrypt
	}
	size := uint64(binary.BigEndian.Uint32(buf[saltSize:]))
	buf = buf[saltSize+4:]
	if size > uint64(len(buf)) {
		return nil, nil, errDecrypt
	}
	return buf[:size], buf[size:], nil
}
