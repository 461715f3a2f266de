package citizen

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// chosen is a filter that is set, with the address without it.
type chosen struct{ Label, Value, Href string }

// facetGroup is a filter with its values. Each is a button of a form, which
// carries the rest of the search once instead of once a value.
type facetGroup struct {
	Name, Label   string
	Before, After []field // in the address before and after this one
	Values        []facetValue
	More          int // values that are not shown
}

type facetValue struct {
	Value, Label string
	Sign         Sign // in place of the label
	Count        int
	Chosen       bool
}

// maxValues is how many values of a filter are shown.
const maxValues = 24

// validityNames are the validities as a filter names them: two of them share
// a sign.
var validityNames = map[corpus.Validity]Sign{
	corpus.InForce:    signs[corpus.InForce],
	corpus.Modified:   signs[corpus.Modified],
	corpus.NotYet:     signs[corpus.NotYet],
	corpus.Repealed:   signs[corpus.Repealed],
	corpus.Superseded: {"已失效，有新规定", "○", "superseded"},
	corpus.Expired:    {"已失效，到期", "○", "expired"},
	corpus.Unknown:    {"没有标明", "", "unknown"},
}

var validityOrder = []corpus.Validity{
	corpus.InForce, corpus.Modified, corpus.NotYet, corpus.Repealed, corpus.Superseded, corpus.Expired, corpus.Unknown,
}

func (s *Site) searchView(r *http.Request, q searchQuery, found index.Found) searchView {
	v := searchView{
		Head: s.Head(r, "查政策"), Text: q.text, Notes: q.notes,
		Page: q.page, Pages: pages(found.Total),
	}
	if q.text != "" {
		v.Head = s.Head(r, q.text+" - 查政策")
	}
	v.Head.Here, v.Head.Canonical = "/search", s.BaseURL+q.address()
	v.Head.NoIndex = q.text != "" || q.page > 1 || found.Total == 0
	rest := q
	rest.text, rest.page = "", 1
	v.Keep = rest.fields()
	v.chosen(q)
	v.groups(q, found.Facets)
	v.counted(q, found)
	if found.Total == 0 {
		v.Advice = advise(q, found)
		return v
	}
	v.ways(q, found)
	return v
}

// chosen lists the filters that are set.
func (v *searchView) chosen(q searchQuery) {
	for _, f := range filters {
		if value := f.get(&q.Selection); value != "" {
			v.Chosen = append(v.Chosen, chosen{f.label, valueName(f.name, value), q.with(f, "").address()})
		}
	}
}

// valueName is a filter's value as citizens read it.
func valueName(name, value string) string {
	switch name {
	case "kind":
		return kinds[corpus.Kind(value)]
	case "validity":
		return validityNames[corpus.Validity(value)].Word
	case "year":
		return value + "年"
	}
	return value
}

// groups lists the filters with what they would leave.
func (v *searchView) groups(q searchQuery, all index.Facets) {
	lists := [][]index.Facet{all.Topics, all.Agencies, all.Audiences, all.Kinds, all.Validities, all.Years}
	for i, f := range filters {
		values, value := slices.Clone(lists[i]), f.get(&q.Selection)
		if len(values) == 0 || len(values) == 1 && values[0].Value != value && value == "" && f.name != "topic" && f.name != "agency" {
			continue // nothing to choose between
		}
		settle(f.name, values)
		g := facetGroup{Name: f.name, Label: f.label}
		g.Before, g.After = q.around(f)
		for n, x := range values {
			if n >= maxValues && x.Value != value {
				g.More++
				continue
			}
			one := facetValue{Value: x.Value, Label: valueName(f.name, x.Value), Count: x.Count, Chosen: x.Value == value}
			if sign := validityNames[corpus.Validity(x.Value)]; f.name == "validity" && sign.Shape != "" {
				one.Sign = sign
			}
			g.Values = append(g.Values, one)
		}
		v.Groups = append(v.Groups, g)
	}
}

// settle puts values in the order that they have by nature, if they have one.
func settle(name string, values []index.Facet) {
	var order func(a, b index.Facet) int
	switch name {
	case "kind":
		order = func(a, b index.Facet) int {
			return slices.Index(corpus.Kinds(), corpus.Kind(a.Value)) - slices.Index(corpus.Kinds(), corpus.Kind(b.Value))
		}
	case "validity":
		order = func(a, b index.Facet) int {
			return slices.Index(validityOrder, corpus.Validity(a.Value)) - slices.Index(validityOrder, corpus.Validity(b.Value))
		}
	case "year":
		order = func(a, b index.Facet) int { return strings.Compare(b.Value, a.Value) }
	default:
		return
	}
	slices.SortStableFunc(values, order)
}

