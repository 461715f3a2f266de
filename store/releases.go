package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/policybot/policybot/corpus"
)

// maxReleases is how many revisions of a document are told of.
const maxReleases = 20

// Releases returns the revisions of a document that were published, the newest
// first, at most twenty, and what each changed.
func (s *Store) Releases(ctx context.Context, id string) (all []corpus.Release, err error) {
	err = s.view(ctx, "reading what was published", func(tx *sql.Tx) error {
		// One text is looked at beside the one before; none leaves the database.
		rows, err := tx.QueryContext(ctx, `SELECT number, at, meta, same FROM (
			SELECT r.number AS number, r.meta AS meta,
			COALESCE((SELECT MIN(p.at) FROM publications p WHERE p.document = r.document AND p.revision = r.number), r.created) AS at,
			r.text = LAG(r.text, 1, '') OVER (ORDER BY r.number) AS same
			FROM revisions r WHERE r.document = $1 AND r.status IN ($2, $3) ORDER BY r.number DESC LIMIT $4) ORDER BY number`,
			id, string(corpus.Published), string(corpus.Withdrawn), maxReleases)
		if err != nil {
			return err
		}
		defer rows.Close()
		var before corpus.Document
		for rows.Next() {
			var r corpus.Release
			var at int64
			var meta []byte
			var same bool
			if err := rows.Scan(&r.Revision, &at, &meta, &same); err != nil {
				return err
			}
			var d corpus.Document
			if err := json.Unmarshal(meta, &d); err != nil {
				return fmt.Errorf("document %s: %w", id, err)
			}
			r.At, r.First, r.Text = time.UnixMilli(at), r.Revision == 1 || len(all) == 0, !same
			if len(all) > 0 {
				r.Fields = corpus.ChangedFields(before, d)
			}
			before, all = d, append(all, r)
		}
		slices.Reverse(all)
		return rows.Err()
	})
	return all, err
}
