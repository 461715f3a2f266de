package corpus

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AgencyWarning is something in the directory that somebody should mend.
type AgencyWarning struct {
	Agency  string `json:"agency"` // ID; "" is a document's agency that is missing
	Name    string `json:"name"`
	Message string `json:"message"`
}

// CheckDirectory lists what an account's directory lacks or has wrong on a
// day: entries that nobody has checked for StaleAfter days, without phone or
// hours, with a website that does not open, matters that two of them own, and
// agencies that published documents name and the directory does not have;
// documents counts those by agency.
func CheckDirectory(v View, documents map[string]int, today Date) []AgencyWarning {
	var out []AgencyWarning
	warn := func(a Agency, format string, args ...any) {
		out = append(out, AgencyWarning{a.ID, a.Name, fmt.Sprintf(format, args...)})
	}
	owners := map[string][]Agency{}
	all := v.All()
	for _, a := range all {
		switch {
		case !a.Checked.Known():
			warn(a, "没有核对日期")
		case a.StaleOn(today):
			warn(a, "上次核对是%s，超过%d天了", a.Checked.Chinese(), StaleAfter)
		}
		if a.Phone == "" {
			warn(a, "没有电话")
		}
		if !a.Hours.Known() {
			warn(a, "没有办公时间")
		}
		if f := WebsiteFault(a.Website); f != "" {
			warn(a, "%s", f)
		}
		for _, m := range a.Matters {
			owners[v.d.fold(m)] = append(owners[v.d.fold(m)], a)
		}
	}
	for _, a := range all {
		for _, m := range a.Matters {
			both := owners[v.d.fold(m)]
			if len(both) < 2 || both[0].ID != a.ID {
				continue
			}
			names := make([]string, len(both)-1)
			for i, other := range both[1:] {
				names[i] = "“" + other.Name + "”"
			}
			warn(a, "职责“%s”也写给了%s，只能写给一个单位", m, strings.Join(names, "、"))
		}
	}
	return append(out, missingAgencies(v, documents)...)
}

func missingAgencies(v View, documents map[string]int) []AgencyWarning {
	var out []AgencyWarning
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		if _, ok := v.Issuing(name); !ok && strings.TrimSpace(name) != "" {
			out = append(out, AgencyWarning{Name: name, Message: fmt.Sprintf("有%d份已发布的文件是它的，单位名录里没有这个单位", documents[name])})
		}
	}
	return out
}
