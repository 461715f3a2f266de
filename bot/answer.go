package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Budgets in bytes of UTF-8, links and markup included. The platform takes
// 2,048; a third is kept for what citizens' clients count differently.
const (
	answerBudget = 1800
	minPassage   = 240 // bytes of text that an answer always shows
)

// answer composes the reply to a question whose first hit answers it.
func (t *turn) answer(ctx context.Context, f *findings, budget int) (Reply, error) {
	f.hits[0] = t.settled(ctx, f.hits[0])
	h := f.hits[0]
	b := &letter{budget: budget}
	rel := t.relatives(ctx, h)
	rel.rule = t.ruleBehind(ctx, f)
	more := t.followUps(h, rel)
	b.tail(t.article(rel))
	b.tail(t.basis(h, rel))
	b.tail(t.links(h, rel))
	if budget == answerBudget {
		b.tail(sayFollowUps(more))
	} else {
		more = nil
	}
	b.head(t.lead(h))
	b.quote(h)
	reply := f.reply(Answered, string(h.Kind), b.String())
	reply.Sources[0].Passage = b.shown
	reply.Choices = more
	return reply, nil
}

// settled makes sure that a clarification is quoted with what is true, never
// with the rumour that it repeats.
func (t *turn) settled(ctx context.Context, h standingHit) standingHit {
	if h.Kind != corpus.Clarification {
		return h
	}
	_, rev, err := t.r.Library.Live(ctx, h.Ref.Document)
	if err != nil {
		return h
	}
	for _, p := range rev.Passages {
		heading, body, _ := strings.Cut(strings.TrimSpace(rev.Text[p.Start:p.End]), "\n")
		if p.Role == corpus.BodyRole && body != "" && containsAny(heading, []string{"说明", "事实", "回应", "真相", "澄清", "答复"}) {
			h.Ref.Anchor, h.Label, h.Path = p.Anchor, p.Label, p.Path
			h.Passage = strings.TrimSpace(body)
			h.Snippet = firstSentences(h.Passage, 300)
			h.Direct = ""
			return h
		}
	}
	return h
}

// letter puts a reply together within its budget: the tail (basis, links,
// choices) is sure of its place, the quoted text takes what is left.
type letter struct {
	budget     int
	lead, text string
	shown      string
	tails      []string
}

func (l *letter) head(s string) { l.lead = s }
func (l *letter) tail(s string) {
	if s != "" {
		l.tails = append(l.tails, s)
	}
}

func (l *letter) rest() int {
	n := l.budget - len(l.lead) - 4
	for _, s := range l.tails {
		n -= len(s) + 2
	}
	return n
}

// quote sets the quoted passage: whole where it fits, else the piece around
// what answers, cut at sentences.
func (l *letter) quote(h standingHit) {
	frame := func(s string) string { return "原文摘录：\n“" + s + "”" }
	switch h.Kind {
	case corpus.FAQ, corpus.Guide:
		frame = func(s string) string { return s }
	case corpus.Clarification:
		frame = func(s string) string { return "权威说明：\n“" + s + "”" }
	}
	body := withoutLabel(h)
	room := max(minPassage, l.rest()-len(frame("")))
	switch {
	case len(body) <= room && utf8.RuneCountInString(body) <= 360:
		l.shown = body
	case len(h.Snippet) <= room:
		l.shown = h.Snippet
	default:
		l.shown = around(h.Snippet, h.Direct, room)
	}
	if strings.Contains(l.lead, l.shown) || mostly(l.lead, l.shown) {
		l.lead = ""
	}
	l.text = frame(l.shown)
}

// mostly reports whether a lead says nearly all that the text says.
func mostly(lead, text string) bool {
	return lead != "" && letters(text)*10 < letters(lead)*14 && strings.Contains(text, strings.TrimPrefix(lead, "简单说："))
}

func (l *letter) String() string {
	var parts []string
	for _, s := range append([]string{l.lead, l.text}, l.tails...) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n")
}

// withoutLabel takes the passage's own heading line off: 办理地点 stands before
// it, 第六条 in the citation after it.
func withoutLabel(h standingHit) string {
	body := strings.TrimSpace(h.Passage)
	if h.Kind == corpus.Guide && h.Label != "" {
		if first, rest, ok := strings.Cut(body, "\n"); ok && strings.Contains(first, h.Label) {
			rest = strings.TrimSpace(rest)
			if strings.Contains(rest, "\n") {
				return h.Label + "：\n" + rest
			}
			return h.Label + "：" + rest
		}
	}
	if h.Label != "" && strings.HasPrefix(h.Label, "第") {
		body = strings.TrimLeft(strings.TrimPrefix(body, h.Label), " \u3000")
	}
	return body
}

