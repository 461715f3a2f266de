package bot

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
)

// agencies is the directory as the account sees it.
func (t *turn) agencies() corpus.View {
	var d *corpus.Directory
	if t.r.Agencies != nil {
		d = t.r.Agencies()
	}
	return d.For(t.acc.Name, !t.acc.Own)
}

// whom returns the agency to turn to with a question: the one it names, the
// one that owns its matter, the one that such a matter belongs to, the one whose
// documents are nearest, or whose account it is. f may be nil.
func (t *turn) whom(asked string, f *findings) (corpus.Agency, bool) {
	view := t.agencies()
	if f != nil && f.referral != nil {
		return view.Issuing(f.referral.Document.Refer)
	}
	if a, ok := view.Named(asked).Agency(); ok {
		return a, true
	}
	if n := needOf(asked); n.sure {
		if a, ok := dealing(view, n); ok {
			return a, true
		}
	}
	if f != nil && len(f.hits) > 0 && f.likely >= itsMatter && f.Confidence >= t.acc.ChooseAt {
		if a, ok := view.Issuing(f.hits[0].Document.Agency); ok {
			return a, true
		}
	}
	n := needOf(asked)
	owners := matterIn(view, asked, n)
	if a, ok := owners.Agency(); ok && !n.sure {
		return a, true
	}
	if a, ok := dealing(view, n); ok {
		return a, true
	}
	if a, ok := f.nearest(view); ok && n.matter == "" {
		return a, true // of a matter whose agency is not known, another one's is chance
	}
	if a, ok := t.house(); ok {
		return a, true
	}
	if len(owners.Agencies) > 1 {
		return owners.Agencies[0], true
	}
	return corpus.Agency{}, false
}

//go:embed cues/bytheway.txt
var byTheWayFile string

// byTheWayCues are matters that stand in questions of other matters: who lives
// where, has which papers, is near what.
var byTheWayCues = sync.OnceValue(func() []string { return cueWords(byTheWayFile) })

// matterIn is the matter of the directory that a message is about: that of what
// it asks before what else it tells, one of its own before what stands in
// questions of any matter. Of two that are as likely and of different agencies it
// is none, and none of those by the way where words of another need decide.
func matterIn(view corpus.View, asked string, n need) corpus.Mention {
	asked = strings.ReplaceAll(asked, "居住证明", "住处证明") // no 居住证
	for _, text := range []string{question(asked), asked} {
		first := view.Owning(text)
		if len(first.Agencies) == 0 {
			continue
		}
		other := view.Owning(first.Rest)
		if slices.Contains(byTheWayCues(), first.Word) && len(other.Agencies) > 0 && !slices.Contains(byTheWayCues(), other.Word) {
			first, other = other, first
		}
		if letters(asked) > maxStory && len(other.Agencies) > 0 && !slices.Contains(byTheWayCues(), other.Word) && other.Agencies[0].ID != first.Agencies[0].ID {
			return corpus.Mention{} // as likely
		}
		if slices.Contains(byTheWayCues(), first.Word) {
			d, known := dealing(view, n)
			agrees := known && d.ID == first.Agencies[0].ID
			if n.matter != "" && !agrees || len(other.Agencies) > 0 && other.Agencies[0].ID != first.Agencies[0].ID {
				continue
			}
		}
		if d, known := dealing(view, n); mainMatter(view, first, first.Agencies[0], text) || known && d.ID == first.Agencies[0].ID {
			return first
		}
	}
	return corpus.Mention{}
}

// itsMatter is the index's confidence from which a question is the matter of the
// agency whose document comes first, whether or not that is told.
const itsMatter = .5

// mainMatter reports whether a message is about a matter that it mentions: a
// long one mentions much by the way, and has to come back to the agency's.
func mainMatter(view corpus.View, m corpus.Mention, a corpus.Agency, asked string) bool {
	const long = 60 // letters
	if letters(asked) <= long {
		return true
	}
	again, ok := view.Owning(m.Rest).Agency()
	return ok && again.ID == a.ID
}

