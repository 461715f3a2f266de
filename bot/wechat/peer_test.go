package wechat

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// peer is testdata/peer/peer.js at work: two libraries that are not ours.
type peer struct {
	in  *json.Encoder
	out *bufio.Scanner
}

type job struct {
	Do        string `json:"do"`
	By        string `json:"by"`
	Token     string `json:"token"`
	Key       string `json:"key"`
	AppID     string `json:"appid"`
	Message   string `json:"message,omitempty"`
	Encrypt   string `json:"encrypt,omitempty"`
	Timestamp string `json:"timestamp"`
	Nonce     string `json:"nonce"`
}

type result struct{ Encrypt, Signature, Message, ID, Error string }

func startPeer(t *testing.T) *peer {
	t.Helper()
	const how = "NOT TESTED against independent clients: %s. Install Node.js, then run: npm ci --prefix bot/wechat/testdata/peer"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf(how, "node is not installed")
	}
	if _, err := os.Stat("testdata/peer/node_modules"); err != nil {
		t.Skipf(how, "testdata/peer/node_modules is missing")
	}
	cmd := exec.CommandContext(t.Context(), node, "testdata/peer/peer.js")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait() // killed with the test's context where it does not end
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return &peer{json.NewEncoder(in), lines}
}

func (p *peer) do(t *testing.T, j job) (r result) {
	t.Helper()
	if err := p.in.Encode(j); err != nil {
		t.Fatal(err)
	}
	if !p.out.Scan() {
		t.Fatalf("the peer stopped: %v", p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &r); err != nil || r.Error != "" {
		t.Fatalf("the peer says %s (%v)", p.out.Bytes(), err)
	}
	return r
}

// serve answers as a server would, with the citizen's words and a link.
func serve(t *testing.T, c *Channel) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d := c.Diagnose(arrival(r)); !d.Authentic() {
			t.Errorf("diagnosed: %+v", d)
		}
		if r.Method == http.MethodGet {
			echo, err := c.Verify(r.URL.Query())
			if err != nil {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			io.WriteString(w, echo)
			return
		}
		q, err := c.Decode(r)
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		body, err := c.Encode(q, bot.Reply{Text: "您问的是“" + q.Text + "”。\n" + fitLink}, time.Now())
		if err != nil {
			t.Error(err)
		}
		if err := c.Write(w, q, body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// One library encrypts the message, the other decrypts the reply, in every
// mode, with the current and with the previous key.
func TestPeers(t *testing.T) {
	t.Parallel()
	p := startPeer(t)
	for _, mode := range []Mode{Plain, Compatible, Safe} {
		for i, by := range [][2]string{{"wechat-crypto", "@wecom/crypto"}, {"@wecom/crypto", "wechat-crypto"}} {
			t.Run(string(mode)+", "+by[0]+" asks", func(t *testing.T) {
				cfg := Config{Account: "default", Token: token, AppID: appID, Mode: mode}
				if mode != Plain {
					cfg.AESKey, cfg.PreviousAESKey = key1, key2
				}
				c, err := New(cfg)
				if err != nil {
					t.Fatal(err)
				}
				v := &visit{t: t, peer: p, url: serve(t, c).URL, mode: mode, ask: by[0], read: by[1], key: []string{key1, key2}[i]}
				v.verify()
				for _, text := range []string{"老人卡在哪里办？", "A<B & \x02控制\x1d 😀", strings.Repeat("长", 600)} {
					v.say(text)
				}
			})
		}
	}
}

// visit is the platform at our door, its cryptography the peers'.
type visit struct {
	t         *testing.T
	peer      *peer
	url       string
	mode      Mode
	ask, read string
	key       string
}

func (v *visit) query(encrypt string) (url.Values, job) {
	ts := strconv.FormatInt(time.Now().Unix(), 10)
	return url.Values{"timestamp": {ts}, "nonce": {"20261123"}, "openid": {citizen},
			"signature": {sign(token, ts, "20261123")}},
		job{Token: token, Key: v.key, AppID: appID, Timestamp: ts, Nonce: "20261123", Encrypt: encrypt}
}

func (v *visit) verify() {
	v.t.Helper()
	q, _ := v.query("")
	q.Set("echostr", "5374653")
	if got := v.fetch(http.MethodGet, q, ""); got != "5374653" {
		v.t.Fatalf("echostr: got %q", got)
	}
}

func (v *visit) fetch(method string, q url.Values, body string) string {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.url+"/?"+q.Encode(), strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		v.t.Fatalf("%s %v: %s", res.Status, err, b)
	}
	return string(b)
}

func (v *visit) say(text string) {
	v.t.Helper()
	q, j := v.query("")
	body := message(text)
	if v.mode != Plain {
		j.Do, j.By, j.Message = "encrypt", v.ask, body
		sealed := v.peer.do(v.t, j)
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", sealed.Signature)
		enc := "<Encrypt><![CDATA[" + sealed.Encrypt + "]]></Encrypt>"
		if v.mode == Safe {
			body = "<xml><ToUserName><![CDATA[" + account + "]]></ToUserName>" + enc + "</xml>"
		} else {
			body = strings.Replace(body, "</xml>", enc+"</xml>", 1)
		}
	}
	reply := v.fetch(http.MethodPost, q, body)
	if v.mode != Plain {
		reply = v.open(reply)
	}
	r := content(v.t, []byte(reply))
	want := render(clean(text), false)
	if r.ToUserName != citizen || r.FromUserName != account || !strings.HasSuffix(r.Content, fitLink) ||
		len(text) < 1000 && r.Content != "您问的是“"+want+"”。\n"+fitLink {
		v.t.Fatalf("got %+v", r)
	}
}

// open checks and decrypts a reply with the peer that did not ask.
func (v *visit) open(reply string) string {
	v.t.Helper()
	f, err := parse([]byte(reply))
	if err != nil {
		v.t.Fatal(err)
	}
	got := v.peer.do(v.t, job{Do: "decrypt", By: v.read, Token: token, Key: v.key, AppID: appID,
		Encrypt: f["Encrypt"], Timestamp: f["TimeStamp"], Nonce: f["Nonce"]})
	if got.Signature != f["MsgSignature"] || got.ID != appID {
		v.t.Fatalf("the peer does not agree: %+v, %v", got, f)
	}
	return got.Message
}
