package index

import (
	"math"
	"strings"
	"unicode/utf8"
)

// bound is a word that makes a bound of the amount beside it.
type bound struct {
	word string
	low  bool // the amount is the least; else the most
	open bool // and not itself within
}

// Those that stand before an amount, the longer first: 不满 before 满.
var boundsBefore = []bound{
	{"不得超过", false, false}, {"不得少于", true, false}, {"不得低于", true, false},
	{"不超过", false, false}, {"不高于", false, false}, {"不多于", false, false}, {"不大于", false, false},
	{"不少于", true, false}, {"不低于", true, false}, {"不小于", true, false}, {"不满足", false, true},
	{"不满", false, true}, {"未满", false, true}, {"不足", false, true}, {"不到", false, true}, {"未达到", false, true},
	{"低于", false, true}, {"少于", false, true}, {"小于", false, true},
	{"超过", true, true}, {"高于", true, true}, {"多于", true, true}, {"大于", true, true}, {"超出", true, true},
	{"至多", false, false}, {"最多", false, false}, {"最高", false, false}, {"最长", false, false},
	{"至少", true, false}, {"达到", true, false}, {"满", true, false},
}

// Those that stand behind it. In law 以上, 以下 and 以内 have the amount itself.
var boundsBehind = []bound{
	{"以上", true, false}, {"之上", true, false}, {"及以上", true, false}, {"或以上", true, false}, {"起", true, false},
	{"以下", false, false}, {"之下", false, false}, {"及以下", false, false}, {"或以下", false, false},
	{"以内", false, false}, {"之内", false, false}, {"内", false, false}, {"以外", true, true},
}

var between = []string{"至", "到", "—", "——", "－", "-", "–", "~", "～", "─", "－－", "--"}

// quantityAt reads the quantity whose number begins at a byte of text. Where
// there is none, end is where the number ends.
func quantityAt(text string, at int, want measures, question bool) (q Quantity, end int, ok bool) {
	n, ok := numberAt(text, at)
	if !ok {
		return q, at, false
	}
	if strings.HasSuffix(text[:at], "第") || strings.HasSuffix(text[:at], "〔") {
		return q, n.end, false
	}
	u, size := unitAt(text[n.end:])
	end = n.end + size
	if size > 0 && !want.has(u.measure) {
		return q, end, false
	}
	if size > 0 && (calendar(text, at, n, u) || idiom(text[at:], text[end:], u)) {
		return q, end, false
	}
	half := 0.0
	if size > 0 && strings.HasPrefix(text[end:], "半") {
		half, end = .5, end+len("半")
	}
	low := n.value + half
	behind := skipIncluded(text, end)
	if to, last, more := upTo(text, behind, n, u); more {
		if !want.has(last.measure) {
			return q, to.end, false
		}
		return ranged(text, at, low, u, to, last)
	}
	if size == 0 {
		u, ok = unsaid(text, at, n, question)
		if !ok || !want.has(u.measure) {
			return q, n.end, false
		}
	}
	if u.measure == People && n.value < 2 {
		return q, end, false // 一个人: alone
	}
	q = Quantity{Measure: u.measure, Low: low * u.size, High: (low + n.some) * u.size, OpenHigh: n.some > 0, At: Span{at, end}}
	q.bind(text, behind)
	if question && !q.Bounds && rate(text[at:], text[end:], u) {
		return q, end, false
	}
	return q, q.At.End, true
}

// bind finds the words before and behind that make a bound of the amount.
func (q *Quantity) bind(text string, behind int) {
	low, high := q.Low, q.High
	if next, _ := utf8.DecodeRuneInString(text[behind:]); strings.ContainsRune("以之及或起内", next) {
		q.bindBehind(text, behind, low, high)
	}
	if last, _ := utf8.DecodeLastRuneInString(text[:q.At.Start]); strings.ContainsRune("过少低高多大小足满到于出长", last) {
		q.bindBefore(text, low, high)
	}
}

func (q *Quantity) bindBehind(text string, behind int, low, high float64) {
	for _, b := range boundsBehind {
		if strings.HasPrefix(text[behind:], b.word) && !(b.word == "起" && q.Measure == Duration) {
			q.set(b, low, high)
			q.At.End = behind + len(b.word)
			return
		}
	}
}

func (q *Quantity) bindBefore(text string, low, high float64) {
	for _, b := range boundsBefore {
		if strings.HasSuffix(text[:q.At.Start], b.word) {
			q.set(b, low, high)
			q.At.Start -= len(b.word)
			return
		}
	}
}

func (q *Quantity) set(b bound, low, high float64) {
	if q.Bounds { // bounded behind as well: 超过3万元以上
		return
	}
	q.Bounds = true
	if b.low {
		q.Low, q.High, q.OpenLow, q.OpenHigh = low, math.Inf(1), b.open, false
	} else {
		q.Low, q.High, q.OpenLow, q.OpenHigh = math.Inf(-1), high, false, b.open
	}
}

func lowOnly(q Quantity) bool { return math.IsInf(q.High, 1) && !math.IsInf(q.Low, -1) }

