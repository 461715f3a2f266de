package console

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// export hands out the list that a filter chooses as a table of Excel.
func (s *Site) export(v *Visit) error {
	ctx, by, now := v.R.Context(), v.Actor(), s.Now()
	f := documentFilter(v.R.URL.Query())
	items, total, err := s.Desk.ListWhole(ctx, by, f)
	if err != nil {
		return err
	}
	clocks, err := s.Desk.Clocks(ctx, by)
	if err != nil {
		return err
	}
	running := make(map[string][]string, len(clocks))
	for _, c := range clocks {
		if c.Document != "" {
			running[c.Document] = append(running[c.Document], clock(c.Due)+clockWords[c.Kind])
		}
	}
	data, err := s.table(items, total, running, now)
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	h.Set("Content-Disposition", disposition("文件清单"+now.In(corpus.Zone).Format("20060102-1504")+".xlsx"))
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(data) // who asked has gone: nothing to be done
	return nil
}

// column is one of the table: its heading, how wide it is in characters, and
// what stands in it: a string or a day.
type column struct {
	heading string
	width   float64
	value   func(s *Site, r documentRow, clocks []string) any
}

var columns = []column{
	{"标题", 48, func(_ *Site, r documentRow, _ []string) any { return r.Document.Title }},
	{"文号", 22, func(_ *Site, r documentRow, _ []string) any { return r.Document.Number }},
	{"发文机关", 24, func(_ *Site, r documentRow, _ []string) any { return r.Document.Agency }},
	{"状态", 14, func(_ *Site, r documentRow, _ []string) any { return r.State }},
	{"效力", 10, func(_ *Site, r documentRow, _ []string) any { return r.Validity.Word }},
	{"类型", 10, func(_ *Site, r documentRow, _ []string) any { return r.Kind }},
	{"成文日期", 12, func(_ *Site, r documentRow, _ []string) any { return r.Document.Written }},
	{"发布日期", 12, func(_ *Site, r documentRow, _ []string) any { return r.Document.Published }},
	{"施行日期", 12, func(_ *Site, r documentRow, _ []string) any { return r.Document.Effective }},
	{"失效日期", 12, func(_ *Site, r documentRow, _ []string) any { return r.Document.Expires }},
	{"主题", 20, func(_ *Site, r documentRow, _ []string) any { return strings.Join(r.Document.Topics, "、") }},
	{"时限", 32, func(_ *Site, _ documentRow, clocks []string) any { return strings.Join(clocks, "；") }},
	{"说明", 20, func(_ *Site, r documentRow, _ []string) any { return r.Note }},
	{"存量", 8, func(_ *Site, r documentRow, _ []string) any {
		if r.Backlog {
			return "存量"
		}
		return ""
	}},
	{"最近改动", 18, func(_ *Site, r documentRow, _ []string) any { return clock(r.Updated) }},
	{"改动人", 12, func(_ *Site, r documentRow, _ []string) any { return r.UpdatedBy }},
	{"网址", 40, func(s *Site, r documentRow, _ []string) any {
		if r.Live == 0 {
			return ""
		}
		return s.citizenPage(r.Document)
	}},
}

// table writes the rows as an .xlsx.
func (s *Site) table(items []desk.Item, total int, clocks map[string][]string, now time.Time) ([]byte, error) {
	t, err := newTable("文件清单", s.name(), now)
	if err != nil {
		return nil, fmt.Errorf("console: table: %w", err)
	}
	defer t.file.Close()
	t.row(excelize.Cell{StyleID: t.plain, Value: tableWords(len(items), total, now)})
	headings := make([]any, len(columns))
	for i, c := range columns {
		headings[i] = excelize.Cell{StyleID: t.plain, Value: c.heading}
	}
	t.row(headings...)
	for _, item := range items {
		r, cells := s.row(item), make([]any, len(columns))
		for i, c := range columns {
			cells[i] = t.cell(c.value(s, r, clocks[item.Document.ID]))
		}
		t.row(cells...)
	}
	data, err := t.bytes(len(items) > 0)
	if err != nil {
		return nil, fmt.Errorf("console: table: %w", err)
	}
	return data, nil
}

// tableWords stand above the table.
func tableWords(listed, total int, now time.Time) string {
	words := "文件清单，" + clock(now) + "导出，"
	if total > listed {
		return words + fmt.Sprintf("符合条件的有%d份，一次最多导出%d份，这里只有前%d份。其余的请用筛选分几次导出。", total, desk.Whole, listed)
	}
	return words + fmt.Sprintf("共%d份。", listed)
}

// tableWriter writes row after row until something fails. Every cell with
// words in it is a string of the format "text": it stays one when somebody
// edits it, whatever it begins with.
type tableWriter struct {
	file *excelize.File
	w    *excelize.StreamWriter
	rows int
	err  error

	text, date, plain int // styles
}

// newTable begins a table of the columns, whose headings stay in view.
func newTable(name, author string, now time.Time) (*tableWriter, error) {
	t := &tableWriter{file: excelize.NewFile()}
	made := now.UTC().Format(time.RFC3339)
	t.do(t.file.SetSheetName("Sheet1", name))
	t.do(t.file.SetDocProps(&excelize.DocProperties{Title: name, Creator: author, LastModifiedBy: author, Created: made, Modified: made, Language: "zh-CN"}))
	day := "yyyy-mm-dd"
	t.text = t.style(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	t.date = t.style(&excelize.Style{CustomNumFmt: &day, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}})
	t.plain = t.style(&excelize.Style{NumFmt: 49})
	var err error
	if t.w, err = t.file.NewStreamWriter(name); err != nil {
		t.do(err)
		return nil, errors.Join(t.err, t.file.Close())
	}
	for i, c := range columns {
		t.do(t.w.SetColWidth(i+1, i+1, c.width))
	}
	t.do(t.w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}))
	return t, nil
}

func (t *tableWriter) do(err error) {
	if t.err == nil {
		t.err = err
	}
}

func (t *tableWriter) style(s *excelize.Style) int {
	id, err := t.file.NewStyle(s)
	t.do(err)
	return id
}

// cell makes a day of a day that is known, and a string of everything else.
func (t *tableWriter) cell(value any) any {
	day, is := value.(corpus.Date)
	if !is {
		return excelize.Cell{StyleID: t.text, Value: value}
	}
	d, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return nil
	}
	return excelize.Cell{StyleID: t.date, Value: d}
}

func (t *tableWriter) row(cells ...any) {
	t.rows++
	if t.err != nil {
		return
	}
	at, err := excelize.CoordinatesToCellName(1, t.rows)
	t.do(err)
	if t.err == nil {
		t.err = t.w.SetRow(at, cells)
	}
}

// bytes ends the table. One that has rows gets filters in its headings.
func (t *tableWriter) bytes(rows bool) ([]byte, error) {
	if rows {
		last, err := excelize.CoordinatesToCellName(len(columns), t.rows)
		t.do(err)
		t.do(t.w.AddTable(&excelize.Table{Range: "A2:" + last, Name: "documents", StyleName: "TableStyleLight1"}))
	}
	t.do(t.w.Flush())
	var b bytes.Buffer
	if t.err == nil {
		_, t.err = t.file.WriteTo(&b)
	}
	return b.Bytes(), t.err
}
