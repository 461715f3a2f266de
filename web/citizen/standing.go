package citizen

import (
	"cmp"
	"slices"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
)

// passageState says what became of a passage alone while its document holds;
// nil where nothing did.
func passageState(d corpus.Document, p corpus.Passage, day corpus.Date) *state {
	if d.Kind == corpus.Consultation || !d.ValidityOn(day).Quotable() {
		return nil
	}
	what := "这一部分"
	switch {
	case rule.MatchString(p.Label):
		what = "此条"
	case len(p.Columns) > 0:
		what = "这一项"
	}
	v := d.PassageValidityOn(p, day)
	switch {
	case v == corpus.NotYet:
		return &state{signs[v], words(what + "从" + p.From.Chinese() + "起执行，今天还不执行。")}
	case !v.Quotable():
		for _, r := range past(d.Receives, day) {
			if !r.Whole() && r.Touches(p.Anchor) && (r.Kind == corpus.Repeals || r.Kind == corpus.Supersedes) {
				return &state{signs[v], done(what+"已"+since(r.On)+"停止执行", r)}
			}
		}
		if p.Until.Known() && p.Until <= day {
			return &state{signs[v], words(what + "从" + p.Until.Chinese() + "起不再执行。")}
		}
		return nil
	}
	for _, r := range past(d.Receives, day) {
		if r.Kind == corpus.Amends && !r.Whole() && r.Touches(p.Anchor) {
			return &state{signs[corpus.Modified], done(what+"已"+since(r.On)+"修改", r)}
		}
	}
	return nil
}

// since writes 于2023年1月1日, 经 where the day is not known.
func since(on corpus.Date) string {
	if on.Known() {
		return "于" + on.Chinese()
	}
	return "经"
}

// done ends a sentence with what did it: …，见《…》第三十条。
func done(text string, r corpus.Relation) []Part {
	if r.Title == "" {
		return words(text + "。")
	}
	return []Part{{Text: text + "，见"}, link(quoted(r.Title)+bot.Cited(r.Label), path(r.From, r.Place)), {Text: "。"}}
}

// chain are the reasons of a validity, each with the place to read it, where
// they say more than the sentence above them.
func chain(d corpus.Document, day corpus.Date) [][]Part {
	if d.Kind == corpus.Guide || d.Kind == corpus.FAQ {
		return nil // fallen says what there is to say
	}
	var out [][]Part
	elsewhere := false
	for _, r := range d.ReasonsOn(day) {
		line := words(r.Text)
		if r.Document != "" && r.Document != d.ID {
			elsewhere = true
			line = []Part{{Text: r.Text + "。"}, link("去看", path(r.Document, r.Anchor))}
		}
		out = append(out, line)
	}
	if !elsewhere {
		return nil
	}
	return out
}

// edition is a dated version of the document, or the standard of another year.
type edition struct {
	Title Part
	Day   string
	Sign  Sign
	Here  bool // this page
}

// editions lists the document among those that took each other's place, the
// newest first; nil where it is the only one. now names the one in force.
func editions(d corpus.Document, day corpus.Date) (all []edition, now string) {
	type version struct {
		begins, ends corpus.Date
		id, title    string
		fate         corpus.Validity
	}
	from, until, fate := d.OwnWindow()
	versions := []version{{from, until, d.ID, d.Title, fate}}
	add := func(r corpus.Relation, id string) {
		known := slices.ContainsFunc(versions, func(v version) bool { return v.id == id })
		if r.Kind == corpus.Supersedes && r.Whole() && r.Title != "" && !known {
			versions = append(versions, version{r.Begins, r.Ends, id, r.Title, r.Fate})
		}
	}
	for _, r := range d.Receives {
		add(r, r.From)
	}
	for _, r := range d.Declares {
		add(r, r.To)
	}
	if len(versions) == 1 {
		return nil, ""
	}
	slices.SortStableFunc(versions, func(a, b version) int {
		return cmp.Or(cmp.Compare(b.begins, a.begins), cmp.Compare(a.id, b.id))
	})
	for _, v := range versions {
		e := edition{Title: Part{Text: quoted(v.title)}, Here: v.id == d.ID}
		if !e.Here {
			e.Title = link(quoted(v.title), path(v.id, ""))
		}
		e.Day = days(v.begins, v.ends)
		switch {
		case v.begins > day:
			e.Sign = signs[corpus.NotYet]
		case v.ends.Known() && v.ends <= day:
			e.Sign = signs[cmp.Or(v.fate, corpus.Superseded)]
		case v.begins.Known():
			e.Sign, now = signs[corpus.InForce], v.begins.Chinese()
		}
		all = append(all, e)
	}
	return all, now
}

// days writes [from, until) as people do.
func days(from, until corpus.Date) string {
	switch {
	case from.Known() && until.Known() && until <= from: // a copy of another
		return from.Chinese() + "起，重复收录"
	case from.Known() && until.Known():
		return from.Chinese() + "起，" + until.Chinese() + "以前"
	case from.Known():
		return from.Chinese() + "起"
	case until.Known():
		return until.Chinese() + "以前"
	}
	return ""
}

// window is when one can apply, as of today.
type window struct {
	What, Days, Now string
	Sign            string // class: in_force, not_yet, expired
	Href            string
}

func windows(d corpus.Document, day corpus.Date) []window {
	var out []window
	for _, a := range d.Applications {
		w := window{What: a.What, Href: "#" + a.Anchor}
		switch {
		case a.From.Known() && a.Until.Known():
			w.Days = a.From.Chinese() + "至" + a.Until.Chinese()
		case a.From.Known():
			w.Days = "从" + a.From.Chinese() + "开始"
		case a.Until.Known():
			w.Days = "到" + a.Until.Chinese() + "止"
		}
		switch a.On(day) {
		case corpus.OpenNow:
			w.Now, w.Sign = "今天正在受理", "in_force"
		case corpus.NotOpenYet:
			w.Now, w.Sign = "还没开始", "not_yet"
		case corpus.Closed:
			w.Now, w.Sign = "已经截止", "expired"
		}
		out = append(out, w)
	}
	return out
}

// fallen warns that what a guide or an FAQ rests on does not hold any more.
func fallen(d corpus.Document, day corpus.Date) []Part {
	r, ok := d.Fallen(day)
	if !ok || d.Kind == corpus.Interpretation {
		return nil // its own state says it
	}
	what := "这份指南"
	if d.Kind == corpus.FAQ {
		what = "这条回答"
	}
	end := "已经不再执行"
	if r.Ends.Known() {
		end = "从" + r.Ends.Chinese() + "起不再执行"
	}
	return []Part{{Text: "请注意：" + what + "依据的"}, link(quoted(r.Title), path(r.To, "")), {Text: end + "，内容可能已经变了，办理前请先问清楚。"}}
}
