package eval

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Report is what was measured. Shares are 0…1; of nothing they are 0.
type Report struct {
	Engine       string  `json:"engine"`
	Questions    int     `json:"questions"`
	Unanswerable int     `json:"unanswerable"`
	Hit1         float64 `json:"hit1"`
	Hit3         float64 `json:"hit3"`
	Lookup       bool    `json:"lookup,omitempty"`
	Found1       float64 `json:"found1,omitempty"` // of a Lookup: the index has the right document first,
	Found5       float64 `json:"found5,omitempty"` // and among the first five
	MRR10        float64 `json:"mrr10"`
	Place1       float64 `json:"place1"`     // right passage first, of the questions that name one
	InSnippet    float64 `json:"in_snippet"` // the answer stands in the first snippet
	InReply      float64 `json:"in_reply"`   // the answer stands in the reply, of those answered
	Direct       float64 `json:"direct"`     // ROUGE-L of the direct answer with the labelled one
	Candidates   float64 `json:"candidates"` // the right document is among the candidates
	Considered   float64 `json:"considered"` // candidates of a question, on average
	AUC          float64 `json:"refusal_auc"`
	Answered     float64 `json:"answered"`                      // of the questions with an answer
	Precision    float64 `json:"precision"`                     // right document first, of those answered
	Wrongly      float64 `json:"wrongly_answered"`              // of the unanswerable
	Explained    float64 `json:"explained,omitempty"`           // of those answered whose best answer is an interpretation: it comes first, its article second
	ExplainedN   int     `json:"explained_questions,omitempty"` // questions whose best answer is an interpretation
	ExplainedAll float64 `json:"explained_of_all,omitempty"`    // the same of all of these, answered or not
	Golden       float64 `json:"golden,omitempty"`              // right place or rightly refused
	GoldenN      int     `json:"golden_questions"`              //
	P50          float64 `json:"p50_ms"`                        //
	P99          float64 `json:"p99_ms"`                        //
	Understudy   int     `json:"understudy"`                    // questions that the embedded index answered in the engine's place
	Failed       int     `json:"failed"`                        // of these: the engine failed, and had not merely nothing to bring
	Curve        []Step  `json:"curve,omitempty"`               // what other thresholds would lead to
	Wrong        []Wrong `json:"wrong,omitempty"`               // golden questions that went wrong
}

// Wrong is a golden question that was not answered as it should be.
type Wrong struct {
	ID         string  `json:"id"`
	Question   string  `json:"question"`
	Want       string  `json:"want"`
	Got        string  `json:"got"`
	Confidence float64 `json:"confidence"`
	Said       string  `json:"said,omitempty"`
}

type measure struct {
	lookup                               bool
	n, hit1, hit3, inSnippet, withAnswer int
	found1, found5                       int
	placed, place1                       int
	mrr, direct                          float64
	curve                                Curve
	answered, answeredRight, inReply     int
	answeredWithAnswer                   int
	unanswerable, wrongly                int
	golden, goldenRight                  int
	best, bestAnswered, bestRight        int // questions whose best answer is an interpretation
	looked, considered                   int // questions with candidates, and their candidates
	findable, among                      int // questions whose document is in the index, and among the candidates
	understudy, failed                   int
	yes, no                              []float64 // confidences
	took                                 []time.Duration
	wrong                                []Wrong
}

// handed are the golden statuses of messages without an answer.
func handed(status string) bool {
	return status == "refused" || status == "redirected" || status == "emergency" || status == "smalltalk"
}

// asked counts what holds of every question.
func (m *measure) asked(out Outcome) {
	m.took = append(m.took, out.Took)
	if out.Candidates != nil {
		m.looked++
		m.considered += len(out.Candidates)
	}
	if out.Understudy {
		m.understudy++
	}
	if out.Failed {
		m.failed++
	}
}

func (m *measure) add(q Question, out Outcome) {
	m.asked(out)
	if q.Status != "" {
		m.golden++
		if ok, got := right(q, out); ok {
			m.goldenRight++
		} else {
			m.wrong = append(m.wrong, Wrong{q.ID, q.Question, want(q), got, out.Confidence, out.Text})
		}
	}
	if handed(q.Status) {
		if q.Status == "refused" {
			m.unanswerable++
			m.no = append(m.no, out.Confidence)
			m.curve.Add(out.Confidence, false, false)
			if out.Status == answered {
				m.wrongly++
			}
		}
		return
	}
	m.n++
	m.recalled(q, out)
	m.found(q, out)
	m.interpreted(q, out)
	m.yes = append(m.yes, out.Confidence)
	rank := rankOf(q, out.Sources)
	m.curve.Add(out.Confidence, true, rank == 1)
	switch {
	case rank == 1:
		m.hit1++
		fallthrough
	case rank > 0 && rank <= 3:
		m.hit3++
	}
	if rank > 0 && rank <= 10 {
		m.mrr += 1 / float64(rank)
	}
	if q.Anchor != "" || len(q.Docs) > 0 {
		m.placed++
		if len(out.Sources) > 0 && slices.ContainsFunc(q.places(), out.Sources[0].at) {
			m.place1++
		}
	}
	said := out.Status == answered
	if said {
		m.answered++
		if rank == 1 {
			m.answeredRight++
		}
	}
	m.text(q, out, said)
}

