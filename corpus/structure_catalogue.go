package corpus

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/numeral"
)

// A catalogue (权力清单, 收费目录, 负面清单) is its rows: each is a passage with
// days of its own.

const maxRowLabel = 40 // characters of a row's name

var rowCode = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$`)

// rowColumns say which cells of a table name a row and its days.
type rowColumns struct {
	names []string
	count int // column of mere running numbers; -1 is none
	code  int // column of numbers that stay; -1 is none
	name  int // column that names what the row is about; -1 is not known
}

var nameColumn = regexp.MustCompile(`^(?:[一-龥]{0,8}名称|(?:收费|事业性收费|审批|许可|服务|检查)?(?:项目|事项)|职权|标题)$`)

func columnsOf(names []string) rowColumns {
	c := rowColumns{names: names, count: -1, code: -1, name: -1}
	for i, name := range names {
		switch Squeeze(name) {
		case "序号", "序", "No.", "No":
			c.count = i
		case "编号", "编码", "代码", "项目编码", "项目编号", "项目代码", "事项编码", "事项编号", "事项代码", "目录编码", "职权编码", "权力编码", "税目代码", "禁止或许可事项编码":
			if c.code < 0 {
				c.code = i
			}
		default:
			if c.name < 0 && nameColumn.MatchString(Squeeze(name)) {
				c.name = i
			}
		}
	}
	return c
}

// row makes a passage of a row of a catalogue.
func (b *builder) row(p piece) {
	b.structured = true
	cells := Cells(p.text)
	switch {
	case p.header && b.named > 0 && b.named == p.start: // two rows name the columns
		b.table = columnsOf(below(b.table.names, cells))
		b.named = p.end
	case p.header:
		b.named = p.end
		b.table, b.above, b.rowGroup = columnsOf(cells), nil, ""
		b.open(draft{Passage: Passage{Anchor: b.scope + "table-" + code(p.text, codeLength), Role: HeadingRole, Path: b.path(), Start: p.start}, head: true, pieces: 1})
	case len(cells) == 1, b.table.group(cells):
		b.above, b.rowGroup = nil, tidy(strings.Join(cells, " "))
		b.open(draft{Passage: Passage{Anchor: b.scope + "group-" + code(p.text, codeLength), Role: HeadingRole, Label: b.rowGroup, Path: b.path(), Start: p.start}, head: true, pieces: 1})
	default:
		cells, carried := b.table.fillDown(cells, b.above)
		b.above = cells
		path := b.path()
		if b.rowGroup != "" {
			path = append(path, b.rowGroup)
		}
		path = append(path, carried...)
		q := Passage{Anchor: b.scope + b.table.anchor(cells), Role: BodyRole, Label: b.table.label(cells), Path: path, Start: p.start}
		q.From, q.Until = b.table.days(cells)
		b.open(draft{Passage: q, pieces: 1})
	}
	b.extend(p.end)
}

// endTable forgets the table before what is no row.
func (b *builder) endTable() {
	if b.table.names != nil || b.above != nil {
		b.table, b.above, b.rowGroup = columnsOf(nil), nil, ""
	}
}

var groupNumber = regexp.MustCompile(`^[（(]?[一二三四五六七八九十百]{1,4}[）)]?[、.．]?$`)

// group says whether a row is a heading across the table that has its number
// in a cell of its own: 一, 公安部门.
func (c rowColumns) group(cells []string) bool {
	return len(cells) == 2 && len(c.names) > 2 && groupNumber.MatchString(cells[0])
}

// fillDown gives the cells that a row leaves empty before its name the words
// of those above: merged cells. Those of other columns than its numbers are
// carried: the headings under which the row stands.
func (c rowColumns) fillDown(cells, above []string) (filled, carried []string) {
	for i := 0; i < len(cells) && i < len(above); i++ {
		switch {
		case cells[i] == "":
			cells[i] = above[i]
			if i != c.count && i != c.code && i < c.name && above[i] != "" {
				carried = append(carried, tidy(above[i]))
			}
		case i != c.count && i != c.code:
			return cells, carried
		}
	}
	return cells, carried
}

// anchor names a row by its number where that stays, else by its first words,
// without the running number that every row put in changes.
func (c rowColumns) anchor(cells []string) string {
	if c.code >= 0 && c.code < len(cells) && cells[c.code] != "" {
		if rowCode.MatchString(cells[c.code]) {
			return "row-" + cells[c.code]
		}
		return "row-" + code(cells[c.code], codeLength)
	}
	var key []string
	for i, cell := range cells {
		if cell != "" && i != c.count && len(key) < 3 {
			key = append(key, cell)
		}
	}
	return "row-" + code(strings.Join(key, "|"), 3*codeLength)
}

// label is the name of a row: the cell of the column that names it, else its
// first cell of words.
func (c rowColumns) label(cells []string) string {
	if c.name >= 0 && c.name < len(cells) && cells[c.name] != "" {
		cells = cells[c.name:]
		c.count, c.code = -1, -1
	}
	for i, cell := range cells {
		if i == c.count || i == c.code || cell == "" || numeral.Arabic(rune(cell[0])) >= 0 && len(cell) < 6 {
			continue
		}
		if utf8.RuneCountInString(cell) > maxRowLabel {
			return string([]rune(cell)[:maxRowLabel]) + "…"
		}
		return cell
	}
	return ""
}

var (
	fromColumn  = regexp.MustCompile(`^(?:施行|实施|生效|执行|启用|开始|起始|起征)(?:日期|时间|日)$`)
	lastColumn  = regexp.MustCompile(`^(?:截止|失效|终止|到期|结束)(?:日期|时间|日)$|^有效期(?:截?止)?至$`)
	endColumn   = regexp.MustCompile(`^(?:废止|取消|停征|撤销|停止执行)(?:日期|时间|日)$`)
	spanColumn  = regexp.MustCompile(`^(?:有效|执行|试行|实施)(?:期限?|起止日期|起止时间)$|^(?:起止日期|起止时间)$`)
	remarkNames = []string{"备注", "说明", "备注说明", "状态", "有效性", "调整情况"}

	cellDay = regexp.MustCompile(`([12]\d{3})\s*[年./-]\s*(\d{1,2})\s*(?:[月./-]\s*(?:(\d{1,2})\s*日?)?)?`)
	years   = regexp.MustCompile(`^([一二两三四五六七八九十\d]{1,2})\s*年$`)
	stopped = regexp.MustCompile(`(?:^|[，。；、\s]|该项目?|本项|现|已于[^，。；]{0,20}|起|予以)(?:已(?:经)?|起|予以)?(?:废止|取消|停征|停止征收|停止执行|撤销|失效)(?:$|[，。；、\s（(])`)
	begins  = regexp.MustCompile(`^\s*日?起(?:正式)?(?:开始)?(?:执行|施行|实施|生效|征收|启用)`)
	ends    = regexp.MustCompile(`^\s*日?起(?:予以)?(?:废止|取消|停征|停止|撤销|失效|不再)`)
	through = regexp.MustCompile(`(?:至|到|截止|截至|[～~—–-])\s*$`)
)

// days reads the days [from, until) that the cells of a row state for it.
// Those that contradict each other are left out.
func (c rowColumns) days(cells []string) (from, until Date) {
	for i, name := range c.names {
		if i >= len(cells) || cells[i] == "" {
			continue
		}
		cell := cells[i]
		switch name = Squeeze(name); {
		case fromColumn.MatchString(name):
			from, _ = firstDayIn(cell)
		case lastColumn.MatchString(name):
			if last := lastDayIn(cell); last.Known() {
				until = last.next()
			}
		case endColumn.MatchString(name):
			until, _ = firstDayIn(cell)
		case spanColumn.MatchString(name):
			from, until = span(cell, from, until)
		case slices.Contains(remarkNames, name):
			from, until = remark(cell, from, until)
		}
	}
	if from.Known() && until.Known() && from >= until && until != firstDay {
		return "", ""
	}
	return from, until
}

// span reads 2023年1月1日至2025年12月31日, 自…起, 至…, …年.
func span(cell string, from, until Date) (Date, Date) {
	first, at := firstDayIn(cell)
	last := lastDayIn(cell)
	switch {
	case first.Known() && cellDay.FindAllStringIndex(cell, 3) != nil && len(cellDay.FindAllStringIndex(cell, 3)) == 2:
		return first, last.next()
	case first.Known() && strings.HasPrefix(strings.TrimLeft(cell[at:], " 日"), "起"):
		return first, until
	case last.Known():
		return from, last.next()
	}
	if m := years.FindStringSubmatch(Squeeze(cell)); m != nil && from.Known() {
		if n, _, _ := numeral.Prefix(m[1]); n > 0 {
			return from, from.years(n)
		}
	}
	return from, until
}

// remark reads 自2024年1月1日起取消, 已废止, 2024年3月1日起执行, 执行至….
func remark(cell string, from, until Date) (Date, Date) {
	said := false
	for _, m := range cellDay.FindAllStringSubmatchIndex(cell, 20) {
		day := dayOf(cell, m, false)
		switch rest := cell[m[1]:]; {
		case !day.Known():
		case begins.MatchString(rest):
			from, said = day, true
		case ends.MatchString(rest):
			until, said = day, true
		case through.MatchString(cell[:m[0]]) && !stopped.MatchString(rest):
			if last := dayOf(cell, m, true); last.Known() {
				until, said = last.next(), true
			}
		case strings.HasSuffix(strings.TrimSpace(cell[:m[0]]), "于") && stopped.MatchString(rest):
			until, said = day, true
		}
	}
	if !said && stopped.MatchString(cell) {
		until = firstDay // at any time before today
	}
	return from, until
}

// firstDayIn returns the first day that a cell names and where it ends.
func firstDayIn(cell string) (Date, int) {
	m := cellDay.FindStringSubmatchIndex(cell)
	if m == nil {
		return "", 0
	}
	return dayOf(cell, m, false), m[1]
}

func lastDayIn(cell string) Date {
	all := cellDay.FindAllStringSubmatchIndex(cell, 20)
	if len(all) == 0 {
		return ""
	}
	return dayOf(cell, all[len(all)-1], true)
}

// dayOf reads a match of cellDay. A month alone is its first or its last day.
func dayOf(cell string, m []int, last bool) Date {
	year, month := cell[m[2]:m[3]], cell[m[4]:m[5]]
	y, _ := strconv.Atoi(year) // digits, as matched
	mo, _ := strconv.Atoi(month)
	d := 1
	if m[6] >= 0 {
		d, _ = strconv.Atoi(cell[m[6]:m[7]])
	} else if last {
		d = time.Date(y, time.Month(mo)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	}
	day, err := ParseDate(fmt.Sprintf("%04d-%02d-%02d", y, mo, d))
	if err != nil {
		return ""
	}
	return day
}

// years returns the same day n years later.
func (d Date) years(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(n, 0, 0).Format(time.DateOnly))
}
