package corpus

// Application is a span of days within which one can apply for something, 报名,
// 申领, 换领, as a notice or a guide states it.
type Application struct {
	What   string `json:"what"`            // 报名, 申领, 换领, 缴费 …
	From   Date   `json:"from,omitempty"`  // first day; "" is open already
	Until  Date   `json:"until,omitempty"` // last day; "" has no end
	Anchor string `json:"anchor"`          // of the passage that says it
}

// Opening says whether one can apply.
type Opening string

// The states of an application.
const (
	NotOpenYet Opening = "upcoming" // 尚未开始
	OpenNow    Opening = "open"     // 正在受理
	Closed     Opening = "closed"   // 已经截止
)

// On says whether one can apply on a day.
func (a Application) On(day Date) Opening {
	switch {
	case a.From.Known() && day < a.From:
		return NotOpenYet
	case a.Until.Known() && a.Until < day:
		return Closed
	}
	return OpenNow
}
