package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Place names a unit the same way on every engine, and from one generation to
// the next.
type Place struct {
	Document string
	Ordinal  int
}

// Probe is what an engine outside of this process is asked: the words of a
// question with how rare they are here. Such an engine only recalls; the
// Shelf weighs what it brings, by its own statistics and from its own texts.
type Probe struct {
	Words  []ProbeWord // that do not overlap, the rarest first; what asks and is not asked for is left out
	Rest   []ProbeWord // that was left out: all that a unit of a small corpus may have of the question
	Filter Filter
	Limit  int // how many units are wanted, about
}

// ProbeWord is a word of a question.
type ProbeWord struct {
	Text  string   // folded, as the segmenter cuts it
	Parts []string // the shorter words in it
	IDF   float64  // of the generation that ranks
	Units int      // that have it
	Also  []Also   // what the lexicon says for it
}

// Also is another way to say a word.
type Also struct {
	Words  []string // all of them, folded, as the segmenter cuts them
	Weight float64  // 0…1
}

// Recaller asks engines outside of this process. Its methods may be called at
// the same time.
type Recaller interface {
	// Recall returns the places of candidates, in no order that counts, and
	// the name of the engine that found them. Any error means that the
	// question is to be answered without it.
	Recall(ctx context.Context, p Probe) (found []Place, engine string, err error)
}

// Entry is a unit as an engine outside of this process holds it.
type Entry struct {
	*Unit
	Terms []string // the search-mode words of Context and Body, folded, in order, with repetitions
	Sum   string   // tells this entry from any other content of the same place
}

// Entries makes the entries of published documents. Unit.Words are left out:
// they are among Terms.
func Entries(live []Live, seg Segmenter) []Entry {
	var out []Entry
	for _, l := range live {
		for _, u := range Units(l.Document, l.Revision) {
			out = append(out, NewEntry(u, seg))
		}
	}
	return out
}

// NewEntry cuts a unit.
func NewEntry(u *Unit, seg Segmenter) Entry {
	terms := append(seg.Words(u.Context), seg.Words(u.Body)...)
	return Entry{Unit: u, Terms: terms, Sum: entrySum(u, terms)}
}

// entrySum covers all that an engine filters by, finds by and shows.
func entrySum(u *Unit, terms []string) string {
	h := sha256.New()
	yes := map[bool]string{true: "1"}
	for _, s := range []string{
		u.Document, u.Account, string(u.Kind), u.Title, u.Number, u.Agency, u.Region, yes[u.Sample],
		string(u.From), string(u.Until), u.Context, u.Body, strings.Join(terms, " "),
	} {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// Stamp is what a generation of an outside engine says of itself. It is kept
// in the engine, so that it is lost and restored together with what it
// describes.
type Stamp struct {
	Installation string // of the data folder that feeds it
	Generation   string
	Cut          string // the segmenter and the rules that its entries were cut by
	Cursor       int64  // the outbox row up to which it is complete
	Complete     bool   // it was built to its end
}

// CutVersion names how entries are cut: those of another version are no match
// for a question.
func CutVersion(seg Segmenter) string { return seg.Version() + "-" + cutRules + "-" + entryRules }

// entryRules changes whenever Entries makes others of the same units.
const entryRules = "1"

// Outside is an engine outside of this process, as it is fed. A generation is
// one whole index of it. Its methods may be called at the same time; only one
// of all processes writes to it (see Lease of the feed).
type Outside interface {
	// Name tells it from others, in the log and in the store; it holds no
	// secret.
	Name() string
	// Check asks whether it can be used: that it answers, that the key may do
	// what is needed, that its version will do. It returns the version where
	// that is known.
	Check(ctx context.Context) (version string, err error)
	// Create makes an empty generation, ready to take entries. A generation of
	// that name that is not m.Installation's is left alone, and an error.
	Create(ctx context.Context, m Stamp) error
	// Apply puts entries in place of what the named documents had, drops what
	// else they had, and then, in the same order, keeps the stamp. It returns
	// when the engine serves it. An *EntryError names documents that will never
	// be taken: nothing else of the call is missing then, nor is what these
	// had still there. A generation that is not there is an error, and is not
	// made.
	Apply(ctx context.Context, m Stamp, put []Entry, documents []string) error
	// Keep keeps the stamp alone. A generation that is not there is an error,
	// and is not made.
	Keep(ctx context.Context, m Stamp) error
	// Generations returns the stamps of this installation's generations. One
	// that was begun and never marked has the name alone. One that would not
	// find as it was made to has a Cut that says why, in words.
	Generations(ctx context.Context) ([]Stamp, error)
	// Count returns how many entries a generation has, without the stamp.
	Count(ctx context.Context, generation string) (int, error)
	// Sums calls yield for every entry of a generation, in no order.
	Sums(ctx context.Context, generation string, yield func(Place, string) error) error
	// Drop removes a generation. One that is not there is no error.
	Drop(ctx context.Context, generation string) error
	// Recall returns at least the best p.Limit candidates of a generation,
	// where there are so many.
	Recall(ctx context.Context, generation string, p Probe) ([]Place, error)
}

// EntryError names the documents that an engine refuses for what they are;
// trying again does not help.
type EntryError struct {
	Documents map[string]string // the reason for each, as the engine says it
}

func (e *EntryError) Error() string { return "the engine refuses documents for what they are" }

// rooms are those whose errors engines and their feed give on.
var rooms = []string{"feed", "meili", "failover"}

// Plain returns an error of an engine, or of what feeds it, as an operator
// reads it: without the names of the rooms that it came through.
func Plain(err error) string {
	text := err.Error()
	for _, room := range rooms {
		text = strings.ReplaceAll(strings.TrimPrefix(text, room+": "), ": "+room+": ", ": ")
	}
	return text
}
