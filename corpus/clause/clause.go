// Package clause reads what a document's text says about itself and about
// other documents: its number, its agency, its days, from when to when it
// holds, what it repeals, amends, carries out or explains. It is rules over a
// corpus.Content and nothing else: it opens no file and keeps no state. Time is
// linear in the text.
//
// Sources of the forms: GB/T 9704-2012 (公文格式) for number, addressees,
// signature; 立法技术规范（试行）（一） (法工委发〔2009〕62号) and its second part
// for clauses of effect and repeal.
package clause

import (
	"fmt"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Read fills what c.Document leaves open with what its text says plainly, and
// adds the Statements about other documents. Each piece is noted in c.Findings
// with its place; what the metadata already hold wins, and where the text says
// otherwise c.Warnings tell. file is the name of the file that holds this one
// document, "" where there is none: editions are named 标题(2020-12-30).md.
func Read(c *corpus.Content, file string) {
	r := newReading(c, file)
	r.front()
	r.header()
	r.number()
	r.agency()
	r.addressees()
	r.signature()
	r.fileDay()
	r.effect()
	r.level()
	r.region()
	r.audience()
	r.series()
	r.applications()
	r.statements()
	r.contradictions()
}

// reading is a Content while it is read.
type reading struct {
	c       *corpus.Content
	d       *corpus.Document
	file    string
	text    string // of the content
	masked  string // the same with what is quoted and named blacked out, byte for byte
	lines   []line
	spoken  []sentence
	events  []event // of adoption, amendment and issue, named below the title
	words   titleWords
	keys    []string      // of the statements so far: see corpus.TitleKey
	parts   []part        // see runs
	opening []corpus.Date // days of effect that a line below the title states
}

func newReading(c *corpus.Content, file string) *reading {
	r := &reading{c: c, d: &c.Document, file: file, text: c.Text}
	for _, st := range c.Document.Statements {
		r.keys = append(r.keys, corpus.TitleKey(st.Title))
	}
	r.words = wordsOf(c.Document.Title)
	r.masked = mask(c.Text, r.words.amending)
	r.lines = linesOf(c, r.masked)
	r.spoken = sentencesOf(r.masked, r.lines)
	return r
}

// binding says whether the document is one whose own words rule: what others
// say about rules, and drafts, neither take effect nor repeal.
func (r *reading) binding() bool {
	switch r.d.Kind {
	case corpus.Policy, corpus.Notice, corpus.Catalogue:
		return true
	}
	return false
}

func (r *reading) find(field, value, place string, sure corpus.Certainty) {
	r.c.Findings = append(r.c.Findings, corpus.Finding{Field: field, Value: value, Place: place, Sure: sure})
}

func (r *reading) warn(format string, args ...any) {
	r.c.Warnings = append(r.c.Warnings, fmt.Sprintf(format, args...))
}

// fill sets a text of the document that is not known yet.
func (r *reading) fill(to *string, field, value, place string, sure corpus.Certainty) bool {
	if *to != "" || value == "" {
		return false
	}
	*to = value
	r.find(field, value, place, sure)
	return true
}

var dayNames = map[string]string{"written": "成文日期", "published": "发布日期", "effective": "施行日期", "expires": "失效日期"}

// fillDay sets a day that is not known yet; where another is, and was stated,
// it says so.
func (r *reading) fillDay(to *corpus.Date, field string, value corpus.Date, place string, sure corpus.Certainty) {
	switch {
	case !value.Known():
	case !to.Known():
		*to = value
		r.find(field, string(value), place, sure)
	case *to != value && sure != corpus.Guess && r.stated(field):
		r.warn("%s以元数据的%s为准，%s写的是%s，请核对", dayNames[field], to.Chinese(), place, value.Chinese())
	}
}

// stated says whether a field came with the document, apart from its text.
func (r *reading) stated(field string) bool {
	for _, f := range r.c.Findings {
		if f.Field == field {
			return f.Sure == corpus.Stated
		}
	}
	return true // its caller knew it
}

// place names where a byte of the text stands.
func (r *reading) place(at int) string {
	p := r.passage(at)
	switch {
	case p == nil, p.Role == corpus.TitleRole:
		return "标题"
	case p.Label != "":
		return clip(p.Label, 20)
	case len(p.Path) > 0:
		return clip(p.Path[len(p.Path)-1], 20)
	case at < len(r.text)/4:
		return "正文开头"
	case at > len(r.text)*3/4:
		return "正文末尾"
	}
	return "正文"
}

// passage returns the passage that holds a byte of the text.
func (r *reading) passage(at int) *corpus.Passage {
	all := r.c.Passages
	low, high := 0, len(all)
	for low < high {
		if mid := (low + high) / 2; all[mid].End <= at {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == len(all) {
		return nil
	}
	return &all[low]
}

// clip shortens s to n characters.
func clip(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	k := 0
	for i := range s {
		if k++; k > n {
			return s[:i] + "…"
		}
	}
	return s
}

// contradictions says which days do not fit together. None is changed: a rule
// whose days are in doubt is looked at by a person.
func (r *reading) contradictions() {
	d := r.d
	if d.Effective.Known() && d.Expires.Known() && d.Expires < d.Effective {
		r.warn("失效日期%s早于施行日期%s，请核对", d.Expires.Chinese(), d.Effective.Chinese())
	}
	if first := r.firstDay(); d.Effective.Known() && first.Known() && d.Effective < first {
		r.warn("施行日期%s早于成文日期%s，按追溯施行处理，请核对", d.Effective.Chinese(), first.Chinese())
	}
	if d.Published.Known() && d.Published < d.Written && len(r.events) == 0 {
		r.warn("发布日期%s早于成文日期%s，请核对", d.Published.Chinese(), d.Written.Chinese())
	}
}

// firstDay is when the document came to be, "" where that is not known:
// amendments come later than its clause of effect.
func (r *reading) firstDay() corpus.Date {
	if len(r.events) == 0 {
		if _, named := r.fileDate(); named {
			return "" // an edition's day: its clause may be the first one's
		}
		return r.d.Written
	}
	first := r.events[0].day
	for _, e := range r.events {
		first = min(first, e.day)
	}
	return first
}
