package meili

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/policybot/policybot/index"
)

func stamp(generation string) index.Stamp {
	return index.Stamp{Installation: "one", Generation: generation, Cut: "c", Cursor: 7}
}

// entriesOf makes one entry of each document.
func entriesOf(documents ...string) (out []index.Entry) {
	for _, d := range documents {
		out = append(out, entry(d, 0, "条件"))
	}
	return out
}

// failing returns a stand-in whose tasks fail that have a document of which
// why returns an error.
func failing(why func(body string) string) *standIn {
	s := &standIn{}
	s.answer = func(_ *http.Request, a asked) (int, string, error) {
		if a.String() == "POST /indexes/p-g1/documents" {
			return taken, s.task(a.body), nil
		}
		if id, ok := strings.CutPrefix(a.path, "/tasks/"); ok {
			var n int
			_, _ = fmt.Sscan(id, &n)
			if fault := why(s.tasks[n]); fault != "" {
				return 200, `{"uid":` + id + `,"status":"failed","error":` + fault + `}`, nil
			}
		}
		return 0, "", nil
	}
	return s
}

func TestApplyFindsTheCulprit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := failing(func(body string) string {
			if strings.Contains(body, `"document":"d3"`) || strings.Contains(body, `"document":"d9"`) {
				return `{"message":"bad one","code":"invalid_document_fields","type":"invalid_request"}`
			}
			return ""
		})
		var documents []string
		for i := range 12 {
			documents = append(documents, fmt.Sprintf("d%d", i))
		}
		err := standInFor(t, s).Apply(t.Context(), stamp("g1"), entriesOf(documents...), documents)
		var refused *index.EntryError
		if !errors.As(err, &refused) || !maps.Equal(refused.Documents, map[string]string{"d3": "bad one", "d9": "bad one"}) {
			t.Fatalf("%v: %v", err, refused)
		}
		done := map[string]bool{}
		for _, body := range s.tasks {
			if bad := func(d string) bool { return strings.Contains(body, `"document":"`+d+`"`) }; !bad("d3") && !bad("d9") && !strings.Contains(body, stampPlace) {
				for _, d := range documentsIn(t, body) {
					done[d] = true
				}
			}
		}
		if len(done) != 10 {
			t.Errorf("put only %v", done)
		}
		if last := s.tasks[len(s.tasks)-1]; !strings.Contains(last, `"cursor":"7"`) {
			t.Errorf("the last task is not the stamp: %s", last)
		}
	})
}

// What is not the fault of an entry is an error, and no stamp is kept.
func TestApplyFailedTask(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]string{
		"disk":     `{"message":"no space","code":"no_space_left_on_device","type":"system"}`,
		"internal": `{"message":"oops","code":"internal","type":"internal"}`,
		"no index": `{"message":"gone","code":"index_not_found","type":"invalid_request"}`,
		"no words": `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := failing(func(string) string { return fault })
				err := standInFor(t, s).Apply(t.Context(), stamp("g1"), entriesOf("a", "b"), nil)
				if err == nil || errors.As(err, new(*index.EntryError)) {
					t.Fatalf("%v", err)
				}
				if len(s.tasks) != 1 {
					t.Errorf("tasks %q", s.tasks)
				}
			})
		})
	}
}

// Where everything is refused it is not the entries that are wrong.
func TestApplyEverythingRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := failing(func(body string) string {
			return `{"message":"no","code":"invalid_document_fields","type":"invalid_request"}`
		})
		var documents []string
		for i := range 1000 {
			documents = append(documents, fmt.Sprint(i))
		}
		err := standInFor(t, s).Apply(t.Context(), stamp("g1"), entriesOf(documents...), nil)
		if err == nil || errors.As(err, new(*index.EntryError)) || len(s.tasks) > 2*maxSplit+2 {
			t.Fatalf("%v after %d tasks", err, len(s.tasks))
		}
	})
}

// A payload that is too large is sent in halves; an entry that is, is refused.
func TestApplyTooLarge(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"message":"large","code":"payload_too_large","type":"invalid_request"}`, "<html>413</html>"} {
		synctest.Test(t, func(t *testing.T) {
			s := &standIn{}
			var fit []string
			s.answer = func(_ *http.Request, a asked) (int, string, error) {
				if a.String() != "POST /indexes/p-g1/documents" || strings.Contains(a.body, stampPlace) {
					return 0, "", nil
				}
				if len(a.body) > 2000 {
					return http.StatusRequestEntityTooLarge, answer, nil
				}
				fit = append(fit, documentsIn(t, a.body)...)
				return 0, "", nil
			}
			put := entriesOf("a", "b", "c", "d", "e", "f", "g")
			put = append(put, entry("huge", 0, strings.Repeat("条件 ", 1000)))
			err := standInFor(t, s).Apply(t.Context(), stamp("g1"), put, nil)
			var refused *index.EntryError
			if !errors.As(err, &refused) || len(refused.Documents) != 1 || refused.Documents["huge"] == "" {
				t.Fatalf("%v", err)
			}
			if slices.Sort(fit); strings.Join(fit, "") != "abcdefg" {
				t.Errorf("put %v", fit)
			}
		})
	}
}

func TestApplyLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		stamp string
		want  error
	}{
		"another installation": {`{"installation":"two","cursor":"1"}`, ErrForeign},
		"no stamp of ours":     {`{"title":"a film"}`, ErrForeign},
		"not there":            {"", ErrNoGeneration},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &standIn{answer: func(_ *http.Request, a asked) (int, string, error) {
				if answer.stamp == "" && a.method == http.MethodGet {
					return 404, fmt.Sprintf(noneYet, noIndex), nil
				}
				if strings.HasSuffix(a.path, "/stamp") {
					return 200, answer.stamp, nil
				}
				return 0, "", nil
			}}
			e := standInFor(t, s)
			for what, err := range map[string]error{
				"apply": e.Apply(t.Context(), stamp("g1"), entriesOf("a"), nil),
				"keep":  e.Keep(t.Context(), stamp("g1")),
			} {
				if !errors.Is(err, answer.want) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if answer.want == ErrForeign {
				for what, err := range map[string]error{
					"create": e.Create(t.Context(), stamp("g1")), "drop": e.Drop(t.Context(), "g1"),
				} {
					if !errors.Is(err, ErrForeign) {
						t.Errorf("%s: %v", what, err)
					}
				}
			}
			for _, a := range s.got() {
				if a.method != http.MethodGet {
					t.Errorf("touched it: %v", a)
				}
			}
		})
	}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 7, 50} {
		for _, most := range []int{1, 700, 2000, 1 << 20} {
			var documents []string
			for i := range n {
				documents = append(documents, fmt.Sprintf(`d "%d" <&>`, i))
			}
			cut, err := batches(entriesOf(documents...), most)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, b := range cut {
				in := documentsIn(t, string(b.body))
				if len(in) != len(b.entries) || len(b.entries) > 1 && len(b.body) > most+1 {
					t.Errorf("%d entries, %d of them in %d bytes, at most %d", len(b.entries), len(in), len(b.body), most)
				}
				got = append(got, in...)
			}
			if !slices.Equal(got, documents) {
				t.Errorf("n %d, most %d: %v", n, most, got)
			}
		}
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	a, b, c := documentKey("a"), documentKey("b"), documentKey("c")
	put := []index.Entry{entry("a", 0, ""), entry("a", 1, ""), entry("b", 0, ""), entry("b", 2, ""), entry("x", 0, "")}
	got := leftovers(put, []string{"a", "b", "c"}, nil)
	want := []string{
		"key IN [" + a + "] AND ordinal >= 2", "key IN [" + b + "] AND ordinal NOT IN [0, 2]", "key IN [" + c + "]",
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := leftovers(put, nil, map[string]string{"a": "bad"}); !slices.Equal(got, []string{"key IN [" + a + "]"}) {
		t.Errorf("of a refused document stays more than %q", got)
	}
}

// FuzzDocumentKey: no two documents share a place, and each place is one that
// Meilisearch takes.
func FuzzDocumentKey(f *testing.F) {
	f.Add("a", 1, "a", 11)
	f.Add("a-1", 1, "a", 11)
	f.Add("", 0, "公积金", 0)
	f.Fuzz(func(t *testing.T, a string, i int, b string, j int) {
		p, q := recordPlace(documentKey(a), i), recordPlace(documentKey(b), j)
		if (p == q) != (a == b && i == j) {
			t.Errorf("%q %d and %q %d: %s and %s", a, i, b, j, p, q)
		}
		if len(p) > 511 || !names.MatchString(p) || p == stampPlace {
			t.Errorf("%q %d: %s", a, i, p)
		}
	})
}
