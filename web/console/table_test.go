package console

import (
	"strings"
	"testing"
	"time"
)

// What stands above a table says whether it is all there is.
func TestTableWords(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 1, 30, 0, 0, time.UTC)
	for total, want := range map[int]string{3: "2026-11-27 09:30导出，共3份。", 12345: "符合条件的有12345份，一次最多导出10000份，这里只有前3份"} {
		if got := tableWords(3, total, now); !strings.Contains(got, want) {
			t.Errorf("%s", got)
		}
	}
}
