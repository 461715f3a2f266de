package main

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// Of whoever unsubscribes nothing is kept that leads to them, not even that
// they did.
func TestUnsubscriberIsForgotten(t *testing.T) {
	t.Parallel()
	s, err := fromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	s.Data = t.TempDir()
	a, err := openApp(t.Context(), s, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := a.loadSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	send := func(id, person string, k bot.Kind, text string) bot.Reply {
		t.Helper()
		return a.chat(t.Context(), bot.Question{Account: defaultAccount, Person: person, ID: id, Kind: k, Text: text, Time: time.Now()})
	}
	known := func(person string) bool {
		t.Helper()
		r, err := a.journal.Recent(t.Context(), defaultAccount, person, time.Now().Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return r.Status != ""
	}
	send("1", "leaves", bot.Text, "老人卡在哪里办？")
	send("2", "stays", bot.Text, "老人卡在哪里办？")
	if !known("leaves") || !known("stays") {
		t.Fatal("nothing is remembered")
	}
	if r := send("3", "leaves", bot.Unsubscribe, ""); r.Status != bot.SmallTalk {
		t.Fatalf("%+v", r)
	}
	if known("leaves") {
		t.Error("the unsubscriber is remembered")
	}
	if !known("stays") {
		t.Error("somebody else is forgotten")
	}
	if r := send("4", "leaves", bot.Text, "1"); r.Reason != "number" {
		t.Errorf("a number is understood after unsubscribing: %+v", r)
	}
}
