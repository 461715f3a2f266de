package index

import "testing"

func TestAnswerShown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asks Asks
		text string
		want bool
	}{
		{AsksMuch, "每人每月100元", true}, {AsksMuch, "办证不收费", true}, {AsksMuch, "由街道受理", false},
		{AsksLong, "5个工作日内办结", true}, {AsksLong, "提交材料", false},
		{AsksWhen, "每年9月1日至12月31日", true}, {AsksWhen, "提交材料", false},
		{AsksPhone, "拨打0000-6612306", true}, {AsksPhone, "拨打热线", false}, {AsksPhone, "1 2", false},
		{AsksMay, "可以委托他人", true}, {AsksWhich, "提交下列材料", true}, {AsksWhere, "到政务大厅窗口", true}, {AsksWho, "由民政局负责", true},
	} {
		if got := answerShown[c.asks]([]rune(FoldString(c.text))); got != c.want {
			t.Errorf("%s of %s: %v", c.asks, c.text, got)
		}
	}
	if digit('甲') || begins([]rune("免"), "免费") {
		t.Error("what is not there is found")
	}
}
