package main

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/term"

	"github.com/policybot/policybot/corpus"
)

// The words of the glossary for what people read in a terminal.
var (
	kindWords = map[corpus.Kind]string{
		corpus.Policy: "政策文件", corpus.Interpretation: "政策解读", corpus.Guide: "办事指南", corpus.FAQ: "常见问题",
		corpus.Clarification: "澄清", corpus.Notice: "通知公告", corpus.Catalogue: "清单目录", corpus.Consultation: "征求意见稿",
	}
	validityWords = map[corpus.Validity]string{
		corpus.InForce: "现行有效", corpus.NotYet: "将施行", corpus.Expired: "已失效", corpus.Repealed: "已废止",
		corpus.Superseded: "已被取代", corpus.Modified: "已修改", corpus.Unknown: "效力不明",
	}
	statusWords = map[corpus.Status]string{
		corpus.Draft: "草稿", corpus.Submitted: "待审核", corpus.Approved: "已通过", corpus.Published: "已发布",
		corpus.Withdrawn: "已撤回", corpus.Dropped: "已丢弃",
	}
	relationWords = map[corpus.RelationKind]string{
		corpus.Repeals: "废止", corpus.Supersedes: "取代", corpus.Amends: "修改", corpus.Implements: "贯彻实施",
		corpus.Interprets: "解读", corpus.Forwards: "转发", corpus.Clarifies: "澄清", corpus.Related: "相关",
	}
	edgeWords = map[corpus.EdgeState]string{
		corpus.Applied: "自动生效", corpus.Proposed: "待决定", corpus.Accepted: "已采纳", corpus.Rejected: "已否决", corpus.Dangling: "未找到对象",
	}
	sureWords = map[corpus.Certainty]string{corpus.Stated: "明示", corpus.Derived: "推定", corpus.Guess: "推测，请核对"}
)

// validityWord says how a document stands on a day. A draft for consultation
// never was a rule.
func validityWord(d corpus.Document, day corpus.Date) string {
	if d.Kind == corpus.Consultation {
		return "尚未出台"
	}
	return validityWords[d.ValidityOn(day)]
}

// printable takes out what could make a terminal do something, or hide text:
// documents are other people's.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
}

// oneLine is printable on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// padded fills a text up to so many columns of a terminal, where a Chinese
// character takes two.
func padded(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-uniseg.StringWidth(s)))
}

// clipped cuts a text to so many columns of a terminal.
func clipped(s string, width int) string {
	s = oneLine(s)
	if uniseg.StringWidth(s) <= width {
		return s
	}
	at, used := 0, 1 // for the …
	for g := uniseg.NewGraphemes(s); g.Next() && used+g.Width() <= width; {
		used += g.Width()
		_, at = g.Positions()
	}
	return s[:at] + "…"
}

// tableAhead is how many rows decide the widths of a table. Later ones that
// are wider move their own row only, so that a long table comes at once.
const tableAhead = 200

// table writes rows in columns. The last column is as wide as it likes.
type table struct {
	out    io.Writer
	rows   [][]string
	widths []int // nil until the first rows are written
	err    error
}

func newTable(out io.Writer, head ...string) *table {
	t := &table{out: out}
	t.row(head...)
	return t
}

func (t *table) row(cells ...string) {
	for i := range cells {
		cells[i] = oneLine(cells[i])
	}
	if t.widths != nil {
		t.write(cells)
		return
	}
	if t.rows = append(t.rows, cells); len(t.rows) == tableAhead {
		t.settle()
	}
}

// note writes a line that belongs to the row before.
func (t *table) note(text string) { t.row("", text) }

func (t *table) settle() {
	t.widths = []int{}
	for _, row := range t.rows {
		if len(row) > 0 && row[0] == "" {
			continue // a note
		}
		for i, c := range row[:len(row)-1] {
			if i == len(t.widths) {
				t.widths = append(t.widths, 0)
			}
			t.widths[i] = max(t.widths[i], uniseg.StringWidth(c))
		}
	}
	for _, row := range t.rows {
		t.write(row)
	}
	t.rows = nil
}

func (t *table) write(row []string) {
	var sb strings.Builder
	for i, c := range row {
		switch {
		case row[0] == "" && i == 0:
			sb.WriteString("    ")
		case i == len(row)-1 || row[0] == "":
			sb.WriteString(c)
		default:
			sb.WriteString(padded(c, t.widths[i]) + "  ")
		}
	}
	sb.WriteByte('\n')
	if t.err == nil {
		_, t.err = io.WriteString(t.out, strings.TrimRight(sb.String(), " ")) // the line break stays
	}
}

func (t *table) flush() error {
	if t.widths == nil {
		t.settle()
	}
	return t.err
}

// inColour reports whether what is written is seen in a terminal by somebody
// who has not asked for plain text (no-color.org).
func inColour(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// jsonLines writes JSON lines as other programs expect them.
func jsonLines(out io.Writer) *json.Encoder {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc
}
