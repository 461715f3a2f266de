// Package wechat speaks the callback protocol of WeChat Official Accounts
// (微信公众号 消息推送): it verifies, decrypts and reads what the platform
// sends, and writes and encrypts the passive reply. It implements
// [bot.Channel] for one account.
//
// What may be believed is decided by configuration and never by the request.
// Without an AES key (plain mode) the platform signs only token, timestamp
// and nonce, and the body is taken as it comes. With a key (safe and
// compatible mode alike) only what was signed together with its ciphertext
// and decrypts to our app ID is believed: the plaintext that compatible mode
// sends along is not looked at, and a request without ciphertext is refused.
//
// Source: developers.weixin.qq.com/doc/offiaccount, 消息推送 and 消息加解密说明.
package wechat

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
)

// Limits on what a callback may bring.
const (
	maxBody   = 256 << 10
	maxParam  = 128
	maxEcho   = 1024
	maxName   = 128 // FromUserName, ToUserName
	window    = 10 * time.Minute
	textLimit = 1800 // bytes of a text reply with its markup
)

// success acknowledges a callback without saying anything to the citizen.
const success = "success"

// trouble is said where a reply has no text: an empty Content makes the
// platform show its own fault message.
const trouble = "刚才没查成，请稍后再发一次，或打12345。"

// Mode is how the platform was told to send: plain, compatible or safe.
type Mode string

// The modes, by the names that the platform's console gives them: 明文模式,
// 兼容模式, 安全模式.
const (
	Plain      Mode = "plain"
	Compatible Mode = "compatible"
	Safe       Mode = "safe"
)

// Config is an account's settings.
type Config struct {
	Account        string           // our name of the account
	Token          string           // as typed into the platform's console
	AppID          string           // needed with an AES key
	AESKey         string           // EncodingAESKey, 43 characters; "" in plain mode
	PreviousAESKey string           // the key before, while it is being changed; else ""
	Mode           Mode             // "": safe with a key, plain without
	Now            func() time.Time // nil: time.Now
}

// Channel reads and writes one account's callbacks. It is safe for
// concurrent use.
type Channel struct {
	account string
	token   string
	appID   string
	keys    []key // current, previous; none in plain mode
	now     func() time.Time
}

var _ bot.Channel = (*Channel)(nil)

// SettingError says which of an account's settings is wrong, by the name that
// it has in the environment (WECHAT_TOKEN), and how. It never holds a secret's
// value.
type SettingError struct{ Setting, Problem string }

func (e *SettingError) Error() string { return "wechat: " + e.Setting + " " + e.Problem }

