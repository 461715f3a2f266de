package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// mailbox is a small SMTP server: it keeps what it is sent.
type mailbox struct {
	addr, ca string // where it listens; the file of its certificate
	tls      *tls.Config
	wrapped  bool // TLS from the beginning, else by STARTTLS

	mu     sync.Mutex
	got    []letter
	refuse bool   // takes no message
	gone   string // an address that it doesn't know
}

type letter struct {
	from     string
	to       []string
	data     string
	guarded  bool
	password string
}

func openMailbox(t *testing.T, wrapped, guarded bool) *mailbox {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	m := &mailbox{addr: l.Addr().String(), wrapped: wrapped}
	if guarded {
		m.certify(t)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.serve(c)
		}
	}()
	return m
}

// certify makes a certificate of its own.
func (m *mailbox) certify(t *testing.T) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	m.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	m.ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(m.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m *mailbox) serve(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(testPatience))
	guarded := false
	if m.wrapped {
		c, guarded = tls.Server(c, m.tls), true
	}
	r := bufio.NewReader(c)
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	say("220 mail ready")
	var now letter
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb := strings.ToUpper(strings.SplitN(line, " ", 2)[0])
		switch verb {
		case "EHLO":
			say("250-mail")
			if m.tls != nil && !guarded {
				say("250-STARTTLS")
			}
			if guarded {
				say("250-AUTH PLAIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			c, guarded = tls.Server(c, m.tls), true
			r = bufio.NewReader(c)
		case "AUTH":
			data, _ := base64.StdEncoding.DecodeString(line[strings.LastIndex(line, " ")+1:])
			now.password = string(data)
			say("235 welcome")
		case "MAIL":
			now.from = line
			say("250 ok")
		case "RCPT":
			if m.gone != "" && strings.Contains(line, m.gone) {
				say("550 unknown")
				continue
			}
			now.to = append(now.to, line)
			say("250 ok")
		case "DATA":
			m.take(r, say, now, guarded)
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (m *mailbox) take(r *bufio.Reader, say func(string), now letter, guarded bool) {
	say("354 go on")
	var data strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		data.WriteString(line)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse {
		say("452 no room")
		return
	}
	now.data, now.guarded = data.String(), guarded
	m.got = append(m.got, now)
	say("250 taken")
}

func (m *mailbox) letters() []letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.got)
}

func (m *mailbox) full(is bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = is
}

// read returns subject and text of a letter.
func (l letter) read(t *testing.T) (subject, text string, header netmail.Header) {
	t.Helper()
	msg, err := netmail.ReadMessage(strings.NewReader(l.data))
	if err != nil {
		t.Fatalf("%v:\n%s", err, l.data)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
	if err != nil {
		t.Fatal(err)
	}
	return subject, string(body), msg.Header
}

// TestAlarmsByMail: alarms come as mail by every kind of line, and to the
// deputy after four hours; what was not taken is sent again.
func TestAlarmsByMail(t *testing.T) {
	t.Parallel()
	secret := write(t, filepath.Join(t.TempDir(), "password"), "lantern 4 willow")
	for name, line := range map[string]struct {
		wrapped, guarded bool
		tls              string
	}{"tls": {true, true, "tls"}, "starttls": {false, true, "starttls"}, "plain": {false, false, "none"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := openMailbox(t, line.wrapped, line.guarded)
			s := settings{
				AlarmMail: "王敏 <wang@example.gov.cn>, li@example.gov.cn", AlarmDeputyMail: "zhao@example.gov.cn",
				MailServer: m.addr, MailFrom: "policybot@example.gov.cn", MailTLS: line.tls, MailCA: m.ca,
			}
			if line.guarded {
				s.MailUser, s.MailPasswordFile = "policybot@example.gov.cn", secret
			}
			if err := s.readAlarms(); err != nil {
				t.Fatal(err)
			}
			ways, err := s.alarmWays()
			if err != nil || len(ways) != 3 {
				t.Fatal(len(ways), err)
			}
			byMail(t, m, newAlarmist(ways, ""), line.guarded)
		})
	}
}

func byMail(t *testing.T, m *mailbox, a *alarmist, guarded bool) {
	t.Helper()
	now := time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)
	stands := []alarm{{key: "x", text: "《停水》：还没有回应"}, {key: "y", text: "已经11天没有发布任何内容"}}
	m.full(true)
	if err := a.tell(t.Context(), now, stands, nil); err == nil || strings.Contains(err.Error(), "willow") {
		t.Errorf("a full mailbox: %v", err)
	}
	m.full(false)
	for _, after := range []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Hour} {
		if err := a.tell(t.Context(), now.Add(after), stands, nil); err != nil {
			t.Fatal(err)
		}
	}
	got := m.letters()
	if len(got) != 3 {
		t.Fatalf("%d letters", len(got))
	}
	subject, text, header := got[0].read(t)
	if subject != "政策问答：2件事需要处理" || !strings.Contains(text, "· 《停水》：还没有回应") || !strings.Contains(text, "11天没有发布") {
		t.Errorf("%q %q", subject, text)
	}
	if header.Get("Auto-Submitted") != "auto-generated" || len(got[0].to) != 1 || got[0].guarded != guarded {
		t.Errorf("%+v %v", got[0], header)
	}
	if guarded && got[0].password != "\x00policybot@example.gov.cn\x00lantern 4 willow" {
		t.Errorf("signed in with %q", got[0].password)
	}
	if subject, text, _ = got[2].read(t); !strings.Contains(subject, "4小时还没有处理好") || !strings.Contains(text, "停水") || !strings.Contains(got[2].to[0], "zhao@") {
		t.Errorf("the deputy: %q %q %q", subject, text, got[2].to)
	}
}

