package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
)

func withFile(c corpus.Content, name string, data []byte) corpus.Content {
	c.Original = &corpus.Original{Name: name, MediaType: "text/html", Data: data}
	return c
}

func TestOriginals(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	large := bytes.Repeat([]byte("敬老卡管理办法"), 50_000) // several parts
	read := func(document string, revision int) ([]byte, corpus.Attached) {
		t.Helper()
		a, err := s.Attached(ctx, document, revision)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(s.Bytes(ctx, a))
		if err != nil {
			t.Fatal(err)
		}
		return data, a
	}
	put(t, s, true, withFile(content("a"), "办法.html", large), withFile(content("b"), "same.html", large), content("c"))
	data, a := read("a", 1)
	sum := sha256.Sum256(large)
	if !bytes.Equal(data, large) || a != (corpus.Attached{Name: "办法.html", MediaType: "text/html", Sum: hex.EncodeToString(sum[:]), Size: int64(len(large))}) {
		t.Errorf("%d bytes, %+v", len(data), a)
	}
	if _, b := read("b", 1); b.Sum != a.Sum || b.Name != "same.html" {
		t.Errorf("the same bytes elsewhere: %+v", b)
	}
	from := s.Bytes(ctx, a)
	if _, err := from.Seek(262_140, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if part, err := io.ReadAll(io.LimitReader(from, 10)); err != nil || !bytes.Equal(part, large[262_140:262_150]) {
		t.Errorf("across a part's end: %q %v", part, err)
	}
	for _, c := range []struct {
		document string
		revision int
	}{{"c", 1}, {"a", 2}, {"nothing", 1}} {
		if _, err := s.Attached(ctx, c.document, c.revision); !errors.Is(err, corpus.ErrNotFound) {
			t.Errorf("%s %d: %v", c.document, c.revision, err)
		}
	}
	// An unchanged document gets its file, a new one in the place of the old;
	// what nobody has any more goes.
	if o := put(t, s, true, withFile(content("c"), "c.html", []byte("c"))); o[0].Changed {
		t.Error("a file made a revision")
	}
	if data, _ := read("c", 1); string(data) != "c" {
		t.Errorf("c: %q", data)
	}
	put(t, s, true, withFile(content("a"), "办法.html", []byte("new")), withFile(content("b"), "same.html", nil))
	if data, _ := read("a", 1); string(data) != "new" {
		t.Errorf("a: %q", data)
	}
	if data, b := read("b", 1); len(data) != 0 || b.Size != 0 {
		t.Errorf("an empty file: %q", data)
	}
	if data, err := io.ReadAll(s.Bytes(ctx, a)); err == nil {
		t.Errorf("the old bytes are still there: %d", len(data))
	}
	put(t, s, true, content("a")) // a record in the place of a file leaves it
	if data, _ := read("a", 1); string(data) != "new" {
		t.Errorf("a: %q", data)
	}
	// Bytes that are there need not come again, others do.
	known := withFile(content("d"), "d.xlsx", nil)
	known.Original.Sum = a.Sum
	if _, err := s.Put(ctx, []corpus.Content{known}, true); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("a sum without bytes: %v", err)
	}
	first := withFile(content("d"), "d.xlsx", large)
	first.Original.Sum, known.Document.ID = a.Sum, "e"
	put(t, s, true, first, known)
	if data, _ := read("e", 1); !bytes.Equal(data, large) {
		t.Errorf("a file of two records: %d bytes", len(data))
	}
	for name, bad := range map[string]corpus.Content{
		"no sum":    {Document: content("x").Document, Original: &corpus.Original{Name: "x", Sum: "../x"}},
		"no name":   withFile(content("x"), "", []byte("x")),
		"a path":    withFile(content("x"), "../x", []byte("x")),
		"a break":   withFile(content("x"), "a\r\nb", []byte("x")),
		"too large": withFile(content("x"), "x", make([]byte, 64<<20+1)),
	} {
		if _, err := s.Put(ctx, []corpus.Content{bad}, true); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	reserved := content("x")
	reserved.Passages[1].Anchor = corpus.OriginalAnchor
	if _, err := s.Put(ctx, []corpus.Content{reserved}, true); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("the file's address as an anchor: %v", err)
	}
}

func topics(names ...string) func(*corpus.Document) {
	return func(d *corpus.Document) { d.Topics = names }
}

