package citizen

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

func text(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestState(t *testing.T) {
	t.Parallel()
	rel := func(kind corpus.RelationKind, on corpus.Date, title string) corpus.Relation {
		return corpus.Relation{Kind: kind, From: "n", To: "n", On: on, Title: title}
	}
	const day = "2026-11-23"
	for name, c := range map[string]struct {
		document         corpus.Document
		word, has, never string
	}{
		"in force":         {corpus.Document{Effective: "2024-05-01"}, "现行有效", "", "请注意"},
		"unknown":          {corpus.Document{}, "", "", "有效"},
		"ends soon":        {corpus.Document{Effective: "2024-05-01", Expires: "2026-12-31"}, "现行有效", "有效期到2026年12月31日", ""},
		"ends later":       {corpus.Document{Effective: "2024-05-01", Expires: "2029-12-31"}, "现行有效", "", "有效期"},
		"last day":         {corpus.Document{Effective: "2024-05-01", Expires: day}, "现行有效", "有效期到2026年11月23日", "不再"},
		"expired":          {corpus.Document{Effective: "2024-05-01", Expires: "2026-11-22"}, "已失效", "不再执行", ""},
		"repealed":         {corpus.Document{Receives: []corpus.Relation{rel(corpus.Repeals, "2023-01-01", "新")}}, "已废止", "已于2023年1月1日废止，现在按《新》执行", ""},
		"repealed, no day": {corpus.Document{Receives: []corpus.Relation{rel(corpus.Repeals, "", "")}}, "已废止", "请注意：本文件已废止。", "现在按"},
		"superseded":       {corpus.Document{Receives: []corpus.Relation{rel(corpus.Supersedes, "2023-01-01", "新")}}, "已失效", "已于2023年1月1日被新的规定代替，现在按《新》执行", "废止"},
		"repealed later":   {corpus.Document{Effective: "2024-05-01", Receives: []corpus.Relation{rel(corpus.Repeals, "2027-01-01", "新")}}, "现行有效", "从2027年1月1日起改按《新》执行", "废止"},
		"not yet":          {corpus.Document{Effective: "2026-12-01"}, "将施行", "从2026年12月1日起施行，今天还不执行。", "仍按"},
		"not yet, old one": {corpus.Document{Effective: "2026-12-01", Declares: []corpus.Relation{rel(corpus.Repeals, "2026-12-01", "旧")}}, "将施行", "今天仍按《旧》执行", ""},
		"modified":         {corpus.Document{Effective: "2020-01-01", Receives: []corpus.Relation{rel(corpus.Amends, "2021-01-01", "关于修改《甲》的决定")}}, "已修改", "《关于修改〈甲〉的决定》", ""},
		"draft":            {corpus.Document{Kind: corpus.Consultation, Effective: "2020-01-01"}, "征求意见稿", "还不是规定", "有效"},
	} {
		s := stateOn(c.document, day)
		if got := text(s.Text); s.Sign.Word != c.word || !strings.Contains(got, c.has) || c.never != "" && strings.Contains(got, c.never) {
			t.Errorf("%s: %q %q", name, s.Sign.Word, got)
		}
	}
}

func TestSections(t *testing.T) {
	t.Parallel()
	revision := func(pieces ...corpus.Passage) corpus.Revision {
		r := corpus.Revision{}
		for _, p := range pieces {
			line := p.Path[0] // the piece's text, for this test
			p.Start, p.End, p.Path = len(r.Text), len(r.Text)+len(line), nil
			r.Text += line
			r.Passages = append(r.Passages, p)
		}
		return r
	}
	r := revision(
		corpus.Passage{Anchor: "t", Role: corpus.TitleRole, Path: []string{"办法\n（2024年4月10日公布）\n"}},
		corpus.Passage{Anchor: "c1", Role: corpus.HeadingRole, Label: "第一章", Path: []string{"第一章　总则\n"}},
		corpus.Passage{Anchor: "a1", Role: corpus.BodyRole, Label: "第一条", Path: []string{"第一条　甲：\n（一）乙\n"}},
		corpus.Passage{Anchor: "s1", Role: corpus.BodyRole, Label: "一、", Path: []string{"一、标题\n正文\n"}},
		corpus.Passage{Anchor: "s2", Role: corpus.BodyRole, Label: "二、", Path: []string{"二、这一段本身就是正文，没有标题。\n"}},
		corpus.Passage{Anchor: "b", Role: corpus.BodyRole, Path: []string{"档次：一档；金额：10元\n完\n"}},
		corpus.Passage{Anchor: "empty", Role: corpus.BodyRole, Path: []string{"\n"}},
		corpus.Passage{Anchor: "bad", Role: corpus.BodyRole, Path: []string{""}},
	)
	l := layoutOf{document: corpus.Document{ID: "x"}, revision: r, cited: "a1"}
	title := l.sections()
	got := l.all
	if title != "t" || len(got) != 6 {
		t.Fatalf("%q %d sections: %+v", title, len(got), got)
	}
	if got[0].Anchor != "t.more" || text(got[0].Blocks[0].Parts) != "（2024年4月10日公布）" {
		t.Errorf("under the title: %+v", got[0])
	}
	if !got[1].Chapter || got[1].Heading != "第一章　总则" {
		t.Errorf("chapter: %+v", got[1])
	}
	if a := got[2]; a.Number != "第一条" || !a.Cited || len(a.Blocks) != 2 || text(a.Blocks[0].Parts) != "甲：" || !a.Blocks[1].Item || a.Address != "/d/x/a1" {
		t.Errorf("article: %+v", a)
	}
	if got[3].Heading != "一、标题" || len(got[3].Blocks) != 1 || got[4].Heading != "" {
		t.Errorf("numbered sections: %+v %+v", got[3], got[4])
	}
	if len(got[5].Blocks) != 2 {
		t.Errorf("plain: %+v", got[5])
	}
}

func TestSectionsOfBrokenRevisions(t *testing.T) {
	t.Parallel()
	for _, r := range []corpus.Revision{
		{}, {Text: "没有段落"},
		{Text: "短", Passages: []corpus.Passage{{Start: -1, End: 2}, {Start: 0, End: 99}, {Start: 2, End: 1}, {Start: 1, End: 2, Role: corpus.TitleRole}}},
	} {
		(&layoutOf{revision: r}).sections()
		body(r)
	}
	if got := body(corpus.Revision{Text: "没有段落"}); got != "没有段落" {
		t.Errorf("body: %q", got)
	}
}

func TestExplanations(t *testing.T) {
	t.Parallel()
	body := "一、怎么办\n《办法》第六条、第八条第二款规定了；《民法典》第九条、本办法第十条不算。"
	r := corpus.Revision{Text: body, Passages: []corpus.Passage{{Anchor: "s1", Role: corpus.BodyRole, Label: "一、", End: len(body)}}}
	got := explanations("青岚市敬老卡管理办法", corpus.Document{ID: "j", Title: "解读"}, r)
	want := map[string]anchorLink{"第六条": {"怎么办", "/d/j/s1"}, "第八条": {"怎么办", "/d/j/s1"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestContents(t *testing.T) {
	t.Parallel()
	var all []section
	for c := 1; c <= 5; c++ {
		all = append(all, section{Chapter: true, Heading: fmt.Sprint("章", c)})
		for a := range 20 {
			all = append(all, section{Number: fmt.Sprint("条", a), Blocks: []block{paragraph("正文，后面")}})
		}
	}
	if got := contents(all); len(got) != 5 {
		t.Errorf("a long document lists %d entries, want its 5 chapters", len(got))
	}
	got := contents(all[:21])
	if len(got) != 21 || got[1].Text != "正文" || !got[1].Deep {
		t.Errorf("%+v", got)
	}
	if got := contents(all[:3]); got != nil {
		t.Errorf("a short document has contents: %+v", got)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	s := newSessions(func() time.Time { return now })
	for i := range maxTurns + 3 {
		s.add("a", turn{Asked: fmt.Sprint(i) + strings.Repeat("长", 5000)})
	}
	got := s.turns("a")
	if len(got) != maxTurns || !strings.HasPrefix(got[0].Asked, "3长") || len([]rune(got[0].Asked)) != maxShown+1 {
		t.Errorf("%d turns, first %.10s", len(got), got[0].Asked)
	}
	for i := range maxSessions {
		s.add(fmt.Sprint(i), turn{})
	}
	if len(s.byKey) != maxSessions || s.order.Len() != maxSessions || s.turns("a") != nil {
		t.Errorf("%d sessions, %d in order", len(s.byKey), s.order.Len())
	}
	now = now.Add(sessionLife + time.Second)
	if s.turns("7") != nil {
		t.Error("an old session is shown")
	}
	s.add("new", turn{})
	if len(s.byKey) != 1 {
		t.Errorf("%d old sessions kept", len(s.byKey)-1)
	}
	s.forget("new")
	s.forget("never")
	if s.turns("new") != nil || s.order.Len() != 0 {
		t.Error("not forgotten")
	}
}
