package docx

import (
	"fmt"
	"strings"
	"testing"
)

// long is a document of about 300 pages: 150,000 characters in runs as Word
// cuts them, every paragraph numbered.
func long(t testing.TB) []byte {
	t.Helper()
	var body strings.Builder
	for i := range 3000 {
		if i%30 == 0 {
			body.WriteString(n(1, 0, "总体要求"))
		}
		fmt.Fprintf(&body, `<w:p w:rsidR="00A77B3E" w:rsidRDefault="00A77B3E" w:rsidP="00F5%04d"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr><w:spacing w:line="560" w:lineRule="exact"/><w:ind w:firstLineChars="200" w:firstLine="640"/><w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" w:hAnsi="仿宋"/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:pPr>`, i)
		for range 5 {
			body.WriteString(`<w:r w:rsidRPr="001B4F"><w:rPr><w:rFonts w:ascii="仿宋_GB2312" w:eastAsia="仿宋_GB2312" w:hAnsi="仿宋" w:hint="eastAsia"/><w:color w:val="000000"/><w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr><w:t>街道办事处应当自收到材料之日起</w:t></w:r>`)
		}
		body.WriteString(`</w:p>`)
	}
	return document{body: body.String(), styles: lawStyles,
		numbering: abstract(0, lvl(0, "chineseCountingThousand", "第%1章"), lvl(1, "chineseCountingThousand", "第%2条", `<w:lvlRestart w:val="0"/>`)) + num(1, 0)}.bytes(t)
}

func BenchmarkRead(b *testing.B) {
	data := long(b)
	b.ReportAllocs()
	for b.Loop() {
		got, err := Read(b.Context(), data)
		if err != nil || len(got.Blocks) != 3100 {
			b.Fatal(len(got.Blocks), err)
		}
	}
}
