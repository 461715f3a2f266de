package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// poolTown has a rule on a swimming pool with its guide, and a guide of another
// matter that has a word in common with it.
func poolTown() *town {
	w := qinglan()
	w.add(corpus.Document{ID: "pool", Kind: corpus.Policy, Title: "青岚市游泳馆管理办法"},
		[3]string{"a2", "第二条", "第二条 游泳馆门票每次20元，月票每月200元。"},
		[3]string{"a3", "第三条", "第三条 十二周岁以下儿童由成年人陪同入场。"})
	w.add(corpus.Document{ID: "pool-guide", Kind: corpus.Guide, Title: "游泳馆月票办事指南",
		Declares: []corpus.Relation{{Kind: corpus.Related, From: "pool-guide", To: "pool"}}},
		[3]string{"materials", "申请材料", "申请材料\n身份证。"}, [3]string{"place", "办理地点", "办理地点\n体育路1号。"})
	d := w.docs["pool"]
	d.Receives = []corpus.Relation{{Kind: corpus.Related, From: "pool-guide", To: "pool", Title: "游泳馆月票办事指南"}}
	w.docs["pool"] = d
	w.add(corpus.Document{ID: "dog-guide", Kind: corpus.Guide, Title: "养犬登记办事指南"}, [3]string{"place", "办理地点", "办理地点\n派出所。"})
	return w
}

// A later question takes the matter of the first: its guide's field, then its
// document; what another document has by a word of it is no answer.
func TestInherited(t *testing.T) {
	t.Parallel()
	for text, c := range map[string]struct {
		want []string
		not  string
	}{
		"游泳馆门票多少钱？材料？":      {[]string{"一、原文摘录：\n“游泳馆门票每次20元", "\n二、要带的材料：身份证。"}, "没有找到"},
		"游泳馆门票多少钱 去哪里登记":    {[]string{"\n二、在这里办：体育路1号。"}, "派出所"},
		"游泳馆门票多少钱，小孩要人陪吗":   {[]string{"\n二、原文摘录：\n“十二周岁以下儿童"}, "派出所"},
		"游泳馆门票多少钱，会员登记在哪查询": {[]string{"\n二、“会员登记在哪查询”没有找到"}, "派出所"},
	} {
		w := poolTown()
		w.found = func(q index.Query) index.Result {
			words := index.Explanation{Words: []string{"游泳馆", "门票"}, Terms: []index.ExplainedTerm{{Text: "游泳", IDF: 5}, {Text: "泳馆", IDF: 5}, {Text: "门票", IDF: 5}}}
			only := func(id, anchor string, sure float64) index.Result {
				return index.Result{Hits: []index.Hit{w.hit(id, anchor, 9)}, Confidence: sure, Explain: words}
			}
			switch own := !strings.Contains(q.Text, "游泳馆"); {
			case q.Within != "" && q.Within != "pool":
				return index.Result{}
			case strings.Contains(q.Text, "小孩"):
				if words.Words = []string{"小孩", "陪"}; own && q.Within == "" {
					return index.Result{}
				}
				words.Expansions = []index.Expansion{{From: "小孩", To: "儿童", Weight: 1}}
				return only("pool", "a3", .8)
			case strings.Contains(q.Text, "会员"):
				if words.Words = []string{"会员", "登记"}; q.Within == "" {
					return only("dog-guide", "place", .5)
				}
				return only("pool", "a3", .5)
			case own && q.Within == "":
				return only("dog-guide", "place", .9)
			}
			return only("pool", "a2", .9)
		}
		checkText(t, w.typed(t, text), Answered, append(c.want, "您问了两件事。"), c.not)
	}
}

// What the others found is what the first may be about.
func TestFirstOfSeveral(t *testing.T) {
	t.Parallel()
	w := poolTown()
	w.found = func(q index.Query) index.Result {
		if !strings.Contains(q.Text, "月票") || q.Within != "" || strings.Contains(q.Text, "学") {
			return index.Result{}
		}
		words := index.Explanation{Words: []string{"月票"}, Terms: []index.ExplainedTerm{{Text: "月票", IDF: 5}}}
		c := .9
		if strings.Contains(q.Text, "带什么") {
			c = .1
		}
		return index.Result{Hits: []index.Hit{w.hit("pool-guide", "place", 9)}, Confidence: c, Explain: words}
	}
	checkText(t, w.typed(t, "我想学游泳，要带什么材料，游泳馆月票去哪办"), Answered, []string{"一、要带的材料：身份证。", "\n二、在这里办：体育路1号。"}, "没有找到")
}

// Each part is as long as it would be alone, the longest shorter where there is no
// room for all.
func TestRoomForEach(t *testing.T) {
	t.Parallel()
	w := qinglan()
	long := "第五条 " + strings.Repeat("持卡人乘坐公共汽车的时候应当出示卡片并且服从司机的安排。", 12)
	w.add(corpus.Document{ID: "long", Kind: corpus.Policy, Title: "青岚市公共汽车乘坐办法"}, [3]string{"a5", "第五条", long})
	w.add(corpus.Document{ID: "list", Kind: corpus.Guide, Title: "公共汽车月票办事指南"},
		[3]string{"materials", "申请材料", "申请材料\n" + strings.Repeat("（一）居民身份证原件和照片；\n", 7)})
	w.found = func(q index.Query) index.Result {
		id, anchor := "long", "a5"
		if strings.Contains(q.Text, "月票") {
			id, anchor = "list", "materials"
		}
		return index.Result{Hits: []index.Hit{w.hit(id, anchor, 9)}, Confidence: .9}
	}
	r := w.typed(t, "公共汽车怎么坐？月票要带什么材料？")
	checkText(t, r, Answered, []string{"\n二、要带的材料："}, "其余见办事指南")
	if n := strings.Count(r.Text, "居民身份证"); n != 7 || len(r.Text) > answerBudget {
		t.Errorf("%d items, %d bytes:\n%s", n, len(r.Text), r.Text)
	}
	if !strings.Contains(r.Text, strings.Repeat("持卡人乘坐公共汽车的时候应当出示卡片并且服从司机的安排。", 2)) {
		t.Errorf("cut to a sentence:\n%s", r.Text)
	}
}

// A message that tells much and finds little is asked by its question alone, where
// that is of the same document, and says that it is not sure.
func TestWithoutItsStory(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Status{
		"跑了三趟都没办成 游泳馆月票怎么办": Answered,
		"跑了三趟都没办成 游泳馆能去吗":   Refused, // what is told may decide
	} {
		w := poolTown()
		w.found = func(q index.Query) index.Result {
			c := .9
			if strings.Contains(q.Text, "跑了") {
				c = .05
			}
			words := index.Explanation{Words: []string{"游泳馆", "月票"}, Terms: []index.ExplainedTerm{{Text: "月票", IDF: 5}}}
			return index.Result{Hits: []index.Hit{w.hit("pool", "a2", 9)}, Confidence: c, Explain: words}
		}
		r := w.typed(t, text)
		if r.Status != want || want == Answered && !strings.Contains(r.Text, sayPerhaps) {
			t.Errorf("%s: %s\n%s", text, r.Status, r.Text)
		}
	}
}