// lead is the answer in one breath: the sentence of the source that answers,
// word for word. Guides and FAQ say it themselves.
func (t *turn) lead(h standingHit) string {
	switch h.Kind {
	case corpus.FAQ, corpus.Guide, corpus.Clarification:
		return ""
	}
	direct := strings.TrimSpace(h.Direct)
	if h.Label != "" {
		direct = strings.TrimLeft(strings.TrimPrefix(direct, h.Label), " \u3000")
	}
	direct, _, _ = strings.Cut(direct, "\n")
	if heading, body, ok := headed(h); ok && (direct == "" || strings.Contains(heading, direct)) {
		direct, _, _ = strings.Cut(opening(body), "\n")
	}
	if !strings.HasSuffix(direct, "。") {
		direct = strings.TrimRight(direct, "，、；：,;: ") + "。"
	}
	if n := utf8.RuneCountInString(direct); n < 6 || n > 100 {
		return ""
	}
	if h.Kind == corpus.Interpretation {
		return "简单说：" + direct
	}
	return direct
}

// headed splits a section's heading from its text.
func headed(h standingHit) (heading, body string, ok bool) {
	heading, body, ok = strings.Cut(strings.TrimSpace(h.Passage), "\n")
	return heading, strings.TrimSpace(body), ok && h.Label != "" && strings.HasPrefix(heading, lastLabel(h.Label))
}

// lastLabel returns the innermost number of a label: （三） of 二、（三）.
func lastLabel(label string) string {
	if _, inner, ok := strings.Cut(label, "、"); ok && inner != "" {
		return inner
	}
	return label
}

// around returns the sentences of text around piece, at most limit bytes.
func around(text, piece string, limit int) string {
	at := max(0, strings.Index(text, piece))
	sentences := index.Sentences(text)
	first := 0
	for i, s := range sentences {
		if s.Start <= at {
			first = i
		}
	}
	from, to := sentences[first].Start, sentences[first].End
	for _, s := range sentences[first+1:] {
		if s.End-from > limit {
			break
		}
		to = s.End
	}
	for i := first - 1; i >= 0 && to-sentences[i].Start <= limit; i-- {
		from = sentences[i].Start
	}
	return strings.TrimSpace(clipBytes(text[from:to], limit))
}

// clipBytes cuts at a character, and says so, only where one sentence is
// longer than all the room there is.
func clipBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	limit -= len("……")
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "……"
}

// firstSentences returns the sentences at the beginning of text that have at
// most n characters together; a longer first one is cut, and says so.
func firstSentences(text string, n int) string {
	text = strings.TrimSpace(text)
	end := 0
	for _, s := range index.Sentences(text) {
		if utf8.RuneCountInString(text[:s.End]) > n {
			break
		}
		end = s.End
	}
	if end == 0 && text != "" {
		return firstRunes(text, n)
	}
	return strings.TrimSpace(text[:end])
}

// opening returns the first sentence of text; one as short as 可以。 brings the
// next with it.
func opening(text string) string {
	text = strings.TrimSpace(text)
	const enough = 10
	for _, s := range index.Sentences(text) {
		if letters(text[:s.End]) >= enough {
			return strings.TrimSpace(text[:s.End])
		}
	}
	return text
}

// relatives are the documents that go with a hit.
type relatives struct {
	policy  *corpus.Document // what an interpretation explains
	article corpus.Passage   // the article of policy that the passage names
	explain corpus.Relation  // the interpretation of a policy
	guide   *corpus.Document
	fields  []corpus.Passage // of guide
	rule    *standingHit     // the article that a guide's field rests on
}

var articleName = regexp.MustCompile(`第[一二三四五六七八九十百零〇]+条(?:之[一二三四五六七八九十]+)?`)

func (t *turn) relatives(ctx context.Context, h standingHit) (rel relatives) {
	for _, r := range h.Document.Declares {
		if r.Kind == corpus.Explains && rel.policy == nil {
			t.policyBehind(ctx, h, r.To, &rel)
		}
	}
	for _, r := range h.Document.Receives {
		switch {
		case r.Kind == corpus.Explains && rel.explain.From == "":
			rel.explain = r
		case r.Kind == corpus.Related && rel.guide == nil && strings.Contains(r.Title, "指南"):
			t.guideOf(ctx, r.From, &rel)
		}
	}
	if h.Kind == corpus.Guide {
		d := h.Document
		rel.guide = &d
		if _, rev, err := t.r.Library.Live(ctx, d.ID); err == nil {
			rel.fields = rev.Passages
		}
	}
	return rel
}

