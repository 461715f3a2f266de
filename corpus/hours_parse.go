package corpus

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus/numeral"
)

// The bounds of opening times as they are written.
const (
	maxHoursText = 500 // characters
	maxDaySpans  = 6
	maxNote      = 120 // characters
	earliest     = 5 * 60
)

// ParseHours reads opening times as people write them:
//
//	周一至周五 9:00-12:00，13:30-17:00；周六 9:00-12:00
//	工作日9:00—17:00，法定节假日除外
//	周一到周五上午9点到12点，下午1点半到5点
//	每天24小时
//
// Times belong to the days before them; a day that is not named is closed.
// What stands in brackets, or speaks of holidays and appointments, is the note.
// "" is unknown. The error says in Chinese what could not be read.
func ParseHours(text string) (Hours, error) {
	r, err := readHours(text, 0)
	if err != nil {
		return Hours{}, err
	}
	if strings.TrimSpace(text) != "" && !r.h.Known() {
		return Hours{}, errors.New("没有认出几点到几点，应写成“周一至周五9:00-12:00，13:30-17:00”这样")
	}
	return r.h, nil
}

// ParseDay reads the times of one day, 9:00-12:00，13:30-17:00, and adds them
// to h; 休息 and "" add none.
func (h *Hours) ParseDay(day time.Weekday, text string) error {
	r, err := readHours(text, 1<<day)
	if err != nil {
		return err
	}
	for d := range r.h.Week {
		if time.Weekday(d) != day && len(r.h.Week[d]) > 0 {
			return fmt.Errorf("%s一栏里写了%s的时间", weekdayNames[day], weekdayNames[d])
		}
	}
	h.Week[day] = append(h.Week[day], r.h.Week[day]...)
	h.addNote(r.h.Note)
	return h.settle()
}

// SetNote adds a remark on the times: 法定节假日除外.
func (h *Hours) SetNote(note string) error {
	h.addNote(halfWidth(note))
	if !legible(h.Note, maxNote) {
		return fmt.Errorf("时间说明超过%d个字，或有尖括号、换行", maxNote)
	}
	return nil
}

func (h *Hours) addNote(note string) {
	note = noteForm.Replace(strings.TrimSpace(note))
	switch {
	case note == "" || strings.Contains(h.Note, note):
	case h.Note == "":
		h.Note = note
	default:
		h.Note += "，" + note
	}
}

var noteForm = strings.NewReplacer("(", "", ")", "", ",", "，", ";", "；")

type hoursReader struct {
	rest  string
	h     Hours
	days  days
	fresh bool // no times have followed the days yet
}

func readHours(text string, given days) (*hoursReader, error) {
	if utf8.RuneCountInString(text) > maxHoursText {
		return nil, fmt.Errorf("办公时间超过%d个字", maxHoursText)
	}
	r := &hoursReader{rest: arabicClock(halfWidth(strings.ToValidUTF8(text, ""))), days: given}
	for {
		if m := hoursGap.FindString(r.rest); m != "" {
			r.rest = r.rest[len(m):]
		}
		if r.rest == "" {
			break
		}
		if err := r.next(); err != nil {
			return nil, err
		}
	}
	if !legible(r.h.Note, maxNote) {
		return nil, fmt.Errorf("时间说明超过%d个字，或有不能显示的字符", maxNote)
	}
	return r, r.h.settle()
}

var (
	hoursGap  = regexp.MustCompile(`^[\s,、。;:]+`)
	dayShape  = regexp.MustCompile(`^(?:每周|周|星期|礼拜)([一二三四五六日天末1-7])(?:\s*(?:至|到|-|—|–|~)+\s*(?:(?:周|星期|礼拜)([一二三四五六日天1-7])|([一二三四五六日天])))?`)
	dayAlone  = regexp.MustCompile(`^[一二三四五六日天]`)
	daysNamed = regexp.MustCompile(`^(?:(法定工作日|工作日)|(每天|每日|天天|全年)|(双休日))`)
	closed    = regexp.MustCompile(`^(?:休息|不办公|不上班|不开门|不营业|不开放|关闭|关门|闭馆|停办|休|无|-+|—+)`)
	allDay    = regexp.MustCompile(`^(?:24\s*小时|全天)(?:服务|开放|值班|办理|办公)?`)
	clock     = regexp.MustCompile(`^(凌晨|早上|早|上午|中午|下午|晚上|晚)?\s*(\d{1,2})(?:\s*[:.]\s*(\d{2})|\s*[点时](?:(\d{1,2})分?|(半)|整|钟)?)?`)
	until     = regexp.MustCompile(`^\s*(?:至|到|-|—|–|~)+\s*`)
	bracketed = regexp.MustCompile(`^\(([^()]*)\)`)
)

func (r *hoursReader) next() error {
	if m := dayShape.FindStringSubmatch(r.rest); m != nil {
		return r.named(len(m[0]), dayRange(m[1], m[2]+m[3]))
	}
	if m := dayAlone.FindString(r.rest); m != "" && r.fresh {
		return r.named(len(m), dayRange(m, ""))
	}
	if m := daysNamed.FindStringSubmatch(r.rest); m != nil {
		set := days(0b0111110)
		switch {
		case m[2] != "":
			set = 0b1111111
		case m[3] != "":
			set = 0b1000001
		}
		return r.named(len(m[0]), set)
	}
	if m := bracketed.FindStringSubmatch(r.rest); m != nil {
		r.h.addNote(m[1])
		r.rest = r.rest[len(m[0]):]
		return nil
	}
	if ok, err := r.times(); ok || err != nil {
		return err
	}
	return r.note()
}

