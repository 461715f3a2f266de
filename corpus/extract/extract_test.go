package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/policybot/policybot/corpus"
)

// one reads a file that holds one document without problems.
func one(t *testing.T, name, data string, opts Options) corpus.Content {
	t.Helper()
	records, problems := Bytes(name, []byte(data), opts)
	if len(records) != 1 || len(problems) > 0 {
		t.Fatalf("%d records, problems %v", len(records), problems)
	}
	check(t, records)
	return records[0].Content
}

// check asserts what every record promises.
func check(t *testing.T, records []Record) {
	t.Helper()
	for _, r := range records {
		c := r.Content
		if !validID.MatchString(c.Document.ID) || c.Document.Title == "" || !c.Document.Kind.Valid() {
			t.Fatalf("%+v", c.Document)
		}
		if !utf8.ValidString(c.Text) || strings.IndexFunc(c.Text, invisible) >= 0 {
			t.Fatalf("text is not clean: %q", c.Text)
		}
		at := 0
		for _, p := range c.Passages {
			if p.Start != at || p.End <= at {
				t.Fatalf("%s: passages are no partition at %s", r.File, p.Anchor)
			}
			at = p.End
		}
		if at != len(c.Text) || at == 0 {
			t.Fatalf("%s: passages end at %d of %d", r.File, at, len(c.Text))
		}
	}
}

func anchors(c corpus.Content) string {
	var out []string
	for _, p := range c.Passages {
		out = append(out, p.Anchor)
	}
	return strings.Join(out, " ")
}

const frontExample = `---
id: tingche-banfa
title: 青岚市停车办法
kind: policy
number: 青政规〔2024〕9号
published: 2024-04-10
effective: 2024-05-01   # a comment
topics: [交通, 停车]
audience: 车主
repeals: [jiu-banfa]
related: [甲]
---
# 青岚市停车办法

第一条　**注意：**请先看牌。

（一）白天；
`

func TestMarkdown(t *testing.T) {
	t.Parallel()
	c := one(t, "docs/a.md", frontExample, Options{Region: "青岚市", Account: "default"})
	d := c.Document
	if d.ID != "tingche-banfa" || d.Kind != corpus.Policy || d.Number != "青政规〔2024〕9号" || d.Published != "2024-04-10" ||
		d.Effective != "2024-05-01" || !slices.Equal(d.Topics, []string{"交通", "停车"}) || !slices.Equal(d.Audience, []string{"车主"}) ||
		d.Region != "青岚市" || d.Account != "default" || d.Source != "docs/a.md" {
		t.Errorf("%+v", d)
	}
	want := []corpus.Relation{{Kind: corpus.Repeals, From: d.ID, To: "jiu-banfa", On: "2024-05-01"}, {Kind: corpus.Related, From: d.ID, To: recordID("甲"), On: "2024-05-01"}}
	if !reflect.DeepEqual(d.Declares, want) {
		t.Errorf("got %+v, want %+v", d.Declares, want)
	}
	if want := "青岚市停车办法\n第一条　注意：请先看牌。\n（一）白天；"; c.Text != want {
		t.Errorf("got %q, want %q", c.Text, want)
	}
}

func TestMarkdownBlocks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ source, want string }{
		"ordered list":   {"3. 甲\n4. 乙\n   1) 丙", "3.甲|4.乙|1)丙"},
		"bullets":        {"- 甲\n- 乙", "甲|乙"},
		"strong":         {"请**注意：**看**这里**。", "请注意：看这里。"},
		"wrapped":        {"这是一行\n被折断的话。\n一、新的一段\n二、又一段", "这是一行被折断的话。\n一、新的一段\n二、又一段"},
		"latin wrapped":  {"one\ntwo", "one two"},
		"link and image": {"见[办法](http://a.cn)和![图](b.png)<https://c.cn>", "见办法和图https://c.cn"},
		"table":          {"|项目|标准|\n|-|-|\n|工本费|20元|\n|照片||", "项目\t标准|工本费\t20元|照片\t"},
		"html":           {"<div>甲</div>\n\n<!-- 乙 -->\n\n<script>丙</script>", "甲"},
		"quote and code": {"> 甲\n\n`乙**丙**`\n\n    丁", "甲|乙**丙**|丁"},
		"entities":       {"甲&amp;乙\\*丙", "甲&乙*丙"},
		"heading":        {"## **一、**范围 ##", "一、范围"},
		"not a list":     {"1.甲\n\n2、乙", "1.甲|2、乙"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, b := range markdownBlocks([]byte(test.source)) {
				got = append(got, b.Label+b.Text)
			}
			if s := strings.Join(got, "|"); s != test.want {
				t.Errorf("got %q, want %q", s, test.want)
			}
		})
	}
}

