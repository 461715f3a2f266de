package main

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The account that the platform below speaks for.
const (
	loadToken = "loadgentoken"
	loadAppID = "wx0123456789abcdef"
	loadKey   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// platform sends callbacks as WeChat does and reads the replies. Its
// cryptography is its own, so that a mistake is not made on both sides.
type platform struct {
	address string // of the callback
	safe    bool
	block   cipher.Block
	iv      []byte
	client  *http.Client
}

func newPlatform(address string, safe bool) (*platform, error) {
	key, err := base64.StdEncoding.DecodeString(loadKey + "=")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &platform{
		address: address, safe: safe, block: block, iv: key[:aes.BlockSize],
		client: &http.Client{
			Transport: &http.Transport{MaxIdleConnsPerHost: 64},
			Timeout:   5 * time.Second, // the platform's own
		},
	}, nil
}

// message is what a citizen sends.
type message struct {
	id     int
	person string
	text   string
}

// errNoReply says that the citizen would have seen nothing, or a fault.
var errNoReply = errors.New("no reply")

// send posts a message and returns the reply's XML before encryption. The
// error wraps errNoReply where there is no text in it.
func (p *platform) send(m message) ([]byte, error) {
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName>"+
		"<CreateTime>%d</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>",
		m.person, time.Now().Unix(), m.text, 7_000_000_000_000_000_000+m.id)
	timestamp, nonce := strconv.FormatInt(time.Now().Unix(), 10), strconv.Itoa(100_000_000+m.id)
	query := url.Values{
		"signature": {digest(loadToken, timestamp, nonce)}, "timestamp": {timestamp}, "nonce": {nonce}, "openid": {m.person},
	}
	if p.safe {
		encrypted := p.encrypt(body)
		query.Set("encrypt_type", "aes")
		query.Set("msg_signature", digest(loadToken, timestamp, nonce, encrypted))
		body = "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[" + encrypted + "]]></Encrypt></xml>"
	}
	res, err := p.client.Post(p.address+"?"+query.Encode(), "text/xml", strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoReply, err)
	}
	defer res.Body.Close()
	reply, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s, %w", errNoReply, res.Status, err)
	}
	if p.safe {
		if reply, err = p.open(reply); err != nil {
			return nil, fmt.Errorf("%w: %w", errNoReply, err)
		}
	}
	// Cheap on purpose: the generator shares the cores with the server.
	if _, text, ok := bytes.Cut(reply, []byte("<Content><![CDATA[")); !ok || bytes.HasPrefix(text, []byte("]]>")) {
		return nil, fmt.Errorf("%w: %.60q", errNoReply, reply)
	}
	return reply, nil
}

func digest(parts ...string) string {
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, "")))
	return hex.EncodeToString(sum[:])
}

func (p *platform) encrypt(body string) string {
	plain := make([]byte, 16, len(body)+96)
	_, _ = rand.Read(plain) // never fails: crypto/rand
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(body)))
	plain = append(append(plain, body...), loadAppID...)
	pad := 32 - len(plain)%32
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(p.block, p.iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// open checks a reply's signature and decrypts it.
func (p *platform) open(reply []byte) ([]byte, error) {
	var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
	if err := xml.Unmarshal(reply, &e); err != nil {
		return nil, err
	}
	if digest(loadToken, e.TimeStamp, e.Nonce, e.Encrypt) != e.MsgSignature {
		return nil, errors.New("the reply's signature is wrong")
	}
	plain, err := base64.StdEncoding.DecodeString(e.Encrypt)
	if err != nil || len(plain) < 32 || len(plain)%aes.BlockSize != 0 {
		return nil, errors.New("the reply is not encrypted")
	}
	cipher.NewCBCDecrypter(p.block, p.iv).CryptBlocks(plain, plain)
	size := int(binary.BigEndian.Uint32(plain[16:]))
	if size > len(plain)-20-len(loadAppID) || string(plain[20+size:][:len(loadAppID)]) != loadAppID {
		return nil, errors.New("the reply is for another app")
	}
	return plain[20:][:size], nil
}

// burst is what came of many messages at once.
type burst struct {
	took    []time.Duration // of each first reply, ascending
	elapsed time.Duration
	lost    int // without a reply
	changed int // whose repeat differed
	repeats int
	first   error // the first trouble seen
}

// repeatEvery is of how many messages one is sent twice at once, and once
// more afterwards.
const repeatEvery = 40

// flood keeps so many messages in flight for a while; every one asks another
// question.
func (p *platform) flood(ctx context.Context, ask func(n int) message, atOnce int, during time.Duration) burst {
	var next atomic.Int64
	var mu sync.Mutex
	var out burst
	var wg sync.WaitGroup
	start := time.Now()
	for range atOnce {
		wg.Go(func() {
			var own burst
			for time.Since(start) < during && ctx.Err() == nil {
				own.one(p, ask(int(next.Add(1))))
			}
			mu.Lock()
			defer mu.Unlock()
			out.took = append(out.took, own.took...)
			out.lost, out.changed, out.repeats = out.lost+own.lost, out.changed+own.changed, out.repeats+own.repeats
			out.first = errors.Join(out.first, own.first)
		})
	}
	wg.Wait()
	out.elapsed = time.Since(start)
	slices.Sort(out.took)
	return out
}

func (b *burst) one(p *platform, m message) {
	twin := make(chan []byte, 1)
	repeat := m.id%repeatEvery == 0
	if repeat {
		go func() {
			again, _ := p.send(m) // nil differs from every reply
			twin <- again
		}()
	}
	start := time.Now()
	reply, err := p.send(m)
	b.took = append(b.took, time.Since(start))
	if err != nil {
		b.lost++
		b.note(err)
	}
	if !repeat {
		return
	}
	later, _ := p.send(m) // nil differs from every reply
	for _, again := range [][]byte{<-twin, later} {
		b.repeats++
		if reply == nil || !bytes.Equal(again, reply) {
			b.changed++
			b.note(fmt.Errorf("message %d: %q after %q", m.id, again, reply))
		}
	}
}

func (b *burst) note(err error) {
	if b.first == nil {
		b.first = err
	}
}
