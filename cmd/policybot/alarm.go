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

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

const (
	alarmEvery  = 5 * time.Minute
	alarmAgain  = 24 * time.Hour // what still stands is said again
	alarmDeputy = 4 * time.Hour  // what still stands is said to the deputy, too
	alarmWait   = 5 * time.Second
	// silentFor is how long nothing may be published before that is said.
	silentFor = 10 * 24 * time.Hour
	mostLines = 20 // of one message
)

// alarm is something that somebody outside of the console should hear of. It
// names no citizen and repeats nobody's words.
type alarm struct {
	key  string // the same while it is the same matter
	text string // in plain Chinese
}

// due is how long before its end a clock is worth an alarm.
var due = map[desk.ClockKind]time.Duration{
	desk.InterpretationDue: 24 * time.Hour, desk.Unreviewed: 0, desk.Concern5h: time.Hour, desk.Concern24h: 2 * time.Hour,
	desk.Concern48h: 4 * time.Hour, desk.Expiring: 24 * time.Hour, desk.Starting: 24 * time.Hour,
}

var clockWords = map[desk.ClockKind]string{
	desk.InterpretationDue: "的解读还没有发布", desk.Unreviewed: "还没有人审核", desk.Concern5h: "：权威信息还没有发布",
	desk.Concern24h: "：新闻发布会还没有开", desk.Concern48h: "：还没有回应", desk.Expiring: "就要失效", desk.Starting: "就要施行",
}

// alarmsOf says what is alarming. changed is when something was last
// published, zero where nothing ever was.
func alarmsOf(now time.Time, clocks []desk.Clock, bursts []desk.Burst, changed time.Time) []alarm {
	var all []alarm
	for _, b := range bursts {
		all = append(all, alarm{
			"burst " + b.Account, fmt.Sprintf("账号%s：%d人在短时间内问同一件事，请到控制台看，考虑先发暂时的答复", b.Account, b.Persons),
		})
	}
	for _, c := range clocks {
		if c.Due.Sub(now) > due[c.Kind] {
			continue
		}
		when := "，" + c.Due.In(corpus.Zone).Format("1月2日15:04") + "到时限"
		if c.Late {
			when = "，已超过时限（" + c.Due.In(corpus.Zone).Format("1月2日15:04") + "）"
		}
		all = append(all, alarm{string(c.Kind) + " " + c.Document + c.Title, "《" + c.Title + "》" + clockWords[c.Kind] + when})
	}
	if !changed.IsZero() && now.Sub(changed) > silentFor {
		all = append(all, alarm{"silent", fmt.Sprintf("已经%d天没有发布任何内容", int(now.Sub(changed).Hours()/24))})
	}
	return all
}

// alarmFlags are where alarms go.
func (s *settings) alarmFlags(f *pflag.FlagSet) {
	f.StringVar(&s.AlarmURL, "alarm-url", s.AlarmURL, "`URL` that alarms are sent to: of a robot of 企业微信 or 钉钉, or of your own")
	f.StringVar(&s.AlarmURLFile, "alarm-url-file", s.AlarmURLFile, "`file` that holds it")
	f.StringVar(&s.AlarmDeputy, "alarm-deputy-url", s.AlarmDeputy, "`URL` that hears what still stands after four hours")
	f.StringVar(&s.AlarmDeputyFile, "alarm-deputy-url-file", s.AlarmDeputyFile, "`file` that holds it")
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
		if given != "" && !webAddress(given) {
			return usageError{fmt.Errorf("--%s is not an address like https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…", p.name)}
		}
		*p.value, *p.file = given, ""
	}
	return nil
}

// alarmist tells the outside what stands, each matter once a day.
type alarmist struct {
	url, deputy string
	client      *http.Client
	first, told map[string]time.Time // by key
	toDeputy    map[string]time.Time
}

func newAlarmist(address, deputy string) *alarmist {
	return &alarmist{
		url: address, deputy: deputy, client: &http.Client{Timeout: alarmWait},
		first: map[string]time.Time{}, told: map[string]time.Time{}, toDeputy: map[string]time.Time{},
	}
}

// tell sends what is new, or still stands after a day, and to the deputy what
// has stood for hours. What is over is forgotten. What cannot be sent is tried
// again the next time.
func (a *alarmist) tell(ctx context.Context, now time.Time, all []alarm) error {
	stands := map[string]bool{}
	var fresh, old []alarm
	for _, one := range all {
		stands[one.key] = true
		if _, known := a.first[one.key]; !known {
			a.first[one.key] = now
		}
		if t, ok := a.told[one.key]; a.url != "" && (!ok || now.Sub(t) >= alarmAgain) {
			fresh = append(fresh, one)
		}
		if t, ok := a.toDeputy[one.key]; a.deputy != "" && now.Sub(a.first[one.key]) >= alarmDeputy && (!ok || now.Sub(t) >= alarmAgain) {
			old = append(old, one)
		}
	}
	for key := range a.first {
		if !stands[key] {
			delete(a.first, key)
			delete(a.told, key)
			delete(a.toDeputy, key)
		}
	}
	return errors.Join(a.send(ctx, now, a.url, fresh, a.told), a.send(ctx, now, a.deputy, old, a.toDeputy))
}

// send posts one message, in the form that the robots of 企业微信 and 钉钉 take.
func (a *alarmist) send(ctx context.Context, now time.Time, to string, all []alarm, told map[string]time.Time) error {
	if len(all) == 0 {
		return nil
	}
	text := "政策问答需要处理："
	for i, one := range all {
		if i == mostLines {
			text += fmt.Sprintf("\n还有%d件，请到控制台看", len(all)-mostLines)
			break
		}
		text += "\n· " + one.text
	}
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
	if err := a.post(ctx, to, body); err != nil {
		return err
	}
	for _, one := range all {
		told[one.key] = now
	}
	return nil
}

// post names neither address nor key in its errors.
func (a *alarmist) post(ctx context.Context, to string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address for alarms is none")
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := a.client.Do(req)
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

// raiseAlarms looks every few minutes for what is alarming.
func (c *clerk) raiseAlarms(ctx context.Context) {
	s := c.app.settings
	if s.AlarmURL == "" && s.AlarmDeputy == "" {
		return
	}
	out := newAlarmist(s.AlarmURL, s.AlarmDeputy)
	for {
		if err := c.alarm(ctx, out); err != nil && ctx.Err() == nil {
			c.app.log.Warn("alarms cannot be sent", "err", err.Error())
		}
		select {
		case <-time.After(alarmEvery):
		case <-ctx.Done():
			return
		}
	}
}

func (c *clerk) alarm(ctx context.Context, out *alarmist) error {
	all := desk.Program("alarm")
	all.Roles = []desk.Role{desk.Auditor} // it sees everything, and changes nothing
	clocks, err := c.app.office.Clocks(ctx, all)
	if err != nil {
		return err
	}
	bursts, err := c.bursts(ctx)
	if err != nil {
		return err
	}
	return out.tell(ctx, time.Now(), alarmsOf(time.Now(), clocks, bursts, c.app.count(ctx).Changed))
}
