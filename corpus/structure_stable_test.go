package corpus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// someDocument writes a document of a kind that offices write, every line of
// it different.
func someDocument(r *rand.Rand) (Kind, []Block) {
	line := func(head string) Block {
		words := []string{"停车", "登记", "缴费", "车主", "管理", "公示", "申领", "核验", "窗口", "补贴"}
		var sb strings.Builder
		for range 8 + r.IntN(20) {
			sb.WriteString(words[r.IntN(len(words))])
		}
		return Block{Text: head + sb.String() + fmt.Sprint(r.IntN(1_000_000)) + "。"}
	}
	var out []Block
	n := 3 + r.IntN(12)
	switch r.IntN(5) {
	case 0: // a regulation
		for i := range n {
			if i%4 == 0 {
				out = append(out, Block{Heading: 2, Text: fmt.Sprintf("第%s章 第%d部分的规定", inChinese(i/4+1), i)})
			}
			out = append(out, line("第"+inChinese(i+1)+"条 "), line("（一）"), line("（二）"))
		}
		out = append(out, Block{Text: "附件1"}, line("第一条 "), line("第二条 "))
		return Policy, out
	case 1: // a notice
		out = append(out, line(""))
		for i := range n {
			out = append(out, line(inChinese(i+1)+"、"), line("（一）"), line("1."), line("2."), line("（二）"))
		}
		return Notice, out
	case 2: // news
		for range n {
			out = append(out, line(""))
		}
		return Notice, out
	case 3: // headings
		for i := range n {
			out = append(out, Block{Heading: 2, Text: fmt.Sprintf("第%d个问题怎么办", r.IntN(1_000_000))}, line(""))
			if i%2 == 0 {
				out = append(out, line("一、"), line("二、"))
			}
		}
		return Interpretation, out
	}
	out = append(out, Block{Row: true, Header: true, Text: "序号\t事项\t备注"})
	for i := range n {
		out = append(out, Block{Row: true, Text: fmt.Sprintf("%d\t%s\t", i+1, line("").Text)})
	}
	return Catalogue, out
}

// amend changes, deletes or puts in one paragraph without number, or the text
// of one with a number.
func amend(r *rand.Rand, blocks []Block) []Block {
	at := r.IntN(len(blocks))
	out := slices.Clone(blocks)
	b := &out[at]
	if b.Header || b.Heading > 0 || b.Text == "附件1" {
		return out // it names what stands under it
	}
	switch r.IntN(3) {
	case 0:
		if b.Row {
			return slices.Insert(out, at, Block{Row: true, Text: "0\t新增的事项" + fmt.Sprint(r.IntN(1000)) + "\t"})
		}
		return slices.Insert(out, at, Block{Text: "新增的一段话，说明本次修改的理由，自公布之日起执行" + fmt.Sprint(r.IntN(1000)) + "。"})
	case 1:
		if parseMark(b.Text).kind == none {
			return slices.Delete(out, at, at+1)
		}
	}
	b.Text += "另有规定的除外"
	return out
}

// TestAnchorsStay: importing again names everything the same, and an
// amendment of one paragraph leaves the anchors of all others.
func TestAnchorsStay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 5))
	for range 800 {
		kind, blocks := someDocument(r)
		before := anchorsByText(Assemble(kind, "关于停车的若干规定", blocks))
		if again := anchorsByText(Assemble(kind, "关于停车的若干规定", blocks)); fmt.Sprint(again) != fmt.Sprint(before) {
			t.Fatalf("importing again: %v, then %v", before, again)
		}
		after := anchorsByText(Assemble(kind, "关于停车的若干规定", amend(r, blocks)))
		for text, anchor := range before {
			if now, ok := after[text]; ok && now != anchor {
				t.Fatalf("%s: %.40q was %s and is %s", kind, text, anchor, now)
			}
		}
	}
}

func anchorsByText(text string, passages []Passage) map[string]string {
	out := map[string]string{}
	for _, p := range passages {
		out[strings.TrimSpace(text[p.Start:p.End])] = p.Anchor
	}
	return out
}
