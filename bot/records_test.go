package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/policybot/policybot/corpus"
)

func TestWantsRecords(t *testing.T) {
	t.Parallel()
	for want, texts := range map[Records][]string{
		ShowRecords: {
			"查我的记录", "查我的记录。", "查询我的记录", "查看我的聊天记录", "看一下我的记录", "我的记录", "请查一下我的聊天记录，谢谢", "查我的記錄",
			"你们存了我哪些信息", "你们都存了我什么", "怎么删除我的记录", "怎么查我的记录？", "我的记录怎么删除", "我想看看我的提问记录", "把我的聊天记录导出",
			"查一查我的记录", "帮我查查我的问答记录", "我想看看你们存了我什么信息", "我想知道你们存了我哪些信息",
		},
		DeleteRecords: {
			"删除我的记录", "删除我的记录！！", "把我的记录删掉", "清除我的聊天记录", "请把我的聊天记录全部删除", "刪除我的記錄", "删掉我的记录", "帮我删除我的所有记录",
			"我要删除我的记录", "删除聊天记录", "清空聊天记录", "删除记录", "能把我的记录删了吗", "删除我的个人信息", "删除我的全部聊天记录", "清空我的对话",
			"你好，请删除我的记录，谢谢", "删 除 我 的 记 录", "我的记录删掉吧", "清空聊天", "删除对话", "把我问过的问题都删掉", "忘记我",
		},
		NoRecords: {
			"怎么删除纳税记录", "删除我的违法记录", "查我的社保缴费记录", "查我的纳税记录", "我的征信记录怎么消除", "无犯罪记录证明怎么开", "病历记录能删除吗", "老人卡在哪里办",
			"不要删除我的记录", "别删我的记录", "查公积金", "聊聊公积金", "我的婚姻登记记录怎么查", "删除", "查", "", "我", "怎么查我的记录里有没有欠税",
			"查我的个人信用信息", "怎么修改我的个人信息", "删除我的房产信息", "驾驶证记分怎么清除", "清除违章记录", "查我的档案信息", "我的车辆违法信息怎么查",
			strings.Repeat("删除我的记录", 20),
		},
	} {
		for _, text := range texts {
			if got := WantsRecords(Question{Kind: Text, Text: text}); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
	if got := WantsRecords(Question{Kind: Click, Menu: "查我的记录"}); got != ShowRecords {
		t.Errorf("menu: %q", got)
	}
	if got := WantsRecords(Question{Kind: Subscribe, Text: "删除我的记录"}); got != NoRecords {
		t.Errorf("an event: %q", got)
	}
}

func FuzzWantsRecords(f *testing.F) {
	f.Add("请把我的聊天记录全部删除")
	f.Fuzz(func(t *testing.T, text string) {
		if WantsRecords(Question{Kind: Text, Text: text}) != NoRecords && letters(Clean(text)) > longestWish {
			t.Errorf("%q", text)
		}
	})
}

func TestRecordsReplies(t *testing.T) {
	t.Parallel()
	at := func(day string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", day+" 12:00", corpus.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	w := &town{kept: Kept{
		Messages: 12, Oldest: at("2026-03-05"), Newest: at("2026-04-30"), Retention: DefaultRetention,
		Last: []Asked{
			{at("2026-04-30"), "选2"}, {at("2026-04-30"), "老人卡在哪里办"}, {at("2026-04-29"), "我是［身份证号］" + strings.Repeat("长", 3000)},
			{at("2026-04-28"), "<a href=\"x\">点我</a>\n换行"}, {at("2025-12-27"), "问四"}, {at("2026-04-26"), "问五"}, {at("2026-04-25"), "问六"},
		},
	}}
	r := w.responder(t)
	ask := func(text string) Reply {
		return r.Answer(t.Context(), Question{Account: "a", Person: "p", Kind: Text, Text: text})
	}
	reply := ask("查我的记录")
	for _, want := range []string{"12条", "最早的是3月5日", "存90天", "存到6月3日", "4月30日 老人卡在哪里办（存到7月29日）", "［身份证号］", "2025年12月27日 问四", "删除我的记录"} {
		if !strings.Contains(reply.Text, want) {
			t.Errorf("the reply lacks %q:\n%s", want, reply.Text)
		}
	}
	for _, not := range []string{"问六", "4月30日 选2", "<a", "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长"} {
		if strings.Contains(reply.Text, not) {
			t.Errorf("the reply has %q:\n%s", not, reply.Text)
		}
	}
	if len(reply.Text) > 1800 || reply.Reason != reasonRecords {
		t.Errorf("%d bytes, %+v", len(reply.Text), reply)
	}
	if len(w.forgotten) > 0 || len(w.asked) > 0 {
		t.Error("showing removes or searches")
	}
	reply = ask("删除我的记录")
	if len(w.forgotten) != 1 || w.forgotten[0] != "a/p" || reply.Reason != ReasonForgotten || !strings.Contains(reply.Text, "12条") {
		t.Errorf("%v, %+v", w.forgotten, reply)
	}
	w.kept = Kept{}
	if reply := ask("删除我的记录"); !strings.Contains(reply.Text, "没有留下记录") {
		t.Errorf("%+v", reply)
	}
	if reply := ask("查我的记录"); !strings.Contains(reply.Text, "没有留下记录") {
		t.Errorf("%+v", reply)
	}
	w.forgetErr, w.keptErr = errors.New("disk full"), errors.New("disk full")
	for _, text := range []string{"删除我的记录", "查我的记录"} {
		if reply := ask(text); reply.Status != Failed {
			t.Errorf("%s in trouble: %+v", text, reply)
		}
	}
	if reply := ask("我不想活了，删除我的记录"); reply.Status != Emergency {
		t.Errorf("%+v", reply)
	}
}

func (m *memory) Forget(_ context.Context, account, person string) (keys []string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.records {
		if r := &m.records[i]; m.fail == nil && r.Account == account && r.Person == person {
			r.Person, r.Texts, r.Secret = "", nil, nil
			m.claims[r.Key].body = nil
			keys = append(keys, r.Key)
		}
	}
	return keys, m.fail
}

// aged is a memory that also ages.
type aged struct {
	*memory
	texts, lines []time.Time
	left         []int // what Expire says in turn
	scrubbed     int
	busy         int // how often Scrub fails first
	open         []Unsealed
	sealed       []Resealed
}

func (a *aged) Kept(ctx context.Context, account, person string, newest int) (int, time.Time, []Record, error) {
	rs, err := a.Recent(ctx, account, person, time.Time{}, newest)
	if len(rs) == 0 || err != nil {
		return 0, time.Time{}, nil, err
	}
	return len(rs), rs[len(rs)-1].Asked, rs, nil
}

func (a *aged) Expire(_ context.Context, texts, lines time.Time, limit int) (int, error) {
	a.texts, a.lines = append(a.texts, texts), append(a.lines, lines)
	if len(a.left) == 0 {
		return 0, nil
	}
	n := a.left[0]
	a.left = a.left[1:]
	return n, nil
}

func (a *aged) Scrub(context.Context) error {
	if a.busy > 0 {
		a.busy--
		return errors.New("busy")
	}
	a.scrubbed++
	return nil
}

func (a *aged) Unsealed(_ context.Context, limit int) ([]Unsealed, error) {
	n := min(limit, len(a.open))
	return a.open[:n], nil
}

func (a *aged) Reseal(_ context.Context, sealed []Resealed) error {
	a.open = a.open[len(sealed):]
	a.sealed = append(a.sealed, sealed...)
	return nil
}

func startAged(t *testing.T, a *aged, retention time.Duration) (*LedgerJournal, func()) {
	t.Helper()
	j, err := NewJournal(JournalConfig{Ledger: a, Archive: a, Secret: []byte("a secret of many bytes"), Retention: retention})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- j.Run(ctx) }()
	return j, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestAging(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &aged{memory: newMemory(), left: []int{ageBatch, ageBatch, 3, 0}, busy: 2}
		began := time.Now()
		_, stop := startAged(t, a, 0)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if len(a.texts) != 6 || a.scrubbed != 1 {
			t.Errorf("looked %d times, scrubbed %d times", len(a.texts), a.scrubbed)
		}
		if !a.texts[0].Equal(began.Add(-90*24*time.Hour)) || !a.lines[0].Equal(began.Add(-184*24*time.Hour)) {
			t.Errorf("texts before %v, lines before %v", a.texts[0], a.lines[0])
		}
		stop()
		long := &aged{memory: newMemory()}
		began = time.Now()
		_, stop = startAged(t, long, 400*24*time.Hour)
		synctest.Wait()
		stop()
		if !long.texts[0].Equal(long.lines[0]) || !long.lines[0].Equal(began.Add(-400*24*time.Hour)) {
			t.Errorf("texts before %v, lines before %v", long.texts[0], long.lines[0])
		}
	})
	if _, err := NewJournal(JournalConfig{Ledger: newMemory(), Secret: make([]byte, 32), Retention: time.Hour}); err == nil {
		t.Error("a retention of an hour passes")
	}
}

