package index

import (
	"cmp"
	"context"
	"slices"
)

// Parts are the named numbers that a unit's score is the weighted sum of.
// Shares are of the question's idf, 0…1.
type Parts struct {
	Words    float64 `json:"words"`    // BM25 of gse words, divided by their idf
	Bigrams  float64 `json:"bigrams"`  // BM25 of bigrams, divided by their idf
	Window2  float64 `json:"window2"`  // best share in two consecutive sentences
	Window3  float64 `json:"window3"`  // best share in the lead and three sentences, question words off
	Said     float64 `json:"said"`     // best share of the words, by their rarity in the language, in the lead and two sentences
	Place    float64 `json:"place"`    // 1: names a place of the question's province
	Conflict float64 `json:"conflict"` // 1: names no such place, and another at its beginning
	Field    float64 `json:"field"`    // Window3 of a guide that has the field asked for
	Fits     float64 `json:"fits"`     // Window3 of sentences that have an answer of the sort that is wanted
	Value    float64 `json:"value"`    // share of the question's amounts that the text's bounds contain, times Window3
	Outside  float64 `json:"outside"`  // share of them that all of its bounds leave out
	Guide    float64 `json:"guide"`    // 1: a guide; Name and Short have to earn what it takes off
	Name     float64 `json:"name"`     // of a guide: BM25 of bigrams of its title
	Short    float64 `json:"short"`    // of a guide: the same of its other names, the best
	FAQ      float64 `json:"faq"`      // 1: an FAQ; Asked and Same have to earn what it takes off
	Asked    float64 `json:"asked"`    // of an FAQ: BM25 of bigrams of its question, or of its like, the best
	Same     float64 `json:"same"`     // of an FAQ: how alike its question, or the best of its like, is
	Other    float64 `json:"other"`    // of an FAQ: 1 where a day, a sum or an address is asked for, and its questions ask for no such thing
	Whole    float64 `json:"whole"`    // 1: a name of an FAQ or a guide has all that is asked
	Negative float64 `json:"negative"` // of an FAQ: how alike a question is that it must not answer
	Known    float64 `json:"known"`    // of a passage that people ask for in words of their own: how alike the best of these questions is
	Document float64 `json:"document"` // share that any ranked unit of the document has
	Title    float64 `json:"title"`    // share of the title that is in the question
}

// Sum returns the score under these weights. Every part has to be in it.
func (p *Parts) Sum(w *Parts) float64 {
	return w.Words*p.Words + w.Bigrams*p.Bigrams + w.Window2*p.Window2 +
		w.Window3*p.Window3 + w.Said*p.Said + w.Place*p.Place + w.Conflict*p.Conflict + w.Field*p.Field + w.Fits*p.Fits +
		w.Value*p.Value + w.Outside*p.Outside +
		w.Guide*p.Guide + w.Name*p.Name + w.Short*p.Short +
		w.FAQ*p.FAQ + w.Asked*p.Asked + w.Same*p.Same + w.Whole*p.Whole + w.Other*p.Other + w.Negative*p.Negative +
		w.Known*p.Known + w.Document*p.Document + w.Title*p.Title
}

// BM25's constants.
const (
	bm25K1 = 1.2
	bm25B  = .75
)

