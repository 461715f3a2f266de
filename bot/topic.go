package bot

import (
	"cmp"
	"context"
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// topic is what a conversation is about, by its last few messages.
type topic struct {
	words    string // of the last message that named a matter: 育儿补贴
	aspect   string // what was asked of it last: 多少钱
	also     string // the condition that was named last: 二级
	document string // what was answered from last
}

func (p topic) known() bool { return p.words != "" || p.document != "" }

// PastTurn is a message and what became of it.
type PastTurn struct {
	Status   Status
	Question string   // masked
	Reply    string   // masked
	Sources  []Source // the first at least
	Choices  []Choice
}

// turns are the last messages, newest first.
func (r Recent) turns() []PastTurn {
	if r.Turns != nil || r.Status == "" {
		return r.Turns
	}
	return []PastTurn{{Status: r.Status, Question: r.Question, Sources: r.Sources, Choices: r.Choices}}
}

// document is what a message was answered from, or what was offered first; ""
// where that was nothing.
func (p PastTurn) document() string {
	switch {
	case p.Status == Answered && len(p.Sources) > 0:
		return p.Sources[0].Ref.Document
	case p.Status == Choose && len(p.Choices) > 0:
		id, _, _ := strings.Cut(p.Choices[0].Ref, "#")
		return id
	}
	return ""
}

// spoke reports whether a message was about something that can be gone on with.
func (p PastTurn) spoke() bool {
	return p.Status == Answered || p.Status == Choose || p.Status == Refused || p.Status == Redirected
}

// topic returns what the person is talking about: the zero topic where nothing is
// known of it.
func (t *turn) topic(ctx context.Context) (topic, error) {
	last, err := t.last(ctx)
	if err != nil {
		return topic{}, err
	}
	var p topic
	var pending *PastTurn // a short message that may be of what came before it
	for _, past := range last.turns() {
		if !past.spoke() {
			continue
		}
		if p.document == "" {
			p.document = past.document()
		}
		if pending != nil {
			if id := pending.document(); id == "" || !slices.Contains(t.family(ctx, id), past.document()) {
				break
			}
			p.also, pending = firstOf(p.also, t.subjectOf(pending.Question)), nil
		}
		words, goesOn := t.readPast(&p, past)
		switch {
		case goesOn:
			continue
		case words == "":
			continue
		}
		p.words = words
		const short = 10 // letters
		if letters(words) > short || past.Status != Answered || t.agencies().Owning(words).Word != "" {
			return p, nil
		}
		pending = &past
	}
	if p.words == "" {
		p.words = titleOf(last)
	}
	return p, nil
}

// readPast takes from a past message what it says of the topic. goesOn says that it
// named no matter itself.
func (t *turn) readPast(p *topic, past PastTurn) (words string, goesOn bool) {
	q := Substance(Clean(past.Question))
	if _, number := Digit(q); number || letters(q) == 0 {
		if past.Status == Answered && len(past.Sources) > 0 {
			return matterTitle(past.Sources[0].Title), false
		}
		return "", true
	}
	if _, ok := offTopic(q); ok && past.Status == Refused {
		return "", true
	}
	p.aspect = firstOf(p.aspect, aspectIn(q))
	if _, rest, ok := further(q); ok {
		if !bareAspect(rest) {
			p.also = firstOf(p.also, rest)
		}
		return "", true
	}
	s := t.subjectOf(q)
	if letters(s) < 2 || letters(subject(s)) < 2 || onlyOffice(index.FoldString(s)) || past.Status == Redirected {
		return "", true
	}
	return s, false
}

// subjectOf is what a message is about, in its own words: without what it asks of
// that, and the small words at its ends.
func (t *turn) subjectOf(asked string) string {
	asked = strings.TrimRight(Substance(Clean(asked)), "？? ")
	s := withoutEnds(aspectShape.ReplaceAllString(asked, " "))
	if owned := t.agencies().Owning(asked).Word; letters(subject(s)) < 2 || owned != "" && !strings.Contains(s, owned) {
		s = strings.Join(strings.Fields(strings.Trim(subject(asked), "，,。 ")), " ")
	}
	return firstRunes(s, 60)
}

//go:embed cues/topic.txt
var topicFile string

// topicCues are the groups of cues/topic.txt: what may be asked of any matter
// beside questionWords (aspect), and the small words that what is asked leaves at
// the ends of what a message is about (end).
var topicCues = sync.OnceValue(func() map[string][]string { return groups(topicFile) })

func withoutEnds(s string) string {
	s = strings.Join(strings.Fields(strings.Trim(s, "，,。 ")), " ")
	for again := true; again; {
		again = false
		for _, w := range topicCues()["end"] {
			rest := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(s, w), w), "，,。 ")
			if rest != s && letters(rest) >= 2 {
				s, again = rest, true
			}
		}
	}
	return s
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// titleOf is the matter of what was shown last; "" where that was only near to
// what was refused.
func titleOf(last Recent) string {
	if len(last.Sources) == 0 || last.Status == Refused {
		return ""
	}
	return matterTitle(last.Sources[0].Title)
}

