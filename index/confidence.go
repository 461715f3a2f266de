package index

import (
	"math"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Features are what the confidence of a first hit is computed from.
type Features struct {
	Gap        float64 `json:"gap"`         // to the second
	Conflict   float64 `json:"conflict"`    // the best names another place
	Length     float64 `json:"length"`      // characters of the question
	PlaceHit   float64 `json:"place_hit"`   // 1: the best names a place of the question's province
	Lead       float64 `json:"lead"`        // share of the question in its first 150 characters
	Substring  float64 `json:"substring"`   // share of the question in common substrings
	NumberMiss float64 `json:"number_miss"` // share of the question's numbers that it lacks
	Unknown    float64 `json:"unknown"`     // share of the question's bigrams that no unit has: colloquial wording
	Filler     float64 `json:"filler"`      // share of its bigrams in question words and fillers
	Weak       float64 `json:"weak"`        // how far the score is below what an answer has at least
	Window     float64 `json:"window"`      // Parts.Window3 of the best
	Said       float64 `json:"said"`        // Parts.Said of the best
	Title      float64 `json:"title"`       // Parts.Title of the best
	FAQ        float64 `json:"faq"`         // 1: the best is an FAQ
	Untyped    float64 `json:"untyped"`     // 1: a form of answer is asked for, and it has not
	OtherGap   float64 `json:"other_gap"`   // the gap to the first of another subject, as a share of the score
	Lost       float64 `json:"lost"`        // how much of the rarest word that it is about, of those that some unit has, the best lacks
	NounLost   float64 `json:"noun_lost"`   // the same of the words that name a thing
	Guide      float64 `json:"guide"`       // 1: the best is a guide
	Document   float64 `json:"document"`    // Parts.Document of the best
	Fits       float64 `json:"fits"`        // Parts.Fits of the best
	Value      float64 `json:"value"`       // Parts.Value of the best
	Outside    float64 `json:"outside"`     // Parts.Outside of the best
	One        float64 `json:"one"`         // 1: of several words that the question is about it has one or none
	Mass       float64 `json:"mass"`        // idf that its best window has of what is asked for, of that of a term in one unit
	Near       float64 `json:"near"`        // Window, of what some unit has
	Placed     float64 `json:"placed"`      // 1: the question names a place
	Long       float64 `json:"long"`        // ln of the best unit's length in pairs of letters, of the mean
	Untitled   float64 `json:"untitled"`    // 1: the title of the best has nothing of the question
	Unfit      float64 `json:"unfit"`       // 1: Fits is 0
	Asked      float64 `json:"asked"`       // Parts.Asked of the best
	Named      float64 `json:"named"`       // Parts.Whole of the best
}

// confidenceOf returns what confidence weighs: in a whole document, which has any
// word by chance, the signs are others than in an article, others again in what
// is found by its name, and under what people ask for a passage.
func (w *Weights) confidenceOf(u *Unit) *Confidence {
	switch {
	case u.Asked > 0:
		return &w.Asked
	case u.Kind == corpus.FAQ || u.Kind == corpus.Guide:
		return &w.Named
	case u.Class == WholeUnit:
		return &w.Whole
	}
	return &w.Confidence
}

// judge looks at the best unit once more, which c has read.
func (a *analysis) judge(top []ranked, c *cutter) Features {
	s := scans.Get().(*scan)
	defer scans.Put(s)
	best := top[0]
	s.read(a, &best.unit)
	f := Features{
		Gap: best.score, Conflict: best.parts.Conflict, Length: float64(a.length),
		PlaceHit: best.parts.Place, Lead: share(a.covered(s.lead150, a.every()), a.total),
		Substring: a.substrings(s),
	}
	f.Unknown, f.Filler = a.wording()
	f.Weak = max(0, weakBelow-best.score)
	f.Window, f.Said = best.parts.Window3, best.parts.Said
	f.Title, f.FAQ = best.parts.Title, best.parts.FAQ
	f.Untyped = c.untyped()
	f.OtherGap = otherGap(top)
	a.about(&f, s)
	f.Placed, f.Long = oneIf(a.places != 0), math.Log1p(float64(s.length)/100)
	f.Mass = best.parts.Window3 * a.askedSum / math.Log(2+float64(a.units))
	f.Near = min(1, share(best.parts.Window3*a.askedSum, a.askedKnown()))
	f.Document, f.Value, f.Outside = best.parts.Document, best.parts.Value, best.parts.Outside
	f.Guide, f.Fits = best.parts.Guide, best.parts.Fits
	f.Asked, f.Named = best.parts.Asked, best.parts.Whole
	f.Untitled, f.Unfit = oneIf(f.Title == 0), oneIf(f.Fits == 0)
	if len(top) > 1 {
		f.Gap = best.score - top[1].score
	}
	if len(a.numbers) > 0 {
		missing, text := 0.0, string(s.runes)
		for _, n := range a.numbers {
			if !strings.Contains(text, n) {
				missing++
			}
		}
		f.NumberMiss = missing / float64(len(a.numbers))
	}
	return f
}

// askedKnown returns the idf of what is asked for that some unit has, or the
// lexicon has other words for.
func (a *analysis) askedKnown() float64 {
	sum := 0.0
	for k, f := range a.features {
		if a.asked.has(k) && (f.df > 0 || a.expanded(k)) {
			sum += f.idf
		}
	}
	return sum
}

// substrings returns the share of the question's idf in pieces of it that
// stand in the unit word for word: each piece of n bigrams weighs 1−1/(n+1).
func (a *analysis) substrings(s *scan) float64 {
	ending := make([]int, len(a.runes)) // longest piece that ends with each bigram of the question
	run := make([]int, len(a.runes)+1)  // length of the piece that ends here, by question place
	next := make([]int, len(a.runes)+1)
	var here, before []int // where run and next are not 0
	for i := 1; i < len(s.runes); i++ {
		for _, p := range before {
			next[p+1] = 0
		}
		before, here = here, nil
		x, y := s.runes[i-1], s.runes[i]
		if x != 0 && y != 0 {
			if k, ok := a.lookup.feature(BigramTerm(x, y)); ok {
				here = a.features[k].positions
				for _, p := range here {
					n := run[p] + 1
					next[p+1] = n
					ending[p] = max(ending[p], n)
				}
			}
		}
		run, next = next, run
	}
	longest := make([]int, len(a.runes)) // piece through each bigram
	for p, n := range ending {
		for j := p; j > p-n; j-- {
			longest[j] = max(longest[j], n)
		}
	}
	sum := 0.0
	for _, f := range a.features {
		best := 0
		for _, p := range f.positions {
			best = max(best, longest[p])
		}
		sum += f.idf * (1 - 1/float64(best+1))
	}
	return share(sum, a.total)
}

// weakBelow is the score under which few first documents answer.
const weakBelow = 7

// untyped is 1 where a form of answer is asked for, and the clauses that answer
// best have not that form.
func (c *cutter) untyped() float64 {
	if c.a.wants == 0 {
		return 0
	}
	if len(c.clauses) == 0 {
		return 1
	}
	d := c.window(directRunes)
	return oneIf(given(c.body[d.Start:d.End])&c.a.wants == 0)
}

// otherGap returns how far the first document of another subject than the best
// one is behind it, as a share of its score: that a policy, its interpretation
// and its guide are close to each other is no doubt about what they say.
func otherGap(top []ranked) float64 {
	subject := titlePairs(top[0].unit.Title)
	for _, r := range top[1:] {
		shared := 0
		for t := range titlePairs(r.unit.Title) {
			if subject[t] {
				shared++
			}
		}
		if 3*shared < len(subject) || len(subject) == 0 {
			return share(top[0].score-r.score, top[0].score)
		}
	}
	return 1
}

func titlePairs(title string) map[Term]bool {
	all := map[Term]bool{}
	Bigrams(title, func(t Term) { all[t] = true })
	return all
}

// wording returns the shares of the question's bigrams that are in no unit,
// and that belong to question words and fillers.
func (a *analysis) wording() (unknown, filler float64) {
	for k, f := range a.features {
		if f.df == 0 {
			unknown++
		}
		if !a.asked.has(k) {
			filler++
		}
	}
	n := float64(len(a.features))
	return share(unknown, n), share(filler, n)
}

// of returns how likely the best document answers, 0…1: logistic regression on
// questions with and without an answer (docs/quality.md). Every feature has to
// be in it.
func (c *Confidence) of(f *Features) float64 {
	z := c.Bias + c.Gap*f.Gap + c.Conflict*f.Conflict + c.Length*f.Length + c.PlaceHit*f.PlaceHit + c.Placed*f.Placed +
		c.Lead*f.Lead + c.Substring*f.Substring + c.NumberMiss*f.NumberMiss + c.Unknown*f.Unknown + c.Filler*f.Filler +
		c.Weak*f.Weak + c.Window*f.Window + c.Said*f.Said + c.Near*f.Near + c.Mass*f.Mass + c.Title*f.Title +
		c.FAQ*f.FAQ + c.Guide*f.Guide + c.Untyped*f.Untyped +
		c.OtherGap*f.OtherGap + c.Lost*f.Lost + c.NounLost*f.NounLost + c.One*f.One + c.Document*f.Document +
		c.Fits*f.Fits + c.Value*f.Value + c.Outside*f.Outside + c.Long*f.Long +
		c.Untitled*f.Untitled + c.Unfit*f.Unfit + c.Asked*f.Asked + c.Named*f.Named
	return 1 / (1 + math.Exp(-z))
}
