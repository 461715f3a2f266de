//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
	"github.com/policybot/policybot/index/meili"
)

// outsideOf are the settings of a policybot with an engine in memory.
func outsideOf(t *testing.T, server *indextest.Server) settings {
	t.Helper()
	s, err := fromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	s.Data, s.Addr, s.MeiliURL, s.MeiliKey = t.TempDir(), "127.0.0.1:0", "http://meili.invalid:7700", "k"
	s.dial = func(c meili.Config) (index.Outside, error) { return server.Open(c.Name, c.Installation), nil }
	return s
}

// serveSettings serves in this process until the test ends.
func serveSettings(t *testing.T, s settings) *service {
	t.Helper()
	v := &service{data: s.Data, out: &output{}, log: &output{}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- serve(ctx, s, v.out, v.log) }()
	v.stop = func() int {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
			done <- nil
			return 1
		}
		done <- nil
		return 0
	}
	t.Cleanup(func() { v.stop() })
	return v.ready(t)
}

// engineOf is how the only engine outside of a running policybot is.
func engineOf(t *testing.T, data string) engineReport {
	t.Helper()
	var r indexReport
	if err := json.Unmarshal([]byte(cli(t, "", "index", "status", "--json", "--data", data).must(t, 0).out), &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Engines) != 2 || r.Engines[0].Name != embedded {
		t.Fatalf("engines %+v", r.Engines)
	}
	return r.Engines[1]
}

const wheelchairs = "共享轮椅怎么借？"

// foundBy asks, and returns the engine that found the answer.
func foundBy(t *testing.T, data string) string {
	t.Helper()
	l := asked(t, data, nil, wheelchairs)[0]
	if l.Status != "answered" || len(l.Sources) == 0 || l.Sources[0].Document != "lunyi" {
		t.Errorf("%s: %s %+v", wheelchairs, l.Status, l.Sources)
	}
	return l.Engine
}

func TestServeWithAnEngine(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	s := serveSettings(t, outsideOf(t, server))
	eventually(t, "the engine to be asked", func() bool { return engineOf(t, s.data).Asked })
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	r := cli(t, "", "import", "--publish", "--data", s.data, file).must(t, 0)
	if strings.Contains(r.out, "wait") {
		t.Errorf("import says %q", r.out)
	}
	if e := engineOf(t, s.data); e.Queued != 0 || e.Documents != 1 {
		t.Errorf("after an import that has waited: %+v", e)
	}
	if by := foundBy(t, s.data); by != "meilisearch" {
		t.Errorf("found by %q", by)
	}
	if r := cli(t, "", "ask", "--explain", "--data", s.data, wheelchairs).must(t, 0); !strings.Contains(r.out, ", meilisearch, generation ") {
		t.Errorf("--explain names no engine:\n%s", r.out)
	}
	if r := cli(t, "", "health", "--data", s.data).must(t, 0); !strings.Contains(r.out, "engine     meilisearch") || !strings.Contains(r.out, "is asked before") {
		t.Errorf("health says\n%s", r.out)
	}
	if _, body := get(t, s.base+"/metrics"); !strings.Contains(body, `policybot_engine_asked{engine="meilisearch"} 1`) ||
		!strings.Contains(body, `policybot_engine_recalls_total{engine="meilisearch",outcome="answered"}`) {
		t.Error("/metrics does not have the engine")
	}
	eventually(t, "the log to say that it serves", func() bool { return strings.Contains(s.log.String(), "was built and serves") })
	t.Run("verify", func(t *testing.T) { verifyAnEngine(t, server, s.data) })
	t.Run("rebuild and drop", func(t *testing.T) { rebuildAndDrop(t, s.data) })
}

// verifyAnEngine takes an entry out behind the feed's back.
func verifyAnEngine(t *testing.T, server *indextest.Server, data string) {
	r := cli(t, "", "index", "verify", "--data", data).must(t, 0)
	if strings.Count(r.out, "no difference") != 2 {
		t.Errorf("verify says\n%s", r.out)
	}
	server.Remove(engineOf(t, data).Generation, index.Place{Document: "lunyi"})
	r = cli(t, "", "index", "verify", "--no-repair", "--data", data).must(t, 1)
	if !strings.Contains(r.out, "meilisearch: ") || !strings.Contains(r.out, "1 missing, 0 too many") || !strings.Contains(r.out, "not repaired") || !strings.Contains(r.out, "documents: lunyi") {
		t.Errorf("verify --no-repair says\n%s", r.out)
	}
	if r = cli(t, "", "index", "verify", "--engine", "local", "--no-repair", "--data", data).must(t, 0); strings.Contains(r.out, "meilisearch") {
		t.Errorf("verify --engine local says\n%s", r.out)
	}
	r = cli(t, "", "index", "verify", "--data", data).must(t, 0)
	if !strings.Contains(r.out, "; repaired") {
		t.Errorf("verify says\n%s", r.out)
	}
	cli(t, "", "index", "verify", "--no-repair", "--data", data).must(t, 0)
}

