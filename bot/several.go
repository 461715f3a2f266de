package bot

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/index"
)

// several answers up to three questions of one message, each with a line of its
// own: an answer, or that there is none. ok is false where they are better
// answered as one: where so few are answered that what they found is chance.
func (t *turn) several(ctx context.Context, asked []string) (Reply, bool, error) {
	now := asked[:min(len(asked), maxParts)]
	whole, err := t.query(ctx, index.Query{Text: strings.Join(asked, " "), Day: t.day, Limit: wholeWanted})
	if err != nil {
		return Reply{}, false, err
	}
	parts := make([]part, len(now))
	found := make([]*findings, len(now)) // nil where a part is not answered
	s := &sequence{t: t, whole: whole, asked: now}
	answered, stopped, surest := 0, 0, 0.0
	for i, p := range now {
		f, ok, err := s.find(ctx, i)
		if err != nil {
			return Reply{}, false, err
		}
		parts[i] = part{asked: p}
		if topic, held := f.stoppedTopic(); held {
			parts[i].reply, stopped = f.stoppedReply(topic), stopped+1
			continue
		}
		if i == 0 {
			if old, err := t.onceHeld(ctx, p, f, whole); old || err != nil {
				return Reply{}, false, err // what held once is told of all that is asked
			}
		}
		if !ok {
			parts[i] = part{asked: p, reply: f.reply(Refused, "unsure", ""), who: t.who(p, f), near: f.near()}
			continue
		}
		found[i], answered, surest = f, answered+1, max(surest, f.Confidence)
	}
	if found[0] == nil && !parts[0].reply.isStopped() && s.root != nil && len(fieldsAsked(now[0])) > 0 {
		// What the others found is what the first may be about: 想办残疾证，要带啥，收费吗.
		if field := fieldsAsked(now[0])[0]; field == "materials" || field == "place" || field == "fee" {
			if f, ok := s.guideField(ctx, now[0], field); ok {
				found[0], answered = f, answered+1
			}
		}
	}
	if stopped > 0 && answered == 0 {
		i := slices.IndexFunc(parts, func(p part) bool { return p.reply.isStopped() })
		return parts[i].reply, true, nil
	}
	if answered+stopped == 0 || surest < least(answered+stopped, len(parts), letters(whole.asked)) || besideProject(parts) {
		return Reply{}, false, nil
	}
	if err := t.write(ctx, parts, found, len(asked)); err != nil {
		return Reply{}, false, err
	}
	return joinReplies(t.acc, parts, len(asked)), true, nil
}

// onceHeld reports whether the first question of a message, and the whole of it, are
// answered with what held once.
func (t *turn) onceHeld(ctx context.Context, p string, f, whole *findings) (bool, error) {
	if _, old, err := t.outdated(ctx, p, f); !old || err != nil {
		return false, err
	}
	_, old, err := t.outdated(ctx, whole.asked, whole)
	return old, err
}

// least is how sure the surest answer to some of the questions of a message is, for
// what they found to be no chance: much, where others of a story have none; rather,
// where most have none.
func least(answered, asked, letters int) float64 {
	const inStory, ofFew = .6, .5
	switch {
	case answered == asked:
		return 0
	case letters > maxStory:
		return inStory
	case 2*answered < asked:
		return ofFew
	}
	return 0
}

// write writes the answers of parts: each as long as it would be alone where there
// is room for all, else the longest of them shorter. What says the same as one
// before goes with that.
func (t *turn) write(ctx context.Context, parts []part, found []*findings, asked int) error {
	for i, f := range found {
		if f != nil {
			parts[i].reply = Reply{Status: Answered, Sources: make([]Source, 1)}
		}
	}
	room := answerBudget - len(joinReplies(t.acc, parts, asked).Text) - len(sayRespelt(t.respelt))
	if err := t.writeEach(ctx, parts, found, room); err != nil {
		return err
	}
	sayOnce(parts)
	long := []int{}
	for i, f := range found {
		if f == nil || parts[i].with > 0 {
			continue
		}
		long = append(long, i)
	}
	sameLine(parts)
	slices.SortFunc(long, func(a, b int) int { return len(parts[a].reply.Text) - len(parts[b].reply.Text) })
	for n, i := range long { // the short ones first: what they leave is for the others
		share := room / (len(long) - n)
		if len(parts[i].reply.Text) > share {
			reply, err := t.brief(ctx, found[i], share)
			if err != nil {
				return err
			}
			parts[i].reply = reply
		}
		room -= len(parts[i].reply.Text)
	}
	return nil
}

// sameLine takes a first line off that a part before it has, too: 换领正在受理.
func sameLine(parts []part) {
	seen := map[string]bool{}
	for i := range parts {
		r := &parts[i].reply
		first, rest, ok := strings.Cut(r.Text, "\n")
		if r.Status != Answered || parts[i].with > 0 || !ok || !strings.HasSuffix(first, "。") {
			continue
		}
		if seen[first] {
			r.Text = strings.TrimSpace(rest)
		}
		seen[first] = true
	}
}

func (t *turn) writeEach(ctx context.Context, parts []part, found []*findings, room int) error {
	for i, f := range found {
		if f == nil {
			continue
		}
		reply, err := t.brief(ctx, f, room)
		if err != nil {
			return err
		}
		parts[i].reply = reply
	}
	return nil
}

// sayOnce puts a part that is answered with what answers one before it with that.
func sayOnce(parts []part) {
	for i, p := range parts {
		if p.reply.Status != Answered {
			continue
		}
		own := p.reply.Sources[0]
		for j, o := range parts[:i] {
			if o.reply.Status != Answered || o.with > 0 {
				continue
			}
			said := o.reply.Sources[0]
			if own.Ref.Document == said.Ref.Document && own.Ref.Anchor == said.Ref.Anchor && strings.Contains(said.Passage, own.Passage) {
				parts[i].with = j + 1
				break
			}
		}
	}
}

// besideProject reports whether a part that was not answered asks for the schedule
// of a project: what the others found is then of another matter than its site.
func besideProject(parts []part) bool {
	return slices.ContainsFunc(parts, func(p part) bool { return p.reply.Status != Answered && ofProject(p.asked) })
}

// wholeWanted is how many documents are looked for with all questions of a
// message at once: each has its own among them.
const wholeWanted = 10
