package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// What got no answer is told of the accounts that somebody may see, of all, or
// of none.
func TestUnansweredByAccount(t *testing.T) {
	t.Parallel()
	s := open(t)
	j, stop := runJournal(t, s)
	for i, account := range []string{"default", "other", "other"} {
		q := question([]string{"one", "two", "three"}[i])
		q.Account = account
		if _, err := j.Begin(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		if err := j.End(t.Context(), q, bot.Reply{Status: bot.Refused, Text: "没有找到"}, []byte("x"), time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	referred := question("four") // staff noted that no policy answers it: nothing is lacking
	referred.Account = "other"
	if _, err := j.Begin(t.Context(), referred); err != nil {
		t.Fatal(err)
	}
	if err := j.End(t.Context(), referred, bot.Reply{Status: bot.Refused, Reason: bot.ReasonReferred, Text: "请问医保局"}, []byte("x"), time.Millisecond); err != nil {
		t.Fatal(err)
	}
	stop() // what waits to be written is
	for _, c := range []struct {
		accounts []string
		want     int
	}{{nil, 3}, {[]string{}, 0}, {[]string{"default"}, 1}, {[]string{"other"}, 2}, {[]string{"default", "other"}, 3}} {
		asked, refused, newest, err := s.Unanswered(t.Context(), c.accounts, time.Now().Add(-time.Hour), 10)
		all := c.want
		if c.accounts == nil || slices.Contains(c.accounts, "other") {
			all++
		}
		if err != nil || asked != all || refused != c.want || len(newest) != c.want {
			t.Errorf("of %q: %d, %d, %d, %v", c.accounts, asked, refused, len(newest), err)
		}
	}
}
