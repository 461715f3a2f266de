package bot

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestDotted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"想问三件事 1 低保多少钱 2 有车行不行 3 去哪申请", "想问三件事 1. 低保多少钱 2. 有车行不行 3. 去哪申请"},
		{"1低保多少钱 2去哪申请", "1.低保多少钱 2.去哪申请"},
		{"1. 低保多少钱 2. 去哪申请", "1. 低保多少钱 2. 去哪申请"},
		{"我有1个孩子 2个老人能申请吗", "我有1个孩子 2个老人能申请吗"},
		{"1 低保多少钱", "1 低保多少钱"},
		{"2 低保多少钱 1 去哪申请", "2 低保多少钱 1 去哪申请"},
		{"12 低保", "12 低保"},
		{"", ""},
	} {
		if got := dotted(c.text); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestUnspoken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"那个就是那个我想问一下就是老人卡怎么办", "老人卡怎么办"},
		{"嗯低保怎么申请", "低保怎么申请"},
		{"呃、那个嗯低保怎么申请", "那个低保怎么申请"},
		{"就是低保怎么申请", "就是低保怎么申请"},
		{"那个窗口几点下班", "那个窗口几点下班"},
		{"嗯嗯", "嗯嗯"},
		{"那个那个", "那个那个"},
	} {
		if got := strings.TrimSpace(unspoken(c.text)); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestPersonal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want bool
	}{
		{"我要查我的公积金余额", true},
		{"我的失业金审核到哪一步了", true},
		{"帮我查一下育儿补贴批了没", true},
		{"社保断没断", true},
		{"社保断没断我不知道，社保交了几年怎么查", true},
		{"公积金余额能取出来吗", true},
		{"高龄津贴什么时候发", false},
		{"低保审批要多久", false},
		{"办理进度怎么查", false},
		{"我妈的高龄津贴发了没", true},
		{strings.Repeat("我要查我的公积金余额，", 20), false},
	} {
		if got := personal(c.text); got != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

func TestOwnRecordsAreNotLookedForInPolicies(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.8, w.hit("card", "a4", 9))
	r := w.typed(t, "我的敬老卡审核到哪一步了")
	checkText(t, r, Redirected, []string{"您个人的记录", "12345", "不要发在这里"}, "60周岁")
	w = qinglan()
	w.add(corpus.Document{ID: "look", Kind: corpus.FAQ, Title: "敬老卡办理进度怎么查？", Question: "敬老卡办理进度怎么查？"}, [3]string{"q1", "", "凭手机号可以在小程序查询进度。"})
	w.always(.8, w.hit("look", "q1", 9))
	checkText(t, w.typed(t, "我的敬老卡办到哪一步了"), Answered, []string{"小程序查询"})
}

func TestLacking(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, text, want string }{
		{"没上牌罚多少", "补领号牌收取工本费10元。", "罚款"},
		{"没上牌罚多少", "未登记上道路行驶的，处五十元罚款。", ""},
		{"一家能养几条狗", "一户限养一只犬。", ""},
		{"一家能养几条狗", "每人补贴2000元。", "狗"},
		{"房子过户交多少税", "每人每月不超过3000元", "税"},
		{"低保怎么申请", "每人每月不超过3000元", ""},
		{"生育奖励假几天", "可以与独生子女父母奖励同时享受", "产假"},
		{"驾照到期了在哪换", "驾驶证换证", ""},
	} {
		if got := lacking(c.asked, c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.asked, got, c.want)
		}
	}
}

// What happened to a thing had better be spoken of.
func TestLacksCircumstance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, text, want string }{
		{"居住证丢了怎么补", "签注逾期的，补办后恢复使用。", "丢"},
		{"居住证丢了怎么补", "遗失的，应当补领。", ""},
		{"证快到期了", "应当在期满前办理签注。", ""},
		{"低保停发了", "每月10日前发放。", "停发"},
		{"居住证怎么办", "到派出所办理。", ""},
	} {
		if got := lacks(c.asked, c.text, true); got != c.want || lacking(c.asked, c.text) != "" {
			t.Errorf("%s: %q, want %q", c.asked, got, c.want)
		}
	}
}

