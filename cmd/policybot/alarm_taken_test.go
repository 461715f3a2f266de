//go:build unix

package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// TestTakeOn: what stands is taken on once it is seen, by whom the history
// tells; when it is over that is forgotten.
func TestTakeOn(t *testing.T) {
	t.Parallel()
	b := openBureau(t)
	ctx, c, office := t.Context(), b.app.clerk, b.app.office
	id, err := office.MarkConcern(ctx, b.reviewer, desk.Concern{Topic: "城东停水", Grave: true, Started: time.Now().Add(-6 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Standing(ctx)
	if err != nil || len(s.Alarms) != 1 || !strings.Contains(s.Alarms[0].Text, "《城东停水》：权威信息还没有发布，已超过时限") || s.Outside || s.Alarms[0].By != "" {
		t.Fatalf("%+v, %v", s, err)
	}
	key := s.Alarms[0].Key
	if err := c.TakeOn(ctx, "nothing", b.reviewer); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := c.TakeOn(ctx, key, b.reviewer); err != nil {
		t.Fatal(err)
	}
	if s, err = c.Standing(ctx); err != nil || s.Alarms[0].By != "zhao" || time.Since(s.Alarms[0].At) > time.Minute {
		t.Errorf("%+v, %v", s, err)
	}
	told, err := b.app.store.Entries(ctx, desk.EntryFilter{Staff: b.reviewer.ID, Action: desk.ActionSetting}, 0, 1)
	if err != nil || len(told) != 1 || !strings.HasPrefix(told[0].Detail, "接手处理提醒：《城东停水》") {
		t.Errorf("%+v, %v", told, err)
	}
	if err := office.NoteConcern(ctx, b.reviewer, id, desk.ConcernNote{Step: desk.ConcernClosed, Text: "已恢复供水"}); err != nil {
		t.Fatal(err)
	}
	if s, err = c.Standing(ctx); err != nil || len(s.Alarms) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if on, err := c.readTaken(ctx); err != nil || len(on) != 0 {
		t.Errorf("%+v, %v", on, err)
	}
}
