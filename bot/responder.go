package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
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

// Forgetter removes what is remembered of a person, and says of how many
// messages: a LedgerJournal.
type Forgetter interface {
	Forget(ctx context.Context, account, person string) (removed int, err error)
}

// Account is one public account and how it answers.
type Account struct {
	Name     string // in addresses: default
	Title    string // as citizens know it: 青岚发布
	Greeting string // said to who subscribes, before what may be asked; "" is ours
	Agency   string // the agency whose account it is: 青岚市民政局; "" is none in particular
	Region   string // 青岚市; "" filters no places
	BaseURL  string // where our pages are: https://policy.example.gov.cn
	Hotline  string // 12345
	Own      bool   // answer only from one's own documents, not from the sample
	Links    Links
	AnswerAt float64
	ChooseAt float64
}

// Links says where the links of an account's replies lead.
type Links string

// The styles of links.
const (
	OurPages Links = "page"     // our page of the document, at the passage; also ""
	Official Links = "official" // the document's official address where it has one, else our page
)

// Thresholds of confidence where an account sets none: at AnswerAt five of six
// answerable questions are answered.
const (
	DefaultAnswerAt = .21
	DefaultChooseAt = .12
	DefaultHotline  = "12345"
)

// Config is what a Responder needs. Accounts returns the account of that
// name. Memory may be nil: then no number is understood; Keeper too: then
// nothing is kept that an unsubscriber wants forgotten.
type Config struct {
	Finder    Finder
	Register  index.Register
	Library   Library
	Memory    Memory
	Keeper    Keeper
	Catalogue Catalogue                // nil: documents are not found by their number
	Agencies  func() *corpus.Directory // the newest; nil: no agencies are known
	Calendar  Calendar                 // nil: no holidays are known
	Stops     Stops                    // nil: nothing is ever stopped
	Pins      Pins                     // nil: nothing is ever pinned
	Verdicts  Verdicts                 // nil: none are taken
	Limiter   Limiter                  // nil: nobody is limited
	Cues      func() *Cues             // the newest; nil: those that come with the program
	Lexicon   func() *index.Lexicon    // the newest, for its places; nil: those that come with the program
	// Differences remembers documents that contradict each other; nil: none are
	// remembered.
	Differences *Differences
	// Respell mends the misspelt words of a text, none of them in a name, and says
	// which; nil mends nothing.
	Respell  func(text string, names []string) (string, []Respelt)
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
// It counts the message to its sender's, who gets no answer to too many.
func (r *Responder) Answer(ctx context.Context, q Question) Reply {
	if reply, over := r.limited(ctx, q); over {
		return reply
	}
	return r.AnswerOn(ctx, q, corpus.DayOf(r.Now()))
}

// AnswerOn answers as of a day.
func (r *Responder) AnswerOn(ctx context.Context, q Question, day corpus.Date) Reply {
	t := &turn{r: r, q: q, acc: r.account(q.Account), day: day}
	reply, err := t.reply(ctx)
	if err != nil {
		r.Log.Error("answer failed", "account", q.Account, "err", err.Error())
		return Reply{Status: Failed, Reason: "error", Text: sayTrouble(t.acc, t.who(Substance(withoutPrivate(Clean(q.Text))), nil))}
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

	held       stopped
	understood Understood              // the message; zero where it is not a text
	respelt    []Respelt               // what was taken for another word, and has to be said
	read       map[string]liveDocument // what was read for this question
	before     *Recent                 // what was remembered of the sender; nil before that is asked for
}

func (t *turn) reply(ctx context.Context) (Reply, error) {
	if reply, ok, err := t.heldBack(ctx); ok || err != nil {
		return reply, err
	}
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
	case Unsubscribe:
		return t.unsubscribed(ctx)
	case Ignored:
		return t.say(SmallTalk, "event", sayWelcome(t.acc)), nil
	}
	text := Clean(t.q.Text)
	if t.q.Kind == Voice && letters(text) == 0 {
		return t.say(SmallTalk, "voice", sayVoice()), nil
	}
	if letters(text) == 0 {
		return t.say(SmallTalk, "empty", sayEmpty()), nil
	}
	if t.r.cues().inDanger(text) {
		return t.danger(ctx, text), nil
	}
	if reply, ok, err := t.records(ctx); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.judged(ctx, text); ok || err != nil {
		return reply, err
	}
	if n, ok := Digit(text); ok {
		return t.number(ctx, n)
	}
	reply, err := t.text(ctx, text)
	if err == nil {
		reply, err = t.oncemore(ctx, text, reply)
	}
	if note := sayRespelt(t.respelt); note != "" && (reply.Status == Answered || reply.Status == Choose) && len(note)+len(reply.Text) <= answerBudget {
		reply.Text = note + reply.Text
	}
	if soothed := reply.Status == Answered || reply.Status == Choose || reply.Status == Refused; soothed && upset(text) && len(sayUpset)+len(reply.Text) <= answerBudget {
		reply.Text = sayUpset + reply.Text
	}
	return reply, err
}

// unsubscribed forgets the person. The platform shows no reply to an
// unsubscriber; this one is for the journal.
func (t *turn) unsubscribed(ctx context.Context) (Reply, error) {
	if t.r.Keeper != nil && t.q.Person != "" {
		if _, err := t.r.Keeper.Forget(ctx, t.q.Account, t.q.Person); err != nil {
			return Reply{}, fmt.Errorf("bot: what an unsubscriber said is not removed: %w", err)
		}
	}
	return t.say(SmallTalk, "unsubscribe", sayBye()), nil
}

func (t *turn) text(ctx context.Context, text string) (Reply, error) {
	if reply, ok := t.unasked(text); ok {
		return reply, nil
	}
	text = t.respell(withAges(withoutPrivate(text)))
	t.understood = Understand(text, t.names())
	asked := t.understood.Asked
	if reply, ok := t.chat(text, asked); ok {
		return reply, nil
	}
	if reply, ok, err := t.pinned(ctx, text, asked); ok || err != nil {
		return reply, err
	}
	asked, rude := t.r.cues().calm(asked)
	if rude && letters(subject(asked)) < 2 {
		return t.say(SmallTalk, "abuse", sayCalm(t.acc)), nil
	}
	if reply, ok, err := t.bareNoun(ctx, asked); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.factAdded(ctx, asked); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.unfindable(ctx, asked); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.handedOver(ctx, text, asked); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.numbered(ctx, asked); ok || err != nil {
		return reply, err
	}
	for _, named := range []func(context.Context, string) (Reply, bool, error){t.cited, t.stillHolds, t.wholeTitle} {
		if reply, ok, err := named(ctx, asked); ok || err != nil {
			return reply, err
		}
	}
	if place, ok := t.understood.Elsewhere(); ok {
		return t.otherPlace(ctx, asked, place)
	}
	if reply, ok, err := t.opening(ctx, asked); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.carriesOn(ctx, asked); ok || err != nil {
		return reply, err
	}
	if saysNothing(asked) {
		return t.say(SmallTalk, "vague", sayMore()), nil
	}
	if parts := t.understood.Parts; len(parts) > 1 {
		if reply, ok, err := t.several(ctx, parts); ok || err != nil {
			return reply, err
		}
	}
	return t.one(ctx, asked)
}

// names are what messages to this account are understood by.
func (t *turn) names() Names {
	n := Names{Region: t.acc.Region, Agencies: t.agencies()}
	if t.r.Lexicon != nil {
		n.Lexicon = t.r.Lexicon()
	}
	return n
}

// unfindable answers a message that is a place, or all of a document, and one
// that wants what is not published.
func (t *turn) unfindable(ctx context.Context, asked string) (Reply, bool, error) {
	switch {
	case pasted(asked):
		f, err := t.find(ctx, asked, t.day)
		if err != nil {
			return Reply{}, true, err
		}
		choices := f.choices(2)
		reply := f.reply(Choose, "pasted", sayPasted(choices))
		reply.Choices = choices
		return reply, true, nil
	case wantsPaper(asked):
		f, err := t.find(ctx, asked, t.day)
		if err != nil || len(f.hits) > 0 && f.Confidence >= t.acc.AnswerAt && containsAny(f.hits[0].Title, []string{"信息公开", "申请公开"}) {
			return Reply{}, err != nil, err
		}
		return f.reply(Redirected, "disclosure", sayDisclosure(t.acc, t.who(asked, nil))), true, nil
	}
	if place, ok := t.placeOnly(asked); ok {
		return t.say(SmallTalk, "place", sayPlaceOnly(place)), true, nil
	}
	return Reply{}, false, nil
}

// chat answers a message that asks nothing of the documents.
func (t *turn) chat(text, asked string) (Reply, bool) {
	cues := t.r.cues()
	kind := cues.chat(asked)
	if asked == "" {
		kind = cues.chat(text)
		if kind == "" && containsAny(strings.ToLower(text), thanks) {
			kind = "thanks"
		} else if kind == "" {
			kind = "hello"
		}
	}
	switch kind {
	case "hello":
		return t.say(SmallTalk, kind, sayHello()), true
	case "thanks":
		return t.say(SmallTalk, kind, sayThanks()), true
	case "bye":
		return t.say(SmallTalk, kind, sayBye()), true
	case "who":
		return t.say(SmallTalk, kind, sayWho(t.acc)), true
	case "human":
		return t.say(Redirected, kind, sayHuman(t.acc, t.who("", nil))), true
	case "abuse":
		return t.say(SmallTalk, kind, sayCalm(t.acc)), true
	case "wrong":
		return t.say(SmallTalk, kind, sayUnclear(t.acc, t.who("", nil))), true
	case "complaint":
		return t.say(Redirected, kind, sayComplain(t.acc)), true
	case "suggestion":
		return t.say(Redirected, kind, saySuggestion(t.acc, "", "")), true
	}
	return Reply{}, false
}

// say makes a reply that rests on no document.
func (t *turn) say(s Status, reason, text string) Reply {
	return Reply{Status: s, Reason: reason, Text: text}
}

// one answers a message of one question.
func (t *turn) one(ctx context.Context, asked string) (Reply, error) {
	if reply, ok, err := t.survey(ctx, asked); ok || err != nil {
		return reply, err
	}
	found, err := t.told(ctx, asked)
	if err != nil {
		return Reply{}, err
	}
	if same, ok, err := t.ofTheSame(ctx, asked, found); err != nil {
		return Reply{}, err
	} else if ok {
		found = same
	}
	return t.settle(ctx, asked, found)
}

// settle answers, offers or refuses by what was found for a question.
func (t *turn) settle(ctx context.Context, asked string, found *findings) (Reply, error) {
	found.arrange(t.acc.AnswerAt)
	if topic, ok := found.stoppedTopic(); ok {
		return found.stoppedReply(topic), nil
	}
	if found.referral != nil {
		return found.reply(Refused, ReasonReferred, sayReferred(t.acc, *found.referral, t.who(asked, found))), nil
	}
	if reply, ok, err := t.changed(ctx, found); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.outdated(ctx, asked, found); ok || err != nil {
		return reply, err
	}
	if rumour(asked) {
		return t.heard(ctx, asked, found)
	}
	return t.band(ctx, asked, found)
}

// band answers, offers or refuses, by how sure the findings are.
func (t *turn) band(ctx context.Context, asked string, found *findings) (Reply, error) {
	const certain = .9
	if instead, ok := offTopic(asked); ok && found.Confidence < certain {
		return found.reply(Refused, "offtopic", sayOffTopic(instead)), nil
	}
	if found.unseen(t.acc.AnswerAt) {
		return found.reply(Redirected, "personal", sayPersonal(t.acc, t.who(asked, found))), nil
	}
	if waitsForLift(asked) {
		return t.project(found), nil
	}
	if len(found.hits) == 0 || found.unplanned(asked, .5) || found.Confidence < certain && wantsFile(asked) {
		return t.refuse(found), nil
	}
	if err := t.assess(ctx, found); err != nil {
		return Reply{}, err
	}
	if found.wronged() {
		return t.refuse(found), nil
	}
	if bare(asked) {
		choices, err := t.things(ctx, found)
		if err != nil {
			return Reply{}, err
		}
		if len(choices) == 0 {
			choices = found.naming(4)
		}
		if len(choices) > 1 {
			return found.offer(choices), nil
		}
	}
	switch {
	case found.Confidence >= t.acc.AnswerAt && (found.Confidence >= unsureBelow || found.itsOwn()):
		return t.answer(ctx, found, answerBudget-len(sayRespelt(t.respelt)))
	case found.Confidence >= t.acc.AnswerAt:
		return t.perhaps(ctx, found, answerBudget-len(sayRespelt(t.respelt)))
	case found.Confidence >= t.acc.ChooseAt:
		return t.choose(ctx, found)
	}
	return t.refuse(found), nil
}

// unsureBelow is the confidence below which an answer, as likely wrong as right,
// says so.
const unsureBelow = .45

// itsOwn reports whether what was found is called by half of what the question is
// about: then four of five are right, however much else the question tells.
func (f *findings) itsOwn() bool {
	const half = .5
	g, h := f.gist(), f.hits[0]
	return h.noted != "" || g.known && g.in(h.name()) >= half
}

// perhaps answers, and says that it may not be what was asked.
func (t *turn) perhaps(ctx context.Context, found *findings, budget int) (Reply, error) {
	after := "\n\n" + sayOtherwise(t.acc)
	reply, err := t.answer(ctx, found, budget-len(sayPerhaps)-len(after))
	if err != nil || reply.isStopped() {
		return reply, err
	}
	text, choices := splitChoices(reply)
	reply.Text = sayPerhaps + text + after + choices
	return reply, nil
}

// assess puts what the question is decidedly about first, and says how sure the
// bot is of it: more or less than the index was.
func (t *turn) assess(ctx context.Context, found *findings) error {
	if err := t.essential(ctx, found); err != nil {
		return err
	}
	if err := t.pastIntroduction(ctx, found); err != nil {
		return err
	}
	found.doubt(t.acc.AnswerAt, t.acc.ChooseAt)
	found.sure(t.acc.AnswerAt)
	t.pastScope(ctx, found)
	return nil
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
		return t.late(ctx)
	case n == 0:
		return t.say(Refused, "none", sayNone(t.acc, t.who(Substance(Clean(last.Question)), nil))), nil
	case n > len(last.Choices):
		reply := t.say(Choose, "number", "没有第"+strconv.Itoa(n)+"项。"+sayChoose(last.Choices))
		reply.Choices = last.Choices
		return reply, nil
	}
	c := last.Choices[n-1]
	if c.Ref == "" {
		if reply, ok, err := t.opening(ctx, Clean(c.Ask)); ok || err != nil {
			return reply, err
		}
		return t.one(ctx, Clean(c.Ask))
	}
	return t.open(ctx, c)
}

// late offers the choices of a reply again that is older than a number can
// answer: the numbers may be those of another.
func (t *turn) late(ctx context.Context) (Reply, error) {
	const longest = 24 * time.Hour
	last, err := t.r.Memory.Recent(ctx, t.q.Account, t.q.Person, t.r.Now().Add(-longest))
	if err != nil {
		return Reply{}, err
	}
	if len(last.Choices) == 0 {
		return t.say(SmallTalk, "number", sayNoChoices()), nil
	}
	reply := t.say(Choose, "late", sayLate(last.Choices))
	reply.Choices = last.Choices
	return reply, nil
}
