package store

import (
	"context"
	"fmt"
	"time"

	"github.com/policybot/policybot/bot"
)

// LastAnswers returns when accounts last answered from a document: those that
// have done so since an instant are told with that instant or later, those
// that never have are left out.
func (s *Store) LastAnswers(ctx context.Context, accounts []string, since time.Time) (map[string]time.Time, error) {
	all := make(map[string]time.Time, len(accounts))
	for _, name := range accounts {
		var at int64
		// What is recent is found at once; only of an account that has fallen
		// silent the whole journal is looked through.
		err := s.read.QueryRowContext(ctx, `SELECT COALESCE((SELECT asked FROM journal WHERE asked >= $1 AND account = $2 AND status = $3
			ORDER BY asked DESC LIMIT 1), (SELECT MAX(asked) FROM journal WHERE account = $2 AND status = $3), 0)`,
			millis(since), name, string(bot.Answered)).Scan(&at)
		if err != nil {
			return nil, fmt.Errorf("store: looking for the last answer: %w", explain(err))
		}
		if at > 0 {
			all[name] = time.UnixMilli(at)
		}
	}
	return all, nil
}

// LastChange returns when a document was last published or taken back; zero
// where none ever was. It counts nothing, unlike Census.
func (s *Store) LastChange(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(at), 0) FROM outbox`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("store: looking for the last change: %w", explain(err))
	}
	return instant(at), nil
}
