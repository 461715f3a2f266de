package index

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Anchor weighs what makes a clause the one that the question is about.
// Coverages are shares of what the question asks for.
type Anchor struct {
	Around   float64 `json:"around"`   // covered by its sentence with the one before and after
	Sentence float64 `json:"sentence"` // by its sentence
	Clause   float64 `json:"clause"`   // by itself
	Run      float64 `json:"run"`      // by the longest pieces that it has word for word
	Lead     float64 `json:"lead"`     // what a bigram keeps of its weight where it is in the lead
	Place    float64 `json:"place"`    // and where it is part of a place's name
}

// Clause is what a clause's chance to be in the answer is told from.
type Clause struct {
	Sentence  float64 `json:"sentence"`  // covered by its sentence
	Around    float64 `json:"around"`    // with the one before and after
	Before    float64 `json:"before"`    // by the two sentences before
	Clause    float64 `json:"clause"`    // by itself
	Run       float64 `json:"run"`       // by the longest pieces that it has word for word
	Back      float64 `json:"back"`      // how far before the anchor it stands, ln(1+characters)/6
	Ahead     float64 `json:"ahead"`     // how far after it
	Typed     float64 `json:"typed"`     // 1: it has the form of what is asked for: a day, a sum, an address
	Digit     float64 `json:"digit"`     // 1: a number is asked for, and it has one
	Length    float64 `json:"length"`    // ln(1+characters)
	Unmatched float64 `json:"unmatched"` // share of its bigrams that are not in the question
	Position  float64 `json:"position"`  // in the text, 0…1
	Shown     float64 `json:"shown"`     // 1: it has what answers of the sort that is wanted show: 可以 for 能不能
	Item      float64 `json:"item"`      // 1: it begins an item of a list, and more than one thing may answer
	Colon     float64 `json:"colon"`     // 1: it leads in to what comes after it
	Previous  float64 `json:"previous"`  // covered by the clause before it
	Said      float64 `json:"said"`      // share of the words, by their rarity in the language and in the text, in its sentence
	Nearby    float64 `json:"nearby"`    // with the one before and after
	Tier      float64 `json:"tier"`      // whether it, or its sentence, holds the amounts that are asked about: see tiers
}

// dot returns the log odds under these weights. Every number has to be in it.
func (w *Clause) dot(x *Clause) float64 {
	return w.Sentence*x.Sentence + w.Around*x.Around + w.Before*x.Before + w.Clause*x.Clause + w.Run*x.Run +
		w.Back*x.Back + w.Ahead*x.Ahead + w.Typed*x.Typed + w.Digit*x.Digit + w.Length*x.Length +
		w.Unmatched*x.Unmatched + w.Position*x.Position + w.Shown*x.Shown + w.Item*x.Item + w.Colon*x.Colon + w.Previous*x.Previous +
		w.Said*x.Said + w.Nearby*x.Nearby + w.Tier*x.Tier
}

// Snippet weighs where a piece had better begin, against the chance that it
// has the answer.
type Snippet struct {
	Opens  float64 `json:"opens"`  // it begins where a sentence does
	List   float64 `json:"list"`   // it leaves off the line that its list begins with
	Settle float64 `json:"settle"` // the share of a piece that is given up for it to begin and end where a sentence does
	Sharp  float64 `json:"sharp"`  // how much the likelier clauses count before the less likely
}

// judge finds the best clause, and the chance of each to be in the answer.
func (c *cutter) judge() {
	n := len(c.sentences)
	spoken := c.spoken()
	c.numbers = append(c.numbers[:0], make([]float64, 5*n)...)
	around, own, before, said, nearby := c.numbers[:n], c.numbers[n:2*n], c.numbers[2*n:3*n], c.numbers[3*n:4*n], c.numbers[4*n:]
	for i := range c.sentences {
		m := c.sentences[i]
		own[i], said[i] = c.share(m), c.said(m, spoken)
		if i > 0 {
			m.or(c.sentences[i-1])
			two := c.sentences[i-1]
			if i > 1 {
				two.or(c.sentences[i-2])
			}
			before[i] = c.share(two)
		}
		if i+1 < len(c.sentences) {
			m.or(c.sentences[i+1])
		}
		around[i], nearby[i] = c.share(m), c.said(m, spoken)
	}
	anchor, most := 0, math.Inf(-1)
	w := &c.a.weights.Anchor
	c.parts = c.parts[:0]
	tiers := c.tiers()
	for i := range c.clauses {
		cl := &c.clauses[i]
		x := Clause{
			Sentence: own[cl.sentence], Around: around[cl.sentence], Before: before[cl.sentence],
			Clause: c.share(cl.found), Run: c.runs(cl.hits), Said: said[cl.sentence], Nearby: nearby[cl.sentence],
		}
		if tiers != nil {
			x.Tier = tiers[i]
		}
		c.parts = append(c.parts, x)
		if score := w.Around*x.Around + w.Sentence*x.Sentence + w.Clause*x.Clause + w.Run*x.Run + x.Tier; score > most {
			anchor, most = i, score
		}
	}
	c.about = anchor
	c.finish(anchor)
}

