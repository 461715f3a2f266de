package main

import (
	"context"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/citizen"
)

// How many verdicts of pages are taken in a minute: of one browser, and of all
// that an account's site has. Browsers are many to whoever wants them to be.
const (
	verdictsAPerson = 10
	verdictsASite   = 120
)

// judge takes the verdicts of an account's pages.
func (a *app) judge(account string) func(ctx context.Context, person, document string, useful bool) error {
	persons := bot.NewMeter(verdictsAPerson, a.journal.Pseudonym, time.Now)
	site := bot.NewMeter(verdictsASite, func(account, _ string) string { return account }, time.Now)
	return func(ctx context.Context, person, document string, useful bool) error {
		if persons.Count(ctx, account, person) != bot.Within || site.Count(ctx, account, "") != bot.Within {
			return citizen.ErrCrowd
		}
		return a.journal.Judge(ctx, account, person, bot.Verdict{Document: document, Useful: useful})
	}
}
