package wechat

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
)

// Cause is where to look for what keeps a callback from working.
type Cause string

// The causes.
const (
	BadAddress Cause = "address"  // it came to another address
	BadToken   Cause = "token"    // console and settings have different tokens
	BadMode    Cause = "mode"     // 消息加解密方式 differs
	BadKey     Cause = "AES key"  // EncodingAESKey differs
	BadAppID   Cause = "app ID"   //
	BadClock   Cause = "clock"    //
	BadProxy   Cause = "proxy"    // something in between changed the request
	BadSender  Cause = "sender"   // openid of the query is not the message's
	BadMessage Cause = "message"  // authentic, but cannot be read
	Stranger   Cause = "stranger" // nothing that the platform sends
)

// Diagnosis is what is to be said of one request, to the account's operator
// alone: the sender gets the same answer whatever it says. It holds nothing of
// a message and no openid.
type Diagnosis struct {
	Cause Cause    `json:"cause,omitempty"` // "": authentic
	What  string   `json:"what"`            // verification; or a message's kind: text
	Words string   `json:"words"`           // what is wrong; "" where nothing is
	Do    string   `json:"do,omitempty"`    // what to do about it
	Notes []string `json:"notes,omitempty"` // what else is worth knowing
}

// Authentic reports whether the platform, and nobody else, sent it, and we
// could read it.
func (d Diagnosis) Authentic() bool { return d.Cause == "" }

const (
	console     = "设置与开发 > 开发接口管理 > 服务器配置"
	askProxy    = "look at what stands between the internet and policybot (nginx, CDN, WAF, tunnel)"
	verifying   = "verification"
	uneasyClock = time.Minute
)

func wrong(cause Cause, what, words, do string) Diagnosis {
	return Diagnosis{Cause: cause, What: what, Words: words, Do: do}
}

// Mode is how the account's callbacks are expected to come: plain, or safe,
// which takes compatible mode as well.
func (c *Channel) Mode() Mode {
	if len(c.keys) == 0 {
		return Plain
	}
	return Safe
}

// AppID is the account's, "" where it is not needed.
func (c *Channel) AppID() string { return c.appID }

// Diagnose says why Verify or Decode takes a request that came to the
// account's address, or does not. It changes nothing.
func (c *Channel) Diagnose(a bot.Arrival) Diagnosis {
	q, err := url.ParseQuery(a.Query)
	if err != nil {
		return wrong(BadProxy, "request", "the query string is not well formed", askProxy)
	}
	e := &examination{c: c, a: a, q: q, p: readParams(q)}
	switch {
	case !e.fromPlatform():
		return e.stranger()
	case a.Method == http.MethodGet:
		return e.verification()
	case a.Method == http.MethodPost:
		return e.message()
	}
	return wrong(Stranger, "request", "a "+method(a.Method)+" request: the platform sends GET and POST only", askProxy)
}

// Misdirected says of a request that came to none of our callback addresses
// whether it was meant for the account's, which is at path; ok is false where
// it is nobody's business here.
func (c *Channel) Misdirected(a bot.Arrival, path string) (d Diagnosis, ok bool) {
	q, err := url.ParseQuery(a.Query)
	e := &examination{c: c, a: a, q: q, p: readParams(q)}
	if err != nil || !e.fromPlatform() {
		return Diagnosis{}, false
	}
	words := fmt.Sprintf("it came to %s, but the callback address of this account is %s", shown(a.Path), path)
	if !e.tokenSigned() {
		words += " (and it is not signed with this account's token)"
	}
	return wrong(BadAddress, "request", words,
		"enter the address exactly, with the account's name, in the console ("+console+"); if it is right there, a proxy rewrites the path: pass "+path+" on unchanged"), true
}

// Signed reports whether a request is signed with the account's token.
func (c *Channel) Signed(a bot.Arrival) bool {
	q, err := url.ParseQuery(a.Query)
	return err == nil && (&examination{c: c, p: readParams(q)}).tokenSigned()
}

// examination is one request being looked at.
type examination struct {
	c *Channel
	a bot.Arrival
	q url.Values
	p params
}

