package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/policybot/policybot/store"
	"github.com/policybot/policybot/store/archive"
)

// databaseName is the database in a data folder, and in a backup.
const databaseName = "policybot.db"

// snapshot is a copy of a data folder's database, in a folder of its own that
// is removed after use.
type snapshot struct {
	Folder    string          `json:"folder"`
	Inventory store.Inventory `json:"inventory"`
}

// yielding rests as long as it worked, so that callbacks go on meanwhile.
func yielding(ctx context.Context) func(time.Duration) {
	return func(worked time.Duration) {
		select {
		case <-time.After(worked):
		case <-ctx.Done():
		}
	}
}

// hurrying does not: nobody is served.
func hurrying(time.Duration) {}

const snapshotPrefix = ".snapshot-"

// takeSnapshot copies the database into a new folder below backups.
func takeSnapshot(ctx context.Context, data string, pause func(time.Duration)) (s snapshot, err error) {
	data, err = filepath.Abs(data)
	if err != nil {
		return s, err
	}
	backups := filepath.Join(data, backupsName)
	if err := os.MkdirAll(backups, 0o700); err != nil {
		return s, fmt.Errorf("backup: %w", plainly(err))
	}
	if s.Folder, err = os.MkdirTemp(backups, snapshotPrefix); err != nil {
		return s, fmt.Errorf("backup: %w", plainly(err))
	}
	s.Inventory, err = store.Snapshot(ctx, filepath.Join(data, databaseName), filepath.Join(s.Folder, databaseName), pause)
	if err != nil {
		return s, errors.Join(err, s.remove())
	}
	return s, nil
}

func (s snapshot) remove() error { return os.RemoveAll(s.Folder) }

// pack writes a snapshot as a backup, aside first.
func (s snapshot) pack(ctx context.Context, file string, pause func(time.Duration)) error {
	return writeAside(file, func(out io.Writer) error {
		buffered := bufio.NewWriterSize(out, 1<<20)
		err := archive.Pack(ctx, buffered, archive.Manifest{
			Program: version(), Schema: s.Inventory.Schema, Instance: s.Inventory.Instance, Made: time.Now().UTC().Truncate(time.Second),
			Documents: s.Inventory.Documents, Messages: s.Inventory.Messages,
		}, s.Folder, []string{databaseName}, pause)
		return errors.Join(err, buffered.Flush())
	})
}

// partMark is in the names of files that are being written.
const partMark = ".part-"

// writeAside puts a file in its place when all of it is on the disk; one that
// stood there before stays until then, and stays where writing fails. Only its
// owner may read it.
func writeAside(file string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+partMark) // 0600
	if err != nil {
		return fmt.Errorf("%s: %w", file, plainly(err))
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is the one to tell
		return fmt.Errorf("%s: %w", file, plainly(err))
	}
	return syncFolder(filepath.Dir(file))
}

// syncFolder makes a renaming last. Not every system can.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return nil //nolint:nilerr // nothing that could be synced
	}
	_ = d.Sync() // as above
	return d.Close()
}

// plainly says what is wrong with a disk.
func plainly(err error) error {
	if errors.Is(err, syscall.ENOSPC) && !errors.Is(err, store.ErrFull) {
		return fmt.Errorf("%w (%w)", store.ErrFull, err)
	}
	return err
}

// The file of keys: a line of JSON, then for each key eight bytes of its
// message's number and 32 of the key.
const (
	keysFormat  = 1
	keySize     = 40
	maxKeysHead = 4096
)

type keysHead struct {
	Keys     int       `json:"policybot_keys"` // the format's version
	Instance string    `json:"instance"`
	Made     time.Time `json:"made"`
	Count    int64     `json:"count"`
	SHA256   string    `json:"sha256"`
}

var errKeys = errors.New("the file of keys is damaged, or something else")

