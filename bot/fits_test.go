package bot

import (
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func section(heading, body string) standingHit {
	return standingHit{Hit: index.Hit{Kind: corpus.Interpretation, Label: "二、", Passage: "二、" + heading + "\n" + body}}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked, heading, body string
		want                 bool
	}{
		{"租金补多少", "租金怎么补？", "每月最多补500元。", true},
		{"租金补多少", "多子女家庭能多补吗？", "能，每月补800元。", false},
		{"俩娃的租金补多少", "多子女家庭能多补吗？", "能，每月补800元。", true},
		{"四级伤残补多少", "三级伤残补不补？", "每月600元。", false},
		{"三级伤残补多少", "三级伤残补不补？", "每月600元。", true},
		{"中午能装修吗", "晚上能不能装修？", "不能。", false},
		{"夜里能装修吗", "晚上能不能装修？", "不能。", true},
		{"坐公交要钱吗", "坐地铁为什么收半价？", "高峰人多。", false},
		{"收入2500元能补吗", "补多少？", "举个例子，李家收入1500元，每月补600元。", false},
		{"一个月补多少", "补多少？", "举个例子，李家收入1500元，每月补600元。", true},
		{"租金补多少", "这次改了什么？", "只提高了标准，别的没有动。", false},
		{"租金补贴有什么变化", "这次改了什么？", "只提高了标准，别的没有动。", true},
		{"几点到几点免费停车", "跟以前比有什么变化？", "晚上8点到早上8点不收了。", true},
		{"小区门口怎么摆摊", "退役军人摆摊有优先吗？", "有。", false},
	} {
		if got := fits(c.asked, section(c.heading, c.body)); got != c.want {
			t.Errorf("%s, %s: %v", c.asked, c.heading, got)
		}
	}
}

func TestVerdictOf(t *testing.T) {
	t.Parallel()
	const reason, no = "这种车重，刹车不灵，出过不少事。", "所以《办法》第三条规定，滑板不能上人行道，被拦下要罚款。"
	for _, c := range []struct{ asked, body, want string }{
		{"电动滑板能不能在人行道上骑", reason + no, "《办法》第三条规定，滑板不能上人行道，被拦下要罚款。"},
		{"电动滑板能不能在人行道上骑", "不能。" + reason + no, ""},
		{"电动滑板怎么上牌", reason + no, ""},
		{"电动滑板能不能在人行道上骑", "要看情况。" + reason + no, ""},
	} {
		if got := verdictOf(c.asked, section("滑板能上人行道吗？", c.body)); got != c.want {
			t.Errorf("%s, %s: %q", c.asked, c.body, got)
		}
	}
}

// Who asks whether they may have it is told who may, where what was found only
// says how it is reckoned.
func TestWhoMay(t *testing.T) {
	t.Parallel()
	w := &town{region: "青岚市", title: "青岚发布"}
	w.add(corpus.Document{ID: "rent", Kind: corpus.Policy, Title: "青岚市住房租金补贴办法", Region: "青岚市", Effective: "2024-05-01",
		Receives: []corpus.Relation{{Kind: corpus.Related, From: "rent-guide", To: "rent", Title: "住房租金补贴申请办事指南"}},
	}, [3]string{"a5", "第五条", "第五条　租金补贴按照家庭人口和住房面积计算，每月10日发放。"})
	w.add(corpus.Document{ID: "rent-guide", Kind: corpus.Guide, Title: "住房租金补贴申请办事指南", Effective: "2024-05-01",
		Declares: []corpus.Relation{{Kind: corpus.Related, From: "rent-guide", To: "rent"}},
	}, [3]string{"conditions", "受理条件", "受理条件\n人均住房不足15平方米"})
	w.always(.9, w.hit("rent", "a5", 9))
	checkText(t, w.typed(t, "三口人能申请租金补贴吗"), Answered, []string{"什么人可以办：人均住房不足15平方米"})
	checkText(t, w.typed(t, "租金补贴怎么计算"), Answered, []string{"按照家庭人口和住房面积计算"})
	checkText(t, w.typed(t, "租金补贴可以代办吗"), Answered, []string{"按照家庭人口"})
}

// A guide of a stopped topic does not answer in the place of a rule that is of
// none.
func TestWhoMayIsHeldBack(t *testing.T) {
	t.Parallel()
	w := &town{region: "青岚市", title: "青岚发布"}
	w.add(corpus.Document{ID: "rent", Kind: corpus.Policy, Title: "青岚市住房租金补贴办法", Region: "青岚市", Effective: "2024-05-01", Topics: []string{"住房"},
		Receives: []corpus.Relation{{Kind: corpus.Related, From: "rent-guide", To: "rent", Title: "住房租金补贴申请办事指南"}},
	}, [3]string{"a5", "第五条", "第五条　租金补贴按照家庭人口和住房面积计算，每月10日发放。"})
	w.add(corpus.Document{ID: "rent-guide", Kind: corpus.Guide, Title: "住房租金补贴申请办事指南", Effective: "2024-05-01", Topics: []string{"救助"},
		Declares: []corpus.Relation{{Kind: corpus.Related, From: "rent-guide", To: "rent"}},
	}, [3]string{"conditions", "受理条件", "受理条件\n人均住房不足15平方米，凭预约号办理"})
	w.always(.9, w.hit("rent", "a5", 9))
	for _, asked := range []string{"三口人能申请租金补贴吗", "租金补贴要预约吗"} {
		checkText(t, w.typed(t, asked), Answered, []string{"人均住房不足15平方米"})
		r := w.asking(t, &switches{all: []Stop{{Topic: "救助"}}}, Question{Text: asked})
		checkText(t, r, Answered, []string{"按照家庭人口"}, "人均住房")
	}
}

func TestUntold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked, text string
		want        bool
	}{
		{"补贴能领几年", "再次申请的，年限合并计算。", true},
		{"第二次申请补贴能领几年", "再次申请的，年限合并计算。", false},
		{"又失业了能领几年", "重新就业后失业的，合并计算。", false},
		{"补贴能领几年", "补贴每人领三年。", false},
	} {
		if got := untold(c.asked, c.text); got != c.want {
			t.Errorf("%s, %s: %v", c.asked, c.text, got)
		}
	}
}

// What a rule holds for says not where one goes: its guide does.
func TestPastScope(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "stall", Kind: corpus.Policy, Title: "青岚市便民摊点管理办法", Effective: "2024-01-01", Receives: []corpus.Relation{{Kind: corpus.Related, From: "stall-guide", To: "stall", Title: "便民摊点申请办事指南"}}},
		[3]string{"a2", "第二条", "第二条　城区内便民摊点的申请和管理，适用本办法。"})
	w.add(corpus.Document{ID: "stall-guide", Kind: corpus.Guide, Title: "便民摊点申请办事指南"},
		[3]string{"place", "", "办理地点\n街道办事处的城市管理窗口。"})
	w.always(.5, w.hit("stall", "a2", 9))
	checkText(t, w.typed(t, "想摆个便民摊点，去哪里申请"), Answered, []string{"街道办事处的城市管理窗口"})
	checkText(t, w.typed(t, "便民摊点归这个办法管吗"), Answered, []string{"适用本办法"})
}
