package bot

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Bounds in characters of what a citation takes from a document; real ones are
// shorter.
const (
	maxTitle  = 80
	maxNumber = 30
	maxAgency = 40
)

// basis is the line that names the source: what, number, article, since when.
func (t *turn) basis(h standingHit, rel relatives) string {
	switch {
	case h.Kind == corpus.Interpretation && rel.policy != nil:
		return t.cite(*rel.policy, rel.article.Anchor, rel.article.Label)
	case h.Kind == corpus.FAQ, h.Kind == corpus.Guide, h.Kind == corpus.Clarification:
		return from(h.Document)
	}
	label := h.Label
	if h.place.Label != "" {
		label = h.place.Label
	}
	return t.cite(h.Document, h.Ref.Anchor, label)
}

// cite writes 依据《title》（number）第六条，2024年5月1日起施行。 anchor is the passage
// that the label names, or that the 款 or 项 that it names is a part of.
func (t *turn) cite(d corpus.Document, anchor, label string) string {
	by, ok := d.Amended(anchor, t.day)
	if !ok {
		return cite(d, label, t.validity(d, corpus.Passage{Anchor: anchor}))
	}
	return "依据" + Titled(d) + Cited(label) + "（已修改）" + sayAmended(by, d.Sample) + "。"
}

// sayAmended says from when a passage holds as it was changed, and by what.
func sayAmended(by corpus.Relation, sample bool) (s string) {
	if by.On.Known() {
		s = "，自" + by.On.Chinese() + "起按修改后的执行"
	}
	if by.Title != "" {
		s += "，见" + Titled(corpus.Document{Title: by.Title, Number: by.Number, Sample: sample})
	}
	return s
}

// cite of a passage that was not changed by itself: that something of the
// document was stands with the document's title.
func cite(d corpus.Document, label string, v corpus.Validity) string {
	s := "依据" + Titled(d)
	if v == corpus.Modified {
		s += "（已修改）"
	}
	s += Cited(label)
	switch start := d.StartsOn(); {
	case d.Effective.Known() && start > d.Effective:
		return s + "，" + d.Effective.Chinese() + "起施行，现行版本自" + start.Chinese() + "起。"
	case d.Effective.Known():
		return s + "，" + d.Effective.Chinese() + "起施行。"
	case d.IssuedOn() != "":
		return s + "，" + d.IssuedOn() + "。"
	}
	return s + "。"
}

// Cited writes how a passage is named in a citation: 第六条 as it is, 二、（三）
// as 第二部分（三）, nothing for a passage without a number.
func Cited(label string) string {
	label = oneLine(label, maxNumber)
	outer, inner, ok := strings.Cut(label, "、")
	switch {
	case strings.HasPrefix(label, "第"):
		return label
	case ok && outer != "":
		return "第" + outer + "部分" + inner
	}
	return ""
}

// Titled writes 《title》（示例，number）.
func Titled(d corpus.Document) string {
	var notes []string
	if d.Sample {
		notes = append(notes, "示例")
	}
	if d.Number != "" {
		notes = append(notes, oneLine(d.Number, maxNumber))
	}
	if len(notes) == 0 {
		return bookTitle(d.Title)
	}
	return bookTitle(d.Title) + "（" + strings.Join(notes, "，") + "）"
}

// bookTitle puts a title into title marks; those inside it become single ones,
// 《〈…〉解读》 (GB/T 15834-2011, 4.15.3.4).
func bookTitle(title string) string {
	title = strings.TrimRight(oneLine(title, maxTitle), "。") // of a title that is a first sentence
	inner, left := strings.CutPrefix(title, "《")
	inner, right := strings.CutSuffix(inner, "》")
	if left && right && !strings.ContainsAny(inner, "《》") {
		return title
	}
	if strings.ContainsAny(title, "《》") {
		title = strings.NewReplacer("《", "〈", "》", "〉", "〈", "《", "〉", "》").Replace(title)
	}
	return "《" + title + "》"
}

// from names who says it, of a guide, an FAQ or a clarification.
func from(d corpus.Document) string {
	s := "来源：" + oneLine(d.Agency, maxAgency)
	what := "常见问题"
	if d.Kind == corpus.Clarification {
		what = "权威说明" // its title repeats the rumour
	}
	switch {
	case d.Kind == corpus.Guide:
		s += Titled(d)
	case d.Sample:
		s += sampleMark + what
	default:
		s += what
	}
	if on := d.IssuedOn(); on != "" {
		s += "，" + on
	}
	return s + "。"
}

// oneLine bounds a word of a document's metadata and makes it one line.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.Fields(plain(s)), " ")
	if cut := firstRunes(s, limit); cut != s {
		return cut + "……"
	}
	return s
}

var tag = regexp.MustCompile(`<(/?[A-Za-z!])`)

// plain takes the meaning of markup from a text that is not ours: a reply has
// no markup but its own links.
func plain(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	return tag.ReplaceAllString(s, "＜$1")
}
