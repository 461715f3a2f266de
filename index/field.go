package index

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// fieldCues are the words that ask for one field of a service guide, by the
// field's anchor. The first that a question has decides; the more special come
// first.
var fieldCues = []struct {
	anchor string
	words  []string
}{
	{"phone", []string{"电话", "打什么号", "联系方式", "号码多少", "打哪个号", "打啥号"}},
	{"hours", []string{"几点", "上班", "下班", "开门", "关门", "周末", "周六", "周日", "星期", "礼拜", "中午", "办公时间", "工作时间"}},
	{"materials", []string{"材料", "带什么", "带啥", "带哪些", "要带", "证件", "资料", "准备什么", "准备啥", "交什么东西", "拿什么去", "带点啥", "带莫子", "带么子", "户口本要", "户口薄要", "需要什么手续", "要什么手续"}},
	{"place", []string{"在哪", "去哪", "到哪", "哪里办", "哪儿办", "哪办", "上哪", "什么地方", "啥地方", "地址", "哪个窗口", "哪个部门", "边度", "边处", "搁哪", "咯哪", "哪块办", "哪哈", "往哪", "哪里能办", "哪里可以办", "找谁办", "谁能办", "哪个银行", "哪家银行"}},
	{"time-limit", []string{"多久", "几天", "多长时间", "多少天", "什么时候能好", "几个工作日", "多快", "好久能", "好久可以", "要好久", "得好久", "几时能", "多少个工作日", "几耐"}},
	{"fee", []string{"多少钱", "收费", "要钱", "花钱", "费用", "手续费", "工本费", "免费", "收钱", "好多钱", "几多钱", "多钱", "收多少", "收好多"}},
	{"online", []string{"网上", "手机上", "线上", "小程序", "app", "网络", "在线", "微信上"}},
	{"steps", []string{"还是先", "怎么办理", "怎么办", "怎么申请", "怎么弄", "流程", "步骤", "如何办理", "如何申请", "咋办", "咋申请", "怎样办", "怎么领", "咋个办", "咋个弄", "咋弄", "咋整", "咋搞", "怎么搞", "啷个办", "啷个弄", "点样办", "点办", "点样申请", "怎办", "么办"}},
	{"conditions", []string{"条件", "资格", "什么人", "哪些人", "谁能", "谁可以", "能办", "可以办", "能申请", "可以申请", "多大年纪", "多少岁", "几多岁", "好多岁", "几岁"}},
}

// fieldAsked returns the anchor of the guide field that a question asks for,
// "" where it asks for none. A word that asks (多少天) decides before one that
// only names something: 申请公开材料 多少天给回复 asks for days.
func fieldAsked(text string) string {
	text = FoldString(text)
	if containsOne(text, onlineAsked) || containsOne(text, onPhone) && containsOne(text, toPress) {
		return "online"
	}
	named := ""
	for _, f := range fieldCues {
		for _, w := range f.words {
			if !strings.Contains(text, w) || ofBenefit(f.anchor, w, text) {
				continue
			}
			if strings.ContainsAny(w, asksRunes) {
				return f.anchor
			}
			if named == "" {
				named = f.anchor
			}
		}
	}
	return named
}

// asksRunes are letters of words that ask; onlineAsked is asked of the way on
// the phone, whatever else is in it: 手机上在哪弄.
const asksRunes = "什啥哪多几怎咋谁啷边搁咯莫么"

var onlineAsked = []string{
	"手机上在哪", "网上在哪", "手机上怎么", "网上怎么", "手机上咋", "网上咋", "手机上如何", "网上如何", "小程序怎么", "小程序在哪",
	"手机上能", "网上能", "手机能", "手机上可以", "网上可以", "手机可以", "能在网上", "能在手机", "能不能网上", "能不能在网上",
	"在哪预约", "在哪里预约", "哪里预约", "在哪约", "在哪里约", "怎么预约", "咋预约", "如何预约",
}

// With one of onPhone, one of toPress asks the same: 用手机办，在哪里点.
var (
	onPhone = []string{"手机", "网上", "线上", "小程序", "公众号", "app", "微信"}
	toPress = []string{"在哪点", "在哪里点", "哪里点", "点哪", "在哪弄", "在哪里弄", "在哪申请", "在哪里申请", "在哪填", "在哪里填", "怎么点", "怎么操作", "咋操作", "怎么填"}
)

// benefits are what citizens receive, and lasting the words by which they ask
// how long they receive it.
var (
	benefits = []string{"津贴", "补贴", "补助", "救助", "奖励", "待遇", "报销", "失业金", "失业保险金", "低保金", "养老金", "退休金", "抚恤"}
	lasting  = []string{"领多久", "领多长", "领几", "享受多久", "享受多长", "发多久", "发多长", "发几", "用多久", "管多久", "有效期"}
)

// ofBenefit reports whether a cue asks about the benefit itself, not about
// applying for it: 育儿补贴多少钱 is no question about fees.
func ofBenefit(anchor, cue, text string) bool {
	switch {
	case anchor == "fee" && (cue == "多少钱" || cue == "好多钱" || cue == "几多钱" || cue == "多钱"):
		return containsOne(text, benefits)
	case anchor == "hours" && (cue == "上班" || cue == "下班"):
		return !ofOffice(cue, text)
	case anchor == "time-limit":
		return containsOne(text, lasting) || !ofProcess(cue, text)
	}
	return false
}

// ofOffice reports whether 上班 is that of an office, 周六上班吗, and not somebody's
// work, 在外省上班办过社保卡.
func ofOffice(cue, text string) bool {
	before, after, _ := strings.Cut(text, cue)
	return strings.ContainsRune("吗么不没时", firstOf(after)) || containsOne(before, []string{"几点", "什么时候", "周", "星期", "礼拜", "节", "假", "今天", "明天", "中午", "现在", "有人", "窗口", "大厅"})
}

// ofProcess reports whether what is asked how long it takes is the matter at the
// office: 几天能好, not 能骑几天.
func ofProcess(cue, text string) bool {
	before, after, _ := strings.Cut(text, cue)
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " ,，"))
	next := firstOf(strings.TrimLeft(after, " ,，?？吗呢啊呀"))
	return before == "" || strings.ContainsRune("办理续领来好证卡要等需得概约最般花后批手请结补换牌本料", last) ||
		strings.ContainsRune("能可才批办出拿下到好给答回审换补完就内够制发成", next)
}

func containsOne(text string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// turnToField makes of a unit that is what people ask of one field of a guide
// the whole guide, where the question asks for another field.
func (a *analysis) turnToField(v View, u *Unit) {
	if u.Asked == 0 || u.Kind != corpus.Guide {
		return
	}
	if _, ok := u.field(a.field); ok {
		return
	}
	for _, id := range v.Document(u.Document) {
		whole := v.Unit(id)
		if _, ok := whole.field(a.field); ok {
			*u = whole
			return
		}
	}
}

// field returns the passage of a guide that answers for a field.
func (u *Unit) field(anchor string) (corpus.Passage, bool) {
	if anchor == "" || u.Kind != corpus.Guide {
		return corpus.Passage{}, false
	}
	for _, p := range u.Passages {
		if p.Anchor == anchor && 0 <= p.Start && p.Start < p.End && p.End <= len(u.Body) {
			return p, true
		}
	}
	return corpus.Passage{}, false
}
