package bot

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"
)

func plainKey(account, person string) string { return account + "\x00" + person }

func TestMeter(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	m := NewMeter(3, plainKey, func() time.Time { return now })
	count := func(person string, want Pace) {
		t.Helper()
		if got := m.Count(t.Context(), "a", person); got != want {
			t.Fatalf("%v: pace %d, want %d", now.Sub(m.born), got, want)
		}
		now = now.Add(time.Second)
	}
	for range 3 {
		count("p", Within)
	}
	count("p", Over)
	count("p", Still)
	count("q", Within) // another person
	if got := m.Count(t.Context(), "b", "p"); got != Within {
		t.Fatal("one account's messages count for another")
	}
	now = m.born.Add(time.Minute) // the first of three is a minute ago
	count("p", Within)
	now = m.born.Add(61 * time.Second)
	count("p", Within)
	now = m.born.Add(62 * time.Second)
	count("p", Within)
	now = m.born.Add(62*time.Second + time.Millisecond)
	count("p", Still) // it was said less than a minute ago
	now = m.born.Add(10 * time.Minute)
	for range 3 {
		count("p", Within)
	}
	count("p", Over)
}

// However fast they come, no minute has more than the bound.
func TestMeterNeverLetsMoreThrough(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	m := NewMeter(MessagesPerMinute, plainKey, func() time.Time { return now })
	var let []time.Time
	for range 5000 {
		if m.Count(t.Context(), "a", "p") == Within {
			let = append(let, now)
		}
		now = now.Add(137 * time.Millisecond)
	}
	for i := range let {
		if j := i + MessagesPerMinute; j < len(let) && let[j].Sub(let[i]) < time.Minute {
			t.Fatalf("messages %d to %d came within %v", i, j, let[j].Sub(let[i]))
		}
	}
	if len(let) < 11*MessagesPerMinute {
		t.Errorf("only %d let through in 11 minutes", len(let))
	}
}

func TestMeterForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	m := NewMeter(1, plainKey, func() time.Time { return now })
	m.room = 100
	for i := range 1000 {
		m.Count(t.Context(), "a", fmt.Sprint(i))
	}
	if len(m.byKey) != 100 || m.order.Len() != 100 {
		t.Fatalf("%d senders are remembered", len(m.byKey))
	}
	now = now.Add(2 * time.Minute)
	m.Count(t.Context(), "a", "new")
	if len(m.byKey) != 1 || m.order.Len() != 1 {
		t.Errorf("%d senders after two minutes", len(m.byKey))
	}
}

func TestMeterAtOnce(t *testing.T) {
	t.Parallel()
	m := NewMeter(30, plainKey, time.Now)
	var mu sync.Mutex
	paces := map[Pace]int{}
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			p := m.Count(context.Background(), "a", "p")
			mu.Lock()
			paces[p]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if paces[Within] != 30 || paces[Over] != 1 || paces[Still] != 169 {
		t.Errorf("paces %v", paces)
	}
}

func TestLimited(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 3))
	r := w.responder(t)
	now := time.Unix(1790000000, 0)
	r.Limiter = NewMeter(2, plainKey, func() time.Time { return now })
	ask := func(q Question) Reply {
		q.Account, q.Person = "default", "o1"
		if q.Kind == "" {
			q.Kind = Text
		}
		got := r.Answer(t.Context(), q)
		checkReply(t, got)
		return got
	}
	for range 2 {
		checkText(t, ask(Question{Text: "敬老卡几岁能办"}), Answered, nil)
	}
	first := ask(Question{Text: "敬老卡几岁能办"})
	checkText(t, first, Limited, []string{"30条", "12345"})
	second := ask(Question{Text: "敬老卡几岁能办"})
	checkText(t, second, Limited, []string{"30条"})
	if first.Silent || !second.Silent {
		t.Errorf("silent: first %v, second %v", first.Silent, second.Silent)
	}
	checkText(t, ask(Question{Text: "家里着火了"}), Emergency, []string{"119"})
	checkText(t, ask(Question{Kind: Subscribe}), SmallTalk, nil)
	checkText(t, ask(Question{Kind: Unsubscribe}), SmallTalk, nil)
	if r.Answer(t.Context(), Question{Account: "default", Kind: Text, Text: "敬老卡几岁能办"}).Status != Answered {
		t.Error("nobody in particular is limited")
	}
	now = now.Add(time.Minute)
	checkText(t, ask(Question{Text: "敬老卡几岁能办"}), Answered, nil)
}

func TestAlarm(t *testing.T) {
	t.Parallel()
	if _, ok := Alarm(Question{Kind: Text, Text: "老人卡在哪里办"}); ok {
		t.Error("no danger in that")
	}
	r, ok := Alarm(Question{Kind: Text, Text: "救命，有人触电了"})
	if !ok {
		t.Fatal("no alarm")
	}
	checkText(t, r, Emergency, []string{"110", "119", "120"})
}

// BenchmarkAdmission is what counting and the stops add to a message.
func BenchmarkAdmission(b *testing.B) {
	w := qinglan()
	r := w.responder(b)
	s, err := newSealer([]byte("an instance's secret"))
	if err != nil {
		b.Fatal(err)
	}
	r.Limiter = NewMeter(1<<30, s.person, time.Now)
	r.Stops = &switches{all: []Stop{{Account: "default", Topic: "养老"}}}
	q := Question{Account: "default", Person: "oCitizen_0000000000000000001", Kind: Text, Text: "老人卡在哪里办？"}
	b.ReportAllocs()
	for i := range b.N {
		q.Person = q.Person[:20] + string(rune('a'+i%20)) // nobody's list grows
		t := &turn{r: r, q: q, acc: r.account(q.Account)}
		if _, over := r.limited(b.Context(), q); over {
			b.Fatal("limited")
		}
		if _, held, err := t.heldBack(b.Context()); held || err != nil {
			b.Fatal("held back")
		}
	}
}
