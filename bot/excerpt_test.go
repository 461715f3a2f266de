package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

func TestExcerpt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("受理单位应当做好登记。", 45)
	third := "（三）申请人应当带身份证，到户籍地的社区窗口提出申请，受理单位应当当场核对材料，齐全的当场受理，不齐全的当场一次告知要补的材料。"
	for _, c := range []struct {
		name                   string
		label, passage         string
		snippet, wide, direct  string
		room                   int
		want                   string
		begins, without, until string
	}{
		{name: "a short article whole", label: "第四条", passage: "第四条　年满60周岁可以申领。凭身份证办理。", snippet: "年满60周岁可以申领。", room: 900,
			want: "年满60周岁可以申领。凭身份证办理。"},
		{name: "the end of a long passage", label: "二、", passage: "二、" + long + "凭证办理。", snippet: long[:300], wide: "二、" + long + "凭证办理。", room: 900,
			begins: "受理单位", until: "登记。"},
		{name: "not the passage before", label: "（三）", passage: third, snippet: "（二）略。" + third, wide: "（二）略。" + third, room: 900, want: third},
		{name: "not the next of its row", label: "（三）", passage: third, snippet: third + "（四）工作人员", wide: third + "（四）工作人员应当登记。", room: 900, want: third},
		{name: "what is below it", label: "（三）", passage: "（三）材料。", snippet: "（三）材料。1.身份证。2.照片。", wide: "（三）材料。1.身份证。2.照片。", room: 900,
			want: "（三）材料。1.身份证。2.照片。"},
		{name: "news goes on while there is room", passage: "甲。乙。丙。", snippet: "甲。", wide: "甲。乙。丙。", room: 14, want: "甲。乙。"},
		{name: "no room for the snippet", label: "第四条", passage: "第四条　" + long, snippet: long[:330], direct: "受理单位", room: 60, want: "受理单位应当做好登记。"},
	} {
		h := standingHit{Hit: index.Hit{Kind: corpus.Policy, Label: c.label, Passage: c.passage, Snippet: c.snippet, Wide: c.wide, Direct: c.direct}}
		got := excerpt(h, withoutLabel(h), c.room)
		if c.want != "" && got != c.want || !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, c.until) || len(got) > c.room {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if n := utf8.RuneCountInString(got); n > longestQuote {
			t.Errorf("%s: %d characters", c.name, n)
		}
	}
}

func TestNextInRow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		label, text string
		want        bool
	}{
		{"三、", " 四、办理时限", true}, {"（三）", "四、办理时限", true}, {"（三）", "（四）其他", true}, {"3.", "4．其他", true}, {"第三条", "第四条　其他", true},
		{"三、", "（一）材料", false}, {"三、", "1.材料", false}, {"三、", "其他", false}, {"", "四、其他", false}, {"（三）", "", false},
	} {
		if got := nextInRow(c.label, c.text); got != c.want {
			t.Errorf("nextInRow(%q, %q) = %v", c.label, c.text, got)
		}
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "可以。": "可以。", "可以，": "可以……", "包括：": "包括……", "（一）甲；": "（一）甲；"} {
		if got := unfinished(in); got != want {
			t.Errorf("unfinished(%q) = %q", in, got)
		}
	}
}
