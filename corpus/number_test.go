package corpus

import "testing"

func TestNumberIn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"青政规〔2024〕3号", "青政规〔2024〕3号"},
		{"青政规[2024]3号是什么文件", "青政规〔2024〕3号"},
		{"青政规（2024）第 003 号", "青政规〔2024〕3号"},
		{"请问青政规【2024】12号", "请问青政规〔2024〕12号"},
		{"按《办法》青民发 〔2023〕 18 号", "青民发〔2023〕18号"},
		{"国务院令第743号还有效吗", "国务院令第743号"},
		{"中华人民共和国国务院令第743号", "国务院令第743号"},
		{"国务院第743号令", "国务院令第743号"},
		{"国务院令743号", "国务院令第743号"},
		{"青岚市人民政府令第十二号", "青岚市人民政府令第12号"},
		{"财政部公告2020年第8号", "财政部公告2020年第8号"},
		{"停水通告第3号", ""}, {"坐3号线去市政府", ""}, {"市政府3号楼在哪", ""},
		{"2024年3号线", ""}, {"〔2024〕3号", ""}, {"青政规〔1824〕3号", ""}, {"", ""},
	} {
		if got := NumberIn(c.text); got != c.want {
			t.Errorf("NumberIn(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if !SameNumber("请问青政规〔2024〕3号", "青政规〔2024〕3号") || SameNumber("青政规〔2024〕13号", "青政规〔2024〕3号") || SameNumber("x", "") {
		t.Error("SameNumber")
	}
	for found, want := range map[string]bool{"请问乙部令第5号": true, "甲部令第4号": true, "丙部令第5号": false, "令第5号": false} {
		if SameNumber(found, "甲部令第4号、乙部令第5号") != want {
			t.Errorf("SameNumber(%q) of a joint number is not %v", found, want)
		}
	}
	if !SameNumber("请问甲部令第5号", "甲部、乙部令第5号") || SameNumber("丙部令第5号", "甲部、乙部令第5号") {
		t.Error("SameNumber of an order of two agencies")
	}
	if got := WithoutNumber("国务院令第743号第五条怎么说", "国务院令第743号"); got != " 第五条怎么说" {
		t.Errorf("WithoutNumber = %q", got)
	}
	if got := WithoutNumber("请问青政规〔2024〕3号第几条说收费", "青政规〔2024〕3号"); got != "请问 第几条说收费" {
		t.Errorf("WithoutNumber = %q", got)
	}
	if got := NormalNumber(" 市政府令第12号 "); got != "市政府令第12号" {
		t.Errorf("NormalNumber = %q", got)
	}
}
