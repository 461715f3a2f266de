package extract

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/gogs/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

var (
	bomUTF8    = []byte{0xEF, 0xBB, 0xBF}
	bomUTF16LE = []byte{0xFF, 0xFE}
	bomUTF16BE = []byte{0xFE, 0xFF}
)

// decode turns bytes into clean UTF-8, see decodeAs. Bytes that mean nothing
// become U+FFFD, and s is warned of them.
func decode(s *source, data []byte, declared string) string {
	text := decodeAs(data, declared)
	if strings.ContainsRune(text, utf8.RuneError) {
		s.warn("有 %d 处文字编码损坏，显示为 �，请检查原文件", strings.Count(text, "\uFFFD"))
	}
	return clean(text)
}

// decodeAs goes by a byte order mark, valid UTF-8, and UTF-16 by its zero
// bytes; else it reads the bytes as the declared encoding, GB18030, Big5 and
// UTF-16, and takes what reads most like Chinese: pages often declare what they
// are not, and nearly all of Big5 is valid GB18030. What none of them reads is
// left to a detector.
func decodeAs(data []byte, declared string) string {
	switch {
	case bytes.HasPrefix(data, bomUTF8):
		return strings.ToValidUTF8(string(data[3:]), "\uFFFD")
	case bytes.HasPrefix(data, bomUTF16LE), bytes.HasPrefix(data, bomUTF16BE):
		return convert(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data)
	}
	if e, ok := zeroBytes(data); ok {
		return convert(e, data)
	}
	if utf8.Valid(data) {
		return string(data)
	}
	gb := convert(simplifiedchinese.GB18030, data)
	broken := strings.Count(gb, "\uFFFD")
	if broken == 0 && likeness(gb) >= surelyChinese {
		return gb
	}
	if text, ok := likeliest(data, declared, gb); ok {
		return text
	}
	if broken == 0 {
		return gb
	}
	best := gb
	if kept := strings.ToValidUTF8(string(data), "\uFFFD"); strings.Count(kept, "\uFFFD") <= broken {
		best, broken = kept, strings.Count(kept, "\uFFFD")
	}
	if r, err := chardet.NewTextDetector().DetectBest(data[:min(len(data), 64<<10)]); err == nil && r.Confidence >= 50 {
		if e, err := htmlindex.Get(r.Charset); err == nil {
			if text := convert(e, data); strings.Count(text, "\uFFFD") < broken {
				best = text
			}
		}
	}
	return best
}

// likeliest is the reading without a broken character that is most like
// Chinese; ok is false where none is. The declared encoding wins a draw.
func likeliest(data []byte, declared, gb string) (best string, ok bool) {
	readings := []string{gb, convert(traditionalchinese.Big5, data)}
	if e, err := htmlindex.Get(declared); err == nil && declared != "" {
		if name, _ := htmlindex.Name(e); name != "utf-8" && !strings.HasPrefix(name, "utf-16") {
			readings = append([]string{convert(e, data)}, readings...)
		}
	}
	if len(data)%2 == 0 {
		readings = append(readings, convert(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), data),
			convert(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), data))
	}
	highest := -1.0
	for i, text := range readings {
		if strings.ContainsRune(text, utf8.RuneError) {
			continue
		}
		if l := likeness(text); l > highest+0.1 || i == 0 {
			best, highest, ok = text, l, true
		}
	}
	return best, ok && (highest >= surelyChinese || len(readings) > 0 && best == readings[0])
}

// zeroBytes recognises UTF-16 without a mark by its line breaks: zero bytes
// alone don't tell, 一 is U+4E00.
func zeroBytes(data []byte) (encoding.Encoding, bool) {
	if len(data)%2 != 0 || bytes.IndexByte(data, 0) < 0 {
		return nil, false
	}
	little, big := 0, 0
	for i := 0; i+1 < min(len(data), 64<<10); i += 2 {
		switch {
		case data[i] == '\n' && data[i+1] == 0:
			little++
		case data[i] == 0 && data[i+1] == '\n':
			big++
		}
	}
	switch {
	case little > 0 && big == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), true
	case big > 0 && little == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), true
	}
	return nil, false
}

func convert(e encoding.Encoding, data []byte) string {
	out, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\uFFFD")
	}
	return string(out)
}

// invisible are characters that show nothing but hide or turn what stands
// around them: controls, zero-width and bidirectional marks.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r < 0x20, r >= 0x7F && r < 0xA0 && r != 0x85, r == 0xAD, r == 0xFEFF:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	}
	return false
}

// clean makes valid UTF-8 without invisible characters.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexFunc(s, invisible) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, s)
}

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_-]{2,20})`)

// htmlCharset reads the name that a page declares.
func htmlCharset(data []byte) string {
	if m := metaCharset.FindSubmatch(data[:min(len(data), 8<<10)]); m != nil {
		return strings.ToLower(string(m[1]))
	}
	return ""
}
