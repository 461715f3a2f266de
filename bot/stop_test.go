package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// switches are what stands.
type switches struct {
	all []Stop
	err error
}

func (s *switches) StandingStops(context.Context) ([]Stop, error) { return s.all, s.err }

// stoppedTown has documents of 养老 and one of 出行.
func stoppedTown() *town {
	w := qinglan()
	for id, d := range w.docs {
		d.Topics = []string{"养老"}
		w.docs[id] = d
	}
	w.add(corpus.Document{ID: "bus", Kind: corpus.Policy, Title: "青岚市公共汽车乘车规定", Number: "青政规〔2024〕9号", Agency: "青岚市交通局", Topics: []string{"出行"}, Effective: "2024-01-01"},
		[3]string{"a3", "第三条", "第三条　身高1.3米以下的儿童免费乘车。"})
	w.add(corpus.Document{ID: "old", Kind: corpus.Policy, Title: "青岚市敬老卡管理暂行办法", Agency: "青岚市人民政府", Topics: []string{"养老"}, Effective: "2010-01-01", Expires: "2020-01-01"},
		[3]string{"a1", "第一条", "第一条　年满70周岁的老年人可以申领敬老卡。"})
	return w
}

// asking asks with stops standing.
func (w *town) asking(t *testing.T, s Stops, q Question) Reply {
	t.Helper()
	r := w.responder(t)
	r.Stops = s
	q.Account, q.Person = "default", "o1"
	if q.Kind == "" {
		q.Kind = Text
	}
	got := r.AnswerOn(t.Context(), q, today)
	checkReply(t, got)
	return got
}

func TestAccountStopped(t *testing.T) {
	t.Parallel()
	for name, all := range map[string][]Stop{
		"this account": {{Account: "default"}}, "all accounts": {{}},
		"both": {{Account: "other", Topic: "养老"}, {Account: "default"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := stoppedTown()
			w.always(.9, w.hit("card", "a4", 3))
			s := &switches{all: all}
			for _, q := range []Question{
				{Text: "敬老卡几岁能办"}, {Text: "你好"}, {Text: "1"}, {Kind: Subscribe}, {Kind: Media}, {Kind: Location, Text: "市民中心"},
				{Kind: Voice}, {Kind: Click, Menu: "政策"}, {Text: ""}, {Text: "我要投诉"},
			} {
				r := w.asking(t, s, q)
				checkText(t, r, Redirected, []string{"这个账号暂停自动回答", "12345"})
				if r.Reason != "stopped" || len(r.Sources)+len(r.Choices) > 0 {
					t.Errorf("%+v: %+v", q, r)
				}
			}
			checkText(t, w.asking(t, s, Question{Text: "着火了怎么办，敬老卡几岁能办"}), Emergency, []string{"119"}, "回复数字1")
			if checkText(t, w.asking(t, s, Question{Kind: Unsubscribe}), SmallTalk, nil); len(w.forgotten) != 1 {
				t.Error("who unsubscribed was not forgotten")
			}
		})
	}
	w := stoppedTown()
	w.always(.9, w.hit("card", "a4", 3))
	checkText(t, w.asking(t, &switches{all: []Stop{{Account: "other"}, {Account: "default", LiftedAt: time.Unix(1, 0)}}}, Question{Text: "敬老卡几岁能办"}), Answered, nil)
}

func TestTopicStopped(t *testing.T) {
	t.Parallel()
	s := &switches{all: []Stop{{Account: "default", Topic: " 養老"}, {Account: "other", Topic: "出行"}}}
	const sentence = "自动回答暂停了"
	find := func(confidence float64, ids ...string) *town {
		w := stoppedTown()
		var hits []index.Hit
		for i, id := range ids {
			id, anchor, _ := strings.Cut(id, "#")
			hits = append(hits, w.hit(id, anchor, 3-float64(i)/10))
		}
		return w.always(confidence, hits...)
	}
	for name, tt := range map[string]struct {
		w    *town
		text string
		want Status
		has  string
	}{
		"an answer":                 {find(.9, "card#a4"), "敬老卡几岁能办", Redirected, sentence},
		"names the topic":           {find(.9, "bus#a3"), "养老的老人坐公交免费吗", Redirected, sentence},
		"names it traditionally":    {find(0), "養老政策有什么", Redirected, sentence},
		"unsure":                    {find(.2, "card#a4", "bus#a3"), "卡的事情怎么说", Redirected, sentence},
		"a guide":                   {find(.9, "card-guide#materials"), "老人卡要带什么", Redirected, sentence},
		"a rumour":                  {find(.9, "rumour#s1"), "网传敬老卡作废是真的吗", Redirected, sentence},
		"by number":                 {find(0), "青政规〔2024〕3号", Redirected, sentence},
		"by another number":         {find(0), "青政规〔2024〕9号", Answered, "公共汽车"},
		"a complaint that asks":     {find(.9, "card#a4"), "投诉窗口不给办敬老卡，要什么条件才给办", Redirected, sentence},
		"another topic":             {find(.9, "bus#a3"), "小孩坐公交免费吗", Answered, "1.3米"},
		"nothing found":             {find(.01, "card#a4"), "火星上有没有地铁站", Refused, "没有找到"},
		"choices of another remain": {find(.2, "bus#a3", "card#a4"), "坐车的卡免费吗", Refused, "公共汽车乘车"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := tt.w.asking(t, s, Question{Text: tt.text})
			checkText(t, r, tt.want, []string{tt.has}, "年满60周岁")
			if strings.Contains(r.Text, sentence) != (r.Reason == "stopped") {
				t.Errorf("reason %q:\n%s", r.Reason, r.Text)
			}
			for _, c := range r.Choices {
				if strings.HasPrefix(c.Ref, "card") {
					t.Errorf("offers %+v", c)
				}
			}
		})
	}
}

