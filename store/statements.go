package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/policybot/policybot/corpus"
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
	annotate, notes                               *sql.Stmt
	addKeys, dropKeys, setRules, setForce, force  *sql.Stmt
	twin, sums, liveText                          *sql.Stmt
	byKey, byStem, byNumber, byStandard           *sql.Stmt
	namingKey, namingNumber, pointing, speaking   *sql.Stmt
	addEdge, dropEdges, edgesOf, decisions        *sql.Stmt
	cutting, resting                              *sql.Stmt
	describe, dropWorkFacets, addWorkFacet        *sql.Stmt
	nameWords, dropWords, addWords                *sql.Stmt
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
	s.changes = on(read, `SELECT seq, document FROM outbox WHERE seq > $1
		UNION ALL SELECT seq, '' FROM lexicon_switches WHERE seq > $1 AND `+newestSwitch+`
		ORDER BY seq LIMIT $2`)
	s.newest = on(read, `SELECT seq FROM outbox_counter WHERE id = 1`)
	s.recent = on(read, recentQuery)
	for _, n := range sizes {
		s.documents[n] = on(read, documentsQuery(n))
		s.texts[n] = on(read, textsQuery(n))
		s.cuts[n] = on(read, cutsQuery(n))
	}
	s.head = on(write, `SELECT d.newest, d.hash, d.live, d.title, d.account, d.number,
		COALESCE(f.key, ''), COALESCE(f.stem, ''), COALESCE(f.standard, '')
		FROM documents d LEFT JOIN title_keys f ON f.document = d.id WHERE d.id = $1`)
	s.status = on(write, `SELECT status FROM revisions WHERE document = $1 AND number = $2`)
	s.relations = on(write, `SELECT kind, target, effective, binding, anchors, place, label, edge FROM relations
		WHERE source = $1 ORDER BY ordinal`)
	s.addRevision = on(write, `INSERT INTO revisions
		(document, number, status, hash, created, meta, passages, text)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`)
	s.addDocument = on(write, `INSERT INTO documents (id, newest, hash) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET newest = excluded.newest, hash = excluded.hash`)
	s.publish = on(write, `UPDATE documents SET live = $1, title = $2, published = $3, sample = $4, number = $5,
		account = $6 WHERE id = $7`)
	s.setStatus = on(write, `UPDATE revisions SET status = $1 WHERE document = $2 AND number = $3`)
	s.addRelation = on(write, `INSERT INTO relations (source, ordinal, kind, target, effective, binding,
		anchors, place, label, edge) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
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
	s.prepareForce(func(query string) *sql.Stmt { return on(write, query) })
	return s, err
}

// prepareForce prepares what works out what is in force.
func (s *statements) prepareForce(on func(query string) *sql.Stmt) {
	s.annotate = on(`INSERT INTO revision_notes (document, revision, statements, findings, warnings, hold)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (document, revision) DO UPDATE SET
		statements = excluded.statements, findings = excluded.findings, warnings = excluded.warnings, hold = excluded.hold`)
	s.notes = on(`SELECT statements, findings, warnings, hold, confirmed_by FROM revision_notes
		WHERE document = $1 AND revision = $2`)
	s.addKeys = on(`INSERT INTO title_keys (document, key, stem, standard, sum) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (document) DO UPDATE SET
		key = excluded.key, stem = excluded.stem, standard = excluded.standard, sum = excluded.sum`)
	s.setForce = on(`UPDATE documents SET begins = $1, ends = $2, fate = $3 WHERE id = $4`)
	s.setRules = on(`UPDATE title_keys SET rules = $1 WHERE document = $2`)
	s.dropKeys = on(`DELETE FROM title_keys WHERE document = $1`)
	s.force = on(`SELECT d.begins, d.ends, d.fate, k.rules FROM documents d JOIN title_keys k ON k.document = d.id
		WHERE d.id = $1`)
	s.twin = on(`SELECT f.document FROM title_keys f JOIN documents d ON d.id = f.document
		WHERE f.key = $1 AND f.key <> '' AND f.sum = $2 AND f.document <> $3 AND d.account = $4 AND d.live > 0 ORDER BY f.document LIMIT 1`)
	// One more than MaxPeers tells that there are too many.
	peers := strconv.Itoa(corpus.MaxPeers + 1)
	s.liveText = on(`SELECT r.text FROM documents d
		JOIN revisions r ON r.document = d.id AND r.number = d.live WHERE d.id = $1`)
	s.sums = on(`SELECT COUNT(DISTINCT sum) FROM title_keys WHERE document IN ($1, $2)`)
	s.byKey = on(`SELECT document FROM title_keys WHERE key = $1 AND key <> '' ORDER BY document LIMIT ` + peers)
	s.byStem = on(`SELECT document FROM title_keys WHERE stem = $1 AND stem <> '' ORDER BY document LIMIT ` + peers)
	s.byStandard = on(`SELECT document FROM title_keys WHERE standard = $1 AND standard <> '' ORDER BY document LIMIT ` + peers)
	s.byNumber = on(`SELECT id FROM documents WHERE number = $1 AND live > 0 AND number <> '' ORDER BY id LIMIT ` + peers)
	s.namingKey = on(`SELECT DISTINCT source FROM edges WHERE key = $1 AND key <> ''`)
	s.namingNumber = on(`SELECT DISTINCT source FROM edges WHERE number = $1 AND number <> ''`)
	s.pointing = on(`SELECT DISTINCT source FROM edges WHERE target = $1 AND target <> ''`)
	s.speaking = on(`SELECT r.meta, COALESCE(n.statements, '')
		FROM documents d JOIN revisions r ON r.document = d.id AND r.number = d.live
		LEFT JOIN revision_notes n ON n.document = d.id AND n.revision = d.live
		WHERE d.id = $1 AND d.live > 0`)
	s.addEdge = on(`INSERT INTO edges (id, source, ordinal, origin, kind, key, number, state, why, target, targets, effective, statement)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`)
	s.dropEdges = on(`DELETE FROM edges WHERE source = $1`)
	s.edgesOf = on(`SELECT id, origin, kind, key, number, state, why, target, targets, effective, statement
		FROM edges WHERE source = $1 ORDER BY ordinal`)
	s.decisions = on(`SELECT edge, accepted, target, decided_by, decided FROM decisions WHERE source = $1`)
	s.cutting = on(`SELECT x.kind, x.source, x.effective, x.anchors, f.account
		FROM relations x JOIN documents f ON f.id = x.source
		WHERE x.target = $1 AND x.binding = 1 AND x.kind IN ('repeals', 'supersedes')`)
	s.describe = on(`INSERT INTO works (document, revision, status, held, updated, kind, title, number, key, account, issued, sum)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (document) DO UPDATE SET
		revision = excluded.revision, status = excluded.status, held = excluded.held, updated = excluded.updated,
		kind = excluded.kind, title = excluded.title, number = excluded.number, key = excluded.key,
		account = excluded.account, issued = excluded.issued, sum = excluded.sum`)
	s.dropWorkFacets = on(`DELETE FROM work_facets WHERE document = $1`)
	s.addWorkFacet = on(`INSERT INTO work_facets (document, facet, value) VALUES ($1, $2, $3) ON CONFLICT (document, facet, value) DO NOTHING`)
	s.nameWords = on(`INSERT INTO work_texts (document, sum) VALUES ($1, $2) ON CONFLICT (document) DO UPDATE SET sum = excluded.sum
		WHERE work_texts.sum <> excluded.sum RETURNING id`)
	s.dropWords = on(`DELETE FROM work_words WHERE rowid = $1`)
	s.addWords = on(`INSERT INTO work_words (rowid, words) VALUES ($1, $2)`)
	s.resting = on(`SELECT DISTINCT source FROM relations WHERE target = $1 AND kind = $2`)
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
