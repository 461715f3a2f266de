package web_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/web"
	"github.com/policybot/policybot/web/citizen"
	"github.com/policybot/policybot/web/page"
)

// shelf is a store in memory.
type shelf map[string]entry

type entry struct {
	document corpus.Document
	revision corpus.Revision
	err      error
}

func (s shelf) Live(_ context.Context, id string) (corpus.Document, corpus.Revision, error) {
	e, ok := s[id]
	if !ok {
		return corpus.Document{}, corpus.Revision{}, corpus.ErrNotFound
	}
	return e.document, e.revision, e.err
}

func (s shelf) List(_ context.Context, account string, skip, limit int) ([]corpus.Document, error) {
	var all []corpus.Document
	for _, e := range s {
		if e.document.VisibleTo(account) {
			all = append(all, e.document)
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].Published != all[j].Published {
			return all[i].Published > all[j].Published
		}
		return all[i].ID < all[j].ID
	})
	all = all[min(skip, len(all)):]
	return all[:min(limit, len(all))], nil
}

func (s shelf) Select(ctx context.Context, account string, sel corpus.Selection, skip, limit int) ([]corpus.Document, error) {
	all, _ := s.List(ctx, account, 0, 1_000_000)
	all = slices.DeleteFunc(all, func(d corpus.Document) bool {
		by := slices.Contains(d.Groups(), sel.Topic)
		if sel.Topic == "" {
			by = slices.ContainsFunc(d.Issuers(), func(a string) bool { return slices.Contains(sel.Agencies, a) })
		}
		return !by || len(sel.Kinds) > 0 && !slices.Contains(sel.Kinds, d.Kind)
	})
	all = all[min(skip, len(all)):]
	return all[:min(limit, len(all))], nil
}

func (s shelf) Topics(ctx context.Context, account string) ([]corpus.Topic, error) {
	all, _ := s.List(ctx, account, 0, 1_000_000)
	by := map[string]*corpus.Topic{}
	for _, d := range all {
		for _, name := range d.Groups() {
			if by[name] == nil {
				by[name] = &corpus.Topic{Name: name, Kinds: map[corpus.Kind]int{}}
			}
			by[name].Documents++
			by[name].Kinds[d.Kind]++
		}
	}
	var topics []corpus.Topic
	for _, name := range slices.Sorted(maps.Keys(by)) {
		topics = append(topics, *by[name])
	}
	return topics, nil
}

func (s shelf) CountAddresses(ctx context.Context, account string) (int, error) {
	all, err := s.Addresses(ctx, account, 0, 1_000_000)
	return len(all), err
}

func (s shelf) Addresses(ctx context.Context, account string, skip, limit int) ([]corpus.Address, error) {
	documents, _ := s.List(ctx, account, 0, 1_000_000)
	var all []corpus.Address
	for _, d := range documents {
		if !d.Sample {
			all = append(all, corpus.Address{Document: d.ID, Changed: "2026-11-01"})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Document < all[j].Document })
	all = all[min(skip, len(all)):]
	return all[:min(limit, len(all))], nil
}

// Asked says that the documents named were asked about by some.
func (s shelf) Asked(context.Context, string) ([]corpus.Asked, error) {
	var all []corpus.Asked
	for _, id := range []string{"stranger", "jinglaoka-banfa", "jinglaoka-zhinan", "gone"} {
		all = append(all, corpus.Asked{Document: id, Persons: 9, Topics: []string{"养老"}})
	}
	return all, nil
}

// originals are files by document.
type originals map[string]corpus.Original

func (o originals) Attached(_ context.Context, document string, _ int) (corpus.Attached, error) {
	f, ok := o[document]
	if !ok {
		return corpus.Attached{}, corpus.ErrNotFound
	}
	sum := sha256.Sum256(f.Data)
	return corpus.Attached{Name: f.Name, MediaType: f.MediaType, Sum: hex.EncodeToString(sum[:]), Size: int64(len(f.Data))}, nil
}

func (o originals) Bytes(_ context.Context, a corpus.Attached) io.ReadSeeker {
	for _, f := range o {
		if f.Name == a.Name {
			return bytes.NewReader(f.Data)
		}
	}
	return bytes.NewReader(nil)
}