func TestTopicsAndSelect(t *testing.T) {
	t.Parallel()
	s, ctx := open(t), t.Context()
	put(t, s, true,
		content("a", topics("养老", " 养老", "住房"), func(d *corpus.Document) { d.Agency = "市民政局、市财政局" }),
		content("b", topics("养老"), func(d *corpus.Document) { d.Kind, d.Published, d.Agency = corpus.Guide, "2025-01-01", "民政局" }),
		content("mine", topics("养老", "机密"), func(d *corpus.Document) { d.Account, d.Published, d.Agency = "one", "2026-01-01", "市民政局" }),
		content("sample", topics("示例"), func(d *corpus.Document) { d.Sample = true }))
	put(t, s, false, content("draft", topics("草稿")))
	names := func(account string) string {
		t.Helper()
		all, err := s.Topics(ctx, account)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, t := range all {
			out = append(out, fmt.Sprint(t.Name, t.Documents, len(t.Kinds)))
		}
		return strings.Join(out, " ")
	}
	for account, want := range map[string]string{"": "养老2 2 住房1 1 示例1 1", "one": "养老3 2 住房1 1 机密1 1 示例1 1", "other": "养老2 2 住房1 1 示例1 1"} {
		for range 2 { // counted, then remembered
			if got := names(account); got != want {
				t.Errorf("%q sees %s, want %s", account, got, want)
			}
		}
	}
	for _, c := range []struct {
		name, account string
		sel           corpus.Selection
		skip, limit   int
		want          string
	}{
		{"a topic", "", corpus.Selection{Topic: "养老"}, 0, 9, "b a"},
		{"its owner's", "one", corpus.Selection{Topic: "养老"}, 0, 9, "mine b a"},
		{"of a kind", "one", corpus.Selection{Topic: "养老", Kinds: []corpus.Kind{corpus.Guide, corpus.FAQ}}, 0, 9, "b"},
		{"a page", "one", corpus.Selection{Topic: "养老"}, 1, 1, "b"},
		{"agencies, each once", "one", corpus.Selection{Agencies: []string{"市民政局", "市财政局", "民政局"}}, 0, 9, "mine b a"},
		{"an agency", "", corpus.Selection{Agencies: []string{"市财政局"}}, 0, 9, "a"},
		{"another's topic", "", corpus.Selection{Topic: "机密"}, 0, 9, ""},
		{"a draft's", "", corpus.Selection{Topic: "草稿"}, 0, 9, ""},
		{"nothing", "", corpus.Selection{}, 0, 9, ""},
	} {
		list, err := s.Select(ctx, c.account, c.sel, c.skip, c.limit)
		var ids []string
		for _, d := range list {
			ids = append(ids, d.ID)
		}
		if got := strings.Join(ids, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", c.name, got, c.want, err)
		}
	}
	put(t, s, true, content("a", topics("教育")))
	if got := names(""); got != "养老1 1 教育1 1 示例1 1" {
		t.Errorf("after an edit: %s", got)
	}
	if _, err := s.WithdrawSample(ctx); err != nil {
		t.Fatal(err)
	}
	if got := names(""); got != "养老1 1 教育1 1" {
		t.Errorf("without the sample: %s", got)
	}
	n, err := s.CountAddresses(ctx, "")
	list, err2 := s.Addresses(ctx, "", 1, 5)
	if n != 2 || err != nil || err2 != nil || len(list) != 1 || list[0].Document != "b" || !list[0].Changed.Known() {
		t.Errorf("addresses: %d %v %v %v", n, list, err, err2)
	}
}

func TestAsked(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(t.TempDir(), "asked.db"), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, key := t.Context(), 0
	put(t, s, true, content("a", topics("养老")), content("b"), content("c"))
	ask := func(account, person string, days int, status bot.Status, documents ...string) {
		t.Helper()
		key++
		at := now.AddDate(0, 0, -days)
		r := bot.Record{Key: fmt.Sprint(key), Account: account, Person: person, Asked: at, Answered: at, Status: status}
		for _, d := range documents {
			r.Sources = append(r.Sources, bot.Source{Ref: corpus.Ref{Document: d}})
		}
		if _, err := s.Commit(ctx, bot.Batch{Records: []bot.Record{r}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []string{"p1", "p2", "p3", "p4"} {
		ask("one", p, 1, bot.Answered, "a", "a", "gone")
	}
	for _, p := range []string{"p1", "p2", "p3"} {
		ask("one", p, 29, bot.Answered, "b")
	}
	for range 9 { // two persons, however often
		ask("one", "p1", 1, bot.Answered, "c")
		ask("one", "p2", 1, bot.Answered, "c")
	}
	ask("one", "p3", 31, bot.Answered, "c")
	ask("one", "p4", 1, bot.Refused, "c")
	ask("one", "", 1, bot.Answered, "c")
	ask("two", "p5", 1, bot.Answered, "c")
	want := []corpus.Asked{{Document: "a", Persons: 4, Topics: []string{"养老"}}, {Document: "b", Persons: 3, Topics: []string{"老人"}}}
	if got, err := s.Asked(ctx, "one"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := s.Asked(ctx, "two"); err != nil || len(got) != 0 {
		t.Errorf("another account: %+v, %v", got, err)
	}
	if _, err := s.Forget(ctx, "one", "p1"); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Asked(ctx, "one"); !reflect.DeepEqual(got, want) {
		t.Errorf("counted anew at once: %+v", got)
	}
	now = now.Add(11 * time.Minute)
	if got, err := s.Asked(ctx, "one"); err != nil || len(got) != 1 || got[0].Persons != 3 {
		t.Errorf("after somebody was forgotten: %+v, %v", got, err)
	}
}
