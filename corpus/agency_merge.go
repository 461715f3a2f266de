package corpus

import (
	"fmt"
	"slices"
	"strings"
)

// AgencyFault is what keeps an entry out of the directory: a sentence for the
// person who wrote it.
type AgencyFault struct {
	Index   int    `json:"index"` // of the entry among those that were put
	Message string `json:"message"`
}

// AgencyChange says what putting agencies did.
type AgencyChange struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Removed int `json:"removed"`
}

// MergeAgencies puts entries into a directory's entries of the same accounts:
// by ID, or, where replace is set, in place of all that those accounts have.
// Invented entries give way to one's own. Where faults come back, nothing may
// be stored. Within an account no two entries share an ID, a name or an alias.
func MergeAgencies(have, put []Agency, replace bool, today Date) (merged []Agency, change AgencyChange, faults []AgencyFault) {
	m := agencyMerge{today: today, place: map[agencyKey]int{}, from: map[agencyKey]int{}}
	for _, a := range have {
		if !a.Sample {
			m.old = append(m.old, a)
		}
	}
	m.collect(put)
	m.keep(replace, put)
	m.words()
	if len(m.merged) > MaxAgencies {
		m.fault(0, "单位一共超过%d个", MaxAgencies)
	}
	return m.merged, m.change, m.faults
}

type agencyKey struct{ account, id string }

type agencyMerge struct {
	today  Date
	old    []Agency
	merged []Agency
	place  map[agencyKey]int // in merged
	from   map[agencyKey]int // index of what was put
	change AgencyChange
	faults []AgencyFault
}

func (m *agencyMerge) fault(index int, format string, args ...any) {
	m.faults = append(m.faults, AgencyFault{index, fmt.Sprintf(format, args...)})
}

// collect looks at what is put by itself.
func (m *agencyMerge) collect(put []Agency) {
	for i, a := range put {
		if f := a.Fault(m.today); f != "" {
			m.fault(i, "%s", f)
			continue
		}
		k := agencyKey{a.Account, a.ID}
		if first, ok := m.from[k]; ok {
			if put[first].Name == a.Name {
				m.fault(i, "“%s”出现了两次", clip(a.Name))
			} else {
				m.fault(i, "编号“%s”已经给了“%s”", clip(a.ID), clip(put[first].Name))
			}
			continue
		}
		m.from[k] = i
		m.place[k] = len(m.merged)
		m.merged = append(m.merged, a)
	}
}

// keep adds what stays of the old entries, and counts.
func (m *agencyMerge) keep(replace bool, put []Agency) {
	scope := map[string]bool{}
	for _, a := range put {
		scope[a.Account] = true
	}
	known := map[agencyKey]bool{}
	for _, a := range m.old {
		k := agencyKey{a.Account, a.ID}
		known[k] = true
		at, ok := m.place[k]
		switch {
		case ok && SameAgency(a, m.merged[at]):
			m.change.Same++
		case ok:
			m.change.Changed++
		case replace && scope[a.Account]:
			m.change.Removed++
		default:
			m.merged = append(m.merged, a)
		}
	}
	for k := range m.from {
		if !known[k] {
			m.change.Added++
		}
	}
}

// words finds names and aliases that two entries of one account have.
func (m *agencyMerge) words() {
	type owned struct{ account, word string }
	owner := map[owned]int{}
	for i, a := range m.merged {
		for n, w := range append([]string{a.Name}, a.Aliases...) {
			k := owned{a.Account, strings.ToLower(strings.Join(strings.Fields(w), ""))}
			j, taken := owner[k]
			if !taken {
				owner[k] = i
				continue
			}
			if j == i {
				continue // an alias given twice does no harm
			}
			// What was put stands before what was there: one of the two is new.
			index, told := m.from[agencyKey{a.Account, a.ID}]
			other := m.merged[j]
			if !told {
				index, other = m.from[agencyKey{other.Account, other.ID}], a
			}
			what := "别名"
			if n == 0 && w == other.Name {
				what = "名称"
			}
			m.fault(index, "%s“%s”和“%s”（编号%s）重复；同一个单位请用同一个编号，不同的单位请换个叫法", what, clip(w), clip(other.Name), other.ID)
		}
	}
}

// SameAgency reports whether two entries say the same.
func SameAgency(a, b Agency) bool {
	for d := range a.Hours.Week {
		if !slices.Equal(a.Hours.Week[d], b.Hours.Week[d]) {
			return false
		}
	}
	return a.ID == b.ID && a.Account == b.Account && a.Name == b.Name && slices.Equal(a.Aliases, b.Aliases) &&
		a.Region == b.Region && slices.Equal(a.Matters, b.Matters) && a.Address == b.Address && a.Hours.Note == b.Hours.Note &&
		a.Phone == b.Phone && a.Website == b.Website && a.Checked == b.Checked && a.Sample == b.Sample
}
