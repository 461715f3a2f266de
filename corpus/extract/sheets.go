package extract

import (
	"context"
	"iter"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/sheet"
)

// headRows is how many rows are looked at for the headings of columns.
const headRows = 30

// sheets reads a workbook or a CSV file.
func (f *file) sheets(ctx context.Context, w *stopwatch) error {
	s := f.source()
	visit := func(t sheet.Table, rows iter.Seq2[sheet.Row, error]) error {
		return (&tableReader{file: f, watch: w, table: t}).read(ctx, rows)
	}
	if f.kind == csvFormat {
		text := decode(s, f.data, "")
		if err := f.notes(ctx, w, s); err != nil {
			return err
		}
		return sheet.CSV(ctx, text, sheetLimits, visit)
	}
	data := f.data
	if f.kind == oldSheet {
		converted, err := f.converted(ctx, "请用 Excel 或 WPS 另存为 xlsx 后再导入")
		if err != nil {
			return err
		}
		data = converted
	}
	if err := f.notes(ctx, w, s); err != nil {
		return err
	}
	return sheet.Workbook(ctx, data, sheetLimits, visit)
}

// notes passes on what is to be said of the whole file.
func (f *file) notes(ctx context.Context, w *stopwatch, s *source) error {
	if len(s.problems) == 0 {
		return nil
	}
	return f.send(ctx, w, result{problems: s.problems})
}

// tableReader reads one sheet.
type tableReader struct {
	file  *file
	watch *stopwatch
	table sheet.Table

	hidden, uncomputed []int // rows
}

func (t *tableReader) source(row int) *source {
	s := &source{opts: t.file.reader.opts, file: t.file.in.file, rel: t.file.in.rel, line: row}
	if t.table.Name != "" && row > 0 {
		s.place = lineOf(t.table.Name, row)
	} else if t.table.Name != "" {
		s.place = "工作表“" + t.table.Name + "”"
	}
	return s
}

func (t *tableReader) note(ctx context.Context, format string, args ...any) error {
	s := t.source(0)
	s.warn(format, args...)
	return t.file.send(ctx, t.watch, result{problems: s.problems})
}

// refuse says why the sheet, or the rest of it, is not read. The others are.
func (t *tableReader) refuse(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return t.file.send(ctx, t.watch, t.source(0).outcome(Record{}, err))
}

// read reads the sheet as records where its headings say so, else as one
// document.
func (t *tableReader) read(ctx context.Context, rows iter.Seq2[sheet.Row, error]) error {
	if t.table.Hidden {
		return t.note(ctx, "是隐藏的，没有导入；需要的话请取消隐藏后再导入")
	}
	next, stop := iter.Pull2(t.shown(rows))
	defer stop()
	var head []sheet.Row
	var headCells [][]string
	for len(head) < headRows {
		row, err, ok := next()
		if !ok {
			break
		}
		if err != nil {
			return t.refuse(ctx, err)
		}
		head = append(head, row)
		headCells = append(headCells, row.Filled)
	}
	if len(head) == 0 {
		return nil
	}
	more := func(yield func(sheet.Row, error) bool) {
		for {
			row, err, ok := next()
			if !ok || !yield(row, err) {
				return
			}
		}
	}
	l, ok := layoutOf(headCells)
	if m := t.file.reader.opts.Map; m != nil {
		if l, ok = mapped(m, headCells); !ok {
			return t.refuse(ctx, refuse("没有映射文件所说的列，未导入；前几行是：%.200s", strings.Join(headCells[0], "、")))
		}
	}
	var err error
	switch {
	case ok:
		err = t.all(ctx, l, head, more)
	case isForm(headCells):
		err = t.form(ctx, append(head, collect(more, &err)...))
	default:
		err = t.catalogue(ctx, head, more)
	}
	if err != nil {
		return err
	}
	return t.leftOut(ctx)
}

