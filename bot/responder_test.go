package bot

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

var errDown = errors.New("down")

func TestKinds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		q    Question
		want Status
		has  string
	}{
		"text":            {Question{Kind: Text, Text: "老人卡怎么办"}, Answered, "窗口"},
		"no kind":         {Question{Text: "老人卡怎么办"}, Answered, "窗口"},
		"voice":           {Question{Kind: Voice, Text: "老人卡怎么办。"}, Answered, "窗口"},
		"silent voice":    {Question{Kind: Voice}, SmallTalk, "语音"},
		"media":           {Question{Kind: Media}, SmallTalk, "图片"},
		"location":        {Question{Kind: Location, Text: "明湖路"}, SmallTalk, "位置"},
		"subscribe":       {Question{Kind: Subscribe}, SmallTalk, "青岚发布"},
		"unsubscribe":     {Question{Kind: Unsubscribe, Person: "o1"}, SmallTalk, ""},
		"ignored":         {Question{Kind: Ignored}, SmallTalk, ""},
		"click":           {Question{Kind: Click, Menu: "老人卡怎么办"}, Answered, "窗口"},
		"click with text": {Question{Kind: Click, Text: "老人卡怎么办", Menu: "M1"}, Answered, "窗口"},
		"empty":           {Question{Kind: Text}, SmallTalk, "没看到文字"},
		"emoji":           {Question{Kind: Text, Text: "😀😀"}, SmallTalk, "没看到文字"},
		"marks":           {Question{Kind: Text, Text: "？？？"}, SmallTalk, "没看到文字"},
		"hello":           {Question{Kind: Text, Text: "您好"}, SmallTalk, "我在"},
		"thanks":          {Question{Kind: Text, Text: "谢谢啦！"}, SmallTalk, "不客气"},
		"several thanks":  {Question{Kind: Text, Text: "好的，谢谢，再见"}, SmallTalk, "再见"},
		"who":             {Question{Kind: Text, Text: "你是真人吗"}, SmallTalk, "不是真人"},
		"human":           {Question{Kind: Text, Text: "转人工"}, Redirected, "12345"},
		"complaint":       {Question{Kind: Text, Text: "窗口态度太差了，我要投诉"}, Redirected, "12345登记"},
		"mere complaint":  {Question{Kind: Text, Text: "投诉"}, Redirected, "12345登记"},
		"elsewhere":       {Question{Kind: Text, Text: "杭州的公积金怎么取"}, Redirected, "查不到杭州的规定"},
		"danger":          {Question{Kind: Text, Text: "有人昏过去了"}, Emergency, "急救120"},
		"fire":            {Question{Kind: Text, Text: "家里着火了"}, Emergency, "人先走，走楼梯"},
		"despair":         {Question{Kind: Text, Text: "不想活了，低保怎么申请"}, Emergency, "12356"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := qinglan()
			w.always(.9, w.hit("card-guide", "steps", 9))
			r := w.responder(t).Answer(t.Context(), c.q)
			checkReply(t, r)
			checkText(t, r, c.want, []string{c.has}, "！", "亲")
			if c.want == Emergency && !strings.Contains(strings.SplitN(r.Text, "\n", 2)[0], "请马上打") && name == "danger" {
				t.Errorf("danger does not come first:\n%s", r.Text)
			}
		})
	}
}

