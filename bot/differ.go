package bot

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Difference is a pair of published documents that say another figure of what
// looks like the same matter. People have to look: the bot answers from the
// higher or later one meanwhile.
type Difference struct {
	Chosen corpus.Ref `json:"chosen"`
	Other  corpus.Ref `json:"other"`
	Titles [2]string  `json:"titles"` // of the chosen one, and of the other
	Count  int        `json:"count"`  // answers that met it
	Last   time.Time  `json:"last"`
}

// Differences remembers pairs that answers met, since the process started. It
// holds no question. The zero value is ready.
type Differences struct {
	mu    sync.Mutex
	all   map[[2]corpus.Ref]*Difference
	taken map[[2]corpus.Ref]int // how many of their answers Take has returned
}

const mostDifferences = 100 // pairs; more are left out until the next start

// note counts a pair, and says whether it is a new one.
func (d *Differences) note(chosen, other standingHit, now time.Time) bool {
	if d == nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := [2]corpus.Ref{chosen.Ref, other.Ref}
	known, ok := d.all[key]
	if !ok {
		if len(d.all) >= mostDifferences {
			return false
		}
		if d.all == nil {
			d.all = map[[2]corpus.Ref]*Difference{}
		}
		known = &Difference{Chosen: chosen.Ref, Other: other.Ref, Titles: [2]string{chosen.Title, other.Title}}
		d.all[key] = known
	}
	known.Count++
	known.Last = now
	return !ok
}

// Take returns the pairs that were met since it was last called, with how many
// answers have met them since.
func (d *Differences) Take() []Difference {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Difference
	for key, p := range d.all {
		if n := p.Count - d.taken[key]; n > 0 {
			if d.taken == nil {
				d.taken = map[[2]corpus.Ref]int{}
			}
			d.taken[key] = p.Count
			since := *p
			since.Count = n
			out = append(out, since)
		}
	}
	return out
}

// All returns the pairs, the most met first.
func (d *Differences) All() []Difference {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Difference
	for _, p := range d.all {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Difference) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Chosen.Document, b.Chosen.Document), strings.Compare(a.Other.Document, b.Other.Document))
	})
	return out
}

// weigh puts the higher or later one first where the first hit and another one
// say different figures of the same matter, and leaves that on record for
// staff.
func (t *turn) weigh(f *findings) {
	const among, asGood = 4, .6
	for i := 1; i < min(len(f.hits), among); i++ {
		h, o := f.hits[0], f.hits[i]
		if o.Score < asGood*h.Score || !rules(h) || !rules(o) || tied(h.Document, o.Document) || !sameRegion(h.Document, o.Document) || !differ(h, o) {
			continue
		}
		if outranks(o.Document, h.Document) {
			f.first(i)
			h, o = o, h
		}
		if t.r.Differences.note(h, o, t.r.Now()) {
			t.r.Log.Warn("two documents differ", "account", t.acc.Name, "chosen", h.Ref.Document, "anchor", h.Ref.Anchor,
				"other", o.Ref.Document, "other_anchor", o.Ref.Anchor)
		}
		return
	}
}

func rules(h standingHit) bool {
	return (h.Kind == corpus.Policy || h.Kind == corpus.Notice) && !h.named && h.Validity.Quotable()
}

// tied reports whether one of two documents says something of the other: then
// they are read together, and validity is decided elsewhere.
func tied(a, b corpus.Document) bool {
	to := func(r corpus.Relation) bool { return r.To == b.ID || r.From == b.ID }
	return slices.ContainsFunc(a.Declares, to) || slices.ContainsFunc(a.Receives, to)
}

// sameRegion reports whether two documents are known to rule the same place:
// other places have other figures.
func sameRegion(a, b corpus.Document) bool {
	switch {
	case a.Region != "" && b.Region != "":
		return a.Region == b.Region
	case a.Agency != "" && a.Agency == b.Agency:
		return true
	}
	return a.Level != "" && b.Level != "" // one of them is the nation's
}

// outranks reports whether a is the higher rule than b or, of one level, the
// later one.
func outranks(a, b corpus.Document) bool {
	levels := []corpus.Level{
		corpus.Constitution, corpus.Law, corpus.AdminRegulation, corpus.JudicialRule, corpus.LocalRegulation,
		corpus.MinistryRule, corpus.LocalRule, corpus.Normative,
	}
	x, y := slices.Index(levels, a.Level), slices.Index(levels, b.Level)
	if x >= 0 && y >= 0 && x != y {
		return x < y
	}
	return startOf(a) > startOf(b)
}

func startOf(d corpus.Document) corpus.Date {
	return cmp.Or(d.StartsOn(), d.Effective, d.Published, d.Written)
}

// differ reports whether two hits have a sentence each that says the same but
// for its figures.
func differ(a, b standingHit) bool {
	for _, x := range sentencesOf(withoutLabel(a)) {
		for _, y := range sentencesOf(withoutLabel(b)) {
			if contradict(x.text, y.text) {
				return true
			}
		}
	}
	return false
}

var figureOf = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?)(万元|元|%|％|个工作日|工作日|个月|年|天|日|周岁|小时|分钟|倍)`)

// contradict reports whether two sentences are alike without their figures,
// and have other figures of the same units.
func contradict(a, b string) bool {
	x, y := figureOf.FindAllStringSubmatch(a, -1), figureOf.FindAllStringSubmatch(b, -1)
	if len(x) == 0 || len(x) != len(y) {
		return false
	}
	other := false
	for i := range x {
		if x[i][2] != y[i][2] {
			return false
		}
		other = other || x[i][1] != y[i][1]
	}
	if !other {
		return false
	}
	p, q := pairs(figureOf.ReplaceAllString(a, " ")), pairs(figureOf.ReplaceAllString(b, " "))
	const same, enough = .7, 5
	return len(p) >= enough && len(q) >= enough && 2*float64(shared(p, q)) >= same*float64(len(p)+len(q))
}