// ruleBehind finds the article that a guide's answer rests on: the one in the
// policy that the guide names which says much the same.
func (t *turn) ruleBehind(ctx context.Context, f *findings) *standingHit {
	h := f.hits[0]
	if h.Kind != corpus.Guide {
		return nil
	}
	for _, r := range h.Document.Declares {
		if r.Kind != corpus.Related {
			continue
		}
		in, err := t.findWithin(ctx, withoutLabel(h), t.day, r.To)
		if err != nil || len(in.hits) == 0 || in.hits[0].Kind != corpus.Policy && in.hits[0].Kind != corpus.Notice {
			continue
		}
		const alike = .3 // of the field's words, in two sentences of the article
		if top := in.hits[0]; top.Parts.Window2 >= alike && top.Label != "" {
			return &top
		}
	}
	return nil
}

// article quotes the sentence of the rule behind a guide.
func (t *turn) article(rel relatives) string {
	if rel.rule == nil {
		return ""
	}
	h := *rel.rule
	quote := t.lead(h)
	const sentence = 12 // letters: less is a heading
	if letters(quote) < sentence {
		return ""
	}
	return "原文摘录：\n“" + quote + "”"
}

func (t *turn) policyBehind(ctx context.Context, h standingHit, id string, rel *relatives) {
	d, rev, err := t.r.Library.Live(ctx, id)
	if err != nil || !d.ValidityOn(t.day).Quotable() {
		return // the interpretation stands alone
	}
	rel.policy = &d
	if name := articleName.FindString(h.Passage); name != "" {
		for _, p := range rev.Passages {
			if p.Label == name {
				rel.article = p
				return
			}
		}
	}
}

func (t *turn) guideOf(ctx context.Context, id string, rel *relatives) {
	d, rev, err := t.r.Library.Live(ctx, id)
	if err == nil && d.Kind == corpus.Guide && d.ValidityOn(t.day).Quotable() {
		rel.guide, rel.fields = &d, rev.Passages
	}
}

// basis is the line that names the source: what, number, article, since when.
func (t *turn) basis(h standingHit, rel relatives) string {
	switch {
	case h.Kind == corpus.Interpretation && rel.policy != nil:
		return cite(*rel.policy, rel.article.Label, rel.policy.ValidityOn(t.day))
	case rel.rule != nil:
		return cite(rel.rule.Document, rel.rule.Label, rel.rule.Validity)
	case h.Kind == corpus.FAQ, h.Kind == corpus.Guide:
		return from(h.Document)
	}
	return cite(h.Document, h.Label, h.Validity)
}

// cite writes 依据《title》（number）第六条，2024年5月1日起施行。
func cite(d corpus.Document, label string, v corpus.Validity) string {
	var b strings.Builder
	fmt.Fprintf(&b, "依据%s", Titled(d))
	b.WriteString(Cited(label))
	switch {
	case (v == corpus.Unknown || d.Kind == corpus.Clarification) && d.Published.Known():
		fmt.Fprintf(&b, "，%s发布。", d.Published.Chinese())
	case v == corpus.Modified:
		fmt.Fprintf(&b, "（已修改），%s起施行。", d.Effective.Chinese())
	case d.Effective.Known():
		fmt.Fprintf(&b, "，%s起施行。", d.Effective.Chinese())
	default:
		b.WriteString("。")
	}
	return b.String()
}

// Cited writes how a passage is named in a citation: 第六条 as it is, 二、（三）
// as 第二部分（三）, nothing for a passage without a number.
func Cited(label string) string {
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
	title := d.Title
	if !strings.Contains(title, "《") {
		title = "《" + title + "》"
	}
	var notes []string
	if d.Sample {
		notes = append(notes, "示例")
	}
	if d.Number != "" {
		notes = append(notes, d.Number)
	}
	if len(notes) > 0 {
		title += "（" + strings.Join(notes, "，") + "）"
	}
	return title
}

// from names who says it, of a guide or an FAQ.
func from(d corpus.Document) string {
	s := "来源：" + d.Agency
	switch {
	case d.Kind == corpus.Guide:
		s += Titled(d)
	case d.Sample:
		s += "（示例）常见问题"
	default:
		s += "常见问题"
	}
	if d.Published.Known() {
		s += "，" + d.Published.Chinese() + "发布"
	}
	return s + "。"
}

