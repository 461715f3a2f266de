package index

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// checkResult asserts what holds of every result.
func checkResult(t *testing.T, v *memory, res Result) {
	t.Helper()
	if !(res.Confidence >= 0 && res.Confidence <= 1) {
		t.Errorf("confidence %g", res.Confidence)
	}
	seen := map[string]bool{}
	for i, h := range res.Hits {
		if seen[h.Ref.Document] || i > 0 && h.Score > res.Hits[i-1].Score || math.IsNaN(h.Score) || math.IsInf(h.Score, 0) {
			t.Errorf("hit %d: %s, score %g", i, h.Ref.Document, h.Score)
		}
		seen[h.Ref.Document] = true
		checkHit(t, v, h)
	}
}

func checkHit(t *testing.T, v *memory, h Hit) {
	t.Helper()
	ids := v.Document(h.Ref.Document)
	i := 0
	for i < len(ids) && v.units[ids[i]].Ordinal != h.Ordinal {
		i++
	}
	if i == len(ids) {
		t.Fatalf("no unit %d of %s", h.Ordinal, h.Ref.Document)
	}
	body := v.units[ids[i]].Body
	for what, piece := range map[string]string{"snippet": h.Snippet, "passage": h.Passage, "direct": h.Direct, "wide": h.Wide} {
		if !strings.Contains(body, piece) {
			t.Errorf("%s %q is no piece of %q", what, piece, body)
		}
		if utf8.ValidString(body) && !utf8.ValidString(piece) {
			t.Errorf("%s %q is cut in a rune", what, piece)
		}
	}
	if n := utf8.RuneCountInString(h.Snippet); n > snippetRunes {
		t.Errorf("snippet of %d characters", n)
	}
	if n := utf8.RuneCountInString(h.Direct); n > directRunes || !strings.Contains(h.Snippet, h.Direct) {
		t.Errorf("direct %q of %q", h.Direct, h.Snippet)
	}
	if n := utf8.RuneCountInString(h.Wide); n > snippetRunes+wideRunes || h.Wide != "" && !strings.Contains(h.Wide, h.Snippet) {
		t.Errorf("%d characters wide, %q of %q", n, h.Snippet, h.Wide)
	}
	if strings.TrimSpace(body) != "" && h.Snippet == "" && h.Kind != corpus.Guide {
		t.Errorf("no snippet of %q", body)
	}
}

func documents(res Result) string {
	var out []string
	for _, h := range res.Hits {
		out = append(out, h.Ref.Document)
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{
		whole1("card", "敬老卡办理指引", "年满六十五周岁的老年人可以到社区申请敬老卡，当场领取。"),
		whole1("fund", "住房公积金提取", "购房的职工可以提取住房公积金。北京以外的购房也可以。"),
		whole1("dog", "养犬管理规定", "养犬人应当登记，遛狗要牵绳。"),
	}}
	for _, c := range []struct {
		text, want string
		limit      int
	}{
		{"敬老卡怎么办", "card", 10},
		{"老人卡怎么办", "card", 10}, // by expansion
		{"买房能提公积金吗", "fund", 10},
		{"遛狗要不要牵绳？", "dog", 10},
		{"老人卡，公积金", "card fund", 10},
		{"老人卡，公积金", "card", 1},
		{"老人卡，公积金", "card", 0},
		{"老人卡，公积金", "card", -1},
		{"老人卡，公积金", "card fund", math.MaxInt},
		{"", "", 10}, {"老", "", 10}, {"？？", "", 10}, {"\xff\xfe", "", 10}, {"火星移民", "", 10},
	} {
		res := mustFind(t, v, Query{Text: c.text, Limit: c.limit})
		got := strings.Fields(documents(res))
		if c.limit == 10 && len(got) > len(strings.Fields(c.want)) && c.want != "" {
			got = got[:len(strings.Fields(c.want))]
		}
		if strings.Join(got, " ") != c.want && !(c.text == "老人卡，公积金" && len(got) == max(1, min(c.limit, 2))) {
			t.Errorf("%q: %v, want %q", c.text, got, c.want)
		}
		if c.want == "" && res.Confidence != 0 {
			t.Errorf("%q: confidence %g in nothing", c.text, res.Confidence)
		}
		if res.Lexicon != testLexicon().Revision || res.Generation != "memory" {
			t.Errorf("state %q %q", res.Lexicon, res.Generation)
		}
		checkResult(t, v, res)
	}
}

