// Package diff compares two revisions of a document passage by passage, and
// the words of a passage that changed. It is pure, and its answer is the same
// every time: nothing in it depends on how long it takes.
package diff

import (
	"strings"

	"github.com/policybot/policybot/corpus"
)

// State says what became of a passage.
type State string

// The states of a passage.
const (
	Same    State = "same"
	Changed State = "changed" // its words, or where it stands: its anchor or the headings above it
	Added   State = "added"
	Removed State = "removed"
)

// Kind says what became of a piece of text.
type Kind int8

// The kinds of pieces.
const (
	Kept Kind = iota
	Deleted
	Inserted
)

// Piece is a run of characters that share a Kind.
type Piece struct {
	Kind Kind
	Text string
}

// Passage is what became of one passage. The texts of its pieces that are not
// Inserted are its old text, those that are not Deleted its new one.
type Passage struct {
	State    State
	Old, New corpus.Passage // zero where there is none
	Pieces   []Piece
}

// Passages compares two revisions: every passage of both is in exactly one
// entry, those of the newer in its order, with what was removed before the
// passage that it stood before.
func Passages(older, newer corpus.Revision) []Passage {
	a, b := sides(older), sides(newer)
	pairs := align(a, b)
	out := make([]Passage, 0, max(len(a), len(b)))
	i := 0
	for j, mate := range pairs {
		if mate < 0 {
			out = append(out, Passage{State: Added, New: b[j].Passage, Pieces: whole(Inserted, b[j].text)})
			continue
		}
		for ; i < mate; i++ {
			out = append(out, removed(a[i]))
		}
		out = append(out, both(a[mate], b[j]))
		i = mate + 1
	}
	for ; i < len(a); i++ {
		out = append(out, removed(a[i]))
	}
	return out
}

// side is a passage with its text.
type side struct {
	corpus.Passage
	text string
	body string // without label and blanks around: it stays when articles are renumbered
}

func sides(r corpus.Revision) []side {
	all := make([]side, 0, len(r.Passages))
	for _, p := range r.Passages {
		if p.Start < 0 || p.End > len(r.Text) || p.Start > p.End {
			continue // not a passage of this text
		}
		text := r.Text[p.Start:p.End]
		body := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), p.Label))
		all = append(all, side{p, text, body})
	}
	return all
}

func removed(s side) Passage {
	return Passage{State: Removed, Old: s.Passage, Pieces: whole(Deleted, s.text)}
}

func whole(k Kind, text string) []Piece {
	if text == "" {
		return nil
	}
	return []Piece{{k, text}}
}

func both(a, b side) Passage {
	p := Passage{State: Changed, Old: a.Passage, New: b.Passage, Pieces: Words(a.text, b.text)}
	if strings.TrimSpace(a.text) == strings.TrimSpace(b.text) && a.Anchor == b.Anchor && strings.Join(a.Path, "\n") == strings.Join(b.Path, "\n") {
		p.State = Same
	}
	return p
}
