package index

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

//go:embed fields.txt
var fieldsFile string

// FieldUse is what words of a field of a service guide are used for.
type FieldUse string

const (
	FieldFirst    FieldUse = "first"    // ask for it whatever else a question has
	FieldFind     FieldUse = "find"     // ask for it in a question that is searched for
	FieldFurther  FieldUse = "further"  // ask for it of what was talked of last
	FieldBeside   FieldUse = "beside"   // ask for it beside another
	FieldOverview FieldUse = "overview" // are of questions for no field by name that it answers
	FieldHint     FieldUse = "hint"     // let it stand where it was found, and ask for none
	FieldName     FieldUse = "name"     // name it, after another question
)

// FieldCue is a field of a service guide, by its anchor, and words of it.
type FieldCue struct {
	Field string
	Words []string
}

// fieldUse is one field's words for one use.
type fieldUse struct {
	field string
	use   FieldUse
}

// fieldWords are the lines of fields.txt: of each field and use the words, in the
// order of the file.
var fieldWords = sync.OnceValue(func() map[fieldUse][]string {
	words := map[fieldUse][]string{}
	for line := range strings.Lines(fieldsFile) {
		columns := strings.Split(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(line, "#") || len(columns) != 3 {
			continue // a test reads every line
		}
		for use := range strings.FieldsSeq(columns[1]) {
			key := fieldUse{columns[0], FieldUse(use)}
			words[key] = append(words[key], strings.Fields(columns[2])...)
		}
	}
	return words
})

// FieldCues returns the words of fields.txt that have a use, by field, in the
// order of these fields: for most uses the first that a text has a word of counts.
func FieldCues(use FieldUse, fields ...string) []FieldCue {
	out := make([]FieldCue, 0, len(fields))
	for _, field := range fields {
		out = append(out, FieldCue{field, slices.Clone(fieldWords()[fieldUse{field, use}])})
	}
	return out
}

// fieldCues are the words that ask for one field in a question. The first that it
// has decides; the more special come first.
var fieldCues = sync.OnceValue(func() []FieldCue {
	return FieldCues(FieldFind, "phone", "hours", "materials", "place", "time-limit", "fee", "online", "steps", "conditions")
})

// onlineCues are asked of the way on the phone, whatever else is in a question:
// 手机上在哪弄.
var onlineCues = sync.OnceValue(func() []string { return fieldWords()[fieldUse{"online", FieldFirst}] })

// fieldAsked returns the anchor of the guide field that a question asks for,
// "" where it asks for none. A word that asks (多少天) decides before one that
// only names something: 申请公开材料 多少天给回复 asks for days.
func fieldAsked(text string) string {
	text = FoldString(text)
	if containsOne(text, onlineCues()) || containsOne(text, onPhone) && containsOne(text, toPress) {
		return "online"
	}
	named := ""
	for _, f := range fieldCues() {
		for _, w := range f.Words {
			if !strings.Contains(text, w) || ofBenefit(f.Field, w, text) {
				continue
			}
			if strings.ContainsAny(w, asksRunes) {
				return f.Field
			}
			if named == "" {
				named = f.Field
			}
		}
	}
	return named
}

// asksRunes are letters of words that ask.
const asksRunes = "什啥哪多几怎咋谁啷边搁咯莫么"

// With one of onPhone, one of toPress asks the same: 用手机办，在哪里点.
var (
	onPhone = []string{"手机", "网上", "线上", "小程序", "公众号", "app", "微信"}
	toPress = []string{"在哪点", "在哪里点", "哪里点", "点哪", "在哪弄", "在哪里弄", "在哪申请", "在哪里申请", "在哪填", "在哪里填", "怎么点", "怎么操作", "咋操作", "怎么填"}
)

// receiving is how one asks how much one gets: 一年能提多少钱.
var receiving = []string{"能提", "能领", "能贷", "能报", "能拿", "能补", "能借", "能取", "可以提", "可以领", "可以贷", "可以报", "可以取", "提多少", "领多少", "贷多少", "报多少", "补多少", "拿多少", "发多少", "给多少", "取多少"}

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
		return containsOne(text, benefits) || containsOne(text, receiving)
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
