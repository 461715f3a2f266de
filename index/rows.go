package index

import (
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// lineAt returns the line of a text that a byte lies in, with its break, and
// whether that is a row of a table.
func lineAt(text string, at int) (Span, bool) {
	s := Span{strings.LastIndexByte(text[:at], '\n') + 1, len(text)}
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		s.End = at + i + 1
	}
	return s, strings.IndexByte(text[s.Start:s.End], '\t') >= 0
}

// wholeRows returns a piece of a text around core that begins and ends in no
// row of a table: half of one says nothing, or something else. Only the row
// of the core, where it alone is longer than limit characters, is cut.
func wholeRows(text string, piece Span, core, limit int) Span {
	if piece.Start >= piece.End || strings.IndexByte(text, '\t') < 0 {
		return piece
	}
	own, isRow := lineAt(text, core)
	if isRow {
		if utf8.RuneCountInString(text[own.Start:own.End]) > limit {
			return piece.inside(own)
		}
		piece.Start, piece.End = min(piece.Start, own.Start), max(piece.End, own.End)
	} else {
		own = Span{core, core}
	}
	if l, row := lineAt(text, piece.Start); row && l.Start < piece.Start {
		piece.Start = l.End
	}
	if l, row := lineAt(text, piece.End-1); row && l.End > piece.End {
		piece.End = l.Start
	}
	long := func() bool { return isRow && utf8.RuneCountInString(text[piece.Start:piece.End]) > limit }
	for long() && piece.Start < own.Start {
		l, _ := lineAt(text, piece.Start)
		piece.Start = l.End
	}
	for long() && piece.End > own.End {
		l, _ := lineAt(text, piece.End-1)
		piece.End = l.Start
	}
	if l, _ := lineAt(text, piece.End-1); l.Start > own.Start && corpus.IsHeader(text[l.Start:l.End]) {
		piece.End = l.Start // what it names is left out
	}
	return piece
}

// firstPiece returns at most the first n characters of a span of text, without
// the half of a row at its end.
func firstPiece(text string, s Span, n int) Span {
	cut := firstRunes(text, s, n)
	if cut.Start >= s.End {
		return cut
	}
	return wholeRows(text, cut, s.Start, n).inside(s)
}

// trimmed is a piece of a text without the blanks around it; the tabs of rows
// stay, they tell its cells apart.
func trimmed(s string) string { return strings.Trim(s, " \u3000\r\n") }

// columns returns a copy of the headings of the table that goes on at a byte
// of the unit's Body; nil where none does.
func (u *Unit) columns(at int) []string {
	line, row := lineAt(u.Body, min(at, len(u.Body)))
	if !row {
		return nil
	}
	names := corpus.ColumnsAt(u.Body, line.Start)
	for _, p := range u.Passages {
		if names == nil && p.Start <= line.Start && line.Start < p.End {
			names = p.Columns // it began before the unit
		}
	}
	return cloneAll(names)
}