// New checks the settings and returns the account's channel. Its errors are
// SettingErrors.
func New(c Config) (*Channel, error) {
	if c.Mode == "" {
		c.Mode = Plain
		if c.AESKey != "" {
			c.Mode = Safe
		}
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	ch := &Channel{account: c.Account, token: c.Token, appID: c.AppID, now: c.Now}
	if ch.now == nil {
		ch.now = time.Now
	}
	for _, s := range []struct{ setting, value string }{
		{"WECHAT_AES_KEY", c.AESKey}, {"WECHAT_AES_KEY_PREVIOUS", c.PreviousAESKey},
	} {
		if s.value == "" {
			continue
		}
		k, err := parseKey(s.value)
		if err != nil {
			return nil, &SettingError{s.setting, err.Error()}
		}
		ch.keys = append(ch.keys, k)
	}
	return ch, nil
}

// check looks at settings that don't fit together; Mode is set.
func (c Config) check() error {
	switch {
	case c.Token == "" || strings.ContainsAny(c.Token, " \t\r\n"):
		return &SettingError{"WECHAT_TOKEN", "is empty or holds white space"}
	case c.Mode != Plain && c.Mode != Compatible && c.Mode != Safe:
		return &SettingError{"WECHAT_MODE", fmt.Sprintf("is %q: plain, compatible or safe", c.Mode)}
	case c.AESKey == "" && c.PreviousAESKey != "":
		return &SettingError{"WECHAT_AES_KEY_PREVIOUS", "is set, but WECHAT_AES_KEY is not"}
	case c.Mode == Plain && c.AESKey != "":
		return &SettingError{"WECHAT_MODE", "is plain, but WECHAT_AES_KEY is set: remove one of them"}
	case c.Mode != Plain && c.AESKey == "":
		return &SettingError{"WECHAT_MODE", "is " + string(c.Mode) + ", which needs WECHAT_AES_KEY"}
	case c.Mode != Plain && c.AppID == "":
		return &SettingError{"WECHAT_APPID", "is empty, but WECHAT_AES_KEY needs it"}
	}
	return nil
}

// refused wraps [bot.ErrUnauthorized] with a fixed word for the log. Nothing
// of it reaches the sender, and every failure of decryption has the same.
func refused(what string) error {
	return fmt.Errorf("%w: %s", bot.ErrUnauthorized, what)
}

// malformed wraps [bot.ErrMalformed] with a fixed word for the log.
func malformed(what string) error {
	return fmt.Errorf("%w: %s", bot.ErrMalformed, what)
}

// params are what a callback's query brings. A parameter given twice, too
// long, or with control characters counts as not given.
type params struct {
	signature, msgSignature, timestamp, nonce, openid string
}

func readParams(q url.Values) params {
	one := func(name string) string {
		if v := q[name]; len(v) == 1 && len(v[0]) <= maxParam && clean(v[0]) == v[0] {
			return v[0]
		}
		return ""
	}
	return params{one("signature"), one("msg_signature"), one("timestamp"), one("nonce"), one("openid")}
}

// checkTime refuses a timestamp that is not a plain number of seconds within
// the window around now.
func (c *Channel) checkTime(timestamp string) error {
	if len(timestamp) > 11 || strings.Trim(timestamp, "0123456789") != "" {
		return refused("timestamp")
	}
	n, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return refused("timestamp")
	}
	if d := c.now().Sub(time.Unix(n, 0)); d > window || d < -window {
		return refused("timestamp")
	}
	return nil
}

// Verify answers the platform's GET, by which it makes sure that the address
// is ours: it returns the echostr to send back as it is. Its errors wrap
// [bot.ErrUnauthorized] or [bot.ErrMalformed].
func (c *Channel) Verify(query url.Values) (string, error) {
	p := readParams(query)
	if !signed(p.signature, c.token, p.timestamp, p.nonce) {
		return "", refused("signature")
	}
	if err := c.checkTime(p.timestamp); err != nil {
		return "", err
	}
	echo := query["echostr"]
	if len(echo) != 1 || echo[0] == "" || len(echo[0]) > maxEcho || clean(echo[0]) != echo[0] {
		return "", malformed("echostr")
	}
	return echo[0], nil
}

// Decode authenticates and reads a callback. Its errors wrap
// [bot.ErrUnauthorized] or [bot.ErrMalformed], and hold nothing of the
// request. With ErrMalformed the question still has Account, and Person and
// Origin as far as they are known, so that the citizen can be told.
func (c *Channel) Decode(r *http.Request) (bot.Question, error) {
	p := readParams(r.URL.Query())
	if err := c.checkTime(p.timestamp); err != nil {
		return bot.Question{}, err
	}
	// With a key the platform sends this signature too. It vouches for
	// nothing there, but a wrong one is not the platform's.
	if (len(c.keys) == 0 || p.signature != "") && !signed(p.signature, c.token, p.timestamp, p.nonce) {
		return bot.Question{}, refused("signature")
	}
	if len(c.keys) > 0 && p.msgSignature == "" {
		return bot.Question{}, refused("not encrypted")
	}
	body, err := readBody(r)
	if err != nil {
		return bot.Question{}, err
	}
	partial := bot.Question{Account: c.account, Kind: bot.Ignored, Person: p.openid, Time: c.now()}
	if len(c.keys) > 0 {
		if body, err = c.open(&partial, p, body); err != nil {
			return bot.Question{}, err
		}
	}
	m, err := parse(body)
	if err != nil {
		return partial, err
	}
	return c.question(partial, p, m)
}