func TestTopicStoppedInConversation(t *testing.T) {
	t.Parallel()
	s := &switches{all: []Stop{{Topic: "养老"}}}
	w := stoppedTown()
	w.recent = Recent{Status: Answered, Question: "敬老卡几岁能办", Choices: []Choice{{Label: "要带什么材料", Ref: "card-guide#materials"}}}
	w.always(.9, w.hit("card-guide", "materials", 3))
	for _, text := range []string{"1", "要带什么材料"} {
		checkText(t, w.asking(t, s, Question{Text: text}), Redirected, []string{"关于“养老”的自动回答暂停了"}, "身份证")
	}
	// One of two questions.
	w = stoppedTown()
	w.found = func(q index.Query) index.Result {
		id, anchor := "bus", "a3"
		if strings.Contains(q.Text, "敬老卡") {
			id, anchor = "card", "a4"
		}
		return index.Result{Hits: []index.Hit{w.hit(id, anchor, 3)}, Confidence: .9}
	}
	r := w.asking(t, s, Question{Text: "敬老卡几岁能办？小孩坐公交免费吗？"})
	checkText(t, r, Answered, []string{"您问了两件事", "自动回答暂停了", "1.3米"}, "年满60周岁")
	r = w.asking(t, s, Question{Text: "敬老卡几岁能办？敬老卡能代办吗？"})
	checkText(t, r, Redirected, []string{"自动回答暂停了"}, "您问了")
	// An outdated document.
	w = stoppedTown()
	w.found = func(q index.Query) index.Result {
		if q.Day != "" {
			return index.Result{}
		}
		return index.Result{Hits: []index.Hit{w.hit("old", "a1", 3)}, Confidence: .9}
	}
	checkText(t, w.asking(t, s, Question{Text: "敬老卡暂行办法还有效吗"}), Redirected, []string{"自动回答暂停了"}, "失效")
	// What an FAQ rests on.
	w = stoppedTown()
	d := w.docs["card-faq"]
	d.Topics = nil
	w.docs["card-faq"] = d
	w.always(.9, w.hit("card-faq", "q1", 3))
	checkText(t, w.asking(t, s, Question{Text: "敬老卡丢了怎么办"}), Redirected, []string{"自动回答暂停了"}, "挂失")
}

func TestStopsCannotBeRead(t *testing.T) {
	t.Parallel()
	w := stoppedTown()
	w.always(.9, w.hit("card", "a4", 3))
	s := &switches{err: errors.New("disk")}
	checkText(t, w.asking(t, s, Question{Text: "敬老卡几岁能办"}), Failed, []string{"刚才没查成"})
	checkText(t, w.asking(t, s, Question{Text: "着火了，敬老卡几岁能办"}), Emergency, []string{"119"}, "回复数字1")
	if w.asking(t, s, Question{Kind: Unsubscribe}); len(w.forgotten) != 1 {
		t.Error("who unsubscribed was not forgotten")
	}
}

func TestKnownTopic(t *testing.T) {
	t.Parallel()
	known := []string{"养老", "住房公积金", "户籍", "Wi-Fi"}
	for meant, want := range map[string]string{"养老": "养老", " 養老 ": "养老", "ｗｉｆｉ": "Wi-Fi"} {
		if got, err := KnownTopic(meant, known); got != want || err != nil {
			t.Errorf("%q: %q, %v", meant, got, err)
		}
	}
	for meant, says := range map[string]string{
		"住房": "do you mean 住房公积金?", "养老保险": "do you mean 养老?", "": "the topics of the published documents are 养老, 住房公积金",
		"\x1b[31m火星\n": "are 养老", strings.Repeat("长", 10000): "are 养老",
	} {
		_, err := KnownTopic(meant, known)
		if err == nil || !strings.Contains(err.Error(), says) || len(err.Error()) > 600 || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%.20q: %v", meant, err)
		}
	}
	if _, err := KnownTopic("养老", nil); err == nil || !strings.Contains(err.Error(), "no published document has a topic") {
		t.Error(err)
	}
}

func TestStopWords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		reason, by string
		needed, ok bool
	}{
		{"文件有误", "张三", true, true}, {"", "张三", true, false}, {"", "张三", false, true}, {"文件有误", " ", true, false},
		{"两\n行", "张三", true, false}, {strings.Repeat("长", 501), "张三", true, false}, {"a", strings.Repeat("b", 101), true, false}, {"\xff", "b", true, false},
	} {
		if err := CheckStopWords(tt.reason, tt.by, tt.needed); (err == nil) != tt.ok {
			t.Errorf("%.20q by %.20q: %v", tt.reason, tt.by, err)
		}
	}
}
