package clause

import (
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

var (
	lawTitle   = regexp.MustCompile(`^中华人民共和国[一-龥]{1,30}(?:法|法典)(?:（[^）]*）|\([^)]*\))?$`)
	courtTitle = regexp.MustCompile(`最高人民(?:法院|检察院).*(?:解释|规定|批复|安排|决定|规则|意见|通知)`)
	// A rule of a government or a ministry is never called 条例 (规章制定程序条例
	// 第七条): what is, was made by a congress or by the State Council.
	regulation = regexp.MustCompile(`条例(?:[（(][^（()）]*[）)])?$`)
	localMade  = regexp.MustCompile(`人民代表大会(?:常务委员会)?$`)
	ministry   = regexp.MustCompile(`(?:^|国家)[一-龥]{2,16}(?:部|委员会|总局|局|署|银行|会)令(?:[0-9]{4}年)?第`)
	localOrder = regexp.MustCompile(`(?:省|市|自治区|自治州|县|区)?(?:人民)?政府令(?:[0-9]{4}年)?第`)
)

// level tells the rank of a rule, 效力级别, from who made it, how it was issued
// and what it is called; what tells nothing has none.
func (r *reading) level() {
	if r.d.Level != "" || r.d.Kind != corpus.Policy {
		return
	}
	level, sure := r.rank()
	if level == "" {
		return
	}
	r.d.Level = level
	r.find("level", string(level), "制定机关、文号和标题", sure)
}

func (r *reading) rank() (corpus.Level, corpus.Certainty) {
	title, agency, number := strings.TrimSpace(r.d.Title), r.d.Agency, r.d.Number
	switch {
	case strings.HasPrefix(title, "中华人民共和国宪法") && (title == "中华人民共和国宪法" || strings.Contains(title, "修正案")):
		return corpus.Constitution, corpus.Derived
	case strings.HasPrefix(agency, "最高人民"), courtTitle.MatchString(title) && len(r.events) > 0:
		return corpus.JudicialRule, corpus.Derived
	case strings.HasPrefix(agency, "全国人民代表大会"):
		return corpus.Law, corpus.Derived
	case localMade.MatchString(agency):
		return corpus.LocalRegulation, corpus.Derived
	case lawTitle.MatchString(title):
		return corpus.Law, corpus.Derived
	case strings.Contains(number, "国务院令") || strings.HasPrefix(agency, "国务院") && len(r.events) > 0 && !has(agency, "办公厅", "国务院办"):
		return corpus.AdminRegulation, corpus.Derived
	case localOrder.MatchString(number):
		return corpus.LocalRule, corpus.Derived
	case ministry.MatchString(number) && !strings.ContainsAny(number[:strings.Index(number, "令")], "省市县区州"):
		return corpus.MinistryRule, corpus.Derived
	case regulation.MatchString(title) && placeOf(title) != "":
		return corpus.LocalRegulation, corpus.Guess
	case regulation.MatchString(title):
		return corpus.AdminRegulation, corpus.Guess
	case strings.HasPrefix(title, "人民检察院"), strings.HasPrefix(title, "人民法院"):
		return corpus.JudicialRule, corpus.Guess
	case strings.Contains(number, "〔"), agency != "" && number == "" && len(r.events) == 0:
		return corpus.Normative, corpus.Guess
	}
	return "", ""
}

var placeFront = regexp.MustCompile(`^([一-龥]{2,11}?(?:自治区|自治州|自治县|特别行政区|经济特区|省|市|县|旗))(.*)$`)

// notPlace are words that end as the name of a place does.
var notPlace = regexp.MustCompile(`国家|总局|银行|城市|超市|上市|股市|门市|关于|各|本市|我市|全市|我省|全省|本省|跨省|直辖市|建设|农村`)

// region tells where a rule holds, where title or agency begin with the name
// of a place: 青岚市停车办法.
func (r *reading) region() {
	if r.d.Region != "" || !r.binding() {
		return
	}
	place := placeOf(r.d.Title)
	from := "标题"
	if place == "" || strings.Contains(r.d.Title, "国务院") {
		place, from = placeOf(r.d.Agency), "发文机关"
	}
	if place == "" || strings.HasPrefix(r.d.Agency, "全国") {
		return
	}
	r.fill(&r.d.Region, "region", place, from, corpus.Derived)
}

func placeOf(s string) string {
	m := placeFront.FindStringSubmatch(strings.TrimPrefix(strings.TrimSpace(s), "中共"))
	if m == nil || notPlace.MatchString(m[1]) || m[2] == "" || strings.HasPrefix(m[2], "场") || strings.HasPrefix(m[2], "级") || strings.HasPrefix(m[2], "容") {
		return ""
	}
	if city, ok := strings.CutSuffix(m[1], "经济特区"); ok {
		return city + "市"
	}
	return m[1]
}

var audienceLine = regexp.MustCompile(`^(?:适用对象|服务对象|办理对象|申请对象|适用人群)[：:\t　 ]+([^。；\n]{2,180})$`)

// audience reads for whom the document is, where a line says just that.
func (r *reading) audience() {
	if len(r.d.Audience) > 0 {
		return
	}
	for _, l := range r.lines {
		if l.end-l.start > 240 {
			continue
		}
		m := audienceLine.FindStringSubmatch(r.text[l.start:l.end])
		if m == nil {
			continue
		}
		r.d.Audience = append(r.d.Audience, strings.FieldsFunc(m[1], func(c rune) bool { return strings.ContainsRune("、，,；;/\t ", c) })...)
		r.find("audience", strings.Join(r.d.Audience, "、"), r.place(l.start), corpus.Derived)
		return
	}
}