func files() originals {
	return originals{
		"jinglaoka-banfa":  {Name: "青岚市敬老卡管理办法.html", MediaType: "text/html", Data: []byte("<script>alert(1)</script><p>敬老卡</p>")},
		"jinglaoka-zhinan": {Name: "guide.md", MediaType: "text/markdown", Data: []byte(strings.Repeat("# 敬老卡办事指南\n", 200))},
		"stranger":         {Name: "stranger.md", MediaType: "text/markdown", Data: []byte("别的账号")},
	}
}

type directory []corpus.Agency

func (d directory) Agencies(context.Context, string) ([]corpus.Agency, error) { return d, nil }

func offices() directory {
	weekdays := corpus.Hours{Note: "法定节假日休息"}
	for day := time.Monday; day <= time.Friday; day++ {
		weekdays.Week[day] = []corpus.Span{{From: 540, To: 720}, {From: 810, To: 1020}}
	}
	return directory{
		{ID: "minzheng", Name: "青岚市民政局", Aliases: []string{"民政局"}, Region: "青岚市", Matters: []string{"敬老卡", "低保", "婚姻登记"},
			Address: "青岚市文昌路18号", Hours: weekdays, Phone: "0000-6612306、0000-6612307转2", Website: "https://minzheng.qinglan.example", Checked: "2026-10-01", Sample: true},
		{ID: "chengguan", Name: "青岚市城市管理局", Region: "青岚市", Checked: "2025-01-01", Phone: "12319"},
		{ID: "stranger", Name: "别家的单位", Account: "other", Region: "青岚市"},
		{ID: "yiliao", Name: "松陵县医疗保障局", Region: "松陵县", Website: "javascript:alert(1)", Matters: []string{"<b>医保</b>"}},
	}
}

// piece is a passage and its text.
type piece struct {
	anchor string
	role   corpus.Role
	label  string
	text   string
}

func (s shelf) put(d corpus.Document, pieces ...piece) {
	var text strings.Builder
	r := corpus.Revision{Document: d.ID, Number: 1, Status: corpus.Published}
	for _, p := range pieces {
		start := text.Len()
		text.WriteString(p.text + "\n")
		r.Passages = append(r.Passages, corpus.Passage{Anchor: p.anchor, Role: p.role, Label: p.label, Start: start, End: text.Len()})
	}
	r.Text = text.String()
	s[d.ID] = entry{document: d, revision: r}
}

func article(n int, label, text string) piece {
	return piece{fmt.Sprintf("a%d", n), corpus.BodyRole, label, label + "　" + text}
}

var today = time.Date(2026, 11, 23, 10, 0, 0, 0, corpus.Zone)

