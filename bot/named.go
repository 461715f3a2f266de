package bot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// edition is a published document with its text.
type edition struct {
	doc corpus.Document
	rev corpus.Revision
}

// lives reads documents that the account may see, at most twelve; those that
// are gone by now are left out.
func (t *turn) lives(ctx context.Context, ids []string) ([]edition, error) {
	const most = 12
	var all []edition
	for _, id := range ids[:min(len(ids), most)] {
		d, rev, err := t.live(ctx, id)
		if err != nil && !errors.Is(err, corpus.ErrNotFound) {
			return nil, err
		}
		if err == nil && t.sees(d) {
			all = append(all, edition{d, rev})
		}
	}
	return all, nil
}

// oldWords ask for an edition that no longer holds.
var oldWords = []string{"旧", "老版", "以前", "原来", "修订前", "修改前", "修正前"}

// edition chooses, of the editions of a document, the one that a question
// means: that of the year it names, an old one where it says so, else the one
// in force.
func (t *turn) edition(asked string, all []edition) edition {
	for _, y := range years(asked, t.day) {
		for _, e := range all {
			d := e.doc
			if editionOf(asked, d, t.day) != "" || slices.ContainsFunc([]corpus.Date{d.Written, d.Effective, d.StartsOn()}, func(on corpus.Date) bool {
				return strings.HasPrefix(string(on), y)
			}) {
				return e
			}
		}
	}
	quotable := func(e edition) bool { return t.validity(e.doc, corpus.Passage{}).Quotable() }
	wanted := quotable
	if containsAny(asked, oldWords) {
		wanted = func(e edition) bool { return !quotable(e) && e.doc.StartsOn() <= t.day }
	}
	if i := slices.IndexFunc(all, wanted); i >= 0 {
		return all[i]
	}
	if i := slices.IndexFunc(all, quotable); i >= 0 {
		return all[i]
	}
	return slices.MaxFunc(all, func(a, b edition) int { return strings.Compare(string(a.doc.StartsOn()), string(b.doc.StartsOn())) })
}

// wholeTitle answers a message that is a title and nothing else: from that
// document. ok is false where none of that name can be quoted today.
func (t *turn) wholeTitle(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	name := strings.Trim(asked, "《》 。")
	if letters(name) < 4 || t.r.Catalogue == nil || t.understood.Asks != "" {
		return Reply{}, false, nil // a title asks nothing, and most messages do
	}
	named, err := t.r.Catalogue.ByKey(ctx, corpus.TitleKey(name))
	if err != nil {
		return Reply{}, false, fmt.Errorf("bot: title: %w", err)
	}
	all, err := t.byTitle(ctx, named)
	if err == nil && len(all) == 0 {
		all, err = t.endingIn(ctx, name)
	}
	if err != nil || len(all) != 1 {
		return Reply{}, false, err
	}
	e := t.edition(asked, all[0])
	if !t.shows(e.doc) {
		return Reply{}, false, nil
	}
	f := &findings{t: t, asked: name}
	if p, ok := t.gistPassage(e); ok {
		f.hits = []standingHit{p}
	} else if f, err = t.findWithin(ctx, name, t.day, e.doc.ID); err != nil || len(f.hits) == 0 {
		return Reply{}, false, err
	}
	f.Confidence = 1
	reply, err = t.answer(ctx, f, answerBudget)
	return reply, true, err
}

// ruleNames end the titles of rules.
var ruleNames = []string{"办法", "规定", "条例", "细则", "规则", "决定", "通告"}

// leftOut is what people leave out before that: 养犬规定 is 养犬管理规定.
var leftOut = []string{"", "管理", "实施", "发放", "提取管理", "防治", "服务", "保护", "管理实施"}

// endingIn returns the rules that are called by the end of their titles: 养犬管理规定
// without its city, 养犬规定.
func (t *turn) endingIn(ctx context.Context, name string) ([][]edition, error) {
	for _, end := range ruleNames {
		matter, ok := strings.CutSuffix(name, end)
		if !ok {
			continue
		}
		for _, between := range leftOut {
			if all, err := t.endingSo(ctx, matter+between+end); err != nil || len(all) > 0 {
				return all, err
			}
		}
	}
	return nil, nil
}

