//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/store"
)

// bureau is a server in this process whose desk the test sits at.
type bureau struct {
	*host
	base             string
	editor, reviewer desk.Actor
	admin            desk.Actor
}

func openBureau(t *testing.T) *bureau {
	t.Helper()
	s, err := fromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	s.Data, s.Empty, s.Token, s.AppID = t.TempDir(), true, phoneToken, phoneAppID
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	c, err := claimFolder(t.Context(), s.Data)
	if err != nil {
		t.Fatal(err)
	}
	a, err := openApp(t.Context(), s, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{host: &host{app: a, claim: c, serves: true}, base: "http://" + s.Addr}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	out := &output{}
	go func() { done <- b.run(ctx, l, &greeter{out: out, settings: s}) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, b.Close()); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the greeting", func() bool { return strings.Contains(out.String(), "is ready") })
	add := func(name string, roles ...desk.Role) desk.Actor {
		p, err := a.store.AddPerson(t.Context(), desk.Staff{Name: name, Display: name, Roles: roles}, desk.Program(fromTerminal))
		if err != nil {
			t.Fatal(err)
		}
		return desk.Actor{Staff: p, From: "192.0.2.1"}
	}
	b.editor, b.reviewer, b.admin = add("wang", desk.Editor), add("zhao", desk.Reviewer), add("root", desk.Admin)
	return b
}

const dogRules = `# 青岚市养犬管理办法

青政规〔2026〕7号

第一条 为了规范养犬行为，制定本办法。

第二条 养犬登记证每两年换领一次，换领时应当带犬只免疫证明。

第三条 本办法自2026年1月1日起施行。
`

// asked returns what a citizen is told.
func (b *bureau) asked(t *testing.T, question string) string {
	t.Helper()
	out, err := b.Ask(t.Context(), askRequest{Question: question})
	if err != nil {
		t.Fatal(err)
	}
	return out.Reply.Text
}

func (b *bureau) page(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := http.Get(b.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// TestFromUploadToWithdrawal goes the whole way of a document: uploaded, read,
// corrected, refused to its author, reviewed, published, answered from,
// withdrawn, and no longer answered from.
func TestFromUploadToWithdrawal(t *testing.T) {
	t.Parallel()
	b := openBureau(t)
	ctx, office := t.Context(), b.app.office
	u, err := office.Put(ctx, b.editor, desk.Upload{Name: "养犬 办法.md"}, []byte(dogRules))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the file to be read", func() bool {
		if u, err = office.UploadOf(ctx, b.editor, u.ID); err != nil {
			t.Fatal(err)
		}
		return u.State == desk.UploadDone || u.State == desk.UploadFailed
	})
	if len(u.Drafts) != 1 {
		t.Fatalf("%+v", u)
	}
	id := u.Drafts[0].Document
	w, err := office.Open(ctx, b.editor, id, 0)
	if err != nil || w.Document.Number != "青政规〔2026〕7号" || w.Document.Effective != "2026-01-01" || w.File == nil || len(w.Revision.Passages) < 4 {
		t.Fatalf("%+v, %v", w, err)
	}
	c := w.Content()
	c.Text = strings.Replace(c.Text, "每两年", "每三年", 1)
	c.Document.Topics = []string{"养犬"}
	v, err := office.Save(ctx, b.editor, id, 1, w.Version, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := office.Submit(ctx, b.editor, id, 1, v); err != nil {
		t.Fatal(err)
	}
	list := desk.Checklist{Secrecy: true, Accuracy: true, Links: true, Later: true}
	pass := desk.Move{Document: id, Revision: 1, Version: v + 1, Checklist: list}
	var denied desk.Denied
	if err := office.Approve(ctx, b.editor, pass); !errors.As(err, &denied) {
		t.Errorf("%v", err)
	}
	if status, _ := b.page(t, "/d/"+id); status != http.StatusNotFound {
		t.Errorf("before it is published: %d", status)
	}
	if err := office.Approve(ctx, b.reviewer, pass); err != nil {
		t.Fatal(err)
	}
	const question = "养犬登记证多久换领一次？"
	start := time.Now()
	if err := office.Publish(ctx, b.reviewer, id, 1, v+2); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the answer", func() bool { return strings.Contains(b.asked(t, question), "每三年换领一次") })
	t.Logf("from publish to an answer: %v", time.Since(start))
	if status, body := b.page(t, "/d/"+id); status != http.StatusOK || !strings.Contains(body, "每三年") {
		t.Errorf("%d", status)
	}
	pinned(t, b, id)
	start = time.Now()
	if err := office.Withdraw(ctx, b.reviewer, id, 1, v+3, "第二条的年限<b>写错了</b>"); err != nil {
		t.Fatal(err)
	}
	if reply := b.asked(t, question); strings.Contains(reply, "三年") {
		t.Errorf("right after it was withdrawn: %s", reply)
	}
	t.Logf("withdrawn in %v", time.Since(start))
	status, body := b.page(t, "/d/"+id)
	if status != http.StatusGone || !strings.Contains(body, "这份文件已撤回") || !strings.Contains(body, "年限&lt;b&gt;写错了") || strings.Contains(body, "每三年") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := b.page(t, "/d/"+id+"/original"); status != http.StatusGone {
		t.Errorf("its file: %d", status)
	}
	trail, err := office.Trail(ctx, b.reviewer, desk.EntryFilter{Document: id}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, e := range trail {
		actions = append(actions, e.Action)
	}
	slices.Reverse(actions)
	if got := strings.Join(actions, " "); got != "drafted opened saved submitted approved published pin pin pin withdrawn" {
		t.Errorf("the history tells: %s", got)
	}
	if r := cli(t, "", "audit", "verify", "--data", b.app.settings.Data).must(t, 0); !strings.Contains(r.out, "none changed or missing") {
		t.Errorf("%s", r.out)
	}
}

// Once people work in the console, the terminal names a reviewer and a reason,
// or is refused.
func TestTerminalAnswersForIt(t *testing.T) {
	t.Parallel()
	data, docs := t.TempDir(), t.TempDir()
	file := filepath.Join(docs, "a.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(dogRules)
	run := func(code int, says string, args ...string) {
		t.Helper()
		r := cli(t, "", append(args, "--data", data)...).must(t, code)
		if !strings.Contains(r.out+r.errs, says) {
			t.Errorf("%v: %q %q, want %q", args, r.out, r.errs, says)
		}
	}
	run(0, "1 documents published", "import", "--publish", docs) // nobody works here yet
	s, err := store.Open(t.Context(), store.Config{Path: filepath.Join(data, databaseName)})
	if err != nil {
		t.Fatal(err)
	}
	for name, role := range map[string]desk.Role{"wang": desk.Editor, "zhao": desk.Reviewer, "root": desk.Admin} {
		if _, err := s.AddPerson(t.Context(), desk.Staff{Name: name, Display: name, Roles: []desk.Role{role}}, desk.Program(fromTerminal)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	write(strings.Replace(dogRules, "每两年", "每四年", 1))
	run(1, "say who answers for it", "import", "--publish", docs)
	run(1, "say who answers for it", "import", "--publish", "--as", "zhao", docs)
	run(1, "wang is no reviewer", "import", "--publish", "--as", "wang", "--because", "急", docs)
	run(1, `nobody signs in as "li"`, "import", "--publish", "--as", "li", "--because", "急", docs)
	run(0, "1 documents published", "import", "--publish", "--as", "zhao", "--because", "夜里整批导入", docs)
	run(1, "say who answers for it", "edges", "accept", "x")
	run(1, "there is no edge", "edges", "accept", "x", "--as", "zhao", "--because", "核对过")
	run(1, "zhao is no admin", "audit", "terminal", "off", "--as", "zhao", "--because", "都走控制台")
	run(0, "is off", "audit", "terminal", "off", "--as", "root", "--because", "都走控制台")
	run(1, "switched off", "import", "--publish", "--as", "zhao", "--because", "急", docs)
	run(0, "stored as drafts", "import", docs)
	run(0, "is on", "audit", "terminal", "on", "--as", "root", "--because", "迁移")
	run(2, "neither on nor off", "audit", "terminal", "maybe", "--as", "root", "--because", "迁移")
	run(0, "none changed or missing", "audit", "verify")
	if s, err = store.Open(t.Context(), store.Config{Path: filepath.Join(data, databaseName)}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Entries(t.Context(), desk.EntryFilter{Action: desk.ActionImported}, 0, 10)
	if err != nil || len(all) != 1 || all[0].Who != "zhao" || !strings.Contains(all[0].Detail, "夜里整批导入") || all[0].From != fromTerminal {
		t.Errorf("%+v, %v", all, err)
	}
	if _, r, err := s.Live(t.Context(), all[0].Document); err != nil || !strings.Contains(r.Text, "每四年") || r.Status != corpus.Published {
		t.Errorf("%+v, %v", r, err)
	}
}

// pinned tries a pin on the document, and a holding reply.
func pinned(t *testing.T, b *bureau, id string) {
	t.Helper()
	ctx, office := t.Context(), b.app.office
	const rumour = "听说狗证要收五千块是真的吗"
	citizen := newPhone(&service{base: b.base, data: b.app.settings.Data}, "plain", "oCitizen")
	told := func() string { return citizen.send(t, citizen.text(rumour)).reply.Content }
	if reply := told(); strings.Contains(reply, "正在核实") {
		t.Fatal(reply)
	}
	if reply := b.asked(t, rumour); strings.Contains(reply, "正在核实") {
		t.Fatal(reply)
	}
	pin, err := office.Pin(ctx, b.editor, desk.Pin{Phrases: []string{"狗证 五千"}, Text: "收费的说法正在核实，…时前发布"})
	if err == nil {
		err = office.ApprovePin(ctx, b.reviewer, pin)
	}
	if err == nil {
		err = office.StartPin(ctx, b.editor, pin, time.Now().Add(time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
	if reply := b.asked(t, rumour); !strings.HasPrefix(reply, "收费的说法正在核实，") || !strings.Contains(reply, "时") || strings.Contains(reply, "…时") || !strings.Contains(reply, "12345") {
		t.Errorf("held: %s", reply)
	}
	if reply := told(); !strings.HasPrefix(reply, "收费的说法正在核实，") {
		t.Errorf("held, on the callback: %s", reply)
	}
	if err := office.EndPin(ctx, b.editor, pin, "已发布"); err != nil {
		t.Fatal(err)
	}
	if reply := told(); strings.Contains(reply, "正在核实") {
		t.Errorf("lifted, on the callback: %s", reply)
	}
	would, err := office.PreviewPin(ctx, b.editor, desk.Pin{Phrases: []string{"狗证 五千"}, Document: id, Until: time.Now().Add(time.Hour)})
	if err != nil || !would.Asked || len(would.Heard) != 3 || len(would.Said) != 1 || !strings.Contains(would.Said[0].Reply, "/d/"+id) || would.Heard[1].Told == would.Heard[0].Told {
		t.Errorf("would: %+v, %v", would, err)
	}
	if pin, err = office.Pin(ctx, b.editor, desk.Pin{Phrases: []string{"狗证 五千"}, Document: id, Until: time.Now().Add(time.Hour)}); err == nil {
		err = office.ApprovePin(ctx, b.reviewer, pin)
	}
	if err != nil {
		t.Fatal(err)
	}
	reply := b.asked(t, rumour)
	if !strings.Contains(reply, "。") || !strings.Contains(reply, "第") || !strings.Contains(reply, "/d/"+id) {
		t.Errorf("pinned: %s", reply)
	}
	if got := told(); !strings.Contains(got, "/d/"+id) {
		t.Errorf("pinned, on the callback: %s", got)
	}
	p, err := office.OnePin(ctx, b.editor, pin)
	if err != nil {
		t.Fatal(err)
	}
	if otherwise, err := office.Caught(ctx, b.reviewer, p); err != nil || len(otherwise) != 3 {
		t.Errorf("told otherwise: %+v, %v", otherwise, err)
	}
	if err := office.EndPin(ctx, b.reviewer, pin, "说清楚了"); err != nil {
		t.Fatal(err)
	}
}

// TestBurstsByTheRule: who watches follows the rule that staff set, at once.
func TestBurstsByTheRule(t *testing.T) {
	t.Parallel()
	b := openBureau(t)
	ctx, office := t.Context(), b.app.office
	for i := range 4 {
		p := newPhone(&service{base: b.base, data: b.app.settings.Data}, "plain", fmt.Sprint("oCitizen", i))
		p.send(t, p.text("城东停水停到几点"))
	}
	bursts := func() []desk.Burst {
		all, err := office.Bursting(ctx, b.editor)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := bursts(); len(all) != 0 {
		t.Errorf("four of ten: %+v", all)
	}
	if err := office.SetBurstRule(ctx, b.reviewer, desk.BurstRule{Persons: 4, Minutes: 5}); err != nil {
		t.Fatal(err)
	}
	all := bursts()
	if len(all) != 1 || all[0].Persons != 4 || all[0].Account != defaultAccount || !strings.Contains(all[0].Phrase, "停水") {
		t.Errorf("four of four: %+v", all)
	}
	told := map[string]time.Time{}
	if b.app.clerk.watchBursts(ctx, told); told[defaultAccount].IsZero() {
		t.Error("who watches has seen nothing")
	}
}

// An import doesn't put aside what a colleague is writing in the console.
func TestImportLeavesDraftsAlone(t *testing.T) {
	t.Parallel()
	b := openBureau(t)
	ctx, office, docs := t.Context(), b.app.office, t.TempDir()
	file := filepath.Join(docs, "dogs.md")
	run := func(code int, says string, args ...string) {
		t.Helper()
		r := cli(t, "", append(append([]string{"import", "--data", b.app.settings.Data}, args...), docs)...).must(t, code)
		if !strings.Contains(r.out+r.errs, says) {
			t.Errorf("%v: %q %q, want %q", args, r.out, r.errs, says)
		}
	}
	write(t, file, dogRules)
	run(0, "1 documents stored as drafts")
	list, _, err := office.List(ctx, b.editor, desk.Filter{}, 0, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	id := list[0].Document.ID
	w, err := office.Open(ctx, b.editor, id, 0)
	if err != nil {
		t.Fatal(err)
	}
	c := w.Content()
	c.Text = strings.Replace(c.Text, "每两年", "每三年", 1)
	if _, err := office.Save(ctx, b.editor, id, w.Revision.Number, w.Version, c); err != nil {
		t.Fatal(err)
	}
	write(t, file, strings.Replace(dogRules, "每两年", "每五年", 1))
	run(3, "a colleague's unpublished work on it")
	run(3, "0 documents published", "--publish", "--as", "zhao", "--because", "夜里导入")
	if w, err = office.Look(ctx, b.editor, id, 0); err != nil || w.Revision.Number != 1 || !strings.Contains(w.Revision.Text, "每三年") {
		t.Errorf("%+v, %v", w.Revision, err)
	}
}
