package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

const (
	mailWait = 20 * time.Second
	mostMail = 20 // addresses
)

// How the line to the mail server is kept from others.
const (
	mailTLS      = "tls"
	mailStartTLS = "starttls"
	mailPlain    = "none"
)

// postman mails alarms to one address.
type postman struct {
	host, from, to string
	options        []mail.Option
}

// postmen checks how mail is sent, to the addresses of a flag. Each has its
// own: a server refuses a whole message where it doesn't know one of its
// addresses.
func (s *settings) postmen(flag, to string) ([]postman, error) {
	bad := func(format string, args ...any) ([]postman, error) {
		return nil, usageError{fmt.Errorf(format, args...)}
	}
	if s.MailServer == "" {
		return bad("--%s is given, but no --mail-server", flag)
	}
	host, port, err := net.SplitHostPort(s.MailServer)
	if err != nil {
		host, port = s.MailServer, "465"
	}
	number, err := strconv.Atoi(port)
	if err != nil || number < 1 || number > 65535 || host == "" || strings.ContainsAny(host, " /@") {
		return bad("--mail-server %q is not like smtp.example.gov.cn:465", s.MailServer)
	}
	p := postman{host: host, from: s.MailFrom}
	if p.from == "" {
		p.from = s.MailUser
	}
	if _, err := netmail.ParseAddress(p.from); err != nil {
		return bad("--mail-from %q is not an address", p.from)
	}
	list, err := netmail.ParseAddressList(to)
	if err != nil || len(list) > mostMail {
		return bad("--%s: %q is not a list of at most %d addresses with commas between", flag, to, mostMail)
	}
	guard, err := s.mailGuard(host, number)
	if err != nil {
		return nil, err
	}
	p.options = append([]mail.Option{mail.WithPort(number), mail.WithTimeout(mailWait), mail.WithoutNoop()}, guard...)
	switch {
	case s.MailUser != "" && s.MailPassword != "":
		p.options = append(p.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.MailUser), mail.WithPassword(s.MailPassword))
	case s.MailUser != "":
		return bad("--mail-user is given, but no password: name its file with --mail-password-file")
	case s.MailPassword != "":
		return bad("a password for mail is given, but no --mail-user")
	}
	all := make([]postman, len(list))
	for i, a := range list {
		all[i] = p
		all[i].to = a.String()
	}
	return all, nil
}

// mailGuard says how the line is kept from others. A password never goes over
// an open line.
func (s *settings) mailGuard(host string, port int) ([]mail.Option, error) {
	roots, err := s.mailRoots()
	if err != nil {
		return nil, err
	}
	conf := mail.WithTLSConfig(&tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: roots})
	how := s.MailTLS
	if how == "" {
		how = mailStartTLS
		if port == 465 {
			how = mailTLS
		}
	}
	switch how {
	case mailTLS:
		return []mail.Option{mail.WithSSL(), conf}, nil
	case mailStartTLS:
		return []mail.Option{mail.WithTLSPolicy(mail.TLSMandatory), conf}, nil
	case mailPlain:
		if s.MailPassword != "" {
			return nil, usageError{errors.New("--mail-tls none would send the password in the clear: leave the password out, or use tls or starttls")}
		}
		return []mail.Option{mail.WithTLSPolicy(mail.NoTLS)}, nil
	}
	return nil, usageError{fmt.Errorf("--mail-tls %q is none of tls, starttls, none", s.MailTLS)}
}

// mailRoots are the certificates by which the server is known; nil is the
// system's.
func (s *settings) mailRoots() (*x509.CertPool, error) {
	if s.MailCA == "" {
		return nil, nil
	}
	data, err := readSmall(s.MailCA, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("--mail-ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, usageError{fmt.Errorf("--mail-ca: %s holds no certificate", s.MailCA)}
	}
	return pool, nil
}

// send mails one message. Errors don't hold the password.
func (p postman) send(ctx context.Context, subject, text string) error {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(m.From(p.from), m.To(p.to)); err != nil {
		return err
	}
	m.Subject(subject)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // so that no absence note comes back
	m.SetBodyString(mail.TypeTextPlain, text+"\n")
	c, err := mail.NewClient(p.host, p.options...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, mailWait)
	defer cancel()
	return c.DialAndSendWithContext(ctx, m)
}
