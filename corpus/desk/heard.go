package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Heard is a question that citizens asked, without who, and what they were
// told.
type Heard struct {
	Account  string
	Question string // masked
	At       time.Time
	Status   string // as the journal has it: answered, refused …
	Document string // that the answer rested on; "" is none
	Told     string // the reply
}

// heardBack is how far back Caught looks.
const heardBack = 7 * 24 * time.Hour

// Caught returns last week's questions that a pin would catch, or, where it
// stands, those of the week before that were told otherwise: the newest first,
// of accounts that the person may speak for.
func (d *Desk) Caught(ctx context.Context, by Actor, p Pin) ([]Heard, error) {
	if !by.Is(Editor, Reviewer) {
		return nil, Denied("只有编辑和审核人员可以看市民问过什么")
	}
	before := d.Now()
	if !p.Since.IsZero() {
		before = p.Since
	}
	all, err := d.Heard(ctx, p, before.Add(-heardBack))
	if err != nil {
		return nil, err
	}
	speaks := d.speaks(by)
	return slices.DeleteFunc(all, func(h Heard) bool {
		other := len(p.Accounts) > 0 && !slices.Contains(p.Accounts, h.Account)
		same := !p.Since.IsZero() && p.Document != "" && h.Document == p.Document
		return other || same || !speaks(h.Account) || h.At.After(before)
	}), nil
}

// Said is a reply that a pin would give, and questions that would get it.
type Said struct {
	Reply     string
	Questions []string
}

// Preview is what a pin would do.
type Preview struct {
	Heard []Heard // last week's questions that it would catch, the newest first
	Said  []Said  // what those asked last would be told; nobody asked: who used its phrases
	Asked bool    // Said is of questions that were asked
	Flaws []Flaw
}

// maxRehearsed is how many different questions are answered for a preview.
const maxRehearsed = 20

// PreviewPin says what a pin would do that is proposed, or about to be. NotReady
// where it can't be.
func (d *Desk) PreviewPin(ctx context.Context, by Actor, p Pin) (v Preview, err error) {
	if p.State == "" {
		if lacks := PinFaults(p, d.Now()); len(lacks) > 0 {
			return v, lacks
		}
		if p.Accounts, err = d.choose(by, p.Accounts); err != nil {
			return v, err
		}
	}
	if v.Heard, err = d.Caught(ctx, by, p); err != nil {
		return v, err
	}
	if v.Flaws, err = d.pinFlaws(ctx, by, p); err != nil {
		return v, err
	}
	ask := v.Heard
	if v.Asked = len(ask) > 0; !v.Asked {
		ask = d.examples(by, p)
	}
	v.Said, err = d.rehearse(ctx, p, ask)
	return v, err
}

// examples are questions that have a pin's phrases.
func (d *Desk) examples(by Actor, p Pin) (all []Heard) {
	account := ""
	if len(p.Accounts) > 0 {
		account = p.Accounts[0]
	} else if own := d.AccountsOf(by); len(own) > 0 {
		account = own[0].Name
	}
	for _, phrase := range p.Phrases {
		all = append(all, Heard{Account: account, Question: strings.Join(strings.Fields(phrase), "")})
	}
	return all
}

// rehearse answers questions, each once, and puts those together that get the
// same.
func (d *Desk) rehearse(ctx context.Context, p Pin, ask []Heard) (all []Said, err error) {
	seen := map[string]bool{}
	for _, h := range ask {
		key := h.Account + "\n" + h.Question
		if seen[key] || len(seen) == maxRehearsed {
			continue
		}
		seen[key] = true
		reply, err := d.Rehearse(ctx, p, h.Account, h.Question)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(s Said) bool { return s.Reply == reply })
		if i < 0 {
			all = append(all, Said{Reply: reply})
			i = len(all) - 1
		}
		if !slices.Contains(all[i].Questions, h.Question) {
			all[i].Questions = append(all[i].Questions, h.Question)
		}
	}
	return all, nil
}

// How long before a promised hour a holding reply is a person's to do, and how
// long after it.
const promisedSoon, promisedLate = 2 * time.Hour, 24 * time.Hour

