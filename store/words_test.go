package store

import (
	"reflect"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, units := range [][][]string{
		{}, {nil}, {nil, {"公积金"}, nil}, {{"公积金", "老年人", "公积金"}, {"老年人", ""}},
	} {
		got, err := decodeWords(encodeWords(units))
		if err != nil || !reflect.DeepEqual(got, units) {
			t.Errorf("%q: %q, %v", units, got, err)
		}
	}
}

func FuzzDecodeWords(f *testing.F) {
	f.Add(encodeWords([][]string{{"公积金", "老年人", "公积金"}, {"老年人"}}))
	f.Add([]byte{wordsVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		units, err := decodeWords(data)
		if err != nil {
			return
		}
		again, err := decodeWords(encodeWords(units))
		if err != nil || !reflect.DeepEqual(again, units) {
			t.Fatalf("%q: %q, %v", units, again, err)
		}
	})
}
