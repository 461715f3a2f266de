package store

import (
	"encoding/binary"
	"errors"
)

// A cut's words are kept as: a version byte; the number of different words and
// each with its length before it; the number of units; for each unit the
// number of its words and each as its place in the list. All numbers are
// uvarints.
const wordsVersion = 1

var errWords = errors.New("store: damaged cut")

func encodeWords(units [][]string) []byte {
	places := make(map[string]uint64)
	var list, body []byte
	body = binary.AppendUvarint(body, uint64(len(units)))
	for _, words := range units {
		body = binary.AppendUvarint(body, uint64(len(words)))
		for _, w := range words {
			place, ok := places[w]
			if !ok {
				place = uint64(len(places))
				places[w] = place
				list = append(binary.AppendUvarint(list, uint64(len(w))), w...)
			}
			body = binary.AppendUvarint(body, place)
		}
	}
	out := binary.AppendUvarint([]byte{wordsVersion}, uint64(len(places)))
	return append(append(out, list...), body...)
}

// decodeWords reads what encodeWords wrote. It takes memory in proportion to
// the data, whatever that says.
func decodeWords(data []byte) ([][]string, error) {
	if len(data) == 0 || data[0] != wordsVersion {
		return nil, errWords
	}
	r := wordReader{rest: string(data[1:])}
	list := make([]string, r.count())
	for i := range list {
		list[i] = r.text(r.count())
	}
	units := make([][]string, r.count())
	for i := range units {
		words := make([]string, r.count())
		for k := range words {
			place := r.number()
			if place >= uint64(len(list)) {
				return nil, errWords
			}
			words[k] = list[place]
		}
		if len(words) > 0 {
			units[i] = words
		}
	}
	if r.bad || r.rest != "" {
		return nil, errWords
	}
	return units, nil
}

// wordReader reads from the front of rest; the words share its memory.
type wordReader struct {
	rest string
	bad  bool
}

func (r *wordReader) number() (n uint64) {
	for shift := 0; shift < 64 && len(r.rest) > 0; shift += 7 {
		b := r.rest[0]
		r.rest = r.rest[1:]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

// count reads a number of things that take at least a byte each.
func (r *wordReader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, ""
		return 0
	}
	return int(n)
}

func (r *wordReader) text(n int) string {
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
