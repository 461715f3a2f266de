package corpus

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// shelf is a small corpus in memory.
type shelf []Document

func (s shelf) where(fits func(Document) bool) []Document {
	return slices.DeleteFunc(slices.Clone(s), func(d Document) bool { return !fits(d) })
}
func (s shelf) Titled(key string) []Document {
	return s.where(func(d Document) bool { return TitleKey(d.Title) == key })
}
func (s shelf) Numbered(n string) []Document {
	return s.where(func(d Document) bool { return NormalNumber(d.Number) == n })
}
func (s shelf) Stemmed(stem string) []Document {
	return s.where(func(d Document) bool { return TitleStem(d.Title) == stem })
}
func (s shelf) Measured(standard string) []Document {
	return s.where(func(d Document) bool { return d.Standard == standard })
}

func (s shelf) SameText(string, string) bool { return true }

// strangers are documents of different words.
type strangers struct{ shelf }

func (strangers) SameText(string, string) bool { return false }

// linked returns the documents with the relations that follow, as a store
// fills them in, and all edges.
func (s shelf) linked() (map[string]Document, []Resolved) {
	byID := make(map[string]Document, len(s))
	for _, d := range s {
		byID[d.ID] = d
	}
	var edges []Resolved
	for _, d := range s {
		for _, r := range Resolve(d, s) {
			edges = append(edges, r)
			for _, rel := range r.Relations() {
				to, ok := byID[rel.To]
				if !ok {
					continue
				}
				rel.Title, rel.Number, rel.Account = d.Title, d.Number, d.Account
				to.Receives = append(to.Receives, rel)
				byID[to.ID] = to
			}
		}
	}
	own := maps.Clone(byID)
	for _, e := range edges {
		for _, rel := range e.Relations() {
			to, from := own[rel.To], byID[rel.From]
			rel.Title, rel.Number, rel.Account = to.Title, to.Number, to.Account
			rel.Begins, rel.Ends, rel.Fate = to.OwnWindow()
			from.Declares = append(from.Declares, rel)
			byID[from.ID] = from
		}
	}
	for id, d := range byID {
		slices.SortFunc(d.Receives, func(a, b Relation) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.From, b.From)) })
		byID[id] = d.SeenBy(d.Account)
	}
	return byID, edges
}

func rule(id, title string, start Date, change ...func(*Document)) Document {
	d := Document{ID: id, Kind: Policy, Title: title, Agency: "青岚市人民政府", Region: "青岚市", Level: LocalRule, Effective: start}
	for _, f := range change {
		f(&d)
	}
	return d
}

func says(s Statement) func(*Document) {
	return func(d *Document) { d.Statements = append(d.Statements, s) }
}