func (t *turn) links(h standingHit, rel relatives) string {
	links := []string{link(t.address(h.Ref.Document, h.Ref.Anchor), "查看原文")}
	switch {
	case h.Kind == corpus.Interpretation && rel.policy != nil:
		links = []string{
			link(t.address(rel.policy.ID, rel.article.Anchor), "查看原文"),
			link(t.address(h.Ref.Document, h.Ref.Anchor), "官方解读"),
		}
	case h.Kind == corpus.Guide:
		links = []string{link(t.address(h.Ref.Document, h.Ref.Anchor), "查看办事指南")}
		if rel.rule != nil {
			links = append([]string{link(t.address(rel.rule.Ref.Document, rel.rule.Ref.Anchor), "查看原文")}, links...)
		}
	case h.Kind == corpus.FAQ:
		links = []string{link(t.address(h.Ref.Document, h.Ref.Anchor), "查看")}
	}
	if h.Kind == corpus.FAQ {
		for _, r := range h.Document.Declares {
			if r.Kind == corpus.Related && r.Title != "" {
				links = append(links, link(t.address(r.To, ""), "查看依据"))
				break
			}
		}
	}
	if rel.explain.From != "" {
		links = append(links, link(t.address(rel.explain.From, ""), "官方解读"))
	}
	if rel.guide != nil && h.Kind != corpus.Guide {
		links = append(links, link(t.address(rel.guide.ID, ""), "办事指南"))
	}
	return strings.Join(links, " · ")
}

func link(address, label string) string {
	return `<a href="` + address + `">` + label + `</a>`
}

// fieldQuestions are what one asks of a guide next, by field, most asked
// first.
var fieldQuestions = []struct{ anchor, label string }{
	{"materials", "要带什么材料"}, {"place", "在哪里办"}, {"conditions", "什么人可以办"},
	{"steps", "怎么办"}, {"online", "网上能办吗"}, {"time-limit", "多久办好"},
	{"fee", "收费吗"}, {"hours", "几点上班"}, {"phone", "电话是多少"},
}

// followUps offers at most three further fields of the guide that goes with
// the hit.
func (t *turn) followUps(h standingHit, rel relatives) []Choice {
	if rel.guide == nil {
		return nil
	}
	var out []Choice
	for _, q := range fieldQuestions {
		if h.Kind == corpus.Guide && q.anchor == h.Ref.Anchor || len(out) == 3 {
			continue
		}
		for _, p := range rel.fields {
			if p.Anchor == q.anchor {
				out = append(out, Choice{Label: q.label, Ref: rel.guide.ID + "#" + p.Anchor})
			}
		}
	}
	return out
}

// outdated answers a question that names, or finds only, a document that no
// longer or does not yet hold. ok is false where today's rules do.
func (t *turn) outdated(ctx context.Context, asked string, now *findings) (Reply, bool, error) {
	names := containsAny(asked, []string{"《", "〔", "号文", "旧", "以前", "原来", "暂行", "过期", "废止", "失效", "新规", "年起"})
	if now.Confidence >= t.acc.AnswerAt && !names {
		return Reply{}, false, nil
	}
	all, err := t.find(ctx, asked, "")
	if err != nil {
		return Reply{}, false, err
	}
	if len(all.hits) == 0 || all.hits[0].Validity.Quotable() || all.Confidence < t.acc.AnswerAt {
		return Reply{}, false, nil
	}
	old := all.hits[0]
	if len(now.hits) > 0 && now.Confidence >= t.acc.AnswerAt && old.Score < 1.05*now.hits[0].Score {
		return Reply{}, false, nil
	}
	warning := sayOutdated(old.Document, old.Validity)
	if len(now.hits) > 0 && (now.Confidence >= t.acc.AnswerAt || t.replaces(now.hits[0].Document, old.Document)) {
		reply, err := t.answer(ctx, now, answerBudget-len(warning)-30)
		reply.Text = warning + "\n\n现行规定：\n" + reply.Text
		reply.Reason = string(old.Validity)
		return reply, true, err
	}
	reply := all.reply(Refused, string(old.Validity), warning+"\n\n"+
		link(t.address(old.Ref.Document, old.Ref.Anchor), "查看这份文件")+"\n\n现在怎么规定，可以问"+t.acc.Hotline+"。")
	return reply, true, nil
}

// replaces reports whether a took b out of force.
func (t *turn) replaces(a, b corpus.Document) bool {
	r, ok := b.Successor()
	return ok && r.From == a.ID
}
