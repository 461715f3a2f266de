package console

import (
	"bytes"
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

// table writes the rows as an .xlsx. Every cell with words in it is a string
// of the format "text": it stays one when somebody edits it, whatever it
// begins with.
func (s *Site) table(items []desk.Item, total int, clocks map[string][]string, now time.Time) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	const name = "文件清单"
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, fmt.Errorf("console: table: %w", err)
	}
	made := now.UTC().Format(time.RFC3339)
	errProps := f.SetDocProps(&excelize.DocProperties{Title: name, Creator: s.name(), LastModifiedBy: s.name(), Created: made, Modified: made, Language: "zh-CN"})
	text, errText := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	day := "yyyy-mm-dd"
	date, errDate := f.NewStyle(&excelize.Style{CustomNumFmt: &day, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}})
	plain, errPlain := f.NewStyle(&excelize.Style{NumFmt: 49})
	w, err := f.NewStreamWriter(name)
	for _, e := range []error{errProps, errText, errDate, errPlain, err} {
		if e != nil {
			return nil, fmt.Errorf("console: table: %w", e)
		}
	}
	t := tableWriter{w: w}
	for i, c := range columns {
		t.do(w.SetColWidth(i+1, i+1, c.width))
	}
	t.do(w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}))
	t.row(excelize.Cell{StyleID: plain, Value: tableWords(len(items), total, now)})
	headings := make([]any, len(columns))
	for i, c := range columns {
		headings[i] = excelize.Cell{StyleID: plain, Value: c.heading}
	}
	t.row(headings...)
	for _, item := range items {
		r := s.row(item)
		cells := make([]any, len(columns))
		for i, c := range columns {
			switch value := c.value(s, r, clocks[item.Document.ID]).(type) {
			case corpus.Date:
				if d, err := time.Parse(time.DateOnly, string(value)); err == nil {
					cells[i] = excelize.Cell{StyleID: date, Value: d}
				}
			default:
				cells[i] = excelize.Cell{StyleID: text, Value: value}
			}
		}
		t.row(cells...)
	}
	if len(items) > 0 {
		last, err := excelize.CoordinatesToCellName(len(columns), t.rows)
		t.do(err)
		t.do(w.AddTable(&excelize.Table{Range: "A2:" + last, Name: "documents", StyleName: "TableStyleLight1"}))
	}
	t.do(w.Flush())
	var b bytes.Buffer
	if t.err == nil {
		_, t.err = f.WriteTo(&b)
	}
	if t.err != nil {
		return nil, fmt.Errorf("console: table: %w", t.err)
	}
	return b.Bytes(), nil
}

// tableWords stand above the table.
func tableWords(listed, total int, now time.Time) string {
	words := "文件清单，" + clock(now) + "导出，"
	if total > listed {
		return words + fmt.Sprintf("符合条件的有%d份，一次最多导出%d份，这里只有前%d份。其余的请用筛选分几次导出。", total, desk.Whole, listed)
	}
	return words + fmt.Sprintf("共%d份。", listed)
}

// tableWriter writes row after row until something fails.
type tableWriter struct {
	w    *excelize.StreamWriter
	rows int
	err  error
}

func (t *tableWriter) do(err error) {
	if t.err == nil {
		t.err = err
	}
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
