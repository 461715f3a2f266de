package main

import (
	"context"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/index"
)

// settleAgencies puts the invented city's agencies into the directory where
// its documents are in service, and takes them out with them.
func (a *app) settleAgencies(ctx context.Context, sampleServes bool) error {
	var invented []corpus.Agency
	if sampleServes {
		var err error
		if invented, err = sample.Agencies(); err != nil {
			return err
		}
	}
	changed, err := a.store.SetSampleAgencies(ctx, invented)
	if err != nil || !changed && a.directory.Load() != nil {
		return err
	}
	return a.readDirectory(ctx)
}

// readDirectory has the next question answered from what is stored now.
func (a *app) readDirectory(ctx context.Context) error {
	all, err := a.store.AllAgencies(ctx)
	if err != nil {
		return err
	}
	a.directory.Store(corpus.NewDirectory(all, index.FoldString))
	return nil
}

// agenciesIn are entries to be put into the directory, all or none.
type agenciesIn struct {
	Agencies []corpus.Agency `json:"agencies"`
	Replace  bool            `json:"replace"`
}

// agenciesOut is what that did. With faults nothing was done.
type agenciesOut struct {
	Change corpus.AgencyChange  `json:"change"`
	Faults []corpus.AgencyFault `json:"faults,omitempty"`
}

// directoryOf asks for what one account sees; "" with All is everybody's.
type directoryOf struct {
	Account string   `json:"account"`
	All     bool     `json:"all,omitempty"`
	IDs     []string `json:"ids,omitempty"`
}

var opPutAgencies = operation[agenciesIn, agenciesOut]{"/agencies/put", func(h *host, ctx context.Context, in agenciesIn) (out agenciesOut, err error) {
	h.app.settling.Lock()
	defer h.app.settling.Unlock()
	out.Change, out.Faults, err = h.app.store.PutAgencies(ctx, in.Agencies, in.Replace, corpus.DayOf(time.Now()))
	if err != nil || len(out.Faults) > 0 {
		return out, err
	}
	return out, h.app.readDirectory(ctx)
}}

var opListAgencies = operation[directoryOf, []corpus.Agency]{"/agencies/list", func(h *host, ctx context.Context, in directoryOf) ([]corpus.Agency, error) {
	if in.All {
		return h.app.store.AllAgencies(ctx)
	}
	return h.app.agenciesOf(ctx, in.Account)
}}

// agenciesOf lists what an account sees. A name that nobody has is mistyped.
func (a *app) agenciesOf(ctx context.Context, account string) ([]corpus.Agency, error) {
	list, err := a.store.Agencies(ctx, account)
	if err != nil || account == "" || slices.ContainsFunc(list, func(x corpus.Agency) bool { return x.Account == account }) {
		return list, err
	}
	return list, a.knows(ctx, account)
}

// opRemoveAgencies returns the IDs that the account's own directory lacks; then
// nothing was removed.
var opRemoveAgencies = operation[directoryOf, []string]{"/agencies/remove", func(h *host, ctx context.Context, in directoryOf) ([]string, error) {
	h.app.settling.Lock()
	defer h.app.settling.Unlock()
	missing, err := h.app.store.RemoveAgencies(ctx, in.Account, in.IDs)
	if err != nil || len(missing) > 0 {
		return missing, err
	}
	return nil, h.app.readDirectory(ctx)
}}

var opCheckAgencies = operation[directoryOf, []corpus.AgencyWarning]{"/agencies/check", func(h *host, ctx context.Context, in directoryOf) ([]corpus.AgencyWarning, error) {
	if _, err := h.app.agenciesOf(ctx, in.Account); err != nil {
		return nil, err
	}
	serves := h.app.sampleServes(ctx)
	documents, err := h.app.store.AgenciesOfDocuments(ctx, in.Account, serves)
	if err != nil {
		return nil, err
	}
	view := h.app.directory.Load().For(in.Account, serves)
	return corpus.CheckDirectory(view, documents, corpus.DayOf(time.Now())), nil
}}
