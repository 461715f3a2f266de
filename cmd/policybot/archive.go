package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

// What the commands of documents and edges ask of the folder's owner. They
// need nothing but the store, so that a command without a server opens no
// more than that.
type (
	revisionOf struct {
		ID       string `json:"id"`
		Revision int    `json:"revision,omitempty"` // 0 is the published one, else the newest
	}
	confirmRequest struct {
		ID      string `json:"id"`
		By      string `json:"by"`
		Publish bool   `json:"publish,omitempty"`
		authority
	}
	decideRequest struct {
		Edge   string `json:"edge"`
		Accept bool   `json:"accept"`
		By     string `json:"by"`
		authority
	}
)

var (
	opListed = stream[corpus.Listing, corpus.Stored]{"/documents/list", func(h *host, ctx context.Context, in corpus.Listing, yield func(corpus.Stored) error) error {
		return h.app.store.Listed(ctx, in, yield)
	}}
	opStored = operation[revisionOf, corpus.Stored]{"/documents/stored", func(h *host, ctx context.Context, in revisionOf) (corpus.Stored, error) {
		s, err := h.app.store.Stored(ctx, in.ID, in.Revision)
		return s, in.explain(err)
	}}
	opHistory = operation[revisionOf, []corpus.Stored]{"/documents/history", func(h *host, ctx context.Context, in revisionOf) ([]corpus.Stored, error) {
		all, err := h.app.store.History(ctx, in.ID)
		return all, in.explain(err)
	}}
	opConfirm = operation[confirmRequest, corpus.Stored]{"/documents/confirm", func(h *host, ctx context.Context, in confirmRequest) (corpus.Stored, error) {
		return h.app.confirm(ctx, in)
	}}
	opFile = stream[corpus.Attached, []byte]{"/documents/file", func(h *host, ctx context.Context, in corpus.Attached, yield func([]byte) error) error {
		return inPieces(h.app.store.Bytes(ctx, in), yield)
	}}
	opEdges = operation[corpus.EdgeFilter, []corpus.Edge]{"/edges/list", func(h *host, ctx context.Context, in corpus.EdgeFilter) ([]corpus.Edge, error) {
		return h.app.store.Edges(ctx, in)
	}}
	opCountEdges = operation[struct{}, map[corpus.EdgeState]int]{"/edges/count", func(h *host, ctx context.Context, _ struct{}) (map[corpus.EdgeState]int, error) {
		return h.app.countEdges(ctx)
	}}
	opDecide = operation[decideRequest, corpus.Edge]{"/edges/decide", func(h *host, ctx context.Context, in decideRequest) (corpus.Edge, error) {
		return h.app.decide(ctx, in)
	}}
)

// explain says in words what a command asked for in vain.
func (r revisionOf) explain(err error) error {
	switch {
	case !errors.Is(err, corpus.ErrNotFound):
		return err
	case r.Revision > 0:
		return fmt.Errorf("there is no revision %d of a document %.140q: see 'policybot documents history'", r.Revision, r.ID)
	}
	return fmt.Errorf("there is no document %.140q: see 'policybot documents list'", r.ID)
}

// confirm notes that a person has read a recognised text, and publishes it
// where that is asked for.
func (a *app) confirm(ctx context.Context, in confirmRequest) (corpus.Stored, error) {
	ask := revisionOf{ID: in.ID}
	var entry *desk.Entry
	if in.Publish {
		var err error
		if entry, err = a.authorised(ctx, in.authority); err != nil {
			return corpus.Stored{}, err
		}
	}
	newest, err := a.newest(ctx, in.ID)
	if err != nil {
		return newest, ask.explain(err)
	}
	switch {
	case newest.Hold != "":
		if err := a.store.Confirm(ctx, in.ID, in.By); err != nil {
			return newest, ask.explain(err)
		}
	case newest.ConfirmedBy == "" && !in.Publish:
		return newest, fmt.Errorf("%s needs no confirmation: nobody has to check its newest revision", in.ID)
	case newest.ConfirmedBy != "" && !in.Publish:
		return newest, fmt.Errorf("%s was confirmed already, by %s", in.ID, newest.ConfirmedBy)
	}
	if in.Publish {
		if err := a.publishNewest(ctx, in.ID, entry); err != nil {
			return newest, err
		}
	}
	return a.newest(ctx, in.ID)
}

// publishNewest puts a document's newest revision live. The sample corpus
// leaves with the first of one's own, as after an import.
func (a *app) publishNewest(ctx context.Context, id string, entry *desk.Entry) error {
	err := a.store.PublishAs(ctx, id, entry)
	if err == nil {
		_, err = a.desk.Put(ctx, nil, true)
	}
	return errors.Join(err, a.served(ctx))
}

