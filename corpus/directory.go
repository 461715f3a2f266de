package corpus

import (
	"cmp"
	"slices"
	"strings"
)

// Directory finds agencies by ID, by a name in a text and by a matter in a
// text. It never changes: a new one takes its place.
type Directory struct {
	all      []Agency
	byID     map[string][]int
	names    lexemes // names and aliases
	official map[string][]int
	matters  lexemes
	fold     func(string) string
}

// NewDirectory returns a directory of these agencies. fold is what texts are
// compared as, rune for rune: lower case, half width, simplified; nil leaves
// them as they are.
func NewDirectory(all []Agency, fold func(string) string) *Directory {
	if fold == nil {
		fold = func(s string) string { return s }
	}
	d := &Directory{
		all: slices.Clone(all), byID: map[string][]int{}, official: map[string][]int{}, fold: fold,
		names: newLexemes(), matters: newLexemes(),
	}
	slices.SortStableFunc(d.all, byRegion)
	for i, a := range d.all {
		d.byID[a.ID] = append(d.byID[a.ID], i)
		d.official[fold(a.Name)] = append(d.official[fold(a.Name)], i)
		d.names.add(fold(a.Name), i)
		for _, w := range a.Aliases {
			d.names.add(fold(w), i)
		}
		for _, w := range a.Matters {
			d.matters.add(fold(w), i)
		}
	}
	return d
}

// byRegion is the order of a list: region, then name.
func byRegion(a, b Agency) int {
	return cmp.Or(cmp.Compare(a.Region, b.Region), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
}

// Len returns how many agencies it has, whoever sees them.
func (d *Directory) Len() int {
	if d == nil {
		return 0
	}
	return len(d.all)
}

// Unchecked returns how many agencies of one's own it has, and how many of
// these were not checked for StaleAfter days. It may be called on nil.
func (d *Directory) Unchecked(day Date) (stale, own int) {
	if d == nil {
		return 0, 0
	}
	for _, a := range d.all {
		if a.Sample {
			continue
		}
		own++
		if a.StaleOn(day) {
			stale++
		}
	}
	return stale, own
}

// View is a directory as one account sees it.
type View struct {
	d       *Directory
	account string
	sample  bool
}

// For returns the directory as an account sees it, with the invented city's
// agencies where sample is set. It may be called on nil: an empty view.
func (d *Directory) For(account string, sample bool) View { return View{d, account, sample} }

// tier orders entries that compete: the account's own before shared ones,
// invented ones last. -1 is not seen.
func (v View) tier(i int) int {
	switch a := v.d.all[i]; {
	case !a.VisibleTo(v.account) || a.Sample && !v.sample:
		return -1
	case a.Sample:
		return 2
	case a.Account == "":
		return 1
	}
	return 0
}

// best returns the seen agencies of the first tier that has any. A shared
// entry whose ID the account uses itself is not seen.
func (v View) best(among []int) []Agency {
	var out []Agency
	first := 3
	for _, i := range among {
		t := v.tier(i)
		if t < 0 || t > first || t > 0 && v.replaced(i) {
			continue
		}
		if t < first {
			first, out = t, nil
		}
		out = append(out, v.d.all[i])
	}
	return out
}

func (v View) replaced(i int) bool {
	for _, j := range v.d.byID[v.d.all[i].ID] {
		if j != i && v.tier(j) >= 0 && v.tier(j) < v.tier(i) {
			return true
		}
	}
	return false
}

// All returns what the account sees, by region, then name.
func (v View) All() []Agency {
	if v.d == nil {
		return nil
	}
	var out []Agency
	for i, a := range v.d.all {
		if v.tier(i) >= 0 && !v.replaced(i) {
			out = append(out, a)
		}
	}
	return out
}

// ByID returns the agency of an ID.
func (v View) ByID(id string) (Agency, bool) {
	if v.d == nil {
		return Agency{}, false
	}
	return only(v.best(v.d.byID[id]))
}

func only(found []Agency) (Agency, bool) {
	if len(found) == 0 {
		return Agency{}, false
	}
	return found[0], true
}

// Mention is a word of the directory in a text.
type Mention struct {
	Word     string // as the directory folds it
	Rest     string // the folded text without it
	Agencies []Agency
}

// Agency returns the agency that is meant; ok is false where there is none, or
// more than one.
func (m Mention) Agency() (a Agency, ok bool) {
	if len(m.Agencies) != 1 {
		return Agency{}, false
	}
	return m.Agencies[0], true
}

// Named returns the longest name or alias of an agency in a text, the first of
// those of one length. 民政局 in 石桥县民政局 is no mention: that is another
// one's name.
func (v View) Named(text string) Mention {
	if v.d == nil {
		return Mention{}
	}
	return v.longest(v.d.names, text, func(before rune) bool { return strings.ContainsRune("区县镇乡旗", before) })
}

// Owning returns the longest matter in a text and who is responsible for it:
// more than one where the directory is not clear.
func (v View) Owning(text string) Mention {
	if v.d == nil {
		return Mention{}
	}
	return v.longest(v.d.matters, text, func(rune) bool { return false })
}

// Issuing returns the agency that a document names as its own; of a joint one
// the first that the directory has.
func (v View) Issuing(agency string) (Agency, bool) {
	if v.d == nil || agency == "" {
		return Agency{}, false
	}
	if a, ok := only(v.best(v.d.official[v.d.fold(agency)])); ok {
		return a, true
	}
	for _, part := range strings.FieldsFunc(agency, func(r rune) bool { return strings.ContainsRune("、，,；; 　", r) }) {
		if a, ok := only(v.best(v.d.official[v.d.fold(part)])); ok {
			return a, true
		}
		if m := v.Named(part); v.d.fold(part) == m.Word {
			if a, ok := m.Agency(); ok {
				return a, true
			}
		}
	}
	return Agency{}, false
}

func (v View) longest(words lexemes, text string, breaks func(before rune) bool) Mention {
	folded := []rune(v.d.fold(text))
	var found Mention
	longest := 0
	for i := 0; i+1 < len(folded); i++ {
		if i > 0 && breaks(folded[i-1]) {
			continue
		}
		for _, n := range words.lengths[[2]rune{folded[i], folded[i+1]}] {
			if n <= longest || i+n > len(folded) {
				continue
			}
			word := string(folded[i : i+n])
			agencies := v.best(words.owners[word])
			if len(agencies) == 0 {
				continue
			}
			longest = n
			found = Mention{word, string(folded[:i]) + " " + string(folded[i+n:]), agencies}
		}
	}
	return found
}

// lexemes are words by their first two runes.
type lexemes struct {
	owners  map[string][]int
	lengths map[[2]rune][]int
}

func newLexemes() lexemes {
	return lexemes{map[string][]int{}, map[[2]rune][]int{}}
}

func (l lexemes) add(word string, owner int) {
	r := []rune(word)
	if len(r) < minAgencyWord || slices.Contains(l.owners[word], owner) {
		return
	}
	l.owners[word] = append(l.owners[word], owner)
	head := [2]rune{r[0], r[1]}
	if !slices.Contains(l.lengths[head], len(r)) {
		l.lengths[head] = append(l.lengths[head], len(r))
	}
}
