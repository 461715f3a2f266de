package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a Ledger that can be made to fail.
type memory struct {
	mu      sync.Mutex
	claims  map[string]*row
	records []Record
	batches []int
	fail    error
	slow    time.Duration
}

type row struct {
	claim    Claim
	answered time.Time
	body     []byte
}

func (m *memory) Commit(ctx context.Context, b Batch) ([]Held, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-time.After(m.slow):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if m.fail != nil {
		return nil, m.fail
	}
	m.batches = append(m.batches, len(b.Records)+len(b.Frees)+len(b.Claims))
	for _, r := range b.Records {
		if old := m.claims[r.Key]; old == nil || old.answered.IsZero() {
			m.claims[r.Key] = &row{answered: r.Answered, body: r.Body}
			m.records = append(m.records, r)
		}
	}
	for _, c := range b.Frees {
		if old := m.claims[c.Key]; old != nil && old.claim.Holder == c.Holder && old.answered.IsZero() {
			delete(m.claims, c.Key)
		}
	}
	held := make([]Held, len(b.Claims))
	for i, c := range b.Claims {
		old := m.claims[c.Key]
		if old == nil || old.answered.IsZero() && (!c.Now.Before(old.claim.Until) || old.claim.Holder == c.Holder) {
			m.claims[c.Key] = &row{claim: c}
			held[i].Won = true
			continue
		}
		held[i] = Held{Until: old.claim.Until, Answered: old.answered, Body: old.body}
	}
	if !b.DropBodies.IsZero() {
		for _, r := range m.claims {
			if !r.answered.IsZero() && r.answered.Before(b.DropBodies) {
				r.body = nil
			}
		}
	}
	return held, nil
}

func (m *memory) Recent(_ context.Context, account, person string, since time.Time, limit int) ([]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var rs []Record
	for i := len(m.records) - 1; i >= 0 && len(rs) < limit; i-- {
		if r := m.records[i]; r.Account == account && r.Person == person && !r.Asked.Before(since) {
			rs = append(rs, r)
		}
	}
	return rs, m.fail
}

func (m *memory) set(fail error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = fail
}

func newMemory() *memory { return &memory{claims: make(map[string]*row)} }

// start runs a journal until the returned function is called. Inside a
// synctest bubble its clock is the bubble's.
func start(t *testing.T, l Ledger) (*LedgerJournal, func()) {
	t.Helper()
	j, err := NewJournal(JournalConfig{Ledger: l, Secret: []byte("a secret of many bytes")})
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

func ask(id string) Question {
	return Question{Account: "default", Person: "oPERSON", ID: "oPERSON|" + id, Kind: Text, Text: "老人卡"}
}

func begin(t *testing.T, j *LedgerJournal, q Question, want string, wantErr error) {
	t.Helper()
	body, err := j.Begin(t.Context(), q)
	if string(body) != want || !errors.Is(err, wantErr) || wantErr == nil && err != nil {
		t.Errorf("Begin(%s) = %q, %v; want %q, %v", q.ID, body, err, want, wantErr)
	}
}

func end(t *testing.T, j *LedgerJournal, q Question, body string) {
	t.Helper()
	if err := j.End(t.Context(), q, Reply{Status: Answered, Text: body}, []byte(body), time.Millisecond); err != nil {
		t.Errorf("End(%s): %v", q.ID, err)
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		j, stop := start(t, m)
		defer stop()
		begin(t, j, ask("1"), "", nil)
		end(t, j, ask("1"), "答")
		begin(t, j, ask("1"), "答", nil)
		begin(t, j, ask("2"), "", nil) // another question
		other := ask("1")
		other.Account = "other"
		begin(t, j, other, "", nil)
		time.Sleep(59 * time.Second)
		begin(t, j, ask("1"), "答", nil)
		time.Sleep(time.Second)
		begin(t, j, ask("1"), "", ErrStale)
		begin(t, j, ask("1"), "", ErrStale)
		time.Sleep(time.Hour)
		begin(t, j, ask("1"), "", ErrStale)
		m.mu.Lock()
		defer m.mu.Unlock()
		for key, r := range m.claims {
			if r.body != nil {
				t.Errorf("%s still has its body", key)
			}
		}
	})
}

func TestRepeatsShareOneComputation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j, stop := start(t, newMemory())
		defer stop()
		computed := 0
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Millisecond)
				body, err := j.Begin(t.Context(), ask("1"))
				if err == nil && body == nil {
					computed++
					time.Sleep(2 * time.Second)
					end(t, j, ask("1"), "答")
				} else if string(body) != "答" || err != nil {
					t.Errorf("%q, %v", body, err)
				}
			})
		}
		wg.Wait()
		if computed != 1 {
			t.Errorf("computed %d times", computed)
		}
	})
}

