package bot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// sequence are the questions of one message as they are looked for, one after
// another.
type sequence struct {
	t     *turn
	asked []string
	whole *findings // of all questions at once
	root  *findings // of the last answered one that named its matter; nil: none yet
	about string    // the words of that matter
}

// find finds what answers the question i. ok is false where nothing does.
func (s *sequence) find(ctx context.Context, i int) (f *findings, ok bool, err error) {
	p := s.asked[i]
	f, err = s.t.find(ctx, p, s.t.day)
	if err != nil {
		return nil, false, err
	}
	own := i == 0 || s.ownMatter(p, f)
	if own {
		f, ok, err = s.own(ctx, i, f)
	} else {
		f, ok, err = s.inherited(ctx, p, f)
	}
	if err != nil {
		return nil, false, err
	}
	if !ok && f.referral == nil && s.saidBefore(f, p) {
		same := *s.root
		same.asked = p
		return &same, true, nil
	}
	if own && (ok || s.root == nil) {
		s.about = s.t.matterWords(f, p, ok)
		s.root = nil
		if ok || len(f.hits) > 0 && f.Confidence >= s.t.acc.ChooseAt && f.namedBy() {
			s.root = f // its document is of that matter, though it may not say this
		}
	} else if ok && (s.root == nil || s.root.Confidence < s.t.acc.AnswerAt) {
		s.root = f // the first to be answered is of the matter that was named
	}
	return f, ok, nil
}

// saidBefore reports whether what answered the question before has next to all that
// this one, for which nothing was found, names, and what it asks for: 退休的是不是高
// 一点 after the shares of those who work and of those who are retired.
func (s *sequence) saidBefore(f *findings, p string) bool {
	const nearly = .75
	if s.root == nil || s.root.Confidence < s.t.acc.AnswerAt {
		return false
	}
	g, h := f.gist(), s.root.hits[0]
	return g.known && !g.vague && g.total > 0 && g.in(h.Passage) >= nearly && hasWanted(h, p)
}

// own finds a question that names its matter: as it is, and where that finds
// nothing sure, without its story, and with whom the message is about.
func (s *sequence) own(ctx context.Context, i int, f *findings) (*findings, bool, error) {
	p := s.asked[i]
	if f.referral != nil {
		return f, false, nil
	}
	if short := core(p, inquires); letters(short) < letters(p) && f.Confidence < certainly {
		o, err := s.t.find(ctx, short, s.t.day)
		if err != nil {
			return nil, false, err
		}
		if s.clearer(o, f) {
			f = o
		}
	}
	ok, err := s.answers(ctx, f, p)
	if err != nil {
		return nil, false, err
	}
	if i == 0 && f.Confidence < unmistakably {
		if in, good, err := s.together(ctx, p, f, ok); err != nil || good {
			return in, good, err
		}
	}
	if ok {
		return f, true, nil
	}
	for _, q := range s.otherwise(i) {
		o, err := s.t.find(ctx, q, s.t.day)
		if err != nil {
			return nil, false, err
		}
		if good, err := s.answers(ctx, o, q); err != nil {
			return nil, false, err
		} else if good && o.Confidence >= unsureBelow {
			return o, true, nil
		}
	}
	return f, false, nil
}

// clearer reports whether a question without its story found more clearly what the
// story speaks of, too.
func (s *sequence) clearer(short, told *findings) bool {
	const ofStory = .35
	if len(short.hits) == 0 || short.Confidence <= told.Confidence {
		return false
	}
	h := short.hits[0]
	return (told.has(h.Ref.Document) || s.whole.has(h.Ref.Document)) && told.gist().in(h.text()) >= ofStory
}

// together finds the first question in the document that all of them find together,
// where that is surer: the others may say what the first is about.
func (s *sequence) together(ctx context.Context, p string, f *findings, ok bool) (*findings, bool, error) {
	all := s.whole
	if len(all.hits) == 0 || all.Confidence < s.t.acc.AnswerAt {
		return f, false, nil
	}
	if ok && (all.hits[0].Ref.Document == f.hits[0].Ref.Document || all.Confidence <= f.Confidence || !slices.ContainsFunc(s.asked, elliptic)) {
		return f, false, nil
	}
	family := s.t.family(ctx, all.hits[0].Ref.Document)
	for _, id := range family[:min(len(family), 2)] {
		if in, good, err := s.within(ctx, p, p, f.gist(), id, all.Confidence); err != nil || good {
			return in, good, err
		}
	}
	return f, false, nil
}

