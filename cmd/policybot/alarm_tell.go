package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
	"github.com/policybot/policybot/web/metrics"
)

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
// has stood for hours without anybody having taken it on, or for a day since.
// What is over is forgotten. What cannot be sent is tried again the next time.
func (a *alarmist) tell(ctx context.Context, now time.Time, all []alarm, taken map[string]taken) error {
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
		if err := a.by(ctx, now, w, all, taken); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", w.name, err))
		}
	}
	return errors.Join(failed...)
}

// by sends what goes out by one way now.
func (a *alarmist) by(ctx context.Context, now time.Time, w way, all []alarm, taken map[string]taken) error {
	var fresh []alarm
	for _, one := range all {
		m := a.known[one.key]
		last, told := m.Told[w.name]
		if told && now.Sub(last) < alarmAgain || now.Sub(m.First) < one.patience {
			continue
		}
		if t, ok := taken[one.key]; w.deputy && (now.Sub(m.First) < alarmDeputy || ok && now.Sub(t.At) < alarmAgain) {
			continue
		}
		fresh = append(fresh, one)
	}
	if len(fresh) == 0 {
		return nil
	}
	subject := fmt.Sprintf("政策问答：%d件事需要处理", len(fresh))
	text := "政策问答需要处理："
	if w.deputy {
		subject = fmt.Sprintf("政策问答：%d件事过了%d小时还没有处理好", len(fresh), int(alarmDeputy.Hours()))
		text = fmt.Sprintf("下面的事过了%d小时还没有人接手，或者接手一天还没处理好，请您关注：", int(alarmDeputy.Hours()))
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
	before, err := c.setting(ctx, alarmsKept)
	if err != nil {
		c.app.log.Warn("it is not known which alarms were sent", "err", err.Error())
	}
	out := newAlarmist(ways, before)
	for wait := alarmFirst; ; wait = alarmEvery {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
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
	}
}

// setting returns a setting's value; "" where it has none.
func (c *clerk) setting(ctx context.Context, name string) (string, error) {
	value, err := c.app.store.Setting(ctx, name)
	if errors.Is(err, store.ErrNotSet) {
		return "", nil
	}
	return value, err
}

func (c *clerk) alarm(ctx context.Context, out *alarmist) error {
	now := time.Now()
	all, err := c.standing(ctx, now)
	if err != nil {
		return err
	}
	taken, err := c.takenOn(ctx, all)
	if err != nil {
		return err
	}
	return out.tell(ctx, now, all, taken)
}

// standing says what is alarming now.
func (c *clerk) standing(ctx context.Context, now time.Time) ([]alarm, error) {
	all := desk.Program("alarm")
	all.Roles = []desk.Role{desk.Auditor} // it sees everything, and changes nothing
	s := signs{failures: metrics.Attention(c.app.state(ctx), c.app.watch.Callbacks.Since(now.Add(-time.Hour)), now)}
	var err error
	if s.changed, err = c.app.store.LastChange(ctx); err != nil {
		return nil, err
	}
	if s.clocks, err = c.app.office.Clocks(ctx, all); err != nil {
		return nil, err
	}
	if s.promised, err = c.app.office.Promised(ctx, all); err != nil {
		return nil, err
	}
	if s.bursts, err = c.bursts(ctx); err != nil {
		return nil, err
	}
	if s.answered, err = c.app.store.LastAnswers(ctx, c.app.accountNames(), now.Add(-silentFor)); err != nil {
		return nil, err
	}
	return alarmsOf(now, s), nil
}