// fromPlatform reports whether a request has the form of the platform's.
func (e *examination) fromPlatform() bool {
	return e.q.Has("timestamp") && e.q.Has("nonce") && (e.q.Has("signature") || e.q.Has("msg_signature"))
}

func (e *examination) tokenSigned() bool {
	return signed(e.p.signature, e.c.token, e.p.timestamp, e.p.nonce)
}

// stranger is a request without what the platform always sends.
func (e *examination) stranger() Diagnosis {
	body := bytes.TrimSpace(e.a.Body)
	switch {
	case e.a.Method == http.MethodPost && bytes.HasPrefix(body, []byte("<xml>")):
		return wrong(BadProxy, "message", "a message came without the query string that it is signed in",
			"have the proxy pass the query string on (nginx: proxy_pass without a path of its own, or with $is_args$args); a redirect may lose it too: enter the address that it leads to")
	case len(e.q) > 0:
		return wrong(BadProxy, "request", "the query string lacks some of signature, timestamp and nonce",
			"have the proxy pass the query string on whole; a test with a browser looks like this, too")
	}
	return wrong(Stranger, "request", "a "+method(e.a.Method)+" request without a query string: a browser or a probe, if not a proxy that cuts the query string off",
		"if you have just pressed 提交 in the console, have the proxy pass the query string on")
}

// token says that the signature is not by our token, and which mistake it may
// be.
func (e *examination) token(what string) Diagnosis {
	words := "it is not signed with this account's token: the console and policybot have different ones"
	for _, other := range []struct{ token, words string }{
		{e.c.appID, "the console has the app ID in the place of the token"},
		{strings.ToLower(e.c.token), "the console has the token in small letters"},
		{strings.ToUpper(e.c.token), "the console has the token in capitals"},
	} {
		if other.token != "" && signed(e.p.signature, other.token, e.p.timestamp, e.p.nonce) {
			words = other.words
		}
	}
	d := wrong(BadToken, what, words, "enter the same token in the console ("+console+" > Token) and in POLICYBOT_WECHAT_TOKEN (or the configuration file), then restart or reload")
	if _, off, ok := e.clock(); ok && off {
		d.Notes = append(d.Notes, "its time stamp is off as well; look at the clock of this machine")
	}
	return d
}

// clock compares the time stamp with ours; ok is false where it is none.
func (e *examination) clock() (ahead time.Duration, off, ok bool) {
	n, err := strconv.ParseInt(e.p.timestamp, 10, 64)
	if err != nil || n < 0 || n > 1<<40 {
		return 0, true, false
	}
	ahead = time.Unix(n, 0).Sub(e.c.now())
	return ahead, ahead > window || ahead < -window, true
}

// time says what is wrong with the time stamp, or notes that it is uneasy.
func (e *examination) time(what string) (d Diagnosis, notes []string, bad bool) {
	ahead, off, ok := e.clock()
	if !ok {
		return wrong(BadProxy, what, "its time stamp is not a number of seconds", askProxy), nil, true
	}
	words := fmt.Sprintf("this machine's clock is %s behind the platform's", minutes(ahead))
	if ahead < 0 {
		words = fmt.Sprintf("this machine's clock is %s ahead of the platform's", minutes(-ahead))
	}
	if !off {
		if ahead > uneasyClock || ahead < -uneasyClock {
			notes = []string{words + "; more than 10 minutes, and nothing is accepted: set it by NTP"}
		}
		return Diagnosis{}, notes, false
	}
	if ahead < -24*time.Hour {
		words += ", or an old request was sent again"
	}
	return wrong(BadClock, what, words, "set the clock of this machine by NTP (timedatectl set-ntp true)"), nil, true
}

