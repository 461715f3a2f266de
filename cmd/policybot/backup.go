package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/store"
)

// opSnapshot has the owner of a folder copy its database; who asked packs
// it, and removes the copy.
var opSnapshot = operation[struct{}, snapshot]{path: "/snapshot", run: func(h *host, ctx context.Context, _ struct{}) (snapshot, error) {
	return takeSnapshot(ctx, h.app.settings.Data, yielding(ctx))
}}

// keyPage asks for the journal's keys after a message.
type keyPage struct {
	After int64 `json:"after"`
}

type someKeys struct {
	Instance string                `json:"instance"`
	Keys     []store.JournalSecret `json:"keys"`
}

const keysAtOnce = 20_000

var opJournalKeys = operation[keyPage, someKeys]{path: "/journal-keys", run: func(h *host, ctx context.Context, in keyPage) (out someKeys, err error) {
	out.Keys, out.Instance, err = store.Secrets(ctx, h.app.settings.path(databaseName), in.After, keysAtOnce)
	return out, err
}}

func newBackup() *cobra.Command {
	s, envErr := fromEnvironment()
	var b backup
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write everything into one file, also while it serves", Args: cobra.ExactArgs(1),
		Long: `Write one consistent copy of everything that is not made again by itself into
FILE (tar, zstd): settings, documents with their revisions, and the journal. It
is written aside, carries checksums, and only its owner may read it. The index is not in it: it is built again.

What citizens wrote and were told is in it encrypted, and the keys are not: with
FILE alone everything can be restored but those texts. --keys writes the keys of
now to a file of their own. Keep only the newest, and never beside backups:
whoever has both can read the texts. A text that was deleted, because its time
was over or its writer asked for it, has lost its key, and is unreadable in
older backups, too, as soon as older files of keys are gone.

The instance's secret is in it: guard it like the data folder.`,
		Example: `  policybot backup /backup/policybot-$(date +%F).tar.zst --data /var/lib/policybot
  policybot backup --keys /elsewhere/policybot.keys /backup/policybot.tar.zst --force`,
		RunE: func(c *cobra.Command, args []string) error {
			if envErr != nil {
				return envErr
			}
			b.settings, b.file, b.out = s, args[0], c.OutOrStdout()
			return b.run(c.Context())
		},
	}
	s.dataFlag(c.Flags())
	c.Flags().StringVar(&b.keys, "keys", "", "also write the keys of the journal's texts to this `file`, in the place of what it holds")
	c.Flags().BoolVar(&b.force, "force", false, "overwrite FILE")
	return c
}

// backup is one run of the command.
type backup struct {
	settings   settings
	file, keys string
	force      bool
	out        io.Writer
}

func (b *backup) run(ctx context.Context) error {
	start := time.Now()
	if err := b.check(); err != nil {
		return err
	}
	snap, keys, err := b.take(ctx)
	if err != nil {
		return err
	}
	err = errors.Join(snap.pack(ctx, b.file, yielding(ctx)), snap.remove())
	if err != nil {
		return err
	}
	info, err := os.Stat(b.file)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "backup written to %s\n  size       %.1f MB, in %.1f s\n  documents  %d\n  messages   %d, their texts encrypted\n",
		b.file, float64(info.Size())/1e6, time.Since(start).Seconds(), snap.Inventory.Documents, snap.Inventory.Messages)
	note := b.settings.path(lastBackup)
	if err := os.WriteFile(note, []byte(start.Format(time.RFC3339)+"\n"), 0o600); err != nil {
		fmt.Fprintf(b.out, "  (policybot status will not know of it: %v)\n", err)
	}
	if b.keys == "" {
		return nil
	}
	if err := writeKeys(b.keys, keys.Instance, keys.Keys); err != nil {
		return err
	}
	_, err = fmt.Fprintf(b.out, "keys of %d messages written to %s\n  Keep only the newest, and never beside backups: whoever has both can read what citizens wrote.\n", len(keys.Keys), b.keys)
	return err
}

// check finds what would only be found after minutes.
func (b *backup) check() error {
	if _, err := os.Stat(b.settings.path(databaseName)); err != nil {
		return fmt.Errorf("there is nothing to back up in the data folder %s: %w", b.settings.Data, err)
	}
	if info, err := os.Stat(b.file); err == nil && (info.IsDir() || !b.force) {
		if info.IsDir() {
			return fmt.Errorf("%s is a folder: name the file to write", b.file)
		}
		return fmt.Errorf("%s exists: choose another name, or overwrite it with --force", b.file)
	}
	if b.keys != "" && filepath.Clean(b.keys) == filepath.Clean(b.file) {
		return usageError{errors.New("backup and keys cannot be one file")}
	}
	for _, name := range []string{b.file, b.keys} {
		if info, err := os.Stat(filepath.Dir(name)); err != nil || !info.IsDir() {
			return fmt.Errorf("there is no folder %s to write %s to", filepath.Dir(name), filepath.Base(name))
		}
	}
	return nil
}

// take copies the database: the process that owns the folder does, or, where
// there is none, this one, without opening the folder for service, and so
// without changing anything in it.
func (b *backup) take(ctx context.Context) (s snapshot, keys someKeys, err error) {
	deadline := time.Now().Add(ownerPatience)
	for {
		path, err := socketPath(b.settings.Data)
		if err != nil {
			return s, keys, err
		}
		if r, _ := dial(ctx, path); r != nil {
			s, keys, err = b.takeFrom(ctx,
				func() (snapshot, error) { return opSnapshot.ask(ctx, r, struct{}{}) },
				func(after int64) (someKeys, error) { return opJournalKeys.ask(ctx, r, keyPage{after}) })
			_ = r.Close() // only connections of its own
			if !errors.Is(err, errGone) || r.server {
				return s, keys, err
			}
		}
		c, ok, err := takeFolder(b.settings.Data)
		if err != nil {
			return s, keys, err
		}
		if ok {
			s, keys, err = b.takeFrom(ctx,
				func() (snapshot, error) { return takeSnapshot(ctx, b.settings.Data, hurrying) },
				func(after int64) (out someKeys, err error) {
					out.Keys, out.Instance, err = store.Secrets(ctx, b.settings.path(databaseName), after, keysAtOnce)
					return out, err
				})
			return s, keys, errors.Join(err, c.Close())
		}
		if time.Now().After(deadline) {
			return s, keys, fmt.Errorf("the policybot on %s (process %s) has locked the folder and does not answer", b.settings.Data, holder(b.settings.Data))
		}
		select {
		case <-ctx.Done():
			return s, keys, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (b *backup) takeFrom(ctx context.Context, snap func() (snapshot, error), more func(after int64) (someKeys, error)) (s snapshot, keys someKeys, err error) {
	if s, err = snap(); err != nil || b.keys == "" {
		return s, keys, err
	}
	for after := int64(0); ; after = keys.Keys[len(keys.Keys)-1].ID {
		page, err := more(after)
		if err != nil {
			return s, keys, errors.Join(err, s.remove())
		}
		keys.Instance, keys.Keys = page.Instance, append(keys.Keys, page.Keys...)
		if len(page.Keys) < keysAtOnce {
			return s, keys, ctx.Err()
		}
	}
}
