package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

type importFlags struct {
	settings
	publish, strict            bool
	mapFile, kind, region, acc string
}

func newImport() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &importFlags{settings: s}
	c := &cobra.Command{
		Use: "import PATH…", Short: "Read documents from files and folders", Args: cobra.MinimumNArgs(1),
		Long: `Read documents from files, folders (with what is in them) and JSONL, into the
data folder: Markdown with front matter, plain text, HTML, and lines of

  {"id", "title"?, "text", "kind"?, "number"?, "agency"?, "published"?,
   "effective"?, "expires"?, "url"?, "region"?, "tags"?}       a document
  {"question", "answer", "similar"?}                           an FAQ

Lines of another shape are read with --map FILE, which names their fields:

  kind: guide
  fields: {id: TASK_CODE, title: TASK_NAME, agency: DEPT_NAME, url: URL}
  sections:
    - {label: 申请材料, from: material_intro}

A document keeps its ID: that of its line or front matter, else one made from
its path relative to PATH. Importing again changes only what has changed. A bad
record never stops the others: it is named with file and line, and the exit
status is 3; --strict stops at the first one. The policybot that is running on
the same data folder serves what is published before the command returns.`,
		Example: `  policybot import --publish policies/ faq.jsonl
  policybot import --map guides.yaml guides.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			if envErr != nil {
				return envErr
			}
			return f.run(c, args)
		},
	}
	f.dataFlag(c.Flags())
	c.Flags().BoolVar(&f.publish, "publish", false, "put the documents live at once")
	c.Flags().BoolVar(&f.strict, "strict", false, "stop at the first record that cannot be read")
	c.Flags().StringVar(&f.mapFile, "map", "", "`file` that says how lines of another shape are read")
	c.Flags().StringVar(&f.kind, "kind", "", "`kind` of documents that don't name one: policy, interpretation, guide, faq, clarification, notice, catalogue, draft")
	c.Flags().StringVar(&f.region, "region", "", "`region` of documents that name none: 青岚市")
	c.Flags().StringVar(&f.acc, "account", "", "`account` that alone sees the documents; default all")
	return c
}

func (f *importFlags) options() (extract.Options, error) {
	opts := extract.Options{Kind: corpus.Kind(f.kind), Account: f.acc, Region: f.region}
	if f.kind != "" && !opts.Kind.Valid() {
		return opts, usageError{fmt.Errorf("--kind %q is none of the kinds that --help lists", f.kind)}
	}
	if f.mapFile == "" {
		return opts, nil
	}
	data, err := os.ReadFile(f.mapFile)
	if err != nil {
		return opts, fmt.Errorf("--map: %w", err)
	}
	if opts.Map, err = extract.ParseMap(data); err != nil {
		return opts, usageError{fmt.Errorf("--map %s: %w", f.mapFile, err)}
	}
	return opts, nil
}

func (f *importFlags) run(c *cobra.Command, paths []string) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
	quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	o, err := connect(c.Context(), f.settings, quiet)
	if err != nil {
		return err
	}
	run := &importRun{owner: o, publish: f.publish, strict: f.strict, errs: c.ErrOrStderr(), start: time.Now()}
	noteUnknown(c.Context(), o, f.acc, c.ErrOrStderr())
	run.progress = newProgress(c.ErrOrStderr())
	err = run.all(c.Context(), paths, opts)
	run.progress.done()
	run.summary(c.OutOrStdout(), err)
	if err = errors.Join(err, o.Close()); err == nil && run.skipped > 0 {
		err = exitCode(3)
	}
	return err
}

// noteUnknown says where the running server has no account of the name that
// something is kept for: it may be mistyped, or come with the next reload.
func noteUnknown(ctx context.Context, o owner, account string, errs io.Writer) {
	h, err := o.Health(ctx)
	if account == "" || err != nil || !h.Server || slices.Contains(h.Accounts, account) {
		return
	}
	fmt.Fprintf(errs, "note: no account %q is configured (there are: %s); nobody sees what it owns until one is\n", account, strings.Join(h.Accounts, ", "))
}

// importBatch is how many documents go in one transaction, importBytes how
// much text and files.
const (
	importBatch = 200
	importBytes = 8 << 20
)

var errStrict = errors.New("stopped at the first record that cannot be read (--strict)")

// importRun is one run of import.
type importRun struct {
	owner           owner
	publish, strict bool
	errs            io.Writer
	progress        progress
	start           time.Time

	pending                            []corpus.Content
	size                               int
	documents, passages, same, skipped int
	warned                             int
}

func (r *importRun) all(ctx context.Context, paths []string, opts extract.Options) error {
	err := extract.Walk(ctx, paths, opts, func(rec extract.Record) error { return r.add(ctx, rec) }, r.problem)
	if err == nil || errors.Is(err, errStrict) {
		err = errors.Join(err, r.flush(ctx))
	}
	// What came before a failure is published, so it has to be served too.
	if !r.publish || ctx.Err() != nil {
		return err
	}
	r.progress.say("indexing")
	return errors.Join(err, r.owner.Served(ctx))
}

func (r *importRun) add(ctx context.Context, rec extract.Record) error {
	r.pending = append(r.pending, rec.Content)
	r.size += len(rec.Content.Text)
	if rec.Content.Original != nil {
		r.size += len(rec.Content.Original.Data)
	}
	if len(r.pending) < importBatch && r.size < importBytes {
		return nil
	}
	return r.flush(ctx)
}

func (r *importRun) flush(ctx context.Context) error {
	if len(r.pending) == 0 {
		return nil
	}
	outcomes, err := r.owner.Put(ctx, r.pending, r.publish)
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if !o.Changed {
			r.same++
			continue
		}
		r.documents++
		r.passages += len(r.pending[i].Passages)
	}
	r.progress.add(len(outcomes))
	r.pending, r.size = r.pending[:0], 0
	return nil
}

func (r *importRun) problem(p extract.Problem) error {
	r.progress.clear()
	if !p.Skipped {
		r.warned++
		fmt.Fprintf(r.errs, "note: %s\n", p)
		return nil
	}
	r.skipped++
	fmt.Fprintf(r.errs, "skipped: %s\n", p)
	if r.strict {
		return errStrict
	}
	return nil
}

func (r *importRun) summary(out io.Writer, err error) {
	state := "stored as drafts"
	switch {
	case r.publish && (err == nil || errors.Is(err, errStrict)):
		state = "published and being served"
	case r.publish:
		state = "published"
	}
	fmt.Fprintf(out, "%d documents %s, %d passages, %d unchanged, %d skipped, %d with notes, %.1f s\n",
		r.documents, state, r.passages, r.same, r.skipped, r.warned, time.Since(r.start).Seconds())
}

// progress shows how far an import is: a bar on a terminal, a line every few
// seconds elsewhere.
type progress struct {
	bar  *progressbar.ProgressBar
	errs io.Writer
	n    int
	last time.Time
}

func newProgress(errs io.Writer) progress {
	p := progress{errs: errs, last: time.Now()}
	if f, ok := errs.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription("importing"),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("documents"),
			progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	return p
}

func (p *progress) add(n int) {
	p.n += n
	if p.bar != nil {
		_ = p.bar.Add(n) // a terminal that is gone
		return
	}
	if time.Since(p.last) > 5*time.Second {
		p.last = time.Now()
		fmt.Fprintf(p.errs, "%d documents read\n", p.n)
	}
}

func (p *progress) say(what string) {
	if p.bar != nil {
		p.bar.Describe(what)
	}
}

func (p *progress) clear() {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
}

func (p *progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
