package meili

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/meilisearch/meilisearch-go"

	"github.com/policybot/policybot/index"
)

// Apply implements index.Outside. The stamp is kept only after all else has
// been done, so that it never says more than there is.
func (e *Engine) Apply(ctx context.Context, m index.Stamp, put []index.Entry, documents []string) error {
	uid, err := e.own(ctx, m.Generation)
	if err != nil {
		return err
	}
	p := &putting{Engine: e, uid: uid, refused: map[string]string{}}
	if err := p.all(ctx, put); err != nil {
		return e.vanished(ctx, uid, err)
	}
	left := leftovers(put, documents, p.refused)
	if err := e.clear(ctx, uid, left); err != nil {
		return err
	}
	if err := e.keep(ctx, uid, m); err != nil {
		return e.vanished(ctx, uid, err)
	}
	if len(p.refused) > 0 {
		return &index.EntryError{Documents: p.refused}
	}
	return nil
}

// putting is entries on their way.
type putting struct {
	*Engine
	uid     string
	refused map[string]string // documents, and why
	split   int
}

// maxSplit bounds the search for refused entries: where most are refused, it
// is not for what they are.
const maxSplit = 200

// all puts entries. They are all sent before the first is waited for: the
// server takes together what waits.
func (p *putting) all(ctx context.Context, entries []index.Entry) error {
	cut, err := batches(entries, batchBytes)
	if err != nil {
		return fmt.Errorf("meili: writing entries: %w", err)
	}
	tasks := make([]int64, len(cut))
	sent := make([]error, len(cut))
	for i, b := range cut {
		tasks[i], sent[i] = p.send(ctx, b)
		if sent[i] != nil && !faulty(sent[i]) {
			return sent[i]
		}
	}
	for i, b := range cut {
		err := sent[i]
		if err == nil {
			err = p.wait(ctx, "adding entries", tasks[i])
		}
		if err := p.settle(ctx, b, err); err != nil {
			return err
		}
	}
	return nil
}

func (p *putting) send(ctx context.Context, b batch) (int64, error) {
	return p.enqueue(ctx, "adding entries", func() (*meilisearch.TaskInfo, error) {
		return p.feeds.Index(p.uid).AddDocumentsWithContext(ctx, b.body, nil)
	})
}

// settle puts the halves of a batch that was refused for what is in it, until
// the culprit is alone.
func (p *putting) settle(ctx context.Context, b batch, err error) error {
	switch {
	case err == nil:
		return nil
	case !faulty(err), p.split == maxSplit:
		return err
	case len(b.entries) == 1:
		p.refused[b.entries[0].Document] = reason(err)
		return nil
	}
	p.split++
	middle := len(b.entries) / 2
	if err := p.all(ctx, b.entries[:middle]); err != nil {
		return err
	}
	return p.all(ctx, b.entries[middle:])
}

// faulty reports whether something was refused for what it is.
func faulty(err error) bool {
	var task *taskFailure
	if errors.As(err, &task) {
		return task.faulty && task.code != noIndex && task.code != noPrimaryKey
	}
	switch codeOf(err) {
	case tooLarge, "malformed_payload", "invalid_document_id", "missing_document_id", "bad_request":
		return true
	}
	var f *failure
	return errors.As(err, &f) && f.status == http.StatusRequestEntityTooLarge // of a proxy
}

// reason is what the server said, without what we were doing.
func reason(err error) string {
	var task *taskFailure
	if errors.As(err, &task) {
		return task.message
	}
	var f *failure
	if errors.As(err, &f) && f.status == http.StatusRequestEntityTooLarge {
		return "it is larger than the server takes"
	}
	if errors.As(err, &f) {
		return f.Error()
	}
	return err.Error()
}

// leftovers returns what the documents must not have beside the entries put,
// as filters. Nothing stays of a document of which an entry was refused.
func leftovers(put []index.Entry, documents []string, refused map[string]string) []string {
	have := map[string][]int{}
	for _, d := range documents {
		have[d] = nil
	}
	for d := range refused {
		have[d] = nil
	}
	for i := range put {
		d := put[i].Document
		if _, gone := refused[d]; gone {
			continue
		}
		if _, named := have[d]; named {
			have[d] = append(have[d], put[i].Ordinal)
		}
	}
	alike := map[string][]string{} // keys by what stays of the document
	for d, ordinals := range have {
		alike[beyond(ordinals)] = append(alike[beyond(ordinals)], documentKey(d))
	}
	var out []string
	for rest, keys := range alike {
		slices.Sort(keys)
		for part := range slices.Chunk(keys, 500) {
			out = append(out, keyField+" IN ["+strings.Join(part, ", ")+"]"+rest)
		}
	}
	slices.Sort(out)
	return out
}

// beyond filters for other ordinals than these.
func beyond(ordinals []int) string {
	slices.Sort(ordinals)
	ordinals = slices.Compact(ordinals)
	n := len(ordinals)
	switch {
	case n == 0:
		return ""
	case ordinals[n-1] == n-1: // all from 0 on
		return " AND " + ordinalField + " >= " + strconv.Itoa(n)
	}
	words := make([]string, n)
	for i, o := range ordinals {
		words[i] = strconv.Itoa(o)
	}
	return " AND " + ordinalField + " NOT IN [" + strings.Join(words, ", ") + "]"
}

// filtersAtOnce is how many leftovers are removed by one task.
const filtersAtOnce = 100

// clear removes what the filters find. It asks first whether there is
// anything: that is sooner answered than a task is done.
func (e *Engine) clear(ctx context.Context, uid string, filters []string) error {
	x := e.feeds.Index(uid)
	for part := range slices.Chunk(filters, filtersAtOnce) {
		filter := [][]string{part} // any of them
		n, err := e.total(ctx, x, filter)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		err = e.do(ctx, "removing entries", func() (*meilisearch.TaskInfo, error) {
			return x.DeleteDocumentsByFilterWithContext(ctx, filter, nil)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
