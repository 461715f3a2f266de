package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/door"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/console"
	"github.com/policybot/policybot/web/page"
)

// wireDoor puts the door together that staff come in by.
func (a *app) wireDoor() {
	a.door = door.New(door.Config{
		Store: a.store, People: console.ByName(a.store), Hasher: door.NewHasher(), Secret: a.secret, Now: time.Now,
	})
}

// openConsole builds the staff's pages.
func (a *app) openConsole(pages *page.Pages) (*console.Site, error) {
	base, err := a.settings.consoleBase()
	if err != nil {
		return nil, err
	}
	proxies, err := a.settings.proxies()
	if err != nil {
		return nil, err
	}
	return console.New(console.Config{
		Door: a.door, Desk: a.office, Agencies: a.store, Overview: &overview{app: a, last: map[string]counted{}}, Alarms: a.clerk, Originals: a.store, Facsimile: a.clerk.facsimile, Pages: pages, Preview: newPreviewer(a, pages), Finder: nearest{a},
		Citizens: func(account string) string { return strings.TrimRight(a.accountNamed(account).BaseURL, "/") },
		Log:      a.log, Now: time.Now, BaseURL: base, Proxies: proxies,
		Installation: func() string { return a.accountNamed(a.roster.Load().accounts[0].Name).Title },
	})
}

// countedFor is how long figures of the journal are good for: counting a busy
// week takes a moment.
const countedFor = time.Minute

// overview tells the console's first page how this process is.
type overview struct {
	app *app

	mu   sync.Mutex
	last map[string]counted // by accounts and limit
}

// counted is what was found in the journal, and when.
type counted struct {
	console.Unanswered
	at time.Time
}

// Freshness implements console.Overview.
func (o *overview) Freshness(ctx context.Context) (f console.Freshness, err error) {
	a := o.app
	if f.Sample, f.Documents, err = a.store.Counts(ctx); err != nil {
		return f, err
	}
	f.Unchecked, _ = a.directory.Load().Unchecked(corpus.DayOf(time.Now()))
	if !a.sampleServes(ctx) {
		f.Sample = 0
	}
	st, err := a.shelf.Status()
	if err != nil {
		f.Trouble = "文件正在载入，请过一会儿再看"
		return f, nil
	}
	f.Served = st.Synced
	if a.journal.Healthy() != nil {
		f.Trouble = "问答记录写不进去，请维护人员看服务器的日志"
	}
	pending, err := a.store.Pending(ctx, st.Seq)
	if err != nil {
		return f, err
	}
	f.Pending = pending.Changes
	if !pending.Oldest.IsZero() {
		f.Behind = max(0, time.Since(pending.Oldest))
	}
	return f, nil
}

// Unanswered implements console.Overview.
func (o *overview) Unanswered(ctx context.Context, accounts []string, since time.Time, limit int) (console.Unanswered, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := fmt.Sprint(accounts == nil, accounts, limit)
	if known, ok := o.last[key]; ok && time.Since(known.at) < countedFor {
		return known.Unanswered, nil
	}
	var u console.Unanswered
	asked, refused, records, err := o.app.store.Unanswered(ctx, accounts, since, limit)
	if err != nil {
		return u, err
	}
	u.Asked, u.Count = asked, refused
	for _, r := range records {
		texts, err := r.Read()
		if err != nil {
			continue // removed meanwhile
		}
		u.Questions = append(u.Questions, console.Question{At: r.Asked, Account: r.Account, Text: texts.Question})
	}
	maps.DeleteFunc(o.last, func(_ string, c counted) bool { return time.Since(c.at) >= countedFor })
	o.last[key] = counted{u, time.Now()}
	return u, nil
}

// nearest finds passages for staff.
type nearest struct{ app *app }

// Nearest implements console.Finder.
func (n nearest) Nearest(ctx context.Context, account, question string, limit int) ([]console.Near, error) {
	if account == "" {
		account = n.app.roster.Load().accounts[0].Name
	}
	q := index.Query{Text: question, Account: account, Day: corpus.DayOf(time.Now()), Own: !n.app.sampleServes(ctx), Limit: limit}
	res, err := n.app.shelf.Find(ctx, q)
	if errors.Is(err, index.ErrNotReady) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ranked, err := n.app.shelf.Study(ctx, q)
	if err != nil {
		return nil, err
	}
	best := map[string]string{} // of each document the passage found, by its ID
	for _, h := range res.Hits {
		best[h.Ref.Document] = h.Ref.Anchor
	}
	var near []console.Near
	for _, at := range nearestOf(ranked, best, limit) {
		d, rev, err := n.app.store.Live(ctx, at.Document)
		p, ok := rev.Find(at.Anchor)
		if errors.Is(err, corpus.ErrNotFound) || err == nil && !ok {
			continue // changed meanwhile
		}
		if err != nil {
			return nil, err
		}
		near = append(near, console.Near{
			Document: d.ID, Title: d.Title, Anchor: p.Anchor, Label: p.Label, Text: corpus.Readable(rev.Text[p.Start:p.End], p.Columns),
		})
	}
	return near, nil
}

// nearestOf returns the passages of ranked units, best first, each once and at most
// three of a document; of a unit with several the one that was found in it.
func nearestOf(ranked []index.Studied, best map[string]string, limit int) (all []corpus.Ref) {
	const most = 3
	of := map[string]int{}
	for _, u := range ranked {
		at := corpus.Ref{Document: u.Document, Anchor: best[u.Document]}
		if len(u.Anchors) == 1 {
			at.Anchor = u.Anchors[0]
		}
		if at.Anchor != "" && of[u.Document] < most && len(all) < limit && !slices.Contains(all, at) {
			of[u.Document]++
			all = append(all, at)
		}
	}
	return all
}

// sweepEvery is how often the door is swept.
const sweepEvery = time.Hour

// sweep removes sessions, links and kept forms that have run out; not at once,
// so that commands, which are gone in a moment, leave it.
func (a *app) sweep(ctx context.Context) error {
	for wait := time.Minute; ; wait = sweepEvery {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
		if err := a.door.Sweep(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("old sessions are not removed", "err", err.Error())
		}
	}
}

// staffLines tells where the console is and, where there is no administrator
// yet, the one-time link to become the first.
func (h *host) staffLines(ctx context.Context) (string, error) {
	if h.desk == nil {
		return "", nil
	}
	site, err := h.consoleSite()
	if err != nil {
		return "", err
	}
	if h.app.settings.exposed() {
		h.app.log.Warn("the console is open to other machines without https: passwords cross the network in the clear; put a proxy with https before it and name it in --base-url-console")
	}
	lines := "\n  staff        " + site.At("/")
	first, until, err := site.First(ctx)
	if err != nil || first == "" {
		return lines, err
	}
	return lines + "\n               There is no administrator yet. Open this once, before " + clock(until) + ", to become the first:\n               " + first, nil
}
