package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index/indextest"
)

// Each command that publishes waits for the engine, but where it was told not
// to: then it says what is left.
func TestCommandsWaitForEngines(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	s := serveSettings(t, outsideOf(t, server))
	eventually(t, "the engine to be asked", func() bool { return engineOf(t, s.data).Asked })
	dir := t.TempDir()
	draft := write(t, filepath.Join(dir, "draft.jsonl"), policy("lunyi", "共享轮椅"))
	cli(t, "", "import", "--data", s.data, draft).must(t, 0)
	cli(t, "", "documents", "confirm", "lunyi", "--publish", "--data", s.data).must(t, 0)
	if e := engineOf(t, s.data); e.Queued != 0 || e.Documents != 1 {
		t.Errorf("after a confirmation: %+v", e)
	}
	if by := foundBy(t, s.data); by != "meilisearch" {
		t.Errorf("found by %q", by)
	}
	acceptAnEdge(t, server, s.data)

	held := make(chan struct{})
	server.Fail(func(ctx context.Context, call string) error {
		if call != "Apply" {
			return nil
		}
		select {
		case <-held:
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	more := write(t, filepath.Join(dir, "more.jsonl"), policy("dengshan", "登山杖"))
	r := cli(t, "", "import", "--publish", "--no-wait", "--data", s.data, more).must(t, 0)
	if !strings.Contains(r.out, "meilisearch does not have everything yet, 1 change waits") || !strings.Contains(r.out, "it follows by itself") {
		t.Errorf("import --no-wait says\n%s", r.out)
	}
	close(held)
	eventually(t, "the engine to follow", func() bool { return engineOf(t, s.data).Queued == 0 })
}

// acceptAnEdge decides on whether one document abolishes another: the engine
// has it when the command returns.
func acceptAnEdge(t *testing.T, server *indextest.Server, data string) {
	until := func() (day corpus.Date) {
		t.Helper()
		for _, e := range server.Entries(engineOf(t, data).Generation) {
			if e.Document == "old" {
				day = e.Until
			}
		}
		return day
	}
	dir := t.TempDir()
	old := write(t, filepath.Join(dir, "old.jsonl"), strings.ReplaceAll(policy("old", "雨伞"), "〕1号", "〕7号"))
	cli(t, "", "import", "--publish", "--data", data, old).must(t, 0)
	next := strings.ReplaceAll(policy("next", "新雨伞"), "到期可以续借一次。", "到期可以续借一次。\\n第三条 《云溪县雨伞借用办法》（云政规〔2025〕7号）同时废止。")
	cli(t, "", "import", "--publish", "--data", data, write(t, filepath.Join(dir, "next.jsonl"), next)).must(t, 0)
	var edge struct{ ID, State string }
	list := cli(t, "", "edges", "list", "--json", "--data", data).must(t, 0).out
	if err := json.Unmarshal([]byte(list), &edge); err != nil || edge.State != "proposed" || until() != "" {
		t.Fatalf("%v: %s; the engine has it until %q", err, list, until())
	}
	cli(t, "", "edges", "accept", "--data", data, edge.ID).must(t, 0)
	if day := until(); day != "2025-02-01" {
		t.Errorf("accepted, the engine has it until %q", day)
	}
	cli(t, "", "edges", "reject", "--data", data, edge.ID).must(t, 0)
	if day := until(); day != "" {
		t.Errorf("rejected, the engine has it until %q", day)
	}
}

// An engine that no setting names any more is shown until it is forgotten.
func TestEngineLeft(t *testing.T) {
	t.Parallel()
	server := indextest.NewServer()
	c := outsideOf(t, server)
	s := serveSettings(t, c)
	eventually(t, "the engine to be asked", func() bool { return engineOf(t, s.data).Asked })
	s.stop()
	status := cli(t, "", "index", "status", "--data", s.data).must(t, 0).out
	if !strings.Contains(status, "no setting names it any more") || !strings.Contains(status, "index drop --engine meilisearch") {
		t.Errorf("status says\n%s", status)
	}
	if r := cli(t, "", "index", "drop", "--yes", "--data", s.data).must(t, 1); !strings.Contains(r.errs, "no Meilisearch is configured") {
		t.Errorf("drop of all says %s", r.errs)
	}
	r := cli(t, "", "index", "drop", "--yes", "--engine", "meilisearch", "--data", s.data).must(t, 0)
	if !strings.Contains(r.errs, "what its server has stays there") {
		t.Errorf("drop says %s", r.errs)
	}
	if status = cli(t, "", "index", "status", "--data", s.data).must(t, 0).out; strings.Contains(status, "any more") {
		t.Errorf("forgotten, status says\n%s", status)
	}
}
