package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxParts is how many questions of one message are answered.
const maxParts = 3

// Split takes the questions of a message apart by what they ask, whatever stands
// between them: marks, numbers, 另外, blanks, or nothing at all. What is told before
// a question stays with it, what is told last with the last one. Two words that
// ask together (什么情况下能领多少) are one question. A message of one question comes
// back as it is.
func Split(text string) []string {
	var parts []string
	told := "" // before the next question
	for _, piece := range strings.FieldsFunc(markBreaks(text), func(r rune) bool { return r == breakRune }) {
		for _, c := range sentenceClauses(piece) {
			asking := inquires(c) || len(parts) > 0 && andThat(c) || (len(parts) > 0 || told != "") && onlyField(c)
			switch {
			case letters(c) == 0:
			case len(parts) > 0 && told == "" && (letters(c) < 3 && !onlyField(c) && len(fieldsAsked(c)) == 0 || asking && tagged(c)):
				parts[len(parts)-1] += " " + c
			case !asking:
				told = strings.TrimSpace(told + " " + c)
			default:
				parts = append(parts, strings.TrimSpace(told+" "+c))
				told = ""
			}
		}
	}
	if parts = sameOnce(parts); len(parts) == 0 {
		return []string{text}
	}
	if told != "" {
		parts[len(parts)-1] += " " + told
	}
	if each := eachOf(parts); len(each) > 1 {
		return each
	}
	return []string{text}
}

// andThat reports whether a clause asks the same of another: 停车呢.
func andThat(c string) bool { return strings.HasSuffix(strings.TrimRight(c, "？? 。"), "呢") }

// sentenceClauses returns the clauses of a text; what asks twice without anything
// between, 要办证吗不办罚多少, is two.
func sentenceClauses(text string) (out []string) {
	from := 0
	add := func(to int) {
		if c := trimEnds(text[from:to]); c != "" {
			out = append(out, askedTwice(c)...)
		}
		from = to
	}
	var before rune
	for i, r := range text {
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		between := unicode.IsDigit(before) && unicode.IsDigit(next) // 2.5, 10:30
		if strings.ContainsRune("，,、；;。!！ ", r) || r == '.' && !between {
			add(i)
		}
		before = r
	}
	add(len(text))
	return out
}

// idle are phrases with a word that asks which ask nothing: 跑了几趟, 怎么还不发.
var idle = regexp.MustCompile(`好几|[0-9一二三四五六七八九]几|了好多|从多少|前几|这几|那几|近几|十几|几十|几百|几千|几万|几乎|几经|[了过等]几[^钱]|有几[^钱种个项类档样家处级]|几[个天年次][^，]{0,3}(?:了|没)|[什啥]么?都|谁都|哪都|哪里都|怎么都|怎么也|怎么说|哪怕|没什么|没啥|不怎么|多少有点|什么的|什么鬼|怎么还|咋还|怎么能(?:这样|这么|不|没|乱|随便|让|收|把|说)|怎么会|怎么这么|凭什么|凭啥|怎么回事|咋回事|要么|那么|这么|多么|什么什么|不知道怎么|不清楚怎么`)

// answerMe ask for an answer, not of a matter.
var answerMe = regexp.MustCompile(`(?:能不能|能否|可否|是否可以|可不可以|可以|谁能|有没有人能?|有谁)?(?:麻烦)?(?:帮忙|帮我|帮)?(?:给个|给我|给)?(?:告诉|告知|回复|答复|解答|解释|说明|讲讲|看看|指导|查一下|查下)(?:我|一下|下)?(?:吗|么|呢)?|有没有人知道|有人知道吗?|谁知道|知道吗|[你您]们?知道`)

// inquires reports whether a clause asks for something.
func inquires(c string) bool {
	if !asks(c) {
		return false
	}
	if containsAny(c, idleSigns) {
		if c = idle.ReplaceAllString(c, "一"); !asks(c) {
			return false
		}
	}
	return !containsAny(c, answerSigns) || asks(answerMe.ReplaceAllString(c, ""))
}

// One of idleSigns is in whatever idle finds, one of answerSigns in what answerMe
// finds: most clauses have none, and the patterns are dear.
var (
	idleSigns   = []string{"几", "了好多", "从多少", "都", "么", "咋还", "咋回事", "哪怕", "没啥", "多少有点", "凭啥"}
	answerSigns = []string{"告", "答", "回复", "解释", "说明", "讲讲", "看看", "指导", "查", "知道"}
)

// onlyTag is a clause that asks whether what stands before it is so.
var onlyTag = regexp.MustCompile(`^(?:这样|这样子|那|这|请问)?(?:可以|行|能|对|是|好|有|是这样|有没有|真的|合法|合理)?(?:吗|么|不|嘛|没有|行不行|可不可以|能不能|是不是|对不对|好不好)$`)

func tagged(c string) bool { return onlyTag.MatchString(strings.TrimRight(c, "？? 。啊呀")) }

