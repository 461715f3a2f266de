package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/diff"
)

// Page is how many documents a list shows at most.
const Page = 200

// List returns documents that the person may see, at most Page, after skip,
// and how many there are in all.
func (d *Desk) List(ctx context.Context, by Actor, f Filter, skip, limit int) ([]Item, int, error) {
	if err := d.inside(by); err != nil {
		return nil, 0, err
	}
	if f.Day == "" {
		f.Day = corpus.DayOf(d.Now())
	}
	return d.Works.ListWorks(ctx, by.Agency, f, max(0, skip), min(max(0, limit), Page))
}

// Whole is how many documents ListWhole returns at most.
const Whole = 10_000

// ListWhole is List of everything at once, for a table: at most Whole
// documents.
func (d *Desk) ListWhole(ctx context.Context, by Actor, f Filter) ([]Item, int, error) {
	if err := d.inside(by); err != nil {
		return nil, 0, err
	}
	if f.Day == "" {
		f.Day = corpus.DayOf(d.Now())
	}
	return d.Works.ListWorks(ctx, by.Agency, f, 0, Whole)
}

// inside refuses who has no business here.
func (d *Desk) inside(by Actor) error {
	if by.Disabled || len(by.Roles) == 0 {
		return corpus.ErrNotFound
	}
	return nil
}

// Look returns a revision that the person may see; 0 is the newest. It leaves
// no trace: see Open.
func (d *Desk) Look(ctx context.Context, by Actor, id string, revision int) (Work, error) {
	w, err := d.Works.Work(ctx, id, revision)
	if err != nil {
		return Work{}, err
	}
	if err := MaySee(by.Staff, w.Owned()); err != nil {
		return Work{}, err
	}
	return w, nil
}

// Open is Look, and noted in the history, once a day for each person and
// revision.
func (d *Desk) Open(ctx context.Context, by Actor, id string, revision int) (Work, error) {
	w, err := d.Look(ctx, by, id, revision)
	if err != nil {
		return w, err
	}
	return w, d.History.Note(ctx, by.Entry(ActionOpened, id, w.Revision.Number, ""))
}

// OpenOriginal is Open of who looks at, or takes, the file that a revision was
// read from: that is noted as well, once a day.
func (d *Desk) OpenOriginal(ctx context.Context, by Actor, id string, revision int) (Work, error) {
	w, err := d.Open(ctx, by, id, revision)
	if err != nil {
		return w, err
	}
	if w.File == nil {
		return w, corpus.ErrNotFound
	}
	return w, d.History.Note(ctx, by.Entry(ActionOriginal, id, w.Revision.Number, ""))
}

// SawQuestions notes that a person was shown what citizens asked, and where:
// on the page of a document, or ("") of none. It is noted once a day for each
// person and place.
func (d *Desk) SawQuestions(ctx context.Context, by Actor, document, where string) error {
	if err := d.inside(by); err != nil {
		return err
	}
	return d.History.Note(ctx, by.Entry(ActionQuestions, document, 0, where))
}

// Save replaces metadata and text of a draft that the person has seen as
// version, and returns its next version. A *Conflict comes back where somebody
// else was faster: with what is stored now.
func (d *Desk) Save(ctx context.Context, by Actor, id string, revision, version int, c corpus.Content) (int, error) {
	w, err := d.editable(ctx, by, id, revision)
	if err != nil {
		return 0, err
	}
	c, err = settle(w, c)
	if err != nil {
		return 0, err
	}
	next, err := d.Works.SaveWork(ctx, id, w.Revision.Number, version, c, by)
	return next, d.conflict(ctx, by, err, id, w.Revision.Number)
}

// NoteAsked replaces the questions that are noted with a passage of a draft. It
// returns what Save does, and NotReady where one of them cannot be used.
func (d *Desk) NoteAsked(ctx context.Context, by Actor, id string, revision, version int, anchor string, questions []string) error {
	w, err := d.editable(ctx, by, id, revision)
	if err != nil {
		return err
	}
	c := w.Content()
	note := corpus.Asking{Anchor: anchor}
	for _, q := range questions {
		if q = lined(q); q != "" {
			note.Questions = append(note.Questions, q)
		}
	}
	if err := usable(note, c.Passages); err != nil {
		return err
	}
	c.Document.Asked = c.Document.WithAsked(note)
	_, err = d.Save(ctx, by, id, revision, version, c)
	return err
}

