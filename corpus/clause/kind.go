package clause

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

var (
	draftTitle = regexp.MustCompile(`征求意见稿|送审稿|讨论稿|公开征求.{0,60}意见|征集.{0,30}意见|[（(](?:修订|修改|修正)?(?:草案|草稿|初稿|意见稿)(?:[^）)]{0,12})?[）)]|(?:法|条例|办法|规定|细则)(?:修订|修正)?草案$|修正案草案|修订草案`)
	// draftPast is what comes after a draft: its results are news.
	draftPast    = regexp.MustCompile(`意见.{0,12}(?:情况|结果|反馈|采纳|汇总|回复)|(?:情况|结果)的?(?:公告|公示|说明|反馈|通报)|审议|审查报告|修改情况`)
	explainTitle = regexp.MustCompile(`解读|图解|一图读懂|政策问答|答记者问`)
	guideTitle   = regexp.MustCompile(`(?:办事|服务|办理|申报)指南$`)
	clarifyTitle = regexp.MustCompile(`辟谣|澄清`)
	listTitle    = regexp.MustCompile(`(?:清单|目录)(?:（[^）]*）)?$`)
	noticeTitle  = regexp.MustCompile(`(?:通知|公告|通告|公示|函|批复|令第?\S{0,6}号)$`)
	policyTitle  = regexp.MustCompile(`(?:法|法典|条例|办法|规定|细则|规则|意见|决定|决议|措施|方案|规划|解释|修正案|章程|标准|准则)(?:（[^（）]{1,20}）)*$`)
)

// newsTitle is a headline that tells what others issued: 四部门联合下发意见. A
// document of its own says 关于, or names what it is first.
var newsTitle = regexp.MustCompile(`^[^《关]{2,40}(?:出台|推出|下发|已发布|联手|联合(?:发布|印发))[^《关]*$`)

// KindOf tells the kind of a document from its title and from whether its text
// has articles (第一条 …). What has neither is news: a notice.
func KindOf(title string, articles bool) corpus.Kind {
	title = strings.TrimSpace(title)
	switch {
	case IsDraft(title):
		return corpus.Consultation
	case explainTitle.MatchString(title):
		return corpus.Interpretation
	case guideTitle.MatchString(title):
		return corpus.Guide
	case clarifyTitle.MatchString(title):
		return corpus.Clarification
	case listTitle.MatchString(title):
		return corpus.Catalogue
	case noticeTitle.MatchString(title) && !strings.Contains(title, "印发"):
		return corpus.Notice
	case !articles && newsTitle.MatchString(title):
		return corpus.Notice
	case noticeTitle.MatchString(title), policyTitle.MatchString(title), articles:
		return corpus.Policy
	}
	return corpus.Notice
}

// IsDraft says whether a title is that of a draft that is put up for comment:
// 征求意见稿, 送审稿, 草案, or the announcement that asks for them. The announcement
// of their results is none.
func IsDraft(title string) bool {
	return draftTitle.MatchString(title) && !draftPast.MatchString(title)
}
