package corpus

import (
	"fmt"
	"time"
)

// Date is a civil day written 2006-01-02, or "" where the day is not known.
// Dates compare as strings. Documents name days, not instants, so there is no
// time zone in it; DayOf decides the day of an instant.
type Date string

// Zone is the time zone of every day named in a policy document (UTC+8, no
// daylight saving since 1991).
var Zone = time.FixedZone("CST", 8*60*60)

// ParseDate reads 2024-05-01. The empty string is the unknown day. The error
// names the text that is not a day.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return "", nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 {
		return "", fmt.Errorf("%q is not a date like 2024-05-01", s)
	}
	return Date(s), nil
}

// DayOf returns the day of t in Zone.
func DayOf(t time.Time) Date { return Date(t.In(Zone).Format(time.DateOnly)) }

// Known reports whether the day is known.
func (d Date) Known() bool { return d != "" }

// Chinese writes 2024年5月1日, and "" for the unknown day.
func (d Date) Chinese() string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return t.Format("2006年1月2日")
}

const firstDay Date = "1900-01-01"

// next returns the day after d; an unknown day stays unknown.
func (d Date) next() Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, 0, 1).Format(time.DateOnly))
}
