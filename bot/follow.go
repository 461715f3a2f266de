package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// further returns what a short message asks of what was talked of last: the
// field of a guide, or a condition, 外地户口的呢, with what is left of its words.
// ok is false where it has a matter of its own.
func further(asked string) (field, rest string, ok bool) {
	const longest = 14 // letters
	if letters(asked) > longest || surveys(asked) {
		return "", "", false
	}
	rest = asked
	for _, p := range []string{"那么", "那", "然后", "还有", "另外", "请问", "哦", "嗯", "好的"} {
		rest = trimEnds(strings.TrimPrefix(rest, p))
	}
	led := rest != asked
	rest = trimEnds(rest)
	for _, f := range furtherFields() {
		if containsAny(rest, f.Words) && letters(subject(rest)) == 0 {
			return f.Field, rest, true
		}
	}
	if elliptic(rest) || bareAspect(rest) {
		return "", rest, true
	}
	const fewWords = 8 // letters
	if led && strings.HasPrefix(trimEnds(asked), "那") && asks(rest) && letters(subject(rest)) > 0 && letters(rest) <= longestLed {
		return "", rest, true
	}
	bare := strings.TrimRight(rest, "？? ")
	if (led || letters(rest) <= fewWords && !asks(bare)) && strings.HasSuffix(bare, "呢") && letters(subject(rest)) > 0 {
		return "", strings.TrimSuffix(strings.TrimSuffix(bare, "呢"), "的"), true
	}
	return "", "", false
}

// fieldOfLast answers with a field of the guide that was talked of last, or
// that goes with what was. ok is false where there is none.
func (t *turn) fieldOfLast(ctx context.Context, about topic, field, rest string) (Reply, bool, error) {
	id := about.document
	if id == "" {
		return Reply{}, false, nil
	}
	d, rev, err := t.live(ctx, id)
	if errors.Is(err, corpus.ErrNotFound) {
		return Reply{}, false, nil
	}
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: what was talked of last: %w", err)
	}
	if !t.shows(d) {
		return Reply{}, false, nil
	}
	whole := t.passageOf(d, rev, corpus.Passage{})
	rel := t.relatives(ctx, whole)
	rel.fit(whole, about.words)
	if rel.guide == nil && d.Kind == corpus.FAQ {
		t.guideBeside(ctx, id, about.words, &rel)
	}
	if rel.guide == nil {
		return Reply{}, false, nil
	}
	guide, ok := t.quotable(ctx, rel.guide.ID)
	if !ok {
		return Reply{}, false, nil // the subject is found once more
	}
	p, ok := t.field(guide, field)
	if !ok {
		return Reply{}, false, nil
	}
	f := &findings{t: t, asked: rest, hits: []standingHit{t.passageOf(guide.doc, guide.rev, p)}}
	f.Confidence = 1
	reply, err := t.answer(ctx, f, answerBudget)
	return reply, true, err
}

// guideBeside finds the guide that goes with a common question by the policy that
// both rest on.
func (t *turn) guideBeside(ctx context.Context, id, about string, rel *relatives) {
	for _, other := range t.family(ctx, id) {
		d, rev, err := t.live(ctx, other)
		if err != nil || d.Kind != corpus.Guide || !t.shows(d) {
			continue
		}
		if rel.guide = &d; shared(pairs(about), pairs(d.Title)) > 0 {
			rel.fields, rel.whole = rev.Passages, rev.Text
			return
		}
		rel.guide = nil
	}
}

// lastSubject returns what the person asked about last, "" where that is not
// known. What was only near to a question that was refused is not what it was
// about.
func (t *turn) lastSubject(ctx context.Context) (string, error) {
	about, err := t.topic(ctx)
	return about.words, err
}

// longestLed is how many letters a question has at most that goes on with what
// was talked of last by the word that it begins with: 那社保要交多久.
const longestLed = 9

// longestFurther is how many letters a message has at most that may go on with
// what was talked of last without a word that says so.
const longestFurther = 14

// factAdded answers a message that only adds what the sender is to what they
// asked before: 我父母是湖北的, 82岁. ok is false where it does more, or nothing
// was asked.
func (t *turn) factAdded(ctx context.Context, asked string) (Reply, bool, error) {
	if letters(asked) > longestFurther || asks(asked) || !t.understood.onlyFact() {
		return Reply{}, false, nil
	}
	last, err := t.last(ctx)
	if err != nil {
		return Reply{}, false, err
	}
	if last.Status != Answered && last.Status != Choose && last.Status != Refused {
		return t.alone(asked)
	}
	before := Substance(Clean(last.Question))
	if letters(subject(before)) < 2 || !asks(before) {
		return t.alone(asked)
	}
	whole := before + " " + asked
	t.understood = Understand(whole, t.names())
	reply, err := t.one(ctx, whole)
	return reply, true, err
}

// alone answers who only says who they are, and has asked nothing before.
func (t *turn) alone(asked string) (Reply, bool, error) {
	if !tells(asked) || saysNothing(asked) {
		return Reply{}, false, nil
	}
	return t.say(SmallTalk, "fact", sayFact()), true, nil
}

// onlyFact reports whether a message that asks nothing says what somebody is:
// how old, from where.
func (u Understood) onlyFact() bool {
	from := len(u.Places) > 0 && containsAny(u.Asked, []string{"是", "户口", "户籍", "来的", "人"})
	return tells(u.Asked) || u.Person != (Person{}) || from
}

