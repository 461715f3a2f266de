package main

import (
	"context"
	"fmt"
	"net/http"
)

// operation is one thing that commands ask of whoever owns a data folder: this
// process, or another one through its socket. A new command declares its
// operation beside itself and adds it to operations; In and Out travel as
// JSON.
type operation[In, Out any] struct {
	path string // on the socket: /reload
	run  func(h *host, ctx context.Context, in In) (Out, error)
}

// operations are served on the socket.
var operations = []interface{ route(*http.ServeMux, *host) }{
	opReload, opStatus, opStop, opResume, opStops, opCheck,
	opPutAgencies, opListAgencies, opRemoveAgencies, opCheckAgencies,
	opSnapshot, opJournalKeys, opVerify, opTerminal,
	opListed, opStored, opHistory, opConfirm, opFile, opEdges, opCountEdges, opDecide,
	opLexicon, opLexiconList, opLexiconImport, opLexiconCheck, opLexiconTry, opLexiconSwitch,
	opIndexStatus, opIndexRebuild, opIndexVerify, opIndexDrop, opAwait,
	opStaffAdd, opStaffList, opStaffReset, opStaffAllow,
}

func (op operation[In, Out]) route(mux *http.ServeMux, h *host) {
	mux.HandleFunc("POST "+op.path, over(func(ctx context.Context, in In) (Out, error) { return op.run(h, ctx, in) }))
}

// ask has the operation done by the folder's owner. Errors are its own, as
// they are to be said to the person at the terminal.
func (op operation[In, Out]) ask(ctx context.Context, o owner, in In) (Out, error) {
	switch o := o.(type) {
	case *host:
		return op.run(o, ctx, in)
	case *remote:
		return call[Out](ctx, o, op.path, in)
	case *passing:
		return try(ctx, o, func() (Out, error) { return op.ask(ctx, o.owner, in) })
	}
	var none Out
	return none, fmt.Errorf("nobody to ask for %s", op.path)
}