func minutes(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	}
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// verification examines a GET.
func (e *examination) verification() Diagnosis {
	if !e.tokenSigned() {
		return e.token(verifying)
	}
	if !e.q.Has("echostr") {
		if e.q.Has("openid") || e.q.Has("msg_signature") || e.q.Has("encrypt_type") {
			return wrong(BadProxy, "message", "a message came as GET, without its body: a redirect (http to https, a slash at the end, www) made one of the POST",
				"enter in the console the address that the redirect leads to")
		}
		return wrong(BadProxy, verifying, "echostr is missing from the query string", askProxy)
	}
	d, notes, bad := e.time(verifying)
	if bad {
		return d
	}
	if _, err := e.c.Verify(e.q); err != nil {
		return wrong(BadProxy, verifying, "echostr is not as the platform sends it", askProxy)
	}
	if len(e.c.keys) > 0 {
		notes = append(notes, "a verification proves address and token; AES key and app ID are proven by a message: send the account one")
	}
	return Diagnosis{What: verifying, Notes: notes}
}

// message examines a POST.
func (e *examination) message() Diagnosis {
	if e.p.signature != "" && !e.tokenSigned() {
		return e.token("message")
	}
	if e.p.signature == "" && len(e.c.keys) == 0 {
		return wrong(BadProxy, "message", "signature is missing from the query string", askProxy)
	}
	d, notes, bad := e.time("message")
	if bad {
		return d
	}
	body, d, bad := e.body()
	if bad {
		return d
	}
	if len(e.c.keys) == 0 {
		d = e.plain(body)
	} else {
		d = e.encrypted(body)
	}
	d.Notes = append(notes, d.Notes...)
	return d
}

// body examines the body's size and form.
func (e *examination) body() (f fields, d Diagnosis, bad bool) {
	a := e.a
	lost := func(words string) (fields, Diagnosis, bool) {
		return nil, wrong(BadProxy, "message", words, askProxy+": it must pass bodies on whole and unchanged"), true
	}
	switch {
	case a.Broken || a.Length > 0 && int64(len(a.Body)) < min(a.Length, maxBody):
		return lost(fmt.Sprintf("the body broke off after %d bytes", len(a.Body)))
	case len(a.Body) == 0:
		return lost("the body is empty")
	case len(a.Body) > maxBody:
		return lost("the body has more than 256 KiB: the platform sends nothing as large")
	}
	f, err := parse(a.Body)
	if err == nil {
		return f, d, false
	}
	if text := bytes.TrimSpace(a.Body); bytes.HasPrefix(text, []byte("<xml>")) && !bytes.HasSuffix(text, []byte("</xml>")) {
		return lost("the body ends in the middle of its XML")
	}
	if len(e.c.keys) == 0 {
		return nil, wrong(BadMessage, "message", "the message is not as the platform writes it: "+reason(err), "if the account's other messages arrive, somebody sent this one to try us; else "+askProxy), true
	}
	return lost("the body is not the XML that the platform sends")
}

// reason is the fixed word of one of our errors.
func reason(err error) string {
	_, word, ok := strings.Cut(err.Error(), bot.ErrMalformed.Error()+": ")
	if !ok {
		return "malformed"
	}
	return word
}

const modeAt = console + " > 消息加解密方式"

// plain examines a message to an account without an AES key.
func (e *examination) plain(f fields) Diagnosis {
	if f["Encrypt"] != "" && f["FromUserName"] == "" {
		return wrong(BadMode, "message", "an encrypted message came (安全模式), but policybot has no AES key for this account: it expects 明文模式",
			"set POLICYBOT_WECHAT_AES_KEY and POLICYBOT_WECHAT_APPID (or aes_key and appid in the configuration file); or choose 明文模式 in the console ("+modeAt+")")
	}
	d := e.question(bot.Question{Account: e.c.account, Kind: bot.Ignored, Person: e.p.openid}, f)
	if f["Encrypt"] != "" {
		d.Notes = append(d.Notes, "the console is set to 兼容模式; with POLICYBOT_WECHAT_AES_KEY and POLICYBOT_WECHAT_APPID the encrypted part would be used")
	}
	d.Notes = append(d.Notes, "in 明文模式 nothing vouches for the body of a message: 安全模式 is better")
	return d
}

