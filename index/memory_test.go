package index

import (
	"cmp"
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"
	"unsafe"

	"github.com/policybot/policybot/corpus"
)

// memory is a View by brute force. With scribble, its strings lie in memory
// that is overwritten on Release, as a mapping is gone then.
type memory struct {
	units    []*Unit
	scribble bool
	fail     error
	lent     [][]byte
	released atomic.Int32
}

func (m *memory) Count() int         { return len(m.units) }
func (m *memory) Generation() string { return "memory" }

func (m *memory) DocFreq(t Term) (n int) {
	for _, u := range m.units {
		if count(u, t) > 0 {
			n++
		}
	}
	return n
}

func count(u *Unit, t Term) (n int) {
	u.Terms(func(o Term) {
		if o == t {
			n++
		}
	})
	return n
}

func (m *memory) Average(c Class) float64 {
	n, sum := 0, 0
	for _, u := range m.units {
		if u.Class == c {
			n, sum = n+1, sum+u.Terms(func(Term) {})
		}
	}
	if sum == 0 {
		return 1
	}
	return float64(sum) / float64(n)
}

func (m *memory) Recall(_ context.Context, terms []Weighted, f Filter, limit int) ([]Candidate, error) {
	var found []Candidate
	for id, u := range m.units {
		if !f.Match(u.Scope()) {
			continue
		}
		norm := bm25K1 * (1 - bm25B + bm25B*float64(u.Terms(func(Term) {}))/m.Average(u.Class))
		score := 0.0
		for _, t := range terms {
			if tf := float64(count(u, t.Term)); tf > 0 {
				score += float64(t.Weight) * naiveIDF(m, t.Term) * tf * (bm25K1 + 1) / (tf + norm)
			}
		}
		if score > 0 {
			found = append(found, Candidate{uint32(id), float32(score)})
		}
	}
	slices.SortStableFunc(found, func(a, b Candidate) int { return cmp.Compare(b.Score, a.Score) })
	return found[:min(limit, len(found))], m.fail
}

func (m *memory) Weigh(ctx context.Context, places []Place, terms []Weighted, f Filter, limit int) ([]Candidate, error) {
	found, err := m.Recall(ctx, terms, f, len(m.units))
	found = slices.DeleteFunc(found, func(c Candidate) bool {
		u := m.units[c.ID]
		return !slices.Contains(places, Place{u.Document, u.Ordinal})
	})
	return found[:min(limit, len(found))], err
}

func (m *memory) Survey(ctx context.Context, words []Wanted, terms []Weighted, f Filter) (out []Surveyed, err error) {
	scored, err := m.Recall(ctx, terms, f, len(m.units))
	scores := map[uint32]float32{}
	for _, c := range scored {
		scores[c.ID] = c.Score
	}
	places, most := map[string]int{}, map[string]int{}
	for i, u := range m.units {
		mask, id := uint64(0), uint32(i)
		for i, w := range words {
			for _, form := range w {
				if len(form) > 0 && !slices.ContainsFunc(form, func(t Term) bool { return count(u, t) == 0 }) {
					mask |= 1 << i
				}
			}
		}
		if mask == 0 || !f.Match(u.Scope()) {
			continue
		}
		at, seen := places[u.Document]
		if !seen {
			at = len(out)
			places[u.Document] = at
			out = append(out, Surveyed{Document: m.lend(u.Document)})
		}
		n, d := bits.OnesCount64(mask), &out[at]
		d.Words |= mask
		if n > most[u.Document] || n == most[u.Document] && scores[id] > d.Score {
			most[u.Document], d.Best, d.Score = n, id, scores[id]
		}
	}
	return out, err
}

func naiveIDF(s Statistics, t Term) float64 {
	n, df := float64(max(s.Count(), 1000)), float64(s.DocFreq(t))
	return math.Log(1 + (n-df+.5)/(df+.5))
}

func (m *memory) Unit(id uint32) Unit {
	u := *m.units[id]
	u.Words = nil
	if !m.scribble {
		return u
	}
	for _, s := range []*string{&u.Document, &u.Account, (*string)(&u.Kind), &u.Title, &u.Number, &u.Agency,
		&u.Region, (*string)(&u.From), (*string)(&u.Until), &u.Context, &u.Body} {
		*s = m.lend(*s)
	}
	u.Passages = slices.Clone(u.Passages)
	for i := range u.Passages {
		p := &u.Passages[i]
		p.Anchor, p.Role, p.Label = m.lend(p.Anchor), corpus.Role(m.lend(string(p.Role))), m.lend(p.Label)
		p.Path = slices.Clone(p.Path)
		for j := range p.Path {
			p.Path[j] = m.lend(p.Path[j])
		}
	}
	return u
}

func (m *memory) lend(s string) string {
	if s == "" {
		return ""
	}
	b := []byte(s)
	m.lent = append(m.lent, b)
	return unsafe.String(&b[0], len(b))
}

