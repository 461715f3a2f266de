package eval

// Comparison is how the same questions came out on two engines.
type Comparison struct {
	All        Agreement   `json:"all"`        // questions for which either has a source
	Answerable Agreement   `json:"answerable"` // of these, the ones that have an answer
	Answered   Agreement   `json:"answered"`   // of all, the ones that either answered
	SameReply  float64     `json:"same_reply"` // of every question: the reply is the same, word for word
	Different  []Different `json:"different,omitempty"`
}

// Agreement is for which share of questions the same document and passage
// comes first.
type Agreement struct {
	Questions int     `json:"questions"`
	SameFirst float64 `json:"same_first_source"`
	same      int
}

// Different is a question whose first source is not the same.
type Different struct {
	ID       string  `json:"id"`
	Question string  `json:"question"`
	Want     string  `json:"want,omitempty"`
	Sides    [2]Side `json:"sides"`
}

// Side is what one of the engines led to.
type Side struct {
	Got        string  `json:"got"` // the status with the first source
	Confidence float64 `json:"confidence"`
	Rank       int     `json:"rank"` // of the first right document; 0 where there is none
	Lost       bool    `json:"lost"` // there is a right document, and none is among the candidates
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
		same := first(a[i]) == first(b[i])
		c.All.add(same)
		if i < len(s.Questions) && !handed(q.Status) {
			c.Answerable.add(same)
		}
		if a[i].Status == answered || b[i].Status == answered {
			c.Answered.add(same)
		}
		if !same {
			c.Different = append(c.Different, Different{
				ID: q.ID, Question: q.Question, Want: s.want(i), Sides: [2]Side{side(q, a[i]), side(q, b[i])},
			})
		}
	}
	for _, part := range []*Agreement{&c.All, &c.Answerable, &c.Answered} {
		part.SameFirst = ratio(part.same, part.Questions)
	}
	c.SameReply = ratio(replies, len(questions))
	return c
}

func (a *Agreement) add(same bool) {
	a.Questions++
	if same {
		a.same++
	}
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
		Lost: !handed(q.Status) && len(q.documents()) > 0 && !q.among(o.Candidates),
	}
}