func rebuildAndDrop(t *testing.T, data string) {
	before := engineOf(t, data).Generation
	r := cli(t, "", "index", "rebuild", "--data", data).must(t, 0)
	if !strings.Contains(r.out, "local: built anew") || !strings.Contains(r.out, "meilisearch: built anew") {
		t.Errorf("rebuild says\n%s", r.out)
	}
	if e := engineOf(t, data); e.Generation == before || e.Documents != 1 {
		t.Errorf("after a rebuild: %+v", e)
	}
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"the embedded one":  {[]string{"--engine", "local", "--yes"}, 2, "never dropped"},
		"unknown":           {[]string{"--engine", "lucene", "--yes"}, 1, `no engine "lucene"`},
		"nobody to ask":     {nil, 2, "give --yes"},
		"one that serves":   {[]string{"--generation", engineOf(t, data).Generation, "--yes"}, 1, ""},
		"one that is not":   {[]string{"--generation", "g0", "--yes"}, 1, ""},
		"an argument of it": {[]string{"meilisearch"}, 2, ""},
	} {
		if r := cli(t, "", append([]string{"index", "drop", "--data", data}, tt.args...)...).must(t, tt.code); !strings.Contains(r.errs, tt.says) {
			t.Errorf("%s: drop says %s%s", name, r.out, r.errs)
		}
	}
	r = cli(t, "", "index", "drop", "--yes", "--data", data).must(t, 0)
	if !strings.Contains(r.errs, "to be removed:\n  meilisearch, generation ") || !strings.Contains(r.out, "meilisearch: removed") {
		t.Errorf("drop says %s%s", r.out, r.errs)
	}
	if e := engineOf(t, data); !e.Dropped || e.Asked || len(e.Generations) != 0 {
		t.Errorf("after a drop: %+v", e)
	}
	if by := foundBy(t, data); by != embedded {
		t.Errorf("after a drop found by %q", by)
	}
	cli(t, "", "index", "rebuild", "--engine", "meilisearch", "--data", data).must(t, 0)
	if by := foundBy(t, data); by != "meilisearch" {
		t.Errorf("after a rebuild found by %q", by)
	}
}

// An engine that is down holds up nobody: not the start, not an import, not an
// answer.
func TestServeWithoutItsEngine(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	down := func(context.Context, string) error { return errors.New("it does not answer") }
	server.Fail(down)
	s := serveSettings(t, outsideOf(t, server))
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	r := cli(t, "", "import", "--publish", "--data", s.data, file).must(t, 0)
	if !strings.Contains(r.out, "meilisearch does not have everything yet") || !strings.Contains(r.out, "it does not answer") ||
		!strings.Contains(r.out, "it follows by itself") {
		t.Errorf("import says\n%s", r.out)
	}
	if by := foundBy(t, s.data); by != embedded {
		t.Errorf("found by %q", by)
	}
	if r := cli(t, "", "health", "--data", s.data).must(t, 0); !strings.Contains(r.out, "the embedded index answers: it does not answer") {
		t.Errorf("health says\n%s", r.out)
	}
	if r := cli(t, "", "index", "rebuild", "--engine", "meilisearch", "--data", s.data).must(t, 1); !strings.Contains(r.out, "it does not answer") {
		t.Errorf("rebuild says\n%s", r.out)
	}
	server.Fail(nil)
	eventually(t, "the engine to be fed", func() bool { e := engineOf(t, s.data); return e.Asked && e.Queued == 0 })
	if by := foundBy(t, s.data); by != "meilisearch" {
		t.Errorf("found by %q", by)
	}
}

