package store

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/policybot/policybot/bot"
)

// Unanswered counts what some accounts (nil: all) were asked since an instant
// about policies, and how much of that got no answer that it could have: what was referred to an agency lacks nothing. It returns the newest of those, at most limit,
// filled as by Recent and with Account; texts of some may be gone.
func (s *Store) Unanswered(ctx context.Context, accounts []string, since time.Time, limit int) (asked, refused int, newest []bot.Record, err error) {
	of, some := func(string) string { return "" }, arguments{string(bot.Refused), millis(since)}
	if accounts != nil {
		list := each(&some, accounts)
		of = func(column string) string { return " AND " + column + " IN (" + list + ")" }
	}
	err = s.view(ctx, "looking for what got no answer", func(tx *sql.Tx) error {
		counted := slices.Clone(some)
		err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN status = $1 AND reason <> '`+bot.ReasonReferred+`' THEN 1 ELSE 0 END), 0)
			FROM journal WHERE asked >= $2`+of("account")+` AND status IN ($1, `+each(&counted, []bot.Status{bot.Answered, bot.Choose})+`)`,
			counted...).Scan(&asked, &refused)
		if err != nil {
			return err
		}
		listed := slices.Clone(some)
		rows, err := tx.QueryContext(ctx, `SELECT j.account, j.key, j.asked, j.texts, k.secret
			FROM journal j JOIN journal_keys k ON k.id = j.id
			WHERE j.status = $1 AND j.reason <> '`+bot.ReasonReferred+`' AND j.asked >= $2`+of("j.account")+` AND j.texts IS NOT NULL ORDER BY j.asked DESC, j.id DESC LIMIT `+listed.one(max(0, limit)),
			listed...)
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
