package extract

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// tableBlocks makes a block of each row that is not empty. heads is how many
// rows at its top name the columns.
func tableBlocks(rows [][]string, heads int) []corpus.Block {
	if heads > 0 && (ofFields(rows) || len(rows) <= heads) {
		heads = 0
	}
	var out []corpus.Block
	for i, row := range rows {
		cells := make([]string, len(row))
		empty := true
		for k, cell := range row {
			cells[k] = strings.Join(strings.Fields(cell), " ")
			empty = empty && cells[k] == ""
		}
		if empty {
			continue
		}
		out = append(out, corpus.Block{Row: true, Header: i < heads, Text: strings.Join(cells, "\t")})
	}
	return out
}

// ofFields says whether a table is a service guide's: fields in its first
// column, from the first row on.
func ofFields(rows [][]string) bool {
	fields := 0
	for i, row := range rows[:min(len(rows), 30)] {
		if len(row) == 0 {
			continue
		}
		_, ok := corpus.GuideField(strings.TrimRight(row[0], "：:"))
		if i == 0 && !ok {
			return false
		}
		if ok {
			fields++
		}
	}
	return fields >= 2
}

// looksLikeHeader tells a header from a first row of values: every cell
// short and filled, none a number or a name with a colon.
func looksLikeHeader(rows [][]string) bool {
	if len(rows) < 2 || len(rows[0]) < 2 {
		return false
	}
	for _, c := range rows[0] {
		if c == "" || utf8.RuneCountInString(c) > 16 || strings.HasSuffix(c, "：") || strings.HasSuffix(c, ":") ||
			strings.ContainsAny(c[:1], "0123456789") {
			return false
		}
	}
	// Two columns are as often names and their values.
	return len(rows[0]) > 2 || columnName.MatchString(rows[0][1])
}

// columnName is what a column of values is called.
var columnName = regexp.MustCompile(`(?:名称|内容|标准|价格|金额|费用|时间|日期|地址|地点|电话|方式|单位|部门|机构|备注|说明|要求|条件|数量|份数|依据|对象|范围|期限|时限|结果|情况|类型|类别|级别|等级|答案|解答|回答|值|额|率)(?:（[^（）]*）|\([^()]*\))?$`)
