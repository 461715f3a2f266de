package index

import (
	_ "embed"
	"maps"
	"math/bits"
	"slices"
	"strings"
	"sync"
)

//go:embed places.tsv
var placesFile string

// Provinces is a set of provincial regions, one bit each in the order of
// places.tsv.
type Provinces uint64

// gazetteer finds place names by their first two characters.
type gazetteer struct {
	byHead    map[Term][]place
	firsts    runeSet    // first characters of the names
	firstsBy  []*runeSet // the same by province
	provinces []string
}

type place struct {
	name     []rune // folded
	province Provinces
}

var places = sync.OnceValue(func() *gazetteer {
	g := &gazetteer{byHead: map[Term][]place{}}
	for line := range strings.Lines(placesFile) {
		province, names, _ := strings.Cut(strings.TrimSpace(line), "\t")
		bit := Provinces(1) << len(g.provinces)
		g.provinces = append(g.provinces, province)
		firsts := new(runeSet)
		g.firstsBy = append(g.firstsBy, firsts)
		for name := range strings.FieldsSeq(names) {
			r := []rune(FoldString(name))
			head := BigramTerm(r[0], r[1])
			g.byHead[head] = append(g.byHead[head], place{r, bit})
			g.firsts.add(r[0])
			firsts.add(r[0])
		}
	}
	return g
})

// with returns the gazetteer with more names. Those without two letters, or
// of a province that it has not, are left out.
func (g *gazetteer) with(names []PlaceName) *gazetteer {
	if len(names) == 0 {
		return g
	}
	next := &gazetteer{byHead: maps.Clone(g.byHead), firsts: g.firsts, firstsBy: slices.Clone(g.firstsBy), provinces: g.provinces}
	for _, n := range names {
		r, at := fold(n.Name), slices.Index(g.provinces, n.Province)
		if len(r) < 2 || at < 0 {
			continue
		}
		head := BigramTerm(r[0], r[1])
		next.byHead[head] = append(slices.Clip(next.byHead[head]), place{r, Provinces(1) << at})
		firsts := *next.firstsBy[at]
		firsts.add(r[0])
		next.firstsBy[at] = &firsts
		next.firsts.add(r[0])
	}
	return next
}

// ProvinceNames returns the names of the provincial regions, in the order of
// their bits.
func ProvinceNames() []string { return slices.Clone(places().provinces) }

// at returns the longest place name that starts at runes[i].
func (g *gazetteer) at(runes []rune, i int) (p place, ok bool) {
	if i+1 >= len(runes) || !g.firsts.has(runes[i]) {
		return p, false
	}
	head := BigramTerm(runes[i], runes[i+1])
	for _, c := range g.byHead[head] {
		if len(c.name) > len(p.name) && hasPrefix(runes[i:], c.name) {
			p, ok = c, true
		}
	}
	return p, ok
}

func hasPrefix(s, prefix []rune) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i, r := range prefix {
		if s[i] != r {
			return false
		}
	}
	return true
}

// PlacesIn returns the provincial regions whose names, or the names of whose
// prefectures, occur in a text.
func PlacesIn(text string) Provinces { return (*Lexicon)(nil).PlacesIn(text) }

// places returns the names that a lexicon knows; none is that of the program.
func (l *Lexicon) places() *gazetteer {
	if l == nil {
		return places()
	}
	return l.gazetteer
}

// PlacesIn is PlacesIn of the package with the lexicon's own names besides; l
// may be nil.
func (l *Lexicon) PlacesIn(text string) Provinces {
	var folded []rune
	for _, r := range text {
		folded = append(folded, Fold(r))
	}
	return l.places().in(folded)
}

// in returns the regions that a folded text names.
func (g *gazetteer) in(runes []rune) (found Provinces) {
	for i := 0; i < len(runes); i++ {
		if !g.firsts.has(runes[i]) {
			continue // most characters begin no name
		}
		if p, ok := g.at(runes, i); ok {
			found |= p.province
			i += len(p.name) - 1
		}
	}
	return found
}

// mentions returns those of the wanted regions that a text names, as soon as
// it has found one. firsts are the first characters of their names.
func (g *gazetteer) mentions(runes []rune, want Provinces, firsts *runeSet) Provinces {
	for i := 0; i < len(runes); i++ {
		if !firsts.has(runes[i]) {
			continue
		}
		if p, ok := g.at(runes, i); ok {
			if p.province&want != 0 {
				return p.province & want
			}
			i += len(p.name) - 1
		}
	}
	return 0
}

// firstsOf returns the first characters of the names in some regions.
func (g *gazetteer) firstsOf(want Provinces) *runeSet {
	first := bits.TrailingZeros64(uint64(want))
	if want&(want-1) == 0 {
		return g.firstsBy[first]
	}
	all := *g.firstsBy[first]
	for rest := want & (want - 1); rest != 0; rest &= rest - 1 {
		for i, w := range g.firstsBy[bits.TrailingZeros64(uint64(rest))] {
			all[i] |= w
		}
	}
	return &all
}

// Names returns the names of the provincial regions in the set.
func (p Provinces) Names() []string {
	var names []string
	for ; p != 0; p &= p - 1 {
		names = append(names, places().provinces[bits.TrailingZeros64(uint64(p))])
	}
	return names
}

// PlaceNames returns the place names in a text, as written there.
func PlaceNames(text string) []string { return (*Lexicon)(nil).PlaceNames(text) }

// PlaceNames is PlaceNames of the package with the lexicon's own names besides;
// l may be nil.
func (l *Lexicon) PlaceNames(text string) []string {
	raw := []rune(text)
	folded := make([]rune, len(raw))
	for i, r := range raw {
		folded[i] = Fold(r)
	}
	var names []string
	for i := 0; i < len(folded); i++ {
		if p, ok := l.places().at(folded, i); ok {
			names = append(names, string(raw[i:i+len(p.name)]))
			i += len(p.name) - 1
		}
	}
	return names
}