func TestConfidenceDecides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		confidence float64
		text       string
		want       Status
		has        []string
	}{
		"sure":            {.9, "敬老卡怎么办理呢", Answered, []string{"来源："}},
		"unsure":          {.2, "敬老卡怎么办理呢", Choose, []string{"\n1 ", "\n2 ", "0 都不是"}},
		"not found":       {.08, "敬老卡怎么办理呢", Refused, []string{"不敢随便答您", "最接近的是", "12345"}},
		"far":             {.01, "敬老卡怎么办理呢", Refused, []string{"不敢随便答您", "12345"}},
		"bare word":       {.9, "敬老卡", Choose, []string{"您想问的是哪一个"}},
		"foreign":         {.01, "elderly card", Refused, []string{"Please ask in Chinese"}},
		"wants something": {.01, "我家暖气一直不热，希望尽快解决", Redirected, []string{"12345登记"}},
	} {
		w := qinglan()
		w.always(c.confidence, w.hit("card-guide", "steps", 9), w.hit("card-faq", "q1", 8), w.hit("card", "a4", 7))
		r := w.typed(t, c.text)
		checkText(t, r, c.want, c.has)
		if len(r.Sources) != 3 || r.Engine != "local" || r.Lexicon != "l1" || r.Generation != "g1" {
			t.Errorf("%s: sources %d, found by %q %q %q", name, len(r.Sources), r.Engine, r.Lexicon, r.Generation)
		}
	}
	w := qinglan()
	checkText(t, w.typed(t, "敬老卡怎么办理呢"), Refused, []string{"不敢随便答您"}, "最接近")
	w.always(.2, w.hit("card", "a4", 9))
	if r := w.typed(t, "敬老卡怎么办理呢"); r.Status != Refused {
		t.Errorf("one choice is no choice: %s", r.Status)
	}
}

func TestChoicesDiffer(t *testing.T) {
	t.Parallel()
	w := qinglan()
	for i := range 6 {
		id := string(rune('a' + i))
		w.add(corpus.Document{ID: id, Kind: corpus.FAQ, Title: "同一个问题？", Question: "同一个问题？", Effective: "2024-01-01"}, [3]string{"q1", "", "答。"})
	}
	w.always(.2, w.hit("a", "q1", 9), w.hit("b", "q1", 8.9), w.hit("card-guide", "materials", 8), w.hit("card-guide", "name", 8),
		w.hit("card-jiedu", "s2", 7), w.hit("card", "a4", 7), w.hit("card-faq", "q1", 1))
	r := w.typed(t, "敬老卡怎么办呢")
	want := []string{"同一个问题？", "敬老卡申领：要带什么材料", "敬老卡申领怎么办", "家里人能代办吗？"}
	var got []string
	for _, c := range r.Choices {
		got = append(got, c.Label)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked, id, anchor string
		has, hasNot       []string
	}{
		"policy": {"敬老卡怎么申领啊", "card", "a4", []string{
			"原文摘录：\n“年满60周岁的老年人可以申领敬老卡。”\n依据《青岚市敬老卡管理办法》（青政规〔2024〕3号）第四条，2024年5月1日起施行。\n<a href=",
			"还可以问，回复数字：\n1 要带什么材料\n2 在哪里办",
		}, nil},
		"long article": {"敬老卡怎么代办呢", "card", "a6", []string{"原文摘录：\n“申领敬老卡，由本人", "第六条，"}, []string{"“第六条"}},
		"interpretation": {"敬老卡怎么代办呢", "card-jiedu", "s2", []string{
			"相近的问题：家里人能代办吗？\n简单说：能。《办法》第六条说得很清楚，带上双方的身份证就行。\n\n原文摘录：\n“本人不便办理的，可以委托近亲属持双方身份证件代为申领。”\n依据《青岚市敬老卡管理办法》（青政规〔2024〕3号）第六条",
			"/d/card/a6\">查看原文</a> · ", "官方解读</a>",
		}, nil},
		"guide by field": {"敬老卡要带什么", "card-guide", "materials", []string{
			"要带的材料：\n（一）居民身份证；\n（二）照片一张。\n来源：青岚市民政局《敬老卡申领办事指南》，2024年5月6日发布。\n办理地点、时间和电话：<a", "\n1 在哪里办",
		}, nil},
		"guide by its name": {"敬老卡咋个办呢", "card-guide", "name", []string{"这样办：带身份证到窗口", "/d/card-guide/steps"}, []string{"事项名称"}},
		"guide for whom":    {"敬老卡给我爸办可以不", "card-guide", "name", []string{"什么人可以办：年满60周岁"}, nil},
		"same question":     {"敬老卡丢了怎么办", "card-faq", "q1", []string{"先挂失", "来源：青岚市民政局常见问题。", "/d/card/a4\">查看依据"}, []string{"相近的问题"}},
		"near question":     {"老人优待证掉了要花钱重弄吗", "card-faq", "q1", []string{"相近的问题：敬老卡丢了怎么办？\n先挂失"}, nil},
		"clarification": {"听说敬老卡明天全部作废", "rumour", "s1", []string{
			"权威说明：\n“该消息不属实，敬老卡照常使用。”\n来源：青岚市民政局权威说明，2025年11月3日发布。\n<a",
		}, []string{"全部作废"}},
	} {
		w := qinglan()
		w.always(.9, w.hit(c.id, c.anchor, 9))
		r := w.typed(t, c.asked)
		checkText(t, r, Answered, c.has, c.hasNot...)
		checkSources(t, w, r)
		if t.Failed() {
			t.Fatalf("%s:\n%s", name, r.Text)
		}
	}
}

