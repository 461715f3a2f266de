// Package bot turns a citizen's message into a reply: it understands the
// question, routes what is not one, asks the shelf, composes the words, and
// keeps the journal. It knows no platform: those are Channels.
package bot

import (
	"context"
	"net/http"
	"time"

	"github.com/policybot/policybot/corpus"
)

// Question is one inbound message or event, freed from its platform's form.
type Question struct {
	Account string    // our name of the account it was sent to: "default"
	Person  string    // the sender's platform ID; never stored or logged as it is
	ID      string    // de-duplication key, unique per message within an account
	Kind    Kind      //
	Text    string    // what was typed, or what an event stands for; "" where nothing was
	Menu    string    // menu or event key (CLICK, SCAN), "" otherwise
	Time    time.Time // when the platform says it was sent
	Origin  Origin    // what the channel needs to encode the reply
}

// Kind is the kind of message.
type Kind string

// Kinds of messages. A channel maps its platform's types to these.
const (
	Text        Kind = "text"
	Voice       Kind = "voice" // Text holds a transcript where the platform gives one
	Media       Kind = "media" // image, video, file, link: cannot be read
	Location    Kind = "location"
	Subscribe   Kind = "subscribe"
	Unsubscribe Kind = "unsubscribe"
	Click       Kind = "click" // a menu entry: Menu
	Ignored     Kind = "ignored"
)

// Origin is a channel's own note of where a question came from.
type Origin struct {
	To        string // the account's platform ID (ToUserName)
	Encrypted bool   // came encrypted: the reply has to be, too
	Key       int    // which of the account's keys decrypted it
	Nonce     string
}

// Status is what became of a question. The set is closed.
type Status string

// The statuses.
const (
	Answered   Status = "answered"
	Choose     Status = "choose"     // 您是想问…？
	Refused    Status = "refused"    // nothing that answers it was found
	Redirected Status = "redirected" // complaint, another agency, another place
	Emergency  Status = "emergency"
	SmallTalk  Status = "smalltalk"
	Limited    Status = "limited"
	Failed     Status = "failed" // trouble on our side
)

// Source is a passage that a reply rests on.
type Source struct {
	Ref      corpus.Ref      `json:"ref"`
	Agency   string          `json:"agency,omitempty"` // or the ID of an agency's entry in the directory; Ref is empty then
	Title    string          `json:"title"`
	Number   string          `json:"number,omitempty"`
	URL      string          `json:"url"`
	Snippet  string          `json:"snippet"` // one contiguous piece of the source, at most 300 characters
	Passage  string          `json:"passage"` // the piece that the reply shows
	Validity corpus.Validity `json:"validity"`
	Score    float64         `json:"score"`
}

// Choice is what a number typed in answer to a reply stands for.
type Choice struct {
	Label string `json:"label"`         // as shown after its number
	Ask   string `json:"ask,omitempty"` // the question it asks
	Ref   string `json:"ref,omitempty"` // or the document#anchor that it opens
}

// Reply is what a citizen gets, and why.
type Reply struct {
	Status     Status
	Reason     string  // a short code for the journal: why this status
	Text       string  // plain text with <a href="…">…</a> links; at most 1,800 bytes; never empty
	Confidence float64 // 0…1, comparable between questions
	Engine     string
	Sources    []Source
	Choices    []Choice // 1-based: Choices[0] is answer number 1
	Lexicon    string   // revision of the lexicon it was found under
	Generation string   // generation of the index
	Silent     bool     // a platform acknowledges and shows nothing; a page shows Text
}

// Channel is a platform's protocol: bytes in, bytes out. It holds the keys of
// one account.
type Channel interface {
	// Decode authenticates and reads a callback. Its errors wrap
	// ErrUnauthorized or ErrMalformed.
	Decode(r *http.Request) (Question, error)
	// Encode makes the body before encryption: what the journal keeps and
	// repeats. Time is the reply's CreateTime.
	Encode(q Question, r Reply, now time.Time) ([]byte, error)
	// Write sends a body made by Encode, encrypted where q came encrypted.
	// An empty body acknowledges without a reply.
	Write(w http.ResponseWriter, q Question, body []byte) error
}

// Journal remembers each question and what was said.
type Journal interface {
	// Begin claims a question. A question that was answered within a minute
	// returns its body; one answered earlier returns ErrStale; one that
	// another caller is working on waits for its result.
	Begin(ctx context.Context, q Question) (done []byte, err error)
	// End records the reply; it returns when the record is durable. A nil
	// body frees the claim.
	End(ctx context.Context, q Question, r Reply, body []byte, took time.Duration) error
}
