package indextest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// placesOf names units.
func placesOf(units []*index.Unit) []index.Place {
	out := make([]index.Place, len(units))
	for i, u := range units {
		out[i] = index.Place{Document: u.Document, Ordinal: u.Ordinal}
	}
	return out
}

// weigh tests that weighing all places is recalling, to the last bit, also of
// units that came in several steps.
func weigh(t *testing.T, e index.Engine) {
	texts := []string{"老人卡在哪里办理", "住房补贴", "敬老卡。住房公积金", "老人卡 住房补贴", "老人卡年审", ""}
	var units []*index.Unit
	for i := range 60 {
		u := unit(fmt.Sprint("d", i%20), i/20, strings.Repeat(texts[i%len(texts)], 1+i%4))
		u.Account = []string{"", "", "mine", "theirs"}[i%4]
		units = append(units, u)
	}
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence(units[:40])))
	must(t, e.Apply(t.Context(), units[40:], []string{"d7", "none"}, 2))
	v := look(t, e)
	all := append(placesOf(units), placesOf(units)...)
	for _, text := range []string{"老人卡", "住房公积金补贴", "老人卡在哪里办理住房补贴", "没有", ""} {
		for _, f := range []index.Filter{{}, {Account: "mine"}} {
			for _, limit := range []int{math.MinInt, 0, 1, 5, 30, math.MaxInt} {
				want, err := v.Recall(t.Context(), Ask(text), f, limit)
				must(t, err)
				got, err := v.Weigh(t.Context(), all, Ask(text), f, limit)
				must(t, err)
				if !slices.Equal(got, want) {
					t.Errorf("%q, %+v, limit %d: weighed %v, recalled %v", text, f, limit, got, want)
				}
			}
		}
	}
	nowhere := []index.Place{{}, {Document: "d1", Ordinal: -1}, {Document: "d1", Ordinal: math.MinInt}, {Document: "d1", Ordinal: math.MaxInt}, {Document: "d"}, {Document: "d7", Ordinal: 1}, {Document: "\xff"}}
	for _, places := range [][]index.Place{nil, nowhere} {
		if got, err := v.Weigh(t.Context(), places, Ask("老人卡"), index.Filter{}, 5); err != nil || len(got) > 0 {
			t.Errorf("%v weighed %v, %v", places, got, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Weigh(ctx, all, Ask("老人卡"), index.Filter{}, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// chosen tests the filters by what a document is.
func chosen(t *testing.T, e index.Engine) {
	policy, guide, other := unit("policy", 0, "老人卡"), unit("guide", 0, "老人卡"), unit("other", 0, "老人卡")
	policy.Region, policy.Agency = "青岚市", "青岚市民政局"
	guide.Kind, guide.Region, guide.Agency = corpus.Guide, "东湖县", "青岚市民政局"
	other.Kind, other.Region = corpus.FAQ, "青岚市东湖县"
	units := []*index.Unit{policy, guide, other}
	for i := range 50 { // the hidden must not take the places of the visible
		units = append(units, unit(fmt.Sprint("hidden", i), 0, "老人卡老人卡"))
	}
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence(units)))
	applied := unit("applied", 0, "老人卡")
	applied.Kind, applied.Region, applied.Agency = corpus.Guide, "青岚市", "青岚市民政局"
	must(t, e.Apply(t.Context(), []*index.Unit{applied}, nil, 2))
	v := look(t, e)
	for _, c := range []struct {
		filter index.Filter
		want   string
	}{
		{index.Filter{Kind: corpus.Guide}, "applied guide"},
		{index.Filter{Kind: corpus.FAQ}, "other"},
		{index.Filter{Region: "青岚市"}, "applied policy"},
		{index.Filter{Agency: "青岚市民政局"}, "applied guide policy"},
		{index.Filter{Agency: "青岚市民政局", Region: "东湖县", Kind: corpus.Guide}, "guide"},
		{index.Filter{Agency: "青岚市", Region: "东湖县"}, ""},
		{index.Filter{Region: "青岚"}, ""},
		{index.Filter{Kind: "none"}, ""},
	} {
		got := strings.Fields(recalled(t, v, "老人卡", c.filter, 4))
		slices.Sort(got)
		equal(t, fmt.Sprintf("%+v", c.filter), strings.Join(got, " "), c.want)
	}
}

// spellings finds text in whatever width, case and script it was written, and
// takes questions of any length with anything in them.
func spellings(t *testing.T, e index.Engine) {
	must(t, e.Rebuild(t.Context(), "g", 1, Sequence([]*index.Unit{
		unit("wide", 0, "Ａ４纸 ＧＢ２３１２"), unit("traditional", 0, "養老保險辦理"), unit("mixed", 0, "wi-fi与5G基站"), unit("one", 0, "税"),
	})))
	v := look(t, e)
	long := strings.Repeat("养老保险", 2500)
	for text, want := range map[string]string{
		"a4": "wide", "gb2312": "wide", "ＧＢ": "wide", "养老": "traditional", "養老": "traditional", "5g基站": "mixed", "WI": "mixed",
		"税": "", "": "", "，。": "", `"养老"`: "traditional", "-养老": "traditional", "养老 -办理": "traditional", "NOT 养老": "traditional",
		"甲乙 丙丁 戊己 庚辛 壬癸 子丑 寅卯 辰巳 午未 申酉 戌亥 养老": "traditional", long: "traditional",
	} {
		equal(t, fmt.Sprintf("%.40q", text), recalled(t, v, text, index.Filter{}, 10), want)
	}
}
