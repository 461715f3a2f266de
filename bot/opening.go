package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// office is what a question wants to know of an agency.
type office struct {
	hours, phone, place bool
}

func (o office) any() bool { return o.hours || o.phone || o.place }

var (
	phoneCues = []string{"电话", "联系方式", "号码", "怎么联系", "咋联系", "如何联系"}
	placeCues = []string{"在哪", "地址", "怎么走", "咋走", "什么地方", "啥地方", "哪条路", "什么位置", "怎么去", "怎么坐车", "坐几路", "坐什么车"}
	hoursCues = []string{
		"上班", "下班", "开门", "关门", "办公", "营业", "休息", "放假", "有人", "开放时间", "工作时间", "服务时间", "值班",
		"几点开", "几点关", "开不开", "还开", "开着", "开吗", "关吗", "午休", "双休", "办业务", "办事", "休不休", "开不",
	}
	// clearCues ask for opening times whatever else a question has: not 上班 in
	// 上班的人.
	clearCues = []string{
		"开门", "关门", "几点上班", "几点下班", "几点开", "几点关", "上班吗", "上班么", "上班不", "上不上班", "有人上班", "上班时间", "下班时间",
		"办公时间", "营业时间", "开放时间", "工作时间", "办公吗", "办公不", "营业吗", "有人吗", "休息吗", "休息不", "放假吗", "放假不", "值班吗",
	}
	clearPhone = []string{"电话多少", "电话是多少", "电话号码", "联系电话", "咨询电话", "联系方式", "什么电话", "哪个电话", "电话是什么", "怎么联系", "打什么电话", "打哪个电话"}
)

func officeAsked(text string) office {
	return office{hours: containsAny(text, hoursCues), phone: containsAny(text, phoneCues), place: containsAny(text, placeCues)}
}

// officeFillers are what a question that asks nothing but an office's times,
// phone and place is made of, besides the office's name.
var officeFillers = strings.Fields(`
	什么时候 啥时候 什么时间 啥时间 几点钟 几点 几时 哪天 哪几天 多少 什么 啥 几号 怎么样 怎么 咋 如何 哪里 哪儿 哪个 哪条 哪 几
	上班 下班 开门 关门 办公 营业 休息 放假 有人 开放 工作 服务 值班 午休 双休日 双休 办业务 办事 对外 时间 不休 休 开着 开 关 放
	电话 号码 联系方式 联系 热线 客服 打 拨 地址 地方 位置 坐车 坐几路 坐什么车 怎么走 走 条路 路 去 到 来 过去 找 在
	今天 今日 今儿 今晚 明天 明日 明儿 明早 明晚 后天 大后天 现在 这会儿 这会 此刻 早上 早晨 上午 中午 下午 晚上 周末 平时 平常 节假日 法定假日 法定 假期 假日 节日 节 假
	国庆 春节 过年 除夕 大年 初一 初二 初三 初四 初五 初六 初七 元旦 清明 五一 劳动节 端午 中秋 十一 长假 黄金周 期间
	下个 这个 下 本 周 星期 礼拜 月 号 日 天 点钟 点 时候
	你们 您们 咱们 我们 人家 他们 贵单位 贵局 贵 你 您 单位 部门 机关 机构 政府 大厅 窗口 那边 那里 这边 这里 那 这 你这 工作人员 人
	能不能 可不可以 有没有 是不是 要不要 会不会 可以 能 会 要 有 没有 没 是 不是 吗 么 嘛 呢 啊 呀 吧 不 的 了 还 都 也 就 又 再 正常 一般 通常 照常 一直 直接 具体 给 我 说 下 一下 发 告诉 查 查询 问 知道 麻烦 多 和 跟 与 以及 及`)

var withoutOfficeWords = sync.OnceValue(func() *strings.Replacer {
	words := slices.Clone(officeFillers)
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(words))
	for _, w := range words {
		pairs = append(pairs, w, "")
	}
	return strings.NewReplacer(pairs...)
})

