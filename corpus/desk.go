package corpus

import (
	"context"
	"fmt"
)

// Desk is what staff do with documents. The command line, the socket and the
// console all go through it.
type Desk struct {
	Store Store
	// KeepSample leaves the sample corpus in service beside documents of one's
	// own; Configured says that an account is set up, which takes it out too.
	KeepSample bool
	Configured func() bool // nil: no account is
}

// Put stores contents, and publishes them where publish is set. The first
// published document of one's own takes the sample corpus out of service. It
// does not wait until they are served.
func (d *Desk) Put(ctx context.Context, contents []Content, publish bool) ([]Outcome, error) {
	out, err := d.Store.Put(ctx, contents, publish)
	if err != nil {
		return nil, err
	}
	return out, d.settleSample(ctx)
}

// SampleServes decides whether the invented sample corpus may be answered
// from: never beside a real account or real documents, unless it is kept on
// purpose.
func SampleServes(keep, configured bool, own int) bool {
	return keep || !configured && own == 0
}

// OpenSample puts the sample corpus into service, or takes it out, as
// SampleServes says. load is false where it is not wanted. It returns how many
// of its documents are in service afterwards.
func (d *Desk) OpenSample(ctx context.Context, load bool, contents func() ([]Content, error)) (int, error) {
	sample, own, err := d.Store.Counts(ctx)
	if err != nil {
		return 0, fmt.Errorf("corpus: %w", err)
	}
	if !SampleServes(d.KeepSample, d.configured(), own) {
		return 0, d.settleSample(ctx)
	}
	if !load || own > 0 && sample == 0 {
		return sample, nil
	}
	all, err := contents()
	if err != nil {
		return 0, fmt.Errorf("corpus: sample: %w", err)
	}
	if _, err := d.Store.Put(ctx, all, true); err != nil {
		return 0, err
	}
	// A first document of one's own may have been published meanwhile.
	if err := d.settleSample(ctx); err != nil {
		return 0, err
	}
	sample, _, err = d.Store.Counts(ctx)
	return sample, err
}

func (d *Desk) settleSample(ctx context.Context) error {
	sample, own, err := d.Store.Counts(ctx)
	if err != nil {
		return fmt.Errorf("corpus: %w", err)
	}
	if sample == 0 || SampleServes(d.KeepSample, d.configured(), own) {
		return nil
	}
	_, err = d.Store.WithdrawSample(ctx)
	return err
}

func (d *Desk) configured() bool { return d.Configured != nil && d.Configured() }
