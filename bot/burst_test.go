package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestBursts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	var all []Spoken
	ask := func(person, question string, ago time.Duration) {
		all = append(all, Spoken{Account: "a", Person: person, Question: question, At: now.Add(-ago)})
	}
	for i, q := range []string{"城东停水停到几点", "请问城东停水到几点", "城东今天停水到几点啊", "您好，城东停水停到几点？", "城东停水到几点恢复"} {
		ask(fmt.Sprint("p", i), q, time.Duration(i)*time.Minute)
		ask("p0", q, time.Duration(i)*time.Minute) // the same person counts once
	}
	for i, what := range []string{"社保卡", "养犬证", "居住证", "低保金", "公积金", "学生证", "机动车驾照", "房产证", "护照"} {
		ask(fmt.Sprint("q", i), what+"怎么办理", time.Minute)
	}
	ask("late", "城东停水停到几点", 20*time.Minute)
	ask("", "城东停水停到几点", time.Minute)
	ask("x", "你好", time.Minute)
	rule := BurstRule{Persons: 5, Within: 15 * time.Minute}
	got := Bursts(now, rule, all)
	if len(got) != 1 || got[0].Persons != 5 || got[0].Question != "城东停水停到几点" || got[0].Phrase != "城东 停水" || !got[0].Since.Equal(now.Add(-4*time.Minute)) {
		t.Errorf("%+v", got)
	}
	rule.Persons = 6
	if got := Bursts(now, rule, all); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	for i := range all {
		all[i].Account = fmt.Sprint(i) // each of another account
	}
	if got := Bursts(now, BurstRule{Persons: 2, Within: time.Hour}, all); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestPhraseOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		all  []string // the first is the newest
		want string
	}{
		"the same words":    {[]string{"自来水有异味吗", "自来水有异味吗"}, "自来水 异味"},
		"nothing in common": {[]string{"自来水有异味吗", "停电了"}, "自来水有异味吗"},
		"most of them":      {append(slices.Repeat([]string{"城东停水了"}, 9), "停水到几点"), "城东停水"},
		"a long one":        {[]string{strings.Repeat("长长短短高高低低", 10)}, ""},
	} {
		var all []wording
		for _, q := range c.all {
			all = append(all, wordingOf(q))
		}
		got := phraseOf(all[0], all)
		if c.want != "" && got != c.want || utf8.RuneCountInString(got) > maxPhrase || got == "" {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if len([]rune(c.all[0])) <= maxPhrase && !(Pin{Phrases: []string{got}}).Catches(c.all[0]) {
			t.Errorf("%s: %q doesn't catch %s", name, got, c.all[0])
		}
	}
}

// listener has heard some messages.
type listener []Record

func (l listener) RecordsSince(_ context.Context, since time.Time, limit int) (out []Record, _ error) {
	for _, r := range l {
		if !r.Asked.Before(since) && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

func TestHeard(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	record := func(key, question string, ago time.Duration) Record {
		r := Record{Key: key, Account: "a", Person: "h", Asked: now.Add(-ago), Status: Answered}
		r.Texts, r.Secret = sealTexts(key, Texts{Question: question})
		return r
	}
	lost := record("3", "自来水有异味吗", time.Hour)
	lost.Secret = nil // it was forgotten
	l := listener{record("1", "听说自来水有异味", time.Hour), record("2", "停水到几点", time.Hour), lost, record("4", "自来水异味", 200*time.Hour)}
	got, err := Pin{Phrases: []string{"自来水 异味"}}.Heard(t.Context(), l, now.Add(-168*time.Hour))
	if err != nil || len(got) != 1 || got[0].Question != "听说自来水有异味" || got[0].Status != Answered {
		t.Errorf("%+v, %v", got, err)
	}
	if all := SpokenIn(l); len(all) != 3 {
		t.Errorf("%+v", all)
	}
}
