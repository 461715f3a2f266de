package bot

import (
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// ended makes a passage hold no longer.
func (w *town) ended(id, anchor string) {
	rev := w.revs[id]
	for i, p := range rev.Passages {
		if p.Anchor == anchor {
			rev.Passages[i].Until = "2025-12-31"
		}
	}
}

// What a reply quotes without having searched for it holds today, whatever its
// document does.
func TestOnlyWhatHoldsIsQuoted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *town)
		asked  string
		hits   []string
		lacks  string
	}{
		"a guide's conditions": {func(w *town) { w.ended("card-guide", "conditions") }, "我可以申请敬老卡吗", []string{"card a6"}, "受理条件"},
		"a guide's materials after another question": {func(w *town) {
			w.ended("card-guide", "materials")
			w.recent = Recent{Status: Answered, Question: "敬老卡几岁能办", Asked: time.Now(), Sources: []Source{{Ref: corpus.Ref{Document: "card", Anchor: "a4"}}}}
		}, "要带什么材料", []string{"card a4"}, "照片一张"},
		"what changed an article": {func(w *town) { w.ended("change", "s1") }, "公园座椅的间距有什么变化", []string{"bench a3"}, "80米"},
		"what explains a change":  {func(w *town) { w.ended("change-jiedu", "s1") }, "公园座椅的间距有什么变化", []string{"bench a3"}, "坐的地方更多"},
		"the article explained":   {func(w *town) { w.ended("card", "a6") }, "家里人能代办敬老卡吗", []string{"card-jiedu s2"}, "可以委托近亲属"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := qinglan()
			if strings.HasPrefix(c.hits[0], "bench") {
				w = amendedTown()
			}
			c.change(w)
			var hits []index.Hit
			for i, at := range c.hits {
				id, anchor, _ := strings.Cut(at, " ")
				hits = append(hits, w.hit(id, anchor, float64(9-i)))
			}
			if r := w.always(.9, hits...).typed(t, c.asked); strings.Contains(r.Text, c.lacks) {
				t.Errorf("%s", r.Text)
			}
		})
	}
}

// A stop holds back what comes first in the end, not only what was found first.
func TestStopHoldsBackWhatComesFirst(t *testing.T) {
	t.Parallel()
	w := stoppedTown()
	w.add(corpus.Document{ID: "bench-faq", Kind: corpus.FAQ, Title: "公园座椅一级认养多少钱？", Question: "公园座椅一级认养多少钱？", Topics: []string{"出行"}, Effective: "2024-01-01"},
		[3]string{"q1", "", "一级认养每年300元。"})
	w.add(corpus.Document{ID: "bench", Kind: corpus.Policy, Title: "青岚市公园座椅认养办法", Topics: []string{"园林"}, Effective: "2024-01-01"},
		[3]string{"a3", "第三条", "第三条　公园座椅二级认养每年100元。"})
	w.always(.9, w.hit("bench-faq", "q1", 9), w.hit("bench", "a3", 8))
	asked := Question{Text: "公园座椅二级认养多少钱"}
	if r := w.asking(t, &switches{}, asked); !strings.Contains(r.Text, "100元") {
		t.Fatalf("without a stop: %s", r.Text)
	}
	r := w.asking(t, &switches{all: []Stop{{Account: "default", Topic: "园林"}}}, asked)
	if r.Status != Redirected || strings.Contains(r.Text, "100元") {
		t.Errorf("%s: %s", r.Status, r.Text)
	}
}
