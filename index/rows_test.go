package index

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

const feeTable = "第九条　收费标准如下：\n项目\t标准\t说明\t\n证件工本费\t每证20元\t首次申领免收\n加急办理\t每件30元\t3个工作日内办结\n邮寄服务\t每件12元\t由邮政企业代收\n其他事项另行规定。"

func TestPiecesHoldWholeRows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		core  string // the piece is one around it
		from  string
		to    string
		limit int
		want  string
	}{
		"within a row":            {"每件30元", "每件30元", "每件30元", 40, "加急办理\t每件30元\t3个工作日内办结\n"},
		"half a row behind":       {"加急办理", "加急办理", "邮寄服务\t每件", 60, "加急办理\t每件30元\t3个工作日内办结\n"},
		"half a row before":       {"邮寄服务", "3个工作日", "代收", 60, "邮寄服务\t每件12元\t由邮政企业代收\n"},
		"names without rows":      {"收费标准", "收费标准", "说明\t\n", 60, "收费标准如下：\n"},
		"around a table":          {"其他事项", "每件12元", "规定。", 60, "其他事项另行规定。"},
		"longer than there is to": {"每证20元", "每证20元", "每证20元\t", 8, "每证20元\t"},
		"over the limit":          {"加急办理", "收费标准", "加急办理\t", 24, "加急办理\t每件30元\t3个工作日内办结\n"},
	} {
		start := strings.Index(feeTable, c.from)
		end := start + strings.Index(feeTable[start:], c.to) + len(c.to)
		got := wholeRows(feeTable, Span{start, end}, strings.Index(feeTable, c.core), c.limit)
		if piece := feeTable[got.Start:got.End]; piece != c.want {
			t.Errorf("%s: %q, want %q", name, piece, c.want)
		}
	}
}

func TestRowsComeWithTheirColumns(t *testing.T) {
	t.Parallel()
	text := "青岚市居住证收费目录\n项目\t标准\t\n" + strings.Repeat("普通业务\t每件5元\n", 60) + "加急办理\t每件30元\n"
	at := strings.Index(text, "普通业务")
	last := strings.Index(text, "加急办理")
	u := whole1("a", "", text[at:])
	u.Passages = []corpus.Passage{
		{Anchor: "r1", Role: corpus.BodyRole, End: last - at, Columns: []string{"项目", "标准"}},
		{Anchor: "r61", Role: corpus.BodyRole, Start: last - at, End: len(u.Body), Columns: []string{"项目", "标准"}, From: "2025-01-01"},
	}
	v := &memory{units: []*Unit{u, whole1("z", "", "的的的")}}
	a := analysed("加急办理多少钱", v)
	c := new(cutter)
	c.read(a, u)
	h := a.hit(&ranked{unit: *u}, c)
	if h.Ref.Anchor != "r61" || h.From != "2025-01-01" || !slices.Equal(h.Row, []string{"项目", "标准"}) || !slices.Equal(h.Columns, h.Row) {
		t.Errorf("%+v", h)
	}
	if got := corpus.Readable(h.Snippet, h.Columns); !strings.HasSuffix(got, "项目：加急办理；标准：每件30元") || strings.Contains(got, "\t") {
		t.Errorf("%q", got)
	}
	if e := a.excerpt(u); strings.Contains(e.Snippet, "\t") || !strings.Contains(e.Snippet, "项目：加急办理；标准：每件30元") {
		t.Errorf("%q", e.Snippet)
	}
}

func TestWindowsHoldWholeRows(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"加急办理多少钱", "邮寄服务", "工本费", "其他事项", "收费标准"} {
		u := whole1("a", "", strings.Repeat("无关的话。", 100)+"\n"+feeTable)
		w := cutOn(question, u)
		for _, limit := range []int{60, 90, 300} {
			s := w.window(limit)
			for _, at := range []int{s.Start, s.End - 1} {
				if l, row := lineAt(u.Body, at); row && (l.Start < s.Start || l.End > s.End) {
					t.Errorf("%s, %d: a row is cut: %q", question, limit, u.Body[s.Start:s.End])
				}
			}
			if n := utf8.RuneCountInString(u.Body[s.Start:s.End]); n > limit {
				t.Errorf("%s: %d characters, at most %d", question, n, limit)
			}
		}
	}
}