func TestResolveStatement(t *testing.T) {
	t.Parallel()
	repeals := Statement{Kind: Repeals, Title: "青岚市养犬管理办法", Sure: true, Anchor: "a30", Label: "第三十条"}
	with := func(change func(*Statement)) Statement { s := repeals; change(&s); return s }
	old := rule("old", "青岚市养犬管理办法", "2010-01-01", func(d *Document) { d.Number = "青政发〔2009〕7号" })
	source := func(s Statement, change ...func(*Document)) Document {
		return rule("new", "青岚市动物管理条例", "2020-01-01", append(change, says(s))...)
	}
	for _, c := range []struct {
		name  string
		docs  shelf
		state EdgeState
		why   string // a part
		to    string
	}{
		{"title and agency", shelf{old, source(repeals)}, Applied, "标题", "old"},
		{"number alone", shelf{old, source(with(func(s *Statement) { s.Title, s.Number = "", "青政发〔2009〕7号" }))}, Applied, "文号", "old"},
		{"the notice that issued it", shelf{rule("old", "青岚市人民政府关于印发《青岚市养犬管理办法》的通知", "2010-01-01", func(d *Document) { d.Number = "青政发〔2009〕7号" }),
			source(with(func(s *Statement) { s.Number = "青政发〔2009〕7号" }))}, Applied, "文号", "old"},
		{"number of another title", shelf{old, source(with(func(s *Statement) { s.Title, s.Number = "青岚市别的办法", "青政发〔2009〕7号" }))}, Proposed, "标题不同", "old"},
		{"title of another number", shelf{old, source(with(func(s *Statement) { s.Number = "青政发〔2001〕1号" }))}, Dangling, "文号不同", ""},
		{"nothing of the name", shelf{source(repeals)}, Dangling, "没有收录", ""},
		{"not sure", shelf{old, source(with(func(s *Statement) { s.Sure = false }))}, Proposed, "明确", "old"},
		{"its own later edition", shelf{rule("v2", "青岚市养犬管理办法", "2020-01-01", says(repeals))}, Dangling, "没有收录", ""},
		{"only later editions", shelf{rule("v2", "青岚市养犬管理办法", "2020-01-01", says(repeals)), rule("v3", "青岚市养犬管理办法", "2022-01-01")}, Dangling, "没有收录", ""},
		{"its own earlier edition", shelf{old, rule("v2", "青岚市养犬管理办法", "2020-01-01", says(repeals))}, Applied, "标题", "old"},
		{"younger than its repeal", shelf{rule("young", "青岚市养犬管理办法", "2021-01-01"), source(repeals)}, Proposed, "矛盾", "young"},
		{"no day of the target", shelf{rule("old", "青岚市养犬管理办法", ""), source(repeals)}, Proposed, "没有日期", "old"},
		{"no day of the source", shelf{old, source(repeals, func(d *Document) { d.Effective = "" })}, Proposed, "哪天", "old"},
		{"a day of its own", shelf{old, source(with(func(s *Statement) { s.On = "2021-07-01" }))}, Applied, "", "old"},
		{"two agencies, neither the source's", shelf{rule("a", "工作规则规定", "2010-01-01", func(d *Document) { d.Agency = "甲局" }), rule("b", "工作规则规定", "2011-01-01", func(d *Document) { d.Agency = "乙局" }),
			source(with(func(s *Statement) { s.Title = "工作规则规定" }))}, Proposed, "几份同名", "b"},
		{"two agencies, one named", shelf{rule("a", "工作规则规定", "2010-01-01", func(d *Document) { d.Agency = "青岚市甲局" }), rule("b", "工作规则规定", "2011-01-01", func(d *Document) { d.Agency = "青岚市乙局" }),
			source(with(func(s *Statement) { s.Title, s.Agency = "工作规则规定", "市甲局" }))}, Applied, "", "a"},
		{"of another agency than named", shelf{old, source(with(func(s *Statement) { s.Agency = "青岚市公安局" }))}, Proposed, "原文所说的不同", "old"},
		{"of a lower authority", shelf{old, source(repeals, func(d *Document) { d.Agency, d.Level = "青岚市公安局", Normative })}, Proposed, "有权", "old"},
		{"of another region", shelf{old, source(repeals, func(d *Document) { d.Agency, d.Region = "白石市人民政府", "白石市" })}, Proposed, "有权", "old"},
		{"of a higher authority", shelf{old, source(repeals, func(d *Document) { d.Agency, d.Region, d.Level = "国务院", "", AdminRegulation })}, Applied, "", "old"},
		{"all editions from before", shelf{old, rule("v2", "青岚市养犬管理办法（2015年修正）", "2010-01-01", func(d *Document) { d.Written = "2015-03-01" }), source(repeals)}, Applied, "", "v2"},
		{"another account's", shelf{rule("mine", "青岚市养犬管理办法", "2010-01-01", func(d *Document) { d.Account = "one" }), source(repeals, func(d *Document) { d.Account = "two" })}, Dangling, "", ""},
		{"a sample's", shelf{rule("old", "青岚市养犬管理办法", "2010-01-01", func(d *Document) { d.Sample = true }), source(repeals)}, Dangling, "", ""},
		{"an amendment", shelf{old, source(with(func(s *Statement) { s.Kind = Amends }), func(d *Document) { d.Written = "2019-11-01" })}, Applied, "", "old"},
		{"an amendment that the text has", shelf{rule("old", "青岚市养犬管理办法", "2010-01-01", func(d *Document) { d.Written = "2019-11-01" }),
			source(with(func(s *Statement) { s.Kind = Amends }), func(d *Document) { d.Written = "2019-11-01" })}, Dangling, "修改后", ""},
		{"an interpretation ties", shelf{old, Document{ID: "i", Kind: Interpretation, Title: "解读", Agency: "青岚市公安局", Published: "2012-01-01",
			Statements: []Statement{{Kind: Interprets, Title: "青岚市养犬管理办法", Sure: true}}}}, Applied, "", "old"},
		{"an interpretation that is older", shelf{old, Document{ID: "i", Kind: Interpretation, Title: "解读", Published: "2002-01-01",
			Statements: []Statement{{Kind: Interprets, Title: "青岚市养犬管理办法", Sure: true}}}}, Applied, "", "old"},
	} {
		for _, d := range c.docs {
			for _, r := range Resolve(d, c.docs) {
				if r.Origin != FromText {
					continue
				}
				if r.State != c.state || !strings.Contains(r.Why, c.why) || r.To != c.to {
					t.Errorf("%s: %s %q to %q, want %s %q to %q", c.name, r.State, r.Why, r.To, c.state, c.why, c.to)
				}
			}
		}
	}
	for _, d := range []Document{source(repeals, func(d *Document) { d.Kind = Interpretation }), source(repeals, func(d *Document) { d.Kind = Consultation })} {
		if all := Resolve(d, shelf{old, d}); len(all) != 0 {
			t.Errorf("a %s repeals: %+v", d.Kind, all)
		}
	}
}