// finish adds to each clause's numbers what needs the anchor or its text, and
// turns them into chances.
func (c *cutter) finish(anchor int) {
	last := len(c.clauses) - 1
	total := float64(c.clauses[last].end)
	at := &c.clauses[anchor]
	most := math.Inf(-1)
	list, has, fold := several[c.a.sortAsked], answerShown[c.a.sortAsked], foldTable()
	for i := range c.clauses {
		cl, x := &c.clauses[i], &c.parts[i]
		switch {
		case i < anchor:
			x.Back = math.Log1p(float64(at.start-cl.start)) / 6
		case i > anchor:
			x.Ahead = math.Log1p(float64(cl.start-at.start)) / 6
		}
		text := c.body[cl.startAt:cl.endAt]
		if c.a.wants != 0 {
			x.Typed = oneIf(given(text)&c.a.wants != 0)
			x.Digit = oneIf(c.a.wants&wantsNumber != 0 && hasDigit(text))
		}
		n := cl.end - cl.start
		x.Length = math.Log1p(float64(n))
		x.Unmatched = max(0, 1-float64(cl.hits.End-cl.hits.Start)/float64(n))
		x.Position = float64(cl.start) / total
		if has != nil {
			c.folded = c.folded[:0]
			for _, r := range text {
				if uint32(r) >= 1<<16 {
					r = 0
				}
				c.folded = append(c.folded, rune(fold[r]))
			}
			x.Shown = oneIf(has(c.folded))
		}
		x.Colon = oneIf(c.opensList(i))
		x.Item = oneIf(list && numbered(text))
		if i > 0 {
			x.Previous = c.parts[i-1].Clause
		}
		z := c.a.weights.Clause.dot(x)
		c.chance = append(c.chance, z)
		if z > most {
			c.best, most = i, z
		}
	}
	sum := 0.0
	for i, z := range c.chance {
		c.chance[i] = math.Exp(c.a.weights.Snippet.Sharp * (z - most))
		sum += c.chance[i]
	}
	for i := range c.chance {
		c.chance[i] /= sum
	}
}

// numbered is corpus.Numbered, with one look at most clauses, which are not.
func numbered(clause string) bool {
	clause = strings.TrimLeft(clause, " \u3000")
	r, _ := utf8.DecodeRuneInString(clause)
	return (figure(r) || isNumeral(r) || r == '第' || r == '（' || r == '(' || unicode.IsNumber(r)) && corpus.Numbered(clause)
}

// several are the sorts of questions that more than one thing answers.
var several = map[Asks]bool{AsksWhich: true, AsksHow: true, AsksWhat: true}

// Join is what the chance of a clause to be in the answer is told from once the
// best one is known: a sum is said in a clause, a duty in a sentence or two.
type Join struct {
	Bias   float64 `json:"bias"`   // 1
	Best   float64 `json:"best"`   // 1: it is the best clause
	Odds   float64 `json:"odds"`   // by how much it is less likely than the best, in log odds
	Peak   float64 `json:"peak"`   // the best one's share of all chances
	Same   float64 `json:"same"`   // 1: it is of the best one's sentence
	Next   float64 `json:"next"`   // 1: of a sentence beside that
	Back   float64 `json:"back"`   // how far before the best it stands, ln(1+characters)
	Ahead  float64 `json:"ahead"`  // how far after it
	Typed  float64 `json:"typed"`  // Clause.Typed
	Few    float64 `json:"few"`    // 1: a day, a sum or a number is asked for, and it is not the best
	Whole  float64 `json:"whole"`  // 1: of the best one's sentence, where no such thing is asked for
	Colon  float64 `json:"colon"`  // 1: it leads in to what comes after it
	Echo   float64 `json:"echo"`   // share of the question that it has: it says the question again
	Length float64 `json:"length"` // ln(1+characters)
}

