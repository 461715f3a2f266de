package bot

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestVerdictIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"有用": "yes", "没用": "no", "“有用”": "yes", "没用。": "no", " 没什么用！": "no", "有帮助": "yes", "很有用": "yes", "没有用": "no",
		"这个证还有用吗": "", "老年证没用了怎么注销": "", "有用吗": "", "没用过的公积金能提取吗": "", "有用工备案怎么办": "", "无用": "no",
		"失业金没用完怎么办": "", "": "", "有用没用": "", "没用 社保卡": "",
	} {
		useful, ok := verdictIn(Clean(text))
		got := ""
		if ok {
			got = map[bool]string{true: "yes", false: "no"}[useful]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestJudgeable(t *testing.T) {
	t.Parallel()
	answer := Record{Key: "k", Status: Answered, Sources: []Source{{}}}
	answer.Sources[0].Ref.Document = "d"
	small, refused := Record{Status: SmallTalk}, Record{Status: Refused}
	for name, x := range map[string]struct {
		records []Record
		want    string
	}{
		"none": {}, "an answer": {[]Record{answer}, "d"}, "after thanks": {[]Record{small, small, answer}, "d"},
		"a refusal came after it": {[]Record{refused, answer}, ""}, "small talk alone": {[]Record{small}, ""},
	} {
		if got := judgeable(x.records); got.Document != x.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// ballotBox keeps what is put in.
type ballotBox struct{ all []Ballot }

func (b *ballotBox) Vote(_ context.Context, one Ballot) error {
	b.all = append(b.all, one)
	return nil
}

// A voter is the same all day, another the next, and nobody's name.
func TestVoters(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	box := &ballotBox{}
	j, err := NewJournal(JournalConfig{Ledger: nothing{}, Ballots: box, Secret: []byte("0123456789abcdef"), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	say := func(account, person string) string {
		if err := j.Judge(t.Context(), account, person, Verdict{Document: "d", Useful: true}); err != nil {
			t.Fatal(err)
		}
		return box.all[len(box.all)-1].Voter
	}
	first := say("a", "openid-1")
	if say("a", "openid-1") != first || say("a", "openid-2") == first || say("b", "openid-1") == first || first == j.Pseudonym("a", "openid-1") {
		t.Error("voters")
	}
	now = now.Add(24 * time.Hour)
	if say("a", "openid-1") == first {
		t.Error("two days have a voter in common")
	}
	for _, b := range box.all {
		if strings.Contains(b.Voter, "openid") {
			t.Error(b.Voter)
		}
	}
}

// nothing is a ledger of nothing.
type nothing struct{ Ledger }
