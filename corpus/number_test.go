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
		{"2024年3号线", ""}, {"〔2024〕3号", ""}, {"青政规〔1824〕3号", ""}, {"", ""},
	} {
		if got := NumberIn(c.text); got != c.want {
			t.Errorf("NumberIn(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if !SameNumber("请问青政规〔2024〕3号", "青政规〔2024〕3号") || SameNumber("青政规〔2024〕13号", "青政规〔2024〕3号") || SameNumber("x", "") {
		t.Error("SameNumber")
	}
	if got := WithoutNumber("请问青政规〔2024〕3号第几条说收费", "青政规〔2024〕3号"); got != "请问 第几条说收费" {
		t.Errorf("WithoutNumber = %q", got)
	}
	if got := NormalNumber(" 市政府令第12号 "); got != "市政府令第12号" {
		t.Errorf("NormalNumber = %q", got)
	}
}
