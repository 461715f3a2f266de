package bot

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

// Calendar knows public holidays.
type Calendar interface {
	// On returns what a day is; known is false in a year whose holidays are
	// not published yet.
	On(day corpus.Date) (h corpus.Holiday, known bool)
	// Next returns the days off of the next holiday of a name, from a day on;
	// none where that is not published yet.
	Next(from corpus.Date, words ...string) []corpus.Date
}

// askedDay is a day that a question asks about.
type askedDay struct {
	date   corpus.Date
	name   string // as it was asked for: 明天, 周六, 10月1日
	weekly bool   // the weekday in general, of which date is the next
}

var (
	weekdayShape = regexp.MustCompile(`(下个?|这个?|本)?(?:周|星期|礼拜)([一二三四五六日天1-7])`)
	weekendShape = regexp.MustCompile(`(下个?)?(?:周末|双休日|双休|礼拜六礼拜天)`)
	dateShape    = regexp.MustCompile(`([0-9]{1,2}|[一二三四五六七八九十]{1,3})月([0-9]{1,2}|[一二三四五六七八九十]{1,3})[号日]?`)
	dayOnlyShape = regexp.MustCompile(`(?:^|[^0-9月])([0-9]{1,2})[号日]`)
)

// relativeDays are words for a day near today, longer ones first.
var relativeDays = []struct {
	words []string
	after int
	name  string
}{
	{[]string{"大后天"}, 3, "大后天"},
	{[]string{"后天"}, 2, "后天"},
	{[]string{"明天", "明日", "明儿", "明早", "明晚"}, 1, "明天"},
	{[]string{"今天", "今日", "今儿", "今晚", "现在", "这会", "此刻"}, 0, "今天"},
}

// daysAsked returns the days that a folded question asks about, none where it
// asks about opening times in general.
func daysAsked(text string, today corpus.Date) []askedDay {
	for _, r := range relativeDays {
		if containsAny(text, r.words) {
			return []askedDay{{date: today.Add(r.after), name: r.name}}
		}
	}
	if d, ok := dateAsked(text, today); ok {
		return []askedDay{{date: d, name: monthDay(d)}}
	}
	if m := weekendShape.FindStringSubmatch(text); m != nil {
		sat := weekdayFrom(today, time.Saturday, m[1] != "")
		return []askedDay{{sat, "周六", m[1] == ""}, {sat.Add(1), "周日", m[1] == ""}}
	}
	var out []askedDay
	for _, m := range weekdayShape.FindAllStringSubmatch(text, 3) {
		day := weekdayNamed(m[2])
		next := strings.HasPrefix(m[1], "下")
		d := weekdayFrom(today, day, next)
		name := corpus.WeekdayName(day)
		if next {
			name = "下" + name
		}
		out = append(out, askedDay{d, name, m[1] == ""})
	}
	return out
}

// dateAsked reads 10月1日, 十月一号 and 3号: the next such day.
func dateAsked(text string, today corpus.Date) (corpus.Date, bool) {
	t := dayTime(today)
	if m := dateShape.FindStringSubmatch(text); m != nil {
		month, day := smallNumber(m[1]), smallNumber(m[2])
		for year := t.Year(); year <= t.Year()+1; year++ {
			d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, corpus.Zone)
			if int(d.Month()) == month && d.Day() == day && corpus.DayOf(d) >= today {
				return corpus.DayOf(d), true
			}
		}
		return "", false
	}
	if m := dayOnlyShape.FindStringSubmatch(text); m != nil {
		day := smallNumber(m[1])
		for i := range 3 { // a 31st is at most two months away
			d := time.Date(t.Year(), t.Month()+time.Month(i), day, 0, 0, 0, 0, corpus.Zone)
			if d.Day() == day && corpus.DayOf(d) >= today {
				return corpus.DayOf(d), true
			}
		}
	}
	return "", false
}

// smallNumber reads 10 and 三十一.
func smallNumber(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if n, ok := numeral.Small(s); ok {
		return n
	}
	return 99 // no day, no month
}

func weekdayNamed(s string) time.Weekday {
	if i := strings.Index("日一二三四五六", s); i >= 0 {
		return time.Weekday(i / len("日"))
	}
	if n, err := strconv.Atoi(s); err == nil {
		return time.Weekday(n % 7)
	}
	return time.Sunday // 天
}

// weekdayFrom returns the next such weekday, today included, or that of next
// week, which begins on Monday.
func weekdayFrom(today corpus.Date, day time.Weekday, nextWeek bool) corpus.Date {
	now := weekdayOf(today)
	if !nextWeek {
		return today.Add(int(day-now+7) % 7)
	}
	sinceMonday, wanted := int(now+6)%7, int(day+6)%7
	return today.Add(7 - sinceMonday + wanted)
}

func dayTime(d corpus.Date) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), corpus.Zone)
	if err != nil {
		return time.Time{} // an unknown day: nobody asks on it
	}
	return t
}

func weekdayOf(d corpus.Date) time.Weekday { return dayTime(d).Weekday() }

// monthDay writes 10月1日.
func monthDay(d corpus.Date) string { return dayTime(d).Format("1月2日") }

// holidayAsked is a holiday that a question names: words of its name in the
// calendar.
type holidayAsked struct {
	name  string
	words []string
}

var holidayNames = []struct {
	said []string
	holidayAsked
}{
	{[]string{"国庆", "十一放假", "十一上班", "十一长假", "十一黄金周"}, holidayAsked{"国庆节", []string{"国庆"}}},
	{[]string{"春节", "过年", "除夕", "大年", "年三十"}, holidayAsked{"春节", []string{"春节"}}},
	{[]string{"元旦"}, holidayAsked{"元旦", []string{"元旦"}}},
	{[]string{"清明"}, holidayAsked{"清明节", []string{"清明"}}},
	{[]string{"五一", "劳动节"}, holidayAsked{"劳动节", []string{"劳动节"}}},
	{[]string{"端午"}, holidayAsked{"端午节", []string{"端午"}}},
	{[]string{"中秋"}, holidayAsked{"中秋节", []string{"中秋"}}},
}

// holidayIn returns the holiday that a question names.
func holidayIn(text string) (holidayAsked, bool) {
	for _, h := range holidayNames {
		if containsAny(text, h.said) {
			return h.holidayAsked, true
		}
	}
	return holidayAsked{}, false
}
