package bot

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Budgets in bytes of UTF-8, links and markup included. The platform takes
// 2,048; the rest is kept for what citizens' clients count differently.
const (
	answerBudget = 1800
	minPassage   = 240 // bytes of text that an answer shows wherever it has them
)

const plainlySaid = "简单说："

// answer composes the reply to a question whose first hit answers it.
func (t *turn) answer(ctx context.Context, f *findings, budget int) (Reply, error) {
	return t.compose(ctx, f, &letter{budget: budget})
}

// brief is answer in few lines, for a message of several questions. What was found
// stays as it is: it may be written once more, shorter.
func (t *turn) brief(ctx context.Context, f *findings, budget int) (Reply, error) {
	own := *f
	own.hits = slices.Clone(f.hits)
	return t.compose(ctx, &own, &letter{budget: budget, brief: true})
}

func (t *turn) compose(ctx context.Context, f *findings, l *letter) (Reply, error) {
	t.weigh(f)
	t.addWider(f, l)
	f.hits[0] = t.whereSaid(ctx, t.settled(ctx, f.hits[0], f.asked))
	if topic, ok := t.held.holds(f.hits[0].Document); ok {
		return f.stoppedReply(topic), nil
	}
	b, err := t.begins(ctx, f, l)
	if err != nil {
		return Reply{}, err
	}
	h, said, e, explained := b.hit, b.said, b.explanation, b.explained
	rel := t.relatives(ctx, h)
	if explained {
		rel.beside(t.relatives(ctx, e.article), e.article)
	}
	rel.fit(h, f.asked)
	if topic, ok := t.heldAmong(h.Document, e.article.Document, rel.policy); ok { // others than were found may come first
		return f.stoppedReply(topic), nil
	}
	var more []Choice
	if !l.brief {
		more = t.followUps(h, rel, f.asked)
	}
	l.choices = sayFollowUps(more)
	l.basis, l.links = t.basis(h, rel), t.links(ctx, h, rel)
	cited, cites := t.articleBehind(rel)
	cites = cites && !explained // it is the second source
	if l.brief {
		l.links = []string{l.links[0][strings.Index(l.links[0], "<a"):]}
	} else if rule, ok := t.ruleBehind(ctx, h); ok {
		if topic, ok := t.held.holds(rule.Document); ok {
			return f.stoppedReply(topic), nil
		}
		cited, cites = rule, true
		t.restOn(l, rule, h, f.asked)
	}
	h.Direct = said
	l.more = moreFields(h, rel, f.asked)
	l.lead, l.about, l.notes = cmp.Or(b.tier, lead(h)), about(f.asked, h), t.notes(f.asked, h)
	if explained {
		l.plainly(&h, f.asked)
	}
	l.quote(h)
	if !explained && l.beyond(h) {
		h.place = corpus.Place{}
		l.basis = t.basis(h, rel)
	}
	if l.choices == "" {
		more = nil
	}
	reply := f.reply(Answered, string(h.Kind), l.String())
	reply.Sources[0].Passage = l.words(h)
	if cites {
		reply.Sources = citing(reply.Sources, t.source(cited))
	}
	reply.Choices = more
	return reply, nil
}

// restOn puts what a rule says, and where to read it, into a letter that answers
// with the field of a guide that rests on it.
func (t *turn) restOn(l *letter, rule, field standingHit, asked string) {
	l.rule = telling(withoutLabel(rule), asked, withoutLabel(field), rule.Title, nil)
	l.basis = t.cite(rule.Document, rule.Ref.Anchor, rule.Label)
	l.links = append([]string{link(t.page(rule.Document, rule.Ref.Anchor), "查看原文")}, l.links...)
}

// plainly makes a letter begin with the sentence of an explanation that says
// whether one may, and quotes no other of it. Where it has none, nothing changes.
func (l *letter) plainly(h *standingHit, asked string) {
	if verdict := verdictOf(asked, *h); verdict != "" {
		l.lead, h.Snippet, h.Passage = plainlySaid+verdict, verdict, verdict
	}
}

// beyond reports whether a letter quotes more than the item of an article that
// its answer was found in: 第六条第（二）项 would be wrong.
func (l *letter) beyond(h standingHit) bool {
	return h.place.Start < h.place.End && !h.named && l.shown != "" && !strings.Contains(h.Passage[h.place.Start:h.place.End], l.shown)
}

