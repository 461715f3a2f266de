package index

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// shown writes a quantity as mathematicians do: age [80,89].
func bounds(q Quantity) string {
	names := map[Measure]string{Age: "age", Money: "money", Duration: "days", Area: "area", People: "people", Percent: "percent", Weight: "kg", Length: "m"}
	open, end := "[", "]"
	if q.OpenLow || math.IsInf(q.Low, -1) {
		open = "("
	}
	if q.OpenHigh || math.IsInf(q.High, 1) {
		end = ")"
	}
	s := names[q.Measure] + " "
	if q.Low == q.High {
		s += fmt.Sprintf("%.4g", q.Low)
	} else {
		s += fmt.Sprintf("%s%.6g,%.6g%s", open, q.Low, q.High, end)
	}
	if q.Sex != 0 {
		s += " " + string(q.Sex)
	}
	return s
}

func shownAll(all []Quantity) string {
	var out []string
	for _, q := range all {
		out = append(out, bounds(q))
	}
	return strings.Join(out, "; ")
}

func TestQuantities(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"82岁": "age 82", "８２周岁": "age 82", "八十二岁": "age 82", "捌拾贰元": "money 82", "八二岁": "age 82",
		"一百零三岁": "age 103", "一百二元": "money 120", "3万元": "money 3e+04", "三万五千块": "money 3.5e+04", "三万五元": "money 3.5e+04",
		"3.5万元": "money 3.5e+04", "12,000元": "money 1.2e+04", "1,5,3元": "money 3", "2亿元": "money 2e+08", "十元": "money 10", "二十块钱": "money 20",
		"八个月": "days 240", "半年": "days 180", "一年半": "days 540", "两岁半": "age 2.5", "15个工作日": "days 15", "两周": "days 14", "8个月大": "age 0.6667",
		"九十平米": "area 90", "2亩": "area 1333", "30%": "percent 30", "５名": "people 5", "一个人": "",
		"80至89周岁": "age [80,89]", "80周岁—89周岁": "age [80,89]", "80～89岁": "age [80,89]", "八十到八十九岁": "age [80,89]",
		"3至5万元": "money [30000,50000]", "3000元-5000元": "money [3000,5000]", "2到3年": "days [720,1080]", "89至80岁": "",
		"6个月以上": "days [180,+Inf)", "5万元以下": "money (-Inf,50000]", "5万元（含）以下": "money (-Inf,50000]", "10人以上": "people [10,+Inf)",
		"80周岁及以上": "age [80,+Inf)", "30日内": "days (-Inf,30]", "三个月以内": "days (-Inf,90]",
		"不满18周岁": "age (-Inf,18)", "未满十八周岁": "age (-Inf,18)", "年满60周岁": "age [60,+Inf)", "超过3万元": "money (30000,+Inf)", "不超过3万元": "money (-Inf,30000]",
		"不少于10人": "people [10,+Inf)", "最长24个月": "days (-Inf,720]",
		"满60周岁不满70周岁": "age [60,70)", "60周岁以上70周岁以下": "age [60,70]", "60周岁以上、不满70周岁": "age [60,70)", "超过3万元不超过8万元": "money (30000,80000]",
		"男性年满60周岁、女性年满55周岁": "age [60,+Inf) m; age [55,+Inf) f", "女40岁以上": "age [40,+Inf) f", "子女18岁以下": "age (-Inf,18]",
		"80多岁": "age [80,90)", "三十几岁": "age [30,40)", "每月300元": "money 300",
		"2024年5月1日": "", "二〇二四年": "", "第3年": "", "三年级": "", "80年代": "", "一块办": "", "〔2024〕3号": "", "12345": "", "十分满意": "", "星期一": "",
		"10万以下": "money (-Inf,100000]", "3万人": "people 3e+04", "3万户": "", "贷款3万": "", "今年82": "",
		"甲80岁，乙90岁": "age 80; age 90", "18岁以上，5人以下": "age [18,+Inf); people (-Inf,5]", "60岁以上。70岁以下": "age [60,+Inf); age (-Inf,70]",
		"80岁以上70岁以下": "age [80,+Inf); age (-Inf,70]",
		"":           "", "半": "", "百分之三十": "", "5千克": "kg 5", "1千5百元": "money 1500", "二3元": "money 3",
	} {
		if got := shownAll(Quantities(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"我今年82了": "age 82", "今年5月": "", "今年2024": "", "贷款3万能贴息吗": "money 3e+04", "3万块": "money 3e+04", "三万多能贷吗": "money [30000,40000)",
		"今年八十二，有补贴吗": "age 82", "来了3万人": "people 3e+04", "一个月交多少": "", "生二胎一年补多少钱": "", "住了一年了": "days 360", "不到一年能办吗": "days (-Inf,360)",
	} {
		if got := shownAll(asksQuantities(text)); got != want {
			t.Errorf("asked %s: %s, want %s", text, got, want)
		}
	}
}

func TestContains(t *testing.T) {
	t.Parallel()
	q := func(s string) Quantity { return Quantities(s)[0] }
	for _, c := range []struct {
		bounds, amount  string
		contains, meets bool
	}{
		{"80至89周岁", "82岁", true, true}, {"80至89周岁", "89岁", true, true}, {"80至89周岁", "90岁", false, false},
		{"6个月以上", "八个月", true, true}, {"6个月以上", "6个月", true, true}, {"6个月以上", "半年", true, true}, {"超过6个月", "6个月", false, false},
		{"5万元以下", "3万块", true, true}, {"5万元以下", "5万元", true, true}, {"不满5万元", "5万元", false, false}, {"5万元以下", "6万元", false, false},
		{"5万元以下", "3岁", false, false}, {"60周岁以上", "60岁以上", true, true}, {"80至89周岁", "60岁以上", false, true}, {"80至89周岁", "80多岁", false, true},
		{"满60周岁不满70周岁", "70岁", false, false}, {"满60周岁不满70周岁", "六十岁", true, true},
	} {
		a, b := q(c.bounds), q(c.amount)
		if got, meets := a.Contains(b), a.Meets(b); got != c.contains || meets != c.meets || b.Meets(a) != meets {
			t.Errorf("%s, %s: %v %v", c.bounds, c.amount, got, meets)
		}
	}
}

// parted returns the parts of amounts.
func parted(question, text string) (value, outside float64) {
	v := &memory{units: []*Unit{whole1("d", "", text)}}
	p := Parts{Window3: 1}
	analysed(question, v).valueParts(&p, v.units[0])
	return p.Value, p.Outside
}

func TestValueParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		question, text string
		value, outside float64
	}{
		{"我妈今年82岁有什么补贴", "80至89周岁每月一百元，90至99周岁每月二百元。", 1, 0},
		{"我妈今年82岁有什么补贴", "年满九十周岁的老人每月二百元。", 0, 1},
		{"我妈今年82岁有什么补贴", "每月发放一百元。", 0, 0},
		{"有什么补贴", "80至89周岁每月一百元。", 0, 0},
		{"45岁 女 能领吗", "男性年满50周岁、女性年满40周岁的失业人员。", 1, 0},
		{"45岁 男 能领吗", "男性年满50周岁、女性年满40周岁的失业人员。", 0, 1},
		{"45岁能领吗", "男性年满50周岁、女性年满40周岁的失业人员。", 1, 0},
		{"我爸70岁，存了3万块", "60周岁以上，家庭财产2万元以下。", .5, .5},
		{"60岁以上老人坐车免费吗", "65周岁以上免费，60至64周岁半价。", .5, 0},
		{"宝宝八个月可以上吗", "招收6个月以上婴幼儿。", 1, 0},
	} {
		if v, o := parted(c.question, c.text); !near(v, c.value) || !near(o, c.outside) {
			t.Errorf("%s in %s: %g %g", c.question, c.text, v, o)
		}
	}
}

