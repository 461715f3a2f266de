package bot

import (
	_ "embed"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed cues/despair.txt
var despairFile string

//go:embed cues/emergency.txt
var emergencyFile string

//go:embed cues/complaint.txt
var complaintFile string

//go:embed cues/suggestion.txt
var suggestionFile string

//go:embed cues/abuse.txt
var abuseFile string

//go:embed cues/smalltalk.txt
var smallTalkFile string

// cues are the words that route a message which is not, or not only, a
// question about policy. Maintainers read and edit the files.
type cues struct {
	emergency, abuse      []plainCue
	complaint, suggestion []weighedCue
	smallTalk             map[string]string
}

// plainCue counts where none of unless is in the message.
type plainCue struct {
	text   string
	unless []string
}

type weighedCue struct {
	text   string
	weight int
}

var shippedCues = sync.OnceValue(func() cues {
	c := cues{
		emergency: plainCues(emergencyFile), abuse: plainCues(abuseFile),
		complaint: weighedCues("complaint.txt", complaintFile), suggestion: weighedCues("suggestion.txt", suggestionFile),
		smallTalk: map[string]string{},
	}
	for line := range cueLines(smallTalkFile) {
		kind, text, _ := strings.Cut(line, "\t")
		c.smallTalk[text] = kind
	}
	return c
})

func plainCues(file string) (out []plainCue) {
	for line := range cueLines(file) {
		text, unless, _ := strings.Cut(line, "\t")
		out = append(out, plainCue{text, strings.Fields(unless)})
	}
	return out
}

func weighedCues(name, file string) (out []weighedCue) {
	for line := range cueLines(file) {
		text, weight, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(weight)
		if err != nil {
			panic("cues/" + name + ": " + line) // embedded: a test reads it
		}
		out = append(out, weighedCue{text, n})
	}
	return out
}

func cueLines(file string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(file) {
			line = strings.TrimRight(line, "\r\n\t ")
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}

// cueWords returns all words of a file, any number on a line.
func cueWords(file string) (words []string) {
	for line := range cueLines(file) {
		words = append(words, strings.Fields(line)...)
	}
	return words
}

// cuePairs yields the words before and after the tab of each line of a file.
func cuePairs(file string) iter.Seq2[[]string, []string] {
	return func(yield func(before, after []string) bool) {
		for line := range cueLines(file) {
			before, after, _ := strings.Cut(line, "\t")
			if !yield(strings.Fields(before), strings.Fields(after)) {
				return
			}
		}
	}
}

// longestAlarm is how many letters a message has at most that raises an alarm:
// nobody in danger writes an essay, but complaints tell of dangers past.
const longestAlarm = 120

// inDanger reports whether a cleaned message speaks of danger to life.
func (k cues) inDanger(text string) bool {
	return despair(text) || letters(text) <= longestAlarm && anyCue(k.emergency, text)
}

func anyCue(all []plainCue, text string) bool {
	return slices.ContainsFunc(all, func(c plainCue) bool {
		return strings.Contains(text, c.text) && !containsAny(text, c.unless)
	})
}

// despair reports whether a message speaks of taking one's own life.
func despair(text string) bool { return anyCue(despairCues(), text) }

// despairCues are not a maintainer's to change: a slip here costs a life.
var despairCues = sync.OnceValue(func() []plainCue { return plainCues(despairFile) })

// handOverAt is the sum of weights from which a message is handed over.
const handOverAt = 2

func weigh(all []weighedCue, text string) (sum int) {
	for _, c := range all {
		if strings.Contains(text, c.text) {
			sum += c.weight
		}
	}
	return sum
}

// complains weighs the cues of complaint and help in a cleaned message; from
// handOverAt it is handed over.
func (k cues) complains(text string) int { return weigh(k.complaint, text) }

//go:embed cues/route.txt
var routeFile string

// routeCues are the groups of cues/route.txt: words of a message that looks for a
// rule or a paper, not for help (paper), cues of complaints that a message which
// only asks may ask about (about), words of complaints and suggestions that
// questions have, too (plea), and those of a message that proposes (proposing).
var routeCues = sync.OnceValue(func() map[string][]string { return groups(routeFile) })

// intent says what a cleaned message wants. One that tells no story is judged by
// the cues of complaints and suggestions; what tells one by IntentOf, but for
// what says that it complains or proposes.
func (k cues) intent(text string) Intent {
	complains, proposes := k.complains(text), weigh(k.suggestion, text)
	if !hasHan(text) {
		return Consultation
	}
	if letters(text) >= shortest {
		return IntentOf(text)
	}
	if unsolved(text) && containsAny(text, []string{"没处理", "没解决", "没人管", "没结果", "无果", "没用"}) {
		complains += handOverAt
	} else if onlyAsks(text) && complains < 2*handOverAt {
		complains -= weigh(k.complaint, keepOnly(text, routeCues()["about"]))
	}
	if allAsk(text) && proposes < 2*handOverAt {
		proposes = 0
	}
	if !asks(text) && !containsAny(text, routeCues()["paper"]) {
		complains, proposes = lifted(complains), lifted(proposes)
	}
	switch {
	case proposes >= handOverAt && proposes >= complains:
		return Suggestion
	case complains >= handOverAt:
		return Complaint
	}
	return Consultation
}

// onlyAsks reports whether every clause of a message has a word that asks.
func onlyAsks(text string) bool {
	all := clauses(Substance(text))
	return len(all) > 0 && !containsAny(text, []string{"我要", "要投诉", "要举报", "想投诉", "想举报"}) &&
		!slices.ContainsFunc(all, func(c string) bool { return !asks(c) })
}

// keepOnly returns the words that a text has, one after another.
func keepOnly(text string, words []string) string {
	var out []string
	for _, w := range words {
		if strings.Contains(text, w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// allAsk reports whether a message has nothing but questions: 我的建议多久回复 asks
// about a proposal and makes none.
func allAsk(text string) bool {
	all := clauses(Substance(text))
	return len(all) > 0 && !slices.ContainsFunc(all, func(c string) bool { return !asks(c) && !asksField(c) })
}

// asksField reports whether a clause without a word that asks names a field of
// what is done: 怎么查进度.
func asksField(c string) bool { return asksOf(c) != "" }

// lifted is a sum of cues in a message that asks nothing: one is enough then.
func lifted(sum int) int {
	if sum > 0 {
		sum++
	}
	return sum
}

// pleads reports whether a message that found no answer wants something done.
func (k cues) pleads(text string) bool {
	const enough, insists = 2, 4
	n := k.complains(text)
	for _, w := range routeCues()["plea"] {
		n += strings.Count(text, w)
	}
	return n >= insists || n >= enough && !asks(text)
}

//go:embed cues/rule.txt
var ruleFile string

// ruleCues are how a message that complains asks what the rule is.
var ruleCues = sync.OnceValue(func() []string { return cueWords(ruleFile) })

// ownRight is how one asks whether one may have or do something oneself: with
// whatever is told before it, that is a question for the rule.
var ownRight = regexp.MustCompile(`(?:能|可以|可|够|有资格)[^，。？?]{0,6}(?:申请|吃低保|吃上低保|领|办|享受|取|提取|报销|落户|补办|评上)[^，。]{0,10}(?:吗|不|么|嘛|没)|(?:能不能|可不可以|能否|可否|是否可以)[^，。？?]{0,12}(?:申请|领取|来办|上门办|补办|代办|享受|报销|落户)|想(?:取|提|领|办|申请)[^，。]{0,8}[，, ]?(?:行不行|行吗|行不|可以吗|可不可以|能不能|成不)`)

func asksRule(text string) bool { return containsAny(text, ruleCues()) || ownRight.MatchString(text) }

func clauses(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,。;；?？! ", r) })
}

// once returns the word that a text repeats: 好的 of 好的好的.
func (k cues) once(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && k.smallTalk[s[:n]] != "" && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n]
		}
	}
	return s
}

// chat returns what kind of small talk the substance of a message is:
// hello, thanks, bye, who, human, complaint, wrong; "" where it asks something. One
// of several pieces (好的，谢谢，再见) is of its last one's kind.
func (k cues) chat(substance string) (kind string) {
	known := k.smallTalk
	whole := strings.ToLower(substance)
	if kind = known[k.once(onlyLetters(whole))]; kind != "" {
		return kind
	}
	for _, p := range strings.FieldsFunc(whole, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		switch {
		case known[p] != "":
			kind = known[p]
		case slices.Contains(thanks, p):
			kind = "thanks"
		case !slices.Contains(polite, p):
			return ""
		}
	}
	return kind
}

func onlyLetters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// Digit returns the number that a cleaned message consists of: 2, ２, ②, "2."
// or 二, "选2", and 0 for 都不是; ok is false where it is more or less than that.
func Digit(text string) (n int, ok bool) {
	s := onlyLetters(text)
	if slices.Contains([]string{"都不是", "都不对", "都没有", "没有一个对"}, s) {
		return 0, true
	}
	for _, prefix := range []string{"选择", "选", "第", "回复"} {
		s = strings.TrimPrefix(s, prefix)
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "个"), "项")
	if i := strings.Index(chineseDigits, s); i >= 0 && len(s) == len("零") {
		return i / len("零"), true
	}
	if len(s) != 1 || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	return int(s[0] - '0'), true
}

const chineseDigits = "零一二三四五六七八九"
