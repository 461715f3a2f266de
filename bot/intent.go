package bot

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed cues/intent.txt
var intentFile string

// Intent is what a message wants: to know, to propose, or to have something
// done.
type Intent string

// Intents.
const (
	Consultation Intent = "consultation"
	Suggestion   Intent = "suggestion"
	Complaint    Intent = "complaint" // or a request for help
)

// Intents returns all, in the order of the columns of cues/intent.txt.
func Intents() []Intent { return []Intent{Consultation, Suggestion, Complaint} }

// intentCue says in hundredths how much more likely a cue makes each intent
// (log-odds).
type intentCue struct {
	text    string
	weights [3]int
}

var intentCues = sync.OnceValue(func() []intentCue {
	var out []intentCue
	for line := range cueLines(intentFile) {
		c, err := parseIntentCue(line)
		if err != nil {
			panic("cues/intent.txt: " + err.Error()) // embedded: a test reads it
		}
		out = append(out, c)
	}
	return out
})

func parseIntentCue(line string) (c intentCue, err error) {
	columns := strings.Split(line, "\t")
	if len(columns) != 1+len(c.weights) {
		return c, fmt.Errorf("%q has not one cue and %d weights", line, len(c.weights))
	}
	c.text = columns[0]
	for i, s := range columns[1:] {
		if c.weights[i], err = strconv.Atoi(s); err != nil {
			return c, fmt.Errorf("%q: %w", line, err)
		}
	}
	return c, nil
}

// shortest is from how many letters a message has an intent other than a
// question: a shorter one tells no story, and is weighed as a question that may
// complain.
const shortest = 30

// IntentOf says what a cleaned message wants, by the cues of cues/intent.txt.
func IntentOf(text string) Intent {
	if letters(text) < shortest {
		return Consultation
	}
	sums := [3]int{}
	for _, i := range intentFeatures(text) {
		for k, w := range intentCues()[i].weights {
			sums[k] += w
		}
	}
	best := 0
	for k, s := range sums {
		if s > sums[best] {
			best = k
		}
	}
	return Intents()[best]
}

// intentFeatures returns which of the cues a cleaned message has.
func intentFeatures(text string) []int {
	shape := shapeOf(text)
	var out []int
	for i, c := range intentCues() {
		if strings.HasPrefix(c.text, "<") && shape[c.text] || strings.Contains(text, c.text) {
			out = append(out, i)
		}
	}
	return out
}

// IntentCues returns the cues in the order of the file, and of a message those
// that it has: what fitting the weights needs.
func IntentCues() (cues []string, of func(text string) []int) {
	for _, c := range intentCues() {
		cues = append(cues, c.text)
	}
	return cues, func(text string) []int { return intentFeatures(Clean(text)) }
}

// shapeOf returns the cues of a message's shape: how long it is, how much of
// it asks.
func shapeOf(text string) map[string]bool {
	asking, told := 0, clauses(text)
	for _, c := range told {
		if asks(c) {
			asking++
		}
	}
	marks := strings.Count(text, "?") + strings.Count(text, "？")
	end := strings.TrimRight(trimThanks(text), " ,，.。;；~、!！")
	n := utf8.RuneCountInString(text)
	return map[string]bool{
		"<any>": true, "<?>": marks > 0, "<??>": marks > 1,
		"<ends ?>": strings.HasSuffix(end, "?") || strings.HasSuffix(end, "？"),
		"<asks>":   asking > 0, "<asks twice>": asking > 1, "<asks in a third>": asking > 0 && 3*asking >= len(told), "<asks in half>": 2*asking > len(told),
		"<over 40>": n > 40, "<over 80>": n > 80, "<over 150>": n > 150, "<over 250>": n > 250, "<over 400>": n > 400,
	}
}

// trimThanks takes thanks off the end.
func trimThanks(text string) string {
	for {
		before := text
		text = strings.TrimRight(text, " ,，.。;；~、!！")
		for _, t := range thanks {
			text = cutSuffixFold(text, t)
		}
		if text == before {
			return text
		}
	}
}
