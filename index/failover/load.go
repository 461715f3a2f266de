package failover

const (
	// maxInFlight is how many questions an engine has at a time at most, those
	// included that it was not waited for any longer. More would only wait for
	// each other within the server, beyond everybody's budget.
	maxInFlight = 16
	minInFlight = 2  // at least, and after a rest
	step        = 16 // answers for each place make one place more
)

// load decides how many questions an engine has at a time. It is halved when
// answers are late and grows by one after many that were not, so that what is
// too much for the engine's machine goes to the embedded index at once, and the
// engine is not called ill for it.
type load struct {
	room int32
	good int32 // answers in time since room changed
}

func (l *load) late() {
	l.room, l.good = max(minInFlight, l.room/2), 0
}

func (l *load) answered() {
	if l.good++; l.good >= step*l.room {
		l.room, l.good = min(maxInFlight, l.room+1), 0
	}
}
