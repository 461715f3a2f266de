package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/pflag"
)

// robotWait is how long a receiver of alarms may take.
const robotWait = 5 * time.Second

// alarmFlags are where alarms go.
func (s *settings) alarmFlags(f *pflag.FlagSet) {
	f.StringVar(&s.AlarmURL, "alarm-url", s.AlarmURL, "`URL` that alarms are sent to: of a robot of 企业微信 or 钉钉, or of your own")
	f.StringVar(&s.AlarmURLFile, "alarm-url-file", s.AlarmURLFile, "`file` that holds it")
	f.StringVar(&s.AlarmDeputy, "alarm-deputy-url", s.AlarmDeputy, "`URL` that hears what nobody has taken on for four hours")
	f.StringVar(&s.AlarmDeputyFile, "alarm-deputy-url-file", s.AlarmDeputyFile, "`file` that holds it")
	f.StringVar(&s.AlarmMail, "alarm-mail", s.AlarmMail, "`addresses` that alarms are mailed to, with commas between")
	f.StringVar(&s.AlarmDeputyMail, "alarm-deputy-mail", s.AlarmDeputyMail, "`addresses` that what nobody has taken on for four hours is mailed to")
	f.StringVar(&s.MailServer, "mail-server", s.MailServer, "`host:port` of the server that takes our mail; default port 465")
	f.StringVar(&s.MailFrom, "mail-from", s.MailFrom, "`address` that our mail comes from; default the user, where that is an address")
	f.StringVar(&s.MailUser, "mail-user", s.MailUser, "`name` that we sign in to the mail server with; none: it asks for none")
	f.StringVar(&s.MailPasswordFile, "mail-password-file", s.MailPasswordFile, "`file` that holds the password")
	f.StringVar(&s.MailTLS, "mail-tls", s.MailTLS, "tls, starttls or none; default tls on port 465, else starttls; none sends no password")
	f.StringVar(&s.MailCA, "mail-ca", s.MailCA, "`file` with the certificates by which the mail server is known, PEM; default the system's")
	for _, name := range []string{"alarm-url", "alarm-deputy-url"} {
		f.Lookup(name).DefValue = "" // a robot's address holds its key
	}
}

// readAlarms fills in and checks where alarms go.
func (s *settings) readAlarms() error {
	for _, p := range []struct {
		name        string
		value, file *string
	}{{"alarm-url", &s.AlarmURL, &s.AlarmURLFile}, {"alarm-deputy-url", &s.AlarmDeputy, &s.AlarmDeputyFile}} {
		given, err := givenSecret(p.name, *p.value, *p.file)
		if err != nil {
			return err
		}
		if given != "" && !robotAddress(given) {
			return usageError{fmt.Errorf("--%s is not an address like https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…", p.name)}
		}
		*p.value, *p.file = given, ""
	}
	password, err := givenSecret("mail-password", s.MailPassword, s.MailPasswordFile)
	if err != nil {
		return err
	}
	s.MailPassword, s.MailPasswordFile = password, ""
	_, err = s.alarmWays()
	return err
}

// robotAddress reports whether a text is the address of a receiver: robots have
// their key behind the host.
func robotAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Fragment == ""
}

// alarmWays are the ways by which alarms go out; none where none is set up.
func (s *settings) alarmWays() ([]way, error) {
	var all []way
	// A robot leads nowhere else: its address, with the key, would go along.
	client := &http.Client{Timeout: robotWait, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, r := range []struct {
		name, address string
		deputy        bool
	}{{"robot", s.AlarmURL, false}, {"robot of the deputy", s.AlarmDeputy, true}} {
		if r.address != "" {
			all = append(all, way{r.name, r.deputy, robot{client, r.address}.send})
		}
	}
	for _, m := range []struct {
		name, flag, to string
		deputy         bool
	}{{"mail", "alarm-mail", s.AlarmMail, false}, {"mail to the deputy", "alarm-deputy-mail", s.AlarmDeputyMail, true}} {
		if m.to == "" {
			continue
		}
		men, err := s.postmen(m.flag, m.to)
		if err != nil {
			return nil, err
		}
		for i, p := range men {
			name := m.name
			if len(men) > 1 {
				name = fmt.Sprint(name, " ", i+1) // addresses are not for logs
			}
			all = append(all, way{name, m.deputy, p.send})
		}
	}
	return all, nil
}

// robot is a receiver of messages in a group of 企业微信 or 钉钉, or one that
// takes the same.
type robot struct {
	client  *http.Client
	address string
}

// send posts one message. Errors name neither address nor key.
func (r robot) send(ctx context.Context, _, text string) error {
	var message struct {
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	message.Type, message.Text.Content = "text", text
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address for alarms is none")
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := r.client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return err
	}
	defer res.Body.Close()
	var said struct {
		Code int `json:"errcode"` // as the robots say it
	}
	_ = json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&said) // another receiver may say nothing
	if res.StatusCode/100 != 2 || said.Code != 0 {
		return fmt.Errorf("the receiver of alarms answered %s, code %d", res.Status, said.Code)
	}
	return nil
}
