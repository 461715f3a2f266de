package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"text/tabwriter"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/index/eval"
)

// routingKinds are the kinds as files of messages name them, in the order of
// bot.Intents.
var routingKinds = []string{"咨询", "建言", "投诉/求助"}

// measureRouting measures how well the kinds of a file's messages are told
// apart, or with fit prints the cues with weights learnt from it.
func measureRouting(name string, fit, asJSON bool, out io.Writer) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	messages, err := eval.ReadMessages(file, routingKinds)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	cues := eval.Cues{Of: func(text string) (shapes, pieces []string) { return bot.IntentCues(bot.Clean(text)) }}
	if fit {
		return printCues(out, cues.Fit(messages, routingKinds))
	}
	kindOf := map[bot.Intent]string{}
	for i, intent := range bot.Intents() {
		kindOf[intent] = routingKinds[i]
	}
	r := eval.MeasureRouting(messages, routingKinds, func(text string) string { return kindOf[bot.IntentOf(bot.Clean(text))] })
	r.Checked, r.Error = cues.Check(messages, routingKinds)
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return printRouting(out, r)
}

// printCues writes lines as bot/cues/intent.txt has them, without those that
// say nothing.
func printCues(out io.Writer, cues []eval.LearntCue) error {
	for _, c := range cues {
		line, says := c.Cue, false
		for _, x := range c.Weights {
			n := int(math.Round(100 * x))
			line += fmt.Sprintf("\t%d", n)
			says = says || n != 0
		}
		if !says {
			continue
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

func printRouting(out io.Writer, r eval.Routing) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "messages\t%d\n  right kind\t%.3f\n  cross-validated\t%.3f ± %.3f\n", r.Messages, r.Accuracy, r.Checked, r.Error)
	for _, kind := range r.Kinds {
		for i, n := range r.Confusion[kind] {
			fmt.Fprintf(w, "  %s taken for %s\t%d\n", kind, r.Kinds[i], n)
		}
	}
	return w.Flush()
}