func (r *hoursReader) named(length int, set days) error {
	if set == 0 {
		return fmt.Errorf("没看懂“%s”是星期几", clip(r.rest[:length]))
	}
	if !r.fresh {
		r.days = 0
	}
	r.days |= set
	r.fresh = true
	r.rest = r.rest[length:]
	return nil
}

// dayRange returns the days from one to another, over the week's end too.
func dayRange(from, to string) days {
	if from == "末" {
		if to != "" {
			return 0
		}
		return 0b1000001
	}
	first, last := weekdayOf(from), weekdayOf(from)
	if to != "" {
		last = weekdayOf(to)
	}
	set := days(0)
	for d := first; ; d = (d + 1) % 7 {
		set |= 1 << d
		if d == last {
			return set
		}
	}
}

func weekdayOf(s string) time.Weekday {
	if i := strings.Index("日一二三四五六", s); i >= 0 {
		return time.Weekday(i / len("日"))
	}
	if n, err := strconv.Atoi(s); err == nil {
		return time.Weekday(n % 7)
	}
	return time.Sunday // 天
}

// times reads a span, 24小时 or 休息. ok is false where none of them comes.
func (r *hoursReader) times() (ok bool, err error) {
	if m := allDay.FindString(r.rest); m != "" {
		return true, r.add(len(m), Span{0, wholeDay})
	}
	if m := closed.FindString(r.rest); m != "" {
		r.rest, r.fresh = r.rest[len(m):], false
		return true, nil
	}
	from := clock.FindStringSubmatch(r.rest)
	if from == nil {
		return false, nil
	}
	after := r.rest[len(from[0]):]
	dash := until.FindString(after)
	to := clock.FindStringSubmatch(after[len(dash):])
	if dash == "" || to == nil {
		if r.note() == nil {
			return true, nil
		}
		return true, fmt.Errorf("“%s”后面没有写到几点", clip(from[0]))
	}
	length := len(from[0]) + len(dash) + len(to[0])
	written := clip(r.rest[:length])
	if plainNumber(from) && plainNumber(to) {
		return true, fmt.Errorf("“%s”不像时间，应写成9:00-12:00这样", written)
	}
	if to[1] == "" {
		to[1] = from[1]
	}
	a, okA := minutes(from)
	b, okB := minutes(to)
	switch {
	case !okA || !okB:
		return true, fmt.Errorf("“%s”不是一天里的时间", written)
	case a >= b:
		return true, fmt.Errorf("“%s”的结束时间不比开始时间晚；下午的时间请写成13:30这样", written)
	case a < earliest && (a != 0 || b != wholeDay) && from[1] == "":
		return true, fmt.Errorf("“%s”是凌晨吗？下午的时间请写成13:30这样", written)
	}
	return true, r.add(length, Span{a, b})
}

func plainNumber(m []string) bool {
	return m[1] == "" && !strings.ContainsAny(m[0], ":.点时")
}

func (r *hoursReader) add(length int, s Span) error {
	if r.days == 0 {
		return fmt.Errorf("“%s”前面没有写是星期几", clip(r.rest[:length]))
	}
	for _, d := range weekOrder {
		if !r.days.has(d) {
			continue
		}
		if len(r.h.Week[d]) == maxDaySpans {
			return fmt.Errorf("%s的时段超过%d个", weekdayNames[d], maxDaySpans)
		}
		r.h.Week[d] = append(r.h.Week[d], s)
	}
	r.rest, r.fresh = r.rest[length:], false
	return nil
}

// minutes returns the minutes after midnight of a clock time.
func minutes(m []string) (int, bool) {
	hour, _ := strconv.Atoi(m[2]) // at most two digits
	minute, _ := strconv.Atoi(m[3] + m[4])
	if m[5] != "" {
		minute = 30
	}
	switch m[1] {
	case "下午", "晚上", "晚":
		if hour < 12 {
			hour += 12
		}
	case "中午":
		if hour < 3 {
			hour += 12
		}
	}
	total := 60*hour + minute
	return total, minute < 60 && total <= wholeDay
}

// noteWords are what a remark speaks of that is not in brackets.
var noteWords = []string{"节假日", "假期", "除外", "预约", "取号", "放号", "中午不休息", "照常", "为准", "夏令时", "冬令时", "另行", "停止"}

// note reads a remark up to the next comma.
func (r *hoursReader) note() error {
	end := strings.IndexAny(r.rest, ",;。\n(")
	if end < 0 {
		end = len(r.rest)
	}
	piece := r.rest[:end]
	for _, w := range noteWords {
		if strings.Contains(piece, w) {
			r.h.addNote(piece)
			r.rest = r.rest[end:]
			return nil
		}
	}
	return fmt.Errorf("没看懂办公时间里的“%s”", clip(r.rest))
}

var (
	chineseHour   = regexp.MustCompile(`[一二两三四五六七八九十]{1,3}[点时]`)
	chineseMinute = regexp.MustCompile(`[点时][一二三四五六七八九十]{1,3}分?`)
)

// arabicClock turns 九点三十分 into 9点30分.
func arabicClock(s string) string {
	s = chineseHour.ReplaceAllStringFunc(s, func(m string) string {
		unit := len(m) - len("点")
		return chineseNumber(m[:unit]) + m[unit:]
	})
	return chineseMinute.ReplaceAllStringFunc(s, func(m string) string {
		unit := len("点")
		return m[:unit] + chineseNumber(strings.TrimSuffix(m[unit:], "分")) + "分"
	})
}

// chineseNumber writes 十二 as 12; what is no number below a hundred stays.
func chineseNumber(s string) string {
	if n, ok := numeral.Small(s); ok {
		return strconv.Itoa(n)
	}
	return s
}

// halfWidth turns the full-width forms of ASCII into ASCII.
func halfWidth(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\u00a0':
			return ' '
		}
		return r
	}, s)
}
