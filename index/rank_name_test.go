package index

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

func faqUnit(id, question, answer string, similar, negative []string) *Unit {
	d := corpus.Document{ID: id, Kind: corpus.FAQ, Title: question, Question: question, Similar: similar, Negative: negative}
	text, passages := corpus.Assemble(corpus.FAQ, question, []corpus.Block{{Text: answer}})
	return Units(d, corpus.Revision{Number: 1, Text: text, Passages: passages})[0]
}

func guideUnit(id, title string, short ...string) *Unit {
	d := corpus.Document{ID: id, Kind: corpus.Guide, Title: title, Similar: short}
	text, passages := corpus.Assemble(corpus.Guide, title, []corpus.Block{
		{Heading: 2, Text: "申请材料"}, {Text: "身份证、户口簿。"}, {Heading: 2, Text: "咨询电话"}, {Text: "0000-1"},
	})
	return Units(d, corpus.Revision{Number: 1, Text: text, Passages: passages})[0]
}

func TestUnitNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		u    *Unit
		want string
	}{
		{faqUnit("q", "敬老卡丢了怎么办？", "先挂失。", []string{"老人卡掉了", "卡找不到了"}, []string{"公交卡丢了"}), "敬老卡丢了怎么办？|老人卡掉了|卡找不到了"},
		{guideUnit("g", "老年人优待证办理", "敬老卡"), "老年人优待证办理|敬老卡"},
		{guideUnit("g", "老年人优待证办理"), "老年人优待证办理"},
		{&Unit{Title: "只有标题"}, "只有标题"},
		{&Unit{Title: "标题", Context: "标题", Passages: []corpus.Passage{{Role: corpus.BodyRole, Path: []string{"一", "二", "三"}}}}, "标题"},
	} {
		var got []string
		c.u.names(func(name string) { got = append(got, name) })
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s, want %s", s, c.want)
		}
	}
}

// rankedOrder ranks units for a question.
func rankedOrder(t *testing.T, question string, units ...*Unit) string {
	t.Helper()
	v := &memory{units: units}
	found := make([]Candidate, len(units))
	for i := range found {
		found[i].ID = uint32(i)
	}
	all, err := analysed(question, v).rankTop(t.Context(), v, found, len(found))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range all {
		out = append(out, r.unit.Document)
	}
	return strings.Join(out, " ")
}

func TestFoundByName(t *testing.T) {
	t.Parallel()
	asks := func(id, question string, more ...string) *Unit {
		return faqUnit(id, question, "请到受理窗口办理，带上身份证原件。", more, nil)
	}
	long := "您好，我家住在城北，前几天带孩子出门，回来的时候发现敬老卡丢了，也不知道掉在哪里，找了两天没有找到，邻居说可以补，想问一下怎么补办，要不要家里老人自己去，谢谢"
	for _, c := range []struct {
		name, question string
		units          []*Unit
		want           string
	}{
		{"by its question", "敬老卡怎么补办", []*Unit{asks("a", "敬老卡怎么补办？"), asks("b", "敬老卡可以乘地铁吗？")}, "a"},
		{"not by its answer", "身份证怎么补办", []*Unit{asks("a", "敬老卡丢了，是否能重新领取？"), asks("b", "身份证丢了怎么补办？")}, "b"},
		{"by another way to ask", "老人卡掉了", []*Unit{asks("a", "敬老卡遗失如何处理？", "老人卡掉了怎么办"), asks("b", "老人卡多少钱？")}, "a"},
		{"in a long message", long, []*Unit{asks("b", "孩子上学怎么报名？"), asks("a", "敬老卡丢了怎么补办？")}, "a"},
		{"a guide by its short name", "残疾证", []*Unit{guideUnit("b", "残疾人就业登记"), guideUnit("a", "中华人民共和国残疾人证核发", "残疾证办理")}, "a"},
		{"a short title before a long one", "出生登记", []*Unit{guideUnit("b", "出生登记信息更正与出生登记档案出具"), guideUnit("a", "出生登记")}, "a"},
	} {
		for range 2 {
			if got := rankedOrder(t, c.question, c.units...); strings.Fields(got)[0] != c.want {
				t.Errorf("%s: %s", c.name, got)
			}
			slices.Reverse(c.units)
		}
	}
}

