package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

type importFlags struct {
	settings
	publish, strict, noWait    bool
	authority                  authority
	dryRun, asJSON             bool
	mapFile, kind, region, acc string
}

const importHelp = `Read documents from files and folders (with what is in them) into the data
folder. What a file is, its bytes tell: docx, PDF, OFD, HTML, Markdown with front
matter, plain text (UTF-8, GB18030, UTF-16), xlsx and CSV with a row for each
question, guide or document, zip of any of these, and JSON lines:

  {"id", "title"?, "text", "kind"?, "number"?, "agency"?, "published"?,
   "effective"?, "expires"?, "url"?, "region"?, "tags"?}       a document
  {"question", "answer", "similar"?}                           an FAQ
  {"question", "refer", "similar"?}                            whom to ask, where no policy answers

A sheet is known by the headings of its columns, in the first 30 rows:

  问题, 答案 (相似问法, 反例, 分类)                an FAQ in each row
  问题, 转问 (相似问法, 分类)                      whom to ask, where no policy answers
  事项名称 and two of 受理条件, 申请材料, 办理流程, 办理时限, 收费标准,
    办理地点, 办公时间, 咨询电话, 网上办理 …        a service guide in each row
  标题, 正文 (文号, 发文机关, 施行日期 …)           a document in each row
  any others                                    one list, 清单: each row a passage

doc, wps, rtf, odt, xls, et and ods are read through LibreOffice where it is
installed; a zip within a zip is opened, one within that is not.
Scanned pages and pictures are named, and not read, unless --ocr (POLICYBOT_OCR)
names a command that recognises them, such as Debian's tesseract with chi_sim:

  POLICYBOT_OCR="tesseract {in} - -l chi_sim --psm 6"

What was recognised stays a draft until a person has confirmed it: see
'policybot documents confirm --help'.

Lines and sheets of another shape are read with --map FILE, which names their
fields:

  kind: guide
  fields: {id: TASK_CODE, title: TASK_NAME, agency: DEPT_NAME, url: URL}
  sections:
    - {label: 申请材料, from: material_intro}

A document keeps its ID: that of its line or front matter, else one made from
its path relative to PATH. Importing again changes only what has changed. A bad
record never stops the others: it is named with file and line, and the exit
status is 3; --strict stops at the first one. The policybot that is running on
the same data folder serves what is published before the command returns, and so
does a Meilisearch (POLICYBOT_MEILI_URL), or a sentence says what still waits for
it; with --no-wait it is not waited for. At the
end is said what is left to a person: documents that are there twice (of two with one
title and text one is in force), drafts that were recognised and are held until
they are confirmed, and what documents do to others that is not certain ('policybot edges').

--dry-run needs no data folder and stores nothing: it prints what was recognised
of each document, with --json a line for each: the fields of 'policybot export
--jsonl' and file, line, written, region, level, addressees, topics, audience,
applications, statements, findings (each with place and how sure), warnings, held.

A folder that 'policybot export' wrote is read as it was: what was published is
published, whatever --publish says.`

func newImport() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &importFlags{settings: s}
	c := &cobra.Command{
		Use: "import PATH…", Short: "Read documents from files and folders", Args: cobra.MinimumNArgs(1),
		Long: importHelp,
		Example: `  policybot import --dry-run policies/
  policybot import --publish policies/ faq.jsonl
  policybot import --map guides.yaml guides.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			if envErr != nil {
				return envErr
			}
			if f.asJSON && !f.dryRun {
				return usageError{errors.New("--json belongs to --dry-run")}
			}
			return f.run(c, args)
		},
	}
	f.dataFlag(c.Flags())
	f.ocrFlag(c.Flags())
	c.Flags().BoolVar(&f.publish, "publish", false, "put the documents live at once")
	f.authority.flags(c.Flags())
	c.Flags().BoolVar(&f.noWait, "no-wait", false, "do not wait for a Meilisearch: say what is still to be brought to it")
	c.Flags().BoolVar(&f.strict, "strict", false, "stop at the first record that cannot be read")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "read, print what was recognised, and store nothing")
	c.Flags().BoolVar(&f.asJSON, "json", false, "with --dry-run: print JSON lines")
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
	if f.dryRun {
		return f.dry(c, paths, opts)
	}
	run := &importRun{publish: f.publish, strict: f.strict, authority: f.authority, errs: c.ErrOrStderr(), progress: newProgress(c.ErrOrStderr())}
	return f.withTools(f.path("cache"), run.note, opts, func(opts extract.Options) error { return f.store(c, run, paths, opts) })
}

// store reads everything into the data folder, and reports.
func (f *importFlags) store(c *cobra.Command, run *importRun, paths []string, opts extract.Options) (err error) {
	run.start = time.Now()
	quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	f.outside = acts
	if run.owner, err = connect(c.Context(), f.settings, quiet); err != nil {
		return err
	}
	noteUnknown(c.Context(), run.owner, f.acc, c.ErrOrStderr())
	err = run.all(c.Context(), paths, opts)
	run.progress.done()
	var lags bytes.Buffer // to be said last
	if run.published && c.Context().Err() == nil {
		err = errors.Join(err, awaitEngines(c.Context(), run.owner, !f.noWait, &lags, c.ErrOrStderr()))
	}
	run.summary(c.OutOrStdout(), err)
	_, _ = lags.WriteTo(c.OutOrStdout()) // as the summary
	if err = errors.Join(err, run.owner.Close()); err == nil && run.skipped > 0 {
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
