package meili

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/policybot/policybot/index"
)

// many is a corpus in which every word is common.
func common(words ...string) index.Probe {
	p := index.Probe{Limit: 100}
	for _, w := range words {
		p.Words = append(p.Words, index.ProbeWord{Text: w, IDF: 4, Units: 3000})
	}
	return p
}

func texts(p index.Probe) (out []string) {
	for _, q := range plan(p) {
		out = append(out, q.text())
	}
	return out
}

func TestPlan(t *testing.T) {
	t.Parallel()
	long := strings.Fields("一一 二二 三三 四四 五五 六六 七七 八八 九九 十十 百百 千千")
	rare := common("甲甲", "乙乙", "丙丙", "丁丁")
	rare.Words[0].Units, rare.Words[0].IDF = 40, 8
	also := common("甲甲", "乙乙", "丙丙", "丁丁")
	also.Words[1].Also = []index.Also{{Words: []string{"子子", "丑丑"}, Weight: .7}, {}}
	for name, test := range map[string]struct {
		probe index.Probe
		want  []string
	}{
		"nothing":    {index.Probe{Limit: 100}, nil},
		"blank":      {common("", " - ", `""`), nil},
		"unknown":    {index.Probe{Limit: 100, Words: []index.ProbeWord{{Text: "甲"}}}, nil},
		"one":        {common("甲甲"), []string{"甲甲 "}},
		"two":        {common("甲甲", "乙乙"), []string{"甲甲 乙乙 ", "乙乙 "}},
		"twice":      {common("甲甲", "甲甲"), []string{"甲甲 "}},
		"three":      {common("甲甲", "乙乙", "丙丙"), []string{"甲甲 乙乙 丙丙 ", "甲甲 乙乙 ", "甲甲 丙丙 ", "乙乙 丙丙 ", "甲甲 ", "乙乙 ", "丙丙 "}},
		"rare alone": {rare, []string{"甲甲 乙乙 丙丙 丁丁 ", "乙乙 丙丙 ", "乙乙 丁丁 ", "丙丙 丁丁 ", "甲甲 "}},
		"also": {also, []string{
			"甲甲 乙乙 丙丙 丁丁 ", "甲甲 乙乙 ", "甲甲 丙丙 ", "甲甲 丁丁 ", "乙乙 丙丙 ", "乙乙 丁丁 ", "丙丙 丁丁 ", "子子 丑丑 甲甲 丙丙 丁丁 ",
		}},
		"operators": {common(`"甲甲`, "-乙乙"), []string{"甲甲 乙乙 ", "乙乙 "}},
	} {
		if got := texts(test.probe); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	all := plan(common(long...))
	if len(all) != 1+pairUnits*(pairUnits-1)/2 || len(all[0].words) != maxWords {
		t.Errorf("%d queries, the first %q", len(all), all[0].words)
	}
}

func TestPlanOfSmallCorpus(t *testing.T) {
	t.Parallel()
	p := probe("居住证", "办理", "条件", "地点")
	p.Words[0].Parts = []string{"居住", "居住证"}
	p.Rest = []index.ProbeWord{{Text: "怎么", Units: 9}}
	got := texts(p)
	for _, want := range []string{"居住证 ", "办理 ", "条件 ", "地点 ", "居住 ", "怎么 "} {
		if !slices.Contains(got, want) {
			t.Errorf("%q does not ask for %q", got, want)
		}
	}
	p = common("居住证", "办理", "条件", "地点")
	p.Rest = []index.ProbeWord{{Text: "怎么", Units: 9000}}
	if slices.Contains(texts(p), "怎么 ") {
		t.Error("a large corpus is asked for a word that asks")
	}
}

// TestPlanOfCommonWords: of a small corpus all units that have a common word are
// asked for, the rarer words first, as long as they are not too many; pairs of
// such a word say nothing more.
func TestPlanOfCommonWords(t *testing.T) {
	t.Parallel()
	of := func(total int, words ...index.ProbeWord) (p index.Probe) {
		p.Limit = 100
		for _, w := range words {
			df := float64(w.Units)
			w.IDF = math.Log(1 + (float64(total)-df+.5)/(df+.5))
			p.Words = append(p.Words, w)
		}
		return p
	}
	word := func(text string, units int) index.ProbeWord { return index.ProbeWord{Text: text, Units: units} }
	four := []index.ProbeWord{word("甲甲", 50), word("乙乙", 700), word("丙丙", 900), word("丁丁", 950)}
	asked := func(p index.Probe) map[string]int {
		out := map[string]int{}
		for _, q := range plan(p) {
			out[q.text()] = q.limit
		}
		return out
	}
	got := asked(of(smallCorpus-1, four...))
	want := map[string]int{"甲甲 乙乙 丙丙 丁丁 ": 40, "甲甲 ": 100, "乙乙 ": 700, "丙丙 ": 900, "丁丁 ": 100}
	if !maps.Equal(got, want) {
		t.Errorf("small: %v, want %v", got, want)
	}
	got = asked(of(smallCorpus+1, four...))
	want = map[string]int{"甲甲 乙乙 丙丙 丁丁 ": 40, "甲甲 ": 100, "乙乙 丙丙 ": 40, "乙乙 丁丁 ": 40, "丙丙 丁丁 ": 40}
	if !maps.Equal(got, want) {
		t.Errorf("large: %v, want %v", got, want)
	}
	p := of(smallCorpus-1, word("乙乙", 700))
	p.Rest = []index.ProbeWord{word("怎么", 800), word("可以", 600), word("需要", 30)}
	got = asked(p)
	want = map[string]int{"乙乙 ": 700, "怎么 ": 800, "可以 ": 40, "需要 ": 40}
	if !maps.Equal(got, want) {
		t.Errorf("words that ask: %v, want %v", got, want)
	}
	if got := asked(of(smallCorpus-1, word("乙乙", maxTotalHits+1))); got["乙乙 "] != 200 {
		t.Errorf("more than a query brings: %v", got)
	}
}

func TestPlanLimits(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{-1, 0, 1, 7, 100, 5000, 1 << 40} {
		p := common("甲甲", "乙乙", "丙丙", "丁丁")
		p.Limit = limit
		for _, q := range plan(p) {
			if q.limit < 1 || q.limit > maxTotalHits {
				t.Errorf("limit %d: a query brings %d", limit, q.limit)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		filter index.Filter
		want   string
	}{
		{index.Filter{}, `account IN ["everyone"]`},
		{index.Filter{Account: "gh_1", Own: true}, `account IN ["everyone", "only gh_1"] & sample = false`},
		{index.Filter{Day: "2024-02-29"}, `account IN ["everyone"] & NOT until <= 20240229 & NOT from > 20240229`},
		{index.Filter{Kind: "policy", Region: "上海", Agency: `"人社局" OR 1`}, `account IN ["everyone"] & kind = "policy" & region = "上海" & agency = "\"人社局\" OR 1"`},
		{index.Filter{Account: `a\`, Region: `\"`}, ``},
		{index.Filter{Day: "soon"}, `account IN ["everyone"] & NOT until <= 0 & NOT from > 0`},
	} {
		if got := strings.Join(filters(test.filter), " & "); got != test.want {
			t.Errorf("%+v: %s, want %s", test.filter, got, test.want)
		}
	}
}

// FuzzClean: nothing that is asked can be read as anything but words.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"公积金", `"公积金" -提取`, "a-b", "wi－fi", "１２３", "\xff\x00", "！？", "e\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := common(text)
		p.Words[0].Also = []index.Also{{Words: []string{text}, Weight: 1}}
		p.Words[0].Parts = []string{text, text + text}
		for _, q := range plan(p) {
			s := q.text()
			if strings.ContainsFunc(s, func(r rune) bool {
				return r != ' ' && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
			}) {
				t.Errorf("%q asks %q", text, s)
			}
			if n := len(strings.Fields(s)); n == 0 || n > maxWords || !strings.HasSuffix(s, " ") || len(s) > (maxLetters*4+1)*maxWords {
				t.Errorf("%q asks %d words: %q", text, n, s)
			}
		}
	})
}
