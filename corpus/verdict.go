package corpus

import "slices"

// StartsOn returns the day from which the document holds: the later of its
// effect and of its signing, adoption or last amendment, for an amended text
// repeats the first clause of effect. A policy without a clause of effect holds
// from the day it was signed or adopted (GB/T 9704-2012, 7.2.11). "" is not
// known.
func (d Document) StartsOn() Date {
	if !d.Effective.Known() {
		if d.Kind == Policy || d.Kind == Catalogue {
			return d.Written
		}
		return ""
	}
	return max(d.Effective, d.Written)
}

// ValidityOn computes the validity on a day. A repeal or a later edition
// counts from the day it takes effect; the earliest decides. An interpretation
// is what the policy is that it explains, once that is out of force. A document
// of which no day is known is Unknown, as is a draft for comment: never
// InForce.
func (d Document) ValidityOn(day Date) Validity { return d.judge().on(day) }

// Window returns the days [from, until) on which the document may be quoted;
// "" is unbounded. It agrees with ValidityOn: Quotable within, not outside.
func (d Document) Window() (from, until Date) { return d.judge().window() }

// OwnWindow is Window without what an interpretation takes over from its
// policy. fate is what the document is from until on; "" where it has no end.
func (d Document) OwnWindow() (from, until Date, fate Validity) {
	d.Declares = nil
	v := d.judge()
	from, until = v.window()
	if until.Known() {
		fate = v.on(until)
	}
	return from, until, fate
}

// PassageValidityOn is ValidityOn for one passage: an article that alone was
// repealed, a row of a catalogue with days of its own. What is done to other
// passages does not count.
func (d Document) PassageValidityOn(p Passage, day Date) Validity {
	return d.passage(p).judge().clip(p).on(day)
}

// PassageWindow is Window for one passage.
func (d Document) PassageWindow(p Passage) (from, until Date) {
	return d.passage(p).judge().clip(p).window()
}

// passage returns the document as its relations touch one passage.
func (d Document) passage(p Passage) Document {
	partial := func(r Relation) bool { return !r.Whole() }
	if !slices.ContainsFunc(d.Receives, partial) {
		return d
	}
	received := make([]Relation, 0, len(d.Receives))
	for _, r := range d.toArticles() {
		if r.Touches(p.Anchor) {
			r.Anchors = nil
			received = append(received, r)
		}
	}
	d.Receives = received
	return d
}

// toArticles are the relations that a document receives, without those of an
// amendment to all of it whose text says which of its articles are meant: its
// metadata can only name the document.
func (d Document) toArticles() []Relation {
	said := func(whole Relation) bool {
		return slices.ContainsFunc(d.Receives, func(r Relation) bool {
			return r.Kind == Amends && !r.Whole() && r.From == whole.From
		})
	}
	if !slices.ContainsFunc(d.Receives, func(r Relation) bool { return r.Kind == Amends && r.Whole() && said(r) }) {
		return d.Receives
	}
	return slices.DeleteFunc(slices.Clone(d.Receives), func(r Relation) bool {
		return r.Kind == Amends && r.Whole() && said(r)
	})
}

// Amended returns the relation that last changed a passage by a day. ok is
// false where none did, and where it is only known that something of the
// document was changed.
func (d Document) Amended(anchor string, day Date) (last Relation, ok bool) {
	for _, r := range d.Receives {
		if r.Kind == Amends && !r.Whole() && r.Touches(anchor) && r.from() <= day && (!ok || r.from() >= last.from()) {
			last, ok = r, true
		}
	}
	return last, ok
}

// verdict is what decides about a document, or a passage, on every day.
type verdict struct {
	draft    bool
	start    Date      // "" is not known
	cut      *Relation // repeals it, or is a later edition; the earliest
	cutOn    Date
	expired  Date // the first day after it expired; "" is none
	policy   *Relation
	rows     [2]Date // the days of a row, [from, until)
	modified []Relation
}

func (d Document) judge() verdict {
	if d.Kind == Consultation {
		return verdict{draft: true}
	}
	v := verdict{start: d.StartsOn()}
	if d.Expires.Known() {
		v.expired = d.Expires.next()
	}
	received := d.toArticles()
	for i := range received {
		r := &received[i]
		switch {
		case r.Kind == Amends, r.Kind == Repeals && !r.Whole(), r.Kind == Supersedes && !r.Whole():
			v.modified = append(v.modified, *r)
		case r.Kind == Repeals, r.Kind == Supersedes:
			if on := r.from(); v.cut == nil || on < v.cutOn {
				v.cut, v.cutOn = r, on
			}
		}
	}
	if d.Kind == Interpretation {
		v.policy = d.restsOn()
	}
	return v
}

// from is the day from which a relation counts.
func (r Relation) from() Date {
	if r.On.Known() {
		return r.On
	}
	return firstDay
}

// clip narrows a verdict to the days that a row names for itself.
func (v verdict) clip(p Passage) verdict {
	v.rows = [2]Date{p.From, p.Until}
	return v
}

