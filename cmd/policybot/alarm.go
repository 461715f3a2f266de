package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

const (
	alarmEvery  = 5 * time.Minute
	alarmAgain  = 24 * time.Hour // what still stands is said again
	alarmDeputy = 4 * time.Hour  // what still stands is said to the deputy, too
	// silentFor is how long nothing may be published, or answered, before that is
	// said.
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
// published, zero where nothing ever was; answered is when each account last
// answered from a document: one that never did is not in it.
func alarmsOf(now time.Time, clocks []desk.Clock, bursts []desk.Burst, changed time.Time, answered map[string]time.Time) []alarm {
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
		all = append(all, alarm{clockKey(c), "《" + c.Title + "》" + clockWords[c.Kind] + when})
	}
	days := func(since time.Time) int { return int(now.Sub(since).Hours() / 24) }
	if !changed.IsZero() && now.Sub(changed) > silentFor {
		all = append(all, alarm{"silent", fmt.Sprintf("已经%d天没有发布任何内容", days(changed))})
	}
	for _, name := range slices.Sorted(maps.Keys(answered)) {
		if last := answered[name]; now.Sub(last) > silentFor {
			all = append(all, alarm{"unheard " + name, fmt.Sprintf("账号%s已经%d天没有回答过问题，请看看是没有人问，还是收不到消息", name, days(last))})
		}
	}
	return all
}

// clockKey tells one clock from another: two topics may be called the same.
func clockKey(c desk.Clock) string {
	if c.Concern > 0 {
		return fmt.Sprintf("%s %d", c.Kind, c.Concern)
	}
	return string(c.Kind) + " " + c.Document
}

// way is one by which alarms go out.
type way struct {
	name   string // robot, mail: by which it is remembered what went out
	deputy bool   // only what has stood for hours goes this way
	send   func(ctx context.Context, subject, text string) error
}

// matter is what is known of something that stands.
type matter struct {
	First time.Time            `json:"first"`
	Told  map[string]time.Time `json:"told,omitempty"` // by the name of the way
}

// alarmist tells the outside what stands, each matter once a day and way.
type alarmist struct {
	ways  []way
	known map[string]*matter // by key
}

// newAlarmist goes on from what was kept; what cannot be read is begun anew.
func newAlarmist(ways []way, kept string) *alarmist {
	a := &alarmist{ways: ways, known: map[string]*matter{}}
	if kept == "" || json.Unmarshal([]byte(kept), &a.known) != nil || a.known == nil {
		a.known = map[string]*matter{}
	}
	return a
}

// kept is what newAlarmist goes on from.
func (a *alarmist) kept() (string, error) {
	data, err := json.Marshal(a.known)
	return string(data), err
}

// tell sends what is new, or still stands after a day, and to the deputy what
// has stood for hours. What is over is forgotten. What cannot be sent is tried
// again the next time.
func (a *alarmist) tell(ctx context.Context, now time.Time, all []alarm) error {
	stands := map[string]bool{}
	for _, one := range all {
		stands[one.key] = true
		if a.known[one.key] == nil {
			a.known[one.key] = &matter{First: now, Told: map[string]time.Time{}}
		}
	}
	maps.DeleteFunc(a.known, func(key string, _ *matter) bool { return !stands[key] })
	var failed []error
	for _, w := range a.ways {
		if err := a.by(ctx, now, w, all); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", w.name, err))
		}
	}
	return errors.Join(failed...)
}

// by sends what goes out by one way now.
func (a *alarmist) by(ctx context.Context, now time.Time, w way, all []alarm) error {
	var fresh []alarm
	for _, one := range all {
		m := a.known[one.key]
		last, told := m.Told[w.name]
		if (!told || now.Sub(last) >= alarmAgain) && (!w.deputy || now.Sub(m.First) >= alarmDeputy) {
			fresh = append(fresh, one)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	subject := fmt.Sprintf("政策问答：%d件事需要处理", len(fresh))
	text := "政策问答需要处理："
	if w.deputy {
		subject = fmt.Sprintf("政策问答：%d件事过了%d小时还没有处理", len(fresh), int(alarmDeputy.Hours()))
		text = fmt.Sprintf("下面的事过了%d小时还没有处理，请您关注：", int(alarmDeputy.Hours()))
	}
	if err := w.send(ctx, subject, text+listOf(fresh)); err != nil {
		return err
	}
	for _, one := range fresh {
		m := a.known[one.key]
		if m.Told == nil {
			m.Told = map[string]time.Time{}
		}
		m.Told[w.name] = now
	}
	return nil
}

func listOf(all []alarm) string {
	text := ""
	for i, one := range all {
		if i == mostLines {
			text += fmt.Sprintf("\n还有%d件，请到控制台看", len(all)-mostLines)
			break
		}
		text += "\n· " + one.text
	}
	return text
}

// alarmsKept is the setting that tells what went out already, so that a
// restart says nothing twice and the deputy's hours go on.
const alarmsKept = "alarms_told"

// raiseAlarms looks every few minutes for what is alarming.
func (c *clerk) raiseAlarms(ctx context.Context) {
	ways, err := c.app.settings.alarmWays()
	if err != nil {
		c.app.log.Error("alarms cannot be sent", "err", err.Error()) // serve has checked them before
		return
	}
	if len(ways) == 0 {
		return
	}
	before, err := c.app.store.Setting(ctx, alarmsKept)
	if err != nil && !errors.Is(err, store.ErrNotSet) {
		c.app.log.Warn("it is not known which alarms were sent", "err", err.Error())
	}
	out := newAlarmist(ways, before)
	for {
		err := c.alarm(ctx, out)
		if now, errKept := out.kept(); now != before {
			if errKept == nil {
				errKept = c.app.store.SetSetting(ctx, alarmsKept, now)
			}
			err, before = errors.Join(err, errKept), now
		}
		if err != nil && ctx.Err() == nil {
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
	now := time.Now()
	answered, err := c.app.store.LastAnswers(ctx, c.app.accountNames(), now.Add(-silentFor))
	if err != nil {
		return err
	}
	return out.tell(ctx, now, alarmsOf(now, clocks, bursts, c.app.count(ctx).Changed, answered))
}
