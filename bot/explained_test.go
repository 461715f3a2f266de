package bot

import (
	"testing"

	"github.com/policybot/policybot/index"
)

// The plain words come first and the article second, whichever was found
// first.
func TestTheInterpretationComesFirst(t *testing.T) {
	t.Parallel()
	const plainWords = "简单说：能。《办法》第六条说得很清楚，带上双方的身份证就行。\n\n原文摘录：\n“本人不便办理的，可以委托近亲属持双方身份证件代为申领。”\n依据《青岚市敬老卡管理办法》（青政规〔2024〕3号）第六条，"
	found := func(w *town, within map[string]index.Hit, first index.Hit) {
		w.found = func(q index.Query) index.Result {
			if h, ok := within[q.Within]; ok {
				return index.Result{Hits: []index.Hit{h}}
			} else if q.Within != "" {
				return index.Result{}
			}
			return index.Result{Hits: []index.Hit{first, w.hit("card-faq", "q1", 5)}, Confidence: .9}
		}
	}
	like := func(h index.Hit, share float64) index.Hit { h.Parts.Window3, h.Parts.Window2 = share, share; return h }
	for name, c := range map[string]struct {
		change func(w *town) (within map[string]index.Hit, first index.Hit)
		first  string
		has    []string
	}{
		"the article was found": {func(w *town) (map[string]index.Hit, index.Hit) {
			return map[string]index.Hit{"card-jiedu": like(w.hit("card-jiedu", "s2", 3), .7)}, like(w.hit("card", "a6", 9), .8)
		}, "card-jiedu", []string{plainWords}},
		"the interpretation was found": {func(w *town) (map[string]index.Hit, index.Hit) {
			return nil, w.hit("card-jiedu", "s2", 9)
		}, "card-jiedu", []string{plainWords}},
		"the section names no article": {func(w *town) (map[string]index.Hit, index.Hit) {
			rename(w, "能。带上双方的身份证就行，不用开证明。")
			return nil, w.hit("card-jiedu", "s2", 9)
		}, "card-jiedu", []string{"简单说：能。带上", "）第六条，"}},
		"the section has less of the question": {func(w *town) (map[string]index.Hit, index.Hit) {
			return map[string]index.Hit{"card-jiedu": like(w.hit("card-jiedu", "s2", 3), .2)}, like(w.hit("card", "a6", 9), .8)
		}, "card", []string{"原文摘录", "官方解读"}},
		"the section is about another article": {func(w *town) (map[string]index.Hit, index.Hit) {
			rename(w, "本项工作由街道牵头，与社区一起宣传。")
			return map[string]index.Hit{"card-jiedu": like(w.hit("card-jiedu", "s2", 3), .8)}, like(w.hit("card", "a6", 9), .8)
		}, "card", []string{"原文摘录"}},
	} {
		w := qinglan()
		within, first := c.change(w)
		found(w, within, first)
		r := w.typed(t, "家里人能代办敬老卡吗")
		checkText(t, r, Answered, c.has)
		checkSources(t, w, r)
		if r.Sources[0].Ref.Document != c.first || c.first == "card-jiedu" && (r.Sources[1].Ref.Document != "card" || r.Sources[1].Ref.Anchor != "a6") {
			t.Errorf("%s: %+v", name, r.Sources)
		}
		if t.Failed() {
			t.Fatalf("%s:\n%s", name, r.Text)
		}
	}
}

// rename gives the interpretation's section another text.
func rename(w *town, text string) {
	d := w.docs["card-jiedu"]
	w.add(d, [3]string{"s2", "二、", "二、家里人能代办吗？\n" + text})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, label string
		want        bool
	}{
		{"《办法》第六条规定", "第六条", true}, {"第十六条规定", "第六条", false}, {"第六条之一", "第六条", false}, {"《通知》第三部分规定", "三、", true},
		{"《通知》第三部分规定", "三、（四）", true}, {"《通知》第十三部分", "三、", false}, {"不写号的", "第六条", false}, {"第六条", "", false}, {"第六条", "（二）", false},
	} {
		if got := names(c.text, c.label); got != c.want {
			t.Errorf("names(%q, %q) = %v", c.text, c.label, got)
		}
	}
}

func TestTellingIsWhole(t *testing.T) {
	t.Parallel()
	const passage = "补贴按下列标准：\n（一）一类每台20万元；\n（二）二类每台15万元。\n租房可以领补贴；买房可以领补贴；同一时期只能选择一种。审核要5日。"
	for said, want := range map[string]string{
		"一类给多少": "补贴按下列标准：\n（一）一类每台20万元；", "二类给多少": "补贴按下列标准：\n……\n（二）二类每台15万元。",
		"能不能选择": "租房可以领补贴；买房可以领补贴；同一时期只能选择一种。", "下列标准": "补贴按下列标准：\n（一）一类每台20万元；", "审核几日": "审核要5日。",
	} {
		if got := telling(passage, said, "", "", nil); got != want {
			t.Errorf("telling of %q = %q", said, got)
		}
	}
}

func TestTelling(t *testing.T) {
	t.Parallel()
	const passage = "申领敬老卡，凭身份证提出申请。办卡不收费。本人不便的，可以委托近亲属凭身份证代为申领。"
	for _, c := range []struct{ said, want string }{
		{"敬老卡能让家里人代办吗 可以委托", "本人不便的，可以委托近亲属凭身份证代为申领。"}, {"敬老卡收费吗", "办卡不收费。"}, {"敬老卡", ""}, {"", ""},
	} {
		if got := telling(passage, c.said, "", "敬老卡管理办法", nil); got != c.want {
			t.Errorf("telling of %q = %q", c.said, got)
		}
	}
}
