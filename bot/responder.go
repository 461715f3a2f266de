package bot

import (
	"context"
	"log/slog"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Finder finds passages: an index.Shelf.
type Finder interface {
	Find(ctx context.Context, q index.Query) (index.Result, error)
}

// Library reads published documents: a corpus.Store.
type Library interface {
	Live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error)
}

// Memory remembers a person's last turn: a LedgerJournal.
type Memory interface {
	Recent(ctx context.Context, account, person string, since time.Time) (Recent, error)
}

// Account is one public account and how it answers.
type Account struct {
	Name     string // in addresses: default
	Title    string // as citizens know it: 青岚发布
	Region   string // 青岚市; "" filters no places
	BaseURL  string // where our pages are: https://policy.example.gov.cn
	Hotline  string // 12345
	Own      bool   // answer only from one's own documents, not from the sample
	AnswerAt float64
	ChooseAt float64
}

// Thresholds of confidence where an account sets none: at AnswerAt nine of ten
// answerable questions are answered.
const (
	DefaultAnswerAt = .30
	DefaultChooseAt = .15
	DefaultHotline  = "12345"
)

// Config is what a Responder needs. Accounts returns the account of that
// name; Memory may be nil.
type Config struct {
	Finder   Finder
	Register index.Register
	Library  Library
	Memory   Memory
	Accounts func(name string) Account
	Now      func() time.Time
	Log      *slog.Logger
}

// Responder turns questions into replies.
type Responder struct{ Config }

// NewResponder returns a Responder over c.
func NewResponder(c Config) *Responder { return &Responder{c} }

// remembered is how long the choices of a reply can be answered by number.
const remembered = 10 * time.Minute

// Answer never fails: an error becomes an honest reply. It asks of today.
func (r *Responder) Answer(ctx context.Context, q Question) Reply {
	return r.AnswerOn(ctx, q, corpus.DayOf(r.Now()))
}

// AnswerOn answers as of a day.
func (r *Responder) AnswerOn(ctx context.Context, q Question, day corpus.Date) Reply {
	t := &turn{r: r, q: q, acc: r.account(q.Account), day: day}
	reply, err := t.reply(ctx)
	if err != nil {
		r.Log.Error("answer failed", "account", q.Account, "err", err.Error())
		return Reply{Status: Failed, Reason: "error", Text: sayTrouble(t.acc)}
	}
	return reply
}

func (r *Responder) account(name string) Account {
	a := r.Accounts(name)
	if a.AnswerAt == 0 {
		a.AnswerAt = DefaultAnswerAt
	}
	if a.ChooseAt == 0 {
		a.ChooseAt = DefaultChooseAt
	}
	if a.Hotline == "" {
		a.Hotline = DefaultHotline
	}
	return a
}

// turn is one question on its way to its reply.
type turn struct {
	r   *Responder
	q   Question
	acc Account
	day corpus.Date
}

func (t *turn) reply(ctx context.Context) (Reply, error) {
	switch t.q.Kind {
	case Subscribe:
		return t.say(SmallTalk, "subscribe", sayWelcome(t.acc)), nil
	case Media:
		return t.say(SmallTalk, "media", sayMedia()), nil
	case Location:
		return t.say(SmallTalk, "location", sayLocation()), nil
	case Click:
		if t.q.Text == "" {
			t.q.Text = t.q.Menu
		}
	case Unsubscribe, Ignored:
		return t.say(SmallTalk, "event", sayWelcome(t.acc)), nil
	}
	text := Clean(t.q.Text)
	if t.q.Kind == Voice && letters(text) == 0 {
		return t.say(SmallTalk, "voice", sayVoice()), nil
	}
	if letters(text) == 0 {
		return t.say(SmallTalk, "empty", sayEmpty()), nil
	}
	if InDanger(text) {
		return t.say(Emergency, "danger", sayEmergency(text)), nil
	}
	if n, ok := Digit(text); ok {
		return t.number(ctx, n)
	}
	return t.text(ctx, text)
}

func (t *turn) text(ctx context.Context, text string) (Reply, error) {
	asked := Substance(text)
	if asked == "" {
		asked = text
	}
	switch smallTalk(asked) {
	case "hello":
		return t.say(SmallTalk, "hello", sayHello(t.acc)), nil
	case "thanks":
		return t.say(SmallTalk, "thanks", sayThanks()), nil
	case "bye":
		return t.say(SmallTalk, "bye", sayBye()), nil
	case "who":
		return t.say(SmallTalk, "who", sayWho(t.acc)), nil
	case "human":
		return t.say(Redirected, "human", sayHuman(t.acc)), nil
	}
	switch {
	case Substance(text) == "" && len(thanksIn(text)) > 0:
		return t.say(SmallTalk, "thanks", sayThanks()), nil
	case Substance(text) == "":
		return t.say(SmallTalk, "hello", sayHello(t.acc)), nil
	case complains(text) >= complaintAt:
		return t.redirect(ctx, asked, "complaint", sayComplaint(t.acc))
	}
	if place, ok := t.elsewhere(asked); ok {
		return t.redirect(ctx, asked, "elsewhere", sayElsewhere(t.acc, place))
	}
	if parts := Split(asked); len(parts) > 1 {
		if reply, ok, err := t.several(ctx, parts); ok || err != nil {
			return reply, err
		}
	}
	return t.one(ctx, asked)
}

func thanksIn(text string) string {
	for _, w := range thanks {
		if len(w) <= len(text) && containsAny(text, []string{w}) {
			return w
		}
	}
	return ""
}

