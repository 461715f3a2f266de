package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

// importBatch is how many documents go in one transaction, importBytes how
// much text and files.
const (
	importBatch = 200
	importBytes = 8 << 20
)

var errStrict = errors.New("stopped at the first record that cannot be read (--strict)")

// busyWords say why something was left alone.
const busyWords = "a colleague's unpublished work on it is in the console, and would be put aside; publish or discard that first: "

// importRun is one run of import.
type importRun struct {
	owner           owner
	publish, strict bool
	authority       authority // of what is published
	errs            io.Writer
	progress        progress
	start           time.Time

	live, drafts []extract.Record // to be stored: published at once, or not
	size         int
	file         string // the sum of the last one

	documents, passages, unchanged, skipped int
	warned                                  int
	exported                                bool   // something came from an export
	published                               bool   // something may have to be served
	same                                    []pair // files with the same bytes
	twins                                   []pair // documents with the same title and text
	held                                    []heldDraft
	edges                                   map[corpus.EdgeState]int // after publishing
}

// heldDraft is a document whose text a person has to read first.
type heldDraft struct{ id, file string }

func (r *importRun) all(ctx context.Context, paths []string, opts extract.Options) error {
	err := extract.Walk(ctx, paths, opts, func(rec extract.Record) error { return r.add(ctx, rec) }, r.problem)
	if err == nil || errors.Is(err, errStrict) {
		err = errors.Join(err, r.flush(ctx))
	}
	// What came before a failure is published, so it has to be served too.
	if ctx.Err() != nil || !r.published {
		return err
	}
	r.progress.say("indexing")
	if err = errors.Join(err, r.owner.Served(ctx)); err != nil {
		return err
	}
	if r.exported {
		if err := r.decide(ctx, paths); err != nil {
			return err
		}
	}
	r.edges, err = opCountEdges.ask(ctx, r.owner, struct{}{})
	return err
}

func (r *importRun) add(ctx context.Context, rec extract.Record) error {
	publish := r.publish
	if rec.Status != "" {
		r.exported, publish = true, rec.Status == corpus.Published
	}
	if publish {
		r.live = append(r.live, rec)
	} else {
		r.drafts = append(r.drafts, rec)
	}
	r.size += len(rec.Content.Text)
	if o := rec.Content.Original; o != nil && (o.Sum == "" || o.Sum != r.file) {
		r.size += len(o.Data) // once, of a sheet of many records
		r.file = o.Sum
	}
	if rec.Same != "" {
		r.same = append(r.same, pair{rec.Same, rec.File})
	}
	if len(r.live)+len(r.drafts) < importBatch && r.size < importBytes {
		return nil
	}
	return r.flush(ctx)
}

// flush stores what has gathered. What is published goes first: in an export
// it comes before its document's newer draft.
func (r *importRun) flush(ctx context.Context) error {
	if err := r.put(ctx, r.live, true); err != nil {
		return err
	}
	r.published = r.published || len(r.live) > 0
	if err := r.put(ctx, r.drafts, false); err != nil {
		return err
	}
	r.live, r.drafts, r.size = r.live[:0], r.drafts[:0], 0
	return nil
}

func (r *importRun) put(ctx context.Context, records []extract.Record, publish bool) error {
	if len(records) == 0 {
		return nil
	}
	contents := make([]corpus.Content, len(records))
	for i, rec := range records {
		contents[i] = rec.Content
	}
	outcomes, err := r.owner.Put(ctx, contents, publish, r.authority)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if o.Busy {
			if err := r.problem(extract.Problem{File: records[i].File, Skipped: true, Message: busyWords + o.ID}); err != nil {
				return err
			}
			continue
		}
		if o.Held {
			r.held = append(r.held, heldDraft{o.ID, records[i].File})
			continue
		}
		if o.Twin != "" && records[i].Same == "" {
			r.twins = append(r.twins, pair{o.Twin, o.ID})
		}
		if !o.Changed {
			r.unchanged++
			continue
		}
		r.documents++
		r.passages += len(contents[i].Passages)
	}
	r.progress.add(len(outcomes))
	return nil
}

