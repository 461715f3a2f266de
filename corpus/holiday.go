package corpus

// Holiday is what the State Council's yearly arrangement (部分节假日安排) makes
// of a day.
type Holiday struct {
	Name string // 国庆节; "" is a day like any other of its weekday
	Work bool   // a day of the weekend that is worked in exchange (调休)
}

// Off reports whether the day is a public holiday.
func (h Holiday) Off() bool { return h.Name != "" && !h.Work }
