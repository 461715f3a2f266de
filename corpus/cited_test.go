package corpus

import (
	"strings"
	"testing"
)

func TestCitedIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ article, label, places string }{
		"养犬办法第十二条怎么说":                      {"a12", "第十二条", ""},
		"养犬办法第12条":                         {"a12", "第十二条", ""},
		"第 一百二十 条之二第三款":                    {"a120-2", "第一百二十条之二", "a120-2.3"},
		"第六条第二款第（三）项":                      {"a6", "第六条", "a6.2.3"},
		"第六条第二款第3项":                        {"a6", "第六条", "a6.2.3"},
		"第六条（四）项":                          {"a6", "第六条", "a6.1.4 a6.2.4 a6.3.4 a6.4.4 a6.5.4 a6.6.4 a6.7.4 a6.8.4 a6.9.4"},
		"第一千零四十二条":                         {"a1042", "第一千零四十二条", ""},
		"这一条是什么":                           {},
		"第零条":                              {},
		"第" + strings.Repeat("九", 9) + "条": {},
	} {
		c, ok := CitedIn(text)
		if ok != (want.article != "") || c.Article != want.article || c.Label != want.label || strings.Join(c.Anchors(), " ") != want.places {
			t.Errorf("CitedIn(%q) = %+v, %v, %q", text, c, ok, c.Anchors())
		}
	}
}

func TestNameIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"请问《青岚市养犬办法》的":  "青岚市养犬办法",
		"请问一下养犬办法里面":    "养犬办法",
		"养犬办法2017年版":    "养犬办法",
		"养犬办法（2017年修正）": "养犬办法",
		"中华人民共和国养犬法":    "养犬法",
		"狗咬人了。根据养犬条例的":  "养犬条例",
		"旧的养犬办法":        "养犬办法",
		"":              "",
		"请问":            "",
	} {
		if got := NameIn(text); got != want {
			t.Errorf("NameIn(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestClosestNamed(t *testing.T) {
	t.Parallel()
	all := []Named{{"law", "养犬法"}, {"rules", "养犬法实施条例"}, {"qing", "青岚市养犬管理办法"}, {"bai", "白山市养犬管理办法"},
		{"trial", "犬牌规定(试行)"}, {"car", "青岚市机动车停车管理办法"}}
	for _, c := range []struct{ name, place, want string }{
		{"养犬法", "", "law"},
		{"养犬法实施条例", "", "rules"},
		{"养犬法实施细则", "", ""},
		{"宠物养犬法", "", ""},
		{"我们按养犬法", "", "law"},
		{"养犬管理办法", "青岚市", "qing"},
		{"养犬管理办法", "", "qing bai"},
		{"犬牌规定", "", "trial"},
		{"停车管理办法", "青岚市", "car"},
		{"管理办法", "", ""},
		{"", "", ""},
	} {
		var got []string
		for _, n := range ClosestNamed(c.name, c.place, all) {
			got = append(got, n.ID)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("ClosestNamed(%q, %q) = %q, want %q", c.name, c.place, got, c.want)
		}
	}
}

func FuzzCited(f *testing.F) {
	f.Add("请问《养犬办法》第六条第二款第（三）项")
	f.Fuzz(func(t *testing.T, text string) {
		NameIn(text)
		if c, ok := CitedIn(text); ok && (c.Start >= c.End || c.End > len(text) || c.Article == "") {
			t.Errorf("CitedIn(%q) = %+v", text, c)
		}
	})
}