func (t *turn) endingSo(ctx context.Context, name string) ([][]edition, error) {
	all, err := t.titled(ctx, name)
	return slices.DeleteFunc(all, func(same []edition) bool {
		return !strings.HasSuffix(strings.TrimRight(same[0].doc.Title, "》"), name)
	}), err
}

// closes is what the last articles of a rule say: who explains it, since when it
// is in force.
var closes = regexp.MustCompile(`负责解释|自[^。；]{2,20}起(?:施行|执行|实施)`)

// gistPassage is the numbered passage of a document that says best what it is
// about: whom it applies to, else the first that neither says why it was made nor
// since when it is in force. ok is false where it has none that can be quoted.
func (t *turn) gistPassage(e edition) (best standingHit, ok bool) {
	const first = 6 // passages that are looked at for whom it applies to
	n := 0
	for _, p := range e.rev.Passages {
		if p.Role != corpus.BodyRole || p.Label == "" || !t.validity(e.doc, p).Quotable() {
			continue
		}
		h := t.passageOf(e.doc, e.rev, p)
		if h.introduction() || closes.MatchString(h.Passage) {
			continue
		}
		if n++; n > first {
			break
		}
		if strings.Contains(h.Passage, "适用") {
			return h, true
		}
		if !ok {
			best, ok = h, true
		}
	}
	return best, ok
}

// titled returns the documents that a name means, those of one title together,
// the account's region first.
func (t *turn) titled(ctx context.Context, name string) ([][]edition, error) {
	if letters(name) < 2 || t.r.Catalogue == nil {
		return nil, nil
	}
	all, err := t.r.Catalogue.ByTitle(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("bot: title: %w", err)
	}
	return t.byTitle(ctx, corpus.ClosestNamed(name, t.acc.Region, all))
}

