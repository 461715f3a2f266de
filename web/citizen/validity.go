package citizen

import (
	"sort"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Sign is a validity as citizens see it: one word, one shape, one colour (the
// class), the same everywhere. The zero Sign claims nothing.
type Sign struct{ Word, Shape, Class string }

var signs = map[corpus.Validity]Sign{
	corpus.InForce:    {"现行有效", "●", "in_force"},
	corpus.NotYet:     {"将施行", "◔", "not_yet"},
	corpus.Repealed:   {"已废止", "✕", "repealed"},
	corpus.Modified:   {"已修改", "△", "modified"},
	corpus.Expired:    {"已失效", "○", "expired"},
	corpus.Superseded: {"已失效", "○", "superseded"},
}

// signOn returns the sign of a document on a day. A draft for consultation
// has none: it never was a rule.
func signOn(d corpus.Document, day corpus.Date) Sign {
	if d.Kind == corpus.Consultation {
		return Sign{"征求意见稿", "◔", "not_yet"}
	}
	return signs[d.ValidityOn(day)]
}

// state is the first thing that a document's page says. Text is empty where
// the sign says it all.
type state struct {
	Sign Sign
	Text []Part
}

// endingSoon is how long before its last day a document warns of it.
const endingSoon = 90 * 24 * time.Hour

func stateOn(d corpus.Document, day corpus.Date) state {
	s := state{Sign: signOn(d, day)}
	if d.Kind == corpus.Consultation {
		s.Text = words("这是征求意见的草稿，还不是规定，不能作为办事的依据。")
		return s
	}
	switch d.ValidityOn(day) {
	case corpus.Repealed:
		s.Text = replaced(d, day, corpus.Repeals, "废止")
	case corpus.Superseded:
		s.Text = replaced(d, day, corpus.Supersedes, "被新的规定代替")
	case corpus.Expired:
		s.Text = words("请注意：本文件的有效期到" + d.Expires.Chinese() + "为止，现在不再执行。")
	case corpus.NotYet:
		s.Text = words("本文件从" + d.Effective.Chinese() + "起施行，今天还不执行。")
		if olds := titles(d.Declares, true, corpus.Repeals, corpus.Supersedes, corpus.Amends); len(olds) > 0 {
			s.Text = append(append(append(s.Text, Part{Text: "今天仍按"}), olds...), Part{Text: "执行。"})
		}
	case corpus.Modified:
		if by := titles(past(d.Receives, day), false, corpus.Amends); len(by) > 0 {
			s.Text = append(append(words("本文件的部分内容已由"), by...), Part{Text: "修改，请一起看。"})
		}
	case corpus.InForce, corpus.Unknown:
	}
	if d.ValidityOn(day).Quotable() {
		s.Text = append(s.Text, ending(d, day)...)
	}
	return s
}

// replaced says since when a document is out of force and what holds in its
// place.
func replaced(d corpus.Document, day corpus.Date, kind corpus.RelationKind, how string) []Part {
	if r, ok := d.SuccessorOn(day); ok && r.Kind == corpus.Supersedes && r.On.Known() && corpus.TitleKey(r.Title) == corpus.TitleKey(d.Title) && d.Standard == "" {
		if d.Copied(r) {
			return []Part{{Text: "同名同日的文件收录了两份，请看"}, link("现行的那一份", path(r.From, "")), {Text: "。"}}
		}
		return []Part{{Text: "请注意：这是旧版本，现在按"}, link(r.On.Chinese()+"起的版本", path(r.From, "")), {Text: "执行。"}}
	}
	since := "已"
	done := past(d.Receives, day)
	for _, r := range done {
		if r.Kind == kind && r.On.Known() {
			since = "已于" + r.On.Chinese()
			break
		}
	}
	text := words("请注意：本文件" + since + how)
	if by := titles(done, false, corpus.Repeals, corpus.Supersedes); len(by) > 0 {
		return append(append(append(text, Part{Text: "，现在按"}), by...), Part{Text: "执行。"})
	}
	return append(text, Part{Text: "。"})
}

// ending warns of a document in force that another is going to replace, or
// that expires soon.
func ending(d corpus.Document, day corpus.Date) []Part {
	for _, r := range d.Receives {
		if (r.Kind == corpus.Repeals || r.Kind == corpus.Supersedes) && r.On > day {
			by := titles([]corpus.Relation{r}, false, r.Kind)
			if len(by) == 0 {
				return words("本文件执行到" + r.On.Chinese() + "以前。")
			}
			return append(append(words("从"+r.On.Chinese()+"起改按"), by...), Part{Text: "执行，在那以前仍按本文件。"})
		}
	}
	if !d.Expires.Known() {
		return nil
	}
	last, err := time.Parse(time.DateOnly, string(d.Expires))
	now, err2 := time.Parse(time.DateOnly, string(day))
	if err != nil || err2 != nil || last.Sub(now) > endingSoon {
		return nil
	}
	return words("本文件的有效期到" + d.Expires.Chinese() + "为止。")
}

// past returns the relations that have taken effect, earliest first.
func past(relations []corpus.Relation, day corpus.Date) []corpus.Relation {
	var done []corpus.Relation
	for _, r := range relations {
		if !r.On.Known() || r.On <= day {
			done = append(done, r)
		}
	}
	sort.SliceStable(done, func(i, j int) bool { return done[i].On < done[j].On })
	return done
}

// titles returns the other ends of relations of these kinds, linked, with 、
// between them. declared says that they are the document's own relations.
func titles(relations []corpus.Relation, declared bool, kinds ...corpus.RelationKind) []Part {
	var parts []Part
	seen := map[string]bool{}
	for _, r := range relations {
		id := r.From
		if declared {
			id = r.To
		}
		if r.Title == "" || seen[id] || !has(kinds, r.Kind) {
			continue
		}
		seen[id] = true
		if len(parts) > 0 {
			parts = append(parts, Part{Text: "、"})
		}
		parts = append(parts, link(quoted(r.Title), path(id, "")))
	}
	return parts
}

func has(kinds []corpus.RelationKind, k corpus.RelationKind) bool {
	for _, one := range kinds {
		if one == k {
			return true
		}
	}
	return false
}
