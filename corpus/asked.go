package corpus

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Asking is a set of questions that a passage answers, as people ask them: in words that
// no rule uses. Citizens don't see them; a question like one of them finds the
// passage.
type Asking struct {
	Anchor    string   `json:"anchor"` // of the passage
	Questions []string `json:"questions"`
}

// Bounds of what is asked of a document.
const (
	MaxAsked      = 40   // questions of one passage
	MaxAskedAll   = 2000 // of a document
	MaxAskedRunes = 100  // characters of a question
)

// AskedFaults says for staff what is wrong with the questions noted with the
// passages of a text: a passage that is not there or that is a heading, too
// many of them, one that is too long. None is nothing wrong.
func AskedFaults(all []Asking, passages []Passage) []string {
	var faults []string
	n := 0
	for _, a := range all {
		n += len(a.Questions)
		p, ok := passageAt(passages, a.Anchor)
		switch {
		case !ok:
			faults = append(faults, fmt.Sprintf("正文里没有“%.40s”这一段，它的问法用不上", a.Anchor))
		case p.Role != BodyRole:
			faults = append(faults, fmt.Sprintf("“%.40s”是标题，问法要写在它下面的段落上", a.Anchor))
		case len(a.Questions) > MaxAsked:
			faults = append(faults, fmt.Sprintf("“%.40s”有%d个问法，最多%d个", a.Anchor, len(a.Questions), MaxAsked))
		}
		for _, q := range a.Questions {
			if l := utf8.RuneCountInString(q); l > MaxAskedRunes {
				faults = append(faults, fmt.Sprintf("问法“%.30s……”有%d个字，最多%d个", q, l, MaxAskedRunes))
			}
		}
	}
	if n > MaxAskedAll {
		faults = append(faults, fmt.Sprintf("一共有%d个问法，最多%d个", n, MaxAskedAll))
	}
	return faults
}

// UsableAsked returns what of the questions can be used, in the order of the
// text: those of body passages, trimmed, each once, within the bounds.
func UsableAsked(all []Asking, passages []Passage) []Asking {
	by := map[string][]string{}
	for _, a := range all {
		by[a.Anchor] = append(by[a.Anchor], a.Questions...)
	}
	var out []Asking
	n := 0
	for _, p := range passages {
		if p.Role != BodyRole || len(by[p.Anchor]) == 0 {
			continue
		}
		use := Asking{Anchor: p.Anchor}
		for _, q := range by[p.Anchor] {
			q = strings.Join(strings.Fields(q), " ")
			if q != "" && utf8.RuneCountInString(q) <= MaxAskedRunes && len(use.Questions) < MaxAsked && n < MaxAskedAll && !slices.Contains(use.Questions, q) {
				use.Questions = append(use.Questions, q)
				n++
			}
		}
		if len(use.Questions) > 0 {
			out = append(out, use)
		}
		delete(by, p.Anchor)
	}
	return out
}

// AskedFor returns the questions that are noted with a passage.
func (d Document) AskedFor(anchor string) []string {
	for _, a := range d.Asked {
		if a.Anchor == anchor {
			return a.Questions
		}
	}
	return nil
}

// WithAsked returns the document's questions with those of one passage
// replaced; none takes them away.
func (d Document) WithAsked(a Asking) []Asking {
	all := slices.Clone(d.Asked)
	i := slices.IndexFunc(all, func(o Asking) bool { return o.Anchor == a.Anchor })
	switch {
	case len(a.Questions) == 0 && i < 0:
	case len(a.Questions) == 0:
		all = slices.Delete(all, i, i+1)
	case i < 0:
		all = append(all, a)
	default:
		all[i] = a
	}
	return all
}

func passageAt(passages []Passage, anchor string) (Passage, bool) {
	i := slices.IndexFunc(passages, func(p Passage) bool { return p.Anchor == anchor })
	if i < 0 {
		return Passage{}, false
	}
	return passages[i], true
}
