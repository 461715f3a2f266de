package corpus

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"policies/青岚市敬老卡管理办法.html":      "青岚市敬老卡管理办法.html",
		`C:\资料\办法.txt`:                  "办法.txt",
		"a\x00b\r\n\"c\".md":            "abc.md",
		"办法\u202elmth.exe":              "办法lmth.exe",
		"../../etc/passwd":              "passwd",
		"..":                            "",
		"":                              "",
		"/":                             "",
		"\xff\xfe办法.md":                 "办法.md",
		strings.Repeat("长", 90) + ".md": strings.Repeat("长", 65) + ".md",
	} {
		got := FileName(in)
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if len(got) > maxFileName || !utf8.ValidString(got) {
			t.Errorf("%q: %q is too long or not UTF-8", in, got)
		}
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("资料/办法.md")
	f.Add(strings.Repeat("长", 300))
	f.Fuzz(func(t *testing.T, in string) {
		got := FileName(in)
		if len(got) > maxFileName || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\"\r\n\x00") {
			t.Errorf("%q: %q", in, got)
		}
	})
}

func TestGroups(t *testing.T) {
	t.Parallel()
	d := Document{
		Topics: []string{" 养老 ", "养老", "", "住房", strings.Repeat("长", 60)},
		Agency: "青岚市民政局、青岚市财政局 青岚市民政局，青岚市教育局",
	}
	if got := d.Groups(); !slices.Equal(got, []string{"养老", "住房"}) {
		t.Errorf("topics: %q", got)
	}
	if got := d.Issuers(); !slices.Equal(got, []string{"青岚市民政局", "青岚市财政局", "青岚市教育局"}) {
		t.Errorf("agencies: %q", got)
	}
}

// TestOriginalIsNoAnchor: a guide's field of that name could not be reached.
func TestOriginalIsNoAnchor(t *testing.T) {
	t.Parallel()
	for _, f := range guideFields {
		if f.anchor == OriginalAnchor {
			t.Errorf("%v has the address of the file", f.names)
		}
	}
}
