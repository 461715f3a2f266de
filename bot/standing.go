package bot

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// standingHit is what was found and what it is today. Its texts are written
// as people read them.
type standingHit struct {
	index.Hit
	Document corpus.Document
	Validity corpus.Validity // of the passage, on the day of the question
	row      bool            // Direct is a row of a table: no sentence
	table    bool            // Passage has rows
	place    corpus.Place    // the 款 or 项 that answers; empty where that is no part of an article
	noted    string          // a question noted with the passage that is much like this one; "" is none
	named    bool            // the question names this very article
}

// placed returns the 款 or 项 of the passage, an article, in which all of what
// answers stands. It is empty where that is the only one.
func (h standingHit) placed() corpus.Place {
	if h.table || h.Direct == "" || !wholeArticle.MatchString(h.Ref.Anchor) {
		return corpus.Place{}
	}
	at := strings.Index(h.Passage, h.Direct)
	if at < 0 {
		return corpus.Place{}
	}
	end := at + len(h.Direct)
	var in corpus.Place
	places := corpus.Places(h.Passage, corpus.Passage{Anchor: h.Ref.Anchor, Label: h.Label, End: len(h.Passage)})
	for _, p := range places {
		if p.Start <= at && end <= p.End && len(places) > 1 {
			in = p // the deepest comes last
		}
	}
	if only := h.Label + "第一款"; in.Label == only && !slices.ContainsFunc(places, func(p corpus.Place) bool { return strings.Contains(p.Label, "第二款") }) {
		return corpus.Place{} // it is the article
	}
	return in
}

// section is the numbered section of a notice that answers, of those in the
// piece that is quoted from its opening on. Its label is empty where the piece
// has several: then only the link leads to it.
func (h standingHit) section() corpus.Place {
	place := corpus.Place{Anchor: h.Section.Anchor}
	if h.Sections == 1 && corpus.Numbered(tidy(plain(h.Snippet), h.Title)) {
		place.Label = h.Section.Label
	}
	return place
}

// at is where the answer stands: the 款 or 项, else the passage.
func (h standingHit) at() string {
	if h.place.Anchor != "" {
		return h.place.Anchor
	}
	return h.Ref.Anchor
}

// article reports whether the passage is an article, or a part of one.
func (h standingHit) article() bool {
	return strings.HasPrefix(h.Label, "第") && strings.Contains(h.Label, "条")
}

// wholeArticle is the anchor of a whole article.
var wholeArticle = regexp.MustCompile(`^a[0-9]+(?:-[0-9]+)?$`)

// stand says what a hit in a document is today. A draft for comment is a rule
// that does not hold yet, and may never.
func (t *turn) stand(h index.Hit, d corpus.Document) standingHit {
	s := standingHit{Hit: h, Document: d}
	s.Validity = t.validity(d, corpus.Passage{Anchor: h.Ref.Anchor, Label: h.Label, From: h.From, Until: h.Until})
	s.readable()
	return s
}

func (t *turn) validity(d corpus.Document, p corpus.Passage) corpus.Validity {
	if d.Kind == corpus.Consultation {
		return corpus.NotYet
	}
	if p.Anchor == "" && !p.From.Known() && !p.Until.Known() {
		return d.ValidityOn(t.day)
	}
	return d.PassageValidityOn(p, t.day)
}

// readable writes the rows of tables with the names of their columns.
func (h *standingHit) readable() {
	h.Wide = corpus.Readable(h.Wide, nil)
	if !strings.Contains(h.Passage, "\t") && !strings.Contains(h.Snippet, "\t") {
		return
	}
	if h.row = strings.Contains(h.Direct, "\t"); h.row {
		columns := h.Columns
		if at := strings.Index(h.Snippet, h.Direct); at >= 0 {
			if named := corpus.ColumnsAt(h.Snippet, at); named != nil {
				columns = named
			}
		}
		h.Direct = corpus.Readable(h.Direct, columns)
	}
	h.table = true
	h.Snippet = corpus.Readable(h.Snippet, h.Columns)
	h.Passage = corpus.Readable(h.Passage, h.Row)
}

// ended returns the relation that took what was found out of force, and
// whether that was the passage alone. ok is false where none has by the day.
func (h standingHit) ended(day corpus.Date) (r corpus.Relation, partly, ok bool) {
	if h.Document.Kind == corpus.Consultation {
		return r, false, false
	}
	if !h.Document.ValidityOn(day).Quotable() {
		r, ok = h.Document.SuccessorOn(day)
		return r, false, ok && (!r.On.Known() || r.On <= day)
	}
	for _, r := range h.Document.Receives {
		stops := r.Kind == corpus.Repeals || r.Kind == corpus.Supersedes
		if stops && !r.Whole() && r.Touches(h.Ref.Anchor) && (!r.On.Known() || r.On <= day) {
			return r, true, true
		}
	}
	return corpus.Relation{}, false, false
}

// cleansUp reports whether a title is that of a decision that ends documents
// and puts nothing in their place.
func cleansUp(title string) bool {
	return containsAny(title, []string{"废止", "宣布失效", "失效", "清理"})
}