func TestNegativeQuestions(t *testing.T) {
	t.Parallel()
	bus := faqUnit("bus", "公交卡丢了怎么办？", "公交卡请到服务点挂失。", nil, nil)
	elder := func(negative ...string) *Unit {
		return faqUnit("elder", "卡丢了怎么办？", "敬老卡请先挂失。", []string{"敬老卡丢了怎么办"}, negative)
	}
	parts := func(question string, u *Unit) (p Parts) {
		analysed(question, &memory{units: []*Unit{u, bus}}).nameParts(&p, u)
		return p
	}
	for _, c := range []struct {
		question string
		negative bool
	}{
		{"银行卡丢了怎么办", true},
		{"我的银行卡丢了，怎么补", true},
		{"敬老卡丢了怎么办", false}, // nearer to what it answers
		{"卡丢了怎么办", false},
		{"什么时候开门", false},
	} {
		if got := parts(c.question, elder("银行卡丢了怎么办", "社保卡丢了")); (got.Negative > 0) != c.negative {
			t.Errorf("%s: %+v", c.question, got)
		}
		if got := parts(c.question, elder()); got.Negative != 0 {
			t.Errorf("%s: %+v without any", c.question, got)
		}
	}
	if got := rankedOrder(t, "公交卡丢了怎么办", elder("公交卡丢了怎么办"), bus); got != "bus elder" {
		t.Error(got)
	}
	// They are neither indexed nor shown.
	u := elder("银行卡丢了怎么办")
	u.Terms(func(term Term) {
		if term == BigramTerm('银', '行') {
			t.Error("a negative question is indexed")
		}
	})
}

// TestName compares the one pass with counting what is shared.
func TestName(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	v := &memory{units: []*Unit{whole1("d", "", "敬老卡补办需要什么材料")}}
	alphabet := []rune("敬老卡补办什么材料，A")
	text := func() string {
		s := make([]rune, r.IntN(12))
		for i := range s {
			s[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(s)
	}
	for range 3000 {
		a, name := analysed(text(), v), text()
		n := a.name(name, 0)
		bigrams, shared, seen := 0, 0, map[Term]bool{}
		Bigrams(name, func(term Term) {
			k, ok := a.lookup.feature(term)
			if ok {
				seen[term] = true
			}
			if ok && !a.asked.has(k) {
				return
			}
			bigrams++
			if ok {
				shared++
			}
		})
		asked := 0.0
		for k, f := range a.features {
			if seen[f.term] && a.asked.has(k) {
				asked += f.idf
			}
		}
		if len(a.groups) == 0 && (!near(n.said, share(float64(shared), float64(bigrams))) || !near(n.asked, share(asked, a.askedSum))) {
			t.Fatalf("%q, %q: %+v, %d of %d, %g", string(a.runes), name, n, shared, bigrams, asked)
		}
		if n.said > 1 || n.asked > 1+1e-9 || n.like() > 1+1e-9 || n.score < 0 {
			t.Fatalf("%q, %q: %+v", string(a.runes), name, n)
		}
	}
}

// TestNamedBeyondLimit: what a name speaks for is ranked, wherever recall had
// it; nothing else is.
func TestNamedBeyondLimit(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{
		whole1("text", "", "敬老卡补办，敬老卡补办。"), whole1("more", "", "敬老卡怎么补办"),
		faqUnit("other", "公园几点开门？", "敬老卡补办请看另一条。", nil, nil), faqUnit("faq", "敬老卡怎么补办？", "到窗口。", nil, nil), guideUnit("guide", "敬老卡补办"),
	}}
	found := []Candidate{{ID: 0}, {ID: 1}, {ID: 2}, {ID: 3}, {ID: 4}}
	all, err := analysed("敬老卡怎么补办", v).rankTop(t.Context(), v, found, 1)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range all {
		got = append(got, r.unit.Document)
	}
	slices.Sort(got)
	if want := []string{"faq", "guide", "text"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
