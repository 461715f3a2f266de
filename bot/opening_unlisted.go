package bot

import (
	"context"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// officeShape is what offices are called by that a directory may lack.
var officeShape = regexp.MustCompile(`^\p{Han}{0,6}(?:局|院|所|委|站|处|中心|银行|政务|政务服务)$`)

// officeNamed returns the office that a folded question about nothing but its
// times, phone or place names, and that the directory does not know: 税务局 of
// 税务局电话多少. "" is none.
func officeNamed(text string) string {
	left := strings.Trim(withoutOfficeWords().Replace(text), " 0123456789一二三四五六七八九十日")
	if !officeShape.MatchString(left) || !strings.Contains(text, left) || letters(left) < 2 {
		return ""
	}
	return left
}

// ofUnlisted answers about an office that is not in the directory: offers
// those that have its name in theirs, else says so. Another office's phone or
// a guide that happens to speak of a window would be wrong; ok is false where
// a document of that name or that office answers.
func (t *turn) ofUnlisted(ctx context.Context, view corpus.View, named, asked string, wants office) (reply Reply, ok bool, err error) {
	var like []corpus.Agency
	for _, a := range view.All() {
		if strings.Contains(index.FoldString(a.Name), named) {
			like = append(like, a)
		}
	}
	switch len(like) {
	case 0:
		f, err := t.find(ctx, asked, t.day)
		if err != nil {
			return Reply{}, false, err
		}
		if f.arrange(t.acc.AnswerAt); len(f.hits) > 0 && f.Confidence >= t.acc.AnswerAt {
			h := f.hits[0]
			if strings.Contains(index.FoldString(h.Title+" "+h.Agency), named) {
				return Reply{}, false, nil
			}
		}
		return t.say(Refused, "agency", sayUnlisted(t.acc, oneLine(named, 16))), true, nil
	case 1:
		return t.ofAgency(like[0], wants, index.FoldString(asked)), true, nil
	}
	// Without the name: the choice puts its own before what was asked.
	return t.whichAgency(like, strings.ReplaceAll(index.FoldString(asked), named, "")), true, nil
}

// ofSame reports whether what was found is of an agency's own documents.
func ofSame(view corpus.View, h standingHit, a corpus.Agency) bool {
	of, ok := view.Issuing(h.Document.Agency)
	return ok && of.ID == a.ID
}

func sayUnlisted(a Account, office string) string {
	return "“" + office + "”的电话、地址和办公时间，这里没有登记，不敢随便答您。\n\n可以问" + a.Hotline + "。"
}

// ofTwo answers a question about two agencies, 民政局和公积金中心周六上班吗.
// ok is false where it is about more than that.
func (t *turn) ofTwo(view corpus.View, first corpus.Mention, wants office, text string) (Reply, bool) {
	if first.Word == "" {
		return Reply{}, false
	}
	second := view.Named(first.Rest)
	if second.Word == "" || !onlyOffice(second.Rest) {
		return Reply{}, false
	}
	both := []corpus.Agency{first.Agencies[0], second.Agencies[0]}
	if strings.Index(text, second.Word) < strings.Index(text, first.Word) {
		both[0], both[1] = both[1], both[0]
	}
	if both[0].ID == both[1].ID {
		return t.ofAgency(both[0], wants, text), true
	}
	reply := t.say(Answered, "agency", "")
	reply.Confidence, reply.Engine = 1, "directory"
	var parts []string
	for _, a := range both {
		var said []string
		if wants.hours {
			s := t.sayOpening(a, text)
			if strings.HasSuffix(s, "：") {
				s += oneLine(a.Hours.Chinese(), 240)
			}
			said = append(said, s)
		}
		if wants.phone {
			said = append(said, sayPhone(a, t.acc.Hotline))
		}
		if wants.place {
			said = append(said, sayPlace(a))
		}
		source := t.agencySource(a, strings.Join(said, "\n"))
		reply.Sources = append(reply.Sources, source)
		said = append(said, sayChecked(a, t.day)+link(source.URL, "查看单位信息"))
		parts = append(parts, strings.Join(said, "\n"))
	}
	reply.Text = strings.Join(parts, "\n\n")
	return reply, len(reply.Text) <= answerBudget
}
