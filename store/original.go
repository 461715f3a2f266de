package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/policybot/policybot/corpus"
)

const (
	maxOriginal  = 64 << 20  // bytes: more than an import reads of a file
	originalPart = 256 << 10 // bytes in one row
	// noBytes is the sum of an empty file.
	noBytes = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// attach keeps the file that a revision was read from, in the place of the one
// it had. A content without a file leaves what is there.
func (p *putting) attach(document string, revision int, o *corpus.Original) error {
	if o == nil {
		return nil
	}
	sum := o.Sum
	if sum == "" {
		hash := sha256.Sum256(o.Data)
		sum = hex.EncodeToString(hash[:])
	}
	had, name := "", ""
	err := p.tx.QueryRowContext(p.ctx, `SELECT sum, name FROM revision_originals WHERE document = $1 AND revision = $2`,
		document, revision).Scan(&had, &name)
	if err != nil && !errors.Is(err, sql.ErrNoRows) || had == sum && name == o.Name {
		return err
	}
	if err := p.keep(sum, o.Data); err != nil {
		return err
	}
	_, err = p.tx.ExecContext(p.ctx, `INSERT INTO revision_originals (document, revision, sum, name, media_type)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (document, revision) DO UPDATE SET
		sum = excluded.sum, name = excluded.name, media_type = excluded.media_type`,
		document, revision, sum, o.Name, o.MediaType)
	if err != nil || had == "" || had == sum {
		return err
	}
	_, err = p.tx.ExecContext(p.ctx, `DELETE FROM originals WHERE sum = $1
		AND NOT EXISTS (SELECT 1 FROM revision_originals WHERE sum = $1)
		AND NOT EXISTS (SELECT 1 FROM uploads WHERE sum = $1)`, had)
	return err
}

// keep stores bytes that are not there yet. Where none are given they must be.
func (p *putting) keep(sum string, data []byte) error {
	if len(data) == 0 && sum != noBytes {
		var size int64
		err := p.tx.QueryRowContext(p.ctx, `SELECT size FROM originals WHERE sum = $1`, sum).Scan(&size)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: the file %.64s came without its bytes, and is not stored", ErrInvalid, sum)
		}
		return err
	}
	var added string
	err := p.tx.QueryRowContext(p.ctx, `INSERT INTO originals (sum, size) VALUES ($1, $2)
		ON CONFLICT (sum) DO NOTHING RETURNING sum`, sum, len(data)).Scan(&added)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	number := 0
	for part := range slices.Chunk(data, originalPart) {
		_, err := p.tx.ExecContext(p.ctx, `INSERT INTO original_parts (sum, number, data) VALUES ($1, $2, $3)`, sum, number, part)
		if err != nil {
			return err
		}
		number++
	}
	return nil
}

// Attached returns what is known of the file that a revision was read from.
// corpus.ErrNotFound where there is none. Whether the revision is published,
// and for whom, is not looked at.
func (s *Store) Attached(ctx context.Context, document string, revision int) (corpus.Attached, error) {
	var a corpus.Attached
	err := s.read.QueryRowContext(ctx, `SELECT r.name, r.media_type, o.sum, o.size
		FROM revision_originals r JOIN originals o ON o.sum = r.sum
		WHERE r.document = $1 AND r.revision = $2`, document, revision).Scan(&a.Name, &a.MediaType, &a.Sum, &a.Size)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fmt.Errorf("%w: no file of %.140q", corpus.ErrNotFound, document)
	}
	if err != nil {
		return a, fmt.Errorf("store: reading about a file: %w", explain(err))
	}
	return a, nil
}

// Bytes returns the bytes of a stored file. They are read part by part as they
// are asked for; ctx bounds the reading.
func (s *Store) Bytes(ctx context.Context, a corpus.Attached) io.ReadSeeker {
	return io.NewSectionReader(&parts{ctx: ctx, store: s, file: a, number: -1}, 0, a.Size)
}

// parts reads a stored file. It is not for use at the same time.
type parts struct {
	ctx    context.Context
	store  *Store
	file   corpus.Attached
	number int64 // of data
	data   []byte
}

func (p *parts) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		at := off + int64(n)
		if at >= p.file.Size {
			return n, io.EOF
		}
		if err := p.load(at / originalPart); err != nil {
			return n, err
		}
		from := at % originalPart
		if from >= int64(len(p.data)) {
			return n, fmt.Errorf("store: the file %s is damaged: %w", p.file.Sum, io.ErrUnexpectedEOF)
		}
		n += copy(b[n:], p.data[from:])
	}
	return n, nil
}

func (p *parts) load(number int64) error {
	if p.number == number {
		return nil
	}
	p.number, p.data = -1, nil
	err := p.store.read.QueryRowContext(p.ctx, `SELECT data FROM original_parts WHERE sum = $1 AND number = $2`,
		p.file.Sum, number).Scan(&p.data)
	if err != nil {
		return fmt.Errorf("store: reading a file: %w", explain(err))
	}
	p.number = number
	return nil
}
