package index

import (
	"slices"
	"strings"
)

// Levels of a region.
const (
	province = iota
	prefecture
	county
	township
	levels
)

// divisions are what the names of a level end with, longer ones first, and how
// many letters stand before that at least: the 乡 of 新乡市 ends no name.
var divisions = []struct {
	suffix        string
	level, letter int
}{
	{"特别行政区", province, 2}, {"自治区", province, 2}, {"省", province, 2},
	{"自治州", prefecture, 2}, {"地区", prefecture, 2}, {"盟", prefecture, 2}, {"市", prefecture, 2},
	{"自治县", county, 2}, {"自治旗", county, 2}, {"县", county, 1}, {"旗", county, 2}, {"区", county, 2},
	{"街道", township, 2}, {"镇", township, 2}, {"乡", township, 2},
}

// nationwide are regions that are no part of the country.
var nationwide = []string{"", "全国", "中国", "国家", "中华人民共和国"}

// Governs reports whether a rule of a region can answer who asks here: of the
// same place, of one around it or in it, or of the whole country; not of
// another province, city or county. Regions are names as documents have them:
// 湖南省, 青岚市, 苏州市昆山市, 青岚市东湖县. A city whose county is written alone
// and one of the same level are two places: a county-level city is written
// with the prefecture that it belongs to.
func Governs(region, here string) bool {
	if region == here || slices.Contains(nationwide, region) || slices.Contains(nationwide, here) {
		return true
	}
	theirs, ours := regionLevels(region), regionLevels(here)
	for level := range levels {
		a, b := theirs[level], ours[level]
		if a == "" || b == "" || a == b || level > province && (slices.Contains(ours[:], a) || slices.Contains(theirs[:], b)) {
			continue
		}
		return false
	}
	return true
}

// regionLevels takes the names of a region's levels apart, without what they end
// with. The province of a known city is filled in.
func regionLevels(region string) (out [levels]string) {
	known := PlacesIn(region)
	rest := region
	for rest != "" {
		name, level, size := nextDivision(rest)
		if size == 0 {
			break
		}
		if level == prefecture && slices.Contains(places().provinces, name) {
			level = province // 北京市
		}
		if level == prefecture && out[prefecture] != "" {
			level = county // 苏州市昆山市
		}
		out[level] = name
		rest = rest[size:]
	}
	if rest == region && slices.Contains(places().provinces, region) {
		out[province] = region
	} else if rest == region {
		out[prefecture] = region // 深圳
	}
	if names := known.Names(); len(names) == 1 {
		out[province] = names[0]
	}
	return out
}

// nextDivision returns the first name of a region, the level that its end
// says, and how many bytes both take; 0 where it says none.
func nextDivision(region string) (name string, level, size int) {
	at := len(region)
	for _, d := range divisions {
		first := strings.Index(region, d.suffix)
		if first < d.letter*len("青") || first >= at || d.level == township && first+len(d.suffix) < len(region) {
			continue // 景德镇市 is no town
		}
		name, level, at, size = region[:first], d.level, first, first+len(d.suffix)
	}
	return name, level, size
}

// Wider reports whether a region is known to be around another: a province
// around a city, the nation around all. Both are written as Governs has them.
func Wider(region, than string) bool {
	if region == "" || region == than || slices.Contains(nationwide, than) {
		return false
	}
	return slices.Contains(nationwide, region) || Governs(region, than) && deepest(region) < deepest(than)
}

// deepest is the level of the smallest place that a region names.
func deepest(region string) int {
	of := regionLevels(region)
	for level := levels - 1; level > province; level-- {
		if of[level] != "" {
			return level
		}
	}
	return province
}
