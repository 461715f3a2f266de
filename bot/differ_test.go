package bot

import (
	"cmp"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestContradict(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"年满80周岁的老年人，高龄津贴每人每月100元。", "年满80周岁的老年人，高龄津贴每人每月150元。", true},
		{"自受理之日起15个工作日内办结。", "自受理之日起应当在20个工作日内办结。", true},
		{"年满80周岁的老年人，高龄津贴每人每月100元。", "年满80周岁的老年人，高龄津贴每人每月100元。", false},
		{"年满80周岁的老年人，高龄津贴每人每月100元。", "补办社会保障卡收取工本费16元，80周岁以上免收。", false},
		{"自受理之日起15个工作日内办结。", "自受理之日起3个月内办结。", false},
		{"没有数字的句子说的是同一件事。", "没有数字的句子说的是同一件事。", false}, {"", "", false},
	} {
		if got := contradict(c.a, c.b); got != c.want {
			t.Errorf("%s / %s: %v", c.a, c.b, got)
		}
	}
}

// Of two documents that say different figures the higher or later one
// answers, and staff are told of the pair once.
func TestDocumentsThatDiffer(t *testing.T) {
	t.Parallel()
	text := func(sum string) [3]string {
		return [3]string{"a3", "第三条", "第三条　年满80周岁的老年人，高龄津贴每人每月" + sum + "元。"}
	}
	for name, c := range map[string]struct {
		first, second corpus.Document
		sums          [2]string
		want          string
		noted         int
	}{
		"the later":     {corpus.Document{ID: "a", Effective: "2020-01-01"}, corpus.Document{ID: "b", Effective: "2024-01-01"}, [2]string{"100", "150"}, "b", 1},
		"already first": {corpus.Document{ID: "a", Effective: "2024-01-01"}, corpus.Document{ID: "b", Effective: "2020-01-01"}, [2]string{"100", "150"}, "a", 1},
		"the higher": {corpus.Document{ID: "a", Effective: "2024-01-01", Level: corpus.Normative}, corpus.Document{ID: "b", Effective: "2020-01-01", Level: corpus.LocalRegulation},
			[2]string{"100", "150"}, "b", 1},
		"they agree": {corpus.Document{ID: "a", Effective: "2020-01-01"}, corpus.Document{ID: "b", Effective: "2024-01-01"}, [2]string{"100", "100"}, "a", 0},
		"of other places": {corpus.Document{ID: "a", Effective: "2020-01-01", Region: "青岚市"}, corpus.Document{ID: "b", Effective: "2024-01-01", Region: "临江省"},
			[2]string{"100", "150"}, "a", 0},
		"one says so of the other": {corpus.Document{ID: "a", Effective: "2020-01-01", Declares: []corpus.Relation{{Kind: corpus.Implements, From: "a", To: "b"}}},
			corpus.Document{ID: "b", Effective: "2024-01-01"}, [2]string{"100", "150"}, "a", 0},
	} {
		w := &town{}
		c.first.Region, c.second.Region = cmp.Or(c.first.Region, "青岚市"), cmp.Or(c.second.Region, "青岚市")
		c.first.Kind, c.first.Title, c.second.Kind, c.second.Title = corpus.Policy, "高龄津贴办法", corpus.Policy, "养老服务规定"
		w.add(c.first, text(c.sums[0]))
		w.add(c.second, text(c.sums[1]))
		w.always(.9, w.hit("a", "a3", 9), w.hit("b", "a3", 8))
		r := w.responder(t)
		r.Differences = &Differences{}
		for range 2 {
			reply := r.AnswerOn(t.Context(), Question{Account: "default", Person: "o1", Kind: Text, Text: "高龄津贴每月发多少钱"}, today)
			if reply.Status != Answered || reply.Sources[0].Ref.Document != c.want {
				t.Errorf("%s: %s %+v", name, reply.Status, reply.Sources)
			}
		}
		all := r.Differences.All()
		if len(all) != c.noted || c.noted > 0 && (all[0].Count != 2 || all[0].Chosen.Document != c.want) {
			t.Errorf("%s: %+v", name, all)
		}
	}
	var met Differences
	pair := func(id string) standingHit {
		return standingHit{Hit: index.Hit{Ref: corpus.Ref{Document: id, Revision: 1}}}
	}
	for range 2 {
		met.note(pair("a"), pair("b"), time.Time{})
	}
	if got := met.Take(); len(got) != 1 || got[0].Count != 2 {
		t.Errorf("%+v", got)
	}
	met.note(pair("a"), pair("b"), time.Time{})
	if got, again := met.Take(), met.Take(); len(got) != 1 || got[0].Count != 1 || len(again) != 0 || met.All()[0].Count != 3 {
		t.Errorf("%+v, then %+v", got, again)
	}
	var none *Differences
	if none.note(standingHit{}, standingHit{}, time.Time{}) || none.All() != nil {
		t.Error("nothing remembers something")
	}
}

func TestDifferencesAreBounded(t *testing.T) {
	t.Parallel()
	var d Differences
	for i := range 3 * mostDifferences {
		var h standingHit
		h.Ref.Revision = i
		d.note(h, h, time.Time{})
	}
	if n := len(d.All()); n != mostDifferences {
		t.Errorf("%d pairs", n)
	}
}
