package lexicon

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/policybot/policybot/index"
)

func synonym(word, to string, weight float64) Entry {
	return Entry{Kind: Synonym, Word: word, To: to, Weight: weight}
}

func TestRead(t *testing.T) {
	t.Parallel()
	const heading = "kind,word,to,weight,direction,agency,region,topic,note\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("word,to,weight\n房本,不动产权证书,0.8\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		want       []Entry
		err        string
	}{
		{name: "heading alone", text: heading},
		{name: "a mark", text: "\ufeffword,to,weight\n房本,不动产权证书,.8", want: []Entry{synonym("房本", "不动产权证书", .8)}},
		{name: "GBK", text: gbk, want: []Entry{synonym("房本", "不动产权证书", .8)}},
		{name: "the shipped columns", text: "from,to,weight,direction,note\n社保,社会保险,1,mutual,\n", want: []Entry{{Kind: Synonym, Word: "社保", To: "社会保险", Weight: 1, Mutual: true}}},
		{name: "all kinds", text: heading + "domain,敬老卡,,,,,,,\nquestion,咋个,,,,,,,dialect\nnever,三级医院,二三级医院,,,,,,\nplace,安州,四川,,,,,,\ncue,没人处理,complaint,2,,,,,\n,,,,,,,,\n", want: []Entry{
			{Kind: Domain, Word: "敬老卡"}, {Kind: Question, Word: "咋个", Note: "dialect"},
			{Kind: Never, Word: "三级医院", To: "二三级医院"}, {Kind: Place, Word: "安州", To: "四川"}, {Kind: Cue, Word: "没人处理", To: Complaint, Weight: 2},
		}},
		{name: "scope", text: heading + "synonym,卡,敬老卡,.5,one-way,市民政局,安州市,养老,\n", want: []Entry{
			{Kind: Synonym, Word: "卡", To: "敬老卡", Weight: .5, Within: index.Within{Agency: "市民政局", Region: "安州市", Topic: "养老"}},
		}},
		{name: "a note of two lines", text: "word,to,weight,note\n房本,房产证,.5,\"a\nb\"\n", want: []Entry{{Kind: Synonym, Word: "房本", To: "房产证", Weight: .5, Note: "a b"}}},
		{name: "a formula as note", text: "word,to,weight,note\n房本,房产证,.5,'=1+1\n", want: []Entry{{Kind: Synonym, Word: "房本", To: "房产证", Weight: .5, Note: "=1+1"}}},
		{name: "JSON lines", text: "{\"kind\":\"synonym\",\"word\":\"房本\",\"to\":\"房产证\",\"weight\":0.5,\"region\":\"安州市\"}\n\n", want: []Entry{{Kind: Synonym, Word: "房本", To: "房产证", Weight: .5, Within: index.Within{Region: "安州市"}}}},

		{name: "nothing", text: "", err: "empty"},
		{name: "UTF-16", text: "\xff\xfea\x00", err: "UTF-16"},
		{name: "neither", text: "word\n\xff\xff\xff\n", err: "neither UTF-8 nor GBK"},
		{name: "no heading", text: "房本,房产证,.5\n", err: "line 1: the column \"房本\" is unknown"},
		{name: "a column twice", text: "word,word\n", err: "twice"},
		{name: "no word column", text: "to,weight\n", err: "no column \"word\""},
		{name: "columns", text: "word,to,weight\n房本,房产证\n", err: "line 2: 2 columns"},
		{name: "a formula as word", text: "word,to,weight\n=1+1,房产证,.5\n", err: "line 2: \"=1+1\" is no word"},
		{name: "a word of two lines", text: "word,to,weight\n\"房\n本\",房产证,.5\n", err: "no word"},
		{name: "weight", text: "word,to,weight\n房本,房产证,NaN\n", err: "line 2: the weight"},
		{name: "weight of a word", text: "word,to,weight\n房本,房产证,much\n", err: "no number"},
		{name: "direction", text: "word,to,weight,direction\n房本,房产证,1,both\n", err: "neither one-way nor mutual"},
		{name: "kind", text: "kind,word\nrumour,房本\n", err: "the kind \"rumour\""},
		{name: "scope of a domain word", text: "kind,word,region\ndomain,敬老卡,安州市\n", err: "only a synonym"},
		{name: "route", text: "kind,word,to\ncue,没人处理,police\n", err: "no route"},
		{name: "weight of a cue", text: "kind,word,to,weight\ncue,没人处理,complaint,9\n", err: "0, 1 or 2"},
		{name: "weight of an alarm", text: "kind,word,to,weight\ncue,喘不上气,emergency,1\n", err: "only the cue of a complaint"},
		{name: "a short alarm", text: "kind,word,to\ncue,气,emergency\n", err: "2 to 30"},
		{name: "province", text: "kind,word,to\nplace,安州,安国\n", err: "no province"},
		{name: "a long domain word", text: "kind,word\ndomain," + strings.Repeat("社", 21) + "\n", err: "2 to 20 letters"},
		{name: "one letter", text: "word,to,weight\n社保,社,1\n", err: "no word of 2"},
		{name: "unknown field", text: "{\"kind\":\"domain\",\"word\":\"敬老卡\",\"wieght\":1}", err: "line 1"},
		{name: "open quote", text: "word,note\n房本,\"a\n", err: "line"},
		{name: "many", text: "kind,word\n" + strings.Repeat("domain,敬老卡\n", 100_000), err: "more than 20000"},
	} {
		got, err := Read(strings.NewReader(c.text))
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		case c.err == "" && (err != nil || !slices.Equal(got, c.want)):
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

// endless is a file that has no end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.read += len(p)
	return len(p), nil
}