func TestClarificationIsPinned(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 9), w.hit("rumour", "s2", 6))
	checkText(t, w.typed(t, "网上说敬老卡不能用了是真的吗"), Answered, []string{"不属实"})
	checkText(t, w.typed(t, "敬老卡年满几岁能申领"), Answered, []string{"60周岁"})
	w.always(.9, w.hit("rumour", "s2", 9), w.hit("card-guide", "materials", 8))
	checkText(t, w.typed(t, "办敬老卡要带什么"), Answered, []string{"居民身份证"}, "不属实")
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	offered := Recent{Choices: []Choice{
		{Label: "要带什么材料", Ref: "card-guide#materials"}, {Label: "怎么办", Ask: "敬老卡怎么办理呢"},
		{Label: "没有了", Ref: "gone#a1"}, {Label: "没有这一条", Ref: "card#a99"}, {Label: "谣言", Ref: "rumour#s1"},
	}}
	for name, c := range map[string]struct {
		typed  string
		recent Recent
		want   Status
		has    string
	}{
		"opens a passage":     {"①", offered, Answered, "居民身份证"},
		"asks a question":     {"第2个", offered, Answered, "窗口"},
		"none of them":        {"0", offered, Refused, "换个说法"},
		"more than there are": {"９", offered, Choose, "1 要带什么材料"},
		"withdrawn":           {"3", offered, Refused, "刚刚有变动"},
		"passage gone":        {"四", offered, Refused, "刚刚有变动"},
		"never the rumour":    {"5", offered, Answered, "不属实"},
		"nothing offered":     {"1", Recent{}, SmallTalk, "对不上"},
	} {
		w := qinglan()
		w.recent = c.recent
		w.always(.9, w.hit("card-guide", "steps", 9))
		r := w.typed(t, c.typed)
		checkText(t, r, c.want, []string{c.has}, "全部作废")
		if t.Failed() {
			t.Fatal(name)
		}
	}
	w := qinglan()
	w.recentErr = errDown
	checkText(t, w.typed(t, "1"), Failed, []string{"刚才没查成", "12345"})
	w = qinglan()
	w.recent, w.liveErr = offered, errDown
	checkText(t, w.typed(t, "1"), Failed, []string{"刚才没查成"})
	r := w.responder(t).Answer(t.Context(), Question{Text: "1"})
	checkText(t, r, SmallTalk, []string{"对不上"}) // nobody to remember
}

// A choice opens nothing that this account must not show.
func TestChoiceOfOthers(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *town, d *corpus.Document){
		"sample":          func(w *town, d *corpus.Document) { d.Sample, w.own = true, true },
		"another account": func(_ *town, d *corpus.Document) { d.Account = "other" },
		"expired":         func(_ *town, d *corpus.Document) { d.Expires = "2025-01-01" },
		"not yet":         func(_ *town, d *corpus.Document) { d.Effective = "2027-01-01" },
	} {
		w := qinglan()
		d := w.docs["card-guide"]
		change(w, &d)
		w.docs["card-guide"] = d
		w.recent = Recent{Choices: []Choice{{Label: "材料", Ref: "card-guide#materials"}}}
		if r := w.typed(t, "1"); r.Status != Refused || r.Reason != "gone" {
			t.Errorf("%s: %s %s", name, r.Status, r.Text)
		}
	}
}

