package bot

import (
	"context"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// hearsay says where something was heard, truth asks whether it holds.
var (
	hearsay = []string{"网上说", "网上传", "网传", "听说", "听人说", "听别人说", "都说", "都在传", "有人说", "群里说", "群里", "朋友圈", "抖音", "视频号", "小道消息"}
	truth   = []string{"是真的", "真的吗", "真的么", "真的假的", "真假", "是真是假", "谣言", "辟谣", "属实", "有这回事", "有没有这回事", "有这事", "是不是真", "是不是骗", "骗子吗", "是骗人", "骗人的吗", "是骗局", "靠谱吗", "靠谱不", "可信吗", "可信不", "能信吗", "是假的吗", "假的吧"}
	// change is what rumours say of a rule that stands.
	change = []string{"取消", "作废", "停了", "要停", "停发", "停办", "不办了", "不发了", "不给了", "没有了", "涨价", "要涨", "上涨", "降低", "要降", "合并", "改革", "延迟", "推迟", "禁止", "不让", "不许", "收费了", "要收", "清零", "冻结", "要禁", "要没"}
	// spread says that it goes round, among people who have it from each other.
	spread = []string{"群里", "朋友圈", "抖音", "视频号", "网传", "网上传", "都在传", "小道消息", "转发", "疯传"}
	// particular ask more than whether something is so.
	particular = []string{"怎么", "咋", "如何", "哪", "多少", "几", "什么", "啥", "谁", "多久", "材料", "条件", "流程"}
)

// rulings say whether a rumour is so.
var rulings = []string{
	"属实", "不实", "谣言", "虚假", "纯属", "编造", "捏造", "子虚乌有", "误传", "误读", "误解", "不存在", "并未", "从未", "并非", "没有出台", "未出台", "没有发布", "未发布",
	"没有此", "无此", "未接到", "没有接到", "没有计划", "没有安排", "经核实", "经核查", "经调查", "经查", "经检测",
}

// ruling returns the first passage of a clarification that says whether its
// rumour is so: what stands before it only repeats it.
func ruling(rev corpus.Revision) (corpus.Passage, bool) {
	for _, p := range rev.Passages {
		if p.Role == corpus.BodyRole && p.Start >= 0 && p.Start <= p.End && p.End <= len(rev.Text) && containsAny(rev.Text[p.Start:p.End], rulings) {
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
	case containsAny(asked, truth), containsAny(asked, spread) && claimed.MatchString(asked):
		return true
	}
	return containsAny(asked, hearsay) && !containsAny(withoutHearsay(asked), particular) && !ofOwnCase.MatchString(asked)
}

// ofOwnCase is how one asks whether what one has heard of is for oneself: 听说研究生
// 有租房补贴，我能领吗 doubts nothing.
var ofOwnCase = regexp.MustCompile(`(?:我|咱|俺|自己)[^。？?]{0,30}(?:能领|能办|能申请|能享受|够格|符合|够不够|算不算|可以领|可以办|可以申请|有份|有没有份)`)

// swindle is how those come who want money or a code of somebody.
var swindle = regexp.MustCompile(`(?:短信|电话|上门|来电|微信|邮件|链接|自称)[^，。]{0,8}(?:说|让|要|叫|通知|停用|冻结|异常|领)`)

// onlyAskedIfSo reports whether a message doubts nothing but asks 是否属实.
func onlyAskedIfSo(asked string) bool {
	return strings.Contains(asked, "属实") && !containsAny(strings.ReplaceAll(asked, "属实", ""), truth)
}

// official are places where what was read is no rumour.
var official = []string{"留言板", "采购网", "官网", "政府网", "公示", "公告", "官方", "红头文件", "答复", "府采购"}

// officialNews reports whether a message asks if something holds that it has
// from an official place.
func officialNews(asked string) bool {
	return onlyAskedIfSo(asked) && containsAny(asked, official) && !containsAny(asked, spread)
}

// passedOn reports whether a message says that a rumour goes round, asksMoney
// whether somebody wants money or a code for it.
func passedOn(asked string) bool {
	return containsAny(asked, spread) || containsAny(asked, []string{"网上", "都说", "都传", "在传"})
}

func asksMoney(asked string) bool { return wantedMoney.MatchString(asked) }

var wantedMoney = regexp.MustCompile(`(?:要|让|叫|先|得|需要)[^，。？?]{0,6}(?:交|缴|转|打款|汇|付)[^，。？?]{0,8}(?:[0-9]|块|元|钱|费|金)|转账|打款|汇款|验证码|保证金|手续费|解冻|银行卡号|扫码|点链接|点击链接|点开链接`)

func withoutHearsay(asked string) string {
	for _, words := range [][]string{hearsay, truth} {
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
	const clear = .6
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
	if published && !containsAny(said, change) && !changing.MatchString(said) {
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
	reply := f.reply(Refused, "rumour", sayRumour(t.acc, t.who(said, f), choices, passedOn(asked), asksMoney(asked)))
	reply.Choices = choices
	return reply, nil
}
