package bot

import (
	"slices"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestFieldsAsked(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string][]string{
		"敬老卡要带什么材料去哪里办": {"materials", "place"}, "办敬老卡多久能好收费吗": {"time-limit", "fee"}, "敬老卡怎么办": nil, "": nil,
	} {
		if got := fieldsAsked(asked); !slices.Equal(got, want) {
			t.Errorf("%s: %v", asked, got)
		}
	}
}

func TestACardHasTheFieldsAskedFor(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card-guide", "materials", 9))
	r := w.typed(t, "办敬老卡的材料到哪里办")
	checkText(t, r, Answered, []string{"要带的材料：\n（一）居民身份证；\n（二）照片一张。\n在这里办：便民服务站\n来源："}, "周一至周五", "0000-")
	checkSources(t, w, r)
	r = w.typed(t, "办敬老卡要带什么材料")
	checkText(t, r, Answered, []string{"要带的材料：\n（一）居民身份证；\n（二）照片一张。\n来源："}, "便民服务站")
}

// A guide without a field for it does not answer how much; the policy that it
// rests on does.
func TestTheRuleSaysHowMuch(t *testing.T) {
	t.Parallel()
	w := &town{}
	w.add(corpus.Document{ID: "aged", Kind: corpus.Policy, Title: "高龄津贴发放办法", Effective: "2023-07-01"},
		[3]string{"a2", "第二条", "第二条　具有本市户籍、年满80周岁的老年人，可以享受高龄津贴。"},
		[3]string{"a3", "第三条", "第三条　高龄津贴标准如下：\n（一）年满80周岁的，每人每月100元；\n（二）年满90周岁的，每人每月200元。"})
	w.add(corpus.Document{ID: "aged-guide", Kind: corpus.Guide, Title: "高龄津贴申请办事指南", Effective: "2023-07-01",
		Declares: []corpus.Relation{{Kind: corpus.Related, From: "aged-guide", To: "aged"}}},
		[3]string{"name", "事项名称", "事项名称\n高龄津贴申请"}, [3]string{"conditions", "受理条件", "受理条件\n年满80周岁"})
	w.found = func(q index.Query) index.Result {
		if q.Within != "" {
			return index.Result{}
		}
		return index.Result{Hits: []index.Hit{w.hit("aged-guide", "name", 9)}, Confidence: .9}
	}
	r := w.typed(t, "高龄津贴多少钱")
	checkText(t, r, Answered, []string{"（一）年满80周岁的，每人每月100元；\n（二）年满90周岁的，每人每月200元。", "第三条，2023年7月1日起施行"}, "什么人可以办：")
	checkSources(t, w, r)
	checkText(t, w.typed(t, "高龄津贴给我妈申请行不"), Answered, []string{"年满80周岁"})
}