func TestFindInEmptyIndex(t *testing.T) {
	t.Parallel()
	for _, within := range []string{"", "none"} {
		res := mustFind(t, &memory{}, Query{Text: "老人卡怎么办", Within: within, Limit: 10})
		if len(res.Hits) != 0 || res.Confidence != 0 || len(res.Explain.Terms) == 0 {
			t.Errorf("%+v", res)
		}
	}
}

func TestFindWithin(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{whole1("other", "居住证", "居住证 居住证 居住证")}}
	for i := range 300 {
		u := whole1("law", "条例", fmt.Sprintf("第%d条 一般的规定。", i))
		u.Ordinal = i
		v.units = append(v.units, u)
	}
	for at, body := range map[int]string{281: "申领居住证的，应当提交材料。", 291: "居住证 居住证怎么办"} {
		v.units[at] = whole1("law", "条例", body)
		v.units[at].Ordinal = at - 1
	}
	v.units[291].Account = "east"
	for i := range 20 {
		v.units[100+i].From = "2030-01-01"
	}
	res := mustFind(t, v, Query{Text: "居住证怎么办", Within: "law", Day: "2024-01-01", Limit: 10})
	if documents(res) != "law" || res.Hits[0].Ordinal != 280 { // beyond the first hundred
		t.Errorf("%s %+v", documents(res), res.Hits)
	}
	if res.Explain.Candidates != 300-1-20 {
		t.Errorf("%d candidates", res.Explain.Candidates)
	}
	checkResult(t, v, res)
	res = mustFind(t, v, Query{Text: "居住证怎么办", Within: "law", Account: "east", Limit: 10})
	if res.Hits[0].Ordinal != 290 {
		t.Errorf("unit %d as east", res.Hits[0].Ordinal)
	}
}

func TestFindBeside(t *testing.T) {
	t.Parallel()
	old := whole1("old", "停车收费暂行规定", "路边停车头15分钟免费。")
	old.Until = "2023-10-01"
	v := &memory{units: []*Unit{old, whole1("dog", "养犬管理规定", "遛狗要牵绳。")}}
	for _, c := range []struct {
		text string
		day  corpus.Date
		want string
	}{
		{"路边停车头15分钟免费吗", "2024-01-01", "old"}, // hidden on that day: wanted
		{"路边停车头15分钟免费吗", "2023-01-01", ""},    // the day finds it already
		{"遛狗要不要牵绳", "2024-01-01", ""},
	} {
		if got := documents(mustFind(t, v, Query{Text: c.text, Beside: c.day, Limit: 10})); got != c.want {
			t.Errorf("%s beside %s: %q, want %q", c.text, c.day, got, c.want)
		}
	}
}

func TestFindPassesErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	v := &memory{units: []*Unit{whole1("a", "", "老人卡")}, fail: broken}
	if _, err := find(t.Context(), v, &wording{testLexicon(), testWords}, Query{Text: "老人卡"}, nil); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := find(ctx, v, &wording{testLexicon(), testWords}, Query{Text: "老人卡", Within: "a"}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A view's memory is gone after Release: nothing of a result may lie in it.
func TestResultKeepsNoMemoryOfTheView(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for range 50 {
		v := &memory{units: randomUnits(r, 1+r.IntN(5)), scribble: true}
		q := Query{Text: "在海淀办理社会保险补贴要什么材料？打什么电话" + randomText(r, 10), Limit: 10}
		if r.IntN(3) == 0 {
			q.Within = "a"
		}
		got := mustFind(t, v, q)
		v.Release()
		want := mustFind(t, &memory{units: v.units}, q)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("after Release\n%+v\nwant\n%+v", got, want)
		}
	}
}

func TestFindOnRandomUnits(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		v := &memory{units: randomUnits(r, 1+r.IntN(8))}
		checkResult(t, v, mustFind(t, v, Query{Text: randomText(r, r.IntN(40)), Limit: 10}))
	}
}

