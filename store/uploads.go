package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

var _ desk.Uploads = (*Store)(nil)

// AddUpload implements desk.Uploads.
func (s *Store) AddUpload(ctx context.Context, u desk.Upload, data []byte, by desk.Actor) (desk.Upload, error) {
	sum := sha256.Sum256(data)
	u.Sum, u.Size, u.State, u.Tries = hex.EncodeToString(sum[:]), int64(len(data)), desk.UploadQueued, 0
	err := s.change(ctx, "storing an upload", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		if err := p.keep(u.Sum, data); err != nil {
			return err
		}
		u.At = time.UnixMilli(p.now)
		err := tx.QueryRowContext(ctx, `INSERT INTO uploads (sum, name, size, staff, display, agency, account, kind, region, backlog, state, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
			u.Sum, u.Name, u.Size, u.By, u.Display, u.Agency, u.Account, string(u.Kind), u.Region, truth(u.Backlog), string(u.State), p.now).Scan(&u.ID)
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionUploaded, "", 0, fmt.Sprintf("上传%d：%s，%d字节，SHA-256 %s", u.ID, u.Name, u.Size, u.Sum)))
	})
	return u, err
}

// UploadedSince implements desk.Uploads.
func (s *Store) UploadedSince(ctx context.Context, person int64, since time.Time) (files int, size int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(size), 0) FROM uploads WHERE staff = $1 AND at > $2`, person, millis(since)).Scan(&files, &size)
	if err != nil {
		return 0, 0, fmt.Errorf("store: counting uploads: %w", explain(err))
	}
	return files, size, nil
}

const uploadColumns = `id, sum, name, size, staff, display, agency, account, kind, region, backlog, state, tries, at, finished, drafts, problems`

func scanUpload(row interface{ Scan(...any) error }) (u desk.Upload, err error) {
	var at, finished int64
	var drafts, problems string
	err = row.Scan(&u.ID, &u.Sum, &u.Name, &u.Size, &u.By, &u.Display, &u.Agency, &u.Account, &u.Kind, &u.Region, &u.Backlog,
		&u.State, &u.Tries, &at, &finished, &drafts, &problems)
	if errors.Is(err, sql.ErrNoRows) {
		return u, corpus.ErrNotFound
	}
	if err != nil {
		return u, err
	}
	u.At, u.Finished = time.UnixMilli(at), instant(finished)
	if drafts != "" {
		err = json.Unmarshal([]byte(drafts), &u.Drafts)
	}
	if err == nil && problems != "" {
		err = json.Unmarshal([]byte(problems), &u.Problems)
	}
	return u, err
}

// Upload implements desk.Uploads.
func (s *Store) Upload(ctx context.Context, id int64) (desk.Upload, error) {
	u, err := scanUpload(s.read.QueryRowContext(ctx, `SELECT `+uploadColumns+` FROM uploads WHERE id = $1`, id))
	if err != nil {
		err = fmt.Errorf("store: reading an upload: %w", explain(err))
	}
	return u, err
}

// ListUploads implements desk.Uploads.
func (s *Store) ListUploads(ctx context.Context, agency string, skip, limit int) ([]desk.Upload, error) {
	return scanUploads(s.read.QueryContext(ctx, `SELECT `+uploadColumns+` FROM uploads WHERE $1 = '' OR agency = $1
		ORDER BY id DESC LIMIT $2 OFFSET $3`, agency, max(0, limit), max(0, skip)))
}

// WaitingUploads implements desk.Uploads.
func (s *Store) WaitingUploads(ctx context.Context, agency string, skip, limit int) (all []desk.Upload, total int, err error) {
	const waiting = ` FROM uploads WHERE state IN ($1, $2) AND ($3 = '' OR agency = $3)`
	queued, reading := string(desk.UploadQueued), string(desk.UploadReading)
	err = s.view(ctx, "counting what is to be read", func(tx *sql.Tx) (err error) {
		if err = tx.QueryRowContext(ctx, `SELECT COUNT(*)`+waiting, queued, reading, agency).Scan(&total); err != nil || total == 0 {
			return err
		}
		all, err = scanUploads(tx.QueryContext(ctx, `SELECT `+uploadColumns+waiting+` ORDER BY id LIMIT $4 OFFSET $5`,
			queued, reading, agency, max(0, limit), max(0, skip)))
		return err
	})
	return all, total, err
}

func scanUploads(rows *sql.Rows, err error) ([]desk.Upload, error) {
	if err != nil {
		return nil, fmt.Errorf("store: listing uploads: %w", explain(err))
	}
	defer rows.Close()
	var all []desk.Upload
	for rows.Next() {
		u, err := scanUpload(rows)
		if err != nil {
			return nil, fmt.Errorf("store: listing uploads: %w", explain(err))
		}
		all = append(all, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store: listing uploads: %w", explain(err))
	}
	return all, nil
}

// TakeUpload implements desk.Uploads.
func (s *Store) TakeUpload(ctx context.Context) (u desk.Upload, data []byte, err error) {
	err = s.change(ctx, "taking an upload", func(tx *sql.Tx) (err error) {
		u, err = scanUpload(tx.QueryRowContext(ctx, `UPDATE uploads SET state = $1, tries = tries + 1
			WHERE id = (SELECT id FROM uploads WHERE state = $2 ORDER BY id LIMIT 1) RETURNING `+uploadColumns,
			string(desk.UploadReading), string(desk.UploadQueued)))
		return err
	})
	if err != nil {
		return u, nil, err
	}
	data = make([]byte, u.Size)
	if _, err := io.ReadFull(s.Bytes(ctx, corpus.Attached{Sum: u.Sum, Size: u.Size}), data); err != nil {
		return u, nil, fmt.Errorf("store: reading an upload: %w", explain(err))
	}
	return u, data, nil
}

// RequeueUploads implements desk.Uploads.
func (s *Store) RequeueUploads(ctx context.Context) (int, error) {
	res, err := s.write.ExecContext(ctx, `UPDATE uploads SET state = $1 WHERE state = $2`, string(desk.UploadQueued), string(desk.UploadReading))
	if err != nil {
		return 0, fmt.Errorf("store: queueing uploads again: %w", explain(err))
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// StoreDrafts implements desk.Uploads.
func (s *Store) StoreDrafts(ctx context.Context, u desk.Upload, drafts []desk.NewWork, by desk.Actor) (desk.Upload, error) {
	all := u.Drafts[:len(u.Drafts):len(u.Drafts)]
	err := s.change(ctx, "storing the drafts of an upload", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		p.many = true
		for _, n := range drafts {
			done := desk.UploadDraft{Title: n.Content.Document.Title, Like: n.Like, Read: desk.RecognisedIn(n.Content)}
			if n.Like == nil || !n.Like.Same {
				var err error
				if n.Content.Document.ID, err = p.freeID(n.Content.Document.ID); err != nil {
					return err
				}
				if done.Revision, err = p.begin(s, 0, n, by); err != nil {
					return fmt.Errorf("%s: %w", n.Content.Document.ID, err)
				}
				done.Document = n.Content.Document.ID
			} else {
				done.Document = n.Like.Document
			}
			all = append(all, done)
		}
		if err := p.keepFound(); err != nil {
			return err
		}
		return p.endUpload(u, all)
	})
	if err == nil {
		u.Drafts = all
	}
	return u, err
}

// endUpload keeps how far an upload is.
func (p *putting) endUpload(u desk.Upload, drafts []desk.UploadDraft) error {
	var finished int64
	if u.State == desk.UploadDone || u.State == desk.UploadFailed {
		finished = p.now
	}
	list, err := json.Marshal(drafts)
	if err != nil {
		return err
	}
	problems, err := json.Marshal(u.Problems)
	if err != nil {
		return err
	}
	var id int64
	tries := u.Tries
	if len(drafts) > len(u.Drafts) {
		tries = 0 // it gets on
	}
	err = p.tx.QueryRowContext(p.ctx, `UPDATE uploads SET state = $1, finished = $2, drafts = $3, problems = $4, tries = $5
		WHERE id = $6 AND state = $7 RETURNING id`,
		string(u.State), finished, string(list), string(problems), tries, u.ID, string(desk.UploadReading)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return desk.ErrStale
	}
	return err
}

// freeID returns an ID that no document has: the one that is wanted, or it
// with a number.
func (p *putting) freeID(want string) (string, error) {
	for n := 1; ; n++ {
		id := want
		if n > 1 {
			end := fmt.Sprintf("-%d", n)
			id = want[:min(len(want), 128-len(end))] + end
		}
		var taken bool
		err := p.tx.QueryRowContext(p.ctx, `SELECT EXISTS (SELECT 1 FROM documents WHERE id = $1)`, id).Scan(&taken)
		if err != nil || !taken {
			return id, err
		}
	}
}

// Alike implements desk.Uploads. The surest likeness wins: the same words, the
// same number and title, the same question, the same title without numbers,
// the same name of the file.
func (s *Store) Alike(ctx context.Context, agency string, c corpus.Content) (*desk.Likeness, error) {
	d := c.Document
	number, title := corpus.NormalNumber(d.Number), d.Title
	if d.Kind == corpus.FAQ && d.Question != "" {
		title = d.Question
	}
	var args arguments
	key, sum, num := args.one(corpus.TitleKey(title)), args.one(textSum(c.Text)), args.one(number)
	kind, account, id := args.one(string(d.Kind)), args.one(d.Account), args.one(d.ID)
	query := `SELECT w.document, w.title,
		CASE WHEN w.key = ` + key + ` AND w.sum = ` + sum + ` THEN 1
			WHEN w.key = ` + key + ` AND w.number = ` + num + ` AND w.number <> '' THEN 2
			WHEN w.key = ` + key + ` AND w.kind = 'faq' AND ` + kind + ` = 'faq' THEN 3
			WHEN w.key = ` + key + ` AND w.number = '' AND ` + num + ` = '' AND w.kind = ` + kind + ` THEN 4
			WHEN w.document = ` + id + ` THEN 5 ELSE 9 END AS rank
		FROM works w WHERE w.revision > 0 AND w.account = ` + account + ` AND (w.key = ` + key + ` AND w.key <> '' OR w.document = ` + id + `)
		AND ` + ownedBy(&args, agency) + ` ORDER BY rank, w.document LIMIT 1`
	var l desk.Likeness
	var rank int
	err := s.read.QueryRowContext(ctx, query, args...).Scan(&l.Document, &l.Title, &rank)
	if errors.Is(err, sql.ErrNoRows) || err == nil && rank > 5 {
		return nil, nil // nothing like it: the answer, no error
	}
	if err != nil {
		return nil, fmt.Errorf("store: looking for the same document: %w", explain(err))
	}
	l.Same = rank == 1
	l.Why = [...]string{"标题和文字都相同", "文号和标题相同", "问题相同", "标题相同，都没有文号", "文件名相同"}[rank-1]
	return &l, nil
}

// MergeWork implements desk.Uploads.
func (s *Store) MergeWork(ctx context.Context, draft, target desk.Work, by desk.Actor) (revision int, err error) {
	err = s.change(ctx, "making a draft a revision", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		id, known := draft.Document.ID, target.Document.ID
		c, status, err := p.content(id, draft.Revision.Number)
		if err != nil {
			return err
		}
		if status != corpus.Draft {
			return desk.ErrStale
		}
		n, err := p.notes(id, draft.Revision.Number)
		if err != nil {
			return err
		}
		c.Hold, c.Findings, c.Warnings = n.hold, draft.Findings, draft.Warnings
		c.Document.ID, c.Document.Account = known, target.Document.Account
		for i := range c.Document.Declares {
			c.Document.Declares[i].From = known
		}
		var o corpus.Original
		err = tx.QueryRowContext(ctx, `SELECT name, media_type, sum FROM revision_originals WHERE document = $1 AND revision = $2`,
			id, draft.Revision.Number).Scan(&o.Name, &o.MediaType, &o.Sum)
		if err == nil {
			c.Original = &o
		} else if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		revision, err = p.begin(s, target.Last, desk.NewWork{
			Content: c, Owner: cmp.Or(target.Owner, draft.Owner), Backlog: draft.Backlog,
		}, by)
		if err != nil {
			return err
		}
		if n.confirmedBy != "" {
			_, err = tx.ExecContext(ctx, `UPDATE revision_notes SET confirmed_by = $1, confirmed = $2 WHERE document = $3 AND revision = $4`,
				n.confirmedBy, p.now, known, revision)
			if err != nil {
				return err
			}
		}
		err = p.move(s, desk.Move{
			Document: id, Revision: draft.Revision.Number, Version: draft.Version, From: corpus.Draft, To: corpus.Dropped, By: by,
			Reason: "已作为" + known + "的新版本",
		})
		if err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionMerged, known, revision, strings.TrimSpace(draft.Document.Title)))
	})
	return revision, err
}

// SeparateWork implements desk.Uploads.
func (s *Store) SeparateWork(ctx context.Context, id string, revision, version int, by desk.Actor) error {
	return s.change(ctx, "keeping a draft apart", func(tx *sql.Tx) error {
		p := s.putting(ctx, tx)
		if _, err := p.bump(id, revision, version); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE works SET likeness = '' WHERE document = $1`, id); err != nil {
			return err
		}
		return s.note(ctx, tx, by.Entry(desk.ActionSaved, id, revision, "不是已有文件的新版本"))
	})
}
