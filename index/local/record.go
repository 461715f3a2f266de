package local

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// maxRecord bounds the encoded size of a unit.
const maxRecord = 64 << 20

var errUnit = errors.New("local: a unit is too large or of an unknown class")

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendUnit encodes a unit. The document and the ordinal come first: they
// are compared without reading the rest.
func appendUnit(b []byte, u *index.Unit) []byte {
	b = appendString(b, u.Document)
	b = binary.AppendVarint(b, int64(u.Ordinal))
	b = binary.AppendVarint(b, int64(u.Revision))
	for _, s := range [...]string{u.Account, string(u.Kind), u.Title, u.Number, u.Agency, u.Region,
		string(u.From), string(u.Until), u.Context, u.Body} {
		b = appendString(b, s)
	}
	sample := byte(0)
	if u.Sample {
		sample = 1
	}
	b = append(b, byte(u.Class), sample)
	b = binary.AppendVarint(b, int64(u.Start))
	b = binary.AppendUvarint(b, uint64(u.Asked))
	b = appendPassages(b, u.Passages)
	b = binary.AppendUvarint(b, uint64(len(u.Negative)))
	for _, q := range u.Negative {
		b = appendString(b, q)
	}
	b = binary.AppendUvarint(b, uint64(len(u.Words)))
	for _, w := range u.Words {
		b = appendString(b, w)
	}
	return b
}

func appendPassages(b []byte, passages []corpus.Passage) []byte {
	headings := 0
	for _, p := range passages {
		headings += len(p.Path)
	}
	b = binary.AppendUvarint(b, uint64(len(passages)))
	b = binary.AppendUvarint(b, uint64(headings))
	for _, p := range passages {
		b = appendString(b, p.Anchor)
		b = appendString(b, string(p.Role))
		b = appendString(b, p.Label)
		b = binary.AppendVarint(b, int64(p.Start))
		b = binary.AppendVarint(b, int64(p.End))
		b = binary.AppendUvarint(b, uint64(len(p.Path)))
		for _, h := range p.Path {
			b = appendString(b, h)
		}
		b = appendString(b, string(p.From))
		b = appendString(b, string(p.Until))
		b = binary.AppendUvarint(b, uint64(len(p.Columns)))
		for _, c := range p.Columns {
			b = appendString(b, c)
		}
	}
	return b
}

// reader decodes what appendUnit wrote. What is missing or out of range reads
// as zero, so that a damaged record is a poor unit and never a panic.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() { r.b, r.bad = nil, true }

func (r *reader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail()
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// string returns a string that shares the reader's memory.
func (r *reader) string() string {
	n := r.uint()
	if n > uint64(len(r.b)) {
		r.fail()
		return ""
	}
	if n == 0 {
		return ""
	}
	s := unsafe.String(&r.b[0], int(n))
	r.b = r.b[n:]
	return s
}

// count reads how many items follow, each of at least size bytes.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64(len(r.b)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// depth is how much of a record is read.
type depth int

const (
	bare     depth = iota // no passages, but for an FAQ's and a guide's, and no words
	wordless              // no words
	whole
)

// decodeUnit decodes a record; its strings share the record's memory. None
// reads as an empty unit.
func decodeUnit(record []byte, d depth) index.Unit {
	r := &reader{b: record}
	u := index.Unit{Document: r.string(), Ordinal: int(r.int()), Revision: int(r.int())}
	u.Account, u.Kind = r.string(), corpus.Kind(r.string())
	u.Title, u.Number, u.Agency, u.Region = r.string(), r.string(), r.string(), r.string()
	u.From, u.Until = corpus.Date(r.string()), corpus.Date(r.string())
	u.Context, u.Body = r.string(), r.string()
	u.Class, u.Sample = index.Class(r.byte()), r.byte() != 0
	u.Start, u.Asked = int(r.int()), int(min(r.uint(), maxRecord))
	if d == bare && u.Kind != corpus.Guide && u.Kind != corpus.FAQ {
		return u // only of an FAQ does anything follow its passages
	}
	u.Passages = r.passages()
	if n := r.count(1); n > 0 {
		u.Negative = make([]string, n)
		for i := range u.Negative {
			u.Negative[i] = r.string()
		}
	}
	if d != whole {
		return u
	}
	if n := r.count(1); n > 0 {
		u.Words = make([]string, n)
		for i := range u.Words {
			u.Words[i] = r.string()
		}
	}
	return u
}

func (r *reader) passages() []corpus.Passage {
	n := r.count(9)
	headings := r.count(1)
	if n == 0 {
		return nil
	}
	out, paths := make([]corpus.Passage, n), make([]string, headings)
	for i := range out {
		p := &out[i]
		p.Anchor, p.Role, p.Label = r.string(), corpus.Role(r.string()), r.string()
		p.Start, p.End = int(r.int()), int(r.int())
		if k := min(r.count(1), len(paths)); k > 0 {
			p.Path, paths = paths[:k:k], paths[k:]
		}
		for j := range p.Path {
			p.Path[j] = r.string()
		}
		p.From, p.Until = corpus.Date(r.string()), corpus.Date(r.string())
		if k := r.count(1); k > 0 {
			p.Columns = make([]string, k)
		}
		for j := range p.Columns {
			p.Columns[j] = r.string()
		}
	}
	return out
}

// kindOf returns the kind of a record, which may be none.
func kindOf(record []byte) corpus.Kind {
	r := &reader{b: record}
	_, _, _, _ = r.string(), r.int(), r.int(), r.string() // document, ordinal, revision, account
	return corpus.Kind(r.string())
}

// documentOf returns the document and the ordinal of a record.
func documentOf(record []byte) (string, int) {
	r := &reader{b: record}
	return r.string(), int(r.int())
}

func appendScopes(b []byte, all []index.Scope) []byte {
	b = binary.AppendUvarint(b, uint64(len(all)))
	for _, s := range all {
		for _, text := range [...]string{s.Account, string(s.From), string(s.Until), string(s.Kind), s.Region, s.Agency} {
			b = appendString(b, text)
		}
		sample := byte(0)
		if s.Sample {
			sample = 1
		}
		b = append(b, sample)
	}
	return b
}

func (r *reader) scopes() []index.Scope {
	out := make([]index.Scope, r.count(7))
	for i := range out {
		out[i] = index.Scope{
			Account: r.string(), From: corpus.Date(r.string()), Until: corpus.Date(r.string()),
			Kind: corpus.Kind(r.string()), Region: r.string(), Agency: r.string(), Sample: r.byte() != 0,
		}
	}
	return out
}
