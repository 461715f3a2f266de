package main

import (
	"context"
	"time"

	"github.com/policybot/policybot/bot"
)

// chat answers the page that tries the bot. It keeps the same journal as a
// callback, so that the numbers in a reply can be answered.
func (a *app) chat(ctx context.Context, q bot.Question) bot.Reply {
	start := time.Now()
	_, err := a.journal.Begin(ctx, q)
	reply := a.watch.Answering(a.responder.Answer)(ctx, q)
	if err == nil {
		err = a.journal.End(ctx, q, reply, []byte(reply.Text), time.Since(start))
	}
	if err != nil {
		a.log.Error("journal", "account", q.Account, "err", err.Error())
	}
	a.watch.Chat(q.Account, reply.Status, time.Since(start))
	a.log.Info("chat", "account", q.Account, "status", string(reply.Status), "reason", reply.Reason,
		"ms", time.Since(start).Milliseconds())
	return reply
}

// sampleServes reports whether answers may come from the sample corpus.
func (a *app) sampleServes(context.Context) bool { return !a.sampling.Load().own }