func TestResolveChanges(t *testing.T) {
	t.Parallel()
	on := func(docs shelf, id string, day Date) Validity {
		all, _ := docs.linked()
		return all[id].ValidityOn(day)
	}
	article := Statement{Kind: Repeals, Title: "青岚市养犬管理办法", Articles: []string{"a3"}, Sure: true}
	docs := shelf{rule("old", "青岚市养犬管理办法", "2010-01-01"), rule("new", "青岚市动物管理条例", "2020-01-01", says(article))}
	all, _ := docs.linked()
	if v := all["old"].ValidityOn("2020-01-01"); v != Modified {
		t.Errorf("an article repealed: %s", v)
	}
	if v := all["old"].PassageValidityOn(Passage{Anchor: "a3.1"}, "2020-01-01"); v != Repealed {
		t.Errorf("the article: %s", v)
	}
	consolidated := append(docs, rule("v2", "青岚市养犬管理办法", "2010-01-01", func(d *Document) { d.Written = "2020-01-01" }))
	if v := on(consolidated, "v2", "2021-01-01"); v != InForce {
		t.Errorf("the consolidated text is %s", v)
	}
	if v := on(consolidated, "old", "2021-01-01"); v != Superseded {
		t.Errorf("the text before it is %s", v)
	}
	standard := func(id string, year int) Document {
		return rule(id, fmt.Sprint("关于公布", year, "年度低保标准的通知"), Date(fmt.Sprint(year, "-07-01")), func(d *Document) {
			d.Standard, d.StandardYear, d.Agency = "最低生活保障标准", year, "青岚市民政局"
		})
	}
	years := shelf{standard("s22", 2022), standard("s24", 2024), standard("s23", 2023)}
	for id, want := range map[string]Validity{"s22": Superseded, "s23": InForce, "s24": NotYet} {
		if v := on(years, id, "2024-06-30"); v != want {
			t.Errorf("the standard %s on 30 June: %s, want %s", id, v, want)
		}
	}
	trials := shelf{rule("t", "青岚市养犬管理办法（试行）", "2010-01-01"), rule("d", "青岚市养犬管理办法", "2012-01-01")}
	_, edges := trials.linked()
	if len(edges) != 1 || edges[0].State != Proposed || edges[0].To != "t" || edges[0].Origin != FromTrial {
		t.Errorf("the edition for trial: %+v", edges)
	}
	twins := shelf{rule("b", "青岚市养犬管理办法", "2010-01-01"), rule("a", "青岚市养犬管理办法", "2010-01-01")}
	all, edges = twins.linked()
	if all["a"].ValidityOn("2011-01-01") != InForce || all["b"].ValidityOn("2011-01-01") != Superseded || !strings.Contains(edges[0].Why, "两份") {
		t.Errorf("twins: %s %s %+v", all["a"].ValidityOn("2011-01-01"), all["b"].ValidityOn("2011-01-01"), edges)
	}
	if books := Resolve(twins[1], strangers{twins}); len(books) != 1 || books[0].State != Proposed {
		t.Errorf("two of one day, other words: %+v", books)
	}
	circle := shelf{rule("a", "青岚市甲办法", "2010-01-01", says(Statement{Kind: Repeals, Title: "青岚市乙办法", On: "2015-01-01", Sure: true})),
		rule("b", "青岚市乙办法", "2012-01-01", says(Statement{Kind: Repeals, Title: "青岚市甲办法", On: "2016-01-01", Sure: true}))}
	_, edges = circle.linked()
	for _, e := range edges {
		if want := map[string]EdgeState{"a": Proposed, "b": Applied}[e.From]; e.State != want {
			t.Errorf("in a circle %s is %s: %s", e.From, e.State, e.Why)
		}
	}
}

