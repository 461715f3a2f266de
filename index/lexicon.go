package index

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

//go:embed lexicon/synonyms.csv
var shippedSynonyms []byte

//go:embed lexicon/domain.txt
var shippedDomain string

//go:embed lexicon/question.txt
var shippedQuestionWords string

// Synonym says that a question with From may mean To.
type Synonym struct {
	From, To string
	Weight   float64 // 0…1: how much finding To counts of finding From
	Mutual   bool    // To also means From
	Note     string
	Within   Within // the documents that it holds in
}

// Lexicon is the words that understanding a question needs. It never changes:
// a new one takes its place whole.
type Lexicon struct {
	Revision      string   // a digest of its content
	Domain        []string // words that the segmenter keeps whole
	QuestionWords []string // what, where, please: they ask and are not asked for

	synonyms  map[rune][]synonym // by first rune of from
	questions map[rune][][]rune
	never     map[rune][]pair
	gazetteer *gazetteer
	topical   bool // some synonyms hold in documents of a topic alone
}

type synonym struct {
	from, to []rune
	text     string
	weight   float32
	within   Within
}

// ShippedLexicon returns the lexicon that comes with the program.
func ShippedLexicon() (*Lexicon, error) {
	w, err := ShippedWords()
	if err != nil {
		return nil, err
	}
	return w.Lexicon(), nil
}

// ShippedWords returns what that lexicon is made of.
func ShippedWords() (Words, error) {
	synonyms, err := ReadSynonyms(bytes.NewReader(shippedSynonyms))
	return Words{Synonyms: synonyms, Domain: strings.Fields(shippedDomain), Questions: strings.Fields(shippedQuestionWords)}, err
}

// ReadSynonyms reads CSV with the columns from, to, weight, direction
// (one-way or mutual), note. A heading and a byte order mark, as spreadsheets
// write them, are skipped. The error names the line.
func ReadSynonyms(r io.Reader) ([]Synonym, error) {
	text := bufio.NewReader(r)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		_, _ = text.Discard(3)
	}
	rows := csv.NewReader(text)
	rows.FieldsPerRecord = 5
	var out []Synonym
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("synonyms: %w", err)
		}
		line, _ := rows.FieldPos(0)
		if line == 1 && row[0] == "from" {
			continue
		}
		s, err := parseSynonym(row)
		if err != nil {
			return nil, fmt.Errorf("synonyms: line %d: %w", line, err)
		}
		out = append(out, s)
	}
}

func parseSynonym(row []string) (Synonym, error) {
	s := Synonym{From: row[0], To: row[1], Mutual: row[3] == "mutual", Note: row[4]}
	if !usable(s.From, 1) || !usable(s.To, 2) {
		return s, fmt.Errorf("%q to %q: a word is missing, too short or too long", s.From, s.To)
	}
	if row[3] != "mutual" && row[3] != "one-way" {
		return s, fmt.Errorf("direction %q is neither one-way nor mutual", row[3])
	}
	var err error
	s.Weight, err = strconv.ParseFloat(row[2], 64)
	if err != nil || !(s.Weight > 0 && s.Weight <= 1) { // NaN is neither
		return s, fmt.Errorf("weight %q is not in 0…1", row[2])
	}
	return s, nil
}

// maxWord is the longest word of a lexicon, in letters.
const maxWord = 30

// usable reports whether a word has at least this many letters and not too
// many.
func usable(word string, letters int) bool {
	n := len(fold(word))
	return letters <= n && n <= maxWord
}

// NewLexicon makes a lexicon of these words alone. Synonyms that ReadSynonyms
// would not read, and question words without a letter, say nothing.
func NewLexicon(synonyms []Synonym, domain, questionWords []string) *Lexicon {
	return Words{Synonyms: synonyms, Domain: domain, Questions: questionWords}.Lexicon()
}

func (l *Lexicon) add(s Synonym, from, to string) {
	if !usable(from, 1) || !usable(to, 2) || !(s.Weight > 0 && s.Weight <= 1) {
		return
	}
	f, t := fold(from), fold(to)
	if l.apart(f, t) {
		return
	}
	l.topical = l.topical || s.Within.Topic != ""
	l.synonyms[f[0]] = append(l.synonyms[f[0]], synonym{f, t, to, float32(s.Weight), s.Within})
}

func fold(s string) []rune {
	var out []rune
	for _, r := range s {
		if r = Fold(r); r != 0 {
			out = append(out, r)
		}
	}
	return out
}

// Expansion is another word for a piece of a question.
type Expansion struct {
	Start, End int // runes of the folded question that it stands for
	From, To   string
	Weight     float32
	Within     Within `json:"within,omitzero"` // the documents that it counts in
	folded     []rune
}

const maxExpansions = 16

// Expand finds the synonyms of every piece of a folded question, each once,
// the first 16. A piece is not expanded to a word that it is part of, nor
// where a longer piece around it is expanded.
func (l *Lexicon) Expand(question []rune) []Expansion {
	var out []Expansion
	for i, r := range question {
		if len(out) >= 8*maxExpansions {
			break
		}
		for _, s := range l.synonyms[r] {
			if hasPrefix(question[i:], s.from) && !within(question, i, s) && !l.inOther(question, i, len(s.from)) {
				out = append(out, Expansion{i, i + len(s.from), string(s.from), s.text, s.weight, s.within, s.to})
			}
		}
	}
	var kept []Expansion
	for _, e := range out {
		if len(kept) < maxExpansions && !inside(e, out) && !slices.ContainsFunc(kept, e.same) {
			kept = append(kept, e)
		}
	}
	return kept
}

// same reports whether another expansion says the same of the same word
// elsewhere in the question: it adds nothing.
func (e Expansion) same(o Expansion) bool {
	return e.From == o.From && e.To == o.To && e.Within == o.Within
}

// inside reports whether a longer piece of the question was expanded around
// e's: 社保 in 社保卡 says nothing of its own. What holds in some documents
// alone leaves e to the others, and so does what is done to it: 交社保 is about
// 社保.
func inside(e Expansion, all []Expansion) bool {
	return slices.ContainsFunc(all, func(o Expansion) bool {
		if o.End == e.End && o.Start == e.Start-1 && strings.ContainsRune(done, firstOf(o.From)) {
			return false
		}
		return (o.Within == Within{} || o.Within == e.Within) && o.Start <= e.Start && e.End <= o.End && o.End-o.Start > e.End-e.Start
	})
}

// done are verbs of one letter that stand before what something is done to.
const done = "交缴办领取提买上转换补查养装报开看考"

func firstOf(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// within reports whether the question already says s.to around place i, so
// that 公积金 in 住房公积金 is not expanded to it.
func within(question []rune, i int, s synonym) bool {
	for at := max(0, i-len(s.to)); at <= i; at++ {
		if hasPrefix(question[at:], s.to) && at+len(s.to) >= i+len(s.from) {
			return true
		}
	}
	return false
}

// questionWord returns the length of the longest question word that starts at
// question[i], 0 where there is none.
func (l *Lexicon) questionWord(question []rune, i int) int {
	n := 0
	for _, w := range l.questions[question[i]] {
		if len(w) > n && hasPrefix(question[i:], w) {
			n = len(w)
		}
	}
	return n
}
