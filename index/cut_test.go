package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

func published(d corpus.Document, blocks ...corpus.Block) (corpus.Document, corpus.Revision) {
	if d.ID == "" {
		d.ID = "d"
	}
	r := corpus.Revision{Document: d.ID, Number: 3, Status: corpus.Published}
	r.Text, r.Passages = corpus.Assemble(d.Kind, d.Title, blocks)
	return d, r
}

func lines(texts ...string) (out []corpus.Block) {
	for _, s := range texts {
		out = append(out, corpus.Block{Text: s})
	}
	return out
}

// shape writes units as class, context and the anchors they cover.
func shape(units []*Unit) (out []string) {
	names := [Classes]string{"article", "section", "whole", "faq", "guide"}
	for _, u := range units {
		var anchors []string
		for _, p := range u.Passages {
			anchors = append(anchors, p.Anchor)
		}
		out = append(out, names[u.Class]+" ["+strings.ReplaceAll(u.Context, "\n", "|")+"] "+strings.Join(anchors, " "))
	}
	return out
}

func TestUnits(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("这一段说明办理的条件和所需的材料。", 40)
	for _, c := range []struct {
		name     string
		document corpus.Document
		blocks   []corpus.Block
		want     []string
	}{
		{"nothing", corpus.Document{Kind: corpus.Policy, Title: "关于补贴的通知"}, nil, nil},
		{"articles", corpus.Document{Kind: corpus.Policy, Title: "养犬管理办法"},
			lines("第一章 总则", "第一条 为了规范养犬，制定本办法。", "第二条 本市适用。", "第二章 登记", "第三条 应当登记。"),
			[]string{"article [养犬管理办法|第一章 总则] a1", "article [养犬管理办法|第一章 总则] a2", "article [养犬管理办法|第二章 登记] a3"}},
		{"one article is no regulation", corpus.Document{Kind: corpus.Policy, Title: "关于补贴的通知"},
			lines("第一条 发放补贴。"), []string{"whole [] title a1"}},
		{"interpretation", corpus.Document{Kind: corpus.Interpretation, Title: "养犬办法解读"},
			lines("一、为什么制定？", "为了规范。", "二、谁要登记？", "养犬的人都要登记。"),
			[]string{"section [养犬办法解读] s1", "section [养犬办法解读] s2"}},
		{"interpretation without sections", corpus.Document{Kind: corpus.Interpretation, Title: "养犬办法解读"},
			lines("为了规范。"), []string{"whole [] title p-xh3fqa"}},
		{"faq", corpus.Document{Kind: corpus.FAQ, Title: "老人卡怎么办？", Question: "老年人优待卡怎么办理？", Similar: []string{"老年证在哪办？"}},
			lines("到社区办理。", "带身份证。"), []string{"faq [老人卡怎么办？|老年人优待卡怎么办理？|老年证在哪办？] q1"}},
		{"short", corpus.Document{Kind: corpus.Notice, Title: "停水通知"},
			lines("今日停水，请各位居民做好准备，提前储水备用，谢谢理解。"), []string{"whole [] title p-173zxvr"}},
		{"long", corpus.Document{Kind: corpus.Notice, Title: "长通知"}, lines(long, long, long, long, long, long, long, long, long, long, long, long),
			[]string{"section [] title p-v6vd1u p-v6vd1u-2", "section [长通知] p-v6vd1u-3 p-v6vd1u-4",
				"section [长通知] p-v6vd1u-5 p-v6vd1u-6", "section [长通知] p-v6vd1u-7 p-v6vd1u-8",
				"section [长通知] p-v6vd1u-9 p-v6vd1u-10", "section [长通知] p-v6vd1u-11 p-v6vd1u-12"}},
	} {
		d, r := published(c.document, c.blocks...)
		units := Units(d, r)
		if got := shape(units); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s\nof %+v", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"), r.Passages)
		}
		checkUnits(t, d, r, units)
	}
}

func TestUnitsOfAGuide(t *testing.T) {
	t.Parallel()
	d, r := published(corpus.Document{Kind: corpus.Guide, Title: "居住证办理"},
		corpus.Block{Heading: 2, Text: "申请材料"}, corpus.Block{Text: "身份证"}, corpus.Block{Heading: 2, Text: "咨询电话"}, corpus.Block{Text: "12345"})
	units := Units(d, r)
	if len(units) != 1 || units[0].Class != GuideUnit || units[0].Context != "居住证办理" {
		t.Fatalf("%v", shape(units))
	}
	for anchor, want := range map[string]bool{"materials": true, "phone": true, "fee": false, "": false} {
		if _, ok := units[0].field(anchor); ok != want {
			t.Errorf("field %q: %v", anchor, ok)
		}
	}
	checkUnits(t, d, r, units)
	units[0].Kind = corpus.Policy
	if _, ok := units[0].field("materials"); ok {
		t.Error("a policy has a guide's field")
	}
}

