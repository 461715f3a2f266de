package index

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFoldString(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"", ""},
		{"老人卡", "老人卡"},
		{"辦理養老保險", "办理养老保险"},
		{"ＡＢＣ１２３", "abc123"},
		{"ＡＰＰ、Ａpp", "app app"},
		{"½㎡№", "   "},
		{"①²", "12"},
		{"\uf902", "车"}, // a compatibility ideograph of a traditional character
		{"ﾊ㈱", "ハ "},    // half width; what folds to several characters stays one
		{"a\u200b\u202eb", "a  b"},
		{"𠀀😀", "  "}, // outside the Basic Multilingual Plane
		{"\xff老\xe4\xb8", " 老  "},
		{"，。 \n\x00", "     "},
	} {
		if got := FoldString(c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

func TestFoldEveryRune(t *testing.T) {
	t.Parallel()
	for r := rune(-1); r <= utf8.MaxRune+1; r++ {
		f := Fold(r)
		if f != Fold(f) && f != 0 {
			t.Errorf("%U folds to %U, and that to %U", r, f, Fold(f))
		}
		if f != 0 && (f >= 1<<16 || !utf8.ValidRune(f)) {
			t.Errorf("%U folds to %U", r, f)
		}
		if n := utf8.RuneCountInString(FoldString(string(r))); n != 1 {
			t.Errorf("%U folds to %d characters", r, n)
		}
	}
}

func TestFoldTable(t *testing.T) {
	t.Parallel()
	n := 0
	for line := range strings.Lines(traditional) {
		from, to, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || utf8.RuneCountInString(from) != 1 || utf8.RuneCountInString(to) != 1 {
			t.Errorf("line %q", line)
		}
		n++
	}
	if n < 2000 {
		t.Errorf("%d characters", n)
	}
}

func TestBigrams(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want string
	}{
		{"", ""},
		{"老", ""},
		{"老人卡", "老人 人卡"},
		{"老，人卡", "人卡"},
		{"A 7b", "7b"},
		{"老😀人卡", "人卡"},
		{"aaa", "aa aa"},
		{"\xff老人", "老人"},
	} {
		var got []Term
		Bigrams(c.text, func(x Term) { got = append(got, x) })
		var want []Term
		for w := range strings.FieldsSeq(c.want) {
			r := []rune(w)
			want = append(want, BigramTerm(r[0], r[1]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %x, want %x", c.text, got, want)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	u := &Unit{Context: "公积", Body: "金额 a", Words: []string{"公积金", "公积金"}}
	var got []Term
	n := u.Terms(func(x Term) { got = append(got, x) })
	word := WordTerm("公积金")
	want := []Term{BigramTerm('公', '积'), BigramTerm('金', '额'), word, word} // none across Context and Body
	if n != 4 || !slices.Equal(got, want) {
		t.Errorf("%d: %x, want %x", n, got, want)
	}
}

func TestWordTermIsNoBigram(t *testing.T) {
	t.Parallel()
	seen := map[Term]string{}
	for _, w := range []string{"", "公积金", "住房公积金", "abc", "abd", "\xff\x00"} {
		x := WordTerm(w)
		if x>>63 != 1 || x <= BigramTerm(0xffff, 0xffff) {
			t.Errorf("%q: %x", w, x)
		}
		if seen[x] != "" {
			t.Errorf("%q and %q", w, seen[x])
		}
		seen[x] = w
	}
	if got := WordTerm("a"); got != 0xaf63dc4c8601ec8c { // FNV-1a's published vector, whose highest bit is set
		t.Errorf("a: %x", got)
	}
}

func TestOfThree(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := rune(0)
		if utf8.RuneLen(r) == 3 {
			want = r
		}
		if got := ofThree("ab"+string(r), 2); got != want && utf8.ValidRune(r) {
			t.Fatalf("ofThree(%q) = %q, want %q", r, got, want)
		}
	}
	for _, broken := range []string{"", "\xe4", "\xe4\xb8", "\xe4\xb8a", "\xe4a\x80", "\xe9\xbf\xff", "\x80\x80\x80", "\xe0\x80\x80", "\xed\xa0\x80"} {
		if got := ofThree(broken, 0); got != 0 {
			t.Errorf("ofThree(%q) = %q, want none", broken, got)
		}
	}
}