// heldAmong is the topic of a stop that holds back what comes first, the article
// that it explains, or the policy behind it, which may be nil.
func (t *turn) heldAmong(first, article corpus.Document, policy *corpus.Document) (topic string, ok bool) {
	for _, d := range []*corpus.Document{&first, &article, policy} {
		if d == nil {
			continue
		}
		if topic, ok = t.held.holds(*d); ok {
			return topic, true
		}
	}
	return "", false
}

// saying is a hit with a sentence that answers, where it has one.
func (h standingHit) saying(said string) standingHit {
	if said != "" {
		h.Direct = said
	}
	return h
}

// pastIntroduction puts another hit of the same document, or its guide, before
// one that only says why the document was made, unless that is asked.
func (t *turn) pastIntroduction(ctx context.Context, f *findings) error {
	if len(f.hits) == 0 || !f.hits[0].introduction() || asksOf(f.asked) == index.AsksWhy {
		return nil
	}
	h := f.hits[0]
	for i, other := range f.hits[1:] {
		if !other.introduction() && (other.Ref.Document == h.Ref.Document || other.Kind == corpus.Guide && slices.Contains(t.family(ctx, h.Ref.Document), other.Ref.Document)) {
			f.first(i + 1)
			return nil
		}
	}
	in, err := t.findWithin(ctx, f.asked, t.day, h.Ref.Document)
	if err != nil {
		return err
	}
	for _, other := range in.hits {
		if !other.introduction() {
			other.Score = h.Score
			f.hits = append([]standingHit{other}, f.hits...)
			return nil
		}
	}
	return nil
}

// introduction reports whether a passage only says why its document was made.
func (h standingHit) introduction() bool {
	if h.Label != "" && h.Label != "第一条" || !containsAny(h.Passage, []string{"如下", "制定本", "出台本"}) {
		return false
	}
	return introduces.MatchString(strings.TrimSpace(h.Passage)) && len(index.Sentences(h.Passage)) == 1
}

// whereSaid is a hit at the passage that says what answers, where that stands in
// another one of its document than the one found: the citation names what is
// quoted.
func (t *turn) whereSaid(ctx context.Context, h standingHit) standingHit {
	direct, _, _ := strings.Cut(strings.TrimSpace(plain(h.Direct)), "\n")
	if h.Kind != corpus.Policy && h.Kind != corpus.Notice || h.row || h.named || h.Label == "" || direct == "" || strings.Contains(plain(h.Passage), direct) {
		return h
	}
	d, rev, err := t.live(ctx, h.Ref.Document)
	if err != nil || rev.Number != h.Ref.Revision {
		return h // it is quoted as it was found
	}
	for _, p := range rev.Passages {
		if p.Role != corpus.BodyRole || p.Label == "" || !t.validity(d, p).Quotable() {
			continue
		}
		at := t.passageOf(d, rev, p)
		if i := strings.Index(plain(at.Passage), direct); i < 0 {
			continue
		}
		at.Direct, at.Score, at.Parts, at.Features = h.Direct, h.Score, h.Parts, h.Features
		at.Snippet = around(plain(at.Passage), direct, 3*300)
		return at
	}
	return h
}

// firstHit is the first hit, at the passage that says the sentence which
// answers, and that sentence.
func (t *turn) firstHit(ctx context.Context, f *findings) (h standingHit, said string) {
	h = f.hits[0]
	said = f.said(h)
	if moved := t.whereSaid(ctx, h.saying(said)); moved.Ref != h.Ref {
		h, f.hits[0] = moved, moved
	}
	if said != "" && strictly[asksOf(f.asked)] {
		h.Direct = said
	}
	if !h.named {
		h.place = h.placed()
	}
	if h.place.Anchor == "" && goesOn(h) {
		h.place = h.section()
	}
	return h, said
}

