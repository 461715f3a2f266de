package index

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestReadSynonyms(t *testing.T) {
	t.Parallel()
	const heading = "from,to,weight,direction,note\n"
	for _, c := range []struct {
		name, text string
		want       []Synonym
		err        string
	}{
		{name: "empty"},
		{name: "heading alone", text: heading},
		{name: "no heading", text: "房本,不动产权证书,0.8,one-way,俗称\n", want: []Synonym{{"房本", "不动产权证书", .8, false, "俗称", Within{}}}},
		{name: "mark", text: "\ufeff" + heading + "社保,社会保险,1,mutual,\n", want: []Synonym{{"社保", "社会保险", 1, true, "", Within{}}}},
		{name: "quoted", text: "\"房本\",房产证,.5,one-way,\"a,b\nc\"\r\n", want: []Synonym{{"房本", "房产证", .5, false, "a,b\nc", Within{}}}},
		{name: "one letter", text: "卡,敬老卡,.5,mutual,", want: []Synonym{{"卡", "敬老卡", .5, true, "", Within{}}}},
		{name: "columns", text: heading + "a,b,1,mutual\n", err: "line 2"},
		{name: "direction", text: heading + "社保,社会保险,1,both,\n", err: "line 2: direction \"both\""},
		{name: "no word", text: heading + "社保,社会保险,1,mutual,\n，,社会保险,1,mutual,\n", err: "line 3"},
		{name: "short", text: "社保,社,1,mutual,\n", err: "line 1"},
		{name: "long", text: "社保," + strings.Repeat("社", 31) + ",1,mutual,\n", err: "line 1"},
		{name: "after a note of two lines", text: "房本,房产证,.5,one-way,\"a\nb\"\n房本,房产证,2,one-way,\n", err: "line 3: weight"},
		{name: "zero", text: "社保,社会保险,0,mutual,\n", err: "line 1: weight"},
		{name: "minus", text: "社保,社会保险,-1,mutual,\n", err: "line 1: weight"},
		{name: "not a number", text: "社保,社会保险,NaN,mutual,\n", err: "line 1: weight"},
		{name: "infinite", text: "社保,社会保险,Inf,mutual,\n", err: "line 1: weight"},
		{name: "word", text: "社保,社会保险,much,mutual,\n", err: "line 1: weight"},
		{name: "open quote", text: "社保,\"社会保险,1,mutual,\n", err: "line "},
	} {
		got, err := ReadSynonyms(strings.NewReader(c.text))
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		case c.err == "" && (err != nil || !slices.Equal(got, c.want)):
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
}

func TestShippedLexicon(t *testing.T) {
	t.Parallel()
	l, err := ShippedLexicon()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ShippedLexicon()
	if err != nil || again.Revision != l.Revision || len(l.Revision) != 12 {
		t.Errorf("revisions %q and %q, %v", l.Revision, again.Revision, err)
	}
	if len(l.synonyms) == 0 || len(l.Domain) == 0 || len(l.QuestionWords) == 0 {
		t.Error("a part is empty")
	}
	changed := NewLexicon([]Synonym{{From: "a", To: "bc", Weight: 1}}, nil, nil)
	if NewLexicon([]Synonym{{From: "a", To: "bc", Weight: .9}}, nil, nil).Revision == changed.Revision {
		t.Error("a weight does not change the revision")
	}
}

func TestNewLexiconIgnoresWhatSaysNothing(t *testing.T) {
	t.Parallel()
	l := NewLexicon([]Synonym{
		{From: "", To: "社会保险", Weight: 1}, {From: "社保", To: "", Weight: 1}, {From: "社保", To: "社", Weight: 1},
		{From: "社保", To: "社会保险", Weight: math.NaN()}, {From: "卡。", To: "敬老卡", Weight: 1, Mutual: true},
	}, nil, []string{"", "？", "吗"})
	v := &memory{units: []*Unit{whole1("a", "敬老卡", "敬老卡怎么办？社保")}}
	if _, err := find(t.Context(), v, &wording{l, testWords}, Query{Text: "敬老卡，社保，卡吗？"}, nil); err != nil {
		t.Error(err)
	}
	if got := expanded(l, "敬老卡社保"); got != "" {
		t.Errorf("expanded: %s", got)
	}
	if got := expanded(l, "卡"); got != "卡>敬老卡" {
		t.Errorf("expanded: %s", got)
	}
}

func expanded(l *Lexicon, question string) string {
	var out []string
	runes := []rune(FoldString(question))
	for i, r := range runes {
		if r == ' ' {
			runes[i] = 0
		}
	}
	for _, e := range l.Expand(runes) {
		out = append(out, e.From+">"+e.To)
		if got := string(runes[e.Start:e.End]); got != e.From {
			out = append(out, "stands for "+got)
		}
	}
	return strings.Join(out, " ")
}

func TestExpand(t *testing.T) {
	t.Parallel()
	l := NewLexicon([]Synonym{
		{From: "社保", To: "社会保险", Weight: .9, Mutual: true},
		{From: "社保卡", To: "社会保障卡", Weight: .9},
		{From: "公积金", To: "住房公积金", Weight: .9, Mutual: true},
		{From: "落户", To: "户口迁移", Weight: .7},
		{From: "落户", To: "户口登记", Weight: .6},
		{From: "ＡＰＰ", To: "應用程序", Weight: .5},
	}, nil, nil)
	for _, c := range [][2]string{
		{"", ""},
		{"没有别的词", ""},
		{"社保怎么交", "社保>社会保险"},
		{"社保卡丢了", "社保卡>社会保障卡"},          // nothing for the piece inside
		{"社保卡和社保", "社保卡>社会保障卡 社保>社会保险"}, // but for the other
		{"住房公积金", "住房公积金>公积金"},          // said already; mutual
		{"公积金", "公积金>住房公积金"},
		{"社会保险", "社会保险>社保"},
		{"落户", "落户>户口迁移 落户>户口登记"},
		{"社保，社保，社保", "社保>社会保险"}, // once
		{"社，保", ""},
		{"app", "app>應用程序"},
		{"社", ""},
	} {
		if got := expanded(l, c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

func TestExpandIsBounded(t *testing.T) {
	t.Parallel()
	var all []Synonym
	for r := rune('一'); r < '一'+500; r++ {
		all = append(all, Synonym{From: string(r), To: "社会保险", Weight: .5}, Synonym{From: string(r), To: "养老保险", Weight: .5})
	}
	l := NewLexicon(all, nil, nil)
	var question []rune
	for i := range rune(5000) {
		question = append(question, '一'+i%500)
	}
	if got := l.Expand(question); len(got) != maxExpansions || got[0].Start != 0 || got[15].Start != 7 {
		t.Errorf("%d expansions", len(got))
	}
}

func TestQuestionWord(t *testing.T) {
	t.Parallel()
	l := testLexicon()
	for question, want := range map[string]int{"怎么办": 3, "怎么": 2, "怎样": 0, "吗": 1, "老": 0} {
		if got := l.questionWord([]rune(question), 0); got != want {
			t.Errorf("%s: %d, want %d", question, got, want)
		}
	}
}

// What is done to a thing leaves the thing's own words: 交社保 is about 社保.
func TestExpandKeepsWhatIsDoneTo(t *testing.T) {
	t.Parallel()
	l := NewLexicon([]Synonym{
		{From: "社保", To: "社会保险", Weight: .9}, {From: "交社保", To: "缴费", Weight: .5}, {From: "社保卡", To: "社会保障卡", Weight: .9},
	}, nil, nil)
	for in, want := range map[string]string{"怎么交社保": "缴费 社会保险", "交社保卡": "缴费 社会保障卡", "社保卡": "社会保障卡"} {
		got := ""
		for _, e := range l.Expand([]rune(in)) {
			got += " " + e.To
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