// usable is NotReady where questions cannot be noted with a passage; none take
// away what is noted, wherever that was.
func usable(note corpus.Asking, passages []corpus.Passage) error {
	if len(note.Questions) == 0 {
		return nil
	}
	if faults := corpus.AskedFaults([]corpus.Asking{note}, passages); len(faults) > 0 {
		return NotReady(faults)
	}
	return nil
}

// AddAsked notes a question with a passage of a document, in its draft, or in a
// new one where it has none; it returns the number of that revision. What is
// noted already stays as it is. Errors are those of Revise and NoteAsked.
func (d *Desk) AddAsked(ctx context.Context, by Actor, id, anchor, question string) (int, error) {
	w, err := d.editable(ctx, by, id, 0)
	if err != nil {
		return 0, err
	}
	if question = lined(question); question == "" {
		return 0, NotReady{"请写下市民的问题"}
	}
	noted := func() bool { return slices.Contains(w.Document.AskedFor(anchor), question) }
	if w.Revision.Status != corpus.Draft {
		if noted() {
			return 0, NotReady{"这个问法已经记在这一段上了"}
		}
		if err := usable(corpus.Asking{Anchor: anchor, Questions: []string{question}}, w.Revision.Passages); err != nil {
			return 0, err // before a draft is begun for nothing
		}
		if _, err := d.Revise(ctx, by, id); err != nil {
			return 0, err
		}
		if w, err = d.editable(ctx, by, id, 0); err != nil {
			return 0, err
		}
	}
	if noted() {
		return w.Revision.Number, nil
	}
	questions := append(slices.Clone(w.Document.AskedFor(anchor)), question)
	return w.Revision.Number, d.NoteAsked(ctx, by, id, w.Revision.Number, w.Version, anchor, questions)
}

func (d *Desk) editable(ctx context.Context, by Actor, id string, revision int) (Work, error) {
	w, err := d.Look(ctx, by, id, revision)
	if err == nil {
		err = MayEdit(by.Staff, w.Owned())
	}
	return w, err
}

// conflict makes a Conflict of ErrStale.
func (d *Desk) conflict(ctx context.Context, by Actor, err error, id string, revision int) error {
	if !errors.Is(err, ErrStale) {
		return err
	}
	theirs, err := d.Look(ctx, by, id, revision)
	if err != nil {
		return err
	}
	return &Conflict{Theirs: theirs}
}

// Settled returns a draft with a content as Save would store it, and stores
// nothing: for a preview of what somebody types.
func (d *Desk) Settled(ctx context.Context, by Actor, id string, revision int, c corpus.Content) (Work, corpus.Content, error) {
	w, err := d.editable(ctx, by, id, revision)
	if err != nil {
		return w, c, err
	}
	c, err = settle(w, c)
	return w, c, err
}

// The bounds of what an editor may write.
const (
	maxText  = 4 << 20 // bytes, as extract.MaxText
	maxTitle = 500     // characters
)

// settle keeps what an editor cannot change, and cuts the text into passages
// where it is another than before.
func settle(w Work, c corpus.Content) (corpus.Content, error) {
	old := w.Document
	d := &c.Document
	d.ID, d.Sample, d.Source, d.Receives = old.ID, old.Sample, old.Source, nil
	d.Declares = declared(d.Declares)
	oneLined(d)
	switch {
	case d.Title == "":
		return c, NotReady{"请填写标题"}
	case utf8.RuneCountInString(d.Title) > maxTitle:
		return c, NotReady{fmt.Sprintf("标题最多%d个字", maxTitle)}
	case !d.Kind.Valid():
		return c, NotReady{"请选择文件类型"}
	case len(c.Text) > maxText:
		return c, NotReady{fmt.Sprintf("正文最多%d万字", maxText/3/10000)}
	case !utf8.ValidString(c.Text):
		return c, NotReady{"正文里有不能显示的字符"}
	}
	if c.Text == w.Revision.Text && d.Kind == old.Kind && d.Title == old.Title {
		c.Passages = w.Revision.Passages
		return reread(w, c), nil
	}
	c.Text, c.Passages = corpus.Assemble(d.Kind, d.Title, blocksOf(w.Revision, c.Text))
	return reread(w, c), nil
}

