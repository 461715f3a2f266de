package bot

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/policybot/policybot/corpus"
)

//go:embed cues/offtopic.txt
var offTopicFile string

//go:embed cues/disclosure.txt
var disclosureFile string

//go:embed cues/project.txt
var projectFile string

// offTopicCue is a turn of phrase that no policy is asked by, and what to do
// instead, "" where nothing is to be said of that.
type offTopicCue struct{ text, instead string }

var offTopicCues = sync.OnceValue(func() (out []offTopicCue) {
	for line := range cueLines(offTopicFile) {
		words, instead, _ := strings.Cut(line, "\t")
		for _, w := range strings.Fields(words) {
			out = append(out, offTopicCue{w, strings.TrimPrefix(instead, "-")})
		}
	}
	return out
})

// groups reads a file whose lines are the name of a group and its words.
func groups(file string) map[string][]string {
	out := map[string][]string{}
	for line := range cueLines(file) {
		name, words, _ := strings.Cut(line, "\t")
		out[name] = append(out[name], strings.Fields(words)...)
	}
	return out
}

var (
	disclosureCues = sync.OnceValue(func() map[string][]string { return groups(disclosureFile) })
	projectCues    = sync.OnceValue(func() map[string][]string { return groups(projectFile) })
)

// offTopic says where to turn with a short message that no policy answers.
func offTopic(text string) (instead string, ok bool) {
	const longest = 40 // letters: a longer one tells of something else
	if letters(text) > longest {
		return "", false
	}
	for _, c := range offTopicCues() {
		if strings.Contains(text, c.text) {
			return c.instead, true
		}
	}
	return "", false
}

// wantsPaper reports whether a message wants a paper that is never published
// unasked; wantsFile whether it wants to see some paper.
func wantsPaper(text string) bool {
	return letters(text) <= maxStory && containsAny(text, disclosureCues()["paper"])
}

func wantsFile(text string) bool {
	return slices.ContainsFunc(clauses(text), func(c string) bool {
		return containsAny(c, disclosureCues()["want"]) && containsAny(c, disclosureCues()["file"])
	})
}

// ofProject reports whether a message asks in one clause for the schedule of a
// project.
func ofProject(text string) bool {
	text = strings.ReplaceAll(text, "无障碍", "") // 有无障碍电梯 asks for what there is
	return slices.ContainsFunc(clauses(text), func(c string) bool {
		return containsAny(c, projectCues()["what"]) && containsAny(c, projectCues()["when"])
	})
}

// ofProjectInAll is ofProject of a message that tells first and asks then: what
// is planned may stand in another clause than when.
func ofProjectInAll(text string) bool {
	return letters(text) >= shortest && asks(text) && containsAny(text, projectCues()["what"]) && containsAny(text, projectCues()["when"]) &&
		containsAny(text, projectCues()["site"])
}

// unplanned reports whether what was found for a question for the schedule of a
// project only speaks of projects in general: it is less certain than this, or has
// little of what the question is about, unless the index is as sure as it can be.
func (f *findings) unplanned(asked string, certain float64) bool {
	const sure = .85
	return ofProject(asked) && (f.Confidence < certain || f.about(0) < .6 && f.Confidence < sure)
}

// liftWanted is who waits for a lift in a house that stands.
var liftWanted = regexp.MustCompile(`(?:加装|增装|安装|增设|装)(?:了)?(?:上)?(?:新)?电梯|电梯(?:什么时候|何时|啥时候)(?:能)?装`)

// waitsForLift reports whether a message asks when a house gets its lift.
func waitsForLift(asked string) bool {
	return liftWanted.MatchString(asked) && containsAny(asked, []string{"什么时候", "何时", "啥时", "几时", "预计", "哪年", "计划吗"}) &&
		!containsAny(asked, []string{"申请", "补贴", "公示", "几天", "多久", "验收", "材料"})
}

// project answers a question for what is planned for one place.
func (t *turn) project(f *findings) Reply {
	if !liftWanted.MatchString(f.asked) {
		return f.reply(Refused, "project", sayProject(t.acc))
	}
	f.hits = slices.DeleteFunc(f.hits, func(h standingHit) bool { return !strings.Contains(h.Title, "电梯") })
	var choices []Choice
	for _, h := range f.hits {
		if len(choices) < 2 && h.Kind != corpus.Clarification {
			choices = t.offering(choices, h, f.gist())
		}
	}
	reply := f.reply(Refused, "project", sayLift(t.acc, choices))
	reply.Choices = choices
	return reply
}

