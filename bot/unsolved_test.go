package bot

import "testing"

// Who has turned to somebody time after time is told how to go on, who only asks
// or proposes is not.
func TestUnsolved(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"路灯一直不亮，多次拨打12345求助，都推来推去": true,
		"我们小区连续四周反映12345，没有结果":     true,
		"房产证办不下来，向街道反映多年":          true,
		"电梯坏了，多次致电物业":              true,
		"第一次反映，楼下太吵":               false,
		"多次换工作，社保怎么接":              false,
		"12345几点上班":                false,
		"一年能提取多次吗":                 false,
	} {
		if got := unsolved(text); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestOnlyFines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"逾期不改正的，处五百元以上一千元以下罚款。":  true,
		"登记费每年100元。不登记的，处五百元罚款。": false,
		"登记不收费。": false,
		"没收犬只，并处2000元罚款；再犯的，处5000元罚款。": true,
	} {
		if got := onlyFines(text); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestSaysWhetherNeeded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"跨省就医应当备案。":    true,
		"住院均无需备案。":     true,
		"手机备案全天可以办理。":  false,
		"备案是指登记就医的地方。": false,
	} {
		if got := saysWhetherNeeded(text, "备案"); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}
