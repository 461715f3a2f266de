package index

// A service guide is found by its name, and by the short ones that people use
// for it.

// guide adds the parts of a guide.
func (a *analysis) guide(p *Parts, u *Unit) {
	p.Guide = 1
	outside, title := a.outside(u), true
	u.names(func(name string) {
		n := a.name(name, outside)
		if title {
			p.Name, title = n.score, false
		} else {
			p.Short = max(p.Short, n.score)
		}
		p.Whole = max(p.Whole, n.whole())
	})
}
