package wechat

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// arrival is a request as the door keeps it; the request can still be read.
func arrival(r *http.Request) bot.Arrival {
	a := bot.Arrival{At: noon, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Length: r.ContentLength}
	if r.Body != nil {
		a.Body, _ = io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(a.Body), r.Body))
	}
	return a
}

// discreet asserts that a diagnosis holds nothing of a citizen.
func discreet(t *testing.T, d Diagnosis) {
	t.Helper()
	all := d.Words + d.Do + d.What + strings.Join(d.Notes, " ")
	for _, secret := range []string{citizen, "oSomeoneElse", "你好", token, key1, key2} {
		if strings.Contains(all, secret) {
			t.Errorf("the diagnosis holds %q: %+v", secret, d)
		}
	}
	if d.What == "" || !d.Authentic() && (d.Words == "" || d.Do == "") {
		t.Errorf("incomplete: %+v", d)
	}
}

// Diagnose finds authentic exactly what Decode takes.
func TestDiagnoseAgreesWithDecode(t *testing.T) {
	t.Parallel()
	for name, tt := range attempts(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := tt.c.Diagnose(arrival(tt.r))
			discreet(t, d)
			if d.Authentic() != (tt.want == nil) {
				t.Errorf("want %v, got %+v", tt.want, d)
			}
			if _, err := tt.c.Decode(tt.r); !errors.Is(err, tt.want) {
				t.Errorf("Decode after Diagnose: %v", err)
			}
		})
	}
}

