package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus/desk"
)

// deskAccounts are the accounts of the configuration, as staff choose among
// them.
func (a *app) deskAccounts() []desk.Account {
	names := a.roster.Load().names()
	all := make([]desk.Account, len(names))
	for i, name := range names {
		acc := a.accountNamed(name)
		all[i] = desk.Account{Name: name, Title: acc.Title, Agency: acc.Agency, Greeting: acc.Greeting}
	}
	return all
}

// heard returns what citizens asked that a pin would catch.
func (c *clerk) heard(ctx context.Context, p desk.Pin, since time.Time) ([]desk.Heard, error) {
	caught, err := bot.Pin{Phrases: p.Phrases}.Heard(ctx, c.app.store, since)
	all := make([]desk.Heard, len(caught))
	for i, h := range caught {
		all[i] = desk.Heard{Account: h.Account, Question: h.Question, At: h.Asked, Status: string(h.Status), Told: h.Told}
		if h.Status == bot.Answered && len(h.Sources) > 0 { // what a refusal found was not said
			all[i].Document = h.Sources[0].Ref.Document
		}
	}
	return all, err
}

// rehearse answers a question as if a pin stood.
func (c *clerk) rehearse(ctx context.Context, p desk.Pin, account, question string) (string, error) {
	if account == "" {
		account = defaultAccount
	}
	reply := c.app.responder.Rehearse(ctx, bot.Pin{Phrases: p.Phrases, Document: p.Document, Text: p.Words()},
		bot.Question{Account: account, Kind: bot.Text, Text: question, Time: time.Now()})
	return reply.Text, ctx.Err()
}

// mostBurst is how many of the newest messages are looked through for bursts,
// burstFresh how long what was found is good for: in a flood that takes a
// moment, and every page asks.
const (
	mostBurst  = 5000
	burstFresh = 10 * time.Second
)

// burstMemory remembers what many asked a moment ago.
type burstMemory struct {
	mu   sync.Mutex
	at   time.Time
	rule desk.BurstRule
	all  []desk.Burst
}

// bursts returns what many citizens ask just now, by the rule that staff have
// set. What it returns is shared.
func (c *clerk) bursts(ctx context.Context) ([]desk.Burst, error) {
	rule, err := c.app.store.BurstRule(ctx)
	if err != nil {
		return nil, err
	}
	now, m := time.Now(), &c.burst
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rule == rule && now.Sub(m.at) < burstFresh {
		return m.all, nil
	}
	within := time.Duration(rule.Minutes) * time.Minute
	records, err := c.app.store.RecordsSince(ctx, now.Add(-within), mostBurst)
	if err != nil {
		return nil, err
	}
	var all []desk.Burst
	for _, b := range bot.Bursts(now, bot.BurstRule{Persons: rule.Persons, Within: within}, bot.SpokenIn(records)) {
		all = append(all, desk.Burst{Account: b.Account, Question: b.Question, Phrase: b.Phrase, Persons: b.Persons, Since: b.Since})
	}
	m.at, m.rule, m.all = now, rule, all
	return all, nil
}

// quietBurst is how long a burst of an account is not noted again.
const quietBurst = 15 * time.Minute

// watchBursts notes each burst once: a log tells neither what was asked nor by
// whom.
func (c *clerk) watchBursts(ctx context.Context, told map[string]time.Time) {
	all, err := c.bursts(ctx)
	if err != nil {
		if ctx.Err() == nil {
			c.app.log.Warn("it is not known what many ask just now", "err", err.Error())
		}
		return
	}
	for _, b := range all {
		if time.Since(told[b.Account]) > quietBurst {
			told[b.Account] = time.Now()
			c.app.log.Warn("many citizens ask the same just now: see the console", "account", b.Account, "persons", b.Persons)
		}
	}
}

// greetingFlaws says what is to be mended in the greetings of the accounts.
func (c *clerk) greetingFlaws(ctx context.Context) ([]string, error) {
	by := desk.Program("check")
	by.Roles = []desk.Role{desk.Auditor} // it sees everything, and changes nothing
	found, err := c.app.office.CheckGreetings(ctx, by)
	var all []string
	for _, g := range found {
		for _, f := range g.Flaws {
			all = append(all, fmt.Sprintf("account %s: %s", g.Account.Name, f.Message))
		}
	}
	return slices.Clip(all), err
}

// checkGreetings looks through the greetings once, at the start.
func (c *clerk) checkGreetings(ctx context.Context) {
	all, err := c.greetingFlaws(ctx)
	if err != nil && ctx.Err() == nil {
		c.app.log.Warn("the greetings cannot be checked", "err", err.Error())
	}
	for _, flaw := range all {
		c.app.log.Warn("a greeting of the configuration should be mended", "greeting", flaw)
	}
}