// unmistakably is the confidence from which a question is of the matter that was
// found for it, whatever the others are about.
const unmistakably = .6

// certainly is the confidence from which a question is not looked for without its
// story.
const certainly = .8

// otherwise are other ways to ask the question i, at most one.
func (s *sequence) otherwise(i int) (out []string) {
	p := s.asked[i]
	if i > 0 && s.about != "" {
		return append(out, s.about+" "+p)
	}
	if m := s.t.understood.Matter; i == 0 && m != "" && !strings.Contains(p, m) {
		out = append(out, m+" "+p)
	}
	return out
}

// inherited finds a question that lacks its matter, which one before it named: in
// the guide or the document that answered that, or one that goes with it; in
// another one only where nothing was answered before, and clearly.
func (s *sequence) inherited(ctx context.Context, p string, alone *findings) (*findings, bool, error) {
	if s.root != nil {
		if f, ok := s.field(ctx, p); ok {
			return f, true, nil
		}
	}
	f, err := s.t.find(ctx, strings.TrimSpace(s.about+" "+p), s.t.day)
	if err != nil {
		return nil, false, err
	}
	if s.root == nil {
		ok, err := s.answers(ctx, f, p)
		if clear, _ := s.alone(ctx, alone, p); clear && !ok && err == nil {
			return alone, true, nil
		}
		return f, ok && f.Confidence >= unsureBelow && f.gist().names(f.hits[0], s.about), err
	}
	if len(fieldsAsked(p)) > 0 {
		f.preferGuide()
	}
	family, own, with := s.t.family(ctx, s.root.hits[0].Ref.Document), alone.gist(), f.gist()
	if at := slices.IndexFunc(f.hits, func(h standingHit) bool {
		same := slices.Contains(family, h.Ref.Document) || !own.vague && own.total > 0 && with.names(h, s.about)
		return same && hasWanted(h, p) && own.speaks(h, p)
	}); at >= 0 {
		f.first(at)
		if at > 0 {
			f.Confidence = min(f.Confidence, s.root.Confidence)
		}
		if ok, err := s.answers(ctx, f, p); ok || err != nil {
			if ok && f.hits[0].Kind == corpus.Guide {
				f.asked = p // the words of its title ask for no field
			}
			return f, ok, err
		}
	}
	if in, ok, err := s.anywhereOf(ctx, p, own, family); ok || err != nil {
		return in, ok, err
	}
	if ok, err := s.alone(ctx, alone, p); ok || err != nil {
		return alone, ok, err
	}
	f.Confidence = min(f.Confidence, .99*s.t.acc.ChooseAt) // what is elsewhere is of another matter
	return f, false, nil
}

// alone reports whether a question that lacks a matter of its own is clear enough by
// itself: what was found is named by it.
func (s *sequence) alone(ctx context.Context, f *findings, p string) (bool, error) {
	const clear, few = .6, 2 // letters
	if letters(subject(p)) <= few || !f.namedBy() && len(f.Explain.Words) > 0 {
		return false, nil
	}
	ok, err := s.answers(ctx, f, p)
	return ok && f.Confidence >= clear, err
}

// anywhereOf finds a question, as it is and with its matter, in the first two of the
// documents on that; an FAQ has no more than was found already.
func (s *sequence) anywhereOf(ctx context.Context, p string, own gist, family []string) (*findings, bool, error) {
	const most = 2
	looked := 0
	for _, id := range family {
		d, _, err := s.t.live(ctx, id)
		if err != nil || d.Kind == corpus.FAQ || looked == most {
			continue
		}
		looked++
		for _, q := range []string{p, s.about + " " + p} {
			if in, ok, err := s.within(ctx, q, p, own, id, s.root.Confidence); ok || err != nil {
				return in, ok, err
			}
		}
	}
	return nil, false, nil
}

// names reports whether a document has one of the words of a matter in its title,
// of those that a question has.
func (g gist) names(h standingHit, about string) bool {
	title := index.FoldString(h.Title)
	return slices.ContainsFunc(g.words, func(w gistWord) bool {
		return letters(w.forms[0]) > 1 && strings.Contains(about, w.forms[0]) && containsAny(title, w.forms)
	})
}

