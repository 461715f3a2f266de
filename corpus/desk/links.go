package desk

import (
	"context"
	"time"

	"github.com/policybot/policybot/corpus"
)

// LinkChecker opens addresses to see whether they are there. It never connects
// to anything but the public internet.
type LinkChecker interface {
	// Check opens those of which nothing is known, and returns what is known
	// then. Those that ctx left no time for are missing.
	Check(ctx context.Context, addresses []string) []LinkFinding
	// Known returns what is known without opening any, and of how many nothing
	// is.
	Known(addresses []string) (known []LinkFinding, unknown int)
}

// LinkFinding is what came of opening an address.
type LinkFinding struct {
	Address string
	Dead    bool
	Unsure  bool   // it could not be found out from here
	Why     string // in plain Chinese; "" where it is there
	At      time.Time
}

// LinkReport is what is known of the links of a revision.
type LinkReport struct {
	All    int // addresses that it names
	Opened int // of which something is known
	Dead   []LinkFinding
	Unsure []LinkFinding
}

const (
	maxLinks  = 50               // addresses of one document that are opened
	linksTime = 12 * time.Second // for all of them
)

// OpenLinks opens the links of a revision that were not opened within the last
// day. Where that is switched off, nothing is opened.
func (d *Desk) OpenLinks(ctx context.Context, by Actor, id string, revision int) (LinkReport, error) {
	w, err := d.Look(ctx, by, id, revision)
	if err != nil {
		return LinkReport{}, err
	}
	d.openLinks(ctx, w.Content())
	return d.LinksOf(w), ctx.Err()
}

// openLinks takes its own time; what it doesn't get to is not known then.
func (d *Desk) openLinks(ctx context.Context, c corpus.Content) {
	if d.Links == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, linksTime)
	defer cancel()
	d.Links.Check(ctx, linksOf(c))
}

func linksOf(c corpus.Content) []string {
	all := Links(c)
	return all[:min(len(all), maxLinks)]
}

// LinksOf tells what is known of the links of a revision, without opening any.
func (d *Desk) LinksOf(w Work) LinkReport {
	all := linksOf(w.Content())
	r := LinkReport{All: len(all)}
	if d.Links == nil {
		return r
	}
	known, _ := d.Links.Known(all)
	r.Opened = len(known)
	for _, k := range known {
		switch {
		case k.Dead:
			r.Dead = append(r.Dead, k)
		case k.Unsure:
			r.Unsure = append(r.Unsure, k)
		}
	}
	return r
}

// deadLinks are the places of a content whose links are known to be dead. They
// stop nothing: a site may be down for an hour.
func (d *Desk) deadLinks(c corpus.Content) (all []Flaw) {
	if d.Links == nil {
		return nil
	}
	known, _ := d.Links.Known(linksOf(c))
	why := make(map[string]string, len(known))
	for _, k := range known {
		if k.Dead {
			why[k.Address] = k.Why
		}
	}
	if len(why) == 0 {
		return nil
	}
	for _, p := range places(c) {
		for _, a := range addressesIn(p) {
			if reason, dead := why[a]; dead && len(all) < maxFlaws {
				all = append(all, p.flaw(a, "链接“%s”打不开：%s", shown(a), reason))
			}
		}
	}
	return all
}
