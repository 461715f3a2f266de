package citizen

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
)

// In a crowd everybody gets kind words at once, and whoever is in danger the
// numbers.
func TestCrowdedChat(t *testing.T) {
	t.Parallel()
	s := New(Config{Now: time.Now, Answer: func(context.Context, bot.Question) bot.Reply {
		t.Error("asked although all places are taken")
		return bot.Reply{}
	}})
	for range maxAsking {
		s.slots <- struct{}{}
	}
	if got := s.answer(t.Context(), "A", "老人卡在哪里办"); got.Status != bot.Limited || got.Text != crowded {
		t.Errorf("got %+v", got)
	}
	if got := s.answer(t.Context(), "A", "家里着火了"); got.Status != bot.Emergency || !strings.Contains(got.Text, "119") {
		t.Errorf("got %+v", got)
	}
}
