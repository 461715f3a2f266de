package bot

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRead is how many characters of a message are read; real messages are
// shorter (99 % under 450), pasted texts are longer and ask nothing more.
const maxRead = 1000

// Clean makes one line of a message as it was sent: valid UTF-8, NFKC,
// without control, zero-width and direction characters, blanks joined,
// punctuation repeated at most twice, at most 1,000 characters, HTML tags out.
func Clean(text string) string {
	text = firstRunes(strings.ToValidUTF8(text, ""), 4*maxRead)
	var b strings.Builder
	var last rune
	repeated, n := 0, 0
	for _, r := range norm.NFKC.String(text) {
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Mn):
			continue
		}
		if r == last {
			repeated++
		} else {
			last, repeated = r, 0
		}
		if repeated > 0 && r == ' ' || repeated > 1 && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			continue
		}
		if n++; n > maxRead {
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(markup.ReplaceAllString(b.String(), " "))
}

// markup is what pasted pages leave behind.
var markup = regexp.MustCompile(`</?[A-Za-z!][^<>]{0,200}>`)

// firstRunes returns at most the first n characters of s.
func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// letters counts letters and digits: what can be asked with.
func letters(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// polite are openings and closings that ask nothing, longest first where one
// begins another.
var (
	polite = []string{
		"您好", "你好", "尊敬的领导", "领导您好", "领导好", "各位领导", "领导", "早上好", "上午好", "中午好", "下午好", "晚上好",
		"我想咨询一下", "想咨询一下", "咨询一下", "我想请问一下", "我想请问", "请问一下", "请问", "请教一下", "请教", "各位老师", "老师", "我想问一下", "我想问问", "我想问",
		"想问一下", "想问下", "想问问", "想问", "问一下", "问下", "打扰一下", "打扰了", "麻烦问一下", "麻烦问下", "麻烦您", "劳驾", "我想看看", "想看看", "我想查一下", "我想了解一下", "想了解一下", "在吗", "在不在", "hello", "hi",
	}
	thanks = []string{
		"谢谢您", "谢谢你", "谢谢啦", "谢谢了", "谢谢哈", "谢谢啊", "谢谢", "多谢了", "多谢", "感谢您", "感谢", "辛苦了", "辛苦啦", "麻烦了", "盼回复", "望回复", "请回复", "谢了", "3q", "thanks", "thank you",
	}
)

// Substance takes greetings, politeness and thanks off both ends of a cleaned
// message and returns what is asked; "" where nothing is.
func Substance(text string) string {
	for {
		before := text
		text = trimEnds(text)
		for _, p := range polite {
			text = trimEnds(cutPrefixFold(text, p))
		}
		for _, p := range thanks {
			text = trimEnds(cutSuffixFold(cutPrefixFold(text, p), p))
		}
		if text != before {
			text = text[joinerAt(text):] // 谢谢，还有高龄补贴要年审吗
		}
		if text == before {
			return text
		}
	}
}

// trimEnds takes blanks and separators off; a question mark at the end stays.
func trimEnds(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '《' && r != '"' && r != '“'
	})
	return strings.TrimRight(s, " ,，.。;；~、!！")
}

func cutPrefixFold(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		rest := s[len(prefix):]
		if r, _ := utf8.DecodeRuneInString(rest); prefix[0] < utf8.RuneSelf && r < utf8.RuneSelf && unicode.IsLetter(r) {
			return s // hi in history
		}
		return rest
	}
	return s
}

func cutSuffixFold(s, suffix string) string {
	if len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix) {
		return s[:len(s)-len(suffix)]
	}
	return s
}

// maxParts is how many questions of one message are answered.
const maxParts = 3

// Split takes the questions of a message apart: after question marks, at
// numbers 1. 2. and at 还有, 另外, 顺便, and where a question is followed by one
// that has no subject of its own (…怎么办，要带什么). A piece too short to ask
// anything stays with the one before. A message of one question comes back as
// it is.
func Split(text string) []string {
	var parts []string
	for _, q := range strings.FieldsFunc(markBreaks(text), func(r rune) bool { return r == breakRune }) {
		for _, s := range splitElliptic(q) {
			s = trimEnds(s)
			switch n := letters(s); {
			case n == 0:
			case n < 3 && len(parts) > 0:
				parts[len(parts)-1] += " " + s
			default:
				parts = append(parts, s)
			}
		}
	}
	if len(parts) < 2 {
		return []string{text}
	}
	return parts
}

// splitElliptic cuts before the clauses that ask something of a subject which
// a question before them named.
func splitElliptic(text string) []string {
	var out []string
	from, at := 0, 0
	for at < len(text) {
		end := len(text)
		if i := strings.IndexAny(text[at:], "，,、；; "); i >= 0 {
			end = at + i
		}
		if clause := text[at:end]; at > from && elliptic(clause) && asks(text[from:at]) {
			out = append(out, text[from:at])
			from = at
		}
		_, size := utf8.DecodeRuneInString(text[end:])
		at = end + size
	}
	return append(out, text[from:])
}

