package extract

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

var frontFields = []string{
	"id", "title", "kind", "number", "agency", "region", "published", "written", "effective", "expires", "level", "addressees",
	"topics", "tags", "audience", "url", "question", "similar", "negative", "refer", "asked",
	"repeals", "supersedes", "amends", "implements", "interprets", "explains", "forwards", "clarifies", "related",
}

// frontMatter splits off the YAML between two lines of ---. A document
// without one has empty fields.
func frontMatter(s *source, text string) (fields, string, error) {
	rest, ok := cutFence(text)
	if !ok {
		return fields{}, text, nil
	}
	head := rest[:min(len(rest), MaxFrontMatter)]
	end, after := -1, 0
	for at := 0; at < len(head); {
		next := strings.IndexByte(head[at:], '\n')
		line := head[at:]
		if next >= 0 {
			line = head[at : at+next]
		}
		if l := strings.TrimRight(line, " \t\r"); l == "---" || l == "..." {
			end, after = at, at+len(line)
			break
		}
		if next < 0 {
			break
		}
		at += next + 1
	}
	if end < 0 {
		if len(rest) > MaxFrontMatter {
			return nil, "", refuse("开头的 --- 在 %d KB 内没有结束的 ---，未导入", MaxFrontMatter>>10)
		}
		return fields{}, text, nil // a rule, not front matter
	}
	yamlText := head[:end]
	if hasAlias(yamlText) {
		return nil, "", refuse("开头 --- 之间不能用 YAML 的 & 和 * 引用，未导入")
	}
	f := fields{}
	if err := yaml.Unmarshal([]byte(yamlText), &f); err != nil {
		return nil, "", refuse("开头 --- 之间的内容不是正确的 YAML，未导入；每行应为“名称: 值”")
	}
	for name := range f {
		if !slices.Contains(frontFields, name) {
			s.warn("开头 --- 之间的“%s”不是已知的字段，已略去", name)
		}
	}
	return f, rest[after:], nil
}

func cutFence(text string) (string, bool) {
	for _, fence := range []string{"---\n", "---\r\n"} {
		if rest, ok := strings.CutPrefix(text, fence); ok {
			return rest, true
		}
	}
	return "", false
}

// hasAlias says whether YAML refers to itself, by which a few lines can
// stand for gigabytes.
func hasAlias(text string) bool {
	if !strings.ContainsAny(text, "&*") {
		return false
	}
	for _, t := range lexer.Tokenize(text) {
		if t.Type == token.AnchorType || t.Type == token.AliasType {
			return true
		}
	}
	return false
}
