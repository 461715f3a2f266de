package index

import (
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Sizes of units, in characters.
const (
	wholeLimit   = 8000 // a document without articles is one unit up to here
	sectionLimit = 1500 // a longer one is cut into sections of about this
)

// cutRules names how Units cuts. Another name makes saved cuts void: change it
// with every change of Units, or words are indexed with the wrong unit.
const cutRules = "5"

// Units cuts a published revision into what is ranked: articles of a
// regulation with title and headings, an FAQ, a guide, a whole short
// document, sections of a long one. What may be quoted on other days than its
// neighbours, a stopped section or a row with days of its own, is a unit of its
// own, so that it is in no snippet beside them. Words are left out: see
// AddWords. The units cover every body passage exactly once; those whose Asked
// is not 0 come after them, and cover some of the passages once more.
func Units(d corpus.Document, r corpus.Revision) []*Unit {
	// A unit is for all who may see its document: what other accounts
	// declare is looked at when an answer is checked.
	seen := d.SeenBy(d.Account)
	base := Unit{
		Document: d.ID, Revision: r.Number, Account: d.Account, Kind: d.Kind,
		Title: d.Title, Number: d.Number, Agency: d.Agency, Region: d.Region,
		Sample: d.Sample, Negative: d.Negative,
	}
	var units []*Unit
	for _, g := range byWindow(seen, divide(d, r)) {
		u := base
		u.Ordinal = len(units)
		u.Class = g.class
		u.From, u.Until = window(seen, g.passages)
		first, last := g.passages[0], g.passages[len(g.passages)-1]
		u.Start, u.Body = first.Start, r.Text[first.Start:last.End]
		u.Context = surroundings(d, first)
		for _, p := range g.passages {
			p.Start, p.End = p.Start-u.Start, p.End-u.Start
			u.Passages = append(u.Passages, p)
		}
		units = append(units, &u)
	}
	return append(units, asked(seen, r, base, len(units))...)
}

// asked makes a unit of each passage that people ask for in words of their own,
// under these words. It stands beside the one that has the passage with its
// neighbours: a question like one of them finds the passage by it, another as if
// it were not there.
func asked(d corpus.Document, r corpus.Revision, base Unit, after int) []*Unit {
	var units []*Unit
	class := SectionUnit
	if articles(r.Passages) >= 2 {
		class = ArticleUnit
	}
	for _, a := range corpus.UsableAsked(d.Asked, r.Passages) {
		p, _ := r.Find(a.Anchor)
		if strings.TrimSpace(r.Text[p.Start:p.End]) == "" {
			continue
		}
		u := base
		u.Ordinal, u.Class, u.Asked = after+len(units), class, len(a.Questions)
		u.From, u.Until = window(d, []corpus.Passage{p})
		u.Start, u.Body = p.Start, r.Text[p.Start:p.End]
		lines := append([]string{d.Title}, p.Path...)
		u.Context = strings.Join(append(lines, a.Questions...), "\n")
		p.Start, p.End = 0, len(u.Body)
		u.Passages = []corpus.Passage{p}
		units = append(units, &u)
	}
	return units
}

// byWindow cuts groups where the days change on which their passages may be
// quoted. A heading goes with the text below it.
func byWindow(d corpus.Document, groups []grouped) []grouped {
	var out []grouped
	for _, g := range groups {
		if len(g.passages) == 1 {
			out = append(out, g)
			continue
		}
		from, next := 0, 0 // of the piece, and of the passage that comes with the headings above it
		var last [2]corpus.Date
		for i, p := range g.passages {
			if p.Role != corpus.BodyRole {
				continue
			}
			f, u := d.PassageWindow(p)
			days := [2]corpus.Date{f, u}
			if next > 0 && days != last {
				out, from = append(out, grouped{g.class, g.passages[from:next]}), next
			}
			last, next = days, i+1
		}
		out = append(out, grouped{g.class, g.passages[from:]})
	}
	return out
}

// never is a day that nobody asks of.
const never corpus.Date = "9999-12-31"

// window returns the days [from, until) on which any of the passages may be
// quoted: an article that alone was repealed, or a row that has expired, is no
// longer found, the rest of its document is.
func window(d corpus.Document, passages []corpus.Passage) (from, until corpus.Date) {
	if d.Kind == corpus.Consultation {
		return never, "" // only who asks for what is out for comment finds it
	}
	for i, p := range passages {
		f, u := d.PassageWindow(p)
		if i == 0 {
			from, until = f, u
			continue
		}
		from = min(from, f)
		if until != "" && (u == "" || u > until) {
			until = u
		}
	}
	return from, until
}

// AddWords cuts the unit's text into the words that are indexed beside
// bigrams.
func (u *Unit) AddWords(seg Segmenter) {
	u.Words = append(seg.Long(u.Context), seg.Long(u.Body)...)
}

type grouped struct {
	class    Class
	passages []corpus.Passage
}

func divide(d corpus.Document, r corpus.Revision) []grouped {
	body := make([]corpus.Passage, 0, len(r.Passages))
	for _, p := range r.Passages {
		if p.Role == corpus.BodyRole && strings.TrimSpace(r.Text[p.Start:p.End]) != "" {
			body = append(body, p)
		}
	}
	switch {
	case len(body) == 0:
		return nil
	case d.Kind == corpus.FAQ:
		return []grouped{{FAQUnit, whole(r, body)}}
	case d.Kind == corpus.Guide:
		return []grouped{{GuideUnit, whole(r, body)}}
	case articles(body) >= 2:
		return byArticle(body)
	case d.Kind == corpus.Catalogue && rows(body) >= 2:
		return byArticle(body) // each row stands by itself, with its own days
	}
	if d.Kind == corpus.Interpretation && sections(body) >= 2 {
		return bySection(body)
	}
	all := whole(r, r.Passages)
	if utf8.RuneCountInString(r.Text) <= wholeLimit {
		return []grouped{{WholeUnit, all}}
	}
	return bySize(r, all)
}

// whole returns the passages from the first body passage to the last, with
// the headings between them, so that their texts are one piece.
func whole(r corpus.Revision, passages []corpus.Passage) []corpus.Passage {
	from, to := passages[0].Start, passages[len(passages)-1].End
	var out []corpus.Passage
	for _, p := range r.Passages {
		if p.Start >= from && p.End <= to {
			out = append(out, p)
		}
	}
	return out
}

func isArticle(p corpus.Passage) bool {
	return strings.HasPrefix(p.Label, "第") && strings.Contains(p.Label, "条")
}

func articles(passages []corpus.Passage) (n int) {
	for _, p := range passages {
		if isArticle(p) {
			n++
		}
	}
	return n
}

func rows(passages []corpus.Passage) (n int) {
	for _, p := range passages {
		if isRow(p) {
			n++
		}
	}
	return n
}

func isRow(p corpus.Passage) bool { return strings.HasPrefix(lastPart(p.Anchor), "row-") }

func lastPart(anchor string) string { return anchor[strings.LastIndexByte(anchor, '.')+1:] }

func byArticle(body []corpus.Passage) []grouped {
	var out []grouped
	for _, p := range body {
		out = append(out, grouped{ArticleUnit, []corpus.Passage{p}})
	}
	return out
}

// topSection returns the anchor of the section that a passage belongs to: s2
// of s2.3, h-1x of h-1x.s2, appendix-1.s2 of appendix-1.s2.4; "" for text
// outside sections.
func topSection(p corpus.Passage) string {
	for at := 0; at < len(p.Anchor); {
		part, _, _ := strings.Cut(p.Anchor[at:], ".")
		at += len(part)
		if strings.HasPrefix(part, "h-") || len(part) > 1 && part[0] == 's' && part[1] >= '0' && part[1] <= '9' {
			return p.Anchor[:at]
		}
		at++
	}
	return ""
}

func sections(passages []corpus.Passage) int {
	seen := map[string]bool{}
	for _, p := range passages {
		if s := topSection(p); s != "" {
			seen[s] = true
		}
	}
	return len(seen)
}

// bySection makes a unit of each section: an interpretation is a row of
// questions, each with its answer.
func bySection(body []corpus.Passage) []grouped {
	var out []grouped
	last := "-"
	for _, p := range body {
		if s := topSection(p); s != last {
			out, last = append(out, grouped{class: SectionUnit}), s
		}
		g := &out[len(out)-1]
		g.passages = append(g.passages, p)
	}
	return out
}

// bySize joins passages into sections; a new one begins where the last is
// full.
func bySize(r corpus.Revision, passages []corpus.Passage) []grouped {
	var out []grouped
	size := 0
	for _, p := range passages {
		n := utf8.RuneCountInString(r.Text[p.Start:p.End])
		if len(out) == 0 || size+n > sectionLimit {
			out, size = append(out, grouped{class: SectionUnit}), 0
		}
		g := &out[len(out)-1]
		g.passages = append(g.passages, p)
		size += n
	}
	return out
}

// surroundings returns what a unit's first passage stands under and its own text
// doesn't say: the title, the question of an FAQ with its like, the headings,
// the columns of a table.
func surroundings(d corpus.Document, first corpus.Passage) string {
	if first.Role == corpus.TitleRole || first.Start == 0 {
		return ""
	}
	lines := []string{d.Title}
	if d.Question != "" && d.Question != d.Title {
		lines = append(lines, d.Question)
	}
	lines = append(lines, d.Similar...)
	lines = append(lines, first.Path...)
	if len(first.Columns) > 0 { // of the table that it is a row of
		lines = append(lines, strings.Join(first.Columns, " "))
	}
	return strings.Join(lines, "\n")
}
