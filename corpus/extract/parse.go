package extract

import (
	"errors"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// maxParse bounds the time of reading one page. Some malformed pages take
// time that grows with the square of their size; none that is meant to be
// read takes a second.
const maxParse = 5 * time.Second

var errSlow = errors.New("extract: page takes too long")

// timed is a reader that fails when its time is up: the one way to stop an
// HTML parser.
type timed struct {
	from  *strings.Reader
	until time.Time
}

func (t timed) Read(p []byte) (int, error) {
	if time.Now().After(t.until) {
		return 0, errSlow
	}
	return t.from.Read(p)
}

// parseHTML reads a page or a piece of one; malformed pages are mended as a
// browser does.
func parseHTML(page string) (*html.Node, error) {
	root, err := html.Parse(timed{strings.NewReader(page), time.Now().Add(maxParse)})
	switch {
	case errors.Is(err, errSlow):
		return nil, refuse("网页的格式太乱，读取超时，未导入")
	case err != nil:
		return nil, refuse("网页的格式有问题，无法读取")
	case tooDeep(root):
		return nil, refuse("网页的层次太深，未导入")
	}
	return root, nil
}
