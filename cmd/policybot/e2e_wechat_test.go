//go:build unix

package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// phone is the platform's side of the callback protocol, written from its
// documentation: it signs, encrypts, decrypts and checks by itself.
type phone struct {
	service *service
	mode    string // plain, compatible or safe
	key     string // the EncodingAESKey in use
	account string // ours
	token   string
	person  string
	ids     atomic.Int64
}

const (
	phoneToken   = "f3c1e0a9token"
	phoneAppID   = "wx5f0e1d2c3b4a6978"
	phoneKey     = "kX0lQ8sT2vB4nM6jH1gF3dS5aP7oI9uY0tR2eW4qZ6x"
	phoneAccount = "gh_9a8b7c6d5e4f"
)

// accountArgs configure the account that the phones write to.
func accountArgs(mode string) []string {
	args := []string{"--wechat-token", phoneToken, "--wechat-appid", phoneAppID}
	if mode == "plain" {
		return args
	}
	return append(args, "--wechat-aes-key", phoneKey, "--wechat-mode", mode)
}

func newPhone(s *service, mode, person string) *phone {
	return &phone{service: s, mode: mode, key: phoneKey, account: defaultAccount, token: phoneToken, person: person}
}

// note is a message on its way, so that it can be sent again.
type note struct{ xml string }

// text makes a new message.
func (p *phone) text(content string) note {
	content = strings.ReplaceAll(content, "]]>", "]]]]><![CDATA[>")
	return p.message("<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[" + content + "]]></Content>")
}

func (p *phone) message(fields string) note {
	return p.note(fmt.Sprintf("%s<MsgId>%d</MsgId>", fields, 6_000_000_000_000+p.ids.Add(1)))
}

func (p *phone) event(name, key string) note {
	return p.note("<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[" + name + "]]></Event><EventKey><![CDATA[" + key + "]]></EventKey>")
}

func (p *phone) note(fields string) note {
	return note{fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>%s</xml>",
		phoneAccount, p.person, time.Now().Unix(), fields)}
}

// got is what the platform is answered.
type got struct {
	status int
	raw    string // the XML after decryption, or the body
	reply  struct {
		ToUserName, FromUserName, MsgType, Content string
		CreateTime                                 int64
	}
}

// send delivers a message, signed as the mode asks for.
func (p *phone) send(t *testing.T, n note) got {
	t.Helper()
	g, err := p.try(n)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (p *phone) try(n note) (got, error) {
	req, err := p.request(n)
	if err != nil {
		return got{}, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return got{}, err
	}
	return p.read(res)
}

func (p *phone) request(n note) (*http.Request, error) {
	timestamp, nonce := fmt.Sprint(time.Now().Unix()), rand.Text()[:10]
	q := url.Values{"timestamp": {timestamp}, "nonce": {nonce}, "openid": {p.person}}
	q.Set("signature", phoneSign(p.token, timestamp, nonce))
	body := n.xml
	if p.mode != "plain" {
		sealed, err := phoneSeal(p.key, n.xml)
		if err != nil {
			return nil, err
		}
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", phoneSign(p.token, timestamp, nonce, sealed))
		envelope := "<ToUserName><![CDATA[" + phoneAccount + "]]></ToUserName><Encrypt><![CDATA[" + sealed + "]]></Encrypt>"
		if p.mode == "compatible" {
			body = strings.TrimSuffix(n.xml, "</xml>") + "<Encrypt><![CDATA[" + sealed + "]]></Encrypt></xml>"
		} else {
			body = "<xml>" + envelope + "</xml>"
		}
	}
	req, err := http.NewRequest(http.MethodPost, p.service.base+"/wechat/"+p.account+"?"+q.Encode(), strings.NewReader(body))
	if err == nil {
		req.Header.Set("Content-Type", "text/xml")
	}
	return req, err
}

// read takes a reply apart, and checks what the platform checks.
func (p *phone) read(res *http.Response) (g got, err error) {
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return g, err
	}
	g.status, g.raw = res.StatusCode, string(body)
	if g.status != http.StatusOK || g.raw == "success" || g.raw == "" {
		return g, nil
	}
	if p.mode != "plain" {
		var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
		if err := xml.Unmarshal(body, &e); err != nil {
			return g, err
		}
		if phoneSign(p.token, e.TimeStamp, e.Nonce, e.Encrypt) != e.MsgSignature {
			return g, fmt.Errorf("the reply is signed wrong: %s", body)
		}
		if g.raw, err = phoneOpen(p.key, e.Encrypt); err != nil {
			return g, err
		}
	}
	if err := xml.Unmarshal([]byte(g.raw), &g.reply); err != nil {
		return g, fmt.Errorf("%w: %s", err, g.raw)
	}
	r := g.reply
	if r.ToUserName != p.person || r.FromUserName != phoneAccount || r.MsgType != "text" || r.CreateTime == 0 ||
		strings.TrimSpace(r.Content) == "" || len(r.Content) > 1800 {
		return g, fmt.Errorf("the platform would not take this reply: %s", g.raw)
	}
	return g, nil
}

func phoneSign(parts ...string) string {
	sort.Strings(parts)
	return fmt.Sprintf("%x", sha1.Sum([]byte(strings.Join(parts, ""))))
}

func phoneCipher(key string) (cipher.Block, []byte, error) {
	k, err := base64.StdEncoding.DecodeString(key + "=")
	if err != nil {
		return nil, nil, err
	}
	b, err := aes.NewCipher(k)
	return b, k[:16], err
}

func phoneSeal(key, message string) (string, error) {
	block, iv, err := phoneCipher(key)
	if err != nil {
		return "", err
	}
	plain := []byte(rand.Text()[:16])
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message)))
	plain = append(append(plain, message...), phoneAppID...)
	pad := 32 - len(plain)%32
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain), nil
}

func phoneOpen(key, sealed string) (string, error) {
	block, iv, err := phoneCipher(key)
	if err != nil {
		return "", err
	}
	plain, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(plain) == 0 || len(plain)%32 != 0 {
		return "", fmt.Errorf("not a ciphertext: %q", sealed)
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(plain, plain)
	plain = plain[:len(plain)-int(plain[len(plain)-1])]
	size := int(binary.BigEndian.Uint32(plain[16:20]))
	if 20+size > len(plain) || string(plain[20+size:]) != phoneAppID {
		return "", fmt.Errorf("not addressed to this app: %q", plain)
	}
	return string(plain[20 : 20+size]), nil
}