// speaks reports whether a passage has the own words of a question that has some,
// or at least their letters: 补 of 过了还能补吗.
func (g gist) speaks(h standingHit, asked string) bool {
	const something = .5
	if slices.Contains(fieldsAsked(asked), "materials") {
		return true // they are listed, not called so
	}
	if !g.vague && g.total > 0 {
		return g.in(h.text()) >= something
	}
	own, has := 0, 0
	for _, r := range subject(asked) {
		if !unicode.IsLetter(r) || strings.ContainsRune(aside, r) {
			continue
		}
		if own++; strings.ContainsRune(h.Passage, r) {
			has++
		}
	}
	return 2*has >= own
}

// aside are letters that a short question has and that say nothing of its matter.
const aside = "过还又再才就先后完来去给我你他一两几她它这那该应啥多少个年月天次家里"

// field is the field of the guide to the matter that a question without one asks
// for by a word of it: 要带什么, 多久能办好. ok is false where there is none, or the
// question is rather of what the matter is: 一个月多少钱.
func (s *sequence) field(ctx context.Context, p string) (*findings, bool) {
	field := fieldAlone(p)
	if field == "" {
		return nil, false
	}
	return s.guideField(ctx, p, field)
}

// guideField is a field of the guide that goes with what was answered.
func (s *sequence) guideField(ctx context.Context, p, field string) (*findings, bool) {
	if !s.root.namedBy() || s.root.Confidence < s.t.acc.AnswerAt {
		return nil, false // it may only speak of the matter
	}
	at, ok := s.t.guideField(ctx, s.root.hits[0], field)
	if !ok {
		return nil, false // it is looked for
	}
	f := &findings{Result: s.root.Result, t: s.t, asked: p, hits: []standingHit{at}}
	f.Confidence, f.likely = s.root.Confidence, s.root.Confidence
	return f, true
}

// doing are the verbs of what is done at a window: 去哪里登记 asks where, not of 登记.
var doing = regexp.MustCompile(`登记|申报|报名|预约|挂失|激活|换领|补领|申办|报销|缴费|交费|迁|换|补|续|报|查|上`)

// fieldAlone is the field of a guide that a question asks for which names nothing
// else; "" where there is none, or it may rather be the sum or the time of what
// the matter is.
func fieldAlone(p string) string {
	if bare := doing.ReplaceAllString(p, "办"); !elliptic(bare) && !onlyField(p) {
		return ""
	}
	for _, f := range furtherFields() {
		if !containsAny(p, f.Words) && !slices.Contains(fieldsAsked(p), f.Field) &&
			(f.Field != "fee" || !containsAny(p, []string{"交钱", "收不收", "要不要钱", "花不花钱"})) {
			continue
		}
		switch {
		case f.Field == "fee" && !containsAny(p, []string{"费", "收", "要钱", "要交钱", "要多少钱", "花"}),
			f.Field == "time-limit" && !containsAny(p, []string{"办", "拿", "批", "下来", "到", "审", "时限"}):
			return ""
		}
		return f.Field
	}
	return ""
}

// within finds a question p, asked as q, in a document that is known to be meant, as surely as
// that is known, where it has something of the question and what it asks for.
func (s *sequence) within(ctx context.Context, q, p string, own gist, document string, sure float64) (*findings, bool, error) {
	in, err := s.t.findWithin(ctx, strings.TrimSpace(q), s.t.day, document)
	if err != nil || len(in.hits) == 0 {
		return in, false, err
	}
	at := slices.IndexFunc(in.hits, func(h standingHit) bool { return hasWanted(h, p) && own.speaks(h, p) })
	if at < 0 {
		return in, false, nil
	}
	in.first(at)
	in.Confidence = sure
	ok, err := s.answers(ctx, in, p)
	if ok && in.hits[0].Kind == corpus.Guide {
		in.asked = p
	}
	return in, ok, err
}

// hasWanted reports whether a passage has what such a question asks for: a sum, a
// time.
func hasWanted(h standingHit, asked string) bool {
	if containsAny(asked, []string{"几岁", "多大", "多少岁", "岁数", "年龄"}) {
		return strings.Contains(h.Passage, "岁")
	}
	if slices.Contains(fieldsAsked(asked), "materials") {
		return containsAny(h.Passage, []string{"材料", "证", "表", "照片", "凭"})
	}
	sort := asksOf(asked)
	switch sort {
	case index.AsksMuch, index.AsksLong, index.AsksPhone, index.AsksWhen:
	default:
		return true
	}
	if sort == index.AsksMuch && !strings.Contains(asked, "罚") && onlyFines(h.Passage) {
		return false // 多少钱一年 after 要办证吗 asks for the fee
	}
	return answers[sort].MatchString(h.Passage) || h.Kind == corpus.Guide && h.Ref.Anchor == "name"
}