// onlyOffice reports whether nothing is left of a folded text without the
// words that ask for times, phone and place: no matter, no other agency.
func onlyOffice(text string) bool {
	left := withoutOfficeWords().Replace(text)
	return strings.Trim(left, " 0123456789一二三四五六七八九十日") == ""
}

// opening answers a question about an agency's opening times, phone or place
// from the directory. ok is false where it asks something else, or a guide
// answers it better.
func (t *turn) opening(ctx context.Context, asked string) (reply Reply, ok bool, err error) {
	view := t.agencies()
	text := index.FoldString(asked)
	wants := officeAsked(text)
	mention := view.Named(asked)
	rest := text
	if mention.Word != "" {
		rest = mention.Rest
	}
	pure := onlyOffice(rest)
	switch {
	case mention.Word != "" && pure:
		return t.ofAgency(mention.Agencies[0], wants, text), true, nil
	case !wants.any() && pure:
		return t.ofDay(ctx, view, text)
	case !wants.any():
		return Reply{}, false, nil
	case pure:
		return t.ofUnnamed(ctx, view, asked, wants, text)
	}
	if mention.Word == "" && len(view.All()) > 0 && view.Owning(asked).Word == "" {
		if named := officeNamed(text); named != "" {
			if reply, ok, err := t.ofUnlisted(ctx, view, named, asked, wants); ok || err != nil {
				return reply, ok, err
			}
		}
	}
	if reply, ok := t.ofTwo(view, mention, wants, text); ok {
		return reply, true, nil
	}
	return t.ofMatter(ctx, view, mention, asked, text)
}

// ofDay answers 周六呢 where an agency was talked of last.
func (t *turn) ofDay(ctx context.Context, view corpus.View, text string) (Reply, bool, error) {
	if _, holiday := holidayIn(text); !holiday && len(daysAsked(text, t.day)) == 0 {
		return Reply{}, false, nil
	}
	last, err := t.last(ctx)
	if err != nil || len(last.Sources) == 0 {
		return Reply{}, false, err
	}
	a, ok := view.ByID(last.Sources[0].Agency)
	if !ok {
		return Reply{}, false, nil
	}
	return t.ofAgency(a, office{hours: true}, text), true, nil
}

// last is what the person's last turn left, nothing where that is not known.
func (t *turn) last(ctx context.Context) (Recent, error) {
	if t.r.Memory == nil || t.q.Person == "" {
		return Recent{}, nil
	}
	if t.before == nil {
		last, err := t.r.Memory.Recent(ctx, t.q.Account, t.q.Person, t.r.Now().Add(-remembered))
		if err != nil {
			return Recent{}, err
		}
		t.before = &last
	}
	return *t.before, nil
}

// ofUnnamed answers 星期六开门不: of the agency that was talked of last, the
// account's own, or the one that is chosen.
func (t *turn) ofUnnamed(ctx context.Context, view corpus.View, asked string, wants office, text string) (Reply, bool, error) {
	all := view.All()
	if len(all) == 0 {
		return Reply{}, false, nil
	}
	reply, ok, err := t.ofLast(ctx, view, asked, wants, text)
	if ok || err != nil {
		return reply, ok, err
	}
	// 在哪里 and 什么地方 alone ask where something is done.
	if wants == (office{place: true}) && !containsAny(text, []string{"你们", "您们", "单位", "贵", "地址", "大厅"}) {
		return Reply{}, false, nil
	}
	if t.acc.Agency != "" {
		if a, ok := view.Issuing(t.acc.Agency); ok {
			return t.ofAgency(a, wants, text), true, nil
		}
	}
	if len(all) == 1 {
		return t.ofAgency(all[0], wants, text), true, nil
	}
	reply = t.whichAgency(all, asked)
	if holiday, ok := holidayIn(text); ok {
		if off := t.daysOff(holiday); len(off) > 0 {
			reply.Text = sayDaysOff(holiday, off) + "，各单位的窗口不都一样。\n\n" + reply.Text
		}
	}
	return reply, true, nil
}

