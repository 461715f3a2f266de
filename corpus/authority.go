package corpus

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// rank orders the levels; lower is higher. Those of a ministry and of a local
// government do not outrank each other. 0 is not known.
func (l Level) rank() int {
	switch l {
	case Constitution:
		return 1
	case Law:
		return 2
	case AdminRegulation:
		return 3
	case JudicialRule, LocalRegulation:
		return 4
	case MinistryRule, LocalRule:
		return 5
	case Normative:
		return 6
	}
	return 0
}

// rank is that of the level; a notice that has a number and no level is a
// normative document.
func (d Document) rank() int {
	if d.Level == "" && agencyCode(d.Number) != "" {
		return Normative.rank()
	}
	return d.Level.rank()
}

// national reports whether only one body of the state makes rules of a level,
// so that their titles are unique.
func (l Level) national() bool {
	return l == Constitution || l == Law || l == AdminRegulation
}

// nationwide reports whether rules of a level hold in all of the country.
func (l Level) nationwide() bool { return l.national() || l == MinistryRule || l == JudicialRule }

// Outranks reports whether a document comes from the same or from a higher
// authority than another, and so can repeal, replace or amend it: the same
// issuer or the one that took its place, a national rule over all below it (立法法, art. 98–100), a local one
// over those below it of the same region or of one within it. Where level,
// agency or region are not known, it does not.
func Outranks(d, other Document) bool {
	if sameIssuer(d, other) || sameCode(d, other) || succeeds(d, other) {
		return true
	}
	mine, its := d.rank(), other.rank()
	switch {
	case mine == 0 || its == 0 || mine > its:
		return false
	case d.Level.national():
		return true
	case d.Level == LocalRegulation || d.Level == LocalRule:
		return other.Level != JudicialRule && other.Level != MinistryRule && covers(d.region(), other.region())
	case mine == Normative.rank():
		return government(d) && covers(d.region(), other.region())
	}
	return false
}

// government reports whether a document was issued by a people's government
// as a whole, which is above its departments.
func government(d Document) bool {
	return slices.ContainsFunc(issuers(d.Agency), func(a string) bool {
		return a == "国务院" || strings.HasSuffix(a, "人民政府")
	})
}

// covers reports whether a region is another or holds it, as far as their
// names say: 浙江省 and 浙江省宁波市.
func covers(region, other string) bool {
	return region != "" && other != "" && strings.HasPrefix(other, region)
}

var placeName = regexp.MustCompile(`^\p{Han}{1,8}?(?:自治区|自治州|自治县|特别行政区|经济特区|地区|省|市|盟|旗|县|区|州)`)

// noPlace are words that end as names of places do.
var noPlace = regexp.MustCompile(`(?:城市|都市|上市|门市|集市|超市|社区|小区|园区|景区|林区|牧区|矿区|山区|城区|灾区|校区|辖区|库区|湖区|海区|片区|街区|保护区|开发区|示范区|实验区|自贸区|贸易区|功能区|度假区|各省|跨省|外省|各市|各县)$`)

// placeOf returns the place that a title or the name of an agency begins with:
// 浙江省, 深圳经济特区; "" is none.
func placeOf(name string) string {
	p := placeName.FindString(name)
	if utf8.RuneCountInString(p) < 3 || noPlace.MatchString(p) {
		return ""
	}
	return p
}

// region is where a document holds: as it is known, or as its agency or title
// begin.
func (d Document) region() string {
	if d.Region != "" {
		return d.Region
	}
	if p := placeOf(d.Agency); p != "" {
		return p
	}
	return placeOf(TitleKey(d.Title))
}

var officeOf = strings.NewReplacer("中华人民共和国", "", "常务委员会", "", "人大常委会", "人民代表大会", "常委会", "",
	"办公厅", "", "办公室", "", "审判委员会", "", "检察委员会", "")

// session is what tells one congress or plenary from another.
var session = regexp.MustCompile(`第[一二三四五六七八九十百零〇\d]+[届次]`)

// issuers are the agencies of a field in a form that can be compared: a
// standing committee is its congress, an office of a government speaks for it.
func issuers(agency string) []string {
	var all []string
	for _, a := range (Document{Agency: agency}).Issuers() {
		if a = officeOf.Replace(session.ReplaceAllString(a, "")); a != "" {
			all = append(all, a)
		}
	}
	return all
}

// sameIssuer reports whether two documents have an agency in common.
func sameIssuer(a, b Document) bool { return sameAgency(a.Agency, b.Agency) }

// sameAgency compares fields of agencies. One may leave the place out, 省人民政府,
// or stand for the whole: 浙江省人民政府 and 人民政府 are not compared further.
func sameAgency(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	theirs := issuers(b)
	return slices.ContainsFunc(issuers(a), func(one string) bool { return slices.Contains(theirs, one) })
}
