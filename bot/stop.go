package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Stop is a switch that staff threw: automatic answers of an account, or of
// all, are held back, on one topic or on everything. Its record stays after it
// was lifted.
type Stop struct {
	ID      int64     `json:"id"`
	Account string    `json:"account"` // "" is all accounts
	Topic   string    `json:"topic"`   // as documents spell it; "" is everything
	Reason  string    `json:"reason"`  // for staff: citizens are not told
	By      string    `json:"by"`
	At      time.Time `json:"at"`

	LiftedBy     string    `json:"lifted_by,omitempty"`
	LiftedReason string    `json:"lifted_reason,omitempty"`
	LiftedAt     time.Time `json:"lifted_at,omitzero"` // zero: it stands
}

// Stands reports whether the stop holds answers back.
func (s Stop) Stands() bool { return s.LiftedAt.IsZero() }

// Stops tells what stands now: a store. What another process wrote is seen
// within a second.
type Stops interface {
	StandingStops(ctx context.Context) ([]Stop, error)
}

var (
	// ErrStopped says that the same stop stands already.
	ErrStopped = errors.New("bot: stopped already")
	// ErrNotStopped says that there is no such stop to lift.
	ErrNotStopped = errors.New("bot: not stopped")
)

// Limits on what staff write about a stop, in characters.
const (
	maxStopReason = 500
	maxStopBy     = 100
	maxTopicName  = 60
)

// CheckStopWords refuses a reason or a name that is missing, too long, or not
// plain text in one line. A lifting needs no reason.
func CheckStopWords(reason, by string, reasonNeeded bool) error {
	for _, f := range []struct {
		name, value string
		most        int
		needed      bool
	}{{"reason", reason, maxStopReason, reasonNeeded}, {"name", by, maxStopBy, true}} {
		switch {
		case f.needed && strings.TrimSpace(f.value) == "":
			return fmt.Errorf("the %s is empty: it is kept with the stop", f.name)
		case utf8.RuneCountInString(f.value) > f.most:
			return fmt.Errorf("the %s has more than %d characters", f.name, f.most)
		case !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, unicode.IsControl):
			return fmt.Errorf("the %s has to be one line of plain text", f.name)
		}
	}
	return nil
}

// KnownTopic returns the topic among known that is meant, whatever its width,
// case and blanks. Its error says which topics there are: those most like it
// first.
func KnownTopic(meant string, known []string) (string, error) {
	want := topicForm(meant)
	for _, t := range known {
		if topicForm(t) == want && want != "" {
			return t, nil
		}
	}
	shown := firstRunes(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(meant, "?")), maxTopicName)
	if len(known) == 0 {
		return "", fmt.Errorf("unknown topic %q: no published document has a topic yet", shown)
	}
	const most = 30
	near := nearest(meant, known)
	if len(near) > 0 {
		return "", fmt.Errorf("unknown topic %q: do you mean %s?", shown, strings.Join(near[:min(len(near), 5)], ", "))
	}
	list := strings.Join(known[:min(len(known), most)], ", ")
	if len(known) > most {
		list += fmt.Sprintf(" and %d more", len(known)-most)
	}
	return "", fmt.Errorf("unknown topic %q: the topics of the published documents are %s", shown, list)
}

