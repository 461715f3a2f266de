package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/corpus/holiday"
	"github.com/policybot/policybot/web/links"
)

// clerk does what staff have ordered: it reads what they uploaded, and
// publishes what was approved for a time.
type clerk struct {
	app    *app
	queued chan struct{}
	tools  func() (*tools, error) // made when a first file needs them
	made   *tools                 // set once they were
	taking sync.Mutex             // alarms are taken on one after the other

	facsimile *facsimile // what shows staff the files
	burst     burstMemory
}

// uploadRetry is how long the queue waits after an error, scheduleEvery how
// often it is looked for what is due, burstTurns after how many of these for
// bursts.
const (
	uploadRetry   = 5 * time.Second
	scheduleEvery = 5 * time.Second
	burstTurns    = 12 // of scheduleEvery
)

// wireDesk puts the use cases of staff together.
func (a *app) wireDesk() {
	c := &clerk{app: a, queued: make(chan struct{}, 1)}
	c.tools = sync.OnceValues(func() (*tools, error) {
		t, err := a.settings.newTools(a.settings.path("cache"), func(line string) { a.log.Info(line) })
		c.made = t
		return t, err
	})
	c.facsimile = newFacsimile(a)
	a.clerk = c
	a.office = &desk.Desk{
		People: a.store, Works: a.store, Comments: a.store, Foresight: a.store, Uploads: a.store, History: a.store,
		Timers: a.store, Concerns: a.store, Pins: a.store, Stops: a.store, Rules: a.store, Accounts: a.deskAccounts, Heard: c.heard, Rehearse: c.rehearse,
		Bursts: c.bursts, WordList: a.store, Differences: a.store, Verdicts: a.store, Archive: a.store, Corpus: a.desk, Reader: c.read, Knowledge: c.knowledge,
		Calendar: holiday.New(), Now: time.Now, Log: a.log,
		Published: func() { poke(a.urgent) }, Queued: func() { poke(c.queued) },
	}
	if a.settings.CheckLinks {
		a.office.Links = links.New(links.Config{Now: time.Now})
	}
}

// poke wakes who waits on a channel of one; who is awake already looks anyway.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run works until ctx ends. What was being read when the program ended last is
// read again.
func (c *clerk) run(ctx context.Context) error {
	if n, err := c.app.store.RequeueUploads(ctx); err != nil {
		return err
	} else if n > 0 {
		c.app.log.Info("uploads are read again: the program ended while they were", "files", n)
	}
	var group sync.WaitGroup
	group.Go(func() { c.readQueue(ctx) })
	group.Go(func() { c.keepTime(ctx) })
	group.Go(func() { c.raiseAlarms(ctx) })
	group.Go(func() { c.checkGreetings(ctx) })
	group.Wait()
	err := c.facsimile.Close()
	if c.made != nil {
		err = errors.Join(err, c.made.Close())
	}
	return err
}

// readQueue reads files one after the other: reading takes the machine, and
// citizens' answers go first.
func (c *clerk) readQueue(ctx context.Context) {
	for ctx.Err() == nil {
		more, err := c.app.office.ReadNext(ctx)
		var wait <-chan time.Time
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			c.app.log.Error("an upload cannot be read now, and waits", "err", err.Error())
			wait = time.After(uploadRetry)
		case more:
			continue
		}
		select {
		case <-c.queued:
		case <-wait:
		case <-ctx.Done():
			return
		}
	}
}

// keepTime publishes what is due, and looks for bursts every minute.
func (c *clerk) keepTime(ctx context.Context) {
	told := map[string]time.Time{}
	for turn := 0; ; turn++ {
		if turn%burstTurns == 0 {
			c.watchBursts(ctx, told)
		}
		n, err := c.app.office.PublishDue(ctx)
		if err != nil && ctx.Err() == nil {
			c.app.log.Error("what is due is not published yet", "err", err.Error())
		}
		if n > 0 {
			c.app.log.Info("published at its time", "documents", n)
		}
		select {
		case <-time.After(scheduleEvery):
		case <-ctx.Done():
			return
		}
	}
}

// read reads an uploaded file by what its bytes are.
func (c *clerk) read(ctx context.Context, f desk.File) (desk.Reading, error) {
	t, err := c.tools()
	if err != nil {
		return desk.Reading{}, fmt.Errorf("the readers: %w", err)
	}
	records, problems, err := extract.Read(ctx, f.Name, f.Data, extract.Options{
		Kind: f.Kind, Account: f.Account, Region: f.Region, Tools: t.Tools,
	})
	if err != nil {
		return desk.Reading{}, err
	}
	var r desk.Reading
	for _, rec := range records {
		r.Contents = append(r.Contents, rec.Content)
	}
	for _, p := range problems {
		one := desk.Problem{Line: p.Line, Message: p.Message, Skipped: p.Skipped}
		if p.File != f.Name {
			one.File = p.File
		}
		r.Problems = append(r.Problems, one)
	}
	return r, nil
}

// knowledge is what texts are checked with.
func (c *clerk) knowledge(ctx context.Context, account string) (desk.Knowledge, error) {
	words, err := c.app.store.Words(ctx)
	if err != nil {
		return desk.Knowledge{}, err
	}
	k := desk.Knowledge{Words: words}
	if d := c.app.directory.Load(); d != nil {
		for _, agency := range d.For(account, false).All() {
			k.Agencies = append(append(k.Agencies, agency.Name), agency.Aliases...)
		}
	}
	k.Titles, err = c.app.store.LiveTitles(ctx, mostTitles)
	return k, err
}

// mostTitles is how many published titles a text is compared with.
const mostTitles = 20_000