// on is the validity on a day.
func (v verdict) on(day Date) Validity {
	policy := v.policy
	if policy == nil {
		policy = &Relation{}
	}
	switch {
	case v.draft:
		return Unknown
	case v.cut != nil && v.cutOn <= day:
		return v.cut.outcome()
	case v.expired.Known() && v.expired <= day, v.rows[1].Known() && v.rows[1] <= day:
		return Expired
	case policy.Ends.Known() && policy.Ends <= day:
		return policy.fallen()
	case v.start > day, policy.Begins > day, v.rows[0] > day:
		return NotYet
	case slices.ContainsFunc(v.modified, func(r Relation) bool { return r.from() <= day }):
		return Modified
	case !v.start.Known():
		return Unknown
	}
	return InForce
}

// window is when a verdict is Quotable.
func (v verdict) window() (from, until Date) {
	if v.draft {
		return "", ""
	}
	from = max(v.start, v.rows[0])
	ends := []Date{v.expired, v.rows[1]}
	if v.cut != nil {
		ends = append(ends, v.cutOn)
	}
	if v.policy != nil {
		from = max(from, v.policy.Begins)
		ends = append(ends, v.policy.Ends)
	}
	for _, end := range ends {
		if end.Known() && (until == "" || end < until) {
			until = end
		}
	}
	return from, until
}

// outcome is what a relation that takes a document out of force makes of it.
func (r Relation) outcome() Validity {
	if r.Kind == Supersedes {
		return Superseded
	}
	return Repealed
}

// fallen is what the other end is once it has ended.
func (r Relation) fallen() Validity {
	if r.Fate.Quotable() || r.Fate == "" || r.Fate == NotYet {
		return Expired
	}
	return r.Fate
}

// restsOn returns the policy whose end is the end of what explains it: of the
// policies that a document explains the one that stands longest; of several
// editions of a title the last. nil where it explains none that a store knows.
func (d Document) restsOn() *Relation {
	var longest *Relation
	for i := range d.Declares {
		r := &d.Declares[i]
		if r.Kind != Interprets || r.Title == "" {
			continue
		}
		if longest == nil || longest.Ends.Known() && (!r.Ends.Known() || r.Ends > longest.Ends) {
			longest = r
		}
	}
	if longest == nil {
		return nil
	}
	// It speaks from the day on which the first of them does.
	whole := *longest
	for _, r := range d.Declares {
		if r.Kind == Interprets && r.Title != "" && r.Begins < whole.Begins {
			whole.Begins = r.Begins
		}
	}
	return &whole
}

// Fallen returns the policy that an interpretation, a guide or an FAQ rests on
// and that is out of force on a day, while no other edition of it stands.
func (d Document) Fallen(day Date) (Relation, bool) {
	switch d.Kind {
	case Interpretation, Guide, FAQ:
	default:
		return Relation{}, false
	}
	for _, r := range d.Declares {
		if r.Kind == Interprets && r.ended(day) && !d.otherStands(r, day) {
			return r, true
		}
	}
	return Relation{}, false
}

// Ahead returns the policy that a guide or an FAQ rests on and that is not yet
// in force on a day, while none that it rests on stands.
func (d Document) Ahead(day Date) (Relation, bool) {
	if d.Kind != Guide && d.Kind != FAQ {
		return Relation{}, false
	}
	var ahead Relation
	for _, r := range d.Declares {
		if r.Kind != Interprets && (r.Kind != Related || d.Kind != FAQ) || r.Title == "" {
			continue
		}
		if r.Begins <= day {
			return Relation{}, false
		}
		if ahead.Title == "" || r.Begins < ahead.Begins {
			ahead = r
		}
	}
	return ahead, ahead.Title != ""
}

func (r Relation) ended(day Date) bool { return r.Title != "" && r.Ends.Known() && r.Ends <= day }

// otherStands reports whether the document rests on another edition, too, that
// has not ended.
func (d Document) otherStands(of Relation, day Date) bool {
	key := TitleKey(of.Title)
	return slices.ContainsFunc(d.Declares, func(r Relation) bool {
		return r.Kind == Interprets && r.To != of.To && r.Title != "" && !r.ended(day) && TitleKey(r.Title) == key
	})
}

// Successor returns the relation that took the document out of force, or
// will: the document to show in its place.
func (d Document) Successor() (Relation, bool) {
	if v := d.judge(); v.cut != nil {
		return *v.cut, true
	}
	return Relation{}, false
}

// SuccessorOn is Successor for a day: where there are several later editions,
// the one that can be quoted on that day.
func (d Document) SuccessorOn(day Date) (Relation, bool) {
	for _, r := range d.Receives {
		if r.Kind == Supersedes && r.Whole() && r.from() <= day && r.Begins <= day && (!r.Ends.Known() || day < r.Ends) {
			return r, true
		}
	}
	return d.Successor()
}