func TestWaiterTakesOver(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(j *LedgerJournal){
		"freed": func(j *LedgerJournal) {
			time.Sleep(time.Second)
			_ = j.End(context.Background(), ask("1"), Reply{}, nil, 0)
		},
		"left without End": func(*LedgerJournal) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				j, stop := start(t, newMemory())
				defer stop()
				begin(t, j, ask("1"), "", nil)
				go leave(j)
				computed := 0
				var wg sync.WaitGroup
				for range 3 {
					wg.Go(func() {
						body, err := j.Begin(t.Context(), ask("1"))
						if body == nil && err == nil {
							computed++
							end(t, j, ask("1"), "答")
						} else if string(body) != "答" || err != nil {
							t.Errorf("%q, %v", body, err)
						}
					})
				}
				wg.Wait()
				if computed != 1 {
					t.Errorf("computed %d times", computed)
				}
			})
		})
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		dead, stop := start(t, m)
		begin(t, dead, ask("1"), "", nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if body, err := dead.Begin(ctx, ask("1")); body != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q, %v", body, err)
		}
		stop()
		j, stop := start(t, m)
		defer stop()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if body, err := j.Begin(ctx, ask("1")); body != nil || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("lease of a dead process: %q, %v", body, err)
		}
		asked := time.Now()
		begin(t, j, ask("1"), "", nil)
		if waited := time.Since(asked); waited > 2*time.Second+pollEvery {
			t.Errorf("waited %v for a lease that had 2 s to run", waited)
		}
	})
}

func TestAnotherReplicaAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		one, stopOne := start(t, m)
		defer stopOne()
		two, stopTwo := start(t, m)
		defer stopTwo()
		begin(t, one, ask("1"), "", nil)
		time.AfterFunc(2*time.Second, func() { end(t, one, ask("1"), "答") })
		begin(t, two, ask("1"), "答", nil)
		begin(t, two, ask("1"), "答", nil) // from memory
		time.Sleep(time.Minute)
		begin(t, two, ask("1"), "", ErrStale)
	})
}

func TestLedgerInTrouble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		j, stop := start(t, m)
		defer stop()
		synctest.Wait()
		full := errors.New("the disk is full")
		m.set(full)
		begin(t, j, ask("1"), "", ErrJournal)
		waiting := make(chan []byte)
		go func() {
			body, _ := j.Begin(t.Context(), ask("1"))
			waiting <- body
		}()
		synctest.Wait()
		err := j.End(t.Context(), ask("1"), Reply{}, []byte("答"), 0)
		if !errors.Is(err, ErrJournal) || !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		if body := <-waiting; string(body) != "答" {
			t.Errorf("%q", body)
		}
		begin(t, j, ask("1"), "答", nil)
		if err := j.Healthy(); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		if _, err := j.Recent(t.Context(), "default", "p", time.Time{}); !errors.Is(err, ErrJournal) {
			t.Errorf("%v", err)
		}
		m.set(nil)
		time.Sleep(sweepEvery)
		synctest.Wait()
		if err := j.Healthy(); err != nil {
			t.Errorf("healed, but %v", err)
		}
	})
}

func TestSlowLedger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		j, stop := start(t, m)
		defer stop()
		synctest.Wait()
		m.slow = time.Hour
		asked := time.Now()
		begin(t, j, ask("1"), "", ErrJournal)
		if waited := time.Since(asked); waited > maxWait {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestWritesAreGrouped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		m.slow = 10 * time.Millisecond
		j, stop := start(t, m)
		defer stop()
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				begin(t, j, ask(fmt.Sprint(i)), "", nil)
				end(t, j, ask(fmt.Sprint(i)), "答")
			})
		}
		wg.Wait()
		if len(m.batches) > 10 {
			t.Errorf("%d commits for 200 writes: %v", len(m.batches), m.batches)
		}
		if len(m.records) != 100 {
			t.Errorf("%d records", len(m.records))
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	fs, now := newFlights(), time.Unix(1_800_000_000, 0)
	for i := range 3 * maxLanded {
		key := fmt.Sprint(i)
		fs.join(key, now)
		fs.land(key, nil, []byte("答"), now)
	}
	if len(fs.byKey) > maxLanded || len(fs.landed) > maxLanded {
		t.Errorf("%d answers, %d in line", len(fs.byKey), len(fs.landed))
	}
	fs.join("never ended", now)
	fs.sweep(now.Add(lease + repeatable))
	if len(fs.byKey) > 0 || len(fs.landed) > 0 {
		t.Errorf("%d answers, %d in line", len(fs.byKey), len(fs.landed))
	}
}

func TestRecordNamesNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		j, stop := start(t, m)
		defer stop()
		q := ask("1")
		q.Text = "oPERSON的电话13800138000\x00\xff" + strings.Repeat("长", 3000)
		r := Reply{
			Text: "您问：" + q.Text, Confidence: math.NaN(),
			Sources: []Source{{Score: math.Inf(1), Snippet: "甲"}, {Title: "二", Snippet: "乙", Passage: "丙"}},
			Choices: []Choice{{Label: "13800138000", Ask: "11010119900307123X"}},
		}
		if err := j.End(t.Context(), q, r, []byte("<xml>oPERSON 13800138000</xml>"), time.Second); err != nil {
			t.Fatal(err)
		}
		rec := m.records[0]
		texts, err := rec.Read()
		if err != nil {
			t.Fatal(err)
		}
		kept := fmt.Sprintf("%+v %+v", rec, texts)
		for _, secret := range []string{"oPERSON", "13800138000", "11010119900307123X", "\x00", "\xff", "NaN", "Inf"} {
			if strings.Contains(kept, secret) || bytes.Contains(rec.Body, []byte(secret)) && len(secret) > 3 {
				t.Errorf("holds %q: %.300s", secret, kept)
			}
		}
		if len(texts.Question) > maxQuestion || !strings.HasPrefix(texts.Question, "［账号］的电话［电话号码］") {
			t.Errorf("%d bytes: %.60s", len(texts.Question), texts.Question)
		}
		if bytes.Contains(rec.Texts, []byte("账号")) {
			t.Error("the texts are in the clear")
		}
		if want := []Source{{Score: 0, Snippet: "甲"}, {Title: "二"}}; !slices.Equal(rec.Sources, want) {
			t.Errorf("sources %+v, want %+v", rec.Sources, want)
		}
		if r.Sources[0].Score != math.Inf(1) || r.Sources[1].Snippet != "乙" {
			t.Error("the caller's reply was changed")
		}
	})
}

func TestRecentTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j, stop := start(t, newMemory())
		defer stop()
		say := func(id string, r Reply) {
			t.Helper()
			q := ask(id)
			q.Text = "问题" + id
			if err := j.End(t.Context(), q, r, []byte("x"), 0); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		began := time.Now()
		say("1", Reply{Status: Answered, Sources: []Source{{Title: "一"}}})
		say("2", Reply{Status: Choose, Choices: []Choice{{Label: "甲"}}})
		say("3", Reply{Status: SmallTalk})
		r, err := j.Recent(t.Context(), "default", "oPERSON", began)
		if err != nil || r.Status != SmallTalk || r.Question != "问题3" || len(r.Choices) != 1 || len(r.Sources) != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		r, err = j.Recent(t.Context(), "default", "oPERSON", began.Add(2*time.Second))
		if err != nil || r.Choices != nil || r.Sources != nil || r.Status != SmallTalk {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestMaskable(t *testing.T) {
	t.Parallel()
	const number = "13800138000"
	for shift := range 3 {
		text := strings.Repeat("长", 16<<10/3-2) + strings.Repeat("a", shift) + number + "尾"
		if got := Mask(maskable(text)); strings.Contains(got, "138") {
			t.Errorf("shift %d: …%s", shift, got[len(got)-20:])
		}
	}
	if got := maskable("短 13800138000"); got != "短 13800138000" {
		t.Errorf("%q", got)
	}
}

func TestNewJournal(t *testing.T) {
	t.Parallel()
	if _, err := NewJournal(JournalConfig{Ledger: newMemory(), Secret: []byte("short")}); err == nil {
		t.Error("a short secret passes")
	}
	if _, err := NewJournal(JournalConfig{Secret: make([]byte, 32)}); err == nil {
		t.Error("no ledger passes")
	}
	j, err := NewJournal(JournalConfig{Ledger: newMemory(), Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.Run(ctx); err != nil {
		t.Error(err)
	}
	if err := j.Run(ctx); err == nil {
		t.Error("it runs twice")
	}
}

func TestSealer(t *testing.T) {
	t.Parallel()
	one, _ := newSealer(bytes.Repeat([]byte("a"), 16))
	two, _ := newSealer(bytes.Repeat([]byte("b"), 16))
	sealed := one.seal("k", []byte("答"))
	if body, err := one.open("k", sealed); string(body) != "答" || err != nil {
		t.Errorf("%q, %v", body, err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another question": func() ([]byte, error) { return one.open("l", sealed) },
		"another secret":   func() ([]byte, error) { return two.open("k", sealed) },
		"cut":              func() ([]byte, error) { return one.open("k", sealed[:5]) },
		"nothing":          func() ([]byte, error) { return one.open("k", nil) },
	} {
		if body, err := open(); err == nil {
			t.Errorf("%s: %q", name, body)
		}
	}
	if one.person("a", "b|c") == one.person("a|b", "c") || one.person("a", "b") == two.person("a", "b") {
		t.Error("persons are confused")
	}
	nameless := Question{Account: "a", Text: "一"}
	another := Question{Account: "a", Text: "二"}
	if one.key(nameless) == one.key(another) {
		t.Error("questions without ID are confused")
	}
}
