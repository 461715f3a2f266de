package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// explanation is a section of an interpretation beside the article that it
// explains.
type explanation struct{ section, article standingHit }

const (
	asMuch    = .5 // of what an article has of the question, its explanation has at least
	alikeness = .3 // of a section's words that its policy has, by weight, in an article that it does not name
)

// explain finds the other half of a first hit: of an interpretation's section
// the article that it explains, of an article the section that explains it
// and has about as much of the question. ok is false where there is none.
func (t *turn) explain(ctx context.Context, f *findings) (e explanation, ok bool) {
	h := f.hits[0]
	if h.named || h.place.Anchor == "" && h.Ref.Anchor == "" {
		return e, false
	}
	if h.Kind == corpus.Interpretation {
		return t.articleOf(ctx, f.asked, h)
	}
	if h.Kind != corpus.Policy && h.Kind != corpus.Notice || onlyTitled(f.asked, h.Title) {
		return e, false
	}
	const most = 2 // interpretations that are looked into
	looked := 0
	for _, r := range h.Document.Receives {
		if r.Kind != corpus.Interprets || !explains(r) || looked == most {
			continue
		}
		looked++
		if s, found := t.sectionOf(ctx, f, r.From); found {
			return explanation{section: s, article: h}, true
		}
	}
	return e, false
}

// onlyTitled reports whether a question has nothing but words of a title: what is
// asked of the document it does not say.
func onlyTitled(asked, title string) bool {
	own := pairs(title)
	for p := range pairs(asked) {
		if !own[p] {
			return false
		}
	}
	return true
}

// sectionOf is the section of an interpretation that answers the question of
// an article, the first hit, and explains it: it names the article, or says
// much the same.
func (t *turn) sectionOf(ctx context.Context, f *findings, interpretation string) (standingHit, bool) {
	h := f.hits[0]
	for _, s := range f.hits[1:] {
		if _, held := t.held.holds(s.Document); !held && s.Ref.Document == interpretation && s.Kind == corpus.Interpretation && names(s.Passage, h.Label) {
			return s, true // it was found for the question, too
		}
	}
	in, err := t.findWithin(ctx, f.asked, t.day, interpretation)
	if err != nil || len(in.hits) == 0 {
		return standingHit{}, false // the article stands alone
	}
	s := in.hits[0]
	if _, held := t.held.holds(s.Document); held || s.Kind != corpus.Interpretation {
		return standingHit{}, false
	}
	if !names(s.Passage, h.Label) && !sameMatter(s.Passage, h.Passage) {
		return t.sectionNaming(ctx, f.asked, h, interpretation)
	}
	if s.Parts.Window3 < asMuch*h.Parts.Window3 {
		return standingHit{}, false
	}
	return s, true
}

// sectionNaming is the section of an interpretation that names an article, says
// much the same and has about as much of the question: of several the one most
// like the article.
func (t *turn) sectionNaming(ctx context.Context, asked string, article standingHit, interpretation string) (best standingHit, ok bool) {
	e, ok := t.quotable(ctx, interpretation)
	if !ok {
		return best, false // the article stands alone
	}
	words, own := pairs(subject(asked)), pairs(article.Passage)
	for p := range pairs(article.Title) {
		delete(words, p)
	}
	least, most := max(1, asMuch*float64(shared(words, own))), 0
	for p, text := range t.citable(e) {
		if !names(text, article.Label) || !sameMatter(text, article.Passage) {
			continue
		}
		in := pairs(text)
		if n := shared(in, own); n > most && float64(shared(words, in)) >= least {
			best, most = t.passageOf(e.doc, e.rev, p), n
		}
	}
	return best, most > 0
}

// articleOf is the article that a section of an interpretation explains: of
// those that it names the one most like it; where it names none, of all that it
// interprets the one that says most of what it says.
func (t *turn) articleOf(ctx context.Context, asked string, h standingHit) (e explanation, ok bool) {
	const most = 3 // documents that one interpretation explains
	share := 0.0
	for i, r := range h.Document.Declares {
		if r.Kind != corpus.Interprets || i == most {
			continue
		}
		of, quotable := t.quotable(ctx, r.To)
		if !quotable {
			continue // the interpretation stands alone
		}
		if p, named := t.articleNamed(asked, h, of); named {
			return explanation{section: h, article: t.passageOf(of.doc, of.rev, p)}, true
		}
		if p, n := likest(withoutLabel(h), of.doc, of.rev); n >= alikeness && n > share && t.validity(of.doc, p).Quotable() {
			e, ok, share = explanation{section: h, article: t.passageOf(of.doc, of.rev, p)}, true, n
		}
	}
	return e, ok
}

