package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// finds says what the index finds today, on any day, and within a document
// (its first passage).
func (w *town) finds(today, ever index.Hit, confidence float64) *town {
	w.found = func(q index.Query) index.Result {
		r := index.Result{Confidence: confidence, Engine: "local"}
		switch {
		case q.Within != "":
			h := w.hit(q.Within, w.revs[q.Within].Passages[0].Anchor, 8)
			h.Parts.Window3 = .8
			r.Hits = []index.Hit{h}
		case q.Day == "":
			r.Hits = []index.Hit{ever, today}
		default:
			r.Hits = []index.Hit{today}
		}
		return r
	}
	return w
}

// heating is a rule in force, with what came before it, what may come after it
// and what says the same of a single year.
func heating() *town {
	w := &town{region: "青岚市"}
	by := func(kind corpus.RelationKind, on corpus.Date, anchors ...string) corpus.Relation {
		return corpus.Relation{Kind: kind, From: "now", Title: "青岚市供热管理办法", Number: "青政规〔2024〕9号", On: on,
			Place: "a30", Label: "第三十条", Anchors: anchors, Begins: on}
	}
	w.add(corpus.Document{ID: "now", Kind: corpus.Policy, Title: "青岚市供热管理办法", Number: "青政规〔2024〕9号", Effective: "2024-10-01"},
		[3]string{"a7", "第七条", "第七条　供热期间居民室内温度不低于20摄氏度。"},
		[3]string{"a8", "第八条", "第八条　用户申请停热的，应当在供热开始30日前提出。\n停热的用户缴纳基本热费，按照热费的百分之二十计算。\n未经申请自行停热的，热费全额缴纳。"})
	w.add(corpus.Document{ID: "old", Kind: corpus.Policy, Title: "青岚市城市供热暂行规定", Number: "青政发〔2012〕5号", Effective: "2012-10-01",
		Receives: []corpus.Relation{by(corpus.Repeals, "2024-10-01")}},
		[3]string{"a5", "第五条", "第五条　供热期间居民室内温度不低于18摄氏度。"})
	w.add(corpus.Document{ID: "fees", Kind: corpus.Policy, Title: "青岚市热费收缴办法", Effective: "2019-10-01",
		Receives: []corpus.Relation{by(corpus.Repeals, "2024-10-01", "a4")}},
		[3]string{"a3", "第三条", "第三条　热费按照供热面积计算。"},
		[3]string{"a4", "第四条", "第四条　停热的用户缴纳百分之五十的基本热费。"})
	w.add(corpus.Document{ID: "draft", Kind: corpus.Consultation, Title: "青岚市供热条例（征求意见稿）", Published: "2026-04-01",
		Declares:     []corpus.Relation{{Kind: corpus.Related, From: "draft", To: "now", Title: "青岚市供热管理办法"}},
		Applications: []corpus.Application{{What: "征求意见", From: "2026-04-01", Until: "2026-05-20"}}},
		[3]string{"a9", "第九条", "第九条　供热期间居民室内温度不低于22摄氏度。"})
	w.add(corpus.Document{ID: "next", Kind: corpus.Policy, Title: "青岚市供热应急办法", Effective: "2026-11-01", Declares: []corpus.Relation{{Kind: corpus.Supersedes, From: "next", To: "now", Title: "青岚市供热管理办法"}}},
		[3]string{"a2", "第二条", "第二条　停供超过24小时的，退还当日热费。"})
	price := func(id, year string, y int, d corpus.Document, text string) {
		d.ID, d.Kind, d.Title, d.Standard, d.StandardYear = id, corpus.Notice, "青岚市关于公布"+year+"年度热价的通知", "热价", y
		w.add(d, [3]string{"s1", "一、", text})
	}
	price("price24", "2024", 2024, corpus.Document{Effective: "2024-10-01", Receives: []corpus.Relation{
		{Kind: corpus.Supersedes, From: "price25", Title: "青岚市关于公布2025年度热价的通知", On: "2025-10-01", Begins: "2025-10-01"}}}, "一、居民热价每平方米21元。")
	price("price25", "2025", 2025, corpus.Document{Effective: "2025-10-01"}, "一、居民热价每平方米23元。")
	return w
}

func TestWhatDoesNotHoldIsNotTheAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked       string
		today, ever [2]string
		status      Status
		has, hasNot []string
		first       string // document of the first source
	}{
		"repealed by an article": {"暖气要多少度，以前的规定", [2]string{"now", "a7"}, [2]string{"old", "a5"}, Answered,
			[]string{"请注意：《青岚市城市供热暂行规定》（青政发〔2012〕5号）已于2024年10月1日废止（见《青岚市供热管理办法》（青政规〔2024〕9号）第三十条），现在按《青岚市供热管理办法》执行。\n\n现行规定", "不低于20摄氏度"},
			[]string{"18摄氏度"}, "now"},
		"asked for by name": {"青岚市城市供热暂行规定里暖气要多少度", [2]string{"now", "a7"}, [2]string{"old", "a5"}, Answered,
			[]string{"已于2024年10月1日废止", "不低于20摄氏度", "旧规定原文（现在不再执行）：\n“供热期间居民室内温度不低于18摄氏度。”\n第五条 · <a href="}, nil, "now"},
		"asked for by number": {"青政发〔2012〕5号规定暖气多少度", [2]string{"now", "a7"}, [2]string{"old", "a5"}, Answered,
			[]string{"已于2024年10月1日废止", "不低于20摄氏度", "旧规定原文", "18摄氏度"}, nil, "now"},
		"one article of it": {"热费收缴办法停热交多少，还有效吗", [2]string{"now", "a8"}, [2]string{"fees", "a4"}, Answered,
			[]string{"请注意：《青岚市热费收缴办法》第四条已于2024年10月1日停止执行（见《青岚市供热管理办法》（青政规〔2024〕9号）第三十条），现在按《青岚市供热管理办法》执行。"}, []string{"百分之五十"}, "now"},
		"its other articles": {"热费按什么算，还有效吗", [2]string{"fees", "a3"}, [2]string{"fees", "a3"}, Answered, []string{"热费按照供热面积计算", "第三条"}, []string{"停止执行"}, "fees"},
		"a draft": {"供热条例征求意见稿里暖气要多少度", [2]string{"now", "a7"}, [2]string{"draft", "a9"}, Answered,
			[]string{"《青岚市供热条例（征求意见稿）》尚在征求意见，未出台，不能作为办事的依据。意见可以提到2026年5月20日。\n<a href=\"https://policy.example.gov.cn/d/draft/a9\">查看征求意见稿</a>\n\n现行规定", "20摄氏度"}, []string{"22摄氏度"}, "now"},
		"a draft that is found first": {"暖气要多少度", [2]string{"draft", "a9"}, [2]string{"draft", "a9"}, Answered,
			[]string{"尚在征求意见，未出台", "20摄氏度"}, []string{"22摄氏度"}, "now"},
		"not yet in force": {"青岚市供热应急办法停供了退钱吗", [2]string{"now", "a7"}, [2]string{"next", "a2"}, Answered,
			[]string{"从2026年11月1日起施行，现在还没有生效，今天仍按《青岚市供热管理办法》执行。", "20摄氏度", "到时的规定（现在还没有施行）：\n“停供超过24小时的，退还当日热费。”"}, nil, "now"},
		"the standard of a year": {"2024年热价多少", [2]string{"price25", "s1"}, [2]string{"price24", "s1"}, Answered,
			[]string{"这是2024年的标准，现在不再执行：\n", "21元", "\n\n现在执行的标准：\n", "23元"}, nil, "price24"},
		"last year's standard": {"前年热价多少", [2]string{"price25", "s1"}, [2]string{"price24", "s1"}, Answered, []string{"这是2024年的标准", "23元"}, nil, "price24"},
		"the newest standard":  {"2025年热价多少", [2]string{"price25", "s1"}, [2]string{"price24", "s1"}, Answered, []string{"23元"}, []string{"21元", "不再执行"}, "price25"},
		"no such year":         {"2019年热价多少", [2]string{"price25", "s1"}, [2]string{"price25", "s1"}, Answered, []string{"没有找到2019年的标准，下面是现在执行的。", "23元"}, nil, "price25"},
		"whether one holds":    {"2024年热价还有效吗", [2]string{"price25", "s1"}, [2]string{"price24", "s1"}, Answered, []string{"是2024年的标准，已经不再执行，现在按《青岚市关于公布2025年度热价的通知》执行", "23元"}, []string{"21元"}, "price25"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := heating()
			now, ever := w.hit(c.today[0], c.today[1], 7), w.hit(c.ever[0], c.ever[1], 9)
			now.Parts.Window3, ever.Parts.Window3 = .8, .9
			r := w.finds(now, ever, .9).typed(t, c.asked)
			checkText(t, r, c.status, c.has, c.hasNot...)
			if len(r.Sources) == 0 || r.Sources[0].Ref.Document != c.first {
				t.Errorf("sources %v, first should be %s", r.Sources, c.first)
			}
			for i, s := range r.Sources {
				if i > 0 && s.Ref.Document == r.Sources[0].Ref.Document {
					t.Errorf("%s is a source twice", s.Ref.Document)
				}
			}
		})
	}
}

