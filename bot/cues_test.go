package bot

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

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

// Every line of cues/danger.txt says what to do, but for what says that a danger
// is over, which stands first.
func TestDangerCues(t *testing.T) {
	t.Parallel()
	for i, d := range dangerCues() {
		if len(d.words) == 0 || (d.first == "") != (i == 0) || i > 0 && !strings.HasSuffix(d.first, "。") {
			t.Errorf("line %d: %q", i+1, d)
		}
	}
	for text, want := range map[string]string{"厨房煤气漏气了": "总阀", "邻居家着火了": "119", "昨天着火家里烧光了": "", "路灯不亮": ""} {
		d, ok := dangerOf(text)
		if ok != (want != "") || !strings.Contains(d.first, want) {
			t.Errorf("%s: %q", text, d)
		}
	}
}

// Every group that is asked for is in its file, and no other is.
func TestGroupedCues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file   string
		groups map[string][]string
		want   string
	}{
		{"disclosure", disclosureCues(), "file paper want"},
		{"office", officeCues(), "clear-hours clear-phone filler hours phone place"},
		{"personal", personalCues(), "mine record state"},
		{"project", projectCues(), "site what when"},
		{"route", routeCues(), "about paper plea proposing"},
		{"rumour", rumourCues(), "asked change hearsay official particular ruling spread truth"},
		{"survey", surveyCues(), "ask benefit title"},
		{"topic", topicCues(), "aspect end"},
		{"trouble", troubleCues(), "trouble turn vain wrong"},
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(c.groups)), " "); got != c.want {
			t.Errorf("cues/%s.txt has the groups %s", c.file, got)
		}
		for name, words := range c.groups {
			if len(words) == 0 {
				t.Errorf("cues/%s.txt: %s has no words", c.file, name)
			}
		}
	}
}
