package bot

import (
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

const (
	byAge   = "读书补贴按年龄发放：\n（一）年满6周岁不满12周岁的，每人每年300元；\n（二）年满12周岁不满18周岁的，每人每年500元；\n（三）18周岁以上的，每人每年200元。"
	bySpan  = "假期按工龄确定：满1年不足5年的5天，满5年不足10年的10天，满10年以上的15天。"
	byGrade = "伤残等级为一级、二级的每月900元，三级的每月600元，四级的每月300元。"
)

func TestTierFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, text, want string }{
		{"我家孩子7岁，一年补多少钱", byAge, "年满6周岁不满12周岁的，每人每年300元"},
		{"12岁的读书补贴有多少", byAge, "年满12周岁不满18周岁的，每人每年500元"},
		{"今年18岁了读书补贴多少", byAge, "18周岁以上的，每人每年200元"},
		{"5岁能领多少读书补贴", byAge, ""},
		{"读书补贴多少钱", byAge, ""},
		{"工作了6年能休几天", bySpan, "满5年不足10年的10天"},
		{"干了五年假期多少天", bySpan, "满5年不足10年的10天"},
		{"干满18个月能休几天", bySpan, "满1年不足5年的5天"},
		{"工作十二年休几天", bySpan, "满10年以上的15天"},
		{"工作了3个月休几天", bySpan, ""},
		{"怀孕5个月能休几天", "怀孕未满4个月的15天，满4个月未满7个月的42天，满7个月的98天。", "满4个月未满7个月的42天"},
		{"2024年工作的人休几天", bySpan, ""},
		{"三级伤残每月多少", byGrade, "三级的每月600元"},
		{"二级伤残每月多少", byGrade, "一级、二级的每月900元"},
		{"三级和四级差多少", byGrade, ""},
		{"在这里住了6年能休几天", bySpan, ""},
		{"停了6年能休几天", bySpan, ""},
		{"我过两年退休，能休几天", bySpan, ""},
		{"14级台风补多少", byGrade, ""},
		{"十二级大风每月多少", byGrade, ""},
		{"向上一级反映每月多少", byGrade, ""},
		{"我7岁了", "年满60周岁的老人每月100元。", ""},
	} {
		got := ""
		for _, fact := range factsIn(c.asked, personIn(c.asked)) {
			if said, ok := tierFor(c.text, fact, answers[asksOf(c.asked)]); ok {
				got = said
				break
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.asked, got, c.want)
		}
	}
}

func FuzzTiers(f *testing.F) {
	for _, s := range []string{byAge, bySpan, byGrade, "满年满岁级", "不满岁", "一级二级三级、"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, unit := range []string{"岁", "月", "级"} {
			tierFor(text, toldFact{unit: unit, value: 7, said: "7"}, answers[index.AsksMuch])
		}
		factsIn(text, personIn(text))
		withoutFigures(text)
	})
}

// What holds for the age told is said first, the table after it, and the
// citation is of the article; what the rule begins with would not answer.
func TestTheTierComesFirst(t *testing.T) {
	t.Parallel()
	w := &town{region: "青岚市", title: "青岚发布"}
	w.add(corpus.Document{ID: "read", Kind: corpus.Policy, Title: "青岚市读书补贴办法", Region: "青岚市", Effective: "2024-05-01"},
		[3]string{"a2", "第二条", "第二条　在本市上学的孩子可以领读书补贴，每年9月1日前申请，补贴不到100元的不发。"},
		[3]string{"a3", "第三条", "第三条　" + byAge})
	for _, first := range []string{"a2", "a3"} {
		w.always(.9, w.hit("read", first, 9))
		checkText(t, w.typed(t, "孩子7岁读书补贴有多少钱"), Answered, []string{"按您说的7岁：年满6周岁不满12周岁的，每人每年300元。\n\n原文摘录", "18周岁以上的", "》第三条，"}, "不太有把握")
	}
}

// A question from when on something is forbidden is asked of what says when it is
// allowed, too.
func TestUntilWhen(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"晚上几点以后不准摆摊": "晚上几点可以摆摊", "几点之前不能敲墙": "几点可以敲墙", "几点开门": "几点开门",
	} {
		if got := untilWhen.ReplaceAllString(asked, "几点可以"); got != want {
			t.Errorf("%s: %s", asked, got)
		}
	}
}

// What is called by the question's own words is not said to be doubtful.
func TestItsOwnNameIsNoDoubt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words []string
		title string
		noted string
		want  bool
	}{
		{[]string{"借书证", "押金"}, "青岚市借书证管理办法", "", true},
		{[]string{"借书证", "押金"}, "青岚市公园管理办法", "", false},
		{[]string{"借书证", "押金"}, "青岚市公园管理办法", "借书证要押金吗", true},
		{nil, "青岚市借书证管理办法", "", false},
	} {
		f := &findings{hits: []standingHit{{Hit: index.Hit{Title: c.title}, noted: c.noted}}}
		f.Explain.Words = c.words
		for _, w := range []string{"借书", "书证"} {
			f.Explain.Terms = append(f.Explain.Terms, index.ExplainedTerm{Text: w, IDF: 2})
		}
		f.Explain.Terms = append(f.Explain.Terms, index.ExplainedTerm{Text: "押金", IDF: 2}, index.ExplainedTerm{Text: "没有", IDF: 3})
		if got := f.itsOwn(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestWithoutFigures(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"71岁能办借书证吗": "能办借书证吗", "交了3年能领多少": "能领多少", "工资5000元能申请吗": "能申请吗",
		"2025年标准是多少": "2025年标准是多少", "12345几点上班": "12345几点上班", "第3条怎么说": "第3条怎么说",
	} {
		if got := withoutFigures(asked); got != want {
			t.Errorf("%s: %q", asked, got)
		}
	}
}

// Ages of older people in Chinese numerals, and without 岁, are read.
func TestWithAges(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"我妈八十三了，有什么补助":  "我妈83岁了，有什么补助",
		"爷爷今年九十二，能领多少":  "爷爷今年92岁，能领多少",
		"奶奶一百零一岁":       "奶奶101岁",
		"年满六十五周岁":       "年满65周岁",
		"三十岁":           "三十岁",
		"我82了":          "我82岁了",
		"一百二十块":         "一百二十块",
		"第八十三条，我妈问的是这条": "第八十三条，我妈问的是这条",
	} {
		if got := withAges(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