// matterTitle is what a document is about, without the words of its kind.
func matterTitle(title string) string {
	return strings.TrimSuffix(title, "办事指南")
}

var withoutAspects = regexp.MustCompile(`[0-9]`)

// bareAspect reports whether a message asks, and names nothing that it asks of:
// 罚多少, 什么时候发, 没批准怎么办.
func bareAspect(asked string) bool {
	const longest = 12 // letters
	if letters(asked) > longest || withoutAspects.MatchString(asked) || letters(asked) < 2 {
		return false
	}
	if !asks(asked) && !strings.HasSuffix(strings.TrimRight(asked, "？?"), "呢") && aspectIn(asked) == "" {
		return false
	}
	for _, paid := range []string{"补贴", "补助"} {
		if rest := strings.TrimPrefix(asked, paid); letters(rest) > 1 {
			asked = rest // 补贴多少, of what was talked of
		}
	}
	return letters(replaceAll(subject(asked), topicCues()["aspect"])) == 0
}

// aspectShape is what is asked of a matter, as people write it.
var aspectShape = regexp.MustCompile(`(?:(?:能|要|可以|会|每月|每年|一个月|一次|每个月)?[罚报补提贷领交缴发给拿收退]?(?:多少钱|多少|几个月|几年|几次))|罚款|怎么罚|` +
	`(?:要|得)?(?:多久|多长时间|几天)(?:能[拿办批]\S{0,2})?|什么时候[^ ，。？?]{0,3}|几点(?:[以之][后前])?(?:不让|不能|能|可以|开门|关门|开|关)?|怎么[^ ，。？?]{1,3}|(?:在|去|到)?哪[里儿]?[办领交申]?[请]?|` +
	`(?:要|带|准备|需要)*什么(?:材料|条件|手续|证件)|(?:能|可以|要不要|要|免费|收费|需要)[^ ，。？?]{0,6}[吗不]|材料|条件|流程`)

// aspectIn is what a message asks of what it is about; "" where that is not clear.
func aspectIn(asked string) string { return aspectShape.FindString(asked) }

// of reports whether what was found first speaks of a topic: it is of the
// documents that were answered from, or is called by its words.
func (t *turn) of(ctx context.Context, p topic, f *findings) bool {
	const called = .55
	if len(f.hits) == 0 {
		return false
	}
	h := f.hits[0]
	if p.document != "" && slices.Contains(t.family(ctx, p.document), h.Ref.Document) {
		return true
	}
	all := f.gist()
	g := all.within(p.words)
	return len(all.words) == 0 || g.total > 0 && g.in(h.name()) >= called
}

// within are the words of a gist that a text has.
func (g gist) within(text string) gist {
	text = index.FoldString(text)
	var out gist
	for _, w := range g.words {
		if strings.Contains(text, w.forms[0]) {
			out.words, out.total = append(out.words, w), out.total+w.weight
		}
	}
	return out
}

// nouns are the words of a gist that do not only ask: 报上 asks.
func (g gist) nouns() gist {
	var out gist
	for _, w := range g.words {
		if letters(replaceAll(subject(w.forms[0]), topicCues()["aspect"])) > 0 {
			out.words, out.total = append(out.words, w), out.total+w.weight
		}
	}
	return out
}

