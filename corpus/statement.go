package corpus

// Statement is what a text does to another document, as the text names it: the
// raw form of a Relation, before anybody knows which document is meant.
type Statement struct {
	Kind   RelationKind `json:"kind"`
	Title  string       `json:"title,omitempty"`  // as written between 《》, without them; "" where only a number is given
	Number string       `json:"number,omitempty"` // in its normal form
	Agency string       `json:"agency,omitempty"` // named as its issuer in the same place
	// Edition is the day of adoption or issue that the text names to tell one
	// edition from others.
	Edition Date `json:"edition,omitempty"`
	// Articles are anchors of the articles of the target that alone are meant:
	// a12, a13-1.
	Articles []string `json:"articles,omitempty"`
	// On is a day of its own on which it takes effect; "" is the day on which
	// the source does.
	On Date `json:"on,omitempty"`

	Anchor   string `json:"anchor"`          // of the passage that says it
	Label    string `json:"label,omitempty"` // of that passage: 第三十条
	Sentence string `json:"sentence"`        // at most 200 characters
	// Sure says that the sentence leaves no doubt about what it does; another
	// is only ever proposed.
	Sure bool `json:"sure,omitempty"`
}
