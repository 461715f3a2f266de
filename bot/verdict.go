package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Verdicts takes what citizens say of what they were told: a LedgerJournal.
type Verdicts interface {
	// Judge keeps a verdict, one of each person, document and day: the last
	// counts.
	Judge(ctx context.Context, account, person string, v Verdict) error
}

// Verdict is 有用 or 没用.
type Verdict struct {
	Document string
	Useful   bool
	Record   string // the key of the answer that it is about; "": the document's page
}

// Ballot is a verdict as it is kept.
type Ballot struct {
	// Voter is an HMAC of account, person and day: a person's ballots of two days
	// have nothing in common, and nothing with their questions.
	Voter   string
	Account string
	Verdict
	At time.Time
}

// Ballots is where verdicts are kept.
type Ballots interface {
	// Vote keeps a ballot in the place of the voter's before it. The error is
	// corpus.ErrNotFound where the document is not published.
	Vote(ctx context.Context, b Ballot) error
}

// Judge implements Verdicts. The error is corpus.ErrNotFound where the document
// is not published, or wraps ErrJournal.
func (j *LedgerJournal) Judge(ctx context.Context, account, person string, v Verdict) error {
	now := j.now()
	err := j.ballots.Vote(ctx, Ballot{Voter: j.seal.voter(account, person, string(corpus.DayOf(now))), Account: account, Verdict: v, At: now})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJournal, err)
	}
	return nil
}

// ReasonVerdict is the reason of a reply to 有用 or 没用.
const ReasonVerdict = "verdict"

var (
	usefulWords  = []string{"有用", "很有用", "有用的", "挺有用", "有帮助", "很有帮助"}
	uselessWords = []string{"没用", "没有用", "没什么用", "没啥用", "没帮助", "没有帮助", "无用"}
)

// verdictIn reads a message that is a verdict and nothing else: one that has
// more in it asks something.
func verdictIn(text string) (useful, ok bool) {
	text = strings.Trim(text, " 。，,.!！~“”\"'")
	switch {
	case slices.Contains(usefulWords, text):
		return true, true
	case slices.Contains(uselessWords, text):
		return false, true
	}
	return false, false
}

// judged takes a verdict on the last reply, where that was an answer within the
// last ten minutes. ok is false where the message is none, or there is nothing
// that it could be about.
func (t *turn) judged(ctx context.Context, text string) (reply Reply, ok bool, err error) {
	useful, ok := verdictIn(text)
	if !ok || t.r.Verdicts == nil || t.r.Memory == nil || t.q.Person == "" {
		return Reply{}, false, nil
	}
	last, err := t.r.Memory.Recent(ctx, t.q.Account, t.q.Person, t.r.Now().Add(-remembered))
	if err != nil || last.Answer.Document == "" {
		return Reply{}, false, err
	}
	v := last.Answer
	v.Useful = useful
	if err := t.r.Verdicts.Judge(ctx, t.q.Account, t.q.Person, v); err != nil {
		// The word of thanks would not be true; everything else is answered.
		return Reply{}, false, err
	}
	if useful {
		return t.say(SmallTalk, ReasonVerdict, sayUseful()), true, nil
	}
	return t.say(SmallTalk, ReasonVerdict, sayUseless(t.acc, t.who(Substance(Clean(last.Question)), nil))), true, nil
}

func sayUseful() string { return "谢谢，记下了。还有想问的，随时发给我。" }

func sayUseless(a Account, who string) string {
	return "谢谢您告诉我，已经记下，管这份文件的人会看到。\n请换个说法再发一次，写明是谁、想办什么事，我重新查。\n\n也可以问" + a.Hotline + or(who) + "。"
}