// nearest returns the topics that share letters with what was meant, those
// that share most first.
func nearest(meant string, known []string) []string {
	type scored struct {
		topic string
		score float64
	}
	meant = firstRunes(topicForm(meant), maxTopicName)
	var near []scored
	for _, t := range known {
		form := topicForm(t)
		n := 0
		for _, r := range form {
			if strings.ContainsRune(meant, r) {
				n++
			}
		}
		if all := utf8.RuneCountInString(form) + utf8.RuneCountInString(meant); n > 0 {
			near = append(near, scored{t, 2 * float64(n) / float64(all)})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	out := make([]string, len(near))
	for i, s := range near {
		out[i] = s.topic
	}
	return out
}

// topicForm is what topics are compared by.
func topicForm(s string) string {
	return strings.Map(func(r rune) rune {
		if r = index.Fold(r); r == 0 {
			return -1
		}
		return r
	}, norm.NFKC.String(s))
}

// stopped is what is held back of one account now. The zero value holds
// nothing.
type stopped struct {
	all    bool
	topics []heldTopic
}

type heldTopic struct{ name, form string }

// stoppedOf picks an account's out of what stands.
func stoppedOf(account string, standing []Stop) (s stopped) {
	for _, one := range standing {
		switch {
		case !one.Stands() || one.Account != "" && one.Account != account:
		case one.Topic == "":
			s.all = true
		default:
			s.topics = append(s.topics, heldTopic{one.Topic, topicForm(one.Topic)})
		}
	}
	return s
}

// holds returns the stopped topic that a document is of.
func (s stopped) holds(d corpus.Document) (topic string, ok bool) {
	for _, held := range s.topics {
		for _, t := range d.Topics {
			if topicForm(t) == held.form {
				return held.name, true
			}
		}
	}
	return "", false
}

// named returns the stopped topic that a question names. One letter names
// nothing.
func (s stopped) named(asked string) (topic string, ok bool) {
	if len(s.topics) == 0 {
		return "", false
	}
	asked = topicForm(asked)
	for _, held := range s.topics {
		if utf8.RuneCountInString(held.form) > 1 && strings.Contains(asked, held.form) {
			return held.name, true
		}
	}
	return "", false
}

// reasonStopped is the reason of replies that a stop holds back.
const reasonStopped = "stopped"

// stops reads what is held back of the turn's account.
func (t *turn) stops(ctx context.Context) (stopped, error) {
	if t.r.Stops == nil {
		return stopped{}, nil
	}
	standing, err := t.r.Stops.StandingStops(ctx)
	if err != nil {
		return stopped{}, fmt.Errorf("bot: stops: %w", err)
	}
	return stoppedOf(t.acc.Name, standing), nil
}

// heldBack answers for an account that is stopped altogether, and notes which
// topics are. It holds nothing back that passes.
func (t *turn) heldBack(ctx context.Context) (Reply, bool, error) {
	if t.passes() {
		return Reply{}, false, nil
	}
	var err error
	if t.held, err = t.stops(ctx); err != nil || !t.held.all {
		return Reply{}, false, err
	}
	return t.say(Redirected, reasonStopped, sayAccountStopped(t.acc)), true, nil
}

// passes reports whether a message gets through whatever is stopped: who is in
// danger, who leaves, and who wants to see or delete what is kept of them.
func (t *turn) passes() bool {
	return t.q.Kind == Unsubscribe || t.q.Kind == Ignored || t.r.cues().alarmed(t.q) || WantsRecords(t.q) != NoRecords
}

// alarmed reports whether a message as it was sent speaks of danger to life.
func (k cues) alarmed(q Question) bool {
	switch q.Kind {
	case Text, Voice:
		return q.Text != "" && k.inDanger(Clean(q.Text))
	}
	return false
}

// stoppedReply is the reply to what rests on, or asks for, a stopped topic.
func (f *findings) stoppedReply(topic string) Reply {
	return f.reply(Redirected, reasonStopped, sayTopicStopped(f.t.acc, topic))
}

// stoppedTopic returns the stopped topic that a question names, or that its
// first hit is of, which the reply would rest on.
func (f *findings) stoppedTopic() (topic string, ok bool) {
	if topic, ok = f.t.held.named(f.asked); ok {
		return topic, true
	}
	if len(f.hits) > 0 && f.Confidence >= f.t.acc.ChooseAt {
		return f.t.held.holds(f.hits[0].Document)
	}
	return "", false
}

// isStopped reports whether a reply is one of a stop's.
func (r Reply) isStopped() bool { return r.Status == Redirected && r.Reason == reasonStopped }

func sayAccountStopped(a Account) string {
	return "这个账号暂停自动回答，暂时不能在这里答您。\n\n有事请打" + a.Hotline + "。有危险请打报警110 · 火警119 · 急救120。"
}

func sayTopicStopped(a Account, topic string) string {
	return "关于“" + oneLine(topic, maxTopicName) + "”的自动回答暂停了，暂时不能在这里答您。\n\n这方面的事请打" + a.Hotline + "，别的事照常可以问。"
}
