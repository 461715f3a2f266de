package citizen

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// slowDownload is how long a download may take: a phone far from a mast.
const slowDownload = 10 * time.Minute

// fileView is the download of a document's page.
type fileView struct{ Href, Name, What string }

// fileType is what there is to know about a type of file.
type fileType struct {
	name   string // for people
	opaque bool   // a browser would run it: it is served as bytes
}

var fileTypes = map[string]fileType{
	"text/html": {"网页", true}, "multipart/related": {"网页存档", true},
	"text/markdown": {"Markdown 文本", false}, "text/plain": {"文本", false}, "text/csv": {"CSV 表格", false},
	"application/pdf": {"PDF", false}, "application/ofd": {"OFD 版式文件", false},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": {"Word 文档", false},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       {"Excel 表格", false},
	"application/vnd.oasis.opendocument.text":                                 {"ODF 文档", false},
	"application/msword": {"Word 文档", false}, "application/rtf": {"RTF 文档", false}, "application/vnd.ms-excel": {"Excel 表格", false},
	"image/png": {"PNG 图片", false}, "image/jpeg": {"JPEG 图片", false}, "image/tiff": {"TIFF 图片", false},
}

// file returns the download of a revision, nil where there is none.
func (s *Site) file(ctx context.Context, document string, revision int) (*fileView, error) {
	if s.Originals == nil {
		return nil, nil
	}
	a, err := s.Originals.Attached(ctx, document, revision)
	if errors.Is(err, corpus.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	what := "文件"
	if known, ok := fileTypes[a.MediaType]; ok {
		what = known.name
	}
	return &fileView{Href: path(document, corpus.OriginalAnchor), Name: a.Name, What: what + "，" + size(a.Size)}, nil
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d 字节", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d KB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
}

// servedAs is the type that a file is served with. What a browser would run on
// our origin, and what we don't know, is a stream of bytes to be saved.
func servedAs(mediaType string) string {
	if known, ok := fileTypes[mediaType]; ok && !known.opaque {
		return mediaType
	}
	return "application/octet-stream"
}

// Original serves the file that a document's published revision was read
// from, always to be saved, never to be shown on our origin.
// corpus.ErrNotFound where there is no document for this site, or no file.
func (s *Site) Original(w http.ResponseWriter, r *http.Request) error {
	d, revision, err := s.live(r.Context(), r.PathValue("document"))
	if err != nil {
		return err
	}
	if s.Originals == nil {
		return corpus.ErrNotFound
	}
	a, err := s.Originals.Attached(r.Context(), d.ID, revision.Number)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", servedAs(a.MediaType))
	h.Set("Content-Disposition", disposition(a.Name))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache") // it may be withdrawn
	h.Set("ETag", `"`+a.Sum[:min(len(a.Sum), 32)]+`"`)
	h.Set("X-Robots-Tag", "noindex") // the page is what should be found
	// Writers that have no deadline need none.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(slowDownload))
	http.ServeContent(w, r, "", time.Time{}, s.Originals.Bytes(r.Context(), a))
	return nil
}

// disposition names the file for all browsers (RFC 6266): a name in ASCII, and
// the whole one encoded (RFC 5987).
func disposition(name string) string {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	plain := mime.FormatMediaType("attachment", map[string]string{"filename": ascii})
	if ascii == name {
		return plain
	}
	return plain + "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
