package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

type askFlags struct {
	settings
	account, on    string
	explain, jsonl bool
}

func newAsk() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &askFlags{settings: s}
	c := &cobra.Command{
		Use: "ask QUESTION | ask --jsonl", Short: "Answer a question as a citizen would get it", Args: cobra.MaximumNArgs(1),
		Long: `Print the reply to a question, word for word as the account would send it.

--explain shows how the question was understood: its terms and their weights,
expansions, places, and the candidates with the parts of their scores.

--jsonl reads {"id", "question"} lines from standard input and writes one line
each, in order: {id, question, status, confidence, engine, text, sources, ms}.
A source is {document, title, number, anchor, url, snippet, passage, validity,
score}, or of an agency's entry {agency, title, url, …}; sources are ordered, and are there also where the reply is a refusal.
A line that cannot be read never stops the others: it is named on standard
error, and the exit status is 3.`,
		Example: `  policybot ask "老人卡在哪里办？"
  policybot ask --explain --on 2023-06-01 "租房能提公积金吗"
  policybot ask --jsonl < questions.jsonl > replies.jsonl`,
		RunE: func(c *cobra.Command, args []string) error {
			if envErr != nil {
				return envErr
			}
			if f.jsonl == (len(args) == 1) {
				return usageError{errors.New("give a question, or --jsonl and lines on standard input")}
			}
			return f.run(c, args)
		},
	}
	f.dataFlag(c.Flags())
	f.configFlag(c.Flags())
	c.Flags().StringVar(&f.account, "account", "", "ask as a citizen of this `account`; default the first one")
	c.Flags().StringVar(&f.on, "on", "", "ask as of this `date`, 2024-05-01; default today")
	c.Flags().BoolVar(&f.explain, "explain", false, "show how the question was understood and ranked")
	c.Flags().BoolVar(&f.jsonl, "jsonl", false, "read questions from standard input, write JSON lines")
	return c
}

func (f *askFlags) run(c *cobra.Command, args []string) error {
	on, err := corpus.ParseDate(f.on)
	if err != nil {
		return usageError{fmt.Errorf("--on: %w", err)}
	}
	quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	f.outside = follows
	o, err := connect(c.Context(), f.settings, quiet)
	if err != nil {
		return err
	}
	req := askRequest{Account: f.account, On: on, Explain: f.explain}
	if f.jsonl {
		err = askLines(c.Context(), o, req, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr())
	} else {
		req.Question = args[0]
		err = askOne(c.Context(), o, req, c.OutOrStdout(), c.ErrOrStderr())
	}
	return errors.Join(err, o.Close())
}

func askOne(ctx context.Context, o owner, req askRequest, out, errs io.Writer) error {
	res, err := o.Ask(ctx, req)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, plain(res.Reply.Text))
	if res.Explain != nil {
		explain(out, res)
	}
	if h, err := o.Health(ctx); err == nil && h.Own+h.Sample == 0 {
		fmt.Fprintln(errs, "\n(No document is published yet: see 'policybot import --help', or start 'policybot serve' once for the sample corpus.)")
	}
	return nil
}

// plain writes links as label (address), as a terminal can follow them.
func plain(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, `<a href="`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		address, rest, _ := strings.Cut(rest, `">`)
		label, after, _ := strings.Cut(rest, "</a>")
		fmt.Fprintf(&b, "%s（%s）", label, address)
		text = after
	}
}

func explain(out io.Writer, res askResult) {
	r := res.Explain
	fmt.Fprintf(out, "\n--- status %s (%s), confidence %.3f, %s, generation %s, lexicon %s, %.1f ms\n",
		res.Reply.Status, res.Reply.Reason, res.Reply.Confidence, r.Engine, r.Generation, r.Lexicon, float64(res.Took.Microseconds())/1000)
	fmt.Fprint(out, "terms:")
	for _, t := range r.Explain.Terms {
		fmt.Fprintf(out, " %s %.2f", t.Text, t.IDF)
	}
	fmt.Fprintf(out, "\nwords: %s\n", strings.Join(r.Explain.Words, " "))
	for _, e := range r.Explain.Expansions {
		fmt.Fprintf(out, "expansion: %s → %s × %.2f\n", e.From, e.To, e.Weight)
	}
	if len(r.Explain.Places) > 0 {
		fmt.Fprintf(out, "places: %s\n", strings.Join(r.Explain.Places, " "))
	}
	fmt.Fprintf(out, "candidates: %d\n", r.Explain.Candidates)
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "score\tdocument\twhat it is the sum of, weighted")
	weights, err := index.ShippedWeights()
	if err != nil {
		return
	}
	for _, h := range r.Hits {
		fmt.Fprintf(w, "%.2f\t%s#%s %s\t%s\n", h.Score, h.Ref.Document, h.Ref.Anchor, h.Title, weighted(&h.Parts, &weights.Rank))
	}
	_ = w.Flush()
	if len(r.Hits) > 0 {
		fmt.Fprintf(out, "confidence from: bias %.2f %s\n", weights.Confidence.Bias,
			weighted(&r.Hits[0].Features, &weights.Confidence.Features))
	}
}

