package citizen

import (
	"context"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

const testDay corpus.Date = "2026-11-23"

func laidOut(d corpus.Document, cited string, pieces ...corpus.Passage) []section {
	r := corpus.Revision{}
	for _, p := range pieces {
		text := p.Path[0] // the piece's text, for this test
		p.Start, p.End, p.Path = len(r.Text), len(r.Text)+len(text), nil
		r.Text += text
		r.Passages = append(r.Passages, p)
	}
	place, in, _ := r.Place(cited)
	l := layoutOf{document: d, revision: r, day: testDay, cited: in.Anchor}
	if place.Anchor != in.Anchor {
		l.place = place
	}
	l.sections()
	return l.all
}

func TestTableWithinAnArticle(t *testing.T) {
	t.Parallel()
	got := laidOut(corpus.Document{ID: "x"}, "", corpus.Passage{Anchor: "a9", Role: corpus.BodyRole, Label: "第九条", Path: []string{
		"第九条　收费标准如下：\n项目\t标准\t说明\t\n证件\t\n工本费\t每证20元\t首次免收\n\t每证10元\t补领，打12345\n其他事项另行规定。\n"}})
	if len(got) != 1 || len(got[0].Blocks) != 3 || got[0].Number != "第九条" {
		t.Fatalf("%+v", got)
	}
	table := got[0].Blocks[1].Table
	if table == nil || strings.Join(table.Columns, " ") != "项目 标准 说明" || len(table.Rows) != 3 || table.Width() != 3 {
		t.Fatalf("%+v", table)
	}
	if !table.Rows[0].Across || text(table.Rows[0].Cells[0].Parts) != "证件" {
		t.Errorf("a heading across the table: %+v", table.Rows[0])
	}
	again := table.Rows[2]
	if !again.Cells[0].Head || text(again.Cells[0].Parts) != "工本费" || len(again.Cells[2].Parts) != 2 {
		t.Errorf("a merged cell, and a number that can be dialled: %+v", again)
	}
	for _, b := range got[0].Blocks {
		if strings.Contains(text(b.Parts), "\t") {
			t.Errorf("a tab in %q", text(b.Parts))
		}
	}
}

func TestRowsThatArePassagesAreOneTable(t *testing.T) {
	t.Parallel()
	columns := []string{"项目", "标准"}
	row := func(anchor, words string, until corpus.Date) corpus.Passage {
		return corpus.Passage{Anchor: anchor, Role: corpus.BodyRole, Columns: columns, Until: until, Path: []string{words + "\n"}}
	}
	d := corpus.Document{ID: "x", Kind: corpus.Catalogue, Effective: "2024-01-01"}
	got := laidOut(d, "r2", corpus.Passage{Anchor: "t1", Role: corpus.HeadingRole, Path: []string{"项目\t标准\t\n"}},
		row("r1", "工本费\t20元", ""), row("r2", "占道费\t3元", "2025-01-01"),
		corpus.Passage{Anchor: "p1", Role: corpus.BodyRole, Path: []string{"其他事项另行规定。\n"}})
	if len(got) != 2 || got[0].Anchor != "t1" || got[0].Chapter || !got[0].Within {
		t.Fatalf("%+v", got)
	}
	table := got[0].Blocks[0].Table
	if len(table.Rows) != 2 || table.Rows[0].Anchor != "r1" || table.Rows[1].Anchor != "r2" || !table.Rows[1].Cited {
		t.Fatalf("%+v", table)
	}
	if r := table.Rows[1]; !r.Off || text(r.Note) != "这一项从2025年1月1日起不再执行。" || table.Rows[0].Off {
		t.Errorf("%+v", r)
	}
	// Without a line that names them, the columns are those of the passage.
	got = laidOut(d, "", row("r1", "工本费\t20元", ""))
	if got[0].Anchor == "r1" || strings.Join(got[0].Blocks[0].Table.Columns, " ") != "项目 标准" {
		t.Errorf("%+v", got)
	}
}

func TestPartOfAnArticle(t *testing.T) {
	t.Parallel()
	got := laidOut(corpus.Document{ID: "x"}, "a2.2.1", corpus.Passage{Anchor: "a2", Role: corpus.BodyRole, Label: "第二条", Path: []string{
		"第二条　甲可以申请。\n乙有下列情形的，可以申请：\n（一）子；\n（二）丑。\n丙不可以。\n"}})
	if len(got) != 1 || got[0].Cited || !got[0].Within {
		t.Fatalf("%+v", got)
	}
	var marked []string
	for _, b := range got[0].Blocks {
		if b.Cited {
			marked = append(marked, b.Anchor+" "+text(b.Parts))
		}
	}
	if strings.Join(marked, ",") != "a2.2.1 （一）子；" {
		t.Errorf("marked %q", marked)
	}
}

func TestWhatBecameOfAnArticle(t *testing.T) {
	t.Parallel()
	d := corpus.Document{ID: "x", Effective: "2020-01-01", Receives: []corpus.Relation{
		{Kind: corpus.Repeals, From: "n", Title: "通知", On: "2025-04-01", Place: "s1", Label: "一、", Anchors: []string{"a5"}},
		{Kind: corpus.Amends, From: "m", Title: "决定", On: "2024-01-01", Place: "a1", Label: "第一条", Anchors: []string{"a6"}},
		{Kind: corpus.Repeals, From: "later", Title: "以后", On: "2030-01-01", Anchors: []string{"a7"}},
	}}
	for anchor, want := range map[string]string{
		"a4": "", "a5": "此条已于2025年4月1日停止执行，见《通知》第一部分。", "a6": "此条已于2024年1月1日修改，见《决定》第一条。", "a7": "",
	} {
		s := passageState(d, corpus.Passage{Anchor: anchor, Label: "第五条"}, testDay)
		got := ""
		if s != nil {
			got = text(s.Text)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", anchor, got, want)
		}
	}
	d.Expires = "2021-01-01" // the top of the page says it
	if s := passageState(d, corpus.Passage{Anchor: "a5", Label: "第五条"}, testDay); s != nil {
		t.Errorf("%+v", s)
	}
}

func TestEditions(t *testing.T) {
	t.Parallel()
	d := corpus.Document{ID: "b", Title: "控烟条例", Effective: "2019-05-31", Written: "2021-03-01",
		Receives: []corpus.Relation{{Kind: corpus.Supersedes, From: "c", To: "b", Title: "控烟条例", On: "2024-05-30", Begins: "2024-05-30"}},
		Declares: []corpus.Relation{{Kind: corpus.Supersedes, From: "b", To: "a", Title: "控烟条例", Begins: "2019-05-31", Ends: "2021-03-01", Fate: corpus.Superseded}}}
	all, now := editions(d, testDay)
	if len(all) != 3 || now != "2024年5月30日" {
		t.Fatalf("%+v, now %s", all, now)
	}
	for i, want := range []struct{ day, sign, href string }{
		{"2024年5月30日起", "现行有效", "/d/c"}, {"2021年3月1日起，2024年5月30日以前", "已失效", ""}, {"2019年5月31日起，2021年3月1日以前", "已失效", "/d/a"},
	} {
		if e := all[i]; e.Day != want.day || e.Sign.Word != want.sign || string(e.Title.Href) != want.href || e.Here != (want.href == "") {
			t.Errorf("%d: %+v", i, e)
		}
	}
	if all, _ := editions(corpus.Document{ID: "a", Title: "一份"}, testDay); all != nil {
		t.Errorf("%+v", all)
	}
}

func TestRelatedInPlainWords(t *testing.T) {
	t.Parallel()
	d := corpus.Document{ID: "x", Kind: corpus.Policy,
		Declares: []corpus.Relation{{Kind: corpus.Implements, To: "law", Title: "上位法"}, {Kind: corpus.Forwards, To: "up", Title: "省里的通知"}},
		Receives: []corpus.Relation{{Kind: corpus.Interprets, From: "j", Title: "解读"}, {Kind: corpus.Interprets, From: "g", Title: "办事指南"},
			{Kind: corpus.Clarifies, From: "c", Title: "说明", Place: "s2", Label: "二、"}, {Kind: corpus.Repeals, From: "r", Title: "通知", Anchors: []string{"a5"}}}}
	for i := range 9 {
		d.Declares = append(d.Declares, corpus.Relation{Kind: corpus.Repeals, To: string(rune('a' + i)), Title: "旧" + string(rune('a'+i))})
	}
	d.Declares = append(d.Declares, corpus.Relation{Kind: corpus.Repeals, To: "gone", Title: "旧办法", Ends: "2026-11-01", Fate: corpus.Repealed},
		corpus.Relation{Kind: corpus.Supersedes, To: "later", Title: "还在执行", Ends: "2026-12-01"})
	var got []string
	for _, r := range related(d, false, "2026-11-01") {
		got = append(got, r.Name+" "+text(r.Links))
		if r.Name == "废止的文件" && (len(r.Links) != fewLinks || len(r.More) != 3) {
			t.Errorf("%d links, %d more", len(r.Links), len(r.More))
		}
	}
	want := "官方解读 《解读》|指南和问答 《办事指南》|依据的上位规定 《上位法》|转发的文件 《省里的通知》|有关的说明 《说明》第二部分|以前的规定，现在不再执行 《旧办法》|废止的文件 《旧a》《旧b》《旧c》《旧d》《旧e》《旧f》|代替的文件 《还在执行》"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}

func TestWindowsOfToday(t *testing.T) {
	t.Parallel()
	all := windows(corpus.Document{Applications: []corpus.Application{
		{What: "报名", From: "2026-11-01", Until: "2026-11-23", Anchor: "s1"}, {What: "补报", Until: "2026-11-22"}, {What: "换领", From: "2026-12-01"},
	}}, testDay)
	var got []string
	for _, w := range all {
		got = append(got, w.What+w.Days+w.Now)
	}
	if s := strings.Join(got, "|"); s != "报名2026年11月1日至2026年11月23日今天正在受理|补报到2026年11月22日止已经截止|换领从2026年12月1日开始还没开始" {
		t.Error(s)
	}
}

type records map[string]corpus.Stored

func (r records) Stored(_ context.Context, id string, _ int) (corpus.Stored, error) {
	s, ok := r[id]
	if !ok {
		return s, corpus.ErrNotFound
	}
	return s, nil
}

func TestRecognisedTexts(t *testing.T) {
	t.Parallel()
	s := &Site{Config: Config{Records: records{"typed": {}, "scan": {ConfirmedBy: "王"}, "held": {Hold: "识别文本"}}}}
	for id, want := range map[string]bool{"typed": false, "scan": true, "held": true, "gone": false} {
		if got, err := s.recognised(t.Context(), id, 1); got != want || err != nil {
			t.Errorf("%s: %t %v", id, got, err)
		}
	}
}
