package lexicon

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// columns of the CSV, in the order that they are written in.
var columns = []string{"kind", "word", "to", "weight", "direction", "agency", "region", "topic", "note"}

var (
	errSize  = fmt.Errorf("the file is larger than %d MB: that is no lexicon", MaxBytes>>20)
	errCount = fmt.Errorf("the file has more than %d entries: a lexicon of that size slows every question down", MaxEntries)
)

// Read reads a lexicon: JSON lines where the first letter is {, else CSV with
// a heading that names its columns, in any order; a column that is missing is
// empty, the kind a synonym then. It takes UTF-8, with or without a byte order
// mark, and what spreadsheets write in China, GB18030. The error names the line.
func Read(r io.Reader) ([]Entry, error) {
	text, err := decode(r)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Lines(text)
	}
	return readCSV(text)
}

func decode(r io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > MaxBytes:
		return "", errSize
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")), bytes.IndexByte(data, 0) >= 0:
		return "", errors.New("the file is UTF-16 or no text: save it as “CSV UTF-8”")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return string(data), nil
	}
	data, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(data, utf8.RuneError) {
		return "", errors.New("the file is neither UTF-8 nor GBK: save it as “CSV UTF-8”")
	}
	return string(data), nil
}

// Lines reads what WriteLines wrote, of any size. The error names the line.
func Lines(text string) ([]Entry, error) {
	var out []Entry
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	n := 1
	for ; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var e Entry
		dec := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		dec.DisallowUnknownFields()
		err := dec.Decode(&e)
		if err == nil && dec.More() {
			err = errors.New("more than one value")
		}
		if err == nil {
			e = tidied(e)
			err = e.valid()
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if out = append(out, e); len(out) > MaxEntries {
			return nil, errCount
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n, err)
	}
	return out, nil
}

func readCSV(text string) ([]Entry, error) {
	rows := csv.NewReader(strings.NewReader(text))
	rows.ReuseRecord, rows.FieldsPerRecord = true, -1
	heading, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty")
	}
	if err != nil {
		return nil, err
	}
	at, err := headed(heading)
	if err != nil {
		return nil, err
	}
	width := len(heading)
	var out []Entry
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err // names the line
		}
		line, _ := rows.FieldPos(0)
		if strings.Join(row, "") == "" {
			continue // an empty line of a spreadsheet
		}
		if len(row) != width {
			return nil, fmt.Errorf("line %d: %d columns, the heading has %d", line, len(row), width)
		}
		e, err := entryOf(row, at)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if out = append(out, e); len(out) > MaxEntries {
			return nil, errCount
		}
	}
}

// headed returns the place of each column, -1 where it is missing.
func headed(heading []string) (map[string]int, error) {
	at := map[string]int{}
	for _, c := range columns {
		at[c] = -1
	}
	for i, h := range heading {
		name := strings.ToLower(strings.TrimSpace(h))
		if name == "from" {
			name = "word"
		}
		place, known := at[name]
		switch {
		case !known:
			return nil, fmt.Errorf("line 1: the column %.40q is unknown: the heading names some of %s", h, strings.Join(columns, ", "))
		case place >= 0:
			return nil, fmt.Errorf("line 1: the column %q is there twice", name)
		}
		at[name] = i
	}
	if at["word"] < 0 {
		return nil, fmt.Errorf("line 1: there is no column \"word\": the heading names some of %s", strings.Join(columns, ", "))
	}
	return at, nil
}

func entryOf(row []string, at map[string]int) (e Entry, err error) {
	cell := func(column string) string {
		if i := at[column]; i >= 0 {
			return unquoted(strings.TrimSpace(row[i]))
		}
		return ""
	}
	e = Entry{Kind: Kind(cell("kind")), Word: cell("word"), To: cell("to"), Note: cell("note")}
	e.Agency, e.Region, e.Topic = cell("agency"), cell("region"), cell("topic")
	if e.Kind == "" {
		e.Kind = Synonym
	}
	if w := cell("weight"); w != "" {
		if e.Weight, err = strconv.ParseFloat(w, 64); err != nil {
			return e, fmt.Errorf("the weight %.40q is no number", w)
		}
	}
	switch d := cell("direction"); d {
	case "mutual":
		e.Mutual = true
	case "one-way", "":
	default:
		return e, fmt.Errorf("the direction %.40q is neither one-way nor mutual", d)
	}
	e = tidied(e)
	return e, e.valid()
}

// tidied makes one line of a note and clones what shares the file's memory.
func tidied(e Entry) Entry {
	one := func(s string) string { return strings.Clone(strings.Join(strings.FieldsFunc(s, blank), " ")) }
	e.Word, e.To = strings.Clone(strings.TrimSpace(e.Word)), strings.Clone(strings.TrimSpace(e.To))
	e.Agency, e.Region, e.Topic, e.Note = one(e.Agency), one(e.Region), one(e.Topic), one(e.Note)
	return e
}

func blank(r rune) bool {
	return r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029' || unicode.IsControl(r)
}

// formula holds what a spreadsheet takes for the beginning of a formula, and
// the mark that keeps it from that.
const formula = "=+-@'"

// quoted writes a cell so that no spreadsheet runs it.
func quoted(s string) string {
	if s != "" && strings.ContainsRune(formula, rune(s[0])) {
		return "'" + s
	}
	return s
}

func unquoted(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune(formula, rune(s[1])) {
		return s[1:]
	}
	return s
}

// WriteCSV writes entries as Read reads them.
func WriteCSV(w io.Writer, all []Entry) error {
	rows := csv.NewWriter(w)
	if err := rows.Write(columns); err != nil {
		return err
	}
	for _, e := range all {
		weight, direction := "", ""
		if e.Kind == Synonym || e.Weight != 0 {
			weight = strconv.FormatFloat(e.Weight, 'f', -1, 64)
		}
		if e.Kind == Synonym {
			direction = "one-way"
		}
		if e.Mutual {
			direction = "mutual"
		}
		err := rows.Write([]string{string(e.Kind), e.Word, e.To, weight, direction, quoted(e.Agency), quoted(e.Region), quoted(e.Topic), quoted(e.Note)})
		if err != nil {
			return err
		}
	}
	rows.Flush()
	return rows.Error()
}

// WriteLines writes entries as JSON lines.
func WriteLines(w io.Writer, all []Entry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, e := range all {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}