// TestEssential goes on to the passage that has what decides the question.
func TestEssential(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "smoke", Kind: corpus.Policy, Title: "青岚市控制吸烟条例", Effective: "2024-05-01"},
		[3]string{"a4", "第四条", "第四条　棋牌室、餐厅的室内区域禁止吸烟。"}, [3]string{"a6", "第六条", "第六条　在禁止吸烟的场所吸烟的，处一百元罚款。"})
	w.always(.8, w.hit("smoke", "a4", 9))
	checkText(t, w.typed(t, "在棋牌室吸烟罚多少钱"), Answered, []string{"处一百元罚款", "第六条"})
	w.always(.8, w.hit("card", "a4", 9))
	if r := w.typed(t, "办敬老卡没登记罚多少钱"); r.Status == Answered {
		t.Errorf("answered with\n%s", r.Text)
	}
}

func TestProjectInAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want bool
	}{
		{"领导您好，我们小区门口那条路前年就说要拓宽，一直没有动静，周边居民出行非常不方便。请问现在进展怎么样了，什么时候能开始？", true},
		{"我家孩子今年九月上小学，户口在石桥县，现在租住在湖滨区，想咨询入学报名需要什么材料，什么时候开始报名，谢谢。", false},
		{"小区什么时候拆迁", false},
	} {
		if got := ofProjectInAll(c.text); got != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

func TestAllAsk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want bool
	}{
		{"我的建议多久回复", true},
		{"怎么查进度 我的建议多久回复", true},
		{"建议增加公交车", false},
		{"建议增加公交车，什么时候能加", false},
	} {
		if got := allAsk(c.text); got != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

func TestOneSection(t *testing.T) {
	t.Parallel()
	const notice = "（三）单位裁员的。\n三、领取期限\n领取期限按照缴费时间确定。\n四、标准\n每月1500元。"
	for _, c := range []struct{ piece, want string }{
		{"领取期限按照", "三、领取期限\n领取期限按照缴费时间确定。"},
		{"每月1500元", "四、标准\n每月1500元。"},
		{"单位裁员", "（三）单位裁员的。"},
		{"没有的话", notice},
		{"", notice},
	} {
		if got := oneSection(notice, c.piece); got != c.want {
			t.Errorf("%s: %q, want %q", c.piece, got, c.want)
		}
	}
}

func TestIntroduces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want bool
	}{
		{"为了规范敬老卡的发放，结合本市实际，制定本办法。", true},
		{"为了方便群众落户，现就有关事项通知如下。", true},
		{"现将有关事项通告如下：", true},
		{"年满60周岁的老年人可以申领敬老卡。", false},
		{"标准如下：", true},
	} {
		if got := introduces.MatchString(c.text); got != c.want {
			t.Errorf("%s: %v", c.text, got)
		}
	}
}

// TestIntroductionAnswersNothing goes on to what the document rules.
func TestIntroductionAnswersNothing(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "aid", Kind: corpus.Policy, Title: "青岚市临时救助办法", Effective: "2024-05-01"},
		[3]string{"a1", "第一条", "第一条　为了解决居民突发性的生活困难，结合本市实际，制定本办法。"}, [3]string{"a3", "第三条", "第三条　遭遇急难、基本生活一时困难的家庭可以申请临时救助。"})
	w.always(.8, w.hit("aid", "a1", 9), w.hit("aid", "a3", 5))
	checkText(t, w.typed(t, "家里生活困难能申请什么救助"), Answered, []string{"第三条", "可以申请临时救助"}, "制定本办法")
}

func TestWindowsOfHours(t *testing.T) {
	t.Parallel()
	swap := []corpus.Application{{What: "换领", From: "2025-09-01", Until: "2030-12-31"}}
	for _, c := range []struct {
		asked string
		want  bool
	}{
		{"图书馆周末开门吗", true}, {"换领周末可以吗", false}, {"周六能申请吗", false}, {"借阅证怎么换", false},
	} {
		if got := onlyHours(c.asked, swap); got != c.want {
			t.Errorf("%s: %v", c.asked, got)
		}
	}
	twice := []corpus.Application{{What: "报名", Until: "2024-06-20"}, {What: "报名", Until: "2024-08-07"}, {What: "补录", Until: "2024-07-01"}}
	if got := overOnce(twice, today); len(got) != 2 || got[0].Until != "2024-08-07" || got[1].What != "补录" {
		t.Errorf("%v", got)
	}
	if got := overOnce(twice, "2024-07-10"); len(got) != 3 {
		t.Errorf("one is still open: %v", got)
	}
}