func TestHTMLTables(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ page, want string }{
		"names and values": {"<table><tr><td>联系人</td><td>张三</td></tr><tr><td>科室</td><td>二楼</td></tr></table>", "联系人\t张三|科室\t二楼"},
		"two columns":      {"<table><tr><td>项目</td><td>收费标准（元）</td></tr><tr><td>工本费</td><td>20</td></tr></table>", "项目\t收费标准（元）#|工本费\t20"},
		"a guide":          {"<table><tr><th>申请材料</th><th>身份证</th></tr><tr><td>办理地点</td><td>二楼</td></tr></table>", "申请材料\t身份证|办理地点\t二楼"},
		"spans":            {"<table><caption>表1</caption><tr><th colspan=2>甲</th><th>乙</th></tr><tr><td rowspan=2 colspan=2>丙</td><td>丁</td></tr><tr><td>戊</td></tr></table>", "表1|甲\t\t乙#|丙\t\t丁|\t\t戊"},
		"layout":           {"<table><tr><td><table><tr><td>甲</td></tr></table></td></tr></table>", "甲"},
	} {
		blocks, err := fragmentBlocks(test.page)
		var got []string
		for _, b := range blocks {
			if b.Header {
				b.Text += "#"
			}
			got = append(got, b.Text)
		}
		if s := strings.Join(got, "|"); err != nil || s != test.want {
			t.Errorf("%s: got %q, want %q, %v", name, s, test.want, err)
		}
	}
}

func TestUnreadTextIsNamed(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]int{
		"# 办法\n\n|项目|标准|\n|-|-|\n|工本费|20元|多出的格子|": 1, "# 办法\n\n[甲]: 乙\n\n丙": 1,
		"# 办法\n\n见[附件](/文件/甲.pdf)<!-- 注释 -->": 0, "# 办法\n\n<script>注释</script>\n\n<div>甲</div>\n": 0,
	} {
		if records, problems := Bytes("a.md", []byte(data), Options{}); len(records) != 1 || len(problems) != want {
			t.Errorf("%q: %d records, %v", data, len(records), problems)
		}
	}
}

func TestPageInAForm(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("<p>本市从今天起开始受理新的停车申请，市民可以在网上提交全部材料，也可以到窗口办理。</p>", 12)
	c := one(t, "a.html", "<html><head><title>开始受理停车申请</title></head><body><form id=aspnetForm><input value=1><button>搜索</button>"+body+"</form></body></html>", Options{})
	if strings.Count(c.Text, "网上提交") != 12 || strings.Contains(c.Text, "搜索") {
		t.Errorf("%q", c.Text)
	}
}

func TestLawFile(t *testing.T) {
	t.Parallel()
	c := one(t, "青岚/青岚市停车条例(2024-03-05).md", "# 青岚市停车条例\n\n2024年3月1日 青岚市人民代表大会常务委员会第九次会议通过\n\n"+lawMark+
		"\n\n## 第一章  总  则\n\n第一条 为了停车。\n\n第二条 本条例自2024年5月1日起施行，有效期5年。《旧条例》自2010年1月1日起施行的同时废止。\n", Options{})
	d := c.Document
	if d.Kind != corpus.Policy || d.Published != "2024-03-05" || d.Effective != "2024-05-01" || d.Expires != "2029-04-30" || d.ID != "2024-03-05-"+hash("青岚/青岚市停车条例(2024-03-05)") {
		t.Errorf("%+v", d)
	}
	if got := anchors(c); got != "title top c1 a1 a2" {
		t.Errorf("got %s", got)
	}
}

