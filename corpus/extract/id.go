package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"strings"
)

var validID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)

// recordID is an ID given by its source, or a stable one in its place where
// it cannot be an ID. The same name always makes the same ID, so that
// relations meet.
func recordID(given string) string {
	if validID.MatchString(given) && strings.Trim(given, ".") != "" {
		return given
	}
	return slug(given)
}

// pathID is the ID of a file without one: its relative path, without the
// ending where it is a text or a page. Others keep it: a notice often lies
// beside its own PDF.
func pathID(rel string) string {
	name := rel
	switch end := path.Ext(rel); strings.ToLower(end) {
	case ".md", ".markdown", ".txt", ".text", ".html", ".htm", ".shtml", ".jsonl", ".ndjson":
		name = strings.TrimSuffix(rel, end)
	}
	if !strings.Contains(name, "/") && strings.Trim(name, ".") != "" && validID.MatchString(name) {
		return name
	}
	return slug(name)
}

// slug keeps what is ASCII, for the eye, and adds a hash of the whole.
func slug(s string) string {
	var sb strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '_' {
			if gap && sb.Len() > 0 {
				sb.WriteByte('-')
			}
			gap = false
			sb.WriteRune(r)
		} else {
			gap = true
		}
		if sb.Len() >= 80 {
			break
		}
	}
	head := strings.Trim(sb.String(), "._-")
	if head == "" {
		head = "d"
	}
	return head + "-" + hash(s)
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}
