package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// columnNames are the headings of columns as offices write them, by the field
// that they are. Blanks, （必填）, stars and numbers at the end don't count.
var columnNames = func() map[string]string {
	known := map[string]string{}
	for field, names := range map[string]string{
		"id":       "编号 id 标识 问题编号 知识编号 事项编码 事项编号 实施编码 事项代码 文件编号",
		"question": "问题 标准问题 标准问 问 提问 咨询问题 常见问题 问题标题 主问题 问题描述 问题名称 咨询内容 question q",
		"answer":   "答案 回答 答复 标准答案 回复 答 解答 答复内容 回复内容 答案内容 问题答案 问题解答 解答内容 answer a",
		"similar":  "相似问法 相似问题 相似问 扩展问 扩展问法 扩展问题 相似说法 其他问法 同义问法 事项简称 简称 别名 俗称 通俗名称 similar",
		"negative": "反例 反例问法 反例问题 负例 排除问法 排除问题 不匹配问题 不适用问题 negative",
		"refer":    "转问 转问单位 请问单位 查无政策请问 refer",
		"matter":   "事项名称 办理事项 服务事项 政务服务事项 事项 办事事项 服务事项名称 主项名称 办理事项名称",
		"title":    "标题 文件名称 文件标题 政策名称 题名 文件名 政策标题 title",
		"text":     "正文 内容 全文 文件内容 正文内容 政策内容 text content",
		"number":   "文号 发文字号 发文文号 文件字号 number",
		"agency":   "部门 责任部门 责任单位 发布单位 答复单位 发文机关 发布机构 发布机关 发文单位 制定机关 实施机关 实施主体 主管部门 办理部门 牵头单位 答复部门 agency",
		"region":   "地区 区域 适用地区 行政区划 所属地区 区划 region",
		"topics":   "分类 类别 主题 主题分类 标签 栏目 业务分类 所属分类 问题分类 问题类型 topics tags",
		"audience": "适用对象 适用人群 面向对象 面向人群 audience",
		"url":      "链接 网址 原文链接 来源链接 链接地址 url", "published": "发布日期 发布时间 公开日期 印发日期 published",
		"written": "成文日期 written", "effective": "施行日期 生效日期 实施日期 执行日期 effective", "expires": "失效日期 有效期至 expires", "ended": "废止日期 废止时间",
		"kind":  "文件类型 kind",
		"count": "序号 序 no no. 行号",
	} {
		for name := range strings.FieldsSeq(names) {
			known[name] = field
		}
	}
	return known
}()

// guideColumns are the headings of service guides beside the matter's name. A
// sheet that has two of them holds guides; all others become sections as well.
var guideColumns = []string{
	"受理条件", "申请条件", "办理条件", "申领条件", "申请材料", "申报材料", "办理材料", "所需材料", "提交材料", "材料清单",
	"办理流程", "办理程序", "办事流程", "申请流程", "办理步骤", "办理时限", "办结时限", "承诺时限", "法定时限", "承诺办结时限", "法定办结时限",
	"收费标准", "收费情况", "是否收费", "办理地点", "受理地点", "办理窗口", "办公地址", "办公时间", "工作时间", "受理时间", "办理时间",
	"咨询电话", "联系电话", "咨询方式", "联系方式", "网上办理", "网上办理地址", "办理网址", "在线办理", "异地办理", "上门服务",
	"设定依据", "办理依据", "政策依据", "法律依据", "服务对象", "办理对象", "申请对象", "办理结果", "投诉电话", "监督电话", "受理机构", "办理机构",
}

var headingEnd = regexp.MustCompile(`(?:[（(][^（）()]{0,12}[）)]|[*＊：:\d])+$`)

// heading is a column's heading without what differs from sheet to sheet.
func heading(cell string) string {
	s := strings.ToLower(strings.Join(strings.Fields(cell), ""))
	if utf8.RuneCountInString(s) > 30 {
		return ""
	}
	return strings.TrimLeft(headingEnd.ReplaceAllString(s, ""), "*＊")
}

// The keys of a row's record that come from no single column.
const (
	idKey   = "\x00id"
	listKey = "\x00list " // before the field
)

// layout says where a sheet of records has its headings and what they mean.
type layout struct {
	header int      // row of the head
	names  []string // of the columns, unlike each other
	m      Map
	idCol  int   // -1 is none
	idFrom []int // columns that make an ID where none is given
	// lists are the fields that several columns may have together.
	lists  map[string][]int
	unused []string // headings whose columns are left out
}

// layoutOf finds the head of a sheet of questions, guides or documents among
// its first rows.
func layoutOf(rows [][]string) (layout, bool) {
	for i, row := range rows {
		if l, ok := headOf(row); ok {
			l.header = i
			return l, true
		}
	}
	return layout{}, false
}

