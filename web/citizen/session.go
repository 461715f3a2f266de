package citizen

import (
	"container/list"
	"sync"
	"time"

	"github.com/policybot/policybot/bot"
)

// Bounds of what is kept for the chat: about 10 KB a conversation at worst,
// so 20 MB in all.
const (
	maxSessions = 2000
	maxTurns    = 12
	maxShown    = 300 // characters of a question that are kept to show again
	sessionLife = 2 * time.Hour
)

// turn is a question and what was said.
type turn struct {
	Asked   string
	Status  bot.Status
	Text    string
	Choices []bot.Choice

	forgotten bool // it says that what was said before is removed
}

// sessions keeps the conversations of the chat page in memory, the longest
// unused first to go.
type sessions struct {
	now func() time.Time

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // of *session, the last used in front
}

type session struct {
	key   string
	used  time.Time
	turns []turn
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, byKey: map[string]*list.Element{}, order: list.New()}
}

// add remembers a turn and forgets what is too old or too much.
func (s *sessions) add(key string, t turn) {
	t.Asked = shorten(t.Asked, maxShown)
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byKey[key]
	if !ok {
		e = s.order.PushFront(&session{key: key})
		s.byKey[key] = e
	}
	one := e.Value.(*session)
	one.used = s.now()
	one.turns = append(one.turns, t)
	if over := len(one.turns) - maxTurns; over > 0 {
		one.turns = append([]turn(nil), one.turns[over:]...)
	}
	s.order.MoveToFront(e)
	for last := s.order.Back(); last != nil; last = s.order.Back() {
		old := last.Value.(*session)
		if s.order.Len() <= maxSessions && s.now().Sub(old.used) <= sessionLife {
			return
		}
		s.remove(last)
	}
}

// turns returns what was said in a session.
func (s *sessions) turns(key string) []turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byKey[key]
	if !ok {
		return nil
	}
	one := e.Value.(*session)
	if s.now().Sub(one.used) > sessionLife {
		s.remove(e)
		return nil
	}
	return append([]turn(nil), one.turns...)
}

func (s *sessions) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.byKey[key]; ok {
		s.remove(e)
	}
}

func (s *sessions) remove(e *list.Element) {
	delete(s.byKey, s.order.Remove(e).(*session).key)
}
