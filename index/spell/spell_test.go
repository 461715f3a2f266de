package spell

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// corpus has the words of one text.
type corpus string

func (c corpus) Known(words ...string) []int {
	out := make([]int, len(words))
	for i, w := range words {
		out[i] = 1
		r := []rune(w)
		for k := 1; k < len(r); k++ {
			if !strings.Contains(string(c), string(r[k-1:k+1])) {
				out[i] = 0
			}
		}
	}
	return out
}

const text corpus = "住房公积金 居民户口簿 基本医疗保险 医保 社会保障卡 居住证 账户 登录 已经 报销 就业 高龄津贴 敬老卡 灵活就业人员 补领 电动自行车怎么办的 罚多少 自有"

// cut keeps a few words whole.
func cut(s string) (out []string) {
	for i := range s {
		for _, w := range []string{"基金", "户口", "酒业", "失业", "灵活"} {
			if strings.HasPrefix(s[i:], w) {
				out = append(out, w)
			}
		}
	}
	return out
}

func speller() *Speller {
	return New([]string{"公积金", "住房公积金", "户口簿", "医保", "居住证", "高龄津贴", "敬老卡", "就业", "卧室", "abc", "灵活就业人员", "罚多少", "发多少", "自有"}, cut)
}

func TestMend(t *testing.T) {
	t.Parallel()
	s := speller()
	for in, want := range map[string]string{
		"公基金怎么取":  "公积金怎么取 公积金",
		"户口薄丢了":   "户口簿丢了 户口簿",
		"医宝报消":    "医保报销 医保 报销",
		"帐户怎么登陆":  "账户怎么登录 ~账户 ~登录",
		"高玲津贴多少钱": "高龄津贴多少钱 高龄津贴", // by sound
		"居住征怎么办":  "居住证怎么办 居住证",   // by shape
		"灵活就业人圆":  "灵活就业人员 灵活就业人员",
		"敬老卡":     "敬老卡",
		"酒业公司怎么办": "酒业公司怎么办", // a word, whatever it sounds like
		"我失业了":    "我失业了",
		"没钱治有救助":  "没钱治有救助", // 自有 sounds like it, but 有 is a word of its own
		"每月发多少":   "每月发多少",  // a word of the lexicon itself, not 罚多少
		"":        "",
		"abd 123": "abd 123",
		"张高玲津贴少了": "张高玲津贴少了", // a name
	} {
		got, done := s.Mend(in, text, []string{"高玲津贴少"})
		if in != "张高玲津贴少了" {
			got, done = s.Mend(in, text, nil)
		}
		for _, m := range done {
			got += " " + strings.Repeat("~", map[bool]int{true: 1}[m.Silent]) + m.Is
		}
		if got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got, done := s.Mend("公基金", text+" 公基金", nil); got != "公基金" || done != nil {
		t.Errorf("what documents have is mended: %s", got)
	}
}

// Every line of the lists says something, once.
func TestLists(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for line := range lines(typosFile) {
		f := strings.Split(line, "\t")
		if len(f) < 2 || len(f) > 3 || len(f) == 3 && f[2] != "=" || f[0] == f[1] || seen[f[0]] || utf8.RuneCountInString(f[0]) != utf8.RuneCountInString(f[1]) {
			t.Errorf("%q", line)
		}
		seen[f[0]] = true
	}
	for line := range lines(shapesFile) {
		r := []rune(line)
		for _, c := range r {
			if seen[string(c)] {
				t.Errorf("%c is in two groups", c)
			}
			seen[string(c)] = true
		}
		if len(r) < 2 || len(slices.Compact(slices.Sorted(slices.Values(r)))) != len(r) {
			t.Errorf("%q", line)
		}
	}
}

func FuzzMend(f *testing.F) {
	s := speller()
	for _, in := range []string{"公基金", "高玲津贴\xff", "户口薄户口薄", "医"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		got, _ := s.Mend(in, text, []string{"医"})
		if utf8.ValidString(in) && utf8.RuneCountInString(got) != utf8.RuneCountInString(in) {
			t.Fatalf("%q is %q", in, got)
		}
	})
}

func BenchmarkMend(b *testing.B) {
	s := speller()
	b.ReportAllocs()
	for b.Loop() {
		s.Mend("您好我在深圳交的公基金能在咱县买房贷款不要带什么材料去哪个窗口办", text, nil)
	}
}