func TestTopSection(t *testing.T) {
	t.Parallel()
	for anchor, want := range map[string]string{
		"s2": "s2", "s2.3": "s2", "h-1x.s2": "h-1x", "appendix-1.s2.4": "appendix-1.s2", "r2.s1.p2": "r2.s1", "a12.2": "", "supplement": "", "": "", ".": "",
	} {
		if got := topSection(corpus.Passage{Anchor: anchor}); got != want {
			t.Errorf("%s: got %q, want %q", anchor, got, want)
		}
	}
}

func TestUnitsOfACatalogue(t *testing.T) {
	t.Parallel()
	row := func(header bool, text string) corpus.Block {
		return corpus.Block{Row: true, Header: header, Text: text}
	}
	d, r := published(corpus.Document{Kind: corpus.Catalogue, Title: "收费目录", Effective: "2023-01-01"},
		row(true, "项目\t标准\t备注"), row(false, "工本费\t20元"), row(false, "照片费\t10元\t自2024年3月1日起取消"))
	units := Units(d, r)
	checkUnits(t, d, r, units)
	if len(units) != 2 || units[0].Context != "收费目录\n项目 标准 备注" ||
		units[0].From != "2023-01-01" || units[0].Until != "" || units[1].Until != "2024-03-01" {
		t.Errorf("%v %+v", shape(units), units)
	}
}

func TestUnitsKeepWhatIsKnown(t *testing.T) {
	t.Parallel()
	d, r := published(corpus.Document{
		ID: "x", Account: "east", Kind: corpus.Policy, Title: "关于补贴的通知", Number: "青政〔2024〕1号", Agency: "市政府",
		Region: "青岚市", Sample: true, Effective: "2024-01-01", Expires: "2024-12-31",
	}, lines("发放补贴。")...)
	got := *Units(d, r)[0]
	got.Passages, got.Body = nil, ""
	want := Unit{Document: "x", Revision: 3, Account: "east", Kind: corpus.Policy, Class: WholeUnit, Title: d.Title, Number: d.Number,
		Agency: d.Agency, Region: d.Region, Sample: true, From: "2024-01-01", Until: "2025-01-01"}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
}

// checkUnits asserts that units cover every body passage exactly once, as
// byte-exact pieces of the canonical text.
func checkUnits(t *testing.T, d corpus.Document, r corpus.Revision, units []*Unit) {
	t.Helper()
	covered := map[int]int{} // by start in the text
	end := 0
	for i, u := range units {
		if u.Ordinal != i || u.Document != d.ID || u.Class >= Classes {
			t.Errorf("unit %d: ordinal %d of %s, class %d", i, u.Ordinal, u.Document, u.Class)
		}
		if u.Start < end || u.Start+len(u.Body) > len(r.Text) || r.Text[u.Start:u.Start+len(u.Body)] != u.Body {
			t.Fatalf("unit %d at %d is no piece of the text after %d", i, u.Start, end)
		}
		end = u.Start + len(u.Body)
		if u.Asked > 0 {
			t.Fatalf("unit %d of what is asked comes before those of the text", i)
		}
		for _, p := range u.Passages {
			if p.Start < 0 || p.End > len(u.Body) || p.Start > p.End {
				t.Fatalf("unit %d: passage %+v outside of %d bytes", i, p, len(u.Body))
			}
			covered[p.Start+u.Start]++
			o, ok := r.Find(p.Anchor)
			if !ok || o.Start != p.Start+u.Start || o.End != p.End+u.Start {
				t.Errorf("unit %d: passage %+v was %+v", i, p, o)
			}
		}
	}
	for _, p := range r.Passages {
		blank := strings.TrimSpace(r.Text[p.Start:p.End]) == ""
		if n := covered[p.Start]; p.Role == corpus.BodyRole && !blank && n != 1 || n > 1 {
			t.Errorf("%s passage %s is covered %d times", p.Role, p.Anchor, n)
		}
	}
}

var blockTexts = []string{
	"第一条 为了规范，制定本办法。", "第二条 本市适用；", "第三章 附则", "一、谁可以申请？", "（二）材料", "1. 身份证", "二、在哪里办理？",
	"申请材料", "咨询电话", "办理地点", "符合条件的居民可以申请。\n第二行", "", "  ", "答：可以。", strings.Repeat("长段落，", 500), "\xff\xfe",
}

