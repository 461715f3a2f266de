package bot

import "time"

// Arrival is a request as it reached the door: what a channel's diagnosis
// looks at. It holds what citizens sent and is never logged or stored.
type Arrival struct {
	At     time.Time
	Method string
	Path   string
	Query  string // as it came, not decoded
	Length int64  // what the sender says the body has; -1 is not said
	Body   []byte // at most a little more than a callback may bring
	Broken bool   // the body broke off
}
