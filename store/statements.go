package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Documents are loaded by statements with a fixed number of places, so that
// they can be prepared: few for an answer, many for a page or a rebuild.
var sizes = [...]int{1, 5, 10, many}

const many = 64

// statements are prepared once, for they run on every answer or for every
// document of an import.
type statements struct {
	// of the readers
	setting, ids, changes, newest, recent *sql.Stmt
	documents, texts, cuts                map[int]*sql.Stmt // by sizes
	// of the writer
	head, status, relations                       *sql.Stmt
	addRevision, addDocument, publish, setStatus  *sql.Stmt
	addRelation, dropRelations, isLive, note, cut *sql.Stmt
	cite, addFacet, dropFacets                    *sql.Stmt
	claim, standing, free, answer, record, secret *sql.Stmt
}

func prepare(ctx context.Context, write, read *sql.DB) (*statements, error) {
	s := &statements{documents: make(map[int]*sql.Stmt), texts: make(map[int]*sql.Stmt), cuts: make(map[int]*sql.Stmt)}
	var err error
	on := func(db *sql.DB, query string) (stmt *sql.Stmt) {
		if err == nil {
			if stmt, err = db.PrepareContext(ctx, query); err != nil {
				err = fmt.Errorf("preparing %q: %w", query, err)
			}
		}
		return stmt
	}
	s.setting = on(read, `SELECT value FROM settings WHERE name = $1`)
	s.ids = on(read, `SELECT id FROM documents WHERE live > 0 AND id > $1 ORDER BY id LIMIT $2`)
	s.changes = on(read, `SELECT seq, document FROM outbox WHERE seq > $1 ORDER BY seq LIMIT $2`)
	s.newest = on(read, `SELECT seq FROM outbox_counter WHERE id = 1`)
	s.recent = on(read, recentQuery)
	for _, n := range sizes {
		s.documents[n] = on(read, documentsQuery(n))
		s.texts[n] = on(read, textsQuery(n))
		s.cuts[n] = on(read, cutsQuery(n))
	}
	s.head = on(write, `SELECT newest, hash, live, title, account FROM documents WHERE id = $1`)
	s.status = on(write, `SELECT status FROM revisions WHERE document = $1 AND number = $2`)
	s.relations = on(write, `SELECT kind, target, effective, binding FROM relations
		WHERE source = $1 ORDER BY ordinal`)
	s.addRevision = on(write, `INSERT INTO revisions
		(document, number, status, hash, created, meta, passages, text)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)
	s.addDocument = on(write, `INSERT INTO documents (id, newest, hash) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, hash = excluded.hash`)
	s.publish = on(write, `UPDATE documents SET live = $1, title = $2, published = $3, sample = $4, number = $5,
		account = $6 WHERE id = $7`)
	s.setStatus = on(write, `UPDATE revisions SET status = $1 WHERE document = $2 AND number = $3`)
	s.addRelation = on(write, `INSERT INTO relations (source, ordinal, kind, target, effective, binding)
		VALUES ($1, $2, $3, $4, $5, $6)`)
	s.dropRelations = on(write, `DELETE FROM relations WHERE source = $1`)
	s.isLive = on(write, `SELECT live FROM documents WHERE id = $1`)
	s.note = on(write, `INSERT INTO outbox (document, seq, at) VALUES ($1, $2, $3)
		ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, at = excluded.at`)
	s.cut = on(write, `INSERT INTO cuts (document, revision, segmenter, words) VALUES ($1, $2, $3, $4)
		ON CONFLICT (document) DO UPDATE SET
		revision = excluded.revision, segmenter = excluded.segmenter, words = excluded.words`)
	s.claim = on(write, claimQuery)
	s.standing = on(write, `SELECT lease, answered, body FROM claims WHERE key = $1`)
	s.free = on(write, `DELETE FROM claims WHERE key = $1 AND holder = $2 AND answered = 0`)
	s.answer = on(write, answerQuery)
	s.record = on(write, recordQuery)
	s.cite = on(write, `INSERT INTO citations (journal, document, account, asked)
		VALUES ($1, $2, $3, $4)`)
	s.addFacet = on(write, `INSERT INTO facets (document, facet, value, kind, published) VALUES ($1, $2, $3, $4, $5)`)
	s.dropFacets = on(write, `DELETE FROM facets WHERE document = $1`)
	s.secret = on(write, secretQuery)
	return s, err
}

// places writes $1, $2 … $n.
func places(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String()
}
