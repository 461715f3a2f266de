package bot

import (
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestYearMeant(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]int{
		"2020年那会儿坐公交半价吗":   2020,
		"2020年坐公交半价吗":      2020,
		"我2020年坐公交的时候被罚了":  0,
		"2021的时候借书要押金不":    2021,
		"到2035年一个月发多少":     2035,
		"2035年以后还要老人去现场吗":  2035,
		"2019年办的卡还能用吗":     0,
		"2023年7月生的娃有补贴没":   0,
		"2026年坐公交半价吗":      0, // this year
		"坐公交半价吗":           0,
		"2024年度上下限是多少":     0,
		"敬老卡2020年的通知还有效吗":  0,
		"青政规〔2019〕2号说了什么":  0,
		"20年坐公交半价吗":        0,
		"按2017年那个老办法要存几年":  2017,
		"2020年那阵子停车多少钱":    2020,
		"听说2030年开始坐公交都不要钱": 2030,
	} {
		if got := yearMeant(asked, today); got != want {
			t.Errorf("%s: %d, want %d", asked, got, want)
		}
	}
}

func TestRulesOfAnotherYear(t *testing.T) {
	t.Parallel()
	town := func(d corpus.Document, sure float64) *town {
		w := qinglan()
		d.ID, d.Kind = "old", corpus.Policy
		w.add(d, [3]string{"a2", "第二条", "第二条　持卡乘车五折。"})
		w.found = func(q index.Query) index.Result {
			if q.Day != "" && q.Day != today && q.Within == "" {
				return index.Result{Hits: []index.Hit{w.hit("old", "a2", 9)}, Confidence: sure}
			}
			return index.Result{Hits: []index.Hit{w.hit("card", "a4", 7)}, Confidence: .8}
		}
		return w
	}
	past := corpus.Document{Title: "敬老卡暂行办法", Effective: "2017-01-01",
		Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "card", To: "old", On: "2024-05-01", Title: "青岚市敬老卡管理办法"}}}
	future := corpus.Document{Title: "敬老卡新办法", Effective: "2030-01-01"}
	for name, c := range map[string]struct {
		d    corpus.Document
		asks string
		sure float64
		has  []string
		not  []string
	}{
		"past":                   {past, "2020年那会儿坐车打几折", .9, []string{"这是2020年时的规定，现在不再执行：\n", "五折", "《敬老卡暂行办法》", "\n\n现在执行的规定：\n", "年满60周岁"}, nil},
		"to come":                {future, "2031年坐车打几折", .9, []string{"这是2031年的规定，现在还没有施行：\n", "五折"}, []string{"现在执行的规定：\n\n"}},
		"its heir answers today": {past, "2020年那会儿坐车打几折", .1, []string{"这是2020年时的规定", "五折", "年满60周岁"}, nil},
		"not sure":               {past, "2020年那会儿坐车打几折", .04, []string{"年满60周岁"}, []string{"五折"}},
		"no year":                {past, "坐车打几折", .9, []string{"年满60周岁"}, []string{"五折"}},
		"holds today":            {corpus.Document{Title: "敬老卡乘车办法", Effective: "2017-01-01"}, "2020年那会儿坐车打几折", .9, []string{"年满60周岁"}, []string{"这是2020年"}},
		"year of deed":           {past, "2020年办的卡还能用吗", .9, []string{"年满60周岁"}, []string{"这是2020年"}},
	} {
		r := town(c.d, c.sure).typed(t, c.asks)
		t.Log(name)
		checkText(t, r, Answered, c.has, c.not...)
	}
}
