package bot

import (
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// askAnnouncement is what is said where nobody can know yet.
const askAnnouncement = "以单位公告为准"

// sayOpening answers a question about opening times: of the days or the
// holiday that it names, else in general.
func (t *turn) sayOpening(a corpus.Agency, text string) string {
	h := a.Hours
	name := agencyName(a)
	if !h.Known() {
		return name + "的办公时间这里没有登记，去之前请先打电话问一下。"
	}
	if holiday, ok := holidayIn(text); ok {
		return name + "：" + t.sayHoliday(h, holiday)
	}
	if containsAny(text, []string{"现在", "这会", "此刻"}) && t.day == corpus.DayOf(t.r.Now()) {
		return name + t.sayNow(h)
	}
	days := daysAsked(text, t.day)
	if len(days) == 0 {
		switch {
		case strings.Contains(text, "中午"):
			return name + sayNoon(h, weekdayOf(t.day)) + "。"
		case containsAny(text, []string{"节假日", "法定假", "假期", "放假"}):
			return name + "：" + sayHolidays(h)
		}
		if s := sayEnds(h, text); s != "" {
			return name + s + "。"
		}
		return name + "的办公时间："
	}
	var said []string
	for _, d := range days {
		said = append(said, t.sayDay(h, d))
	}
	if len(days) == 2 && days[0].weekly && said[0] == "周六不办公" && said[1] == "周日不办公" {
		said = []string{"周末不办公"}
	}
	if strings.Contains(text, "中午") && len(days) == 1 && h.OpenOn(weekdayOf(days[0].date)) {
		said = append(said, strings.TrimPrefix(sayNoon(h, weekdayOf(days[0].date)), " "))
	}
	return name + strings.Join(said, "；") + "。"
}

// agencyName is how a reply names an agency.
func agencyName(a corpus.Agency) string {
	s := oneLine(a.Name, maxAgency)
	if a.Sample {
		s += sampleMark
	}
	return s
}

func saySpans(spans []corpus.Span) string {
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = s.Chinese()
	}
	return strings.Join(parts, "、")
}

// sayDay says whether an office is open on a day, and when.
func (t *turn) sayDay(h corpus.Hours, d askedDay) string {
	weekday := weekdayOf(d.date)
	usual := "不办公"
	if h.OpenOn(weekday) {
		usual = "办公，" + saySpans(h.On(weekday))
	}
	holiday, known := t.dayOff(d.date)
	name := d.name
	if !d.weekly {
		switch d.name {
		case "今天", "明天", "后天", "大后天":
			name += "（" + corpus.WeekdayName(weekday) + "）"
		case monthDay(d.date):
			name += "（" + corpus.WeekdayName(weekday) + "）"
		default: // 下周三
			name += "（" + monthDay(d.date) + "）"
		}
	}
	special := ""
	switch {
	case holiday.Off() && d.weekly && (!h.OpenOn(weekday) || h.OnHolidays() == corpus.HolidaysOpen):
		// as ever
	case holiday.Off():
		special = "是" + holidayName(holiday) + "假期，" + closedOn(h, weekday)
	case holiday.Work && !h.OpenOn(weekday):
		special = "调休上班，一般按工作日办公（" + saySpans(h.On(time.Monday)) + "），" + askAnnouncement
	}
	switch {
	case special != "" && d.weekly:
		return name + "一般" + usual + "，" + monthDay(d.date) + special
	case special != "":
		return name + special
	case !known && h.OpenOn(weekday):
		return name + usual + "；" + monthDay(d.date) + "是否放假，" + askAnnouncement
	case !known && !d.weekly:
		return name + usual + "；是否调休上班，" + askAnnouncement
	}
	return name + usual
}

// dayOff asks the calendar. Without one nothing is known.
func (t *turn) dayOff(day corpus.Date) (corpus.Holiday, bool) {
	if t.r.Calendar == nil {
		return corpus.Holiday{}, false
	}
	return t.r.Calendar.On(day)
}

func holidayName(h corpus.Holiday) string {
	if h.Name == "元旦节" {
		return "元旦"
	}
	return h.Name
}

// closedOn says what an office does on a public holiday.
func closedOn(h corpus.Hours, weekday time.Weekday) string {
	switch {
	case h.OnHolidays() == corpus.HolidaysClosed:
		return "不办公"
	case h.OnHolidays() == corpus.HolidaysOpen && h.OpenOn(weekday):
		return "照常办公，" + saySpans(h.On(weekday))
	}
	return "一般不办公，" + askAnnouncement
}

// sayHolidays says what holds on public holidays in general.
func sayHolidays(h corpus.Hours) string {
	switch h.OnHolidays() {
	case corpus.HolidaysClosed:
		return "法定节假日不办公。"
	case corpus.HolidaysOpen:
		return "法定节假日照常办公。"
	}
	return "法定节假日一般不办公，" + askAnnouncement + "。"
}

