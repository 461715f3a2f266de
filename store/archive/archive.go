// Package archive is the form of a backup: a tar in a zstd stream, a manifest
// first, then the files that it lists with size and checksum. Reading trusts
// nothing: no names but those of the manifest, no more bytes than it says, no
// more of them than such a file can hold; nothing is used that was not
// checked.
package archive

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Format is the version of the form that this package writes, and the newest
// that it reads.
const Format = 1

var (
	// ErrOther says that a file is no backup.
	ErrOther = errors.New("the file is not a policybot backup")
	// ErrDamaged says that it is one, but not as it was written.
	ErrDamaged = errors.New("the backup is damaged")
	// ErrShort says that the end of it is missing.
	ErrShort = errors.New("the backup is incomplete: the end of the file is missing")
	// ErrNewer says that a newer program wrote it.
	ErrNewer = errors.New("the backup was written by a newer version of policybot: restore it with that version")
	// ErrBomb says that it would become much larger than a backup can.
	ErrBomb = errors.New("the backup would unpack to more than a file of its size can hold: it is not restored")
)

// Manifest says what a backup holds.
type Manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"` // its version
	Schema    int64     `json:"schema"`
	Instance  string    `json:"instance"`
	Made      time.Time `json:"made"`
	Documents int       `json:"documents"`
	Messages  int       `json:"messages"`
	Members   []Member  `json:"members"`
}

// Member is a file in a backup.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const (
	manifestName = "manifest.json"
	maxManifest  = 1 << 20
	maxMembers   = 100
	maxWindow    = 16 << 20
	chunk        = 256 << 10

	// Text becomes a fourth; what was removed from a database is zeros, and
	// those become next to nothing.
	maxRatio  = 1000
	freeBytes = 64 << 20 // that are not held against the ratio
)

var plainName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// Pack writes a backup of the named files of a folder; m gets its format and
// members here. pause is called after each piece of work with the time that it
// took.
func Pack(ctx context.Context, out io.Writer, m Manifest, folder string, names []string, pause func(worked time.Duration)) error {
	m.Format, m.Members = Format, nil
	for _, name := range names {
		member := Member{Name: name}
		sum := sha256.New()
		var err error
		if member.Size, err = copyFile(ctx, sum, filepath.Join(folder, name), pause); err != nil {
			return err
		}
		member.SHA256 = hex.EncodeToString(sum.Sum(nil))
		m.Members = append(m.Members, member)
	}
	z, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return errors.Join(pack(ctx, z, m, folder, pause), z.Close())
}

func pack(ctx context.Context, out io.Writer, m Manifest, folder string, pause func(time.Duration)) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	t := tar.NewWriter(out)
	if err := t.WriteHeader(&tar.Header{Name: manifestName, Size: int64(len(text)), Mode: 0o600, ModTime: m.Made}); err != nil {
		return err
	}
	if _, err := t.Write(text); err != nil {
		return err
	}
	for _, member := range m.Members {
		if err := t.WriteHeader(&tar.Header{Name: member.Name, Size: member.Size, Mode: 0o600, ModTime: m.Made}); err != nil {
			return err
		}
		if _, err := copyFile(ctx, t, filepath.Join(folder, member.Name), pause); err != nil {
			return err
		}
	}
	return t.Close()
}

// copyFile copies a file in pieces.
func copyFile(ctx context.Context, out io.Writer, name string, pause func(time.Duration)) (size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close() // it was only read
	for {
		start := time.Now()
		n, err := io.CopyN(out, f, chunk)
		size += n
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
		pause(time.Since(start))
		if err := ctx.Err(); err != nil {
			return size, err
		}
	}
}

