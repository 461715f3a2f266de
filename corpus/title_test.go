package corpus

import "testing"

func TestTitleKey(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"《中华人民共和国河道法》":             "河道法",
		"河道法（2018年修正）":             "河道法",
		"河道法(2020-12-30)":          "河道法",
		"河道法（2018年第三次修订）":          "河道法",
		"青岚市 停车管理 办法（修订）":          "青岚市停车管理办法",
		"停车管理办法（试行）":               "停车管理办法(试行)",
		"停车管理办法(征求意见稿)":            "停车管理办法(征求意见稿)",
		"产业目录（２０２４年本）":             "产业目录",
		"关于适用〈中华人民共和国河道法〉的解释":      "关于适用河道法的解释",
		"关于调整2024年度补贴标准的通知":        "关于调整2024年度补贴标准的通知",
		"中华人民共和国":                  "中华人民共和国",
		"（修订）":                     "(修订)",
		"":                         "",
		"停车管理办法（2019年5月1日修正）（已失效）": "停车管理办法",
	} {
		if got := TitleKey(title); got != want {
			t.Errorf("TitleKey(%q) = %q, want %q", title, got, want)
		}
	}
}

func FuzzTitleKey(f *testing.F) {
	f.Add("《中华人民共和国河道法（2018年修正）》")
	f.Fuzz(func(t *testing.T, title string) {
		key := TitleKey(title)
		if title != "" && key == "" {
			t.Errorf("%q has an empty key", title)
		}
	})
}