func (m *memory) Text(id uint32) Unit { return m.Unit(id) }

func (m *memory) Kind(id uint32) corpus.Kind { return corpus.Kind(m.lend(string(m.units[id].Kind))) }

func (m *memory) Document(id string) (ids []uint32) {
	for i, u := range m.units {
		if u.Document == id {
			ids = append(ids, uint32(i))
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int { return cmp.Compare(m.units[a].Ordinal, m.units[b].Ordinal) })
	return ids
}

func (m *memory) Release() {
	m.released.Add(1)
	for _, b := range m.lent {
		for i := range b {
			b[i] = '#'
		}
	}
}

// dictionary is a Segmenter that knows few words.
type dictionary []string

var testWords = dictionary{"公积金", "住房公积金", "居住证", "社会保险", "补贴", "办理", "老人卡", "敬老卡", "补贴标准", "abc"}

func (d dictionary) Words(text string) (out []string) {
	for part := range strings.FieldsSeq(FoldString(text)) {
		for at := range part {
			for _, w := range d {
				if strings.HasPrefix(part[at:], w) {
					out = append(out, w)
				}
			}
		}
	}
	return out
}

func (d dictionary) Long(text string) []string {
	return slices.DeleteFunc(d.Words(text), func(w string) bool { return len([]rune(w)) < 3 })
}

func (d dictionary) Cut(text string) (out []string) {
	for part := range strings.FieldsSeq(FoldString(text)) {
		for part != "" {
			longest := ""
			for _, w := range d {
				if len(w) > len(longest) && strings.HasPrefix(part, w) {
					longest = w
				}
			}
			if longest != "" {
				out = append(out, longest)
				part = part[len(longest):]
				continue
			}
			_, n := utf8.DecodeRuneInString(part)
			part = part[n:]
		}
	}
	return out
}

func (d dictionary) Version() string { return "test" }

func testLexicon() *Lexicon {
	return NewLexicon([]Synonym{
		{From: "老人卡", To: "敬老卡", Weight: .9},
		{From: "公积金", To: "住房公积金", Weight: .8, Mutual: true},
		{From: "社保", To: "社会保险", Weight: .7},
	}, nil, []string{"什么", "怎么", "怎么办", "如何", "多少", "吗", "请问"})
}

func whole1(id, title, body string) *Unit {
	u := &Unit{
		Document: id, Revision: 1, Kind: corpus.Policy, Class: WholeUnit, Title: title, Context: title, Body: body,
		Passages: []corpus.Passage{{Anchor: "p1", Role: corpus.BodyRole, End: len(body)}},
	}
	u.AddWords(testWords)
	return u
}

var randomLetters = []rune("的办理社会保险公积金补贴标准老人敬卡居住证海淀北京7bA，。；\n ")

func randomText(r *rand.Rand, length int) string {
	out := make([]rune, length)
	for i := range out {
		out[i] = randomLetters[r.IntN(len(randomLetters))*(r.IntN(len(randomLetters))+1)/len(randomLetters)]
	}
	return string(out)
}

// randomUnits makes units whose passages cut Body at chance.
func randomUnits(r *rand.Rand, documents int) []*Unit {
	var all []*Unit
	for d := range documents {
		id := string(rune('a'+d%26)) + strings.Repeat("x", d/26)
		for ordinal := range 1 + r.IntN(4) {
			u := whole1(id, randomText(r, r.IntN(20)), randomText(r, r.IntN(1<<r.IntN(10))))
			u.Ordinal, u.Class = ordinal, Class(r.IntN(int(Classes)))
			u.Kind, u.Agency, u.Region, u.Number = corpus.Kinds()[r.IntN(len(corpus.Kinds()))], "某局", "某市", "某号"
			u.Passages = randomPassages(r, u.Body)
			all = append(all, u)
		}
	}
	return all
}

func randomPassages(r *rand.Rand, body string) (out []corpus.Passage) {
	start := 0
	for at := range body {
		if at > start && r.IntN(30) == 0 || at == 0 && body == "" {
			out = append(out, corpus.Passage{Start: start, End: at})
			start = at
		}
	}
	out = append(out, corpus.Passage{Start: start, End: len(body)})
	for i := range out {
		out[i].Anchor = []string{"p1", "a2", "materials", "phone", "s2.3"}[r.IntN(5)]
		out[i].Role = []corpus.Role{corpus.BodyRole, corpus.BodyRole, corpus.HeadingRole}[r.IntN(3)]
		out[i].Label, out[i].Path = "第六条", []string{"第一章"}
	}
	return out
}

func analysed(text string, v Statistics) *analysis { return analyse(text, testLexicon(), testWords, v) }

func mustFind(t testing.TB, v View, q Query) Result {
	t.Helper()
	res, err := find(t.Context(), v, &wording{testLexicon(), testWords}, q, nil)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }
