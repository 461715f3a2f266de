// Package holiday knows the public holidays of mainland China as the State
// Council arranges them each year, with the days that are worked in exchange.
// The table is that of lunar-go; a year that is not published yet is not
// known, and never guessed.
package holiday

import (
	"fmt"
	"slices"
	"strings"

	"github.com/6tail/lunar-go/HolidayUtil"

	"github.com/policybot/policybot/corpus"
)

// Calendar is a table of holidays. It never changes.
type Calendar struct {
	days  map[corpus.Date]corpus.Holiday
	order []corpus.Date
	years map[string]bool
}

// The years that are looked for: the table begins in 2002.
const firstYear, lastYear = 2002, 2099

// New reads the library's table.
func New() *Calendar {
	c := &Calendar{days: map[corpus.Date]corpus.Holiday{}, years: map[string]bool{}}
	for year := firstYear; year <= lastYear; year++ {
		list := HolidayUtil.GetHolidaysByYear(year)
		for e := list.Front(); e != nil; e = e.Next() {
			h, ok := e.Value.(*HolidayUtil.Holiday)
			if !ok {
				continue
			}
			day := corpus.Date(h.GetDay())
			if !strings.HasPrefix(string(day), fmt.Sprint(year)) {
				continue
			}
			c.days[day] = corpus.Holiday{Name: h.GetName(), Work: h.IsWork()}
			c.years[year4(day)] = true
		}
	}
	for day := range c.days {
		c.order = append(c.order, day)
	}
	slices.Sort(c.order)
	return c
}

func year4(day corpus.Date) string { return string(day[:min(4, len(day))]) }

// On returns what a day is. known is false in a year whose holidays are not
// published yet.
func (c *Calendar) On(day corpus.Date) (h corpus.Holiday, known bool) {
	return c.days[day], c.years[year4(day)]
}

// Next returns the first run of days off, from a day on, of a holiday whose
// name has one of these words, 国庆: also where the day is in the midst of it.
// None where the table does not have it yet.
func (c *Calendar) Next(from corpus.Date, words ...string) (off []corpus.Date) {
	for _, day := range c.order {
		h := c.days[day]
		named := slices.ContainsFunc(words, func(w string) bool { return strings.Contains(h.Name, w) })
		if !h.Off() || !named {
			continue
		}
		if len(off) > 0 && !follows(off[len(off)-1], day) {
			if off[len(off)-1] >= from {
				return off
			}
			off = nil
		}
		off = append(off, day)
	}
	if len(off) > 0 && off[len(off)-1] >= from {
		return off
	}
	return nil
}

// follows reports whether a day is the one after another.
func follows(a, b corpus.Date) bool { return a.Add(1) == b }