func TestDiagnose(t *testing.T) {
	t.Parallel()
	plain, safe, rotating := newChannel(t, "", "", ""), newChannel(t, "", key1, ""), newChannel(t, "", key2, key1)
	k, other := mustKey(t, key1), mustKey(t, key2)
	good := message("你好")
	body, enc := envelope(k, good, appID, "")
	set := func(name, value string) func(url.Values) { return func(q url.Values) { q.Set(name, value) } }
	del := func(names ...string) func(url.Values) {
		return func(q url.Values) {
			for _, n := range names {
				q.Del(n)
			}
		}
	}
	at := func(d time.Duration, by string) func(url.Values) {
		return func(q url.Values) {
			ts := strconv.FormatInt(noon.Add(d).Unix(), 10)
			q.Set("timestamp", ts)
			q.Set("signature", sign(by, ts, "8675309"))
			if q.Has("msg_signature") {
				q.Set("msg_signature", sign(by, ts, "8675309", enc))
			}
		}
	}
	get := func(change ...func(url.Values)) *http.Request {
		r := plainRequest("", append([]func(url.Values){set("echostr", "5577006791947779410"), del("openid")}, change...)...)
		return httptest.NewRequest(http.MethodGet, r.URL.String(), nil)
	}
	asGet := func(r *http.Request) *http.Request { return httptest.NewRequest(http.MethodGet, r.URL.String(), nil) }
	sealed := func(appID string, k key) *http.Request {
		b, e := envelope(k, good, appID, "")
		return aesRequest(b, e)
	}
	truncated := aesRequest(body, enc)
	truncated.ContentLength += 100
	bare := httptest.NewRequest(http.MethodPost, "/wechat/default", strings.NewReader(body))
	for name, tt := range map[string]struct {
		c     *Channel
		r     *http.Request
		cause Cause
		says  string
	}{
		"verification":                  {safe, get(), "", "proven by a message"},
		"verification, plain":           {plain, get(), "", ""},
		"verification, wrong token":     {safe, get(at(0, "other")), BadToken, "not signed with this account's token"},
		"token is the app ID":           {safe, get(at(0, appID)), BadToken, "app ID in the place of the token"},
		"token in capitals":             {safe, get(at(0, strings.ToUpper(token))), BadToken, "in capitals"},
		"wrong token and clock":         {safe, get(at(time.Hour, "other")), BadToken, "off as well"},
		"verification, slow clock":      {safe, get(at(17*time.Minute, token)), BadClock, "17 minutes behind"},
		"verification, fast clock":      {safe, get(at(-45*time.Minute, token)), BadClock, "45 minutes ahead"},
		"verification, old":             {safe, get(at(-50*time.Hour, token)), BadClock, "sent again"},
		"verification, uneasy clock":    {safe, get(at(-5*time.Minute, token)), "", "5 minutes ahead"},
		"verification, no echostr":      {safe, get(del("echostr")), BadProxy, "echostr is missing"},
		"POST became GET":               {safe, asGet(aesRequest(body, enc)), BadProxy, "redirect"},
		"POST became GET, plain":        {plain, asGet(plainRequest(good)), BadProxy, "redirect"},
		"message":                       {safe, aesRequest(body, enc), "", ""},
		"message, previous key":         {rotating, aesRequest(body, enc), "", "previous AES key"},
		"message, wrong token":          {safe, aesRequest(body, enc, at(0, "other")), BadToken, "different ones"},
		"message, skewed":               {safe, aesRequest(body, enc, at(11*time.Minute, token)), BadClock, "11 minutes behind"},
		"wrong key":                     {safe, sealed(appID, other), BadKey, "different AES keys"},
		"wrong app ID":                  {safe, sealed("wxffffffffffffffff", k), BadAppID, "wxffffffffffffffff"},
		"plain where safe is set":       {safe, plainRequest(good), BadMode, "明文模式"},
		"safe where plain is set":       {plain, aesRequest(body, enc), BadMode, "安全模式"},
		"compatible where plain is set": {plain, aesRequest(strings.Replace(good, "<Content>", "<Encrypt>x</Encrypt><Content>", 1), enc), "", "兼容模式"},
		"no query string":               {safe, bare, BadProxy, "without the query string"},
		"no query string, GET":          {safe, httptest.NewRequest(http.MethodGet, "/wechat/default", nil), Stranger, "browser"},
		"query string in part":          {safe, aesRequest(body, enc, del("timestamp")), BadProxy, "without the query string"},
		"no msg_signature":              {safe, aesRequest(body, enc, del("msg_signature")), BadProxy, "msg_signature is missing"},
		"body changed":                  {safe, aesRequest(strings.Replace(body, enc[:4], "AAAA", 1), enc), BadProxy, "changed on its way"},
		"body as a form":                {safe, aesRequest(strings.ReplaceAll(body, "+", " "), enc), BadProxy, "blanks"},
		"body empty":                    {safe, aesRequest("", enc), BadProxy, "empty"},
		"body broken off":               {safe, aesRequest(body[:len(body)-30], enc), BadProxy, "middle of its XML"},
		"body shorter than it says":     {safe, truncated, BadProxy, "broke off"},
		"body too large":                {safe, aesRequest(strings.Repeat("x", maxBody+5), enc), BadProxy, "256 KiB"},
		"body is JSON":                  {safe, aesRequest("{}", enc), BadProxy, "not the XML"},
		"openid of somebody else":       {safe, aesRequest(body, enc, set("openid", "oSomeoneElse")), BadSender, "openid"},
		"envelope of another":           {safe, aesRequest(strings.Replace(body, account, "gh_other", 1), enc), BadSender, "another account"},
		"PUT":                           {safe, httptest.NewRequest(http.MethodPut, aesRequest(body, enc).URL.String(), nil), Stranger, "GET and POST only"},
		"query string not well formed":  {safe, httptest.NewRequest(http.MethodGet, "/wechat/default?a=%zz", nil), BadProxy, "well formed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "body as a form" && !strings.Contains(enc, "+") {
				t.Skip("this ciphertext has no plus sign")
			}
			d := tt.c.Diagnose(arrival(tt.r))
			discreet(t, d)
			if all := d.Words + strings.Join(d.Notes, " "); d.Cause != tt.cause || !strings.Contains(all, tt.says) {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestMisdirected(t *testing.T) {
	t.Parallel()
	c := newChannel(t, "", key1, "")
	at := func(path, query string) bot.Arrival {
		return bot.Arrival{Method: http.MethodGet, Path: path, Query: query}
	}
	query := plainRequest("").URL.RawQuery
	d, ok := c.Misdirected(at("/wechat/defualt", query), "/wechat/default")
	if discreet(t, d); !ok || d.Cause != BadAddress || !strings.Contains(d.Words, `"/wechat/defualt"`) || strings.Contains(d.Words, "not signed") {
		t.Errorf("%v, %+v", ok, d)
	}
	d, ok = c.Misdirected(at("/\x1b[2J"+strings.Repeat("x", 1000), strings.Replace(query, "signature=", "signature=0", 1)), "/wechat/default")
	if !ok || !strings.Contains(d.Words, "not signed") || strings.Contains(d.Words, "\x1b") || len(d.Words) > 400 {
		t.Errorf("%v, %+v", ok, d)
	}
	if d, ok = c.Misdirected(at("/wechat/defualt", "a=b"), "/wechat/default"); ok {
		t.Errorf("a stranger's: %+v", d)
	}
}

func TestInbounds(t *testing.T) {
	t.Parallel()
	for _, in := range Inbounds() {
		if in.Type == "" || in.Gets == "" {
			t.Errorf("%+v", in)
		}
	}
}

func FuzzDiagnose(f *testing.F) {
	safe, plain := newChannel(f, "", key1, ""), newChannel(f, "", "", "")
	k := mustKey(f, key1)
	body, enc := envelope(k, message("你好"), appID, "")
	for _, r := range []*http.Request{aesRequest(body, enc), plainRequest(message("你好")), plainRequest("")} {
		a := arrival(r)
		f.Add(a.Method, a.Path, a.Query, a.Body, a.Length)
	}
	f.Fuzz(func(t *testing.T, method, path, query string, body []byte, length int64) {
		for _, c := range []*Channel{safe, plain} {
			a := bot.Arrival{Method: method, Path: path, Query: query, Body: body, Length: length}
			d := c.Diagnose(a)
			if d.What == "" || !d.Authentic() && (d.Words == "" || d.Do == "") {
				t.Fatalf("incomplete: %+v", d)
			}
			c.Misdirected(a, "/wechat/default")
			if !d.Authentic() {
				continue
			}
			r := &http.Request{Method: method, URL: &url.URL{RawQuery: query}, Body: io.NopCloser(bytes.NewReader(body))}
			var err error
			if method == http.MethodGet {
				_, err = c.Verify(r.URL.Query())
			} else {
				_, err = c.Decode(r)
			}
			if err != nil {
				t.Fatalf("authentic, but refused: %v", err)
			}
		}
	})
}