// articleNamed is of the articles of a policy that a section names the one most
// like it and what is asked.
func (t *turn) articleNamed(asked string, h standingHit, e edition) (best corpus.Passage, ok bool) {
	said, sort, most := pairs(asked+" "+h.Passage), answers[asksOf(asked)], -1
	for p, text := range t.citable(e) {
		if !names(h.Passage, p.Label) {
			continue
		}
		n := shared(said, pairs(text))
		if sort != nil && sort.MatchString(text) {
			n *= 2 // it has what is asked for
		}
		if n > most {
			best, most = p, n
		}
	}
	return best, most >= 0
}

var partName = regexp.MustCompile(`第([一二三四五六七八九十]+)(?:部分|项|点)`)

// names reports whether a text names a passage by its number: 第六条 for
// 第六条, 第三部分 for 三、 and for 三、（四）.
func names(text, label string) bool {
	if label == "" {
		return false
	}
	if article := articleName.FindString(label); article != "" {
		for _, n := range articleName.FindAllString(text, -1) {
			if n == article {
				return true
			}
		}
		return false
	}
	outer, _, ok := strings.Cut(label, "、")
	if !ok {
		return false
	}
	for _, n := range partName.FindAllStringSubmatch(text, -1) {
		if n[1] == outer {
			return true
		}
	}
	return false
}

// sameMatter reports whether two texts share so many pairs of letters that
// one is likely to explain the other.
func sameMatter(a, b string) bool {
	const share = .2 // of the shorter one's
	x, y := pairs(a), pairs(b)
	return float64(shared(x, y)) >= share*float64(min(len(x), len(y))) && len(x) > 0 && len(y) > 0
}

// oneLetterThings are things whose name is one letter, which no pair tells.
var oneLetterThings = []string{"车", "狗", "犬", "房"}

// telling returns the sentence of a passage that has most in common with what
// is asked and said of it, other than the title's words: what few of its
// sentences have counts more, what is asked too, and so does one that has what
// such a question asks for. It is empty where that is too long to be read at a
// glance.
func telling(passage, asked, said, title string, sort *regexp.Regexp) string {
	const (
		glance = 120 // characters
		rather = 2   // times as much, of one that has what is asked for
		asks   = 3   // times as much as what is only said
	)
	words := map[[2]rune]float64{}
	for p := range pairs(said) {
		words[p] = 1
	}
	for p := range pairs(asked) {
		words[p] = asks
	}
	for p := range pairs(title) {
		delete(words, p)
	}
	spans := index.Sentences(passage)
	in, has := map[[2]rune]int{}, make([]map[[2]rune]bool, len(spans))
	for i, s := range spans {
		has[i] = pairs(passage[s.Start:s.End])
		for p := range has[i] {
			in[p]++
		}
	}
	best, most := -1, 0.0
	for i := range spans {
		n := 0.0
		for p := range has[i] {
			n += words[p] / float64(in[p])
		}
		for _, thing := range oneLetterThings {
			if strings.Contains(asked, thing) && strings.Contains(passage[spans[i].Start:spans[i].End], thing) {
				n += 4 * asks / float64(strings.Count(passage, thing))
			}
		}
		if sort != nil && sort.MatchString(passage[spans[i].Start:spans[i].End]) {
			n *= rather
		}
		if n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		return ""
	}
	said = withLeadIn(passage, spans, best)
	if all := semicolons(passage, spans, best); len(all) > spans[best].End-spans[best].Start && utf8.RuneCountInString(all) <= glance && !corpus.Numbered(all) {
		said = all
	}
	if utf8.RuneCountInString(said) > glance {
		return ""
	}
	return said
}

// semicolons returns the whole sentence of which a piece between semicolons is
// a part: alone it may lack its subject.
func semicolons(passage string, spans []index.Span, at int) string {
	part := func(i int) bool {
		return strings.HasSuffix(strings.TrimSpace(passage[spans[i].Start:spans[i].End]), "；")
	}
	from, to := at, at
	for from > 0 && part(from-1) {
		from--
	}
	for to+1 < len(spans) && part(to) {
		to++
	}
	return strings.TrimSpace(passage[spans[from].Start:spans[to].End])
}

// withLeadIn returns a sentence of a passage; an item of a list with the words
// that lead in to it, and these with the first of their items.
func withLeadIn(passage string, spans []index.Span, at int) string {
	text := func(i int) string { return strings.TrimSpace(passage[spans[i].Start:spans[i].End]) }
	own := text(at)
	if strings.HasSuffix(own, "：") {
		for next := at + 1; next < len(spans); next++ {
			if text(next) != "" {
				return own + "\n" + text(next)
			}
		}
		return own
	}
	if !corpus.Numbered(own) {
		return own
	}
	skipped := false
	for i := at - 1; i >= 0; i-- {
		switch t := text(i); {
		case strings.HasSuffix(t, "：") && skipped:
			return t + "\n……\n" + own
		case strings.HasSuffix(t, "："):
			return t + "\n" + own
		case t != "" && !corpus.Numbered(t):
			return own
		case t != "":
			skipped = true
		}
	}
	return own
}

