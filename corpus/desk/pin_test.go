package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

var noon = time.Date(2026, 11, 27, 12, 0, 0, 0, corpus.Zone)

func TestPinWords(t *testing.T) {
	t.Parallel()
	const text = "停水原因正在核实，…时前发布。"
	for _, c := range []struct {
		text         string
		since, until time.Time
		want         string
	}{
		{text, noon, noon.Add(6 * time.Hour), "停水原因正在核实，18时前发布。"},
		{text, noon, noon.Add(5*time.Hour + 30*time.Minute), "停水原因正在核实，17时30分前发布。"},
		{text, noon, noon.Add(21 * time.Hour), "停水原因正在核实，11月28日9时前发布。"},
		{text, time.Time{}, noon.Add(time.Hour), text},
		{text, noon, time.Time{}, text},
		{"……时前，或者...时前", noon, noon.Add(time.Hour), "13时前，或者13时前"},
		{"请等通知。$1", noon, noon.Add(time.Hour), "请等通知。$1"},
		{"几小时…后", noon, noon.Add(time.Hour), "几小时…后"},
	} {
		if got := (Pin{Text: c.text, Since: c.since, Until: c.until}).Words(); got != c.want {
			t.Errorf("%q until %v: %q, want %q", c.text, c.until, got, c.want)
		}
	}
}

func TestPinOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		p    Pin
		want bool
	}{
		"stands": {Pin{State: PinStands, Until: noon.Add(1)}, false}, "at its end": {Pin{State: PinStands, Until: noon}, true},
		"by hand": {Pin{State: PinEnded, Until: noon.Add(time.Hour)}, true}, "proposed": {Pin{State: PinProposed, Until: noon}, false},
		"ready": {Pin{State: PinReady}, false},
	} {
		if got := c.p.Over(noon); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPinFaults(t *testing.T) {
	t.Parallel()
	later := noon.Add(time.Hour)
	for name, c := range map[string]struct {
		p    Pin
		says string
	}{
		"a holding reply needs no end": {Pin{Phrases: []string{"停水"}, Text: "x"}, ""},
		"a clarification does":         {Pin{Phrases: []string{"停水"}, Document: "c"}, "到什么时候"},
		"over":                         {Pin{Phrases: []string{"停水"}, Document: "c", Until: noon}, "已经过了"},
		"well":                         {Pin{Phrases: []string{"停水 城东"}, Document: "c", Until: later}, ""},
		"too many":                     {Pin{Phrases: slices.Repeat([]string{"停水"}, 21), Document: "c", Until: later}, "最多20个"},
		"two lines":                    {Pin{Phrases: []string{"停水\n城东"}, Document: "c", Until: later}, "2到30个字"},
		"script":                       {Pin{Phrases: []string{"\xff\xfe"}, Document: "c", Until: later}, "2到30个字"},
		"long":                         {Pin{Phrases: []string{"停水"}, Text: strings.Repeat("长", 301)}, "300"},
		"no account":                   {Pin{Phrases: []string{"停水"}, Text: "x", Accounts: []string{""}}, "账号"},
	} {
		lacks := PinFaults(c.p, noon)
		if text := strings.Join(lacks, "；"); c.says == "" && text != "" || !strings.Contains(text, c.says) {
			t.Errorf("%s: %q, want %q", name, text, c.says)
		}
	}
}

// desktop is a Desk over nothing but what a test puts in.
func desktop(accounts ...Account) *Desk {
	return &Desk{
		Now:      func() time.Time { return noon },
		Accounts: func() []Account { return accounts },
		Knowledge: func(context.Context, string) (Knowledge, error) {
			return Knowledge{Words: []Word{{Wrong: "帐户", Right: "账户"}, {Wrong: "刁民", Blocks: true}}}, nil
		},
	}
}

func actor(agency string, roles ...Role) Actor {
	return Actor{Staff: Staff{ID: 7, Name: "wang", Display: "王敏", Roles: roles, Agency: agency}}
}

var threeAccounts = []Account{
	{Name: "city", Title: "青岚发布"}, {Name: "mz", Title: "青岚民政", Agency: "民政局", Greeting: "您好，查帐户请回复1。"}, {Name: "yb", Agency: "医保局", Greeting: "您好。"},
}

func TestAccountsOf(t *testing.T) {
	t.Parallel()
	d := desktop(threeAccounts...)
	for agency, want := range map[string]string{"": "city mz yb", "民政局": "city mz", "教育局": "city"} {
		var got []string
		for _, a := range d.AccountsOf(actor(agency, Editor)) {
			got = append(got, a.Name)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", agency, got, want)
		}
	}
	for _, c := range []struct {
		agency string
		names  string
		want   string
		fails  bool
	}{
		{"", "", "", false}, {"", "yb", "yb", false}, {"", "nobody", "", true}, {"民政局", "", "city mz", false}, {"民政局", "mz", "mz", false}, {"民政局", "yb", "", true},
	} {
		got, err := d.choose(actor(c.agency, Editor), strings.Fields(c.names))
		if c.fails != (err != nil) || strings.Join(got, " ") != c.want {
			t.Errorf("%s chooses %q: %v, %v", c.agency, c.names, got, err)
		}
	}
	var denied Denied
	only := desktop(threeAccounts[1])
	if _, err := only.choose(actor("教育局", Editor), nil); !errors.As(err, &denied) {
		t.Errorf("an agency without accounts: %v", err)
	}
}

func TestCheckGreetings(t *testing.T) {
	t.Parallel()
	d := desktop(threeAccounts...)
	all, err := d.CheckGreetings(t.Context(), actor("", Auditor))
	if err != nil || len(all) != 1 || all[0].Account.Name != "mz" || !strings.Contains(all[0].Flaws[0].Message, "账户") {
		t.Errorf("%+v, %v", all, err)
	}
	if all, err = d.CheckGreetings(t.Context(), actor("医保局", Editor)); err != nil || len(all) != 0 {
		t.Errorf("of another agency: %+v, %v", all, err)
	}
	if _, err := d.CheckGreetings(t.Context(), Actor{}); !errors.Is(err, corpus.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// Of what was asked, staff see what their pin is for, on their accounts; once it
// stands, what was asked before and was not told from the same document.
func TestCaught(t *testing.T) {
	t.Parallel()
	d := desktop(threeAccounts...)
	since := time.Time{}
	d.Heard = func(_ context.Context, _ Pin, from time.Time) ([]Heard, error) {
		since = from
		return []Heard{
			{Account: "city", Question: "late", At: noon.Add(time.Minute)}, {Account: "city", Question: "a", At: noon.Add(-time.Hour)},
			{Account: "yb", Question: "b", At: noon.Add(-time.Hour)}, {Account: "mz", Question: "c", Document: "c", At: noon.Add(-time.Hour)},
			{Account: "mz", Question: "d", Document: "other", At: noon.Add(-time.Hour)},
		}, nil
	}
	for _, c := range []struct {
		by   Actor
		p    Pin
		want string
		from time.Time
	}{
		{actor("", Editor), Pin{}, "abcd", noon.Add(-heardBack)},
		{actor("", Reviewer), Pin{Document: "c"}, "abcd", noon.Add(-heardBack)},
		{actor("", Reviewer), Pin{Document: "c", Since: noon}, "abd", noon.Add(-heardBack)},
		{actor("民政局", Editor), Pin{}, "acd", noon.Add(-heardBack)},
		{actor("", Editor), Pin{Accounts: []string{"mz"}}, "cd", noon.Add(-heardBack)},
		{actor("", Editor), Pin{Since: noon.Add(-2 * time.Hour)}, "", noon.Add(-2*time.Hour - heardBack)},
	} {
		all, err := d.Caught(t.Context(), c.by, c.p)
		got := ""
		for _, h := range all {
			got += h.Question
		}
		if err != nil || got != c.want || !since.Equal(c.from) {
			t.Errorf("%+v: %q since %v, want %q since %v, %v", c.p, got, since, c.want, c.from, err)
		}
	}
	var denied Denied
	if _, err := d.Caught(t.Context(), actor("", Maintainer), Pin{}); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
}

func TestPreviewPin(t *testing.T) {
	t.Parallel()
	d := desktop(threeAccounts...)
	var heard []Heard
	asked := 0
	d.Heard = func(context.Context, Pin, time.Time) ([]Heard, error) { return slices.Clone(heard), nil }
	d.Rehearse = func(_ context.Context, p Pin, account, question string) (string, error) {
		asked++
		return p.Text + strings.TrimRight(question, "吗"), nil
	}
	p := Pin{Phrases: []string{"停水 城东"}, Text: "查帐户"}
	v, err := d.PreviewPin(t.Context(), actor("", Editor), p)
	if err != nil || v.Asked || len(v.Said) != 1 || v.Said[0].Reply != "查帐户停水城东" || len(v.Flaws) != 1 {
		t.Errorf("nobody asked: %+v, %v", v, err)
	}
	for i := range 100 {
		heard = append(heard, Heard{Account: "city", Question: []string{"停水", "停水吗", "停电"}[i%3]})
	}
	asked = 0
	v, err = d.PreviewPin(t.Context(), actor("", Editor), p)
	if err != nil || !v.Asked || len(v.Heard) != 100 || len(v.Said) != 2 || asked != 3 || !slices.Equal(v.Said[0].Questions, []string{"停水", "停水吗"}) {
		t.Errorf("%d answers: %+v, %v", asked, v.Said, err)
	}
	for i := range heard {
		heard[i].Question = strings.Repeat("停", i+1)
	}
	asked = 0
	if _, err = d.PreviewPin(t.Context(), actor("", Editor), p); err != nil || asked != maxRehearsed {
		t.Errorf("%d answers, %v", asked, err)
	}
	var lacks NotReady
	if _, err := d.PreviewPin(t.Context(), actor("", Editor), Pin{}); !errors.As(err, &lacks) {
		t.Errorf("%v", err)
	}
}

func TestBurstRule(t *testing.T) {
	t.Parallel()
	for r, well := range map[BurstRule]bool{
		DefaultBurst: true, {3, 1}: true, {500, 120}: true, {2, 15}: false, {501, 15}: false, {10, 0}: false, {10, 121}: false, {-1, -1}: false,
	} {
		if got := r.Fault() == ""; got != well {
			t.Errorf("%+v: %q", r, r.Fault())
		}
	}
}

func TestPutWord(t *testing.T) {
	t.Parallel()
	list := []Word{{Wrong: "帐户", Right: "账户"}, {Wrong: "刁民", Blocks: true}}
	for name, c := range map[string]struct {
		was  string
		w    Word
		want []Word
	}{
		"added":          {"", Word{Wrong: "以经", Right: "已经"}, []Word{list[0], list[1], {Wrong: "以经", Right: "已经"}}},
		"changed":        {"帐户", Word{Wrong: "帐户", Right: "账号"}, []Word{{Wrong: "帐户", Right: "账号"}, list[1]}},
		"renamed":        {"刁民", Word{Wrong: "刁民们"}, []Word{list[0], {Wrong: "刁民们"}}},
		"there already":  {"", Word{Wrong: "刁民"}, nil},
		"another's name": {"帐户", Word{Wrong: "刁民"}, nil},
		"gone meanwhile": {"没有", Word{Wrong: "没有"}, nil},
	} {
		got, err := put(list, c.was, c.w)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	full := make([]Word, maxWords)
	if _, err := put(full, "", Word{Wrong: "新"}); err == nil {
		t.Error("more words than there may be")
	}
	for _, w := range []Word{{}, {Wrong: "一\n二"}, {Wrong: strings.Repeat("长", 41)}, {Wrong: "同", Right: "同"}, {Wrong: "a", Why: strings.Repeat("长", 101)}, {Wrong: "\xff"}} {
		if w.Fault() == "" {
			t.Errorf("%+v is well", w)
		}
	}
}

// stops keeps them in memory.
type stops struct {
	all  []Stop
	done []string
}

func (s *stops) StopAnswers(_ context.Context, x Stop, by Actor) error {
	s.done = append(s.done, "stop "+x.Scope())
	return nil
}

func (s *stops) ResumeAnswers(_ context.Context, id int64, why string, by Actor) error {
	s.done = append(s.done, "lift "+why)
	return nil
}

func (s *stops) StopOf(_ context.Context, id int64) (Stop, error) {
	for _, x := range s.all {
		if x.ID == id {
			return x, nil
		}
	}
	return Stop{}, corpus.ErrNotFound
}
func (s *stops) ListStops(context.Context, int) ([]Stop, error) { return slices.Clone(s.all), nil }
func (s *stops) TopicNames(context.Context, []string) ([]string, error) {
	return []string{"养老", "供水"}, nil
}

func TestStopAnswers(t *testing.T) {
	t.Parallel()
	d := desktop(threeAccounts...)
	s := &stops{all: []Stop{{ID: 1}, {ID: 2, Account: "mz"}, {ID: 3, Account: "yb", LiftedAt: noon}}}
	d.Stops = s
	for name, c := range map[string]struct {
		by   Actor
		stop Stop
		want string
	}{
		"a topic":                {actor("", Reviewer), Stop{Account: "yb", Topic: "养老", Reason: "有误"}, "stop 账号yb，主题“养老”"},
		"everything":             {actor("", Reviewer), Stop{Reason: "演练"}, "stop 全部账号"},
		"one's own":              {actor("民政局", Reviewer), Stop{Account: "mz", Reason: "演练"}, "stop 账号mz"},
		"another agency's":       {actor("民政局", Reviewer), Stop{Account: "yb", Reason: "演练"}, ""},
		"all, of an agency":      {actor("民政局", Reviewer), Stop{Reason: "演练"}, ""},
		"an editor":              {actor("", Editor), Stop{Account: "yb", Reason: "演练"}, ""},
		"without a reason":       {actor("", Reviewer), Stop{Account: "yb", Reason: " "}, ""},
		"reason of two lines":    {actor("", Reviewer), Stop{Account: "yb", Reason: "a\nb"}, ""},
		"a topic that is not":    {actor("", Reviewer), Stop{Account: "yb", Topic: "火星", Reason: "演练"}, ""},
		"an account that is not": {actor("", Reviewer), Stop{Account: "x", Reason: "演练"}, ""},
		"everybody's":            {actor("教育局", Reviewer, Editor), Stop{Account: "city", Reason: "演练"}, ""},
		"a topic on everybody's": {actor("教育局", Reviewer, Editor), Stop{Account: "city", Topic: "供水", Reason: "演练"}, "stop 账号city，主题“供水”"},
	} {
		s.done = nil
		err := d.Stop(t.Context(), c.by, c.stop)
		if got := strings.Join(s.done, ""); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if _, ok := err.(NotReady); err != nil && !ok {
			if _, ok := err.(Denied); !ok {
				t.Errorf("%s: %v is no sentence", name, err)
			}
		}
	}
	for _, c := range []struct {
		by   Actor
		id   int64
		want bool
	}{
		{actor("", Reviewer), 1, true}, {actor("", Editor), 1, false}, {actor("民政局", Reviewer), 1, false}, {actor("民政局", Reviewer), 2, true},
		{actor("医保局", Reviewer), 2, false}, {actor("", Reviewer), 9, false},
	} {
		if err := d.Lift(t.Context(), c.by, c.id, " 改好了 "); (err == nil) != c.want {
			t.Errorf("%s lifts %d: %v", c.by.Agency, c.id, err)
		}
	}
	if all, err := d.Stopped(t.Context(), actor("民政局", Auditor)); err != nil || len(all) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}
