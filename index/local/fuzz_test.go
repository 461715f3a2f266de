package local

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/index/indextest"
)

// model is what an index must be after the operations so far.
type model struct {
	t      testing.TB
	folder string
	index  *Index
	oracle indextest.Oracle
	log    []change // every change since the last Rebuild
	first  int64    // cursor of that Rebuild
	held   index.View
	then   indextest.Oracle // what held must be
	r      *rand.Rand
}

type change struct {
	put  []*index.Unit
	drop []string
}

func (m *model) cursor() int64 { return m.first + int64(len(m.log)) }

func (m *model) rebuild() {
	m.first, m.log = m.cursor(), nil
	must(m.t, m.index.Rebuild(context.Background(), fmt.Sprint("g", m.first), m.first, indextest.Sequence(m.oracle.Units)))
}

func (m *model) apply(n int) {
	c := change{}
	for range n {
		d := fmt.Sprint("d", m.r.IntN(12))
		if !slices.Contains(c.drop, d) {
			c.drop = append(c.drop, d)
			c.put = append(c.put, indextest.Document(m.r, d, int(m.cursor()), m.r.IntN(7))...)
		}
	}
	m.log = append(m.log, c)
	must(m.t, m.index.Apply(context.Background(), c.put, c.drop, m.cursor()))
	m.oracle.Units = slices.DeleteFunc(slices.Clone(m.oracle.Units), func(u *index.Unit) bool { return slices.Contains(c.drop, u.Document) })
	m.oracle.Units = append(m.oracle.Units, c.put...)
}

// reopen stops without a flush and applies again what the snapshot lacks.
func (m *model) reopen() {
	must(m.t, m.index.Close())
	m.index = openIn(m.t, m.folder, m.index.small)
	at := m.index.Cursor()
	if at < m.first || at > m.cursor() {
		m.t.Fatalf("cursor %d is not within %d … %d", at, m.first, m.cursor())
	}
	for i := at - m.first; i < int64(len(m.log)); i++ {
		c := m.log[i]
		must(m.t, m.index.Apply(context.Background(), c.put, c.drop, m.first+i+1))
	}
}

func (m *model) hold() {
	if m.held != nil {
		check(m.t, m.held, m.then, m.r, 2)
		m.held.Release()
	}
	v, err := m.index.View()
	must(m.t, err)
	m.held, m.then = v, m.oracle
}

func (m *model) search() {
	v, err := m.index.View()
	must(m.t, err)
	defer v.Release()
	check(m.t, v, m.oracle, m.r, 2)
	must(m.t, m.oracle.CheckUnits(v, []string{"d0", "d1", fmt.Sprint("d", m.r.IntN(12))}))
	if m.index.Cursor() != m.cursor() {
		m.t.Fatalf("cursor %d, want %d", m.index.Cursor(), m.cursor())
	}
}

func (m *model) run(operations []byte) {
	m.rebuild()
	for _, op := range operations {
		switch op % 8 {
		case 0:
			m.rebuild()
		case 1:
			must(m.t, m.index.Flush(context.Background()))
		case 2:
			m.reopen()
		case 3:
			m.hold()
		case 4:
			m.search()
		default:
			m.apply(int(op/8) % 4)
		}
	}
	m.search()
	m.hold()
	m.held.Release()
	must(m.t, m.index.Close())
}

func newModel(t testing.TB, seed uint64) *model {
	folder := t.TempDir()
	r := rand.New(rand.NewPCG(seed, 77))
	return &model{t: t, folder: folder, index: openIn(t, folder, 1+r.IntN(40)), r: r}
}

// FuzzOperations runs operations on an index and on a model of it.
func FuzzOperations(f *testing.F) {
	f.Add(uint64(1), []byte{13, 21, 4, 1, 29, 2, 4, 0, 13, 3, 21, 1, 3})
	f.Add(uint64(2), []byte{29, 29, 29, 29, 29, 29, 3, 2, 4, 5, 1, 3, 0, 2, 4})
	f.Fuzz(func(t *testing.T, seed uint64, operations []byte) {
		newModel(t, seed).run(operations[:min(len(operations), 40)])
	})
}

func TestOperations(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 78))
		operations := make([]byte, 30)
		for i := range operations {
			operations[i] = byte(r.Uint32())
		}
		newModel(t, seed).run(operations)
	}
}