// Of what asks twice without a mark between: the first question is over with one
// of ends, the second begins with one of starts.
var (
	ends   = regexp.MustCompile(`多少(?:钱|元|块钱|块)?(?:一?个月|一个?[年月天次吨平]|每月|每年)?|怎么(?:办理|办|弄|补办|补|申请|申领|领取|领|缴纳|缴|交|报销|报|续|换|查询|查|算|收费|收|处理|处置|扔)|[咋][办弄整补领交报换查算收扔]|多久|几天|哪里?儿?(?:办理|办|领|交|换|申请)|[什啥]么?(?:材料|条件|手续|证件|资料)`)
	starts = regexp.MustCompile(`(?:和|以及|跟)?(?:要不要|需不需要|能不能|可不可以|有没有|是不是|要钱|要多少|要什么|要带|要准备|需要什么|需要带|需要准备|怎么|咋|如何|去哪|在哪|到哪|哪里|什么时候|啥时候|多久|多长时间|多少|几天|几个|几年|几次|几号|找谁)|(?:能|可以|要|会|有|算|需要)[\p{Han}]{1,8}(?:吗|嘛|不)[？?]?$`)
	// countedIn follow 多少 where it counts something that what follows says more of.
	countedIn = "岁年天个人平分周公斤次号种项页层米"
)

// longestClause is how many bytes a clause has at most that is looked through for
// a second question: every piece of it is read as often as it has questions.
const longestClause = 200

// askedTwice cuts a clause where one question ends and another begins.
func askedTwice(c string) []string {
	if len(c) > longestClause {
		return []string{c}
	}
	for _, i := range particles(c) {
		if rest := trimEnds(c[i:]); letters(rest) >= 2 && (inquires(rest) || andThat(rest) && letters(rest) > 2) && !tagged(rest) && inquires(c[:i]) {
			return append([]string{c[:i]}, askedTwice(rest)...)
		}
	}
	for _, end := range ends.FindAllStringIndex(c, -1) {
		rest := c[end[1]:]
		if strings.ContainsRune(countedIn, firstRune(rest)) || !inquires(rest) {
			continue
		}
		const filler = 5 // letters that still belong to the first: 能拿到
		at := starts.FindStringIndex(rest)
		noun := moreOfMuch.FindStringIndex(rest)
		if noun != nil && strings.HasSuffix(c[:end[1]], "多少") {
			at = noun
		}
		if at == nil || letters(rest[:at[0]]) > filler || at[0] == 0 && leads.MatchString(rest) {
			continue
		}
		if letters(rest[at[0]:]) < 3 || !goesOnFirst.MatchString(rest) {
			at = []int{0, 0} // 咋领|一个月给多少, 多少钱|老人要不要买
		}
		second := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(rest[at[0]:], "和"), "以及"), "跟")
		return append([]string{c[:end[1]+at[0]]}, askedTwice(second)...)
	}
	return []string{c}
}

var (
	goesOnFirst = regexp.MustCompile(`^(?:能|可以|拿|才|下|到|办|一下)`)        // 多久能拿到|要钱吗
	moreOfMuch  = regexp.MustCompile(`^[\p{Han}]{2,6}?多少`)            // 上限多少|下限多少
	leads       = regexp.MustCompile(`^(?:可以|能|才|就|算|以上|以下)[^吗不嘛]*$`) // 交多少能领多少
)

// particles are where a clause goes on after 吗, 嘛, or a 么 that is not of 什么.
func particles(c string) (at []int) {
	var before rune
	for i, r := range c {
		end := i + utf8.RuneLen(r)
		if (r == '吗' || r == '嘛' || r == '么' && !strings.ContainsRune("什怎那这要多", before)) && end < len(c) {
			at = append(at, end)
		}
		before = r
	}
	return at
}

// sameOnce joins a question that asks no more than the one before it: 怎么办，咋弄.
func sameOnce(parts []string) (out []string) {
	for _, p := range parts {
		if n := len(out); n > 0 && elliptic(p) && asksOf(p) == "how" && asksOf(out[n-1]) == "how" && letters(p) <= 4 {
			out[n-1] += " " + p
			continue
		}
		out = append(out, p)
	}
	return out
}

// apiece is 生育登记和生育津贴分别去哪办: what is asked of two things.
// 各级 and 各类 are other words.
var apiece = regexp.MustCompile(`^(.*?)([\p{Han}A-Za-z0-9]{2,12})(?:和|与|跟|以及|、)([\p{Han}A-Za-z0-9]{2,14}?)(?:(?:分别|各自)(?:都|是)?(.+)|各(?:都|是)?((?:多少|几|要|能|可以|交|缴|领|补|发|报|去|在|由|找|需|有|怎|什么|啥).*))$`)

// eachOf asks of each what a question asks of two things.
func eachOf(parts []string) (out []string) {
	for _, p := range parts {
		m := apiece.FindStringSubmatch(p)
		if m == nil || !inquires(m[4]+m[5]) {
			out = append(out, p)
			continue
		}
		asked := m[4] + m[5]
		a, b := []rune(m[2]), []rune(m[3])
		if len(a) < len(b) && a[len(a)-1] == b[len(a)-1] {
			a = append(slices.Clone(a), b[len(a):]...) // 一级和二级残疾
		}
		out = append(out, m[1]+string(a)+asked, m[1]+string(b)+asked)
	}
	return out
}