// byTitle reads documents, those of one title together, the account's region
// first.
func (t *turn) byTitle(ctx context.Context, all []corpus.Named) ([][]edition, error) {
	keys := map[string]string{}
	var ids []string
	for _, n := range all {
		keys[n.ID] = n.Key
		ids = append(ids, n.ID)
	}
	docs, err := t.lives(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("bot: title: %w", err)
	}
	var out [][]edition
	for _, e := range docs {
		i := slices.IndexFunc(out, func(of []edition) bool { return keys[of[0].doc.ID] == keys[e.doc.ID] })
		if i < 0 {
			i, out = len(out), append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	slices.SortStableFunc(out, func(a, b []edition) int { return t.foreign(a[0].doc) - t.foreign(b[0].doc) })
	return out, nil
}

// foreign is 0 for a document of the account's own region.
func (t *turn) foreign(d corpus.Document) int {
	if t.acc.Region != "" && d.Region == t.acc.Region {
		return 0
	}
	return 1
}

// cited answers a question that names an article of a document by its title:
// 养犬办法第十二条怎么说. Only that article is an answer to it. ok is false where
// the question names none.
func (t *turn) cited(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	const longest = 60 // letters: a longer message tells a case
	c, ok := corpus.CitedIn(asked)
	if !ok || letters(asked) > longest {
		return Reply{}, false, nil
	}
	name := corpus.NameIn(asked[:c.Start])
	if name == "" && whatIsIt.MatchString(asked[c.End:]) {
		reply, err := t.citedOfLast(ctx, asked, c)
		return reply, true, err
	}
	all, err := t.titled(ctx, name)
	if err != nil {
		return Reply{}, false, err
	}
	if len(all) == 0 {
		e, found, err := t.alias(ctx, name)
		if err != nil || !found && !ruleName.MatchString(name) {
			return Reply{}, false, err
		}
		if !found {
			near, err := t.find(ctx, name, t.day)
			if err != nil {
				return Reply{}, false, err
			}
			var choices []Choice
			if near.Confidence >= nearAt {
				choices = near.choices(2)
			}
			reply := near.reply(Refused, "title", sayNoTitle(t.acc, t.who(asked, nil), name, choices))
			reply.Choices = choices
			return reply, true, nil
		}
		all = [][]edition{{e}}
	}
	chosen := make([]edition, 0, len(all))
	for _, of := range all {
		if e := t.edition(asked, t.withArticle(of, c)); len(all) == 1 || hasArticle(e.rev, c) {
			chosen = append(chosen, e)
		}
	}
	switch own := slices.DeleteFunc(slices.Clone(chosen), func(e edition) bool { return t.foreign(e.doc) > 0 }); {
	case len(chosen) == 0:
		return Reply{}, false, nil
	case len(own) == 1:
		chosen = own
	case len(chosen) > 1:
		return t.which(chosen, c), true, nil
	}
	if len(all) == 1 && !hasArticle(chosen[0].rev, c) && !t.editions(all[0]) {
		return t.noPart(all[0], c), true, nil
	}
	reply, err = t.article(ctx, asked, c, chosen[0])
	return reply, true, err
}

// citedOfLast answers 第六条呢 with that article of the document that was talked
// of last.
func (t *turn) citedOfLast(ctx context.Context, asked string, c corpus.Cited) (Reply, error) {
	var last Recent
	if t.r.Memory != nil && t.q.Person != "" {
		var err error
		if last, err = t.r.Memory.Recent(ctx, t.q.Account, t.q.Person, t.r.Now().Add(-remembered)); err != nil {
			return Reply{}, err
		}
	}
	if len(last.Sources) == 0 || last.Status != Answered {
		return t.say(Refused, "which", "您问的是哪份文件的"+c.Label+"？请连文件名称一起再发一次，比如：劳动法第三条。"), nil
	}
	all, err := t.lives(ctx, []string{last.Sources[0].Ref.Document})
	if err != nil {
		return Reply{}, fmt.Errorf("bot: the document before: %w", err)
	}
	if len(all) == 0 {
		return t.say(Refused, "which", sayWhich()), nil
	}
	return t.article(ctx, asked, c, all[0])
}

// ruleName is what the name of a rule ends with.
var ruleName = regexp.MustCompile(`^[^该本这此].(?:法|法典|条例|规定|办法|细则|规则|解释|意见|通知|公告|决定)$`)

// trialWords are part of a title that tells one document from another.
var trialWords = regexp.MustCompile(`暂行|试行`)

// alias finds the document that people call by a name of their own: 控烟条例. It
// is a rule of the same sort, and clearly the first find.
func (t *turn) alias(ctx context.Context, name string) (edition, bool, error) {
	if !ruleName.MatchString(name) {
		return edition{}, false, nil
	}
	mark := trialWords.FindString(name)
	find := func() (*findings, error) { return t.find(ctx, name, t.day) }
	if mark != "" { // which most often holds no longer
		find = func() (*findings, error) { return t.findPast(ctx, name) }
	}
	f, err := find()
	if err != nil || len(f.hits) == 0 || f.Confidence < t.acc.AnswerAt {
		return edition{}, false, err
	}
	last := []rune(name)
	i := slices.IndexFunc(f.hits[:min(len(f.hits), 3)], func(h standingHit) bool {
		title := corpus.TitleKey(h.Title)
		return strings.HasSuffix(title, string(last[len(last)-2:])) && strings.Contains(title, mark)
	})
	if i < 0 || i > 0 && !shortFor(name, f.hits[i].Title) {
		return edition{}, false, nil
	}
	all, err := t.lives(ctx, []string{f.hits[i].Ref.Document})
	if err != nil || len(all) == 0 {
		return edition{}, false, err
	}
	return all[0], true, nil
}

// shortFor reports whether the letters of a name stand in a title in their
// order: 医保办法 is short for 基本医疗保险办法.
func shortFor(name, title string) bool {
	left := []rune(name)
	for _, r := range title {
		if len(left) > 0 && r == left[0] {
			left = left[1:]
		}
	}
	return len(left) == 0
}

// withArticle keeps those in force that have an article, where any has: a code
// is published in several documents of one title.
func (t *turn) withArticle(of []edition, c corpus.Cited) []edition {
	var out []edition
	for _, e := range of {
		if hasArticle(e.rev, c) && t.validity(e.doc, corpus.Passage{}).Quotable() {
			out = append(out, e)
		}
	}
	if len(out) == 0 || t.editions(of) {
		return of
	}
	return out
}

// editions reports whether one of several documents holds today and the others
// do not.
func (t *turn) editions(of []edition) bool {
	n := 0
	for _, e := range of {
		if t.validity(e.doc, corpus.Passage{}).Quotable() {
			n++
		}
	}
	return n < 2
}

func hasArticle(rev corpus.Revision, c corpus.Cited) bool {
	_, ok := rev.Article(c.Article)
	return ok
}

// which offers the documents of several titles that have the article.
func (t *turn) which(all []edition, c corpus.Cited) Reply {
	f := &findings{t: t}
	var choices []Choice
	for _, e := range all[:min(len(all), 4)] {
		p, _ := e.rev.Article(c.Article)
		f.hits = append(f.hits, t.passageOf(e.doc, e.rev, p))
		label := oneLine(e.doc.Title, 30) + " " + c.Label
		if e.doc.Sample {
			label += sampleMark
		}
		choices = append(choices, Choice{Label: label, Ref: e.doc.ID + "#" + p.Anchor})
	}
	reply := f.reply(Choose, "title", sayChoose(choices))
	reply.Choices = choices
	return reply
}

// article answers with an article of a document, or with what holds in its
// place.
func (t *turn) article(ctx context.Context, asked string, c corpus.Cited, e edition) (Reply, error) {
	if topic, ok := t.held.holds(e.doc); ok {
		f := &findings{t: t, asked: asked, hits: []standingHit{t.passageOf(e.doc, e.rev, corpus.Passage{})}}
		return f.stoppedReply(topic), nil
	}
	p, ok := e.rev.Article(c.Article)
	if !ok {
		return t.noArticle(ctx, asked, c, e)
	}
	h := t.passageOf(e.doc, e.rev, p)
	h.named = true
	h.Snippet = firstSentences(withoutLabel(h), 300)
	for _, anchor := range c.Anchors() {
		if place, _, ok := e.rev.Place(anchor); ok && anchor != p.Anchor {
			h.place = place
			h.Passage = strings.TrimSpace(e.rev.Text[place.Start:place.End])
			h.Snippet = firstSentences(withoutLabel(h), 300)
			break
		}
	}
	f := &findings{t: t, asked: asked, hits: []standingHit{h}}
	f.Confidence = 1
	if reply, ok, err := t.changed(ctx, f); ok || err != nil {
		return reply, err
	}
	if !h.Validity.Quotable() {
		if asksWhetherItHolds(asked) {
			return t.namedOnly(ctx, f)
		}
		return t.instead(ctx, asked, f, &findings{t: t, asked: asked})
	}
	head := ""
	if asksWhetherItHolds(asked) {
		head = c.Label + "现在有效。\n\n"
	}
	if h.place.Anchor == "" && len(c.Anchors()) > 0 {
		head = Titled(e.doc) + c.Label + "没有您说的那一款（项），下面是整条。\n\n"
	}
	reply, err := t.answer(ctx, f, answerBudget-len(head))
	if err == nil && !reply.isStopped() {
		reply.Text = head + reply.Text
	}
	return reply, err
}

// counterpart is the article of what took a document's place that says much
// the same as an article of that document; nil where none does.
func (t *turn) counterpart(ctx context.Context, old standingHit, heir string) (*findings, error) {
	const much = .3 // of their pairs of letters
	all, err := t.lives(ctx, []string{heir})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	e, said := all[0], pairs(withoutLabel(old))
	best, share := corpus.Passage{}, much
	for _, p := range e.rev.Passages {
		if !p.IsArticle() || strings.Contains(p.Anchor, ".") || !t.validity(e.doc, p).Quotable() {
			continue
		}
		whole, _ := e.rev.Article(p.Anchor)
		says := pairs(e.rev.Text[whole.Start:whole.End])
		if dice := 2 * float64(shared(said, says)) / float64(len(said)+len(says)+1); dice > share {
			best, share = whole, dice
		}
	}
	if best.End == 0 {
		return nil, nil
	}
	h := t.passageOf(e.doc, e.rev, best)
	h.named = true
	h.Snippet = firstSentences(withoutLabel(h), 300)
	f := &findings{t: t, asked: old.Title, hits: []standingHit{h}}
	f.Confidence = 1
	return f, nil
}

// noArticle says that a document has no such article, how many it has, and
// where an older edition has it.
func (t *turn) noArticle(ctx context.Context, asked string, c corpus.Cited, e edition) (Reply, error) {
	last := ""
	for _, p := range e.rev.Passages {
		if p.IsArticle() && p.Role == corpus.BodyRole && !strings.Contains(p.Anchor, ".") {
			last = p.Label
		}
	}
	h := t.passageOf(e.doc, e.rev, corpus.Passage{})
	text := Titled(e.doc) + "没有" + c.Label
	if last != "" {
		text += "，最后一条是" + last
	} else {
		text += "，它不分条"
	}
	text += "。\n" + link(t.page(e.doc, ""), "查看原文")
	if h.Validity.Quotable() {
		if old, ok, err := t.olderWith(ctx, c, e.doc); err != nil {
			return Reply{}, err
		} else if ok {
			text += "\n\n" + editionDay(old.doc) + "的旧版本有这一条，现在不再执行：" + link(t.page(old.doc, c.Article), "查看旧版本")
		}
	} else {
		text = sayOutdated(h, corpus.Document{}, t.day) + "\n" + text
	}
	f := &findings{t: t, asked: asked, hits: []standingHit{h}}
	f.Confidence = 1
	return f.reply(Answered, "no article", text), nil
}

// noPart says that no part of a code that is at hand has an article.
func (t *turn) noPart(parts []edition, c corpus.Cited) Reply {
	f := &findings{t: t}
	for _, e := range parts {
		f.hits = append(f.hits, t.passageOf(e.doc, e.rev, corpus.Passage{}))
	}
	d := parts[0].doc
	return f.reply(Refused, "no article", "已公开的"+Titled(d)+"里没有找到"+c.Label+"。\n"+link(t.page(d, ""), "查看原文")+"\n\n也可以问"+t.acc.Hotline+"。")
}

// olderWith returns an edition that a document took the place of and that has
// the article.
func (t *turn) olderWith(ctx context.Context, c corpus.Cited, d corpus.Document) (edition, bool, error) {
	var ids []string
	for _, r := range d.Declares {
		if r.Kind == corpus.Supersedes && r.Whole() && corpus.TitleKey(r.Title) == corpus.TitleKey(d.Title) {
			ids = append(ids, r.To)
		}
	}
	all, err := t.lives(ctx, ids)
	if err != nil {
		return edition{}, false, fmt.Errorf("bot: editions: %w", err)
	}
	for _, e := range all {
		if hasArticle(e.rev, c) && e.doc.StartsOn().Known() {
			return e, true, nil
		}
	}
	return edition{}, false, nil
}

// stillHolds answers whether a document that is named by its title is in
// force, where nothing else is asked.
func (t *turn) stillHolds(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	at := stillWords.FindStringIndex(asked)
	if at == nil || !whatIsIt.MatchString(asked[at[0]:]) {
		return Reply{}, false, nil
	}
	all, err := t.titled(ctx, corpus.NameIn(asked[:at[0]]))
	if err != nil || len(all) != 1 {
		return Reply{}, false, err
	}
	e := t.edition(asked, all[0])
	if topic, ok := t.held.holds(e.doc); ok {
		f := &findings{t: t, asked: asked, hits: []standingHit{t.passageOf(e.doc, e.rev, corpus.Passage{})}}
		return f.stoppedReply(topic), true, nil
	}
	reply, err = t.ofDocument(ctx, asked[at[0]:], e.doc, e.rev)
	return reply, true, err
}

var stillWords = regexp.MustCompile(`(?:现在|目前|是不是|是否)?(?:还|仍|已经|已|被)?(?:在|可以|能)?(?:有没有效|有效|作废|失效|过期|废止|执行|管用|算数|能用|有用)`)

// saySomeStopped names the articles of a document in force that no longer hold.
func saySomeStopped(d corpus.Document, day corpus.Date) string {
	var out strings.Builder
	for _, r := range d.Receives {
		stops := r.Kind == corpus.Repeals || r.Kind == corpus.Supersedes
		if !stops || r.Whole() || r.On.Known() && r.On > day {
			continue
		}
		what := corpus.ArticleNames(r.Anchors)
		if what == "" {
			continue
		}
		out.WriteString("\n其中" + what + "已" + sinceDay(r.On) + "停止执行" + strings.TrimSuffix(seen(r), "。") + "。")
	}
	return out.String()
}

func sayNoTitle(a Account, who, name string, nearest []Choice) string {
	s := "没有找到《" + oneLine(name, 40) + "》，不敢拿别的文件来答您。请核对一下名称，或者直接把想问的事发给我。"
	if len(nearest) > 0 {
		s += "\n\n最接近的是（回复数字查看）：\n" + numberedLines(nearest)
	}
	return s + "\n\n也可以问" + a.Hotline + or(who) + "。"
}
