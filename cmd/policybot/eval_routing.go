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
	words, of := bot.IntentCues()
	cues := eval.Cues{Count: len(words), Of: of}
	if fit {
		return printCues(out, words, cues.Fit(messages, routingKinds))
	}
	kindOf := map[bot.Intent]string{}
	for i, intent := range bot.Intents() {
		kindOf[intent] = routingKinds[i]
	}
	r := eval.MeasureRouting(messages, routingKinds, func(text string) string { return kindOf[bot.IntentOf(bot.Clean(text))] })
	r.Checked = cues.Check(messages, routingKinds)
	if asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	return printRouting(out, r)
}

// printCues writes lines as bot/cues/intent.txt has them.
func printCues(out io.Writer, words []string, weights [][]float64) error {
	for i, w := range words {
		line := w
		for _, x := range weights[i] {
			line += fmt.Sprintf("\t%d", int(math.Round(100*x)))
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

func printRouting(out io.Writer, r eval.Routing) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "messages\t%d\n  right kind\t%.3f\n  weights of one half on the other\t%.3f\n", r.Messages, r.Accuracy, r.Checked)
	for _, kind := range r.Kinds {
		for i, n := range r.Confusion[kind] {
			fmt.Fprintf(w, "  %s taken for %s\t%d\n", kind, r.Kinds[i], n)
		}
	}
	return w.Flush()
}