// ofLast answers of what was talked of last: the guide that has the field, or
// else the agency. ok is false where nothing was, or nobody knows whose it is.
func (t *turn) ofLast(ctx context.Context, view corpus.View, asked string, wants office, text string) (Reply, bool, error) {
	last, err := t.last(ctx)
	if err != nil || len(last.Sources) == 0 {
		return Reply{}, false, err
	}
	source := last.Sources[0]
	if source.Agency != "" {
		a, ok := view.ByID(source.Agency)
		if !ok {
			return Reply{}, false, nil
		}
		return t.ofAgency(a, wants, text), true, nil
	}
	if last.Status != Answered {
		return Reply{}, false, nil
	}
	if reply, ok, err := t.ofLastGuide(ctx, asked); ok || err != nil {
		return reply, ok, err
	}
	d, _, err := t.live(ctx, source.Ref.Document)
	if err != nil {
		if errors.Is(err, corpus.ErrNotFound) {
			return Reply{}, false, nil
		}
		return Reply{}, false, fmt.Errorf("bot: what was talked of last: %w", err)
	}
	a, ok := view.Issuing(d.Agency)
	if !ok || !t.sees(d) {
		return Reply{}, false, nil
	}
	return t.ofAgency(a, wants, text), true, nil
}

// ofLastGuide answers with the times, phone or place in the guide of what was
// talked of last.
func (t *turn) ofLastGuide(ctx context.Context, asked string) (Reply, bool, error) {
	about, err := t.lastSubject(ctx)
	if err != nil || about == "" {
		return Reply{}, false, err
	}
	f, err := t.find(ctx, about+" "+asked, t.day)
	if err != nil {
		return Reply{}, false, err
	}
	f.arrange(t.acc.AnswerAt)
	if len(f.hits) == 0 || f.Confidence < t.acc.AnswerAt || !f.hits[0].ofOffice() {
		return Reply{}, false, nil
	}
	reply, err := t.answer(ctx, f, answerBudget)
	return reply, true, err
}

// ofOffice reports whether a hit is a guide's field of times, phone or place.
func (h standingHit) ofOffice() bool {
	return h.Kind == corpus.Guide && slices.Contains([]string{"hours", "phone", "place"}, h.Ref.Anchor)
}

// ofMatter answers a question that says more than the agency's name, 公积金大厅
// 礼拜六有人上班吗, where no document does.
func (t *turn) ofMatter(ctx context.Context, view corpus.View, mention corpus.Mention, asked, text string) (Reply, bool, error) {
	clear := office{hours: containsAny(text, clearCues), phone: containsAny(text, clearPhone), place: mention.Word != "" && strings.Contains(text, mention.Word+"在哪")}
	// A long message tells a story, or wants something done.
	const longest = 30
	if !clear.any() || letters(asked) > longest || t.r.cues().pleads(asked) || len(Split(asked)) > 1 {
		return Reply{}, false, nil
	}
	a, ok := mention.Agency()
	matter := ""
	if !ok {
		owned := view.Owning(asked)
		if a, ok = owned.Agency(); !ok {
			return Reply{}, false, nil
		}
		matter = owned.Word
	}
	f, err := t.find(ctx, asked, t.day)
	if err != nil {
		return Reply{}, false, err
	}
	f.arrange(t.acc.AnswerAt)
	if len(f.hits) > 0 && f.Confidence >= t.acc.AnswerAt && (mention.Word != "" || officeNamed(text) == "" || ofSame(view, f.hits[0], a)) {
		return Reply{}, false, nil
	}
	if f.guideOf(matter, clear) {
		f.Confidence = t.acc.AnswerAt
		reply, err := t.answer(ctx, f, answerBudget)
		return reply, true, err
	}
	reply := t.ofAgency(a, clear, text)
	for _, h := range f.hits[:min(len(f.hits), sourcesWanted-1)] {
		reply.Sources = append(reply.Sources, t.source(h))
	}
	return reply, true, nil
}

