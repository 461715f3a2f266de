package index

import (
	"context"
	"iter"
	"log/slog"
	"slices"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// foundFirst returns the document that a question finds first, by the words.
func foundFirst(t *testing.T, w Words, topics map[string][]string, question string, units ...*Unit) (string, float64) {
	t.Helper()
	var v View = &memory{units: units}
	if topics != nil {
		var all []corpus.Document
		for id, t := range topics {
			all = append(all, corpus.Document{ID: id, Topics: t})
		}
		v = withTopics{v, newCatalogue(all)}
	}
	res, err := find(t.Context(), v, &wording{w.Lexicon(), testWords}, Query{Text: question, Limit: 5}, nil)
	if err != nil || len(res.Hits) == 0 {
		t.Fatalf("%d hits, %v", len(res.Hits), err)
	}
	return res.Hits[0].Ref.Document, res.Hits[0].Score
}

func TestWithin(t *testing.T) {
	t.Parallel()
	here := whole1("here", "办法", "本办法规定敬老卡的申领")
	here.Agency, here.Region = "市民政局", "安州市"
	there := whole1("there", "规定", "这里规定敬老卡的申领")
	there.Agency, there.Region = "省民政厅", "安省"
	topics := map[string][]string{"here": {"养老"}, "there": {"交通"}}
	for _, c := range []struct {
		name   string
		within Within
		first  string
	}{
		{"the agency", Within{Agency: "市民政局"}, "here"},
		{"the other agency", Within{Agency: "省民政厅"}, "there"},
		{"the region", Within{Region: "安州市"}, "here"},
		{"the topic", Within{Topic: "交通"}, "there"},
		{"all of them", Within{"市民政局", "安州市", "养老"}, "here"},
	} {
		w := Words{Synonyms: []Synonym{{From: "老年证", To: "敬老卡", Weight: 1, Within: c.within}}}
		if got, _ := foundFirst(t, w, topics, "老年证怎么申领", here, there); got != c.first {
			t.Errorf("%s: %s first", c.name, got)
		}
	}
	nowhere := Words{Synonyms: []Synonym{{From: "老年证", To: "敬老卡", Weight: 1, Within: Within{Topic: "养老"}}}}
	_, limited := foundFirst(t, nowhere, nil, "老年证怎么申领", here, there)
	_, without := foundFirst(t, Words{}, nil, "老年证怎么申领", here, there)
	if limited != without {
		t.Errorf("a topic that no document is known to have counts: %v, %v", limited, without)
	}
}

func TestWithinLeavesTheShorterPieceToOthers(t *testing.T) {
	t.Parallel()
	l := Words{Synonyms: []Synonym{
		{From: "社保", To: "社会保险", Weight: .9},
		{From: "社保卡", To: "社会保障卡", Weight: .9, Within: Within{Region: "安州市"}},
	}}.Lexicon()
	if got := expanded(l, "社保卡"); got != "社保>社会保险 社保卡>社会保障卡" {
		t.Error(got)
	}
}

func TestNever(t *testing.T) {
	t.Parallel()
	never := []Pair{{"三级医院", "二三级医院"}}
	both := whole1("a", "标准", "二三级医院的报销比例为百分之七十")
	three := whole1("b", "标准", "在三级医院，住院的报销比例为百分之六十，另有规定的除外")
	if got, _ := foundFirst(t, Words{}, nil, "三级医院的报销比例", both, three); got != "a" {
		t.Fatalf("without the pair: %s", got)
	}
	if got, _ := foundFirst(t, Words{Never: never}, nil, "三级医院的报销比例", both, three); got != "b" {
		t.Errorf("with the pair: %s", got)
	}
	if got, _ := foundFirst(t, Words{Never: never}, nil, "二三级医院的报销比例", both, three); got != "a" {
		t.Errorf("asked for both: %s", got)
	}
	l := Words{Never: append(never, Pair{"社会保险", "社保"}), Synonyms: []Synonym{
		{From: "三级医院", To: "三甲医院", Weight: .9}, {From: "社保", To: "社会保险", Weight: .9, Mutual: true},
	}}.Lexicon()
	for question, want := range map[string]string{
		"三级医院": "三级医院>三甲医院", "二三级医院": "", "二三级医院和三级医院": "三级医院>三甲医院", "社保": "", "社会保险": "",
	} {
		if got := expanded(l, question); got != want {
			t.Errorf("%s: %q, want %q", question, got, want)
		}
	}
}

func TestPlacesOfALexicon(t *testing.T) {
	t.Parallel()
	l := Words{Places: []PlaceName{{"安国新城", "河北"}, {"一", "河北"}, {"无此地", "无省"}}}.Lexicon()
	of := func(l *Lexicon) []string {
		return analyse("安国新城怎么办", l, testWords, &memory{}).places.Names()
	}
	if got := of(l); !slices.Equal(got, []string{"河北"}) {
		t.Errorf("places: %v", got)
	}
	if got := of(Words{}.Lexicon()); len(got) > 0 {
		t.Errorf("the names stay: %v", got)
	}
}

// naming is a plain engine that names its generations.
type naming struct {
	*plain
	generation string
}

func (n *naming) Rebuild(ctx context.Context, generation string, cursor int64, units iter.Seq2[*Unit, error]) error {
	err := n.plain.Rebuild(ctx, generation, cursor, units)
	if err == nil {
		n.generation = generation
	}
	return err
}

func (n *naming) View() (View, error) {
	v, err := n.plain.View()
	if err != nil {
		return nil, err
	}
	return namedView{v, n.generation + "+0"}, nil
}

type namedView struct {
	View
	generation string
}

func (v namedView) Generation() string { return v.generation }

// TestAdoptSwitchesTogether: a question is asked of one pair of lexicon and
// segmenter while generations are built.
func TestAdoptSwitchesTogether(t *testing.T) {
	t.Parallel()
	e, s := &naming{plain: &plain{fail: map[string]bool{}}}, newTruth()
	shelf := NewShelf("plain", e, s, slog.New(slog.DiscardHandler))
	shelf.Use(testLexicon(), testWords)
	for _, id := range []string{"a", "b", "c"} {
		s.publish(id, "敬老卡")
	}
	sync1(t, shelf)
	n := 0
	first, second := NewLexicon(nil, nil, []string{"吗"}), NewLexicon(nil, nil, []string{"呢"})
	if err := shelf.Adopt(t.Context(), first, counting{testWords, "v2", &n}); err != nil {
		t.Fatal(err)
	}
	if n == 0 || shelf.CutBy() != "v2" {
		t.Errorf("%d cut, by %q", n, shelf.CutBy())
	}
	res, err := shelf.Find(t.Context(), Query{Text: "敬老卡", Limit: 1})
	if err != nil || res.Lexicon != first.Revision || cutBy(res.Generation) != "v2" {
		t.Errorf("lexicon %s of generation %s, %v", res.Lexicon, res.Generation, err)
	}
	e.fail["Rebuild"] = true
	if err := shelf.Adopt(t.Context(), second, counting{testWords, "v3", &n}); err == nil {
		t.Error("an engine that fails is no error")
	}
	e.fail["Rebuild"] = false
	res, err = shelf.Find(t.Context(), Query{Text: "敬老卡", Limit: 1})
	if err != nil || res.Lexicon != first.Revision {
		t.Errorf("after a failure: lexicon %s, %v", res.Lexicon, err)
	}
	// A generation that was cut otherwise is not synced, but made anew.
	shelf.Use(second, counting{testWords, "v3", &n})
	sync1(t, shelf)
	if shelf.CutBy() != "v3" {
		t.Errorf("cut by %q", shelf.CutBy())
	}
	e.checkReleased(t)
}

func TestBeside(t *testing.T) {
	t.Parallel()
	shelf, _, s := shelved()
	s.publish("a", "敬老卡")
	sync1(t, shelf)
	other := NewLexicon([]Synonym{{From: "银发卡", To: "敬老卡", Weight: .9}}, nil, nil)
	trial, err := shelf.Beside(t.Context(), other, testWords, nil)
	if err != nil {
		t.Fatal(err)
	}
	if res, err := trial.Find(t.Context(), Query{Text: "银发卡", Limit: 1}); err != nil || len(res.Hits) != 1 || len(res.Explain.Expansions) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	if res, err := shelf.Find(t.Context(), Query{Text: "银发卡", Limit: 1}); err != nil || len(res.Explain.Expansions) != 0 {
		t.Errorf("the live one: %+v, %v", res, err)
	}
	kept := len(s.cuts)
	n := 0
	if trial, err = shelf.Beside(t.Context(), other, counting{testWords, "aside", &n}, &plain{fail: map[string]bool{}}); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	if res, err := trial.Find(t.Context(), Query{Text: "银发卡", Limit: 1}); err != nil || len(res.Hits) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	if len(s.cuts) != kept {
		t.Error("a trial left something")
	}
	if share, err := shelf.Share("敬老卡"); err != nil || share != 1 {
		t.Errorf("share %v, %v", share, err)
	}
	if share, _ := shelf.Share("公积金"); share != 0 {
		t.Errorf("share %v", share)
	}
}

func TestPlaceNamesOfALexicon(t *testing.T) {
	t.Parallel()
	const text = "安国新城和石家庄的公积金"
	l := Words{Places: []PlaceName{{"安国新城", "河北"}}}.Lexicon()
	if got := l.PlaceNames(text); !slices.Equal(got, []string{"安国新城", "石家庄"}) {
		t.Errorf("with it: %v", got)
	}
	if got := PlaceNames(text); !slices.Equal(got, []string{"石家庄"}) {
		t.Errorf("without: %v", got)
	}
	if got := l.PlacesIn("安国新城").Names(); !slices.Equal(got, []string{"河北"}) {
		t.Errorf("provinces: %v", got)
	}
}
