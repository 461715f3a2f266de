package store_test

import (
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// When an account last answered is told whether that is recent or long ago;
// what it refused is no answer.
func TestLastAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, stop := runJournal(t, s)
	for i, r := range []bot.Reply{reply(), {Status: bot.Refused, Text: "没有找到"}} {
		q := question([]string{"answered", "refused"}[i])
		q.Account = []string{"default", "other"}[i]
		if _, err := j.Begin(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		if err := j.End(t.Context(), q, r, []byte("x"), time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	stop() // what waits to be written is
	for _, since := range []time.Time{time.Now().Add(-time.Hour), time.Now().Add(time.Hour)} {
		all, err := s.LastAnswers(t.Context(), []string{"default", "other", "third"}, since)
		if err != nil || len(all) != 1 || time.Since(all["default"]) > time.Minute {
			t.Errorf("since %v: %v, %v", since, all, err)
		}
	}
	if at, err := s.LastChange(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("%v, %v", at, err)
	}
	put(t, s, true, content("a"))
	if at, err := s.LastChange(t.Context()); err != nil || time.Since(at) > time.Minute {
		t.Errorf("%v, %v", at, err)
	}
}
