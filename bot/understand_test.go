package bot

import (
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/index"
)

func TestAsksOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]index.Asks{
		"社保卡怎么办": index.AsksHow, "身份证咋个办": index.AsksHow, "户口点样迁": index.AsksHow, "这个啷个弄": index.AsksHow, "房产证咋整": index.AsksHow,
		"落户要好多钱": index.AsksMuch, "补贴几多": index.AsksMuch, "补办收费不": index.AsksMuch, "报销几成": index.AsksMuch,
		"办下来要多久": index.AsksLong, "好久能到账": index.AsksLong, "能领几个月": index.AsksLong,
		"退休金什么时候发": index.AsksWhen, "窗口几点下班": index.AsksWhen, "几时开始报名": index.AsksWhen,
		"离婚在哪办": index.AsksWhere, "去边度办": index.AsksWhere, "该找谁办": index.AsksWho, "这事归哪个部门管": index.AsksWho,
		"要什么材料": index.AsksWhich, "有莫子材料": index.AsksWhich, "带啥": index.AsksWhich, "哪些人可以申请": index.AsksWho,
		"外地户口能办不": index.AsksMay, "中不中": index.AsksMay, "我这情况办不办得成": index.AsksMay, "补贴还给不给": index.AsksMay,
		"什么是灵活就业": index.AsksWhat, "为啥停了我的低保": index.AsksWhy, "民政局电话多少": index.AsksPhone, "在哪个小程序办": index.AsksAddress,
		"社保": "", "不动产登记": "", "没办居住证的": "",
	} {
		if got := asksOf(in); got != want {
			t.Errorf("asksOf(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestAsks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"办不办得成": true, "停没停": true, "要得不": true, "我能领不啊": true, "有没得补贴": true, "户口好多钱": true, "点样申请": true,
		"不动产登记": false, "我没办过": false, "谢谢": false, "交了社保": false,
	} {
		if got := asks(in); got != want {
			t.Errorf("asks(%s) = %v", in, got)
		}
	}
}

func TestAsides(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"我今年52岁,女的,在厂里做事,养老金从哪年开始领": "我今年52岁|女的",
		"我是外地户口,孩子在这边上小学要什么材料":      "我是外地户口",
		"我社保卡丢了,怎么办":                "", // the question has no subject of its own
		"社保卡丢了,在哪补办社保卡":             "",
		"我能申请公租房吗":                  "",
		"我社保断了两个月,租房补贴还能领吗":         "", // what happened is what it is about
		"我爸妈年纪大了住在乡下,我平时在城里上班很少回去,家里那栋老房子去年夏天下大雨漏得厉害,后来村里说可以报危房改造,危房改造补贴怎么申请,要交什么材料": "我爸妈年纪大了住在乡下|我平时在城里上班很少回去|家里那栋老房子去年夏天下大雨漏得厉害|后来村里说可以报危房改造",
	} {
		if got := strings.Join(asides(in), "|"); got != want {
			t.Errorf("asides(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, region, want string }{
		{"杭州的公积金怎么取", "青岚市", "杭州 applies elsewhere"},
		{"上海社保一个月交多少", "青岚市", "上海 applies elsewhere"},
		{"去北京看病怎么备案", "青岚市", "北京 goes"},
		{"我从上海回来,公积金怎么转回来", "青岚市", "上海 from"},
		{"青岚和杭州的公积金能通用吗", "青岚市", "杭州 paid"},
		{"做手术在南京要多少", "青岚市", "南京 applies elsewhere"},
		{"户口是北京的,孩子在这里上学", "青岚市", "北京 from"},
		{"下周去上海 那边停车免费吗", "青岚市", "上海 applies elsewhere"},
		{"长沙交的公积金能在咱县买房贷款不", "青岚市", "长沙 paid"},
		{"我在上海上班,社保卡在老家补办行吗", "青岚市", "上海 lives"},
		{"没办备案就上杭州住院了,回来能报吗", "青岚市", "杭州 goes"},
		{"自己跑武汉做手术少报几成", "青岚市", "武汉 goes"},
		{"奔郑州看病要转诊吗", "青岚市", "郑州 goes"},
		{"没转诊跑合肥住的院,能报吗", "青岚市", "合肥 goes"},
		{"单位调我去深圳总部,领过的补贴要退吗", "青岚市", "深圳 goes"},
		{"在苏州打工,高龄老人认证非得回户口那边做吗", "青岚市", "苏州 lives"},
		{"我在苏州上班,那边的社保怎么查", "青岚市", "苏州 applies elsewhere"},
		{"想上北京上学,要什么手续", "青岚市", "北京 goes"},
		{"我是北京户口,能办居住证吗", "青岚市", "北京 from"},
		{"北京户口怎么办", "青岚市", "北京 applies elsewhere"},
		{"北京路停车收费吗", "青岚市", "北京 mentioned"},
		{"在南京办居住证要什么", "青岚市", "南京 applies elsewhere"},
		{"深圳的公租房怎么申请", "广东省", "深圳 applies in 深圳"},
		{"株洲的公租房怎么申请", "长沙市", "株洲 applies elsewhere"},
		{"湖南的医保能报吗", "长沙市", "湖南 applies in 湖南"},
		{"深圳的公租房怎么申请", "", "深圳 applies"},
		{"公租房怎么申请", "青岚市", "in 青岚市"},
	} {
		u := Understand(c.text, Names{Region: c.region})
		got := ""
		for _, p := range u.Places {
			got += p.Name + " " + string(p.Role)
		}
		if _, ok := u.Elsewhere(); ok {
			got += " elsewhere"
		} else if here := u.Here(c.region); here != "" && (len(u.Places) == 0 || here != c.region) {
			got = strings.TrimSpace(got + " in " + here)
		}
		if got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.text, c.region, got, c.want)
		}
	}
}