// citing puts what a reply cites beside its first hit among the sources, so
// that everything quoted or linked as the basis is on record: in the place of
// what was found in that document, else last.
func citing(sources []Source, cited Source) []Source {
	for i, s := range sources {
		if s.Ref.Document == cited.Ref.Document {
			if i > 0 {
				cited.Score = s.Score
				sources[i] = cited
			}
			return sources
		}
	}
	cited.Score = min(cited.Score, sources[len(sources)-1].Score)
	if len(sources) == sourcesWanted {
		sources = sources[:sourcesWanted-1]
	}
	return append(sources, cited)
}

// settled chooses another passage of the hit's document where the one found
// must not, or cannot, be the answer: a clarification is quoted with what is
// true, never with the rumour that it repeats; a guide found by its name
// answers how, or for whom.
func (t *turn) settled(ctx context.Context, h standingHit, asked string) standingHit {
	named := h.Kind == corpus.Guide && h.Ref.Anchor == "name"
	if h.Kind == corpus.Guide && !named && lacksWanted(h, asked) {
		if rule, ok := t.ruleThatSays(ctx, h, asked); ok {
			return rule
		}
	}
	if h.Kind != corpus.Clarification && !named && !unaskedField(h, asked) {
		return h
	}
	d, rev, err := t.live(ctx, h.Ref.Document)
	if err != nil || !t.shows(d) {
		return h
	}
	e := edition{doc: d, rev: rev}
	to := func(p corpus.Passage, text string) standingHit {
		h.Ref.Revision, h.Ref.Anchor, h.Label, h.Path = rev.Number, p.Anchor, p.Label, p.Path
		h.Passage = strings.TrimSpace(corpus.Readable(text, p.Columns))
		h.Snippet, h.Direct, h.Wide, h.row = firstSentences(h.Passage, 300), "", "", false
		return h
	}
	if h.Kind == corpus.Guide && !named {
		if p, ok := t.field(e, overview(asked)); ok {
			return to(p, rev.Text[p.Start:p.End])
		}
		return h
	}
	if named {
		if rule, ok := t.ruleThatSays(ctx, h, asked); ok {
			return rule
		}
		if p, ok := t.field(e, overview(asked)); ok {
			return to(p, rev.Text[p.Start:p.End])
		}
		return h
	}
	for _, p := range rev.Passages {
		heading, body, _ := strings.Cut(strings.TrimSpace(rev.Text[p.Start:p.End]), "\n")
		if p.Role == corpus.BodyRole && body != "" && containsAny(heading, []string{"说明", "事实", "回应", "真相", "澄清", "答复"}) {
			return to(p, body)
		}
	}
	if p, ok := ruling(rev); ok && !containsAny(h.Passage, rumourCues()["ruling"]) {
		return to(p, rev.Text[p.Start:p.End])
	}
	return h
}

// unaskedField reports whether a question has no word that asks for the field of
// a guide that was found, but for words of its title: 免费停车怎么登记 asks for no
// fee.
func unaskedField(h standingHit, asked string) bool {
	if h.Kind != corpus.Guide || !slices.Contains([]string{"online", "fee", "hours", "phone", "materials"}, h.Ref.Anchor) {
		return false
	}
	if h.Ref.Anchor == "fee" && asksOf(asked) == index.AsksMuch && sum.MatchString(h.Passage) {
		return false // 包月多少
	}
	words := fieldWords(h.Ref.Anchor)
	asked = replaceAll(asked, []string{"没上班", "没有上班", "不上班", "上班的", "上班族"}) // somebody's work, not an office's hours
	for _, w := range words {
		if strings.Contains(asked, w) && !strings.Contains(h.Title, w) {
			return false
		}
	}
	return true
}

