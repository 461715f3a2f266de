package failover

import (
	"fmt"
	"math/bits"
)

const (
	inARow  = 5  // failures in a row that are too many
	recent  = 20 // questions of which
	ofThese = 10 // so many failures are too many
)

// breaker decides when an engine has failed too often.
type breaker struct {
	row  int    // failures in a row
	last uint32 // the last questions, the newest in the lowest bit: 1 is a failure
}

func (b *breaker) answered() {
	b.row = 0
	b.last = b.last << 1 & (1<<recent - 1)
}

// failed returns why the engine is not to be asked any more; "" while it is.
func (b *breaker) failed() (why string) {
	b.row++
	b.last = (b.last<<1 | 1) & (1<<recent - 1)
	switch {
	case b.row >= inARow:
		return fmt.Sprintf("it failed %d times in a row", b.row)
	case bits.OnesCount32(b.last) >= ofThese:
		return fmt.Sprintf("it failed %d of the last %d times", ofThese, recent)
	}
	return ""
}