// carriesOn answers a short message that has no matter of its own: what it asks
// is asked of what was talked of last. Where nothing was, it is asked back. ok is
// false where the message has a matter of its own.
func (t *turn) carriesOn(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	field, rest, ok := further(asked)
	if !ok {
		return Reply{}, false, nil
	}
	about, err := t.topic(ctx)
	if err != nil {
		return Reply{}, true, err
	}
	if !about.known() {
		if field == "" && !bareAspect(rest) && letters(subject(rest)) > 1 {
			reply, err = t.one(ctx, rest)
			return reply, true, err
		}
		return t.say(Refused, "which", sayWhich()), true, nil
	}
	if word := t.agencies().Owning(rest).Word; word != "" && asks(rest) && !strings.Contains(about.words, word) {
		return Reply{}, false, nil // 那低保怎么申请
	}
	if field != "" && !t.amountOf(ctx, about, field, rest) {
		if reply, ok, err := t.fieldOfLast(ctx, about, field, rest); ok || err != nil {
			return reply, true, err
		}
	}
	if reply, ok, err := t.notDone(ctx, about, rest); ok || err != nil {
		return reply, true, err
	}
	day := field == "hours" && !asks(rest) // 周末呢
	if field != "" && !day || bareAspect(rest) || !day && letters(subject(rest)) == 0 {
		reply, err = t.aspectOf(ctx, about, rest)
	} else {
		reply, err = t.conditionOf(ctx, about, strings.TrimSuffix(strings.TrimRight(rest, "？? "), "呢"))
	}
	return reply, true, err
}

// undone is what somebody has to do and asks what happens where they don't.
var undone = regexp.MustCompile(`^不(?:去|想|来)?(办|登记|上牌|申请|申报|签|换|戴|牵|拴|分)`)

// notDone answers 不登记呢 with what is done about it. ok is false where nothing
// is said of that.
func (t *turn) notDone(ctx context.Context, about topic, rest string) (Reply, bool, error) {
	const penalty = "罚多少"
	if !undone.MatchString(rest) {
		return Reply{}, false, nil
	}
	rest = strings.TrimSuffix(strings.TrimRight(rest, "？? "), "呢")
	of := about.words
	if verb := undone.FindStringSubmatch(rest)[1]; letters(of)-letters(verb) >= 2 {
		of = strings.ReplaceAll(of, verb, "") // 养犬登记 is not done: 养犬不登记
	}
	all, err := t.bestOf(ctx, about, penalty, []string{of + rest + penalty, of + " " + rest + " " + penalty})
	if err != nil || len(all) == 0 || all[0].Confidence < t.acc.AnswerAt {
		return Reply{}, false, err
	}
	reply, ok, err := t.settleFirst(ctx, all[:1])
	return reply, ok && reply.Status == Answered, err
}

// amountOf reports whether 多少钱 is asked of what is paid to people: not what it
// costs to apply.
func (t *turn) amountOf(ctx context.Context, about topic, field, rest string) bool {
	if field != "fee" || !strings.Contains(rest, "多少") || containsAny(rest, []string{"收", "费", "交", "要"}) {
		return false
	}
	d, _, err := t.live(ctx, about.document)
	return containsAny(about.words, surveyCues()["title"]) || err == nil && containsAny(d.Title, surveyCues()["title"])
}

// aspectOf answers 罚多少 of what was talked of last.
func (t *turn) aspectOf(ctx context.Context, about topic, rest string) (Reply, error) {
	rest = trimEnds(strings.TrimSuffix(strings.TrimRight(rest, "？? "), "呢"))
	if f, ok := t.notedOf(ctx, about, rest); ok {
		return t.settle(ctx, f.asked, f)
	}
	queries := t.askedOf(about, rest)
	queries = append(queries, about.words+" "+rest)
	if about.also != "" && !strings.Contains(about.words, about.also) {
		queries = append(queries, about.words+" "+about.also+" "+rest)
	}
	all, err := t.bestOf(ctx, about, rest, queries)
	if err != nil {
		return Reply{}, err
	}
	if reply, ok, err := t.settleFirst(ctx, all); ok || err != nil {
		return reply, err
	}
	if f, ok, err := t.inFamily(ctx, about, rest); ok || err != nil {
		if err != nil {
			return Reply{}, err
		}
		return t.perhaps(ctx, f, answerBudget)
	}
	return t.notOf(ctx, about)
}

// askedOf are the ways to ask what a message asks of a topic: by the matter that an
// agency owns, and by all the words that it was asked about with.
func (t *turn) askedOf(about topic, rest string) []string {
	out := []string{about.words + rest}
	if owned := t.agencies().Owning(about.words).Word; owned != "" && owned != about.words {
		out = append(out, owned+rest)
	}
	return out
}

