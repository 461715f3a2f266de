// Package corpustest makes documents for measurements: as many as a city has,
// of the shape and the spread of words that theirs have, the same each time.
package corpustest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// What titles and sentences are made of. The first words are the most
// frequent.
var (
	common = strings.Fields(`申请 办理 规定 人民政府 应当 本市 办法 管理 部门 单位 个人 材料 条件 标准 补贴 工作 服务 社会 有关 负责 审核
		按照 以及 可以 期限 日内 资金 企业 居民 家庭 登记 证明 提供 符合 主管部门 街道办事处 享受 待遇 缴纳 保险 住房 公积金 低保 养老 医疗
		救助 教育 就业 残疾人 老年人 儿童 户籍 身份证 发放 监督 检查 责任 处罚 依法 公示 评估 项目 建设 安全 环境 保护 交通 车辆 停车 用水
		燃气 租赁 物业 业主 小区 公园 图书馆 学校 幼儿园 医院 药品 食品 经营 许可 备案 投诉 举报 意见 建议 试点 推广 创业 担保 贷款 利息 税收`)
	matters  = strings.Fields(`养犬 停车 供水 燃气 公园 租赁 低保 养老 托育 就业 创业 医保 学籍 户籍 公交 绿化 垃圾分类 物业 消防 食品 旅游 体育 图书 殡葬 残联 救助 住房 公积金 土地 税费`)
	kinds    = []corpus.Kind{corpus.Policy, corpus.Policy, corpus.Notice, corpus.Policy, corpus.Interpretation, corpus.Notice, corpus.Policy, corpus.Clarification}
	agencies = strings.Fields(`人民政府 民政局 教育局 公安局 财政局 医疗保障局 人力资源和社会保障局 自然资源局 住房和城乡建设局 交通运输局 水务局 农业农村局 商务局 卫生健康局 市场监督管理局 统计局`)
)

// Many returns n documents of so many passages of about a hundred characters,
// by way of yield, which may stop it.
func Many(n, passages int, yield func(corpus.Content) error) error {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		if err := yield(one(r, i, passages)); err != nil {
			return err
		}
	}
	return nil
}

func one(r *rand.Rand, i, passages int) corpus.Content {
	matter, agency := matters[r.IntN(len(matters))], "青岚市"+agencies[r.IntN(len(agencies))]
	d := corpus.Document{
		ID: fmt.Sprintf("many-%05d", i), Kind: kinds[i%len(kinds)], Agency: agency, Region: "青岚市", Topics: []string{matter},
		Title:  fmt.Sprintf("青岚市%s%s%s办法（%d）", matter, common[r.IntN(len(common))], common[r.IntN(len(common))], i),
		Number: fmt.Sprintf("青政规〔%d〕%d号", 2000+i%27, 1+i/27),
	}
	d.Published = corpus.Date(fmt.Sprintf("%d-%02d-%02d", 2000+i%27, 1+r.IntN(12), 1+r.IntN(28)))
	d.Effective = d.Published.Add(30)
	if i%9 == 0 {
		d.Expires = d.Effective.Add(365 * 5)
	}
	var text strings.Builder
	text.WriteString(d.Title + "\n")
	cut := []corpus.Passage{{Anchor: "t", Role: corpus.TitleRole, End: text.Len()}}
	for p := range passages {
		start := text.Len()
		label := fmt.Sprintf("第%d条", p+1)
		text.WriteString(label + " ")
		if p%5 == 0 {
			fmt.Fprintf(&text, "根据《青岚市%s%s管理办法》，", matters[r.IntN(len(matters))], common[r.IntN(len(common))])
		}
		sentence(r, &text)
		cut = append(cut, corpus.Passage{Anchor: fmt.Sprintf("a%d", p+1), Role: corpus.BodyRole, Label: label, Start: start, End: text.Len()})
	}
	return corpus.Content{Document: d, Text: text.String(), Passages: cut}
}

// sentence writes a line of about a hundred characters: two words of three are
// common ones, the others are of any two of some three thousand characters.
func sentence(r *rand.Rand, to *strings.Builder) {
	for n := 0; n < 100; {
		word := common[int(float64(len(common))*r.Float64()*r.Float64())]
		if r.IntN(3) == 0 {
			word = string([]rune{rare(r), rare(r)})
		}
		n += len([]rune(word))
		to.WriteString(word)
		if r.IntN(7) == 0 {
			to.WriteString("，")
		}
	}
	to.WriteString("。\n")
}

func rare(r *rand.Rand) rune { return '一' + rune(3000*r.Float64()*r.Float64()) }