func TestWithdrawnOrRevised(t *testing.T) {
	t.Parallel()
	w := qinglan()
	first, second := w.hit("card-faq", "q1", 9), w.hit("card", "a4", 8)
	w.always(.9, first, second)
	delete(w.revs, "card-faq")
	r := w.typed(t, "敬老卡丢了怎么补")
	checkText(t, r, Refused, nil, "先挂失")
	if len(r.Sources) != 1 || r.Sources[0].Ref.Document != "card" || r.Confidence != 0 {
		t.Errorf("%v %v", r.Confidence, r.Sources)
	}
	w = qinglan()
	w.always(.9, first, second)
	rev := w.revs["card-faq"]
	rev.Number = 2
	w.revs["card-faq"] = rev
	checkText(t, w.typed(t, "敬老卡丢了怎么补"), Refused, nil, "先挂失")
}

// An answer that is as likely wrong as right says so, and what to do then.
func TestUnsureAnswers(t *testing.T) {
	t.Parallel()
	for sure, hedged := range map[float64]bool{.3: true, .44: true, .46: false, .9: false} {
		w := qinglan()
		w.always(sure, w.hit("card", "a4", 9))
		r := w.typed(t, "敬老卡几岁能领")
		has := []string{"年满60周岁", "《青岚市敬老卡管理办法》", "还可以问"}
		if hedged {
			has = append(has, "换个说法再问一次，或者打12345问清楚。\n\n还可以问")
		}
		checkText(t, r, Answered, has)
		if strings.HasPrefix(r.Text, sayPerhaps) != hedged || strings.Contains(r.Text, "换个说法") != hedged {
			t.Errorf("%v: %s", sure, r.Text)
		}
	}
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	old := func(d corpus.Document) *town {
		w := qinglan()
		d.ID, d.Kind = "old", corpus.Policy
		w.add(d, [3]string{"a2", "第二条", "第二条　旧的标准是每月50元。"})
		now := index.Result{Hits: []index.Hit{w.hit("card", "a4", 7)}, Confidence: .1}
		w.found = func(q index.Query) index.Result {
			switch {
			case q.Within == "card":
				return index.Result{Hits: []index.Hit{w.hit(q.Within, "a4", 7)}, Confidence: .2}
			case q.Day == "":
				return index.Result{Hits: []index.Hit{w.hit("old", "a2", 9), w.hit("card", "a4", 7)}, Confidence: .9}
			}
			return now
		}
		return w
	}
	by := func(k corpus.RelationKind) []corpus.Relation {
		return []corpus.Relation{{Kind: k, From: "card", To: "old", On: "2024-05-01", Title: "青岚市敬老卡管理办法"}}
	}
	for name, c := range map[string]struct {
		d    corpus.Document
		want Status
		has  []string
	}{
		"repealed":   {corpus.Document{Title: "敬老卡暂行办法", Effective: "2017-01-01", Receives: by(corpus.Repeals)}, Answered, []string{"请注意：《敬老卡暂行办法》已于2024年5月1日废止，现在按《青岚市敬老卡管理办法》执行。\n\n现行规定（原文摘录）：\n“年满60周岁"}},
		"superseded": {corpus.Document{Title: "敬老卡暂行办法", Effective: "2017-01-01", Receives: by(corpus.Supersedes)}, Answered, []string{"废止", "年满60周岁"}},
		"expired":    {corpus.Document{Title: "敬老卡暂行办法", Effective: "2017-01-01", Expires: "2020-01-01"}, Refused, []string{"已经失效", "查看这份文件", "12345"}},
		"not yet": {corpus.Document{Title: "敬老卡新办法", Effective: "2027-01-01", Declares: []corpus.Relation{{Kind: corpus.Supersedes, From: "old", To: "card", Title: "青岚市敬老卡管理办法"}}},
			Answered, []string{"从2027年1月1日起施行", "今天仍按《青岚市敬老卡管理办法》执行", "年满60周岁"}},
	} {
		w := old(c.d)
		r := w.typed(t, "敬老卡以前的标准是多少")
		checkText(t, r, c.want, c.has, "每月50元")
		if r.Reason != string(c.d.ValidityOn(today)) {
			t.Errorf("%s: reason %q", name, r.Reason)
		}
		if !strings.HasPrefix(r.Text, "请注意") && name != "not yet" {
			t.Errorf("%s: the warning is not first:\n%s", name, r.Text)
		}
	}
	w := old(corpus.Document{Title: "敬老卡暂行办法", Effective: "2017-01-01", Expires: "2020-01-01"})
	checkText(t, w.typed(t, "敬老卡暂行办法还有效吗"), Answered, []string{"已经失效"}) // that was the question
	w = old(corpus.Document{Title: "停车费暂行办法", Effective: "2017-01-01", Expires: "2020-01-01"})
	w.found = func(index.Query) index.Result {
		return index.Result{Hits: []index.Hit{w.hit("card", "a4", 9), w.hit("old", "a2", 8)}, Confidence: .9}
	}
	checkText(t, w.typed(t, "敬老卡暂行办法第几条说年龄"), Answered, []string{"年满60周岁"}, "失效") // another matter
}