// TestTiers: of tiers the snippet shows the one that holds what was said.
func TestTiers(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("本办法由民政部门负责解释，自印发之日起执行。", 16)
	tiers := "高龄津贴标准如下：80至89周岁的，每人每月100元。" + filler + "90至99周岁的高龄津贴，每人每月200元。" + filler + "100周岁以上的高龄津贴，每人每月500元。" + filler
	for question, want := range map[string]string{
		"高龄津贴85岁每月多少": "100元", "高龄津贴九十五岁每月多少": "200元", "高龄津贴１０２岁每月多少": "500元",
	} {
		u := whole1("d", "高龄津贴发放办法", tiers)
		v := &memory{units: []*Unit{u}}
		a := analysed(question, v)
		c := new(cutter)
		c.read(a, u)
		piece := c.window(90)
		if got := u.Body[piece.Start:piece.End]; !strings.Contains(got, want) {
			t.Errorf("%s: %s", question, got)
		}
	}
}

func FuzzQuantities(f *testing.F) {
	for _, s := range []string{"80至89周岁", "３万５千元以下（含）", "满60周岁不满70周岁", "一百零三岁", "半", "千万亿", "1,234,567.89元", "十百千万亿年"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, question := range []bool{false, true} {
			last := 0
			for _, q := range readQuantities(nil, s, everyMeasure, question) {
				if q.At.Start < 0 || q.At.End <= q.At.Start || q.At.End > len(s) || q.At.Start < last && !q.Bounds {
					t.Fatalf("%q: %+v", s, q)
				}
				if math.IsNaN(q.Low) || math.IsNaN(q.High) || q.Low > q.High || q.Measure == 0 {
					t.Fatalf("%q: %+v", s, q)
				}
				if utf8.ValidString(s) && !utf8.ValidString(s[q.At.Start:q.At.End]) {
					t.Fatalf("%q: cut inside a character: %+v", s, q)
				}
				last = q.At.Start
			}
		}
	})
}

// BenchmarkValueParts reads the amounts of 24 texts of 1,500 characters, as
// many as are ranked; BenchmarkNameParts the names of 176 FAQ, as many as are
// kept beyond those.
func BenchmarkValueParts(b *testing.B) {
	u := whole1("d", "高龄津贴发放办法", strings.Repeat("年满80周岁不满90周岁的，每人每月100元，自2024年5月1日起三十日内发放。", 38))
	a := analysed("我妈今年82岁，高龄津贴每月多少", &memory{units: []*Unit{u}})
	b.ReportAllocs()
	for b.Loop() {
		for range 24 {
			var p Parts
			a.valueParts(&p, u)
		}
	}
}

func BenchmarkNameParts(b *testing.B) {
	u := faqUnit("q", "敬老卡丢了以后应当怎么补办？", "到窗口。", []string{"老人卡掉了怎么办", "卡找不到了去哪里补"}, []string{"公交卡丢了"})
	a := analysed("我妈的敬老卡丢了，请问怎么补办", &memory{units: []*Unit{u}})
	b.ReportAllocs()
	for b.Loop() {
		for range 176 {
			a.named(u)
		}
	}
}
