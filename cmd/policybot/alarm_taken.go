package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/console"
)

// taken is who has taken a matter on, and when.
type taken struct {
	By string    `json:"by"` // a display name
	At time.Time `json:"at"`
}

// alarmsTaken is the setting that tells who has taken which matters on.
const alarmsTaken = "alarms_taken"

// takenOn returns who has taken on what stands. What is over is forgotten:
// should it come again, it is another matter.
func (c *clerk) takenOn(ctx context.Context, all []alarm) (map[string]taken, error) {
	c.taking.Lock()
	defer c.taking.Unlock()
	on, err := c.readTaken(ctx)
	if err != nil {
		return nil, err
	}
	before := len(on)
	maps.DeleteFunc(on, func(key string, _ taken) bool {
		return !slices.ContainsFunc(all, func(a alarm) bool { return a.key == key })
	})
	if len(on) == before {
		return on, nil
	}
	data, err := json.Marshal(on)
	if err == nil {
		err = c.app.store.SetSetting(ctx, alarmsTaken, string(data))
	}
	return on, err
}

func (c *clerk) readTaken(ctx context.Context) (map[string]taken, error) {
	on := map[string]taken{}
	text, err := c.setting(ctx, alarmsTaken)
	if err != nil || text == "" {
		return on, err
	}
	if json.Unmarshal([]byte(text), &on) != nil || on == nil {
		on = map[string]taken{} // nobody knows: it is taken on again
	}
	return on, nil
}

// Standing implements console.Alarms.
func (c *clerk) Standing(ctx context.Context) (console.Standing, error) {
	var out console.Standing
	ways, err := c.app.settings.alarmWays()
	if err != nil {
		return out, err
	}
	for _, w := range ways {
		out.Outside, out.Deputy = out.Outside || !w.deputy, out.Deputy || w.deputy
	}
	all, err := c.standing(ctx, time.Now())
	if err != nil {
		return out, err
	}
	on, err := c.takenOn(ctx, all)
	for _, a := range all {
		out.Alarms = append(out.Alarms, console.Alarm{Key: a.key, Text: a.text, By: on[a.key].By, At: on[a.key].At})
	}
	return out, err
}

// TakeOn implements console.Alarms.
func (c *clerk) TakeOn(ctx context.Context, key string, by desk.Actor) error {
	all, err := c.standing(ctx, time.Now())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a alarm) bool { return a.key == key })
	if i < 0 {
		return corpus.ErrNotFound
	}
	c.taking.Lock()
	defer c.taking.Unlock()
	on, err := c.readTaken(ctx)
	if err != nil {
		return err
	}
	on[key] = taken{by.Display, time.Now()}
	data, err := json.Marshal(on)
	if err != nil {
		return err
	}
	return c.app.store.SetSettingAs(ctx, alarmsTaken, string(data), by.Entry(desk.ActionSetting, "", 0, "接手处理提醒："+all[i].text))
}
