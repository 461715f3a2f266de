package wechat

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/policybot/policybot/bot"
)

// raw encrypts bytes as they are, to make ciphertexts that encrypt would not.
func raw(k key, b []byte) string {
	b = bytes.Clone(b)
	cipher.NewCBCEncrypter(k.block, k.iv[:]).CryptBlocks(b, b)
	return base64.StdEncoding.EncodeToString(b)
}

// padded puts salt and length before a message and pads with the bytes given.
func padded(size uint32, rest string, pad ...byte) []byte {
	b := make([]byte, saltSize, 64)
	b = binary.BigEndian.AppendUint32(b, size)
	return append(append(b, rest...), pad...)
}

func TestDecrypt(t *testing.T) {
	t.Parallel()
	k := mustKey(t, key1)
	const app = "wx01" // 16+4+4 bytes with an empty message: 8 to pad
	eight := bytes.Repeat([]byte{8}, 8)
	odd := bytes.Clone(eight)
	odd[0] = 7
	full := padded(8, "12345678"+app, bytes.Repeat([]byte{32}, 32)...)
	for name, tt := range map[string]struct {
		in string
		ok bool
	}{
		"empty message":              {raw(k, padded(0, app, eight...)), true},
		"a whole block of padding":   {raw(k, full), true},
		"nothing":                    {"", false},
		"not base64":                 {"@@@@", false},
		"not whole AES blocks":       {base64.StdEncoding.EncodeToString(make([]byte, 33)), false},
		"whole AES blocks, not ours": {raw(k, padded(0, app, eight...)[:16]), false},
		"padding 0":                  {raw(k, padded(0, app, make([]byte, 8)...)), false},
		"padding 33":                 {raw(k, padded(8, "12345678"+app, bytes.Repeat([]byte{33}, 32)...)), false},
		"padding not all alike":      {raw(k, padded(0, app, odd...)), false},
		"padding over salt":          {raw(k, bytes.Repeat([]byte{32}, 32)), false},
		"padding over the length":    {raw(k, bytes.Repeat([]byte{13}, 32)), false},
		"length beyond the end":      {raw(k, padded(5, app, eight...)), false},
		"length of 4 GB":             {raw(k, padded(1<<32-1, app, eight...)), false},
		"length into the app ID":     {raw(k, padded(1, app, eight...)), false},
		"another app ID":             {raw(k, padded(0, "wx02", eight...)), false},
		"another key":                {raw(mustKey(t, key2), padded(0, app, eight...)), false},
	} {
		_, err := k.decrypt(tt.in, app)
		if tt.ok && err != nil || !tt.ok && err != errDecrypt {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A changed byte anywhere gets the same refusal through the channel, and
// below it either the one error or a text that the signature would not cover.
func TestTamper(t *testing.T) {
	t.Parallel()
	k := mustKey(t, key1)
	c := newChannel(t, "", key1, key2)
	body, enc := envelope(k, message("你好"), appID, "")
	_, first := c.Decode(aesRequest(tampered(body, enc, 0), enc))
	if !errors.Is(first, bot.ErrUnauthorized) {
		t.Fatal(first)
	}
	for i := range len(enc) {
		if _, err := c.Decode(aesRequest(tampered(body, enc, i), enc)); err == nil || err.Error() != first.Error() {
			t.Fatalf("byte %d: got %v, want %v", i, err, first)
		}
	}
	rawBytes, err := base64.StdEncoding.DecodeString(enc)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := k.decrypt(enc, appID)
	if err != nil {
		t.Fatal(err)
	}
	var signedWrong error
	for i := range rawBytes {
		b := bytes.Clone(rawBytes)
		b[i] ^= 1
		changed := base64.StdEncoding.EncodeToString(b)
		msg, err := k.decrypt(changed, appID)
		if err != nil && err != errDecrypt {
			t.Fatalf("byte %d: %v", i, err)
		}
		if err == nil && i >= aes.BlockSize && bytes.Equal(msg, whole) {
			t.Fatalf("byte %d changes nothing", i)
		}
		// Signed by someone who has the token but not the key.
		_, err = c.Decode(aesRequest(`<xml><Encrypt>`+changed+`</Encrypt></xml>`, changed))
		if errors.Is(err, bot.ErrUnauthorized) {
			if signedWrong == nil {
				signedWrong = err
			}
			if err.Error() != signedWrong.Error() && err.Error() != refused("sender").Error() {
				t.Fatalf("byte %d: %v differs from %v", i, err, signedWrong)
			}
		}
	}
}

func tampered(body, enc string, i int) string {
	b := []byte(enc)
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(bytes.Replace([]byte(body), []byte(enc), b, 1))
}

func FuzzDecrypt(f *testing.F) {
	k := mustKey(f, key1)
	for _, v := range vectors(f) {
		if v.Encrypt != "" {
			f.Add(v.Encrypt, []byte(v.Plaintext), v.AppID)
		}
	}
	f.Add("", []byte{}, "")
	f.Fuzz(func(t *testing.T, encrypted string, msg []byte, app string) {
		if got, err := k.decrypt(encrypted, app); err != nil && (err != errDecrypt || got != nil) {
			t.Fatalf("got %q, %v", got, err)
		}
		got, err := k.decrypt(k.encrypt(salt(), msg, app), app)
		if err != nil || !bytes.Equal(got, msg) {
			t.Fatalf("round trip: %q, %v", got, err)
		}
		// Bytes under the right key, so that the checks behind it are met.
		if b := []byte(encrypted); len(b) >= padBlock {
			if _, err := k.decrypt(raw(k, b[:len(b)/padBlock*padBlock]), app); err != nil && err != errDecrypt {
				t.Fatal(err)
			}
		}
	})
}
