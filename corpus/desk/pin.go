package desk

import (
	"context"
	"errors"
	"fmt"
	"regexp"
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
	Text     string // a holding reply; “…时” in it is the hour that it ends: see Words
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

// Over reports whether a pin has ended, by hand or by itself.
func (p Pin) Over(now time.Time) bool {
	return p.State == PinEnded || p.State == PinStands && !p.Until.After(now)
}

var hourMark = regexp.MustCompile(`(?:…+|⋯+|\.{3,})时`)

// Words are a holding reply as citizens read it: “…时” in it is when the pin
// ends, 18时 on the day that it began and 11月28日9时30分 on another. Where that
// is not known yet the mark stays.
func (p Pin) Words() string {
	if p.Until.IsZero() || p.Since.IsZero() {
		return p.Text
	}
	return hourMark.ReplaceAllLiteralString(p.Text, hour(p.Since, p.Until))
}

func hour(since, until time.Time) string {
	since, until = since.In(corpus.Zone), until.In(corpus.Zone)
	text := fmt.Sprintf("%d时", until.Hour())
	if until.Minute() > 0 {
		text += fmt.Sprintf("%d分", until.Minute())
	}
	if since.Year() != until.Year() || since.YearDay() != until.YearDay() {
		text = fmt.Sprintf("%d月%d日", until.Month(), until.Day()) + text
	}
	return text
}

// Pins keeps them.
type Pins interface {
	// AddPin stores a proposal and returns its ID: of the one that waits for
	// review already, where its author has proposed the same.
	AddPin(ctx context.Context, p Pin, by Actor) (int64, error)
	// Pin returns one; corpus.ErrNotFound where there is none.
	Pin(ctx context.Context, id int64) (Pin, error)
	// ListPins returns those of an agency ("" is all), the newest first.
	ListPins(ctx context.Context, agency string, limit int) ([]Pin, error)
	// MovePin takes a pin from a state to another; until, where it is known, is
	// its new end. From PinStands to PinStands nothing but the end changes.
	// ErrStale where it is no longer in that state.
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
	add(p.Document != "" && p.Until.IsZero(), "请写明到什么时候为止")
	add(!p.Until.IsZero() && !p.Until.After(now), "结束时间已经过了")
	add(p.Until.Sub(now) > maxPinned, "最多置顶90天，到期可以再延")
	add(len(p.Accounts) > maxPinScopes || slices.Contains(p.Accounts, ""), "账号不对，请重新选")
	return lacks
}

// Pin proposes what is to be said to some phrases. A holding reply need not
// say how long: StartPin does.
func (d *Desk) Pin(ctx context.Context, by Actor, p Pin) (int64, error) {
	if !by.Is(Editor, Reviewer) {
		return 0, Denied("只有编辑和审核人员可以提出置顶")
	}
	if lacks := PinFaults(p, d.Now()); len(lacks) > 0 {
		return 0, lacks
	}
	var err error
	if p.Accounts, err = d.choose(by, p.Accounts); err != nil {
		return 0, err
	}
	flaws, err := d.pinFlaws(ctx, by, p)
	if err != nil {
		return 0, err
	}
	if lacks := blocking(flaws); len(lacks) > 0 {
		return 0, lacks
	}
	p.Agency, p.Author, p.By = by.Agency, by.ID, by.Display
	return d.Pins.AddPin(ctx, p, by)
}

// pinFlaws checks what a pin says: its own words, or the document as it is
// published.
func (d *Desk) pinFlaws(ctx context.Context, by Actor, p Pin) ([]Flaw, error) {
	if p.Document == "" {
		return d.Check(ctx, by, corpus.Content{Text: p.Text})
	}
	w, err := d.Look(ctx, by, p.Document, 0)
	if err == nil && w.Live > 0 && w.Live != w.Revision.Number {
		w, err = d.Look(ctx, by, p.Document, w.Live)
	}
	if err != nil {
		return nil, err
	}
	return d.Check(ctx, by, w.Content())
}

// blocking are the flaws that have to be mended first.
func blocking(flaws []Flaw) (lacks NotReady) {
	for _, f := range flaws {
		if f.Blocks {
			lacks = append(lacks, f.Message)
		}
	}
	return lacks
}

// OnePin returns a pin that the person may see; corpus.ErrNotFound where there
// is none.
func (d *Desk) OnePin(ctx context.Context, by Actor, id int64) (Pin, error) {
	return d.pin(ctx, by, id)
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
	case !p.Until.IsZero() && !p.Until.After(d.Now()):
		return NotReady{"结束时间已经过了，请重新提出"}
	}
	flaws, err := d.pinFlaws(ctx, by, p)
	if err != nil {
		return err
	}
	if lacks := blocking(flaws); len(lacks) > 0 {
		return lacks
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
	return d.move(ctx, p, to, time.Time{}, "", by)
}

// StartPin says a holding reply from now on, until a time: one press.
func (d *Desk) StartPin(ctx context.Context, by Actor, id int64, until time.Time) error {
	p, err := d.pin(ctx, by, id)
	if err != nil {
		return err
	}
	switch {
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以启用暂时的答复")
	case p.State != PinReady:
		return Denied("审核通过、还没有启用的答复才能启用")
	}
	if lacks := d.untilFault(until); lacks != nil {
		return lacks
	}
	return d.move(ctx, p, PinStands, until, "", by)
}

// lapsedFor is how long after its end a pin can still be extended. Later it is
// proposed anew: what it says may have been overtaken.
const lapsedFor = 24 * time.Hour

// ExtendPin gives a pin that stands another end.
func (d *Desk) ExtendPin(ctx context.Context, by Actor, id int64, until time.Time) error {
	p, err := d.pin(ctx, by, id)
	if err != nil {
		return err
	}
	switch {
	case !by.Is(Editor, Reviewer):
		return Denied("只有编辑和审核人员可以延长置顶")
	case p.State != PinStands:
		return Denied("正在置顶的才能延长")
	case d.Now().Sub(p.Until) > lapsedFor:
		return Denied("到期超过一天了，请重新提出")
	}
	if lacks := d.untilFault(until); lacks != nil {
		return lacks
	}
	return d.move(ctx, p, PinStands, until, "", by)
}

func (d *Desk) untilFault(until time.Time) NotReady {
	now := d.Now()
	if !until.After(now) || until.Sub(now) > maxPinned {
		return NotReady{"请写明到什么时候为止：要晚于现在，最多90天"}
	}
	return nil
}

// move takes a pin to a state. Who comes second is told so.
func (d *Desk) move(ctx context.Context, p Pin, to PinState, until time.Time, why string, by Actor) error {
	err := d.Pins.MovePin(ctx, p.ID, p.State, to, until, why, by)
	if errors.Is(err, ErrStale) {
		return Denied("这一条刚刚有人处理过，请看现在的情况")
	}
	return err
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
	case strings.TrimSpace(why) == "" || utf8.RuneCountInString(why) > maxReason || !utf8.ValidString(why):
		return NotReady{"请写明原因，最多500个字"}
	}
	return d.move(ctx, p, PinEnded, time.Time{}, why, by)
}

// Pinned returns pins, the newest first.
func (d *Desk) Pinned(ctx context.Context, by Actor) ([]Pin, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	return d.Pins.ListPins(ctx, by.Agency, maxListed)
}