func TestRecognise(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][4]string{
		"青岚市停车通知\n青交发〔2024〕3号\n一、收费\n按《办法》（青政〔2020〕1号）执行。\n二、本通知自2024年6月1日起执行，有效期至2026年5月31日。": {"青交发〔2024〕3号", "", "2024-06-01", "2026-05-31"},
		"青岚市停车规定\n第一条 甲\n第二条 本规定自二〇二四年十月十二日起施行。":                                               {"", "", "2024-10-12", ""},
		"青岚市停车规定\n（2024年1月2日发布）\n第一条 甲\n第二条 本规定自发布之日起施行。":                                      {"", "2024-01-02", "2024-01-02", ""},
		"青岚市停车规定\n2024年1月2日 通过\n2024年3月1日 施行\n第一条 甲\n第二条 决定自送达之日起生效。":                          {"", "", "2024-03-01", ""},
		"青岚市停车规定\n第一条 《旧规定》自2001年1月1日起施行。\n第二条 乙":                                              {"", "", "", ""},
	} {
		d := one(t, "a.txt", text, Options{}).Document
		if got := [4]string{d.Number, string(d.Published), string(d.Effective), string(d.Expires)}; got != want {
			t.Errorf("%.20q: got %q, want %q", text, got, want)
		}
	}
}

func TestCharsets(t *testing.T) {
	t.Parallel()
	text := "青岚市停车规定\n第一条 为了停车，制定本规定。\n第二条 收费。"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	be, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"utf-8": text, "bom": "\uFEFF" + text, "gb18030": gb, "utf-16le": le, "utf-16be without mark": be} {
		if got := one(t, "a.txt", data, Options{}).Text; got != text {
			t.Errorf("%s: got %q", name, got)
		}
	}
	page := "<html><head><meta charset=gbk><title>青岚市停车规定</title></head><body><p>第一条 为了停车。</p><p>第二条 收费。</p></body></html>"
	gb, err = simplifiedchinese.GBK.NewEncoder().String(page)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"gbk": gb, "wrong meta": page} {
		if got := one(t, "a.html", data, Options{}); anchors(got) != "title a1 a2" || got.Document.Title != "青岚市停车规定" {
			t.Errorf("%s: %s %q", name, anchors(got), got.Text)
		}
	}
	records, problems := Bytes("a.txt", []byte("青岚市停车规定\n第一条 坏\xff\xfe字\n"), Options{})
	if len(records) != 1 || len(problems) != 1 || problems[0].Skipped {
		t.Errorf("%v %v", records, problems)
	}
}

