package bot

import (
	"context"
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
)

//go:embed cues/rumour.txt
var rumourFile string

// rumourCues are the groups of cues/rumour.txt: where something was heard
// (hearsay), how one asks whether it holds (truth), that it goes round (spread),
// where what was read is no rumour (official), what rumours say of a rule that
// stands (change), what asks more than whether something is so (particular), what
// says whether it is (ruling), and what lets a clarification come first (asked).
var rumourCues = sync.OnceValue(func() map[string][]string { return groups(rumourFile) })

// ruling returns the first passage of a clarification that says whether its
// rumour is so: what stands before it only repeats it.
func ruling(rev corpus.Revision) (corpus.Passage, bool) {
	for _, p := range rev.Passages {
		if p.Role == corpus.BodyRole && p.Start >= 0 && p.Start <= p.End && p.End <= len(rev.Text) && containsAny(rev.Text[p.Start:p.End], rumourCues()["ruling"]) {
			return p, true
		}
	}
	return corpus.Passage{}, false
}

// changing is what is said of what is to come: 要禁了.
var changing = regexp.MustCompile(`要[^，。？?]{1,6}了`)

// claimed is what a rumour gives or takes: 每人发2000块, 要交200块.
var claimed = regexp.MustCompile(`(?:发|给|领|补|交|缴|涨到|降到|罚)[^，。？?]{0,8}[0-9一二两三四五六七八九十百千万]+(?:块|元|万|千|百)|(?:全部|统一|一律|马上)(?:发|停|取消|作废|收)`)

// rumour reports whether a question asks if what was heard is so: 听说…怎么申请
// asks something else.
func rumour(asked string) bool {
	switch {
	case swindle.MatchString(asked) && wantedMoney.MatchString(asked):
		return true
	case officialNews(asked), onlyAskedIfSo(asked) && (ofProject(asked) || ofProjectInAll(asked)):
		return false
	case containsAny(asked, rumourCues()["truth"]), containsAny(asked, rumourCues()["spread"]) && claimed.MatchString(asked):
		return true
	}
	return containsAny(asked, rumourCues()["hearsay"]) && !containsAny(withoutHearsay(asked), rumourCues()["particular"]) && !ofOwnCase.MatchString(asked)
}

// ofOwnCase is how one asks whether what one has heard of is for oneself: 听说研究生
// 有租房补贴，我能领吗 doubts nothing.
var ofOwnCase = regexp.MustCompile(`(?:我|咱|俺|自己)[^。？?]{0,30}(?:能领|能办|能申请|能享受|够格|符合|够不够|算不算|可以领|可以办|可以申请|有份|有没有份)`)

// swindle is how those come who want money or a code of somebody.
var swindle = regexp.MustCompile(`(?:短信|电话|上门|来电|微信|邮件|链接|自称)[^，。]{0,8}(?:说|让|要|叫|通知|停用|冻结|异常|领)`)

// onlyAskedIfSo reports whether a message doubts nothing but asks 是否属实.
func onlyAskedIfSo(asked string) bool {
	return strings.Contains(asked, "属实") && !containsAny(strings.ReplaceAll(asked, "属实", ""), rumourCues()["truth"])
}

// officialNews reports whether a message asks if something holds that it has
// from an official place.
func officialNews(asked string) bool {
	return onlyAskedIfSo(asked) && containsAny(asked, rumourCues()["official"]) && !containsAny(asked, rumourCues()["spread"])
}

// passedOn reports whether a message says that a rumour goes round, asksMoney
// whether somebody wants money or a code for it.
func passedOn(asked string) bool {
	return containsAny(asked, rumourCues()["spread"]) || containsAny(asked, []string{"网上", "都说", "都传", "在传"})
}

// rumoured is what makes a rumour of what somebody heard.
type rumoured struct{ passedOn, money, doubted bool }

// doubted reports whether a message asks if something is so, or speaks of a change:
// 听说可以免费换 does neither.
func doubted(asked string) bool {
	return containsAny(asked, rumourCues()["truth"]) || containsAny(asked, rumourCues()["change"]) || changing.MatchString(asked)
}

func asksMoney(asked string) bool { return wantedMoney.MatchString(asked) }

var wantedMoney = regexp.MustCompile(`(?:要|让|叫|先|得|需要)[^，。？?]{0,6}(?:交|缴|转|打款|汇|付)[^，。？?]{0,8}(?:[0-9]|块|元|钱|费|金)|转账|打款|汇款|验证码|保证金|手续费|解冻|银行卡号|扫码|点链接|点击链接|点开链接`)

func withoutHearsay(asked string) string {
	for _, words := range [][]string{rumourCues()["hearsay"], rumourCues()["truth"]} {
		for _, w := range words {
			asked = strings.ReplaceAll(asked, w, " ")
		}
	}
	return strings.TrimSpace(asked)
}

// clarified reports whether a clarification that has some of the words of a rumour is
// by far the best of what was found: people pass a rumour on in words of their own.
func (f *findings) clarified() bool {
	const far = .6
	if len(f.hits) == 0 || f.hits[0].Kind != corpus.Clarification || !f.hits[0].clarifies(f.asked) {
		return false
	}
	return f.Confidence >= nearAt && (len(f.hits) == 1 || f.hits[1].Score < far*f.hits[0].Score)
}

// heard answers whether a rumour is so: from a clarification of it, or from
// what is published on its matter, which of a change is a clarification or
// nothing.
func (t *turn) heard(ctx context.Context, asked string, found *findings) (Reply, error) {
	const clear = .5
	if len(found.hits) > 0 && found.hits[0].Kind == corpus.Clarification && found.Confidence >= t.acc.AnswerAt {
		return t.answer(ctx, found, answerBudget)
	}
	if found.clarified() {
		return t.answer(ctx, found, answerBudget)
	}
	said := withoutHearsay(asked)
	f, err := t.find(ctx, said, t.day)
	if err != nil {
		return Reply{}, err
	}
	if topic, ok := f.stoppedTopic(); ok {
		return f.stoppedReply(topic), nil
	}
	f.arrange(t.acc.AnswerAt)
	published := len(f.hits) > 0 && f.Confidence >= max(clear, t.acc.AnswerAt) && f.about(0) >= aboutEnough
	if published && f.hits[0].Kind == corpus.Clarification {
		return t.answer(ctx, f, answerBudget)
	}
	if published && !containsAny(said, rumourCues()["change"]) && !changing.MatchString(said) {
		head := sayPublished()
		if asksMoney(asked) {
			head = sayNoMoney + head
		}
		reply, err := t.answer(ctx, f, answerBudget-len(head))
		if err == nil && !reply.isStopped() {
			reply.Text = head + reply.Text
		}
		return reply, err
	}
	choices := f.choices(2)
	reply := f.reply(Refused, "rumour", sayRumour(t.acc, t.who(said, f), choices, rumoured{passedOn(asked), asksMoney(asked), doubted(asked)}))
	reply.Choices = choices
	return reply, nil
}
