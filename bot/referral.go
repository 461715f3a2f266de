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
	const clearly = .97 // of its score, all others have less
	clear := f.Confidence >= f.t.acc.AnswerAt && (len(f.hits) == 0 || f.hits[0].Score < clearly*first.Score)
	f.Confidence = 0 // it was the referral's
	if clear {
		f.referral = &first
		return nil
	}
	return again
}

func (h standingHit) refers() bool { return h.Document.Referral() }

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
