package citizen

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web/page"
)

const (
	agencyPage   = 60  // of the list
	agencyRows   = 10  // documents of an agency
	checkedFor   = 180 // days that an entry is trusted after it was checked
	shownMatters = 6
)

func agencyPath(id string) string { return "/agencies/" + url.PathEscape(id) }

func searchPath(words string) string { return "/search?" + url.Values{"q": {words}}.Encode() }

// agencies returns the directory as this site may show it: by region and
// name, what belongs to no region last.
func (s *Site) agencies(ctx context.Context) ([]corpus.Agency, error) {
	if s.Agencies == nil {
		return nil, nil
	}
	all, err := s.Agencies.Agencies(ctx, s.Account)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(a corpus.Agency) bool {
		return a.Account != "" && a.Account != s.Account
	})
	slices.SortStableFunc(all, func(a, b corpus.Agency) int {
		if (a.Region == "") != (b.Region == "") {
			return len(b.Region) - len(a.Region)
		}
		if c := strings.Compare(a.Region, b.Region); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return all, nil
}

type agenciesView struct {
	Head page.Head
	pager
	Regions []regionView
}

type regionView struct {
	Name     string
	Agencies []agencyRow
}

type agencyRow struct {
	Name, Href, Matters string
	Sample              bool
}

// AgencyList shows the directory, by region, a page at a time.
func (s *Site) AgencyList(w http.ResponseWriter, r *http.Request) error {
	n, err := pageNumber(r)
	if err != nil {
		return err
	}
	all, err := s.agencies(r.Context())
	if err != nil {
		return err
	}
	start := min((n-1)*agencyPage, len(all))
	end := min(start+agencyPage, len(all))
	v := agenciesView{Head: s.Head(r, "单位"), pager: pagerOf("/agencies", n, end < len(all))}
	v.Head.Here, v.Head.Description = "/agencies", "各单位的电话、地址、办公时间和负责的事。"
	for _, a := range all[start:end] {
		region := a.Region
		if region == "" {
			region = "其他"
		}
		if len(v.Regions) == 0 || v.Regions[len(v.Regions)-1].Name != region {
			v.Regions = append(v.Regions, regionView{Name: region})
		}
		last := &v.Regions[len(v.Regions)-1]
		last.Agencies = append(last.Agencies, agencyRow{
			Name: a.Name, Href: agencyPath(a.ID), Sample: a.Sample, Matters: someOf(a.Matters, shownMatters),
		})
	}
	html, err := s.Pages.Render("agencies", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

// someOf joins at most n of a list, and says where there are more.
func someOf(all []string, n int) string {
	if len(all) > n {
		return strings.Join(all[:n], "、") + "等"
	}
	return strings.Join(all, "、")
}

type agencyView struct {
	Head                           page.Head
	Name, Region, Address, Aliases string
	Sample                         bool
	Old, Now, Note, Checked        string
	Phones                         []Part
	Website                        Part
	Matters                        []Part
	Week                           []dayView
	Guides, Rows                   []listRow
}

type dayView struct {
	Name  string
	Hours []string // the spans, each kept on one line
	Today bool
}

// Agency shows one office. corpus.ErrNotFound where there is none of that ID,
// or it is another account's.
func (s *Site) Agency(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("agency")
	all, err := s.agencies(r.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a corpus.Agency) bool { return a.ID == id })
	if i < 0 {
		return corpus.ErrNotFound
	}
	v, err := s.agencyView(r, all[i])
	if err != nil {
		return err
	}
	html, err := s.Pages.Render("agency", v)
	if err != nil {
		return err
	}
	send(w, r, html)
	return nil
}

func (s *Site) agencyView(r *http.Request, a corpus.Agency) (agencyView, error) {
	now := s.Now().In(corpus.Zone)
	v := agencyView{
		Head: s.Head(r, a.Name), Name: a.Name, Region: a.Region, Address: a.Address, Sample: a.Sample,
		Aliases: strings.Join(a.Aliases, "、"), Phones: dialled(a.Phone), Website: link(a.Website, a.Website),
		Now: openNow(a.Hours, now), Week: week(a.Hours, now), Note: strings.TrimRight(a.Hours.Note, "。"),
	}
	v.Head.Here, v.Head.NoIndex, v.Head.Canonical = "/agencies", a.Sample, s.BaseURL+agencyPath(a.ID)
	v.Head.Description = shorten(strings.Join(nonEmpty(a.Name, a.Phone, a.Address, someOf(a.Matters, shownMatters)), "，"), 120)
	v.Checked, v.Old = checked(a.Checked, now)
	for _, m := range a.Matters {
		v.Matters = append(v.Matters, link(m, searchPath(m)))
	}
	names := append([]string{a.Name}, a.Aliases...)
	pick := func(limit int, kinds ...corpus.Kind) ([]listRow, error) {
		d, err := s.Documents.Select(r.Context(), s.Account, corpus.Selection{Agencies: names, Kinds: kinds}, 0, limit)
		return s.rows(d), err
	}
	var err error
	if v.Guides, err = pick(maxGuides, corpus.Guide); err != nil {
		return v, err
	}
	v.Rows, err = pick(agencyRows, slices.DeleteFunc(corpus.Kinds(), func(k corpus.Kind) bool { return k == corpus.Guide })...)
	return v, err
}

func nonEmpty(all ...string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

var dialable = regexp.MustCompile(`[0-9][0-9 \-—－]{1,18}[0-9]`)

// dialled links the numbers of an agency's telephone field, whatever their
// form: the field holds nothing else.
func dialled(field string) []Part {
	var parts []Part
	done := 0
	for _, m := range dialable.FindAllStringIndex(field, -1) {
		if m[0] > done {
			parts = append(parts, Part{Text: field[done:m[0]]})
		}
		number := field[m[0]:m[1]]
		parts = append(parts, Part{Text: number, Href: "tel:" + template.URL(dial(strings.ReplaceAll(number, " ", "")))}) //nolint:gosec // digits and hyphens
		done = m[1]
	}
	if done < len(field) {
		parts = append(parts, Part{Text: field[done:]})
	}
	return parts
}

var weekdays = [7]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}

func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// eachSpan writes opening times, 9:00—12:00.
func eachSpan(all []corpus.Span) (parts []string) {
	for _, s := range all {
		parts = append(parts, clock(s.From)+"—"+clock(s.To))
	}
	return parts
}

// week lists the opening times from Monday on, nil where they are not known.
func week(h corpus.Hours, now time.Time) []dayView {
	if !h.Known() {
		return nil
	}
	var days []dayView
	for i := range 7 {
		day := time.Weekday((i + 1) % 7)
		v := dayView{Name: weekdays[day], Hours: eachSpan(h.On(day)), Today: day == now.Weekday()}
		if len(v.Hours) == 0 {
			v.Hours = []string{"休息"}
		}
		days = append(days, v)
	}
	return days
}

// openNow says whether an office is open by its weekly hours, which know
// nothing of holidays.
func openNow(h corpus.Hours, now time.Time) string {
	if !h.Known() {
		return ""
	}
	today := fmt.Sprintf("%d月%d日，%s", now.Month(), now.Day(), weekdays[now.Weekday()])
	all := h.On(now.Weekday())
	if len(all) == 0 {
		return today + "，平时这一天休息"
	}
	minute := now.Hour()*60 + now.Minute()
	for _, s := range all {
		switch {
		case minute < s.From:
			return today + "，按平时的时间现在没开门，" + clock(s.From) + "开门"
		case minute < s.To:
			return today + "，按平时的时间现在开着，到" + clock(s.To)
		}
	}
	return today + "，按平时的时间今天已经下班"
}

// checked says when an entry was last made sure of, and warns where that is
// long ago.
func checked(day corpus.Date, now time.Time) (when, old string) {
	if !day.Known() {
		return "", "这些资料没有核对日期，去之前请先打电话问一下。"
	}
	when = "资料核对日期：" + day.Chinese()
	if day < corpus.DayOf(now.AddDate(0, 0, -checkedFor)) {
		old = "这些资料上次核对是" + day.Chinese() + "，已超过半年，可能有变化，去之前请先打电话问一下。"
	}
	return when, old
}