// dot returns the log odds under these weights. Every number has to be in it.
func (w *Join) dot(x *Join) float64 {
	return w.Bias*x.Bias + w.Best*x.Best + w.Odds*x.Odds + w.Peak*x.Peak + w.Same*x.Same + w.Next*x.Next +
		w.Back*x.Back + w.Ahead*x.Ahead + w.Typed*x.Typed + w.Few*x.Few + w.Whole*x.Whole + w.Colon*x.Colon +
		w.Echo*x.Echo + w.Length*x.Length
}

// join returns the numbers of a clause beside the best one.
func (c *cutter) join(i int) Join {
	cl, best := &c.clauses[i], &c.clauses[c.best]
	few := c.a.wants&(wantsNumber|wantsPlace) != 0
	x := Join{
		Bias: 1, Best: oneIf(i == c.best), Peak: c.chance[c.best], Typed: c.parts[i].Typed, Echo: c.parts[i].Clause,
		Odds: math.Log(max(c.chance[i], 1e-12)/c.chance[c.best]) / c.a.weights.Snippet.Sharp,
		Same: oneIf(cl.sentence == best.sentence), Few: oneIf(few && i != c.best), Colon: oneIf(c.opensList(i)),
		Next: oneIf(cl.sentence == best.sentence+1 || cl.sentence == best.sentence-1), Length: c.parts[i].Length,
	}
	if !few {
		x.Whole = x.Same
	}
	if i < c.best {
		x.Back = math.Log1p(float64(best.start - cl.end))
	} else if i > c.best {
		x.Ahead = math.Log1p(float64(cl.start - best.end))
	}
	return x
}

// near returns the clauses of which some with the best one are no longer than
// limit: the first, and the one after the last.
func (c *cutter) near(limit int) (from, to int) {
	from, to = c.best, c.best+1
	for from > 0 && c.clauses[c.best].end-c.clauses[from-1].start <= limit {
		from--
	}
	for to < len(c.clauses) && c.clauses[to].end-c.clauses[c.best].start <= limit {
		to++
	}
	return from, to
}

// direct returns the clauses around the best one that have most in common with
// the answer, as far as their chances tell: what is expected of F1, of what
// they say and of what the answer says.
func (c *cutter) direct(limit int) Span {
	if len(c.clauses) == 0 {
		return Span{}
	}
	from, to := c.near(limit)
	in := make([]float64, to-from) // characters of each that are expected to be in the answer
	answer := 0.0
	for i := from; i < to; i++ {
		x := c.join(i)
		in[i-from] = float64(c.clauses[i].end-c.clauses[i].start) / (1 + math.Exp(-c.a.weights.Join.dot(&x)))
		answer += in[i-from]
	}
	first, last, most := c.best, c.best, -1.0
	before := 0.0
	for i := c.best; i >= from; i-- {
		before += in[i-from]
		common := before
		for j := c.best; j < to && (j == c.best || c.clauses[j].end-c.clauses[i].start <= limit); j++ {
			if j > c.best {
				common += in[j-from]
			}
			if f := common / (float64(c.clauses[j].end-c.clauses[i].start) + answer); f > most {
				first, last, most = i, j, f
			}
		}
	}
	return firstRunes(c.body, Span{c.clauses[first].startAt, c.clauses[last].endAt}, limit)
}

// spoken returns what each of the question's words weighs in this text: rare in
// the language, rare in the text. Their sum is 1, or 0.
func (c *cutter) spoken() []float64 {
	out := make([]float64, len(c.a.spoken))
	n, sum := float64(len(c.sentences)), 0.0
	for w := range c.a.spoken {
		has := 0.0
		for i := range c.sentences {
			if c.sentences[i].contains(c.a.spoken[w].bigrams) {
				has++
			}
		}
		if has == 0 {
			continue
		}
		out[w] = c.a.spoken[w].weight * math.Log(1+n/(has+.5))
		sum += out[w]
	}
	for w := range out {
		out[w] = share(out[w], sum)
	}
	return out
}

func (c *cutter) said(m mask, spoken []float64) float64 {
	sum := 0.0
	for w, weight := range spoken {
		if weight > 0 && m.contains(c.a.spoken[w].bigrams) {
			sum += weight
		}
	}
	return sum
}
