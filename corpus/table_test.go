package corpus

import (
	"slices"
	"strings"
	"testing"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text    string
		columns []string
		want    string
	}{
		"no table":        {"甲\n乙", []string{"项目"}, "甲\n乙"},
		"table":           {"收费如下：\n项目\t标准\t\n工本费\t20元\n照片\t\n\t30元\n以上。", nil, "收费如下：\n项目：工本费；标准：20元\n照片\n标准：30元\n以上。"},
		"from the middle": {"工本费\t20元\n以上\t", []string{"项目", "标准"}, "项目：工本费；标准：20元\n以上"},
		"merged":          {"区域\t价格\t时间\t\n湖滨区\t5元\t白天\n\t8元\t夜间\n\t\t全天", nil, "区域：湖滨区；价格：5元；时间：白天\n区域：湖滨区；价格：8元；时间：夜间\n区域：湖滨区；价格：8元；时间：全天"},
		"names alone":     {"项目\t标准\t\n以下略。", nil, "项目；标准\n以下略。"},
		"without names":   {"甲\t乙。\t丙", nil, "甲；乙。丙"},
		"two tables":      {"项目\t标准\t\n甲\t1\n名称\t电话\t\n乙\t2", nil, "项目：甲；标准：1\n名称：乙；电话：2"},
		"more cells":      {"项目\t标准\t\n甲\t1\t备注", nil, "项目：甲；标准：1；备注"},
	} {
		if got := Readable(test.text, test.columns); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestColumnsAt(t *testing.T) {
	t.Parallel()
	text := "收费\n项目\t标准\t\n工本费\t20元\n照片\t\n以上\n甲\t乙\n"
	for word, want := range map[string][]string{"收费": nil, "标准": {"项目", "标准"}, "20元": {"项目", "标准"}, "照片": {"项目", "标准"}, "以上": nil, "乙": nil} {
		if got := ColumnsAt(text, strings.Index(text, word)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
	if ColumnsAt(text, len(text)) != nil || ColumnsAt(text, -1) != nil || ColumnsAt("", 0) != nil {
		t.Error("columns where there are none")
	}
}

func TestAssembleTable(t *testing.T) {
	t.Parallel()
	text, passages := Assemble(Notice, "收费公告", []Block{
		{Text: "一、收费标准如下："},
		{Row: true, Header: true, Text: "项目\t 标准\n（元） \t\t"}, {Row: true, Text: "1.工本费\t20\t\t"}, {Row: true, Text: "\t30"}, {Row: true, Text: "说明\t\t"}, {Row: true, Text: "\t\t"},
		{Text: "二、甲\t乙"},
	})
	checkPartition(t, text, passages)
	if want := "收费公告\n一、收费标准如下：\n项目\t标准 （元）\t\n1.工本费\t20\n\t30\n说明\t\n二、甲 乙"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if got := strings.Join(outline(text, passages), "|"); got != "title title|s1 body 一、|s2 body 二、" {
		t.Error(got)
	}
}