// pinsAtHome are the proposals that a person may review, and the holding
// replies whose hour has nearly come, or has passed: something was promised.
func (d *Desk) pinsAtHome(ctx context.Context, by Actor) (waiting, promised []Pin, err error) {
	if d.Pins == nil || !by.Is(Editor, Reviewer) {
		return nil, nil, nil
	}
	all, err := d.Pins.ListPins(ctx, by.Agency, maxListed)
	for _, p := range all {
		if p.State == PinProposed && p.Author != by.ID && by.Is(Reviewer) {
			waiting = append(waiting, p)
		}
	}
	return waiting, promisedOf(all, d.Now()), err
}

// promisedOf are the holding replies whose hour has nearly come, or has
// passed, that of the first first.
func promisedOf(all []Pin, now time.Time) (promised []Pin) {
	for _, p := range all {
		left := p.Until.Sub(now)
		if p.State == PinStands && p.Document == "" && left < promisedSoon && left > -promisedLate {
			promised = append(promised, p)
		}
	}
	slices.SortStableFunc(promised, func(a, b Pin) int { return a.Until.Compare(b.Until) })
	return promised
}

// Promised returns the holding replies whose hour has nearly come, or has
// passed.
func (d *Desk) Promised(ctx context.Context, by Actor) ([]Pin, error) {
	if err := d.inside(by); err != nil || d.Pins == nil {
		return nil, err
	}
	all, err := d.Pins.ListPins(ctx, by.Agency, maxListed)
	return promisedOf(all, d.Now()), err
}

// Burst is many like questions of different persons within a short time.
type Burst struct {
	Account  string
	Question string // one of them, masked
	Phrase   string // that catches most of them: for a pin
	Persons  int
	Since    time.Time
}

// BurstRule says what a burst is.
type BurstRule struct {
	Persons int `json:"persons"` // at least so many different ones
	Minutes int `json:"minutes"` // within so many
}

// DefaultBurst is the rule where staff set none.
var DefaultBurst = BurstRule{Persons: 10, Minutes: 15}

// The bounds of the rule: fewer persons than three could be told apart, and
// what takes hours is no burst.
const (
	fewestPersons, mostPersons = 3, 500
	fewestMinutes, mostMinutes = 1, 120
)

// Fault says what is wrong with a rule, "" where nothing is.
func (r BurstRule) Fault() string {
	switch {
	case r.Persons < fewestPersons || r.Persons > mostPersons:
		return fmt.Sprintf("人数应为%d到%d", fewestPersons, mostPersons)
	case r.Minutes < fewestMinutes || r.Minutes > mostMinutes:
		return fmt.Sprintf("时间应为%d到%d分钟", fewestMinutes, mostMinutes)
	}
	return ""
}

// Rules keeps by what staff want to be alarmed.
type Rules interface {
	// BurstRule returns the rule; DefaultBurst until staff have set one.
	BurstRule(ctx context.Context) (BurstRule, error)
	SetBurstRule(ctx context.Context, r BurstRule, by Actor) error
}

// SetBurstRule says what a burst is from now on.
func (d *Desk) SetBurstRule(ctx context.Context, by Actor, r BurstRule) error {
	if !by.Is(Reviewer, Maintainer) {
		return Denied("只有审核人员和维护人员可以改提醒的条件")
	}
	if fault := r.Fault(); fault != "" {
		return NotReady{fault}
	}
	return d.Rules.SetBurstRule(ctx, r, by)
}

// Bursting returns what many ask just now, of the accounts that the person may
// speak for, the most first.
func (d *Desk) Bursting(ctx context.Context, by Actor) ([]Burst, error) {
	if !by.Is(Editor, Reviewer) {
		return nil, Denied("只有编辑和审核人员可以看市民问过什么")
	}
	if d.Bursts == nil {
		return nil, nil
	}
	all, err := d.Bursts(ctx)
	if err != nil {
		return nil, err
	}
	speaks := d.speaks(by)
	return slices.DeleteFunc(slices.Clone(all), func(b Burst) bool { return !speaks(b.Account) }), nil
}
