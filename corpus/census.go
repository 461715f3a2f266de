package corpus

import "time"

// Group is what documents are counted by.
type Group struct {
	Kind     Kind
	Validity Validity
	Sample   bool
}

// Census counts the published documents of all accounts.
type Census struct {
	Documents map[Group]int
	// Newest is the latest 发布日期 of a document of one's own that is not in
	// the future; "" where there is none.
	Newest Date
	// Changed is when something was last published, taken back, or put in
	// another light by another document; zero where that is not known.
	Changed time.Time
}

// Pending is what has changed and is not served yet.
type Pending struct {
	Changes int       // documents, and one more where another lexicon was put live
	Oldest  time.Time // when the oldest was published; zero where there is none
}
