package clause

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/policybot/policybot/corpus"
)

// fieldNames are what the table above a published document calls things.
var fieldNames = map[string]string{
	"发文字号": "number", "文号": "number", "文件编号": "number", "公文种类文号": "number", "发文文号": "number", "发文号": "number", "文件字号": "number", "公文文号": "number",
	"发文机关": "agency", "发文机关标志": "agency", "发布机构": "agency", "发布机关": "agency", "发文单位": "agency", "制发机关": "agency", "发布单位": "agency",
	"发文机构": "agency", "制定机关": "agency", "公开主体": "agency", "信息来源": "agency", "责任部门": "agency",
	"标题": "title", "公文标题": "title", "名称": "title", "信息名称": "title", "文件名称": "title", "文件标题": "title",
	"发布日期": "published", "公开日期": "published", "发布时间": "published", "公布日期": "published", "发文日期": "published", "印发日期": "published",
	"成文日期": "written", "生成日期": "written", "成文时间": "written", "签发日期": "written",
	"主题分类": "topics", "主题词": "topics", "主题": "topics", "关键词": "topics",
	"施行日期": "effective", "实施日期": "effective", "生效日期": "effective", "生效时间": "effective", "执行日期": "effective",
	"废止日期": "ended", "失效日期": "expires", "有效期至": "expires", "终止日期": "expires", "失效时间": "expires", "废止时间": "ended",
	"主送": "addressees", "主送机关": "addressees", "主送单位": "addressees",
	"适用地区": "region", "适用区域": "region", "适用对象": "audience", "服务对象": "audience",
	"效力级别": "level", "效力等级": "level", "索引号": "index", "有效性": "validity", "时效性": "validity", "文件状态": "validity",
}

// Field returns the field, as front matter names it, that a label above a
// published document or in a file's own metadata stands for, and "" where it is
// none. index and validity
// are known and not kept: the state on a day is computed.
func Field(label string) string { return fieldNames[tight(label)] }

// tight takes blanks and brackets out of a label: 【索 引 号】.
func tight(label string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("【】[]：:", r) {
			return -1
		}
		return r
	}, label)
}

var (
	bracketPair = regexp.MustCompile(`[【\[]([^【】\[\]]{2,12})[】\]][：:]?` + blank + `([^【】\[\]]{0,200})`)
	labelled    = regexp.MustCompile(`^[【\[]?([一-龥　 ]{2,12})[】\]]?[：:]`)
)

// front reads the table of metadata at the head of a text: cells of rows,
// lines 文号：…, and [发文字号] … in one line.
func (r *reading) front() {
	for i, l := range r.lines {
		if i > 40 || l.start > headBytes {
			return
		}
		text := r.text[l.start:min(l.end, l.start+headBytes)]
		if structured.MatchString(text) {
			return
		}
		switch {
		case strings.Contains(text, "\t"):
			r.frontRow(strings.Split(text, "\t"), strings.HasPrefix(r.text[l.end:], "\t"))
		case strings.ContainsAny(text, "【["):
			for _, m := range bracketPair.FindAllStringSubmatch(text, 20) {
				value := m[2]
				if k := strings.IndexAny(strings.TrimSpace(value), " 　"); k > 0 && Field(m[1]) != "topics" {
					value = strings.TrimSpace(value)[:k]
				}
				r.state(Field(m[1]), m[1], value)
			}
		default:
			if m := labelled.FindStringSubmatch(text); m != nil && len(text) < 600 && l.role != corpus.TitleRole {
				r.state(Field(m[1]), m[1], text[len(m[0]):])
			}
		}
	}
}

// frontRow reads labels and values that alternate. names says that the row
// stands where the names of columns do: 发文机关 and 备注 are then no pair.
func (r *reading) frontRow(cells []string, names bool) {
	for k := 0; k+1 < len(cells); k++ {
		name, value := Field(cells[k]), cells[k+1]
		if name == "" || Field(value) != "" || names && !isAgency(value) && ParseNumber(value) == "" && !isDay(value) {
			continue
		}
		r.state(name, cells[k], value)
	}
}

func isDay(s string) bool {
	_, ok := ParseDay(strings.TrimSpace(s))
	return ok
}

// Lapsed returns the warning for a document whose source marks it, 有效性, as no
// longer in force, and "" for any other mark: the state on a day is computed
// from days and relations, and a person has to add those.
func Lapsed(mark string) string {
	if len(mark) > 60 || !has(mark, "废止", "失效") || has(mark, "未废止", "未失效", "部分") {
		return ""
	}
	return "来源标注为“" + clip(mark, 12) + "”，正文没有失效日期，请补充失效日期或废止它的文件"
}

// state takes over a value that a table of metadata states.
func (r *reading) state(field, label, value string) {
	value = strings.TrimSpace(value)
	if field == "" || value == "" || len(value) > 600 {
		return
	}
	place := "信息表“" + tight(label) + "”"
	day, ok := ParseDay(value)
	switch field {
	case "number":
		if n := ParseNumber(value); n != "" {
			r.fill(&r.d.Number, field, n, place, corpus.Stated)
		}
	case "agency":
		if r.d.Kind != corpus.FAQ && len(value) <= 300 && !strings.Contains(value, "。") {
			r.fill(&r.d.Agency, field, strings.Join(strings.Fields(value), "、"), place, corpus.Stated)
		}
	case "region":
		r.fill(&r.d.Region, field, clip(value, 40), place, corpus.Stated)
	case "topics":
		if len(r.d.Topics) == 0 {
			r.d.Topics = strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune("、，,；;/ 　", c) })
			r.find(field, strings.Join(r.d.Topics, "、"), place, corpus.Stated)
		}
	case "validity":
		if w := Lapsed(value); w != "" {
			r.warn("%s", w)
		}
	case "ended": // on that day it holds no more
		if ok {
			r.fillDay(&r.d.Expires, "expires", day.Add(-1), place, corpus.Stated)
		}
	case "written", "published", "effective", "expires":
		to := map[string]*corpus.Date{"written": &r.d.Written, "published": &r.d.Published, "effective": &r.d.Effective, "expires": &r.d.Expires}[field]
		if ok {
			r.fillDay(to, field, day, place, corpus.Stated)
		}
	}
}