// ofTheSame finds what a short message that is not clear alone asks of what was
// answered last: in that document and those that go with it. ok is false where
// they have less of it than what was found among all.
func (t *turn) ofTheSame(ctx context.Context, asked string, alone *findings) (*findings, bool, error) {
	const clear, asMuch, mostly = .6, .75, .5
	if letters(asked) > longestFurther || !asks(asked) {
		return nil, false, nil
	}
	if joint, ok, err := t.joint(ctx, asked, alone); ok || err != nil {
		return joint, ok, err
	}
	if alone.Confidence >= clear && alone.namedBy() {
		return nil, false, nil
	}
	last, err := t.last(ctx)
	if err == nil && last.Status == Refused && alone.Confidence < t.acc.AnswerAt {
		return t.withRefused(ctx, asked)
	}
	if err != nil || last.Status != Answered || len(last.Sources) == 0 || last.Sources[0].Ref.Document == "" {
		return nil, false, err
	}
	other := 0.0
	family := t.family(ctx, last.Sources[0].Ref.Document)
	if len(alone.hits) > 0 {
		if other = alone.hits[0].Parts.Window3; slices.Contains(family, alone.hits[0].Ref.Document) && alone.Confidence >= t.acc.AnswerAt {
			return nil, false, nil
		}
	}
	var best *findings
	most := 0.0
	for _, id := range family {
		in, err := t.findWithin(ctx, asked, t.day, id)
		if err != nil {
			return nil, false, err
		}
		if len(in.hits) == 0 {
			continue
		}
		if g := in.gist(); g.vague || g.in(in.hits[0].text()) < mostly {
			continue
		}
		if has := in.hits[0].Parts.Window3; has > most {
			best, most = in, has
		}
	}
	if best != nil && most >= asMuch*other {
		best.Confidence = max(t.acc.AnswerAt, alone.Confidence)
		return best, true, nil
	}
	return t.withLast(ctx, asked, alone, family)
}

// joint finds a short message together with what was talked of last. ok is false
// where it has a matter of its own, or is answered better alone.
func (t *turn) joint(ctx context.Context, asked string, alone *findings) (*findings, bool, error) {
	const clear, called = .6, .6
	about, err := t.topic(ctx)
	if err != nil || about.words == "" {
		return nil, false, err
	}
	if m := t.understood.Matter; m != "" && !strings.Contains(about.words, m) {
		return alone, true, nil // another matter, whatever was talked of
	}
	if len(alone.hits) > 0 && alone.Confidence >= clear && alone.gist().in(alone.hits[0].Title+" "+alone.hits[0].Document.Question) >= called {
		return nil, false, nil
	}
	queries := append(t.askedOf(about, asked), about.words+" "+asked)
	if about.also != "" && !strings.Contains(about.words, about.also) {
		queries = append(queries, about.words+" "+about.also+" "+asked)
	}
	all, err := t.bestOf(ctx, about, asked, queries)
	if err != nil || len(all) == 0 || all[0].Confidence < t.acc.AnswerAt {
		return nil, false, err
	}
	return all[0], true, nil
}

// withRefused finds a message that finds nothing alone with the words of the one
// before it, which was refused: 物业费一平米多少, 空置房能少交吗. ok is false where
// both together find nothing either.
func (t *turn) withRefused(ctx context.Context, asked string) (*findings, bool, error) {
	about, err := t.lastSubject(ctx)
	if err != nil || about == "" || t.understood.Matter != "" {
		return nil, false, err
	}
	f, err := t.find(ctx, about+" "+asked, t.day)
	if err != nil || len(f.hits) == 0 || f.Confidence < t.acc.AnswerAt {
		return nil, false, err
	}
	return f, true, nil
}

// namedBy reports whether the first hit has something of the question in its
// name.
func (f *findings) namedBy() bool {
	g := f.gist()
	return len(f.hits) > 0 && len(g.words) > 0 && g.in(f.hits[0].name()) > 0
}

// withLast finds a message that names no matter of its own with the words of
// what was asked before. ok is false where it names one; what only happens to
// have its few words is no answer then.
func (t *turn) withLast(ctx context.Context, asked string, alone *findings, family []string) (*findings, bool, error) {
	if t.understood.Matter != "" || alone.namedBy() {
		return nil, false, nil
	}
	about, err := t.lastSubject(ctx)
	if err != nil || about == "" {
		return nil, false, err
	}
	f, err := t.find(ctx, about+" "+asked, t.day)
	if err != nil {
		return nil, false, err
	}
	if len(f.hits) > 0 && (slices.Contains(family, f.hits[0].Ref.Document) || alone.Confidence < t.acc.AnswerAt && f.Confidence >= t.acc.AnswerAt) {
		return f, true, nil
	}
	alone.Confidence = min(alone.Confidence, .99*t.acc.AnswerAt)
	return alone, true, nil
}

// family are the documents that speak of what a document speaks of: itself,
// what it explains or rests on, what explains it or rests on it.
func (t *turn) family(ctx context.Context, id string) []string {
	const most = 5
	out := []string{id}
	add := func(r corpus.Relation, id string) {
		if (r.Kind == corpus.Related || r.Kind == corpus.Interprets) && len(out) < most && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for i := 0; i < len(out); i++ {
		d, _, err := t.live(ctx, out[i])
		if err != nil || !t.shows(d) {
			continue // what cannot be read is found no more
		}
		for _, r := range d.Declares {
			add(r, r.To)
		}
		for _, r := range d.Receives {
			add(r, r.From)
		}
	}
	return out
}
