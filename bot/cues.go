package bot

import (
	"fmt"
	"maps"
	"slices"
)

// Routes of a Cue: what a message is, not being a question.
const (
	CueEmergency  = "emergency"
	CueComplaint  = "complaint" // or a request for help
	CueSuggestion = "suggestion"
	CueAbuse      = "abuse"
)

// CueRoutes returns all routes; those after CueAbuse are of whole messages that
// ask nothing.
func CueRoutes() []string {
	return []string{CueEmergency, CueComplaint, CueSuggestion, CueAbuse, "hello", "thanks", "bye", "who", "human", "wrong"}
}

// Cue is a piece of a message that routes it, or, of small talk, the whole of
// it without punctuation.
type Cue struct {
	Text   string
	Route  string
	Weight int // of a complaint or a suggestion: from a sum of 2 the message is handed over; 0 switches the cue off
}

// weighed reports whether cues of a route have weights.
func weighed(route string) bool { return route == CueComplaint || route == CueSuggestion }

// Check says what is wrong with a cue.
func (c Cue) Check() error {
	switch {
	case !slices.Contains(CueRoutes(), c.Route):
		return fmt.Errorf("a cue routes to none of %v", CueRoutes())
	case weighed(c.Route) && (c.Weight < 0 || c.Weight > handOverAt):
		return fmt.Errorf("the weight of a %s's cue is 0, 1 or %d", c.Route, handOverAt)
	case !weighed(c.Route) && c.Weight != 0:
		return fmt.Errorf("only the cue of a complaint or a suggestion has a weight")
	case (weighed(c.Route) || c.Route == CueEmergency || c.Route == CueAbuse) && letters(c.Text) < 2:
		return fmt.Errorf("a cue of one letter is in too many messages")
	}
	return nil
}

// Cues route messages. They never change.
type Cues struct{ cues }

// NewCues returns the cues of the program with more of them. Those of an
// emergency are never fewer; of the same text the added ones count. What does
// not pass Check is left out.
func NewCues(more []Cue) *Cues {
	base := shippedCues()
	c := &Cues{cues{
		emergency: slices.Clone(base.emergency), complaint: slices.Clone(base.complaint), suggestion: slices.Clone(base.suggestion),
		abuse: slices.Clone(base.abuse), smallTalk: maps.Clone(base.smallTalk),
	}}
	for _, m := range more {
		if m.Check() != nil {
			continue
		}
		switch m.Route {
		case CueEmergency:
			c.emergency = append(c.emergency, plainCue{text: m.Text})
		case CueAbuse:
			c.abuse = append(c.abuse, plainCue{text: m.Text})
		case CueComplaint:
			c.complaint = withCue(c.complaint, m)
		case CueSuggestion:
			c.suggestion = withCue(c.suggestion, m)
		default:
			c.smallTalk[m.Text] = m.Route
		}
	}
	return c
}

// withCue puts a cue in the place of the one of its text.
func withCue(all []weighedCue, m Cue) []weighedCue {
	all = slices.DeleteFunc(all, func(o weighedCue) bool { return o.text == m.Text })
	return append(all, weighedCue{m.Text, m.Weight})
}

// cues returns those that a message is routed by.
func (r *Responder) cues() cues {
	if r.Cues != nil {
		if c := r.Cues(); c != nil {
			return c.cues
		}
	}
	return shippedCues()
}
