package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/store"
	"github.com/policybot/policybot/store/archive"
)

func newRestore() *cobra.Command {
	s, envErr := fromEnvironment()
	var r restore
	c := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup into an empty data folder", Args: cobra.ExactArgs(1),
		Long: `Restore what policybot backup wrote into the data folder, which must be missing
or empty, and in use by nobody. All of it is checked before any of it is put in
place; a file that is damaged, incomplete or of a newer version is refused, and
the folder stays as it was.

With the keys (backup --keys) the texts of messages can be read again, but those
that were deleted meanwhile; without them the journal keeps its lines alone.
The index is built at the next start.`,
		Example: `  policybot restore /backup/policybot.tar.zst --keys /elsewhere/policybot.keys --data /var/lib/policybot
  policybot serve --data /var/lib/policybot`,
		RunE: func(c *cobra.Command, args []string) error {
			if envErr != nil {
				return envErr
			}
			r.folder, r.file, r.out = s.Data, args[0], c.OutOrStdout()
			return r.run(c.Context())
		},
	}
	s.dataFlag(c.Flags())
	c.Flags().StringVar(&r.keys, "keys", "", "`file` of the journal's keys")
	return c
}

// restore is one run of the command.
type restore struct {
	folder, file, keys string
	out                io.Writer
}

const restorePrefix = ".restore-"

func (r *restore) run(ctx context.Context) (err error) {
	in, err := os.Open(r.file)
	if err != nil {
		return err
	}
	defer in.Close() // it is only read
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", r.file)
	}
	head, secrets, err := r.readKeys()
	if err != nil {
		return err
	}
	leave, err := r.enter()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave(err == nil)) }()
	staged, err := os.MkdirTemp(r.folder, restorePrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(staged)
	m, err := archive.Unpack(ctx, in, info.Size(), staged, func(m archive.Manifest) error { return r.fits(m, head) })
	if err != nil {
		return fmt.Errorf("%s: %w", r.file, plainly(err))
	}
	inv, err := r.prepare(ctx, filepath.Join(staged, databaseName), m, secrets)
	if err != nil {
		return fmt.Errorf("%s: %w", r.file, plainly(err))
	}
	if err := os.Rename(filepath.Join(staged, databaseName), filepath.Join(r.folder, databaseName)); err != nil {
		return err
	}
	if err := syncFolder(r.folder); err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.out, "restored into %s\n  made       %s, by policybot %s\n  documents  %d\n  messages   %d, the texts of %d can be read\n\nStart it: policybot serve --data %s\n",
		r.folder, m.Made.In(corpus.Zone).Format(time.DateTime), m.Program, inv.Documents, inv.Messages, inv.Readable, r.folder)
	return err
}

// readKeys reads the file of keys, where one is given.
func (r *restore) readKeys() (h keysHead, list []store.JournalSecret, err error) {
	if r.keys == "" {
		return h, nil, nil
	}
	f, err := os.Open(r.keys)
	if err != nil {
		return h, nil, err
	}
	defer f.Close() // it is only read
	if h, list, err = readKeys(f); err != nil {
		return h, nil, fmt.Errorf("%s: %w", r.keys, err)
	}
	return h, list, nil
}

// fits refuses by the manifest what cannot be restored here.
func (r *restore) fits(m archive.Manifest, keys keysHead) error {
	newest, err := store.NewestSchema()
	if err != nil {
		return err
	}
	switch {
	case m.Schema > newest:
		return fmt.Errorf("%w (schema %d, this one knows up to %d)", archive.ErrNewer, m.Schema, newest)
	case len(m.Members) != 1 || m.Members[0].Name != databaseName:
		return fmt.Errorf("%w: it does not hold %s alone", archive.ErrDamaged, databaseName)
	case r.keys != "" && m.Instance != keys.Instance:
		return fmt.Errorf("the keys in %s are not of the policybot that the backup was made from", r.keys)
	}
	return nil
}

// prepare checks the database and makes it ready for service.
func (r *restore) prepare(ctx context.Context, file string, m archive.Manifest, secrets []store.JournalSecret) (store.Inventory, error) {
	inv, err := store.Inspect(ctx, file)
	if err != nil {
		return inv, err
	}
	if inv.Schema != m.Schema || inv.Instance != m.Instance {
		return inv, fmt.Errorf("%w: its database is another than its manifest says", archive.ErrDamaged)
	}
	return store.Settle(ctx, file, secrets)
}

// enter takes the folder, which must be empty, and returns what gives it back:
// as it was, where nothing was restored.
func (r *restore) enter() (leave func(restored bool) error, err error) {
	made := false
	entries, err := os.ReadDir(r.folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		made = true
	case err != nil:
		return nil, fmt.Errorf("data folder: %w", err)
	}
	locked := false
	if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return e.Name() == databaseName }) {
		return nil, fmt.Errorf("the data folder %s already holds a policybot's data: move it away, or restore into another folder with --data", r.folder)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case name == lockName:
			locked = true
		case !slices.Contains([]string{"policybot.sock", "lost+found"}, name) && !strings.HasPrefix(name, restorePrefix):
			return nil, fmt.Errorf("the data folder %s is not empty (it holds %s): restore into an empty one", r.folder, name)
		}
	}
	c, ok, err := takeFolder(r.folder)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, folderBusy(r.folder)
	}
	// Left by one that was killed: nobody else writes here, we have the lock.
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), restorePrefix) {
			_ = os.RemoveAll(filepath.Join(r.folder, e.Name())) // it only takes room
		}
	}
	return func(restored bool) error {
		err := c.Close()
		if !restored && !locked {
			err = errors.Join(err, os.Remove(filepath.Join(r.folder, lockName)))
		}
		if !restored && made {
			err = errors.Join(err, os.Remove(r.folder))
		}
		return err
	}, nil
}
