package web

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// compressed packs what is text and large enough to be worth it. Nothing on
// our pages is a secret whose length somebody could feel for: they have no
// tokens, and forms are told apart by their origin. Downloads stay as they
// are, so that they can be resumed; so do callbacks, which are text/xml.
func compressed(h http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(
		gzhttp.ContentTypes([]string{
			"text/html; charset=utf-8", "text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml",
			"application/rss+xml; charset=utf-8", "application/xml; charset=utf-8", "application/json; charset=utf-8",
		}),
		gzhttp.EnableZstd(false), gzhttp.CompressionLevel(5))
	if err != nil {
		return nil, fmt.Errorf("web: compression: %w", err)
	}
	return wrap(h), nil
}
