package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func rows(header string, lines ...string) []Block {
	out := []Block{{Row: true, Header: true, Text: strings.ReplaceAll(header, "|", "\t")}}
	for _, l := range lines {
		out = append(out, Block{Row: true, Text: strings.ReplaceAll(l, "|", "\t")})
	}
	return out
}

func TestAssembleCatalogue(t *testing.T) {
	t.Parallel()
	blocks := append([]Block{{Text: "本目录由市财政局公布。"}}, rows("序号|项目|标准|备注",
		"一、民政|||", "1|工本费|20元|", "2|照片费|10元|自2024年3月1日起取消", "二、公安|||", "3|补证费|30元|已废止", "||40元|2025年1月1日起执行")...)
	blocks = append(blocks, Block{Text: "以上标准长期有效，由市财政局解释，咨询请拨打电话。"})
	text, passages := Assemble(Catalogue, "收费目录", blocks)
	checkPartition(t, text, passages)
	var got []string
	for _, p := range passages {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s", p.Role, p.Label, strings.Join(p.Path, ">"), strings.Join(p.Columns, ","), p.From, p.Until))
	}
	want := []string{
		"title     ", "body     ", "heading     ", "heading 一、民政    ",
		"body 工本费 一、民政 序号,项目,标准,备注  ", "body 照片费 一、民政 序号,项目,标准,备注  2024-03-01", "heading 二、公安    ",
		"body 补证费 二、公安 序号,项目,标准,备注  1900-01-01", "body 补证费 二、公安 序号,项目,标准,备注 2025-01-01 ", "body     ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMergedCells(t *testing.T) {
	t.Parallel()
	blocks := rows("序号|事项类型|事项名称|依据", "一|民政部门||", "1|行政许可|社团登记|甲", "2||社团变更|", "3|行政确认|收养登记|乙")
	text, passages := Assemble(Catalogue, "权责清单", blocks)
	checkPartition(t, text, passages)
	var got []string
	for _, p := range passages[2:] {
		got = append(got, p.Label+" "+strings.Join(p.Path, ">"))
	}
	if want := "一 民政部门 |社团登记 一 民政部门|社团变更 一 民政部门>行政许可|收养登记 一 民政部门"; strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

func TestTwoRowsNameColumns(t *testing.T) {
	t.Parallel()
	blocks := rows("序号|服务||备注", "1|登记|老人|免费")
	blocks = append(blocks[:1], append([]Block{{Row: true, Header: true, Text: "\t名称\t对象\t"}}, blocks[1:]...)...)
	text, passages := Assemble(Catalogue, "服务清单", blocks)
	checkPartition(t, text, passages)
	last := passages[len(passages)-1]
	if got := strings.Join(last.Columns, "|"); got != "序号|名称|对象|备注" || last.Label != "登记" || len(passages) != 3 {
		t.Errorf("%q of %+v", got, passages)
	}
	if got := strings.Join(ColumnsAt(text, last.Start), "|"); got != "序号|名称|对象|备注" {
		t.Errorf("ColumnsAt: %q", got)
	}
	if got := Readable(text[passages[1].Start:], nil); got != "序号：1；名称：登记；对象：老人；备注：免费" {
		t.Errorf("Readable: %q", got)
	}
}

func TestRowAnchorsStay(t *testing.T) {
	t.Parallel()
	anchors := func(lines ...string) map[string]string {
		text, passages := Assemble(Catalogue, "清单", rows("序号|编码|事项", lines...))
		out := map[string]string{}
		for _, p := range passages {
			if p.Role == BodyRole {
				cells := Cells(text[p.Start:p.End])
				out[cells[len(cells)-1]] = p.Anchor
			}
		}
		return out
	}
	before := anchors("1||停车许可", "2|A-01|占道许可")
	after := anchors("1||排水许可", "2||停车许可", "3|A-01|占道许可")
	if after["占道许可"] != "row-A-01" || after["停车许可"] != before["停车许可"] {
		t.Errorf("%v became %v", before, after)
	}
}

func TestRowDays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		names, cells string
		from, until  Date
	}{
		{"施行日期|废止日期", "2023年5月1日|2024-01-01", "2023-05-01", "2024-01-01"},
		{"生效日期|截止日期", "2023.5.1|2024年2月", "2023-05-01", "2024-03-01"},
		{"有效期", "2023年1月1日至2025年12月31日", "2023-01-01", "2026-01-01"},
		{"有效期", "至2025年12月31日", "", "2026-01-01"},
		{"有效期", "长期", "", ""},
		{"施行日期|有效期", "2023-01-01|五年", "2023-01-01", "2028-01-01"},
		{"执行期限", "自2024年1月1日起", "2024-01-01", ""},
		{"备注", "执行至2024年6月30日", "", "2024-07-01"},
		{"备注", "已于2024年6月30日取消", "", "2024-06-30"},
		{"备注", "暂停征收的情形见附件", "", ""},
		{"备注", "依据的旧办法2020年5月1日修订", "", ""},
		{"备注", "停征", "", firstDay},
		{"备注", "不得取消", "", ""},
		{"施行日期|截止日期", "2025-01-01|2024-01-01", "", ""},
		{"施行日期", "2025年13月40日", "", ""},
		{"项目", "2024年1月1日", "", ""},
	} {
		from, until := columnsOf(strings.Split(test.names, "|")).days(strings.Split(test.cells, "|"))
		if from != test.from || until != test.until {
			t.Errorf("%s %s: got [%s,%s), want [%s,%s)", test.names, test.cells, from, until, test.from, test.until)
		}
	}
}

func TestLargeCatalogue(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 50_000 {
		lines = append(lines, fmt.Sprintf("%d|第%d项许可|市局|自2024年1月1日起执行", i+1, i))
	}
	text, passages := Assemble(Catalogue, "清单", rows("序号|事项|机关|备注", lines...))
	if len(passages) != 50_002 || passages[50_001].From != "2024-01-01" || len(passages[50_001].Columns) != 4 {
		t.Errorf("%d passages, the last %+v", len(passages), passages[len(passages)-1])
	}
	checkPartition(t, text, passages)
}

func BenchmarkAssembleLargeCatalogue(b *testing.B) {
	var lines []string
	for i := range 50_000 {
		lines = append(lines, fmt.Sprintf("%d|第%d项许可|市局|自2024年1月1日起执行", i+1, i))
	}
	blocks := rows("序号|事项|机关|备注", lines...)
	for b.Loop() {
		Assemble(Catalogue, "清单", blocks)
	}
}

func TestGuideTables(t *testing.T) {
	t.Parallel()
	blocks := []Block{
		{Row: true, Text: "事项名称\t停车证办理"}, {Row: true, Text: "基本信息\t办理地点\t明湖路18号\t咨询电话：\t0000-1"},
		{Row: true, Text: "申请材料\t身份证"}, {Row: true, Text: "\t照片"}, {Text: "【异地办理】可以"}, {Text: "【上门服务】"}, {Text: "七十岁以上可以预约。"},
	}
	text, passages := Assemble(Guide, "停车证办理指南", blocks)
	checkPartition(t, text, passages)
	if got := strings.Join(outline(text, passages), "|"); got != "title title|name body 事项名称|place body 办理地点|phone body 咨询电话|materials body 申请材料|remote body 异地办理|home-visit body 上门服务" {
		t.Error(got)
	}
	if got := Readable(text, nil); !strings.Contains(got, "申请材料：身份证\n申请材料：照片\n") {
		t.Error(got)
	}
}
