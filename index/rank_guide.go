package index

// A service guide is found by its name, and by the short ones that people use
// for it.

// bareRunes is how long the name of a matter is at most.
const bareRunes = 12

// bare reports whether the question is the name of a thing, and no more: who
// writes that looks for what one can do with it, which is what guides are for.
func (a *analysis) bare() bool {
	return a.length <= bareRunes && a.wants == 0 && a.asked == a.every()
}

// guide adds the parts of a guide.
func (a *analysis) guide(p *Parts, u *Unit) {
	p.Guide, p.Bare = 1, oneIf(a.bare())
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
