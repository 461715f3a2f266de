package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/eval"
)

type evalFlags struct {
	settings
	documents, questions     []string
	unanswerable, on         string
	account, mapFile, engine string
	routing, guides, faq     string
	with                     []string
	asJSON, useSample, wrong bool
	fit, curve               bool
	near                     bool        // the sample without its referrals, whose questions nothing answers
	server                   meiliServer // of engines other than the embedded one
}

const evalLong = `Index documents in a temporary folder, ask every question, and print how often
the right document comes first, the answer stands in the snippet and in the
reply, and what has no answer is refused. With --sample the sample corpus and
its own golden questions are measured, or those of --questions. Your data folder
is not touched.

--engine meilisearch measures with the server that POLICYBOT_MEILI_URL names,
on an index of its own that is removed at the end; --engine both asks every
question of both engines, prints the figures side by side, and with --wrong the
questions whose first source is not the same. A question that the embedded
index had to answer in Meilisearch's place is counted.

--guides FILE measures how well service guides are found by the everyday names
that its lines have (matter_daily), --faq FILE how well a question is found by
two of five of its words: how often the index has the right one first, and
among the first five. The lines of FILE are the documents. --with puts others
beside them, of any set: they answer nothing, and no figure should fall.

--routing measures instead how well messages are told apart that want to know
(咨询), to propose (建言) or to have something done (投诉/求助). Lines are
{"message", "kind"}. With --fit the cues are printed with weights learnt from
the file, as bot/cues/intent.txt has them.

Questions are lines {"id", "question", "doc", "answer"?, "anchor"?, "status"?,
"docs"?, "also"?}; unanswerable ones need {"id", "question"} alone.`

const evalExample = `  policybot eval --sample
  policybot eval --sample --engine both --wrong
  policybot eval --sample --questions corpus/sample/blind.jsonl
  policybot eval --guides guides.jsonl --with laws/ --with faq.jsonl
  policybot eval --documents documents.jsonl --questions questions.jsonl --unanswerable unanswerable.jsonl --on 2020-03-15`

func newEval() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &evalFlags{settings: s}
	c := &cobra.Command{
		Use: "eval --questions FILE [--documents FILE…]", Short: "Measure answer quality on golden questions", Args: cobra.NoArgs,
		Long: evalLong, Example: evalExample,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			if f.routing != "" {
				return measureRouting(f.routing, f.fit, f.asJSON, c.OutOrStdout())
			}
			if err := f.checkSets(); err != nil {
				return err
			}
			if err := f.checkEngine(); err != nil {
				return err
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
	c.Flags().StringVar(&f.guides, "guides", "", "`file` of service guides to find by their everyday names")
	c.Flags().StringVar(&f.faq, "faq", "", "`file` of questions and answers to find by two of five words of the question")
	c.Flags().StringSliceVar(&f.with, "with", nil, "`files` or folders of documents that stand in the same index and answer nothing")
	c.Flags().StringVar(&f.routing, "routing", "", "`file` of messages whose kind is known")
	c.Flags().BoolVar(&f.fit, "fit", false, "with --routing: learn the weights of the cues from it, and print them")
	c.Flags().BoolVar(&f.curve, "curve", false, "print what other thresholds of confidence would lead to")
	c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&f.useSample, "sample", false, "measure the sample corpus")
	c.Flags().BoolVar(&f.near, "near", false, "with --sample: as though no referral were noted, and the questions of the referrals as ones without an answer")
	c.Flags().StringVar(&f.engine, "engine", engineLocal, "`engine` that finds: local, meilisearch or both")
	c.Flags().BoolVar(&f.wrong, "wrong", false, "list the golden questions that went wrong; of two engines, those that differ")
	return c
}

func (f *evalFlags) run(c *cobra.Command) error {
	on, err := corpus.ParseDate(f.on)
	if err != nil {
		return usageError{fmt.Errorf("--on: %w", err)}
	}
	if f.near && !f.useSample {
		return usageError{errors.New("--near needs --sample: they are the sample's referrals")}
	}
	var set eval.Set
	if !f.lookup() {
		if set.Questions, set.Unanswerable, err = f.read(); err != nil {
			return err
		}
	}
	folder, err := os.MkdirTemp("", "policybot-eval-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	h, err := f.open(c, folder)
	if err != nil {
		return err
	}
	if f.lookup() {
		set, err = f.lookupSet(c, h)
	}
	var done evaluation
	if err == nil {
		done, err = f.measure(c, h, set, on)
	}
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if err := done.print(c.OutOrStdout(), f.asJSON, f.wrong); err != nil || f.asJSON || !f.curve {
		return err
	}
	return done.curve(c.OutOrStdout())
}

// measure asks the set of every engine that is wanted.
func (f *evalFlags) measure(c *cobra.Command, h *host, set eval.Set, on corpus.Date) (evaluation, error) {
	var done evaluation
	var all [][]eval.Outcome
	for _, name := range f.engines() {
		outcomes, err := f.ask(c, h, set, on, name)
		if err != nil {
			return done, err
		}
		r := set.Measure(outcomes)
		r.Engine = name
		all, done.reports = append(all, outcomes), append(done.reports, r)
	}
	if len(all) == 2 {
		compare := set.Compare(all[0], all[1])
		done.compare = &compare
	}
	return done, nil
}

// ask puts the set to one engine.
func (f *evalFlags) ask(c *cobra.Command, h *host, set eval.Set, on corpus.Date, name string) (out []eval.Outcome, err error) {
	p := newProgress(c.ErrOrStderr())
	p.what = "questions asked"
	defer p.done()
	var t *trial
	if name == engineMeilisearch {
		p.say("feeding Meilisearch")
		if t, err = f.openTrial(c.Context(), h); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, t.Close()) }()
	}
	p.say("asking")
	return set.Run(c.Context(), f.asker(h, on, t), func() { p.add(1) })
}

