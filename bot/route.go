package bot

import (
	_ "embed"
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

// InDanger reports whether a cleaned message speaks of danger to life.
func InDanger(text string) bool {
	for _, c := range shippedCues().emergency {
		if strings.Contains(text, c.text) && !containsAny(text, c.unless) {
			return true
		}
	}
	return false
}

// complains weighs the cues of complaint, help and suggestion in a cleaned
// message; from complaintAt it is handed over.
func complains(text string) int {
	sum := 0
	for _, c := range shippedCues().complaint {
		if strings.Contains(text, c.text) {
			sum += c.weight
		}
	}
	return sum
}

const complaintAt = 2

// smallTalk returns what kind of small talk the substance of a message is:
// hello, thanks, bye, who, human; "" where it asks something.
func smallTalk(substance string) string {
	return shippedCues().smallTalk[strings.ToLower(onlyLetters(substance))]
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
// or 二, "选2"; ok is false where it is more or less than that.
func Digit(text string) (n int, ok bool) {
	s := onlyLetters(text)
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

// Places that a question only mentions: what was paid there, who comes from
// there, who goes there for treatment.
var (
	onTheWay = []string{"在", "去", "到", "从", "来自", "往", "是", "回"}
	backHere = []string{"回来", "转回", "回老家", "转入", "转到", "转过", "转移", "来", "咱", "我们这", "这边", "这里", "本地", "本市", "备案", "异地", "看病", "手术", "住院", "就医", "户口", "户籍"}
)

// aboutElsewhere reports whether a question asks for another place's rules:
// it names the place as its subject (杭州的公积金怎么取), not as where somebody
// comes from or goes to (去北京看病怎么备案). home is a name of the account's
// own region: who names it asks about it.
func aboutElsewhere(text, place, home string) bool {
	if home != "" && strings.Contains(text, strings.TrimRight(home, "省市县区州")) {
		return false
	}
	at := strings.Index(text, place)
	if at < 0 {
		return false
	}
	for _, w := range onTheWay {
		if strings.HasSuffix(text[:at], w) && containsAny(text, backHere) {
			return false
		}
	}
	return true
}