func TestUnitsOfRandomDocuments(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		d := corpus.Document{ID: "d", Kind: corpus.Kinds()[r.IntN(len(corpus.Kinds()))], Title: "标题" + randomText(r, r.IntN(12))}
		var blocks []corpus.Block
		for range r.IntN(14) {
			blocks = append(blocks, corpus.Block{Heading: max(0, r.IntN(6)-3), Text: blockTexts[r.IntN(len(blockTexts))]})
		}
		d, rev := published(d, blocks...)
		checkUnits(t, d, rev, Units(d, rev))
	}
}

func FuzzUnits(f *testing.F) {
	f.Add(uint8(0), "办法", "第一条 一。\n第二条 二。")
	f.Add(uint8(1), "解读", "一、问？\n答。\n二、问？\n答。")
	f.Add(uint8(2), "指南", "申请材料\n身份证\n咨询电话\n12345")
	f.Add(uint8(3), "问", "\xff\n \n答")
	f.Fuzz(func(t *testing.T, kind uint8, title, text string) {
		kinds := corpus.Kinds()
		d, r := published(corpus.Document{Kind: kinds[int(kind)%len(kinds)], Title: title, Similar: []string{title}}, lines(text)...)
		units := Units(d, r)
		checkUnits(t, d, r, units)
		v := &memory{units: units}
		for _, u := range units {
			u.AddWords(testWords)
			if utf8.RuneCountInString(u.Body) > 3000 {
				return
			}
		}
		checkResult(t, v, mustFind(t, v, Query{Text: title, Limit: 10}))
	})
}

func TestAddWords(t *testing.T) {
	t.Parallel()
	u := &Unit{Context: "公积金", Body: "办理居住证，公积"}
	u.AddWords(testWords)
	if want := []string{"公积金", "居住证"}; !slices.Equal(u.Words, want) {
		t.Errorf("%v, want %v", u.Words, want)
	}
}

// What people ask for is a unit of its own beside the text, with the days of
// its passage, and hides nothing of the title behind many questions.
func TestUnitsOfWhatIsAsked(t *testing.T) {
	t.Parallel()
	d, r := published(corpus.Document{
		Kind: corpus.Policy, Title: "雨伞管理办法", Effective: "2024-01-01",
		Asked:    []corpus.Asking{{Anchor: "a2", Questions: []string{"伞弄丢了咋赔", "伞骨断了要掏钱不"}}, {Anchor: "a1", Questions: []string{"能借几天"}}, {Anchor: "a9", Questions: []string{"没有"}}},
		Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "later", Anchors: []string{"a2"}, On: "2025-01-01"}},
	}, lines("第一章 借用", "第一条 每次借用不超过七日。", "第二条 遗失的照价赔付。")...)
	units := Units(d, r)
	checkUnits(t, d, r, units[:2])
	want := []string{"article [雨伞管理办法|第一章 借用] a1", "article [雨伞管理办法|第一章 借用] a2",
		"article [雨伞管理办法|第一章 借用|能借几天] a1", "article [雨伞管理办法|第一章 借用|伞弄丢了咋赔|伞骨断了要掏钱不] a2"}
	if got := shape(units); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	for i, u := range units {
		if u.Ordinal != i || (u.Until == "2025-01-01") != strings.Contains(u.Body, "赔付") {
			t.Errorf("unit %d: ordinal %d, until %q", i, u.Ordinal, u.Until)
		}
	}
	if above, questions := units[3].above(); above != "雨伞管理办法\n第一章 借用" || questions != "伞弄丢了咋赔\n伞骨断了要掏钱不" {
		t.Errorf("%q above, %q asked", above, questions)
	}
	for _, u := range []Unit{{Asked: 3}, {Context: "一\n二", Asked: 3}} { // a damaged record
		if above, questions := u.above(); above != u.Context || questions != "" {
			t.Errorf("%+v: %q above, %q asked", u, above, questions)
		}
	}
	var names []string
	units[3].names(func(name string) { names = append(names, name) })
	if fmt.Sprint(names) != "[雨伞管理办法 伞弄丢了咋赔 伞骨断了要掏钱不]" {
		t.Errorf("names %q", names)
	}
}

