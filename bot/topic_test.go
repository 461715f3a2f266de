package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// TestBareAspect tells a message that names nothing from one with a matter.
func TestBareAspect(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		"罚多少", "什么时候发", "多久到账", "没批准怎么办", "不办呢", "过期了怎么办", "报多少", "要预约吗", "晚上几点", "能领几个月", "丢了补要钱吗", "每年交多少", "补贴多少",
	} {
		if !bareAspect(in) {
			t.Errorf("%s names something", in)
		}
	}
	for _, in := range []string{
		"物业费多少", "护照什么时候发", "闯红灯罚多少", "二级呢", "租房的行吗", "65岁能领吗", "老人几点", "装修几点", "人才补贴怎么申请", "年终补助多少", "你好", "停水要通知吗", "小孩怎么算", "低保",
	} {
		if bareAspect(in) {
			t.Errorf("%s names nothing", in)
		}
	}
}

// TestAspectIn finds what is asked of a matter.
func TestAspectIn(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"护照多少钱": "多少钱", "取暖费什么时候交": "什么时候交", "乱停车怎么罚": "怎么罚", "图书证要什么材料": "要什么材料", "暂住证要几天": "要几天", "图书证": "",
	} {
		if got := aspectIn(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// TestTopic tells what a conversation is about by its last messages.
func TestTopic(t *testing.T) {
	t.Parallel()
	said := func(status Status, q, doc, title string) PastTurn {
		p := PastTurn{Status: status, Question: q}
		if doc != "" {
			p.Sources = []Source{{Ref: corpus.Ref{Document: doc}, Title: title}}
		}
		return p
	}
	for name, c := range map[string]struct {
		turns []PastTurn // newest first
		want  topic
	}{
		"nothing":           {nil, topic{}},
		"small talk":        {[]PastTurn{said(SmallTalk, "谢谢", "", "")}, topic{}},
		"a question":        {[]PastTurn{said(Answered, "借书证怎么办", "x", "借书证办法")}, topic{words: "借书证", aspect: "怎么办", document: "x"}},
		"before an aspect":  {[]PastTurn{said(Answered, "多少钱", "x", ""), said(Answered, "借书证怎么办", "x", "")}, topic{words: "借书证", aspect: "多少钱", document: "x"}},
		"before thanks":     {[]PastTurn{said(SmallTalk, "谢谢", "", ""), said(Answered, "借书证怎么办", "x", "")}, topic{words: "借书证", aspect: "怎么办", document: "x"}},
		"after a refusal":   {[]PastTurn{said(Refused, "罚多少", "", ""), said(Answered, "借书证怎么办", "x", "")}, topic{words: "借书证", aspect: "罚多少", document: "x"}},
		"a condition":       {[]PastTurn{said(Answered, "小孩呢", "x", ""), said(Answered, "借书证怎么办", "x", "")}, topic{words: "借书证", aspect: "怎么办", also: "小孩", document: "x"}},
		"of the same":       {[]PastTurn{said(Answered, "小孩能领不", "x", ""), said(Answered, "借书证怎么办", "x", "")}, topic{words: "借书证", document: "x", aspect: "能领不", also: "小孩"}},
		"another":           {[]PastTurn{said(Answered, "游泳馆几点开", "y", ""), said(Answered, "借书证怎么办", "x", "")}, topic{words: "游泳馆", document: "y", aspect: "几点开"}},
		"by a number":       {[]PastTurn{said(Answered, "2", "x", "借书证申领办事指南")}, topic{words: "借书证申领", document: "x"}},
		"no policy":         {[]PastTurn{said(Refused, "今天天气怎么样", "", "")}, topic{}},
		"refused by itself": {[]PastTurn{said(Refused, "停车位租金多少", "", "")}, topic{words: "停车位租金", aspect: "多少"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := qinglan()
			if w.recent = (Recent{Turns: c.turns}); len(c.turns) > 0 {
				w.recent.Status, w.recent.Question = c.turns[0].Status, c.turns[0].Question
			}
			r := w.responder(t)
			turn := &turn{r: r, q: Question{Account: "default", Person: "o1"}, acc: r.account("default"), day: today}
			got, err := turn.topic(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// TestNotOf never answers a follow-up from another matter.
func TestNotOf(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.recent = Recent{Status: Answered, Question: "借书证怎么办"}
	r := w.typed(t, "罚多少")
	checkText(t, r, Refused, []string{"您问的是“借书证”的事", "没有找到", "12345"})
	w.recent = Recent{}
	for _, in := range []string{"罚多少", "什么时候发", "没批准怎么办", "多少钱", "材料"} {
		checkText(t, w.typed(t, in), Refused, []string{"您问的是哪件事"})
	}
}

// TestSameSort tells a condition that takes the place of another from one that
// comes besides.
func TestSameSort(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]bool{
		{"二级", "三级"}: true, {"80岁", "九十岁"}: true, {"二级", "退休"}: false, {"租房", "有车"}: false, {"二孩", "3岁"}: false,
	} {
		if sameSort(in[0], in[1]) != want {
			t.Errorf("%q: not %v", in, want)
		}
	}
}

// TestOnceMore never says the same twice in a row as though it were new.
func TestOnceMore(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 9))
	first := w.typed(t, "敬老卡几岁能办")
	before := func(q string) {
		w.recent = Recent{Status: Answered, Question: q, Turns: []PastTurn{{Status: Answered, Question: q, Reply: first.Text}}}
	}
	before("敬老卡几岁能办")
	if again := w.typed(t, "敬老卡几岁能办"); again.Text != first.Text {
		t.Errorf("the same question has another reply:\n%s", again.Text)
	}
	checkText(t, w.typed(t, "敬老卡多大年纪可以领"), Answered, []string{"查到的还是刚才这一条", "想知道哪一点"})
	w.recent = Recent{}
	checkText(t, w.typed(t, "敬老卡多大年纪可以领"), Answered, nil, "刚才这一条")
}

// TestNoSuchNumber says that a number was not offered, and what was.
func TestNoSuchNumber(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.recent = Recent{Status: Choose, Choices: []Choice{{Label: "要带什么材料", Ref: "card-guide#materials"}, {Label: "在哪里办", Ref: "card-guide#place"}}}
	checkText(t, w.typed(t, "9"), Choose, []string{"没有第9项", "1 要带什么材料", "2 在哪里办"})
}

// TestRuleMatter says what a rule is about in a few words.
func TestRuleMatter(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"明湖市借书证管理办法": "借书证", "明湖市游泳馆收费暂行规定": "游泳馆收费", "明湖市文化局关于做好图书馆开放工作的通知": "图书馆开放工作", "明湖市养鸽条例": "养鸽", "读书日方案": "读书日", "办法": "办法",
	} {
		if got := ruleMatter(in, "明湖市"); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// TestSayable names a passage by what people ask of it, never by its number
// alone.
func TestSayable(t *testing.T) {
	t.Parallel()
	turn := &turn{acc: Account{Region: "明湖市"}}
	h := standingHit{}
	h.Kind, h.Title, h.Label, h.Ref.Anchor = corpus.Policy, "明湖市借书证管理办法", "第四条", "a4"
	h.Passage = "第四条　年满六岁的居民可以办理借书证。"
	g := gist{words: []gistWord{{[]string{"借书证"}, 3}}, total: 3}
	if got := turn.sayable(h, g); !strings.HasPrefix(got, "借书证：年满六岁") {
		t.Errorf("%q", got)
	}
	h.Document.Asked = []corpus.Asking{{Anchor: "a4", Questions: []string{"小孩能办证", "几岁能办借书证", "办证"}}}
	if got := turn.sayable(h, g); got != "几岁能办借书证" {
		t.Errorf("%q", got)
	}
}

// TestBareNouns offers what there is of a thing or of people, and asks of what one
// wants to complain.
func TestBareNouns(t *testing.T) {
	t.Parallel()
	w := qinglan()
	for _, in := range []string{"投诉", "我要投诉", "举报"} {
		checkText(t, w.typed(t, in), Redirected, []string{"想反映什么事", "12345"})
	}
	checkText(t, w.typed(t, "鲸"), SmallTalk, nil)
	for in, want := range map[string]bool{"老人": true, "残疾人": true, "老人卡": false, "养老": false} {
		if isAudience(in) != want {
			t.Errorf("%s: not %v", in, want)
		}
	}
}

// TestMergeChoices offers each passage and each meaning once.
func TestMergeChoices(t *testing.T) {
	t.Parallel()
	a := []Choice{{Label: "借书证怎么办", Ref: "x#a1"}}
	more := []Choice{{Label: "借书证怎么办（示例）", Ref: "y#a1"}, {Label: "别的说法", Ref: "x#a1"}, {Label: "游泳馆几点开", Ref: "z#a1"}, {Label: "养鸽要登记吗", Ref: "v#a1"}}
	if got := mergeChoices(a, more, 2); len(got) != 2 || got[1].Ref != "z#a1" {
		t.Errorf("%v", got)
	}
}
