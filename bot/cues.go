package bot

import (
	"fmt"
	"maps"
	"slices"
)

// Routes of a Cue: what a message is, not being a question.
const (
	CueEmergency = "emergency"
	CueComplaint = "complaint"
)

// CueRoutes returns all routes; those after CueComplaint are of whole messages
// that ask nothing.
func CueRoutes() []string {
	return []string{CueEmergency, CueComplaint, "hello", "thanks", "bye", "who", "human", "wrong"}
}

// Cue is a piece of a message that routes it, or, of small talk, the whole of
// it without punctuation.
type Cue struct {
	Text   string
	Route  string
	Weight int // of a complaint: from 2 the message is handed over; 0 switches the cue off
}

// Check says what is wrong with a cue.
func (c Cue) Check() error {
	switch {
	case !slices.Contains(CueRoutes(), c.Route):
		return fmt.Errorf("a cue routes to none of %v", CueRoutes())
	case c.Route == CueComplaint && (c.Weight < 0 || c.Weight > complaintAt):
		return fmt.Errorf("the weight of a complaint's cue is 0, 1 or %d", complaintAt)
	case c.Route != CueComplaint && c.Weight != 0:
		return fmt.Errorf("only a complaint's cue has a weight")
	case (c.Route == CueEmergency || c.Route == CueComplaint) && letters(c.Text) < 2:
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
		emergency: slices.Clone(base.emergency), complaint: slices.Clone(base.complaint), smallTalk: maps.Clone(base.smallTalk),
	}}
	for _, m := range more {
		if m.Check() != nil {
			continue
		}
		switch m.Route {
		case CueEmergency:
			c.emergency = append(c.emergency, emergencyCue{text: m.Text})
		case CueComplaint:
			c.complaint = slices.DeleteFunc(c.complaint, func(o complaintCue) bool { return o.text == m.Text })
			c.complaint = append(c.complaint, complaintCue{m.Text, m.Weight})
		default:
			c.smallTalk[m.Text] = m.Route
		}
	}
	return c
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
