//go:build unix

package main

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// userEnv lets a child run as another user: tests that run as root could
// write everywhere.
const userEnv = "POLICYBOT_TEST_USER"

// limitChild does to a child what its parent asks for.
func limitChild() {
	go fillDisk()
	id, err := strconv.Atoi(os.Getenv(userEnv))
	if err != nil {
		return
	}
	if err := syscall.Setgid(id); err != nil {
		panic(err)
	}
	if err := syscall.Setuid(id); err != nil {
		panic(err)
	}
}

// fillDisk lets no file grow from SIGUSR1 on, until SIGUSR2: as on a full
// disk, every write fails.
func fillDisk() {
	signal.Ignore(syscall.SIGXFSZ) // an error then, not the end
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1, syscall.SIGUSR2)
	var free syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		panic(err)
	}
	for s := range asked {
		now := free
		if s == syscall.SIGUSR1 {
			now.Cur = 1
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
			panic(err)
		}
		fmt.Fprintln(os.Stderr, "test child:", s)
	}
}

// full fills a child's disk, or frees it again.
func full(t *testing.T, s *service, yes bool) {
	t.Helper()
	sig := syscall.SIGUSR2
	if yes {
		sig = syscall.SIGUSR1
	}
	if err := s.process.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child to notice", func() bool { return strings.Contains(s.log.String(), "test child: "+sig.String()) })
}
