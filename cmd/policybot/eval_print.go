package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/policybot/policybot/index/eval"
)

// evaluation is what eval found out: of one engine, or of two side by side.
type evaluation struct {
	reports []eval.Report
	compare *eval.Comparison // nil of one
}

// figure is a line of the table.
type figure struct {
	label  string
	value  func(r eval.Report) float64
	format string
	shown  func(r eval.Report) bool // nil: always
}

func share(label string, value func(r eval.Report) float64) figure {
	return figure{label: label, value: value, format: "%.3f"}
}

// figures are those of every engine.
var figures = []figure{
	{"questions with an answer", func(r eval.Report) float64 { return float64(r.Questions) }, "%.0f", nil},
	{"  found first by the index (R@1)", func(r eval.Report) float64 { return r.Found1 }, "%.3f", isLookup},
	{"  among its first five (R@5)", func(r eval.Report) float64 { return r.Found5 }, "%.3f", isLookup},
	share("  document hit@1", func(r eval.Report) float64 { return r.Hit1 }),
	share("  document hit@3", func(r eval.Report) float64 { return r.Hit3 }),
	share("  MRR@10", func(r eval.Report) float64 { return r.MRR10 }),
	{"  passage hit@1", func(r eval.Report) float64 { return r.Place1 }, "%.3f", func(r eval.Report) bool { return r.Place1 > 0 }},
	share("  right document among the candidates", func(r eval.Report) float64 { return r.Candidates }),
	share("  answer inside the first snippet", func(r eval.Report) float64 { return r.InSnippet }),
	share("  answer inside the reply, of those answered", func(r eval.Report) float64 { return r.InReply }),
	{"  direct answer, ROUGE-L", func(r eval.Report) float64 { return r.Direct }, "%.3f", func(r eval.Report) bool { return r.Direct > 0 }},
	share("  answered", func(r eval.Report) float64 { return r.Answered }),
	share("  right document first, of those answered", func(r eval.Report) float64 { return r.Precision }),
	{"questions without one", func(r eval.Report) float64 { return float64(r.Unanswerable) }, "%.0f", nil},
	share("  answered all the same", func(r eval.Report) float64 { return r.Wrongly }),
	share("  refusal AUC", func(r eval.Report) float64 { return r.AUC }),
	{"golden questions", func(r eval.Report) float64 { return float64(r.GoldenN) }, "%.0f", hasGolden},
	{"  right or rightly refused", func(r eval.Report) float64 { return r.Golden }, "%.3f", hasGolden},
	{"best answered by an interpretation", func(r eval.Report) float64 { return float64(r.ExplainedN) }, "%.0f", hasBest},
	{"  it comes first, its article second", func(r eval.Report) float64 { return r.ExplainedAll }, "%.3f", hasBest},
	{"  the same, of those answered", func(r eval.Report) float64 { return r.Explained }, "%.3f", hasBest},
	{"candidates of a question, on average", func(r eval.Report) float64 { return r.Considered }, "%.1f", nil},
	{"a question takes, p50 ms", func(r eval.Report) float64 { return r.P50 }, "%.2f", nil},
	{"a question takes, p99 ms", func(r eval.Report) float64 { return r.P99 }, "%.2f", nil},
}

func isLookup(r eval.Report) bool { return r.Lookup }
func hasBest(r eval.Report) bool  { return r.ExplainedN > 0 }

func hasGolden(r eval.Report) bool { return r.GoldenN > 0 }

// print writes a table, or JSON: one report as it is, two by the name of their
// engine.
func (e evaluation) print(out io.Writer, asJSON, wrong bool) error {
	if asJSON {
		return e.json(out)
	}
	if err := e.table(out); err != nil {
		return err
	}
	if !wrong {
		return nil
	}
	if e.compare != nil {
		return e.different(out)
	}
	for _, x := range e.reports[0].Wrong {
		fmt.Fprintf(out, "%s %s\n    want %s\n    got  %s (%.2f)\n", x.ID, x.Question, x.Want, x.Got, x.Confidence)
		if x.Said != "" {
			fmt.Fprintf(out, "    said %s\n", strings.ReplaceAll(plain(x.Said), "\n", "\n         "))
		}
	}
	return nil
}

func (e evaluation) json(out io.Writer) error {
	enc := json.NewEncoder(out)
	if e.compare == nil {
		return enc.Encode(e.reports[0])
	}
	both := map[string]any{"comparison": e.compare}
	for _, r := range e.reports {
		both[r.Engine] = r
	}
	return enc.Encode(both)
}

func (e evaluation) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	if e.compare != nil {
		fmt.Fprintf(w, "\t%s\t%s\tdifference\n", e.reports[0].Engine, e.reports[1].Engine)
	}
	for _, f := range figures {
		if f.shown != nil && !slices.ContainsFunc(e.reports, f.shown) {
			continue
		}
		fmt.Fprint(w, f.label)
		for _, r := range e.reports {
			fmt.Fprintf(w, "\t"+f.format, f.value(r))
		}
		if e.compare != nil {
			fmt.Fprintf(w, "\t"+signed(f.format), f.value(e.reports[1])-f.value(e.reports[0]))
		}
		fmt.Fprintln(w)
	}
	for _, r := range e.reports {
		if r.Engine != engineLocal {
			fmt.Fprintf(w, "answered by the understudy\t%d, of these %d for a failure\n", r.Understudy, r.Failed)
		}
	}
	if c := e.compare; c != nil {
		fmt.Fprintf(w, "same first source, of %d questions with one\t%.3f\n", c.All.Questions, c.All.SameFirst)
		fmt.Fprintf(w, "  of %d that have an answer\t%.3f\n", c.Answerable.Questions, c.Answerable.SameFirst)
		fmt.Fprintf(w, "  of %d that either engine answered\t%.3f\n", c.Answered.Questions, c.Answered.SameFirst)
		fmt.Fprintf(w, "same reply, word for word\t%.3f\n", c.SameReply)
	}
	return w.Flush()
}

// curve prints what thresholds lead to.
func (e evaluation) curve(out io.Writer) error {
	for _, r := range e.reports {
		fmt.Fprintf(out, "\n%s: from a confidence of\n", r.Engine)
		w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "threshold\tanswered\tright document first\tanswered without an answer")
		for _, s := range r.Curve {
			fmt.Fprintf(w, "%.2f\t%.3f\t%.3f\t%.3f\n", s.Threshold, s.Answered, s.Right, s.Wrongly)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// signed is a format with the sign of what is more, too.
func signed(format string) string { return "%+" + format[1:] }

// different lists the questions whose first source is not the same.
func (e evaluation) different(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 1, ' ', 0)
	for _, d := range e.compare.Different {
		fmt.Fprintf(w, "%s %s\n", d.ID, d.Question)
		if d.Want != "" {
			fmt.Fprintf(w, "    want\t%s\n", d.Want)
		}
		for i, s := range d.Sides {
			lost := ""
			if s.Lost {
				lost = ", the right document is no candidate"
			}
			fmt.Fprintf(w, "    %s\t%s (%.2f)%s\n", e.reports[i].Engine, s.Got, s.Confidence, lost)
		}
	}
	return w.Flush()
}