// A question finds the passage by words that only people use, and its snippet
// is the passage's text.
func TestAskedPassageIsFound(t *testing.T) {
	t.Parallel()
	find := func(asked ...corpus.Asking) Hit {
		d, r := published(corpus.Document{Kind: corpus.Policy, Title: "雨伞管理办法", Asked: asked},
			lines("第一条 每次借用不超过七日。", "第二条 遗失的照价赔付。", "第三条 雨伞由车站管理。")...)
		v := &memory{units: Units(d, r)}
		for _, u := range v.units {
			u.AddWords(testWords)
		}
		res := mustFind(t, v, Query{Text: "雨伞整没了咋整", Limit: 3})
		checkResult(t, v, res)
		if len(res.Hits) != 1 {
			t.Fatalf("%d hits", len(res.Hits))
		}
		return res.Hits[0]
	}
	if h := find(); h.Ref.Anchor == "a2" {
		t.Error("found without the question")
	}
	if h := find(corpus.Asking{Anchor: "a2", Questions: []string{"车站的伞给整没了", "淋雨了谁管"}}); h.Ref.Anchor != "a2" || h.Snippet != "第二条 遗失的照价赔付。" || h.Label != "第二条" {
		t.Errorf("%+v", h)
	}
}

// Two questions of one passage are not one question: that their words together
// are what is asked is chance.
func TestQuestionsStandAlone(t *testing.T) {
	t.Parallel()
	parts := func(questions ...string) Parts {
		d, r := published(corpus.Document{Kind: corpus.Policy, Title: "办法", Asked: []corpus.Asking{{Anchor: "a2", Questions: questions}}},
			lines("第一条 甲乙丙。", "第二条 丁戊己。")...)
		u := Units(d, r)[2]
		a := analysed("雨伞丢失赔偿标准", &memory{units: []*Unit{u}})
		s := new(scan)
		s.read(a, u)
		p, _ := a.parts(s, 50)
		return p
	}
	one, two := parts("雨伞丢失赔偿标准"), parts("雨伞丢失", "赔偿标准")
	if one.Window3 < .99 || one.Window2 < .99 || two.Window3 > .7 || two.Window2 > .7 {
		t.Errorf("one %+v\ntwo %+v", one, two)
	}
}

// An article that alone was repealed is found until then, the rest for longer;
// a section is found as long as one of its rows holds.
func TestWindowsOfUnits(t *testing.T) {
	t.Parallel()
	d, r := published(corpus.Document{
		Kind: corpus.Policy, Title: "青岚市养犬管理办法", Effective: "2010-01-01",
		Receives: []corpus.Relation{{Kind: corpus.Repeals, On: "2020-01-01", Anchors: []string{"a2"}}},
	}, lines("第一条 养犬应当登记。", "第二条 登记每年一次。", "第三条 本办法自2010年1月1日起施行。")...)
	for _, u := range Units(d, r) {
		want := corpus.Date("")
		if u.Passages[0].Anchor == "a2" {
			want = "2020-01-01"
		}
		if u.From != "2010-01-01" || u.Until != want {
			t.Errorf("%s: [%s, %s), want until %q", u.Passages[0].Anchor, u.From, u.Until, want)
		}
	}
	rows := []corpus.Passage{{Anchor: "r1", From: "2021-01-01", Until: "2022-01-01"}, {Anchor: "r2", From: "2020-06-01", Until: "2021-06-01"}}
	if from, until := window(d, rows); from != "2020-06-01" || until != "2022-01-01" {
		t.Errorf("two rows: [%s, %s)", from, until)
	}
	if from, until := window(d, append(rows, corpus.Passage{Anchor: "r3"})); from != "2010-01-01" || until != "" {
		t.Errorf("a row without days: [%s, %s)", from, until)
	}
}

// A short notice is one unit, but for what stopped: else the stopped words
// stand in the snippet of their neighbours.
func TestStoppedSectionsAreUnitsOfTheirOwn(t *testing.T) {
	t.Parallel()
	d, r := published(corpus.Document{
		Kind: corpus.Notice, Title: "摊位通知", Effective: "2024-01-01",
		Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "later", Anchors: []string{"s2"}, On: "2025-01-01"}},
	}, lines("一、申请", "向街道申请。", "二、押金", "（一）每个摊位交押金二百元。", "（二）押金一年后退还。", "三、时间", "每天六时至二十二时。")...)
	units := Units(d, r)
	checkUnits(t, d, r, units)
	if got, want := len(units), 3; got != want {
		t.Fatalf("%d units, want %d: %s", got, want, strings.Join(shape(units), "\n"))
	}
	for i, u := range units {
		stopped := i == 1
		if strings.Contains(u.Body, "押金") != stopped || (u.Until == "2025-01-01") != stopped {
			t.Errorf("unit %d until %q: %s", i, u.Until, u.Body)
		}
	}
}
