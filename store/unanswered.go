package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/policybot/policybot/bot"
)

// Unanswered counts what was asked since an instant about policies, and how
// much of that got no answer. It returns the newest of those, at most limit,
// filled as by Recent and with Account; texts of some may be gone.
func (s *Store) Unanswered(ctx context.Context, since time.Time, limit int) (asked, refused int, newest []bot.Record, err error) {
	err = s.view(ctx, "looking for what got no answer", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN status = $1 THEN 1 ELSE 0 END), 0)
			FROM journal WHERE asked >= $2 AND status IN ($3, $4, $1)`,
			string(bot.Refused), millis(since), string(bot.Answered), string(bot.Choose)).Scan(&asked, &refused)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT j.account, j.key, j.asked, j.texts, k.secret
			FROM journal j JOIN journal_keys k ON k.id = j.id
			WHERE j.asked >= $1 AND j.status = $2 AND j.texts IS NOT NULL ORDER BY j.asked DESC, j.id DESC LIMIT $3`,
			millis(since), string(bot.Refused), max(0, limit))
		if err != nil {
			return err
		}
		newest, err = scanAskedTexts(rows)
		for i := range newest {
			newest[i].Status = bot.Refused
		}
		return err
	})
	return asked, refused, newest, err
}