// house is the agency whose account it is, as far as the directory knows it.
func (t *turn) house() (corpus.Agency, bool) {
	if t.acc.Agency == "" {
		return corpus.Agency{}, false
	}
	if a, ok := t.agencies().Issuing(t.acc.Agency); ok {
		return a, true
	}
	return corpus.Agency{Name: t.acc.Agency, Checked: t.day}, true
}

// alsoAt is the confidence from which two documents of one agency say that a
// question is its matter.
const alsoAt = .07

// nearest is the agency of what was found: of what comes first, where that
// answers, or where another of the first three is the same agency's.
func (f *findings) nearest(view corpus.View) (corpus.Agency, bool) {
	if f == nil || len(f.hits) == 0 || f.Confidence < nearAt {
		return corpus.Agency{}, false
	}
	if shown := f.choices(1); f.Confidence < f.t.acc.AnswerAt && len(shown) > 0 {
		id, _, _ := strings.Cut(shown[0].Ref, "#")
		if i := slices.IndexFunc(f.hits, func(h standingHit) bool { return h.Ref.Document == id }); i > 0 {
			return view.Issuing(f.hits[i].Document.Agency) // what is shown as the nearest
		}
	}
	first := f.hits[0].Document.Agency
	likely := f.Confidence >= f.t.acc.AnswerAt
	for _, h := range f.hits[1:min(3, len(f.hits))] {
		likely = likely || f.Confidence >= alsoAt && h.Document.Agency == first
	}
	if !likely {
		return corpus.Agency{}, false
	}
	return view.Issuing(first)
}

// who names the agency to turn to with a question, as it stands after 12345，或:
// where the directory has none, the sort of agency that deals with its matter in
// the whole country under one number; "" where that is not known either.
func (t *turn) who(asked string, f *findings) string {
	if a, ok := t.whom(asked, f); ok {
		return sayAgency(a, t.day)
	}
	n := needOf(asked)
	if n.phone == "" {
		return ""
	}
	who, _, _ := strings.Cut(n.who, "；")
	return who + "（" + n.phone + "）"
}

// dealing is the agency of the directory that a matter belongs to by its name.
func dealing(view corpus.View, n need) (corpus.Agency, bool) {
	if n.agency == "" {
		return corpus.Agency{}, false
	}
	for _, a := range view.All() {
		if strings.Contains(a.Name, n.agency) {
			return a, true
		}
	}
	return corpus.Agency{}, false
}

// sayAgency names an agency in a sentence: 青岚市民政局（0599-…，工作日9:00—17:00）.
func sayAgency(a corpus.Agency, day corpus.Date) string {
	var notes []string
	if a.Sample {
		notes = append(notes, "示例")
	}
	switch phones := a.Phones(); {
	case len(phones) > 0:
		number, _, _ := strings.Cut(phones[0], "（")
		notes = append(notes, oneLine(number, maxNumber))
	case a.Address != "":
		notes = append(notes, oneLine(a.Address, 30))
	}
	const briefly = 45 // characters
	switch hours := a.Hours.Brief(); {
	case a.StaleOn(day):
		notes = append(notes, "很久没核对，可能有变")
	case hours != "" && firstRunes(hours, briefly) == hours:
		notes = append(notes, hours)
	}
	s := oneLine(a.Name, maxAgency)
	if len(notes) > 0 {
		s += "（" + strings.Join(notes, "，") + "）"
	}
	return s
}

// or adds whom to turn to after a number: 12345，或….
func or(who string) string {
	if who == "" {
		return ""
	}
	return "，或" + who
}

// orAsk is or after 请打: 请打12345，或者问….
func orAsk(who string) string {
	if who == "" {
		return ""
	}
	return "，或者问" + who
}

// agencyAddress is the agency's page.
func (t *turn) agencyAddress(id string) string {
	return strings.TrimRight(t.acc.BaseURL, "/") + "/agencies/" + id
}

// agencySource is an agency's entry as what a reply rests on.
func (t *turn) agencySource(a corpus.Agency, said string) Source {
	return Source{
		Agency: a.ID, Title: a.Name, URL: t.agencyAddress(a.ID),
		Snippet: firstRunes(said, 300), Passage: said, Validity: corpus.Unknown, Score: 1,
	}
}
