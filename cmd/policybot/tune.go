package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/eval"
)

type tuneFlags struct {
	evalFlags
	write  string
	ablate bool
	only   string
}

func newTune() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &tuneFlags{evalFlags: evalFlags{settings: s}}
	c := &cobra.Command{
		Use: "tune --documents FILE… --questions FILE…", Short: "Fit the weights of ranking, snippets and confidence to golden questions", Args: cobra.NoArgs,
		Long: `Learn what ranking, snippets and confidence weigh from questions whose answers
are known: those given, and the sample's own golden questions. Every figure is
cross-validated: the questions of a document are measured by weights that were
fitted without them, in five parts, and the standard error is printed beside
it. The same questions give the same weights.

--write FILE writes what was learnt, as index/weights.txt has it; nothing else
is changed. --ablate says what each number is worth: how the figures are
without it.`,
		Example: `  policybot tune --documents documents.jsonl --questions questions.jsonl --unanswerable unanswerable.jsonl --on 2020-03-15 --write index/weights.txt`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			return f.run(c)
		},
	}
	c.Flags().StringSliceVar(&f.documents, "documents", nil, "`files` or folders of documents, as import reads them")
	c.Flags().StringSliceVar(&f.questions, "questions", nil, "`files` of questions with an answer")
	c.Flags().StringVar(&f.unanswerable, "unanswerable", "", "`file` of questions without one")
	c.Flags().StringVar(&f.on, "on", "", "ask the questions as of this `date`; default today")
	c.Flags().StringVar(&f.mapFile, "map", "", "`file` that says how documents of another shape are read")
	c.Flags().StringVar(&f.write, "write", "", "`file` to write the weights to")
	c.Flags().BoolVar(&f.ablate, "ablate", false, "say what each number is worth")
	c.Flags().StringVar(&f.only, "only", "", "fit one `part` alone: rank, clause or confidence")
	return c
}

// subject is a set of questions with the index that they are put to.
type subject struct {
	name   string
	host   *host
	set    eval.Set
	day    corpus.Date
	weight float64 // of a question of it
}

// tuner is what tune knows so far.
type tuner struct {
	ctx      context.Context
	out      io.Writer
	subjects []*subject
	weights  index.Weights
	ablate   bool
}

// sampleWeight is what a question of the sample counts: there are few of them,
// and they are asked as citizens ask.
const sampleWeight = 2

func (f *tuneFlags) run(c *cobra.Command) (err error) {
	if !slices.Contains([]string{"", "rank", "clause", "confidence"}, f.only) {
		return usageError{fmt.Errorf("--only: %q is neither rank, clause nor confidence", f.only)}
	}
	shipped, err := index.ShippedWeights()
	if err != nil {
		return err
	}
	t := &tuner{ctx: c.Context(), out: c.OutOrStdout(), weights: *shipped, ablate: f.ablate}
	defer func() {
		for _, s := range t.subjects {
			err = errors.Join(err, s.host.Close(), os.RemoveAll(s.host.app.settings.Data))
		}
	}()
	if err := f.openSubjects(c, t); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		fit  func() error
	}{{"rank", t.rank}, {"clause", t.clause}, {"confidence", t.confidence}} {
		if f.only == "" || f.only == part.name {
			if err := part.fit(); err != nil {
				return err
			}
		}
	}
	if f.write == "" {
		return nil
	}
	file, err := os.Create(f.write)
	if err != nil {
		return err
	}
	err = t.weights.Write(file, weightsComment)
	return errors.Join(err, file.Close())
}

const weightsComment = `What ranking, confidence and snippets weigh, as 'policybot tune' fits it on
questions whose answers are known (docs/quality.md). Every name stands once.`

// openSubjects indexes the sample, and the documents that were given.
func (f *tuneFlags) openSubjects(c *cobra.Command, t *tuner) error {
	golden, err := eval.ReadQuestions(sample.Golden())
	if err != nil {
		return err
	}
	ofSample := f.evalFlags
	ofSample.useSample, ofSample.documents = true, nil
	if err := t.open(c, &ofSample, &subject{name: "sample", set: eval.Set{Questions: golden}, day: corpus.DayOf(time.Now()), weight: sampleWeight}); err != nil {
		return err
	}
	if len(f.questions) == 0 {
		return nil
	}
	on, err := corpus.ParseDate(f.on)
	if err != nil {
		return usageError{fmt.Errorf("--on: %w", err)}
	}
	if on == "" {
		on = corpus.DayOf(time.Now())
	}
	questions, unanswerable, err := f.read()
	if err != nil {
		return err
	}
	return t.open(c, &f.evalFlags, &subject{name: "documents", set: eval.Set{Questions: questions, Unanswerable: unanswerable}, day: on, weight: 1})
}

func (t *tuner) open(c *cobra.Command, f *evalFlags, s *subject) error {
	folder, err := os.MkdirTemp("", "policybot-tune-")
	if err != nil {
		return err
	}
	if s.host, err = f.open(c, folder); err != nil {
		return errors.Join(err, os.RemoveAll(folder))
	}
	t.subjects = append(t.subjects, s)
	return nil
}

// query is what the bot asks the index for a question, under these weights.
func (s *subject) query(question string, w *index.Weights) index.Query {
	a := s.host.app.roster.Load().accounts[0]
	u := bot.Understand(bot.Clean(question), bot.Names{Region: a.Region, Lexicon: s.host.app.lexicons.words()})
	q := index.Query{Text: u.Asked, Account: a.Name, Own: a.Own, Day: s.day, Limit: 10, Weights: w}
	u.Query(&q, a.Region)
	return q
}
