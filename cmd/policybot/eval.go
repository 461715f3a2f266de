package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/index/eval"
)

type evalFlags struct {
	settings
	documents, questions     []string
	unanswerable, on         string
	account, mapFile         string
	asJSON, useSample, wrong bool
}

func newEval() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &evalFlags{settings: s}
	c := &cobra.Command{
		Use: "eval --questions FILE [--documents FILE…]", Short: "Measure answer quality on golden questions", Args: cobra.NoArgs,
		Long: `Index documents in a temporary folder, ask every question, and print how often
the right document comes first, the answer stands in the snippet and in the
reply, and what has no answer is refused. With --sample the sample corpus and
its own golden questions are measured. Your data folder is not touched.

Questions are lines {"id", "question", "doc", "answer"?, "anchor"?, "status"?,
"docs"?, "also"?}; unanswerable ones need {"id", "question"} alone.`,
		Example: `  policybot eval --sample
  policybot eval --documents documents.jsonl --questions questions.jsonl --unanswerable unanswerable.jsonl --on 2020-03-15`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			if f.useSample == (len(f.questions) > 0) {
				return usageError{errors.New("give --questions with --documents, or --sample")}
			}
			return f.run(c)
		},
	}
	c.Flags().StringSliceVar(&f.documents, "documents", nil, "`files` or folders of documents, as import reads them")
	c.Flags().StringSliceVar(&f.questions, "questions", nil, "`files` of questions with an answer")
	c.Flags().StringVar(&f.unanswerable, "unanswerable", "", "`file` of questions without one")
	c.Flags().StringVar(&f.on, "on", "", "ask as of this `date`; default today")
	c.Flags().StringVar(&f.account, "account", "", "ask as a citizen of this `account`")
	c.Flags().StringVar(&f.mapFile, "map", "", "`file` that says how documents of another shape are read")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&f.useSample, "sample", false, "measure the sample corpus")
	c.Flags().BoolVar(&f.wrong, "wrong", false, "list the golden questions that went wrong")
	return c
}

func (f *evalFlags) run(c *cobra.Command) error {
	on, err := corpus.ParseDate(f.on)
	if err != nil {
		return usageError{fmt.Errorf("--on: %w", err)}
	}
	questions, unanswerable, err := f.read()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "policybot-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	o, err := f.open(c, folder)
	if err != nil {
		return err
	}
	p := newProgress(c.ErrOrStderr())
	report, err := eval.Run(c.Context(), questions, unanswerable, f.asker(o, on), func() { p.add(1) })
	p.done()
	if err = errors.Join(err, o.Close()); err != nil {
		return err
	}
	return f.print(c.OutOrStdout(), report)
}

func (f *evalFlags) read() (questions, unanswerable []eval.Question, err error) {
	if f.useSample {
		questions, err = eval.ReadQuestions(sample.Golden())
		return questions, nil, err
	}
	for _, name := range f.questions {
		more, err := readQuestions(name)
		if err != nil {
			return nil, nil, err
		}
		questions = append(questions, more...)
	}
	if f.unanswerable != "" {
		unanswerable, err = readQuestions(f.unanswerable)
	}
	return questions, unanswerable, err
}

func readQuestions(name string) ([]eval.Question, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	out, err := eval.ReadQuestions(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

// open makes an index of the documents in a temporary folder.
func (f *evalFlags) open(c *cobra.Command, folder string) (owner, error) {
	s := f.settings
	s.Data, s.KeepSample, s.Empty, s.trial = folder, false, false, true
	claim, ok, err := takeFolder(folder)
	if err != nil || !ok {
		return nil, errors.Join(err, errNoOwner)
	}
	quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := openApp(c.Context(), s, quiet)
	if err != nil {
		return nil, errors.Join(err, claim.Close())
	}
	h := &host{app: a, claim: claim}
	if f.useSample {
		_, err = a.loadSample(c.Context())
	} else {
		err = f.load(c, h)
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (f *evalFlags) load(c *cobra.Command, o owner) error {
	opts, err := (&importFlags{mapFile: f.mapFile}).options()
	if err != nil {
		return err
	}
	run := &importRun{owner: o, publish: true, errs: io.Discard, progress: newProgress(c.ErrOrStderr())}
	defer run.progress.done()
	return run.all(c.Context(), f.documents, opts)
}

func (f *evalFlags) asker(o owner, on corpus.Date) eval.Ask {
	return func(ctx context.Context, question string) (eval.Outcome, error) {
		res, err := o.Ask(ctx, askRequest{Question: question, Account: f.account, On: on})
		if err != nil {
			return eval.Outcome{}, err
		}
		return outcomeOf(res.Reply, res.Took), nil
	}
}

// outcomeOf is a reply as it is measured.
func outcomeOf(r bot.Reply, took time.Duration) eval.Outcome {
	out := eval.Outcome{Status: string(r.Status), Confidence: r.Confidence, Text: r.Text, Took: took}
	for _, s := range r.Sources {
		source := eval.Source{Document: s.Ref.Document, Anchor: s.Ref.Anchor, Snippet: s.Snippet, Passage: s.Passage}
		if s.Agency != "" {
			source.Document = "agency:" + s.Agency // a colon is in no document's ID
		}
		out.Sources = append(out.Sources, source)
	}
	return out
}

func (f *evalFlags) print(out io.Writer, r eval.Report) error {
	if f.asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "questions with an answer\t%d\n", r.Questions)
	fmt.Fprintf(w, "  document hit@1\t%.3f\n  document hit@3\t%.3f\n  MRR@10\t%.3f\n", r.Hit1, r.Hit3, r.MRR10)
	if r.Place1 > 0 {
		fmt.Fprintf(w, "  passage hit@1\t%.3f\n", r.Place1)
	}
	fmt.Fprintf(w, "  answer inside the first snippet\t%.3f\n", r.InSnippet)
	fmt.Fprintf(w, "  answer inside the reply, of those answered\t%.3f\n", r.InReply)
	fmt.Fprintf(w, "  answered\t%.3f\n  right document first, of those answered\t%.3f\n", r.Answered, r.Precision)
	fmt.Fprintf(w, "questions without one\t%d\n", r.Unanswerable)
	fmt.Fprintf(w, "  answered all the same\t%.3f\n  refusal AUC\t%.3f\n", r.Wrongly, r.AUC)
	if r.GoldenN > 0 {
		fmt.Fprintf(w, "golden questions right or rightly refused\t%.3f of %d\n", r.Golden, r.GoldenN)
	}
	fmt.Fprintf(w, "a question takes\tp50 %.2f ms, p99 %.2f ms\n", r.P50, r.P99)
	if err := w.Flush(); err != nil {
		return err
	}
	if f.wrong {
		for _, x := range r.Wrong {
			fmt.Fprintf(out, "%s %s\n    want %s\n    got  %s (%.2f)\n", x.ID, x.Question, x.Want, x.Got, x.Confidence)
		}
	}
	return nil
}
