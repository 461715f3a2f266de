package bot

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed cues/emergency.txt
var emergencyFile string

//go:embed cues/complaint.txt
var complaintFile string

//go:embed cues/smalltalk.txt
var smallTalkFile string

// cues are the words that route a message which is not, or not only, a
// question about policy. Maintainers read and edit the files.
type cues struct {
	emergency []emergencyCue
	complaint []complaintCue
	smallTalk map[string]string
}

type emergencyCue struct {
	text   string
	unless []string
}

type complaintCue struct {
	text   string
	weight int
}

var shippedCues = sync.OnceValue(func() cues {
	c := cues{smallTalk: map[string]string{}}
	for line := range cueLines(emergencyFile) {
		text, unless, _ := strings.Cut(line, "\t")
		c.emergency = append(c.emergency, emergencyCue{text, strings.Fields(unless)})
	}
	for line := range cueLines(complaintFile) {
		text, weight, _ := strings.Cut(line, "\t")
		n, err := strconv.Atoi(weight)
		if err != nil {
			panic("cues/complaint.txt: " + line) // embedded: a test reads it
		}
		c.complaint = append(c.complaint, complaintCue{text, n})
	}
	for line := range cueLines(smallTalkFile) {
		kind, text, _ := strings.Cut(line, "\t")
		c.smallTalk[text] = kind
	}
	return c
})

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

// longestAlarm is how many letters a message has at most that raises an alarm:
// nobody in danger writes an essay, but complaints tell of dangers past.
const longestAlarm = 120

// inDanger reports whether a cleaned message speaks of danger to life.
func (k cues) inDanger(text string) bool {
	if despair(text) {
		return true
	}
	if letters(text) > longestAlarm {
		return false
	}
	for _, c := range k.emergency {
		if strings.Contains(text, c.text) && !containsAny(text, c.unless) {
			return true
		}
	}
	return false
}

// despair reports whether a message speaks of taking one's own life.
func despair(text string) bool {
	return containsAny(text, []string{"不想活", "自杀", "想死", "活不下去", "活着没意思", "割腕", "寻短见", "跳楼"})
}

// complains weighs the cues of complaint, help and suggestion in a cleaned
// message; from complaintAt it is handed over.
func (k cues) complains(text string) int {
	sum := 0
	for _, c := range k.complaint {
		if strings.Contains(text, c.text) {
			sum += c.weight
		}
	}
	return sum
}

const complaintAt = 2

// pleas are words of complaints and suggestions that questions have, too; two
// of them decide only where nothing was found that answers.
var pleas = []string{
	"希望", "恳请", "请求", "恳求", "尽快", "解决", "处理", "协调", "督促", "严查", "查处", "监管", "投诉", "举报", "反映", "反馈", "求助",
	"多次", "至今", "一直", "长期", "严重", "影响", "扰民", "建议", "应该", "望政府", "望能", "领导", "部门", "不给", "不退", "拖欠", "推诿", "推脱", "隐患",
}

// pleads reports whether a message that found no answer wants something done.
func (k cues) pleads(text string) bool {
	const enough, insists = 2, 4
	n := k.complains(text)
	for _, w := range pleas {
		n += strings.Count(text, w)
	}
	return n >= insists || n >= enough && !asks(text)
}

// ruleCues are how a message that complains asks what the rule is.
var ruleCues = []string{
	"几点", "什么材料", "哪些材料", "啥材料", "什么条件", "什么规定", "怎么规定", "有没有规定", "有规定", "标准是", "怎么投诉",
	"怎么举报", "如何投诉", "如何举报", "罚多少", "罚款吗", "会罚", "怎么罚", "多久得", "多久要", "几天内", "多少天内", "多久内",
}

func asksRule(text string) bool { return containsAny(text, ruleCues) }

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