// parts returns the numbers of the text, and where its best window is: see
// window3.
func (a *analysis) parts(s *scan, average float64) (Parts, int) {
	norm := bm25K1 * (1 - bm25B + bm25B*float64(s.length)/average)
	saturate := func(tf float64) float64 { return tf * (bm25K1 + 1) / (tf + norm) }
	window, at := a.window3(s)
	return Parts{
		Words:   a.wordScore(s, saturate),
		Bigrams: a.bigramScore(s, saturate),
		Window2: a.window2(s),
		Window3: window,
		Said:    a.said(s),
		Place:   oneIf(s.places&a.places != 0),
		Conflict: oneIf(a.places != 0 && s.places&a.places == 0 &&
			s.leadPlace != 0),
	}, at
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (a *analysis) bigramScore(s *scan, saturate func(float64) float64) float64 {
	if a.total == 0 {
		return 0
	}
	sum := 0.0
	for k, tf := range s.tf {
		if tf > 0 {
			sum += a.features[k].idf * saturate(float64(tf))
			continue
		}
		sum += a.borrowed(s, k, saturate)
	}
	return sum / a.total
}

// borrowed is what a feature that was not found gets from an expansion of the
// piece of the question that it belongs to.
func (a *analysis) borrowed(s *scan, k int, saturate func(float64) float64) float64 {
	best := 0.0
	for g := range a.groups {
		if s.groupTF[g] > 0 && a.groups[g].span.has(k) {
			best = max(best, float64(a.groups[g].Weight)*a.features[k].idf*saturate(float64(s.groupTF[g])))
		}
	}
	return best
}

// titled returns the share of a title's bigrams that the question has, or has
// by an expansion.
func (a *analysis) titled(u *Unit) float64 {
	title := u.Title
	n, hits, until := 0, 0, 0
	var last rune
	for at, r := range title {
		f := Fold(r)
		if f != 0 && last != 0 {
			n++
			slot := a.lookup.slot(uint32(BigramTerm(last, f)))
			until = max(until-1, 0)
			for g := a.lookup.groups[slot]; g >= 0; g = a.groups[g].next {
				if startsFolded(title[at:], a.groups[g].folded[1:]) {
					until = max(until, len(a.groups[g].folded)-1)
				}
			}
			if until > 0 || a.lookup.features[slot] >= 0 {
				hits++
			}
		}
		last = f
	}
	return share(float64(hits), float64(n))
}

func (a *analysis) wordScore(s *scan, saturate func(float64) float64) float64 {
	sum, total := 0.0, 0.0
	for w := range a.words {
		f := &a.words[w]
		total += f.idf
		tf := s.wordTF[w]
		if f.two >= 0 {
			tf = s.tf[f.two]
		}
		if tf > 0 {
			sum += f.idf * saturate(float64(tf))
		} else if f.two >= 0 {
			sum += a.borrowed(s, f.two, saturate)
		}
	}
	if total == 0 {
		return 0
	}
	return sum / total
}

func (a *analysis) window2(s *scan) float64 {
	best, every := 0.0, a.every()
	for i := range s.sentences {
		m := s.sentences[i].found
		if m.none() {
			continue // the next one has no less without it
		}
		if s.follows(i, i+1) {
			m.or(s.sentences[i+1].found)
		}
		best = max(best, a.covered(m, every))
	}
	return share(best, a.total)
}

// window3 returns the best share of what is asked for in the lead and three
// sentences, and the rune of Body where these begin.
func (a *analysis) window3(s *scan) (best float64, at int) {
	for i := range s.sentences {
		if s.sentences[i].found.none() {
			continue
		}
		m := s.lead80
		for j := i; j == i || j < i+3 && s.follows(i, j); j++ {
			m.or(s.sentences[j].found)
		}
		if sum := a.covered(m, a.asked); sum > best {
			best, at = sum, max(0, s.sentences[i].start-s.bodyAt)
		}
	}
	return share(best, a.askedSum), at
}

func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return part / whole
}

// ranked is a scored candidate.
type ranked struct {
	id    uint32
	unit  Unit // its Text
	parts Parts
	score float64
	at    int // the rune of Body where the three sentences of Window3 begin
}

// A long text that the engine found far behind the first is not read: reading is
// what ranking costs, and none of these came first (docs/quality.md).
const (
	farBehind = 4    // of the engine's order
	longBody  = 4000 // bytes
	farShare  = .6   // of the first one's score
)

// rankTop scores the first limit candidates, and those of the others that a
// name speaks for, and returns them best first; ties
// go to the smaller document ID, then to the earlier unit, so that the order
// is the same on every engine.
func (a *analysis) rankTop(ctx context.Context, v View, found []Candidate, limit int) ([]ranked, error) {
	s := scans.Get().(*scan)
	defer scans.Put(s)
	out := make([]ranked, 0, min(limit, len(found)))
	together := make(map[string]mask, len(found)) // what the units of a document have
	for i, c := range found {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i >= limit && !canBeNamed(v.Kind(c.ID)) {
			continue
		}
		u := v.Text(c.ID)
		if i >= limit && !a.named(&u) {
			continue
		}
		if i >= farBehind && len(u.Body) > longBody && c.Score < farShare*found[0].Score && !a.named(&u) {
			continue
		}
		s.read(a, &u)
		p, at := a.parts(s, v.Average(u.Class))
		if _, ok := u.field(a.field); ok {
			p.Field = p.Window3
		}
		p.Fits = a.fits(s)
		a.nameParts(&p, &u)
		a.valueParts(&p, &u)
		p.Title = a.titled(&u)
		all := together[u.Document]
		all.or(s.all)
		together[u.Document] = all
		out = append(out, ranked{id: c.ID, unit: u, parts: p, at: at})
	}
	every := a.every()
	for i := range out {
		r := &out[i]
		r.parts.Document = share(a.covered(together[r.unit.Document], every), a.total)
		r.score = r.parts.Sum(&a.weights.Rank)
	}
	slices.SortFunc(out, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(y.score, x.score), cmp.Compare(x.unit.Document, y.unit.Document),
			cmp.Compare(x.unit.Ordinal, y.unit.Ordinal))
	})
	return out, nil
}