const pageExample = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>青岚市停车办法_青岚市人民政府</title></head><body>
<nav>首页 导航</nav>
<table><tr><td>索 引 号：</td><td>001</td><td>发文字号：</td><td>青政规〔2024〕9号</td></tr>
<tr><td>发布机构：</td><td>青岚市人民政府</td><td>成文日期：</td><td>2024年4月8日</td></tr></table>
<div id="zoom"><h1>青岚市停车办法</h1><p>　　第一条&nbsp;&nbsp;为了<b>停车</b>
，制定本办法。</p><p style="display: none">藏</p>
<p>第二条 收费如下：<br>（一）白天</p><script>x()</script>
<table><thead><tr><th>区域</th><th>价格</th></tr></thead><tr><td rowspan="2">湖滨区</td><td>5元</td></tr><tr><td>8元</td></tr></table>
<ol><li>带证</li><li>缴费</li></ol></div><footer>版权所有</footer></body></html>`

func TestHTML(t *testing.T) {
	t.Parallel()
	c := one(t, "a.html", pageExample, Options{})
	want := "青岚市停车办法\n第一条 为了停车，制定本办法。\n第二条 收费如下：\n（一）白天\n区域\t价格\t\n湖滨区\t5元\n\t8元\n1.带证\n2.缴费"
	if c.Text != want {
		t.Errorf("got %q, want %q", c.Text, want)
	}
	if d := c.Document; d.Number != "青政规〔2024〕9号" || d.Agency != "青岚市人民政府" || d.Written != "2024-04-08" || d.Published != "" || d.Title != "青岚市停车办法" || d.Kind != corpus.Policy {
		t.Errorf("%+v", d)
	}
}

func TestFindings(t *testing.T) {
	t.Parallel()
	places := func(c corpus.Content) string {
		var out []string
		for _, f := range c.Findings {
			out = append(out, fmt.Sprintf("%s=%s@%s/%s", f.Field, f.Value, f.Place, f.Sure))
		}
		return strings.Join(out, " ")
	}
	page := strings.Replace(pageExample, "</td></tr></table>", "</td><td>有效性：</td><td>已废止</td></tr></table>", 1)
	page = strings.Replace(page, "<head>", `<head><meta name="PubDate" content="2024-04-10 09:00">`, 1)
	page = strings.Replace(page, "（一）白天", "本办法自2024年5月1日起施行。", 1)
	read := func(name, data string) corpus.Content {
		t.Helper()
		records, _ := Bytes(name, []byte(data), Options{}) // what is doubtful may be told as a problem, too
		if len(records) != 1 {
			t.Fatalf("%s: %d records", name, len(records))
		}
		return records[0].Content
	}
	c := read("a.html", page)
	for _, want := range []string{"number=青政规〔2024〕9号@信息表“发文字号”/stated", "written=2024-04-08@信息表“成文日期”/stated", "published=2024-04-10@网页 meta PubDate/stated", "effective=2024-05-01@第二条/derived"} {
		if !strings.Contains(places(c), want) {
			t.Errorf("no %s in %s", want, places(c))
		}
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "已废止") {
		t.Errorf("%q", c.Warnings)
	}
	list := `<h1>青岚市人民政府关于废止部分文件的决定</h1><p>青政发〔2024〕8号</p><p>各单位：</p><p>现予公布。</p><table><tr>%s</tr><tr><td>1</td><td>关于停车的通知</td><td>青交〔2020〕1号</td><td>青岚市交通运输局</td></tr></table>`
	for _, head := range []string{"<th>序号</th><th>文件名称</th><th>文号</th><th>发文机关</th>", "<td>序号</td><td>文件名称</td><td>文号</td><td>备注</td>", "<td>序号</td><td>名称</td><td>发文机关</td><td>备注</td>"} {
		if d := read("c.html", fmt.Sprintf(list, head)).Document; d.Number != "青政发〔2024〕8号" || d.Agency != "青岚市人民政府" {
			t.Errorf("%s: %q %q", head, d.Number, d.Agency)
		}
	}
	c = read("b.md", "---\neffective: 2024-06-01\n---\n# 青岚市停车办法\n\n第一条 甲\n\n第二条 本办法自2024年5月1日起施行。\n")
	if c.Document.Effective != "2024-06-01" || len(c.Warnings) != 1 || !strings.Contains(places(c), "effective=2024-06-01@文件开头的“effective”/stated") {
		t.Errorf("%s %q", places(c), c.Warnings)
	}
	c = read("c.jsonl", `{"title":"关于停车的通知","number":"青交〔2024〕 01 号","written":"二〇二四年五月一日","text":"各单位：\n一、甲。"}`)
	if c.Document.Number != "青交〔2024〕1号" || c.Document.Written != "2024-05-01" || !strings.Contains(places(c), "written=2024-05-01@字段“written”/stated") {
		t.Errorf("%s", places(c))
	}
}

func TestHTMLWithoutContainer(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("<p>本市从今天起开始受理新的停车申请，市民可以在网上提交全部材料，也可以到窗口办理。</p>", 8)
	c := one(t, "a.html", `<html><head><title>开始受理停车申请 - 青岚市交通运输局</title></head><body><div class="menu"><a href=1>首页</a><a href=2>政务</a></div><div class="main">`+body+`</div></body></html>`, Options{})
	if c.Document.Title != "开始受理停车申请" || strings.Count(c.Text, "网上提交") != 8 || c.Document.Kind != corpus.Notice {
		t.Errorf("%q %+v", c.Text, c.Document)
	}
}

// A question that no policy answers needs no answer: whom to ask is what it says.
func TestReferral(t *testing.T) {
	t.Parallel()
	records, problems := Bytes("r.jsonl", []byte(strings.Join([]string{
		`{"id":"r-1","question":"种牙能报销吗","similar":["植牙报不报"],"refer":" 青岚市医疗\n保障局 "}`,
		`{"id":"r-2","question":"洗牙能报销吗","refer":"12345","answer":"洗牙不在报销的项目里。"}`,
		`{"id":"r-3","title":"停车通知","text":"一、收费\n按次。","refer":"青岚市交通运输局"}`,
		`{"id":"r-4","refer":"青岚市交通运输局"}`,
		`{"id":"r-5","kind":"guide","question":"停车证怎么办","text":"带身份证。","refer":"青岚市交通运输局"}`,
	}, "\n")), Options{})
	check(t, records)
	var got []string
	for _, r := range records {
		d := r.Content.Document
		got = append(got, fmt.Sprintf("%s %s %q %v %q", d.ID, d.Kind, d.Refer, d.Referral(), r.Content.Text))
	}
	want := []string{
		`r-1 faq "青岚市医疗 保障局" true "种牙能报销吗\n这件事没有找到公开的规定，请问青岚市医疗 保障局。"`,
		`r-2 faq "12345" true "洗牙能报销吗\n洗牙不在报销的项目里。"`,
		`r-3 notice "" false "停车通知\n一、收费\n按次。"`,
		`r-5 guide "" false "停车证怎么办\n带身份证。"`,
	}
	if !slices.Equal(got, want) || !strings.Contains(fmt.Sprint(problems), "没有 text") || strings.Count(fmt.Sprint(problems), "只有常见问题可以写“转问”") != 2 {
		t.Errorf("got\n%s\nproblems %v", strings.Join(got, "\n"), problems)
	}
}

func TestReferralSheet(t *testing.T) {
	t.Parallel()
	for sheet, want := range map[string]string{
		"问题,答案,相似问法,转问\n敬老卡丢了怎么办,先挂失。,卡掉了怎么补,\n种牙能报销吗,,植牙报不报,青岚市医疗保障局\n洗牙能报销吗,,,\n": "敬老卡丢了怎么办  种牙能报销吗 青岚市医疗保障局",
		"问题,相似问法,转问单位\n种牙能报销吗,植牙报不报,青岚市医疗保障局\n":                                     "种牙能报销吗 青岚市医疗保障局",
	} {
		records, problems := Bytes("r.csv", []byte(sheet), Options{})
		check(t, records)
		var got []string
		for _, r := range records {
			got = append(got, r.Content.Document.Question+" "+r.Content.Document.Refer)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("got %q, %v", got, problems)
		}
	}
}

func TestJSONL(t *testing.T) {
	t.Parallel()
	data := strings.Join([]string{
		`{"id":"a-1","title":"停车通知","text":"一、收费\n按次。\n二、时间","tags":["交通"],"effective":"2024/5/1","url":"https://a.cn/1","repeals":"a-0","asked":{"s1":["停一会儿收钱不","停一宿多少钱"],"a9":["没有这一段"]}}`,
		`{"question":"停车多少钱？","answer":"一小时5元。","similar":["停车贵吗，多少"],"negative":"停车证多少钱，多久"}`,
		``,
		`{"id":"坏 id","text":"青岚市投放储备蔬菜一千吨 昨天记者获悉，本市将投放蔬菜。"}`,
		`{"id":"a-1","text":"重复"}`,
		`{"id":"x","text":"甲","effective":"明年"}`,
		`{"id":"y","text":"甲","published":"去年","url":"javascript:1"}`,
		`[1]`, `{"id":`, `{"id":"z"}`, `{"answer":"甲"}`, `{"question":"甲"}`, `{"id":"w","text":"甲","kind":"法"}`, `{"id":"v","text":"甲"} {}`,
		`{"id":"html","title":"网页","text":"<p>甲</p><p>乙&nbsp;丙</p>"}`,
	}, "\n")
	records, problems := Bytes("f.jsonl", []byte(data), Options{})
	check(t, records)
	var ids []string
	for _, r := range records {
		ids = append(ids, fmt.Sprintf("%d:%s", r.Line, r.Content.Document.ID))
	}
	if got, want := strings.Join(ids, " "), "1:a-1 2:faq-"+hash("停车多少钱？")+" 4:"+recordID("坏 id")+" 7:y 15:html"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if d := records[0].Content.Document; d.Effective != "2024-05-01" || d.URL != "https://a.cn/1" || d.Topics[0] != "交通" || d.Declares[0].To != "a-0" {
		t.Errorf("%+v", d)
	}
	faq := records[1].Content
	if faq.Text != "停车多少钱？\n一小时5元。" || anchors(faq) != "title q1" || faq.Document.Question != "停车多少钱？" || faq.Document.Similar[0] != "停车贵吗，多少" ||
		!slices.Equal(faq.Document.Negative, []string{"停车证多少钱，多久"}) {
		t.Errorf("%+v", faq)
	}
	if a := records[0].Content.Document.Asked; fmt.Sprint(a) != "[{s1 [停一会儿收钱不 停一宿多少钱]}]" || !strings.Contains(fmt.Sprint(problems), "没有“a9”这一段") {
		t.Errorf("asked %v: %v", a, problems)
	}
	if c := records[2].Content; c.Document.Title != "青岚市投放储备蔬菜一千吨" || !strings.HasPrefix(c.Text, "青岚市投放储备蔬菜一千吨 昨天") {
		t.Errorf("%+v", c)
	}
	if records[4].Content.Text != "网页\n甲\n乙 丙" {
		t.Errorf("%q", records[4].Content.Text)
	}
	var lines []string
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%d:%v", p.Line, p.Skipped))
	}
	if got, want := strings.Join(lines, " "), "1:false 5:true 6:true 7:false 7:false 8:true 9:true 10:true 11:true 12:true 13:true 14:true"; got != want {
		t.Errorf("got %s, want %s\n%v", got, want, problems)
	}
}

func TestLongLine(t *testing.T) {
	t.Parallel()
	long := `{"id":"l","text":"` + strings.Repeat("甲", MaxLine/3) + `"}`
	for _, data := range []string{long + "\n{\"id\":\"b\",\"text\":\"乙\"}", "{\"id\":\"b\",\"text\":\"乙\"}\n" + long} {
		records, problems := Bytes("f.jsonl", []byte(data), Options{})
		if len(records) != 1 || records[0].Content.Document.ID != "b" || len(problems) != 1 || !problems[0].Skipped {
			t.Errorf("%d records, %v", len(records), problems)
		}
	}
}

func TestMap(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/guides-map.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMap(source)
	if err != nil {
		t.Fatal(err)
	}
	c := one(t, "g.jsonl", `{"TASK_CODE":"G1","TASK_NAME":"停车证办理","DEPT_NAME":"青岚市交通运输局","AREA_CODE_TEXT":"青岚市","URL":"http://a.cn/g1",`+
		`"accept_standard":"有车。<br>有证。","material_intro":["身份证","行驶证"],"handle_location":"办理地点：明湖路18号","consult_phone":"0000-1"}`, Options{Map: m})
	if want := "停车证办理\n受理条件\n有车。\n有证。\n申请材料\n身份证\n行驶证\n办理地点\n明湖路18号\n咨询电话\n0000-1"; c.Text != want {
		t.Errorf("got %q, want %q", c.Text, want)
	}
	if got := anchors(c); got != "title conditions materials place phone" || c.Document.Kind != corpus.Guide || c.Document.Agency != "青岚市交通运输局" {
		t.Errorf("%s %+v", got, c.Document)
	}
	for _, bad := range []string{"", "kind: x\nfields: {text: a}", "fields: {texts: a}", "feilds: {}", "fields: &a {text: b}", ":", `{"fields":{"id":"a"}}`} {
		if _, err := ParseMap([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestFrontMatterRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"not yaml": "---\na: [\n---\n# 甲\n乙", "alias": "---\na: &x [1]\nb: *x\n---\n# 甲\n乙",
		"endless": "---\n" + strings.Repeat("a: 1\n", MaxFrontMatter/4), "kind": "---\nkind: law\n---\n# 甲\n乙",
		"expiry": "---\nexpires: 很久\n---\n# 甲\n乙", "empty": "---\nid: a\n---\n", "nothing": "",
	} {
		records, problems := Bytes("a.md", []byte(data), Options{})
		if len(records) != 0 || len(problems) == 0 || !problems[len(problems)-1].Skipped {
			t.Errorf("%s: %v %v", name, records, problems)
		}
	}
	records, problems := Bytes("a.md", []byte("---\neffectve: 2024-01-01\n---\n# 甲\n乙"), Options{})
	if len(records) != 1 || len(problems) != 1 || problems[0].Skipped {
		t.Errorf("%v %v", records, problems)
	}
}

func TestWalk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "out.md")
	write := func(name, data string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o755), os.WriteFile(p, []byte(data), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write("b.md", "# 乙\n正文")
	write("a/c.txt", "丙\n正文")
	write("a/甲.md", "# 甲\n正文")
	write(".hidden/x.md", "# 藏\n正文")
	write(".y.md", "# 藏\n正文")
	write("z.exe", "x")
	write("faq.jsonl", `{"question":"问","answer":"答"}`)
	if err := os.WriteFile(outside, []byte("# 外\n正文"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Symlink(outside, filepath.Join(dir, "link.md")), os.Symlink("b.md", filepath.Join(dir, "same.md")), os.Symlink("a", filepath.Join(dir, "d.md"))); err != nil {
		t.Skip("no symbolic links here")
	}
	var got, wrong []string
	err := Walk(t.Context(), []string{dir, filepath.Join(dir, "b.md")}, Options{},
		func(r Record) error {
			got = append(got, r.Content.Document.Source+"="+r.Content.Document.ID)
			return nil
		},
		func(p Problem) error { wrong = append(wrong, filepath.Base(p.File)); return nil })
	want := []string{"a/c.txt=" + pathID("a/c.txt"), "a/甲.md=" + pathID("a/甲.md"), "b.md=b", "faq.jsonl=faq-" + hash("问"), "same.md=same"}
	if err != nil || !slices.Equal(got, want) || !slices.Equal(wrong, []string{"d.md", "link.md", "z.exe", "b.md"}) {
		t.Errorf("%v\ngot %q\nwant %q\nproblems %q", err, got, want, wrong)
	}
	stop := errors.New("stop")
	if err := Walk(t.Context(), []string{dir}, Options{}, func(Record) error { return stop }, func(Problem) error { return nil }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Walk(ctx, []string{dir}, Options{}, func(Record) error { return nil }, func(Problem) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := Walk(t.Context(), []string{filepath.Join(dir, "none")}, Options{}, nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestSafely(t *testing.T) {
	t.Parallel()
	if _, err := safely(func() (int, error) { panic("parser") }); err == nil {
		t.Error("a panic is no error")
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	if recordID("A.b_c-1") != "A.b_c-1" || recordID("..") == ".." || recordID("甲") == recordID("乙") || pathID("a/b.md") == pathID("a-b.md") {
		t.Error("IDs are not told apart")
	}
	if id := pathID(strings.Repeat("x", 300) + ".md"); !validID.MatchString(id) {
		t.Errorf("%s is no ID", id)
	}
}
