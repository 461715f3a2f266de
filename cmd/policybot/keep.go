package main

import (
	"context"
	"fmt"
	"time"
)

// beforeMigrate makes a backup of a database that is about to be changed.
func (a *app) beforeMigrate(ctx context.Context, from, to int64) error {
	file, err := autoBackup(ctx, a.settings.Data, to, time.Now())
	if err != nil {
		return fmt.Errorf("this version has to change the database (schema %d to %d), and the backup before that could not be written: %w", from, to, err)
	}
	a.log.Info("the database is changed for this version; a backup of it was made before", "from", from, "to", to, "backup", file)
	return nil
}

// sealOld seals what older versions wrote in the clear, once, and overwrites
// what they removed.
func (a *app) sealOld(ctx context.Context) error {
	n, err := a.journal.SealOld(ctx)
	if err != nil {
		return fmt.Errorf("sealing the journal: %w", err)
	}
	done, err := a.store.Rewritten(ctx)
	if err != nil || done && n == 0 {
		return err
	}
	if n > 0 {
		a.log.Info("the texts of an older version's journal are encrypted now", "messages", n)
	}
	if err := a.store.Rewrite(ctx); err != nil {
		// It serves all the same, and is tried again at the next start.
		a.log.Warn("what was removed from the database may still stand in its free pages", "err", err.Error())
	}
	return nil
}

// tidyEvery is how often old automatic backups are looked for.
const tidyEvery = time.Hour

// tidy removes automatic backups that are too old or too many.
func (a *app) tidy(ctx context.Context) error {
	retention, err := a.settings.retention()
	if err != nil {
		return err
	}
	for {
		if err := tidyBackups(a.settings.Data, time.Now(), retention); err != nil {
			a.log.Warn("old backups are not removed", "err", err.Error())
		}
		select {
		case <-time.After(tidyEvery):
		case <-ctx.Done():
			return nil
		}
	}
}

// differencesEvery is how soon staff see which documents answers found to
// differ.
const differencesEvery = time.Minute

// keepDifferences stores what answers found to differ, so that staff see it,
// also after a start.
func (a *app) keepDifferences(ctx context.Context) error {
	for {
		select {
		case <-time.After(differencesEvery):
		case <-ctx.Done():
		}
		met := a.differs.Take()
		if len(met) > 0 {
			if err := a.store.NoteDifferences(context.WithoutCancel(ctx), met); err != nil {
				a.log.Warn("which documents differ is not stored", "err", err.Error())
			}
		}
		if ctx.Err() != nil {
			return nil
		}
	}
}
