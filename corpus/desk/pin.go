package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// PinState says how far a pin is.
type PinState string

// The states of a pin. A holding reply is reviewed beforehand and waits until
// somebody starts it; a clarification stands as soon as it is approved.
const (
	PinProposed PinState = "proposed"
	PinReady    PinState = "ready" // reviewed, not said yet
	PinStands   PinState = "stands"
	PinEnded    PinState = "ended"
)

// Pin is what is said to every question that has one of its phrases, before
// anything is searched: see bot.Pin.
type Pin struct {
	ID       int64
	State    PinState
	Phrases  []string
	Document string // a published clarification or bulletin; "" is Text
	Text     string // a holding reply
	Accounts []string
	Since    time.Time // zero: not yet
	Until    time.Time
	Agency   string // whose it is

	Author   int64 // an ID
	By       string
	Approved string // who has approved it, a display name
	Ended    string // who has ended it
	Why      string // it was ended
	At       time.Time
}

// Pins keeps them.
type Pins interface {
	// AddPin stores a proposal and returns its ID.
	AddPin(ctx context.Context, p Pin, by Actor) (int64, error)
	// Pin returns one; corpus.ErrNotFound where there is none.
	Pin(ctx context.Context, id int64) (Pin, error)
	// ListPins returns those of an agency ("" is all), the newest first.
	ListPins(ctx context.Context, agency string, limit int) ([]Pin, error)
	// MovePin takes a pin from a state to another; until, where it is known, is
	// its new end. ErrStale where it is no longer in that state.
	MovePin(ctx context.Context, id int64, from, to PinState, until time.Time, why string, by Actor) error
}

// The bounds of pins.
const (
	maxPhrases   = 20
	minPhrase    = 2  // characters: one catches everything
	maxPhrase    = 30 // characters
	maxHolding   = 300
	maxPinned    = 90 * 24 * time.Hour
	maxListed    = 200
	maxPinScopes = 100 // accounts
)

// PinFaults says what is wrong with a proposal, nothing where nothing is.
func PinFaults(p Pin, now time.Time) NotReady {
	var lacks NotReady
	add := func(is bool, what string) {
		if is {
			lacks = append(lacks, what)
		}
	}
	add(len(p.Phrases) == 0, "请写下要匹配的说法，一行一个")
	add(len(p.Phrases) > maxPhrases, "说法最多20个")
	for _, phrase := range p.Phrases {
		n := utf8.RuneCountInString(strings.Join(strings.Fields(phrase), ""))
		add(n < minPhrase || n > maxPhrase || !oneLine(phrase, 2*maxPhrase), "说法应为2到30个字：“"+shown(strings.ToValidUTF8(phrase, "?"))+"”")
	}
	add(p.Document == "" && strings.TrimSpace(p.Text) == "", "请选一份已发布的澄清或通报，或写下暂时的答复")
	add(p.Document != "" && p.Text != "", "澄清和暂时的答复只能选一种")
	add(!oneLine(p.Text, maxHolding), "暂时的答复最多300个字，写在一段里")
	add(p.Until.IsZero() || !p.Until.After(now), "请写明到什么时候为止")
	add(p.Until.Sub(now) > maxPinned, "最多置顶90天，到期可以再延")
	add(len(p.Accounts) > maxPinScopes || slices.Contains(p.Accounts, ""), "账号不对，请重新选")
	return lacks
}

// Pin proposes what is to be said to some phrases.
func (d *Desk) Pin(ctx context.Context, by Actor, p Pin) (int64, error) {
	if !by.Is(Editor, Reviewer) {
		return 0, Denied("只有编辑和审核人员可以提出置顶")
	}
	if lacks := PinFaults(p, d.Now()); len(lacks) > 0 {
		return 0, lacks
	}
	if p.Document != "" {
		if _, err := d.Look(ctx, by, p.Document, 0); err != nil {
			return 0, err
		}
	}
	flaws, err := d.Check(ctx, by, corpus.Content{Text: p.Text})
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(flaws, func(f Flaw) bool { return f.Blocks }); i >= 0 {
		return 0, NotReady{flaws[i].Message}
	}
	p.Agency, p.Author, p.By = by.Agency, by.ID, by.Display
	return d.Pins.AddPin(ctx, p, by)
}

