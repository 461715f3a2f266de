package indextest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// brings tests that a probe brings at least these places: an engine may bring
// more, which is weighed afterwards.
func (o *outsider) brings(what string, p index.Probe, want ...string) {
	o.Helper()
	got := strings.Fields(o.found("g", p))
	for _, w := range want {
		if !slices.Contains(got, w) {
			o.Errorf("%s: %s is not among %d places %.200v", what, w, len(got), got)
		}
	}
}

// outsideFilters hides many units that are better than those that pass: they
// must not take their places.
func outsideFilters(o *outsider) {
	type change func(*index.Unit)
	make1 := func(document string, text string, do change) []index.Entry {
		u := unit(document, 0, text)
		u.Kind, u.Region, u.Agency = corpus.Policy, "青岚市", "青岚市民政局"
		do(u)
		return []index.Entry{index.NewEntry(u, Spaces{})}
	}
	var put [][]index.Entry
	kinds := map[string]change{
		"shared": func(*index.Unit) {},
		"mine":   func(u *index.Unit) { u.Account = "mine" },
		"Mine":   func(u *index.Unit) { u.Account = "Mine" },
		"sample": func(u *index.Unit) { u.Sample = true },
		"later":  func(u *index.Unit) { u.From = "2025-01-01" },
		"ended":  func(u *index.Unit) { u.Until = "2024-01-01" },
		"guide":  func(u *index.Unit) { u.Kind = corpus.Guide },
		"east":   func(u *index.Unit) { u.Region = "东湖县" },
		"agency": func(u *index.Unit) { u.Agency = "东湖县“民政”局\"" },
	}
	for name, do := range kinds {
		put = append(put, make1(name, "老人卡", do))
		for i := range 60 {
			put = append(put, make1(fmt.Sprint(name, i), "老人卡 老人卡", func(u *index.Unit) {
				do(u)
				if name != "mine" {
					u.Account = "theirs"
				} else {
					u.Until = "2000-01-01"
				}
			}))
		}
	}
	o.built("g", put...)
	for _, c := range []struct {
		filter index.Filter
		want   string
	}{
		{index.Filter{Day: "2023-01-01"}, "shared sample ended guide east agency"},
		{index.Filter{Day: "2023-12-31"}, "ended"},
		{index.Filter{Day: "2024-01-01", Own: true}, "shared guide east agency"},
		{index.Filter{Day: "2024-12-31"}, "shared"},
		{index.Filter{Day: "2025-01-01"}, "later shared"},
		{index.Filter{Account: "mine", Day: "2024-06-01"}, "mine shared"},
		{index.Filter{Account: "Mine", Day: "2024-06-01"}, "Mine shared"},
		{index.Filter{Kind: corpus.Guide}, "guide"},
		{index.Filter{Region: "东湖县"}, "east"},
		{index.Filter{Agency: "东湖县“民政”局\""}, "agency"},
		{index.Filter{Region: "青岚市", Kind: corpus.Policy, Agency: "青岚市民政局", Day: "2024-06-01", Own: true}, "shared"},
	} {
		p := Want("老人卡", 15)
		p.Filter = c.filter
		var want []string
		for w := range strings.FieldsSeq(c.want) {
			want = append(want, w+":0")
		}
		o.brings(fmt.Sprintf("%+v", c.filter), p, want...)
	}
}

// outsideRecall wants what has the rarest words, and what has two together,
// also of more words than an engine may look at.
func outsideRecall(o *outsider) {
	var put [][]index.Entry
	for i := range 300 {
		put = append(put, entries(fmt.Sprint("common", i), "常见一 常见二 常见三 办理"))
	}
	put = append(put,
		entries("rare", "罕见一 别的"), entries("pair", "其它 罕见二 罕见三"), entries("all", "罕见一 罕见二 罕见三 常见一 常见二"),
		entries("last", "常见一 罕见三"), entries("latin", "罕见三 gb2312 a4纸 常见二"))
	o.built("g", put...)
	o.brings("one rare word", Want("罕见一", 20), "rare:0", "all:0")
	o.brings("a word that is nowhere first", Want("没有的 罕见一", 20), "rare:0", "all:0")
	o.brings("pairs", Want("罕见一 罕见二 罕见三", 20), "rare:0", "all:0", "pair:0")
	o.brings("Latin", Want("gb2312", 20), "latin:0")
	o.brings("mixed", Want("a4纸 常见二", 20), "latin:0")
	many := "没有一 没有二 没有三 没有四 罕见二 罕见三 没有五 没有六 没有七 没有八 没有九 没有十 常见一 常见二 常见三 办理"
	o.brings("more than ten words", Want(many, 20), "all:0", "pair:0")
	if got := len(strings.Fields(o.found("g", Want("常见一 常见二", 100)))); got < 100 {
		o.Errorf("%d candidates of 300, want 100", got)
	}
	for _, nothing := range []string{"", "没有一", "没有一 没有二"} {
		equal(o.T, fmt.Sprintf("%q", nothing), o.found("g", Want(nothing, 20)), "")
	}
}

