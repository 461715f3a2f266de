//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// messages returns the texts of the journal that can be read, the oldest
// first.
func messages(t *testing.T, data string) []bot.Texts {
	t.Helper()
	return readable(t, filepath.Join(data, databaseName), filepath.Join(data, databaseName))
}

// readable reads the messages of one database with the keys of another: what
// somebody can who has both.
func readable(t *testing.T, journal, keys string) []bot.Texts {
	t.Helper()
	rows, err := openFile(t, journal).Query("SELECT id, key, texts FROM journal WHERE texts IS NOT NULL ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	live := openFile(t, keys)
	var all []bot.Texts
	for rows.Next() {
		var id int64
		var r bot.Record
		if err := rows.Scan(&id, &r.Key, &r.Texts); err != nil {
			t.Fatal(err)
		}
		if err := live.QueryRow("SELECT secret FROM journal_keys WHERE id = $1", id).Scan(&r.Secret); err != nil {
			continue
		}
		texts, err := r.Read()
		if err != nil {
			t.Errorf("message %d: %v", id, err)
		}
		all = append(all, texts)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// holding returns which files below a folder hold one of the texts.
func holding(t *testing.T, folder string, texts ...string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name != folder {
			return nil // a running server writes its snapshots under another name first
		}
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		for _, text := range texts {
			if bytes.Contains(data, []byte(text)) {
				found = append(found, filepath.Base(name)+": "+text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// unpacked restores a backup into a new folder.
func unpacked(t *testing.T, file string, more ...string) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "restored")
	cli(t, "", append([]string{"restore", file, "--data", data}, more...)...).must(t, 0)
	return data
}

const marked = "我家门口第三棵树下埋着记号"

func TestCitizensRecords(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	stays, leaves := browser(t), browser(t)
	chatWith(t, stays, s.base, "老人卡在哪里办？我留下")
	chatWith(t, leaves, s.base, marked+"，身份证110101199003074258，电话13800138000，老人卡在哪里办？")
	if n := len(messages(t, data)); n != 2 {
		t.Fatalf("%d messages", n)
	}
	sent := []string{marked, "110101199003074258", "13800138000"}
	if found := holding(t, data, sent...); len(found) > 0 {
		t.Errorf("files hold %v", found)
	}
	early := filepath.Join(t.TempDir(), "early.tar.zst")
	keys := filepath.Join(t.TempDir(), "keys")
	cli(t, "", "backup", early, "--keys", keys, "--data", data).must(t, 0)
	if found := holding(t, filepath.Dir(early), sent...); len(found) > 0 {
		t.Errorf("the backup holds %v", found)
	}
	copied := unpacked(t, early)
	if found := holding(t, copied, sent...); len(found) > 0 {
		t.Errorf("what the backup unpacks to holds %v", found)
	}
	if got := messages(t, copied); len(got) != 0 {
		t.Errorf("without keys %v can be read", got)
	}
	if got := messages(t, unpacked(t, early, "--keys", keys)); len(got) != 2 || !strings.HasPrefix(got[1].Question, marked) {
		t.Errorf("with keys %v can be read", got)
	}

	page := chatWith(t, leaves, s.base, "查我的记录")
	for _, want := range []string{"存有1条消息", "存90天", "［身份证号］", marked} {
		if !strings.Contains(page, want) {
			t.Errorf("查我的记录 shows no %q", want)
		}
	}
	if page := chatWith(t, stays, s.base, "查我的记录"); strings.Contains(page, "记号") {
		t.Error("somebody else's question is shown")
	}
	page = chatWith(t, leaves, s.base, "把我的聊天记录都删掉吧")
	if !strings.Contains(page, "已经删掉了：您的1条消息") || strings.Contains(page, marked) {
		t.Error("what was deleted is not said, or still shown")
	}
	for _, m := range messages(t, data) {
		if strings.Contains(m.Question+m.Reply, "记号") || strings.Contains(m.Question, "删掉吧") {
			t.Errorf("%+v is kept", m)
		}
	}
	if n := inquire[int](t, data, "SELECT count(*) FROM journal WHERE person = '' AND texts IS NULL"); n != 4 {
		t.Errorf("%d lines without text and person, want 4", n)
	}
	// The same with the earlier backup's journal and the live keys.
	base := filepath.Join(t.TempDir(), "base")
	cli(t, "", "restore", early, "--keys", keys, "--data", base).must(t, 0)
	for _, m := range readable(t, filepath.Join(base, databaseName), filepath.Join(data, databaseName)) {
		if strings.Contains(m.Question, "记号") {
			t.Errorf("an earlier backup and the live keys give %+v", m)
		}
	}
	newest := filepath.Join(t.TempDir(), "newest")
	cli(t, "", "backup", filepath.Join(t.TempDir(), "later"), "--keys", newest, "--data", data).must(t, 0)
	again := unpacked(t, early, "--keys", newest)
	if got := messages(t, again); len(got) != 1 || !strings.Contains(got[0].Question, "我留下") {
		t.Errorf("an earlier backup and the newest keys give %+v", got)
	}
	if n := inquire[int](t, again, "SELECT count(*) FROM journal WHERE person <> '' AND texts IS NULL"); n != 0 {
		t.Errorf("%d lines of whoever was forgotten name them", n)
	}
	// The keys that were removed are not in the log either, in a moment.
	old, _, err := secretsIn(keys)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the removed key is overwritten", func() bool { return len(holding(t, data, string(old[1]))) == 0 })
	if len(holding(t, data, string(old[0]))) == 0 {
		t.Error("the key that stays is not found: this test looks in the wrong place")
	}
}

func secretsIn(file string) (secrets [][]byte, instance string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	head, list, err := readKeys(f)
	for _, k := range list {
		secrets = append(secrets, k.Secret)
	}
	return secrets, head.Instance, err
}

// What is older than the retention goes with its key, also out of reach of
// earlier backups; the line stays for six months.
func TestRetention(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	chatWith(t, browser(t), s.base, marked)
	chatWith(t, browser(t), s.base, "老人卡在哪里办？")
	chatWith(t, browser(t), s.base, "很久以前")
	early := filepath.Join(t.TempDir(), "early.tar.zst")
	keys := filepath.Join(t.TempDir(), "keys")
	cli(t, "", "backup", early, "--keys", keys, "--data", data).must(t, 0)
	s.stop()
	db := database(t, data)
	for id, days := range map[int]int{1: 31, 2: 29, 3: 185} {
		at := time.Now().Add(-time.Duration(days) * 24 * time.Hour).UnixMilli()
		if _, err := db.Exec("UPDATE journal SET asked = $1 WHERE id = $2", at, id); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	startHere(t, data, "--retention", "30d")
	eventually(t, "what is too old is removed", func() bool {
		return inquire[int](t, data, "SELECT count(*) FROM journal") == 2 && inquire[int](t, data, "SELECT count(*) FROM journal_keys") == 1
	})
	if got := messages(t, data); len(got) != 1 || got[0].Question != "老人卡在哪里办？" {
		t.Errorf("%+v", got)
	}
	if n := inquire[int](t, data, "SELECT count(*) FROM journal WHERE id = 1 AND person = '' AND texts IS NULL AND status <> ''"); n != 1 {
		t.Error("the line is not kept")
	}
	old, _, err := secretsIn(keys)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the removed keys are overwritten", func() bool { return len(holding(t, data, string(old[0]), string(old[2]))) == 0 })
	base := unpacked(t, early, "--keys", keys)
	for _, m := range readable(t, filepath.Join(base, databaseName), filepath.Join(data, databaseName)) {
		if strings.Contains(m.Question, "记号") {
			t.Errorf("an earlier backup and the live keys give %+v", m)
		}
	}
	for _, bad := range []string{"0d", "23h", "x", "-5d", "99999d", "90"} {
		r := cli(t, "", "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0", "--retention", bad).must(t, 2)
		if !strings.Contains(r.errs, "--retention") {
			t.Errorf("%s: %s", bad, r.errs)
		}
	}
}

// downgrade makes a folder's database what it was before texts were sealed.
func downgrade(t *testing.T, data string) {
	t.Helper()
	db := database(t, data)
	for _, q := range []string{
		"DROP TABLE differences", "DROP TABLE verdicts", "DROP TABLE door_keys", "DROP TABLE door_sessions", "DROP TABLE door_links", "DROP TABLE door_tries", "DROP TABLE door_forms",
		"DROP TABLE work_facets", "DROP TABLE works", "DROP TABLE work_revisions", "DROP TABLE work_authors", "DROP TABLE comments", "DROP TABLE publications",
		"DROP TABLE withdrawals", "DROP TABLE uploads", "DROP TABLE work_words", "DROP TABLE work_texts", "DROP TABLE concern_notes", "DROP TABLE concerns", "DROP TABLE pins", "DROP TABLE history", "DROP TABLE history_head", "DROP TABLE staff",
		"DROP TABLE engines", "DROP TABLE asides", "DROP TABLE engine_events", "DROP TABLE lexicons", "DROP TABLE lexicon_switches", "DROP TABLE lexicon_trials",
		"DROP TABLE journal_keys", "DROP INDEX journal_open", "DROP INDEX journal_asked", "DROP INDEX journal_texts", "DROP INDEX journal_person",
		"ALTER TABLE journal DROP COLUMN texts", "CREATE INDEX journal_person ON journal (account, person, asked)",
		"DROP TABLE citations", "DROP TABLE facets", "DROP TABLE revision_originals", "DROP TABLE original_parts", "DROP TABLE originals",
		"ALTER TABLE outbox DROP COLUMN at", "DROP TABLE revision_notes", "DROP TABLE title_keys", "ALTER TABLE documents DROP COLUMN begins",
		"ALTER TABLE documents DROP COLUMN ends", "ALTER TABLE documents DROP COLUMN fate", "DROP TABLE edges", "DROP TABLE decisions",
		"DROP INDEX documents_number", "ALTER TABLE relations DROP COLUMN anchors", "ALTER TABLE relations DROP COLUMN place",
		"ALTER TABLE relations DROP COLUMN label", "ALTER TABLE relations DROP COLUMN edge", "DELETE FROM goose_db_version WHERE version_id >= 7", "DELETE FROM settings WHERE name = 'journal_rewritten'",
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	for i := range 40 { // some are removed again, into free pages
		_, err := db.Exec(`INSERT INTO journal (key, account, person, kind, question, asked, took, status, reason, reply,
			confidence, engine, lexicon, generation, sources, choices) VALUES ($1, 'default', $2, 'text', $3, $4, 1, 'answered', 'x', $5, 1, '', '', '', '[{"ref":{"document":"jinglaoka-banfa"}}]', $6)`,
			fmt.Sprint("old", i), fmt.Sprint("person", i%2), fmt.Sprint(marked, i), time.Now().UnixMilli(), strings.Repeat("答", 900), `[{"label":"选"}]`)
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("DELETE FROM journal WHERE person = 'person1'"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if len(holding(t, data, marked)) == 0 {
		t.Fatal("an older version's database holds no text")
	}
}

func TestUpgradeSealsAndBacksUp(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	before := chatWith(t, browser(t), s.base, "老人卡在哪里办？")
	s.stop()
	downgrade(t, data)
	s = startHere(t, data)
	for _, want := range []string{"a backup of it was made before", "messages=20"} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, s.log)
		}
	}
	got := messages(t, data)
	if len(got) < 20 || got[len(got)-1].Question != marked+"38" || len(got[len(got)-1].Choices) != 1 {
		t.Errorf("%d messages, the last %+v", len(got), got[len(got)-1])
	}
	if found := holding(t, data, marked); len(found) > 0 {
		t.Errorf("after the upgrade %v", found)
	}
	for what, query := range map[string]string{
		"citations":      "SELECT count(*) FROM citations c JOIN journal j ON j.id = c.journal WHERE c.document = 'jinglaoka-banfa' AND j.key LIKE 'old%'",
		"topics, of 20,": "SELECT min(20, count(*)) FROM facets WHERE facet = 'topic'",
	} {
		if n := inquire[int](t, data, query); n != 20 {
			t.Errorf("%d %s are filled in", n, what)
		}
	}
	autos, err := filepath.Glob(filepath.Join(data, "backups", "before-schema-[0-9][0-9]-*.tar.zst"))
	if err != nil || len(autos) != 1 {
		t.Fatal(autos, err)
	}
	s.stop()
	restored := unpacked(t, autos[0])
	if found := holding(t, restored, marked); len(found) > 0 {
		t.Errorf("the automatic backup holds %v", found)
	}
	again := startHere(t, restored)
	after := chatWith(t, browser(t), again.base, "老人卡在哪里办？")
	if strings.ReplaceAll(after, again.base, "") != strings.ReplaceAll(before, s.base, "") && !strings.Contains(after, "敬老卡") {
		t.Error("the automatic backup does not answer")
	}
	if n := inquire[int](t, restored, "SELECT count(*) FROM journal WHERE key LIKE 'old%'"); n != 20 {
		t.Errorf("%d lines are restored", n)
	}
}

// Where the backup before a change cannot be written, nothing is changed.
func TestUpgradeWithoutBackupIsRefused(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	startHere(t, data).stop()
	downgrade(t, data)
	write(t, filepath.Join(data, "backups"), "in the way")
	r := cli(t, "", serveArgs(data, nil)...).must(t, 1)
	if !strings.Contains(r.errs, "the backup before that could not be written") {
		t.Errorf("%s", r.errs)
	}
	if n := inquire[int](t, data, "SELECT max(version_id) FROM goose_db_version"); n >= 7 {
		t.Errorf("the schema is %d all the same", n)
	}
}

func TestTidyBackups(t *testing.T) {
	t.Parallel()
	data, now := t.TempDir(), time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	make := func(name string, age time.Duration) {
		write(t, filepath.Join(data, "backups", name), "x")
		if err := os.Chtimes(filepath.Join(data, "backups", name), now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{"before-schema-9-20261120T000000Z.tar.zst", "before-schema-10-20261121T000000Z.tar.zst",
		"before-schema-8-20261119T000000Z.tar.zst", "before-schema-7-20261118T000000Z.tar.zst", "mine.tar.zst", "before-schema-x.tar.zst",
		"a.tar.zst.part-12", ".snapshot-1"} {
		make(name, time.Duration(i)*10*time.Hour)
	}
	look := func(now time.Time, want ...string) {
		t.Helper()
		if err := tidyBackups(data, now, 30*24*time.Hour); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Join(data, "backups"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if fmt.Sprint(names) != fmt.Sprint(want) {
			t.Errorf("%v, want %v", names, want)
		}
	}
	look(now, "before-schema-10-20261121T000000Z.tar.zst", "before-schema-8-20261119T000000Z.tar.zst",
		"before-schema-9-20261120T000000Z.tar.zst", "before-schema-x.tar.zst", "mine.tar.zst")
	look(now.Add(24*24*time.Hour), "before-schema-10-20261121T000000Z.tar.zst", "before-schema-x.tar.zst", "mine.tar.zst")
	if err := tidyBackups(t.TempDir(), now, time.Hour); err != nil {
		t.Error(err)
	}
}

func TestLogFile(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	s := startHere(t, data)
	chatWith(t, browser(t), s.base, marked)
	s.stop()
	name := filepath.Join(data, "log", "policybot.log")
	text, err := os.ReadFile(name)
	if err != nil || !strings.Contains(string(text), "msg=chat") || strings.Contains(string(text), marked) {
		t.Errorf("%v:\n%s", err, text)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	other := t.TempDir()
	startHere(t, filepath.Join(other, "data"), "--log-file", "none").stop()
	if _, err := os.Stat(filepath.Join(other, "data", "log")); !os.IsNotExist(err) {
		t.Errorf("--log-file none: %v", err)
	}
	r := cli(t, "", "serve", "--data", other, "--addr", "127.0.0.1:0", "--log-file", other).must(t, 1)
	if !strings.Contains(r.errs, "log file") {
		t.Errorf("%s", r.errs)
	}
}
