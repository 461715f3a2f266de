//go:build unix

package main

import (
	"context"
	"testing"
	"time"
)

func TestServeWaitsForACommand(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	command, ok, err := takeFolder(folder)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	got := make(chan error, 1)
	go func() {
		c, err := claimFolder(t.Context(), folder)
		if err == nil {
			err = c.Close()
		}
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("a folder that a command has was taken: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	if err := command.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}

func TestServeStopsWaiting(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	command, ok, err := takeFolder(folder)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	defer command.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := claimFolder(ctx, folder); err == nil {
		t.Fatal("a folder that a command has was taken")
	}
}
