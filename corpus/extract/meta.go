package extract

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

// fields is a record's metadata by name, from front matter, a JSON object or
// a map.
type fields map[string]any

const (
	maxField = 500  // characters of a title or another short field
	maxURL   = 2048 // bytes
)

// numberField is a document number in its normal form; what has none stays as
// it is given.
func numberField(given string) string {
	if n := clause.ParseNumber(given); n != "" {
		return n
	}
	return given
}

// text reads a field as one line. Lists are joined.
func (f fields) text(name string) string {
	s := strings.Join(strings.Fields(clean(plain(f[name]))), " ")
	if utf8.RuneCountInString(s) > maxField {
		s = string([]rune(s)[:maxField])
	}
	return s
}

// short reads a field as text does, and says what is cut off.
func (s *source) short(f fields, name, called string) string {
	value := f.text(name)
	whole := strings.Join(strings.Fields(clean(plain(f[name]))), " ")
	if rest := strings.TrimPrefix(whole, value); rest != "" {
		s.warn("%s有 %d 字，只保留前 %d 字，略去的部分开头是“%s”", called, utf8.RuneCountInString(whole), maxField, clip(rest, 40))
	}
	return value
}

// list reads a field as a list; a single text is a list of one, or of what
// commas and 、 separate.
func (f fields) list(name string) []string {
	var out []string
	add := func(v any) {
		if s := strings.TrimSpace(clean(plain(v))); s != "" && len(out) < 200 {
			out = append(out, s)
		}
	}
	given := f[name]
	if v, ok := given.(found); ok {
		given = v.value
	}
	switch v := given.(type) {
	case []any:
		for _, e := range v {
			add(e)
		}
	case string:
		for _, e := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("、,，;；", r) }) {
			add(e)
		}
	default:
		add(v)
	}
	return out
}

// questions reads a field as a list of questions; a single text is one, for a
// question may hold commas.
func (f fields) questions(name string) []string {
	if _, ok := f[name].([]any); ok {
		return f.list(name)
	}
	if one := f.text(name); one != "" {
		return []string{one}
	}
	return nil
}

// asked reads a field as lists of questions by the anchors of their passages,
// in the order of these.
func (f fields) asked(name string) []corpus.Asking {
	given, ok := f[name].(map[string]any)
	if !ok {
		return nil
	}
	var all []corpus.Asking
	for _, anchor := range slices.Sorted(maps.Keys(given)) {
		if questions := fields(given).questions(anchor); len(questions) > 0 {
			all = append(all, corpus.Asking{Anchor: anchor, Questions: questions})
		}
	}
	return all
}

// found is a value of a field with the place where it was read.
type found struct{ value, place string }

// plain writes a value of JSON or YAML as text.
func plain(v any) string {
	switch v := v.(type) {
	case found:
		return v.value
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v)
	case time.Time:
		return v.Format(time.DateOnly)
	case []any:
		parts := make([]string, 0, len(v))
		for _, e := range v {
			if s := plain(e); s != "" {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, "\n")
	}
	return "" // an object has no text of its own
}

var kindNames = map[string]corpus.Kind{
	"政策": corpus.Policy, "政策文件": corpus.Policy, "法规": corpus.Policy, "解读": corpus.Interpretation,
	"政策解读": corpus.Interpretation, "指南": corpus.Guide, "办事指南": corpus.Guide, "问答": corpus.FAQ,
	"常见问题": corpus.FAQ, "澄清": corpus.Clarification, "辟谣": corpus.Clarification, "通知": corpus.Notice,
	"公告": corpus.Notice, "清单": corpus.Catalogue, "目录": corpus.Catalogue, "征求意见稿": corpus.Consultation,
	"consultation": corpus.Consultation,
}

