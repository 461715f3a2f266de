package console

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzOnward: wherever somebody is sent after signing in, it is a page of ours.
func FuzzOnward(f *testing.F) {
	for _, next := range []string{"", "/console/history?page=2", "//evil.example", `/\evil.example`, "/console/%2f%2fevil.example", "/console/..;/x", "javascript:1", "/console/\x00"} {
		f.Add(next)
	}
	s := &Site{}
	f.Fuzz(func(t *testing.T, next string) {
		to := s.onward(next)
		u, err := url.Parse(to)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(to, Root+"/") || strings.ContainsAny(to, "\\\r\n\t ") || strings.HasPrefix(to, "//") {
			t.Errorf("%q leads to %q", next, to)
		}
	})
}

// FuzzAgent: what a browser says of itself is told in a few words of ours.
func FuzzAgent(f *testing.F) {
	f.Add("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Edg/140.0")
	f.Fuzz(func(t *testing.T, ua string) {
		if words := agent(ua); len(words) > 60 || words == "" {
			t.Errorf("%q is %q", ua, words)
		}
	})
}
