package corpus

import (
	"slices"
	"strings"
)

// guideField is a field of a service guide: the anchor and the names it goes
// by, the standard one first.
type guideField struct {
	anchor string
	names  []string
}

var guideFields = []guideField{
	{"name", []string{"事项名称", "服务事项", "办理事项"}},
	{"basis", []string{"设定依据", "办理依据", "政策依据", "法律依据", "实施依据"}},
	{"who", []string{"服务对象", "办理对象", "申请对象", "适用对象"}},
	{"conditions", []string{"受理条件", "申请条件", "办理条件", "申办条件", "申领条件"}},
	{"materials", []string{"申请材料", "申报材料", "办理材料", "所需材料", "提交材料", "申办材料", "材料清单"}},
	{"steps", []string{"办理流程", "办理程序", "办事流程", "申请流程", "办理步骤", "受理流程"}},
	{"time-limit", []string{"办理时限", "办结时限", "承诺时限", "法定时限", "承诺办结时限", "法定办结时限"}},
	{"fee", []string{"收费标准", "收费情况", "是否收费", "办理费用", "收费依据及标准", "收费"}},
	{"place", []string{"办理地点", "受理地点", "办理窗口", "办公地址", "办公地点", "办事地点"}},
	{"hours", []string{"办公时间", "工作时间", "受理时间", "办理时间"}},
	{"phone", []string{"咨询电话", "联系电话", "咨询方式", "联系方式"}},
	{"online", []string{"网上办理", "在线办理", "办理网址", "网办地址", "网上办理地址"}},
	{"remote", []string{"异地办理", "跨省通办", "全国通办", "通办范围", "跨域通办", "异地通办"}},
	{"home-visit", []string{"上门服务", "上门办理", "上门代办"}},
	{"agency", []string{"实施机关", "办理机构", "实施主体", "受理机构"}},
	{"result", []string{"办理结果", "审批结果", "结果名称"}},
	{"complaint", []string{"投诉电话", "监督电话", "监督投诉", "监督投诉渠道", "监督投诉方式"}},
}

// fieldMark is a guide's field at the start of a line.
type fieldMark struct {
	anchor string
	name   string // as the source writes it
	mark   mark   // its number, where it has one
	marked bool   // as a heading in the source
}

// parseField recognises 申请材料, 三、申请材料 and 申请材料：身份证.
func parseField(s string) (fieldMark, bool) {
	m := parseMark(s)
	rest := strings.TrimSpace(s[m.size:])
	rest = strings.TrimSuffix(strings.TrimPrefix(rest, "【"), "】")
	name := rest
	if i := strings.IndexAny(rest, "：:】"); i >= 0 {
		name = rest[:i]
	}
	name = Squeeze(name)
	if anchor, ok := GuideField(name); ok {
		return fieldMark{anchor: anchor, name: name, mark: m}, true
	}
	return fieldMark{}, false
}

// GuideField returns the anchor of the field of a service guide that goes by
// that name: materials for 申请材料.
func GuideField(name string) (anchor string, ok bool) {
	if name = Squeeze(name); len(name) > 60 {
		return "", false
	}
	for _, f := range guideFields {
		if slices.Contains(f.names, name) {
			return f.anchor, true
		}
	}
	return "", false
}

// rowField recognises a guide's field in the first cell of a row, or in the
// second behind the name of a group of them.
func rowField(s string) (fieldMark, bool) {
	cells := Cells(s)
	for i, c := range cells[:min(2, len(cells)-1)] {
		c = strings.TrimRight(c, "：:")
		m := parseMark(c)
		name := Squeeze(c[m.size:])
		if anchor, ok := GuideField(name); ok && (i == 0 || len(cells) > 2) {
			return fieldMark{anchor: anchor, name: name}, true
		}
	}
	return fieldMark{}, false
}

// fieldCuts finds where a row of a guide goes on with another field: 办理地点,
// its value, 咨询电话, its value.
func fieldCuts(row string) []int {
	cells := Cells(row)
	if len(cells) < 4 {
		return nil
	}
	var cuts []int
	at := 0
	for i, c := range cells {
		if _, ok := GuideField(strings.TrimRight(c, "：:")); ok && i >= 2 && i+1 < len(cells) {
			cuts = append(cuts, at)
		}
		at += len(c) + 1
	}
	return cuts
}