// calm takes abuse out of a message and reports whether there was any. A clause
// that curses and asks nothing goes whole, of one that asks the curse.
func (k cues) calm(asked string) (rest string, rude bool) {
	if !anyCue(k.abuse, asked) {
		return asked, false
	}
	var kept []string
	for _, c := range clauses(asked) {
		if anyCue(k.abuse, c) {
			if !asks(c) {
				continue
			}
			for _, cue := range k.abuse {
				c = strings.ReplaceAll(c, cue.text, "")
			}
		}
		if letters(c) > 0 {
			kept = append(kept, c)
		}
	}
	return Substance(strings.Join(kept, " ")), true
}

// bareWords are what a message is made of that says nothing yet.
var bareWords = strings.Fields(`的 了 是 在 和 与 或 这 那 我 你 您 他 她 它 们 就 都 也 还 又 很 吧 啊 呀 呢 嘛 吗 么 哦 嗯 呃 额 哎 唉 诶 哈 呵 嘿 请 问 请问 想 要 有 没 没有 不 对 个 什么 怎么 如何 为什么 哪里 哪个 哪 谁 几 多少 一下 一个 这个 那个 咨询 查询 查 看 说 知道 可以 能 会 办 办理 东西 事 事情 问题 政策 规定 文件 情况 关于 以及 但是 因为 所以 如果 然后
	啥子 啥 咋个 咋 啷个 点样 乜嘢 咩 莫子 么子 整 搞 弄 得 嗦 噻 撒 哇 嘞 咯 喽 侬 阿拉 俺 咱 晓得 晓不得 要得 中`)

// saysNothing reports whether a message names no matter: one letter, or words
// of grammar alone.
func saysNothing(asked string) bool {
	if !hasHan(asked) {
		return false // that is said otherwise
	}
	if letters(asked) == 1 || sameLetter(asked) {
		return true
	}
	return letters(replaceAll(bareAmount.ReplaceAllString(asked, ""), bareWords)) == 0
}

// sameLetter reports whether a message is one letter again and again.
func sameLetter(text string) bool {
	said := []rune(onlyLetters(text))
	return len(said) > 2 && !slices.ContainsFunc(said, func(r rune) bool { return r != said[0] })
}

// bareAmount is an age, a sum or a period: 82岁 alone says nothing of what is
// wanted.
var bareAmount = regexp.MustCompile(`(?:[0-9]+|[一二两三四五六七八九十百千万]+)(?:多|几)?(?:周岁|岁|万元|元|块钱|块|万|个月|年|天|月|平米|平方米|平)`)

// replaceAll takes words out of a text, longer ones first.
func replaceAll(text string, words []string) string {
	var few [8]string
	found := few[:0]
	for _, w := range words {
		if strings.Contains(text, w) {
			found = append(found, w)
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return len(b) - len(a) })
	for _, w := range found {
		text = strings.ReplaceAll(text, w, "")
	}
	return text
}

// placeOnly returns the place that is all there is of a message.
func (t *turn) placeOnly(asked string) (string, bool) {
	for _, p := range t.names().Lexicon.PlaceNames(asked) {
		rest := strings.ReplaceAll(asked, p, "")
		if letters(strings.Trim(rest, "省市县区州 的")) == 0 {
			return asked, true
		}
	}
	for _, a := range t.agencies().All() {
		if a.Region != "" && (asked == a.Region || asked == strings.TrimRight(a.Region, "省市县区州")) {
			return asked, true
		}
	}
	if home := t.acc.Region; home != "" && (asked == home || asked == strings.TrimRight(home, "省市县区州")) {
		return asked, true
	}
	return "", false
}

// pasted reports whether a message is a document: it has articles or numbered
// sections, and doesn't end with a question.
func pasted(text string) bool {
	const long, several = 300, 3
	if letters(text) < long {
		return false
	}
	articles := len(articleName.FindAllString(text, several+1))
	sections := 0
	for _, n := range []string{"一、", "二、", "三、", "四、", "五、", "（一）", "（二）", "(一)", "(二)"} {
		if strings.Contains(text, n) {
			sections++
		}
	}
	personal, rule := []string{"我", "请问", "咨询", "领导", "希望", "您好", "你好"}, []string{"本办法", "本规定", "本条例", "本细则", "本通知"}
	if containsAny(text, personal) && (articles < several || !containsAny(text, rule)) {
		return false // it numbers what it tells
	}
	end := []rune(text)
	return (articles >= several || sections >= several) && !asks(string(end[max(0, len(end)-40):]))
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
