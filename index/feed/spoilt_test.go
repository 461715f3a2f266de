package feed_test

import (
	"context"
	"errors"
	"strings"

	"github.com/policybot/policybot/index"
)

// spoilt is an engine that fails at a document without saying so.
type spoilt struct{ index.Outside }

func (e spoilt) Apply(ctx context.Context, m index.Stamp, put []index.Entry, documents []string) error {
	for _, one := range put {
		if strings.Contains(one.Body, "炸弹") {
			return errors.New("413 payload too large")
		}
	}
	return e.Outside.Apply(ctx, m, put, documents)
}