// around returns what stands before and after a filter in the address, of the
// first page, so that a form that sends it makes the one address.
func (q searchQuery) around(f filter) (before, after []field) {
	marked := q.with(f, "-")
	all := marked.fields()
	at := slices.Index(all, field{f.name, "-"})
	return all[:at], all[at+1:]
}

// counted says how many documents there are, and where they don't have all
// words.
func (v *searchView) counted(q searchQuery, found index.Found) {
	n := strconv.Itoa(found.Total)
	switch {
	case found.Total == 0:
	case len(found.Words) == 0 && len(v.Chosen) == 0:
		v.Found = "共" + n + "份文件，新的在前。"
	case len(found.Words) == 0:
		v.Found = "符合的文件有" + n + "份，新的在前。"
	default:
		v.Found = "找到" + n + "份文件。"
	}
	switch {
	case q.text != "" && len(found.Words) == 0:
		v.Notes = append(v.Notes, "这样写不好查，请写两个字以上的词。下面是全部文件。")
	case found.Need > 0 && found.Need < len(found.Words):
		v.Notes = append(v.Notes, "没有一份文件同时有"+named(found.Words)+"，下面的有其中"+strconv.Itoa(found.Need)+"个。")
	}
}

// named names words, or how many there are.
func named(words []index.Facet) string {
	if len(words) > 5 {
		return "这" + strconv.Itoa(len(words)) + "个词"
	}
	var b strings.Builder
	for _, w := range words {
		b.WriteString("“" + w.Value + "”")
	}
	return b.String()
}

// ways are the links to the same documents in another order, to those in
// force, and to other pages.
func (v *searchView) ways(q searchQuery, found index.Found) {
	if len(found.Words) > 0 && found.Total > 1 {
		best, newest := q, q
		best.byDate, best.page = false, 1
		newest.byDate, newest.page = true, 1
		v.Order = []way{{"最相关的在前", best.address()}, {"新的在前", newest.address()}}
		v.Order[map[bool]int{false: 0, true: 1}[q.byDate]].Href = ""
	}
	for _, f := range found.Facets.Validities {
		if q.Validity == "" && f.Value == string(corpus.InForce) && f.Count < found.Total {
			inForce := q
			inForce.Validity, inForce.page = corpus.InForce, 1
			v.InForce = way{"只看现行有效（" + strconv.Itoa(f.Count) + "）", inForce.address()}
		}
	}
	other := q
	if q.page > 1 {
		other.page = q.page - 1
		v.Previous = other.address()
	}
	if q.page < v.Pages {
		other.page = q.page + 1
		v.Next = other.address()
	}
}

const maxWays = 4 // words that are offered alone

// advise says what to do where nothing was found: fewer words, fewer filters,
// or ask.
func advise(q searchQuery, found index.Found) advice {
	a := advice{Ask: q.text}
	if found.Match == 0 && len(found.Words) > 0 {
		together := map[bool]string{true: "同时"}[len(found.Words) > 1]
		a.Text = "没有找到" + together + "有" + named(found.Words) + "的文件。请换个说法，或者问一问。"
		for _, w := range found.Words {
			if w.Count == 0 || len(a.Ways) == maxWays {
				continue
			}
			one := q
			one.text, one.page = w.Value, 1
			a.Text = "没有找到同时有" + named(found.Words) + "的文件。少写几个词试试，或者问一问。"
			a.Ways = append(a.Ways, way{"只查“" + w.Value + "”（" + strconv.Itoa(w.Count) + "）", one.unfiltered().address()})
		}
		return a
	}
	if found.Match == 0 {
		a.Text = "还没有公开的文件。文件公开后会列在这里。"
		return a
	}
	a.Text = "没有符合全部条件的文件。可以去掉一些条件："
	w := found.Facets.Without
	left := []int{w.Topic, w.Agency, w.Audience, w.Kind, w.Validity, w.Year}
	for i, f := range filters {
		if value := f.get(&q.Selection); value != "" && left[i] > 0 {
			a.Ways = append(a.Ways, way{"不限" + f.label + "（" + strconv.Itoa(left[i]) + "）", q.with(f, "").address()})
		}
	}
	a.Ways = append(a.Ways, way{"去掉全部条件（" + strconv.Itoa(found.Match) + "）", q.unfiltered().address()})
	return a
}