// Who asks to be forgotten is forgotten with what is still being answered, and
// with what waits in the same batch.
func TestForgetting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &aged{memory: newMemory()}
		j, stop := startAged(t, a, 0)
		defer stop()
		begin(t, j, ask("1"), "", nil)
		end(t, j, ask("1"), "答")
		begin(t, j, ask("2"), "", nil)
		time.Sleep(time.Second)
		n, err := j.Forget(t.Context(), "default", "oPERSON")
		if n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		begin(t, j, ask("1"), "", ErrStale) // neither asked nor answered again
		if err := j.End(t.Context(), ask("2"), Reply{Status: Answered, Text: "答"}, []byte("答"), 2*time.Second); err != nil {
			t.Error(err)
		}
		begin(t, j, ask("2"), "答", nil) // who is still waiting gets the answer
		a.mu.Lock()
		for _, r := range a.records {
			if r.Person != "" || r.Texts != nil || r.Secret != nil || a.claims[r.Key].body != nil {
				t.Errorf("%+v is left", r)
			}
		}
		a.mu.Unlock()
		time.Sleep(ageSoon + time.Second)
		synctest.Wait()
		if a.scrubbed != 1 {
			t.Errorf("scrubbed %d times", a.scrubbed)
		}
		end(t, j, ask("3"), "答")
		if k, err := j.Kept(t.Context(), "default", "oPERSON"); err != nil || k.Messages != 1 || len(k.Last) != 1 || k.Last[0].Question != "老人卡" {
			t.Errorf("%+v, %v", k, err)
		}
		q := ask("4")
		q.Text = "删除我的记录"
		if err := j.End(t.Context(), q, Reply{Reason: ReasonForgotten, Text: "删了"}, []byte("删了"), 0); err != nil {
			t.Error(err)
		}
		if r := a.records[len(a.records)-1]; r.Person != "" || r.Texts != nil {
			t.Errorf("%+v", r)
		}
		a.set(errors.New("the disk is full"))
		if _, err := j.Forget(t.Context(), "default", "oPERSON"); !errors.Is(err, ErrJournal) {
			t.Errorf("%v", err)
		}
	})
}