// onlyFines reports whether a text has sums, and none but those of fines.
func onlyFines(text string) bool {
	fines := false
	for _, c := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。；;\n", r) }) {
		if !answers[index.AsksMuch].MatchString(c) {
			continue
		}
		if !containsAny(c, []string{"罚", "没收"}) {
			return false
		}
		fines = true
	}
	return fines
}

// answers reports whether what was found answers a part of the message.
func (s *sequence) answers(ctx context.Context, f *findings, p string) (bool, error) {
	f.arrange(s.t.acc.AnswerAt)
	if _, held := f.stoppedTopic(); held || len(f.hits) == 0 {
		return false, nil
	}
	if err := s.t.assess(ctx, f); err != nil {
		return false, err
	}
	return f.Confidence >= s.t.acc.AnswerAt && s.whole.knows(f) && !f.unplanned(p, .95), nil
}

// ownMatter reports whether a later question names a matter of its own: one that
// an agency owns, or that names the document found for it alone.
func (s *sequence) ownMatter(p string, alone *findings) bool {
	const few, clear, mostly = 3, .6, .5 // letters
	if elliptic(p) || onlyField(p) {
		return false
	}
	if w := s.t.agencies().Owning(p).Word; letters(w) >= few || w != "" && s.about != "" && !strings.Contains(s.about, w) && strings.HasPrefix(p, w) {
		return true
	}
	if letters(subject(p)) < few || len(alone.hits) == 0 {
		return false
	}
	g := alone.gist()
	if begins := firstRunes(p, 2); alone.Confidence >= s.t.acc.AnswerAt && strings.Contains(alone.hits[0].Title, begins) && !strings.Contains(s.about, index.FoldString(begins)) {
		return true // 停车费小区里怎么收 begins with what it is about
	}
	if alone.Confidence < clear {
		return false
	}
	if s.root != nil && alone.hits[0].Ref.Document == s.root.hits[0].Ref.Document {
		return true
	}
	return !g.vague && g.total > 0 && g.in(alone.hits[0].name()) >= mostly && g.names(alone.hits[0], index.FoldString(p))
}

// matterWords are the words of a question that name what was found for it; what its
// clause that asks is about, with the one before it, where it is not answered.
func (t *turn) matterWords(f *findings, asked string, answered bool) string {
	const longest, few = 20, 4 // letters
	short, owned := core(asked, inquires), t.agencies().Owning(asked).Word
	if !answered && letters(owned) < 2 {
		if letters(subject(short)) < few {
			short = before(asked, inquires) + " " + short
		}
		return firstRunes(strings.TrimSpace(subject(short)), longest)
	}
	var named, all []string
	if len(f.hits) > 0 {
		h := f.hits[0]
		name := index.FoldString(h.Title + " " + h.Document.Question)
		for _, w := range f.gist().words {
			if all = append(all, w.forms[0]); containsAny(name, w.forms) {
				named = append(named, w.forms[0])
			}
		}
	}
	switch words := strings.Join(named, " "); {
	case letters(words) >= 2:
		return firstRunes(words, longest)
	case letters(owned) >= 2:
		return owned
	case short != asked && len(all) > 0:
		return firstRunes(strings.Join(all, " "), longest)
	}
	return firstRunes(strings.TrimSpace(subject(short)), longest)
}

// near is what is offered for a part that is not answered: the best of what it
// may be about, nil where nothing is near.
func (f *findings) near() []Choice {
	if len(f.hits) == 0 || f.Confidence < f.t.acc.ChooseAt {
		return nil
	}
	return f.choices(1)
}

// knows reports whether what answers a part of a message is about it, and in a
// story no stranger to the rest: what a scrap like 需要咨询哪些单位 finds alone is
// chance.
func (f *findings) knows(of *findings) bool {
	const clear = .8
	about := of.about(0) >= aboutEnough || of.namedBy() && letters(f.asked) <= maxStory
	return about && (f.has(of.hits[0].Ref.Document) || of.Confidence >= clear || letters(f.asked) <= maxStory)
}
