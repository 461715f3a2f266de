package store_test

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

const thisDay corpus.Date = "2026-11-26"

func putAgencies(t *testing.T, s *store.Store, replace bool, list ...corpus.Agency) (corpus.AgencyChange, []corpus.AgencyFault) {
	t.Helper()
	change, faults, err := s.PutAgencies(t.Context(), list, replace, thisDay)
	if err != nil {
		t.Fatal(err)
	}
	return change, faults
}

// agencies lists what an account sees: id@account, by region and name.
func agencies(t *testing.T, s *store.Store, account string) string {
	t.Helper()
	list, err := s.Agencies(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range list {
		out = append(out, a.ID+"@"+a.Account)
	}
	return strings.Join(out, " ")
}

func TestAgencies(t *testing.T) {
	t.Parallel()
	s := open(t)
	hours, err := corpus.ParseHours("周一至周五9:00-12:00，13:30-17:00，法定节假日除外")
	if err != nil {
		t.Fatal(err)
	}
	whole := corpus.Agency{
		ID: "mz", Name: "云溪县民政局", Aliases: []string{"民政局"}, Region: "云溪县", Matters: []string{"低保"}, Address: "文昌路1号",
		Hours: hours, Phone: "0599-1234567", Website: "https://mz.gov.cn", Checked: "2026-10-08",
	}
	change, faults := putAgencies(t, s, false, whole, corpus.Agency{ID: "yb", Name: "云溪县医保局", Region: "云溪县"},
		corpus.Agency{ID: "a", Name: "甲局", Region: "安平县"}, corpus.Agency{ID: "mz", Account: "town", Name: "镇民政办", Region: "镇"})
	if change != (corpus.AgencyChange{Added: 4}) || faults != nil {
		t.Fatalf("%+v %+v", change, faults)
	}
	list, err := s.Agencies(t.Context(), "")
	if err != nil || len(list) != 3 || !corpus.SameAgency(list[1], whole) {
		t.Fatalf("%+v, %v", list, err)
	}
	for account, want := range map[string]string{"": "yb@ mz@ a@", "other": "yb@ mz@ a@", "town": "yb@ a@ mz@town"} {
		if got := agencies(t, s, account); got != want {
			t.Errorf("as %q: %s, want %s", account, got, want)
		}
	}

	change, _ = putAgencies(t, s, true, corpus.Agency{ID: "yb", Name: "医疗保障局", Region: "云溪县"})
	if change != (corpus.AgencyChange{Changed: 1, Removed: 2}) {
		t.Errorf("replacing: %+v", change)
	}
	if got := agencies(t, s, "town"); got != "yb@ mz@town" {
		t.Errorf("replacing what is shared leaves %s", got)
	}
	if change, _ = putAgencies(t, s, false, corpus.Agency{ID: "yb", Name: "医疗保障局", Region: "云溪县"}); change != (corpus.AgencyChange{Same: 1}) {
		t.Errorf("the same again: %+v", change)
	}
}

func TestAgenciesAllOrNone(t *testing.T) {
	t.Parallel()
	s := open(t)
	putAgencies(t, s, false, corpus.Agency{ID: "a", Name: "甲局"})
	_, faults := putAgencies(t, s, true, corpus.Agency{ID: "b", Name: "乙局"}, corpus.Agency{ID: "c", Name: "乙局"})
	if len(faults) != 1 || faults[0].Index != 1 || agencies(t, s, "") != "a@" {
		t.Errorf("%+v, %s", faults, agencies(t, s, ""))
	}
	missing, err := s.RemoveAgencies(t.Context(), "", []string{"a", "nobody"})
	if err != nil || len(missing) != 1 || missing[0] != "nobody" || agencies(t, s, "") != "a@" {
		t.Errorf("%v %v, %s", missing, err, agencies(t, s, ""))
	}
	if missing, err = s.RemoveAgencies(t.Context(), "town", []string{"a"}); err != nil || len(missing) != 1 {
		t.Errorf("another account's: %v %v", missing, err)
	}
	if missing, err = s.RemoveAgencies(t.Context(), "", []string{"a", "a"}); err != nil || missing != nil || agencies(t, s, "") != "" {
		t.Errorf("%v %v, %s", missing, err, agencies(t, s, ""))
	}
}

func TestSampleAgencies(t *testing.T) {
	t.Parallel()
	s := open(t)
	set := func(want bool, list ...corpus.Agency) {
		t.Helper()
		for i := range list {
			list[i].Sample = true
		}
		if changed, err := s.SetSampleAgencies(t.Context(), list); err != nil || changed != want {
			t.Fatalf("changed %v, %v; want %v", changed, err, want)
		}
	}
	putAgencies(t, s, false, corpus.Agency{ID: "b", Name: "自己的局"})
	set(true, corpus.Agency{ID: "a", Name: "示例甲"}, corpus.Agency{ID: "b", Name: "示例乙"})
	set(false, corpus.Agency{ID: "a", Name: "示例甲"}, corpus.Agency{ID: "b", Name: "示例乙"})
	list, err := s.Agencies(t.Context(), "")
	if err != nil || len(list) != 2 || list[0].Name != "示例甲" || !list[0].Sample || list[1].Sample {
		t.Fatalf("%+v %v", list, err)
	}
	if missing, err := s.RemoveAgencies(t.Context(), "", []string{"a"}); err != nil || len(missing) != 1 {
		t.Errorf("the sample's can be removed: %v %v", missing, err)
	}
	// One's own entry takes the place of the sample's.
	putAgencies(t, s, false, corpus.Agency{ID: "a", Name: "示例甲"})
	if list, err = s.Agencies(t.Context(), ""); err != nil || len(list) != 2 || list[0].Sample || list[1].Sample {
		t.Errorf("%+v %v", list, err)
	}
	set(false, corpus.Agency{ID: "a", Name: "示例甲"})
	set(false)
	if got := agencies(t, s, ""); got != "a@ b@" {
		t.Error(got)
	}
}

func TestAgenciesOfDocuments(t *testing.T) {
	t.Parallel()
	s := open(t)
	of := func(agency, account string, sample bool) func(*corpus.Document) {
		return func(d *corpus.Document) { d.Agency, d.Account, d.Sample = agency, account, sample }
	}
	put(t, s, true, content("a", of("甲局", "", false)), content("b", of("甲局", "", false)), content("c", of("乙局", "town", false)),
		content("d", of("丙局", "", true)))
	put(t, s, false, content("e", of("丁局", "", false)))
	for _, c := range []struct {
		account string
		sample  bool
		want    map[string]int
	}{
		{"", false, map[string]int{"甲局": 2}},
		{"", true, map[string]int{"甲局": 2, "丙局": 1}},
		{"town", false, map[string]int{"甲局": 2, "乙局": 1}},
	} {
		got, err := s.AgenciesOfDocuments(t.Context(), c.account, c.sample)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("as %q: %v, %v", c.account, got, err)
		}
		for name, n := range c.want {
			if got[name] != n {
				t.Errorf("as %q: %s %d, want %d", c.account, name, got[name], n)
			}
		}
	}
}
