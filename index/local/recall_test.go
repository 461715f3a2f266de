package local

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

// TestTies has more equal units than places, in the base and in the delta:
// the lowest IDs take them.
func TestTies(t *testing.T) {
	t.Parallel()
	for _, question := range []string{"老人卡", "老人卡办理年审"} {
		x := openIn(t, t.TempDir(), smallDelta)
		var base []*index.Unit
		for i := range 300 {
			base = append(base, &index.Unit{Document: fmt.Sprintf("b%03d", 300-i), Body: "老人卡办理"})
		}
		must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(base)))
		must(t, x.Apply(t.Context(), []*index.Unit{{Document: "a", Body: "老人卡办理"}}, []string{"b299"}, 1))
		for _, limit := range []int{1, 2, 7, 200, 300, 400} {
			got, err := look(t, x).Recall(t.Context(), indextest.Ask(question), index.Filter{}, limit)
			must(t, err)
			if len(got) != min(limit, 300) {
				t.Fatalf("%d candidates, want %d", len(got), min(limit, 300))
			}
			for i, c := range got {
				want := uint32(i) // without the deleted unit 1
				if i > 0 {
					want++
				}
				if c.ID != want {
					t.Fatalf("limit %d, place %d: unit %d, want %d", limit, i, c.ID, want)
				}
			}
		}
	}
}

// TestBounds makes the averages grow after the bounds were written: no
// posting may exceed its term's bound then either.
func TestBounds(t *testing.T) {
	t.Parallel()
	o := indextest.Oracle{Units: units(20, 60)}
	x := openIn(t, t.TempDir(), smallDelta)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(o.Units)))
	r := rand.New(rand.NewPCG(20, 20))
	for i := range 4 {
		put := indextest.Document(r, fmt.Sprint("long", i), 1, 5)
		for _, u := range put {
			u.Body = strings.Repeat("办理社保公积金", 500*(4-i))
			u.Passages = nil
		}
		must(t, x.Apply(t.Context(), put, nil, int64(i)))
		o.Units = append(o.Units, put...)
	}
	v := look(t, x)
	s := v.(*view).state
	if s.loose[0] < 2 {
		t.Fatalf("the base's bounds grow by %g: nothing is tested", s.loose[0])
	}
	for i, seg := range s.segments {
		for term := range seg.terms() {
			bound := min(1, seg.bound(term)*s.loose[i])
			for p := range slices.Chunk(seg.list(term), 4) {
				posting := binary.LittleEndian.Uint32(p)
				if got := s.factors.impact(posting, seg.norm(int(posting>>8))); got > bound {
					t.Fatalf("segment %d, term %x: impact %g above the bound %g", i, seg.key(term), got, bound)
				}
			}
		}
	}
	for range 30 {
		q, limit := indextest.Query(r), 1+r.IntN(4)
		got, err := v.Recall(t.Context(), q, index.Filter{}, limit)
		must(t, err)
		must(t, o.CheckRecall(v, got, q, index.Filter{}, limit))
	}
}

func TestGallop(t *testing.T) {
	t.Parallel()
	var list []byte
	held := []uint32{0, 3, 4, 9, 10, 11, 500, 1 << 23}
	for _, u := range held {
		list = binary.LittleEndian.AppendUint32(list, u<<8|1)
	}
	for _, u := range []uint32{0, 1, 3, 5, 9, 11, 12, 500, 501, 1 << 23, 1<<24 - 1} {
		want := len(held)
		for want > 0 && held[want-1] >= u {
			want--
		}
		if got := len(held) - len(gallop(list, u))/4; got != want {
			t.Errorf("unit %d: place %d, want %d", u, got, want)
		}
	}
	if len(gallop(nil, 1)) != 0 {
		t.Error("something found in nothing")
	}
}

// TestRanges gives a term enough frequency to be capped, and a unit no term.
func TestRanges(t *testing.T) {
	t.Parallel()
	o := indextest.Oracle{Units: []*index.Unit{
		{Document: "a", Body: strings.Repeat("老人卡", 400)}, {Document: "b", Body: "老人卡"}, {Document: "c", Class: index.GuideUnit},
	}}
	x := openIn(t, t.TempDir(), smallDelta)
	must(t, x.Rebuild(t.Context(), "g", 0, indextest.Sequence(o.Units)))
	v := look(t, x)
	got, err := v.Recall(t.Context(), indextest.Ask("老人卡"), index.Filter{}, 5)
	must(t, err)
	must(t, o.CheckRecall(v, got, indextest.Ask("老人卡"), index.Filter{}, 5))
	must(t, o.CheckStatistics(v, indextest.Terms(indextest.Ask("老人卡"))))
}
