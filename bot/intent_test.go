package bot

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestIntentCues reads the file of cues: each one that a message can have.
func TestIntentCues(t *testing.T) {
	t.Parallel()
	shapes, pieces := IntentCues(strings.Repeat("请问12号楼怎么办？", 100))
	names := slices.Sorted(maps.Keys(intentCues()))
	if len(names) < 1000 || len(Intents()) != len(intentCues()[names[0]]) {
		t.Errorf("%d cues", len(names))
	}
	for _, n := range names {
		if strings.HasPrefix(n, "<") != slices.Contains(shapes, n) || strings.Contains(n, " ") && !strings.HasPrefix(n, "<") {
			t.Errorf("no message has the cue %q", n)
		}
	}
	for _, p := range []string{"请", "请问", "问0", "0", "号楼怎", "办？"} {
		if !slices.Contains(pieces, p) {
			t.Errorf("no piece %q of %q", p, pieces)
		}
	}
	lines := 0
	for range cueLines(intentFile) {
		lines++
	}
	if lines != len(names) {
		t.Errorf("%d lines, %d cues: some are there twice", lines, len(names))
	}
	for _, line := range []string{"", "词", "词\t1\t2", "词\t1\t2\tx", "词\t1\t2\t3\t4"} {
		if _, _, err := parseIntentCue(line); err == nil {
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
