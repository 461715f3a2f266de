package docx

import (
	"slices"
	"strings"
	"testing"
)

const lawStyles = `<w:docDefaults/>` +
	`<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>` +
	`<w:style w:type="paragraph" w:styleId="a3"><w:name w:val="Title"/><w:basedOn w:val="a"/></w:style>` +
	`<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>` +
	`<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>` +
	`<w:style w:type="character" w:styleId="ph"><w:name w:val="Placeholder Text"/></w:style>` +
	`<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/><w:basedOn w:val="a"/></w:style>`

// complexField is a field that may have others in its result.
func complexField(instruction string, result ...string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + instruction + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` +
		r(result...) + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
}

// TestWordRegulation reads a regulation as Word writes one: chapters and
// articles numbered by themselves, a title of two paragraphs, a table of
// contents in a content control, tracked changes.
func TestWordRegulation(t *testing.T) {
	t.Parallel()
	numbering := abstract(0,
		lvl(0, "chineseCountingThousand", "第%1章", `<w:pStyle w:val="1"/>`, `<w:suff w:val="space"/>`),
		lvl(1, "chineseCountingThousand", "第%2条", `<w:lvlRestart w:val="0"/>`, `<w:suff w:val="space"/>`),
		lvl(2, "chineseCountingThousand", "（%3）", `<w:suff w:val="nothing"/>`)) + num(1, 0)
	styles := strings.Replace(lawStyles, `<w:outlineLvl w:val="0"/>`, `<w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/>`, 1)
	toc := `<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr><w:sdtContent>` + p("", "目　录") +
		p("TOC1", `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \o "1-3" \h </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`,
			`<w:hyperlink w:anchor="_Toc1">`+r("第一章 总则", "<w:r><w:tab/></w:r>", complexField("PAGEREF _Toc1 \\h", "1"))+`</w:hyperlink>`) +
		p("TOC1", "第二章 附则", "<w:r><w:tab/></w:r>", "2") + `<w:p><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:sdtContent></w:sdt>`
	body := p("a3", "青岚市流动图书车") + p("a3", "管理办法") + p("", "（2024年3月1日公布）") + toc +
		p("1", "总", "则") + n(1, 1, "为了方便阅读，", `<w:ins w:id="1">`+r("规范服务，")+`</w:ins>`, `<w:del w:id="2"><w:r><w:delText>依据有关规定，</w:delText></w:r></w:del>`, "制定本办法。") +
		n(1, 1, "流动图书车应当：") + n(1, 2, "按时到达；") + n(1, 2, "免费开放。") +
		`<w:moveFrom w:id="5">` + r("整段移走。") + `</w:moveFrom>` +
		`<w:p><w:pPr><w:rPr><w:moveFrom w:id="3"/></w:rPr></w:pPr><w:moveFrom w:id="4">` + r("移走的段落。") + `</w:moveFrom></w:p>` +
		p("1", "附则") + `<w:p><w:pPr><w:rPr><w:del w:id="6"/></w:rPr></w:pPr>` + r("本办法由市文化部门") + `</w:p>` + n(1, 1, "负责解释。") +
		p("", `<w:moveTo w:id="7">`+r("移走的段落。")+`</w:moveTo>`)
	got := document{styles: styles, numbering: numbering, body: body, core: "<dc:title>流动图书馆管理规定（旧稿）</dc:title>",
		comments: `<w:comment w:id="1">` + p("", "此处请核") + `</w:comment>`}.want(t, `
青岚市流动图书车管理办法
（2024年3月1日公布）
#[第一章]总则
[第一条]为了方便阅读，规范服务，制定本办法。
[第二条]流动图书车应当：
[（一）]按时到达；
[（二）]免费开放。
#[第二章]附则
[第三条]本办法由市文化部门负责解释。
移走的段落。`)
	if got.Title != "青岚市流动图书车管理办法" {
		t.Errorf("title %q", got.Title)
	}
	want := []string{"文档里有修订痕迹，已按“接受全部修订”读取，请核对是否为定稿", "自动生成的目录（3 行，14 个字）没有读入，标题以正文为准", "有 1 条批注没有读入"}
	if !slices.Equal(got.Warnings, want) {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// TestWPSNotice reads a notice as WPS writes one: levels numbered by the
// paragraphs themselves, a table, footnotes, a text box in its two forms.
func TestWPSNotice(t *testing.T) {
	t.Parallel()
	numbering := abstract(5, lvl(0, "chineseCounting", "%1、", `<w:suff w:val="nothing"/>`)) + abstract(6, lvl(0, "chineseCounting", "（%1）", `<w:suff w:val="nothing"/>`)) +
		abstract(7, lvl(0, "decimal", "%1.", `<w:suff w:val="nothing"/>`)) + num(1, 5) + num(2, 6) + num(3, 7) + num(4, 6, startAt(0, 1))
	box := `<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor><a:graphic><a:graphicData><wps:wsp><wps:txbx><w:txbxContent>` + p("", "特急") + p("", "内部使用") +
		`</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>` + p("", "特急") + p("", "内部使用") +
		`</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>`
	note := func(id, kind, text string) string {
		return `<w:` + kind + ` w:id="` + id + `">` + p("", `<w:r><w:footnoteRef/></w:r>`, text) + `</w:` + kind + `>`
	}
	body := p("", "青岚市民政局", box) + p("", "青民发〔2024〕3号") + n(1, 0, "适用范围") +
		n(2, 0, "老年人", `<w:r><w:footnoteReference w:id="2"/></w:r>`, "。") + n(3, 0, "年满60周岁。") + n(3, 0, "2024年以后迁入的，另行通知。") + n(2, 0, "残疾人。") +
		n(1, 0, "标准") + n(4, 0, "见下表。") +
		table(tr("序号", "对象", "标准（元）"),
			tr(tc("", n(3, 0)), tc(`<w:vMerge w:val="restart"/>`, "老年人"), tc("", "100", "（每人每月）")),
			tr(tc("", n(3, 0)), tc(`<w:vMerge/>`, ""), tc("", "120", `<w:p><w:r><w:endnoteReference w:id="1"/></w:r></w:p>`)),
			tr(tc(`<w:gridSpan w:val="2"/>`, "合计"), "220")) +
		p("", "<w:r><w:t>2024年</w:t><w:tab/><w:t>4月</w:t></w:r>")
	got := document{numbering: numbering, styles: lawStyles, body: body,
		footnotes: `<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>` + note("2", "footnote", "指具有本市户籍的老年人。") + note("3", "footnote", "没有标注的脚注。"),
		endnotes:  note("1", "endnote", "含护理费。"),
		header:    p("", "青岚市民政局文件"), footer: p("", "— ", complexField("PAGE", "1"), " —") + p("", "第 ", complexField("PAGE", "1"), " 页 共 9 页")}.want(t, `
青岚市民政局
特急
内部使用
青民发〔2024〕3号
[一、]适用范围
[（一）]老年人[1]。
[1] 指具有本市户籍的老年人。
[1.]年满60周岁。
[2.]2024年以后迁入的，另行通知。
[（二）]残疾人。
[二、]标准
[（一）]见下表。
|=序号⇥对象⇥标准（元）
|3.⇥老年人⇥100 （每人每月）
|4.⇥⇥120 [尾注1]
|合计⇥⇥220
[尾注1] 含护理费。
2024年 4月`)
	want := []string{"有 1 条脚注或尾注在正文里没有标注，没有读入", "页眉页脚的文字没有读入：“青岚市民政局文件”"}
	if !slices.Equal(got.Warnings, want) {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// TestInline reads what stands within paragraphs.
func TestInline(t *testing.T) {
	t.Parallel()
	picture := `<w:r><w:drawing><wp:inline><a:graphic><a:graphicData><pic:pic><pic:blipFill/></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`
	for _, test := range []struct{ name, body, want, warning string }{
		{"runs, hyperlinks, tags and controls in order", p("", "甲", `<w:hyperlink r:id="x">`+r("乙")+`</w:hyperlink>`, `<w:smartTag w:element="d">`+r("丙")+`</w:smartTag>`, `<w:sdt><w:sdtPr/><w:sdtContent>`+r("丁")+`</w:sdtContent></w:sdt>`, `<w:customXml>`+r("戊")+`</w:customXml>`), "甲乙丙丁戊", ""},
		{"breaks, tabs, hyphens", p("", "<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t><w:softHyphen/><w:t>戊</w:t><w:cr/><w:t>己</w:t></w:r>"), "甲⏎乙 丙-丁戊⏎己", ""},
		{"results of fields, not their codes", p("", complexField("REF a \\h", "第五条"), "和", `<w:fldSimple w:instr="DATE">`+r("2024年")+`</w:fldSimple>`, complexField("HYPERLINK \"http://a\"", complexField("REF b", "乙"), "丙")), "第五条和2024年乙丙", ""},
		{"a field without an end", p("", `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>`, "甲") + p("", "乙"), "乙", "有 1 个字在域代码里，没有读入"},
		{"a table of contents without an end", p("", `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`, "甲") + p("", "乙"), "甲\n乙", ""},
		{"enclosed characters", p("", `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> eq \o\ac(○,3) </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`, "甲"), "③甲", ""},
		{"check boxes of old forms", p("", `<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`, "是"), "☑是", ""},
		{"symbols", p("", `<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>甲</w:t><w:sym w:font="Wingdings" w:char="00A8"/><w:t>乙</w:t><w:sym w:font="Other" w:char="F041"/></w:r>`, "<w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>\uF0FC</w:t></w:r>"), "☑甲□乙✓", "有 1 个特殊符号无法识别，没有读入，请核对"},
		{"hidden text", p("", "甲", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>乙丙</w:t></w:r>", `<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>丁</w:t></w:r>`), "甲丁", "有 2 个字设为隐藏，没有读入"},
		{"struck text stays and is said", p("", "甲", "<w:r><w:rPr><w:strike/></w:rPr><w:t>乙丙</w:t></w:r>"), "甲乙丙", "有 2 个字加了删除线，仍按正文读入，请核对"},
		{"ruby", p("", `<w:r><w:ruby><w:rubyPr/><w:rt>`+r("lán")+`</w:rt><w:rubyBase>`+r("岚")+`</w:rubyBase></w:ruby></w:r>`, "市"), "岚市", "有 1 处注音没有读入"},
		{"formulas", p("", "补贴=", `<m:oMath><m:f><m:fPr/><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f><m:r><m:t>×</m:t></m:r><m:sSup><m:e><m:r><m:t>c</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup><m:d><m:dPr/><m:e><m:r><m:t>d</m:t></m:r></m:e></m:d></m:oMath>`), "补贴=(a+b)/2×c^2(d)", "有 1 个公式写成了一行文字，请核对"},
		{"prompts", p("", "姓名：", `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:rPr><w:rStyle w:val="ph"/></w:rPr><w:t>点击输入</w:t></w:r></w:sdtContent></w:sdt>`), "姓名：", "有 4 个字是未填写的提示文字，没有读入"},
		{"what may be a prompt", p("", "姓名：", `<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>`+r("张三")+`</w:sdtContent></w:sdt>`), "姓名：张三", "有 2 个字可能是未填写的提示文字，已按正文读入，请核对"},
		{"pictures", p("", "甲", picture, picture), "甲", "文档里有 2 张图片，图片上的文字没有读入"},
		{"pictures alone", p("", picture), "", "文档里没有文字，只有图片；请导入文字版，或把图片上的文字录入后再导入"},
		{"an embedded sheet", p("", "甲", `<w:r><w:object><v:shape><v:imagedata r:id="x"/></v:shape><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>`), "甲", "文档里嵌入了 1 个文件（如 Excel 表格），没有读入；请另外导入"},
		{"an old equation", p("", "甲", `<w:r><w:object><v:shape><v:imagedata r:id="x"/></v:shape><o:OLEObject ProgID="Equation.3"/></w:object></w:r>`), "甲", "有 1 个公式是图片或旧格式，没有读入，请核对"},
		{"a choice that says nothing falls back", p("", `<w:r><mc:AlternateContent><mc:Choice Requires="x"><w:drawing/></mc:Choice><mc:Fallback><w:t>甲</w:t></mc:Fallback></mc:AlternateContent></w:r>`), "甲", ""},
		{"WordArt of old", p("", "甲", `<w:r><w:pict><v:shape><v:textpath string="青岚市人民政府"/></v:shape></w:pict></w:r>`), "甲\n青岚市人民政府", ""},
		{"headings: by level, not where they are sentences", p("1", "总", "<w:r><w:br/></w:r>", "则") + p("2", "第一节", "<w:r><w:br/></w:r>", "范围") + p("2", "这是误用标题样式的正文。") + `<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr>` + r("三级") + `</w:p><w:p><w:pPr><w:pStyle w:val="1"/><w:outlineLvl w:val="9"/></w:pPr>` + r("正文") + `</w:p>`, "#总则\n##第一节 范围\n这是误用标题样式的正文。\n###三级\n正文", ""},
		{"a paragraph whose mark is deleted at the end", `<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>` + r("甲") + `</w:p>`, "甲", "文档里有修订痕迹，已按“接受全部修订”读取，请核对是否为定稿"},
		{"control characters", p("", "甲\x0b乙"), "甲 乙", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := document{styles: lawStyles, body: test.body}.want(t, test.want)
			if s := strings.Join(got.Warnings, "|"); !strings.Contains(s, test.warning) || test.warning == "" && s != "" {
				t.Errorf("warnings %q", got.Warnings)
			}
		})
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	header := func(w string) string { return strings.Replace(w, "<w:tr>", "<w:tr><w:trPr><w:tblHeader/></w:trPr>", 1) }
	for _, test := range []struct{ name, body, want string }{
		{"a header that is said", table(header(tr("甲", "乙")), tr("1", "2")), "|=甲⇥乙\n|1⇥2"},
		{"a form has none", table(tr("姓名", "张三"), tr("性别", "男")), "|姓名⇥张三\n|性别⇥男"},
		{"a caption and a remark within the table", table(tr(tc(`<w:gridSpan w:val="3"/>`, "收费目录")), tr("项目", "标准", "依据"), tr("工本费", "", "甲"), tr(tc(`<w:gridSpan w:val="3"/>`, "注：下略"))), "收费目录\n|=项目⇥标准⇥依据\n|工本费⇥⇥甲\n注：下略"},
		{"a section within", table(tr("项目", "标准", "依据"), tr(tc(`<w:gridSpan w:val="3"/>`, "一、许可")), tr("甲", "乙", "丙")), "|=项目⇥标准⇥依据\n|一、许可⇥⇥\n|甲⇥乙⇥丙"},
		{"a frame around text", table(tr(tc("", p("1", "总则"), "正文。", table(tr("甲", "乙", "备注"), tr("1", "2", "3"))))), "#总则\n正文。\n|=甲⇥乙⇥备注\n|1⇥2⇥3"},
		{"a table within a cell", table(tr("甲", tc("", "乙", table(tr("丙", "丁"), tr("戊", "己"))))), "|甲⇥乙 丙 丁 戊 己"},
		{"rows and cells deleted and moved in", table(tr("甲", "乙"), strings.Replace(tr("丙", "丁"), "<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>", 1), strings.Replace(tr("戊", tc("<w:cellDel/>", "己"), "庚"), "<w:tr>", "<w:tr><w:trPr><w:ins/></w:trPr>", 1)), "|甲⇥乙\n|戊⇥庚"},
		{"columns left out at the ends", table(strings.Replace(tr("甲"), "<w:tr>", `<w:tr><w:trPr><w:gridBefore w:val="1"/><w:gridAfter w:val="1"/></w:trPr>`, 1), tr("乙", "丙", "丁")), "|⇥甲⇥\n|乙⇥丙⇥丁"},
		{"rows and cells within controls", table(`<w:sdt><w:sdtContent>`+tr("甲", "乙")+`</w:sdtContent></w:sdt>`, `<w:tr><w:sdt><w:sdtContent>`+tc("", "丙")+`</w:sdtContent></w:sdt>`+tc("", "丁")+`</w:tr>`), "|甲⇥乙\n|丙⇥丁"},
		{"empty rows", table(tr("", ""), tr("甲", "乙")), "|甲⇥乙"},
		{"a span beyond all bounds", table(tr(tc(`<w:gridSpan w:val="999999999"/>`, "甲"), "乙")), "|甲" + strings.Repeat("⇥", 63) + "乙"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			document{styles: lawStyles, body: test.body}.want(t, test.want)
		})
	}
}

// TestContents leaves out what the text repeats, and nothing else.
func TestContents(t *testing.T) {
	t.Parallel()
	entry := func(text, page string) string { return p("TOC1", text, "<w:r><w:tab/></w:r>", page) }
	for _, test := range []struct{ name, body, want, warning string }{
		{"headings that come again", p("", "目录") + entry("附件1", "5") + entry("总则", "iv") + p("1", "附件1") + p("1", "总则") + p("", "甲"), "#附件1\n#总则\n甲", "自动生成的目录（3 行，10 个字）没有读入，标题以正文为准"},
		{"one that does not", p("", "办法") + entry("总则", "1") + entry("附则", "2") + p("1", "总则") + p("", "甲"), "办法\n#总则\n甲", "自动生成的目录（2 行，6 个字）没有读入，标题以正文为准|目录里有些标题在正文里找不到，请核对：“附则 2”"},
		{"text in the style of a contents", p("", "目录") + p("TOC1", "第一条 甲。") + p("TOC1", "第二条 乙。"), "目录\n第一条 甲。\n第二条 乙。", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := document{styles: lawStyles, body: test.body}.want(t, test.want)
			if s := strings.Join(got.Warnings, "|"); s != test.warning {
				t.Errorf("warnings %q", s)
			}
		})
	}
}

// TestTitle finds titles that no style marks.
func TestTitle(t *testing.T) {
	t.Parallel()
	big := func(size, text string) string {
		return `<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:rPr><w:sz w:val="` + size + `"/></w:rPr><w:t>` + text + `</w:t></w:r></w:p>`
	}
	for _, test := range []struct{ name, body, core, want, first string }{
		{"below the head of an agency", big("72", "青岚市民政局文件") + big("32", "青民发〔2024〕3号") + big("44", "青岚市民政局关于印发") + big("44", "《流动图书车管理办法》的通知") + p("", "各区民政局："), "", "青岚市民政局关于印发《流动图书车管理办法》的通知", ""},
		{"above the day", big("44", "青岚市流动图书车管理办法") + big("44", "（试行）") + big("32", "（2024年3月1日公布）"), "", "青岚市流动图书车管理办法（试行）", ""},
		{"in small type it is none", big("24", "流动图书车管理办法") + p("", "正文"), "", "", "流动图书车管理办法"},
		{"as the properties say", p("", "青岚市民政局") + p("", "流动图书车管理办法") + p("", "正文"), "<dc:title>流动图书车 管理办法</dc:title>", "流动图书车管理办法", ""},
		{"not as the properties say", p("", "流动图书车管理办法") + p("", "正文"), "<dc:title>民政局模板</dc:title>", "", "流动图书车管理办法"},
		{"by its style, not first", p("", "青岚市民政局") + p("a3", "流动图书车", "<w:r><w:br/></w:r>", "管理办法"), "", "流动图书车管理办法", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := document{styles: lawStyles, body: test.body, core: test.core}.read(t)
			if test.first == "" {
				test.first = test.want
			}
			if got.Title != test.want || got.Blocks[0].Text != test.first {
				t.Errorf("got %q, want %q\n%s", got.Title, test.want, lines(got))
			}
		})
	}
}

// TestStrict reads the strict form, other names of parts, and UTF-16.
func TestStrict(t *testing.T) {
	t.Parallel()
	main := `<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p></w:body></w:document>`
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range `<?xml version="1.0" encoding="UTF-16"?>` + main {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	for _, main := range []string{main, string(utf16)} {
		data := zipped(t, map[string]string{
			"_rels/.rels":                    `<Relationships><Relationship Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/Word/Document2.xml"/></Relationships>`,
			`word\document2.xml`:             main,
			"word/_rels/document2.xml.rels":  `<Relationships><Relationship Type="http://purl.oclc.org/ooxml/officeDocument/relationships/numbering" Target="lists/numbering.xml"/><Relationship Type="x/styles" Target="http://example.org/" TargetMode="External"/></Relationships>`,
			"word/lists/numbering.xml":       `<w:numbering xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main">` + abstract(0, lvl(0, "chineseCounting", "%1、")) + num(1, 0) + `</w:numbering>`,
			"../../../etc/passwd":            "甲",
			"word/media/image1.png":          "no picture",
			"docProps/thumbnail.jpeg":        "none",
			"word/vbaProject.bin":            "macros are never run",
			"word/embeddings/../../evil.xml": "<a>",
		})
		got, err := Read(t.Context(), data)
		if err != nil || lines(got) != "[一、]甲" {
			t.Errorf("%v: %s", err, lines(got))
		}
	}
}
