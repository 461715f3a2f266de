package bot

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
)

// Questions are told apart by what asks, whatever stands between them.
func TestQuestionsToldApart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"暂住证怎么办。补办多少钱。几天能领":        "暂住证怎么办|补办多少钱|几天能领",
		"暂住证怎么办 补办多少钱 几天能领":        "暂住证怎么办|补办多少钱|几天能领",
		"养猫要登记吗不登记罚多少":             "养猫要登记吗|不登记罚多少",
		"门票多少钱老人要不要买":              "门票多少钱|老人要不要买",
		"水价最高多少最低多少什么时候涨":          "水价最高多少|最低多少|什么时候涨",
		"停车一小时收多少能包月吗":             "停车一小时收多少|能包月吗",
		"我儿子十岁了想问学区怎么划另外他的社保卡丢了咋补": "我儿子十岁了想问学区怎么划|他的社保卡丢了咋补",
		"公租房几岁能申请？在哪？材料":           "公租房几岁能申请?|在哪?|材料",
		"暖气费什么时候交，顺便问下空房要不要交":      "暖气费什么时候交|空房要不要交",
		"结婚登记和离婚登记分别去哪办":           "结婚登记去哪办|离婚登记去哪办",
		"一级和二级护理各补多少":              "一级护理补多少|二级护理补多少",
		"我爸82岁，养老金和高龄津贴分别怎么领":      "我爸82岁 养老金怎么领|我爸82岁 高龄津贴怎么领",
		"怎么能申请公租房，要带什么材料":          "怎么能申请公租房|要带什么材料",
		"有几种补贴可以领，去哪里办":            "有几种补贴可以领|去哪里办",
		"护照丢了咋补一个月能拿到不":            "护照丢了咋补|一个月能拿到不",
		"养老金咋领一个月给多少":              "养老金咋领|一个月给多少",
		"租房合同要备案吗带啥":               "租房合同要备案吗|带啥",
		"我妈摔伤了，住院能报吗，报几成":          "我妈摔伤了 住院能报吗|报几成",
		"需要什么材料和多久能批":              "需要什么材料|多久能批",
		"医保卡坐地铁能刷吗公交呢":             "医保卡坐地铁能刷吗|公交呢",
		"低保 条件 材料 多久批":             "低保 条件|材料|多久批",
		// One question.
		"职工医保和居民医保各级医院报销比例是多少": "",
		"什么情况下能领多少":            "",
		"怎么知道要不要年审":            "",
		"交多少年能领多少钱":            "",
		"补贴从多少涨到了多少":           "",
		"我跑了好几趟了，到底怎么办":        "",
		"看病花了好多钱，能不能救助":        "",
		"老人卡怎么办，能不能告诉我一下":      "",
		"小孩没户口能上学，是吗":          "",
		"怎么还不发，什么时候到账":         "",
		"多少岁可以办吗":              "",
		"老家的证在这边能用吗，可以吗":       "",
		"这个怎么办，咋弄":             "",
		"每月2.5万元交多少税":          "",
		"上午10:30能办吗":           "",
		"家里九几年的表还能换吗":          "",
		"我都等了几个月了，补贴哪天发":       "",
	} {
		text = Clean(text)
		if want == "" {
			want = text
		}
		if got := Split(text); !slices.Equal(got, strings.Split(Clean(want), "|")) {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestFieldAlone(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"要带什么材料": "materials", "材料": "materials", "去哪里登记": "place", "几天能拿到": "time-limit", "要交钱吗": "fee",
		"一个月多少钱": "", "能领几个月": "", "养狗去哪登记": "", "怎么申请": "steps", "": "",
	} {
		if got := fieldAlone(asked); got != want {
			t.Errorf("%s: %q, want %q", asked, got, want)
		}
	}
}

func TestLeast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answered, asked, letters int
		want                     float64
	}{{2, 2, 200, 0}, {1, 2, 30, 0}, {1, 3, 30, .5}, {1, 2, 100, .6}, {2, 3, 100, .6}} {
		if got := least(c.answered, c.asked, c.letters); got != c.want {
			t.Errorf("%v: %v", c, got)
		}
	}
}

func TestSameLine(t *testing.T) {
	t.Parallel()
	parts := []part{
		{reply: Reply{Status: Answered, Text: "正在受理。\n甲"}}, {reply: Reply{Status: Answered, Text: "正在受理。\n乙"}},
		{reply: Reply{Status: Answered, Text: "原文摘录：\n丙"}}, {reply: Reply{Status: Answered, Text: "原文摘录：\n丁"}},
	}
	sameLine(parts)
	for i, want := range []string{"正在受理。\n甲", "乙", "原文摘录：\n丙", "原文摘录：\n丁"} {
		if parts[i].reply.Text != want {
			t.Errorf("%d: %s", i, parts[i].reply.Text)
		}
	}
}

func TestSayParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answered, asked int
		want            string
	}{
		{2, 2, "您问了两件事。"}, {3, 4, "您问了四件事，先答前三件，还有一件请再发一次。"}, {3, 30, "您问了几件事，先答前三件，还有几件请再发一次。"},
	} {
		if got := sayParts(c.answered, c.asked); got != c.want {
			t.Errorf("%v: %s", c, got)
		}
	}
}

// TestSigns holds the words that are looked for before the patterns to what those
// can find: without one of them neither finds anything.
func TestSigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern *regexp.Regexp
		signs   []string
	}{{idle, idleSigns}, {answerMe, answerSigns}} {
		tree, err := syntax.Parse(c.pattern.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		for _, branch := range branches(tree) {
			if !containsAny(branch, c.signs) {
				t.Errorf("%q of the pattern has none of the signs %q", branch, c.signs)
			}
		}
	}
}

// branches are the shortest texts of each alternative of a pattern: what may be
// left out is, of classes the first character is taken.
func branches(r *syntax.Regexp) []string {
	switch r.Op {
	case syntax.OpLiteral:
		return []string{string(r.Rune)}
	case syntax.OpCharClass:
		var out []string
		for i := 0; i < len(r.Rune) && i < 24; i += 2 {
			out = append(out, string(r.Rune[i]))
		}
		return out
	case syntax.OpAlternate:
		var out []string
		for _, s := range r.Sub {
			out = append(out, branches(s)...)
		}
		return out
	case syntax.OpConcat:
		out := []string{""}
		for _, s := range r.Sub {
			var next []string
			for _, a := range out {
				for _, b := range branches(s) {
					next = append(next, a+b)
				}
			}
			out = next
		}
		return out
	case syntax.OpCapture, syntax.OpPlus:
		return branches(r.Sub[0])
	}
	return []string{""}
}
