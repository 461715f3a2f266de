package extract

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

// The bounds of a file of agencies.
const (
	MaxAgencyFile     = 8 << 20 // bytes
	maxAgencyProblems = 50      // named before the rest is only counted
	maxAgencyColumns  = 100
	maxAgencyCell     = 20_000 // bytes
)

// AgencyRecord is an agency and where it was found.
type AgencyRecord struct {
	Agency corpus.Agency
	File   string
	Line   int
}

// AgencyFile says how a file of agencies is read.
type AgencyFile struct {
	Name    string      // for messages; its ending tells CSV from JSON lines
	Account string      // owns the entries that name none; "" is shared
	Today   corpus.Date // no entry was checked after it
}

// agencyColumn is what a column or a JSON field holds.
type agencyColumn int

const (
	noColumn agencyColumn = iota
	colID
	colName
	colAliases
	colRegion
	colMatters
	colAddress
	colHours
	colNote
	colPhone
	colWebsite
	colChecked
	colAccount
	colSunday // the days of the week in the order of time.Weekday
	colMonday
	colTuesday
	colWednesday
	colThursday
	colFriday
	colSaturday
)

// agencyHeadings are the names of columns as people write them, in lower case
// without blanks.
var agencyHeadings = func() map[string]agencyColumn {
	known := map[string]agencyColumn{}
	for c, names := range map[agencyColumn]string{
		colID:        "编号 id 代码 单位编号 机构编号 标识",
		colName:      "名称 机构 单位 部门 机构名称 单位名称 部门名称 name agency",
		colAliases:   "别名 简称 俗称 又称 aliases alias",
		colRegion:    "区域 地区 所属地区 行政区划 region",
		colMatters:   "职责 事项 负责事项 职能 职责/事项 职责事项 业务 matters",
		colAddress:   "地址 办公地址 地点 办公地点 address",
		colHours:     "办公时间 工作时间 服务时间 上班时间 开放时间 时间 hours",
		colNote:      "时间说明 办公时间说明 节假日 note",
		colPhone:     "电话 联系电话 咨询电话 办公电话 电话号码 phone tel",
		colWebsite:   "网站 网址 官网 website url",
		colChecked:   "核对日期 核对时间 核对 checked checked_on checkedon",
		colAccount:   "账号 帐号 公众号 account",
		colSunday:    "周日 星期日 星期天 礼拜天 周天 sunday sun",
		colMonday:    "周一 星期一 礼拜一 monday mon",
		colTuesday:   "周二 星期二 礼拜二 tuesday tue",
		colWednesday: "周三 星期三 礼拜三 wednesday wed",
		colThursday:  "周四 星期四 礼拜四 thursday thu",
		colFriday:    "周五 星期五 礼拜五 friday fri",
		colSaturday:  "周六 星期六 礼拜六 saturday sat",
	} {
		for name := range strings.FieldsSeq(names) {
			known[name] = c
		}
	}
	return known
}()

const columnHelp = "可用的列：编号、名称、别名、区域、职责、地址、办公时间（或周一到周日）、时间说明、电话、网站、核对日期、账号"

// agencyReader reads one file.
type agencyReader struct {
	file     AgencyFile
	records  []AgencyRecord
	problems []Problem
	line     int
}

// Agencies reads a file of agencies: CSV as spreadsheets save it (UTF-8 with a
// mark or without, GB18030, UTF-16; commas, semicolons or tabs), or JSON lines,
// with the headings of agencyHeadings. A problem means that its line, or the
// file, cannot be taken; problems are in plain words and name file and line.
func Agencies(f AgencyFile, data []byte) ([]AgencyRecord, []Problem) {
	r := &agencyReader{file: f}
	if len(data) > MaxAgencyFile {
		r.refuse("文件超过 %d MB 的上限", MaxAgencyFile>>20)
		return nil, r.problems
	}
	s := &source{file: f.Name}
	text := decode(s, data, "")
	if len(s.problems) > 0 {
		r.refuse("文字编码损坏，请用表格软件另存为“CSV UTF-8”再导入")
		return nil, r.problems
	}
	_, err := safely(func() (struct{}, error) {
		if r.isJSON(text) {
			r.jsonLines(text)
		} else {
			r.csv(text)
		}
		return struct{}{}, nil
	})
	if err != nil {
		r.refuse("%s", err)
	}
	if len(r.records) == 0 && len(r.problems) == 0 {
		r.line = 0
		r.refuse("没有单位：第一行应是列名，下面每行一个单位")
	}
	return r.records, r.problems
}

func (r *agencyReader) isJSON(text string) bool {
	switch strings.ToLower(path.Ext(r.file.Name)) {
	case ".csv", ".tsv":
		return false
	}
	return strings.HasPrefix(strings.TrimSpace(text), "{")
}

func (r *agencyReader) refuse(format string, args ...any) {
	s := &source{file: r.file.Name, line: r.line}
	s.warn(format, args...)
	s.problems[0].Skipped = true
	r.problems = append(r.problems, s.problems[0])
}

// full reports whether enough was found wrong to stop reading.
func (r *agencyReader) full() bool {
	if len(r.problems) < maxAgencyProblems {
		return false
	}
	r.refuse("问题太多，后面的不再检查")
	return true
}

func (r *agencyReader) csv(text string) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = delimiter(text)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = in.Comma != '\t'
	var columns []agencyColumn
	for !r.full() {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			r.quoting(err)
			return
		}
		r.line, _ = in.FieldPos(0)
		switch {
		case blank(row):
		case columns == nil:
			if columns = r.headings(row); columns == nil {
				return
			}
		default:
			r.row(columns, row)
		}
	}
}

// delimiter tells from the first line what stands between cells.
func delimiter(text string) rune {
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n "), "\n")
	best := ','
	for _, d := range []rune{';', '\t'} {
		if strings.Count(head, string(d)) > strings.Count(head, string(best)) {
			best = d
		}
	}
	return best
}

// quoting names the line of a cell whose quotes are not closed.
func (r *agencyReader) quoting(err error) {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		r.line = parse.StartLine
	}
	r.refuse("这一行的双引号不成对，读不下去；单元格里有逗号或换行时，要用双引号括起来")
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// headings reads the first row, nil where it cannot be used.
func (r *agencyReader) headings(row []string) []agencyColumn {
	if len(row) > maxAgencyColumns {
		r.refuse("列太多（%d），最多%d列", len(row), maxAgencyColumns)
		return nil
	}
	columns := make([]agencyColumn, len(row))
	seen := map[agencyColumn]string{}
	before := len(r.problems)
	for i, cell := range row {
		c, ok := headingOf(cell)
		switch {
		case strings.TrimSpace(cell) == "":
		case !ok:
			r.refuse("不认识的列“%s”：请改名或删掉。%s", short(cell), columnHelp)
		case seen[c] != "":
			r.refuse("“%s”和“%s”两列说的是同一件事，请留一列", seen[c], short(cell))
		default:
			columns[i], seen[c] = c, short(cell)
		}
	}
	if seen[colName] == "" && len(r.problems) == before {
		r.refuse("第一行没有“名称”这一列。%s", columnHelp)
	}
	if len(r.problems) > before {
		return nil
	}
	return columns
}

func headingOf(cell string) (agencyColumn, bool) {
	name := strings.ToLower(strings.Join(strings.Fields(cell), ""))
	for _, tail := range []string{"（必填）", "(必填)", "：", ":", "*"} {
		name = strings.TrimSuffix(name, tail)
	}
	c, ok := agencyHeadings[name]
	return c, ok
}

func (r *agencyReader) row(columns []agencyColumn, row []string) {
	cells := map[agencyColumn]string{}
	for i, cell := range row {
		switch {
		case strings.TrimSpace(cell) == "":
		case i >= len(columns) || columns[i] == noColumn:
			r.refuse("“%s”上面没有列名", short(cell))
			return
		default:
			cells[columns[i]] = cell
		}
	}
	r.agency(cells)
}

func (r *agencyReader) jsonLines(text string) {
	for n, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if r.full() {
			return
		}
		r.line = n + 1
		r.object(line)
	}
}

func (r *agencyReader) object(line string) {
	var object map[string]any
	dec := json.NewDecoder(bytes.NewReader([]byte(line)))
	dec.UseNumber()
	if err := dec.Decode(&object); err != nil || object == nil {
		r.refuse("这一行不是完整的 JSON 对象（应为 {…}）")
		return
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		r.refuse("这一行在 JSON 对象之后还有别的内容")
		return
	}
	cells := map[agencyColumn]string{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		v := object[key]
		c, ok := headingOf(key)
		if !ok {
			r.refuse("不认识的字段“%s”。%s", short(key), columnHelp)
			return
		}
		if days, nested := v.(map[string]any); nested && c == colHours {
			if !r.week(cells, days) {
				return
			}
			continue
		}
		if cells[c] != "" {
			r.refuse("“%s”和另一个字段说的是同一件事，请留一个", short(key))
			return
		}
		switch v.(type) {
		case string, json.Number, nil, []any:
			cells[c] = plain(v)
		default:
			r.refuse("字段“%s”应是文字或文字的列表", short(key))
			return
		}
	}
	r.agency(cells)
}

