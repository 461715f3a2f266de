package meili

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/meilisearch/meilisearch-go"
)

const refusedKey = `{"message":"The provided API key is invalid.","code":"invalid_api_key","type":"auth"}`

func TestCheck(t *testing.T) {
	t.Parallel()
	answer := func(path string, status int, body string) func(*http.Request, asked) (int, string, error) {
		return func(_ *http.Request, a asked) (int, string, error) {
			if strings.HasPrefix(a.String(), path) {
				return status, body, nil
			}
			return 0, "", nil
		}
	}
	for name, test := range map[string]struct {
		answer func(*http.Request, asked) (int, string, error)
		want   string // in the error; "" is none
	}{
		"well":            {nil, ""},
		"not well":        {answer("GET /health", 200, `{"status":"starting"}`), "starting"},
		"another service": {answer("GET /health", 404, "<html>"), "check the address"},
		"a page":          {answer("GET /health", 200, "<html>"), "check the address"},
		"old":             {answer("GET /version", 200, `{"pkgVersion":"1.43.0"}`), "Meilisearch 1.43.0: 1.43.1 or later"},
		"very old":        {answer("GET /version", 200, `{"pkgVersion":"0.30.5"}`), "1.43.1 or later"},
		"new":             {answer("GET /version", 200, `{"pkgVersion":"2.0.0-rc.1"}`), ""},
		"no version":      {answer("GET /version", 200, `{"pkgVersion":"latest"}`), "cannot be read"},
		"wrong key":       {answer("", 403, refusedKey), ""},
		"no key":          {answer("POST /multi-search", 401, `{"message":"x","code":"missing_authorization_header","type":"auth"}`), "wants a key"},
		"no search":       {answer("POST /multi-search", 403, refusedKey), "the key in POLICYBOT_MEILI_KEY (or its _FILE)"},
		"version hidden":  {answer("GET /version", 403, refusedKey), ""},
		"no tasks":        {answer("GET /tasks", 403, refusedKey), "lacks the right to tasks.get"},
		"proxy":           {answer("GET /indexes/p-none", 502, "bad gateway"), "502"},
		"unreachable": {func(*http.Request, asked) (int, string, error) {
			return 0, "", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "wrong key" { // of whatever is asked but for health
				test.want = "not one of its keys"
				test.answer = func(_ *http.Request, a asked) (int, string, error) {
					if a.path == "/health" {
						return 0, "", nil
					}
					return 403, refusedKey, nil
				}
			}
			_, err := standInFor(t, &standIn{answer: test.answer}).Check(t.Context())
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("error %v, want one with %q", err, test.want)
			case err != nil && strings.Contains(err.Error(), secret):
				t.Errorf("the error shows the key: %v", err)
			}
		})
	}
}

// leastRights are those of the package's comment.
var leastRights = []string{
	"indexes.get", "indexes.create", "indexes.delete", "settings.get", "settings.update",
	"documents.get", "documents.add", "documents.delete", "tasks.get",
}

// scoped makes a key for the prefix, which is removed in the end.
func scoped(t *testing.T, c Config, actions ...string) string {
	t.Helper()
	keys := open(t, c).feeds.KeyManager()
	key, err := keys.CreateKeyWithContext(t.Context(), &meilisearch.Key{Description: t.Name(), Actions: actions, Indexes: []string{c.Prefix + "*"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = keys.DeleteKeyWithContext(context.Background(), key.UID) })
	return key.Key
}

// With the least rights everything works, beside indexes of others; with one
// less, Check says which.
func TestScopedKeys(t *testing.T) {
	t.Parallel()
	master := realServer(t)
	ctx := t.Context()
	owner := open(t, master)
	other := master
	other.Prefix += "others-"
	for _, uid := range []string{master.Prefix + "film", other.Prefix + "g1"} { // not ours, or of a longer prefix
		err := owner.do(ctx, "making another's", func() (*meilisearch.TaskInfo, error) {
			return owner.feeds.Index(uid).AddDocumentsWithContext(ctx, []map[string]any{{"id": 1, "title": "公积金"}}, nil)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	c := master
	c.Key, c.SearchKey = scoped(t, master, leastRights...), scoped(t, master, "search")
	e := open(t, c)
	if version, err := e.Check(ctx); err != nil || version != "" {
		t.Fatalf("%q, %v", version, err)
	}
	if err := e.Create(ctx, stamp("g1")); err != nil {
		t.Fatal(err)
	}
	if err := e.Apply(ctx, stamp("g1"), entriesOf("a", "b"), []string{"a", "b", "c"}); err != nil {
		t.Fatal(err)
	}
	if err := e.Apply(ctx, stamp("g1"), nil, []string{"b"}); err != nil {
		t.Fatal(err)
	}
	n, err := e.Count(ctx, "g1")
	if found, findErr := e.Recall(ctx, "g1", probe("条件")); err != nil || findErr != nil || n != 1 || len(found) != 1 {
		t.Errorf("%d, %v, %v, %v", n, found, err, findErr)
	}
	if all, err := e.Generations(ctx); err != nil || len(all) != 1 || all[0] != stamp("g1") {
		t.Errorf("%v, %v", all, err)
	}
	for what, err := range map[string]error{"create": e.Create(ctx, stamp("film")), "drop": e.Drop(ctx, "film")} {
		if !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
	}
	reader := c
	reader.Key = ""
	r := open(t, reader)
	if _, err := r.Check(ctx); err != nil {
		t.Errorf("with a key that searches: %v", err)
	}
	if found, err := r.Recall(ctx, "g1", probe("条件")); err != nil || len(found) != 1 {
		t.Errorf("with a key that searches: %v, %v", found, err)
	}
	if err := r.Drop(ctx, "g1"); err == nil {
		t.Error("a key that searches drops")
	}
	if err := e.Drop(ctx, "g1"); err != nil {
		t.Error(err)
	}
}

func TestMissingRights(t *testing.T) {
	t.Parallel()
	c := realServer(t)
	search := scoped(t, c, "search")
	for _, name := range leastRights {
		without := c
		without.SearchKey = search
		without.Key = scoped(t, c, slices.DeleteFunc(slices.Clone(leastRights), func(r string) bool { return r == name })...)
		_, err := open(t, without).Check(t.Context())
		if want := fmt.Sprintf("lacks the right to %s of", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	wrong := c
	wrong.Key = secret
	if _, err := open(t, wrong).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "not one of its keys") {
		t.Errorf("with a wrong key: %v", err)
	}
}

// An index that is removed under our hands is not left behind as the server
// makes it by itself.
func TestRemovedUnderOurHands(t *testing.T) {
	t.Parallel()
	e, ctx := open(t, realServer(t)), t.Context()
	uid := e.prefix + "g1"
	if err := e.vanished(ctx, uid, e.keep(ctx, uid, stamp("g1"))); !errors.Is(err, ErrNoGeneration) {
		t.Errorf("%v", err)
	}
	if state, _, err := e.look(ctx, uid); err != nil || state != absent {
		t.Errorf("%v, %v", state, err)
	}
}
