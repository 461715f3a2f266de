package bot

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Keeper tells and removes what is kept of a person (个人信息保护法 art. 45 and
// 47): a LedgerJournal.
type Keeper interface {
	Kept(ctx context.Context, account, person string) (Kept, error)
	Forgetter
}

// Records is what somebody wants of what is kept of them.
type Records string

// What may be wanted.
const (
	NoRecords     Records = ""
	ShowRecords   Records = "show"
	DeleteRecords Records = "delete"
)

// ReasonForgotten is the reason of a reply that confirms that what was kept of
// a person is removed. Its record holds neither text nor person.
const ReasonForgotten = "forgotten"

const reasonRecords = "records"

// Only a message that speaks of nothing but the conversation is meant: what
// 删除我的违法记录 asks for stands in a policy.
const (
	whoAsks  = `(?:请|麻烦|劳烦|帮忙|帮|给|我要求|我要|我想要|我想|我需要|我申请|要求|申请|想要|想|能不能|可不可以|可以|能|现在|立即|马上|把|将|我|你们|你|您)*`
	ofMine   = `(?:我|我们|本人|自己)(?:在)?(?:你们|你|您)?(?:这里|这儿|这边|那里|那儿)?(?:留下|存下|存|发过|发|问过|说过|聊过)?的?`
	allOf    = `(?:所有|全部|一切|这些|以前|之前|历史)?的?`
	spoken   = `(?:聊天|对话|会话|问答|提问|咨询|消息|发言|问题|历史)`
	kept     = `(?:记录|信息|数据|内容|历史)`
	remove   = `(?:全部|都|彻底|统统|一下)?(?:删除掉|删除|删掉|删了|删光|删|清除掉|清除|清空|清掉|清理|抹掉|抹去|消除|销毁|注销)`
	look     = `(?:查询|查看|查阅|查一查|查查|查|看一看|看看|看|显示|列出|导出|调出)`
	softened = `(?:一下下|一下|下|掉|了|全部|都|个)*`
	ending   = `(?:吧|吗|么|呢|可以吗|行吗|好吗|好不好|行不行|可以不|不|啊|呀|嘛|谢谢|谢谢您|谢谢你|多谢)*`
	// Without 我的 only what can be nothing else than the conversation.
	mine = `(?:` + ofMine + allOf + spoken + `?的?` + kept + `|` + ofMine + allOf + `(?:提问|问题|消息|聊天|对话|个人信息|个人数据|个人资料)|` +
		allOf + `(?:聊天|对话|会话|问答|提问)` + kept + `)`
	how = `(?:怎么样|怎么|怎样|如何|咋|在哪里|在哪|哪里|能否|是否可以|可否)(?:才能|可以|能)?`
)

var (
	showsRecords = regexp.MustCompile(`^(?:` +
		whoAsks + look + softened + mine + ending + `|` +
		`我的(?:聊天|问答|提问|对话|咨询|消息|历史)?记录` + `|` +
		whoAsks + mine + whoAsks + look + softened + ending + `|` +
		whoAsks + `(?:知道|` + look + `)?` + softened + whoAsks + `(?:都)?(?:存|保存|留|保留|记|记录|收集)(?:了|着)?我?(?:的)?(?:哪些|什么|啥|多少)(?:信息|数据|记录|内容|东西)?` + ending + `|` +
		// Who asks how is told how, and has nothing deleted yet.
		whoAsks + how + whoAsks + `(?:` + look + `|` + remove + `)` + softened + mine + ending + `|` +
		mine + how + whoAsks + `(?:` + look + `|` + remove + `)` + softened + ending + `)$`)
	deletesRecords = regexp.MustCompile(`^(?:` +
		whoAsks + remove + softened + mine + ending + `|` +
		whoAsks + mine + whoAsks + remove + softened + ending + `|` +
		whoAsks + remove + softened + `(?:记录|聊天|对话)` + ending + `|` +
		whoAsks + `(?:忘记|忘掉|忘了)(?:我|我说过的|我问过的)(?:话|事|一切)?` + ending + `)$`)
)

// longestWish is how many letters a message about records has at most.
const longestWish = 40

// WantsRecords reports what a message wants of what is kept of its sender.
// Nothing may hold such a message back: no limit, no stop.
func WantsRecords(q Question) Records {
	text := q.Text
	if q.Kind == Click && text == "" {
		text = q.Menu
	}
	switch q.Kind {
	case Text, Voice, Click:
	default:
		return NoRecords
	}
	const mostBytes = 4 * longestWish // three a character, and punctuation
	if len(text) > 2*mostBytes || !strings.ContainsAny(text, "记記信据據我聊话話") {
		return NoRecords
	}
	return wantsRecords(Clean(text))
}

func wantsRecords(text string) Records {
	wish := index.FoldString(onlyLetters(Substance(text)))
	if letters(wish) > longestWish {
		return NoRecords
	}
	switch {
	case deletesRecords.MatchString(wish):
		return DeleteRecords
	case showsRecords.MatchString(wish):
		return ShowRecords
	}
	return NoRecords
}

// records does what is wanted; ok is false where nothing is.
func (t *turn) records(ctx context.Context) (reply Reply, ok bool, err error) {
	want := WantsRecords(t.q)
	if want == NoRecords || t.r.Keeper == nil {
		return Reply{}, false, nil
	}
	if t.q.Person == "" {
		return t.say(SmallTalk, reasonRecords, sayKept(Kept{}, t.r.Now())), true, nil
	}
	if want == DeleteRecords {
		n, err := t.r.Keeper.Forget(ctx, t.q.Account, t.q.Person)
		if err != nil {
			return Reply{}, true, fmt.Errorf("bot: what a person wants removed is not removed: %w", err)
		}
		return t.say(SmallTalk, ReasonForgotten, sayForgotten(n)), true, nil
	}
	kept, err := t.r.Keeper.Kept(ctx, t.q.Account, t.q.Person)
	if err != nil {
		return Reply{}, true, fmt.Errorf("bot: what is kept of a person: %w", err)
	}
	return t.say(SmallTalk, reasonRecords, sayKept(kept, t.r.Now())), true, nil
}

// maxShownRecords and maxShownRunes bound a reply about records: five
// questions of forty characters are 800 bytes.
const (
	maxShownRecords = 5
	maxShownRunes   = 40
)

func sayKept(k Kept, now time.Time) string {
	if k.Messages == 0 {
		return "您在这里没有留下记录。\n\n不存微信号，也不知道您是谁。发来的问题会存一段时间，用来改进回答；随时可以发“查我的记录”或“删除我的记录”。"
	}
	day := func(t time.Time) string {
		d := corpus.DayOf(t)
		if d[:4] == corpus.DayOf(now)[:4] {
			return strings.TrimPrefix(d.Chinese(), string(d[:4])+"年")
		}
		return d.Chinese()
	}
	var b strings.Builder
	first, last := day(k.Oldest.Add(k.Retention)), day(k.Newest.Add(k.Retention))
	fmt.Fprintf(&b, "您在这里存有%d条消息，最早的是%s发的。\n", k.Messages, day(k.Oldest))
	fmt.Fprintf(&b, "每条从发来那天起存%d天，到期自动清除；", int(k.Retention.Hours()/24))
	if first == last {
		fmt.Fprintf(&b, "这些都存到%s。", first)
	} else {
		fmt.Fprintf(&b, "最早的一条存到%s，最新的一条存到%s。", first, last)
	}
	shown := 0
	for _, a := range k.Last {
		if _, number := Digit(Clean(a.Question)); number || shown == maxShownRecords {
			continue
		}
		if shown++; shown == 1 {
			b.WriteString("\n\n最近问过的：")
		}
		fmt.Fprintf(&b, "\n%s %s（存到%s）", day(a.At), oneLine(a.Question, maxShownRunes), day(a.At.Add(k.Retention)))
	}
	b.WriteString("\n\n存的是您的问题和给您的回答，身份证号、电话号码已经遮住；不存微信号。\n要全部删除，请发“删除我的记录”。")
	return b.String()
}

func sayForgotten(n int) string {
	if n == 0 {
		return "您在这里没有留下记录，不用删。"
	}
	return fmt.Sprintf("已经删掉了：您的%d条消息和给您的回答。\n\n只留下不含内容、也对不上您的访问日志（时间、结果），按网络安全法存六个月。", n)
}
