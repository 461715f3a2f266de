package corpus

import (
	"strings"
	"testing"
)

// TestHostileTexts would not end if time grew with the square of a text.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"quotations":   strings.Repeat("“甲\n", 60_000),
		"articles":     strings.Repeat("第一条 甲\n", 60_000),
		"appendices":   strings.Repeat("附件1\n", 60_000),
		"levels":       strings.Repeat("一、\n（一）\n1.\n", 20_000),
		"contents":     strings.Repeat("目录\n", 60_000),
		"items":        "第一条 " + strings.Repeat("（一）甲；", 60_000),
		"one line":     strings.Repeat("一、甲。 （一）乙 1.丙；", 20_000),
		"no sentence":  strings.Repeat("甲", 300_000),
		"many columns": "|" + strings.Repeat("甲|", 60_000),
	} {
		blocks := paragraphs(source)
		for i := range blocks {
			if row, ok := strings.CutPrefix(blocks[i].Text, "|"); ok {
				blocks[i] = Block{Row: true, Text: strings.ReplaceAll(row, "|", "\t")}
			}
		}
		for _, kind := range []Kind{Policy, Catalogue} {
			text, passages := Assemble(kind, "标题", blocks)
			if checkPartition(t, text, passages); solid(text) != "标题"+solid(strings.ReplaceAll(source, "|", "")) {
				t.Errorf("%s: characters were lost", name)
			}
			Readable(text, nil)
			Revision{Text: text, Passages: passages}.Place("a1.5")
		}
	}
}