// found counts how high the index has a right document.
func (m *measure) found(q Question, out Outcome) {
	rank := slices.IndexFunc(out.Found, func(doc string) bool { return q.among([]string{doc}) })
	if rank == 0 {
		m.found1++
	}
	if rank >= 0 && rank < 5 {
		m.found5++
	}
	if m.lookup && rank != 0 {
		got := fmt.Sprintf("rank %d", rank+1)
		if len(out.Found) > 0 {
			got += ", first " + out.Found[0]
		}
		m.wrong = append(m.wrong, Wrong{q.ID, q.Question, want(q), got, out.Confidence, out.Text})
	}
}

// interpreted counts a question whose best answer is an interpretation.
func (m *measure) interpreted(q Question, out Outcome) {
	if q.Best != byInterpretation {
		return
	}
	m.best++
	if out.Status == answered {
		m.bestAnswered++
	}
	if explained(q, out) {
		m.bestRight++
	}
}

// recalled looks for a right document among the candidates.
func (m *measure) recalled(q Question, out Outcome) {
	if len(q.documents()) == 0 {
		return
	}
	m.findable++
	if q.among(out.Candidates) {
		m.among++
	}
}

// text looks for the answer's words, white space aside.
func (m *measure) text(q Question, out Outcome, said bool) {
	answer := squeeze(q.Answer)
	if answer == "" {
		return
	}
	m.withAnswer++
	m.direct += RougeL(out.Direct, q.Answer)
	if len(out.Sources) > 0 && strings.Contains(squeeze(out.Sources[0].Snippet), answer) {
		m.inSnippet++
	}
	if said {
		m.answeredWithAnswer++
		if strings.Contains(squeeze(out.Text), answer) {
			m.inReply++
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func (m *measure) refuse(out Outcome) {
	m.asked(out)
	m.unanswerable++
	m.no = append(m.no, out.Confidence)
	m.curve.Add(out.Confidence, false, false)
	if out.Status == answered {
		m.wrongly++
	}
}

func (m *measure) report() Report {
	slices.Sort(m.took)
	r := Report{
		Questions: m.n, Lookup: m.lookup, Unanswerable: m.unanswerable,
		Hit1: ratio(m.hit1, m.n), Hit3: ratio(m.hit3, m.n), MRR10: m.mrr / float64(max(1, m.n)),
		Place1:    ratio(m.place1, m.placed),
		InSnippet: ratio(m.inSnippet, m.withAnswer), InReply: ratio(m.inReply, m.answeredWithAnswer),
		Direct: m.direct / float64(max(1, m.withAnswer)), Curve: m.curve.Steps(),
		Candidates: ratio(m.among, m.findable), Considered: ratio(m.considered, m.looked), Understudy: m.understudy, Failed: m.failed,
		AUC: AUC(m.yes, m.no), Answered: ratio(m.answered, m.n),
		Precision: ratio(m.answeredRight, m.answered), Wrongly: ratio(m.wrongly, m.unanswerable),
		Explained: ratio(m.bestRight, m.bestAnswered), ExplainedAll: ratio(m.bestRight, m.best), ExplainedN: m.best,
		Golden: ratio(m.goldenRight, m.golden), GoldenN: m.golden,
		P50: quantile(m.took, .5), P99: quantile(m.took, .99), Wrong: m.wrong,
	}
	if m.lookup {
		r.Found1, r.Found5 = ratio(m.found1, m.n), ratio(m.found5, m.n)
	}
	return r
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := min(len(sorted)-1, int(q*float64(len(sorted))))
	return float64(sorted[i].Microseconds()) / 1000
}

// AUC returns the probability that a question with an answer has a higher
// confidence than one without; ties count half. It is 0 where either is
// missing.
func AUC(yes, no []float64) float64 {
	if len(yes) == 0 || len(no) == 0 {
		return 0
	}
	no = slices.Sorted(slices.Values(no))
	sum := 0.0
	for _, y := range yes {
		below, _ := slices.BinarySearchFunc(no, y, func(a, b float64) int { return cmp.Compare(a, b) })
		above, _ := slices.BinarySearchFunc(no, y, func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		sum += float64(below) + float64(above-below)/2
	}
	return sum / float64(len(yes)) / float64(len(no))
}
