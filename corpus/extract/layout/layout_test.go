package layout

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Pages of these tests are 100 characters wide and 140 high, in type of size
// 2: lines begin at 10 and end at 90.
const (
	size = 2.0
	left = 10.0
	edge = 90.0
)

// at is a span of full-width characters.
func at(x, y float64, text string) Span { return sized(x, y, size, text) }

func sized(x, y, em float64, text string) Span {
	width := 0.0
	for _, r := range text {
		if corpus.Wide(r) {
			width += em
		} else {
			width += em / 2
		}
	}
	return Span{Text: text, Left: x, Right: x + width, Top: y, Bottom: y + em, Size: em}
}

// full is a line from x to the right margin.
func full(x, y float64, start string) Span {
	n := int((edge-x)/size) - utf8.RuneCountInString(start)
	return at(x, y, start+strings.Repeat("文", n))
}

// hung is a full line with a mark behind the margin.
func hung(x, y float64) Span {
	return at(x, y, strings.Repeat("文", int((edge-x)/size))+"，")
}

func page(number int, spans ...Span) Page {
	return Page{Number: number, Width: 100, Height: 140, Spans: spans}
}

// show writes blocks as lines: #title, |row|, text; runs of 文 as one.
func show(r Result) string {
	var out []string
	for _, b := range r.Blocks {
		text := b.Text
		for strings.Contains(text, "文文") {
			text = strings.ReplaceAll(text, "文文", "文")
		}
		switch {
		case b.Row:
			text = "|" + strings.ReplaceAll(text, "\t", "|") + "|"
			if b.Header {
				text = "!" + text
			}
		case b.Heading > 0:
			text = strings.Repeat("#", b.Heading) + text
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// body is a paragraph of three lines, so that margins are seen.
func body(y float64) []Span {
	return []Span{full(14, y, "首"), full(left, y+3, "接"), at(left, y+6, "末句。")}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spans []Span
		want  string
	}{
		{"lines are joined, an indented one begins anew", append(body(20), body(29)...), "首文接文末句。\n首文接文末句。"},
		{"a number begins anew", append(body(20), full(14, 29, "二、"), at(left, 32, "完。"), at(14, 35, "（一）其一；"), at(14, 38, "（二）其二。")),
			"首文接文末句。\n二、文完。\n（一）其一；\n（二）其二。"},
		{"a short line ends", append(body(20), at(14, 29, "另一段。"), at(left, 32, "不缩进的一段。")), "首文接文末句。\n另一段。\n不缩进的一段。"},
		{"letters keep their blanks", append(body(20), full(14, 29, "段"), at(left, 32, "use of"), at(16.5, 32, "Go"), at(19, 32, "语言。")), "首文接文末句。\n段文use of Go语言。"},
		{"a gap between lines", append(body(20), full(left, 29, "甲"), full(left, 38, "乙")), "首文接文末句。\n甲文\n乙文"},
		{"who signs, and the day, set to the right", append(body(20), at(76, 29, "云溪县教育局"), at(74, 32, "2025年3月20日"), at(left, 35, "附件"), at(left, 38, "名单如下。")),
			"首文接文末句。\n云溪县教育局\n2025年3月20日\n附件\n名单如下。"},
		{"marks that hang over the margin", append(slices.Concat(body(20), body(29), body(38)), hung(14, 47), hung(left, 50), full(left, 53, "断"), at(left, 56, "句。")),
			"首文接文末句。\n首文接文末句。\n首文接文末句。\n文，文，断文句。"},
		{"an opening bracket goes with its word", append(slices.Concat(body(20), body(29)), at(14, 38, strings.Repeat("文", 37)), at(left, 41, "《办法》实施。")),
			"首文接文末句。\n首文接文末句。\n文《办法》实施。"},
		{"printed twice to look bold", append(body(20), at(14, 29, "重点"), at(14.1, 29, "重点")), "首文接文末句。\n重点"},
		{"the number of an article", append(body(20), at(14, 29, "第三条"), at(20.5, 29, "应当办理。")), "首文接文末句。\n第三条 应当办理。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := show(Read([]Page{page(1, c.spans...)})); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestParagraphOverPages(t *testing.T) {
	t.Parallel()
	one := append(body(20), full(14, 120, "起"))
	two := append([]Span{full(left, 20, "承"), at(left, 23, "合。")}, body(30)...)
	note := sized(14, 126, 1.6, "①脚注说明。")
	want := "首文接文末句。\n起文承文合。\n①脚注说明。\n首文接文末句。"
	if got := show(Read([]Page{page(1, append(one, note)...), page(2, two...)})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTwoColumns(t *testing.T) {
	t.Parallel()
	var spans []Span
	spans = append(spans, sized(40, 10, 3, "两栏的题目"))
	for i := range 8 {
		y := 20 + 3*float64(i)
		l, r := "左", "右"
		x := left
		if i%4 == 0 {
			l, r, x = "左段", "右段", 14
		}
		spans = append(spans, at(x, y, l+strings.Repeat("文", int((46-x)/2)-utf8.RuneCountInString(l))))
		x += 42
		spans = append(spans, at(x, y+1, r+strings.Repeat("文", int((88-x)/2)-utf8.RuneCountInString(r))))
	}
	want := "#两栏的题目\n左段文左文左文左文\n左段文左文左文左文\n右段文右文右文右文\n右段文右文右文右文"
	if got := show(Read([]Page{page(1, spans...)})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestFurniture(t *testing.T) {
	t.Parallel()
	var pages []Page
	for i := range 4 {
		spans := append(body(30), at(40, 3, "某市公报"), at(45, 134, fmt.Sprintf("- %d -", i+1)))
		if i%2 == 1 {
			spans = append(spans, at(40, 136.5, fmt.Sprintf("第 %d 页 共 4 页", i+1)))
		}
		pages = append(pages, page(i+1, spans...))
	}
	got := Read(pages)
	if strings.Contains(show(got), "公报") || strings.Contains(show(got), "- ") || len(got.Blocks) != 4 {
		t.Errorf("left: %s", show(got))
	}
	want := "已略去页眉、页脚：“某市公报”（第1–4页），以及 6 处页码"
	if len(got.Warnings) != 1 || got.Warnings[0] != want {
		t.Errorf("warnings %q, want %q", got.Warnings, want)
	}
	// The same first words of two pages are no header.
	two := []Page{page(1, append(body(30), at(14, 3, "同样的话。"))...), page(2, append(body(30), at(14, 3, "同样的话。"))...)}
	if got := Read(two); strings.Count(show(got), "同样的话。") != 2 {
		t.Errorf("lost: %s", show(got))
	}
}

func TestBareNumbersAreCounted(t *testing.T) {
	t.Parallel()
	var pages []Page
	for i := range 3 {
		pages = append(pages, page(i+1, append(body(30), at(49, 136, fmt.Sprint(7+i)))...))
	}
	if got := Read(pages); strings.ContainsAny(show(got), "789") || len(got.Warnings) != 1 {
		t.Errorf("%s, %q", show(got), got.Warnings)
	}
	// A year alone in the last line of one page is text.
	pages = []Page{page(1, append(body(30), at(14, 136, "2024"))...), page(2, body(30)...)}
	if got := Read(pages); !strings.Contains(show(got), "2024") {
		t.Errorf("lost: %s", show(got))
	}
}

func TestTitle(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spans []Span
		title string
		want  string // start of the text
	}{
		{"two lines", []Span{sized(38, 10, 3, "关于某一件事情的"), sized(44, 14, 3, "管理办法")}, "关于某一件事情的管理办法", "#关于某一件事情的管理办法\n首"},
		{"below the issuer and the number", []Span{sized(35, 5, 5, "某市教育局文件"), at(40, 12, "某教〔2031〕3号"), sized(38.5, 18, 3, "关于放假的通知")},
			"关于放假的通知", "#关于放假的通知\n某市教育局文件\n某教〔2031〕3号\n首"},
		{"none", nil, "", "首"},
		{"a chapter is none", []Span{sized(44, 14, 3, "第一章")}, "", "##第一章\n首"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := Read([]Page{page(1, append(c.spans, append(body(30), body(39)...)...)...)})
			if got.Title != c.title || !strings.HasPrefix(show(got), c.want) {
				t.Errorf("title %q\n%s", got.Title, show(got))
			}
		})
	}
}

// box draws the rules of a table.
func box(xs, ys []float64) []Rule {
	var out []Rule
	for _, x := range xs {
		out = append(out, Rule{x, ys[0], x, ys[len(ys)-1]})
	}
	for _, y := range ys {
		out = append(out, Rule{xs[0], y, xs[len(xs)-1], y})
	}
	return out
}

func TestRuledTable(t *testing.T) {
	t.Parallel()
	p := page(1, append(body(20), at(11, 31, "项目"), at(41, 31, "标准"), at(11, 35, "午餐补贴的"), at(11, 38, "项目"), at(41, 35, "3元"), at(14, 45, "表后的话。"))...)
	p.Rules = box([]float64{10, 40, 70}, []float64{30, 34, 42})
	want := "首文接文末句。\n!|项目|标准|\n|午餐补贴的 项目|3元|\n表后的话。"
	if got := show(Read([]Page{p})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// A frame around one text is no table.
	p = page(1, append(body(20), at(11, 31, "框里"), at(11, 35, "的话"))...)
	p.Rules = box([]float64{10, 70}, []float64{30, 42})
	if got := show(Read([]Page{p})); strings.Contains(got, "|") || !strings.Contains(got, "框里") {
		t.Errorf("got\n%s", got)
	}
}

func TestJoinedCells(t *testing.T) {
	t.Parallel()
	p := page(1, at(11, 31, "类别"), at(41, 31, "标准"), at(11, 35, "两行合并"), at(41, 35, "甲"), at(41, 39, "乙"))
	p.Rules = []Rule{
		{10, 30, 70, 30}, {10, 34, 70, 34}, {40, 38, 70, 38}, {10, 42, 70, 42},
		{10, 30, 10, 42}, {40, 30, 40, 42}, {70, 30, 70, 42},
	}
	want := "!|类别|标准|\n|两行合并|甲|\n||乙|"
	if got := show(Read([]Page{p})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableOverPages(t *testing.T) {
	t.Parallel()
	table := func(number int, cells ...string) Page {
		p := page(number)
		ys := []float64{30}
		for i := 0; i < len(cells); i += 2 {
			y := 31 + 4*float64(i/2)
			p.Spans = append(p.Spans, at(11, y, cells[i]), at(41, y, cells[i+1]))
			ys = append(ys, y+3)
		}
		p.Rules = box([]float64{10, 40, 70}, ys)
		return p
	}
	got := Read([]Page{table(1, "项目", "标准", "早餐", "一元"), table(2, "项目", "标准", "晚餐", "两元")})
	if want := "!|项目|标准|\n|早餐|一元|\n|晚餐|两元|"; show(got) != want {
		t.Errorf("got\n%s", show(got))
	}
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "第2页") {
		t.Errorf("warnings %q", got.Warnings)
	}
}

func TestAlignedTable(t *testing.T) {
	t.Parallel()
	spans := body(20)
	for i, cells := range [][]string{{"序号", "名称", "期限"}, {"一", "甲项", "三日"}, {"二", "乙项", "五日"}} {
		for k, c := range cells {
			spans = append(spans, at(left+25*float64(k), 30+3*float64(i), c))
		}
	}
	want := "首文接文末句。\n!|序号|名称|期限|\n|一|甲项|三日|\n|二|乙项|五日|"
	if got := show(Read([]Page{page(1, spans...)})); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	p := Plain(3, "识别出来的第一行文字很长很长\n接着的一句话。\n一、另起一段\n", 12)
	if got := show(Read([]Page{p})); got != "识别出来的第一行文字很长很长接着的一句话。\n一、另起一段" {
		t.Errorf("got\n%s", got)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	if got := Pages([]int{3, 5, 6, 7, 9}); got != "第3页、第5–7页、第9页" {
		t.Error(got)
	}
}

// characters are the letters of all spans or blocks, sorted by count.
func characters(texts ...string) map[rune]int {
	out := map[rune]int{}
	for _, t := range texts {
		for _, r := range t {
			if !unicode.IsSpace(r) {
				out[r]++
			}
		}
	}
	return out
}

// FuzzRead puts spans and rules anywhere: nothing fails, and no character is
// lost or doubled but what a warning names.
func FuzzRead(f *testing.F) {
	f.Add([]byte("abcdefghijklmnopqrstuvwxyz"), uint8(2))
	f.Add([]byte{0, 0, 0, 255, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90}, uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, n uint8) {
		var pages []Page
		var in []string
		letter := rune(0x4E00)
		for i := range int(n%4) + 1 {
			p := page(i + 1)
			for len(data) >= 5 && len(p.Spans) < 60 {
				s := sized(float64(data[0])/2, float64(data[1])/1.5, 1+float64(data[2]%5), strings.Repeat(string(letter), int(data[3]%9)+1))
				if data[4]&7 == 0 {
					p.Rules = append(p.Rules, Rule{s.Left, s.Top, s.Left + float64(data[3]), s.Top})
				}
				if data[4]&7 == 1 {
					p.Rules = append(p.Rules, Rule{s.Left, s.Top, s.Left, s.Top + float64(data[3])})
				}
				letter++ // a letter of its own each: none is printed twice
				p.Spans = append(p.Spans, s)
				in = append(in, s.Text)
				data = data[5:]
			}
			pages = append(pages, p)
		}
		got := Read(pages)
		var out []string
		for _, b := range got.Blocks {
			out = append(out, b.Text)
		}
		warned := characters(got.Warnings...)
		have := characters(out...)
		for r, n := range characters(in...) {
			if have[r] != n && warned[r] == 0 {
				t.Errorf("%c: %d of %d", r, have[r], n)
			}
		}
	})
}
