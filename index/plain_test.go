package index

import (
	"errors"
	"fmt"
	"testing"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	refused := errors.New("meili: listing indexes: nothing answers")
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("disk full"), "disk full"},
		{refused, "listing indexes: nothing answers"},
		{fmt.Errorf("feed: looking: %w", refused), "looking: listing indexes: nothing answers"},
		{fmt.Errorf("feed: %w", refused), "listing indexes: nothing answers"},
		{errors.New("a needle: in the feed: of hay"), "a needle: in the feed: of hay"},
	} {
		if got := Plain(test.err); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}