func TestAgenciesOfEditions(t *testing.T) {
	t.Parallel()
	by := func(id, title, agency string, start Date) Document {
		return rule(id, title, start, func(d *Document) { d.Agency, d.Region = agency, "" })
	}
	for title, want := range map[string]Validity{
		"青岚市养犬管理办法": Superseded, "深海经济特区养犬规定": Superseded, "城市养犬管理办法": InForce, "上市公司管理办法": InForce, "社区养犬规定": InForce,
	} {
		all, _ := shelf{by("a", title, "青岚市畜牧局", "2010-01-01"), by("b", title, "青岚市公安局", "2020-01-01")}.linked()
		if v := all["a"].ValidityOn("2024-01-01"); v != want {
			t.Errorf("%s of another agency: %s, want %s", title, v, want)
		}
	}
}

// One edition names the place of its congress, another leaves it out; a
// bureau was renamed.
func TestEditionsOfOtherNames(t *testing.T) {
	t.Parallel()
	by := func(id, title, agency string, start Date) Document {
		return rule(id, title, start, func(d *Document) { d.Agency, d.Region = agency, "" })
	}
	const congress = "青岚市人民代表大会常务委员会"
	for _, c := range []struct {
		a, b Document
		want Validity
	}{
		{by("a", "青岚市犬只管理条例", congress, "2010-01-01"), by("b", "犬只管理条例", congress, "2020-01-01"), Superseded},
		{by("a", "犬只管理条例", congress, "2010-01-01"), by("b", "青岚市犬只管理条例", congress, "2020-01-01"), Superseded},
		{by("a", "犬只管理条例", "国务院", "2010-01-01"), by("b", "青岚市犬只管理条例", congress, "2020-01-01"), InForce},
		{by("a", "犬只管理条例", "", "2010-01-01"), by("b", "青岚市犬只管理条例", congress, "2020-01-01"), InForce},
		{by("a", "犬只饲养登记办法", "青岚市环境保护局", "2010-01-01"), by("b", "犬只饲养登记办法", "青岚市生态环境局", "2020-01-01"), Superseded},
	} {
		all, _ := shelf{c.a, c.b}.linked()
		if v := all["a"].ValidityOn("2024-01-01"); v != c.want {
			t.Errorf("%s %s, then %s: %s, want %s", c.a.Agency, c.a.Title, c.b.Title, v, c.want)
		}
	}
}

func TestDecided(t *testing.T) {
	t.Parallel()
	docs := shelf{rule("old", "青岚市养犬管理办法", "2010-01-01"), rule("new", "青岚市动物管理条例", "2020-01-01", says(Statement{Kind: Repeals, Title: "青岚市养犬管理办法"}))}
	r := Resolve(docs[1], docs)[0]
	if len(r.Relations()) != 0 {
		t.Error("a proposal acts")
	}
	if yes := r.Decided(Decision{Accept: true, By: "甲"}); yes.State != Accepted || len(yes.Relations()) != 1 || yes.DecidedBy != "甲" {
		t.Errorf("%+v", yes)
	}
	if no := r.Decided(Decision{By: "甲"}); no.State != Rejected || len(no.Relations()) != 0 {
		t.Errorf("%+v", no)
	}
	r = Resolve(docs[1], docs[1:])[0]
	if yes := r.Decided(Decision{Accept: true, By: "甲"}); yes.State != Dangling || len(yes.Relations()) != 0 {
		t.Errorf("%+v", yes)
	}
}

