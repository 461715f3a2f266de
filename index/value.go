package index

import (
	"strings"
	"unicode/utf8"
)

// Measure is what a quantity measures; only those of one measure compare.
type Measure uint8

// The measures of quantities.
const (
	Age      Measure = iota + 1 // years
	Money                       // yuan
	Duration                    // days: a month has 30, a year 360
	Area                        // square metres
	People                      // persons
	Percent                     // hundredths
	Weight                      // kilograms
	Length                      // metres
)

// Quantity is an age, an amount, a period or a size that a text states, or the
// bounds that it sets. A point has Low equal to High.
type Quantity struct {
	Measure           Measure
	Low, High         float64 // ±Inf where there is no bound
	OpenLow, OpenHigh bool    // the bound itself is left out
	Bounds            bool    // it says from where or up to where; else it names an amount
	Sex               byte    // 'm' or 'f' where it is said to hold for men or for women alone, else 0
	At                Span    // bytes of the text
}

// Contains reports whether all of o lies in q.
func (q Quantity) Contains(o Quantity) bool {
	return q.Measure == o.Measure &&
		(q.Low < o.Low || q.Low == o.Low && (!q.OpenLow || o.OpenLow)) &&
		(o.High < q.High || o.High == q.High && (!q.OpenHigh || o.OpenHigh))
}

// Meets reports whether some of o lies in q.
func (q Quantity) Meets(o Quantity) bool {
	low, openLow := q.Low, q.OpenLow
	if o.Low > low || o.Low == low && o.OpenLow {
		low, openLow = o.Low, o.OpenLow
	}
	high, openHigh := q.High, q.OpenHigh
	if o.High < high || o.High == high && o.OpenHigh {
		high, openHigh = o.High, o.OpenHigh
	}
	return q.Measure == o.Measure && (low < high || low == high && !openLow && !openHigh)
}

// maxQuantities is how many numbers of one text are looked at: what one costs
// is about half a microsecond.
const maxQuantities = 256

// Quantities reads the quantities of a text, in order, of its first 256 numbers: 82岁,
// ８２周岁, 八十二岁, 捌拾元, 3万块, 80至89周岁, 6个月以上, 5万元（含）以下,
// 满60周岁不满70周岁. Days of the calendar, ordinals and bare numbers are none.
func Quantities(text string) []Quantity { return readQuantities(nil, text, everyMeasure, false) }

// asksQuantities reads those of a question, which may leave the unit out: 今年82,
// 贷款3万.
func asksQuantities(text string) []Quantity { return readQuantities(nil, text, everyMeasure, true) }

// measures is a set of them.
type measures uint16

const everyMeasure measures = 1<<16 - 1

func (m measures) has(x Measure) bool { return m&(1<<x) != 0 }

// readQuantities appends those of text to out that measure what is wanted.
func readQuantities(out []Quantity, text string, want measures, question bool) []Quantity {
	first, looked := len(out), 0
	for at := 0; at < len(text) && looked < maxQuantities; {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[at:])
		}
		if !startsNumber(r) {
			at += size
			continue
		}
		looked++
		q, end, ok := quantityAt(text, at, want, question)
		if !ok {
			at = max(end, at+size)
			continue
		}
		q.Sex = sexBefore(text, q.At.Start)
		if n := len(out); n > first && joins(text, &out[n-1], &q) {
			out[n-1] = both(out[n-1], q)
		} else {
			out = append(out, q)
		}
		at = q.At.End
	}
	return out
}

// joins reports whether b goes on where a ends, so that both bound one amount:
// 满60周岁 and 不满70周岁.
func joins(text string, a, b *Quantity) bool {
	if !a.Bounds || !b.Bounds || a.Measure != b.Measure || b.At.Start < a.At.End || b.At.Start-a.At.End > 9 ||
		b.Sex != 0 && b.Sex != a.Sex || !a.Meets(*b) {
		return false
	}
	if !lowOnly(*a) && !lowOnly(*b) || lowOnly(*a) == lowOnly(*b) {
		return false
	}
	return strings.Trim(text[a.At.End:b.At.Start], "，、,及且并至到的在 ") == ""
}

func both(a, b Quantity) Quantity {
	if lowOnly(b) {
		a.Low, a.OpenLow = b.Low, b.OpenLow
	} else {
		a.High, a.OpenHigh = b.High, b.OpenHigh
	}
	a.At.End = b.At.End
	return a
}
