package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
	"github.com/policybot/policybot/web/metrics"
)

// owner is what the commands ask of a data folder. The process that owns the
// folder does it itself; every other goes through its socket.
type owner interface {
	Put(ctx context.Context, contents []corpus.Content, publish bool, by authority) ([]corpus.Outcome, error)
	Served(ctx context.Context) error
	Ask(ctx context.Context, q askRequest) (askResult, error)
	Health(ctx context.Context) (health, error)
	Close() error
}

// askRequest is a question typed into a terminal.
type askRequest struct {
	Question string      `json:"question"`
	Account  string      `json:"account"`
	On       corpus.Date `json:"on,omitempty"` // "" is today
	Explain  bool        `json:"explain,omitempty"`
}

// askResult is its reply.
type askResult struct {
	Reply   bot.Reply     `json:"reply"`
	Took    time.Duration `json:"took"`
	Explain *index.Result `json:"explain,omitempty"`
}

// health is what a process says of itself.
type health struct {
	PID      int              `json:"pid"`
	Server   bool             `json:"server"` // not a command that owns the folder meanwhile
	Version  string           `json:"version"`
	Ready    bool             `json:"ready"`
	Trouble  string           `json:"trouble,omitempty"`
	Index    index.Status     `json:"index"`
	Engines  []metrics.Engine `json:"engines"` // outside of the process
	Sample   int              `json:"sample_documents"`
	Own      int              `json:"own_documents"`
	Accounts []string         `json:"accounts"`
	// Greetings says what is to be mended in the accounts' greetings, in Chinese.
	Greetings []string `json:"greetings,omitempty"`
}

// errNoOwner says that no process owns the data folder.
var errNoOwner = errors.New("no policybot is running on this data folder")

const lockName = "policybot.lock"

// claim is the lock on a data folder.
type claim struct {
	lock *flock.Flock
}

// takeFolder makes the data folder and locks it. ok is false where another
// process has it.
func takeFolder(folder string) (c *claim, ok bool, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, false, fmt.Errorf("data folder: %w", err)
	}
	lock := flock.New(filepath.Join(folder, lockName), flock.SetPermissions(0o600))
	ok, err = lock.TryLock()
	if err != nil {
		return nil, false, fmt.Errorf("data folder: %w", err)
	}
	if !ok {
		return nil, false, nil
	}
	// Who waits for the folder sees by this that its owner has changed.
	if err := os.WriteFile(lock.Path(), []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		return nil, false, errors.Join(fmt.Errorf("data folder: %w", err), lock.Unlock())
	}
	return &claim{lock}, true, nil
}

// holder returns what the owner of a folder wrote into its lock; "" where it
// cannot be read.
func holder(folder string) string {
	b, err := os.ReadFile(filepath.Join(folder, lockName))
	if err != nil {
		return ""
	}
	return string(b)
}

// turnOf tells one ownership of a folder from the next, also of one process:
// each writes its lock anew. "" where that cannot be read.
func turnOf(folder string) string {
	info, err := os.Stat(filepath.Join(folder, lockName))
	if err != nil {
		return ""
	}
	return holder(folder) + " " + info.ModTime().String()
}

func (c *claim) Close() error { return c.lock.Unlock() }

// socketPath returns where the owner of a folder listens: in the folder, or,
// where that path is too long for a socket, in the temporary folder.
func socketPath(folder string) (string, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	path := filepath.Join(abs, "policybot.sock")
	const longest = 100 // sockaddr_un has 104 bytes on some systems
	if len(path) <= longest {
		return path, nil
	}
	sum := sha256.Sum256([]byte(abs))
	folder = filepath.Join(os.TempDir(), fmt.Sprintf("policybot-%d", os.Geteuid()))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	info, err := os.Lstat(folder)
	if err != nil || !info.IsDir() || info.Mode().Perm() != 0o700 || !ours(info) {
		return "", fmt.Errorf("%s is not a private folder of ours", folder)
	}
	return filepath.Join(folder, hex.EncodeToString(sum[:8])+".sock"), nil
}

// own opens the folder in this process.
func own(ctx context.Context, s settings, c *claim, log *slog.Logger) (owner, error) {
	a, err := openApp(ctx, s, log)
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	h := &host{app: a, claim: c}
	if err := a.sync(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	if s.outside == follows && a.engines != nil {
		a.engines.begin()
	}
	if err := h.listen(); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func listenSocket(folder string) (net.Listener, error) {
	path, err := socketPath(folder)
	if err != nil {
		return nil, err
	}
	// We hold the lock: a socket that is still there is of a dead process.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// folderBusy says who has the folder.
func folderBusy(folder string) error {
	return fmt.Errorf("another policybot is using the data folder %s: stop it first, or choose another folder with --data",
		strings.TrimRight(folder, "/"))
}
