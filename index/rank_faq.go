package index

// An FAQ is found by its questions: the words of the answer say little about
// what it is the answer to.

// negativeFrom is how alike a question and one that an FAQ must not answer
// have to be.
const negativeFrom = .5

// faq adds the parts of an FAQ.
func (a *analysis) faq(p *Parts, u *Unit) {
	p.FAQ = 1
	outside := a.outside(u)
	p.Other = oneIf(a.wants != 0)
	u.names(func(name string) {
		n := a.name(name, outside)
		if p.Other > 0 && wantsOf(name)&a.wants != 0 {
			p.Other = 0
		}
		p.Asked = max(p.Asked, n.score*n.about)
		p.Same = max(p.Same, n.like()*n.about)
		p.Whole = max(p.Whole, n.whole())
	})
	for _, name := range u.Negative {
		// One that it must not answer is nearer than all that it answers.
		if n := a.name(name, outside).like(); n >= negativeFrom && n > p.Same {
			p.Negative = max(p.Negative, n)
		}
	}
}
