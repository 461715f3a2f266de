package corpus

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Hours are the times at which an office is open.
type Hours struct {
	Week [7][]Span `json:"week"`           // by time.Weekday; none is closed, if Known
	Note string    `json:"note,omitempty"` // 法定节假日休息
}

// Span is a part of a day in minutes after midnight: 9:00–12:00 is {540, 720}.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

const wholeDay = 24 * 60

// Chinese writes 9:00—12:00, and 24小时 for a whole day.
func (s Span) Chinese() string {
	if s.From == 0 && s.To == wholeDay {
		return "24小时"
	}
	return Clock(s.From) + "—" + Clock(s.To)
}

// Clock writes minutes after midnight as 9:00.
func Clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// Known reports whether any opening time is known.
func (h Hours) Known() bool {
	for _, spans := range h.Week {
		if len(spans) > 0 {
			return true
		}
	}
	return false
}

// On returns the opening times of a weekday, none where it is closed.
func (h Hours) On(day time.Weekday) []Span { return h.Week[day] }

// OpenOn reports whether the office opens on a weekday, holidays aside.
func (h Hours) OpenOn(day time.Weekday) bool { return len(h.Week[day]) > 0 }

// Holidays is what an office says about public holidays.
type Holidays string

// What can be said of public holidays.
const (
	HolidaysUnsaid Holidays = ""
	HolidaysClosed Holidays = "closed" // 法定节假日除外
	HolidaysOpen   Holidays = "open"   // 节假日照常
)

// OnHolidays reads the note's word on public holidays.
func (h Hours) OnHolidays() Holidays {
	i := strings.Index(h.Note, "节假日")
	if i < 0 {
		return HolidaysUnsaid
	}
	said := h.Note[i:]
	if j := strings.IndexAny(said, "；。"); j >= 0 {
		said = said[:j]
	}
	for _, w := range []string{"不休", "照常", "正常", "不放假", "不打烊"} {
		if strings.Contains(said, w) {
			return HolidaysOpen
		}
	}
	for _, w := range []string{"除外", "休", "不办", "不上班", "放假", "不开", "不营业", "不对外", "关"} {
		if strings.Contains(said, w) {
			return HolidaysClosed
		}
	}
	return HolidaysUnsaid
}

// weekOrder is the week as it is spoken of: Monday first.
var weekOrder = [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

var weekdayNames = [7]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// WeekdayName writes 周六.
func WeekdayName(day time.Weekday) string { return weekdayNames[day] }

// Chinese writes 周一至周五9:00—12:00，13:30—17:00；周六9:00—12:00（法定节假日除外）,
// which ParseHours reads; "" where nothing is known.
func (h Hours) Chinese() string {
	s := h.times("，", "；", dayRuns)
	if h.Note != "" {
		s += "（" + h.Note + "）"
	}
	return s
}

// Brief writes them for the middle of a sentence, without the note:
// 工作日9:00—12:00、13:30—17:00，周六9:00—12:00.
func (h Hours) Brief() string {
	return h.times("、", "，", func(days []time.Weekday) string {
		if slices.Equal(days, weekOrder[:5]) {
			return "工作日"
		}
		return dayRuns(days)
	})
}

// times groups the days that have the same times, in the order of the week.
func (h Hours) times(between, after string, name func([]time.Weekday) string) string {
	var parts []string
	done := [7]bool{}
	for i, d := range weekOrder {
		if done[d] || len(h.Week[d]) == 0 {
			continue
		}
		var same []time.Weekday
		for _, e := range weekOrder[i:] {
			if slices.Equal(h.Week[d], h.Week[e]) {
				done[e] = true
				same = append(same, e)
			}
		}
		spans := make([]string, len(h.Week[d]))
		for k, s := range h.Week[d] {
			spans[k] = s.Chinese()
		}
		parts = append(parts, name(same)+strings.Join(spans, between))
	}
	return strings.Join(parts, after)
}

// dayRuns writes 周一至周五, 周一、周三, 每天.
func dayRuns(days []time.Weekday) string {
	if len(days) == 7 {
		return "每天"
	}
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && (days[j]+1)%7 == days[j+1] {
			j++
		}
		switch {
		case j-i >= 2:
			parts = append(parts, weekdayNames[days[i]]+"至"+weekdayNames[days[j]])
		case j > i:
			parts = append(parts, weekdayNames[days[i]], weekdayNames[days[j]])
		default:
			parts = append(parts, weekdayNames[days[i]])
		}
		i = j + 1
	}
	return strings.Join(parts, "、")
}

// days is a set of weekdays, one bit each by time.Weekday.
type days uint8

func (d days) has(day time.Weekday) bool { return d>>day&1 == 1 }

// settle sorts each day's spans; where two overlap it says so.
func (h *Hours) settle() error {
	for d := range h.Week {
		spans := h.Week[d]
		slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
		for i := 1; i < len(spans); i++ {
			if spans[i].From < spans[i-1].To {
				return fmt.Errorf("%s的%s和%s重叠", weekdayNames[d], spans[i-1].Chinese(), spans[i].Chinese())
			}
		}
	}
	return nil
}
