package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"one": {"第一条 为了停车。", []string{"a1.1 第一条第一款 为了停车。"}},
		"items": {"第十二条 有下列情形之一的：\n（一）甲；\n1.乙；\n2.丙；\n（三）丁。", []string{
			"a12.1 第十二条第一款", "a12.1.1 第十二条第（一）项", "a12.1.1.1 第十二条第（一）项第1目 1.乙；", "a12.1.1.2 第十二条第（一）项第2目 2.丙；", "a12.1.3 第十二条第（三）项 （三）丁。"}},
		"paragraphs": {"第十二条之一 甲。\n有下列情形之一的，免费：\n（一）乙；\n（二）丙。\n（二〇一九年起）丁。", []string{
			"a12-1.1 第十二条之一第一款", "a12-1.2 第十二条之一第二款", "a12-1.2.1 第十二条之一第二款第（一）项 （一）乙；", "a12-1.2.2 第十二条之一第二款第（二）项 （二）丙。", "a12-1.3 第十二条之一第三款 （二〇一九年起）丁。"}},
		"in one line": {"第二条 依照前款第（三）项办理：（一）甲；（二）乙。\n丙。", []string{
			"a2.1 第二条第一款", "a2.1.1 第二条第一款第（一）项 （一）甲；", "a2.1.2 第二条第一款第（二）项 （二）乙。", "a2.2 第二条第二款 丙。"}},
		"two paragraphs in an item": {"第三条 甲：\n（一）乙；\n乙也包括戊。\n（二）丙。\n丁。", []string{
			"a3.1 第三条第一款", "a3.1.1 第三条第一款第（一）项", "a3.1.2 第三条第一款第（二）项 （二）丙。", "a3.2 第三条第二款 丁。"}},
		"a reference": {"第三条 甲：\n（一）乙；\n（一）、（二）项所列人员丙。", []string{
			"a3.1 第三条第一款", "a3.1.1 第三条第一款第（一）项 （一）乙；", "a3.2 第三条第二款 （一）、（二）项所列人员丙。"}},
		"twice": {"第二条 甲：\n（一）乙；\n（一）丙。", []string{"a2.1 第二条第一款", "a2.1.1 第二条第（一）项 （一）乙；", "a2.1.1-2 第二条第（一）项 （一）丙。"}},
	} {
		text, passages := Assemble(Policy, "办法", paragraphs(test.text))
		r := Revision{Text: text, Passages: passages}
		whole, ok := r.Article(passages[1].Anchor)
		if !ok {
			t.Fatalf("%s: no article", name)
		}
		var got []string
		for _, p := range Places(text, whole) {
			s := p.Anchor + " " + p.Label
			if body := text[p.Start:p.End]; !strings.Contains(strings.TrimSpace(body), "\n") && !strings.HasSuffix(strings.TrimSpace(body), "：") {
				_, body, _ = strings.Cut(body, "第一条 ")
				if body == "" {
					body = text[p.Start:p.End]
				}
				s += " " + strings.TrimSpace(body)
			}
			got = append(got, s)
			place, in, ok := r.Place(p.Anchor)
			if !ok || place != p || in.Start > p.Start || p.Start >= in.End {
				t.Errorf("%s: %s is %+v in %+v", name, p.Anchor, place, in)
			}
		}
		short := func(s string) string { return strings.Join(strings.Fields(s)[:2], " ") }
		if len(got) != len(test.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			continue
		}
		for i := range got {
			if short(got[i]) != short(test.want[i]) || strings.Count(test.want[i], " ") > 1 && !strings.HasSuffix(got[i], strings.Join(strings.Fields(test.want[i])[2:], " ")) {
				t.Errorf("%s: got %q, want %q", name, got[i], test.want[i])
			}
		}
	}
}

func TestPlaceOfAPassage(t *testing.T) {
	t.Parallel()
	text, passages := Assemble(Notice, "通知", paragraphs("一、范围\n甲。\n第三条 乙\n附件1\n第三条 丙"))
	r := Revision{Text: text, Passages: passages}
	for anchor, want := range map[string]string{"s1": "一、范围\n甲。\n", "appendix-1.a3.1": "第三条 丙", "a3.2": "", "x": "", "": "", "a4.1": ""} {
		p, in, ok := r.Place(anchor)
		if ok != (want != "") || text[p.Start:p.End] != want || ok && text[in.Start:in.End] != want {
			t.Errorf("%s: %v %+v in %+v", anchor, ok, p, in)
		}
	}
}

// TestLongArticle: a long article is split at its 款 and 项, in parts of like
// size that are named by where they begin.
func TestLongArticle(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 20 {
		items = append(items, fmt.Sprintf("（%s）%s", inChinese(i+1), strings.Repeat("应当办理登记的情形，", 10)))
	}
	source := "第七条 " + strings.Repeat("车主应当登记。", 60) + "\n有下列情形之一的，应当登记：\n" + strings.Join(items, "\n") + "\n" + strings.Repeat("车主应当缴费。", 300) + "\n第八条 乙"
	text, passages := Assemble(Policy, "办法", paragraphs(source))
	checkPartition(t, text, passages)
	r := Revision{Text: text, Passages: passages}
	var got []string
	for _, p := range passages[1:] {
		got = append(got, p.Anchor)
		n := len([]rune(text[p.Start:p.End]))
		if p.Anchor != "a8" && (n < 400 || n > maxPassage) {
			t.Errorf("%s has %d characters", p.Anchor, n)
		}
		place, in, ok := r.Place(p.Anchor)
		if !ok || in.Anchor != p.Anchor || place.Start != p.Start {
			t.Errorf("%s: %+v in %+v", p.Anchor, place, in)
		}
	}
	if want := []string{"a7", "a7.2.8", "a7.3", "a7.3.p2", "a8"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	whole, ok := r.Article("a7.2.8")
	if !ok || whole.Start != passages[1].Start || whole.End != passages[len(passages)-1].Start {
		t.Errorf("%+v", whole)
	}
}

func TestInChinese(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "一", 10: "十", 12: "十二", 20: "二十", 105: "一百零五", 110: "一百一十", 1260: "一千二百六十", 1003: "一千零三", 0: "0"} {
		if got := inChinese(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}