// shown leaves hidden rows out and notes them.
func (t *tableReader) shown(rows iter.Seq2[sheet.Row, error]) iter.Seq2[sheet.Row, error] {
	return func(yield func(sheet.Row, error) bool) {
		for row, err := range rows {
			if err == nil && row.Hidden {
				t.hidden = append(t.hidden, row.Number)
				continue
			}
			if len(row.Uncomputed) > 0 {
				t.uncomputed = append(t.uncomputed, row.Number)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// leftOut says what of the sheet was not read.
func (t *tableReader) leftOut(ctx context.Context) error {
	s := t.source(0)
	if len(t.hidden) > 0 {
		s.warn("第 %s 行是隐藏的，没有导入；需要的话请取消隐藏后再导入", ranges(t.hidden))
	}
	if len(t.table.HiddenColumns) > 0 {
		s.warn("有 %d 列是隐藏的，没有导入；需要的话请取消隐藏后再导入", len(t.table.HiddenColumns))
	}
	if len(t.uncomputed) > 0 {
		s.warn("第 %s 行有公式没有保存计算结果，这些格是空的；请用 Excel 或 WPS 打开、保存后再导入", ranges(t.uncomputed))
	}
	return t.file.notes(ctx, t.watch, s)
}

// all reads the rows of a sheet of records.
func (t *tableReader) all(ctx context.Context, l layout, head []sheet.Row, more iter.Seq2[sheet.Row, error]) error {
	if above := textOf(head[:l.header]); above != "" {
		if err := t.note(ctx, "列名以上的文字没有导入：%.300s", above); err != nil {
			return err
		}
	}
	if len(l.unused) > 0 {
		if err := t.note(ctx, "这些列没有导入：%.600s", strings.Join(l.unused, "、")); err != nil {
			return err
		}
	}
	for _, row := range head[l.header+1:] {
		if err := t.record(ctx, &l, row); err != nil {
			return err
		}
	}
	for row, err := range more {
		if err == nil {
			err = t.record(ctx, &l, row)
		} else {
			return t.refuse(ctx, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func textOf(rows []sheet.Row) string {
	var parts []string
	for _, r := range rows {
		parts = append(parts, strings.Fields(strings.Join(r.Cells, " "))...)
	}
	return strings.Join(parts, " ")
}

// record reads a row. What is wrong with it is said, and costs the others
// nothing; only the context's error ends the sheet.
func (t *tableReader) record(ctx context.Context, l *layout, row sheet.Row) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(row.Cells) == 0 || slices.Equal(uniqueNames(row.Cells), l.names) {
		return nil // nothing but a formula; the headings again, at the top of a printed page
	}
	s := t.source(row.Number)
	s.columns = true
	object := l.object(t.id(), row.Filled)
	content, err := safely(func() (corpus.Content, error) {
		if err := l.missing(object); err != nil {
			return corpus.Content{}, err
		}
		return l.m.record(s, object)
	})
	if err == nil {
		content.Original = t.file.original(t.id())
	}
	return t.file.send(ctx, t.watch, s.outcome(Record{Content: content}, err))
}

// missing says what a row must have and has not.
func (l *layout) missing(object map[string]any) error {
	for _, must := range []struct{ field, what string }{{"question", "问题"}, {"answer", "答案"}, {"title", "名称"}, {"text", "正文"}} {
		if must.field == "answer" && plain(object[l.m.Fields["refer"]]) != "" {
			continue // whom to ask is what a referral says
		}
		if column := l.m.Fields[must.field]; column != "" && plain(object[column]) == "" && (must.field != "title" || l.m.Fields["question"] == "") {
			return refuse("没有%s（列“%s”是空的），未导入", must.what, column)
		}
	}
	return nil
}

var plainSheet = regexp.MustCompile(`(?i)^(?:sheet|工作表|表)\s*\d*$`)

// id is that of the sheet: the file's, with the sheet's name where it has one.
func (t *tableReader) id() string {
	id := pathID(t.file.in.rel)
	if len(id) > 90 {
		id = slug(strings.TrimSuffix(t.file.in.rel, path.Ext(t.file.in.rel)))
	}
	if t.table.Name == "" || plainSheet.MatchString(t.table.Name) {
		return id
	}
	return id + ".s-" + hash(t.table.Name)[:6]
}

// name is what a sheet is called that has no title of its own.
func (t *tableReader) name() string {
	base := strings.TrimSuffix(path.Base(t.file.in.rel), path.Ext(t.file.in.rel))
	switch {
	case t.table.Name == "" || plainSheet.MatchString(t.table.Name) || strings.Contains(base, t.table.Name):
		return base
	case strings.Contains(t.table.Name, base):
		return t.table.Name
	}
	return base + "：" + t.table.Name
}
