package docx

import "testing"

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		want map[int]string
	}{
		{"decimal", map[int]string{0: "0", 1: "1", 120: "120"}},
		{"chineseCounting", map[int]string{0: "〇", 1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "一〇〇", 101: "一〇一"}},
		{"chineseCountingThousand", map[int]string{1: "一", 10: "十", 19: "十九", 20: "二十", 100: "一百", 101: "一百〇一", 110: "一百一十", 111: "一百一十一", 1001: "一千〇一", 1010: "一千〇一十", 10000: "一万", 10001: "一万〇一", 12345: "一万二千三百四十五"}},
		{"japaneseCounting", map[int]string{1: "一", 11: "十一", 100: "百", 101: "百一", 110: "百十", 211: "二百十一", 1000: "千"}},
		{"ideographDigital", map[int]string{1: "一", 10: "一〇", 21: "二一", 105: "一〇五"}},
		{"chineseLegalSimplified", map[int]string{1: "壹", 10: "壹拾", 25: "贰拾伍", 105: "壹佰零伍"}},
		{"ideographLegalTraditional", map[int]string{2: "貳", 12: "壹拾貳"}},
		{"ideographTraditional", map[int]string{1: "甲", 10: "癸", 11: "11"}},
		{"ideographZodiac", map[int]string{1: "子", 12: "亥", 13: "13"}},
		{"ideographZodiacTraditional", map[int]string{1: "甲子", 60: "癸亥", 61: "61"}},
		{"decimalFullWidth", map[int]string{1: "１", 10: "１０"}},
		{"decimalEnclosedCircle", map[int]string{1: "①", 20: "⑳", 21: "21"}},
		{"decimalEnclosedCircleChinese", map[int]string{3: "③"}},
		{"decimalEnclosedParen", map[int]string{3: "⑶"}},
		{"ideographEnclosedCircle", map[int]string{3: "㊂", 11: "11"}},
		{"decimalZero", map[int]string{3: "03", 12: "12", 123: "123"}},
		{"upperRoman", map[int]string{4: "IV", 1999: "MCMXCIX", 4000: "4000"}},
		{"lowerRoman", map[int]string{9: "ix"}},
		{"upperLetter", map[int]string{1: "A", 26: "Z", 27: "AA", 28: "BB"}},
		{"lowerLetter", map[int]string{3: "c", 100_000: "100000"}},
		{"ordinal", map[int]string{1: "1st", 12: "12th", 23: "23rd"}},
		{"numberInDash", map[int]string{2: "- 2 -"}},
		{"none", map[int]string{1: ""}},
		{"thaiNumbers", map[int]string{7: "7"}},
	} {
		for n, want := range test.want {
			if got := format(test.name, "", n); got != want {
				t.Errorf("%s %d: got %s, want %s", test.name, n, got, want)
			}
		}
	}
	if got := format("custom", "001, 002, 003, ...", 7); got != "007" {
		t.Errorf("custom: got %s", got)
	}
}
