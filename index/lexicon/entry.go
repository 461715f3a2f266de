// Package lexicon is what staff maintain of the words that questions are
// understood by: entries, read from CSV or JSON lines and written to them so
// that git shows what changed; what is wrong with them; and what one lexicon
// has that another has not. It makes the index.Lexicon that serves.
package lexicon

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/index"
)

// Kind is what an entry says.
type Kind string

// The kinds of entries, in the order that they are written in.
const (
	Synonym  Kind = "synonym"  // a question with Word may mean To
	Never    Kind = "never"    // Word is not To, however alike
	Domain   Kind = "domain"   // the segmenter keeps Word whole
	Question Kind = "question" // Word asks and is not asked for: what, please
	Place    Kind = "place"    // Word is a place in the province To
	Cue      Kind = "cue"      // a message with Word, or that is Word, goes the way of To
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Synonym, Never, Domain, Question, Place, Cue} }

// Routes returns what a cue may route a message to; Complaint and Suggestion
// alone have weights.
func Routes() []string {
	return []string{"emergency", Complaint, Suggestion, "abuse", "hello", "thanks", "bye", "who", "human", "wrong"}
}

// Complaint is the route of complaints and requests for help, Suggestion that of
// what is proposed: from a sum of 2 a message is handed over.
const (
	Complaint  = "complaint"
	Suggestion = "suggestion"
)

// Entry is one line of a lexicon.
type Entry struct {
	Kind   Kind    `json:"kind"`
	Word   string  `json:"word"`
	To     string  `json:"to,omitempty"`
	Weight float64 `json:"weight,omitempty"` // of a synonym, 0…1; of the cue of a complaint or a suggestion 0, 1 or 2
	Mutual bool    `json:"mutual,omitempty"` // of a synonym: To also means Word
	index.Within
	Note string `json:"note,omitempty"`
}

// Bounds of what is read.
const (
	MaxBytes   = 16 << 20
	MaxEntries = 20000
	maxWord    = 30  // letters
	maxDomain  = 20  // letters of a domain word, as the segmenter takes them
	maxText    = 200 // characters of a note, an agency, a region, a topic
)

// String writes an entry as it is spoken of.
func (e Entry) String() string {
	s := string(e.Kind) + " " + e.Word
	switch {
	case e.Kind == Never:
		s += " ≠ " + e.To
	case e.Kind == Place:
		s += " in " + e.To
	case e.Kind == Cue:
		s += " → " + e.To
		if e.To == Complaint {
			s += fmt.Sprintf(" × %g", e.Weight)
		}
	case e.Mutual:
		s += fmt.Sprintf(" ↔ %s × %g", e.To, e.Weight)
	case e.To != "":
		s += fmt.Sprintf(" → %s × %g", e.To, e.Weight)
	}
	for _, w := range []string{e.Agency, e.Region, e.Topic} {
		if w != "" {
			s += " (" + w + ")"
		}
	}
	return s
}

// key is what tells entries apart: two with the same one are duplicates.
func (e Entry) key() string {
	if e.Kind == Cue || e.Kind == Place {
		e.To = "" // one way, one province
	}
	return strings.Join([]string{string(e.Kind), folded(e.Word), folded(e.To), e.Agency, e.Region, e.Topic}, "\x00")
}

func folded(s string) string { return index.FoldString(s) }

// valid says what is wrong with an entry by itself.
func (e Entry) valid() error {
	for _, w := range []string{e.Agency, e.Region, e.Topic, e.Note} {
		if !utf8.ValidString(w) || strings.ContainsFunc(w, unicode.IsControl) || utf8.RuneCountInString(w) > maxText {
			return fmt.Errorf("%.40q is not one line of at most %d characters", w, maxText)
		}
	}
	if e.Kind != Synonym && (e.Weight != 0 && e.Kind != Cue || e.Mutual || e.Within != index.Within{}) {
		return fmt.Errorf("a %s has neither weight, direction, agency, region nor topic: only a synonym has", e.Kind)
	}
	switch e.Kind {
	case Synonym:
		if !(e.Weight > 0 && e.Weight <= 1) { // NaN is neither
			return fmt.Errorf("the weight of a synonym has to be over 0 and at most 1, not %g", e.Weight)
		}
		least := 1
		if e.Mutual {
			least = 2
		}
		return cmp.Or(word(e.Word, least, maxWord), word(e.To, 2, maxWord))
	case Never:
		return cmp.Or(word(e.Word, 2, maxWord), word(e.To, 2, maxWord))
	case Place:
		if !slices.Contains(index.ProvinceNames(), e.To) {
			return fmt.Errorf("%.40q is no province: write one of %s", e.To, strings.Join(index.ProvinceNames(), ", "))
		}
		return word(e.Word, 2, maxWord)
	case Domain, Question:
		if e.To != "" {
			return fmt.Errorf("a %s word stands by itself: leave \"to\" empty", e.Kind)
		}
		if e.Kind == Domain {
			return word(e.Word, 2, maxDomain)
		}
		return word(e.Word, 1, maxWord)
	}
	if e.Kind == Cue {
		return e.validCue()
	}
	return fmt.Errorf("the kind %.40q is none of synonym, never, domain, question, place, cue", string(e.Kind))
}