func (f *evalFlags) read() (questions, unanswerable []eval.Question, err error) {
	if f.useSample && len(f.questions) == 0 {
		questions, err = eval.ReadQuestions(sample.Golden())
	}
	if f.near && err == nil {
		unanswerable, err = nearQuestions()
	}
	if err != nil || f.useSample && len(f.questions) == 0 {
		return questions, unanswerable, err
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

// nearQuestions are the questions that the sample's office noted as answered by
// no document. Those of one note have the ID of it: they stay together in a
// cross-validation.
func nearQuestions() (asked []eval.Question, err error) {
	noted, err := sample.Referrals()
	for _, d := range noted {
		for _, q := range append([]string{d.Question}, d.Similar...) {
			asked = append(asked, eval.Question{ID: d.ID, Question: q})
		}
	}
	return asked, err
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
func (f *evalFlags) open(c *cobra.Command, folder string) (*host, error) {
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
	switch {
	case f.near:
		_, err = a.loadContents(c.Context(), sample.Documents)
	case f.useSample:
		_, err = a.loadSample(c.Context())
	}
	if err == nil && len(f.sources()) > 0 {
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
	return f.loadAll(c, run, opts)
}

// asker asks the bot; t is nil where the embedded index is measured.
func (f *evalFlags) asker(h *host, on corpus.Date, t *trial) eval.Ask {
	return func(ctx context.Context, question string) (eval.Outcome, error) {
		ask := func() (eval.Outcome, index.Result, error) { return f.askOne(ctx, h, question, on) }
		if t != nil {
			return t.watch(ask)
		}
		out, _, err := ask()
		return out, err
	}
}

// askOne asks the bot, and then the index what there was to choose from.
func (f *evalFlags) askOne(ctx context.Context, h *host, question string, on corpus.Date) (eval.Outcome, index.Result, error) {
	res, err := h.Ask(ctx, askRequest{Question: question, Account: f.account, On: on})
	if err != nil {
		return eval.Outcome{}, index.Result{}, err
	}
	out := outcomeOf(res.Reply, res.Took)
	found, err := h.trace(ctx, question, f.account, on)
	if len(found.Hits) > 0 {
		out.Direct = found.Hits[0].Direct
	}
	for _, hit := range found.Hits {
		out.Found = append(out.Found, hit.Ref.Document)
	}
	for _, p := range found.Explain.Recalled {
		out.Candidates = append(out.Candidates, p.Document)
	}
	return out, found, err
}

// outcomeOf is a reply as it is measured.
func outcomeOf(r bot.Reply, took time.Duration) eval.Outcome {
	out := eval.Outcome{Status: string(r.Status), Confidence: r.Confidence, Text: r.Text, Took: took}
	for _, s := range r.Sources {
		source := eval.Source{Document: s.Ref.Document, Anchor: s.Ref.Anchor, Snippet: s.Snippet, Passage: s.Passage}
		if s.Agency != "" {
			source.Document = eval.AgencyPrefix + s.Agency
		}
		out.Sources = append(out.Sources, source)
	}
	return out
}

// trace returns what the index knows about a question, with all candidates.
func (h *host) trace(ctx context.Context, question, account string, on corpus.Date) (index.Result, error) {
	q := h.query(question, account, cmp.Or(on, corpus.DayOf(time.Now())))
	q.Trace = true
	return h.app.shelf.Find(ctx, q)
}

// query is what the bot asks the index first for a question of one part.
func (h *host) query(question, account string, day corpus.Date) index.Query {
	acc := h.app.accountNamed(cmp.Or(account, h.app.roster.Load().accounts[0].Name))
	u := bot.Understand(bot.Clean(question), bot.Names{Region: acc.Region, Lexicon: h.app.lexicons.words()})
	q := index.Query{Text: u.Asked, Account: acc.Name, Own: acc.Own, Day: day, Limit: 10}
	u.Query(&q, acc.Region)
	return q
}
