package sheet

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// format is how a cell's number is shown. The zero value shows it as it is.
type format struct {
	day, clock     bool   // a day, a time of day
	elapsed        bool   // hours and minutes, more than 24 too
	number         bool   // by the fields below
	before, after  string // 约, 元
	decimals       int
	digits         int // of the whole part at least: postcodes
	optional       int // of the decimals, only where they are not 0
	percent, group bool
}

// builtIn are the formats that every file may use without naming them (18.8.30,
// with those that Chinese editions add).
func builtIn(id int) format {
	switch {
	case id == 22:
		return format{day: true, clock: true}
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id >= 57 && id <= 58:
		return format{day: true}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55 || id == 56:
		return format{clock: true}
	}
	code := map[int]string{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 44: "#,##0.00", 43: "#,##0.00", 41: "#,##0", 42: "#,##0"}[id]
	return parseFormat(code)
}

var (
	brackets = regexp.MustCompile(`\[(?:\$([^\]-]*)[^\]]*|[^\]]*)\]`)
	fraction = regexp.MustCompile(`(s\]?)[.,]0+`)
	elapsed  = regexp.MustCompile(`(?i)\[(?:h+|m+|s+)\]`)
	fillers  = regexp.MustCompile(`[_*].`)
	digitRun = regexp.MustCompile(`[#0?][#0?,]*(?:\.[#0?]+)?`)
	scaled   = regexp.MustCompile(`[eE][+-]|/|[#0?],+(?:[^#0?,]|$)`)
)

// parseFormat reads a format's first section (18.8.31): that of positive
// numbers. What it does not know is shown as it is.
func parseFormat(code string) format {
	section, _, _ := strings.Cut(code, ";")
	if section == "" || strings.EqualFold(section, "general") || section == "@" || len(section) > 200 {
		return format{}
	}
	if elapsed.MatchString(section) {
		return format{elapsed: true}
	}
	plain, literal := unquote(brackets.ReplaceAllString(section, "${1}"))
	bare := fraction.ReplaceAllString(strings.ToLower(fillers.ReplaceAllString(plain, "")), "$1")
	if f := (format{day: strings.ContainsAny(bare, "yde") || strings.Contains(bare, "m") && !strings.ContainsAny(bare, "hs"), clock: strings.ContainsAny(bare, "hs")}); (f.day || f.clock) && !strings.ContainsAny(bare, "0#?") {
		return f
	}
	bare = fillers.ReplaceAllString(plain, "")
	runs := digitRun.FindAllStringIndex(bare, -1)
	if len(runs) != 1 || scaled.MatchString(bare) {
		return format{}
	}
	run := bare[runs[0][0]:runs[0][1]]
	whole, rest, _ := strings.Cut(run, ".")
	f := format{number: true, group: strings.Contains(whole, ","), decimals: len(rest), optional: strings.Count(rest, "#") + strings.Count(rest, "?"),
		digits: strings.Count(whole, "0"), percent: strings.Contains(bare, "%")}
	f.before, f.after = restore(bare[:runs[0][0]], literal), restore(bare[runs[0][1]:], literal)
	return f
}

// unquote takes what is quoted out of a format and puts a private character in
// its place.
func unquote(s string) (string, []string) {
	var sb strings.Builder
	var literal []string
	put := func(text string) {
		sb.WriteRune('\uE000' + rune(len(literal)))
		literal = append(literal, text)
	}
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			end := strings.IndexByte(s[i+1:], '"')
			if end < 0 {
				return sb.String(), literal
			}
			put(s[i+1 : i+1+end])
			i += end + 1
		case s[i] == '\\' && i+1 < len(s):
			rest := []rune(s[i+1:])
			put(string(rest[0]))
			i += len(string(rest[0]))
		default:
			sb.WriteByte(s[i])
		}
	}
	return sb.String(), literal
}

func restore(s string, literal []string) string {
	var sb strings.Builder
	for _, r := range s {
		if i := int(r - '\uE000'); r >= '\uE000' && i < len(literal) {
			sb.WriteString(literal[i])
		} else {
			sb.WriteRune(r)
		}
	}
	return sb.String()
}

// readStyles reads the formats of cells.
func (w *workbook) readStyles(part string) error {
	named := map[int]format{}
	cells := false
	return w.each(part, w.limits.Strings, func(e xml.StartElement, _ *xml.Decoder) error {
		switch e.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attr(e, "numFmtId")); err == nil && len(named) < 10_000 {
				named[id] = parseFormat(attr(e, "formatCode"))
			}
		case "cellXfs":
			cells = true
		case "cellStyles", "cellStyleXfs", "dxfs":
			cells = false
		case "xf":
			if cells && len(w.styles) < 70_000 {
				id, _ := strconv.Atoi(attr(e, "numFmtId"))
				f, ok := named[id]
				if !ok {
					f = builtIn(id)
				}
				w.styles = append(w.styles, f)
			}
		}
		return nil
	})
}

var decimal = regexp.MustCompile(`^-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?$`)

// write shows a number. What is none stays as it is.
func (f format) write(v string, from04 bool) string {
	if !decimal.MatchString(v) {
		return v
	}
	if f.day || f.clock || f.elapsed {
		return f.moment(v, from04)
	}
	n, ok := new(big.Float).SetPrec(200).SetString(v)
	if !ok {
		return v
	}
	if !f.number {
		return digits(v, n)
	}
	if f.percent {
		n.Mul(n, big.NewFloat(100))
	}
	s := n.Text('f', f.decimals)
	minus := strings.HasPrefix(s, "-")
	whole, rest, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	for i := 0; i < f.optional && strings.HasSuffix(rest, "0"); i++ {
		rest = rest[:len(rest)-1]
	}
	for len(whole) < f.digits {
		whole = "0" + whole
	}
	if f.group {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	if rest != "" {
		whole += "." + rest
	}
	if minus {
		whole = "-" + whole
	}
	return strings.TrimSpace(f.before + whole + f.after)
}

// digits writes a number with all its digits: 1.1010119900101E+17 is an
// identity card's. What a computer's arithmetic left behind the 15th digit
// (0.30000000000000004) is rounded off, as spreadsheet programs do.
func digits(v string, n *big.Float) string {
	scale, _ := n.Float64()
	if n.IsInt() || math.Abs(scale) >= 1e15 {
		if math.Abs(scale) < 1e40 {
			return n.Text('f', 0)
		}
		return v
	}
	return strconv.FormatFloat(roundTo(scale, 15), 'f', -1, 64)
}

// roundTo keeps so many digits that count.
func roundTo(x float64, digits int) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// moment shows a day, counted from the end of 1899 (or the start of 1904), and
// a time of day, its fraction.
func (f format) moment(v string, from04 bool) string {
	x, err := strconv.ParseFloat(v, 64)
	if err != nil || x < 0 || x > 2_958_466 {
		return v
	}
	if f.elapsed {
		minutes := int(math.Round(x * 24 * 60))
		return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from04 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	at := base.AddDate(0, 0, int(x)).Add(time.Duration(math.Round((x-math.Floor(x))*86_400)) * time.Second)
	switch {
	case !f.day || x < 1:
		return at.Format("15:04")
	case f.clock && at.Format("15:04") != "00:00":
		return at.Format("2006-01-02 15:04")
	}
	return at.Format(time.DateOnly)
}
