package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/policybot/policybot/index"
)

// maxRemembered bounds how many standings are kept in memory, a few KB each.
const maxRemembered = 8192

// standings remembers what was read since the newest change: every change of
// what stands takes a number from outbox_counter in its own transaction, so
// that nothing read under a number is out of date while that number stays.
type standings struct {
	mu  sync.RWMutex
	seq int64
	by  map[string]index.Standing // the zero one is not published
}

// Standing implements index.Register. Each call asks the database whether
// anything has changed, and reads only what it has not read since. What it
// returns shares memory with later calls: don't change it.
func (s *Store) Standing(ctx context.Context, documents []string) (map[string]index.Standing, error) {
	// Before anything is read: what is then read is as new, or newer.
	seq, err := s.Newest(ctx)
	if err != nil {
		return nil, err
	}
	ids := unique(documents)
	found, missing := s.standings.recall(seq, ids)
	for chunk := range slices.Chunk(missing, many) {
		read := make(map[string]index.Standing, len(chunk))
		if err := s.documents(ctx, nil, chunk, read); err != nil {
			return nil, fmt.Errorf("store: reading what stands: %w", explain(err))
		}
		s.standings.note(seq, chunk, read)
		maps.Copy(found, read)
	}
	return found, nil
}

// recall returns what is remembered as of a change, and what is not.
func (m *standings) recall(seq int64, ids []string) (found map[string]index.Standing, missing []string) {
	found = make(map[string]index.Standing, len(ids))
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.seq != seq {
		return found, ids
	}
	for _, id := range ids {
		switch st, ok := m.by[id]; {
		case !ok:
			missing = append(missing, id)
		case st.Revision > 0:
			found[id] = st
		}
	}
	return found, missing
}

// note remembers what was read of ids after seq was the newest change.
func (m *standings) note(seq int64, ids []string, read map[string]index.Standing) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.seq > seq {
		return
	}
	if m.seq < seq || m.by == nil || len(m.by) > maxRemembered {
		m.seq, m.by = seq, make(map[string]index.Standing)
	}
	for _, id := range ids {
		m.by[id] = read[id]
	}
}