// encrypted examines a message to an account with an AES key.
func (e *examination) encrypted(f fields) Diagnosis {
	encrypt := f["Encrypt"]
	switch {
	case encrypt == "" && f["FromUserName"] != "":
		return wrong(BadMode, "message", "a plain message came (明文模式), but policybot has an AES key for this account: it believes encrypted ones only",
			"choose 安全模式 in the console ("+modeAt+"); or take the AES key out of policybot's settings")
	case encrypt == "":
		return wrong(BadProxy, "message", "the body has no Encrypt element", askProxy+": it changes the body")
	case e.p.msgSignature == "":
		return wrong(BadProxy, "message", "msg_signature is missing from the query string", askProxy+": it must pass the query string on whole")
	}
	signs := func(text string) bool { return signed(e.p.msgSignature, e.c.token, e.p.timestamp, e.p.nonce, text) }
	switch {
	case signs(encrypt):
	case signs(strings.ReplaceAll(encrypt, " ", "+")):
		return wrong(BadProxy, "message", "the plus signs of the body came as blanks: it was decoded as a form on its way", askProxy+": it must not touch the body")
	case e.p.signature == "":
		return e.token("message")
	default:
		return wrong(BadProxy, "message", "the body is not the one that was signed: it was changed on its way", askProxy+": it must not touch the body")
	}
	return e.decrypted(f, encrypt)
}

// decrypted examines what the account's keys make of a ciphertext that the
// platform signed.
func (e *examination) decrypted(f fields, encrypt string) Diagnosis {
	for i, k := range e.c.keys {
		msg, err := k.decrypt(encrypt, e.c.appID)
		if err != nil {
			continue
		}
		inner, err := parse(msg)
		if err != nil {
			return wrong(BadMessage, "message", "it decrypts, but is not as the platform writes it: "+reason(err), "if the account's other messages arrive, somebody sent this one to try us")
		}
		q := bot.Question{Account: e.c.account, Kind: bot.Ignored, Person: e.p.openid, Origin: bot.Origin{To: f["ToUserName"], Encrypted: true, Key: i}}
		d := e.question(q, inner)
		if i > 0 {
			d.Notes = append(d.Notes, "the platform still uses the previous AES key")
		}
		if f["FromUserName"] != "" {
			d.Notes = append(d.Notes, "the console is set to 兼容模式: 安全模式 does the same without the plain copy")
		}
		return d
	}
	for _, k := range e.c.keys {
		if id, ok := k.appID(encrypt); ok {
			return wrong(BadAppID, "message", fmt.Sprintf("it is for the app ID %s, but policybot has %s for this account", id, shown(e.c.appID)),
				"set POLICYBOT_WECHAT_APPID (or appid in the configuration file) to the AppID that the console shows; if both are yours, the console of the other account has this address")
		}
	}
	return wrong(BadKey, "message", "the token is right, but the message cannot be decrypted: console and policybot have different AES keys",
		"copy EncodingAESKey, all 43 characters, from the console ("+console+") to POLICYBOT_WECHAT_AES_KEY (or aes_key in the configuration file), then restart or reload")
}

// question examines a message that was authentic so far.
func (e *examination) question(q bot.Question, f fields) Diagnosis {
	got, err := e.c.question(q, e.p, f)
	switch {
	case err == nil:
		what := string(got.Kind)
		if got.Kind == bot.Ignored {
			what = "event that needs no answer"
		}
		return Diagnosis{What: what}
	case errors.Is(err, bot.ErrMalformed):
		return wrong(BadMessage, "message", "the message is not as the platform writes it: "+reason(err), "if the account's other messages arrive, somebody sent this one to try us")
	case e.p.openid != "" && f["FromUserName"] != e.p.openid:
		return wrong(BadSender, "message", "the openid in the query string is not the sender of the message: it was put together from two, or a proxy changed the query string", askProxy)
	}
	return wrong(BadSender, "message", "the message is addressed to another account than its envelope: it was put together from two", askProxy)
}

// method keeps an invented method out of the words.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "strange"
}

// shown is a stranger's text as a terminal may have it.
func shown(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "..."
	}
	return strconv.QuoteToASCII(s)
}

var plausibleAppID = regexp.MustCompile(`^[A-Za-z0-9_-]{6,64}$`)