func TestSeveral(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.found = func(q index.Query) index.Result {
		found := func(id, anchor string, c float64) index.Result {
			return index.Result{Hits: []index.Hit{w.hit(id, anchor, 9), w.hit("card", "a4", 3)}, Confidence: c, Engine: "local"}
		}
		switch {
		case strings.Contains(q.Text, "丢了"):
			return found("card-faq", "q1", .8)
		case strings.Contains(q.Text, "带什么") && strings.Contains(q.Text, "敬老卡"):
			return found("card-guide", "materials", .7)
		case strings.Contains(q.Text, "敬老卡"):
			return found("card-guide", "steps", .9)
		}
		return found("card", "a6", .05)
	}
	r := w.typed(t, "敬老卡怎么办？要带什么？")
	checkText(t, r, Answered, []string{"您问了两件事。\n一、这样办：", "\n二、要带的材料："}, "没有找到")
	if r.Confidence != .7 || len(r.Sources) < 2 || r.Sources[1].Ref.Anchor != "materials" || r.Engine != "local" {
		t.Errorf("%v %v", r.Confidence, r.Sources)
	}
	checkText(t, w.typed(t, "敬老卡怎么办？敬老卡怎么弄？"), Answered, []string{"您问的两件事，这里都讲到了。\n\n这样办："})
	checkText(t, w.typed(t, "敬老卡怎么办？敬老卡怎么弄？敬老卡丢了呢？"), Answered, []string{"您问了三件事。\n一、二、这样办：", "三、先挂失"})
	checkText(t, w.typed(t, "敬老卡怎么办？月球上氧气怎么样<a href=x？"), Answered, []string{"二、“月球上氧气怎么样 a”没有找到", "12345"}, "<a href=x")
	checkText(t, w.typed(t, "敬老卡怎么办？敬老卡丢了呢？敬老卡要带什么？月球呢？火星呢？"), Answered, []string{"您问了五件事，先答前三件，还有两件请再发一次。", "三、"}, "四、")
	checkText(t, w.typed(t, "月球上氧气怎么样？火星上氧气怎么样？"), Refused, []string{"没有找到"}, "您问了")
	if n := strings.Count(w.typed(t, "敬老卡怎么办？敬老卡丢了呢？敬老卡要带什么？").Text, "\n"); n > 11 {
		t.Errorf("%d lines", n+1)
	}
}

