package corpus

// Reading is what a reader of a file format found in a file: its blocks in
// reading order. What they mean is settled later, the same for every format.
type Reading struct {
	Title    string // as the format's own metadata or style says; "" is not known
	Blocks   []Block
	Stated   []Finding // metadata that the file states about itself, apart from its text
	Warnings []string  // what is missing or doubtful, in plain Chinese
	Pages    int       // 0 where the format has none
	// Recognised are the pages, from 1, whose text was recognised from a
	// picture; Unread those that are pictures and were not.
	Recognised, Unread []int
}

// Refusal is why a file or a record cannot be read, in plain Chinese for the
// person who can mend it. It is the only error of a reader whose words are
// shown.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Certainty is how sure it is that a piece of metadata is right.
type Certainty string

// The certainties.
const (
	Stated  Certainty = "stated"  // the source says it in a field made for it
	Derived Certainty = "derived" // read from the text by a rule that leaves little doubt
	Guess   Certainty = "guess"   // likely; a person should look
)

// Finding is one piece of metadata: what was found, where, and how sure that
// is.
type Finding struct {
	Field string    `json:"field"` // as front matter names it: number, agency, written, effective …
	Value string    `json:"value"` // a day as 2024-05-01; lists joined with 、
	Place string    `json:"place"` // in plain Chinese: 第三十二条, 信息表“发文字号”, 网页 meta PubDate, 文件名
	Sure  Certainty `json:"sure"`
}