func TestOutranks(t *testing.T) {
	t.Parallel()
	of := func(level Level, agency, region string) Document {
		return Document{Level: level, Agency: agency, Region: region}
	}
	for _, c := range []struct {
		name string
		a, b Document
		want bool
	}{
		{"a law over a regulation", of(Law, "全国人民代表大会", ""), of(AdminRegulation, "国务院", ""), true},
		{"not the other way", of(AdminRegulation, "国务院", ""), of(Law, "全国人民代表大会", ""), false},
		{"a committee is its congress", of("", "青岚省人大常委会", ""), of("", "青岚省人民代表大会常务委员会", ""), true},
		{"one of several", of("", "甲局、乙局", ""), of("", "乙局 丙局", ""), true},
		{"ministries", of(MinistryRule, "甲部", ""), of(LocalRule, "青岚省人民政府", "青岚省"), false},
		{"a province over its city", of(LocalRegulation, "", "青岚省"), of(LocalRegulation, "", "青岚省白石市"), true},
		{"not over another's", of(LocalRegulation, "", "青岚省"), of(Normative, "", "红石省"), false},
		{"a government over its bureau", of(Normative, "青岚市人民政府办公室", "青岚市"), of(Normative, "青岚市民政局", "青岚市"), true},
		{"not a bureau over another", of(Normative, "青岚市民政局", "青岚市"), of(Normative, "青岚市公安局", "青岚市"), false},
		{"a bureau over what it was called", of("", "青岚市生态环境局", ""), of("", "青岚市环境保护局", ""), true},
		{"a ministry", of("", "人力资源社会保障部", ""), of("", "劳动和社会保障部", ""), true},
		{"not the other way round", of("", "青岚市环境保护局", ""), of("", "青岚市生态环境局", ""), false},
		{"not of another place", of("", "青岚市生态环境局", ""), of("", "白石市环境保护局", ""), false},
		{"a code of both", Document{Number: "青政发〔2024〕8号"}, Document{Number: "青政规〔2020〕3号"}, true},
		{"an office's code", Document{Number: "青政办发〔2024〕8号"}, Document{Number: "青政发〔2020〕3号"}, false},
		{"a code of two places", Document{Number: "青政发〔2024〕8号", Region: "青岚市"}, Document{Number: "青政发〔2020〕3号", Region: "青石市"}, false},
		{"orders have none", Document{Number: "国务院令第8号"}, Document{Number: "国务院令第3号"}, false},
		{"a government's notice over a bureau's", Document{Number: "青政发〔2024〕8号", Agency: "青岚市人民政府"}, Document{Number: "青交〔2020〕3号", Agency: "青岚市交通运输局"}, true},
		{"unknown", Document{}, Document{}, false},
		{"places from agencies", of(LocalRegulation, "青岚省人民代表大会常务委员会", ""), of(LocalRule, "青岚省人民政府", ""), true},
	} {
		if got := Outranks(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// Editions of one title, in any order: exactly one is in force on every day
// from the first one's start.
func TestOneEditionEachDay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 9))
	for range 3000 {
		var docs shelf
		for i := range 1 + r.IntN(6) {
			d := rule(fmt.Sprint("v", i), []string{"青岚市养犬管理办法", "《青岚市养犬管理办法》（2018年修正）"}[r.IntN(2)], randomDay(r), func(d *Document) {
				d.Written, d.Agency = randomDay(r), []string{"", "青岚市人民政府"}[r.IntN(2)]
			})
			docs = append(docs, d)
		}
		all, _ := docs.linked()
		first := Date("9")
		for _, d := range docs {
			if s := d.StartsOn(); s.Known() {
				first = min(first, s)
			}
		}
		for _, day := range []Date{"2024-04-30", "2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04", "2026-01-01"} {
			n := 0
			for _, d := range all {
				if d.ValidityOn(day) == InForce {
					n++
				}
			}
			if want := map[bool]int{true: 1}[day >= first]; n != want {
				t.Fatalf("%d in force on %s of %+v", n, day, docs)
			}
		}
	}
}

func randomShelf(r *rand.Rand) shelf {
	titles := []string{"甲市犬只办法", "甲市犬只办法（试行）", "甲市犬只暂行办法", "乙条例", "关于修改乙条例的决定", "通知", "《》", "法"}
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	var docs shelf
	for i := range 1 + r.IntN(8) {
		d := Document{
			ID: fmt.Sprint("d", i), Kind: Kinds()[r.IntN(len(Kinds()))], Title: pick(titles...), Number: pick("", "甲发〔2020〕1号", "甲发〔2020〕2号"),
			Agency: pick("", "甲市人民政府", "甲市民政局", "乙市人民政府、甲市民政局"), Region: pick("", "甲市", "乙市"), Account: pick("", "", "one", "two"),
			Level: Level(pick("", string(Law), string(LocalRule), string(Normative))), Sample: r.IntN(9) == 0, Standard: pick("", "", "标准"),
			StandardYear: r.IntN(3), Written: randomDay(r), Published: randomDay(r), Effective: randomDay(r), Expires: randomDay(r),
		}
		for range r.IntN(4) {
			s := Statement{Kind: RelationKinds()[r.IntN(len(RelationKinds()))], Title: pick(append(titles, "")...), Number: pick("", "", "甲发〔2020〕1号", "第1号令"),
				Agency: pick("", "", "市民政局", "人民政府"), On: randomDay(r), Sure: r.IntN(4) > 0}
			if r.IntN(4) == 0 {
				s.Articles = []string{pick("a1", "a2.1", "x")}
			}
			d.Statements = append(d.Statements, s)
		}
		docs = append(docs, d)
	}
	return docs
}