// document reads the metadata that a record states. Wrong days of effect and
// expiry refuse the record, because a document without them could be quoted
// as if it were in force.
func (s *source) document(f fields) (corpus.Document, error) {
	d := corpus.Document{
		Account: s.opts.Account, Kind: s.opts.Kind, Region: s.opts.Region, Source: s.rel,
		Title: s.short(f, "title", "标题"), Number: numberField(s.short(f, "number", "文号")), Agency: s.short(f, "agency", "发文机关"),
		Topics: f.list("topics"), Audience: f.list("audience"),
		Question: s.short(f, "question", "问题"), Addressees: f.list("addressees"), Level: corpus.Level(f.text("level")),
	}
	if d.Topics == nil {
		d.Topics = f.list("tags")
	}
	d.Similar, d.Negative = f.questions("similar"), f.questions("negative")
	d.Refer = s.short(f, "refer", "转问")
	d.Asked = f.asked("asked")
	if given := f.text("id"); given != "" {
		d.ID = recordID(given)
	}
	if r := f.text("region"); r != "" {
		d.Region = r
	}
	if k := f.text("kind"); k != "" {
		kind := corpus.Kind(strings.ToLower(k))
		if named, ok := kindNames[strings.ToLower(k)]; ok {
			kind = named
		}
		if !kind.Valid() {
			return d, refuse("kind “%s” 不是文件类型，未导入；可用：policy interpretation guide faq clarification notice catalogue draft", k)
		}
		d.Kind = kind
	}
	if link := strings.TrimSpace(clean(plain(f["url"]))); link != "" {
		if u, err := url.Parse(link); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(link) > maxURL {
			s.warn("url “%.100s” 不是完整的网址（http 或 https 开头，不超过 %d 字节），已略去", link, maxURL)
		} else {
			d.URL = link
		}
	}
	if err := s.dates(f, &d); err != nil {
		return d, err
	}
	return d, nil
}

func (s *source) dates(f fields, d *corpus.Document) error {
	if err := f.lastDay(); err != nil {
		return err
	}
	for _, at := range []struct {
		name string
		to   *corpus.Date
		must bool
	}{{"published", &d.Published, false}, {"written", &d.Written, false}, {"effective", &d.Effective, true}, {"expires", &d.Expires, true}} {
		given := f.text(at.name)
		if given == "" {
			continue
		}
		day, ok := clause.ParseDay(given)
		switch {
		case ok:
			*at.to = day
		case at.must:
			return refuse("%s 的日期“%s”无法识别，未导入；请写成 2024-05-01", at.name, given)
		default:
			s.warn("%s 的日期“%s”无法识别，已略去；请写成 2024-05-01", at.name, given)
		}
	}
	return nil
}

// lastDay makes of 废止日期, the first day on which a document holds no more,
// the last one on which it does.
func (f fields) lastDay() error {
	given := f.text("ended")
	if given == "" || f.text("expires") != "" {
		return nil
	}
	day, ok := clause.ParseDay(given)
	if !ok {
		return refuse("废止日期“%s”无法识别，未导入；请写成 2024-05-01", given)
	}
	last := found{value: string(day.Add(-1)), place: "字段“废止日期”"}
	if v, ok := f["ended"].(found); ok {
		last.place = v.place
	}
	f["expires"] = last
	return nil
}

// relations reads what a record declares about other documents.
func relations(f fields, d *corpus.Document) {
	for _, kind := range corpus.RelationKinds() {
		ids := f.list(string(kind))
		if kind == corpus.Interprets {
			ids = append(ids, f.list("explains")...) // its name before
		}
		for _, to := range ids {
			if to = recordID(to); to != d.ID {
				d.Declares = append(d.Declares, corpus.Relation{Kind: kind, From: d.ID, To: to, On: d.Effective})
			}
		}
	}
}

// findings says where the metadata were read that a record states in fields of
// their own.
func (s *source) findings(f fields, d corpus.Document) []corpus.Finding {
	var all []corpus.Finding
	for _, at := range []struct{ name, value string }{
		{"title", d.Title}, {"kind", string(d.Kind)}, {"number", d.Number}, {"agency", d.Agency}, {"region", d.Region},
		{"level", string(d.Level)}, {"written", string(d.Written)}, {"published", string(d.Published)},
		{"effective", string(d.Effective)}, {"expires", string(d.Expires)}, {"addressees", strings.Join(d.Addressees, "、")},
		{"topics", strings.Join(d.Topics, "、")}, {"audience", strings.Join(d.Audience, "、")}, {"url", d.URL},
	} {
		given, ok := f[at.name]
		if !ok || at.value == "" {
			continue
		}
		place := "文件开头的“" + at.name + "”"
		if s.line > 0 {
			place = "字段“" + at.name + "”"
		}
		if v, ok := given.(found); ok {
			place = v.place
		}
		all = append(all, corpus.Finding{Field: at.name, Value: at.value, Place: place, Sure: corpus.Stated})
	}
	return all
}