// A command that owns the folder builds nothing outside of it by surprise.
func TestEnginesOfCommandsAlone(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	s := outsideOf(t, server)
	for _, what := range []outside{leaves, follows, acts} {
		s.outside = what
		c, ok, err := takeFolder(s.Data)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		o, err := own(t.Context(), s, c, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if (o.(*host).app.engines != nil) != (what != leaves) {
			t.Errorf("%v: engines %v", what, o.(*host).app.engines)
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	}
	look := server.Open("meilisearch", inquire[string](t, s.Data, `SELECT value FROM settings WHERE name = 'installation_id'`))
	if all, err := look.Generations(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("the engine has %v, %v", all, err)
	}
}

// Whoever has only a key that reads never writes, and says so.
func TestReadsOnly(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	c := outsideOf(t, server)
	c.MeiliKey, c.MeiliSearchKey = "", "s"
	s := serveSettings(t, c)
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	start := time.Now()
	r := cli(t, "", "import", "--publish", "--data", s.data, file).must(t, 0)
	if !strings.Contains(r.out, "this process has a key that only reads") || time.Since(start) > testPatience/2 {
		t.Errorf("import says\n%s", r.out)
	}
	if e := engineOf(t, s.data); !e.ReadOnly || e.Generation != "" || !strings.Contains(e.Why, "nobody has fed it") {
		t.Errorf("%+v", e)
	}
	if r := cli(t, "", "index", "rebuild", "--engine", "meilisearch", "--data", s.data).must(t, 1); !strings.Contains(r.out, "POLICYBOT_MEILI_KEY") {
		t.Errorf("rebuild says %s", r.out)
	}
	if by := foundBy(t, s.data); by != embedded {
		t.Errorf("found by %q", by)
	}
}

// meiliTest names the server that tests may use, and its master key.
const meiliTest = "POLICYBOT_TEST_MEILI_"

// TestMeilisearch is what an operator does, with a real server.
func TestMeilisearch(t *testing.T) {
	t.Parallel()
	url, key := os.Getenv(meiliTest+"URL"), os.Getenv(meiliTest+"KEY")
	if url == "" {
		t.Skip("SKIPPED without a server: POLICYBOT_TEST_MEILI_URL names none")
	}
	keyFile := write(t, filepath.Join(t.TempDir(), "key"), key)
	s := startHere(t, t.TempDir(), append(accountArgs("plain"), "--meili-url", url, "--meili-key-file", keyFile)...)
	t.Cleanup(func() { cli(t, "", "index", "drop", "--yes", "--data", s.data).must(t, 0) })
	eventually(t, "the engine to be asked", func() bool { return engineOf(t, s.data).Asked })
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	if r := cli(t, "", "import", "--publish", "--data", s.data, file).must(t, 0); strings.Contains(r.out, "does not have") {
		t.Errorf("import says %s", r.out)
	}
	p := newPhone(s, "plain", "oPerson")
	if g := p.send(t, p.text(wheelchairs)); !strings.Contains(g.raw, "云溪县共享轮椅借用办法") {
		t.Errorf("the callback answers\n%s", g.raw)
	}
	if by := foundBy(t, s.data); by != "meilisearch" {
		t.Errorf("found by %q", by)
	}
	if n := inquire[int](t, s.data, `SELECT count(*) FROM journal WHERE engine = 'meilisearch'`); n == 0 {
		t.Error("the journal does not name the engine")
	}
	if r := cli(t, "", "index", "verify", "--data", s.data).must(t, 0); strings.Count(r.out, "no difference") != 2 {
		t.Errorf("verify says\n%s", r.out)
	}
	rebuildAndDrop(t, s.data)
	if strings.Contains(s.log.String(), key) {
		t.Error("the key is in the log")
	}
}

// A restored backup is another installation: two folders never feed the same
// indexes.
func TestRestoreLeavesTheEngines(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	s := serveSettings(t, outsideOf(t, server))
	eventually(t, "the engine to be asked", func() bool { return engineOf(t, s.data).Asked })
	file, folder := filepath.Join(t.TempDir(), "b.tar.zst"), filepath.Join(t.TempDir(), "restored")
	cli(t, "", "backup", file, "--data", s.data).must(t, 0)
	cli(t, "", "restore", file, "--data", folder).must(t, 0)
	const known = `SELECT (SELECT count(*) FROM settings WHERE name = 'installation_id') + (SELECT count(*) FROM engines) +
		(SELECT count(*) FROM asides) + (SELECT count(*) FROM engine_events)`
	if n := inquire[int](t, folder, known); n != 0 {
		t.Errorf("the restored folder knows %d things of the other's engines", n)
	}
	if n := inquire[int](t, s.data, known); n < 3 {
		t.Errorf("the folder itself knows %d", n)
	}
}
