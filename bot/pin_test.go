package bot

import (
	"context"
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

// standing pins are these.
type standingPins []Pin

func (s standingPins) StandingPins(context.Context) ([]Pin, error) { return s, nil }

// TestRehearse: what a pin would say is said before what stands, and nobody
// else hears of it.
func TestRehearse(t *testing.T) {
	t.Parallel()
	w := qinglan()
	r := w.responder(t)
	r.Pins = standingPins{{Phrases: []string{"敬老卡"}, Text: "旧的答复", Until: r.Now().Add(time.Hour)}}
	ask := Question{Account: "default", Person: "o1", Kind: Text, Text: "听说敬老卡作废是真的吗"}
	got := r.Rehearse(t.Context(), Pin{Phrases: []string{"敬老卡 作废"}, Text: "正在核实，…时前发布。"}, ask)
	checkText(t, got, Redirected, []string{"正在核实，…时前发布。", "12345"})
	got = r.Rehearse(t.Context(), Pin{Phrases: []string{"敬老卡 作废"}, Document: "rumour"}, ask)
	checkText(t, got, Answered, []string{"不属实", "2025年11月3日"})
	got = r.Rehearse(t.Context(), Pin{Phrases: []string{"别的事"}, Document: "rumour"}, ask)
	checkText(t, got, Redirected, []string{"旧的答复"})
	ask.Text = "着火了，敬老卡作废"
	checkText(t, r.Rehearse(t.Context(), Pin{Phrases: []string{"敬老卡 作废"}, Text: "正在核实"}, ask), Emergency, []string{"119"})
	if len(w.forgotten) > 0 {
		t.Error("somebody was forgotten")
	}
}

// A clarification in plain paragraphs is quoted with what is true, not with the
// rumour that it repeats.
func TestPinnedParagraphs(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{
		ID: "water", Kind: corpus.Clarification, Title: "关于网传“自来水有异味不能喝”的情况说明", Agency: "青岚市水务局", Effective: "2026-04-30", Published: "2026-04-30",
	},
		[3]string{"p1", "", "4月30日，有网民称自来水有异味、不能喝。"},
		[3]string{"p2", "", "经市水务局取样检测，该说法不属实，出厂水各项指标全部合格，可以放心饮用。"},
		[3]string{"p3", "", "自来水有异味时，请打供水热线。"})
	r := w.responder(t)
	for _, asked := range []string{"听说自来水有异味不能喝是真的吗", "自来水有异味"} {
		got := r.Rehearse(t.Context(), Pin{Phrases: []string{"自来水 异味"}, Document: "water"}, Question{Account: "default", Kind: Text, Text: asked})
		checkText(t, got, Answered, []string{"不属实"}, "有网民称")
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