// A question without a subject goes on about what was talked of last.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	shown := []Source{{Title: "敬老卡申领办事指南"}}
	for name, c := range map[string]struct {
		recent Recent
		want   Status
		asked  string
	}{
		"last question":     {Recent{Status: Answered, Question: "您好，敬老卡怎么办？", Sources: shown}, Answered, "敬老卡 要多少钱"},
		"after a number":    {Recent{Status: Answered, Question: "1", Sources: shown}, Answered, "敬老卡申领 要多少钱"},
		"after a complaint": {Recent{Status: Redirected, Question: "物业态度太差", Sources: shown}, Answered, "敬老卡申领 要多少钱"},
		"nothing before":    {Recent{}, Refused, ""},
	} {
		w := qinglan()
		w.recent = c.recent
		w.always(.9, w.hit("card-faq", "q1", 9))
		r := w.typed(t, "谢谢！那要多少钱呢")
		asked := ""
		if len(w.asked) > 0 {
			asked = w.asked[0].Text
		}
		if r.Status != c.want || !strings.HasPrefix(strings.ReplaceAll(asked, "?", ""), c.asked[:min(len(c.asked), len("敬老卡"))]) || c.asked == "" && asked != "" {
			t.Errorf("%s: %s, asked %q, want %q", name, r.Status, asked, c.asked)
		}
	}
	w := qinglan()
	w.recentErr = errDown
	checkText(t, w.typed(t, "要多少钱"), Failed, []string{"刚才没查成"})
}

func TestRumourOfAnotherMatter(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("rumour", "s2", 9), w.hit("card-faq", "q1", 8))
	checkText(t, w.typed(t, "网传居住证取消了是真的吗"), Refused, []string{"暂未见官方发布", "12345"}, "该消息不属实")
}

// The opening of a notice says nothing: what follows it is quoted.
func TestPreamble(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "notice", Kind: corpus.Notice, Title: "关于敬老卡的通知", Effective: "2024-01-01"},
		[3]string{"top", "", "各区县民政局：现将有关事项通知如下。"})
	h := w.hit("notice", "top", 9)
	h.Snippet, h.Direct = "现将有关事项通知如下。\n敬老卡每年发放一次。", "敬老卡每年发放一次。"
	w.always(.9, h)
	r := w.typed(t, "敬老卡几年发一次呀")
	checkText(t, r, Answered, []string{"敬老卡每年发放一次"})
	if r.Sources[0].Passage != h.Snippet {
		t.Errorf("%q", r.Sources[0].Passage)
	}
}

func TestHandOver(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 9))
	r := w.typed(t, "窗口态度太差我要投诉，敬老卡的规定里有没有规定几岁")
	checkText(t, r, Answered, []string{"年满60周岁", "要投诉、举报或者求助：窗口的事，请打12345登记", "请准备好："})
	r = w.typed(t, "窗口态度太差我要投诉")
	checkText(t, r, Redirected, []string{"我这里只能查政策", "准备好"}, "不能判断对错")
	if len(r.Sources) != 1 {
		t.Errorf("what was found is not noted: %v", r.Sources)
	}
	w.always(.45, w.hit("card", "a4", 9))
	checkText(t, w.typed(t, "窗口态度太差我要投诉，敬老卡有没有规定几岁"), Redirected, nil)

	w.always(.9, w.hit("card", "a4", 9))
	r = w.typed(t, "我妈叫不醒了，敬老卡年满几岁能办")
	checkText(t, r, Emergency, []string{"急救120", "您还问了“敬老卡年满几岁能办”：\n原文摘录：\n“年满60周岁"})
	if !strings.HasPrefix(r.Text, "有危险请马上打") || len(r.Choices) != 0 || len(r.Sources) == 0 {
		t.Errorf("%v:\n%s", r.Choices, r.Text)
	}
	w.findErr = errDown
	checkText(t, w.typed(t, "我妈叫不醒了，敬老卡年满几岁能办"), Emergency, []string{"急救120"}, "回复数字")
}