// guideOf puts first what a guide to a matter says of the times or the phone
// that are asked for, where it is among the first: a matter may have other
// hours than the agency that owns it.
func (f *findings) guideOf(matter string, wants office) bool {
	const among = 5
	for i, h := range f.hits[:min(len(f.hits), among)] {
		asked := wants.hours && h.Ref.Anchor == "hours" || wants.phone && h.Ref.Anchor == "phone"
		if asked && h.ofOffice() && shared(pairs(matter), pairs(h.Title)) > 0 {
			f.first(i)
			return true
		}
	}
	return false
}

// whichAgency offers the agencies that most is asked of.
func (t *turn) whichAgency(all []corpus.Agency, asked string) Reply {
	const most = 6
	slices.SortStableFunc(all, func(a, b corpus.Agency) int { return cmp.Compare(len(b.Matters), len(a.Matters)) })
	var choices []Choice
	for _, a := range all[:min(most, len(all))] {
		choices = append(choices, Choice{Label: agencyName(a), Ask: a.Name + " " + firstRunes(asked, 60)})
	}
	reply := t.say(Choose, "agency", sayWhichAgency(choices))
	reply.Choices = choices
	return reply
}

// ofAgency answers from an agency's entry: what was asked first, then the
// rest, then when somebody last made sure of it.
func (t *turn) ofAgency(a corpus.Agency, wants office, text string) Reply {
	var first, facts []string
	if wants.hours || !wants.any() && len(daysAsked(text, t.day)) > 0 {
		first = append(first, t.sayOpening(a, text))
	}
	if wants.phone {
		first = append(first, sayPhone(a, t.acc.Hotline))
	}
	if wants.place {
		first = append(first, sayPlace(a))
	}
	if len(first) == 0 {
		first = append(first, agencyName(a))
	}
	if h := a.Hours.Chinese(); h != "" {
		facts = append(facts, "办公时间："+oneLine(h, 240))
	}
	if a.Phone != "" && !wants.phone {
		facts = append(facts, "电话："+oneLine(a.Phone, 120))
	}
	if a.Address != "" && !wants.place {
		facts = append(facts, "地址："+oneLine(a.Address, 120))
	}
	last := sayChecked(a, t.day) + link(t.agencyAddress(a.ID), "查看单位信息")
	body := officeText(first, facts, last)
	for len(body) > answerBudget && len(facts) > 0 {
		facts = facts[:len(facts)-1]
		body = officeText(first, facts, last)
	}
	said := strings.Join(append(slices.Clone(first), facts...), "\n")
	reply := t.say(Answered, "agency", body)
	reply.Confidence, reply.Engine = 1, "directory"
	reply.Sources = []Source{t.agencySource(a, said)}
	return reply
}

// officeText puts the answer before the other facts. 的办公时间： alone is none:
// they follow.
func officeText(first, facts []string, last string) string {
	body := strings.Join(first, "\n")
	if name, ok := strings.CutSuffix(first[0], "的办公时间："); ok && len(facts) > 0 {
		if body = name; len(first) > 1 {
			body = strings.Join(first[1:], "\n")
		}
	}
	if len(facts) > 0 {
		body += "\n\n" + strings.Join(facts, "\n")
	}
	return body + "\n\n" + last
}

func sayPhone(a corpus.Agency, hotline string) string {
	if a.Phone == "" {
		return agencyName(a) + "的电话这里没有登记，可以问" + hotline + "。"
	}
	return agencyName(a) + "的电话：" + oneLine(a.Phone, 120)
}

func sayPlace(a corpus.Agency) string {
	if a.Address == "" {
		return agencyName(a) + "的地址这里没有登记，去之前请先打电话问一下。"
	}
	return agencyName(a) + "在" + oneLine(a.Address, 120) + "。"
}
