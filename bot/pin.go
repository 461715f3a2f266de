package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Pin is what staff want said, before anything is searched, to every question
// that has one of its phrases: a clarification that is published, or a holding
// reply while one is being written.
type Pin struct {
	ID       int64     `json:"id"`
	Phrases  []string  `json:"phrases"`
	Document string    `json:"document,omitempty"` // published; "" is Text
	Text     string    `json:"text,omitempty"`     // a holding reply: 正在核实，18时前发布
	Accounts []string  `json:"accounts,omitempty"` // none is all
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
}

// Pins tells what stands now: a store. What another process wrote is seen
// within a second. The newest comes first. What it returns is shared.
type Pins interface {
	StandingPins(ctx context.Context) ([]Pin, error)
}

// Rehearse answers a question of nobody as if a pin stood before all others: it
// is neither counted nor remembered.
func (r *Responder) Rehearse(ctx context.Context, p Pin, q Question) Reply {
	now := r.Now()
	p.Since, p.Until = now, now.Add(time.Hour)
	c := r.Config
	c.Pins = ahead{p, r.Pins}
	c.Memory, c.Keeper, c.Limiter, c.Differences = nil, nil, nil, nil
	q.Person = ""
	return NewResponder(c).AnswerOn(ctx, q, corpus.DayOf(now))
}

// ahead puts a pin before those that stand.
type ahead struct {
	pin  Pin
	rest Pins
}

func (a ahead) StandingPins(ctx context.Context) ([]Pin, error) {
	if a.rest == nil {
		return []Pin{a.pin}, nil
	}
	all, err := a.rest.StandingPins(ctx)
	return append([]Pin{a.pin}, all...), err
}

// Catches reports whether a question has one of the phrases, whatever its
// width, case and blanks. A phrase of several words, with blanks between, is
// in it where all of them are.
func (p Pin) Catches(asked string) bool {
	asked = topicForm(asked)
	return slices.ContainsFunc(p.Phrases, func(phrase string) bool {
		words := strings.Fields(phrase)
		return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool {
			w = topicForm(w)
			return w == "" || !strings.Contains(asked, w)
		})
	})
}

// stands reports whether a pin is for an account at an instant.
func (p Pin) stands(account string, now time.Time) bool {
	return !now.Before(p.Since) && now.Before(p.Until) && (len(p.Accounts) == 0 || slices.Contains(p.Accounts, account))
}

// The reasons of replies that a pin gave.
const (
	reasonPinned  = "pinned"
	reasonHolding = "holding"
)

// pinned answers what staff have pinned for the message as it was sent, or as
// it was understood. A pin whose document is not, or no longer, to be shown is
// none.
func (t *turn) pinned(ctx context.Context, text, asked string) (Reply, bool, error) {
	if t.r.Pins == nil {
		return Reply{}, false, nil
	}
	standing, err := t.r.Pins.StandingPins(ctx)
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: pins: %w", err)
	}
	now := t.r.Now()
	for _, p := range standing {
		if !p.stands(t.acc.Name, now) || !p.Catches(asked) && !p.Catches(text) {
			continue
		}
		if p.Document == "" {
			return t.say(Redirected, reasonHolding, sayHolding(t.acc, p.Text)), true, nil
		}
		if reply, ok, err := t.fromPinned(ctx, p, asked); ok || err != nil {
			return reply, ok, err
		}
	}
	return Reply{}, false, nil
}

// fromPinned answers from the passage of a pin's document that shares most with
// the question and the phrases.
func (t *turn) fromPinned(ctx context.Context, p Pin, asked string) (Reply, bool, error) {
	d, rev, err := t.live(ctx, p.Document)
	if errors.Is(err, corpus.ErrNotFound) {
		return Reply{}, false, nil
	}
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: a pinned document: %w", err)
	}
	i := nearestPassage(rev, asked+strings.Join(p.Phrases, ""))
	if i < 0 || !t.shows(d) || !t.validity(d, rev.Passages[i]).Quotable() {
		return Reply{}, false, nil
	}
	f := &findings{t: t, asked: asked, hits: []standingHit{t.passageOf(d, rev, rev.Passages[i])}, Result: index.Result{Confidence: 1}}
	reply, err := t.answer(ctx, f, answerBudget)
	reply.Reason = reasonPinned
	return reply, true, err
}

// nearestPassage returns the index of the passage that shares the most pairs of
// characters with some words; of equals the first that has a sentence; -1 where
// there is none.
func nearestPassage(rev corpus.Revision, words string) int {
	meant := pairs(words)
	best, most := -1, -1
	for i, p := range rev.Passages {
		if p.Role != corpus.BodyRole || p.Start < 0 || p.Start > p.End || p.End > len(rev.Text) {
			continue
		}
		text := rev.Text[p.Start:p.End]
		score := 2 * shared(meant, pairs(text))
		if strings.ContainsAny(text, "。；！？") {
			score++
		}
		if score > most {
			best, most = i, score
		}
	}
	return best
}

// maxHolding bounds a holding reply, in characters.
const maxHolding = 300

func sayHolding(a Account, text string) string {
	return oneLine(text, maxHolding) + "\n\n急事请打" + a.Hotline + "。"
}
