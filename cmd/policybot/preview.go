package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/bot/wechat"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/citizen"
	"github.com/policybot/policybot/web/console"
	"github.com/policybot/policybot/web/page"
)

// previews is how many previews are made at a time, so that citizens' answers
// go first; previewTime is how long one may take, waiting included.
const (
	previews    = 2
	previewTime = 6 * time.Second
)

// previewer shows staff what a draft would be to citizens.
type previewer struct {
	app   *app
	pages *page.Pages
	slots chan struct{}
}

func newPreviewer(a *app, pages *page.Pages) *previewer {
	return &previewer{a, pages, make(chan struct{}, previews)}
}

// with runs do with the documents as they would be, in its turn and its time.
func (p *previewer) with(ctx context.Context, revision int, c corpus.Content, do func(context.Context, []index.Live) error) error {
	ctx, cancel := context.WithTimeout(ctx, previewTime)
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	live, err := p.app.store.AsPublished(ctx, revision, c)
	if err != nil {
		return err
	}
	if len(live) == 0 || live[0].Document.ID != c.Document.ID {
		return fmt.Errorf("previewing %s: %w", c.Document.ID, corpus.ErrNotFound)
	}
	return do(ctx, live)
}

// account is whose pages and answers a document belongs to: of a shared one
// the first's.
func (p *previewer) account(d corpus.Document) string {
	return cmp.Or(d.Account, p.app.roster.Load().accounts[0].Name)
}

// drafts are the documents of a site, some of them as they would be.
type drafts struct {
	citizen.Documents
	library bot.Library
}

// Live implements citizen.Documents.
func (d drafts) Live(ctx context.Context, id string) (corpus.Document, corpus.Revision, error) {
	return d.library.Live(ctx, id)
}

// PreviewPage implements console.Previewer.
func (p *previewer) PreviewPage(ctx context.Context, revision int, c corpus.Content) (html []byte, err error) {
	a := p.app
	err = p.with(ctx, revision, c, func(ctx context.Context, live []index.Live) error {
		acc := a.accountNamed(p.account(c.Document))
		aside := a.responder.Aside(a.shelf, live)
		base := strings.TrimRight(acc.BaseURL, "/")
		site := citizen.New(citizen.Config{
			Documents: drafts{a.store, aside.Library}, Pages: p.pages.Under(base), Now: time.Now,
			Account: acc.Name, BaseURL: base, Name: acc.Title, Originals: a.store, Records: a.store, Releases: a.store,
			Footer: page.Footer(a.roster.Load().site),
		})
		html, err = site.Preview(ctx, c.Document.ID)
		return err
	})
	return html, err
}

// PreviewReply implements console.Previewer.
func (p *previewer) PreviewReply(ctx context.Context, revision int, c corpus.Content, question string) (told console.Told, err error) {
	a := p.app
	err = p.with(ctx, revision, c, func(ctx context.Context, live []index.Live) error {
		view, err := a.shelf.WithDrafts(ctx, live)
		if err != nil {
			return err
		}
		defer view.Close()
		q := bot.Question{Account: p.account(c.Document), Kind: bot.Text, Text: question, Time: time.Now()}
		reply := a.responder.Aside(view, live).Answer(ctx, q)
		now := a.responder.Aside(a.shelf, nil).Answer(ctx, q)
		if err := ctx.Err(); err != nil {
			return err
		}
		told = console.Told{Text: wechat.Shown(question, reply), Status: reply.Status, Reason: reply.Reason}
		told.Place = 1 + slices.IndexFunc(reply.Sources, func(s bot.Source) bool { return s.Ref.Document == c.Document.ID })
		if len(reply.Sources) > 0 {
			told.Ours, told.First = told.Place == 1, reply.Sources[0].Title
		}
		if now.Status == bot.Answered && len(now.Sources) > 0 {
			told.Now = now.Sources[0].Title
		}
		return nil
	})
	return told, err
}