// checkShelf holds whatever the documents say.
func checkShelf(t *testing.T, docs shelf, r *rand.Rand) {
	t.Helper()
	all, edges := docs.linked()
	seen := make(map[string]bool)
	after := make(map[string][]string)
	for _, e := range edges {
		from, to := all[e.From], all[e.To]
		switch {
		case e.ID == "" || seen[e.ID] || e.State == "" || e.Why == "":
			t.Fatalf("no edge: %+v", e)
		case e.State == Dangling != (e.To == ""), e.To == e.From, slices.Contains(e.Targets, e.From):
			t.Fatalf("an edge to nothing, or to itself: %+v", e)
		case e.State == Applied && e.Origin == FromText && !e.Sure, e.To != "" && from.Sample != to.Sample:
			t.Fatalf("applied by guess: %+v", e)
		}
		seen[e.ID] = true
		for _, id := range e.Targets {
			if to := all[id]; to.Account != "" && from.Account != "" && to.Account != from.Account {
				t.Fatalf("from account to account: %+v", e)
			}
			if e.State == Applied && e.Kind.acts() && len(e.Articles) == 0 && e.Kind != Amends {
				after[e.From] = append(after[e.From], id)
			}
		}
	}
	var walk func(id string, path []string)
	walk = func(id string, path []string) {
		if slices.Contains(path, id) {
			t.Fatalf("a circle: %v %s", path, id)
		}
		for _, next := range after[id] {
			walk(next, append(path, id))
		}
	}
	for id := range after {
		walk(id, nil)
	}
	shuffled := slices.Clone(docs)
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	_, again := shuffled.linked()
	byID := func(a, b Resolved) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(edges, byID)
	slices.SortFunc(again, byID)
	if got, want := fmt.Sprint(again), fmt.Sprint(edges); got != want {
		t.Fatalf("the order of documents matters:\n%s\n%s", got, want)
	}
	for _, d := range all {
		for _, day := range []Date{"2024-04-30", "2024-05-02", "2024-06-01"} {
			from, until := d.Window()
			if within := from <= day && (until == "" || day < until); within != d.ValidityOn(day).Quotable() || len(d.ReasonsOn(day)) == 0 {
				t.Fatalf("%+v on %s", d, day)
			}
		}
	}
}

func TestRandomShelves(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		checkShelf(t, randomShelf(r), r)
	}
}

func FuzzResolve(f *testing.F) {
	f.Add(uint64(1), "甲市犬只办法", "〔2020〕1号")
	f.Add(uint64(2), "（试行）", "")
	f.Fuzz(func(t *testing.T, seed uint64, title, number string) {
		r := rand.New(rand.NewPCG(seed, 0))
		docs := randomShelf(r)
		docs[0].Title, docs[0].Number = title, number
		for i := range docs {
			if len(docs[i].Statements) > 0 {
				docs[i].Statements[0].Title, docs[i].Statements[0].Number = title, number
			}
		}
		checkShelf(t, docs, r)
	})
}

// TestItself: what a text says of its own number is no edge, and is not put
// down to a document that is missing.
func TestItself(t *testing.T) {
	t.Parallel()
	d := Document{ID: "a", Kind: Policy, Title: "云溪县共享雨伞管理办法", Number: "云政发〔2024〕8号", Effective: "2024-05-01", Statements: []Statement{{
		Kind: Repeals, Title: "云溪县共享雨伞管理办法", Number: "云政发〔2024〕8号", Anchor: "a2", Sure: true}}}
	edges := Resolve(d, shelf{d})
	if len(edges) != 1 || edges[0].State != Dangling || edges[0].Why != "指的是文件自己，请核对原文" {
		t.Errorf("%+v", edges)
	}
}
