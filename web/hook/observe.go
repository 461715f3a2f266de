package hook

import (
	"errors"
	"strings"
	"time"

	"github.com/policybot/policybot/bot"
)

// What Config.Observe is told beside the statuses of bot.
const (
	Repeat   = "repeat"   // answered before: the reason is the first one's status, where it is known
	Stale    = "stale"    // answered more than a minute ago: acknowledged
	Verified = "verified" // the platform asked whether the token is right
	Rejected = "rejected" // not answered: the reason says why
)

// NotDelivered is the reason of a callback whose reply could not be written,
// as the platform had hung up.
const NotDelivered = "not delivered"

// observe tells Observe of a callback that has been dealt with.
func (h *Hook) observe(account, status, reason string, start time.Time) {
	if h.Observe != nil {
		h.Observe(account, status, reason, h.Now().Sub(start))
	}
}

// cause is why a callback was refused, in the channel's fixed words.
func cause(err error) string {
	for _, known := range []error{bot.ErrUnauthorized, bot.ErrMalformed} {
		if errors.Is(err, known) {
			return strings.TrimPrefix(err.Error(), known.Error()+": ")
		}
	}
	return "other"
}
