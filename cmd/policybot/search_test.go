//go:build unix

package main

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
)

// The search page of the whole program: the invented city's documents by
// everyday words, and nothing of them beside a document of one's own.
func TestSearchOfTheProgram(t *testing.T) {
	t.Parallel()
	s := startHere(t, filepath.Join(t.TempDir(), "data"))
	search := func(words string) string {
		t.Helper()
		status, body := get(t, s.base+"/search?q="+url.QueryEscape(words))
		if status != 200 || len(body) > 50_000 {
			t.Errorf("%s: status %d, %d bytes", words, status, len(body))
		}
		return body
	}
	for words, first := range map[string]string{
		"老人卡 代办":      "/d/jinglaoka-",
		"公积金提取":       "/d/gjj-",
		"装电梯 补贴":      "/d/jiazhuang-dianti-",
		"电瓶车上牌":       "/d/diandong",
		"青政规〔2024〕3号": "/d/jinglaoka-banfa",
	} {
		_, after, _ := strings.Cut(search(words), `<a class="doc" href="`)
		if !strings.HasPrefix(after, first) {
			t.Errorf("%s finds %.40q first, want %s", words, after, first)
		}
	}
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("own", "老人卡"))
	cli(t, "", "import", "--data", s.data, "--publish", file).must(t, 0)
	body := search("老人卡")
	if !strings.Contains(body, `<a class="doc" href="/d/own/`) || strings.Contains(body, "jinglaoka") || strings.Contains(body, "示例") {
		t.Error("the search does not show one's own document alone")
	}
	if body := search("公积金"); strings.Contains(body, `class="doc"`) || strings.Contains(body, "/d/gjj") {
		t.Error("the search shows the sample beside a document of one's own")
	}
}