// begun is what an answer begins with.
type begun struct {
	hit         standingHit
	said        string // the sentence of it that answers
	explanation        // of an article, or by one
	explained   bool
	tier        string // what the article says for the facts told, as the first sentence
}

// begins chooses what an answer begins with: the plain words of an
// interpretation where they fit the question, else the passage that was found,
// of which what it says for the facts told comes first.
func (t *turn) begins(ctx context.Context, f *findings, l *letter) (b begun, err error) {
	f.pastAnother()
	if err := t.toConditions(ctx, f); err != nil {
		return b, err
	}
	t.toThing(ctx, f)
	t.toSums(ctx, f)
	if err := t.toTier(ctx, f); err != nil {
		return b, err
	}
	b.hit, b.said = t.firstHit(ctx, f)
	tiered := false
	if b.tier, tiered = f.tiered(b.hit); tiered {
		return b, nil
	}
	explain := t.explain
	if l.brief && stated[asksOf(f.asked)] { // only what does not fit is put right: a sum is read faster in the article itself
		if b.hit.Kind != corpus.Interpretation || fits(f.asked, b.hit) {
			return b, nil
		}
		explain = func(ctx context.Context, f *findings) (explanation, bool) {
			return t.articleOf(ctx, f.asked, f.hits[0])
		}
	}
	e, ok := explain(ctx, f)
	if !ok {
		const opening = 14 // characters: what comes later may only be mentioned
		if untold(f.asked, firstRunes(b.said, opening)) {
			b.said = "" // another case's sentence is no opening
		}
		return b, nil
	}
	tier, tiered := f.tiered(e.article)
	if tiered || !fits(f.asked, e.section) || t.withinProvince(f.asked, e.section.Passage) {
		f.lead(e.article, e.article)
		f.hits = slices.Delete(f.hits, 1, 2)
		if err := t.toConditions(ctx, f); err != nil {
			return b, err
		}
		b.hit, b.said = t.firstHit(ctx, f)
		b.tier = tier
		return b, nil
	}
	l.rule = telling(withoutLabel(e.article), f.asked, e.section.Passage, e.article.Title, answers[asksOf(f.asked)])
	if all := withoutLabel(e.article); strings.Contains(all, "：\n") && shortList(all) {
		l.rule = all // one item of it may not be the one that is theirs
	}
	if e.article.Direct = l.rule; e.article.place.Anchor == "" {
		e.article.place = e.article.placed()
	}
	f.lead(e.section, e.article)
	if e.section.Ref != b.hit.Ref {
		b.said = f.said(e.section)
	}
	if l.brief {
		l.rule = "" // it is cited
	}
	b.hit, b.explanation, b.explained = e.section, e, true
	return b, nil
}

// shortList reports whether a text, with its list, can be read at a glance.
func shortList(text string) bool {
	const longest = 260 // characters
	return utf8.RuneCountInString(text) <= longest && strings.Count(text, "\n") < maxLines
}

// pastAnother puts the next hit before an FAQ that answers a question of another
// condition than the one that was told.
func (f *findings) pastAnother() {
	const asGood = .6
	h := f.hits[0]
	if h.Kind != corpus.FAQ || len(f.hits) < 2 || f.hits[1].Kind == corpus.FAQ || f.hits[1].Score < asGood*h.Score {
		return
	}
	for _, q := range append([]string{h.Document.Question}, h.Document.Similar...) {
		if !conflicts(f.asked, q) {
			return
		}
	}
	f.first(1)
}

// lead puts a section and the article that it explains before all else that
// was found, each document once.
func (f *findings) lead(section, article standingHit) {
	score := f.hits[0].Score
	section.Score, article.Score = score, score
	hits := []standingHit{section, article}
	for _, h := range f.hits {
		if d := h.Ref.Document; d != section.Ref.Document && d != article.Ref.Document && len(hits) < sourcesWanted {
			hits = append(hits, h)
		}
	}
	f.hits = hits
}

// beside are the relatives of a section of an interpretation, with those of
// the article that it explains.
func (rel *relatives) beside(other relatives, article standingHit) {
	rel.policy, rel.explain = &article.Document, corpus.Relation{}
	rel.article = corpus.Passage{Anchor: article.at(), Label: article.Label}
	if article.place.Label != "" {
		rel.article.Label = article.place.Label
	}
	if rel.guide == nil {
		rel.guide, rel.fields = other.guide, other.fields
	}
}
