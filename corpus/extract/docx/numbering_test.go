package docx

import (
	"strings"
	"testing"
)

// TestNumbering holds numbers against what Word shows for hand-written lists.
// LibreOffice is no judge: it ignores lvlRestart 0.
func TestNumbering(t *testing.T) {
	t.Parallel()
	law := abstract(0,
		lvl(0, "chineseCountingThousand", "第%1章", `<w:suff w:val="space"/>`),
		lvl(1, "chineseCountingThousand", "第%2条", `<w:lvlRestart w:val="0"/><w:suff w:val="space"/>`),
		lvl(2, "chineseCountingThousand", "（%3）", `<w:suff w:val="nothing"/>`),
		lvl(3, "decimal", "%4."))
	notice := abstract(0, lvl(0, "japaneseCounting", "%1、"), lvl(1, "chineseCounting", "（%2）"), lvl(2, "decimal", "%3．"), lvl(3, "decimalEnclosedCircleChinese", "%4"))
	outline := abstract(0, lvl(0, "upperRoman", "%1."), lvl(1, "decimal", "%1.%2"), lvl(2, "decimal", "%1.%2.%3", "<w:isLgl/>"))
	for _, test := range []struct{ name, numbering, styles, body, want string }{
		{"articles go on through the chapters", law + num(1, 0), "",
			n(1, 0, "总则") + n(1, 1, "甲") + n(1, 2, "子") + n(1, 2, "丑") + n(1, 3, "寅") + n(1, 1, "乙") + n(1, 2, "子") + n(1, 0, "附则") + n(1, 1, "丙") + n(1, 3, "卯"),
			"[第一章]总则\n[第一条]甲\n[（一）]子\n[（二）]丑\n[1.]寅\n[第二条]乙\n[（一）]子\n[第二章]附则\n[第三条]丙\n[1.]卯"},
		{"levels of a notice", notice + num(1, 0), "",
			n(1, 0, "甲") + n(1, 1, "子") + n(1, 2, "丑") + n(1, 3, "寅") + n(1, 3, "卯") + n(1, 1, "辰") + n(1, 2, "巳") + n(1, 0, "乙") + n(1, 1, "午"),
			"[一、]甲\n[（一）]子\n[1．]丑\n① 寅\n② 卯\n[（二）]辰\n[1．]巳\n[二、]乙\n[（一）]午"},
		{"lists of one definition go on from one another; a start of its own is used once", notice + num(1, 0) + num(2, 0) + num(3, 0, startAt(0, 1)) + num(4, 0, startAt(0, 5)), "",
			n(1, 0, "甲") + n(2, 0, "乙") + n(3, 0, "丙") + n(3, 0, "丁") + n(1, 0, "戊") + n(4, 0, "己") + n(4, 0, "庚"),
			"[一、]甲\n[二、]乙\n[一、]丙\n[二、]丁\n[三、]戊\n[五、]己\n[六、]庚"},
		{"an override may replace a level", notice + num(1, 0, `<w:lvlOverride w:ilvl="0">`+lvl(0, "decimal", "%1)")+`</w:lvlOverride>`), "",
			n(1, 0, "甲") + n(1, 0, "乙"), "[1)]甲\n[2)]乙"},
		{"restart after a level that is named", abstract(0, lvl(0, "decimal", "%1."), lvl(1, "decimal", "%2)"), lvl(2, "lowerLetter", "%3)", `<w:lvlRestart w:val="1"/>`)) + num(1, 0), "",
			n(1, 0, "甲") + n(1, 1, "乙") + n(1, 2, "丙") + n(1, 1, "丁") + n(1, 2, "戊") + n(1, 0, "己") + n(1, 1, "庚") + n(1, 2, "辛"),
			"[1.]甲\n[1)]乙\n[a)]丙\n[2)]丁\n[b)]戊\n[2.]己\n[1)]庚\n[a)]辛"},
		{"legal numbers; levels above that were not used; numbers that become text", outline + num(1, 0), "",
			n(1, 1, "甲") + n(1, 0, "乙") + n(1, 1, "丙") + n(1, 2, "丁") + n(1, 0, "戊") + n(1, 2, "己"),
			"I.1 甲\n[I.]乙\nI.1 丙\n1.1.1 丁\n[II.]戊\n2.1.1 己"},
		{"a list that is not there, none, bullets, hidden numbers", notice + abstract(1, lvl(0, "bullet", "\uF0B7"), lvl(1, "none", "附：")) + abstract(2, lvl(0, "decimal", "%1.", "<w:rPr><w:vanish/></w:rPr>")) + num(1, 0) + num(2, 1) + num(3, 2), "",
			n(9, 0, "甲") + n(0, 0, "乙") + n(2, 0, "丙") + n(2, 1, "丁") + n(3, 0, "戊") + n(1, 8, "己"),
			"甲\n乙\n丙\n[附：]丁\n戊\n己"},
		{"styles bring numbers, by the level that names them; a paragraph takes its own or none",
			abstract(0, lvl(0, "chineseCounting", "第%1章", `<w:pStyle w:val="zhang"/>`), lvl(1, "chineseCounting", "第%2条", `<w:pStyle w:val="tiao"/>`, `<w:lvlRestart w:val="0"/>`)) + num(7, 0),
			`<w:style w:type="paragraph" w:styleId="zhang"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>` +
				`<w:style w:type="paragraph" w:styleId="tiao"><w:name w:val="条"/><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="7"/></w:numPr></w:pPr></w:style>` +
				`<w:style w:type="paragraph" w:styleId="tiao2"><w:name w:val="条 加粗"/><w:basedOn w:val="tiao"/></w:style>`,
			p("zhang", "总则") + p("tiao", "甲") + p("tiao2", "乙") + p("zhang", "附则") + p("tiao", "丙") +
				`<w:p><w:pPr><w:pStyle w:val="tiao"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>` + r("丁") + `</w:p>` +
				`<w:p><w:pPr><w:pStyle w:val="tiao"/><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr>` + r("戊") + `</w:p>`,
			"#[第一章]总则\n[第一条]甲\n[第二条]乙\n#[第二章]附则\n[第三条]丙\n丁\n[第三章]戊"},
		{"a numbering style stands for the list that it is linked to",
			abstract(0, `<w:numStyleLink w:val="fa"/>`) + abstract(1, `<w:styleLink w:val="fa"/>`, lvl(0, "chineseCounting", "（%1）")) + num(1, 0) + num(2, 1),
			`<w:style w:type="numbering" w:styleId="fa"><w:name w:val="公文"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>`,
			n(1, 0, "甲") + n(2, 0, "乙"), "[（一）]甲\n[（二）]乙"},
		{"circles end", abstract(0, `<w:numStyleLink w:val="a"/>`) + num(1, 0),
			`<w:style w:type="numbering" w:styleId="a"><w:basedOn w:val="b"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="b"><w:basedOn w:val="a"/></w:style>`,
			n(1, 0, "甲") + p("b", "乙"), "甲\n乙"},
		{"a custom format, with one to fall back on", abstract(0, `<w:lvl w:ilvl="0"><w:start w:val="9"/><mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1、"/></w:lvl>`) + num(1, 0), "",
			n(1, 0, "甲") + n(1, 0, "乙"), "[009、]甲\n[010、]乙"},
		{"paragraphs that are deleted or hidden are not counted; empty ones are", notice + num(1, 0), "",
			n(1, 0, "甲") + `<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:del w:id="2"><w:r><w:delText>乙</w:delText></w:r></w:del></w:p>` +
				n(1, 0, `<w:r><w:rPr><w:vanish/></w:rPr><w:t>丙</w:t></w:r>`) + n(1, 0) + n(1, 0, "丁"),
			"[一、]甲\n[二、]\n[三、]丁"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			document{numbering: test.numbering, styles: test.styles, body: test.body}.want(t, test.want)
		})
	}
}

// TestManyArticles counts beyond the hundred.
func TestManyArticles(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	for range 112 {
		body.WriteString(n(1, 0, "内容。"))
	}
	got := document{numbering: abstract(0, lvl(0, "chineseCountingThousand", "第%1条")) + num(1, 0), body: body.String()}.read(t)
	for at, want := range map[int]string{9: "第十条", 19: "第二十条", 99: "第一百条", 100: "第一百〇一条", 111: "第一百一十二条"} {
		if got.Blocks[at].Label != want {
			t.Errorf("%d: %s, want %s", at+1, got.Blocks[at].Label, want)
		}
	}
}