// week reads {"周一": "9:00-12:00", …}.
func (r *agencyReader) week(cells map[agencyColumn]string, days map[string]any) bool {
	for _, key := range slices.Sorted(maps.Keys(days)) {
		v := days[key]
		c, ok := headingOf(key)
		if _, text := v.(string); !ok || c < colSunday && c != colNote || !text || cells[c] != "" {
			r.refuse("办公时间里的“%s”应是周一到周日中的一天，后面写几点到几点", short(key))
			return false
		}
		cells[c] = plain(v)
	}
	return true
}

// agency makes an entry of what a line says. What is wrong with it by itself,
// its limits too, is said here with its line.
func (r *agencyReader) agency(cells map[agencyColumn]string) {
	for c, cell := range cells {
		if len(cell) > maxAgencyCell {
			r.refuse("“%s”太长", short(cell))
			return
		}
		cells[c] = strings.TrimSpace(cell)
	}
	a := corpus.Agency{
		ID: cells[colID], Account: cells[colAccount], Name: spaced(cells[colName]), Region: spaced(cells[colRegion]),
		Aliases: words(cells[colAliases]), Matters: words(cells[colMatters]), Address: spaced(cells[colAddress]),
		Phone: phones(cells[colPhone]), Website: cells[colWebsite],
	}
	switch {
	case a.Account == "":
		a.Account = r.file.Account
	case r.file.Account != "" && a.Account != r.file.Account:
		r.refuse("这一行的账号是“%s”，和 --account %s 不一样", short(a.Account), short(r.file.Account))
		return
	}
	if a.ID == "" && a.Name != "" {
		a.ID = "a-" + hash(a.Name)
	}
	if cells[colChecked] != "" {
		day, ok := clause.ParseDay(cells[colChecked])
		if !ok {
			r.refuse("核对日期“%s”不是日期，应写成2026-10-08", short(cells[colChecked]))
			return
		}
		a.Checked = day
	}
	var err error
	if a.Hours, err = hours(cells); err != nil {
		r.refuse("%s", err)
		return
	}
	if f := a.Fault(r.file.Today); f != "" {
		r.refuse("%s", f)
		return
	}
	r.records = append(r.records, AgencyRecord{a, r.file.Name, r.line})
}

func hours(cells map[agencyColumn]string) (corpus.Hours, error) {
	h, err := corpus.ParseHours(cells[colHours])
	if err != nil {
		return h, err
	}
	for c := colSunday; c <= colSaturday; c++ {
		day := time.Weekday(c - colSunday)
		if cells[c] == "" {
			continue
		}
		if cells[colHours] != "" {
			return h, refuse("“办公时间”和“%s”两列都写了时间，请只用一种写法", corpus.WeekdayName(day))
		}
		if err := h.ParseDay(day, cells[c]); err != nil {
			return h, refuse("%s一栏：%s", corpus.WeekdayName(day), err)
		}
	}
	return h, h.SetNote(cells[colNote])
}

// words splits a cell at 、 and the like, and at line breaks; one that comes
// twice is kept once.
func words(cell string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune("、，,；;|｜\r\n", r) }) {
		if w = spaced(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

var (
	areaCode   = regexp.MustCompile(`[(（](0\d{2,3})[)）]\s*-?`)
	dashes     = regexp.MustCompile(`\s*[—–－―‐]+\s*`)
	blankArea  = regexp.MustCompile(`\b(0\d{2,3})\s+(\d{7,8})\b`)
	phoneSplit = regexp.MustCompile(`[、，,；;/／\s]+`)
)

// phones writes numbers the way the directory keeps them: 0599-1234567、12345.
func phones(cell string) string {
	cell = areaCode.ReplaceAllString(cell, "$1-")
	cell = blankArea.ReplaceAllString(dashes.ReplaceAllString(cell, "-"), "$1-$2")
	cell = strings.NewReplacer("(", "（", ")", "）", "\u3000", " ").Replace(digits(cell))
	cell = strings.ReplaceAll(cell, " （", "（")
	return strings.Trim(phoneSplit.ReplaceAllString(cell, "、"), "、")
}

// digits turns full-width digits into ASCII.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
}

// short shortens what a message quotes.
func short(s string) string {
	s = spaced(s)
	if utf8.RuneCountInString(s) > 30 {
		return string([]rune(s)[:30]) + "…"
	}
	return s
}
