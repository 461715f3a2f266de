package bot

import (
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"居住证怎么办，狗证多少钱":            {"居住证怎么办", "狗证多少钱"},
		"居住证怎么办 狗证多少钱":            {"居住证怎么办", "狗证多少钱"},
		"居住证怎么办":                  nil, // one question
		"我刚搬来，居住证怎么办":             nil, // the first tells
		"居住证怎么办，要带什么":             nil, // the second is about the first
		"甲证怎么办，乙证怎么办，丙证怎么办，丁证怎么办": nil, // more than are answered
		"": nil,
	} {
		if got := apart(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestMatters(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "dog-guide", Kind: corpus.Guide, Title: "养犬登记办事指南"}, [3]string{"fee", "", "首年100元。"})
	found := func(card, dog string, sure float64) {
		w.found = func(q index.Query) index.Result {
			ref, c := dog, sure
			if strings.Contains(q.Text, "敬老卡") {
				ref, c = card, .9
			}
			id, anchor, ok := strings.Cut(ref, "#")
			if !ok {
				return index.Result{}
			}
			return index.Result{Hits: []index.Hit{w.hit(id, anchor, 9)}, Confidence: c}
		}
	}
	found("card-guide#steps", "dog-guide#fee", .9)
	checkText(t, w.typed(t, "敬老卡怎么办，养犬多少钱"), Answered, []string{"您问了两件事。\n一、这样办：", "\n二、首年100元。"})
	for name, c := range map[string]struct {
		dog  string
		sure float64
	}{"nothing": {"", 0}, "the same document": {"card-guide#materials", .9}, "not clear": {"dog-guide#fee", .1}} {
		found("card-guide#steps", c.dog, c.sure)
		if r := w.typed(t, "敬老卡怎么办，养犬多少钱"); strings.Contains(r.Text, "您问了") {
			t.Errorf("%s: %s", name, r.Text)
		}
	}
}

// What is near a part that has no answer is offered by number.
func TestNearOfAPart(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.found = func(q index.Query) index.Result {
		if strings.Contains(q.Text, "丢") {
			return index.Result{Hits: []index.Hit{w.hit("card-faq", "q1", 9)}, Confidence: .15}
		}
		return index.Result{Hits: []index.Hit{w.hit("card-guide", "steps", 9)}, Confidence: .9}
	}
	r := w.typed(t, "敬老卡怎么办？敬老卡丢了呢？")
	checkText(t, r, Answered, []string{"一、这样办：", "二、“敬老卡丢了呢”没有找到", "您可能想问的是（回复数字）：\n1 "})
	if len(r.Choices) != 1 || r.Choices[0].Ref != "card-faq#q1" {
		t.Errorf("choices %v", r.Choices)
	}
}
