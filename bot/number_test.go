package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func (w *town) ByNumber(_ context.Context, found string) ([]string, error) {
	var ids []string
	for id, d := range w.docs {
		if corpus.SameNumber(found, corpus.NormalNumber(d.Number)) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, w.numberErr
}

// numberTown has a document in force, a repealed one, and one of another
// account, each with a number.
func numberTown() *town {
	w := qinglan()
	w.add(corpus.Document{ID: "old", Kind: corpus.Policy, Title: "停车暂行规定", Number: "青交发〔2017〕45号", Effective: "2017-01-01",
		Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "new", On: "2023-10-01", Title: "停车管理办法"}}},
		[3]string{"a1", "第一条", "第一条 头15分钟免费。"})
	w.add(corpus.Document{ID: "east", Account: "east", Kind: corpus.Policy, Title: "东区内部规定", Number: "东政发〔2024〕1号"},
		[3]string{"a1", "第一条", "第一条 不给别人看。"})
	return w
}

func TestDocumentNumbers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked       string
		status      Status
		has, hasNot []string
	}{
		"itself":           {"青政规〔2024〕3号", Answered, []string{"《青岚市敬老卡管理办法》（青政规〔2024〕3号）", "现行有效", "/d/card\">查看原文"}, nil},
		"other brackets":   {"请问青政规[2024]3号是什么文件？", Answered, []string{"《青岚市敬老卡管理办法》"}, nil},
		"no such number":   {"青政规〔2024〕999号", Refused, []string{"没有找到文号是“青政规〔2024〕999号”的文件", "12345"}, []string{"敬老卡"}},
		"repealed":         {"青交发〔2017〕45号还有效吗", Answered, []string{"废止", "现在按《停车管理办法》执行"}, []string{"15分钟"}},
		"another's":        {"东政发〔2024〕1号", Refused, []string{"没有找到"}, []string{"内部"}},
		"about an article": {"青政规〔2024〕3号里敬老卡怎么申领", Answered, []string{"第四条"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := numberTown()
			h := w.hit("card", "a4", 9)
			h.Parts.Window3 = .8
			w.always(.9, h)
			checkText(t, w.typed(t, c.asked), c.status, c.has, c.hasNot...)
		})
	}
}

func TestNumberThatCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	w := numberTown()
	w.numberErr = errors.New("disk")
	checkText(t, w.typed(t, "青政规〔2024〕3号"), Failed, []string{"刚才没查成"})
}

func TestPrivateNumbersAreNotAsked(t *testing.T) {
	t.Parallel()
	got := withoutPrivate("我身份证是110101199003074578 低保要什么条件")
	if strings.Contains(got, "1101") || strings.Contains(got, "［") || !strings.Contains(got, "低保要什么条件") {
		t.Errorf("withoutPrivate = %q", got)
	}
	if got := withoutPrivate("老人卡在哪里办？12345"); got != "老人卡在哪里办？12345" {
		t.Errorf("withoutPrivate changed %q", got)
	}
}

func (w *town) ByTitle(_ context.Context, name string) ([]corpus.Named, error) {
	var all []corpus.Named
	for id, d := range w.docs {
		if key := corpus.TitleKey(d.Title); strings.Contains(key, name) || strings.HasSuffix(name, key) {
			all = append(all, corpus.Named{ID: id, Key: key})
		}
	}
	slices.SortFunc(all, func(a, b corpus.Named) int { return strings.Compare(a.ID, b.ID) })
	return all, w.numberErr
}

func (w *town) ByKey(_ context.Context, key string) ([]corpus.Named, error) {
	var all []corpus.Named
	for id, d := range w.docs {
		if corpus.TitleKey(d.Title) == key {
			all = append(all, corpus.Named{ID: id, Key: key})
		}
	}
	slices.SortFunc(all, func(a, b corpus.Named) int { return strings.Compare(a.ID, b.ID) })
	return all, w.numberErr
}