func TestRowsOfACatalogue(t *testing.T) {
	t.Parallel()
	w := &town{}
	w.add(corpus.Document{ID: "fees", Kind: corpus.Catalogue, Title: "青岚市收费目录", Effective: "2024-01-01"},
		[3]string{"r1", "", "证件工本费\t每证20元\t公安部门"}, [3]string{"r2", "", "临时占道费\t每天3元\t城管部门"})
	columns := []string{"项目", "标准", "收取单位"}
	row := func(anchor string, from, until corpus.Date) index.Hit {
		h := w.hit("fees", anchor, 9)
		h.Columns, h.Row, h.From, h.Until, h.Direct = columns, columns, from, until, h.Passage
		return h
	}
	w.always(.9, row("r1", "", ""))
	r := w.typed(t, "工本费多少钱")
	checkText(t, r, Answered, []string{"“项目：证件工本费；标准：每证20元；收取单位：公安部门”"}, "\t")
	if strings.Contains(r.Sources[0].Snippet+r.Sources[0].Passage, "\t") {
		t.Errorf("a tab in %+v", r.Sources[0])
	}
	w.always(.9, row("r2", "", "2025-01-01"))
	checkText(t, w.typed(t, "占道费多少钱"), Refused, []string{"《青岚市收费目录》中的这一项已于2025年1月1日失效。"}, "3元")
	w.always(.9, row("r2", "2027-01-01", ""))
	checkText(t, w.typed(t, "占道费多少钱"), Refused, []string{"中的这一项从2027年1月1日起执行，现在还没有生效"}, "3元")
}

func TestApplicationWindows(t *testing.T) {
	t.Parallel()
	open := corpus.Application{What: "报名", From: "2026-04-01", Until: "2026-06-30", Anchor: "s1"}
	closed := corpus.Application{What: "补报名", From: "2026-01-01", Until: "2026-02-28", Anchor: "s2"}
	later := corpus.Application{What: "换领", From: "2026-12-01", Anchor: "s3"}
	for name, c := range map[string]struct {
		asked, anchor string
		all           []corpus.Application
		has, hasNot   []string
	}{
		"open":             {"技能补贴怎么申请", "s1", []corpus.Application{open}, []string{"报名现在正在受理，到2026年6月30日止。\n\n"}, nil},
		"closed":           {"技能补贴怎么申请", "s1", []corpus.Application{closed}, []string{"补报名已于2026年2月28日截止。"}, nil},
		"not yet":          {"技能补贴怎么申请", "s1", []corpus.Application{later}, []string{"换领还没有开始，从2026年12月1日开始。"}, nil},
		"of the passage":   {"技能补贴怎么申请", "s2", []corpus.Application{open, closed, later}, []string{"补报名已于"}, []string{"正在受理", "换领"}},
		"asked for":        {"技能补贴换领怎么弄", "s2", []corpus.Application{open, closed, later}, []string{"换领还没有开始"}, []string{"补报名已于"}},
		"all, but not too": {"技能补贴什么时候截止", "s9", []corpus.Application{open, closed, later}, []string{"报名现在正在受理", "补报名已于"}, []string{"换领"}},
		"of another part":  {"技能补贴给谁", "s9", []corpus.Application{open, closed}, nil, []string{"受理，", "截止"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &town{}
			w.add(corpus.Document{ID: "n", Kind: corpus.Notice, Title: "关于技能补贴的通知", Effective: "2026-01-01", Applications: c.all},
				[3]string{"s1", "一、", "一、报名从4月1日到6月30日。"}, [3]string{"s2", "二、", "二、补报名在年初办理完毕。"},
				[3]string{"s3", "三、", "三、换领另行安排。"}, [3]string{"s9", "九、", "九、补贴发给取得证书的职工。"})
			w.always(.9, w.hit("n", c.anchor, 9))
			checkText(t, w.typed(t, c.asked), Answered, c.has, c.hasNot...)
		})
	}
}

func TestWhatRestsOnAFallenPolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind        corpus.Kind
		policy      string
		status      Status
		has, hasNot []string
	}{
		"guide, with a successor": {corpus.Guide, "old", Answered, []string{"请注意：《停热办理说明》依据的《青岚市城市供热暂行规定》从2024年10月1日起不再执行。现在按《青岚市供热管理办法》执行。\n\n现行规定", "20摄氏度"}, []string{"带旧表格"}},
		"FAQ, with none":          {corpus.FAQ, "gone", Answered, []string{"请注意：这条常见问题依据的《青岚市停热规定》从2020年1月1日起不再执行。内容可能已经变了，办理前请先打12345问清楚。\n\n", "带旧表格"}, nil},
		"interpretation":          {corpus.Interpretation, "old", Answered, []string{"请注意：这份解读依据的《青岚市城市供热暂行规定》从2024年10月1日起不再执行。现在按《青岚市供热管理办法》执行。", "20摄氏度"}, []string{"带旧表格"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := heating()
			w.add(corpus.Document{ID: "gone", Kind: corpus.Policy, Title: "青岚市停热规定", Effective: "2010-01-01", Expires: "2019-12-31"}, [3]string{"a1", "第一条", "第一条　旧。"})
			d := w.docs[c.policy]
			r := corpus.Relation{Kind: corpus.Interprets, From: "by", To: c.policy, Title: d.Title, Fate: corpus.Repealed}
			_, r.Ends, r.Fate = d.OwnWindow()
			w.add(corpus.Document{ID: "by", Kind: c.kind, Title: "停热办理说明", Question: "怎么报停热？", Effective: "2015-01-01", Declares: []corpus.Relation{r}},
				[3]string{"steps", "办理流程", "办理流程\n带旧表格到营业厅。"})
			h := w.hit("by", "steps", 9)
			h.Parts.Window3 = .8
			w.finds(h, h, .9)
			checkText(t, w.typed(t, "怎么报停热"), c.status, c.has, c.hasNot...)
		})
	}
}

// The link leads to the paragraph that answers; where the whole article is
// quoted, the citation is of that.
func TestTheParagraphIsCited(t *testing.T) {
	t.Parallel()
	w := heating()
	h := w.hit("now", "a8", 9)
	h.Direct = "停热的用户缴纳基本热费，按照热费的百分之二十计算。"
	w.always(.9, h)
	r := w.typed(t, "停热要交多少钱")
	checkText(t, r, Answered, []string{"第八条，2024年10月1日起施行", "/d/now/a8.2\">查看原文"})
	checkSources(t, w, r)
	h.Direct = h.Passage
	w.always(.9, h)
	checkText(t, w.typed(t, "停热怎么办"), Answered, []string{"第八条，2024", "/d/now/a8\">"}, "款，")
}

func TestSayOutdatedOfACleanUp(t *testing.T) {
	t.Parallel()
	old := standingHit{Document: corpus.Document{Title: "旧办法", Effective: "2010-01-01", Receives: []corpus.Relation{
		{Kind: corpus.Repeals, From: "x", Title: "关于废止一批文件的决定", Number: "青政发〔2020〕1号", On: "2020-06-01"}}}, Validity: corpus.Repealed}
	if got, want := sayOutdated(old, corpus.Document{}, today), "请注意：《旧办法》已于2020年6月1日废止（见《关于废止一批文件的决定》（青政发〔2020〕1号））。"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// The longest titles leave no room for all that could be said.
func TestLongTitlesFit(t *testing.T) {
	t.Parallel()
	for _, old := range []string{"old", "fees", "draft", "next", "price24"} {
		w := heating()
		w.base = "https://policy.example.gov.cn/" + strings.Repeat("a", 60)
		for id, d := range w.docs {
			d.Title, d.Number = d.Title+strings.Repeat("长", 80), strings.Repeat("字", 30)
			for i := range d.Receives {
				d.Receives[i].Title, d.Receives[i].Number = strings.Repeat("长", 90), strings.Repeat("号", 30)
			}
			w.docs[id] = d
			rev := w.revs[id]
			p := &rev.Passages[len(rev.Passages)-1]
			rev.Text += strings.Repeat("很长的一句话，说了又说。", 60)
			p.End = len(rev.Text)
			w.revs[id] = rev
		}
		last := w.revs[old].Passages[len(w.revs[old].Passages)-1]
		ever, now := w.hit(old, last.Anchor, 9), w.hit("now", "a8", 7)
		ever.Parts.Window3, now.Parts.Window3 = .9, .8
		for _, asked := range []string{w.docs[old].Title + "2024年怎么规定", "2024年热价多少，以前的", "征求意见稿怎么说"} {
			w.finds(now, ever, .9).typed(t, asked) // looks at the length
		}
	}
}