func library() shelf {
	s := shelf{}
	elderly := []piece{
		{"title", corpus.TitleRole, "", "青岚市敬老卡管理办法"},
		{"c1", corpus.HeadingRole, "第一章", "第一章　总则"},
		article(1, "第一条", "为了方便老年人出行和生活，规范敬老卡的申领、使用和管理，根据有关规定，结合本市实际，制定本办法。"),
		article(2, "第二条", "本市行政区域内敬老卡的申领、发放、使用和管理，适用本办法。"),
		article(3, "第三条", "市民政局负责敬老卡的统筹管理。市交通运输局负责公共交通优待的落实。"),
		{"c2", corpus.HeadingRole, "第二章", "第二章　申领"},
		article(4, "第四条", "年满六十周岁、具有本市户籍或者持有本市居住证的老年人，可以申领敬老卡。申领不收取任何费用。"),
		article(5, "第五条", "申领敬老卡，应当提供下列材料：\n（一）居民身份证；\n（二）非本市户籍的，提供本市居住证；\n（三）近期免冠照片一张，已有电子照片的可以免交。"),
		article(6, "第六条", "老年人可以到户籍地或者居住地的社区服务站申领，也可以通过“青岚政务”小程序申领。本人不便办理的，可以委托近亲属持双方身份证件代为申领。"),
		article(7, "第七条", "社区服务站应当当场核对材料；材料齐全的，五个工作日内发卡，也可以邮寄到家。"),
		{"c3", corpus.HeadingRole, "第三章", "第三章　使用"},
		article(8, "第八条", "持卡人免费乘坐市内公共汽车，乘坐轨道交通享受五折优惠。"),
		article(9, "第九条", "敬老卡仅限本人使用，不得转借。转借他人使用的，暂停优待三个月。"),
	}
	explained := corpus.Relation{Kind: corpus.Interprets, From: "jinglaoka-jiedu", To: "jinglaoka-banfa", Title: "《青岚市敬老卡管理办法》解读"}
	s.put(corpus.Document{
		ID: "jinglaoka-banfa", Topics: []string{"养老"}, Kind: corpus.Policy, Title: "青岚市敬老卡管理办法", Number: "青政规〔2024〕3号", Agency: "青岚市民政局",
		Region: "青岚市", Sample: true, Published: "2024-04-10", Effective: "2024-05-01",
		Declares: []corpus.Relation{{Kind: corpus.Repeals, From: "jinglaoka-banfa", To: "jinglaoka-2018", On: "2024-05-01", Title: "青岚市老年人优待证管理办法"}},
		Receives: []corpus.Relation{explained, {Kind: corpus.Related, From: "jinglaoka-zhinan", Title: "敬老卡申领办事指南"}},
	}, elderly...)
	s.put(corpus.Document{
		ID: "jinglaoka-2018", Topics: []string{"养老"}, Kind: corpus.Policy, Title: "青岚市老年人优待证管理办法", Number: "青政规〔2018〕11号", Agency: "青岚市人民政府办公室",
		Sample: true, Published: "2018-08-20", Effective: "2018-10-01",
		Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "jinglaoka-banfa", On: "2024-05-01", Title: "青岚市敬老卡管理办法"}},
	}, elderly[0], article(1, "第一条", "为了弘扬敬老风尚，规范老年人优待证的发放和使用，制定本办法。"), article(2, "第二条", "年满六十五周岁的本市户籍老年人，可以申领优待证。"), article(3, "第三条", "优待证由县（区）民政部门发放，工本费十元。"))
	s.put(corpus.Document{
		ID: "jinglaoka-jiedu", Topics: []string{"养老"}, Kind: corpus.Interpretation, Title: "《青岚市敬老卡管理办法》解读", Agency: "青岚市民政局", Sample: true,
		Published: "2024-04-12", Effective: "2024-05-01",
		Declares: []corpus.Relation{{Kind: corpus.Interprets, From: "jinglaoka-jiedu", To: "jinglaoka-banfa", Title: "青岚市敬老卡管理办法"}},
	}, piece{"title", corpus.TitleRole, "", "《青岚市敬老卡管理办法》解读"},
		piece{"s1", corpus.BodyRole, "一、", "一、子女能不能替老人办\n能。《办法》第六条规定，本人不便办理的，近亲属带上双方身份证件就可以代办。"},
		piece{"s2", corpus.BodyRole, "二、", "二、坐车怎么优惠\n公交免费，地铁五折。《办法》第八条写明，刷卡时自动计算，不用另外申请。"},
		piece{"s3", corpus.BodyRole, "三、", "三、不是本地户口能不能办\n有居住证就能办，和本地户籍的老人一样，不收钱。"})
	s.put(corpus.Document{
		ID: "jinglaoka-zhinan", Topics: []string{"养老"}, Kind: corpus.Guide, Title: "敬老卡申领办事指南", Agency: "青岚市民政局", Sample: true, Published: "2024-05-06", Effective: "2024-05-06",
		Declares: []corpus.Relation{{Kind: corpus.Related, From: "jinglaoka-zhinan", To: "jinglaoka-banfa", Title: "青岚市敬老卡管理办法"}},
	}, piece{"title", corpus.TitleRole, "", "敬老卡申领办事指南"},
		piece{"name", corpus.BodyRole, "事项名称", "事项名称\n敬老卡（俗称老人卡、老年卡）申领、补领"},
		piece{"conditions", corpus.BodyRole, "受理条件", "受理条件\n年满60周岁，有本市户籍或者本市居住证。"},
		piece{"materials", corpus.BodyRole, "申请材料", "申请材料\n1. 居民身份证；\n2. 非本市户籍的，带居住证；\n3. 代办的，另带代办人身份证和能证明近亲属关系的户口簿或者结婚证、出生医学证明。"},
		piece{"fee", corpus.BodyRole, "收费标准", "收费标准\n首次申领免费，补卡收工本费12元。"},
		piece{"place", corpus.BodyRole, "办理地点", "办理地点\n任意一个社区服务站；青岚市民政局办事大厅（湖滨区明湖路18号）。"},
		piece{"hours", corpus.BodyRole, "办公时间", "办公时间\n周一至周五9:00—12:00，13:30—17:00。"},
		piece{"phone", corpus.BodyRole, "咨询电话", "咨询电话\n0000-6612306（青岚市民政局），也可以打12345。"})
	s.put(corpus.Document{
		ID: "faq-jinglaoka", Topics: []string{"养老"}, Kind: corpus.FAQ, Title: "老人卡可以让家里人代办吗？", Agency: "青岚市民政局", Sample: true, Published: "2024-05-10",
		Question: "老人卡可以让家里人代办吗？", Similar: []string{"子女能帮爸妈办敬老卡吗", "老人走不动怎么办老年卡"},
	}, piece{"q1", corpus.BodyRole, "", "可以。本人不便办理的，近亲属带上双方身份证件，到任意一个社区服务站就能代办。依据《青岚市敬老卡管理办法》第六条。"})
	s.put(corpus.Document{
		ID: "zuche-guiding", Topics: []string{"交通出行/停车"}, Kind: corpus.Policy, Title: "青岚市公共停车泊位共享规定", Number: "青政规〔2026〕9号", Agency: "青岚市城市管理局", Published: "2026-10-08", Effective: "2026-12-01",
		Declares: []corpus.Relation{{Kind: corpus.Supersedes, To: "tingche-2020", On: "2026-12-01", Title: "青岚市停车泊位管理暂行规定"}},
	}, article(1, "第一条", "为了盘活停车资源，制定本规定。"))
	s.put(corpus.Document{
		ID: "tingche-2020", Topics: []string{"交通出行/停车"}, Kind: corpus.Policy, Title: "青岚市停车泊位管理暂行规定", Number: "青政规〔2020〕2号", Agency: "青岚市城市管理局", Published: "2020-02-01", Effective: "2020-03-01",
		Receives: []corpus.Relation{{Kind: corpus.Supersedes, From: "zuche-guiding", On: "2026-12-01", Title: "青岚市公共停车泊位共享规定"}},
	}, article(1, "第一条", "为了规范停车，制定本规定。"))
	s.put(corpus.Document{
		ID: "butie-2021", Kind: corpus.Notice, Title: "关于发放一次性留岗补贴的通知", Number: "青人社发〔2021〕5号", Agency: "青岚市人力资源和社会保障局",
		Published: "2021-01-10", Effective: "2021-01-10", Expires: "2022-12-31",
	}, piece{"s1", corpus.BodyRole, "一、", "一、补贴对象\n春节期间留岗的职工。"})
	s.put(corpus.Document{
		ID: "laji-banfa", Topics: []string{"城市管理"}, Kind: corpus.Policy, Title: "青岚市生活垃圾分类办法", Agency: "青岚市城市管理局", Published: "2022-01-01", Effective: "2022-02-01",
		Receives: []corpus.Relation{{Kind: corpus.Amends, From: "laji-xiugai", On: "2025-01-01", Title: "关于修改《青岚市生活垃圾分类办法》的决定"}},
	}, article(1, "第一条", "为了推行分类，制定本办法。"))
	s.put(corpus.Document{
		ID: "stranger", Account: "other", Kind: corpus.Policy, Title: "别的账号的办法", Agency: "青岚市民政局", Topics: []string{"养老", "机密"}, Published: "2026-01-01",
	}, article(1, "第一条", "只给那个账号看。"))
	s.put(corpus.Document{
		ID: "hostile", Topics: []string{`<b>题</b>`}, Kind: corpus.Policy, Title: `<script>alert("题")</script>`, Number: `"><img src=x onerror=alert(1)>`, Agency: "<b>局</b>", URL: "javascript:alert(1)",
		Receives: []corpus.Relation{{Kind: corpus.Interprets, From: `x"onclick="alert(1)`, Title: "<i>解读</i>"}},
	}, piece{`a1"><script>`, corpus.BodyRole, "第一条", "第一条　<script>alert(1)</script> <a href=\"javascript:alert(1)\">点</a>"})
	return s
}

