package bot

import (
	_ "embed"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/numeral"
)

//go:embed cues/audience.txt
var audienceFile string

// Person is what a person says of themselves, or of whom they ask for.
type Person struct {
	Age       int    // in years; 0 is not said
	Household string // local, other: where they are registered; "" is not said
}

// Where a household is registered.
const (
	LocalHousehold = "local"
	OtherHousehold = "other"
)

var (
	ageShape       = regexp.MustCompile(`(?:今年|快|已经|都|刚满|满|虚岁)(\d{2,3})了|(\d{1,3})\s*(?:周岁|岁)`)
	otherHousehold = []string{"外地户口", "外地户籍", "外省户口", "外地人", "外省的", "外省人", "非本地户口", "非本市户籍", "不是本地户口", "不是本地人", "没有本地户口", "户口在外", "户口不在", "农村户口外省", "外来务工"}
	localHousehold = []string{"本地户口", "本市户口", "本地人", "本市户籍", "户口在本", "本地户籍"}
)

// spokenAge is an age without 岁: 我妈82了.
var spokenAge = regexp.MustCompile(`((?:爸|妈|爷爷|奶奶|外公|外婆|姥姥|姥爷|公公|婆婆|父亲|母亲|老人|老人家|本人|我)(?:今年|都|已经|快|刚|刚满|满)?|今年|虚岁)([5-9][0-9]|1[01][0-9]|[五六七八九]十[一二三四五六七八九]?|一百(?:零?[一二三四五六七八九])?)(了|[，,。 ]|$)`)

// writtenAge is an age in Chinese numerals.
var writtenAge = regexp.MustCompile(`([五六七八九]十[一二三四五六七八九]?|一百(?:零?[一二三四五六七八九])?)(周?岁)`)

// withAges writes the 岁 that people leave out, and ages of older people in digits,
// so that rules of an age are met.
func withAges(text string) string {
	text = spokenAge.ReplaceAllString(text, "${1}${2}岁${3}")
	return writtenAge.ReplaceAllStringFunc(text, func(s string) string {
		m := writtenAge.FindStringSubmatch(s)
		return strconv.Itoa(numeral.Value(m[1])) + m[2]
	})
}

func personIn(text string) (p Person) {
	if m := ageShape.FindStringSubmatch(text); m != nil {
		if n, _ := strconv.Atoi(m[1] + m[2]); n <= 130 {
			p.Age = n
		}
	}
	switch {
	case containsAny(text, otherHousehold):
		p.Household = OtherHousehold
	case containsAny(text, localHousehold):
		p.Household = LocalHousehold
	}
	return p
}

// audience is who people are, with the words that they say it by.
type audience struct {
	name  string
	words []string
}

var audiences = sync.OnceValue(func() (out []audience) {
	for line := range cueLines(audienceFile) {
		name, words, _ := strings.Cut(line, "\t")
		out = append(out, audience{name, strings.Fields(words)})
	}
	return out
})

// old is the age from which a person is 老年人.
const old = 60

// audienceIn returns who a question is asked for, as documents call them.
func audienceIn(text string, p Person) (out []string) {
	for _, g := range audiences() {
		if containsAny(text, g.words) || g.name == "老年人" && p.Age >= old {
			out = append(out, g.name)
		}
	}
	return out
}

// veryOldWord is what documents call who is 80 and older.
const veryOldWord = "高龄"

// ageWord is what documents call somebody of an age, "" where they have no word.
func ageWord(age int) string {
	const veryOld = 80
	switch {
	case age >= veryOld:
		return veryOldWord
	case age >= old:
		return "老年人"
	}
	return ""
}

// traits are all that a short clause says of a person.
var traits = regexp.MustCompile(`^(?:我|我们|本人|我家|我爸|我妈|孩子|老人|娃)?(?:是|今年|现年|已经|刚|刚满|快|现在)*(?:\d{1,3}周?岁(?:了|多)?|女的?|男的?|女性|男性|已婚|未婚|单身|离异|离婚了|丧偶|下岗了?|失业了?|退休了?|怀孕了?|没工作|农村的?|农民|农村户口|外地的?|外省的?|外地户口|外省户口|本地人|外地人|本地户口|身体不好|腿脚不便|腿脚不好|残疾人|低保户|学生|大学生|退役军人|军属|个体户|老人|孕妇)$`)

// shortTrait is how many letters a clause has at most that is a trait alone.
const shortTrait = 12

// asides returns the clauses of a question that tell of the person and ask
// nothing. There are none where no other clause asks of a subject of its own:
// 我社保卡丢了，怎么办 is about the card.
func asides(text string) (out []string) {
	all := clauses(text)
	if len(all) < 2 || !slices.ContainsFunc(all, func(c string) bool { return asks(c) && letters(subject(c)) >= 2 && !tells(c) }) {
		return nil
	}
	long := letters(text) > story
	for _, c := range all {
		if !asks(c) && (tells(c) || long && beginsAny(c, tellers)) {
			out = append(out, c)
		}
	}
	return out
}

// story is from how many letters a message tells one: of a shorter one what
// happened (我社保断了两个月) is what the question is about.
const story = 60

// tellers begin clauses that tell of the person or of the family.
var tellers = []string{
	"我", "本人", "咱", "俺", "老公", "老婆", "爱人", "对象", "媳妇", "丈夫", "妻子", "父亲", "母亲", "爸", "妈", "爷爷", "奶奶", "外公", "外婆",
	"儿子", "女儿", "孩子", "小孩", "娃", "宝宝", "弟弟", "妹妹", "哥哥", "姐姐", "公公", "婆婆", "岳父", "岳母", "老人", "家里", "家父", "家母",
	"今年", "去年", "前年", "目前", "现在", "之前", "以前", "当时", "后来", "因为", "由于", "自己",
}

// tells reports whether a clause is a trait of a person and no more.
func tells(clause string) bool {
	return utf8.RuneCountInString(clause) <= shortTrait && traits.MatchString(clause)
}
