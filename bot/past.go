package bot

import (
	"context"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// standardOf answers with the standard of a past year, which was asked for,
// and with today's beside it.
func (t *turn) standardOf(ctx context.Context, all, holds *findings) (Reply, error) {
	old := all.hits[0]
	head := sayPastStandard(old.Document)
	if holds == nil {
		reply, err := t.answer(ctx, all, answerBudget-len(head))
		if err == nil && !reply.isStopped() {
			reply.Text, reply.Reason = head+reply.Text, "past standard"
		}
		return reply, err
	}
	holds.asked = matterOf(holds.asked, old.Document) // it names the other year
	reply, err := t.bothTimes(ctx, all, holds, head)
	if err == nil && !reply.isStopped() {
		reply.Reason = "past standard"
	}
	return reply, err
}

// bothTimes answers with the first of what was found for another time, under a
// head that says so, and then with what holds today; holds may be nil.
func (t *turn) bothTimes(ctx context.Context, all, holds *findings, head string) (Reply, error) {
	old := all.hits[0]
	past := *all
	past.hits = append([]standingHit{}, old)
	past.Confidence = max(past.Confidence, t.acc.AnswerAt)
	reply, err := t.brief(ctx, &past, answerBudget/2-len(head))
	if err != nil || reply.isStopped() {
		return reply, err
	}
	reply.Text = head + reply.Text
	if holds == nil {
		return reply, nil
	}
	label := todaysRule
	if old.Document.Standard != "" {
		label = todaysStandard
	}
	today, err := t.brief(ctx, holds, answerBudget/2-len(label))
	if err != nil || today.isStopped() {
		return today, err
	}
	reply.Text += "\n\n" + label + today.Text
	reply.Sources = append(reply.Sources[:1], today.Sources...)
	reply.Sources = reply.Sources[:min(len(reply.Sources), sourcesWanted)]
	return reply, nil
}

const (
	todaysStandard = "现在执行的标准：\n"
	todaysRule     = "现在执行的规定：\n"
)

func sayPastStandard(d corpus.Document) string {
	return "这是" + strconv.Itoa(d.StandardYear) + "年的标准，现在不再执行：\n"
}

// sayPast quotes what does not hold, and says so before its words.
func sayPast(old standingHit) string {
	head := "旧规定原文（现在不再执行）：\n"
	if old.Validity == corpus.NotYet {
		head = "到时的规定（现在还没有施行）：\n"
	}
	const most = 360 // bytes: today's rule takes the rest
	words := around(withoutLabel(old), plain(old.Direct), most)
	if !strings.ContainsAny(words, "“”") {
		words = "“" + words + "”"
	}
	where := ""
	if c := Cited(old.Label); c != "" {
		where = c + " · "
	}
	return head + words + "\n" + where
}

// sayOutdated is the warning that stands before anything else: what does not
// hold, since when and why, and what holds in its place (heir, empty where
// that is not known).
func sayOutdated(old standingHit, heir corpus.Document, day corpus.Date) string {
	d, v := old.Document, old.Validity
	by, partly, ended := old.ended(day)
	switch {
	case d.Kind == corpus.Consultation:
		return sayDraft(d, day)
	case v == corpus.NotYet && old.From > day:
		return "请注意：" + Titled(d) + "中的这一项从" + old.From.Chinese() + "起执行，现在还没有生效。"
	case v == corpus.NotYet:
		return sayNotYet(d)
	case partly:
		return "请注意：" + Titled(d) + Cited(old.Label) + "已" + sinceDay(by.On) + "停止执行" + seen(by) + insteadOf(heir)
	case v == corpus.Expired && d.Expires.Known() && d.Expires < day:
		return "请注意：" + Titled(d) + "有效期到" + d.Expires.Chinese() + "，已经失效" + insteadOf(heir)
	case v == corpus.Expired && old.Until.Known() && old.Until <= day:
		return "请注意：" + Titled(d) + "中的这一项已" + sinceDay(old.Until) + "失效" + insteadOf(heir)
	}
	if policy, ok := d.Fallen(day); ok {
		return sayFallen(d, policy) + strings.TrimPrefix(insteadOf(heir), "，")
	}
	if d.Standard != "" && d.StandardYear > 0 && ended {
		return "请注意：" + Titled(d) + "是" + strconv.Itoa(d.StandardYear) + "年的标准，已经不再执行" + insteadOf(heir)
	}
	if ended && heir.ID != "" && corpus.TitleKey(heir.Title) == corpus.TitleKey(d.Title) {
		return "请注意：您问的是" + Titled(d) + editionDay(d) + "的旧版本，已" + sinceDay(by.On) + "被新版本代替，现在按" + editionDay(heir) + "的版本执行。"
	}
	s := "请注意：" + Titled(d) + "已" + sinceDay(by.On) + "废止"
	if heir.ID == "" && by.Title != "" && !cleansUp(by.Title) {
		return s + seen(by) + "，现在按" + bookTitle(by.Title) + "执行。"
	}
	return s + seen(by) + insteadOf(heir)
}

// editionDay names an edition by the day from which it holds.
func editionDay(d corpus.Document) string {
	if on := d.StartsOn(); on.Known() {
		return on.Chinese() + "起"
	}
	return ""
}

// sinceDay writes 于2023年1月1日, 经 where the day is not known.
func sinceDay(on corpus.Date) string {
	if on.Known() {
		return "于" + on.Chinese()
	}
	return "经"
}

// seen says where a relation is stated: （见《…》（…号）第三十条）; nothing
// where only metadata state it, of what is named next anyway.
func seen(by corpus.Relation) string {
	if by.Title == "" || by.Label == "" && !cleansUp(by.Title) {
		return ""
	}
	number := ""
	if by.Number != "" {
		number = "（" + oneLine(by.Number, maxNumber) + "）"
	}
	return "（见" + bookTitle(by.Title) + number + Cited(by.Label) + "）"
}

func insteadOf(heir corpus.Document) string {
	if heir.ID == "" {
		return "。"
	}
	return "，现在按" + bookTitle(heir.Title) + "执行。"
}

func sayNotYet(d corpus.Document) string {
	s := Titled(d) + "从" + d.StartsOn().Chinese() + "起施行，现在还没有生效"
	for _, r := range d.Declares {
		if (r.Kind == corpus.Supersedes || r.Kind == corpus.Repeals) && r.Title != "" {
			return s + "，今天仍按" + bookTitle(r.Title) + "执行。"
		}
	}
	return s + "。"
}

// sayDraft says that a draft is none of the rules, and until when one can say
// something about it.
func sayDraft(d corpus.Document, day corpus.Date) string {
	s := Titled(d) + "尚在征求意见，未出台，不能作为办事的依据。"
	for _, a := range d.Applications {
		if a.Until.Known() && a.On(day) == corpus.OpenNow {
			return s + "意见可以提到" + a.Until.Chinese() + "。"
		}
	}
	return s
}

// sayFallen warns of what rests on a policy that is out of force.
func sayFallen(d corpus.Document, policy corpus.Relation) string {
	since := "已经不再执行"
	if policy.Ends.Known() {
		since = "从" + policy.Ends.Chinese() + "起不再执行"
	}
	return "请注意：" + restsOnIt(d) + "依据的" + bookTitle(policy.Title) + since + "。"
}

// restsOnIt names a document that rests on a policy.
func restsOnIt(d corpus.Document) string {
	switch d.Kind {
	case corpus.Interpretation:
		return "这份解读"
	case corpus.FAQ:
		return "这条常见问题"
	}
	return Titled(d)
}