func TestAgeWord(t *testing.T) {
	t.Parallel()
	for age, want := range map[int]string{0: "", 59: "", 60: "老年人", 79: "老年人", 80: "高龄", 101: "高龄"} {
		if got := ageWord(age); got != want {
			t.Errorf("%d: %s, want %s", age, got, want)
		}
	}
	for text, want := range map[string]int{"我妈今年83了": 83, "82岁": 82, "80周岁": 80, "排队快20了": 20, "交了15年": 0, "今年12月": 0} {
		if got := personIn(text).Age; got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
}

// TestAgedIsAskedAsDocumentsSayIt looks for 高龄 where an age is told.
func TestAgedIsAskedAsDocumentsSayIt(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.add(corpus.Document{ID: "old", Kind: corpus.Policy, Title: "高龄津贴发放办法", Effective: "2024-05-01"}, [3]string{"a3", "第三条", "第三条　高龄津贴每人每月100元。"})
	w.found = func(q index.Query) index.Result {
		if strings.Contains(q.Text, "高龄津贴") {
			return index.Result{Hits: []index.Hit{w.hit("old", "a3", 9)}, Confidence: .8}
		}
		return index.Result{Hits: []index.Hit{w.hit("card", "a4", 9)}, Confidence: .02}
	}
	checkText(t, w.typed(t, "我妈今年83了有没有钱领"), Answered, []string{"每人每月100元"})
	checkText(t, w.typed(t, "我妈今年53了有没有钱领"), Refused, []string{"没有找到"}, "100元")
}

// TestFactIsAddedToTheQuestion asks again with what somebody adds of themselves.
func TestFactIsAddedToTheQuestion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		recent     Recent
		asked      string
		status     Status
	}{
		{"where from", "我父母是湖北的", Recent{Status: Answered, Question: "敬老卡外地人能办吗"}, "敬老卡外地人能办吗 我父母是湖北的", Answered},
		{"how old", "82岁", Recent{Status: Choose, Question: "敬老卡怎么办"}, "敬老卡怎么办 82岁", Answered},
		{"nothing before", "我是残疾人", Recent{}, "", SmallTalk},
		{"nothing asked before", "我是残疾人", Recent{Status: Answered, Question: "1"}, "", SmallTalk},
		{"it asks itself", "湖北的医保能报吗", Recent{Status: Answered, Question: "敬老卡怎么办"}, "", Redirected},
	} {
		w := qinglan()
		w.recent = c.recent
		w.always(.9, w.hit("card", "a4", 9))
		r := w.typed(t, c.text)
		said := slices.ContainsFunc(w.asked, func(q index.Query) bool { return q.Text == c.asked })
		if r.Status != c.status || c.asked != "" && !said {
			t.Errorf("%s: %s, asked %v:\n%s", c.name, r.Status, w.asked, r.Text)
		}
	}
}

// TestFurtherOfTheSame asks a short question without a matter of the document
// that was answered from.
func TestFurtherOfTheSame(t *testing.T) {
	t.Parallel()
	shown := []Source{{Ref: corpus.Ref{Document: "card", Revision: 1, Anchor: "a4"}, Title: "青岚市敬老卡管理办法"}}
	explain := func(words ...string) index.Explanation {
		e := index.Explanation{Words: words}
		for _, w := range words {
			e.Terms = append(e.Terms, index.ExplainedTerm{Text: w, IDF: 4})
		}
		return e
	}
	w := qinglan()
	w.recent = Recent{Status: Answered, Question: "敬老卡怎么办", Sources: shown}
	w.found = func(q index.Query) index.Result {
		hit, conf := w.hit("rumour", "s1", 9), .4
		if q.Within == "card" {
			hit = w.hit("card", "a6", 5)
		}
		hit.Parts.Window3 = .5
		if q.Within != "" && q.Within != "card" {
			return index.Result{}
		}
		return index.Result{Hits: []index.Hit{hit}, Confidence: conf, Explain: explain("近亲属")}
	}
	checkText(t, w.typed(t, "近亲属能代吗"), Answered, []string{"可以委托近亲属"}, "不属实")
	w.recent = Recent{}
	if r := w.typed(t, "近亲属能代吗"); strings.Contains(r.Text, "可以委托近亲属") {
		t.Errorf("nothing was talked of:\n%s", r.Text)
	}
}

