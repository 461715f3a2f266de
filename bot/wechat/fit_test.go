package wechat

import (
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	fitLink   = `<a href="https://qinglan.example/d/card/art-6">查看原文</a>`
	fitSource = "依据《青岚市敬老卡管理办法》（青政规〔2024〕3号）第六条，2024年5月1日起施行。"
)

func TestFit(t *testing.T) {
	t.Parallel()
	quote := "原文摘录：\n“第一句说的是条件。第二句说的是材料。第三句说的是时间。第四句说的是地点。”"
	choices := "还可以问，回复数字：\n1 要带什么材料\n2 在哪里办"
	whole := "可以，由近亲属代办。\n\n" + quote + "\n" + fitSource + "\n" + fitLink + "\n\n" + choices
	for name, tt := range map[string]struct {
		text  string
		limit int
		want  string
	}{
		"fits":     {whole, len(whole), whole},
		"as it is": {" 一\n\n\n二 ", 99, " 一\n\n\n二 "},
		"a quotation's end": {whole, len(whole) - 1,
			"可以，由近亲属代办。\n\n原文摘录：\n“第一句说的是条件。第二句说的是材料。第三句说的是时间。……”\n" + fitSource + "\n" + fitLink + "\n\n" + choices},
		"most of a quotation": {whole, len(whole) - 60,
			"可以，由近亲属代办。\n\n原文摘录：\n“第一句说的是条件。……”\n" + fitSource + "\n" + fitLink + "\n\n" + choices},
		"all of it, with its heading": {whole, len(whole) - 120,
			"可以，由近亲属代办。\n\n" + fitSource + "\n" + fitLink + "\n\n" + choices},
		"the choices, too": {whole, len("可以，由近亲属代办。\n\n\n"+fitSource+"\n"+fitLink) + 2,
			"可以，由近亲属代办。\n\n" + fitSource + "\n" + fitLink},
		"the link rather than nothing": {"可以。\n" + fitSource + "\n" + fitLink, len("可以。\n"+fitLink) + 1, "可以。\n" + fitLink},
		"the answer alone":             {"可以。\n" + fitSource, 12, "可以。"},
		"one sentence without end":     {strings.Repeat("字", 100), 60, tooLong},
		"the same with a link":         {strings.Repeat("字", 100) + "\n" + fitLink, 120, tooLong + "\n" + fitLink},
		"not even the notice":          {strings.Repeat("字", 100), 20, ""},
		"no room at all":               {"字", 0, ""},
		"negative":                     {"字", -1, ""},
		"choices are cut at a line":    {"您想问的是哪一个？\n1 补办社保卡\n2 社保卡挂失\n3 社保卡激活", 75, "您想问的是哪一个？\n1 补办社保卡\n2 社保卡挂失"},
		"a figure is no sentence end":  {"每月补贴2.50元。" + strings.Repeat("字", 50), 40, "每月补贴2.50元。……"},
		"a dot in a link is none":      {"详见<a href=\"https://a.example/x?y=1!z\">这里！那里</a>。" + strings.Repeat("字", 50), 90, "详见<a href=\"https://a.example/x?y=1!z\">这里！那里</a>。"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Fit(tt.text, tt.limit)
			if got != tt.want {
				t.Errorf("got (%d bytes of %d)\n%s\nwant\n%s", len(got), tt.limit, got, tt.want)
			}
		})
	}
}

// At every limit the whole reply obeys the rules.
func TestFitAtEveryLimit(t *testing.T) {
	t.Parallel()
	text := "可以。“甲（乙。丙）丁！”戊？\n\n原文摘录：\n“一句。\n二句。”\n" + fitSource + "\n" + fitLink + "\n\n1 甲\n2 " + fitLink + "\n" + strings.Repeat("末句。", 40)
	for limit := range len(text) + 1 {
		obeys(t, text, limit)
	}
}

func FuzzFit(f *testing.F) {
	f.Add("可以。\n“一。二。三。”\n"+fitSource+"\n"+fitLink, 60)
	f.Add(`<a href="https://a"><a href="weixin://bizmsgmenu?x">b</a></a>`, 30)
	f.Add("\xff\xfe。\x00\n\n（。（。（。", 9)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		obeys(t, text, limit%4096)
		safe := render(clean(text), true)
		obeys(t, safe, limit%4096)
		if render(safe, true) != safe {
			t.Fatalf("rendering %q again changes it", safe)
		}
		if plain := render(clean(text), false); strings.ContainsAny(plain, "<>") {
			t.Fatalf("markup left in %q", plain)
		}
	})
}

// obeys asserts Fit's promises for one text and limit.
func obeys(t *testing.T, text string, limit int) {
	t.Helper()
	got := Fit(text, limit)
	if len(got) > max(limit, 0) {
		t.Fatalf("%d bytes at a limit of %d: %q", len(got), limit, got)
	}
	if len(text) <= limit && got != text {
		t.Fatalf("%q fits, but became %q", text, got)
	}
	if utf8.ValidString(text) && !utf8.ValidString(got) {
		t.Fatalf("a character was cut: %q", got)
	}
	if len(text) <= limit {
		return
	}
	whole := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		for _, s := range sentences(line) {
			whole[s] = true
		}
	}
	if strings.Contains(text, more) {
		return // its own marks cannot be told from ours
	}
	for line := range strings.SplitSeq(got, "\n") {
		if i := strings.Index(line, more); i >= 0 {
			line = line[:i]
		}
		for _, s := range sentences(line) {
			if !whole[s] && s != tooLong {
				t.Fatalf("limit %d: %q is not a sentence of the text", limit, s)
			}
		}
	}
}

func BenchmarkFit(b *testing.B) {
	text := "可以。\n\n“" + strings.Repeat("本人不便办理的，可以委托近亲属代为申领。", 60) + "”\n" + fitSource + "\n" + fitLink
	b.ReportAllocs()
	for b.Loop() {
		Fit(text, textLimit)
	}
}