// questionWords make a question, with words that only ask for a field of
// whatever the subject is; without them the subject is left.
var questionWords = strings.Fields(`
	什么时候 啥时候 多长时间 多少钱 什么材料 几个工作日 工作日 几个月 多少个月 几年 几次 多少 多久 多长 几天 几点 几号 几个 哪天 哪些 哪里 哪儿 哪个 哪 什么 啥 怎么样 怎么 怎样 咋 如何 谁
	能不能 可不可以 要不要 需不需要 是不是 有没有 可以 需要 能 要 需 得 有 没有 没 是 吗 么 嘛 呢 啊 呀 吧 不
	材料 证件 资料 手续 流程 步骤 条件 时间 电话 号码 地址 地方 窗口 部门 费用 收费 免费 收钱 花钱 交钱 钱 费 网上 线上 手机上 手机 小程序 微信
	批下来 批准 审批 审核 通过 批 办理 办好 办完 办下来 拿到 到账 下来 申请 申领 领取 准备 提供 代办 办 领 弄 拿 带 交 好 去 到 在 上 找 打 收
	周末 周六 周日 星期六 星期天 礼拜天 中午 节假日 上班 下班 开门 关门
	大概 一般 具体 分别 最快 都 还 也 又 就 再 会 这个 那个 这 那 它 我 您 你们 你 一个 一次 一共 本人 自己 了 的 个`)

var withoutQuestionWords = sync.OnceValue(func() *strings.Replacer {
	words := slices.Clone(questionWords)
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(words))
	for _, w := range words {
		pairs = append(pairs, w, "")
	}
	return strings.NewReplacer(pairs...)
})

// subject returns what a question is about: what is left without the words
// that ask.
func subject(asked string) string { return withoutQuestionWords().Replace(asked) }

// elliptic reports whether a clause is a question without a subject: 要带什么.
func elliptic(clause string) bool {
	return letters(clause) >= 3 && asks(clause) && letters(subject(clause)) == 0
}

// question returns the clauses of a message that ask, of one that also tells a
// story; all of it where none does.
func question(text string) string {
	var out []string
	for _, c := range clauses(text) {
		if asks(c) {
			out = append(out, Substance(c))
		}
	}
	if s := strings.Join(out, " "); letters(subject(s)) > 0 {
		return s
	}
	return text
}

// asks reports whether a clause has the form of a question.
func asks(s string) bool {
	return containsAny(s, []string{
		"吗", "么", "怎", "咋", "哪", "啥", "?", "？", "几", "多少", "多久", "多长", "谁", "如何", "不能办", "能不能", "是否", "可否",
		"能否", "要不要", "可不可以", "是不是", "有没有", "用不用", "收费不", "收钱不", "免费不",
	}) || strings.HasSuffix(strings.TrimRight(s, " ,，、。;；"), "不") || strings.HasSuffix(s, "没")
}

const breakRune = '\x00'

var joiners = []string{"还有就是", "还有", "另外", "顺便问下", "顺便问一下", "顺便", "再问一下", "再问下", "第二个问题", "其次"}

// markBreaks puts breakRune where a question ends.
func markBreaks(text string) string {
	var b strings.Builder
	atStart := true
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		rest := text[i:]
		switch {
		case r == '?' || r == '？':
			b.WriteRune(r)
			b.WriteRune(breakRune)
			atStart = true
			i += size
			continue
		case atStart && numbered(rest) > 0:
			b.WriteRune(breakRune)
			i += numbered(rest)
			atStart = false
			continue
		}
		if j := joinerAt(rest); j > 0 && atStart {
			b.WriteRune(breakRune)
			i += j
			atStart = false
			continue
		}
		b.WriteRune(r)
		atStart = r == ' ' || unicode.IsPunct(r) && r != '(' && r != '（'
		i += size
	}
	return b.String()
}

// joinerAt returns the length of a joiner at the beginning of s: not of the
// 还有 in 还有效吗, 还有几天.
func joinerAt(s string) int {
	for _, j := range joiners {
		rest, ok := strings.CutPrefix(s, j)
		if !ok {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(rest); !strings.ContainsRune("效用几多没吗么人谁钱机希权份余剩", r) {
			return len(j)
		}
	}
	return 0
}

// numbered returns the length of a list number at the beginning of s: "2." or
// "2、", not the beginning of 2.5.
func numbered(s string) int {
	if len(s) < 3 || s[0] < '1' || s[0] > '9' {
		return 0
	}
	r, size := utf8.DecodeRuneInString(s[1:])
	if r != '.' && r != '、' && r != ')' {
		return 0
	}
	if next, _ := utf8.DecodeRuneInString(s[1+size:]); unicode.IsDigit(next) {
		return 0
	}
	return 1 + size
}
