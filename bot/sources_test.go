package bot

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// checkSources: every passage that the reply links to is on record, and what
// the first source shows stands in it word for word.
func checkSources(t *testing.T, w *town, r Reply) {
	t.Helper()
	for _, to := range regexp.MustCompile(`/d/([^/"]+)/([^/"]+)"`).FindAllStringSubmatch(r.Text, -1) {
		if !slices.ContainsFunc(r.Sources, func(s Source) bool {
			return s.Ref.Document == to[1] && (s.Ref.Anchor == to[2] || strings.HasPrefix(to[2], s.Ref.Anchor+".")) && s.Snippet != ""
		}) {
			t.Errorf("%s/%s is linked and not among %v", to[1], to[2], r.Sources)
		}
	}
	if s := r.Sources[0]; s.Passage == "" || !strings.Contains(w.revs[s.Ref.Document].Text, s.Passage) {
		t.Errorf("%q is not of the source", s.Passage)
	}
}

func TestCitingKeepsTheOrder(t *testing.T) {
	t.Parallel()
	of := func(id, anchor string, score float64) Source {
		return Source{Ref: corpus.Ref{Document: id, Anchor: anchor}, Score: score}
	}
	full := make([]Source, sourcesWanted)
	for i := range full {
		full[i] = of(string(rune('a'+i)), "a1", float64(20-i))
	}
	for name, c := range map[string]struct {
		sources []Source
		cited   Source
		at      int
		score   float64
	}{
		"another document": {[]Source{of("a", "a1", 9)}, of("b", "a2", 30), 1, 9},
		"another passage":  {[]Source{of("a", "a1", 9), of("b", "a1", 8), of("c", "a1", 7)}, of("b", "a2", 30), 1, 8},
		"full":             {full, of("z", "a2", 30), sourcesWanted - 1, full[sourcesWanted-1].Score},
		"itself":           {[]Source{of("a", "a1", 9)}, of("a", "a1", 1), 0, 9},
	} {
		got := citing(slices.Clone(c.sources), c.cited)
		if len(got) > sourcesWanted || got[c.at].Ref != c.cited.Ref || got[c.at].Score != c.score {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestChoicesOfTheSampleAreMarked(t *testing.T) {
	t.Parallel()
	w := qinglan()
	d := w.docs["card"]
	d.Sample = true
	w.docs["card"] = d
	w.always(.2, w.hit("card", "a4", 9), w.hit("card-faq", "q1", 8))
	r := w.typed(t, "敬老卡的事")
	checkText(t, r, Choose, []string{"敬老卡：年满60周岁的老年人可以申领敬老卡（示例）\n2 敬老卡丢了怎么办？\n"})
}
