package clause

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

// read makes a content of a title and lines and reads its clauses.
func read(d corpus.Document, file string, lines ...string) corpus.Content {
	blocks := make([]corpus.Block, 0, len(lines))
	for _, l := range lines {
		blocks = append(blocks, corpus.Block{Text: l, Row: strings.Contains(l, "\t")})
	}
	if d.Kind == "" {
		d.Kind = KindOf(d.Title, strings.Contains(strings.Join(lines, "\n"), "第一条"))
	}
	c := corpus.Content{Document: d}
	c.Text, c.Passages = corpus.Assemble(d.Kind, d.Title, blocks)
	Read(&c, file)
	return c
}

func lines(s string) []string { return strings.Split(s, "\n") }

func TestEffect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		title, text, file       string
		effective, expires, why string // why is in a warning
	}{
		"plain":              {"青岚市停车办法", "第一条 甲\n第二条 本办法自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"chinese numerals":   {"青岚市停车办法", "第一条 甲\n第二条 本办法自二〇二四年十月二十一日起施行。", "", "2024-10-21", "", ""},
		"full width":         {"青岚市停车办法", "第一条 甲\n第二条 本办法自２０２４年 ５ 月１日起施行。", "", "2024-05-01", "", ""},
		"from":               {"青岚市停车规定", "第一条 甲\n第二条 本规定从2024年5月1日起实施，由市交通局解释。", "", "2024-05-01", "", ""},
		"explained first":    {"青岚市停车办法", "第一条 甲\n第二条 本办法由市交通局负责解释，自2024年5月1日起执行。", "", "2024-05-01", "", ""},
		"years":              {"青岚市停车办法", "第一条 甲\n第二条 本办法自2024年5月1日起施行，有效期五年。", "", "2024-05-01", "2029-04-30", ""},
		"trial":              {"青岚市停车办法（试行）", "第一条 甲\n第二条 本办法自2024年5月1日起施行，试行期两年。", "", "2024-05-01", "2026-04-30", ""},
		"years apart":        {"青岚市停车办法", "第一条 甲\n第二条 本办法有效期为3年。\n第三条 本办法自2024年5月1日起施行。", "", "2024-05-01", "2027-04-30", ""},
		"until":              {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自2024年5月1日起施行，有效期至2026年12月31日。", "", "2024-05-01", "2026-12-31", ""},
		"until, joined":      {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自2024年5月1日起施行至2026年12月31日。", "", "2024-05-01", "2026-12-31", ""},
		"span":               {"关于停车的通知", "各单位：\n一、甲。\n二、本通知有效期自2024年5月1日至2026年12月31日。", "", "2024-05-01", "2026-12-31", ""},
		"licence":            {"青岚市停车办法", "第一条 停车许可证有效期五年。\n第二条 本办法自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"issue day":          {"青岚市停车办法", "2024年4月2日 青岚市人民政府令第12号公布\n第一条 甲\n第二条 本办法自公布之日起施行。", "", "2024-04-02", "", ""},
		"thirty days":        {"青岚市停车办法", "2024年4月2日 青岚市人民政府令第12号公布\n第一条 甲\n第二条 本办法自公布之日起30日后施行。", "", "2024-05-02", "", ""},
		"full thirty days":   {"青岚市停车办法", "2024年4月2日 青岚市人民政府令第12号公布\n第一条 甲\n第二条 本办法自公布之日起满三十日施行。", "", "2024-05-02", "", ""},
		"signed":             {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自印发之日起施行，有效期2年。\n青岚市交通运输局\n2024年4月2日", "", "2024-04-02", "2026-04-01", ""},
		"no issue day":       {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自印发之日起施行。", "", "", "", "没有印发日期"},
		"term, no day":       {"关于停车的通知", "各单位：\n一、甲。\n二、本通知有效期两年。", "", "", "", "没有起算日期"},
		"header line":        {"青岚市停车条例", "2024年3月1日 青岚市第九届人民代表大会常务委员会第二次会议通过\n2024年7月1日 施行\n第一条 甲", "", "2024-07-01", "", ""},
		"header runs on":     {"青岚市停车条例", "2024年3月1日 青岚市第九届人民代表大会常务委员会第二次会议通过\n2024年7月1日 施行根据2025年1月8日青岚市第九届人民代表大会常务委员会第七次会议《关于修改〈青岚市公园条例〉等三件地方性法规的决定》修正\n第一条 甲", "", "2024-07-01", "", ""},
		"issued in effect":   {"青岚市停车条例修正案", "2024年3月1日 青岚市第九届人民代表大会第二次会议通过\n2024年3月4日 青岚市第九届人民代表大会第二次会议主席团公告第二号公布施行\n第一条 甲", "", "2024-03-04", "", ""},
		"a new standard":     {"关于调整2024年低保标准的通知", "各单位：\n一、每月900元。\n二、调整后的标准自2024年7月1日起执行。", "", "2024-07-01", "", ""},
		"another standard":   {"青岚市停车办法", "第一条 甲\n第二条 新标准自2024年7月1日起执行。", "", "", "", ""},
		"in a row":           {"关于停车的通知", "各单位：\n执行下列标准。\n区域\t标准\t说明\n湖滨\t5元\t自2024年5月1日起执行", "", "", "", ""},
		"amended":            {"青岚市停车条例", "2014年3月1日 青岚市第七届人民代表大会常务委员会第二次会议通过\n2020年6月1日 青岚市第八届人民代表大会常务委员会第九次会议《关于修改〈青岚市停车条例〉的决定》修正\n第一条 甲\n第二条 本条例自2014年7月1日起施行。", "", "2014-07-01", "", ""},
		"other document":     {"青岚市停车办法", "第一条 甲\n第二条 《青岚市公园条例》自2010年1月1日起施行。", "", "", "", ""},
		"one article":        {"青岚市停车办法", "第一条 甲\n第二条 本办法第五条自2025年1月1日起施行。\n第三条 本办法自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"except":             {"青岚市停车办法", "第一条 甲\n第二条 除第五条自2025年1月1日起施行外，本办法自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"only an article":    {"青岚市停车办法", "第一条 甲\n第二条 本办法第五条自2025年1月1日起施行。", "", "", "", ""},
		"quoted":             {"关于修改《青岚市停车办法》的决定", "一、将第九条修改为：“第九条 本办法自2010年1月1日起施行。”\n本决定自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"quoted over lines":  {"关于修改《青岚市停车办法》的决定", "一、增加两条：“第九条 甲。\n“第十条 本办法自2010年1月1日起施行，有效期五年。”\n二、本决定自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"order":              {"青岚市人民政府令第12号", "《青岚市停车办法》已经市政府同意，现予公布，自2024年5月1日起施行。", "", "2024-05-01", "", ""},
		"issued with":        {"关于印发《青岚市停车办法》的通知", "各单位：\n现将《青岚市停车办法》印发给你们。本通知自印发之日起执行。\n青岚市交通运输局\n2024年4月2日\n青岚市停车办法\n第一条 甲\n第二条 本办法自2024年6月1日起施行。", "", "2024-06-01", "", ""},
		"decision of others": {"青岚市停车办法", "第一条 处罚决定自2024年5月1日起生效。", "", "", "", ""},
		"file name":          {"青岚市停车条例", "2024年3月1日 青岚市第九届人民代表大会常务委员会第二次会议通过\n第一条 甲\n第二条 本条例自公布之日起施行。", "青岚市停车条例(2024-03-09).md", "2024-03-09", "", ""},
		"retroactive":        {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自2024年1月1日起施行。\n青岚市交通运输局\n2024年4月2日", "", "2024-01-01", "", "追溯"},
		"end before start":   {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自2024年5月1日起施行，有效期至2023年12月31日。", "", "2024-05-01", "2023-12-31", "早于施行日期"},
		"no such day":        {"关于停车的通知", "各单位：\n一、甲。\n二、本通知自2024年2月30日起施行。", "", "", "", "不是日历上的日子"},
		"draft":              {"青岚市停车办法（征求意见稿）", "第一条 甲\n第二条 本办法自2024年5月1日起施行。", "", "", "", ""},
		"interim":            {"青岚市停车暂行办法", "第一条 甲\n第二条 本办法自2024年5月1日起施行。", "", "2024-05-01", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := read(corpus.Document{Title: c.title}, c.file, lines(c.text)...)
			d := got.Document
			if string(d.Effective) != c.effective || string(d.Expires) != c.expires {
				t.Errorf("effective %q expires %q, want %q %q", d.Effective, d.Expires, c.effective, c.expires)
			}
			if all := strings.Join(got.Warnings, "\n"); c.why != "" && !strings.Contains(all, c.why) {
				t.Errorf("warnings %q, want %q", all, c.why)
			}
		})
	}
}

// said writes statements in short.
func said(c corpus.Content) string {
	var out []string
	for _, s := range c.Document.Statements {
		line := string(s.Kind) + " " + s.Title
		for _, more := range []string{s.Number, s.Agency, string(s.Edition), strings.Join(s.Articles, "+")} {
			if more != "" {
				line += " " + more
			}
		}
		if s.On.Known() {
			line += " on " + string(s.On)
		}
		if !s.Sure {
			line += "?"
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func TestStatements(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ title, text, want string }{
		"at the same time": {"青岚市停车办法", "第一条 甲\n第二条 本办法自2024年5月1日起施行。《青岚市车辆停放办法》（青政规〔2015〕3号）同时废止。",
			"repeals 青岚市车辆停放办法 青政规〔2015〕3号"},
		"in one sentence": {"青岚市停车办法", "第一条 甲\n第二条 本办法自2024年5月1日起施行，原市交通局2015年3月2日发布的《青岚市车辆停放办法》同时废止。",
			"repeals 青岚市车辆停放办法 青岚市交通局 2015-03-02"},
		"two": {"青岚市停车办法", "第一条 甲\n第二条 2010年7月30日青岚市第六届人民代表大会常务委员会第三次会议通过的《青岚市停车场条例》和《青岚市道路停车管理规定》同时废止。",
			"repeals 青岚市停车场条例 青岚市人民代表大会常务委员会 2010-07-30; repeals 青岚市道路停车管理规定"},
		"approved": {"青岚市停车条例", "第一条 甲\n第二条 2010年7月30日青岚市第六届人民代表大会常务委员会第三次会议通过、2010年9月29日云岭省第十一届人民代表大会常务委员会第九次会议批准的《青岚市停车场条例》同时废止。",
			"repeals 青岚市停车场条例 青岚市人民代表大会常务委员会 2010-09-29"},
		"only approved": {"青岚市停车条例", "第一条 甲\n第二条 2010年9月29日云岭省第十一届人大常委会第九次会议批准的《青岚市停车场条例》同时废止。",
			"repeals 青岚市停车场条例 2010-09-29"},
		"without 第": {"青岚市停车条例", "第一条 甲\n第二条 2010年7月30日市六届人大常委会第三次会议通过的《青岚市停车场条例》同时废止。",
			"repeals 青岚市停车场条例 青岚市人民代表大会常务委员会 2010-07-30"},
		"edition": {"青岚市停车条例", "第一条 甲\n第二条 2001年1月2日市人民政府发布、根据2008年3月4日《关于修改〈青岚市停车办法〉的决定》修正的《青岚市停车管理办法》同时废止。",
			"repeals 青岚市停车管理办法 2008-03-04"},
		"basis is not repealed": {"关于废止《青岚市停车办法》的决定", "根据《青岚市规章制定程序规定》，市政府决定废止《青岚市停车办法》（青政规〔2015〕3号）。\n本决定自2024年5月1日起施行。",
			"repeals 青岚市停车办法 青政规〔2015〕3号"},
		"article stopped": {"关于停车的通知", "各单位：\n一、自2024年3月1日起，《青岚市停车管理办法》第十二条停止执行。",
			"repeals 青岚市停车管理办法 a12 on 2024-03-01"},
		"article, day before": {"关于停止执行《青岚市停车管理办法》第十二条的决定", "市政府决定，自2024年3月1日起停止执行《青岚市停车管理办法》（青岚市人民政府令第5号）第十二条。",
			"repeals 青岚市停车管理办法 青岚市人民政府令第5号 a12 on 2024-03-01"},
		"rows with empty cells": {"青岚市人民政府关于废止一批文件的决定", "市政府决定对下列文件予以废止（见附件）。\n附件1\n废止的文件目录\n序号\t文件名称\t文号\t备注\n1\t青岚市人民政府办公室关于印发青岚市停车收费管理暂行办法的通知\t青政办发〔2013〕22号\t",
			"repeals 青岚市人民政府办公室关于印发青岚市停车收费管理暂行办法的通知 青政办发〔2013〕22号"},
		"articles": {"青岚市停车办法", "第一条 甲\n第二条 废止《青岚市市容管理办法》第五条至第七条、第十二条之一。",
			"repeals 青岚市市容管理办法 a5+a6+a7+a12-1"},
		"paragraph": {"青岚市停车办法", "第一条 甲\n第二条 《青岚市市容管理办法》第五条第二款同时废止。",
			"repeals 青岚市市容管理办法 a5?"},
		"not a repeal":      {"青岚市停车办法", "第一条 甲\n第二条 《青岚市市容管理办法》与本办法不一致的，以本办法为准。", ""},
		"by this one":       {"青岚市停车办法", "第一条 甲\n第二条 与《青岚市市容管理办法》规定不一致的，按本办法执行。", ""},
		"still in force":    {"关于停车的通知", "各单位：\n一、《青岚市市容管理办法》未废止，继续有效。", ""},
		"planned":           {"关于停车的通知", "各单位：\n一、市政府拟废止《青岚市市容管理办法》。", ""},
		"before the repeal": {"关于停车的通知", "各单位：\n一、《青岚市市容管理办法》废止前已经受理的，继续办理。", ""},
		"once":              {"关于停车的通知", "各单位：\n一、《青岚市市容管理办法》曾于2001年废止。", ""},
		"draft":             {"青岚市停车办法（征求意见稿）", "第一条 甲\n第二条 《青岚市市容管理办法》同时废止。", ""},
		"licence":           {"青岚市停车办法", "第一条 甲\n第二条 《停车许可证》同时废止。", ""},
		"list": {"关于停车的通知", "各单位：\n一、同时废止以下文件：\n1.《青岚市停车管理办法》（青政规〔2015〕3号）\n2.《关于停车收费的通知》（青价〔2016〕8号）\n二、请遵照执行。",
			"repeals 青岚市停车管理办法 青政规〔2015〕3号; repeals 关于停车收费的通知 青价〔2016〕8号"},
		"clean-up": {"关于废止和修改部分规范性文件的决定", "市政府决定：\n一、废止以下2件文件（见附件1）：\n二、修改下列文件（见附件2）\n本决定自2024年5月1日起施行。\n附件1 废止的规范性文件目录\n1\t关于停车收费有关问题的通知\t青价〔2016〕8号\n2\t青岚市车辆停放暂行办法\t青政规〔2015〕3号\n附件2 修改的规范性文件目录\n1.《青岚市市容管理办法》（青政规〔2018〕1号）\n附件3 继续有效的文件目录\n1.《青岚市公园条例实施细则》（青政规〔2019〕1号）",
			"repeals 关于停车收费有关问题的通知 青价〔2016〕8号; repeals 青岚市车辆停放暂行办法 青政规〔2015〕3号; amends 青岚市市容管理办法 青政规〔2018〕1号"},
		"numbered by decision": {"青岚市人民政府关于废止部分规章的决定", "市政府决定废止下列规章：\n一、《青岚市停车办法》（2001年3月4日青岚市人民政府令第5号公布）\n二、《青岚市市容管理规定》（2003年5月6日青岚市人民政府令第9号公布）\n本决定自公布之日起施行。",
			"repeals 青岚市停车办法 青岚市人民政府令第5号 2001-03-04; repeals 青岚市市容管理规定 青岚市人民政府令第9号 2003-05-06"},
		"numbered by day": {"国务院关于修改和废止部分行政法规的决定", "国务院决定：\n一、对1部行政法规予以废止。（附件2）\n附件2：国务院决定废止的行政法规\n一、犬只出口检验条例（1989年6月3日国务院发布，2013年7月18日修正）",
			"repeals 犬只出口检验条例"},
		"headings": {"关于公布规范性文件清理结果的通知", "各单位：\n现将清理结果公布如下：\n一、废止的规范性文件（1件）\n1.关于加强停车管理的通知（青政发〔2001〕5号）\n二、宣布失效的规范性文件（1件）\n1.青岚市停车收费暂行办法（青政发〔2002〕6号）\n三、继续有效的规范性文件（1件）\n1.青岚市公园管理办法（青政发〔2003〕7号）",
			"repeals 关于加强停车管理的通知 青政发〔2001〕5号; repeals 青岚市停车收费暂行办法 青政发〔2002〕6号"},
		"result in a column": {"关于公布规范性文件清理结果的通知", "各单位：\n序号\t文件名称\t文号\t处理结果\n1\t关于加强停车管理的通知\t青政发〔2001〕5号\t废止\n2\t青岚市公园管理办法\t青政发〔2003〕7号\t继续有效\n3\t青岚市市容管理办法\t青政发〔2004〕8号\t修改",
			"repeals 关于加强停车管理的通知 青政发〔2001〕5号; amends 青岚市市容管理办法 青政发〔2004〕8号"},
		"kept in an appendix": {"中华人民共和国停车法", "第一条 甲\n附件一\n下列规定，自本法施行之日起予以废止：\n1．关于惩治乱停车的补充规定\n附件二\n下列规定予以保留，其中有关处罚的规定继续有效：\n1．关于禁止占道的决定",
			"repeals 关于惩治乱停车的补充规定"},
		"several amended": {"关于修改《青岚市停车条例》等二件地方性法规的决定", "市人大常委会决定：\n一、对《青岚市停车条例》作出修改\n（一）将第三条修改为：“第三条 乙。”\n二、对《青岚市公园条例》作出修改\n（一）删去第七条。\n本决定自公布之日起施行。",
			"amends 青岚市停车条例 a3; amends 青岚市公园条例 a7"},
		"amended and repealed": {"关于废止和修改部分规章的决定", "市政府决定：\n一、废止《青岚市停车办法》。\n二、将《青岚市公园办法》第七条修改为：“第七条 乙。”",
			"repeals 青岚市停车办法; amends 青岚市公园办法 a7"},
		"amends": {"关于修改《青岚市停车条例》的决定", "市人大常委会决定对《青岚市停车条例》作如下修改：\n一、将第三条修改为：“第三条 乙。”\n二、删去第五条、第六条第二款。\n三、增加一条，作为第八条：“第八条 丙。”\n四、第九条改为第十条，修改为：“第十条 丁。”\n本决定自2024年5月1日起施行。",
			"amends 青岚市停车条例 a3+a5+a6+a9"},
		"bill":        {"中华人民共和国停车法修正案（二）", "一、将停车法第二十条修改为：“第二十条 乙。”", "amends 中华人民共和国停车法 a20"},
		"replaces":    {"青岚市停车办法", "第一条 甲\n第二条 本办法代替《青岚市车辆停放暂行办法》（青政规〔2015〕3号）。", "supersedes 青岚市车辆停放暂行办法 青政规〔2015〕3号"},
		"carries out": {"青岚市停车办法", "第一条 为了管理停车，根据《中华人民共和国道路交通安全法》和《停车条例》，结合本市实际，制定本办法。", "implements 中华人民共和国道路交通安全法; implements 停车条例"},
		"title":       {"青岚市实施《中华人民共和国停车法》办法", "第一条 甲", "implements 中华人民共和国停车法"},
		"forwards":    {"青岚市人民政府办公室转发市交通局关于停车工作意见的通知", "各单位：\n现将市交通局《关于进一步加强停车工作的意见》（青交〔2024〕1号）转发给你们，请遵照执行。", "forwards 关于进一步加强停车工作的意见 青交〔2024〕1号"},
		"interprets":  {"《青岚市停车办法》政策解读", "近日，市政府印发《青岚市停车办法》（青政规〔2024〕9号，以下简称《办法》）。《旧停车管理办法》同时废止。", "interprets 青岚市停车办法 青政规〔2024〕9号"},
		"clarifies":   {"关于《青岚市停车办法》有关问题的说明", "各单位：\n一、甲。", "clarifies 青岚市停车办法"},
		"short name":  {"青岚市停车办法", "第一条 甲\n第二条 《办法》同时废止。", ""},
		"of itself":   {"青岚市停车办法", "第一条 甲\n第二条 《青岚市停车办法》（青政规〔2015〕3号）同时废止。", "repeals 青岚市停车办法 青政规〔2015〕3号"},
		"number only": {"关于停车的通知", "各单位：\n一、青交〔2015〕3号文件同时废止。", "repeals  青交〔2015〕3号"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := corpus.Document{Title: c.title, Region: "青岚市"}
			if got := said(read(d, "", lines(c.text)...)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestGuidesAndAnswers(t *testing.T) {
	t.Parallel()
	g := read(corpus.Document{Title: "停车证办理", Kind: corpus.Guide}, "", "设定依据", "《青岚市停车办法》（青政规〔2024〕9号）第三条、《办法》", "申请材料", "《停车申请表》")
	if got := said(g); got != "interprets 青岚市停车办法 青政规〔2024〕9号 a3; interprets 办法?" {
		t.Error(got)
	}
	f := read(corpus.Document{Title: "停车多少钱？", Question: "停车多少钱？", Kind: corpus.FAQ}, "", "根据《青岚市停车收费管理办法》第五条，每小时5元。")
	if got := said(f); got != "interprets 青岚市停车收费管理办法 a5" {
		t.Error(got)
	}
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	c := read(corpus.Document{Title: "青岚市民政局 青岚市财政局关于调整2024年度城乡居民最低生活保障标准的通知"}, "",
		"青民发［2024］ 3 号", "各区民政局、财政局，各街道办事处：", "一、自2024年7月1日起，每月900元。", "二、本通知自2024年7月1日起执行。", "青岚市民政局", "青岚市财政局", "二〇二四年五月一日", "青岚市民政局办公室 2024年5月6日印发")
	d := c.Document
	got := fmt.Sprint(d.Agency, "|", d.Number, "|", d.Written, "|", d.Published, "|", d.Effective, "|", strings.Join(d.Addressees, ";"), "|", d.Standard, "|", d.StandardYear, "|", d.Region, "|", d.Kind)
	if want := "青岚市民政局、青岚市财政局|青民发〔2024〕3号|2024-05-01|2024-05-06|2024-07-01|各区民政局、财政局;各街道办事处|最低生活保障标准|2024|青岚市|notice"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, field := range []string{"agency", "number", "written", "published", "effective", "addressees", "standard", "region"} {
		if !slices.ContainsFunc(c.Findings, func(f corpus.Finding) bool { return f.Field == field && f.Place != "" && f.Value != "" }) {
			t.Errorf("no finding for %s: %+v", field, c.Findings)
		}
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, agency, written string }{
		{"青岚市民政局　　青岚市财政局\n2024年6月18日", "青岚市民政局、青岚市财政局", "2024-06-18"},
		{"青岚市民政局青岚市财政局2024年6月18日", "青岚市民政局、青岚市财政局", "2024-06-18"},
		{"青岚市民政局 2024年6月18日", "青岚市民政局", "2024-06-18"},
		{"青 岚 市 民 政 局\n二〇二四年六月十八日", "青岚市民政局", "2024-06-18"},
		{"咨询请联系民政局，截止2024年6月18日", "", ""},
	} {
		d := read(corpus.Document{Title: "关于停车的通知"}, "", append([]string{"各单位：", "请遵照执行。"}, lines(c.text)...)...).Document
		if d.Agency != c.agency || string(d.Written) != c.written {
			t.Errorf("%q: %q %s", c.text, d.Agency, d.Written)
		}
	}
}

func TestFrontTable(t *testing.T) {
	t.Parallel()
	d := read(corpus.Document{Title: "关于停车的通知"}, "", "索 引 号\t001\t发文字号\t青交〔2024〕1号", "发布机构\t青岚市交通运输局\t成文日期\t2024年4月2日", "主题分类：交通、停车", "各单位：", "一、本通知自2024年5月1日起施行。").Document
	if d.Number != "青交〔2024〕1号" || d.Agency != "青岚市交通运输局" || d.Written != "2024-04-02" || len(d.Topics) != 2 {
		t.Errorf("%+v", d)
	}
	d = read(corpus.Document{Title: "关于停车的通知"}, "", "[发文机构] 青岚市交通运输局 [实施日期] 2024-05-01 [发文字号] 青交〔2024〕1号 [废止日期] ---- 各单位： 请遵照执行。").Document
	if d.Number != "青交〔2024〕1号" || d.Agency != "青岚市交通运输局" || d.Effective != "2024-05-01" || d.Expires != "" {
		t.Errorf("%+v", d)
	}
}

// A ministry's order is numbered by the year: 交通运输部令2022年第30号.
func TestOrderOfAYear(t *testing.T) {
	t.Parallel()
	d := read(corpus.Document{Title: "停车管理规定"}, "", "2022年9月26日 交通运输部令2022年第30号公布", "第一条 甲", "第二条 本规定自2022年11月1日起施行。").Document
	if d.Agency != "交通运输部" || d.Number != "交通运输部令2022年第30号" || d.Level != corpus.MinistryRule {
		t.Errorf("%+v", d)
	}
}

// What stands in the rows of a list is of what is listed.
func TestRowsSayNothing(t *testing.T) {
	t.Parallel()
	rows := []string{"收费项目\t标准\t发文机关\t文号\t依据", "停车费\t5元\t青岚市发展和改革委员会\t青价〔2024〕1号\t《青岚市停车办法》", "工本费\t2元\t2024年5月1日\t有效期至2026年12月31日\t青价〔2023〕7号"}
	for _, kind := range []corpus.Kind{corpus.Catalogue, corpus.Notice, corpus.Policy} {
		d := read(corpus.Document{Kind: kind, Title: "收费目录"}, "", rows...).Document
		if d.Number != "" || d.Agency != "" || d.Written != "" || d.Effective != "" || d.Expires != "" {
			t.Errorf("%s: %+v", kind, d)
		}
	}
	d := read(corpus.Document{Title: "青岚市交通运输局关于停车的通告"}, "", "2024年第2号", "现通告如下：", "一、甲。").Document
	if d.Number != "青岚市交通运输局通告2024年第2号" {
		t.Errorf("a number without its agency: %+v", d)
	}
	d = read(corpus.Document{Title: "关于停车的通知"}, "", "青交〔2024〕1号\t签发人：张三", "各单位：", "请遵照执行。").Document
	if d.Number != "青交〔2024〕1号" {
		t.Errorf("a letterhead: %+v", d)
	}
}

func TestStatedWins(t *testing.T) {
	t.Parallel()
	c := read(corpus.Document{Title: "青岚市停车办法", Effective: "2024-06-01"}, "", "第一条 甲", "第二条 本办法自2024年5月1日起施行。")
	if c.Document.Effective != "2024-06-01" || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "以元数据的2024年6月1日为准") {
		t.Errorf("%s %q", c.Document.Effective, c.Warnings)
	}
}

func TestStatedNumberWins(t *testing.T) {
	t.Parallel()
	c := read(corpus.Document{Title: "关于停车的通知", Number: "青交〔2024〕2号"}, "", "青交〔2024〕1号", "各单位：", "一、甲。")
	if c.Document.Number != "青交〔2024〕2号" || len(c.Warnings) != 1 {
		t.Errorf("%s %q", c.Document.Number, c.Warnings)
	}
}

// TestTime reads texts that are made to be slow.
func TestTime(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"days":   strings.Repeat("2024年1月2日\n", 20_000),
		"names":  "现将" + strings.Repeat("《甲办法》、", 20_000) + "同时废止。",
		"quotes": strings.Repeat("“", 100_000) + "》" + strings.Repeat("《", 100_000),
		"lists":  "废止下列文件：\n" + strings.Repeat("1.《关于停车的通知》（青交〔2024〕1号）\n", 10_000),
		"edits":  strings.Repeat("将《甲停车办法》第三条修改为乙。", 10_000),
		"years":  strings.Repeat("本办法有效期", 20_000) + strings.Repeat("五年，", 20_000),
	} {
		start := time.Now()
		c := read(corpus.Document{Title: "关于修改《停车办法》的决定", Kind: corpus.Policy}, "", lines(text)...)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: %v for %d bytes", name, took, len(c.Text))
		} else {
			t.Logf("%s: %v for %d bytes", name, took, len(c.Text))
		}
	}
}

// TestManyStatements says where a list is longer than what is read of it.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{maxStatements / 2: false, 20_000: true} {
		rows := []string{"现将下列文件予以废止：", "序号\t文件名称\t文号"}
		for i := range n {
			rows = append(rows, fmt.Sprintf("%d\t关于第%d类停车的通知\t青交〔2010〕%d号", i+1, i+1, i+1))
		}
		c := read(corpus.Document{Title: "关于废止一批文件的决定", Kind: corpus.Policy}, "", rows...)
		said := strings.Contains(strings.Join(c.Warnings, "\n"), "1000 条的上限")
		if got := len(c.Document.Statements); got != min(n, maxStatements) || said != want {
			t.Errorf("%d statements of %d rows, said %t", got, n, said)
		}
	}
}

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"青政规〔2024〕3号": "青政规〔2024〕3号", "青政规[2024] 第 003 号": "青政规〔2024〕3号", "青政规（2024）3号": "青政规〔2024〕3号",
		"按照青政规【2024】3号": "青政规〔2024〕3号", "的通知青政规〔2024〕3号": "青政规〔2024〕3号", "工信明电﹝2020﹞7号": "工信明电〔2020〕7号",
		"中华人民共和国国务院令第743号": "国务院令第743号", "青岚市人民政府令（第十二号）": "青岚市人民政府令第12号",
		"财政部 税务总局公告2020年第8号": "财政部税务总局公告2020年第8号", "2020年第10号": "2020年第10号",
		"甲部令第10号、乙部令第1号": "甲部令第10号、乙部令第1号", "青岚路3号": "", "": "", "3号线": "",
	} {
		if got := ParseNumber(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]corpus.Date{
		"2024-05-01": "2024-05-01", "2024/5/1": "2024-05-01", "20240501": "2024-05-01", "2024年5月1日": "2024-05-01", "二〇二四年五月一日": "2024-05-01",
		"二○二四年十二月三十一日": "2024-12-31", "２０２４年５月１日": "2024-05-01", "2024-05-01 10:30": "2024-05-01", "2024.5.1": "2024-05-01",
		"2024-02-30": "", "长期": "", "": "", "2024年5月": "",
	} {
		if got, _ := ParseDay(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestKind(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]corpus.Kind{
		"青岚市停车办法（征求意见稿）": corpus.Consultation, "关于公开征求《青岚市停车办法》意见的公告": corpus.Consultation, "青岚市停车条例（草案）": corpus.Consultation,
		"青岚市停车办法（送审稿）": corpus.Consultation, "《青岚市停车办法（征求意见稿）》意见采纳情况的公告": corpus.Notice, "关于国民经济计划草案的决议": corpus.Policy,
		"四部门联合下发意见": corpus.Notice, "青岚市出台十条停车措施": corpus.Notice, "青岚市关于推出停车服务的若干措施": corpus.Policy, "青岚市预警信息发布办法": corpus.Policy,
		"青岚市停车办法": corpus.Policy, "关于停车的通知": corpus.Notice, "关于印发停车办法的通知": corpus.Policy, "《停车办法》解读": corpus.Interpretation, "停车证办理指南": corpus.Guide,
	} {
		if got := KindOf(title, false); got != want {
			t.Errorf("%s: got %s, want %s", title, got, want)
		}
	}
}

func TestLevel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    corpus.Document
		want corpus.Level
	}{
		{corpus.Document{Title: "中华人民共和国停车法"}, corpus.Law},
		{corpus.Document{Title: "停车条例", Number: "国务院令第1号"}, corpus.AdminRegulation},
		{corpus.Document{Title: "停车条例", Agency: "青岚市人民代表大会常务委员会"}, corpus.LocalRegulation},
		{corpus.Document{Title: "停车办法", Number: "青岚市人民政府令第1号"}, corpus.LocalRule},
		{corpus.Document{Title: "停车办法", Number: "公安部令第1号"}, corpus.MinistryRule},
		{corpus.Document{Title: "停车办法", Number: "交通运输部令2022年第30号"}, corpus.MinistryRule},
		{corpus.Document{Title: "最高人民法院关于停车的解释", Agency: "最高人民法院"}, corpus.JudicialRule},
		{corpus.Document{Title: "停车办法", Number: "青政规〔2024〕1号"}, corpus.Normative},
		{corpus.Document{Title: "停车办法"}, ""},
	} {
		if got := read(c.d, "", "第一条 甲").Document.Level; got != c.want {
			t.Errorf("%+v: got %q, want %q", c.d, got, c.want)
		}
	}
}

func TestApplications(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"一、报名时间：2024年6月1日至6月30日。":                    "报名 2024-06-01 2024-06-30",
		"一、报名时间为6月1日至7月15日。":                         "报名 2024-06-01 2024-07-15",
		"一、申领时间：即日起至6月30日。":                          "申领  2024-06-30",
		"一、申报截止时间为2024年9月30日。":                       "申报  2024-09-30",
		"一、缴费期为12月1日至2月28日。":                         "缴费 2024-12-01 2025-02-28",
		"一、2024年6月1日至6月30日期间发生的费用可以申报。":              "",
		"一、展览时间：2024年6月1日至6月30日。":                    "",
		"换领时间为2024年6月1日至2030年6月30日，每周一闭馆。":           "换领 2024-06-01 2030-06-30",
		"每年报名时间为6月1日至6月30日。":                         "",
		"一、报名时间为每年6月1日至6月30日。\n二、错过的，于8月5日至8月7日补报名。": "",
		"一、报名时间为每年6月1日至6月30日。\n二、2024年8月5日至8月7日补报名。": "报名 2024-08-05 2024-08-07",
		"补贴自2024年6月1日至2030年6月30日发放给申请人。":             "",
	} {
		var got []string
		for _, a := range read(corpus.Document{Title: "关于停车证的通告", Published: "2024-05-01"}, "", text).Document.Applications {
			got = append(got, fmt.Sprintf("%s %s %s", a.What, a.From, a.Until))
		}
		if s := strings.Join(got, ";"); s != want {
			t.Errorf("%s: got %q, want %q", text, s, want)
		}
	}
}

func TestSeries(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"关于调整2024年度最低生活保障标准的通知":        "最低生活保障标准 2024",
		"青岚市民政局关于公布2023年城乡低保标准的公告":     "最低生活保障标准 2023",
		"青岚市关于调整最低工资标准的通知":             "最低工资标准 0",
		"关于公布2024年度社会保险缴费基数上下限的通知":     "社会保险缴费基数上下限 2024",
		"关于做好2023年度全市社会保险缴费基数上下限工作的通知": "社会保险缴费基数上下限 2023",
		"关于发放2024年高温津贴的通知":             " 0",
		"青岚市最低生活保障办法":                  " 0",
	} {
		d := read(corpus.Document{Title: title}, "", "一、甲。").Document
		if title == "青岚市关于调整最低工资标准的通知" {
			if d.Standard != "" {
				t.Errorf("%s: %q without a year", title, d.Standard)
			}
			continue
		}
		if got := fmt.Sprintf("%s %d", d.Standard, d.StandardYear); got != want {
			t.Errorf("%s: got %q, want %q", title, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("关于修改《青岚市停车条例》的决定", "一、将第三条修改为：“第三条 乙。”\n本决定自2024年5月1日起施行，有效期五年。\n《甲办法》（青政〔2015〕3号）同时废止。", "a(2024-01-02).md")
	f.Add("青岚市停车办法", "2024年1月2日 青岚市人民政府令第1号公布\n根据《停车法》，制定本办法。\n报名时间：6月1日至7月1日\n1\t关于停车的通知\t青交〔2024〕1号", "")
	f.Fuzz(func(t *testing.T, title, text, file string) {
		if !strings.Contains(title, "") || len(text) > 20_000 {
			return
		}
		for _, kind := range []corpus.Kind{"", corpus.Guide, corpus.FAQ, corpus.Interpretation} {
			c := read(corpus.Document{Title: strings.ToValidUTF8(title, "?"), Kind: kind}, file, lines(strings.ToValidUTF8(text, "?"))...)
			anchors := map[string]bool{}
			for _, p := range c.Passages {
				anchors[p.Anchor] = true
			}
			for _, s := range c.Document.Statements {
				if s.Title == "" && s.Number == "" || !anchors[s.Anchor] {
					t.Errorf("%+v", s)
				}
			}
		}
	})
}
