package meili

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// Attributes of the documents of an index. What an operator's tools show is
// named in plain words.
const (
	placeField    = "policybot_place" // the primary key
	keyField      = "key"             // of the unit's document: see documentKey
	documentField = "document"
	ordinalField  = "ordinal"
	accountField  = "account"
	kindField     = "kind"
	titleField    = "title"
	numberField   = "number"
	agencyField   = "agency"
	regionField   = "region"
	sampleField   = "sample"
	fromField     = "from"
	untilField    = "until"
	contextField  = "context"
	bodyField     = "body"
	termsField    = "terms"
	sumField      = "sum"

	stampPlace = "stamp" // the place of the stamp, which no entry has
)

// record is an entry as the server keeps it.
type record struct {
	Place    string `json:"policybot_place"`
	Key      string `json:"key"`
	Document string `json:"document"`
	Ordinal  int    `json:"ordinal"`
	Account  string `json:"account"`
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	Number   string `json:"number,omitempty"`
	Agency   string `json:"agency"`
	Region   string `json:"region"`
	Sample   bool   `json:"sample"`
	From     int    `json:"from"`
	Until    int    `json:"until"`
	Context  string `json:"context,omitempty"`
	Body     string `json:"body"`
	Terms    string `json:"terms"`
	Sum      string `json:"sum"`
}

// stampRecord is the one document that is no entry. It has none of the
// attributes that are searched or filtered by, so that no question finds it.
type stampRecord struct {
	Place        string `json:"policybot_place"`
	Installation string `json:"installation"`
	Generation   string `json:"generation"`
	Cut          string `json:"cut"`
	Cursor       string `json:"cursor"` // numbers are doubles there
	Complete     bool   `json:"complete"`
}

func newRecord(e *index.Entry) record {
	key := documentKey(e.Document)
	return record{
		Place: recordPlace(key, e.Ordinal), Key: key, Document: e.Document, Ordinal: e.Ordinal,
		Account: reader(e.Account), Kind: string(e.Kind), Title: e.Title, Number: e.Number,
		Agency: e.Agency, Region: e.Region, Sample: e.Sample,
		From: dayNumber(e.From, always), Until: dayNumber(e.Until, never),
		Context: e.Context, Body: e.Body, Terms: strings.Join(e.Terms, " "), Sum: e.Sum,
	}
}

// documentKey names a document in the characters that Meilisearch allows.
// Filters compare without regard to case, and cut long values: it has one
// case, and one length.
func documentKey(document string) string {
	sum := sha256.Sum256([]byte(document))
	return hex.EncodeToString(sum[:16])
}

func recordPlace(key string, ordinal int) string { return key + "-" + strconv.Itoa(ordinal) }

// reader is who sees an entry: everyone, or one account.
func reader(account string) string {
	if account == "" {
		return "everyone"
	}
	return "only " + account
}

// Days where there is none.
const (
	always = 0
	never  = 99999999
)

// dayNumber returns a day as yyyymmdd, which can be compared.
func dayNumber(d corpus.Date, open int) int {
	n, err := strconv.Atoi(strings.ReplaceAll(string(d), "-", ""))
	if err != nil || n < always || n > never {
		return open
	}
	return n
}

// Bounds of what is sent at once. Larger batches are not indexed faster.
const (
	batchBytes   = 8 << 20
	batchEntries = 4000
)

// batch is some entries as they are sent.
type batch struct {
	entries []index.Entry
	body    []byte
}

// batches cuts entries into batches of at most so many bytes, or of one entry.
func batches(entries []index.Entry, most int) ([]batch, error) {
	var out []batch
	var body bytes.Buffer
	write := json.NewEncoder(&body)
	write.SetEscapeHTML(false)
	first := 0
	cut := func(end, bytes int) {
		one := make([]byte, bytes+1)
		copy(one, body.Bytes()[:bytes])
		one[bytes] = ']'
		out = append(out, batch{entries[first:end], one})
		rest := append([]byte(nil), body.Bytes()[bytes:]...)
		body.Reset()
		body.Write(rest)
		if len(rest) > 0 {
			body.Bytes()[0] = '[' // it was a comma
		}
		first = end
	}
	for i := range entries {
		before := body.Len()
		body.WriteByte("[,"[min(before, 1)])
		if err := write.Encode(newRecord(&entries[i])); err != nil {
			return nil, err
		}
		if i > first && (body.Len() > most || i-first == batchEntries) {
			cut(i, before)
		}
	}
	if first < len(entries) {
		cut(len(entries), body.Len())
	}
	return out, nil
}
