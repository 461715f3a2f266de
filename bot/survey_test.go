package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestSurveys(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"残疾人有什么补贴":    true,
		"我爸82岁能领什么补贴": true,
		"低保有什么条件":     false,
		"有补贴吗":        false, // one thing may be meant
		"育儿补贴多少钱":     false,
		"大学毕业三年了开个奶茶店，有什么钱可以领": false, // it says what it is after
		"": false,
	} {
		if got := surveys(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// Who asks for all that there is gets the documents to choose from, a policy with
// its guide once.
func TestSurvey(t *testing.T) {
	t.Parallel()
	w := qinglan()
	add := func(id, title string, kind corpus.Kind, audience ...string) {
		w.add(corpus.Document{ID: id, Title: title, Kind: kind, Audience: audience}, [3]string{"a1", "第一条", "第一条 本办法所称残疾人，是指持证的人。"})
	}
	add("two", "青岚市残疾人两项补贴办法", corpus.Policy, "残疾人")
	add("park", "停车登记办事指南", corpus.Guide, "残疾人")
	add("dog", "养犬规定", corpus.Policy, "市民")
	add("faq", "残疾人补贴什么时候发？", corpus.FAQ, "残疾人")
	found := func(ids ...string) {
		w.found = func(q index.Query) index.Result {
			res := index.Result{Confidence: .9, Explain: index.Explanation{Words: []string{"残疾人", "补贴"}}}
			for i, id := range ids {
				res.Hits = append(res.Hits, w.hit(id, "a1", float64(9-i)))
			}
			return res
		}
	}
	found("faq", "dog", "park", "two")
	r := w.typed(t, "残疾人有什么补贴")
	checkText(t, r, Choose, []string{"\n1 青岚市残疾人两项补贴办法", "\n2 停车登记怎么办"}, "养犬", "什么时候发")
	if len(r.Choices) != 2 || !strings.HasPrefix(r.Choices[0].Ref, "two#") {
		t.Errorf("choices %v", r.Choices)
	}
	found("dog", "two")
	if r := w.typed(t, "残疾人有什么补贴"); r.Reason == "survey" {
		t.Errorf("of one document: %s", r.Text)
	}
}

func TestOtherUnnamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"隔壁市的高龄津贴是多少":   "隔壁市",
		"外省怎么办高龄津贴":     "外省",
		"别的城市有没有育儿补贴":   "别的城市",
		"其他城市的老年卡能坐公交吗": "", // the card is from there, the bus is here
		"别的市的医保卡能在这里用吗": "",
		"外省的驾照怎么换":      "",
		"高龄津贴是多少":       "",
	} {
		if got := otherUnnamed(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
