package corpus

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Original is the file that a content was read from, as citizens may download
// it.
type Original struct {
	Name      string // as FileName makes it
	MediaType string // text/html, text/markdown …: what it is, not how it is served
	// Sum is the SHA-256 of the bytes, in hexadecimal, where it is known
	// already: thousands of records may come from one sheet. "" is worked out.
	Sum string
	// Data are the bytes; nil, with a Sum, of a file that is stored already.
	Data []byte
}

// Attached is what is known of a stored Original without its bytes.
type Attached struct {
	Name      string
	MediaType string
	Sum       string // SHA-256 of the bytes, in hexadecimal
	Size      int64  // bytes
}

// OriginalAnchor cannot be a passage's anchor: /d/{document}/original is where
// the file is.
const OriginalAnchor = "original"

// maxFileName bounds a file's name in bytes, as most file systems do.
const maxFileName = 200

// FileName is the name that a path's file is offered under: without folders,
// control characters and what could hide its ending, at most 200 bytes of
// valid UTF-8; "" where nothing is left.
func FileName(p string) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(p, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`/:*?"<>|`, r), unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	if len(name) <= maxFileName {
		return name
	}
	end := path.Ext(name)
	if len(end) > 12 {
		end = ""
	}
	cut := maxFileName - len(end)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + end
}