func (e Entry) validCue() error {
	least, weighed := 1, e.To == Complaint || e.To == Suggestion
	switch {
	case !slices.Contains(Routes(), e.To):
		return fmt.Errorf("%.40q is no route: write one of %s", e.To, strings.Join(Routes(), ", "))
	case weighed && e.Weight != 0 && e.Weight != 1 && e.Weight != 2:
		return fmt.Errorf("the weight of a %s's cue is 0, 1 or 2, not %g", e.To, e.Weight)
	case !weighed && e.Weight != 0:
		return errors.New("only the cue of a complaint or a suggestion has a weight")
	case weighed || e.To == "emergency" || e.To == "abuse":
		least = 2 // one letter is in too many messages
	}
	return word(e.Word, least, maxWord)
}

// word says why a text is no word of so many letters.
func word(s string, least, most int) error {
	n := 0
	for _, r := range s {
		if index.Fold(r) == 0 {
			return fmt.Errorf("%.40q is no word: it has %q, which is neither a letter nor a digit", s, r)
		}
		n++
	}
	if n < least || n > most {
		return fmt.Errorf("%.40q is no word of %d to %d letters", s, least, most)
	}
	return nil
}

// Sum is a digest of the entries: it names what they say, notes included.
func Sum(all []Entry) string {
	d := sha256.New()
	for _, e := range all {
		fmt.Fprintf(d, "%q %q %q %v %v %q %q\n", e.Kind, e.Word, e.To, e.Weight, e.Mutual, e.Within, e.Note)
	}
	return hex.EncodeToString(d.Sum(nil)[:8])
}

// Shipped returns the lexicon that comes with the program.
func Shipped() ([]Entry, error) {
	w, err := index.ShippedWords()
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, s := range w.Synonyms {
		out = append(out, Entry{Kind: Synonym, Word: s.From, To: s.To, Weight: s.Weight, Mutual: s.Mutual, Within: s.Within, Note: s.Note})
	}
	for _, d := range w.Domain {
		out = append(out, Entry{Kind: Domain, Word: d})
	}
	for _, q := range w.Questions {
		out = append(out, Entry{Kind: Question, Word: q})
	}
	return out, nil
}

// Words returns what the index makes its lexicon of.
func Words(all []Entry) (w index.Words) {
	for _, e := range all {
		switch e.Kind {
		case Synonym:
			w.Synonyms = append(w.Synonyms, index.Synonym{From: e.Word, To: e.To, Weight: e.Weight, Mutual: e.Mutual, Note: e.Note, Within: e.Within})
		case Never:
			w.Never = append(w.Never, index.Pair{From: e.Word, To: e.To})
		case Domain:
			w.Domain = append(w.Domain, e.Word)
		case Question:
			w.Questions = append(w.Questions, e.Word)
		case Place:
			w.Places = append(w.Places, index.PlaceName{Name: e.Word, Province: e.To})
		}
	}
	return w
}

// Change is an entry that differs between two lexicons. Was is nil where it is
// new, Is where it is gone.
type Change struct {
	Was, Is *Entry
}

// Diff returns what is other in now than it was, in the order of now, and what
// is gone at the end.
func Diff(was, now []Entry) (out []Change) {
	old := make(map[string]Entry, len(was))
	for _, e := range was {
		old[e.key()] = e
	}
	seen := make(map[string]bool, len(now))
	for _, e := range now {
		before, had := old[e.key()]
		switch {
		case !had:
			out = append(out, Change{Is: &e})
		case before != e:
			out = append(out, Change{&before, &e})
		}
		seen[e.key()] = true
	}
	for _, e := range was {
		if !seen[e.key()] {
			out = append(out, Change{Was: &e})
		}
	}
	return out
}

// Add returns a lexicon with more entries; of the same words those that are
// added count.
func Add(to, more []Entry) []Entry {
	replaced := make(map[string]bool, len(more))
	for _, e := range more {
		replaced[e.key()] = true
	}
	out := slices.DeleteFunc(slices.Clone(to), func(e Entry) bool { return replaced[e.key()] })
	return append(out, more...)
}