func writeKeys(file, instance string, list []store.JournalSecret) error {
	body := make([]byte, 0, len(list)*keySize)
	for _, k := range list {
		if len(k.Secret) != keySize-8 {
			return fmt.Errorf("the key of message %d has %d bytes", k.ID, len(k.Secret))
		}
		body = append(binary.BigEndian.AppendUint64(body, uint64(k.ID)), k.Secret...)
	}
	sum := sha256.Sum256(body)
	head, err := json.Marshal(keysHead{
		Keys: keysFormat, Instance: instance, Made: time.Now().UTC().Truncate(time.Second), Count: int64(len(list)), SHA256: hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return err
	}
	return writeAside(file, func(out io.Writer) error {
		_, err := out.Write(append(append(head, '\n'), body...))
		return err
	})
}

// readKeys reads what writeKeys wrote. The error wraps errKeys where it is not
// that.
func readKeys(in io.Reader) (keysHead, []store.JournalSecret, error) {
	r := bufio.NewReaderSize(in, maxKeysHead)
	var h keysHead
	line, err := r.ReadSlice('\n')
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return h, nil, err
	}
	if err != nil || json.Unmarshal(line, &h) != nil || h.Keys < 1 || h.Count < 0 {
		return h, nil, errKeys
	}
	if h.Keys > keysFormat {
		return h, nil, fmt.Errorf("%w: a newer version of policybot wrote it", errKeys)
	}
	var list []store.JournalSecret
	sum, buf := sha256.New(), make([]byte, keySize)
	for range h.Count {
		if _, err := io.ReadFull(r, buf); err != nil {
			return h, nil, fmt.Errorf("%w: it ends too early", errKeys)
		}
		_, _ = sum.Write(buf) // a hash never fails
		list = append(list, store.JournalSecret{ID: int64(binary.BigEndian.Uint64(buf)), Secret: append([]byte(nil), buf[8:]...)})
	}
	if _, err := r.ReadByte(); !errors.Is(err, io.EOF) || hex.EncodeToString(sum.Sum(nil)) != h.SHA256 {
		return h, nil, fmt.Errorf("%w: its checksum is wrong", errKeys)
	}
	return h, list, nil
}

// Automatic backups stand in a folder of their own in the data folder.
const (
	backupsName   = "backups"
	autoPrefix    = "before-schema-"
	autoSuffix    = ".tar.zst"
	autoTime      = "20060102T150405Z"
	autoKept      = 3
	leftoverAfter = 24 * time.Hour
)

// autoBackup makes a backup of a database that is about to be changed.
func autoBackup(ctx context.Context, data string, to int64, now time.Time) (file string, err error) {
	s, err := takeSnapshot(ctx, data, hurrying)
	if err != nil {
		return "", err
	}
	file = filepath.Join(data, backupsName, fmt.Sprintf("%s%d-%s%s", autoPrefix, to, now.UTC().Format(autoTime), autoSuffix))
	return file, errors.Join(s.pack(ctx, file, hurrying), s.remove())
}

// tidyBackups removes automatic backups but the newest three, those older than
// the retention, and what killed processes left behind.
func tidyBackups(data string, now time.Time, retention time.Duration) error {
	folder := filepath.Join(data, backupsName)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	var made []time.Time
	byTime := map[time.Time]string{}
	for _, e := range entries {
		name := e.Name()
		if at, ok := autoMade(name); ok {
			made, byTime[at] = append(made, at), name
			continue
		}
		info, err := e.Info()
		if err == nil && (strings.HasPrefix(name, snapshotPrefix) || strings.Contains(name, partMark)) && now.Sub(info.ModTime()) > leftoverAfter {
			errs = append(errs, os.RemoveAll(filepath.Join(folder, name)))
		}
	}
	slices.SortFunc(made, func(a, b time.Time) int { return b.Compare(a) })
	for i, at := range made {
		if i >= autoKept || now.Sub(at) > retention {
			errs = append(errs, os.Remove(filepath.Join(folder, byTime[at])))
		}
	}
	return errors.Join(errs...)
}

// autoMade returns when an automatic backup was made, by its name.
func autoMade(name string) (time.Time, bool) {
	rest, ok := strings.CutPrefix(name, autoPrefix)
	if !ok {
		return time.Time{}, false
	}
	rest, ok = strings.CutSuffix(rest, autoSuffix)
	if !ok {
		return time.Time{}, false
	}
	_, rest, _ = strings.Cut(rest, "-")
	at, err := time.Parse(autoTime, rest)
	return at, err == nil
}
