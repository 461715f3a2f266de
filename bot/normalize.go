package bot

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/policybot/policybot/index"
)

// maxRead is how many characters of a message are read; real messages are
// shorter (99 % under 450), pasted texts are longer and ask nothing more.
const maxRead = 1000

// Clean makes one line of a message as it was sent: valid UTF-8, NFKC,
// simplified characters, without control, zero-width and direction characters
// and emoji, blanks joined, punctuation repeated at most twice, at most 1,000
// characters, HTML tags out.
func Clean(text string) string {
	text = firstRunes(strings.ToValidUTF8(text, ""), 4*maxRead)
	if strings.ContainsAny(text, "[［") {
		text = faces.ReplaceAllString(text, " ")
	}
	var b strings.Builder
	var last rune
	repeated, n := 0, 0
	for _, r := range norm.NFKC.String(text) {
		switch {
		case unicode.IsSpace(r), emoji(r):
			r = ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Mn):
			continue
		case unicode.Is(unicode.Han, r):
			if f := index.Fold(r); f != 0 {
				r = f // 辦 is 办
			}
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
	return strings.TrimSpace(unspoken(markup.ReplaceAllString(b.String(), " ")))
}

// hesitations are what speech is full of and nobody would type: one of them
// after another, the sounds by themselves.
var (
	hesitations = regexp.MustCompile(`(?:(?:那个|这个|就是说|就是|然后|怎么说呢|怎么说|我想说|我想问一下|我想问下|我问一下|嗯|呃|额|啊|哎|诶)[ ，,、]*){2,}`)
	sounds      = regexp.MustCompile(`[嗯呃]+[ ，,、.。…]*`)
)

// unspoken takes the hesitations out of what was spoken and written down by a
// phone.
// One that is nothing else stays as it is.
func unspoken(text string) string {
	said := text
	if containsAny(text, []string{"嗯", "呃"}) {
		said = sounds.ReplaceAllString(said, "")
	}
	if said = hesitations.ReplaceAllString(said, " "); letters(said) == 0 {
		return text
	}
	return said
}

// markup is what pasted pages leave behind.
var markup = regexp.MustCompile(`</?[A-Za-z!][^<>]{0,200}>`)

// faces are the pictures that WeChat sends as words.
var faces = regexp.MustCompile(`[\[［](?:微笑|撇嘴|发呆|得意|流泪|害羞|闭嘴|大哭|尴尬|发怒|调皮|呲牙|惊讶|难过|抓狂|偷笑|愉快|白眼|困|惊恐|憨笑|咒骂|疑问|嘘|晕|衰|再见|抠鼻|鼓掌|坏笑|鄙视|委屈|快哭了|阴险|亲亲|可怜|笑脸|生病|脸红|破涕为笑|恐惧|失望|无语|嘿哈|捂脸|奸笑|机智|皱眉|耶|吃瓜|加油|汗|天啊|Emm|社会社会|旺柴|好的|打脸|哇|翻白眼|666|让我看看|叹气|苦涩|裂开|嘴唇|爱心|心碎|拥抱|强|弱|握手|胜利|抱拳|勾引|拳头|OK|合十|啤酒|咖啡|蛋糕|玫瑰|凋谢|菜刀|炸弹|便便|月亮|太阳|庆祝|礼物|红包|發|福|烟花|爆竹|猪头|跳跳|发抖|转圈|感谢|祈祷)[\]］]`)

// emoji reports whether a character is a picture: what it says is no word.
func emoji(r rune) bool {
	return r >= 0x1f000 && unicode.In(r, unicode.So, unicode.Sk) || r >= 0x2600 && r <= 0x27bf || r == 0x20e3
}

// lastRunes is the end of a string, at most n letters of it.
func lastRunes(s string, n int) string {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return s[at:]
}

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

// firstRune returns the first character of s.
func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// longestFirst sorts by the length of a word, those of one length as they were.
func longestFirst[T any](all []T, word func(T) string) {
	slices.SortStableFunc(all, func(a, b T) int { return len(word(b)) - len(word(a)) })
}

// letters counts letters and digits: what can be asked with.
func letters(s string) (n int) {
	for _, r := range s {
		if r >= 0x4E00 && r <= 0x9FFF || unicode.IsLetter(r) || unicode.IsDigit(r) { // Chinese first: no table
			n++
		}
	}
	return n
}

// polite are openings and closings that ask nothing, longest first where one
// begins another.
var (
	polite = strings.Fields(`
		您好 你好 您们好 你们好 大家好 尊敬的领导 领导您好 领导你好 领导好 各位领导 早上好 上午好 中午好 下午好 晚上好 晚好 早安
		各位老师 老师您好 老师好 同志您好 小编您好 小编好 客服您好 客服你好 工作人员您好 工作人员你好
		我想咨询一下 想咨询一下 想咨询下 我想咨询下 咨询一下 咨询下 我想咨询 想咨询 我要咨询 特来咨询 特此咨询 现咨询
		我想请问一下 我想请问 请问一下 请问下 想请问一下 想请问 请问 请教一下 请教下 想请教 请教 打听一下 打听下 打听个事 跟您打听一下
		我想问一下 我想问下 我想问问 我想问 想问一下 想问下 想问问 想问 问一下 问下 问问 问个问题 问个事 有个问题想问
		打扰一下 打扰了 不好意思 麻烦问一下 麻烦问下 麻烦您 麻烦你 劳驾 麻烦帮我查一下 帮我查一下 帮我查下 帮忙查一下 帮忙看一下 帮我看一下
		我想看看 想看看 我想查一下 我想了解一下 想了解一下 我想了解 想了解一下 想了解 了解一下 我想知道 想知道 是这样的 情况是这样的
		在吗 在不在 有人吗 在么 hello hi 哈喽`)
	// addressed are whom people write to: openings where they stand alone.
	addressed = strings.Fields("领导 老师 师傅 同志 小编 客服 亲 主任 局长 市长 书记")
	thanks    = append(strings.Fields(`
		谢谢您 谢谢你 谢谢啦 谢谢了 谢谢哈 谢谢啊 谢谢领导 谢谢老师 谢谢大家 谢谢 多谢了 多谢 感谢您 非常感谢 十分感谢 万分感谢 感谢 感激不尽 辛苦了 辛苦啦 麻烦了 麻烦您了 拜托了 拜托
		盼回复 盼复 望回复 请回复 敬请回复 期待回复 等待回复 急盼回复 望告知 请告知 敬请告知 求告知 麻烦告知 恳请告知 请解答 求解答 求解 望解答 敬请解答 麻烦解答 在线等 急急急 谢了 3q thanks`), "thank you")
)

// Substance takes greetings, politeness and thanks off both ends of a cleaned
// message and returns what is asked; "" where nothing is.
func Substance(text string) string {
	for {
		before := text
		text = trimEnds(text)
		for _, p := range polite {
			if rest := cutPrefixFold(text, p); len(rest) < len(text) {
				text = trimEnds(rest)
			}
		}
		for _, p := range addressed {
			if rest := cutPrefixFold(text, p); len(rest) < len(text) && (rest == "" || strings.ContainsRune(" ,，:：.。!！、您你请我", firstRune(rest))) {
				text = trimEnds(rest)
			}
		}
		for _, p := range thanks {
			if rest := cutSuffixFold(cutPrefixFold(text, p), p); len(rest) < len(text) {
				text = trimEnds(rest)
			}
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

// questionWords make a question, with words that only ask for a field of
// whatever the subject is; without them the subject is left.
var questionWords = strings.Fields(`
	怎么办理 如何办理 怎样办理 咋办理 咋个办理 啷个办理 什么时候 啥时候 啥时侯 多长时间 多少天 多少个工作日 拿到手 到手 几周 几成 多少钱 好多钱 几多钱 好多天 几多 好多 几时 什么证件 什么手续 哪个窗口 哪个部门 什么流程 什么条件 啷个办 咋个办 咋个 咋办 咋弄 咋整 怎么弄 怎么办 点样 点办 莫子 么子 行不行 中不中 得不得 要得不 有没得 什么材料 几个工作日 工作日 几个月 多少个月 几年 几次 多少 多久 多长 几天 几点 几号 几个 哪天 哪些 哪里 哪儿 哪个 哪 什么 啥 怎么样 怎么 怎样 咋 如何 谁
	能不能 可不可以 要不要 需不需要 是不是 有没有 可以 需要 能 要 需 得 有 没有 没 是 吗 么 嘛 呢 啊 呀 吧 不
	材料 证件 资料 手续 流程 步骤 条件 时间 电话 号码 地址 地方 窗口 部门 费用 收费 免费 收钱 花钱 交钱 钱 费 网上 线上 手机上 手机 小程序 微信
	批下来 批准 审批 审核 通过 批 办理 办好 办完 办下来 拿到 到账 下来 申请 申领 领取 准备 提供 代办 办 领 弄 拿 带 交 好 去 到 在 上 找 打 收
	周末 周六 周日 星期六 星期天 礼拜天 中午 节假日 上班 下班 开门 关门
	大概 一般 具体 分别 最快 都 还 也 又 就 再 会 这个 那个 这 那 它 我 您 你们 你 一个 一次 一共 本人 自己 了 的 个`)

var withoutQuestionWords = sync.OnceValue(func() *strings.Replacer {
	words := slices.Clone(questionWords)
	longestFirst(words, func(w string) string { return w })
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

// asking are the words that make a clause a question wherever they stand.
var asking = strings.Fields(`
	吗 么 怎 咋 哪 啥 ? ？ 几 多少 多久 多长 谁 如何 何时 何处 什么 能不能 是否 可否 能否 要不要 可不可以 是不是 有没有 用不用 免费不
	好多钱 好多天 好久能 好久可以 几多 几时 啷个 点样 点解 边度 边个 莫子 么子 中不中 得不得 要得不 有没得 有冇 多钱`)

// asks reports whether a clause has the form of a question.
func asks(s string) bool {
	if containsAny(s, asking) || turned(s) {
		return true
	}
	s = strings.TrimRight(s, " ,，、。;；啊呀哦哈呢")
	return supposes(s) || strings.HasSuffix(s, "不") || strings.HasSuffix(s, "没") || strings.HasSuffix(s, "嘛")
}

// supposes reports whether a text ends with what its writer takes for right and
// wants to hear: 医药费该他垫吧, but not 快来处理吧.
func supposes(s string) bool {
	if !strings.HasSuffix(s, "吧") {
		return false
	}
	last := s
	for _, c := range clauses(s) {
		last = c
	}
	return containsAny(last, supposing) && !containsAny(last, pleading)
}

var (
	supposing = []string{"该", "可以", "不用", "不会", "不能", "不算", "算是", "能领", "能办", "能报", "有权"}
	pleading  = []string{"希望", "麻烦", "帮", "请", "快", "管管", "求"}
)

const breakRune = '\x00'

var joiners = []string{"还有就是", "还有", "另外", "顺便问下", "顺便问一下", "顺便", "再问一下", "再问下", "第二个问题", "其次"}

// markBreaks puts breakRune where a question ends.
func markBreaks(text string) string {
	text = dotted(text)
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
		if j := joinerAt(rest); j > 0 && (atStart || goesOver(text[:i], rest)) {
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

// goesOver reports whether a question is followed by a joiner without a mark: …多少钱
// 另外她的卡丢了怎么补.
func goesOver(before, rest string) bool {
	return beginsAny(rest, []string{"另外", "顺便", "还有就是", "再问", "第二个问题"}) && inquires(before)
}

// dotted puts a dot behind the numbers of a list that has none, 1 低保多少钱 2
// 去哪里申请: where a text has them in a row from 1 on, each before a letter.
func dotted(text string) string {
	runes := []rune(text)
	next, at := '1', []int{}
	for i, r := range runes {
		starts := i == 0 || !unicode.IsLetter(runes[i-1]) && !unicode.IsDigit(runes[i-1]) && runes[i-1] != '.'
		if r != next || !starts || i+1 == len(runes) {
			continue
		}
		follow := i + 1
		for follow < len(runes) && runes[follow] == ' ' {
			follow++
		}
		if blank := follow > i+1; follow == len(runes) || !unicode.Is(unicode.Han, runes[follow]) || !blank && unit(runes[follow]) {
			continue
		}
		at, next = append(at, i), next+1
	}
	if len(at) < 2 {
		return text
	}
	var b strings.Builder
	for i, r := range runes {
		b.WriteRune(r)
		if slices.Contains(at, i) {
			b.WriteRune('.')
		}
	}
	return b.String()
}

// unit reports whether a letter counts something: 2个 is no number of a list.
func unit(r rune) bool {
	return strings.ContainsRune("个年月日号岁天周次元块万千百人条项套间层楼级度点分米平倍成份张本辆只户级", r)
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
