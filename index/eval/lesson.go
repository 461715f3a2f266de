package eval

import (
	"slices"
	"strings"

	"github.com/policybot/policybot/index"
)

// Ranked is a question with what was ranked for it: a lesson for the weights of
// ranking.
type Ranked struct {
	Choice
	documents []string
	right     []bool // by document, where Choice.Right is by passage
}

// NewRanked makes a lesson of a question's candidates. It says false where the
// question has no answer, or none of its documents is among them.
func NewRanked(q Question, found []index.Studied, weight float64) (Ranked, bool) {
	r := Ranked{Choice: Choice{Weight: weight, Group: q.group()}}
	if handed(q.Status) {
		return r, false
	}
	for _, f := range found {
		anchors := f.Anchors
		r.Numbers = append(r.Numbers, Vector(&f.Parts))
		r.documents = append(r.documents, f.Document)
		r.right = append(r.right, slices.ContainsFunc(q.places(), func(p Place) bool { return p.Doc == f.Document }))
		r.Right = append(r.Right, slices.ContainsFunc(q.places(), func(p Place) bool {
			return p.Doc == f.Document && (p.Anchor == "" || slices.ContainsFunc(anchors, func(a string) bool {
				return Source{Document: p.Doc, Anchor: a}.at(p)
			}))
		}))
	}
	return r, slices.Contains(r.right, true)
}

// group names what questions of the same document share.
func (q Question) group() string {
	if p := q.places(); len(p) > 0 {
		return p[len(p)-1].Doc
	}
	return q.ID
}

// Rank returns the rank of the first right document under these weights.
func (r Ranked) Rank(weights []float64) int {
	order := make([]int, len(r.Numbers))
	scores := make([]float64, len(r.Numbers))
	for i, x := range r.Numbers {
		order[i], scores[i] = i, dot(weights, x)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	seen := map[string]bool{}
	for _, i := range order {
		seen[r.documents[i]] = true
		if r.right[i] {
			return len(seen)
		}
	}
	return 0
}

// Vector returns the numbers of a struct of weights, parts or features, given
// by its address, in the order of its fields.
func Vector(of any) (out []float64) {
	index.Numbers(of, func(_ string, at *float64) { out = append(out, *at) })
	return out
}

// Names returns the names of these numbers.
func Names(of any) (out []string) {
	index.Numbers(of, func(name string, _ *float64) { out = append(out, name) })
	return out
}

// Assign gives the numbers of a struct these values.
func Assign(of any, values []float64) {
	i := 0
	index.Numbers(of, func(_ string, at *float64) { *at = values[i]; i++ })
}

// NewClauses makes a lesson of the clauses of a text that has the answer: right
// are those of which the answer has a part. It says false where the text has
// it not, or not in one piece.
func NewClauses(q Question, body string, clauses []index.StudiedClause) (Choice, bool) {
	c := Choice{Weight: 1, Group: q.group()}
	from, to, ok := locate(body, q.Answer)
	if !ok {
		return c, false
	}
	for _, cl := range clauses {
		c.Numbers = append(c.Numbers, Vector(&cl.Parts))
		c.Right = append(c.Right, cl.Start < to && from < cl.End)
	}
	return c, slices.Contains(c.Right, true) && slices.Contains(c.Right, false)
}

// NewJoins makes lessons of the clauses of a text beside the best one: whether
// they are in the answer; of one that is in part, as much of it as is.
func NewJoins(q Question, body string, clauses []index.StudiedClause) (out []Choice) {
	from, to, ok := locate(body, q.Answer)
	if !ok {
		return nil
	}
	for _, cl := range clauses {
		if !cl.Near || cl.End == cl.Start {
			continue
		}
		in := float64(max(0, min(cl.End, to)-max(cl.Start, from))) / float64(cl.End-cl.Start)
		for _, is := range []struct {
			holds  bool
			weight float64
		}{{true, in}, {false, 1 - in}} {
			if is.weight > 0 {
				out = append(out, YesOrNo(Vector(&cl.Join), is.holds, is.weight, q.group()))
			}
		}
	}
	return out
}

// locate finds an answer in a text, white space aside: its byte range.
func locate(text, answer string) (from, to int, ok bool) {
	answer = squeeze(answer)
	if answer == "" {
		return 0, 0, false
	}
	var squeezed strings.Builder
	var places []int // of each byte of squeezed
	for at, r := range text {
		if squeeze(string(r)) == "" {
			continue
		}
		n, _ := squeezed.WriteRune(r)
		for range n {
			places = append(places, at)
		}
	}
	at := strings.Index(squeezed.String(), answer)
	if at < 0 {
		return 0, 0, false
	}
	end := at + len(answer)
	if to = len(text); end < len(places) {
		to = places[end]
	}
	return places[at], to, true
}

// Right reports whether a hit stands where the answer is, or, where the answer
// is given word for word, has it in its passage or snippet: documents have
// twins.
func (q Question) Right(h index.Hit) bool {
	if handed(q.Status) {
		return false
	}
	s := Source{Document: h.Ref.Document, Anchor: h.Ref.Anchor}
	if slices.ContainsFunc(q.places(), s.at) {
		return true
	}
	answer := squeeze(q.Answer)
	return answer != "" && len(answer) >= 12 && (strings.Contains(squeeze(h.Snippet), answer) || strings.Contains(squeeze(h.Passage), answer))
}

// Says reports whether a text has the answer word for word, white space aside.
func (q Question) Says(text string) bool {
	answer := squeeze(q.Answer)
	return answer != "" && strings.Contains(squeeze(text), answer)
}

// Group names what must stay on one side of a cross-validation.
func (q Question) Group() string { return q.group() }

// Unanswerable reports whether the question is to be refused, as far as its
// golden status says.
func (q Question) Unanswerable() bool { return q.Status == "refused" }

// Answerable reports whether the question has an answer in the documents.
func (q Question) Answerable() bool { return !handed(q.Status) }

// Documents returns the documents that answer the question.
func (q Question) Documents() (ids []string) {
	for _, p := range q.documents() {
		ids = append(ids, p.Doc)
	}
	return ids
}