// elsewhere returns the place whose rules a question asks for, where that is
// not the account's.
func (t *turn) elsewhere(text string) (string, bool) {
	if t.acc.Region == "" {
		return "", false
	}
	own := index.PlacesIn(t.acc.Region)
	for _, place := range index.PlaceNames(text) {
		if index.PlacesIn(place)&own == 0 && aboutElsewhere(text, place, t.acc.Region) {
			return place, true
		}
	}
	return "", false
}

// say makes a reply that rests on no document.
func (t *turn) say(s Status, reason, text string) Reply {
	return Reply{Status: s, Reason: reason, Text: text}
}

// redirect hands over, and still notes what would have been found.
func (t *turn) redirect(ctx context.Context, asked, reason, text string) (Reply, error) {
	found, err := t.find(ctx, asked, t.day)
	if err != nil {
		return Reply{}, err
	}
	reply := found.reply(Redirected, reason, text)
	return reply, nil
}

// one answers a message of one question.
func (t *turn) one(ctx context.Context, asked string) (Reply, error) {
	found, err := t.find(ctx, asked, t.day)
	if err != nil {
		return Reply{}, err
	}
	if reply, ok, err := t.outdated(ctx, asked, found); ok || err != nil {
		return reply, err
	}
	switch {
	case len(found.hits) == 0:
		return found.reply(Refused, "nothing", sayNotFound(t.acc, nil)), nil
	case bare(asked) && len(found.choices(4)) > 1:
		return t.choose(found), nil
	case found.Confidence >= t.acc.AnswerAt:
		return t.answer(ctx, found, answerBudget)
	case found.Confidence >= t.acc.ChooseAt:
		return t.choose(found), nil
	}
	return t.refuse(found), nil
}

// bare reports whether a message is a mere word, 社保: it names a subject and
// asks nothing of it yet.
func bare(asked string) bool {
	return letters(asked) <= 4 && !containsAny(asked, []string{"吗", "么", "怎", "咋", "哪", "啥", "?", "几", "多", "谁"})
}

func (t *turn) choose(f *findings) Reply {
	choices := f.choices(4)
	if len(choices) < 2 {
		return t.refuse(f)
	}
	reply := f.reply(Choose, "unsure", sayChoose(choices))
	reply.Choices = choices
	return reply
}

func (t *turn) refuse(f *findings) Reply {
	choices := f.choices(2)
	reply := f.reply(Refused, "unsure", sayNotFound(t.acc, choices))
	reply.Choices = choices
	return reply
}

// several answers up to three questions of one message. ok is false where
// they are better answered as one.
func (t *turn) several(ctx context.Context, parts []string) (Reply, bool, error) {
	var replies []Reply
	var first *findings
	seen := map[string]bool{}
	answered := 0
	for i, p := range parts {
		found, err := t.find(ctx, p, t.day)
		if err != nil {
			return Reply{}, false, err
		}
		if i == 0 {
			first = found
		} else if found, err = t.following(ctx, first, found, p); err != nil {
			return Reply{}, false, err
		}
		if len(found.hits) == 0 || found.Confidence < t.acc.AnswerAt {
			replies = append(replies, found.reply(Refused, "unsure", ""))
			continue
		}
		top := found.hits[0].Ref
		if key := top.Document + "#" + top.Anchor; seen[key] {
			continue
		} else {
			seen[key] = true
		}
		reply, err := t.answer(ctx, found, answerBudget/len(parts))
		if err != nil {
			return Reply{}, false, err
		}
		answered++
		replies = append(replies, reply)
	}
	if len(replies) < 2 || answered == 0 {
		return Reply{}, false, nil
	}
	return joinReplies(t.acc, parts, replies), true, nil
}

// following finds what a later question of a message asks: 要带什么材料 alone
// lacks its subject, which the first one named. Where the document that
// answers the first has about as much of it as any other, that is what was
// meant, unless the question alone is clear.
func (t *turn) following(ctx context.Context, first, alone *findings, asked string) (*findings, error) {
	const clear, asMuch = .6, .75
	if alone.Confidence >= clear || len(first.hits) == 0 || first.Confidence < t.acc.AnswerAt {
		return alone, nil
	}
	in, err := t.findWithin(ctx, asked, t.day, first.hits[0].Ref.Document)
	if err != nil || len(in.hits) == 0 {
		return alone, err
	}
	other := 0.0
	if len(alone.hits) > 0 {
		other = alone.hits[0].Parts.Window3
	}
	has := in.hits[0].Parts.Window3
	if in.hits[0].Ref.Anchor == first.hits[0].Ref.Anchor || has == 0 || has < asMuch*other {
		return alone, nil
	}
	in.Confidence = first.Confidence
	return in, nil
}

// number opens what a number stood for in the last reply.
func (t *turn) number(ctx context.Context, n int) (Reply, error) {
	if t.r.Memory == nil || t.q.Person == "" {
		return t.say(SmallTalk, "number", sayNoChoices()), nil
	}
	last, err := t.r.Memory.Recent(ctx, t.q.Account, t.q.Person, t.r.Now().Add(-remembered))
	if err != nil {
		return Reply{}, err
	}
	switch {
	case len(last.Choices) == 0:
		return t.say(SmallTalk, "number", sayNoChoices()), nil
	case n == 0:
		return t.say(Refused, "none", sayNotFound(t.acc, nil)), nil
	case n > len(last.Choices):
		reply := t.say(Choose, "number", sayChoose(last.Choices))
		reply.Choices = last.Choices
		return reply, nil
	}
	c := last.Choices[n-1]
	if c.Ref == "" {
		return t.one(ctx, c.Ask)
	}
	return t.open(ctx, c)
}
