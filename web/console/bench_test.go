package console_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/corpustest"
	"github.com/policybot/policybot/corpus/desk"
)

// BenchmarkPages asks for the pages that lists are on, with 10,000 documents
// and 200,000 passages: none may take a hundred milliseconds, but the table of
// all documents.
func BenchmarkPages(b *testing.B) {
	d := open(b, "")
	wang := d.enter(b, "wang", "", desk.Editor)
	d.enter(b, "everything", "", desk.Roles()...)
	var batch []corpus.Content
	n := 0
	err := corpustest.Many(10_000, 20, func(c corpus.Content) error {
		switch n++; {
		case n%20 == 0: // old ones, of which a part waits for its review
			if _, err := d.store.BeginWork(b.Context(), 0, desk.NewWork{Content: c, Backlog: true}, desk.Actor{Staff: wang}); err != nil || n%40 != 0 {
				return err
			}
			return d.store.Move(b.Context(), []desk.Move{{Document: c.Document.ID, Revision: 1, Version: 1, From: corpus.Draft, To: corpus.Submitted, By: desk.Actor{Staff: wang}}})
		case len(batch) < 500:
			batch = append(batch, c)
			return nil
		}
		_, err := d.store.Put(b.Context(), append(batch, c), true)
		batch = nil
		return err
	})
	if err == nil {
		_, err = d.store.Put(b.Context(), batch, true)
	}
	if err != nil {
		b.Fatal(err)
	}
	d.Desk.Knowledge = func(ctx context.Context, _ string) (desk.Knowledge, error) {
		titles, err := d.store.LiveTitles(ctx, 20_000)
		return desk.Knowledge{Words: desk.DefaultWords(), Titles: titles}, err
	}
	c := d.client(b).signIn("everything")
	b.ResetTimer()
	for name, path := range map[string]string{
		"home": "/", "documents": "/documents", "in force": "/documents?validity=" + string(corpus.InForce), "words": "/documents?words=" + url.QueryEscape("申请 补贴"),
		"backlog": "/backlog", "document": "/documents/many-00001", "concerns": "/concerns", "uploads": "/uploads", "history": "/history",
		"table": "/documents.xlsx",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.do(http.MethodGet, "/console"+path, nil).must(b, http.StatusOK)
			}
		})
	}
}
