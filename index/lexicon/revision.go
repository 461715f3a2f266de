package lexicon

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/index"
)

var (
	// ErrNotFound says that there is no such revision.
	ErrNotFound = errors.New("lexicon: no such revision")
	// ErrMoved says that another revision was put live meanwhile.
	ErrMoved = errors.New("lexicon: another revision was put live meanwhile")
	// ErrUntried says that a revision lacks the trial that its promotion needs.
	ErrUntried = errors.New("lexicon: not tried")
	// ErrFirst says that there is nothing to go back to.
	ErrFirst = errors.New("lexicon: nothing was live before")
)

// Revision is a lexicon as the store keeps it: it never changes. Revision 0
// comes with the program.
type Revision struct {
	Number int       `json:"revision"`
	Parent int       `json:"parent"` // what was live when it was made
	Author string    `json:"author"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at,omitzero"`
	Sum    string    `json:"sum"`
	Count  int       `json:"entries"`
}

// Lexicon makes the index's lexicon of a revision's entries, which is named by
// the revision's number and a digest.
func (r Revision) Lexicon(all []Entry) *index.Lexicon {
	l := Words(all).Lexicon()
	if r.Number > 0 {
		l.Revision = fmt.Sprintf("%d-%s", r.Number, l.Revision)
	}
	return l
}

// Trial is the outcome of golden questions that were asked under what was live
// and under a revision.
type Trial struct {
	ID        int64     `json:"id"`
	Revision  int       `json:"revision"`
	Sum       string    `json:"sum"`
	Against   int       `json:"against"` // what was live
	Seq       int64     `json:"seq"`     // the newest change of a document
	Author    string    `json:"author"`
	Questions int       `json:"questions"`
	Better    int       `json:"better"`
	Worse     int       `json:"worse"`
	Changed   int       `json:"changed"`
	Verdicts  []Verdict `json:"verdicts,omitempty"`
	At        time.Time `json:"at"`
}

// Verdict is what became of one question of a trial.
type Verdict struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
}

// Allows says why a trial does not allow a promotion while a revision is live
// and the corpus has changed up to seq; nil where it does.
func (t Trial) Allows(live int, seq int64) error {
	switch {
	case t.ID == 0:
		return fmt.Errorf("%w: run 'policybot lexicon try' first", ErrUntried)
	case t.Against != live:
		return fmt.Errorf("%w against revision %d, which is live now: run 'policybot lexicon try' again", ErrUntried, live)
	case t.Seq != seq:
		return fmt.Errorf("%w on the documents of now, which have changed since: run 'policybot lexicon try' again", ErrUntried)
	case t.Questions == 0:
		return fmt.Errorf("%w with a single question", ErrUntried)
	case t.Worse > 0:
		return fmt.Errorf("%w with success: %d of %d questions got worse", ErrUntried, t.Worse, t.Questions)
	}
	return nil
}

// Switch is a revision that was put live.
type Switch struct {
	ID       int64     `json:"id"`
	Revision int       `json:"revision"`
	Before   int       `json:"before"`
	Back     bool      `json:"rollback,omitempty"`
	Author   string    `json:"author"`
	Reason   string    `json:"reason"`
	Trial    int64     `json:"trial,omitempty"` // 0: without one
	At       time.Time `json:"at"`
}

// Previous returns what was live before the revision that is live now was
// promoted. switches are all there were, oldest first. ErrFirst where nothing
// was.
func Previous(switches []Switch) (int, error) {
	if len(switches) == 0 {
		return 0, ErrFirst
	}
	live := switches[len(switches)-1].Revision
	for i := len(switches) - 1; i >= 0; i-- {
		if s := switches[i]; s.Revision == live && !s.Back {
			return s.Before, nil
		}
	}
	return 0, ErrFirst
}

// CheckText refuses a reason or a name that is missing, too long, or not plain
// text in one line.
func CheckText(name, value string, most int) error {
	switch {
	case strings.TrimSpace(value) == "":
		return fmt.Errorf("the %s is empty: it is kept with the revision", name)
	case utf8.RuneCountInString(value) > most:
		return fmt.Errorf("the %s has more than %d characters", name, most)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Errorf("the %s has to be one line of plain text", name)
	}
	return nil
}
