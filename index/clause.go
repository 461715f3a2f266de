package index

import "math"

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
	Tier      float64 `json:"tier"`      // whether it, or its sentence, holds the amounts that are asked about: see tiers
}

// dot returns the log odds under these weights. Every number has to be in it.
func (w *Clause) dot(x *Clause) float64 {
	return w.Sentence*x.Sentence + w.Around*x.Around + w.Before*x.Before + w.Clause*x.Clause + w.Run*x.Run +
		w.Back*x.Back + w.Ahead*x.Ahead + w.Typed*x.Typed + w.Digit*x.Digit + w.Length*x.Length +
		w.Unmatched*x.Unmatched + w.Position*x.Position + w.Tier*x.Tier
}

// Snippet weighs where a piece had better begin, against the chance that it
// has the answer.
type Snippet struct {
	Opens  float64 `json:"opens"`  // it begins where a sentence does
	List   float64 `json:"list"`   // it leaves off the line that its list begins with
	Settle float64 `json:"settle"` // the share of a piece that is given up for it to begin and end where a sentence does
	Sharp  float64 `json:"sharp"`  // how much the likelier clauses count before the less likely
	Direct float64 `json:"direct"` // of the best clause's chance: what a clause beside it needs to be part of the direct answer
}

// judge finds the best clause, and the chance of each to be in the answer.
func (c *cutter) judge() {
	n := len(c.sentences)
	c.numbers = append(c.numbers[:0], make([]float64, 3*n)...)
	around, own, before := c.numbers[:n], c.numbers[n:2*n], c.numbers[2*n:]
	for i := range c.sentences {
		m := c.sentences[i]
		own[i] = c.share(m)
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
		around[i] = c.share(m)
	}
	anchor, most := 0, math.Inf(-1)
	w := &c.a.weights.Anchor
	c.parts = c.parts[:0]
	tiers := c.tiers()
	for i := range c.clauses {
		cl := &c.clauses[i]
		x := Clause{
			Sentence: own[cl.sentence], Around: around[cl.sentence], Before: before[cl.sentence],
			Clause: c.share(cl.found), Run: c.runs(cl.hits),
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

// direct returns the clauses around the best one, within its sentence, that
// are nearly as likely to be in the answer.
func (c *cutter) direct(limit int) Span {
	if len(c.clauses) == 0 {
		return Span{}
	}
	from, to := c.best, c.best
	least := c.a.weights.Snippet.Direct * c.chance[c.best]
	fits := func(i, j int) bool {
		return c.clauses[i].sentence == c.clauses[j].sentence && c.clauses[j].end-c.clauses[i].start <= limit
	}
	for from > 0 && c.chance[from-1] >= least && fits(from-1, to) {
		from--
	}
	for to+1 < len(c.clauses) && c.chance[to+1] >= least && fits(from, to+1) {
		to++
	}
	return firstRunes(c.body, Span{c.clauses[from].startAt, c.clauses[to].endAt}, limit)
}
