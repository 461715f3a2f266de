package bot

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// The words of the bot. One person at a service window who knows the rules,
// is on your side and doesn't guess: short sentences, 您, the answer first,
// the way on last, a number for each choice.

func sayName(a Account) string {
	if a.Title == "" {
		return "政策问答"
	}
	return oneLine(a.Title, 30)
}

func sayWelcome(a Account) string {
	example := "。"
	if !a.Own {
		example = "，比如：\n老人卡在哪里办？" // the sample corpus answers it
	}
	hello := a.Greeting
	if hello == "" {
		hello = "您好，这里是" + sayName(a) + "。"
	}
	return hello + "\n\n想问哪项政策、怎么办事，直接打字就行" + example + "\n\n答案都出自已公开的文件，会附上出处和链接；查不到的，会直接告诉您该问谁。\n\n看过回答，可以回复“有用”或“没用”，管这份文件的人会看到。"
}

func sayHello() string {
	return "您好，我在。\n想问哪项政策、怎么办事，直接打字就行。"
}

const sayPerhaps = "不太有把握，您问的可能是这一条：\n"

func sayOtherwise(a Account) string {
	return "要是答得不对，换个说法再问一次，或者打" + a.Hotline + "问清楚。"
}

func sayThanks() string { return "不客气。还有想问的，随时发给我。" }
func sayBye() string    { return "再见。以后有政策上的问题，随时来问。" }

func sayWho(a Account) string {
	return "我是" + sayName(a) + "的问答程序，不是真人。\n我只按已公开的政策文件回答，每条都附出处。查不到的，会告诉您该问谁。\n\n要找人工，请打" + a.Hotline + "。"
}

func sayHuman(a Account, who string) string {
	return "这里没有人工坐席。要找人工，请打" + a.Hotline + orAsk(who) + "。\n\n也可以把问题打字发给我，我先在已公开的政策里帮您查。"
}

func sayMedia() string {
	return "图片、视频和文件我看不了。请把想问的事打字发给我，一两句话就行。"
}

func sayLocation() string {
	return "位置收到了，不过我还不能按位置查。请打字告诉我想办什么事，比如：社保卡丢了去哪里补？"
}

func sayVoice() string {
	return "语音我听不了。请把想问的事打字发给我，一两句话就行。"
}
func sayEmpty() string {
	return "没看到文字。想问哪项政策、怎么办事，打几个字发给我就行。"
}

func sayEmergency(text string) string {
	s := "有危险请马上打：报警110 · 火警119 · 急救120。\n说清楚地点和情况，听接线员的安排。"
	if despair(text) {
		return "您现在的难处，有人愿意听。请马上打心理援助热线12356，或者120。\n身边有人的话，请让他陪着您。\n\n" + s
	}
	if d, ok := dangerOf(text); ok {
		return d.first + "\n\n" + s
	}
	return s
}

func sayElsewhere(a Account, place, who string) string {
	if who != "" {
		who = "，也可以问" + a.Hotline + or(who)
	}
	where := a.Region
	if where == "" {
		where = "本地"
	}
	return "这是" + where + "的账号，查不到" + place + "的规定。\n\n" + place + "的事，请打当地的12345，或看当地政府网站。\n想问" + where + "的同类规定，把问题里的地名去掉再发一次就行" + who + "。"
}

func sayAsk(a Account, who string) string {
	return "可以问" + a.Hotline + or(who) + "。\n您的问题已记下。"
}

// sayNotFound refuses. matter is what the question is about, "" where that is
// not clear.
func sayNotFound(a Account, matter, who string, nearest []Choice) string {
	s := "在已公开的政策里没有找到能准确回答的内容，不敢随便答您。"
	if matter != "" {
		s = "您问的是" + matter + "的事。" + s
	}
	if len(nearest) > 0 {
		s += "\n\n最接近的是（回复数字查看）：\n" + numberedLines(nearest)
	}
	s += "\n\n"
	if len(nearest) > 0 {
		s += "也"
	}
	s += sayAsk(a, who)
	if matter != "" || len(nearest) > 0 {
		s = strings.TrimSuffix(s, "。") + "，会有人看，能补的我们补上。"
	}
	return s
}

func sayChoose(choices []Choice) string {
	return "您想问的是哪一个？回复数字就行：\n" + numberedLines(choices) + "\n0 都不是"
}

func sayFollowUps(choices []Choice) string {
	if len(choices) == 0 {
		return ""
	}
	return "还可以问，回复数字：\n" + numberedLines(choices)
}

func numberedLines(choices []Choice) string {
	lines := make([]string, len(choices))
	for i, c := range choices {
		lines[i] = fmt.Sprintf("%d %s", i+1, c.Label)
	}
	return strings.Join(lines, "\n")
}

func sayNone(a Account, who string) string {
	return "好，那这几条都不对。请换个说法再发一次，写明是谁、想办什么事，我重新查。\n\n" + sayAsk(a, who)
}

func sayForeign(a Account, who string) string {
	return "请用中文提问，我查的都是中文文件。也可以打" + a.Hotline + orAsk(who) + "。\nPlease ask in Chinese, or call " + a.Hotline + "."
}

