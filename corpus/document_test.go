package corpus

import (
	"testing"
	"time"
)

func TestValidityOn(t *testing.T) {
	t.Parallel()
	repeal := func(on Date) []Relation { return []Relation{{Kind: Repeals, From: "new", On: on}} }
	for _, c := range []struct {
		name string
		doc  Document
		day  Date
		want Validity
	}{
		{"no effective date", Document{Published: "2020-01-01"}, "2024-01-01", Unknown},
		{"the day before", Document{Effective: "2024-05-01"}, "2024-04-30", NotYet},
		{"the first day", Document{Effective: "2024-05-01"}, "2024-05-01", InForce},
		{"the last day", Document{Effective: "2020-01-01", Expires: "2024-12-31"}, "2024-12-31", InForce},
		{"the day after", Document{Effective: "2020-01-01", Expires: "2024-12-31"}, "2025-01-01", Expired},
		{"repealed today", Document{Effective: "2020-01-01", Receives: repeal("2024-05-01")}, "2024-05-01", Repealed},
		{"repealed tomorrow", Document{Effective: "2020-01-01", Receives: repeal("2024-05-02")}, "2024-05-01", InForce},
		{"repealed on an unknown day", Document{Effective: "2020-01-01", Receives: repeal("")}, "2024-05-01", Repealed},
		{"repealed and expired", Document{Expires: "2021-01-01", Receives: repeal("2020-05-01")}, "2024-05-01", Repealed},
		{"a later edition", Document{Effective: "2020-01-01", Receives: []Relation{{Kind: Supersedes, On: "2035-01-01"}}}, "2035-01-01", Superseded},
		{"before the later edition", Document{Effective: "2020-01-01", Receives: []Relation{{Kind: Supersedes, On: "2035-01-01"}}}, "2034-12-31", InForce},
		{"amended", Document{Effective: "2020-01-01", Receives: []Relation{{Kind: Amends, On: "2022-01-01"}}}, "2024-01-01", Modified},
		{"explained", Document{Effective: "2020-01-01", Receives: []Relation{{Kind: Interprets}}}, "2024-01-01", InForce},
	} {
		if got := c.doc.ValidityOn(c.day); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestWindowAgreesWithValidity compares the window that the index filters by
// with the rule itself, on every day around every date.
func TestWindowAgreesWithValidity(t *testing.T) {
	t.Parallel()
	days := []Date{"", "2024-05-01", "2024-05-02", "2024-05-03"}
	kinds := []RelationKind{"", Repeals, Supersedes, Amends}
	for _, effective := range days {
		for _, expires := range days {
			for _, kind := range kinds {
				for _, on := range days {
					d := Document{Effective: effective, Expires: expires}
					if kind != "" {
						d.Receives = []Relation{{Kind: kind, On: on}}
					}
					from, until := d.Window()
					for _, day := range []Date{"2024-04-30", "2024-05-01", "2024-05-02", "2024-05-03", "2024-05-04"} {
						within := (from == "" || from <= day) && (until == "" || day < until)
						if within != d.ValidityOn(day).Quotable() {
							t.Errorf("%+v on %s: window [%s, %s) says %v, validity %s", d, day, from, until, within, d.ValidityOn(day))
						}
					}
				}
			}
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"2024", "2024-13-01", "2024-02-30", "1899-12-31", "2024-5-1", "明天"} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) accepted", bad)
		}
	}
	d, err := ParseDate("2024-02-29")
	if err != nil || d.Chinese() != "2024年2月29日" || d.next() != "2024-03-01" {
		t.Errorf("%q %v %q %q", d, err, d.Chinese(), d.next())
	}
	// Midnight in China is 16:00 the day before in UTC.
	if got := DayOf(time.Date(2024, 4, 30, 16, 0, 0, 0, time.UTC)); got != "2024-05-01" {
		t.Errorf("DayOf = %s", got)
	}
	if Date("").Known() || Date("").Chinese() != "" {
		t.Error("the unknown day is known")
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	c := Content{Document: Document{ID: "a", Title: "题", Source: "x"}, Text: "文"}
	moved, changed := c, c
	moved.Document.Source = "y"
	moved.Document.Receives = []Relation{{Kind: Repeals}}
	changed.Document.Title = "另"
	if c.Fingerprint() != moved.Fingerprint() {
		t.Error("a moved file is a new revision")
	}
	if c.Fingerprint() == changed.Fingerprint() {
		t.Error("a new title is no new revision")
	}
}

func TestIssuedOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d         Document
		day, said string
	}{
		{Document{Published: "2024-05-01", Written: "2024-04-02"}, "2024-05-01", "2024年5月1日发布"},
		{Document{Written: "2024-04-02"}, "2024-04-02", "2024年4月2日成文"},
		{Document{}, "", ""},
	} {
		if day, said := c.d.ListedOn(), c.d.IssuedOn(); string(day) != c.day || said != c.said {
			t.Errorf("%+v: %s %s", c.d, day, said)
		}
	}
}
