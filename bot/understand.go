package bot

import (
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Understood is what a message says, taken apart. It is derived from the
// message alone, with the names that Names knows; nothing is looked up in
// documents.
type Understood struct {
	Text     string       // cleaned, one line
	Asked    string       // Text without greetings, politeness, thanks and farewells
	Parts    []string     // the questions in Asked, in order; one where there is one
	Asks     index.Asks   // what sort of answer the first of them wants
	Aside    []string     // clauses of Asked that tell of the person and ask nothing
	Person   Person       // what the person says of themselves
	Audience []string     // who it is asked for, as documents call them
	Places   []PlaceNamed // in the order of Asked
	Agency   string       // the word that names an agency
	Matter   string       // the longest matter that an agency owns
	Number   string       // of a document: 青政规〔2024〕3号
	Title    string       // what stands in 《》
	Article  string       // 第六条
}

// Names is what Understand knows names from. The zero value knows those that
// come with the program.
type Names struct {
	Lexicon  *index.Lexicon
	Region   string // of the account
	Agencies corpus.View
}

// Understand takes a cleaned message apart. It does not fail: of a message
// that says nothing, everything but Text is empty.
func Understand(text string, n Names) Understood {
	u := Understood{Text: text, Asked: Substance(text)}
	if u.Asked == "" {
		return u
	}
	u.Parts = Split(u.Asked)
	u.Asks = asksOf(u.Parts[0])
	u.Aside = asides(u.Asked)
	u.Person = personIn(u.Asked)
	u.Audience = audienceIn(u.Asked, u.Person)
	u.Places = placesIn(u.Asked, n)
	u.Agency = n.Agencies.Named(u.Asked).Word
	u.Matter = n.Agencies.Owning(u.Asked).Word
	u.Number = corpus.NumberIn(u.Asked)
	if _, rest, ok := strings.Cut(u.Asked, "《"); ok {
		u.Title, _, _ = strings.Cut(rest, "》")
	}
	if c, ok := corpus.CitedIn(u.Asked); ok {
		u.Article = c.Label
	}
	return u
}

// Here returns the region that a message asks of, for an account of a region:
// the account's, or the one place in it that the message names. "" is
// anywhere, and so is an account without a region: of 港澳居民 no place's rules
// are asked.
func (u Understood) Here(region string) string {
	if region == "" {
		return ""
	}
	here := region
	for _, p := range u.Places {
		if p.Role != Applies || !p.Own {
			continue
		}
		if here != region && here != p.Name {
			return region
		}
		here = p.Name
	}
	return here
}

// Elsewhere returns the place whose rules a message asks for, where that is
// not the account's own.
func (u Understood) Elsewhere() (string, bool) {
	for _, p := range u.Places {
		if p.Role == Applies && !p.Own {
			return p.Name, true
		}
	}
	return "", false
}

// Query fills in what an index.Query asks that is a part of the message, or
// all of it with what was talked of before.
func (u Understood) Query(q *index.Query, region string) {
	q.Here = u.Here(region)
	if q.Asks = asksOf(q.Text); q.Asks == "" {
		q.Asks = u.Asks
	}
	for _, a := range u.Aside {
		if at := strings.Index(q.Text, a); at >= 0 && len(a) < len(q.Text) {
			q.Aside = append(q.Aside, index.Span{Start: at, End: at + len(a)})
		}
	}
	// Where somebody lives, paid or goes says whose rules are meant no more
	// than their age does.
	for _, p := range u.Places {
		if p.Role == Applies || p.Role == Mentioned {
			continue
		}
		if at := strings.Index(q.Text, p.Name); at >= 0 && len(p.Name) < len(q.Text) {
			q.Aside = append(q.Aside, index.Span{Start: at, End: at + len(p.Name)})
		}
	}
}