// decide repeats what people decided about edges before they were exported.
func (r *importRun) decide(ctx context.Context, paths []string) error {
	for _, p := range paths {
		all, err := decisionsIn(ctx, p)
		if err != nil {
			return err
		}
		for _, d := range all {
			_, err := opDecide.ask(ctx, r.owner, decideRequest{Edge: d.Edge, Accept: d.State == corpus.Accepted, By: d.By, authority: r.authority})
			if err != nil {
				r.warned++
				r.note(fmt.Sprintf("note: %s: %v", p, err))
			}
		}
	}
	return nil
}

func decisionsIn(ctx context.Context, path string) ([]extract.ExportedDecision, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, nil //nolint:nilerr // a file, which holds none
	}
	defer root.Close()
	return extract.Decisions(ctx, root.FS())
}

func (r *importRun) note(line string) {
	r.progress.clear()
	fmt.Fprintln(r.errs, line)
}

func (r *importRun) problem(p extract.Problem) error {
	if !p.Skipped {
		r.warned++
		r.note(fmt.Sprintf("note: %s", p))
		return nil
	}
	r.skipped++
	r.note(fmt.Sprintf("skipped: %s", p))
	if r.strict {
		return errStrict
	}
	return nil
}

// mostNamed bounds how many documents the report names of each kind.
const mostNamed = 20

// summary is the report at the end: what was done, and what is left to a
// person.
func (r *importRun) summary(out io.Writer, err error) {
	state := "stored as drafts"
	switch done := err == nil || errors.Is(err, errStrict); {
	case r.exported && done:
		state = "stored as they were exported"
	case r.publish && done:
		state = "published and being served"
	case r.publish:
		state = "published"
	}
	fmt.Fprintf(out, "%d documents %s, %d passages, %d unchanged, %d skipped, %d with notes, %.1f s\n",
		r.documents, state, r.passages, r.unchanged, r.skipped, r.warned, time.Since(r.start).Seconds())
	printPairs(out, r.same, "files are identical with another; each is a document of its own:")
	printPairs(out, r.twins, "with title and text of another that is published; of each two, one is in force ('policybot documents show ID'):")
	if n := len(r.held); n > 0 {
		fmt.Fprintf(out, "%d more stay drafts until a person has read their text beside its source, for it was recognised from pictures:\n", n)
		for _, h := range r.held[:min(n, mostNamed)] {
			fmt.Fprintf(out, "  %s\n    policybot documents show %s\n    policybot documents confirm %s --publish\n", h.file, h.id, h.id)
		}
		andMore(out, n, "policybot documents list --held")
	}
	if n := r.edges; n[corpus.Applied]+n[corpus.Accepted]+n[corpus.Proposed]+n[corpus.Dangling] > 0 {
		fmt.Fprintf(out, "edges between documents, in all: %d applied by themselves, %d accepted, %d name documents that are not here\n",
			n[corpus.Applied], n[corpus.Accepted], n[corpus.Dangling])
		if n[corpus.Proposed] > 0 {
			fmt.Fprintf(out, "%d wait for a decision: policybot edges list --state proposed\n", n[corpus.Proposed])
		}
	}
}

func andMore(out io.Writer, n int, how string) {
	if n > mostNamed {
		fmt.Fprintf(out, "  and %d more: %s\n", n-mostNamed, how)
	}
}

// pair is two documents that are one and the same, in two places.
type pair struct{ first, second string }

// printPairs names some of them.
func printPairs(out io.Writer, pairs []pair, what string) {
	n := len(pairs)
	if n == 0 {
		return
	}
	fmt.Fprintf(out, "%d %s\n", n, what)
	for _, p := range pairs[:min(n, mostNamed)] {
		fmt.Fprintf(out, "  %s = %s\n", p.second, p.first)
	}
	if n > mostNamed {
		fmt.Fprintf(out, "  and %d more\n", n-mostNamed)
	}
}
