package corpus

import "time"

// Agency is an office that citizens turn to: whom to ask where nothing was
// found, who takes a complaint, when a window is open. Everything but ID and
// Name may be unknown, and is then left unsaid.
type Agency struct {
	ID      string   // stable, chosen by its importer: [A-Za-z0-9._-]{1,128}
	Account string   // the account that owns the entry; "" is shared by all
	Name    string   // 青岚市民政局; never empty
	Aliases []string // 民政局, 市民政局
	Region  string   // 青岚市
	Matters []string // what it is responsible for: 敬老卡, 低保
	Address string   // 青岚市文昌路18号
	Hours   Hours    //
	Phone   string   // 0599-1234567; several are separated by 、
	Website string   // https://…
	Checked Date     // when somebody last made sure that all this is right
	Sample  bool     // of the invented city: marked 示例 everywhere
}

// Hours are the times at which an office is open.
type Hours struct {
	Week [7][]Span `json:"week"`           // by time.Weekday; none is closed, if Known
	Note string    `json:"note,omitempty"` // 法定节假日休息
}

// Span is a part of a day in minutes after midnight: 9:00–12:00 is {540, 720}.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Known reports whether any opening time is known.
func (h Hours) Known() bool {
	for _, spans := range h.Week {
		if len(spans) > 0 {
			return true
		}
	}
	return false
}

// On returns the opening times of a weekday, none where it is closed.
func (h Hours) On(day time.Weekday) []Span { return h.Week[day] }
