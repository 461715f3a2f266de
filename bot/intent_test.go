package bot

import (
	"strings"
	"testing"
)

// TestIntentCues reads the file of cues: each once, every shape one that there
// is.
func TestIntentCues(t *testing.T) {
	t.Parallel()
	seen, shapes := map[string]bool{}, shapeOf("")
	for _, c := range intentCues() {
		if c.text == "" || seen[c.text] {
			t.Errorf("cue %q is empty or there twice", c.text)
		}
		seen[c.text] = true
		if _, known := shapes[c.text]; strings.HasPrefix(c.text, "<") && !known {
			t.Errorf("no message has the shape %s", c.text)
		}
	}
	if len(seen) < 100 || len(Intents()) != len(intentCues()[0].weights) {
		t.Errorf("%d cues, %d intents", len(seen), len(Intents()))
	}
	for _, line := range []string{"", "词", "词\t1\t2", "词\t1\t2\tx", "词\t1\t2\t3\t4"} {
		if _, err := parseIntentCue(line); err == nil {
			t.Errorf("%q passes", line)
		}
	}
}

func TestIntentOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Intent{
		"":    Consultation,
		"太吵了": Consultation, // too short to tell a story
		"您好，我母亲今年八十二岁，户口在外省，跟着我在本市住了三年，请问她能不能在这里申请高龄津贴？需要带哪些材料，到哪里办理？":                Consultation,
		"建议在滨河公园的步道两侧增设一些路灯和休息座椅，希望有关部门能够考虑市民晚上散步的需要，这样老年人出行也更加安全方便，谢谢。":              Suggestion,
		"我们小区楼下的烧烤店每天营业到凌晨两三点，油烟和噪音严重扰民，多次打电话投诉都没有人处理，物业也一直不管，严重影响老人孩子休息，希望尽快派人查处解决。": Complaint,
	} {
		if got := IntentOf(Clean(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