func TestElsewhere(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "law", Kind: corpus.Policy, Title: "中华人民共和国老年人权益保障法", Effective: "2018-12-29"},
		[3]string{"a2", "第二条", "第二条　本法所称老年人是指六十周岁以上的公民。"})
	w.always(.9, w.hit("card", "a4", 9))
	checkText(t, w.typed(t, "杭州的敬老卡怎么办"), Redirected, []string{"这是青岚市的账号"}, "年满60周岁")
	w.always(.9, w.hit("law", "a2", 9))
	checkText(t, w.typed(t, "杭州的老年人是指几岁"), Answered, []string{"全国统一的规定是：", "六十周岁以上"})
	w.region = ""
	w.always(.9, w.hit("card", "a4", 9))
	checkText(t, w.typed(t, "杭州的敬老卡怎么办"), Answered, []string{"60周岁"})
	for _, c := range []struct {
		d    corpus.Document
		want bool
	}{
		{corpus.Document{Title: "办法"}, false}, {corpus.Document{Title: "办法", Region: "青岚市", Agency: "国家税务总局青岚市税务局"}, false},
		{corpus.Document{Title: "办法", Agency: "国务院办公厅"}, true}, {corpus.Document{Title: "办法", Region: "全国"}, true},
	} {
		if national(c.d) != c.want {
			t.Errorf("national(%+v) is not %v", c.d, c.want)
		}
	}
}

func TestTrouble(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"敬老卡怎么办", "敬老卡怎么办？要带什么？", "窗口态度太差我要投诉", "杭州的公积金怎么取", "《敬老卡办法》还有效吗"} {
		w := qinglan()
		w.findErr = errDown
		checkText(t, w.typed(t, text), Failed, []string{"刚才没查成，请稍后再发一次，或打12345"})
		w = qinglan()
		w.standErr = errDown
		w.always(.9, w.hit("card", "a4", 9))
		checkText(t, w.typed(t, text), Failed, []string{"刚才没查成"})
	}
	w := qinglan()
	w.findErr = context.DeadlineExceeded
	if r := w.typed(t, "敬老卡怎么办"); r.Status != Failed || r.Reason != "error" {
		t.Errorf("%+v", r)
	}
	w = qinglan() // what only adds to an answer does not keep it back
	w.liveErr = errDown
	w.always(.9, w.hit("card-guide", "steps", 9))
	checkText(t, w.typed(t, "敬老卡怎么办"), Answered, []string{"带身份证到窗口"})
}

// The log names neither the citizen nor what was asked.
func TestTroubleIsLoggedWithoutTheQuestion(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := qinglan()
	w.findErr = errDown
	r := w.responder(t)
	r.Log = slog.New(slog.NewTextHandler(&log, nil))
	r.Answer(t.Context(), Question{Account: "default", Person: "openid-1", Text: "低保怎么申请"})
	if s := log.String(); !strings.Contains(s, "answer failed") || strings.Contains(s, "openid-1") || strings.Contains(s, "低保") {
		t.Error(s)
	}
}

func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	leave := Question{Account: "default", Person: "o1", Kind: Unsubscribe}
	w := qinglan()
	if r := w.responder(t).Answer(t.Context(), leave); r.Status != SmallTalk || !slices.Equal(w.forgotten, []string{"default/o1"}) {
		t.Errorf("%s, forgotten %q", r.Status, w.forgotten)
	}
	w.forgetErr = errDown
	if r := w.responder(t).Answer(t.Context(), leave); r.Status != Failed {
		t.Errorf("not forgotten, and yet %s", r.Status)
	}
	r := w.responder(t)
	r.Keeper = nil
	if got := r.Answer(t.Context(), leave); got.Status != SmallTalk {
		t.Errorf("without a memory: %s", got.Status)
	}
}

// What is recorded of the unsubscribing itself is nobody's.
func TestUnsubscriberIsNobody(t *testing.T) {
	t.Parallel()
	j, err := NewJournal(JournalConfig{Ledger: newMemory(), Secret: []byte("0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	record := func(k Kind) *Record {
		return j.record(Question{Account: "default", Person: "o1", ID: "1", Kind: k}, Reply{}, "key", []byte("body"), time.Now(), 0)
	}
	if got := record(Text).Person; got == "" {
		t.Error("a question is nobody's")
	}
	if got := record(Unsubscribe).Person; got != "" {
		t.Errorf("an unsubscriber is recorded as %q", got)
	}
}