func TestSealOld(t *testing.T) {
	t.Parallel()
	a := &aged{memory: newMemory()}
	for i := range ageBatch + 7 {
		a.open = append(a.open, Unsealed{ID: int64(i), Key: fmt.Sprint(i), Question: "问", Text: "答", Choices: []Choice{{Label: "选"}}})
	}
	j, err := NewJournal(JournalConfig{Ledger: a, Archive: a, Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	n, err := j.SealOld(t.Context())
	if n != ageBatch+7 || err != nil || len(a.sealed) != n {
		t.Errorf("%d, %v, %d", n, err, len(a.sealed))
	}
	r := Record{Key: "3", Texts: a.sealed[3].Texts, Secret: a.sealed[3].Secret}
	if texts, err := r.Read(); err != nil || texts.Question != "问" || texts.Reply != "答" || len(texts.Choices) != 1 {
		t.Errorf("%+v, %v", texts, err)
	}
	for name, bad := range map[string]Record{
		"another record": {Key: "4", Texts: r.Texts, Secret: r.Secret}, "no secret": {Key: "3", Texts: r.Texts},
		"a short secret": {Key: "3", Texts: r.Texts, Secret: r.Secret[:5]}, "no texts": {Key: "3", Secret: r.Secret},
	} {
		if _, err := bad.Read(); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
