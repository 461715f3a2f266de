package corpus

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestStartsOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		doc  Document
		want Date
	}{
		{"its effect", Document{Kind: Policy, Effective: "2020-05-01", Written: "2020-03-01"}, "2020-05-01"},
		{"an amended text repeats the first effect", Document{Kind: Policy, Effective: "2012-05-01", Written: "2020-03-01"}, "2020-03-01"},
		{"signed, no effect named", Document{Kind: Policy, Written: "2020-03-01"}, "2020-03-01"},
		{"a guide is not signed", Document{Kind: Guide, Written: "2020-03-01"}, ""},
		{"published only", Document{Kind: Policy, Published: "2020-03-01"}, ""},
	} {
		if got := c.doc.StartsOn(); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReasonsOn(t *testing.T) {
	t.Parallel()
	law := func(change func(*Document)) Document {
		d := Document{ID: "old", Kind: Policy, Title: "青岚市养犬管理办法", Effective: "2015-01-01"}
		change(&d)
		return d
	}
	for _, c := range []struct {
		name  string
		doc   Document
		want  string // texts joined with |
		where string // document#anchor of the first
	}{
		{"in force", law(func(d *Document) {}), "自2015年1月1日起施行", "#"},
		{"signed", law(func(d *Document) { d.Effective, d.Written = "", "2014-12-01" }), "文中没有写明施行日期，以成文日期2014年12月1日为生效日期", "#"},
		{"amended text", law(func(d *Document) { d.Written = "2019-06-01" }), "最初自2015年1月1日起施行，这一版本自2019年6月1日起有效", "#"},
		{"no day", law(func(d *Document) { d.Effective = "" }), "文中没有写明施行日期，不能确定是否有效", "#"},
		{"expired", law(func(d *Document) { d.Expires = "2020-12-31" }), "有效期到2020年12月31日", "#"},
		{"not yet", law(func(d *Document) { d.Effective = "2035-01-01" }), "自2035年1月1日起施行，现在还没有生效", "#"},
		{"a draft", law(func(d *Document) { d.Kind = Consultation }), "征求意见稿，尚未出台，不是现行规定", "#"},
		{"repealed", law(func(d *Document) {
			d.Receives = []Relation{{Kind: Repeals, From: "new", On: "2023-01-01", Title: "青岚市动物条例", Number: "青政〔2022〕5号", Place: "a30", Label: "第三十条"}}
		}), "被《青岚市动物条例》（青政〔2022〕5号）第三十条废止，自2023年1月1日起", "new#a30"},
		{"repealed by what is itself repealed", law(func(d *Document) {
			d.Receives = []Relation{{Kind: Repeals, From: "new", On: "2018-01-01", Title: "甲条例", Ends: "2020-01-01", Fate: Repealed}}
		}), "被《甲条例》废止，自2018年1月1日起|《甲条例》已废止，自2020年1月1日起", "new#"},
		{"a later edition", law(func(d *Document) {
			d.Receives = []Relation{{Kind: Supersedes, From: "v2", On: "2018-01-01", Title: "青岚市养犬管理办法（2018年修正）", Ends: "2021-01-01", Fate: Superseded},
				{Kind: Supersedes, From: "v3", On: "2021-01-01", Title: "青岚市养犬管理办法", Ends: "2022-01-01", Fate: Repealed}}
		}), "被2018年1月1日起的同名新版本代替|其后又有新版本，最近的自2021年1月1日起|《青岚市养犬管理办法》已废止，自2022年1月1日起", "v2#"},
		{"a copy", law(func(d *Document) {
			d.Receives = []Relation{{Kind: Supersedes, From: "twin", On: "2015-01-01", Title: "青岚市养犬管理办法"}}
		}), "同名同日的文件收录了两份，以另一份为准", "twin#"},
		{"a standard of a past year", law(func(d *Document) {
			d.Standard = "最低生活保障标准"
			d.Receives = []Relation{{Kind: Supersedes, From: "n", On: "2016-01-01", Title: "2016年度标准"}}
		}), "是往年的标准，已被《2016年度标准》代替，自2016年1月1日起", "n#"},
		{"an article repealed", law(func(d *Document) {
			d.Receives = []Relation{{Kind: Repeals, From: "n", On: "2016-01-01", Title: "甲决定", Anchors: []string{"a12", "a13-1", "a20.2"}}}
		}), "自2015年1月1日起施行|第十二条、第十三条之一、第二十条第二款被《甲决定》废止，自2016年1月1日起", "#"},
		{"amended", law(func(d *Document) {
			d.Receives = []Relation{{Kind: Amends, From: "n", On: "2016-01-01", Title: "甲决定", Label: "一、"}}
		}), "自2015年1月1日起施行|被《甲决定》第一部分修改，自2016年1月1日起", "#"},
		{"a fallen interpretation", Document{Kind: Interpretation, Declares: []Relation{{Kind: Interprets, To: "p", Title: "甲办法", Ends: "2020-01-01", Fate: Repealed}}},
			"所解读的《甲办法》已废止，自2020年1月1日起", "p#"},
		{"a guide is flagged", Document{Kind: Guide, Declares: []Relation{{Kind: Interprets, To: "p", Title: "甲办法", Ends: "2020-01-01", Fate: Expired}}},
			"文中没有写明施行日期，不能确定是否有效|所依据的《甲办法》已失效，自2020年1月1日起", "#"},
	} {
		reasons := c.doc.ReasonsOn("2024-05-01")
		var texts []string
		for _, r := range reasons {
			texts = append(texts, r.Text)
		}
		if got := strings.Join(texts, "|"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if got := reasons[0].Document + "#" + reasons[0].Anchor; got != c.where {
			t.Errorf("%s: read at %s, want %s", c.name, got, c.where)
		}
	}
}

func TestArticleRepealed(t *testing.T) {
	t.Parallel()
	d := Document{Kind: Policy, Effective: "2015-01-01",
		Receives: []Relation{{Kind: Repeals, On: "2020-01-01", Anchors: []string{"a12"}}}}
	for anchor, want := range map[string]Validity{
		"a12": Repealed, "a12.1": Repealed, "a12.2.3": Repealed, "a12-1": InForce, "a1": InForce, "a120": InForce,
	} {
		if got := d.PassageValidityOn(Passage{Anchor: anchor}, "2020-01-01"); got != want {
			t.Errorf("%s: %s, want %s", anchor, got, want)
		}
	}
	if v := d.ValidityOn("2020-01-01"); v != Modified {
		t.Errorf("the document is %s", v)
	}
	if v := d.ValidityOn("2019-12-31"); v != InForce {
		t.Errorf("the day before it is %s", v)
	}
	row := Passage{Anchor: "r3", From: "2016-01-01", Until: "2017-01-01"}
	for day, want := range map[Date]Validity{"2015-12-31": NotYet, "2016-01-01": InForce, "2016-12-31": InForce, "2017-01-01": Expired} {
		if got := d.PassageValidityOn(row, day); got != want {
			t.Errorf("a row on %s: %s, want %s", day, got, want)
		}
	}
}

// An amendment that its metadata state of the whole and its text of one article
// is to that article alone.
func TestArticleAmended(t *testing.T) {
	t.Parallel()
	whole := Relation{Kind: Amends, From: "n", On: "2020-01-01"}
	part := Relation{Kind: Amends, From: "n", On: "2020-01-01", Anchors: []string{"a12"}}
	other := Relation{Kind: Amends, From: "m", On: "2021-01-01"}
	for _, c := range []struct {
		name     string
		received []Relation
		day      Date
		a12, a13 Validity
	}{
		{"the text says which", []Relation{whole, part}, "2020-01-01", Modified, InForce},
		{"before", []Relation{whole, part}, "2019-12-31", InForce, InForce},
		{"nothing says which", []Relation{whole}, "2020-01-01", Modified, Modified},
		{"another does not", []Relation{whole, part, other}, "2021-01-01", Modified, Modified},
	} {
		d := Document{Kind: Policy, Effective: "2015-01-01", Receives: c.received}
		if v := d.PassageValidityOn(Passage{Anchor: "a12.1"}, c.day); v != c.a12 {
			t.Errorf("%s: article 12 is %s", c.name, v)
		}
		if v := d.PassageValidityOn(Passage{Anchor: "a13"}, c.day); v != c.a13 {
			t.Errorf("%s: article 13 is %s", c.name, v)
		}
		if by, ok := d.Amended("a12.2", c.day); ok != (c.a12 == Modified && len(c.received) > 1) || ok && by.On != part.On {
			t.Errorf("%s: article 12 by %+v", c.name, by)
		}
		if _, ok := d.Amended("a13", c.day); ok {
			t.Errorf("%s: article 13 was amended", c.name)
		}
	}
}

func TestFallen(t *testing.T) {
	t.Parallel()
	first := Relation{Kind: Interprets, To: "p1", Title: "甲办法（2015年修正）", Begins: "2015-01-01", Ends: "2020-01-01", Fate: Superseded}
	second := Relation{Kind: Interprets, To: "p2", Title: "甲办法", Begins: "2020-01-01"}
	for _, c := range []struct {
		name   string
		doc    Document
		day    Date
		fallen string
		want   Validity
	}{
		{"stands", Document{Kind: Interpretation, Declares: []Relation{first}}, "2019-12-31", "", Unknown},
		{"falls", Document{Kind: Interpretation, Declares: []Relation{first}}, "2020-01-01", "p1", Superseded},
		{"another edition stands", Document{Kind: Interpretation, Declares: []Relation{first, second}}, "2020-01-01", "", Unknown},
		{"not yet", Document{Kind: Interpretation, Declares: []Relation{first}}, "2014-12-31", "", NotYet},
		{"a guide stays", Document{Kind: Guide, Effective: "2016-01-01", Declares: []Relation{first}}, "2020-01-01", "p1", InForce},
		{"a policy rests on none", Document{Kind: Policy, Effective: "2016-01-01", Declares: []Relation{first}}, "2020-01-01", "", InForce},
		{"of an unknown policy", Document{Kind: FAQ, Declares: []Relation{{Kind: Interprets, To: "p9"}}}, "2020-01-01", "", Unknown},
	} {
		r, ok := c.doc.Fallen(c.day)
		if v := c.doc.ValidityOn(c.day); r.To != c.fallen || ok != (c.fallen != "") || v != c.want {
			t.Errorf("%s: %q %v %s", c.name, r.To, ok, v)
		}
	}
}

func TestSuccessorOn(t *testing.T) {
	t.Parallel()
	d := Document{Kind: Policy, Effective: "2010-01-01", Receives: []Relation{
		{Kind: Repeals, From: "n", On: "2011-01-01", Anchors: []string{"a1"}},
		{Kind: Supersedes, From: "v2", On: "2015-01-01", Begins: "2015-01-01", Ends: "2020-01-01"},
		{Kind: Supersedes, From: "v3", On: "2020-01-01", Begins: "2020-01-01", Ends: "2035-01-01"},
		{Kind: Supersedes, From: "v4", On: "2035-01-01", Begins: "2035-01-01"},
	}}
	for day, want := range map[Date]string{"2012-01-01": "v2", "2016-01-01": "v2", "2024-01-01": "v3", "2036-01-01": "v4"} {
		if r, ok := d.SuccessorOn(day); !ok || r.From != want {
			t.Errorf("on %s: %q, want %s", day, r.From, want)
		}
	}
	if r, _ := d.Successor(); r.From != "v2" {
		t.Errorf("took it out of force: %q", r.From)
	}
}

// randomDay is one of few days, so that they meet.
func randomDay(r *rand.Rand) Date {
	return []Date{"", "2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"}[r.IntN(5)]
}

func randomDocument(r *rand.Rand) Document {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	relation := func() Relation {
		rel := Relation{Kind: RelationKinds()[r.IntN(len(RelationKinds()))], On: randomDay(r), Title: pick("", "甲", "乙", "甲（试行）"),
			Begins: randomDay(r), Ends: randomDay(r), Fate: Validity(pick("", string(Repealed), string(NotYet), string(Superseded)))}
		if r.IntN(3) == 0 {
			rel.Anchors = []string{pick("a1", "a2", "a3.1", "s1", "a", "a0", "a12345")}
		}
		return rel
	}
	d := Document{Kind: Kinds()[r.IntN(len(Kinds()))], Title: pick("甲", "乙"), Standard: pick("", "标准"),
		Effective: randomDay(r), Expires: randomDay(r), Written: randomDay(r), Published: randomDay(r)}
	for range r.IntN(4) {
		d.Receives = append(d.Receives, relation())
	}
	for range r.IntN(3) {
		d.Declares = append(d.Declares, relation())
	}
	return d
}

// The window that the index filters by says the same as the rule itself, for
// documents and for passages, on every day around every date; and there is
// always a reason.
func TestWindowsAgree(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 7))
	for range 20_000 {
		d := randomDocument(r)
		p := Passage{Anchor: []string{"a1", "a1.2", "a2", "a4", "s1"}[r.IntN(5)], From: randomDay(r), Until: randomDay(r)}
		from, until := d.Window()
		pFrom, pUntil := d.PassageWindow(p)
		for _, day := range []Date{"2024-04-30", "2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "2024-05-05"} {
			within := from <= day && (until == "" || day < until)
			if v := d.ValidityOn(day); within != v.Quotable() {
				t.Fatalf("%+v on %s: window [%s, %s), validity %s", d, day, from, until, v)
			}
			within = pFrom <= day && (pUntil == "" || day < pUntil)
			v := d.PassageValidityOn(p, day)
			if within != v.Quotable() {
				t.Fatalf("%+v of %+v on %s: window [%s, %s), validity %s", p, d, day, pFrom, pUntil, v)
			}
			if v.Quotable() && !d.ValidityOn(day).Quotable() {
				t.Fatalf("%+v of %+v on %s outlives its document", p, d, day)
			}
			reasons := d.ReasonsOn(day)
			for _, why := range reasons {
				if why.Text == "" {
					t.Fatalf("%+v on %s: an empty reason", d, day)
				}
			}
			if len(reasons) == 0 {
				t.Fatalf("%+v on %s: no reason", d, day)
			}
		}
	}
}