// oneLined makes a line of each of the metadata: one with a break in it would
// be two lines in a list, a mail or an alarm, and the second say anything.
func oneLined(d *corpus.Document) {
	for _, s := range []*string{&d.Title, &d.Number, &d.Agency, &d.Region, &d.URL, &d.Question, &d.Refer} {
		*s = lined(*s)
	}
	for _, all := range []*[]string{&d.Topics, &d.Audience, &d.Similar} {
		*all = slices.Clone(*all)
		for i := range *all {
			(*all)[i] = lined((*all)[i])
		}
	}
}

// lined is a text without breaks, and without the marks that turn its
// direction.
func lined(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s))
}

// declared are the relations that a document's metadata state: what follows
// from its text is worked out anew.
func declared(all []corpus.Relation) []corpus.Relation {
	var out []corpus.Relation
	for _, r := range all {
		if r.Edge == "" {
			out = append(out, corpus.Relation{Kind: r.Kind, From: r.From, To: r.To, Anchors: r.Anchors})
		}
	}
	return out
}

// Revise begins a new draft of a document from its newest revision, and
// returns its number. Where it has a draft already, that is a Denied.
func (d *Desk) Revise(ctx context.Context, by Actor, id string) (int, error) {
	w, err := d.editable(ctx, by, id, 0)
	if err != nil {
		return 0, err
	}
	switch w.Revision.Status {
	case corpus.Published, corpus.Withdrawn, corpus.Dropped:
	default:
		return 0, Denied("这份文件已有一版" + statusWords[w.Revision.Status] + "，请在那一版上修改")
	}
	c := w.Content()
	c.Document.Receives = nil
	c.Document.Declares = declared(c.Document.Declares)
	c.Findings, c.Warnings = w.Findings, w.Warnings
	n, err := d.Works.BeginWork(ctx, w.Last, NewWork{Content: c, From: w.Revision.Number, Owner: w.Owner}, by)
	return n, d.conflict(ctx, by, err, id, 0)
}

// Submit hands a draft over to review. Its links are opened before, so that
// the reviewer sees those that are dead.
func (d *Desk) Submit(ctx context.Context, by Actor, id string, revision, version int) error {
	w, err := d.Look(ctx, by, id, revision)
	if err != nil {
		return err
	}
	if MayMove(w, by.Staff, corpus.Submitted) == nil {
		d.openLinks(ctx, w.Content())
	}
	return d.step(ctx, by, Move{Document: id, Revision: revision, Version: version, To: corpus.Submitted})
}

// Return sends a revision back to be mended. Where the reviewer means a
// passage, Comment says which.
func (d *Desk) Return(ctx context.Context, by Actor, id string, revision, version int, reason string) error {
	return d.step(ctx, by, Move{Document: id, Revision: revision, Version: version, To: corpus.Draft, Reason: reason})
}

// Drop throws a draft away. The document stands as it did before.
func (d *Desk) Drop(ctx context.Context, by Actor, id string, revision, version int) error {
	return d.step(ctx, by, Move{Document: id, Revision: revision, Version: version, To: corpus.Dropped})
}

// Publish puts an approved revision live.
func (d *Desk) Publish(ctx context.Context, by Actor, id string, revision, version int) error {
	return d.step(ctx, by, Move{Document: id, Revision: revision, Version: version, To: corpus.Published})
}

// Withdraw takes a published revision back. reason is shown to citizens, too.
func (d *Desk) Withdraw(ctx context.Context, by Actor, id string, revision, version int, reason string) error {
	return d.step(ctx, by, Move{Document: id, Revision: revision, Version: version, To: corpus.Withdrawn, Reason: reason})
}

// Approve lets revisions pass, all or none: a policy with its interpretation.
// Steps name Document, Revision, Version, Checklist and, where they are to be
// published by themselves, Publish.
func (d *Desk) Approve(ctx context.Context, by Actor, steps ...Move) error {
	for i := range steps {
		steps[i].To = corpus.Approved
	}
	return d.step(ctx, by, steps...)
}

// step takes steps by the rules, all or none, and has what follows served.
func (d *Desk) step(ctx context.Context, by Actor, steps ...Move) error {
	live, err := d.take(ctx, by, steps...)
	if err != nil || !live {
		return err
	}
	return d.published(ctx)
}

