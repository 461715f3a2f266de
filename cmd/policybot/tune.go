package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

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
	learn  []string
	// elsewhere is a file of messages that the sample's documents do not answer.
	elsewhere string
}

func newTune() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &tuneFlags{evalFlags: evalFlags{settings: s}}
	c := &cobra.Command{
		Use: "tune --documents FILE… --questions FILE…", Short: "Fit the weights of ranking, snippets and confidence to golden questions", Args: cobra.NoArgs,
		Long: `Learn what ranking, snippets and confidence weigh from questions whose answers
are known: those given, the everyday names of guides, two of five words of an
FAQ's question, and the sample's own golden questions; confidence also from what
the sample's office noted as answered by no document. Every figure is
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
	c.Flags().StringVar(&f.guides, "guides", "", "`file` of service guides with everyday names")
	c.Flags().StringVar(&f.faq, "faq", "", "`file` of questions and answers")
	c.Flags().StringSliceVar(&f.with, "with", nil, "`files` or folders of other documents: confidence is learnt from the same questions among them, too")
	c.Flags().StringVar(&f.elsewhere, "elsewhere", "", "`file` of messages to another city, as --routing of eval reads them: the sample answers none of those that ask")
	c.Flags().StringVar(&f.write, "write", "", "`file` to write the weights to")
	c.Flags().BoolVar(&f.ablate, "ablate", false, "say what each number is worth")
	c.Flags().StringVar(&f.only, "only", "", "fit one `part` alone: rank, clause or confidence")
	c.Flags().StringSliceVar(&f.learn, "learn", nil, "`numbers` of ranking to fit, the others as they are; default all that the sets teach")
	return c
}

// subject is a set of questions with the index that they are put to.
type subject struct {
	name   string
	host   *host
	set    eval.Set
	day    corpus.Date
	weight shares
	// missing says that each question is also asked as though its documents
	// were missing: what is found then is wrong.
	missing bool
	// unnoted asks as though nothing were noted of how people ask: most documents
	// have no such notes. It teaches confidence alone.
	unnoted bool
	// repeats says that the questions are those of another subject: they teach
	// confidence alone.
	repeats bool
}

// tuner is what tune knows so far.
type tuner struct {
	ctx      context.Context
	out      io.Writer
	hosts    []*host
	subjects []*subject
	weights  index.Weights
	ablate   bool
	learn    []string // numbers of ranking; all that can be learnt where there is none
}

// shares are what a question of a set counts, so that no set decides alone.
type shares struct {
	rank    float64
	answer  float64 // for confidence
	missing float64 // the same, with its documents taken away: another may well answer it
}

// countsOf are those of the sets: the sample has few questions, and they are
// asked as citizens ask.
var countsOf = map[string]shares{
	"sample": {2, 4, 1}, "unnoted": {0, 1, 1}, "documents": {1, 1, 0}, "beside": {0, 1, 0}, "guides": {1, .5, .25}, "faq": {.25, .1, .05},
	"near": {0, .3, 0}, "near unnoted": {0, .15, 0}, "elsewhere": {0, 1, 0}, "elsewhere unnoted": {0, .5, 0},
}

func (f *tuneFlags) run(c *cobra.Command) (err error) {
	if !slices.Contains([]string{"", "rank", "clause", "confidence"}, f.only) {
		return usageError{fmt.Errorf("--only: %q is neither rank, clause nor confidence", f.only)}
	}
	shipped, err := index.ShippedWeights()
	if err != nil {
		return err
	}
	t := &tuner{ctx: c.Context(), out: c.OutOrStdout(), weights: *shipped, ablate: f.ablate, learn: f.learn}
	defer func() {
		for _, h := range t.hosts {
			err = errors.Join(err, h.Close(), os.RemoveAll(h.app.settings.Data))
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
	ofSample.useSample, ofSample.near, ofSample.documents, ofSample.guides, ofSample.faq, ofSample.with = true, true, nil, "", "", nil
	h, err := t.open(c, &ofSample)
	if err != nil {
		return err
	}
	today := corpus.DayOf(time.Now())
	near, err := nearQuestions()
	if err != nil {
		return err
	}
	elsewhere, err := askedElsewhere(f.elsewhere)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		name, unnoted string
		set           eval.Set
	}{
		{"sample", "unnoted", eval.Set{Questions: golden}},
		{"near", "near unnoted", eval.Set{Unanswerable: near}},
		{"elsewhere", "elsewhere unnoted", eval.Set{Unanswerable: elsewhere}},
	} {
		if len(one.set.Questions)+len(one.set.Unanswerable) > 0 {
			t.add(&subject{name: one.name, host: h, set: one.set, day: today, missing: true})
			t.add(&subject{name: one.unnoted, host: h, set: one.set, day: today, missing: true, unnoted: true})
		}
	}
	if len(f.questions) > 0 {
		if err := f.openDocuments(c, t, today); err != nil {
			return err
		}
	}
	return f.openLookups(c, t, today)
}

// askedElsewhere reads the messages of a file that ask something; none of no file.
func askedElsewhere(name string) (asked []eval.Question, err error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	messages, err := eval.ReadMessages(file, routingKinds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, m := range messages {
		if m.Kind == routingKinds[0] {
			asked = append(asked, eval.Question{ID: m.Text, Question: m.Text})
		}
	}
	return asked, nil
}

// openDocuments indexes the documents that were given.
func (f *tuneFlags) openDocuments(c *cobra.Command, t *tuner, today corpus.Date) error {
	on, err := corpus.ParseDate(f.on)
	if err != nil {
		return usageError{fmt.Errorf("--on: %w", err)}
	}
	questions, unanswerable, err := f.read()
	if err != nil {
		return err
	}
	ofDocuments := f.evalFlags
	ofDocuments.guides, ofDocuments.faq, ofDocuments.with = "", "", nil
	set := eval.Set{Questions: questions, Unanswerable: unanswerable}
	h, err := t.open(c, &ofDocuments)
	if err != nil {
		return err
	}
	t.add(&subject{name: "documents", host: h, set: set, day: cmp.Or(on, today)})
	if len(f.with) == 0 {
		return nil
	}
	ofDocuments.with = f.with
	if h, err = t.open(c, &ofDocuments); err == nil {
		t.add(&subject{name: "beside", host: h, set: set, day: cmp.Or(on, today), repeats: true})
	}
	return err
}

// openLookups indexes guides and FAQ side by side.
func (f *tuneFlags) openLookups(c *cobra.Command, t *tuner, today corpus.Date) error {
	sets := []evalFlags{}
	all := f.evalFlags
	all.documents, all.guides, all.faq, all.with = nil, "", "", nil
	for _, one := range []struct{ guides, faq string }{{guides: f.guides}, {faq: f.faq}} {
		if name := one.guides + one.faq; name != "" {
			set := f.evalFlags
			set.guides, set.faq = one.guides, one.faq
			sets, all.with = append(sets, set), append(all.with, name)
		}
	}
	if len(sets) == 0 {
		return nil
	}
	h, err := t.open(c, &all)
	if err != nil {
		return err
	}
	for _, f := range sets {
		set, err := f.lookupSet(c, h)
		if err != nil {
			return err
		}
		name := "faq"
		if f.guides != "" {
			name = "guides"
		}
		t.add(&subject{name: name, host: h, set: set, day: today, missing: true})
	}
	return nil
}

// open makes an index that is closed at the end.
func (t *tuner) open(c *cobra.Command, f *evalFlags) (*host, error) {
	folder, err := os.MkdirTemp("", "policybot-tune-")
	if err != nil {
		return nil, err
	}
	h, err := f.open(c, folder)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	t.hosts = append(t.hosts, h)
	return h, nil
}

func (t *tuner) add(s *subject) {
	s.weight = countsOf[s.name]
	t.subjects = append(t.subjects, s)
}

// query is what the bot asks the index for a question, under these weights.
func (s *subject) query(question string, w *index.Weights) index.Query {
	q := s.host.query(question, "", s.day)
	q.Weights, q.Unnoted = w, s.unnoted
	return q
}
