package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// paragraphs makes a block of each line; # marks headings.
func paragraphs(text string) []Block {
	var blocks []Block
	for l := range strings.SplitSeq(text, "\n") {
		t := strings.TrimLeft(l, "#")
		blocks = append(blocks, Block{Heading: len(l) - len(t), Text: strings.TrimSpace(t)})
	}
	return blocks
}

// outline writes passages as "anchor role label".
func outline(text string, passages []Passage) []string {
	var out []string
	for _, p := range passages {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", p.Anchor, p.Role, p.Label)))
	}
	return out
}

func TestAssemble(t *testing.T) {
	t.Parallel()
	run := strings.Repeat("各单位要落实责任。", 20)
	for name, test := range map[string]struct {
		kind  Kind
		title string
		text  string
		want  []string
	}{
		"law": {Policy, "青岚市停车办法", "# 青岚市停车办法\n（2024年3月1日通过）\n## 第一章  总    则\n第一条　为了停车。\n第二条　分为：\n（一）路内；\n1.白线；\n一、其他。\n## 第二章　收费\n第三条　收费。\n第三条之一　免费。\n依照第三条第一款执行。\n## 附则\n第四条　施行。", []string{
			"title title", "top body", "c1 heading 第一章 总则", "a1 body 第一条", "a2 body 第二条", "c2 heading 第二章 收费",
			"a3 body 第三条", "a3-1 body 第三条之一", "supplement heading 附则", "a4 body 第四条"}},
		"contents": {Policy, "办法", "办法\n目　录\n第一章 总则\n第二章 附则\n第一章　总则\n第一条　甲。\n第二章　附则\n第二条　乙。", []string{
			"title title", "toc heading 目录", "c1 heading 第一章 总则", "a1 body 第一条", "c2 heading 第二章 附则", "a2 body 第二条"}},
		"notice": {Notice, "通知", "通知\n各有关单位：\n一、总体要求\n（一）目标。稳定。\n1.第一件。\n2.第二件。\n（二）原则。公平。\n二、时间。自即日起。\n附件1\n一、名单", []string{
			"title title", "top body", "s1 heading 一、", "s1.1 body 一、（一）", "s1.1.1 body 一、（一）1.", "s1.1.2 body 一、（一）2.",
			"s1.2 body 一、（二）", "s2 body 二、", "appendix-1 heading 附件1", "appendix-1.s1 body 一、"}},
		"level missing": {Notice, "通知", "通知\n一、要求\n1、甲。\n2、乙。\n（1）丙。", []string{
			"title title", "s1 heading 一、", "s1.1 body 一、1、", "s1.2 body 一、2、", "s1.2.1 body 一、2、（1）"}},
		"starts with a numeral": {Interpretation, "解读", "# 解读\n## 一、一个孩子领多少\n一年三千。\n二、三线城市不在其中。\n## 二、问谁\n问窗口。", []string{
			"title title", "s1 body 一、", "s2 body 二、"}},
		"run on in a line": {Policy, "办法", "办法\n第一章 总则 第一条 为了公平。\n第二章 附则 第一节 其他 第二条 施行。", []string{
			"title title", "c1 heading 第一章 总则", "a1 body 第一条", "c2 heading 第二章 附则", "c2.j1 heading 第一节 其他", "a2 body 第二条"}},
		"guide": {Guide, "敬老卡申领办事指南", "# 敬老卡申领办事指南\n## 事项名称\n敬老卡申领\n## 申请材料\n1. 身份证\n2. 照片\n联系方式：写在表上\n## 收费标准\n不收费\n## 注意事项\n早来。", []string{
			"title title", "name body 事项名称", "materials body 申请材料", "fee body 收费标准", "h-125uedx body 注意事项"}},
		"guide in plain lines": {Guide, "指南", "指南\n一、申请条件\n年满60周岁。\n二、所需材料：身份证\n三、咨询电话：0000-1", []string{
			"title title", "conditions body 申请条件", "materials body 所需材料", "phone body 咨询电话"}},
		"faq": {FAQ, "怎么办？", "一、先去窗口。\n二、再等。", []string{"title title", "q1 body"}},
		"plain": {Notice, "消息", "本市今天开始受理新的申请，市民可以在网上提交全部材料。\n记者 李\n窗口的工作时间没有变化，需要现场办理的市民请先预约。", []string{
			"title title", "p-pa1g0n body", "p-610cfp body"}},
		"heading without number": {Interpretation, "解读", "## 背景\n有需要。\n### 过程\n征求意见。\n## 内容\n一、范围\n全市。", []string{
			"title title", "h-1hg17vu body 背景", "h-llihu3 body 过程", "h-kav9fd heading 内容", "h-kav9fd.s1 body 一、"}},
		"repeated articles": {Policy, "两个办法", "第二条 甲\n第二条之二 乙\n第二条 丙", []string{
			"title title", "a2 body 第二条", "a2-2 body 第二条之二", "a2-3 body 第二条"}},
		"articles in a section and sections behind": {Notice, "通知", "一、制定办法\n第一条 甲\n第二条 乙\n二、废止旧的", []string{
			"title title", "s1 heading 一、", "a1 body 第一条", "a2 body 第二条", "s2 body 二、"}},
		"amendment": {Policy, "决定", "一、将第三条修改为：\n“第三条 甲：\n（一）乙；\n二、丙。”\n二、删去第四条。\n“没有结束的引用\n三、施行。", []string{
			"title title", "s1 body 一、", "s2 body 二、", "s3 body 三、"}},
		"contents without the word": {Policy, "办法", "（2024年通过）\n第一章 总则\n第二章 收费\n第三章 附则\n总则\n第一条 甲。\n第二章 收费\n第二条 乙。", []string{
			"title title", "top body", "toc heading 目录", "h-vpov9g heading 总则", "a1 body 第一条", "c2 heading 第二章 收费", "a2 body 第二条"}},
		"contents that come again": {Policy, "办法", "第一章 总则\n第二章 收费\n第一章 总则\n第一条 甲。\n第二章 收费\n第二条 乙。", []string{
			"title title", "toc heading 目录", "c1 heading 第一章 总则", "a1 body 第一条", "c2 heading 第二章 收费", "a2 body 第二条"}},
		"appendices": {Notice, "通知", "一、照办。\n附件：1.名单\n2.目录\n附件1：名单\n附件2：目录\n2024年1月1日\n附件一：停车场名单\n第一条 湖滨停车场在湖滨路上。\n附件2\n第一条 丙。\n附录\n丁", []string{
			"title title", "s1 body 一、", "appendix-1 heading 附件一：停车场名单", "appendix-1.a1 body 第一条", "appendix-2 heading 附件2", "appendix-2.a1 body 第一条", "appendix body 附录"}},
		"two regulations": {Policy, "两个办法", "第一条 甲\n第二条 乙\n第一条 丙\n第二条 丁\n第三条 戊", []string{
			"title title", "a1 body 第一条", "a2 body 第二条", "r2.a1 body 第一条", "r2.a2 body 第二条", "r2.a3 body 第三条"}},
		"preamble and supplement": {Policy, "章程", "序言\n为了停车。\n第一条 甲\n附则\n第二条 乙", []string{
			"title title", "preamble body 序言", "a1 body 第一条", "supplement heading 附则", "a2 body 第二条"}},
		"one line": {Notice, "关于供应的通知", "关于供应的通知 各单位： 现通知如下： 一、保障供应 1.落实3.5万吨。" + run + " 2.减免。 附件：1.表一 2.表二 二、缓解压力 3.补助。", []string{
			"title title", "top body", "s1 heading 一、", "s1.1 body 一、1.", "s1.2 body 一、2.", "s2 heading 二、", "s2.3 body 二、3."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, passages := Assemble(test.kind, test.title, paragraphs(test.text))
			checkPartition(t, text, passages)
			if got := outline(text, passages); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestAssembleKeepsOneLineUnchanged(t *testing.T) {
	t.Parallel()
	text := "关于供应的通知 各单位：\u00a0 现通知： 一、保障 1.落实。　　2.减免。" + strings.Repeat("这是很长的一句话，", 400)
	got, passages := Assemble(Notice, FirstTitle(text), []Block{{Text: "  " + text + "\n"}})
	if got != text {
		t.Errorf("text was changed: %.80q", got)
	}
	checkPartition(t, got, passages)
	for _, p := range passages {
		if n := utf8.RuneCountInString(got[p.Start:p.End]); n > maxPassage {
			t.Errorf("%s has %d characters", p.Anchor, n)
		}
	}
}

func TestAssemblePath(t *testing.T) {
	t.Parallel()
	_, passages := Assemble(Policy, "办法", paragraphs("第二编 分则\n第一章　申　领\n第六条 甲。\n一、范围\n（二）对象。老人。\n1.本市户籍。"))
	want := map[string][]string{
		"b2.c1": {"第二编 分则"}, "a6": {"第二编 分则", "第一章 申领"},
		"s1.2.1": {"第二编 分则", "第一章 申领", "一、范围", "（二）对象"},
	}
	for anchor, path := range want {
		p, ok := Revision{Passages: passages}.Find(anchor)
		if !ok || !slices.Equal(p.Path, path) {
			t.Errorf("%s: %v %q, want %q", anchor, ok, p.Path, path)
		}
	}
}

func TestAssembleTitle(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ title, first, want string }{
		{"青岚市办法", "青岚市 办法", "青岚市 办法\n正文。"},
		{"青岚市办法", "青岚市办法的说明如下。", "青岚市办法\n青岚市办法的说明如下。\n正文。"},
		{"青岚市办法", "青岚市办法 第一条 甲", "青岚市办法 第一条 甲\n正文。"},
		{"", "甲", "甲\n正文。"},
		{"题\n目", "甲", "题 目\n甲\n正文。"},
	} {
		text, passages := Assemble(Policy, test.title, []Block{{Text: test.first}, {Text: "正文。"}})
		checkPartition(t, text, passages)
		if text != test.want {
			t.Errorf("%q: got %q, want %q", test.title, text, test.want)
		}
	}
}

func TestAssembleLabels(t *testing.T) {
	t.Parallel()
	text, _ := Assemble(Notice, "", []Block{{Label: "第三条", Text: "甲"}, {Label: "1.", Text: "乙"}, {Label: "1.", Text: "2024年丙"}, {Label: "咨询电话", Text: "0000"}, {Label: "（一）", Text: "丁"}, {Label: "3."}})
	if want := "第三条 甲\n1.乙\n1. 2024年丙\n咨询电话：0000\n（一）丁\n3."; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func TestLongPassagesAreSplit(t *testing.T) {
	t.Parallel()
	text, passages := Assemble(Policy, "办法", paragraphs("第一条 "+strings.Repeat("为了公平，制定本办法。", 400)+"\n第二条 乙"))
	checkPartition(t, text, passages)
	got := outline(text, passages)
	if len(got) < 5 || got[1] != "a1 body 第一条" || got[2] != "a1.1.p2 body 第一条" || got[len(got)-1] != "a2 body 第二条" {
		t.Errorf("got %q", got)
	}
	for _, p := range passages[1 : len(passages)-1] {
		if s := strings.TrimSpace(text[p.Start:p.End]); !strings.HasSuffix(s, "。") {
			t.Errorf("%s is cut within a sentence: …%s", p.Anchor, s[len(s)-30:])
		}
	}
}

func TestFirstTitle(t *testing.T) {
	t.Parallel()
	rest := " 各有关单位： 为深入贯彻落实市政府关于供应工作的部署，全力做好各项工作，帮助企业经营，服务市民生活，稳定经济运行，特制定如下措施。"
	for text, want := range map[string]string{
		"青岚市停车办法\n第一条":                                          "青岚市停车办法",
		"关于稳定供应有关措施的通知" + rest:                                  "关于稳定供应有关措施的通知",
		"青岚市商务局 青岚市财政局关于稳定供应的通知" + rest:                         "青岚市商务局 青岚市财政局关于稳定供应的通知",
		"青岚市投放储备蔬菜一千吨 昨天记者获悉" + rest:                            "青岚市投放储备蔬菜一千吨",
		"求生记 | 扶持企业放硬招，送去感谢信 “我公司" + rest:                       "求生记 | 扶持企业放硬招，送去感谢信",
		"青商发〔2024〕2号 关于稳定供应的通知" + rest:                          "青商发〔2024〕2号 关于稳定供应的通知",
		strings.Repeat("甲", 30) + "，" + strings.Repeat("乙", 50): strings.Repeat("甲", 30),
		strings.Repeat("甲", 90):                                 strings.Repeat("甲", 60),
		"":                                                      "",
	} {
		if got := FirstTitle(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestParseMark(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]mark{
		"第十二条之一 甲": {article, 12, 1, len("第十二条之一"), true},
		"第 三 条　甲":  {article, 3, 0, len("第 三 条"), true},
		"第一百零五条":   {article, 105, 0, len("第一百零五条"), true},
		"第１２条 甲":   {article, 12, 0, len("第１２条"), true},
		"第三条第一款":   {},
		"第二章规定的":   {},
		"二十一、甲":    {level1, 21, 0, len("二十一、"), true},
		"二、三线城市":   {level1, 2, 0, len("二、"), false},
		"（十）甲":     {level2, 10, 0, len("（十）"), true},
		"(3)甲":     {level4, 3, 0, len("(3)"), true},
		"（2019）":   {},
		"1．甲":      {level3, 1, 0, len("1．"), true},
		"3.5万元":    {},
		"1.2020年起": {level3, 1, 0, 2, true},
		"99999.甲":  {},
		"第":        {},
		"（一":       {},
		"一":        {},
	} {
		if got := parseMark(s); got != want {
			t.Errorf("%s: got %+v, want %+v", s, got, want)
		}
	}
}

// checkPartition asserts what every canonical text promises.
func checkPartition(t *testing.T, text string, passages []Passage) {
	t.Helper()
	at := 0
	anchors := map[string]bool{}
	for _, p := range passages {
		if p.Start != at || p.End <= p.Start {
			t.Fatalf("%s is [%d,%d) behind %d", p.Anchor, p.Start, p.End, at)
		}
		if anchors[p.Anchor] || p.Anchor == "" {
			t.Fatalf("anchor %q is not unique", p.Anchor)
		}
		anchors[p.Anchor] = true
		if !utf8.ValidString(text[p.Start:p.End]) {
			t.Fatalf("%s is cut within a character", p.Anchor)
		}
		at = p.End
	}
	if at != len(text) {
		t.Fatalf("passages end at %d of %d", at, len(text))
	}
}

func solid(s string) string { return Squeeze(strings.ToValidUTF8(s, "\uFFFD")) }

func FuzzAssemble(f *testing.F) {
	f.Add(uint8(0), "标题", "## 第一章 总则\n第一条 甲\n（一）乙")
	f.Add(uint8(2), "", "一、申请条件：甲 1.乙。 2.丙 目录\n第一章\n第一章")
	f.Add(uint8(3), "问", "答")
	f.Add(uint8(5), "标题", "标题 各单位： 一、甲。 （一）乙 第一条 丙 附件：1.丁\n附件2\n二、")
	f.Add(uint8(6), "目录", "|序号|项目|备注|\n|1|甲|已废止\n|二、乙|||\n|2|丙|\n丁")
	f.Add(uint8(2), "指南", "|申请材料|甲|咨询电话|乙\n||丙\n【办理地点】丁")
	f.Add(uint8(0), "决定", "一、将第一条修改为：\n“第一条 甲\n第二条 乙”\n附件一：丙\n第一条 丁")
	f.Fuzz(func(t *testing.T, k uint8, title, source string) {
		blocks := paragraphs(source)
		for i := range blocks {
			if text, ok := strings.CutPrefix(blocks[i].Text, "|"); ok {
				header := strings.HasSuffix(text, "|")
				blocks[i] = Block{Row: true, Header: header, Text: strings.ReplaceAll(text, "|", "\t")}
			}
		}
		text, passages := Assemble(Kinds()[int(k)%len(Kinds())], title, blocks)
		checkPartition(t, text, passages)
		var all strings.Builder
		for _, b := range blocks {
			all.WriteString(strings.ToValidUTF8(b.Text, "\uFFFD"))
		}
		got, body := solid(text), solid(all.String())
		if got != body && got != solid(title)+body {
			t.Fatalf("characters were lost: %q from %q and %q", got, title, body)
		}
		if solid(Readable(text, nil)) == "" && solid(text) != "" {
			t.Fatal("nothing to read")
		}
		r := Revision{Text: text, Passages: passages}
		for _, p := range passages {
			whole, ok := r.Article(p.Anchor)
			if !ok {
				continue
			}
			at := whole.Start
			for _, place := range Places(text, whole) {
				if place.Start < at || place.End > whole.End || place.End <= place.Start {
					t.Fatalf("%+v in %+v", place, whole)
				}
				at = place.Start
			}
		}
		again, same := Assemble(Kinds()[int(k)%len(Kinds())], title, blocks)
		if again != text || len(same) != len(passages) {
			t.Fatal("assembling again gives something else")
		}
		for _, p := range passages {
			if n := utf8.RuneCountInString(text[p.Start:p.End]); p.Role == BodyRole && n > maxPassage {
				t.Fatalf("%s has %d characters", p.Anchor, n)
			}
		}
		if first := FirstTitle(source); !strings.HasPrefix(strings.TrimSpace(source), first) {
			t.Fatalf("title %q is no prefix", first)
		}
	})
}
