package bot

import (
	"slices"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// whenWords ask for a time: then every window of the document is said.
var whenWords = []string{"什么时候", "什么时侯", "啥时", "何时", "几号", "几月", "时间", "截止", "到期", "开始", "结束", "还能", "还可以", "现在", "来得及", "过期", "晚了", "错过"}

// notes are what has to be known before an answer is read: that what it rests
// on has fallen, that the standard is of another year than was asked, whether
// one can apply today.
func (t *turn) notes(asked string, h standingHit) []string {
	var out []string
	d := h.Document
	if policy, ok := d.Fallen(t.day); ok && d.Kind != corpus.Interpretation {
		out = append(out, sayFallen(d, policy)+"内容可能已经变了，办理前请先打"+t.acc.Hotline+"问清楚。")
	}
	if policy, ok := d.Ahead(t.day); ok {
		out = append(out, "请注意："+restsOnIt(d)+"依据的"+bookTitle(policy.Title)+"从"+policy.Begins.Chinese()+"起施行，现在还没有生效。")
	}
	if y := t.otherYear(asked, d); y != "" {
		out = append(out, "没有找到"+y+"年的标准，下面是现在执行的。")
	}
	for _, a := range overOnce(t.windows(asked, h), t.day) {
		out = append(out, sayWindow(a, t.day))
	}
	return out
}

// overOnce leaves out, of two spans of the same name that are both over, the
// earlier: 报名已于6月20日截止。报名已于8月7日截止。 tells nobody which is theirs.
func overOnce(all []corpus.Application, day corpus.Date) []corpus.Application {
	return slices.DeleteFunc(slices.Clone(all), func(a corpus.Application) bool {
		return a.On(day) == corpus.Closed && slices.ContainsFunc(all, func(b corpus.Application) bool {
			return b.What == a.What && b.On(day) == corpus.Closed && b.Until > a.Until
		})
	})
}

// otherYear returns the year whose standard a question asks for, where the
// document found sets that of another; "" where it doesn't.
func (t *turn) otherYear(asked string, d corpus.Document) string {
	if d.Standard == "" || d.StandardYear == 0 {
		return ""
	}
	named := years(asked, t.day)
	if len(named) == 0 || slices.Contains(named, strconv.Itoa(d.StandardYear)) || editionOf(asked, d, t.day) != "" {
		return ""
	}
	return named[0]
}

// windows are the spans for applying that go with an answer: those of what the
// question names, else of its passage, else, where it asks for a time or a
// notice has but one, all. At most two are said.
func (t *turn) windows(asked string, h standingHit) []corpus.Application {
	const most = 2
	all := h.Document.Applications
	if len(all) == 0 || h.Document.Kind == corpus.Consultation {
		return nil
	}
	offers := h.Kind == corpus.Notice || h.Kind == corpus.Guide
	every := offers && (len(all) == 1 || containsAny(asked, whenWords))
	if onlyHours(asked, all) {
		return nil
	}
	var out []corpus.Application
	for _, wanted := range []func(a corpus.Application) bool{
		func(a corpus.Application) bool { return a.What != "" && strings.Contains(asked, a.What) },
		func(a corpus.Application) bool { return a.Anchor == h.Ref.Anchor },
		func(corpus.Application) bool { return every },
	} {
		for _, a := range all {
			if len(out) < most && wanted(a) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

// onlyHours reports whether a question is when somebody is there, 图书馆周末开门吗,
// and names nothing that one can apply for.
func onlyHours(asked string, all []corpus.Application) bool {
	hours := containsAny(asked, []string{"开门", "关门", "上班", "下班", "周末", "周六", "周日", "星期", "礼拜", "几点", "开放", "营业"})
	named := slices.ContainsFunc(all, func(a corpus.Application) bool {
		return a.What != "" && strings.Contains(asked, a.What)
	})
	return hours && !named && !containsAny(asked, []string{"申请", "报名", "办理", "受理", "截止"})
}

// sayWindow says whether one can apply on a day: 报名正在受理，到6月30日止。
func sayWindow(a corpus.Application, day corpus.Date) string {
	what := oneLine(a.What, 12)
	switch a.On(day) {
	case corpus.NotOpenYet:
		s := what + "还没有开始，从" + a.From.Chinese() + "开始"
		if a.Until.Known() {
			s += "，到" + a.Until.Chinese() + "止"
		}
		return s + "。"
	case corpus.Closed:
		return what + "已于" + a.Until.Chinese() + "截止。"
	}
	if !a.Until.Known() {
		return what + "现在正在受理，没有写明截止日期。"
	}
	return what + "现在正在受理，到" + a.Until.Chinese() + "止。"
}
