package citizen

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// searchQuery is what the address of a search page asks for.
type searchQuery struct {
	index.Selection
	text   string
	byDate bool
	page   int // from 1
	notes  []string
}

// filter is one of the filters of a search.
type filter struct {
	name  string // in the address
	label string
	get   func(*index.Selection) string
	set   func(*index.Selection, string)
}

// filters are in the order in which they stand in an address.
var filters = []filter{
	{"topic", "主题", func(s *index.Selection) string { return s.Topic }, func(s *index.Selection, v string) { s.Topic = v }},
	{"agency", "单位", func(s *index.Selection) string { return s.Agency }, func(s *index.Selection, v string) { s.Agency = v }},
	{"audience", "人群", func(s *index.Selection) string { return s.Audience }, func(s *index.Selection, v string) { s.Audience = v }},
	{"kind", "类型", func(s *index.Selection) string { return string(s.Kind) }, func(s *index.Selection, v string) { s.Kind = corpus.Kind(v) }},
	{"validity", "有效性", func(s *index.Selection) string { return string(s.Validity) }, func(s *index.Selection, v string) { s.Validity = corpus.Validity(v) }},
	{"year", "年份", func(s *index.Selection) string { return s.Year }, func(s *index.Selection, v string) { s.Year = v }},
}

const (
	maxFilter = 200     // characters of a topic, an agency, an audience
	maxPage   = 1 << 30 // more are not counted
)

var year = regexp.MustCompile(`^(19|20)\d\d$`)

// readSearch reads the parameters of an address. formal says that known ones
// are there without a value.
func readSearch(values url.Values) (q searchQuery, formal bool) {
	q.page = 1
	one := func(name string, limit int) string {
		v, empty, several := single(values[name])
		formal = formal || empty
		if several {
			q.note("同一项写了不止一次，只看了第一次写的。")
		}
		if utf8.RuneCountInString(v) > limit {
			v = strings.TrimSpace(cutAfter(v, limit))
			q.note("您写得比较长，只查了前" + strconv.Itoa(limit) + "个字。")
		}
		return v
	}
	q.text = one("q", index.MaxSearch)
	for _, f := range filters {
		v := one(f.name, maxFilter)
		if v == "" {
			continue
		}
		if !known(f.name, v) {
			q.note("不认识“" + shorten(v, 20) + "”这个" + f.label + "，没有按它筛选。")
			continue
		}
		f.set(&q.Selection, v)
	}
	switch v := one("sort", maxFilter); v {
	case "", "relevance":
	case "date":
		q.byDate = q.text != ""
	default:
		q.note("不认识“" + shorten(v, 20) + "”这种排法，没有用上。")
	}
	if v := one("page", maxFilter); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > maxPage {
			q.note("没有“" + shorten(v, 20) + "”这一页，从第1页看起。")
			n = 1
		}
		q.page = n
	}
	return q, formal
}

// note says something once.
func (q *searchQuery) note(text string) {
	for _, n := range q.notes {
		if n == text {
			return
		}
	}
	q.notes = append(q.notes, text)
}

// known reports whether a filter may have a value: kinds and the like are
// fixed, topics and names are whatever documents have.
func known(name, v string) bool {
	switch name {
	case "kind":
		return corpus.Kind(v).Valid()
	case "validity":
		_, ok := validityNames[corpus.Validity(v)]
		return ok
	case "year":
		return year.MatchString(v)
	}
	return true
}

// single returns the first value that is not empty. empty says that there are
// only empty ones, several that there are different ones.
func single(all []string) (v string, empty, several bool) {
	for _, raw := range all {
		one := clean(raw)
		switch {
		case one == "" || one == v:
		case v == "":
			v = one
		default:
			several = true
		}
	}
	return v, len(all) > 0 && v == "", several
}

// clean makes one line of what somebody typed: without what cannot be seen,
// blanks in place of control characters.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.In(r, unicode.Cf):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func cutAfter(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// field is a parameter that is set.
type field struct{ Name, Value string }

// fields returns what is set, in the order of an address.
func (q searchQuery) fields() []field {
	var out []field
	add := func(name, v string) {
		if v != "" {
			out = append(out, field{name, v})
		}
	}
	add("q", q.text)
	for _, f := range filters {
		add(f.name, f.get(&q.Selection))
	}
	if q.byDate {
		add("sort", "date")
	}
	if q.page > 1 {
		add("page", strconv.Itoa(q.page))
	}
	return out
}

// address returns the one address on the site for what is asked.
func (q searchQuery) address() string {
	var b strings.Builder
	b.WriteString("/search")
	for i, f := range q.fields() {
		b.WriteString([]string{"?", "&"}[min(i, 1)] + f.Name + "=" + url.QueryEscape(f.Value))
	}
	return b.String()
}

// with returns the search with another value of a filter, from its first page.
func (q searchQuery) with(f filter, value string) searchQuery {
	f.set(&q.Selection, value)
	q.page = 1
	return q
}

// unfiltered returns the search without filters.
func (q searchQuery) unfiltered() searchQuery {
	return searchQuery{text: q.text, byDate: q.byDate, page: 1}
}
