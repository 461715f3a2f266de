package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

func TestPinCatches(t *testing.T) {
	t.Parallel()
	p := Pin{Phrases: []string{"自来水 异味", "ＰＭ2.5超标"}}
	for asked, want := range map[string]bool{
		"听说自来水有异味是真的吗": true, "异味是自来水来的吗": true, "自来水多少钱一吨": false,
		"pm2.5 超标了吗": true, "": false, "自 来 水 的 异 味": true,
	} {
		if got := p.Catches(asked); got != want {
			t.Errorf("%s: %v", asked, got)
		}
	}
	if (Pin{Phrases: []string{"", " "}}).Catches("什么都行") {
		t.Error("an empty phrase catches everything")
	}
}

func TestPinStands(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	p := Pin{Since: now, Until: now.Add(time.Hour), Accounts: []string{"a"}}
	for _, c := range []struct {
		account string
		at      time.Time
		want    bool
	}{{"a", now, true}, {"b", now, false}, {"a", now.Add(-1), false}, {"a", now.Add(time.Hour), false}} {
		if p.stands(c.account, c.at) != c.want {
			t.Errorf("%+v", c)
		}
	}
	p.Accounts = nil
	if !p.stands("b", now) {
		t.Error("a pin for all accounts is not for b")
	}
}

func TestNearestPassage(t *testing.T) {
	t.Parallel()
	text := "青岚水务\n水务局没有停水计划。\n网传自来水有异味不属实。\n"
	rev := corpus.Revision{Text: text}
	start := 0
	for _, line := range strings.SplitAfter(text, "\n")[:3] {
		rev.Passages = append(rev.Passages, corpus.Passage{Anchor: line, Role: corpus.BodyRole, Start: start, End: start + len(line)})
		start += len(line)
	}
	for words, want := range map[string]int{"自来水有异味吗": 2, "停水": 1, "别的": 1} {
		if got := nearestPassage(rev, words); got != want {
			t.Errorf("%s: %d, want %d", words, got, want)
		}
	}
	if nearestPassage(corpus.Revision{}, "停水") != -1 {
		t.Error("a passage of nothing")
	}
}

func FuzzPinCatches(f *testing.F) {
	f.Add("自来水 异味", "听说自来水有异味")
	f.Add("\xff", "\u200b")
	f.Fuzz(func(t *testing.T, phrase, asked string) {
		p := Pin{Phrases: []string{phrase}}
		if p.Catches(asked) && topicForm(strings.Join(strings.Fields(phrase), "")) == "" {
			t.Errorf("nothing, %q, is in %q", phrase, asked)
		}
	})
}
