package meili

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/policybot/policybot/index"
)

// What a server says of its own size is not believed for ever, and no answer
// is a panic.
func TestListsThatCannotBe(t *testing.T) {
	t.Parallel()
	ones := func(n int) string { return strings.TrimSuffix(strings.Repeat(`{"document":"a"},`, n), ",") }
	for name, body := range map[string]string{
		"null":              `null`,
		"one of them null":  `{"results":[null],"total":1}`,
		"empty, and more":   `{"results":[],"total":9}`,
		"without end":       `{"results":[{"uid":"x","document":"a"}],"total":9000000000000000000}`,
		"longer than asked": `{"results":[` + ones(sumsPage+1) + `],"total":` + fmt.Sprint(sumsPage+1) + `}`,
		"numbers for names": `{"results":[{"uid":1,"document":1}],"total":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &standIn{answer: func(_ *http.Request, a asked) (int, string, error) {
				if a.path == "/indexes" || strings.HasSuffix(a.path, "/documents/fetch") {
					return 200, body, nil
				}
				return 0, "", nil
			}}
			e := standInFor(t, s)
			if stamps, err := e.Generations(t.Context()); len(stamps) > 0 || !errors.Is(err, errNotMeilisearch) && name != "null" {
				t.Errorf("Generations: %v, %v", stamps, err)
			}
			err := e.Sums(t.Context(), "g1", func(index.Place, string) error { return nil })
			if !errors.Is(err, errNotMeilisearch) && !strings.HasSuffix(name, "null") { // a page of none, or an entry without a name
				t.Errorf("Sums: %v", err)
			}
		})
	}
}

// A page that is shorter than was asked for leaves out nothing.
func TestShortPages(t *testing.T) {
	t.Parallel()
	s := &standIn{}
	s.answer = func(_ *http.Request, a asked) (int, string, error) {
		if !strings.HasSuffix(a.path, "/documents/fetch") {
			return 0, "", nil
		}
		return 200, fmt.Sprintf(`{"results":[{"document":"a","ordinal":%d,"sum":"s"}],"total":3}`, s.count("POST")-1), nil
	}
	var got []int
	err := standInFor(t, s).Sums(t.Context(), "g1", func(p index.Place, _ string) error {
		got = append(got, p.Ordinal)
		return nil
	})
	if err != nil || fmt.Sprint(got) != "[0 1 2]" {
		t.Errorf("%v, %v", got, err)
	}
}

// More hits than were asked for are not looked at.
func TestTooManyHits(t *testing.T) {
	t.Parallel()
	s := &standIn{answer: func(_ *http.Request, a asked) (int, string, error) {
		hits := strings.Repeat(`{"document":"a","ordinal":1},`, maxTotalHits) + `{"document":"a","ordinal":-9223372036854775808}`
		return 200, answerOf(a.body, hits), nil
	}}
	if found, err := standInFor(t, s).Recall(t.Context(), "g1", probe("secret")); !errors.Is(err, errNotMeilisearch) || found != nil {
		t.Errorf("%d found, %v", len(found), err)
	}
}

// A task that nobody has taken is not done: something else answers here.
func TestTasksThatAreNone(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(a asked) (int, string){
		"taken": func(a asked) (int, string) {
			if a.method == http.MethodPost && strings.HasSuffix(a.path, "/documents") {
				return taken, `{}`
			}
			return 0, ""
		},
		"done": func(a asked) (int, string) {
			if strings.HasPrefix(a.path, "/tasks/") {
				return 200, `{"uid":77,"status":"succeeded"}`
			}
			return 0, ""
		},
	} {
		s := &standIn{answer: func(_ *http.Request, a asked) (int, string, error) {
			status, body := answer(a)
			return status, body, nil
		}}
		if err := standInFor(t, s).Keep(t.Context(), stamp("g1")); !errors.Is(err, errNotMeilisearch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
