package bot

import (
	"testing"

	"github.com/policybot/policybot/corpus"
)

// amendedTown has rules on benches, of whose articles a notice changed the
// third.
func amendedTown() *town {
	w := &town{region: "青岚市", title: "青岚发布"}
	by := corpus.Relation{Kind: corpus.Amends, From: "change", To: "bench", On: "2025-03-01", Title: "关于修改《青岚市公园座椅管理办法》第三条的通知", Number: "青园〔2025〕1号"}
	part := by
	part.Anchors = []string{"a3"}
	w.add(corpus.Document{
		ID: "bench", Kind: corpus.Policy, Title: "青岚市公园座椅管理办法", Number: "青园〔2021〕4号", Region: "青岚市", Effective: "2021-05-01",
		Receives: []corpus.Relation{by, part, {Kind: corpus.Interprets, From: "bench-jiedu", To: "bench"}},
	},
		[3]string{"a2", "第二条", "第二条　公园座椅每年检修一次。"},
		[3]string{"a3", "第三条", "第三条　公园座椅每50米设置一处。"})
	w.add(corpus.Document{
		ID: "change", Kind: corpus.Notice, Title: by.Title, Number: by.Number, Region: "青岚市", Effective: "2025-03-01",
		Receives: []corpus.Relation{{Kind: corpus.Interprets, From: "change-jiedu", To: "change", Title: "座椅更密了"}},
	},
		[3]string{"s1", "一、", "一、将第三条中的座椅间距由80米调整为50米。"},
		[3]string{"s2", "二、", "二、本通知自2025年3月1日起施行。"})
	w.add(corpus.Document{
		ID: "change-jiedu", Kind: corpus.Interpretation, Title: "座椅更密了", Effective: "2025-03-01",
		Declares: []corpus.Relation{{Kind: corpus.Interprets, From: "change-jiedu", To: "change"}},
	}, [3]string{"s1", "一、", "一、改了哪里？\n《办法》第三条里的间距改短了，坐的地方更多。"})
	return w
}

func TestOnlyTheAmendedArticleIsCitedAsAmended(t *testing.T) {
	t.Parallel()
	w := amendedTown()
	w.always(.9, w.hit("bench", "a3", 9))
	checkText(t, w.typed(t, "公园座椅隔多远设一处"), Answered, []string{
		"依据《青岚市公园座椅管理办法》（青园〔2021〕4号）第三条（已修改），自2025年3月1日起按修改后的执行，见《关于修改〈青岚市公园座椅管理办法〉第三条的通知》（青园〔2025〕1号）。",
	}, "2021年5月1日")
	w.always(.9, w.hit("bench", "a2", 9))
	checkText(t, w.typed(t, "公园座椅多久检修一次"), Answered, []string{"第二条，2021年5月1日起施行。"}, "已修改")
}

func TestAnAmendmentOfUnknownArticlesStandsWithTheTitle(t *testing.T) {
	t.Parallel()
	w := amendedTown()
	d := w.docs["bench"]
	d.Receives = d.Receives[:1]
	w.docs["bench"] = d
	w.always(.9, w.hit("bench", "a2", 9))
	checkText(t, w.typed(t, "公园座椅多久检修一次"), Answered, []string{"《青岚市公园座椅管理办法》（青园〔2021〕4号）（已修改）第二条，2021年5月1日起施行。"})
}

func TestWhatWasChanged(t *testing.T) {
	t.Parallel()
	for _, asked := range []string{"公园座椅第三条改了什么", "公园座椅的间距有什么变化", "公园座椅的规定哪里变了", "公园座椅间距怎么改的"} {
		w := amendedTown()
		w.always(.9, w.hit("bench", "a3", 9))
		r := w.typed(t, asked)
		checkText(t, r, Answered, []string{
			"简单说：《办法》第三条里的间距改短了", "将第三条中的座椅间距由80米调整为50米。", "依据《关于修改〈青岚市公园座椅管理办法〉第三条的通知》", "查看现行条文",
		}, "本通知自")
		if r.Reason != "changed" || r.Sources[0].Ref.Document != "change" {
			t.Errorf("%s: %s %+v", asked, r.Reason, r.Sources)
		}
	}
	for _, asked := range []string{"公园座椅隔多远一处", "座椅怎么换个地方", "我要变更座椅认养人"} {
		if changeAsked.MatchString(asked) {
			t.Errorf("%s asks for a change", asked)
		}
	}
	w := amendedTown()
	w.always(.9, w.hit("bench", "a2", 9))
	checkText(t, w.typed(t, "公园座椅检修有什么变化"), Answered, []string{"公园座椅每年检修一次"}, "由80米")
}

func TestShortFor(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"座椅办法": true, "公园办法": true, "椅座办法": false, "公厕办法": false} {
		if shortFor(name, "青岚市公园座椅管理办法") != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
