package clause

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
)

var (
	// standardOf is the matter of which a notice sets the figure of a year.
	standardOf  = regexp.MustCompile(`最低生活保障(?:补助)?(?:水平|标准)|低保(?:补助)?标准|最低工资(?:标准)?|(?:缴费|缴存|计缴|申报)(?:工资)?基数(?:上下限|上限|下限|标准)?|高温津贴(?:标准)?|(?:基础)?养老金(?:最低)?(?:标准)?|(?:补助|补贴|保障|抚恤|救助|供养|缴费|筹资|待遇|给付|支付|津贴|护理|定额|奖励扶助|生活费|养育|丧葬|抚养|赔偿|征收|失业保险金|报销|收费)标准|社会平均工资|平均工资|基准价|区片综合地价|筹资水平|缴存比例|上下限`)
	standardAct = regexp.MustCompile(`调整|公布|发布|确定|提高|执行|核定|做好|明确|印发|规范|落实|开展|申报|下达`)
	titleYear   = regexp.MustCompile(`((?:19|20)[0-9]{2})(?:[—－\-–~至]+((?:19|20)?[0-9]{2}))?(?:年度|年|医保年度|社保年度|结算年度)`)
	matterNoise = regexp.MustCompile(`^.*?关于|(?:19|20)[0-9]{2}(?:[—－\-–~至]+(?:19|20)?[0-9]{2})?(?:年度|年)(?:度)?|调整|公布|发布|确定|提高|执行|核定|做好|明确|印发|规范|进一步|继续|有关|相关|问题|事项|事宜|工作|全市|全省|全区|全县|我市|我省|我区|我县|本市|本省|本区|本县|城乡|居民|的(?:通知|公告|通告|决定|意见|函|批复)$|(?:通知|公告|通告)$|[《》“”　 、，的]|[（(][^（()）]*[）)]`)
	matterPlace = regexp.MustCompile(`^[一-龥]{2,10}?(?:省|自治区|自治州|市|县|区)`)
)

// series reads of which yearly standard the document sets the figure, in a form
// that is the same from year to year: 最低生活保障标准, 2024.
func (r *reading) series() {
	if r.d.Standard != "" || !r.binding() || r.words.amending {
		return
	}
	title := strings.TrimSpace(r.d.Title)
	if !standardOf.MatchString(title) || !standardAct.MatchString(title) {
		return
	}
	matter := matterOf(title)
	year, sure := yearOf(title), corpus.Derived
	if year == 0 {
		year, sure = r.standardYear(), corpus.Guess
	}
	if matter == "" || year == 0 {
		return
	}
	r.d.Standard, r.d.StandardYear = matter, year
	r.find("standard", matter, "标题", corpus.Derived)
	place := "标题"
	if sure == corpus.Guess {
		place = "施行日期"
	}
	r.find("standard_year", strconv.Itoa(year), place, sure)
}

// matterOf takes out of a title what changes from year to year.
func matterOf(title string) string {
	if m := issuesRE.FindStringSubmatch(title); m != nil && standardOf.MatchString(m[1]) {
		title = m[1]
	}
	matter := title
	for range 3 {
		cut := matterNoise.ReplaceAllString(matter, "")
		if cut == matter {
			break
		}
		matter = cut
	}
	if standardOf.MatchString(matter) {
		if cut := matter[len(matterPlace.FindString(matter)):]; standardOf.MatchString(cut) {
			matter = cut
		}
	}
	matter = strings.ReplaceAll(matter, "低保", "最低生活保障")
	matter = strings.ReplaceAll(matter, "上下限标准", "上下限")
	if strings.HasSuffix(matter, "最低工资") {
		matter += "标准"
	}
	if !standardOf.MatchString(matter) || len(matter) > 200 {
		return ""
	}
	return matter
}

func yearOf(title string) int {
	m := titleYear.FindStringSubmatch(title)
	if m == nil {
		return 0
	}
	year, _ := strconv.Atoi(m[1])
	return year
}

// standardYear is the year from which the figures hold.
func (r *reading) standardYear() int {
	for _, day := range []corpus.Date{r.d.Effective, r.d.Written, r.d.Published} {
		if day.Known() {
			year, _ := strconv.Atoi(string(day[:4]))
			return year
		}
	}
	return 0
}
