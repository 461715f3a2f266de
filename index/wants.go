package index

import "unicode/utf8"

// wants are the kinds of answer that a question may ask for, as a set. They
// are told by common words alone, so that it is nothing of one subject.
type wants uint8

const (
	wantsDay    wants = 1 << iota // when, until when
	wantsAmount                   // how much, how many
	wantsSpan                     // how long
	wantsPlace                    // where
	wantsPhone
	wantsNumber = wantsDay | wantsAmount | wantsSpan | wantsPhone
)

var wantCues = []struct {
	wants wants
	words []string
}{
	{wantsDay, []string{"什么时候", "啥时", "何时", "几号", "哪天", "哪一天", "几月", "哪年", "截止", "时间", "日期", "几点"}},
	{wantsAmount, []string{"多少", "几成", "金额", "标准", "比例", "额度", "几块", "几个点", "多高", "费用", "价格"}},
	{wantsSpan, []string{"多久", "几天", "多长", "多少天", "期限", "几年", "几个月", "几个工作日", "多少年"}},
	{wantsPlace, []string{"在哪", "去哪", "到哪", "哪里", "哪儿", "上哪", "地址", "地点", "什么地方", "啥地方"}},
	{wantsPhone, []string{"电话", "热线", "号码", "联系方式"}},
}

// wantsOf returns what a question asks for.
func wantsOf(text string) (all wants) {
	text = FoldString(text)
	for _, c := range wantCues {
		if containsOne(text, c.words) {
			all |= c.wants
		}
	}
	return all
}

// given returns the kinds of answer that a clause has the form of.
func given(clause string) (all wants) {
	var last rune
	digits, numeral := 0, false
	for _, r := range clause {
		switch {
		case '0' <= r && r <= '9':
			digits++
			if digits >= 5 {
				all |= wantsPhone
			}
			numeral = true
		case isNumeral(r):
			digits, numeral = 0, true
		default:
			if numeral {
				all |= unitOf(r)
			}
			if r != '-' && r != '－' {
				digits = 0
			}
			numeral = numeral && (r == '个' || r == '工' || last == '工' || r == '.' || r == ',')
		}
		if isPlaceSign(last, r) {
			all |= wantsPlace
		}
		last = r
	}
	return all
}

func isNumeral(r rune) bool {
	switch r {
	case '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万', '亿', '半', '零', '〇':
		return true
	}
	return false
}

// unitOf returns what a numeral before this character counts.
func unitOf(r rune) wants {
	switch r {
	case '日', '号', '点', '时':
		return wantsDay | wantsSpan
	case '年', '月':
		return wantsDay | wantsSpan
	case '天', '周', '小', '作':
		return wantsSpan
	case '元', '%', '％', '倍', '成', '块', '折', '人', '份', '家', '个', '户', '次', '亩', '分':
		return wantsAmount
	}
	return 0
}

// isPlaceSign reports whether two characters are common in where-clauses.
func isPlaceSign(a, b rune) bool {
	switch [2]rune{a, b} {
	case [2]rune{'地', '址'}, [2]rune{'窗', '口'}, [2]rune{'大', '厅'}, [2]rune{'中', '心'}, [2]rune{'街', '道'}, [2]rune{'社', '区'},
		[2]rune{'网', '站'}, [2]rune{'平', '台'}, [2]rune{'现', '场'}, [2]rune{'地', '点'}, [2]rune{'号', '楼'}, [2]rune{'官', '网'}:
		return true
	}
	return false
}

// hasDigit reports whether a text has an Arabic digit.
func hasDigit(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < utf8.RuneSelf && '0' <= c && c <= '9' {
			return true
		}
	}
	return false
}