// headOf reads a row as headings.
func headOf(row []string) (layout, bool) {
	at := map[string]int{}
	l := layout{names: uniqueNames(row), idCol: -1, m: Map{Fields: map[string]string{}}, lists: map[string][]int{}}
	guide := 0
	for i, cell := range row {
		name := heading(cell)
		if slices.Contains(guideColumns, name) {
			guide++
		}
		field := columnNames[name]
		if field == "similar" || field == "negative" {
			l.lists[field] = append(l.lists[field], i)
		} else if _, taken := at[field]; field != "" && !taken {
			at[field] = i
		}
	}
	has := func(fields ...string) bool {
		return !slices.ContainsFunc(fields, func(f string) bool { _, ok := at[f]; return !ok })
	}
	switch {
	case has("question", "answer"), has("question", "refer"):
		l.m.Kind = corpus.FAQ
		delete(at, "title")
		delete(at, "text")
		delete(at, "kind")
		l.idFrom = []int{at["question"]}
	case has("matter") && guide >= 2, has("title") && guide >= 3:
		l.m.Kind = corpus.Guide
		if has("matter") {
			at["title"] = at["matter"]
		}
		delete(at, "text")
		delete(at, "question")
		delete(at, "answer")
		delete(at, "kind")
		l.idFrom = []int{at["title"]}
	case has("title", "text"):
		delete(at, "question")
		delete(at, "answer")
		l.idFrom = []int{at["title"]}
	default:
		return layout{}, false
	}
	for _, f := range []string{"number", "region", "agency"} {
		if i, ok := at[f]; ok && l.m.Kind != corpus.FAQ {
			l.idFrom = append(l.idFrom, i)
		}
	}
	l.assign(row, at)
	return l, true
}

// assign makes the map of the columns.
func (l *layout) assign(row []string, at map[string]int) {
	used := map[int]bool{}
	for field, i := range at {
		switch field {
		case "id":
			l.idCol, used[i] = i, true
		case "count", "matter":
		default:
			l.m.Fields[field], used[i] = l.names[i], true
		}
	}
	l.m.Fields["id"] = idKey
	listed := map[int]bool{}
	for field, columns := range l.lists {
		l.m.Fields[field] = listKey + field
		for _, i := range columns {
			listed[i] = true
		}
	}
	for i, cell := range row {
		name := heading(cell)
		switch {
		case cell == "" || columnNames[name] == "count" || listed[i]:
		case l.m.Kind == corpus.Guide && (!used[i] || slices.Contains(guideColumns, name)):
			l.m.Sections = append(l.m.Sections, MapSection{Label: strings.Join(strings.Fields(strings.Trim(cell, "*＊：: ")), ""), From: l.names[i]})
		case !used[i]:
			l.unused = append(l.unused, cell)
		}
	}
}

// mapped is the layout of a sheet whose columns a map names: its head is the
// row that has most of them.
func mapped(m *Map, rows [][]string) (layout, bool) {
	wanted := map[string]bool{}
	for _, theirs := range m.Fields {
		wanted[theirs] = true
	}
	for _, s := range m.Sections {
		wanted[s.From] = true
	}
	best, most := -1, 0
	for i, row := range rows {
		n := 0
		for _, cell := range row {
			if wanted[cell] {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		return layout{}, false
	}
	l := layout{header: best, names: uniqueNames(rows[best]), m: *m, idCol: -1}
	l.m.Fields = map[string]string{}
	for ours, theirs := range m.Fields {
		l.m.Fields[ours] = theirs
	}
	l.idCol = slices.Index(l.names, m.Fields["id"])
	for _, ours := range []string{"question", "title", "number", "region", "agency"} {
		if i := slices.Index(l.names, m.Fields[ours]); i >= 0 && m.Fields[ours] != "" {
			if l.idFrom = append(l.idFrom, i); ours == "question" {
				break
			}
		}
	}
	l.m.Fields["id"] = idKey
	for _, name := range l.names {
		if name != "" && !wanted[name] {
			l.unused = append(l.unused, name)
		}
	}
	return l, true
}

// uniqueNames tells columns of one heading apart.
func uniqueNames(row []string) []string {
	seen := map[string]bool{}
	names := make([]string, len(row))
	for i, cell := range row {
		name := cell
		for n := 2; name != "" && seen[name]; n++ {
			name = cell + "#" + itoa(n)
		}
		seen[name] = true
		names[i] = name
	}
	return names
}

// object is a row as a record. fileID begins the ID of one without its own.
func (l *layout) object(fileID string, cells []string) map[string]any {
	object := make(map[string]any, len(l.names)+2)
	at := func(i int) string {
		if i >= 0 && i < len(cells) {
			return cells[i]
		}
		return ""
	}
	for i, name := range l.names {
		if name != "" && at(i) != "" {
			object[name] = at(i)
		}
	}
	for field, columns := range l.lists {
		var all []any
		for _, i := range columns {
			for _, one := range strings.FieldsFunc(at(i), func(r rune) bool { return strings.ContainsRune("\n\r；;|｜", r) }) {
				if one = strings.TrimSpace(one); one != "" {
					all = append(all, one)
				}
			}
		}
		if all != nil {
			object[listKey+field] = all
		}
	}
	object[idKey] = l.id(fileID, at)
	return object
}

// id is the given one; numbers alone are counted anew in every sheet, so they
// get the file's in front. Else it is made of what the row is about.
func (l *layout) id(fileID string, at func(int) string) string {
	if given := at(l.idCol); given != "" {
		if strings.Trim(given, "0123456789") == "" {
			return fileID + "." + given[:min(len(given), 30)]
		}
		return given
	}
	var parts []string
	for _, i := range l.idFrom {
		parts = append(parts, at(i))
	}
	mark := "m"
	switch {
	case l.m.Kind == corpus.FAQ:
		mark = "q"
	case strings.Join(parts, "") == "":
		for i := range l.names {
			parts = append(parts, at(i))
		}
	}
	return fileID + "." + mark + "-" + hash(strings.Join(parts, "\n"))
}
