package extract

import (
	"context"
	"fmt"
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
	if err == nil && len(t.file.data) <= maxOriginal {
		content.Original = t.file.original(t.id())
	}
	return t.file.send(ctx, t.watch, s.outcome(Record{Content: content}, err))
}

// missing says what a row must have and has not.
func (l *layout) missing(object map[string]any) error {
	for _, must := range []struct{ field, what string }{{"question", "问题"}, {"answer", "答案"}, {"title", "名称"}, {"text", "正文"}} {
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

// document sends the sheet as one document.
func (t *tableReader) document(ctx context.Context, kind corpus.Kind, title string, blocks []corpus.Block) error {
	s := t.source(0)
	d, err := s.document(fields{"id": t.id()})
	var content corpus.Content
	if err == nil {
		if d.Kind == "" {
			d.Kind = kind
		}
		d.Title = clean(title)
		content, err = safely(func() (corpus.Content, error) { return s.finish(d, nil, cleanBlocks(blocks)) })
	}
	if err == nil {
		content.Original = t.file.original(d.ID)
	}
	return t.file.send(ctx, t.watch, s.outcome(Record{Content: content}, err))
}

// collect reads rows to the end, or to the first error.
func collect(rows iter.Seq2[sheet.Row, error], failed *error) []sheet.Row {
	var all []sheet.Row
	for row, err := range rows {
		if err != nil {
			*failed = err
			break
		}
		all = append(all, row)
	}
	return all
}

// isForm tells a sheet that is one service guide, with the names of fields in
// a column and what they say beside them.
func isForm(rows [][]string) bool {
	known := 0
	for _, row := range rows {
		label, value := pair(row)
		if value != "" && (slices.Contains(guideColumns, heading(label)) || columnNames[heading(label)] == "matter") {
			known++
		}
	}
	return known >= 3
}

// pair is a row's first text and the rest of them.
func pair(row []string) (label, value string) {
	for i, cell := range row {
		if cell == "" {
			continue
		}
		if label == "" {
			label = cell
			continue
		}
		return label, strings.TrimSpace(strings.Join(row[i:], "\n"))
	}
	return label, ""
}

// form reads a sheet that is one guide.
func (t *tableReader) form(ctx context.Context, rows []sheet.Row) error {
	title := ""
	var blocks []corpus.Block
	last := ""
	for _, row := range rows {
		label, value := pair(row.Filled)
		switch {
		case value == "":
			blocks = append(blocks, textBlocks(label)...)
			continue
		case title == "" && columnNames[heading(label)] == "matter":
			title = strings.Join(strings.Fields(value), " ")
		case label != last:
			blocks = append(blocks, corpus.Block{Heading: 2, Text: strings.Join(strings.Fields(strings.Trim(label, "：:")), "")})
		}
		if columnNames[heading(label)] != "matter" {
			blocks = append(blocks, textBlocks(value)...)
		}
		last = label
	}
	if title == "" {
		title = t.name()
	}
	return t.document(ctx, corpus.Guide, title, blocks)
}

// catalogue reads any other sheet as one document: a title, and a table.
func (t *tableReader) catalogue(ctx context.Context, head []sheet.Row, more iter.Seq2[sheet.Row, error]) error {
	header := headerRow(head)
	b := tableBuilder{}
	title := ""
	for i, row := range head {
		label, rest := pair(row.Cells)
		switch {
		case i < header && rest == "" && title == "":
			title = strings.Join(strings.Fields(label), " ")
		case i < header && rest == "":
			b.blocks = append(b.blocks, textBlocks(label)...)
		default:
			b.row(row.Cells, i == header)
		}
	}
	for row, err := range more {
		if err != nil {
			return t.refuse(ctx, err)
		}
		b.row(row.Cells, false)
		if b.size > MaxText {
			return t.refuse(ctx, refuse("文字超过 %d MB 的上限，未导入；请拆成几份", MaxText>>20))
		}
	}
	if title == "" {
		title = t.name()
	}
	return t.document(ctx, corpus.Catalogue, title, b.blocks)
}

// headerRow is the first row that reads like headings: two and more short
// cells without figures, as many as the rows below have. -1 is none.
func headerRow(rows []sheet.Row) int {
	for i, row := range rows[:min(len(rows), 10)] {
		filled, fine := 0, true
		for _, c := range row.Cells {
			if c == "" {
				continue
			}
			filled++
			first := c[0]
			if len([]rune(c)) > 16 || first >= '0' && first <= '9' || strings.HasSuffix(c, "：") || strings.HasSuffix(c, "。") {
				fine = false
			}
		}
		if filled < 2 || !fine || i+1 >= len(rows) {
			continue
		}
		below := rows[i+1].Filled
		if len(below) <= len(row.Cells)+2 && len(row.Cells)-filled <= filled {
			return i
		}
		return -1
	}
	return -1
}

// tableBuilder gathers the rows of a table as blocks.
type tableBuilder struct {
	blocks []corpus.Block
	size   int
}

func (b *tableBuilder) row(cells []string, header bool) {
	if len(cells) == 0 {
		return
	}
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = strings.Join(strings.Fields(c), " ")
	}
	text := strings.Join(line, "\t")
	b.size += len(text) + 1
	b.blocks = append(b.blocks, corpus.Block{Row: true, Header: header, Text: text})
}

// questions sends a file that is a list of questions as a record for each. What
// stands over a group of them is their topic.
func (f *file) questions(ctx context.Context, w *stopwatch, s *source, whole corpus.Content, list []corpus.QuestionAnswer) error {
	topics := whole.Document.Topics
	for i, q := range list {
		one := &source{opts: s.opts, file: s.file, rel: s.rel, line: i + 1, problems: s.problems}
		s.problems = nil // said once
		if above := strings.TrimSpace(blockText(q.Above)); above != "" {
			if len(q.Above) == 1 && len([]rune(above)) <= 40 {
				topics = append(slices.Clone(whole.Document.Topics), strings.TrimSpace(topicNumber.ReplaceAllString(above, "")))
			} else {
				one.warn("问题“%.60s”之前的说明没有导入：%.300s", q.Question, above)
			}
		}
		d := whole.Document
		d.ID = f.questionID(whole.Document.ID, q.Question)
		d.Kind, d.Title, d.Question, d.Similar, d.Topics = corpus.FAQ, q.Question, q.Question, nil, topics
		content, err := safely(func() (corpus.Content, error) { return one.finish(d, nil, q.Answer) })
		if err == nil {
			content.Hold, content.Findings = whole.Hold, whole.Findings
			if len(f.data) <= maxOriginal {
				content.Original = whole.Original
			}
		}
		what := one.outcome(Record{Content: content}, err)
		what.record.Line = 0
		if err := f.send(ctx, w, what); err != nil {
			return err
		}
	}
	return nil
}

var topicNumber = regexp.MustCompile(`^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十]{1,3}[章节部分]+)\s*`)

func (f *file) questionID(file, question string) string {
	if len(file) > 100 {
		file = slug(file)
	}
	return fmt.Sprintf("%s.q-%s", file, hash(question))
}

func blockText(blocks []corpus.Block) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, b.Label+b.Text)
	}
	return strings.Join(parts, " ")
}

// questionsOf splits a file that is a list of questions.
func questionsOf(s *source, c corpus.Content) []corpus.QuestionAnswer {
	switch c.Document.Kind {
	case corpus.Policy, corpus.Guide, corpus.Catalogue, corpus.Consultation, corpus.Interpretation, corpus.Clarification:
		return nil
	case corpus.FAQ:
		if c.Document.Question != c.Document.Title {
			return nil // its metadata name the one question
		}
	}
	list, ok := corpus.Questions(c.Document.Title, s.blocks)
	if !ok || len(list) > maxRecords {
		return nil
	}
	return list
}
