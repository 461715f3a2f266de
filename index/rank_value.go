package index

import "strings"

// What a person says of their age, of an amount or a period meets the bounds
// that a text sets: 82岁 lies in 80至89周岁. A text whose bounds all leave it
// out is not the one that holds for them.

// valueParts adds the parts of amounts.
func (a *analysis) valueParts(p *Parts, u *Unit) {
	if len(a.values) == 0 {
		return
	}
	a.bounds = readQuantities(a.bounds[:0], u.Context, a.measures, false)
	a.bounds = readQuantities(a.bounds, u.Body, a.measures, false)
	p.Value, p.Outside = a.weighValues(a.bounds)
	p.Value *= p.Window3 // that 两年 lies in 3年以内 says nothing where the text is of something else
}

// weighValues returns the share of the question's amounts that one of the
// bounds contains, and the share that all of the same measure leave out.
func (a *analysis) weighValues(bounds []Quantity) (inside, outside float64) {
	for _, v := range a.values {
		best, known := a.meeting(v, bounds)
		switch {
		case best > 0:
			inside += best
		case known:
			outside++
		}
	}
	n := float64(len(a.values))
	return share(inside, n), share(outside, n)
}

// meeting returns how well one of the bounds holds an amount of the question:
// 1 contains it, a half meets it, 0 leaves it out; known is whether there are
// bounds of its measure at all.
func (a *analysis) meeting(v Quantity, bounds []Quantity) (best float64, known bool) {
	for _, b := range bounds {
		if !b.Bounds || b.Measure != v.Measure || b.Sex != 0 && a.sex != 0 && b.Sex != a.sex {
			continue
		}
		known = true
		switch {
		case b.Contains(v):
			return 1, true
		case b.Meets(v):
			best = .5
		}
	}
	return best, known
}

// sexes are words that say whom a question is about.
var sexes = map[byte][]string{
	'f': {"女", "妈", "母亲", "奶奶", "姥姥", "外婆", "婆婆", "阿姨", "妻子", "老婆", "媳妇", "姐", "妹", "孕"},
	'm': {"男", "爸", "父亲", "爷爷", "姥爷", "外公", "公公", "叔", "丈夫", "老公", "哥", "弟"},
}

// sexAsked returns the one sex that a question speaks of; 0 is both or none.
func sexAsked(text string) (sex byte) {
	text = strings.NewReplacer("子女", "", "男女", "", "儿女", "", "爸妈", "", "父母", "").Replace(text)
	for _, s := range [...]byte{'f', 'm'} {
		if containsOne(text, sexes[s]) {
			if sex != 0 {
				return 0
			}
			sex = s
		}
	}
	return sex
}

// Tiers are clauses whose bounds hold the question's amounts, or leave them
// out: what the anchor of a snippet gains by them.
const (
	tierClause   = .5  // the clause has the bounds that hold it
	tierSentence = .25 // another clause of its sentence has
	tierOutside  = -.25
)

// tiers notes for each sentence and clause what the question's amounts say of
// it. nil: nothing.
func (c *cutter) tiers() []float64 {
	if len(c.a.values) == 0 {
		return nil
	}
	bounds := readQuantities(nil, c.body, c.a.measures, false)
	scores := make([]float64, len(c.clauses))
	sentences := make([]float64, len(c.sentences))
	next, said := 0, false
	for i := range c.clauses {
		cl := &c.clauses[i]
		from := next
		for next < len(bounds) && bounds[next].At.Start < cl.endAt {
			next++
		}
		inside, outside := c.a.weighValues(bounds[from:next])
		switch {
		case inside > 0:
			scores[i], said = tierClause*inside, true
			sentences[cl.sentence] = max(sentences[cl.sentence], tierSentence*inside)
		case outside > 0:
			said = true
			if sentences[cl.sentence] == 0 {
				sentences[cl.sentence] = tierOutside * outside
			}
		}
	}
	if !said {
		return nil
	}
	for i := range c.clauses {
		scores[i] += sentences[c.clauses[i].sentence]
	}
	return scores
}
