package index

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/policybot/policybot/corpus"
)

// Verified is how the units of an engine compare with those that the store
// makes.
type Verified struct {
	Documents int      `json:"documents"` // that were compared
	Units     int      `json:"units"`     // that they have
	Missing   int      `json:"missing"`   // units that the engine lacks
	Extra     int      `json:"extra"`     // units that it has too many
	Other     int      `json:"other"`     // units that it has otherwise
	Differ    []string `json:"differ"`    // at most MaxDiffer of the documents that differ
	Repaired  bool     `json:"repaired"`
}

// MaxDiffer is how many documents a Verified names.
const MaxDiffer = 20

// Same reports whether nothing differed.
func (v Verified) Same() bool { return v.Missing+v.Extra+v.Other == 0 }

// Verify brings the shelf up to date and then compares it with the store, unit
// by unit. Where they differ and repair is set, it is built anew from the
// store. Meanwhile it answers as ever, and takes no changes.
func (s *Shelf) Verify(ctx context.Context, repair bool) (Verified, error) {
	if err := s.Sync(ctx); err != nil {
		return Verified{}, err
	}
	s.syncing.Lock()
	defer s.syncing.Unlock()
	v, err := s.engine.View()
	if err != nil {
		return Verified{}, err
	}
	out, err := s.compare(ctx, v)
	v.Release()
	if err != nil || out.Same() || !repair {
		return out, err
	}
	if err := s.rebuild(ctx); err != nil {
		return out, err
	}
	out.Repaired = true
	return out, nil
}

// compare holds a view against the store. Documents that were published or
// taken back since are the next Sync's.
func (s *Shelf) compare(ctx context.Context, v View) (Verified, error) {
	cursor := s.engine.Cursor()
	differing, known := map[string]Verified{}, 0
	var out Verified
	err := s.source.Each(ctx, func(l Live) error {
		units, ids := Units(l.Document, l.Revision), v.Document(l.Document.ID)
		out.Documents++
		out.Units += len(units)
		known += len(ids)
		if d := compareDocument(v, units, ids); !d.Same() {
			differing[l.Document.ID] = d
		}
		return ctx.Err()
	})
	if err != nil {
		return out, fmt.Errorf("index: comparing with the store: %w", err)
	}
	changed, err := s.source.Changes(ctx, cursor, 10*batch)
	if err != nil {
		return out, fmt.Errorf("index: outbox: %w", err)
	}
	for _, c := range changed {
		delete(differing, c.Document)
	}
	for id, d := range differing {
		out.Missing, out.Extra, out.Other = out.Missing+d.Missing, out.Extra+d.Extra, out.Other+d.Other
		out.Differ = append(out.Differ, id)
	}
	if len(changed) == 0 { // else they may be of what was taken back
		out.Extra += max(0, v.Count()-known)
	}
	slices.Sort(out.Differ)
	out.Differ = out.Differ[:min(len(out.Differ), MaxDiffer)]
	return out, nil
}

func compareDocument(v View, units []*Unit, ids []uint32) (d Verified) {
	d.Missing, d.Extra = max(0, len(units)-len(ids)), max(0, len(ids)-len(units))
	for i := range min(len(units), len(ids)) {
		if held := v.Unit(ids[i]); !sameUnit(*units[i], held) {
			d.Other++
		}
	}
	return d
}

// sameUnit leaves out Words, which a view does not give.
func sameUnit(a, b Unit) bool {
	if !slices.EqualFunc(a.Passages, b.Passages, samePassage) {
		return false
	}
	a.Words, b.Words, a.Passages, b.Passages = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}

// samePassage takes a list that is empty for one that is not there.
func samePassage(a, b corpus.Passage) bool {
	if !slices.Equal(a.Path, b.Path) || !slices.Equal(a.Columns, b.Columns) {
		return false
	}
	a.Path, b.Path, a.Columns, b.Columns = nil, nil, nil, nil
	return reflect.DeepEqual(a, b)
}