func answer(_ context.Context, q bot.Question) bot.Reply {
	switch strings.TrimSpace(q.Text) {
	case "1":
		return bot.Reply{Status: bot.Answered, Text: "要带三样：\n1. 居民身份证；\n2. 非本市户籍的，带居住证；\n3. 代办的，另带代办人身份证。\n办理地点、时间和电话：<a href=\"/d/jinglaoka-zhinan\">查看办事指南</a>"}
	case "社保卡":
		return bot.Reply{Status: bot.Choose, Text: "您想问的是哪一个？回复数字就行：\n1 补办社保卡\n2 社保卡挂失\n0 都不是",
			Choices: []bot.Choice{{Label: "补办社保卡"}, {Label: "社保卡挂失"}}}
	case "坏":
		return bot.Reply{Status: bot.Failed, Text: "刚才没查成，请稍后再发一次，或打12345。"}
	case "boom":
		panic("text of a citizen")
	case "<b>":
		return bot.Reply{Status: bot.Answered, Text: `<script>alert(1)</script><a href="javascript:alert(1)">点我</a><img src=x onerror=alert(1)>`}
	}
	return bot.Reply{Status: bot.Answered,
		Text:    "可以，由近亲属代办。\n\n原文摘录：\n“本人不便办理的，可以委托近亲属持双方身份证件代为申领。”\n依据《青岚市敬老卡管理办法》（青政规〔2024〕3号）第六条，2024年5月1日起施行，● 现行有效。\n<a href=\"/d/jinglaoka-banfa/a6\">查看原文</a>\n\n还可以问，回复数字：\n1 要带什么材料\n2 在哪里办",
		Choices: []bot.Choice{{Label: "要带什么材料", Ask: "敬老卡要带什么材料"}, {Label: "在哪里办", Ask: "敬老卡在哪里办"}}}
}

