package corpus

import (
	"slices"
	"time"
)

// Release is a revision that was put before citizens: the first, or a
// correction. What was in force before a change of the rule itself is another
// document.
type Release struct {
	Revision int
	At       time.Time
	First    bool
	Text     bool     // the text is another than before
	Fields   []string // metadata that are others, named as by Finding.Field
}

// ChangedFields names what of a document's metadata is different in another
// revision of it, as far as citizens see it.
func ChangedFields(before, after Document) []string {
	var all []string
	add := func(name string, same bool) {
		if !same {
			all = append(all, name)
		}
	}
	add("title", before.Title == after.Title)
	add("number", before.Number == after.Number)
	add("agency", before.Agency == after.Agency)
	add("written", before.Written == after.Written)
	add("published", before.Published == after.Published)
	add("effective", before.Effective == after.Effective)
	add("expires", before.Expires == after.Expires)
	add("region", before.Region == after.Region)
	add("level", before.Level == after.Level)
	add("topics", slices.Equal(before.Topics, after.Topics))
	add("question", before.Question == after.Question && slices.Equal(before.Similar, after.Similar) && before.Refer == after.Refer)
	return all
}