// bestOf finds some questions, and returns what is of the topic and has what else
// the message says, the clearest first.
func (t *turn) bestOf(ctx context.Context, about topic, rest string, queries []string) ([]*findings, error) {
	const has, enough = .5, 1.2
	type candidate struct {
		f    *findings
		sure float64
	}
	var all []candidate
	asks := asksOf(rest)
	for i, q := range queries {
		f, err := t.find(ctx, strings.TrimSpace(q), t.day)
		if err != nil {
			return nil, err
		}
		g := f.gist().within(rest).nouns()
		if !t.of(ctx, about, f) || lacking(rest, f.hits[0].text()) != "" || g.total > 0 && g.in(f.hits[0].text()) < has {
			continue
		}
		sure := f.Confidence - .05*float64(i)
		if g.total > 0 {
			sure += .2*g.in(f.hits[0].name()) + .1*g.in(f.hits[0].Direct) // it says so in the very sentence
		}
		if strictly[asks] && !answers[asks].MatchString(f.hits[0].Passage) {
			sure -= .3
		}
		if all = append(all, candidate{f, sure}); sure >= enough {
			break // each search costs
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.sure, a.sure) })
	out := make([]*findings, len(all))
	for i, c := range all {
		out[i] = c.f
	}
	return out, nil
}

// settleFirst answers with the first of some findings that can be answered or
// offered. ok is false where none can.
func (t *turn) settleFirst(ctx context.Context, all []*findings) (Reply, bool, error) {
	for _, f := range all {
		if f.Confidence < t.acc.ChooseAt {
			continue
		}
		reply, err := t.settle(ctx, f.asked, f)
		if err != nil || reply.Status == Answered || reply.Status == Choose || reply.isStopped() {
			return reply, true, err
		}
	}
	return Reply{}, false, nil
}

// notedOf finds the question that a message asks of a topic among those that are
// noted with the passages that were answered from, and their like.
func (t *turn) notedOf(ctx context.Context, about topic, rest string) (*findings, bool) {
	if about.document == "" {
		return nil, false
	}
	const same = .8 // of the pairs of letters of both
	var best *findings
	most := same
	for _, q := range t.askedOf(about, strings.TrimSpace(rest)) {
		own := pairs(q)
		for _, id := range t.family(ctx, about.document) {
			d, rev, err := t.live(ctx, id)
			if err != nil || !t.shows(d) {
				continue
			}
			for _, a := range d.Asked {
				for _, noted := range a.Questions {
					x := pairs(noted)
					share := 2 * float64(shared(own, x)) / float64(len(own)+len(x))
					p, ok := t.field(edition{doc: d, rev: rev}, a.Anchor)
					if share <= most || !ok {
						continue
					}
					best, most = &findings{t: t, asked: q, hits: []standingHit{t.passageOf(d, rev, p)}, likely: 1}, share
					best.Confidence = 1
				}
			}
		}
	}
	return best, best != nil
}

// inFamily finds what a message asks, a sum, a day, a period, in the documents
// that were answered from. ok is false where none has it.
func (t *turn) inFamily(ctx context.Context, about topic, rest string) (*findings, bool, error) {
	sort := answers[asksOf(rest)]
	if about.document == "" || !stated[asksOf(rest)] {
		return nil, false, nil
	}
	var best *findings
	most := 0.0
	for _, id := range t.family(ctx, about.document) {
		in, err := t.findWithin(ctx, rest, t.day, id)
		if err != nil {
			return nil, false, err
		}
		if len(in.hits) == 0 || !sort.MatchString(in.hits[0].Passage) || lacking(rest, in.hits[0].text()) != "" {
			continue
		}
		if has := in.hits[0].Parts.Window3; has > most {
			best, most = in, has
		}
	}
	const enough = .5
	if best == nil || most < enough {
		return nil, false, nil
	}
	best.Confidence = t.acc.AnswerAt
	return best, true, nil
}

