package bot

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestCited(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"第六条": "第六条", "第六条之一": "第六条之一", "二、（三）": "第二部分（三）", "二、": "第二部分", "": "", "申请材料": "", "（三）": "", "、": "",
	} {
		if got := Cited(in); got != want {
			t.Errorf("Cited(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTitled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    corpus.Document
		want string
	}{
		{corpus.Document{Title: "敬老卡管理办法"}, "《敬老卡管理办法》"},
		{corpus.Document{Title: "《敬老卡管理办法》"}, "《敬老卡管理办法》"},
		{corpus.Document{Title: "《敬老卡管理办法》解读"}, "《〈敬老卡管理办法〉解读》"},
		{corpus.Document{Title: "关于修改《甲办法》和《乙办法》的决定"}, "《关于修改〈甲办法〉和〈乙办法〉的决定》"},
		{corpus.Document{Title: "《甲》和《乙》"}, "《〈甲〉和〈乙〉》"},
		{corpus.Document{Title: "关于《〈甲〉解读》的说明"}, "《关于〈《甲》解读〉的说明》"},
		{corpus.Document{Title: "办法", Number: "青政规〔2024〕3号"}, "《办法》（青政规〔2024〕3号）"},
		{corpus.Document{Title: "办法", Sample: true}, "《办法》（示例）"},
		{corpus.Document{Title: "办法", Number: "1号", Sample: true}, "《办法》（示例，1号）"},
		{corpus.Document{Title: "一\n二<a href=\"x\">三"}, "《一 二＜a href=\"x\">三》"},
	} {
		if got := Titled(c.d); got != c.want {
			t.Errorf("Titled(%q) = %q, want %q", c.d.Title, got, c.want)
		}
	}
	if got := Titled(corpus.Document{Title: strings.Repeat("长", 5000), Number: strings.Repeat("9", 5000)}); len(got) > 400 {
		t.Errorf("a title of %d bytes", len(got))
	}
}

func TestCite(t *testing.T) {
	t.Parallel()
	d := corpus.Document{Title: "办法", Effective: "2024-05-01", Published: "2024-04-01"}
	undated := corpus.Document{Title: "办法"}
	for _, c := range []struct {
		d     corpus.Document
		label string
		v     corpus.Validity
		want  string
	}{
		{d, "第六条", corpus.InForce, "依据《办法》第六条，2024年5月1日起施行。"},
		{d, "第六条", corpus.Modified, "依据《办法》（已修改）第六条，2024年5月1日起施行。"},
		{d, "", corpus.Modified, "依据《办法》（已修改），2024年5月1日起施行。"},
		{corpus.Document{Title: "办法", Published: "2024-04-01"}, "二、", corpus.Unknown, "依据《办法》第二部分，2024年4月1日发布。"},
		{undated, "", corpus.Unknown, "依据《办法》。"},
		{undated, "", corpus.Modified, "依据《办法》（已修改）。"},
	} {
		if got := cite(c.d, c.label, c.v); got != c.want {
			t.Errorf("cite = %q, want %q", got, c.want)
		}
	}
}

func TestSayOutdated(t *testing.T) {
	t.Parallel()
	by := func(k corpus.RelationKind, on corpus.Date) []corpus.Relation {
		return []corpus.Relation{{Kind: k, From: "new", Title: "《新办法》", On: on}}
	}
	for _, c := range []struct {
		d    corpus.Document
		want string
	}{
		{corpus.Document{Title: "旧办法", Effective: "2017-01-01", Receives: by(corpus.Repeals, "2023-01-01")}, "请注意：《旧办法》已于2023年1月1日废止，现在按《新办法》执行。"},
		{corpus.Document{Title: "旧办法", Effective: "2017-01-01", Receives: by(corpus.Supersedes, "")}, "请注意：《旧办法》已经废止，现在按《新办法》执行。"},
		{corpus.Document{Title: "旧办法", Effective: "2017-01-01", Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "x"}}}, "请注意：《旧办法》已经废止。"},
		{corpus.Document{Title: "旧办法", Effective: "2017-01-01", Expires: "2020-12-31"}, "请注意：《旧办法》有效期到2020年12月31日，已经失效。"},
		{corpus.Document{Title: "新办法", Effective: "2026-12-01"}, "《新办法》从2026年12月1日起施行，现在还没有生效。"},
		{corpus.Document{Title: "新办法", Effective: "2026-12-01", Declares: []corpus.Relation{{Kind: corpus.Supersedes, To: "old", Title: "旧办法"}}},
			"《新办法》从2026年12月1日起施行，现在还没有生效，今天仍按《旧办法》执行。"},
	} {
		heir := corpus.Document{}
		if r, ok := c.d.Successor(); ok && r.Title != "" {
			heir = corpus.Document{ID: "new", Title: r.Title}
		}
		old := standingHit{Document: c.d, Validity: c.d.ValidityOn(today)}
		if got := sayOutdated(old, heir, today); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

func TestSentences(t *testing.T) {
	t.Parallel()
	text := "可以。凭身份证办理，当场办结。不收费。"
	for _, c := range []struct{ what, got, want string }{
		{"opening", opening(text), "可以。凭身份证办理，当场办结。"},
		{"opening of one", opening("可以。"), "可以。"},
		{"opening of none", opening(""), ""},
		{"firstSentences", firstSentences(text, 16), "可以。凭身份证办理，当场办结。"},
		{"firstSentences cut", firstSentences("一二三四五六七", 3), "一二三"},
		{"firstSentences of none", firstSentences(" ", 3), ""},
		{"around", around(text, "凭身份证", 50), "凭身份证办理，当场办结。不收费。"},
		{"around the end", around(text, "不收费", 12), "不收费。"},
		{"around nothing", around(text, "没有", 9), "可以。"},
		{"around none", around("", "没有", 9), ""},
		{"clipBytes", clipBytes("一二三四五", 12), "一二……"},
		{"clipBytes fits", clipBytes("一二三四", 12), "一二三四"},
		{"clipBytes no room", clipBytes("一二三四", 5), ""},
		{"clipBytes inside a character", clipBytes("一二三四", 11), "一……"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
}

var linksToArticle = regexp.MustCompile(`/d/card/a6(?:\.[0-9]+)*">`)

// No hit makes a reply that is too long, cuts a character or carries markup,
// and the source and its link are kept as long as they can be.
func TestLetterBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("short: thousands of letters take long under the race detector")
	}
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"可以", "。", "\n", "“", "”", "《", "》", "第六条", "申请材料", "<a href=\"x\">", "</a>", "1 ", "；", "𠮷", "……"}
	words := func(most int) string {
		var b strings.Builder
		for range rnd.IntN(most + 1) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		return b.String()
	}
	kinds := slices.DeleteFunc(corpus.Kinds(), func(k corpus.Kind) bool { return k == corpus.Consultation }) // never an answer
	for range 3000 {
		w := qinglan()
		w.base = "https://policy.example.gov.cn/" + strings.Repeat("a", rnd.IntN(80))
		d := w.docs["card"]
		d.Kind, d.Title, d.Number, d.Agency = kinds[rnd.IntN(len(kinds))], "题"+words(300), words(60), words(60)
		d.Question, d.Sample, d.Published = words(60), rnd.IntN(2) == 0, "2024-01-01"
		w.docs["card"] = d
		rev := w.revs["card"]
		rev.Text = words(900) + "文"
		rev.Passages = []corpus.Passage{{Anchor: "a6", Role: corpus.BodyRole, Label: words(4), End: len(rev.Text)}}
		w.revs["card"] = rev
		h := w.hit("card", "a6", 1)
		h.Direct, h.Snippet = words(30), firstSentences(h.Passage, 300)
		w.always(.9, h)
		for _, asked := range []string{"卡怎么办理呢", "卡怎么办理呢?年满几岁呢?要带什么?"} {
			r := w.typed(t, asked)
			if d.Kind == corpus.Clarification && r.Status != Answered {
				continue // of another rumour
			}
			if r.Status != Answered {
				t.Fatalf("%s: %s", r.Status, r.Text)
			}
			if !linksToArticle.MatchString(r.Text) {
				t.Errorf("no link in\n%s", r.Text)
			}
			if !utf8.ValidString(r.Text) || r.Sources[0].Passage == "" {
				t.Errorf("passage %q of\n%s", r.Sources[0].Passage, r.Text)
			}
		}
		if t.Failed() {
			return
		}
	}
}

func TestAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"敬老卡丢了怎么办", "敬老卡丢了怎么办？", true},
		{"辞职了还能领失业金吗", "辞职能领失业金吗", true},
		{"老人卡多少钱", "敬老卡丢了怎么办？", false},
		{"", "", false}, {"卡", "卡", false},
	} {
		if got := alike(c.a, c.b); got != c.want {
			t.Errorf("alike(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"老人卡在哪里办？", "1", "２", "您好，要带什么？多少钱？在哪办？", "<a href=\"http://evil.example\">领补贴</a>怎么领？要多少钱？",
		"\"><script>alert(1)</script>", "不想活了", "网传敬老卡作废是真的吗", "《旧办法》还有效吗", "上海的公积金怎么取？多少钱？", "how", "\xff\x00\u202e", "你们管不管，几点",
	} {
		f.Add(s, uint8(1), .5)
	}
	w := qinglan()
	names := []string{"card a4", "card a6", "card-jiedu s2", "card-guide name", "card-guide materials", "card-faq q1", "rumour s1"}
	f.Fuzz(func(t *testing.T, text string, first uint8, confidence float64) {
		var hits []index.Hit
		for i := range int(first) % (len(names) + 1) {
			id, anchor, _ := strings.Cut(names[(int(first)+i)%len(names)], " ")
			hits = append(hits, w.hit(id, anchor, 10-float64(i)))
		}
		town := *w
		town.recent = Recent{Choices: []Choice{{Label: "甲", Ask: text}, {Label: "乙", Ref: text}, {Label: "丙", Ref: "card-guide#place"}}}
		town.always(confidence, hits...)
		town.typed(t, text)
	})
}

func TestFewLines(t *testing.T) {
	t.Parallel()
	long := "零\n一\n二\n三\n四\n五\n六\n七\n八\n九"
	for _, c := range []struct{ piece, want string }{
		{"", "零\n一\n二\n三\n四\n五"}, {"三", "二\n三\n四\n五\n六\n七"}, {"九", "四\n五\n六\n七\n八\n九"}, {"没有", "零\n一\n二\n三\n四\n五"},
	} {
		if got := fewLines(long, c.piece); got != c.want {
			t.Errorf("%q around %q", got, c.piece)
		}
	}
	if got := fewLines("一\n二", "二"); got != "一\n二" {
		t.Error(got)
	}
}

func TestGuideItems(t *testing.T) {
	t.Parallel()
	text := "要带的材料：\n（一）甲；\n（二）乙；\n（三）丙；\n（四）丁；\n（五）戊。"
	for _, c := range []struct {
		brief bool
		room  int
		want  string
	}{
		{false, 900, text},
		{true, 900, text},
		{false, 80, "要带的材料：\n（一）甲；\n（二）乙；\n（其余见办事指南）"},
	} {
		if got := (&letter{brief: c.brief}).items(text, c.room); got != c.want {
			t.Errorf("%q", got)
		}
	}
	for room := range 200 {
		if got := (&letter{}).items(text, room); len(got) > max(room, len("（其余见办事指南）")) {
			t.Errorf("%d bytes of %d", len(got), room)
		}
	}
}