func TestReadEndsALargeFile(t *testing.T) {
	t.Parallel()
	e := &endless{}
	if _, err := Read(e); err == nil || !strings.Contains(err.Error(), "larger than 16 MB") || e.read > 2*MaxBytes+1<<20 {
		t.Errorf("%d bytes read, %v", e.read, err)
	}
}

func TestShippedSurvivesWriting(t *testing.T) {
	t.Parallel()
	all, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	all = append(all, Entry{Kind: Synonym, Word: "卡", To: "敬老卡", Weight: .25, Note: "'=1", Within: index.Within{Topic: "养老"}},
		Entry{Kind: Never, Word: "三级医院", To: "二三级医院", Note: "@a, \"b\""})
	for name, write := range map[string]func(io.Writer, []Entry) error{"CSV": WriteCSV, "lines": WriteLines} {
		var b bytes.Buffer
		if err := write(&b, all); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&b)
		if err != nil || !slices.Equal(back, all) || Sum(back) != Sum(all) {
			t.Errorf("%s: %v", name, err)
		}
	}
	shipped, err := index.ShippedLexicon()
	if err != nil {
		t.Fatal(err)
	}
	if w := Words(all[:len(all)-2]); w.Lexicon().Revision != shipped.Revision {
		t.Error("the shipped lexicon is another after it was taken apart")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	mutual := synonym("社保", "社会保险", .9)
	mutual.Mutual = true
	for _, c := range []struct {
		name string
		all  []Entry
		want string // of the findings, "" is none
	}{
		{name: "nothing"},
		{name: "fine", all: []Entry{mutual, synonym("房本", "不动产权证书", .8), {Kind: Domain, Word: "敬老卡"}}},
		{name: "twice", all: []Entry{mutual, mutual}, want: "there twice"},
		{name: "the same but for width", all: []Entry{synonym("ＡＰＰ", "应用", .5), synonym("app", "应用", .6)}, want: "there twice"},
		{name: "another region", all: []Entry{synonym("卡", "敬老卡", .5), {Kind: Synonym, Word: "卡", To: "敬老卡", Weight: .5, Within: index.Within{Region: "安州市"}}}, want: "one letter; one letter"},
		{name: "the way back", all: []Entry{mutual, synonym("社会保险", "社保", .5)}, want: "says the way back; circle"},
		{name: "a circle of two", all: []Entry{synonym("房本", "房产证", .5), synonym("房产证", "房本", .5)}, want: "circle: 房本 → 房产证 → 房本"},
		{name: "a circle of three", all: []Entry{synonym("甲乙", "丙丁", .5), synonym("丙丁", "戊己", .5), synonym("戊己", "甲乙", .5)}, want: "circle: 甲乙 → 丙丁 → 戊己 → 甲乙"},
		{name: "a chain", all: []Entry{synonym("甲乙", "丙丁", .5), synonym("丙丁", "戊己", .5), synonym("甲乙", "戊己", .5)}},
		{name: "a chain through a mutual one", all: []Entry{mutual, synonym("社保金", "社保", .5)}},
		{name: "a stop word as key", all: []Entry{{Kind: Question, Word: "怎么"}, synonym("怎么", "办理", .5)}, want: "stop word as its key"},
		{name: "a stop word as domain word", all: []Entry{{Kind: Question, Word: "怎么"}, {Kind: Domain, Word: "怎么"}}, want: "is a stop word as well"},
		{name: "not whole", all: []Entry{{Kind: Domain, Word: "零零碎"}, synonym("房本", "零零碎", .5)}, want: "not kept whole; not kept whole"},
		{name: "common", all: []Entry{synonym("房本", "规定", .5)}, want: "规定 is in 60 % of the corpus"},
		{name: "itself", all: []Entry{synonym("房本", "房本", .5)}, want: "to itself"},
		{name: "never and the same", all: []Entry{{Kind: Never, Word: "社保", To: "社会保险"}, mutual}, want: "never the same"},
		{name: "never itself", all: []Entry{{Kind: Never, Word: "社保", To: "社保"}}, want: "not itself"},
	} {
		var got []string
		for _, f := range Check(c.all, Facts{
			Keeps: func(w string) bool { return w != "零零碎" },
			Share: func(w string) float64 { return map[string]float64{"规定": .6}[w] },
		}) {
			got = append(got, f.Text)
		}
		parts := strings.Split(c.want, "; ")
		ok := len(got) == len(parts) || c.want == "" && len(got) == 0
		for i := range got {
			ok = ok && strings.Contains(got[i], parts[min(i, len(parts)-1)])
		}
		if !ok {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestCheckIsQuick: the longest circle, and as many words as there may be.
func TestCheckIsQuick(t *testing.T) {
	t.Parallel()
	name := func(i int) string { return fmt.Sprintf("词%d", i%MaxEntries) }
	var all []Entry
	for i := range MaxEntries {
		all = append(all, synonym(name(i), name(i+1), .5))
	}
	if got := Check(all, Facts{}); len(got) != 1 || !strings.HasSuffix(got[0].Text, "…") {
		t.Errorf("%d findings", len(got))
	}
}

func TestDiffAndAdd(t *testing.T) {
	t.Parallel()
	a, b := synonym("甲乙", "丙丁", .5), synonym("戊己", "庚辛", .5)
	heavier, fresh := synonym("甲乙", "丙丁", .9), Entry{Kind: Domain, Word: "敬老卡"}
	now := Add([]Entry{a, b}, []Entry{heavier, fresh})
	if want := []Entry{b, heavier, fresh}; !slices.Equal(now, want) {
		t.Errorf("added: %v", now)
	}
	var got []string
	for _, c := range Diff([]Entry{a, b}, []Entry{heavier, fresh}) {
		got = append(got, fmt.Sprint(c.Was, ">", c.Is))
	}
	if want := []string{fmt.Sprint(&a, ">", &heavier), fmt.Sprint((*Entry)(nil), ">", &fresh), fmt.Sprint(&b, ">", (*Entry)(nil))}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("kind,word,to,weight,direction,agency,region,topic,note\nsynonym,社保,社会保险,.9,mutual,,,,'=1\n")
	f.Add("{\"kind\":\"never\",\"word\":\"三级医院\",\"to\":\"二三级医院\"}\n")
	f.Add("\ufeffword,to,weight\n房本,\"房产证\n\",1\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		Check(all, Facts{})
		l := Words(all).Lexicon()
		l.Expand([]rune("三级医院社保怎么办"))
		var b bytes.Buffer
		if err := WriteCSV(&b, all); err != nil {
			t.Fatal(err)
		}
		back, err := Read(&b)
		if err != nil || !slices.Equal(back, all) {
			t.Errorf("%q comes back as %q, %v", all, back, err)
		}
	})
}

func TestPrevious(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		switches []Switch
		want     int // -1: nothing
	}{
		{"nothing", nil, -1},
		{"one", []Switch{{Revision: 1, Before: 0}}, 0},
		{"two", []Switch{{Revision: 1, Before: 0}, {Revision: 3, Before: 1}}, 1},
		{"after a rollback", []Switch{{Revision: 1, Before: 0}, {Revision: 3, Before: 1}, {Revision: 1, Before: 3, Back: true}}, 0},
		{"back to the first", []Switch{{Revision: 1, Before: 0}, {Revision: 0, Before: 1, Back: true}}, -1},
	} {
		got, err := Previous(c.switches)
		if (err != nil) != (c.want < 0) || err == nil && got != c.want {
			t.Errorf("%s: %d, %v", c.name, got, err)
		}
	}
}

func TestTrialAllows(t *testing.T) {
	t.Parallel()
	good := Trial{ID: 1, Against: 2, Seq: 5, Questions: 9}
	for name, change := range map[string]func(*Trial){
		"none": func(t *Trial) { t.ID = 0 }, "another live": func(t *Trial) { t.Against = 1 }, "another corpus": func(t *Trial) { t.Seq = 4 },
		"no question": func(t *Trial) { t.Questions = 0 }, "worse": func(t *Trial) { t.Worse = 1 },
	} {
		bad := good
		change(&bad)
		if bad.Allows(2, 5) == nil {
			t.Errorf("%s: allowed", name)
		}
	}
	if err := good.Allows(2, 5); err != nil {
		t.Error(err)
	}
}
