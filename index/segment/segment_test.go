package segment

import (
	"slices"
	"strings"
	"sync"
	"testing"
)

var shared = sync.OnceValues(func() (*Segmenter, error) {
	return New([]string{"敬老卡", "社会保险", "灵活就业人员"})
})

func TestWords(t *testing.T) {
	t.Parallel()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"domain word stays whole", "敬老卡换领", []string{"敬老卡"}},
		{"traditional, full width, upper case", "敬老卡１２３４５ＡＢＣ", []string{"敬老卡"}},
		{"search mode", "住房公积金", []string{"公积金"}},
		{"two domain words", "灵活就业人员参加社会保险", []string{"灵活就业人员", "社会保险"}},
	} {
		got := s.Words(c.text)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: Words(%q) = %q, want %q among them", c.name, c.text, got, w)
			}
		}
	}
	if got := s.Long("a\x00\xff 我 。"); len(got) != 0 {
		t.Errorf("Long of nothing = %q", got)
	}
}

func TestRarity(t *testing.T) {
	t.Parallel()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	common, rare, unheard := s.Rarity("我们"), s.Rarity("签注"), s.Rarity("噶乌")
	if !(0 < common && common < rare && rare < 20) {
		t.Errorf("我们 %g, 签注 %g", common, rare)
	}
	if domain := s.Rarity("敬老卡"); domain != unheard || domain < common {
		t.Errorf("a domain word %g, a word that nobody knows %g, a common one %g", domain, unheard, common)
	}
}

func TestNewRefusesWhatIsNoWord(t *testing.T) {
	t.Parallel()
	for _, w := range []string{"", "卡", "。。", strings.Repeat("长", 21)} {
		if _, err := New([]string{w}); err == nil {
			t.Errorf("New(%q) accepted", w)
		}
	}
}

func TestConcurrentReads(t *testing.T) {
	t.Parallel()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	want := s.Words("灵活就业人员怎么参加社会保险")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := s.Words("灵活就业人员怎么参加社会保险"); !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkLong(b *testing.B) {
	s, err := shared()
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("本市户籍年满六十五周岁的老年人，可以凭身份证到社区服务站申领敬老卡。", 30)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.Long(text)
	}
}
