package eval

import (
	"slices"
	"strings"
)

// rankOf returns the rank of the first right document, 0 where none is found.
func rankOf(q Question, sources []Source) int {
	for i, s := range sources {
		for _, p := range q.places() {
			if p.Doc == s.Document {
				return i + 1
			}
		}
	}
	return 0
}

func (q Question) places() []Place {
	all := slices.Clone(q.Also)
	if q.Doc != "" {
		all = append(all, q.Place)
	}
	return append(all, q.Docs...)
}

// documents are the places that the index has. Agencies are found without it.
func (q Question) documents() []Place {
	return slices.DeleteFunc(q.places(), func(p Place) bool { return strings.HasPrefix(p.Doc, AgencyPrefix) })
}

// among reports whether a right document is among the candidates.
func (q Question) among(candidates []string) bool {
	return slices.ContainsFunc(q.documents(), func(p Place) bool { return slices.Contains(candidates, p.Doc) })
}

// right judges a golden question: the first source stands where one of the
// places is, or the message was handed over as it should be. A refusal and a
// redirection are as good as each other: both name who to turn to.
func right(q Question, out Outcome) (bool, string) {
	got := out.Status
	if len(out.Sources) > 0 && !handed(out.Status) {
		got += " " + out.Sources[0].Document + "#" + out.Sources[0].Anchor
	}
	if handed(q.Status) {
		over := func(s string) bool { return s == "refused" || s == "redirected" }
		return out.Status == q.Status || over(q.Status) && over(out.Status), got
	}
	if out.Status != answered || len(out.Sources) == 0 {
		return false, got
	}
	return slices.ContainsFunc(q.places(), out.Sources[0].at), got
}

// at reports whether a source stands at a place: the same passage, one inside
// it, or the one around it.
func (s Source) at(p Place) bool {
	return s.Document == p.Doc && (p.Anchor == "" || s.Anchor == p.Anchor ||
		strings.HasPrefix(s.Anchor, p.Anchor+".") || strings.HasPrefix(p.Anchor, s.Anchor+"."))
}

func want(q Question) string {
	if handed(q.Status) {
		return q.Status
	}
	var all []string
	for _, p := range q.places() {
		all = append(all, p.Doc+"#"+p.Anchor)
	}
	return strings.Join(all, " ")
}