// pin returns one that the person may see.
func (d *Desk) pin(ctx context.Context, by Actor, id int64) (Pin, error) {
	p, err := d.Pins.Pin(ctx, id)
	if err == nil && (d.inside(by) != nil || by.Agency != "" && p.Agency != by.Agency) {
		err = corpus.ErrNotFound
	}
	return p, err
}

// ApprovePin lets a proposal pass: a second person does. A clarification
// stands from then on, a holding reply is ready.
func (d *Desk) ApprovePin(ctx context.Context, by Actor, id int64) error {
	p, err := d.pin(ctx, by, id)
	switch {
	case err != nil:
		return err
	case !by.Is(Reviewer):
		return Denied("只有审核人员可以审核置顶")
	case p.Author == by.ID:
		return Denied("自己提出的不能自己审核，请另一位审核人员来审")
	case p.State != PinProposed:
		return Denied("这一条已经审核过了")
	}
	to := PinReady
	if p.Document != "" {
		w, err := d.Look(ctx, by, p.Document, 0)
		if err != nil {
			return err
		}
		if w.Live == 0 {
			return NotReady{"这份文件还没有发布，请先发布"}
		}
		to = PinStands
	}
	return d.Pins.MovePin(ctx, id, p.State, to, time.Time{}, "", by)
}

// StartPin says a holding reply from now on, until a time: one press.
func (d *Desk) StartPin(ctx context.Context, by Actor, id int64, until time.Time) error {
	p, err := d.pin(ctx, by, id)
	if err != nil {
		return err
	}
	now := d.Now()
	switch {
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以启用暂时的答复")
	case p.State != PinReady:
		return Denied("审核通过、还没有启用的答复才能启用")
	case !until.After(now) || until.Sub(now) > maxPinned:
		return NotReady{"请写明到什么时候为止，最多90天"}
	}
	return d.Pins.MovePin(ctx, id, p.State, PinStands, until, "", by)
}

// EndPin lifts a pin, or drops a proposal.
func (d *Desk) EndPin(ctx context.Context, by Actor, id int64, why string) error {
	p, err := d.pin(ctx, by, id)
	switch {
	case err != nil:
		return err
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以取消置顶")
	case p.State == PinEnded:
		return Denied("这一条已经取消了")
	case strings.TrimSpace(why) == "" || utf8.RuneCountInString(why) > maxReason:
		return NotReady{"请写明原因，最多500个字"}
	}
	return d.Pins.MovePin(ctx, id, p.State, PinEnded, time.Time{}, why, by)
}

// Pinned returns pins, the newest first.
func (d *Desk) Pinned(ctx context.Context, by Actor) ([]Pin, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	return d.Pins.ListPins(ctx, by.Agency, maxListed)
}

// Heard is a question that citizens asked, without who, and what they were
// told.
type Heard struct {
	Account  string
	Question string // masked
	At       time.Time
	Status   string // as the journal has it: answered, refused …
	Document string // that the answer rested on; "" is none
}

// Burst is many like questions of different persons within a short time.
type Burst struct {
	Account  string
	Question string // one of them, masked
	Persons  int
	Since    time.Time
}

// heardBack is how far back Caught looks.
const heardBack = 7 * 24 * time.Hour

// Caught returns last week's questions that a pin would catch, or, where it
// stands, those that were told otherwise before it did: the newest first.
func (d *Desk) Caught(ctx context.Context, by Actor, p Pin) ([]Heard, error) {
	if !by.Is(Editor, Reviewer) {
		return nil, Denied("只有编辑和审核人员可以看市民问过什么")
	}
	all, err := d.Heard(ctx, p, d.Now().Add(-heardBack))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(h Heard) bool {
		return len(p.Accounts) > 0 && !slices.Contains(p.Accounts, h.Account) || p.Document != "" && h.Document == p.Document
	}), nil
}
