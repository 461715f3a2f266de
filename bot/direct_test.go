package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestAnswering(t *testing.T) {
	t.Parallel()
	const (
		steps  = "本人带身份证到社区窗口提出申请。受理单位当场核对材料，20个工作日内办结。办理不收取任何费用。本人不便的，可以委托近亲属代为办理。"
		sums   = "津贴按月计算，标准如下：\n（一）年满80周岁的，每人每月100元；\n（二）年满90周岁的，每人每月200元。"
		asides = "（责任单位：各区政府）发放工作。停热的用户缴纳基本热费，按照热费的百分之二十计算。"
	)
	long := "对受影响的企业和个体工商户，由各区组织上门服务，" + strings.Repeat("逐户登记经营情况和困难，", 10) + "并按月公示。"
	for _, c := range []struct{ name, asked, passage, direct, want string }{
		{"how long", "多久能办好", steps, "本人带身份证到社区窗口提出申请。", "受理单位当场核对材料，20个工作日内办结。"},
		{"how much", "办这个要多少钱", steps, "本人带身份证到社区窗口提出申请。", "办理不收取任何费用。"},
		{"how much, said", "办理要多少费用", "办理收取工本费15元。凭证领取。", "本人带身份证到社区窗口提出申请。", "办理收取工本费15元。"},
		{"may I", "可以让近亲属代办吗", steps, "", "本人不便的，可以委托近亲属代为办理。"},
		{"nothing of the sort", "什么时候发", "由街道负责发放。", "由街道负责发放。", ""},
		{"a list answers as a whole", "津贴多少钱", sums, "津贴按月计算，标准如下：", ""},
		{"an item that is asked for", "90周岁津贴多少钱", sums, "津贴按月计算，标准如下：", "年满90周岁的，每人每月200元。"},
		{"any item of a list", "推车进来津贴多少钱", sums, "年满90周岁的，每人每月200元。", ""},
		{"what was found", "怎么申请", steps, "本人带身份证到社区窗口提出申请。", "本人带身份证到社区窗口提出申请。"},
		{"a heading hands on", "如何抓紧组织复工", "抓紧组织复工。各地要安排人员上岗，保障物资供应。", "抓紧组织复工。各地要安排", "各地要安排人员上岗，保障物资供应。"},
		{"no aside", "停热的用户怎么缴费", asides, "停热的用户缴纳基本热费，按照热费的百分之二十计算。", "停热的用户缴纳基本热费，按照热费的百分之二十计算。"},
		{"the beginning of a long one", "怎么服务受影响的企业", long, "对受影响的企业和个体工商户，由各区组织上门服务，", "对受影响的企业和个体工商户，由各区组织上门服务……"},
		{"not up to a condition", "怎么服务受影响的企业", strings.ReplaceAll(long, "上门服务", "服务的企业"), "对受影响的企业和个体工商户，由各区组织服务的企业，", ""},
		{"nothing", "怎么办", "", "", ""},
	} {
		h := standingHit{Hit: index.Hit{Kind: corpus.Policy, Label: "第六条", Title: "办法", Passage: "第六条　" + c.passage, Snippet: c.passage, Direct: c.direct}}
		if got := answering(h, c.asked, c.asked); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever is asked of whatever text, the answer stands in it, but for the
// dots of what goes on.
func FuzzAnswering(f *testing.F) {
	f.Add("多少钱", "第三条　标准如下：\n（一）每月100元；\n（二）每月200元。", "标准如下")
	f.Add("可以吗", "可以。“不。", "。")
	f.Fuzz(func(t *testing.T, asked, passage, direct string) {
		h := standingHit{Hit: index.Hit{Kind: corpus.Policy, Label: "第三条", Passage: passage, Snippet: passage, Direct: direct}}
		got := strings.TrimSuffix(answering(h, asked, asked), "……")
		if !strings.Contains(plain(passage), got) {
			t.Errorf("%q is not in %q", got, passage)
		}
	})
}
