package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// Catalogue finds documents by their number or title: the store.
type Catalogue interface {
	// ByTitle returns the published documents that a name in the form of
	// corpus.TitleKey may mean: see corpus.ClosestNamed.
	ByTitle(ctx context.Context, name string) ([]corpus.Named, error)
	// ByKey returns those of them whose title has this corpus.TitleKey.
	ByKey(ctx context.Context, key string) ([]corpus.Named, error)
	// ByNumber returns the IDs of the published documents of a number that
	// corpus.NumberIn found, the likeliest first.
	ByNumber(ctx context.Context, found string) ([]string, error)
}

// numbered answers a question that names a document by its number. A number
// is exact: no other document's text is an answer to it. ok is false where the
// question names none.
func (t *turn) numbered(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	number := corpus.NumberIn(asked)
	if number == "" || t.r.Catalogue == nil {
		return Reply{}, false, nil
	}
	ids, err := t.r.Catalogue.ByNumber(ctx, number)
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: number: %w", err)
	}
	docs, err := t.lives(ctx, ids)
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: number: %w", err)
	}
	if len(docs) > 0 {
		e := t.edition(asked, docs)
		reply, err := t.ofDocument(ctx, asked, e.doc, e.rev)
		return reply, true, err
	}
	near, err := t.find(ctx, asked, t.day)
	if err != nil {
		return Reply{}, false, err
	}
	return near.reply(Refused, "number", sayNoNumber(t.acc, t.who(asked, nil), number)), true, nil
}

// ofDocument answers what is asked of one document; where nothing is, it says
// what document that is.
func (t *turn) ofDocument(ctx context.Context, asked string, d corpus.Document, rev corpus.Revision) (Reply, error) {
	if topic, ok := t.held.holds(d); ok {
		f := &findings{t: t, asked: asked, hits: []standingHit{t.passageOf(d, rev, corpus.Passage{})}}
		return f.stoppedReply(topic), nil
	}
	rest := Substance(corpus.WithoutNumber(asked, corpus.NormalNumber(d.Number)))
	if c, ok := corpus.CitedIn(rest); ok {
		return t.article(ctx, asked, c, edition{d, rev})
	}
	if !whatIsIt.MatchString(rest) {
		if reply, ok, err := t.within(ctx, asked, rest, d); ok || err != nil {
			return reply, err
		}
	}
	h := t.passageOf(d, rev, corpus.Passage{})
	for _, p := range rev.Passages {
		if p.Role == corpus.BodyRole {
			h = t.passageOf(d, rev, p)
			break
		}
	}
	h.Validity = t.validity(d, corpus.Passage{})
	f := &findings{t: t, asked: asked, hits: []standingHit{h}}
	f.Confidence = 1
	if !h.Validity.Quotable() {
		return t.namedOnly(ctx, f)
	}
	links := []string{link(t.page(d, ""), "查看原文")}
	for _, r := range d.Receives {
		if r.Kind == corpus.Interprets && explains(r) {
			links = append(links, link(t.pageOf(ctx, r.From, ""), "官方解读"))
			break
		}
	}
	return f.reply(Answered, "number", sayDocument(d, h.Validity)+saySomeStopped(d, t.day)+"\n"+strings.Join(links, " · ")), nil
}

// within answers what is asked of a document, in force or not, where its text
// says something on it.
func (t *turn) within(ctx context.Context, asked, rest string, d corpus.Document) (Reply, bool, error) {
	quotable := t.validity(d, corpus.Passage{}).Quotable()
	day := t.day
	if !quotable {
		day = ""
	}
	in, err := t.findWithin(ctx, rest, day, d.ID)
	const enough = .2 // of what is asked for
	if err != nil || len(in.hits) == 0 || in.hits[0].Parts.Window3 < enough {
		return Reply{}, false, err
	}
	in.Confidence = max(in.Confidence, t.acc.AnswerAt)
	var reply Reply
	if quotable {
		reply, err = t.answer(ctx, in, answerBudget)
	} else {
		reply, err = t.instead(ctx, asked, in, &findings{t: t, asked: asked})
	}
	return reply, true, err
}

// namedOnly says of a document that does not hold what holds in its place.
func (t *turn) namedOnly(ctx context.Context, f *findings) (Reply, error) {
	old := f.hits[0]
	heir, err := t.heir(ctx, old)
	if err != nil {
		return Reply{}, err
	}
	links := []string{link(t.page(old.Document, ""), "查看这份文件")}
	if heir.ID != "" {
		links = append([]string{link(t.page(heir, ""), "查看现行规定")}, links...)
	}
	reply := f.reply(Answered, "number", sayOutdated(old, heir, t.day)+"\n"+strings.Join(links, " · "))
	if heir.ID == "" {
		return reply, nil
	}
	stated, err := t.lives(ctx, []string{heir.ID})
	if err != nil || len(stated) == 0 {
		return reply, err
	}
	place := corpus.Passage{}
	if by, _, _ := old.ended(t.day); by.From == heir.ID {
		place, _ = stated[0].rev.Find(by.Place) // where it says so
	}
	reply.Sources = append([]Source{t.source(t.passageOf(stated[0].doc, stated[0].rev, place))}, reply.Sources...)
	return reply, nil
}

// whatIsIt is what remains of a question that asks for the document itself.
var whatIsIt = regexp.MustCompile(`^[\s\p{P}]*(?:(?:这个|这份|是|个|文件|文号|什么|啥|讲|说|规定|内容|的|了|哪个|哪份|政策|通知|办法|查|查询|找|看|一下|发|我|原文|全文|有效|还|吗|呢|么|怎么|现在|目前|已经|废止|作废|失效|过期|执行|管用|算数|用|能|不|没|没有|可以)[\s\p{P}]*)*$`)

// sees reports whether a document may be named to this account, in force or
// not.
func (t *turn) sees(d corpus.Document) bool {
	return d.VisibleTo(t.acc.Name) && (!t.acc.Own || !d.Sample)
}

func sayNoNumber(a Account, who, number string) string {
	return "没有找到文号是“" + firstRunes(number, 40) + "”的文件。请核对一下机关代字、年份和序号，或者直接把想问的事发给我。\n\n也可以问" + a.Hotline + or(who) + "。"
}

// sayDocument says what a document in force is.
func sayDocument(d corpus.Document, v corpus.Validity) string {
	parts := []string{Titled(d)}
	if d.Agency != "" {
		parts = append(parts, oneLine(d.Agency, maxNumber))
	}
	if on := d.IssuedOn(); on != "" {
		parts = append(parts, on)
	}
	switch {
	case v == corpus.Modified:
		parts = append(parts, d.Effective.Chinese()+"起施行，后来修改过，现行有效")
	case v == corpus.InForce:
		parts = append(parts, d.Effective.Chinese()+"起施行，现行有效")
	}
	return strings.Join(parts, "，") + "。"
}