// sayHoliday says what holds on one holiday, with its days where they are
// published.
func (t *turn) sayHoliday(h corpus.Hours, asked holidayAsked) string {
	off := t.daysOff(asked)
	if len(off) == 0 {
		return "下一个" + asked.name + "放哪几天，这里还没有收录到国务院的安排，" + askAnnouncement + "。"
	}
	s := sayDaysOff(asked, off) + "，"
	switch h.OnHolidays() {
	case corpus.HolidaysClosed:
		s += "不办公"
	case corpus.HolidaysOpen:
		s += "照常办公"
	default:
		s += "一般不办公，" + askAnnouncement
	}
	if worked := t.workedFor(off[0], off[len(off)-1], asked); len(worked) > 0 {
		s += "；" + strings.Join(worked, "、") + "补班"
	}
	return s + "。"
}

// daysOff are the days of the next holiday of a name, where they are published.
func (t *turn) daysOff(asked holidayAsked) []corpus.Date {
	if t.r.Calendar == nil {
		return nil
	}
	return t.r.Calendar.Next(t.day, asked.words...)
}

// sayDaysOff writes 国庆节10月1日至10月7日放假.
func sayDaysOff(asked holidayAsked, off []corpus.Date) string {
	s := asked.name + monthDay(off[0])
	if last := off[len(off)-1]; last != off[0] {
		s += "至" + monthDay(last)
	}
	return s + "放假"
}

// workedFor lists the days that are worked in exchange for a holiday: the
// arrangement puts them within two weeks of it.
func (t *turn) workedFor(first, last corpus.Date, asked holidayAsked) (out []string) {
	const near = 14
	for d := first.Add(-near); d <= last.Add(near); d = d.Add(1) {
		h, _ := t.dayOff(d)
		if h.Work && d >= t.day && slices.ContainsFunc(asked.words, func(w string) bool { return strings.Contains(h.Name, w) }) {
			out = append(out, monthDay(d)+"（"+corpus.WeekdayName(weekdayOf(d))+"）")
		}
	}
	return out
}

// sayEnds says when working days begin and end, where 几点上班 or 几点下班 is
// asked and they are all alike.
func sayEnds(h corpus.Hours, text string) string {
	if !strings.Contains(text, "几点") {
		return ""
	}
	monday := h.On(time.Monday)
	for d := time.Monday; d <= time.Friday; d++ {
		if !slices.Equal(h.On(d), monday) || len(monday) == 0 {
			return ""
		}
	}
	return "工作日" + corpus.Clock(monday[0].From) + "上班，" + corpus.Clock(monday[len(monday)-1].To) + "下班"
}

// sayNoon says whether an office closes at noon.
func sayNoon(h corpus.Hours, day time.Weekday) string {
	const noon, one = 12 * 60, 13 * 60
	if !h.OpenOn(day) {
		day = time.Monday
	}
	spans := h.On(day)
	for i, s := range spans {
		switch {
		case s.From <= noon && s.To >= one:
			return "中午不休息"
		case i > 0 && spans[i-1].To <= one && s.From >= noon:
			return "中午" + corpus.Span{From: spans[i-1].To, To: s.From}.Chinese() + "休息"
		}
	}
	return "中午不办公"
}

// sayNow says whether an office is open at this moment.
func (t *turn) sayNow(h corpus.Hours) string {
	now := t.r.Now().In(corpus.Zone)
	minute := 60*now.Hour() + now.Minute()
	if holiday, _ := t.dayOff(t.day); holiday.Name != "" {
		return t.sayDay(h, askedDay{date: t.day, name: "今天"}) + "。"
	}
	at := "现在（" + corpus.Clock(minute) + "）"
	for _, s := range h.On(now.Weekday()) {
		switch {
		case minute < s.From:
			return at + "没有开门，今天" + corpus.Clock(s.From) + "开始办公。"
		case minute < s.To:
			return at + "在办公，到" + corpus.Clock(s.To) + "。"
		}
	}
	if !h.OpenOn(now.Weekday()) {
		return "今天（" + corpus.WeekdayName(now.Weekday()) + "）不办公。"
	}
	return at + "已经下班了。"
}

// sayChecked says when the entry was last checked, and what to do where that
// is long ago.
func sayChecked(a corpus.Agency, day corpus.Date) string {
	const ask = "，去之前请先打电话问一下。"
	switch on := checkedOn(a, day); {
	case on == "":
		return "这条信息没有写核对日期" + ask
	case a.StaleOn(day):
		return "这条信息是" + on + "核对的，超过半年了" + ask
	default:
		return on + "核对。"
	}
}

func checkedOn(a corpus.Agency, day corpus.Date) string {
	switch {
	case !a.Checked.Known():
		return ""
	case dayTime(a.Checked).Year() == dayTime(day).Year():
		return monthDay(a.Checked)
	}
	return a.Checked.Chinese()
}

func sayWhichAgency(choices []Choice) string {
	return "您问的是哪个单位？回复数字，或者连单位名称一起再发一次：\n" + numberedLines(choices)
}