// upTo reads the second number of a range: 至89周岁.
func upTo(text string, at int, from amount, of measured) (to amount, u measured, ok bool) {
	if r, _ := utf8.DecodeRuneInString(text[at:]); !strings.ContainsRune("至到—－-–~～─", r) {
		return to, u, false
	}
	for _, sep := range between {
		rest := at + len(sep)
		if !strings.HasPrefix(text[at:], sep) || rest >= len(text) {
			continue
		}
		r, _ := utf8.DecodeRuneInString(text[rest:])
		if !startsNumber(r) {
			continue
		}
		if to, ok = numberAt(text, rest); !ok {
			return to, u, false
		}
		u, size := unitAt(text[to.end:])
		if size == 0 && of.name == "" || size > 0 && of.name != "" && u.measure != of.measure {
			return to, u, false
		}
		if size == 0 {
			u = of
		}
		to.end += size
		return to, u, true
	}
	return to, u, false
}

// ranged makes the range from low to the number to. A first number without 万
// shares that of the second: 3至5万元.
func ranged(text string, at int, low float64, of measured, to amount, u measured) (Quantity, int, bool) {
	if of.name == "" {
		if of = u; to.scale > 1 && low*to.scale <= to.value {
			low *= to.scale
		}
		if calendar(text, at, amount{value: low, end: to.end}, u) {
			return Quantity{}, to.end, false
		}
	}
	q := Quantity{Measure: u.measure, Low: low * of.size, High: to.value * u.size, Bounds: true, At: Span{at, to.end}}
	for _, b := range boundsBefore {
		if strings.HasSuffix(text[:at], b.word) && b.low {
			q.OpenLow = b.open
		}
	}
	if q.Low > q.High {
		return Quantity{}, to.end, false
	}
	return q, to.end, true
}

// calendar reports whether a number with a unit is a day or a year: 2024年,
// 5月1日.
func calendar(text string, at int, n amount, u measured) bool {
	switch u.name {
	case "年":
		return n.value >= 1900 && n.value < 2200
	case "日":
		return strings.HasSuffix(text[:at], "月")
	}
	return false
}

// idiom reports whether what looks like an amount is none: 一块办, 三年级,
// 80年代.
func idiom(from, rest string, u measured) bool {
	switch u.name {
	case "块":
		return strings.HasPrefix(from, "一块")
	case "年":
		return strings.HasPrefix(rest, "级") || strings.HasPrefix(rest, "代") || strings.HasPrefix(rest, "度")
	}
	return false
}

// rate reports whether a question names the period that it asks the amount of:
// 一个月交多少. Where one has passed, it says so: 才来一个月, 一年了.
func rate(from, rest string, u measured) bool {
	if u.measure != Duration || !strings.HasPrefix(from, "一"+u.name) {
		return false
	}
	for _, passed := range [...]string{"了", "前", "以", "内", "后", "多", "半", "大", "没", "不"} {
		if strings.HasPrefix(rest, passed) {
			return false
		}
	}
	return true
}

// unsaid is the unit that a question leaves out: 今年82, 贷款3万.
func unsaid(text string, at int, n amount, question bool) (measured, bool) {
	rest := text[n.end:]
	switch {
	case n.scale >= 1e4 && (question || beginsBound(rest)):
		r, _ := utf8.DecodeRuneInString(rest)
		if strings.ContainsRune("户株头只家台辆千瓦册份件立方", r) && rest != "" {
			return measured{}, false
		}
		return measured{"元", Money, 1}, true
	case question && n.value >= 1 && n.value <= 120 && strings.HasSuffix(text[:at], "今年") && !strings.HasPrefix(rest, "月") && !strings.HasPrefix(rest, "号"):
		return measured{"岁", Age, 1}, true
	}
	return measured{}, false
}

func beginsBound(text string) bool {
	for _, b := range boundsBehind {
		if len(b.word) > len("内") && strings.HasPrefix(text, b.word) {
			return true
		}
	}
	return false
}

// skipIncluded passes over （含） and the like behind an amount.
func skipIncluded(text string, at int) int {
	for _, open := range [...]string{"（", "("} {
		rest, ok := strings.CutPrefix(text[at:], open)
		if !ok || !strings.HasPrefix(rest, "含") && !strings.HasPrefix(rest, "不含") {
			continue
		}
		if i := strings.IndexAny(rest, "）)"); i >= 0 && i <= 24 {
			_, size := utf8.DecodeRuneInString(rest[i:])
			return at + len(open) + i + size
		}
	}
	return at
}

// sexBefore reads for whom a quantity holds from the few characters before it:
// 男性年满60周岁、女性年满55周岁.
func sexBefore(text string, at int) byte {
	for range 7 {
		r, size := utf8.DecodeLastRuneInString(text[:at])
		switch r {
		case '男':
			return 'm'
		case '女':
			if strings.HasSuffix(text[:at], "子女") || strings.HasSuffix(text[:at], "男女") {
				return 0
			}
			return 'f'
		case '，', '。', '；', '、', '\n', '\t', ',', ';', utf8.RuneError:
			return 0
		}
		at -= size
	}
	return 0
}