// newest returns the newest revision of a document.
func (a *app) newest(ctx context.Context, id string) (corpus.Stored, error) {
	all, err := a.store.History(ctx, id)
	if err != nil {
		return corpus.Stored{}, err
	}
	return a.store.Stored(ctx, id, all[0].Revision.Number)
}

// decide accepts or rejects an edge, and has it served.
func (a *app) decide(ctx context.Context, in decideRequest) (corpus.Edge, error) {
	entry, err := a.authorised(ctx, in.authority)
	if err != nil {
		return corpus.Edge{}, err
	}
	e, err := a.store.DecideAs(ctx, in.Edge, in.Accept, in.By, entry)
	switch {
	case errors.Is(err, corpus.ErrNotFound):
		return e, fmt.Errorf("there is no edge %.60q: see 'policybot edges list'", in.Edge)
	case errors.Is(err, store.ErrUnnamed):
		return e, fmt.Errorf("the edge %.60q cannot be accepted yet: the document that it names is not published here; import it first ('policybot import --publish'), or reject the edge", in.Edge)
	case err != nil:
		return e, err
	}
	return e, a.served(ctx)
}

// served brings the index up to date where this process has one. Elsewhere the
// next that has does it: the outbox keeps what is to be done.
func (a *app) served(ctx context.Context) error {
	if a.shelf == nil {
		return nil
	}
	return a.sync(ctx)
}

func (a *app) countEdges(ctx context.Context) (map[corpus.EdgeState]int, error) {
	all, err := a.store.Edges(ctx, corpus.EdgeFilter{})
	counts := make(map[corpus.EdgeState]int)
	for _, e := range all {
		counts[e.State]++
	}
	return counts, err
}

// inPieces passes a file on in pieces that fit a line of a feed.
func inPieces(from io.Reader, yield func([]byte) error) error {
	buf := make([]byte, 256<<10)
	for {
		n, err := io.ReadFull(from, buf)
		if n > 0 {
			if err := yield(buf[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// access says what a command does with the store.
type access bool

const (
	reads   access = false
	changes access = true
)

// openArchive returns the folder's owner for commands that need the store
// alone. Where no process has the folder, that is this one, with nothing but
// the database open: it starts in milliseconds. It is never nil without an
// error.
func openArchive(ctx context.Context, s settings, what access, log *slog.Logger) (owner, error) {
	switch _, err := os.Stat(s.path(databaseName)); {
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("the data folder belongs to another user: %w", err)
	case err != nil:
		return nil, fmt.Errorf("there are no documents in the data folder %s: see 'policybot import --help'", s.Data)
	}
	meet := func(ctx context.Context) (owner, error) { return meetArchive(ctx, s, what, log) }
	now, err := meet(ctx)
	if err != nil {
		return nil, err
	}
	return &passing{owner: now, next: meet}, nil
}

func meetArchive(ctx context.Context, s settings, what access, log *slog.Logger) (owner, error) {
	for last, deadline := "", time.Now().Add(ownerPatience); ; {
		// Commands may own the folder one after the other.
		if turn := turnOf(s.Data); turn != last {
			last, deadline = turn, time.Now().Add(ownerPatience)
		}
		path, err := socketPath(s.Data)
		if err != nil {
			return nil, err
		}
		if r, _ := dial(ctx, path); r != nil {
			return r, nil
		}
		c, ok, err := takeFolder(s.Data)
		if err != nil {
			return nil, err
		}
		if ok {
			return openStoreAlone(ctx, s, c, what, log)
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the policybot on %s (process %s) has locked the folder and does not answer", s.Data, holder(s.Data))
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// openStoreAlone makes a host of the store alone. Who only reads gives the
// folder back at once, so that a list in a pager keeps no server from
// starting: the database itself lets others read and write beside it.
func openStoreAlone(ctx context.Context, s settings, c *claim, what access, log *slog.Logger) (owner, error) {
	h := &host{app: &app{settings: s, log: log}, claim: c}
	var err error
	h.app.store, err = store.Open(ctx, store.Config{Path: s.path(databaseName), BeforeMigrate: h.app.beforeMigrate})
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	h.app.desk = &corpus.Desk{Store: h.app.store, KeepSample: s.KeepSample}
	if what == changes {
		return h, nil
	}
	h.claim = nil
	if err := c.Close(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// archiveCommand completes a command that needs the store alone.
func archiveCommand(c *cobra.Command, what access, run func(*cobra.Command, owner, []string) error) *cobra.Command {
	s, envErr := fromEnvironment()
	c.RunE = func(c *cobra.Command, args []string) error {
		if envErr != nil {
			return envErr
		}
		quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
		o, err := openArchive(c.Context(), s, what, quiet)
		if err != nil {
			return err
		}
		return errors.Join(run(c, o, args), o.Close())
	}
	s.dataFlag(c.Flags())
	return c
}
