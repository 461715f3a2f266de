package corpus

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// agencyCode returns what stands for the agency in a document number
// (机关代字; GB/T 9704-2012, 7.2.5) without the word for the kind of document:
// 云政 of 云政发〔2024〕8号 and 云政规〔2024〕1号; "" is none.
func agencyCode(number string) string {
	code, _, ok := strings.Cut(NormalNumber(number), "〔")
	if !ok || utf8.RuneCountInString(code) < 2 {
		return ""
	}
	for {
		cut := code
		for _, kind := range []string{"发", "规", "字", "函", "通"} {
			cut = strings.TrimSuffix(cut, kind)
		}
		if cut == code || utf8.RuneCountInString(cut) < 2 {
			return code
		}
		code = cut
	}
}

// sameCode reports whether the numbers of two documents are those of one
// agency. Places far apart can share a code: two regions that are known and
// differ have two agencies.
func sameCode(a, b Document) bool {
	code := agencyCode(a.Number)
	return code != "" && code == agencyCode(b.Number) && sameRegion(a.region(), b.region())
}

// sameRegion reports whether two names can be of one region: one may leave out
// what it lies in, 浙江省宁波市 and 宁波市. What is not known stands in the way of
// nothing.
func sameRegion(a, b string) bool {
	return a == "" || b == "" || strings.HasSuffix(a, b) || strings.HasSuffix(b, a)
}

// successions are the matters of agencies that were renamed or merged by the
// reforms of 1998 to 2023 (国务院机构改革方案), and those of the agencies that
// took them over, which may repeal and amend what the former made. They hold
// for the ministries and for the bureaus of one place alike.
var successions = [][2]string{
	{"工商行政管理", "市场监督管理"}, {"质量技术监督", "市场监督管理"}, {"质量监督检验检疫", "市场监督管理"},
	{"食品药品监督管理", "市场监督管理"}, {"食品药品监督管理", "药品监督管理"},
	{"国土资源", "自然资源"}, {"国土资源", "自然资源和规划"}, {"环境保护", "生态环境"}, {"农业", "农业农村"},
	{"文化", "文化和旅游"}, {"旅游", "文化和旅游"}, {"卫生和计划生育", "卫生健康"}, {"卫生", "卫生健康"}, {"卫生", "卫生和计划生育"},
	{"人口和计划生育", "卫生健康"}, {"劳动和社会保障", "人力资源和社会保障"}, {"劳动保障", "人力资源和社会保障"}, {"人事", "人力资源和社会保障"},
	{"劳动", "人力资源和社会保障"}, {"建设", "住房和城乡建设"}, {"交通", "交通运输"}, {"信息产业", "工业和信息化"},
	{"安全生产监督管理", "应急管理"}, {"林业", "林业和草原"}, {"新闻出版广电", "广播电视"}, {"海洋", "自然资源"}, {"测绘", "自然资源"},
}

// succeeds reports whether an agency of a document took over from one of
// another's: 青岚市生态环境局 from 青岚市环境保护局.
func succeeds(d, other Document) bool {
	former := issuers(other.Agency)
	return slices.ContainsFunc(issuers(d.Agency), func(now string) bool {
		place, matter := matterOf(now)
		if matter == "" {
			return false
		}
		return slices.ContainsFunc(former, func(was string) bool {
			p, m := matterOf(was)
			return p == place && slices.Contains(successions, [2]string{m, matter})
		})
	})
}

// matterOf splits the name of a ministry or bureau into its place and what it
// is responsible for, written in full: 青岚市, 人力资源和社会保障.
func matterOf(agency string) (place, matter string) {
	place = placeOf(agency)
	rest := strings.TrimPrefix(strings.TrimPrefix(agency, place), "国家")
	for _, office := range []string{"总局", "委员会", "部", "厅", "局", "委", "署"} {
		if matter, ok := strings.CutSuffix(rest, office); ok {
			return place, strings.Replace(matter, "人力资源社会保障", "人力资源和社会保障", 1)
		}
	}
	return place, ""
}