func TestUnderstand(t *testing.T) {
	t.Parallel()
	u := Understand(Clean("您好！我想請問一下，我今年67嵗，老伴腿脚不便，敬老卡在哪里辦？另外，要帶什麽材料？谢谢[玫瑰]"), Names{Region: "青岚市"})
	if u.Asked != "我今年67岁,老伴腿脚不便,敬老卡在哪里办?另外,要带什么材料?" {
		t.Errorf("asked %s", u.Asked)
	}
	if !slices.Equal(u.Parts, []string{"我今年67岁 老伴腿脚不便 敬老卡在哪里办?", "要带什么材料?"}) || u.Asks != index.AsksWhere {
		t.Errorf("parts %q, %s", u.Parts, u.Asks)
	}
	if u.Person.Age != 67 || !slices.Contains(u.Audience, "老年人") || !slices.Contains(u.Aside, "我今年67岁") {
		t.Errorf("%+v", u)
	}
	u = Understand("《养犬管理规定》第六条说的什么", Names{})
	if u.Title != "养犬管理规定" || u.Article != "第六条" || u.Asks != index.AsksWhat {
		t.Errorf("%+v", u)
	}
	if u = Understand("谢谢您", Names{}); u.Asked != "" || u.Parts != nil {
		t.Errorf("%+v", u)
	}
	for in, want := range map[string]string{
		"亲子鉴定要多少钱": "亲子鉴定要多少钱", "老师,请问转学怎么办": "转学怎么办", "老师工资谁发": "老师工资谁发", "领导您好,问下低保": "低保", "谢谢哈,还有高龄补贴要年审吗": "高龄补贴要年审吗",
		"盼回复": "", "落户要啥 在线等": "落户要啥",
	} {
		if got := Substance(in); got != want {
			t.Errorf("Substance(%s) = %s", in, got)
		}
	}
}