// Unpack reads a backup of size bytes into a folder that exists and is empty.
// check may refuse it by its manifest, before anything is written. Errors wrap
// one of those above, or are check's or the file system's; what was written
// until then is left to the caller to remove.
func Unpack(ctx context.Context, in io.Reader, size int64, folder string, check func(Manifest) error) (Manifest, error) {
	z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return Manifest{}, err
	}
	defer z.Close()
	limit := freeBytes + maxRatio*size
	plain := &bounded{ctx: ctx, in: z, left: limit}
	t := tar.NewReader(plain)
	m, err := readManifest(t)
	if err != nil {
		return m, err
	}
	if err := m.check(limit); err != nil {
		return m, err
	}
	if err := check(m); err != nil {
		return m, err
	}
	for _, member := range m.Members {
		if err := unpack(t, member, folder); err != nil {
			return m, err
		}
	}
	if _, err := t.Next(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = fmt.Errorf("%w: it holds more than its manifest lists", ErrDamaged)
		}
		return m, reading(err)
	}
	// To the end of the stream, where its own checksum is.
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return m, reading(err)
	}
	return m, nil
}

func readManifest(t *tar.Reader) (m Manifest, err error) {
	h, err := t.Next()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, tar.ErrHeader), errors.Is(err, zstd.ErrMagicMismatch):
		return m, ErrOther
	case err != nil:
		return m, reading(err)
	case h.Name != manifestName || h.Typeflag != tar.TypeReg:
		return m, fmt.Errorf("%w: it does not begin with a manifest", ErrOther)
	case h.Size > maxManifest:
		return m, fmt.Errorf("%w: its manifest is too large", ErrDamaged)
	}
	text, err := io.ReadAll(t)
	if err != nil {
		return m, reading(err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%w: its manifest cannot be read", ErrDamaged)
	}
	return m, nil
}

func (m Manifest) check(limit int64) error {
	switch {
	case m.Format > Format:
		return fmt.Errorf("%w (format %d, this one knows up to %d)", ErrNewer, m.Format, Format)
	case m.Format < 1 || len(m.Members) == 0 || len(m.Members) > maxMembers:
		return fmt.Errorf("%w: its manifest cannot be right", ErrDamaged)
	}
	seen, sum := map[string]bool{manifestName: true}, int64(0)
	for _, member := range m.Members {
		if !plainName.MatchString(member.Name) || seen[member.Name] || member.Size < 0 {
			return fmt.Errorf("%w: its manifest lists %.80q", ErrDamaged, member.Name)
		}
		if member.Size > limit-sum {
			return ErrBomb
		}
		seen[member.Name] = true
		sum += member.Size
	}
	return nil
}

// unpack writes the next file and compares it with what the manifest says.
func unpack(t *tar.Reader, member Member, folder string) error {
	h, err := t.Next()
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%w: %s is missing", ErrDamaged, member.Name)
	case err != nil:
		return reading(err)
	case h.Name != member.Name || h.Typeflag != tar.TypeReg || h.Size != member.Size:
		return fmt.Errorf("%w: it holds %.80q where its manifest lists %s", ErrDamaged, h.Name, member.Name)
	}
	f, err := os.OpenFile(filepath.Join(folder, member.Name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	err = copyChecked(f, t, sum)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != member.SHA256 {
		return fmt.Errorf("%w: the checksum of %s is wrong", ErrDamaged, member.Name)
	}
	return nil
}

// copyChecked tells apart what is wrong with the backup and what with the disk.
func copyChecked(out io.Writer, in io.Reader, sum hash.Hash) error {
	buf := make([]byte, chunk)
	for {
		n, err := in.Read(buf)
		_, _ = sum.Write(buf[:n]) // a hash never fails
		if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return reading(err)
		}
	}
}

// reading says what an error of the stream means.
func reading(err error) error {
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, ErrBomb), errors.Is(err, ErrDamaged):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return ErrShort
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return ErrBomb
	}
	var file *os.PathError
	if errors.As(err, &file) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrDamaged, err)
}

// bounded reads no more than left bytes.
type bounded struct {
	ctx  context.Context
	in   io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := b.in.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, ErrBomb
	}
	return n, err
}
