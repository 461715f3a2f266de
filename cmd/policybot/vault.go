package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/policybot/policybot/door"
)

// secondKeyName is the file in the data folder with the key of second factors.
// It is in no backup: a copy of the database alone makes no codes.
const secondKeyName = "second-factor.key"

// openVault has the second factors sealed with this server's key, those too
// that an earlier version has stored in the clear. Only who serves does: a
// command may not know where the key is.
func (a *app) openVault(ctx context.Context) error {
	name, own := a.settings.SecondKeyFile, false
	if name == "" {
		name, own = a.settings.path(secondKeyName), true
	}
	key, err := readKey(name)
	if own && errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(name)
	}
	if err != nil {
		return fmt.Errorf("the key of second factors: %w", err)
	}
	if a.door.Vault, err = door.NewVault(key); err != nil {
		return err
	}
	done, lost, err := a.door.SealSecrets(ctx)
	if err != nil {
		return err
	}
	if done > 0 {
		if err := a.store.Scrub(ctx); err != nil { // what was replaced leaves the log as well
			a.log.Warn("the database's log still holds second factors in the clear until it is folded in", "err", err.Error())
		}
		a.log.Info("second factors are sealed now", "people", done)
	}
	if lost > 0 {
		a.log.Warn("second factors were sealed with another key than that in "+name+": put that back, or reset these people with policybot staff reset", "people", lost)
	}
	return nil
}

// readKey reads a key in hexadecimal.
func readKey(name string) ([]byte, error) {
	text, err := readSecret(name)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != door.VaultKey {
		return nil, fmt.Errorf("%s does not hold %d hexadecimal digits: make one with openssl rand -hex %d", name, 2*door.VaultKey, door.VaultKey)
	}
	return key, nil
}

// makeKey makes a key and keeps it in a file for us alone. The file is there
// whole or not at all.
func makeKey(name string) (key []byte, err error) {
	key = make([]byte, door.VaultKey)
	_, _ = rand.Read(key)                                          // never fails: crypto/rand
	f, err := os.CreateTemp(filepath.Dir(name), secondKeyName+"-") // 0600
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return key, nil
}
