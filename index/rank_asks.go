package index

import "slices"

// fits returns the share of what is asked for that the best three sentences
// have which also have an answer of the sort that is wanted: an amount for 多少钱,
// a day for 什么时候. 0 where no sort is wanted that letters show.
func (a *analysis) fits(s *scan) float64 {
	has := answerShown[a.sortAsked]
	if has == nil || a.askedSum == 0 {
		return 0
	}
	best := 0.0
	shown, below := [3]bool{}, false // by this sentence and the two after it; by the text below the questions
	for i := len(s.sentences) - 1; i >= 0; i-- {
		if s.sentences[i].alone { // a question shows nothing, its passage does
			if below {
				m := s.lead80
				m.or(s.sentences[i].found)
				best = max(best, a.covered(m, a.asked))
			}
			continue
		}
		shown[2], shown[1], shown[0] = shown[1], shown[0], has(s.runes[s.sentences[i].start:s.sentences[i].end])
		below = below || shown[0]
		if !shown[0] && !shown[1] && !shown[2] {
			continue
		}
		m := s.lead80
		for k := i; k == i || k < i+3 && s.follows(i, k); k++ {
			m.or(s.sentences[k].found)
		}
		best = max(best, a.covered(m, a.asked))
	}
	return best / a.askedSum
}

// answerShown are the sorts of answers that letters show, and how. Texts are folded:
// a separator is 0, and so is the point of 1.5.
var answerShown = map[Asks]func([]rune) bool{
	AsksMuch:  countedOr("元块万千百倍成折", anyOf("免费", "不收费", "免收", "减半", "全额", "百分之")),
	AsksLong:  countedOr("日天月年时个周", anyOf("当场", "当日", "即时", "长期有效", "工作日")),
	AsksWhen:  countedOr("日号月年时点", anyOf("每月", "每年", "次月", "当月", "之日起", "工作日", "当天", "当日", "随时")),
	AsksWhere: anyOf("地点", "窗口", "大厅", "地址", "派出所", "街道", "登记处", "服务站", "服务中心", "网点", "向", "到"),
	AsksWho:   anyOf("负责", "部门", "局", "受理", "人员", "居民", "主管", "以下", "下列", "符合"),
	AsksPhone: longNumber,
	AsksMay:   anyOf("可以", "不得", "应当", "不能", "禁止", "允许", "不予", "不需要", "不再", "能", "无需", "不受"),
	AsksWhich: anyOf("下列", "以下", "材料", "条件", "包括", "情形", "之一"),
}

// countedOr reports whether a number stands before one of these letters, or the
// other is true.
func countedOr(units string, other func([]rune) bool) func([]rune) bool {
	return func(r []rune) bool { return counted(r, units) || other(r) }
}

// counted reports whether a number stands before one of these letters.
func counted(r []rune, units string) bool {
	for i := 1; i < len(r); i++ {
		if digit(r[i-1]) && inString(units, r[i]) {
			return true
		}
	}
	return false
}

func digit(r rune) bool {
	switch r {
	case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万', '两', '半', '几':
		return true
	}
	return figure(r)
}

func inString(s string, want rune) bool {
	for _, r := range s {
		if r == want {
			return true
		}
	}
	return false
}

// anyOf returns what reports whether a folded text has one of the words: one
// look at most letters, which begin none of them.
func anyOf(words ...string) func([]rune) bool {
	firsts := new(runeSet)
	for _, w := range words {
		firsts.add(firstOf(w))
	}
	return func(r []rune) bool {
		for i, c := range r {
			if firsts.has(c) && slices.ContainsFunc(words, func(w string) bool { return begins(r[i:], w) }) {
				return true
			}
		}
		return false
	}
}

func begins(r []rune, word string) bool {
	n := 0
	for _, c := range word {
		if n == len(r) || r[n] != c {
			return false
		}
		n++
	}
	return true
}

// longNumber reports whether a text has a number as long as a phone's: blanks
// within are none.
func longNumber(r []rune) bool {
	n := 0
	for _, c := range r {
		switch {
		case c >= '0' && c <= '9':
			if n++; n >= 5 {
				return true
			}
		case c != 0:
			n = 0
		}
	}
	return false
}
