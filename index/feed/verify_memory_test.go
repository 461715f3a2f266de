package feed

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/policybot/policybot/index"
)

// What Verify says that it needs, at the size of a large office.
func TestComparisonMemory(t *testing.T) {
	const entries, most = 150_000, 100 // bytes for each
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	c := &comparison{want: make(map[place]expected), differs: make(map[string]*Difference)}
	for d := range entries / 15 {
		id := fmt.Sprintf("document-%06d", d)
		var b batch
		for i := range 15 {
			b.put = append(b.put, index.Entry{Unit: &index.Unit{Document: id, Ordinal: i}, Sum: fmt.Sprintf("%024x", d*15+i)})
		}
		c.expect(b)
	}
	after := heap()
	if each := (after - before) / entries; c.entries != entries || len(c.want) != entries || each > most {
		t.Errorf("%d entries take %d bytes each", len(c.want), each)
	} else {
		t.Logf("%d bytes each", each)
	}
	runtime.KeepAlive(c)
}

// An engine that goes on and on with what nobody published ends the comparison,
// not the process.
func TestComparisonOfStrangers(t *testing.T) {
	t.Parallel()
	c := &comparison{want: make(map[place]expected), differs: make(map[string]*Difference)}
	long := strings.Repeat("x", 64<<10)
	n := 0
	for ; n < 2*mostStrange/len(long); n++ {
		if err := c.met(index.Place{Document: long, Ordinal: n}, ""); err != nil {
			break
		}
	}
	if want := mostStrange / len(long); n > want || n < want/2 {
		t.Errorf("ended after %d entries, want about %d", n, want)
	}
}
