package wechat

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// Keys and names of the tests. The third key has stray bits at its end.
const (
	token   = "qinglan2026"
	appID   = "wx0123456789abcdef"
	key1    = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	key2    = "ZYXWVUTSRQPONMLKJIHGFEDCBA9876543210zyxwvut"
	citizen = "oCitizen_0000000000000000001"
	account = "gh_qinglan00001"
)

var noon = time.Unix(1790000000, 0)

func clock() time.Time { return noon }

// newChannel returns a channel whose clock stands at noon.
func newChannel(t testing.TB, mode Mode, current, previous string) *Channel {
	t.Helper()
	c, err := New(Config{Account: "default", Token: token, AppID: appID,
		AESKey: current, PreviousAESKey: previous, Mode: mode, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustKey(t testing.TB, s string) key {
	t.Helper()
	k, err := parseKey(s)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// message makes an inbound text message.
func message(text string) string {
	return `<xml><ToUserName><![CDATA[` + account + `]]></ToUserName><FromUserName><![CDATA[` + citizen +
		`]]></FromUserName><CreateTime>1789999999</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[` +
		text + `]]></Content><MsgId>24701234567890123456</MsgId></xml>`
}

// plainRequest signs a request as plain mode does; its query can be changed.
func plainRequest(body string, change ...func(url.Values)) *http.Request {
	ts := strconv.FormatInt(noon.Unix(), 10)
	q := url.Values{"timestamp": {ts}, "nonce": {"8675309"}, "openid": {citizen},
		"signature": {sign(token, ts, "8675309")}}
	for _, f := range change {
		f(q)
	}
	return httptest.NewRequest(http.MethodPost, "/wechat/default?"+q.Encode(), strings.NewReader(body))
}

// envelope encrypts a message; extra elements stand beside the ciphertext.
func envelope(k key, message, appID, extra string) (body, encrypt string) {
	encrypt = k.encrypt(salt(), []byte(message), appID)
	return `<xml><ToUserName><![CDATA[` + account + `]]></ToUserName>` + extra +
		`<Encrypt><![CDATA[` + encrypt + `]]></Encrypt></xml>`, encrypt
}

// aesRequest signs an envelope as safe mode does.
func aesRequest(body, encrypt string, change ...func(url.Values)) *http.Request {
	ts := strconv.FormatInt(noon.Unix(), 10)
	return plainRequest(body, append([]func(url.Values){func(q url.Values) {
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", sign(token, ts, "8675309", encrypt))
	}}, change...)...)
}

func TestNew(t *testing.T) {
	t.Parallel()
	good := Config{Account: "default", Token: token, AppID: appID}
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string // "": no error
	}{
		"no key is plain":               {func(c *Config) {}, ""},
		"plain needs no app ID":         {func(c *Config) { c.AppID = "" }, ""},
		"a key is safe":                 {func(c *Config) { c.AESKey = key1 }, ""},
		"compatible":                    {func(c *Config) { c.AESKey, c.Mode = key1, Compatible }, ""},
		"both keys":                     {func(c *Config) { c.AESKey, c.PreviousAESKey = key1, key2 }, ""},
		"stray bits":                    {func(c *Config) { c.AESKey = key1[:42] + "H" }, ""},
		"no token":                      {func(c *Config) { c.Token = "" }, "WECHAT_TOKEN"},
		"token with a line end":         {func(c *Config) { c.Token = token + "\n" }, "WECHAT_TOKEN"},
		"plain and a key":               {func(c *Config) { c.AESKey, c.Mode = key1, Plain }, "WECHAT_MODE is plain, but WECHAT_AES_KEY"},
		"safe without a key":            {func(c *Config) { c.Mode = Safe }, "WECHAT_AES_KEY"},
		"compatible without a key":      {func(c *Config) { c.Mode = Compatible }, "WECHAT_AES_KEY"},
		"only the previous key":         {func(c *Config) { c.PreviousAESKey = key2 }, "WECHAT_AES_KEY_PREVIOUS"},
		"unknown mode":                  {func(c *Config) { c.Mode = "aes" }, "WECHAT_MODE"},
		"key without app ID":            {func(c *Config) { c.AESKey, c.AppID = key1, "" }, "WECHAT_APPID"},
		"short key":                     {func(c *Config) { c.AESKey = key1[1:] }, "WECHAT_AES_KEY is not"},
		"key that is not base64":        {func(c *Config) { c.AESKey = "!" + key1[1:] }, "WECHAT_AES_KEY is not"},
		"previous key that is not good": {func(c *Config) { c.AESKey, c.PreviousAESKey = key1, "x" }, "WECHAT_AES_KEY_PREVIOUS is not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := good
			tt.change(&c)
			_, err := New(c)
			switch {
			case tt.want == "" && err != nil:
				t.Fatalf("got error %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Fatalf("got error %v, want one that names %s", err, tt.want)
			case err != nil && (strings.Contains(err.Error(), key1[2:20]) || strings.Contains(err.Error(), token)):
				t.Fatalf("the error shows a secret: %v", err)
			}
		})
	}
}

// vector is a published example. Its source is named in the file.
type vector struct {
	Name, Source, Token, Timestamp, Nonce, Echostr, Signature string
	Key                                                       string `json:"aes_key"`
	AppID                                                     string `json:"app_id"`
	MsgSignature                                              string `json:"msg_signature"`
	Encrypt, Random, Plaintext                                string
	PlaintextLen                                              int `json:"plaintext_len"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var v []vector
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v) != 9 {
		t.Fatalf("%d vectors, want 9", len(v))
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if v.Signature != "" && !signed(v.Signature, v.Token, v.Timestamp, v.Nonce) {
				t.Error("signature differs")
			}
			if v.MsgSignature != "" && !signed(v.MsgSignature, v.Token, v.Timestamp, v.Nonce, v.Encrypt) {
				t.Error("msg_signature differs")
			}
			if v.Encrypt == "" {
				return
			}
			k := mustKey(t, v.Key)
			got, err := k.decrypt(v.Encrypt, v.AppID)
			if err != nil {
				t.Fatal(err)
			}
			if v.Plaintext != "" && string(got) != v.Plaintext {
				t.Errorf("decrypted %q, want %q", got, v.Plaintext)
			}
			if v.PlaintextLen != 0 && len(got) != v.PlaintextLen {
				t.Errorf("decrypted %d bytes, want %d", len(got), v.PlaintextLen)
			}
			if again := k.encrypt([saltSize]byte([]byte(v.Random)), got, v.AppID); again != v.Encrypt {
				t.Errorf("encrypted again %s, want %s", again, v.Encrypt)
			}
		})
	}
}

// The official vectors also go the whole way, with the clock of their day.
func TestVectorsThroughTheChannel(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if !strings.HasPrefix(v.Name, "official") || v.Signature == "" {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			sec, err := strconv.ParseInt(v.Timestamp, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			c, err := New(Config{Token: v.Token, AppID: v.AppID, AESKey: v.Key,
				Now: func() time.Time { return time.Unix(sec+9, 0) }})
			if err != nil {
				t.Fatal(err)
			}
			q := url.Values{"signature": {v.Signature}, "timestamp": {v.Timestamp}, "nonce": {v.Nonce}}
			if v.Echostr != "" {
				q.Set("echostr", v.Echostr)
				if got, err := c.Verify(q); got != v.Echostr || err != nil {
					t.Fatalf("Verify: %q, %v", got, err)
				}
				return
			}
			body := message("老人卡在哪里办？")
			if v.Encrypt != "" {
				q.Set("msg_signature", v.MsgSignature)
				body = "<xml><ToUserName>gh_97417a04a28d</ToUserName><Encrypt><![CDATA[" + v.Encrypt + "]]></Encrypt></xml>"
			}
			got, err := c.Decode(httptest.NewRequest(http.MethodPost, "/?"+q.Encode(), strings.NewReader(body)))
			if v.Encrypt == "" {
				if err != nil || got.Text != "老人卡在哪里办？" {
					t.Fatalf("Decode: %+v, %v", got, err)
				}
				return
			}
			if v.PlaintextLen > 0 { // an event that we do not know
				if err != nil || got.Kind != bot.Ignored || got.Person != "o9AgO5Kd5ggOC-bXrbNODIiE3bGY" {
					t.Fatalf("Decode: %+v, %v", got, err)
				}
				return
			}
			// Authentic, but JSON.
			if !errors.Is(err, bot.ErrMalformed) || !got.Origin.Encrypted {
				t.Fatalf("Decode: %+v, %v", got, err)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	at := func(offset time.Duration) url.Values {
		ts := strconv.FormatInt(noon.Add(offset).Unix(), 10)
		return url.Values{"timestamp": {ts}, "nonce": {"42"}, "signature": {sign(token, ts, "42")}, "echostr": {"echo-1"}}
	}
	with := func(name string, values ...string) url.Values {
		q := at(0)
		q[name] = values
		return q
	}
	for name, tt := range map[string]struct {
		query url.Values
		want  error
	}{
		"right":                  {at(0), nil},
		"ten minutes ago":        {at(-window), nil},
		"in ten minutes":         {at(window), nil},
		"older":                  {at(-window - time.Second), bot.ErrUnauthorized},
		"later":                  {at(window + time.Second), bot.ErrUnauthorized},
		"nothing":                {url.Values{}, bot.ErrUnauthorized},
		"wrong signature":        {with("signature", strings.Repeat("0", 40)), bot.ErrUnauthorized},
		"signature in capitals":  {with("signature", strings.ToUpper(at(0).Get("signature"))), bot.ErrUnauthorized},
		"two signatures":         {with("signature", at(0).Get("signature"), at(0).Get("signature")), bot.ErrUnauthorized},
		"other nonce":            {with("nonce", "43"), bot.ErrUnauthorized},
		"no echostr":             {with("echostr"), bot.ErrMalformed},
		"long echostr":           {with("echostr", strings.Repeat("e", maxEcho+1)), bot.ErrMalformed},
		"echostr with a control": {with("echostr", "a\x00b"), bot.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []*Channel{newChannel(t, "", "", ""), newChannel(t, "", key1, key2), newChannel(t, Compatible, key1, "")} {
				got, err := c.Verify(tt.query)
				if !errors.Is(err, tt.want) {
					t.Fatalf("got error %v, want %v", err, tt.want)
				}
				if (err == nil) != (got == "echo-1") {
					t.Fatalf("got %q, %v", got, err)
				}
			}
		})
	}
}

// attempt is a request and what Decode should say to it.
type attempt struct {
	c    *Channel
	r    *http.Request
	want error
}

// attempts are right and wrong ways to call.
func attempts(t *testing.T) map[string]attempt {
	t.Helper()
	plain, safe, compatible := newChannel(t, "", "", ""), newChannel(t, "", key1, ""), newChannel(t, Compatible, key1, "")
	k, other := mustKey(t, key1), mustKey(t, key2)
	good := message("你好")
	body, enc := envelope(k, good, appID, "")
	set := func(name, value string) func(url.Values) { return func(q url.Values) { q.Set(name, value) } }
	sealed := func(inner, appID string, k key) *http.Request {
		b, e := envelope(k, inner, appID, "")
		return aesRequest(b, e)
	}
	at := func(d time.Duration) func(url.Values) {
		return func(q url.Values) {
			ts := strconv.FormatInt(noon.Add(d).Unix(), 10)
			q.Set("timestamp", ts)
			q.Set("signature", sign(token, ts, "8675309"))
			q.Set("msg_signature", sign(token, ts, "8675309", enc))
		}
	}
	return map[string]attempt{
		"plain":                                  {plain, plainRequest(good), nil},
		"safe":                                   {safe, aesRequest(body, enc), nil},
		"compatible":                             {compatible, aesRequest(body, enc), nil},
		"safe without the plain signature":       {safe, aesRequest(body, enc, func(q url.Values) { q.Del("signature") }), nil},
		"safe without encrypt_type":              {safe, aesRequest(body, enc, func(q url.Values) { q.Del("encrypt_type") }), nil},
		"safe, envelope with plaintext":          {safe, aesRequest(strings.Replace(body, "<Encrypt>", "<Content>假</Content><Encrypt>", 1), enc), nil},
		"no openid":                              {safe, aesRequest(body, enc, func(q url.Values) { q.Del("openid") }), nil},
		"downgrade: plain body in safe":          {safe, plainRequest(good), bot.ErrUnauthorized},
		"downgrade: plain body in compatible":    {compatible, plainRequest(good), bot.ErrUnauthorized},
		"downgrade: encrypt_type=raw":            {safe, plainRequest(good, set("encrypt_type", "raw")), bot.ErrUnauthorized},
		"downgrade: signature as msg_signature":  {safe, plainRequest(good, func(q url.Values) { q.Set("msg_signature", q.Get("signature")) }), bot.ErrUnauthorized},
		"downgrade: Encrypt empty":               {compatible, aesRequest(strings.Replace(good, "<Content>", "<Encrypt></Encrypt><Content>", 1), ""), bot.ErrUnauthorized},
		"downgrade: signature for msg_signature": {safe, aesRequest(body, enc, func(q url.Values) { q.Set("msg_signature", q.Get("signature")) }), bot.ErrUnauthorized},
		"wrong plain signature in safe":          {safe, aesRequest(body, enc, set("signature", "0")), bot.ErrUnauthorized},
		"no signature in plain":                  {plain, plainRequest(good, func(q url.Values) { q.Del("signature") }), bot.ErrUnauthorized},
		"ciphertext of another message":          {safe, aesRequest(body, enc+"A"), bot.ErrUnauthorized},
		"another account's key":                  {safe, sealed(good, appID, other), bot.ErrUnauthorized},
		"another account's app ID":               {safe, sealed(good, "wxffffffffffffffff", k), bot.ErrUnauthorized},
		"app ID with more behind it":             {safe, sealed(good, appID+"0", k), bot.ErrUnauthorized},
		"replayed after the window":              {safe, aesRequest(body, enc, at(-window-time.Second)), bot.ErrUnauthorized},
		"from the future":                        {safe, aesRequest(body, enc, at(window+time.Second)), bot.ErrUnauthorized},
		"replayed after the window, plain":       {plain, plainRequest(good, at(-window-time.Second)), bot.ErrUnauthorized},
		"timestamp with a sign":                  {plain, plainRequest(good, set("timestamp", "+1790000000")), bot.ErrUnauthorized},
		"timestamp beyond int64":                 {plain, plainRequest(good, set("timestamp", strings.Repeat("9", 30))), bot.ErrUnauthorized},
		"sender is not openid":                   {safe, aesRequest(body, enc, set("openid", "oSomeoneElse")), bot.ErrUnauthorized},
		"sender is not openid, plain":            {plain, plainRequest(good, set("openid", "oSomeoneElse")), bot.ErrUnauthorized},
		"addressee differs":                      {safe, aesRequest(strings.Replace(body, account, "gh_other", 1), enc), bot.ErrUnauthorized},
		"not XML, safe":                          {safe, aesRequest("{}", ""), bot.ErrUnauthorized},
		"not XML, plain":                         {plain, plainRequest(`{"ToUserName":"x"}`), bot.ErrMalformed},
		"empty, plain":                           {plain, plainRequest(""), bot.ErrMalformed},
		"JSON inside":                            {safe, sealed(`{"ToUserName":"x"}`, appID, k), bot.ErrMalformed},
		"encrypted without our key":              {plain, plainRequest(body), bot.ErrMalformed},
		"too long":                               {plain, plainRequest(message(strings.Repeat("字", maxBody/3))), bot.ErrMalformed},
		"no CreateTime":                          {plain, plainRequest(strings.Replace(good, "1789999999", "", 1)), bot.ErrMalformed},
		"broken off":                             {plain, plainRequest(good[:len(good)-8]), bot.ErrMalformed},
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range attempts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := tt.c.Decode(tt.r)
			if !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if err == nil && (q.Text != "你好" || q.Person != citizen || q.Origin.To != account ||
				q.Origin.Encrypted != (len(tt.c.keys) > 0) || q.Account != "default" || q.ID == "") {
				t.Fatalf("got %+v", q)
			}
			if errors.Is(err, bot.ErrUnauthorized) && q != (bot.Question{}) {
				t.Fatalf("a refused callback brought %+v", q)
			}
		})
	}
}

// In compatible mode only what was encrypted counts.
func TestCompatibleBelievesTheCiphertext(t *testing.T) {
	t.Parallel()
	k := mustKey(t, key1)
	body, enc := envelope(k, message("真的"), appID,
		"<FromUserName>oForged</FromUserName><MsgType>text</MsgType><CreateTime>1</CreateTime><Content>假的</Content><MsgId>1</MsgId>")
	q, err := newChannel(t, Compatible, key1, "").Decode(aesRequest(body, enc))
	if err != nil || q.Text != "真的" || q.Person != citizen {
		t.Fatalf("got %+v, %v", q, err)
	}
}

func TestBreakOutOfCDATA(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"overwrites the sender":   `]]></Content><FromUserName><![CDATA[oVictim]]></FromUserName><Content><![CDATA[x`,
		"brings its own menu key": `]]></Content><EventKey>ADMIN</EventKey><Content><![CDATA[x`,
		"nests":                   `]]><FromUserName>oVictim</FromUserName><![CDATA[x`,
		"closes the message":      `]]></Content></xml><xml><Content><![CDATA[x`,
		"comment":                 `]]><!-- --><![CDATA[x`,
		"entity":                  `]]>&xxe;<![CDATA[x`,
		"stray end":               `]]> ]]> <![CDATA[x`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := plainRequest(message(text))
			if q, err := newChannel(t, "", "", "").Decode(r); !errors.Is(err, bot.ErrMalformed) {
				t.Fatalf("got %+v, %v", q, err)
			}
			body, enc := envelope(mustKey(t, key1), message(text), appID, "")
			q, err := newChannel(t, "", key1, "").Decode(aesRequest(body, enc))
			if !errors.Is(err, bot.ErrMalformed) || q.Person != citizen || q.Origin.To != account {
				t.Fatalf("got %+v, %v: the sender should be known, to be told", q, err)
			}
		})
	}
}

// Control characters don't break a message, and don't make markup either.
func TestControlCharacters(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", "", "")
	for in, want := range map[string]string{
		"老人卡\x02在\x10哪\x1d里\x00办": "老人卡在哪里办",
		"坏\xff\xfe字":              "坏字",
		"两行\r\n第二行\t完":            "两行\n第二行 完",
		"]\x02]>x":                "]]>x",
		"左\u202e右":                "左右",
		"👨‍👩‍👧":                   "👨‍👩‍👧",
		"5<6 && a>b":              "5<6 && a>b",
	} {
		q, err := c.Decode(plainRequest(message(in)))
		if err != nil || q.Text != want {
			t.Errorf("%q: got %q, %v", in, q.Text, err)
		}
	}
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", key2, key1) // key1 was in force until now
	for i, s := range []string{key2, key1} {
		k := mustKey(t, s)
		body, enc := envelope(k, message("你好"), appID, "")
		q, err := c.Decode(aesRequest(body, enc))
		if err != nil || q.Origin.Key != i {
			t.Fatalf("key %d: %+v, %v", i, q, err)
		}
		xmlBody, err := c.Encode(q, bot.Reply{Text: "您好。"}, noon)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if err := c.Write(w, q, xmlBody); err != nil {
			t.Fatal(err)
		}
		reply, err := parse(w.Body.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !signed(reply["MsgSignature"], token, reply["TimeStamp"], reply["Nonce"], reply["Encrypt"]) {
			t.Error("reply's signature is wrong")
		}
		if got, err := k.decrypt(reply["Encrypt"], appID); err != nil || string(got) != string(xmlBody) {
			t.Errorf("key %d does not read its reply: %v", i, err)
		}
	}
}