// conditionOf answers 二级呢: what was asked last, of the matter that was talked
// of, for whom or for what is named now. 养狗呢 after a residence permit is of
// another matter.
func (t *turn) conditionOf(ctx context.Context, about topic, rest string) (Reply, error) {
	if word := t.agencies().Owning(rest).Word; word != "" && letters(rest)-letters(word) <= 2 && !strings.Contains(about.words, word) {
		return t.another(ctx, rest, about.aspect)
	}
	aspect := about.aspect
	if asks(rest) {
		aspect = ""
	}
	if f, ok := t.notedOf(ctx, about, rest+aspect); ok {
		return t.settle(ctx, f.asked, f)
	}
	if negated.MatchString(rest) && !containsAny(aspect, []string{"多少", "几", "钱"}) {
		aspect = "怎么办"
	}
	queries := []string{about.words + " " + rest + " " + aspect, about.words + " " + rest}
	if owned := t.agencies().Owning(about.words).Word; owned != "" && owned != about.words {
		queries = append(queries, owned+" "+rest+" "+aspect)
	}
	if about.also != "" && !sameSort(about.also, rest) && !strings.Contains(about.words, about.also) {
		queries = slices.Insert(queries, 0, about.words+" "+about.also+" "+rest+" "+aspect)
	}
	if letters(subject(rest)) > 2 && !conditionShape.MatchString(rest) {
		queries = append(queries, rest+" "+aspect) // in the same documents
	}
	all, err := t.bestOf(ctx, about, rest, queries)
	if err != nil {
		return Reply{}, err
	}
	if reply, ok, err := t.settleFirst(ctx, all); ok || err != nil {
		return reply, err
	}
	if reply, ok, err := t.anotherByName(ctx, rest, aspect, about.words); ok || err != nil {
		return reply, err
	}
	if asks(rest) {
		return t.one(ctx, rest)
	}
	return t.notOf(ctx, about)
}

// negated is a condition that asks what follows from it: 没备案呢.
var negated = regexp.MustCompile(`^(?:没|不|未|忘|过期|超|丢|晚)`)

// sameSort reports whether two conditions are of one sort, so that the second
// takes the place of the first: 二级 and 三级, 80岁 and 90岁.
func sameSort(a, b string) bool {
	shape := func(s string) string {
		return conditionShape.FindString(s)
	}
	x, y := conditionShape.FindStringSubmatch(a), conditionShape.FindStringSubmatch(b)
	return shape(a) != "" && shape(b) != "" && x[1] == y[1]
}

var conditionShape = regexp.MustCompile(`[0-9一二两三四五六七八九十百]+(级|岁|个月|年|孩|胎|套|人|类|档|天)`)

// another answers a message that goes over to another matter, with what was asked
// of the one before.
func (t *turn) another(ctx context.Context, matter, aspect string) (Reply, error) {
	if reply, ok, err := t.anotherByName(ctx, matter, aspect, matter); ok || err != nil {
		return reply, err
	}
	return t.one(ctx, matter)
}

// anotherByName is another where documents are called by the new matter. ok is
// false where none is.
func (t *turn) anotherByName(ctx context.Context, matter, aspect, before string) (Reply, bool, error) {
	const called = .8
	f, err := t.find(ctx, strings.TrimSpace(matter+" "+aspect), t.day)
	if err != nil || len(f.hits) == 0 {
		return Reply{}, false, err
	}
	g, h := f.gist().within(matter), f.hits[0]
	most := letters(replaceAll(strings.TrimPrefix(h.Title, t.acc.Region), anyGuide))
	if g.total == 0 || g.in(h.name()) < called || t.agencies().Owning(matter).Word == "" && 2*letters(matter) < most && shared(pairs(before), pairs(h.Title)) == 0 {
		return Reply{}, false, nil
	}
	if f.Confidence >= t.acc.AnswerAt {
		reply, err := t.settle(ctx, f.asked, f)
		if err != nil || reply.Status == Answered {
			return reply, true, err
		}
	}
	choices, err := t.things(ctx, &findings{t: t, asked: matter})
	if err != nil || len(choices) < 2 {
		return Reply{}, false, err
	}
	return f.offer(choices), true, nil
}

// notOf says that something of a matter was not found, and whom to ask. Nothing of
// another matter is offered.
func (t *turn) notOf(ctx context.Context, about topic) (Reply, error) {
	name := t.agencies().Owning(about.words).Word
	if name == "" {
		name = oneLine(about.words, 16)
	}
	f := &findings{t: t, asked: about.words}
	who := t.who(about.words, nil)
	if who == "" && about.document != "" {
		if d, rev, err := t.live(ctx, about.document); err == nil && t.shows(d) {
			f.hits = []standingHit{t.passageOf(d, rev, corpus.Passage{})}
			who = t.who(about.words, f)
		}
	}
	return t.say(Refused, "unsure", sayNotOf(t.acc, name, who)), nil
}

func sayNotOf(a Account, matter, who string) string {
	return "您问的是“" + matter + "”的事，关于这一点没有找到能准确回答的内容，不敢随便答您。要是问的是别的事，请连事情一起写上再发一次。\n\n" + sayAsk(a, who)
}