// sum is an amount of money.
var sum = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)?元`)

// overview returns the field of a guide that a question is answered with
// which asks for none by name.
func overview(asked string) string {
	for _, f := range overviews() {
		if containsAny(asked, f.Words) {
			return f.Field
		}
	}
	return anyField
}

// anyField is the field that answers a question which no word tells the field
// of.
const anyField = "conditions"

// bareAnswer is how many letters 可以, 不用 and 不可以 have at most.
const bareAnswer = 4

// verdictFirst is a text that begins with a yes or a no and goes on: 不是，出一半.
var verdictFirst = regexp.MustCompile(`^(?:` + yesOrNo + `)的?，`)

// about names the question that an FAQ, or a section of an interpretation,
// answers, where it is not quite the one that was asked: its 可以 or 不用 would
// mislead without it.
func about(asked string, h standingHit) string {
	var answers []string
	switch h.Kind {
	case corpus.FAQ:
		answers = append([]string{h.Document.Question}, h.Document.Similar...)
	case corpus.Interpretation:
		heading, body, _ := headed(h)
		if first, _, _ := strings.Cut(body, "。"); letters(first) > bareAnswer && !verdictFirst.MatchString(body) {
			return "" // it can be understood alone
		}
		answers = []string{strings.TrimSpace(strings.TrimPrefix(heading, lastLabel(h.Label)))}
	}
	if len(answers) == 0 || answers[0] == "" {
		return ""
	}
	for _, q := range answers {
		if alike(asked, q) && !(h.Kind == corpus.FAQ && otherVerdict(asked, answers[0], h.Passage)) {
			return ""
		}
	}
	return "相近的问题：" + oneLine(answers[0], 60)
}

// otherVerdict reports whether an answer begins with a bare yes or no to another
// sort of question: 没有 to 有没有违约金, where 能不能提前还 was asked.
func otherVerdict(asked, question, answer string) bool {
	first, _, ok := strings.Cut(strings.TrimSpace(answer), "。")
	if !ok || letters(first) > bareAnswer {
		return false
	}
	can := func(s string) bool { return containsAny(s, []string{"能", "可以", "可否", "行吗", "行不"}) }
	return asksOf(asked) == index.AsksMay && can(asked) != can(question)
}

// alike reports whether two questions share half of their pairs of letters
// (Dice's coefficient).
func alike(a, b string) bool {
	x, y := pairs(a), pairs(b)
	both := shared(x, y)
	return both > 0 && 4*both >= len(x)+len(y)
}

func shared(x, y map[[2]rune]bool) (n int) {
	for p := range x {
		if y[p] {
			n++
		}
	}
	return n
}

func pairs(s string) map[[2]rune]bool {
	out := map[[2]rune]bool{}
	var last rune
	for _, r := range s {
		r = index.Fold(r) // 0 for what is no letter
		if last != 0 && r != 0 {
			out[[2]rune{last, r}] = true
		}
		last = r
	}
	return out
}

// lead is the answer in one breath: the sentence of the source that answers,
// word for word. Guides, FAQ and clarifications say it themselves.
func lead(h standingHit) string {
	switch h.Kind {
	case corpus.FAQ, corpus.Guide, corpus.Clarification:
		return ""
	}
	if h.row {
		return ""
	}
	direct := strings.TrimSpace(plain(h.Direct))
	if h.Label != "" {
		direct = strings.TrimLeft(strings.TrimPrefix(direct, h.Label), " \u3000")
	}
	direct, _, _ = strings.Cut(direct, "\n")
	if h.named {
		return "" // it is quoted, not answered from
	}
	if heading, body, ok := headed(h); ok && !h.article() && (direct == "" || strings.Contains(heading, direct)) {
		direct, _, _ = strings.Cut(opening(plain(body)), "\n")
	}
	if !whole(direct) || introduces.MatchString(direct) || strings.HasSuffix(direct, "：") || bareHeading.MatchString(direct) || strings.Contains(h.Title, strings.TrimRight(direct, "。")) {
		return ""
	}
	if !strings.HasSuffix(direct, "。") && !strings.HasSuffix(direct, "……") {
		direct = strings.TrimRight(direct, "，、；：,;: ") + "。"
	}
	if n := utf8.RuneCountInString(direct); n < 6 || n > 100 {
		return ""
	}
	if h.Kind == corpus.Interpretation {
		return plainlySaid + direct
	}
	return direct
}

// introduces is a sentence that says why a document was made, or that it comes:
// it answers nothing but why.
var introduces = regexp.MustCompile(`(?:制定|出台)本(?:办法|规定|条例|细则|通知|意见|方案|标准)|(?:通知|通告|公告|规定)如下|如下[。：:]?$`) // 第一条 and openings

// whole reports whether the quotations and brackets of a sentence are closed.
func whole(s string) bool {
	for _, p := range []struct{ open, end string }{{"“", "”"}, {"《", "》"}, {"（", "）"}} {
		if strings.Count(s, p.open) != strings.Count(s, p.end) {
			return false
		}
	}
	return true
}
