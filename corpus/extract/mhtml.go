package extract

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

const maxParts = 2_000 // of an archived page

var errNoPage = refuse("网页存档（MHTML）里没有网页，或文件已损坏，未导入")

// archivedPage finds the page in a web archive (MHTML, RFC 2557): its first
// part that is HTML.
func archivedPage(data []byte) ([]byte, error) {
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return nil, errNoPage
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || params["boundary"] == "" {
		return nil, errNoPage
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for range maxParts {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, errNoPage
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != "text/html" {
			continue
		}
		var in io.Reader = part
		switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
		case "base64":
			in = base64.NewDecoder(base64.StdEncoding, part)
		case "quoted-printable":
			in = quotedprintable.NewReader(part)
		}
		page, err := io.ReadAll(io.LimitReader(in, MaxFile))
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || len(page) == 0 {
			return nil, errNoPage
		}
		// The part's header says how it is encoded, not always the page.
		if _, err := htmlindex.Get(params["charset"]); err == nil && htmlCharset(page) == "" {
			return []byte(decodeAs(page, params["charset"])), nil
		}
		return page, nil
	}
	return nil, errNoPage
}