func sayElsewhereBut(a Account, place string) string {
	return "这是" + a.Region + "的账号，查不到" + place + "的规定。全国统一的规定是：\n\n"
}

func sayUnclear(a Account, who string) string {
	return "不好意思，没答到点子上。请换个说法再发一次，写明是谁、想办什么事，我重新查。\n\n也可以问" + a.Hotline + or(who) + "。"
}

// sayWhich asks what a question without a subject is about.
func sayWhich() string {
	return "您问的是哪件事？请连事情一起写上再发一次，比如：补社保卡要多少钱？"
}

func sayNoChoices() string {
	return "这个数字我对不上是哪个选项了。请把想问的事打字再发一次。"
}

func sayGone(a Account, who string) string {
	return "这份文件刚刚有变动，暂时不能引用。请把问题再发一次，或打" + a.Hotline + or(who) + "。"
}

func sayTrouble(a Account, who string) string {
	return "刚才没查成，请稍后再发一次，或打" + a.Hotline + or(who) + "。"
}

// sayToday follows the warning with what holds today.
func sayToday(answer string) string {
	if head, rest, ok := strings.Cut(answer, "：\n"); ok && letters(head) < 10 {
		return "\n\n现行规定（" + head + "）：\n" + rest
	}
	return "\n\n现行规定：\n" + answer
}

var partNumbers = []string{"一", "二", "三"}
var countWords = []string{"零", "一", "两", "三", "四", "五", "六", "七", "八", "九"}

// part is one question of a message and its reply.
type part struct {
	asked string
	reply Reply
	who   string // whom to ask where it is not answered
	near  []Choice
	with  int // the part, from 1 on, that says the same; 0: none
}

// maxNear is how many nearest documents a reply to several questions offers.
const maxNear = 4

// joinReplies makes one reply of those to the questions of a message, of which
// asked were there.
func joinReplies(a Account, parts []part, asked int) Reply {
	out := Reply{Status: Answered, Reason: "several", Confidence: 1}
	var b strings.Builder
	one := len(parts) == asked && allWithFirst(parts)
	if one {
		b.WriteString("您问的" + countWords[len(parts)] + "件事，这里都讲到了。")
	} else {
		b.WriteString(sayParts(len(parts), asked))
	}
	for i, p := range parts {
		if p.with > 0 {
			continue
		}
		r, text := p.reply, p.reply.Text
		if r.isStopped() {
			text, _, _ = strings.Cut(text, "\n\n")
			text += "这方面的事请打" + a.Hotline + "。"
		} else if r.Status != Answered {
			text = "“" + quoted(lastAsked(p.asked)) + "”没有找到能准确回答的内容，可以问" + a.Hotline + or(p.who) + "。"
			out.Choices = mergeChoices(out.Choices, p.near, maxNear)
		} else {
			out.Confidence = min(out.Confidence, r.Confidence)
			out.Engine, out.Lexicon, out.Generation = r.Engine, r.Lexicon, r.Generation
			out.Sources = append(out.Sources, r.Sources[:r.shown()]...)
		}
		if one {
			b.WriteString("\n\n" + text)
			continue
		}
		numbers := partNumbers[i]
		for j, o := range parts {
			if o.with == i+1 {
				numbers += "、" + partNumbers[j]
			}
		}
		fmt.Fprintf(&b, "\n%s、%s", numbers, text)
	}
	for _, p := range parts {
		if r := p.reply; len(r.Sources) > 1 && r.shown() == 1 && len(out.Sources) < sourcesWanted {
			out.Sources = append(out.Sources, r.Sources[1])
		}
	}
	if len(out.Choices) > 0 {
		b.WriteString("\n\n您可能想问的是（回复数字）：\n" + numberedLines(out.Choices))
	}
	out.Text = b.String()
	return out
}

// allWithFirst reports whether what answers the first part answers all others.
func allWithFirst(parts []part) bool {
	return len(parts) > 1 && !slices.ContainsFunc(parts[1:], func(p part) bool { return p.with != 1 })
}

// shown is how many of the first two sources a reply shows: the second where it
// links to that, as to the article beside its explanation.
func (r Reply) shown() int {
	if len(r.Sources) > 1 && r.Sources[1].URL != "" && strings.Contains(r.Text, r.Sources[1].URL) {
		return 2
	}
	return min(1, len(r.Sources))
}

// sayParts says how many questions were understood, and how many of them have to
// be asked once more.
func sayParts(answered, asked int) string {
	count := func(n int) string {
		if n < len(countWords) {
			return countWords[n]
		}
		return "几"
	}
	if left := asked - answered; left > 0 {
		return "您问了" + count(asked) + "件事，先答前" + count(answered) + "件，还有" + count(left) + "件请再发一次。"
	}
	return "您问了" + count(asked) + "件事。"
}

// lastAsked is the clause of a part that asks, without what it tells before.
func lastAsked(asked string) string {
	all := clauses(asked)
	for i := len(all) - 1; i >= 0; i-- {
		if inquires(all[i]) && letters(all[i]) > 3 {
			return Substance(all[i])
		}
	}
	return question(asked)
}

// quoted is a citizen's question as it may be repeated: a few words of it,
// nothing but letters, digits and blanks.
func quoted(asked string) string {
	s := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, asked)
	return oneLine(s, 16)
}
