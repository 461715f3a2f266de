package bot

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
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

// intentCues say in hundredths how much more likely a cue makes each intent
// (log-odds).
var intentCues = sync.OnceValue(func() map[string][3]float64 {
	out := map[string][3]float64{}
	for line := range cueLines(intentFile) {
		cue, weights, err := parseIntentCue(line)
		if err != nil {
			panic("cues/intent.txt: " + err.Error()) // embedded: a test reads it
		}
		out[cue] = weights
	}
	return out
})

func parseIntentCue(line string) (cue string, weights [3]float64, err error) {
	columns := strings.Split(line, "\t")
	if len(columns) != 1+len(weights) || columns[0] == "" {
		return "", weights, fmt.Errorf("%q has not one cue and %d weights", line, len(weights))
	}
	for i, s := range columns[1:] {
		n, err := strconv.Atoi(s)
		if err != nil {
			return "", weights, fmt.Errorf("%q: %w", line, err)
		}
		weights[i] = float64(n)
	}
	return columns[0], weights, nil
}

// shortest is from how many letters a message has an intent other than a
// question: a shorter one tells no story, and is weighed by the cues of
// complaints and suggestions.
const shortest = 40

// IntentOf says what a cleaned message wants, by the cues of cues/intent.txt:
// those of its shape, and the pieces of it that are cues, shared by the root of
// how many there are, so that a long message is no surer than a short one.
func IntentOf(text string) Intent {
	if letters(text) < shortest {
		return Consultation
	}
	known := intentCues()
	shapes, pieces := IntentCues(text)
	var sums, of [3]float64
	n := 0
	for _, p := range pieces {
		if w, ok := known[p]; ok {
			n++
			for k := range of {
				of[k] += w[k]
			}
		}
	}
	best := 0
	for k := range sums {
		for _, s := range shapes {
			sums[k] += known[s][k]
		}
		if n > 0 {
			sums[k] += of[k] / math.Sqrt(float64(n))
		}
		if sums[k] > sums[best] {
			best = k
		}
	}
	return Intents()[best]
}

// longestPiece is how many characters a piece of a message has at most that can
// be a cue.
const longestPiece = 3

// IntentCues returns what of a cleaned message can be cues: its shape, and its
// pieces of up to three characters, each once. Digits are all 0.
func IntentCues(text string) (shapes, pieces []string) {
	runes := intentRunes(text)
	seen := map[string]bool{}
	for i := range runes {
		for n := 1; n <= longestPiece && i+n <= len(runes) && runes[i+n-1] != ' '; n++ {
			seen[string(runes[i:i+n])] = true
		}
	}
	for p := range seen {
		if !strings.HasPrefix(p, "<") && !strings.HasPrefix(p, "#") { // read as a shape, or not at all
			pieces = append(pieces, p)
		}
	}
	slices.Sort(pieces)
	return intentShapes(string(runes)), pieces
}

var fullWidth = [utf8.RuneSelf]rune{'?': '？', ',': '，', '!': '！', ';': '；', ':': '：'}

// intentRunes writes a text as its cues are written: numbers as one 0, masks and
// marks once, marks of full width.
func intentRunes(text string) (out []rune) {
	var last rune
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && fullWidth[r] != 0:
			r = fullWidth[r]
		case r == '*':
			r = ' '
		case r >= '0' && r <= '9':
			r = '0'
		}
		if r == last && strings.ContainsRune(" *0？！。", r) {
			continue
		}
		last = r
		out = append(out, r)
	}
	return out
}

// wondering are the words by which the shape of a message knows a clause that
// asks. They are the shape's own: its weights are learnt with them.
var wondering = []string{"吗", "么", "怎", "哪", "啥", "几", "多少", "多久", "谁", "如何", "能不能", "是否", "可否", "能否", "是不是", "有没有", "何时"}

// intentShapes returns the cues of a message's shape: how long it is, how much
// of it asks, whether its end does.
func intentShapes(text string) []string {
	out := []string{"<any>"}
	n := utf8.RuneCountInString(text)
	for _, over := range []int{30, 40, 60, 80, 110, 150, 200, 250, 300, 400, 600} {
		if n > over {
			out = append(out, fmt.Sprintf("<over %d>", over))
		}
	}
	told := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，。；？！ ", r) })
	asking, last := 0, false
	for _, c := range told {
		if last = containsAny(c, wondering); last {
			asking++
		}
	}
	const most = 4
	for i := range min(most, strings.Count(text, "？")) {
		out = append(out, fmt.Sprintf("<? %d>", i+1))
	}
	for i := range min(most, asking) {
		out = append(out, fmt.Sprintf("<asks %d>", i+1))
	}
	for _, percent := range []int{10, 20, 33, 50, 75} {
		if 100*asking > percent*len(told) {
			out = append(out, fmt.Sprintf("<asks in %d%%>", percent))
		}
	}
	if last {
		out = append(out, "<last asks>")
	}
	return out
}
