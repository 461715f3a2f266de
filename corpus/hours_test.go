package corpus

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseHours(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"周一至周五 9:00-12:00，13:30-17:00；周六 9:00-12:00": "周一至周五9:00—12:00，13:30—17:00；周六9:00—12:00",
		"工作日9:00—17:00":                 "周一至周五9:00—17:00",
		"周一到周五上午9点到12点":                 "周一至周五9:00—12:00",
		"周一至周五上午9:00至12:00，下午1:30至5:00": "周一至周五9:00—12:00，13:30—17:00",
		"星期一到星期五：早上8点半到下午5点一刻":          "", // 一刻 is not read
		"星期一至五：8点半～17点":                 "周一至周五8:30—17:00",
		"礼拜一、礼拜三、礼拜五 9：00－17：00":        "周一、周三、周五9:00—17:00",
		"周一、三、五9:00-17:00":              "周一、周三、周五9:00—17:00",
		"周一至周五上午九点到十二点，下午两点半到五点三十分":     "周一至周五9:00—12:00，14:30—17:30",
		"每天24小时":       "每天24小时",
		"每日8:00-20:00": "每天8:00—20:00",
		"周一至周五9:00-17:00，法定节假日除外":     "周一至周五9:00—17:00（法定节假日除外）",
		"周一至周五9:00-17:00（中午不休息）；周日休息": "周一至周五9:00—17:00（中午不休息）",
		"周六至周一10:00-16:00":            "周一、周六、周日10:00—16:00",
		"周末10点到16点":                   "周六、周日10:00—16:00",
		"双休日10.00-16.00":              "周六、周日10:00—16:00",
		"周一至周五13:30-17:00，9:00-12:00": "周一至周五9:00—12:00，13:30—17:00",
		"": "",
	} {
		h, err := ParseHours(text)
		if got := h.Chinese(); got != want || err != nil != (want == "" && text != "") {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestParseHoursRefuses(t *testing.T) {
	t.Parallel()
	for text, names := range map[string]string{
		"9:00-12:00":               "前面没有写是星期几",
		"周一至周五":                    "没有认出",
		"随便什么时候来":                  "没看懂",
		"周一至周无9:00-12:00":          "没看懂",
		"周一9:00":                   "没有写到几点",
		"周一9:00-25:00":             "不是一天里的时间",
		"周一9:70-12:00":             "不是一天里的时间",
		"周一17:00-9:00":             "结束时间",
		"周一9:00-12:00，1:30-5:00":   "凌晨",
		"周一9:00-12:00，11:00-13:00": "重叠",
		"周一9-12":                   "不像时间",
		"周一至周五9:00-17:00<b>":       "没看懂",
		"周一9:00-10:00" + strings.Repeat("，11:00-12:00", 60): "超过",
	} {
		if h, err := ParseHours(text); err == nil || !strings.Contains(err.Error(), names) {
			t.Errorf("%s: %+v, %v; want %s", text, h, err, names)
		}
	}
}

func TestHoursOfOneDay(t *testing.T) {
	t.Parallel()
	var h Hours
	for _, err := range []error{
		h.ParseDay(time.Monday, "9:00-12:00，13:30-17:00"), h.ParseDay(time.Sunday, "休息"),
		h.ParseDay(time.Saturday, ""), h.SetNote("法定节假日除外"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := h.Chinese(); got != "周一9:00—12:00，13:30—17:00（法定节假日除外）" {
		t.Error(got)
	}
	if !h.OpenOn(time.Monday) || h.OpenOn(time.Sunday) {
		t.Error(h.Week)
	}
	if err := h.ParseDay(time.Tuesday, "周三9:00-12:00"); err == nil {
		t.Error("times of another day are taken")
	}
}

func TestHoursBriefly(t *testing.T) {
	t.Parallel()
	h, err := ParseHours("周一至周五9:00-12:00，13:30-17:00；周六9:00-12:00，法定节假日除外")
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Brief(); got != "工作日9:00—12:00、13:30—17:00，周六9:00—12:00" {
		t.Error(got)
	}
	if (Hours{}).Known() || (Hours{}).Brief() != "" || !h.Known() {
		t.Error("what is not known")
	}
}

func TestOnHolidays(t *testing.T) {
	t.Parallel()
	for note, want := range map[string]Holidays{
		"": HolidaysUnsaid, "中午不休息": HolidaysUnsaid, "法定节假日除外": HolidaysClosed, "法定节假日休息": HolidaysClosed,
		"节假日不休息": HolidaysOpen, "中午不休息，法定节假日不办公": HolidaysClosed, "节假日照常办公": HolidaysOpen, "节假日安排以公告为准": HolidaysUnsaid,
	} {
		if got := (Hours{Note: note}).OnHolidays(); got != want {
			t.Errorf("%s: %q, want %q", note, got, want)
		}
	}
}

func FuzzParseHours(f *testing.F) {
	f.Add("周一至周五 9:00-12:00，13:30-17:00；周六 9:00-12:00，法定节假日除外（预约；取号）")
	f.Add("每天24小时周末下午1点半到5点")
	f.Fuzz(func(t *testing.T, text string) {
		h, err := ParseHours(text)
		if err != nil {
			return
		}
		again, err := ParseHours(h.Chinese())
		if h.Known() && (err != nil || !reflect.DeepEqual(h, again)) {
			t.Fatalf("%q is read as %+v, written %q, read again %+v, %v", text, h, h.Chinese(), again, err)
		}
	})
}
