package diff

import (
	"fmt"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func written(pieces []Piece) string {
	var sb strings.Builder
	for _, p := range pieces {
		sb.WriteString([]string{"", "[-", "{+"}[p.Kind] + p.Text + []string{"", "-]", "+}"}[p.Kind])
	}
	return sb.String()
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ older, newer, want string }{
		{"", "", ""},
		{"每人38元。", "每人38元。", "每人38元。"},
		{"每人每月38元。", "每人每月40元。", "每人每月[-38-]{+40+}元。"},
		{"每人每月1,380.50元。", "每人每月1,400元。", "每人每月[-1,380.50-]{+1,400+}元。"},
		{"年满六十五周岁的居民。", "年满六十周岁的居民。", "年满[-六十五-]{+六十+}周岁的居民。"},
		{"有效期两年，自发布之日起算。", "有效期三年，自发布之日起算。", "有效期[-两-]{+三+}年，自发布之日起算。"},
		{"由民政局受理。", "由民政局、街道受理。", "由民政局{+、街道+}受理。"},
		{"使用IC卡的人", "使用ID卡的人", "使用[-IC-]{+ID+}卡的人"},
		{"甲乙丙丁戊己庚辛", "天地玄黄宇宙洪荒", "[-甲乙丙丁戊己庚辛-]{+天地玄黄宇宙洪荒+}"},
		{"面积38，40为限的房屋", "面积38，41为限的房屋", "面积38，[-40-]{+41+}为限的房屋"},
		{"", "新的一段", "{+新的一段+}"},
		{"旧的一段", "", "[-旧的一段-]"},
	} {
		if got := written(Words(c.older, c.newer)); got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.older, c.newer, got, c.want)
		}
	}
}

// revision makes a revision of articles; each text begins with its label.
func revision(articles ...string) corpus.Revision {
	var r corpus.Revision
	for i, a := range articles {
		label, _, _ := strings.Cut(a, " ")
		start := len(r.Text)
		r.Text += a + "\n"
		r.Passages = append(r.Passages, corpus.Passage{
			Anchor: fmt.Sprintf("a%d", i+1), Role: corpus.BodyRole, Label: label, Start: start, End: len(r.Text),
		})
	}
	return r
}

func summary(all []Passage) string {
	lines := make([]string, len(all))
	for i, p := range all {
		lines[i] = fmt.Sprintf("%s %s>%s", p.State, p.Old.Anchor, p.New.Anchor)
	}
	return strings.Join(lines, "; ")
}

func TestPassages(t *testing.T) {
	t.Parallel()
	first := revision("第一条 为了规范共享雨伞的借用，制定本规定。", "第二条 每次借用不超过七日。", "第三条 丢失的，按原价赔偿。")
	for _, c := range []struct {
		name         string
		older, newer corpus.Revision
		want         string
	}{
		{"nothing", first, first, "same a1>a1; same a2>a2; same a3>a3"},
		{"a word", first, revision("第一条 为了规范共享雨伞的借用，制定本规定。", "第二条 每次借用不超过九日。", "第三条 丢失的，按原价赔偿。"),
			"same a1>a1; changed a2>a2; same a3>a3"},
		{"one more in between", first,
			revision("第一条 为了规范共享雨伞的借用，制定本规定。", "第二条 本市居民和游客都可以借用。", "第三条 每次借用不超过七日。", "第四条 丢失的，按原价赔偿。"),
			"same a1>a1; added >a2; changed a2>a3; changed a3>a4"},
		{"one less", first, revision("第一条 为了规范共享雨伞的借用，制定本规定。", "第二条 丢失的，按原价赔偿。"),
			"same a1>a1; removed a2>; changed a3>a2"},
		{"moved on and changed", first,
			revision("第一条 为了规范共享雨伞的借用，制定本规定。", "第二条 雨伞由街道统一编号。", "第三条 每次借用不超过十日。", "第四条 丢失的，按原价赔偿。"),
			"same a1>a1; added >a2; changed a2>a3; changed a3>a4"},
		{"all new", first, revision("甲 完全不同的另一份文件的内容"), "changed a1>a1; removed a2>; removed a3>"},
		{"from nothing", corpus.Revision{}, first, "added >a1; added >a2; added >a3"},
		{"to nothing", first, corpus.Revision{}, "removed a1>; removed a2>; removed a3>"},
	} {
		if got := summary(Passages(c.older, c.newer)); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.name, got, c.want)
		}
	}
}

// complete fails unless the pieces are both texts, and each passage of both is
// there once.
func complete(t *testing.T, older, newer corpus.Revision) {
	t.Helper()
	var olds, news []string
	textOld, textNew := map[string]string{}, map[string]string{}
	for _, p := range Passages(older, newer) {
		var a, b strings.Builder
		for _, piece := range p.Pieces {
			if piece.Kind != Inserted {
				a.WriteString(piece.Text)
			}
			if piece.Kind != Deleted {
				b.WriteString(piece.Text)
			}
		}
		if p.State != Added {
			olds = append(olds, p.Old.Anchor)
			textOld[p.Old.Anchor] = a.String()
		}
		if p.State != Removed {
			news = append(news, p.New.Anchor)
			textNew[p.New.Anchor] = b.String()
		}
	}
	check := func(r corpus.Revision, anchors []string, texts map[string]string) {
		if len(anchors) != len(r.Passages) {
			t.Fatalf("%d of %d passages", len(anchors), len(r.Passages))
		}
		for i, p := range r.Passages {
			if anchors[i] != p.Anchor || texts[p.Anchor] != r.Text[p.Start:p.End] {
				t.Fatalf("passage %d is %s %q, want %s %q", i, anchors[i], texts[p.Anchor], p.Anchor, r.Text[p.Start:p.End])
			}
		}
	}
	check(older, olds, textOld)
	check(newer, news, textNew)
}

func FuzzPassages(f *testing.F) {
	f.Add("第一条 甲\n第二条 乙38元", "第一条 甲\n第三条 丙\n第二条 乙40元")
	f.Add("", "\xff\x00")
	f.Add("a\na\na", "a\nb\na")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 20_000 {
			return
		}
		complete(t, revision(strings.Split(a, "\n")...), revision(strings.Split(b, "\n")...))
	})
}

func TestLong(t *testing.T) {
	t.Parallel()
	var a, b []string
	for i := range 3000 {
		a = append(a, fmt.Sprintf("第%d条 编号%d的事项由第%d号窗口办理。", i, i*7, i*3))
		b = append(b, fmt.Sprintf("第%d条 编号%d的事项由第%d号窗口受理。", i, i*7, i*5))
	}
	complete(t, revision(a...), revision(b...))
	complete(t, revision(strings.Repeat("很长的一段，", 50_000)), revision(strings.Repeat("很长的一段。", 50_000)))
}
