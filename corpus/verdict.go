package corpus

// ReasonsOn returns why ValidityOn says what it says, as a chain that begins
// with this document.
func (d Document) ReasonsOn(day Date) []Reason { return nil }

// PassageValidityOn is ValidityOn for one passage: an article that alone was
// repealed, a row of a catalogue with days of its own.
func (d Document) PassageValidityOn(p Passage, day Date) Validity { return d.ValidityOn(day) }

// PassageWindow is Window for one passage.
func (d Document) PassageWindow(p Passage) (from, until Date) { return d.Window() }

// Fallen returns the policy that an interpretation, a guide or an FAQ rests on
// and that is out of force on a day.
func (d Document) Fallen(day Date) (Relation, bool) { return Relation{}, false }
