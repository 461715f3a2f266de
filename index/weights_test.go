package index

import (
	"strings"
	"testing"
)

func TestShippedWeights(t *testing.T) {
	t.Parallel()
	w, err := ShippedWeights()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := w.Write(&b, "one\ntwo"); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "# one\n# two\n\n[rank]\nwords ") {
		t.Errorf("%q", b.String()[:40])
	}
	again, err := ReadWeights(strings.NewReader(b.String()))
	if err != nil || *again != *w {
		t.Errorf("%+v, %v, want %+v", again, err, w)
	}
}

func TestReadWeights(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, from, to, want string }{
		{"as it is", "", "", ""},
		{"not known", "[rank]\n", "[rank]\nbeauty 1\n", "line 5: rank.beauty is not known"},
		{"in another part", "[rank]\n", "[rank]\nbias 1\n", "rank.bias is not known"},
		{"twice", "\n[confidence]", "\nwords 2\n[confidence]", "rank.words stands twice"},
		{"missing", "[rank]", "[rang]", "rang.words is not known"},
		{"no number", "bias ", "bias x", "is no number"},
		{"infinite", "bias ", "bias Inf\n#", "is no number"},
		{"nothing", weightsFile, "", "is missing"},
	} {
		text := weightsFile
		if c.from != "" {
			text = strings.Replace(text, c.from, c.to, 1)
		}
		_, err := ReadWeights(strings.NewReader(text))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzReadWeights(f *testing.F) {
	f.Add(weightsFile)
	f.Add("[rank]\nwords")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := ReadWeights(strings.NewReader(text))
		if err == nil && w == nil {
			t.Error("nothing, and no error")
		}
	})
}