// weighted shows numbers that are not 0 with what they weigh: words .52×1.5.
func weighted(numbers, weights any) string {
	by := map[string]float64{}
	index.Numbers(weights, func(name string, at *float64) { by[name] = *at })
	var all []string
	index.Numbers(numbers, func(name string, at *float64) {
		if *at != 0 {
			all = append(all, fmt.Sprintf("%s %.3g×%.3g", name, *at, by[name]))
		}
	})
	return strings.Join(all, ", ")
}

// askedLine and answeredLine are the lines of ask --jsonl.
type askedLine struct {
	ID       any    `json:"id"` // a string or a number, given back as it came
	Question string `json:"question"`
}

// readAsked reads one line.
func readAsked(line []byte) (askedLine, error) {
	var l askedLine
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(line, []byte("\ufeff"))))
	dec.UseNumber()
	if err := dec.Decode(&l); err != nil {
		return l, err
	}
	switch l.ID.(type) {
	case string, json.Number:
	case nil:
		l.ID = ""
	default:
		return l, errors.New("id is neither a string nor a number")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return l, errors.New("more than one value")
	}
	return l, nil
}

type answeredLine struct {
	ID         any           `json:"id"`
	Question   string        `json:"question"`
	Status     bot.Status    `json:"status"`
	Confidence float64       `json:"confidence"`
	Engine     string        `json:"engine"`
	Text       string        `json:"text"`
	Sources    []sourceLine  `json:"sources"`
	MS         float64       `json:"ms"`
	Explain    *index.Result `json:"explain,omitempty"`
}

type sourceLine struct {
	Document string          `json:"document"`
	Agency   string          `json:"agency,omitempty"`
	Title    string          `json:"title"`
	Number   string          `json:"number"`
	Anchor   string          `json:"anchor"`
	URL      string          `json:"url"`
	Snippet  string          `json:"snippet"`
	Passage  string          `json:"passage"`
	Validity corpus.Validity `json:"validity"`
	Score    float64         `json:"score"`
}

const maxAskLine = 4 << 20

// askLines answers line by line. A line that cannot be read is named on errs
// and does not stop the others: exit status 3 then.
func askLines(ctx context.Context, o owner, req askRequest, in io.Reader, out, errs io.Writer) error {
	var part error
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), maxAskLine)
	buffered := bufio.NewWriter(out)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		l, err := readAsked(lines.Bytes())
		if err != nil {
			fmt.Fprintf(errs, "skipped: standard input, line %d: %v\n", n, err)
			part = exitCode(3)
			continue
		}
		req.Question = l.Question
		res, err := o.Ask(ctx, req)
		if err != nil {
			return errors.Join(err, buffered.Flush())
		}
		if err := enc.Encode(answered(l, res)); err != nil {
			return err
		}
		if err := buffered.Flush(); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return part
}

func answered(l askedLine, res askResult) answeredLine {
	r := res.Reply
	line := answeredLine{
		ID: l.ID, Question: l.Question, Status: r.Status, Confidence: r.Confidence, Engine: r.Engine,
		Text: r.Text, Sources: []sourceLine{}, MS: float64(res.Took.Microseconds()) / 1000, Explain: res.Explain,
	}
	for _, s := range r.Sources {
		line.Sources = append(line.Sources, sourceLine{
			Document: s.Ref.Document, Agency: s.Agency, Title: s.Title, Number: s.Number, Anchor: s.Ref.Anchor, URL: s.URL,
			Snippet: s.Snippet, Passage: s.Passage, Validity: s.Validity, Score: s.Score,
		})
	}
	return line
}
