package bot

import (
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// ReasonReferred is the reason of a reply that says, as staff noted it, that no
// policy answers a question, and whom to ask: nothing is lacking any more.
const ReasonReferred = "referred"

// refer takes referrals out of what was found: they are never quoted. Where one
// is clearly what the question is most like, nothing is. again has those without
// which it is to be found once more: they came first, and another is as good.
func (f *findings) refer() (again []string) {
	if len(f.hits) == 0 || !slices.ContainsFunc(f.hits, standingHit.refers) {
		return nil
	}
	first := f.hits[0]
	for _, h := range f.hits {
		if h.refers() {
			again = append(again, h.Ref.Document)
		}
	}
	f.hits = slices.DeleteFunc(f.hits, standingHit.refers)
	if !first.refers() {
		return nil
	}
	clear := f.Confidence >= f.t.acc.AnswerAt && (len(f.hits) == 0 || first.ratherThan(f.hits[0]))
	f.Confidence = 0 // it was the referral's
	if clear {
		f.referral = &first
		return nil
	}
	return again
}

func (h standingHit) refers() bool { return h.Document.Referral() }

// ratherThan reports whether a question is a referral's rather than a document's:
// it is more like it, and either nearly word for word, or there is something in
// it of which the document does not speak. 敬老卡怎么办 has nothing that the
// rules on that card do not have: it is not what asks where to top it up.
func (h standingHit) ratherThan(document standingHit) bool {
	const (
		clearly = .97 // of its score, the document has less
		alike   = .75
		more    = .01 // of the question
	)
	return document.Score < clearly*h.Score && (h.Parts.Same >= alike || h.Parts.Document > document.Parts.Document+more)
}

// sayReferred says that no policy answers, in the words of staff where they wrote
// any, and whom to ask. who is that agency as it stands after 12345; "" where the
// directory does not have it.
func sayReferred(a Account, h standingHit, who string) string {
	const longest = 200 // characters of what staff wrote
	agency := h.Document.Refer
	said := strings.TrimSpace(h.Passage)
	if said == corpus.ReferralText(agency) {
		said = "这件事没有找到公开的规定，不敢随便答您。"
	}
	said = firstSentences(said, longest)
	switch {
	case who != "":
		return said + "\n\n请问" + who + "，也可以打" + a.Hotline + "。"
	case strings.Contains(agency, a.Hotline):
		return said + "\n\n请打" + a.Hotline + "问清楚。"
	}
	return said + "\n\n请问" + agency + "，也可以打" + a.Hotline + "。"
}
