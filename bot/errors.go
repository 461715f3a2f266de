package bot

import "errors"

var (
	// ErrUnauthorized is a callback whose signature, time, sender or
	// encryption is not right. It never says which.
	ErrUnauthorized = errors.New("bot: callback refused")
	// ErrMalformed is an authentic callback that cannot be read.
	ErrMalformed = errors.New("bot: malformed callback")
	// ErrStale is a repeat of a question answered more than a minute ago:
	// acknowledge it, say nothing.
	ErrStale = errors.New("bot: answered before")
)
