package index

import (
	"slices"
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, provinces, names string }{
		{"", "", ""},
		{"公积金", "", ""},
		{"北京怎么办", "北京", "北京"},
		{"在海淀和上海", "北京 上海", "海淀 上海"},
		{"蘇州市", "江苏", "蘇州"}, // traditional, as written
		{"大兴", "", ""},      // only the district: 大兴 also means to promote
		{"张家口张家界", "河北 湖南", "张家口 张家界"},
		{"北，京", "", ""},
		{"京", "", ""},
		{"\xff北京\xff", "北京", "北京"},
	} {
		if got := strings.Join(PlacesIn(c.text).Names(), " "); got != c.provinces {
			t.Errorf("%q: %q, want %q", c.text, got, c.provinces)
		}
		if got := strings.Join(PlaceNames(c.text), " "); got != c.names {
			t.Errorf("%q: names %q, want %q", c.text, got, c.names)
		}
	}
}

func TestTheLongestPlaceCounts(t *testing.T) {
	t.Parallel()
	g := &gazetteer{byHead: map[Term][]place{BigramTerm('青', '岚'): {{[]rune("青岚"), 1}, {[]rune("青岚新区"), 2}, {[]rune("青岚新"), 4}}}}
	g.firsts.add('青')
	for text, want := range map[string]Provinces{"青岚新区": 2, "青岚新": 4, "青岚": 1, "青": 0, "岚": 0} {
		if p, _ := g.at([]rune(text), 0); p.province != want {
			t.Errorf("%s: %b, want %b", text, p.province, want)
		}
	}
}

func TestEveryPlaceIsFoundInItsProvince(t *testing.T) {
	t.Parallel()
	owner := map[string]string{}
	for line := range strings.Lines(placesFile) {
		province, names, _ := strings.Cut(strings.TrimSpace(line), "\t")
		for name := range strings.FieldsSeq(names) {
			if owner[name] != "" {
				t.Errorf("%s is in %s and in %s", name, owner[name], province)
			}
			owner[name] = province
			if len([]rune(name)) < 2 {
				t.Errorf("%s is too short", name)
			}
			if got := PlacesIn("在" + name + "市").Names(); !slices.Equal(got, []string{province}) {
				t.Errorf("%s: %v, want %s", name, got, province)
			}
		}
	}
	if n := len(places().provinces); n != 34 {
		t.Errorf("%d provinces", n)
	}
}

// TestMentionsAgreesWithPlacesIn: the quick look for a question's own regions
// finds one exactly where the full look does.
func TestMentionsAgreesWithPlacesIn(t *testing.T) {
	t.Parallel()
	texts := []string{"", "吉林市的吉林", "江苏省南京市", "在武汉和南京之间", "没有地名", "新疆生产建设兵团", "长沙", "京南京"}
	for _, text := range texts {
		all := PlacesIn(text)
		for _, want := range []Provinces{PlacesIn("南京"), PlacesIn("武汉 长春"), PlacesIn("新疆"), PlacesIn("南京 长沙 北京")} {
			g := places()
			got := g.mentions([]rune(text), want, g.firstsOf(want))
			if (got != 0) != (all&want != 0) || got&^all != 0 {
				t.Errorf("%q: mentions %v of %v, PlacesIn %v", text, got.Names(), want.Names(), all.Names())
			}
		}
	}
}