// releases are corrections by document.
type releases map[string][]corpus.Release

func (r releases) Releases(_ context.Context, id string) ([]corpus.Release, error) { return r[id], nil }

type setup struct {
	log    *slog.Logger
	ready  func() error
	answer func(context.Context, bot.Question) bot.Reply
	shelf  shelf
	base   string
	sample bool

	judge    func(ctx context.Context, person, document string, useful bool) error
	releases releases
	searcher citizen.Searcher
	footer   page.Footer
	// agencies are offices() unless given.
	agencies directory
}

func open(t *testing.T, s setup) http.Handler {
	t.Helper()
	pages, err := page.New("")
	if err != nil {
		t.Fatal(err)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.answer == nil {
		s.answer = answer
	}
	if s.shelf == nil {
		s.shelf = library()
	}
	if s.searcher == nil {
		s.searcher = searching(t, s.shelf)
	}
	if s.agencies == nil {
		s.agencies = offices()
	}
	if s.base == "" {
		s.base = "https://policy.example"
	}
	site := citizen.New(citizen.Config{
		Account:   "default",
		Documents: s.shelf, Answer: s.answer, Pages: pages, Now: func() time.Time { return today },
		BaseURL: s.base, Name: "青岚市政策问答",
		Examples:  []string{"老人卡在哪里办？", "灵活就业能交公积金吗", "装电梯有补贴吗"},
		Sample:    func(context.Context) bool { return s.sample },
		Searcher:  s.searcher,
		Addresses: s.shelf, Originals: files(), Asked: s.shelf, Agencies: s.agencies, Footer: s.footer,
		Judge: s.judge, Releases: s.releases,
	})
	h, err := web.New(web.Config{Citizen: site, Pages: pages, Log: s.log, Ready: s.ready, BaseURL: s.base})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