// take takes steps by the rules, all or none. live says that citizens see
// something else from now on: published is to follow.
func (d *Desk) take(ctx context.Context, by Actor, steps ...Move) (live bool, err error) {
	works := make([]Work, len(steps))
	for i := range steps {
		m := &steps[i]
		w, err := d.Look(ctx, by, m.Document, m.Revision)
		if err != nil {
			return false, err
		}
		if m.Version != w.Version {
			return false, late(w, m.To)
		}
		if err := MayMove(w, by.Staff, m.To); err != nil {
			return false, err
		}
		m.From, m.By, m.Revision = w.Revision.Status, by, w.Revision.Number
		works[i] = w
	}
	for i, m := range steps {
		facts, err := d.facts(ctx, works[i], m, works)
		if err != nil {
			return false, err
		}
		if lacks := Ready(works[i], m, facts); len(lacks) > 0 {
			return false, lacks
		}
	}
	if err := d.Works.Move(ctx, steps); err != nil {
		return false, d.overtaken(ctx, by, err, steps)
	}
	return slices.ContainsFunc(steps, func(m Move) bool { return m.To == corpus.Published || m.To == corpus.Withdrawn }), nil
}

// late says why a step comes too late for a revision that has changed: a
// Denied where it was taken already, as who presses twice has done it
// themselves, else a Conflict.
func late(w Work, to corpus.Status) error {
	st := w.Revision.Status
	if st == to || to == corpus.Approved && st == corpus.Published {
		return Denied("这一版已经是“" + statusWords[st] + "”了")
	}
	return &Conflict{Theirs: w}
}

// overtaken is late for steps of which somebody else took one meanwhile.
func (d *Desk) overtaken(ctx context.Context, by Actor, err error, steps []Move) error {
	if !errors.Is(err, ErrStale) {
		return err
	}
	var theirs Work
	for i, m := range steps {
		w, err := d.Look(ctx, by, m.Document, m.Revision)
		if err != nil {
			return err
		}
		if i == 0 || w.Version != m.Version {
			theirs = w
		}
		if w.Version != m.Version {
			break
		}
	}
	return late(theirs, steps[0].To)
}

// published settles the sample, and has what was done served.
func (d *Desk) published(ctx context.Context) error {
	if d.Published != nil {
		defer d.Published()
	}
	if d.Corpus == nil {
		return nil
	}
	_, err := d.Corpus.Put(ctx, nil, true)
	return err
}

// Compare returns what is different between two revisions, passage by passage;
// older 0 is the one that is published, and nothing where none is.
func (d *Desk) Compare(ctx context.Context, by Actor, id string, older, newer int) ([]diff.Passage, error) {
	b, err := d.Look(ctx, by, id, newer)
	if err != nil {
		return nil, err
	}
	if older == 0 {
		older = b.Live
	}
	var a Work
	if older > 0 {
		if a, err = d.Look(ctx, by, id, older); err != nil {
			return nil, err
		}
	}
	return diff.Passages(a.Revision, b.Revision), nil
}

// facts are what a step is judged by.
func (d *Desk) facts(ctx context.Context, w Work, m Move, together []Work) (f Facts, err error) {
	if m.To != corpus.Submitted && m.To != corpus.Approved {
		return f, nil
	}
	if f.Flaws, err = d.Check(ctx, m.By, w.Content()); err != nil || m.To == corpus.Submitted {
		return f, err
	}
	if f.Edges, err = d.Foresight.Foresee(ctx, w.Document.ID, w.Revision.Number); err != nil {
		return f, err
	}
	f.Interpreted = slices.ContainsFunc(together, func(o Work) bool { return interprets(o.Document, w.Document.ID) })
	if f.Interpreted || w.Document.Kind != corpus.Policy {
		return f, nil
	}
	others, err := d.Foresight.Interpretations(ctx, w.Document.ID)
	f.Interpreted = slices.ContainsFunc(others, func(i Item) bool { return i.Live > 0 || i.Status == corpus.Approved })
	return f, err
}

// interprets reports whether a document is an interpretation of another.
func interprets(d corpus.Document, policy string) bool {
	return d.Kind == corpus.Interpretation && slices.ContainsFunc(d.Declares, func(r corpus.Relation) bool {
		return r.Kind == corpus.Interprets && r.To == policy
	})
}

// Check looks for what should be mended before a text is published.
func (d *Desk) Check(ctx context.Context, by Actor, c corpus.Content) ([]Flaw, error) {
	k, err := d.Knowledge(ctx, c.Document.Account)
	if err != nil {
		return nil, err
	}
	k.Today = corpus.DayOf(d.Now())
	return append(Check(c, k), d.deadLinks(c)...), nil
}