// TestAlarmCommand tries every way, and says which has failed.
func TestAlarmCommand(t *testing.T) {
	t.Parallel()
	m := openMailbox(t, false, false)
	args := []string{"alarm", "--alarm-mail", "a@example.cn", "--mail-server", m.addr, "--mail-from", "b@example.cn", "--mail-tls", "none"}
	if r := cli(t, "", args...).must(t, 0); r.out != "mail: sent\n" {
		t.Errorf("%q", r.out)
	}
	if subject, text, _ := m.letters()[0].read(t); subject != "政策问答：测试" || !strings.Contains(text, "不用处理") {
		t.Errorf("%q %q", subject, text)
	}
	if r := cli(t, "", append(args, "--alarm-url", "http://127.0.0.1:1/cgi-bin/webhook/send?key=secret")...).must(t, 1); !strings.Contains(r.out, "robot: not sent") ||
		!strings.Contains(r.out, "mail: sent") || strings.Contains(r.out, "secret") {
		t.Errorf("%q", r.out)
	}
	cli(t, "", "alarm").must(t, 2)
	// One whom the server doesn't know keeps back nobody's.
	half := openMailbox(t, false, false)
	half.gone = "left@"
	r := cli(t, "", "alarm", "--alarm-mail", "a@example.cn,left@example.cn,c@example.cn", "--mail-server", half.addr, "--mail-from", "b@example.cn", "--mail-tls", "none").must(t, 1)
	if !strings.Contains(r.out, "mail 1: sent") || !strings.Contains(r.out, "mail 2: not sent") || !strings.Contains(r.out, "mail 3: sent") || len(half.letters()) != 2 {
		t.Errorf("%q", r.out)
	}
}

// A server that nobody vouches for gets neither mail nor password.
func TestMailToStrangers(t *testing.T) {
	t.Parallel()
	m := openMailbox(t, true, true)
	s := settings{AlarmMail: "a@example.cn", MailServer: m.addr, MailUser: "a@example.cn", MailPassword: "secret", MailTLS: "tls"}
	ways, err := s.alarmWays()
	if err != nil {
		t.Fatal(err)
	}
	err = ways[0].send(t.Context(), "x", "y")
	if err == nil || strings.Contains(err.Error(), "secret") || len(m.letters()) != 0 {
		t.Errorf("%v", err)
	}
}

func TestMailSettings(t *testing.T) {
	t.Parallel()
	good := settings{AlarmMail: "a@example.cn", MailServer: "smtp.example.cn", MailFrom: "b@example.cn"}
	for says, change := range map[string]func(*settings){
		"":                           func(*settings) {},
		"no --mail-server":           func(s *settings) { s.MailServer = "" },
		"is not like smtp":           func(s *settings) { s.MailServer = "smtp.example.cn:x" },
		"--mail-from":                func(s *settings) { s.MailFrom = "" },
		"is not a list":              func(s *settings) { s.AlarmMail = "a@example.cn;b" },
		"none of tls":                func(s *settings) { s.MailTLS = "ssl" },
		"in the clear":               func(s *settings) { s.MailTLS, s.MailUser, s.MailPassword = "none", "a", "b" },
		"but no --mail-user":         func(s *settings) { s.MailPassword = "b" },
		"but no password":            func(s *settings) { s.MailUser = "b" },
		"--mail-ca":                  func(s *settings) { s.MailCA = "nowhere.pem" },
		"--alarm-deputy-url is not":  func(s *settings) { s.AlarmDeputy = "https://user@example.cn/x" },
		"--alarm-url is not":         func(s *settings) { s.AlarmURL = "nowhere" },
		"both --mail-password":       func(s *settings) { s.MailPassword, s.MailPasswordFile = "a", "b" },
		"--mail-password-file: stat": func(s *settings) { s.MailUser, s.MailPasswordFile = "a", "nowhere" },
	} {
		s := good
		change(&s)
		if err := s.readAlarms(); says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("want %q: %v", says, err)
		}
	}
}
