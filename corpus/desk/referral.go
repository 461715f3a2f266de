package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// Bounds of a referral that is typed in.
const (
	maxReferralAgency = 100 // characters
	referralFile      = "转问.jsonl"
)

// Refer puts into the queue a referral: a question that no policy answers, and
// the agency that knows. It becomes a draft like any other upload. The error is a
// Denied or NotReady where it can't be taken.
func (d *Desk) Refer(ctx context.Context, by Actor, account, question, agency string) (Upload, error) {
	question, agency = lined(question), lined(agency)
	switch {
	case question == "":
		return Upload{}, NotReady{"请写下市民的问题"}
	case utf8.RuneCountInString(question) > corpus.MaxAskedRunes:
		return Upload{}, NotReady{fmt.Sprintf("问题超过%d个字，请改短", corpus.MaxAskedRunes)}
	case agency == "":
		return Upload{}, NotReady{"请填该问谁，例如：青岚市医疗保障局"}
	case utf8.RuneCountInString(agency) > maxReferralAgency:
		return Upload{}, NotReady{fmt.Sprintf("该问谁超过%d个字，请改短", maxReferralAgency)}
	}
	line, err := json.Marshal(map[string]string{"question": question, "refer": agency})
	if err != nil {
		return Upload{}, fmt.Errorf("desk: writing a referral: %w", err)
	}
	return d.Put(ctx, by, Upload{Name: referralFile, Account: account, Kind: corpus.FAQ}, line)
}