func TestAGuideAnswersWithTheFieldAskedFor(t *testing.T) {
	t.Parallel()
	d, r := published(corpus.Document{Kind: corpus.Guide, Title: "居住证办理"},
		corpus.Block{Heading: 2, Text: "申请材料"}, corpus.Block{Text: "居住证申请表，身份证。"}, corpus.Block{Heading: 2, Text: "咨询电话"}, corpus.Block{Text: "12345"})
	v := &memory{units: Units(d, r)}
	for text, want := range map[string]string{"居住证打什么號碼？電話多少": "phone", "居住证要带什么": "materials", "居住证": "materials"} {
		res := mustFind(t, v, Query{Text: text, Limit: 1})
		if len(res.Hits) != 1 || res.Hits[0].Ref.Anchor != want {
			t.Errorf("%s: %+v", text, res.Hits)
			continue
		}
		if has := res.Hits[0].Parts.Field > 0; has != (text != "居住证") {
			t.Errorf("%s: field %v", text, res.Hits[0].Parts.Field)
		}
		checkResult(t, v, res)
	}
}

func TestFieldAsked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"跟政府申请公开材料 多少天给回复": "time-limit", "刚买的车能先骑几天": "", "几天能好": "time-limit", "手机上在哪弄备案": "online", "创业贷款找谁办": "place",
		"": "", "居住证": "", "周六上班吗": "hours", "電話多少": "phone", "有ＡＰＰ吗": "online", "要多少钱": "fee", "育儿补贴多少钱": "", "领补贴收费吗": "fee", "失业金能领多久": "", "失业金多久能批": "time-limit", "怎么办": "steps",
		"多久能好": "time-limit", "在哪办": "place", "什么人可以申请": "conditions", "要带证件吗": "materials",
	} {
		if got := fieldAsked(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestPassageAt(t *testing.T) {
	t.Parallel()
	u := &Unit{Body: "标题\n第一条\n第二条", Passages: []corpus.Passage{
		{Anchor: "title", Role: corpus.TitleRole, Start: 0, End: 7},
		{Anchor: "a1", Role: corpus.BodyRole, Start: 7, End: 17},
		{Anchor: "broken", Role: corpus.BodyRole, Start: 17, End: 99},
	}}
	for at, want := range map[int]string{0: "a1", 7: "a1", 16: "a1", 17: "", 99: ""} {
		p := passageAt(u, at)
		if p.Anchor != want || p.End > len(u.Body) {
			t.Errorf("%d: %+v, want %q", at, p, want)
		}
	}
}

func TestFieldOutsideTheText(t *testing.T) {
	t.Parallel()
	for _, p := range []corpus.Passage{{Start: -1, End: 2}, {Start: 2, End: 1}, {Start: 1, End: 99}, {Start: 99, End: 99}, {}} {
		p.Anchor, p.Role = "phone", corpus.BodyRole
		u := whole1("a", "", "电话12345")
		u.Kind, u.Class, u.Passages = corpus.Guide, GuideUnit, []corpus.Passage{p}
		v := &memory{units: []*Unit{u}}
		res := mustFind(t, v, Query{Text: "电话多少", Limit: 1})
		if len(res.Hits) != 1 || res.Hits[0].Ref.Anchor != "" || res.Hits[0].Snippet != u.Body || res.Hits[0].Parts.Field != 0 {
			t.Errorf("%+v: %+v", p, res.Hits)
		}
	}
}

// What a hostile question or text costs is bounded. The limit is far above
// what is measured, and far below what quadratic behaviour takes.
func TestHostileSizes(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	var different strings.Builder
	for range 100_000 {
		different.WriteRune('一' + rune(r.IntN(20000)))
	}
	texts := map[string]string{
		"one letter": strings.Repeat("a", 100_000), "two": strings.Repeat("ab", 50_000), "synonyms": strings.Repeat("社保公积金", 20_000),
		"places": strings.Repeat("北京海淀", 25_000), "different": different.String(), "blanks": strings.Repeat(" \u3000", 50_000),
		"numbers": strings.Repeat("1 a2 ", 20_000), "invalid": strings.Repeat("\xff", 100_000), "one": "老", "5,000": different.String()[:15_000],
		"words": strings.Repeat("住房公积金补贴标准", 10_000), "no break": strings.Repeat("办理", 50_000),
	}
	v := &memory{}
	for name, text := range texts {
		v.units = append(v.units, whole1(name, name, text))
	}
	cached := freeze(v)
	for name, text := range texts {
		a := analysed(text, cached)
		if len(a.runes) > maxRunes || len(a.features) > maxFeatures || len(a.groups) > maxExpansions || len(a.words) > maxFeatures {
			t.Errorf("%s: %d runes, %d features, %d groups, %d words", name, len(a.runes), len(a.features), len(a.groups), len(a.words))
		}
		for _, f := range a.features {
			if len(f.positions) > maxPositions {
				t.Errorf("%s: %d positions", name, len(f.positions))
			}
		}
		start := time.Now()
		var found []Candidate
		for id := range v.units {
			found = append(found, Candidate{ID: uint32(id)})
		}
		ranked, err := a.rankTop(t.Context(), cached, found, len(found))
		if err != nil {
			t.Fatal(err)
		}
		c := new(cutter)
		c.read(a, &ranked[0].unit)
		f := a.judge(ranked, c)
		for i := range ranked {
			r := &ranked[i]
			c.readPart(a, &r.unit, r.stretch(i))
			checkHit(t, v, a.hit(r, c))
		}
		took := time.Since(start)
		t.Logf("%s: %v for %d units", name, took, len(found))
		if c := shipped().Confidence.of(&f); !(c >= 0 && c <= 1) {
			t.Errorf("%s: confidence %g", name, c)
		}
		if took > 20*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// frozen counts all terms once.
type frozen struct {
	*memory
	df map[Term]int
}

func freeze(m *memory) frozen {
	f := frozen{m, map[Term]int{}}
	for _, u := range m.units {
		seen := map[Term]bool{}
		u.Terms(func(x Term) {
			if !seen[x] {
				seen[x] = true
				f.df[x]++
			}
		})
	}
	return f
}

func (f frozen) DocFreq(x Term) int { return f.df[x] }

func (f frozen) Average(Class) float64 { return 1000 }

func FuzzFind(f *testing.F) {
	for _, s := range [][2]string{
		{"老人卡怎么办", "敬老卡：\n到社区办理。带身份证，当场领取！"}, {"", ""}, {"aaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
		{"\xff社保\u200b", "\xe4\xb8社会保险\x00"}, {"海淀公积金 7b", "北京。住房公积金 7b 8c；标准\u3000是"}, {"电话", strings.Repeat("，", 200)},
	} {
		f.Add(s[0], s[1], uint16(7))
	}
	f.Fuzz(func(t *testing.T, question, text string, at uint16) {
		if len(text) > 4000 || len(question) > 4000 {
			return
		}
		u := whole1("a", "", text)
		other := whole1("b", question, text)
		var starts []int // of runes: passages don't cut them
		for i := range text {
			starts = append(starts, i)
		}
		cut, end := 0, 0
		if n := len(starts); n > 0 {
			cut, end = starts[int(at)%n], starts[int(at>>4)%n]
		}
		other.Body, other.Context = text[cut:], text[:cut]
		other.Kind, other.Class = corpus.Guide, GuideUnit
		other.Passages = []corpus.Passage{{Anchor: "phone", Role: corpus.BodyRole, End: end - cut}, {Anchor: "p1", Role: corpus.BodyRole, Start: end - cut, End: len(other.Body) + int(at)%2}}
		v := &memory{units: []*Unit{u, other}}
		for _, within := range []string{"", "b"} {
			checkResult(t, v, mustFind(t, v, Query{Text: question, Within: within, Limit: int(at) - 5}))
		}
	})
}

func FuzzReadSynonyms(f *testing.F) {
	f.Add("from,to,weight,direction,note\n社保,社会保险,0.9,mutual,\n", "社保")
	f.Add("\ufeff卡。,敬老卡,1,mutual,\n", "敬老卡")
	f.Add("a,bb,NaN,one-way,\"\n", "a")
	f.Fuzz(func(t *testing.T, text, question string) {
		synonyms, err := ReadSynonyms(strings.NewReader(text))
		if err != nil {
			if !strings.Contains(err.Error(), "line ") {
				t.Errorf("error %v names no line", err)
			}
			return
		}
		v := &memory{units: []*Unit{whole1("a", "社会保险", "社会保险")}}
		res, err := find(t.Context(), v, &wording{NewLexicon(synonyms, nil, nil), testWords}, Query{Text: question}, nil)
		if err != nil {
			t.Fatal(err)
		}
		checkResult(t, v, res)
	})
}