// TestFurtherOfARefusal asks a short message that finds nothing alone with what
// was refused before it.
func TestFurtherOfARefusal(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.recent = Recent{Status: Refused, Question: "敬老卡工本费多少"}
	w.found = func(q index.Query) index.Result {
		conf := .05
		if strings.Contains(q.Text, "敬老卡") {
			conf = .8
		}
		return index.Result{Hits: []index.Hit{w.hit("card-faq", "q1", 9)}, Confidence: conf}
	}
	checkText(t, w.typed(t, "补办能便宜吗"), Answered, []string{"先挂失"})
	w.recent = Recent{Status: SmallTalk, Question: "你好"}
	if r := w.typed(t, "补办能便宜吗"); r.Status == Answered {
		t.Errorf("nothing was refused:\n%s", r.Text)
	}
}

func TestUnaskedField(t *testing.T) {
	t.Parallel()
	guide := func(title, anchor string) standingHit {
		return standingHit{Hit: index.Hit{Kind: corpus.Guide, Title: title, Ref: corpus.Ref{Anchor: anchor}}}
	}
	for _, c := range []struct {
		title, anchor, asked string
		want                 bool
	}{
		{"残疾人免费停车登记办事指南", "fee", "残疾人免费停车怎么登记", true},
		{"残疾人免费停车登记办事指南", "fee", "残疾人免费停车登记要钱吗", false},
		{"户口迁入办事指南", "online", "买了房能把父母户口迁过来吗", true},
		{"户口迁入办事指南", "online", "迁户口手机上能办吗", false},
		{"敬老卡申领办事指南", "materials", "敬老卡要带什么", false},
		{"敬老卡申领办事指南", "steps", "敬老卡好办吗", false},
	} {
		if got := unaskedField(guide(c.title, c.anchor), c.asked); got != c.want {
			t.Errorf("%s, %s: %v", c.asked, c.anchor, got)
		}
	}
}

func TestFamily(t *testing.T) {
	t.Parallel()
	w := qinglan()
	trn := &turn{r: w.responder(t), acc: Account{Name: "default"}, day: today}
	if got := trn.family(context.Background(), "card-faq"); got[0] != "card-faq" || !slices.Contains(got, "card") || !slices.Contains(got, "card-guide") || slices.Contains(got, "rumour") {
		t.Errorf("%v", got)
	}
	if got := trn.family(context.Background(), "none"); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func TestWronged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text       string
		confidence float64
		want       bool
	}{
		{"单位没给我交社保我该找谁", .5, true},
		{"单位没给我交社保我该找谁", .9, false},
		{"城管把我摊子收了凭什么", .4, true},
		{"社保没交够15年怎么办", .4, false},
		{"房东扣我押金怎么办", .4, true},
	} {
		f := &findings{asked: c.text}
		f.Confidence = c.confidence
		if got := f.wronged(); got != c.want {
			t.Errorf("%s at %v: %v", c.text, c.confidence, got)
		}
	}
}

// TestRefusalSaysWhatItUnderstood names the matter and who deals with it.
func TestRefusalSaysWhatItUnderstood(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, has, hasNot string }{
		{"低保户能不能买汽车", "您问的是低保的事。", ""},
		{"房子过户要交多少税", "或税务部门（12366）", "您问的是房"},
		{"月亮上有没有水", "没有找到", "您问的是"},
	} {
		w := qinglan()
		r := newCounter(t, w).on(t, today, c.text)
		var hasNot []string
		if c.hasNot != "" {
			hasNot = []string{c.hasNot}
		}
		checkText(t, r, Refused, []string{c.has, "12345"}, hasNot...)
	}
}

// TestOtherAgencysMatter isn't answered from a document that only speaks of it.
func TestOtherAgencysMatter(t *testing.T) {
	t.Parallel()
	w := qinglan()
	explain := index.Explanation{Words: []string{"医保"}, Terms: []index.ExplainedTerm{{Text: "医保", IDF: 4}}}
	w.found = func(index.Query) index.Result {
		return index.Result{Hits: []index.Hit{w.hit("card-guide", "steps", 9)}, Confidence: .5, Explain: explain}
	}
	r := newCounter(t, w).on(t, today, "医保断了能补吗")
	if r.Status == Answered {
		t.Errorf("answered with\n%s", r.Text)
	}
}

// TestReadingIsFast keeps the expressions that read every message linear.
func TestReadingIsFast(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("那个就是", 2000), strings.Repeat("1 ", 3000), strings.Repeat("12345", 1000), strings.Repeat("嗯", 9000)} {
		start := time.Now()
		Split(Substance(Clean(text)))
		if took := time.Since(start); took > time.Second { // other tests run beside it
			t.Errorf("%q… took %v", firstRunes(text, 4), took)
		}
	}
}
