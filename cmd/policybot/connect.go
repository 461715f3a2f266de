package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/policybot/policybot/corpus"
)

// ownerPatience is how long a command waits for a process that has just
// locked the folder to listen, and to serve a generation.
const ownerPatience = 15 * time.Second

// errGone says that the process behind the socket ended.
var errGone = errors.New("the policybot on the data folder has ended")

// connect returns whoever owns the folder: the process behind its socket, or,
// where there is none, this one, which then serves the socket itself until
// Close.
func connect(ctx context.Context, s settings, log *slog.Logger) (owner, error) {
	now, err := meet(ctx, s, log)
	if err != nil {
		return nil, err
	}
	return &passing{owner: now, next: func(ctx context.Context) (owner, error) { return meet(ctx, s, log) }}, nil
}

func meet(ctx context.Context, s settings, log *slog.Logger) (owner, error) {
	last, deadline := "", time.Time{}
	for {
		path, err := socketPath(s.Data)
		if err != nil {
			return nil, err
		}
		r, serves := dial(ctx, path)
		if r != nil && serves {
			return r, nil
		}
		trouble := "is still starting: try again in a moment"
		if r == nil {
			c, ok, err := takeFolder(s.Data)
			if err != nil {
				return nil, err
			}
			if ok {
				return own(ctx, s, c, log)
			}
			trouble = "has locked the folder and does not answer"
		} else {
			_ = r.Close() // asked again in a moment
		}
		// Commands may own the folder one after the other.
		if turn := turnOf(s.Data); turn != last || deadline.IsZero() {
			last, deadline = turn, time.Now().Add(ownerPatience)
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the policybot on %s (process %s) %s", s.Data, holder(s.Data), trouble)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// running returns the policybot that serves the data folder, for commands that
// make no sense without one. The caller closes it.
func running(ctx context.Context, s settings) (owner, error) {
	path, err := socketPath(s.Data)
	if err != nil {
		return nil, err
	}
	r, _ := dial(ctx, path)
	if r == nil {
		return nil, fmt.Errorf("%w: %s", errNoOwner, s.Data)
	}
	return r, nil
}

// claimFolder takes the folder for a server. A command that has it, an import
// in the night, is waited for a while; another server is not.
func claimFolder(ctx context.Context, folder string) (*claim, error) {
	deadline := time.Now().Add(ownerPatience)
	for {
		c, ok, err := takeFolder(folder)
		if ok || err != nil {
			return c, err
		}
		path, err := socketPath(folder)
		if err != nil {
			return nil, err
		}
		if r, _ := dial(ctx, path); r != nil {
			_ = r.Close() // only connections of its own
			if r.server {
				return nil, folderBusy(folder)
			}
		}
		if time.Now().After(deadline) {
			return nil, folderBusy(folder)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// passing is an owner who may be a command: when that is done, somebody else
// owns the folder. A server that ends is no such thing: it comes back, and
// must find the folder free.
type passing struct {
	owner
	next func(context.Context) (owner, error)
}

func (p *passing) again(ctx context.Context, err error) bool {
	r, ok := p.owner.(*remote)
	if !ok || r.server || !errors.Is(err, errGone) {
		return false
	}
	now, err := p.next(ctx)
	if err != nil {
		return false
	}
	_ = r.Close() // only connections of its own
	p.owner = now
	return true
}

func try[Out any](ctx context.Context, p *passing, do func() (Out, error)) (Out, error) {
	out, err := do()
	for err != nil && p.again(ctx, err) {
		out, err = do()
	}
	return out, err
}

func (p *passing) Put(ctx context.Context, contents []corpus.Content, publish bool, by authority) ([]corpus.Outcome, error) {
	return try(ctx, p, func() ([]corpus.Outcome, error) { return p.owner.Put(ctx, contents, publish, by) })
}

func (p *passing) Served(ctx context.Context) error {
	_, err := try(ctx, p, func() (struct{}, error) { return struct{}{}, p.owner.Served(ctx) })
	return err
}

func (p *passing) Ask(ctx context.Context, q askRequest) (askResult, error) {
	return try(ctx, p, func() (askResult, error) { return p.owner.Ask(ctx, q) })
}

func (p *passing) Health(ctx context.Context) (health, error) {
	return try(ctx, p, func() (health, error) { return p.owner.Health(ctx) })
}