// Every sort of asks.txt is one that the index knows, and its words are there
// once.
func TestAskCues(t *testing.T) {
	t.Parallel()
	known := []index.Asks{index.AsksWhen, index.AsksMuch, index.AsksLong, index.AsksWhere, index.AsksWho, index.AsksHow, index.AsksWhich, index.AsksMay, index.AsksWhat, index.AsksWhy, index.AsksPhone, index.AsksAddress}
	seen := map[string]bool{}
	for line := range cueLines(asksFile) {
		sort, words, _ := strings.Cut(line, "\t")
		if !slices.Contains(known, index.Asks(sort)) || words == "" {
			t.Errorf("%.20q", line)
		}
		for _, w := range strings.Fields(words) {
			if seen[w] {
				t.Errorf("%s is there twice", w)
			}
			seen[w] = true
		}
	}
	for _, a := range audiences() {
		if a.name == "" || len(a.words) == 0 || slices.Contains(a.words, "") {
			t.Errorf("%+v", a)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"", "您好，我想请问一下，我是外地户口，长沙交的社保能在这边用吗？", "不不不", "《", "第条", "几点样", "\xff岁999岁"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		u := Understand(Clean(in), Names{Region: "青岚市"})
		var q index.Query
		q.Text = u.Asked
		u.Query(&q, "青岚市")
		for _, s := range q.Aside {
			if s.Start < 0 || s.End > len(q.Text) || s.Start >= s.End {
				t.Fatalf("%+v in %q", s, q.Text)
			}
		}
	})
}

func BenchmarkUnderstand(b *testing.B) {
	text := Clean("您好，我想请问一下，我今年67岁，外地户口，长沙交的公积金能在咱县买房贷款不？另外要带什么材料，去哪个窗口办，谢谢")
	b.ReportAllocs()
	for b.Loop() {
		Understand(text, Names{Region: "青岚市"})
	}
}

// What was taken for another word is said; in the names of places and persons
// nothing is.
func TestRespelt(t *testing.T) {
	t.Parallel()
	w := qinglan()
	w.always(.9, w.hit("card", "a4", 9))
	r := w.responder(t)
	var names []string
	r.Respell = func(text string, in []string) (string, []Respelt) {
		names = in
		return strings.ReplaceAll(text, "敬劳卡", "敬老卡"), []Respelt{{Was: "敬劳卡", Is: "敬老卡"}, {Was: "帐户", Is: "账户", Silent: true}}
	}
	got := r.Answer(t.Context(), Question{Account: "default", Kind: Text, Text: "我叫王敬劳卡，在上海工作，敬劳卡和帐户怎么办理呢"})
	checkText(t, got, Answered, []string{"按“敬老卡”为您查的。\n\n"}, "账户”为您")
	if !slices.Contains(names, "上海") || !slices.Contains(names, "我叫王敬劳卡") {
		t.Errorf("names %q", names)
	}
	w.always(.01)
	checkText(t, r.Answer(t.Context(), Question{Account: "default", Kind: Text, Text: "敬劳卡怎么办理呢"}), Refused, nil, "为您查的")
}

// The query says what was understood.
func TestQueryOfUnderstood(t *testing.T) {
	t.Parallel()
	u := Understand("我今年67岁,外省户口,长沙交的社保能在咱县领养老金吗", Names{Region: "青岚市"})
	q := index.Query{Text: u.Asked}
	u.Query(&q, "青岚市")
	if q.Here != "青岚市" || q.Asks != index.AsksMay || !slices.Contains(u.Audience, "老年人") {
		t.Errorf("%+v", q)
	}
	var told []string
	for _, s := range q.Aside {
		told = append(told, q.Text[s.Start:s.End])
	}
	if !slices.Equal(told, []string{"我今年67岁", "外省户口", "长沙"}) {
		t.Errorf("told %q", told)
	}
}

func TestAgesWithoutTheirWord(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"我妈82了能领多少钱": "我妈82岁了能领多少钱", "爷爷都84了 有补贴不": "爷爷都84岁了 有补贴不", "今年65，能办老人卡吗": "今年65岁，能办老人卡吗", "我爸快80了": "我爸快80岁了",
		"我82路公交": "我82路公交", "我爸100平的房子": "我爸100平的房子", "2024年82了": "2024年82了", "一共82了": "一共82了", "我妈82岁了": "我妈82岁了",
	} {
		if got := withAges(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
