package eval

import "slices"

// Comparison is how the same questions came out on two engines.
type Comparison struct {
	Compared  int         `json:"compared"`          // questions for which either has a source
	SameFirst float64     `json:"same_first_source"` // of these: the same document and passage comes first
	SameReply float64     `json:"same_reply"`        // of all questions: the reply is the same, word for word
	Different []Different `json:"different,omitempty"`
}

// Different is a question whose first source is not the same. A side is its
// status with that source.
type Different struct {
	ID       string  `json:"id"`
	Question string  `json:"question"`
	Want     string  `json:"want,omitempty"`
	Sides    [2]Side `json:"sides"`
}

// Side is what one of the engines led to.
type Side struct {
	Got        string  `json:"got"`
	Confidence float64 `json:"confidence"`
	Rank       int     `json:"rank"`      // of the first right document; 0 where there is none
	Candidate  bool    `json:"candidate"` // a right document is among the candidates
}

// Compare sets the outcomes of two runs of the set side by side.
func (s Set) Compare(a, b []Outcome) Comparison {
	var c Comparison
	questions, replies := s.all(), 0
	for i, q := range questions {
		if a[i].Status == b[i].Status && a[i].Text == b[i].Text {
			replies++
		}
		if len(a[i].Sources)+len(b[i].Sources) == 0 {
			continue
		}
		c.Compared++
		if first(a[i]) == first(b[i]) {
			continue
		}
		c.Different = append(c.Different, Different{
			ID: q.ID, Question: q.Question, Want: s.want(i), Sides: [2]Side{side(q, a[i]), side(q, b[i])},
		})
	}
	c.SameFirst = ratio(c.Compared-len(c.Different), c.Compared)
	c.SameReply = ratio(replies, len(questions))
	return c
}

// first names an outcome's first source; it is empty where there is none.
func first(o Outcome) Place {
	if len(o.Sources) == 0 {
		return Place{}
	}
	return Place{Doc: o.Sources[0].Document, Anchor: o.Sources[0].Anchor}
}

// want is "" for the unanswerable.
func (s Set) want(i int) string {
	if i >= len(s.Questions) {
		return ""
	}
	return want(s.Questions[i])
}

func side(q Question, o Outcome) Side {
	got := o.Status
	if f := first(o); f.Doc != "" {
		got += " " + f.Doc + "#" + f.Anchor
	}
	return Side{
		Got: got, Confidence: o.Confidence, Rank: rankOf(q, o.Sources),
		Candidate: slices.ContainsFunc(q.places(), func(p Place) bool { return slices.Contains(o.Candidates, p.Doc) }),
	}
}
