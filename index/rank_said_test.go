package index

import (
	"math"
	"slices"
	"testing"
)

// rareWords is a dictionary that knows how rare its words are.
type rareWords struct {
	dictionary
	rarity map[string]float64
}

func (r rareWords) Rarity(word string) float64 { return r.rarity[word] }

// Words count by their rarity, together where two sentences have them, and not
// where they ask.
func TestSaid(t *testing.T) {
	t.Parallel()
	u := whole1("a", "居住证", "居住证到期了怎么换的规定在这里先说明一下各种情况一共有哪些，后面再讲清楚各自的办法和步骤以及需要注意的其他事项，大家请看下面写的每一条内容，一条一条慢慢看。"+
		"签注每年一次，由派出所来办理。没有按时的中止使用功能。另外还有很多别的事情要讲的。护照不在这里办理哦。")
	v := &memory{units: []*Unit{u}}
	seg := rareWords{dictionary{"签注", "中止", "护照", "驾照"}, map[string]float64{"签注": 3, "中止": 2, "护照": 4, "驾照": 1}}
	for _, c := range []struct {
		question string
		want     float64
	}{
		{"签注", 1},
		{"签注中止", 1},
		{"签注护照", 4. / 7}, // they stand too far apart
		{"驾照", 0},
		{"签注驾照", 3. / 4},
		{"", 0},
	} {
		a := analyse(c.question, testLexicon(), seg, v)
		s := new(scan)
		s.read(a, u)
		if got := a.said(s); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("said(%s) = %g, want %g", c.question, got, c.want)
		}
	}
}

func TestLongest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ words, want []string }{
		{nil, []string{}},
		{[]string{"结婚", "登记", "结婚登记", "材料"}, []string{"结婚登记", "材料"}},
		{[]string{"补贴", "标准"}, []string{"补贴", "标准"}},
		{[]string{"补贴", "补贴"}, []string{"补贴", "补贴"}},
	} {
		if got := longest(c.words); !slices.Equal(got, c.want) {
			t.Errorf("longest(%q) = %q, want %q", c.words, got, c.want)
		}
	}
}