// open checks the signature over the ciphertext and decrypts it. It notes in
// q which key did, and to whom the envelope is addressed.
func (c *Channel) open(q *bot.Question, p params, body []byte) ([]byte, error) {
	envelope, err := parse(body)
	if err != nil {
		return nil, refused("not encrypted")
	}
	encrypt := envelope["Encrypt"]
	if encrypt == "" {
		return nil, refused("not encrypted")
	}
	if !signed(p.msgSignature, c.token, p.timestamp, p.nonce, encrypt) {
		return nil, refused("signature")
	}
	for i, k := range c.keys {
		msg, err := k.decrypt(encrypt, c.appID)
		if err != nil {
			continue
		}
		q.Origin = bot.Origin{To: envelope["ToUserName"], Encrypted: true, Key: i, Nonce: p.nonce}
		return msg, nil
	}
	return nil, refused("encryption")
}

// readBody reads at most maxBody bytes.
func readBody(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, malformed("no body")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, malformed("body broke off")
	case len(body) > maxBody:
		return nil, malformed("body over 256 KiB")
	}
	return body, nil
}

// Shown is the text of a reply as the platform shows it to who asked: see Encode.
func Shown(asked string, r bot.Reply) string {
	text := clean(r.Text)
	text = render(text, strings.Contains(text, "<") && !asksForMarkup(asked))
	text = Fit(strings.TrimSpace(text), textLimit)
	if strings.TrimSpace(text) == "" {
		return trouble
	}
	return text
}

// Encode makes a text reply's XML. An event that wants no reply (Ignored,
// Unsubscribe) and a silent reply get the acknowledgement. The text is never empty, is at most
// 1,800 bytes (see [Fit]), and of its markup only links are left (see
// render). It returns an error where q names no sender or no account.
func (c *Channel) Encode(q bot.Question, r bot.Reply, now time.Time) ([]byte, error) {
	if q.Kind == bot.Ignored || q.Kind == bot.Unsubscribe || r.Silent {
		return []byte(success), nil
	}
	if q.Person == "" || q.Origin.To == "" {
		return nil, errors.New("wechat: a reply needs the sender and the account of its question")
	}
	text := Shown(q.Text, r)
	var b strings.Builder
	b.Grow(len(text) + 256)
	b.WriteString("<xml><ToUserName>")
	writeCDATA(&b, q.Person)
	b.WriteString("</ToUserName><FromUserName>")
	writeCDATA(&b, q.Origin.To)
	b.WriteString("</FromUserName><CreateTime>")
	b.WriteString(strconv.FormatInt(now.Unix(), 10))
	b.WriteString("</CreateTime><MsgType><![CDATA[text]]></MsgType><Content>")
	writeCDATA(&b, text)
	b.WriteString("</Content></xml>")
	return []byte(b.String()), nil
}

// Write sends a body made by Encode. Where q came encrypted it goes out
// encrypted, with the key that decrypted q. An empty body and the
// acknowledgement need no encryption.
func (c *Channel) Write(w http.ResponseWriter, q bot.Question, body []byte) error {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if len(body) == 0 || string(body) == success {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err := io.WriteString(w, success)
		return err
	}
	if q.Origin.Encrypted {
		if q.Origin.Key < 0 || q.Origin.Key >= len(c.keys) {
			return errors.New("wechat: the question names a key that the account does not have")
		}
		body = c.seal(c.keys[q.Origin.Key], q.Origin.Nonce, body)
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	_, err := w.Write(body)
	return err
}

// seal encrypts and signs a reply.
func (c *Channel) seal(k key, nonce string, body []byte) []byte {
	encrypt := k.encrypt(salt(), body, c.appID)
	timestamp := strconv.FormatInt(c.now().Unix(), 10)
	var b strings.Builder
	b.Grow(len(encrypt) + 256)
	b.WriteString("<xml><Encrypt>")
	writeCDATA(&b, encrypt)
	b.WriteString("</Encrypt><MsgSignature>")
	writeCDATA(&b, sign(c.token, timestamp, nonce, encrypt))
	b.WriteString("</MsgSignature><TimeStamp>")
	b.WriteString(timestamp)
	b.WriteString("</TimeStamp><Nonce>")
	writeCDATA(&b, nonce)
	b.WriteString("</Nonce></xml>")
	return []byte(b.String())
}