// outsideOtherwise finds a word by what the lexicon says for it.
func outsideOtherwise(o *outsider) {
	o.built("g", entries("card", "敬老卡 办理"), entries("both", "不动产 权证书 办理"), entries("half", "不动产 转移"), entries("other", "居住证 办理"))
	p := Want("老人卡 办理", 20)
	p.Words[0].Units = 0
	p.Words[0].Also = []index.Also{{Words: []string{"敬老卡"}, Weight: .9}}
	o.brings("another word", p, "card:0")
	p = Want("房本", 20)
	p.Words[0].Also = []index.Also{{Words: []string{"不动产", "权证书"}, Weight: .9}}
	o.brings("two words", p, "both:0")
}

// outsideStaysCut tests that words are what the segmenter says: not cut
// again, and not found by their beginning, their end or anything like them.
func outsideStaysCut(o *outsider) {
	o.built("g",
		entries("fund", "住房公积金 提取"), entries("clinic", "三级医院 报销"), entries("permit", "居住证 签注"),
		entries("latin", "covid19 abc123 检测"), entries("typo", "abcdefghij 检测"))
	for text, want := range map[string]string{
		"住房公积金": "fund:0", "公积金": "", "公积": "", "住房": "", "住房公积": "",
		"三级医院": "clinic:0", "三级": "", "医院": "",
		"居住证": "permit:0", "居住": "", "住证": "",
		"covid19": "latin:0", "covid": "", "covid1": "", "abc": "", "123": "", "19": "",
		"abcdefghij": "typo:0", "abcdefghik": "", "abcdefghi": "",
	} {
		o.finds("g", text, want)
	}
}

// outsideSpellings finds text in whatever width, case and script it was
// written: what is put and what is asked is folded alike.
func outsideSpellings(o *outsider) {
	o.built("g",
		entries("wide", "Ａ４纸 ＧＢ２３１２ 办理"), entries("traditional", "養老保險 辦理"), entries("mixed", "wi-fi 5G基站 iPhone"),
		entries("one", "税 费"), entries("compat", "⼈民 ㎡"), entries("ext", "𠮷野家 办理 é̀"))
	for text, want := range map[string]string{
		"a4纸": "wide:0", "Ａ４纸": "wide:0", "gb2312": "wide:0", "养老保险": "traditional:0", "養老保險": "traditional:0",
		"5g基站": "mixed:0", "５Ｇ基站": "mixed:0", "iphone": "mixed:0", "人民": "compat:0", "税": "", "": "", "，。": "",
	} {
		o.finds("g", text, want)
	}
}

// outsideOperators asks for words that an engine could read as something else.
func outsideOperators(o *outsider) {
	o.built("g", entries("a", "老人卡 办理"), entries("b", "居住证 办理"))
	for _, text := range []string{
		`"老人卡`, `"老人卡"`, `-老人卡`, "老人卡 -办理", `老人卡" -"办理`, "NOT 老人卡", "老人卡 AND 办理", "老人卡*", "(老人卡", "老人卡 OR", "+老人卡",
		"老人卡~2", "title:老人卡", "老人卡\\", "老人卡\x00", "\xff老人卡", "老人卡\u200b办理", "_geo(1)", "{老人卡}", "老人卡,", "—老人卡", "－老人卡",
	} {
		p := index.Probe{Limit: 20}
		for i, w := range strings.Fields(text) {
			// As it is, as if it were not folded; with the word that it should find.
			p.Words = append(p.Words, index.ProbeWord{Text: w, IDF: 9 - float64(i), Units: 1})
		}
		if _, err := o.e.Recall(o.Context(), "g", p); err != nil {
			o.Errorf("%q: %v", text, err)
		}
		p.Words = append(p.Words, Want("老人卡", 0).Words...)
		o.brings(fmt.Sprintf("%q", text), p, "a:0")
	}
	for _, words := range [][]index.ProbeWord{nil, {{}}, {{Text: " "}}, {{Text: "\t\n"}}, {{Text: "老", Also: []index.Also{{}, {Words: []string{""}}}}}} {
		if got, err := o.e.Recall(o.Context(), "g", index.Probe{Words: words, Limit: 5}); err != nil || len(got) > 0 {
			o.Errorf("%+v found %v, %v", words, got, err)
		}
	}
}

// outsideLong has long texts, and long questions.
func outsideLong(o *outsider) {
	long := strings.Repeat("办理 老人卡 ", 20000) + "结尾词"
	put := entries("long", long, "居住证 "+strings.Repeat("长", 3000))
	o.built("g", put)
	o.has("g", put)
	o.finds("g", "老人卡", "long:0")
	words := make([]string, 5000)
	for i := range words {
		words[i] = fmt.Sprintf("没有%d", i)
	}
	words[0], words[1] = "居住证", strings.Repeat("长", 10000)
	o.brings("10,000 characters", Want(strings.Join(words, " "), 20), "long:1")
}
