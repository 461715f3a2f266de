package bot

import "testing"

func TestNewCues(t *testing.T) {
	t.Parallel()
	shipped := shippedCues()
	c := NewCues([]Cue{
		{Text: "噎住了", Route: CueEmergency}, {Text: "没人修", Route: CueComplaint, Weight: 2},
		{Text: "投诉", Route: CueComplaint}, {Text: "吾好", Route: "hello"},
		{Text: "气", Route: CueEmergency}, {Text: "多少", Route: CueComplaint, Weight: 9}, {Text: "多少", Route: "police"},
	})
	if !c.inDanger("老人噎住了") || !c.inDanger("有人跳楼") || c.inDanger("天气") {
		t.Error("emergencies")
	}
	if c.complains("路灯没人修") != 2 || c.complains("投诉") != 0 || c.complains("多少") != 0 {
		t.Error("complaints")
	}
	if c.chat("吾好") != "hello" || c.chat("在吗") != "hello" {
		t.Error("small talk")
	}
	if shipped.complains("投诉") != 2 || shipped.inDanger("老人噎住了") || shipped.chat("吾好") != "" {
		t.Error("the cues of the program were changed")
	}
}

// Every line of the files of pairs has words that can be met.
func TestPairedCues(t *testing.T) {
	t.Parallel()
	for _, c := range specialCues() {
		if len(c.says) == 0 {
			t.Errorf("%q says no condition", c)
		}
		for _, w := range c.told {
			if containsAny(w, c.says) {
				t.Errorf("%q is told by what says it already", w)
			}
		}
	}
	for _, pair := range oppositeCues() {
		if len(pair[0]) == 0 || len(pair[1]) == 0 {
			t.Errorf("%q is opposite to nothing", pair)
		}
		for _, w := range pair[0] {
			if containsAny(w, pair[1]) {
				t.Errorf("%q is opposite to itself", w)
			}
		}
	}
}
