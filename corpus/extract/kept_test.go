package extract

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// realFolder is where real documents are; the test is skipped without it.
func realFolder(t *testing.T, name string) string {
	t.Helper()
	bench := os.Getenv("POLICYBOT_BENCH")
	if bench == "" {
		t.Skip("NOT TESTED: POLICYBOT_BENCH is not set, real documents are not read")
	}
	return filepath.Join(bench, name)
}

// articleLine is the independent rule of what begins an article: a line that
// starts with 第…条 and goes on with a blank, a name in brackets or nothing.
var articleLine = regexp.MustCompile(`^[　\s]*(第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?)(?:[　\s【（]|$)`)

// TestLawsArticles prints recall and precision of articles, and compares
// every character, on real laws.
func TestLawsArticles(t *testing.T) {
	t.Parallel()
	folder := realFolder(t, "laws")
	files, want, found, wrong, lost := 0, 0, 0, 0, 0
	err := Walk(t.Context(), []string{folder}, Options{}, func(r Record) error {
		files++
		source, err := os.ReadFile(r.File)
		if err != nil {
			return err
		}
		c := r.Content
		var truth []string
		for line := range strings.SplitSeq(string(source), "\n") {
			if m := articleLine.FindStringSubmatch(line); m != nil {
				truth = append(truth, m[1])
			}
		}
		var got []string
		for _, p := range c.Passages {
			if p.IsArticle() && parts(p.Anchor) == 0 {
				got = append(got, p.Label)
			}
		}
		same := common(truth, got)
		want, found, wrong = want+len(truth), found+same, wrong+len(got)-same
		if same != len(truth) || same != len(got) {
			t.Logf("%s: %d lines, %d articles: %s", filepath.Base(r.File), len(truth), len(got), difference(truth, got))
		}
		if at, ok := sameText(plainMarkdown(string(source)), c.Text); !ok {
			lost++
			t.Errorf("%s: text differs at %s", filepath.Base(r.File), at)
		}
		return nil
	}, func(p Problem) error { t.Error(p); return nil })
	if err != nil {
		t.Fatal(err)
	}
	recall, precision := float64(found)/float64(want), float64(found)/float64(found+wrong)
	t.Logf("%d files, %d lines that begin an article: recall %.5f, precision %.5f; %d files with text lost or doubled", files, want, recall, precision, lost)
	if recall < .999 || precision < .999 || files < 1055 {
		t.Error("articles are not found as they should be")
	}
}

// parts counts what an anchor has behind the article: 0 for a12.
func parts(anchor string) int {
	_, rest, _ := strings.Cut(anchor, "a")
	if strings.HasPrefix(anchor, "appendix") || strings.HasPrefix(anchor, "supplement") {
		_, rest, _ = strings.Cut(anchor, ".a")
	}
	return strings.Count(rest, ".")
}

// common is the length of the longest common subsequence of two lists that
// are nearly the same.
func common(a, b []string) int {
	i, j, n := 0, 0, 0
	for i < len(a) && j < len(b) {
		if a[i] == b[j] {
			i, j, n = i+1, j+1, n+1
			continue
		}
		next := func() (int, int) {
			for d := 1; d < 400; d++ {
				for k := 0; k <= d; k++ {
					if i+k < len(a) && j+d-k < len(b) && a[i+k] == b[j+d-k] {
						return i + k, j + d - k
					}
				}
			}
			return len(a), len(b)
		}
		i, j = next()
	}
	return n
}

func difference(a, b []string) string {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			show := func(s []string) string { return strings.Join(s[min(len(s), max(0, i-1)):min(len(s), i+3)], " ") }
			return show(a) + " ≠ " + show(b)
		}
	}
	return ""
}

var (
	comment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	markup   = regexp.MustCompile(`(?m)^(?:#{1,6}\s|>\s?|[-*+]\s|\|[\s|:-]+\|\s*$)|[|*]`)
	escaped  = regexp.MustCompile(`\\([!-/:-@\[-` + "`" + `{-~])`)
	breakTag = regexp.MustCompile(`<br\s*/?>`)
)

// plainMarkdown takes the marks off a Markdown file by a few simple rules.
func plainMarkdown(source string) string {
	s := comment.ReplaceAllString(source, "")
	s = breakTag.ReplaceAllString(s, "")
	s = escaped.ReplaceAllString(s, "$1")
	return markup.ReplaceAllString(s, "")
}

// sameText compares all characters but blanks, in order. A title that the
// source does not have may stand before.
func sameText(source, text string) (string, bool) {
	a, b := solidRunes(source), solidRunes(text)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			show := func(r []rune) string { return string(r[min(len(r), max(0, i-10)):min(len(r), i+20)]) }
			return "“" + show(a) + "” ≠ “" + show(b) + "”", false
		}
	}
	return "", true
}

func solidRunes(s string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || invisible(r) {
			return -1
		}
		return r
	}, s))
}

// TestRealTextIsKept compares every character of real records with what
// became of them, and the sizes of passages.
func TestRealTextIsKept(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile("testdata/guides-map.yaml")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := ParseMap(rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []struct {
		file string
		opts Options
		text func(object map[string]any) string
	}{
		{"ncp/documents.jsonl", Options{}, func(o map[string]any) string { return plain(o["text"]) }},
		{"messages/faq.jsonl", Options{}, func(o map[string]any) string {
			question, answer := plain(o["question"]), plain(o["answer"])
			if strings.HasPrefix(answer, question) {
				return answer // says its question again, which is written once
			}
			return question + answer
		}},
		{"guides/guides.jsonl", Options{Map: guides}, func(o map[string]any) string { return guideText(guides, o) }},
	} {
		file := filepath.Join(realFolder(t, ""), set.file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(data), "\n")
		n, lost, passages, longest := 0, 0, 0, 0
		err = Walk(t.Context(), []string{file}, set.opts, func(r Record) error {
			var object map[string]any
			if err := json.Unmarshal([]byte(lines[r.Line-1]), &object); err != nil {
				return err
			}
			n++
			if at, ok := sameText(html.UnescapeString(set.text(object)), html.UnescapeString(r.Content.Text)); !ok {
				lost++
				t.Logf("%s:%d: text differs at %s", set.file, r.Line, at)
			}
			passages += len(r.Content.Passages)
			for _, p := range r.Content.Passages {
				longest = max(longest, utf8.RuneCountInString(r.Content.Text[p.Start:p.End]))
			}
			return nil
		}, func(p Problem) error { t.Log(p); return nil })
		if err != nil || lost > 0 || longest > 1500 {
			t.Error("text was lost or doubled, or a passage is too long")
		}
		t.Logf("%s: %d records, %d with text lost or doubled; %d passages, the longest of %d characters; %v", set.file, n, lost, passages, longest, err)
	}
}

// guideText is what a mapped record says: its title, and its sections below
// their labels.
func guideText(m *Map, o map[string]any) string {
	var sb strings.Builder
	sb.WriteString(plain(o[m.Fields["title"]]))
	for _, s := range m.Sections {
		if value := strings.TrimSpace(plain(o[s.From])); value != "" {
			sb.WriteString(s.Label)
			sb.WriteString(strings.TrimPrefix(strings.TrimPrefix(value, s.Label+"："), s.Label+":"))
		}
	}
	return regexp.MustCompile(`</?[a-zA-Z][^>]*>`).ReplaceAllString(sb.String(), "")
}
