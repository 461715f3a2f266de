package corpus

import (
	"strings"
	"testing"
)

func TestQuestions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ title, text, want string }{
		"marked":            {"敬老卡常见问题", "敬老卡常见问题\n问：怎么办理？\n答：带身份证到窗口。\n当场发卡。\n问：收费吗\n答：不收费。", "怎么办理？=带身份证到窗口。/当场发卡。|收费吗=不收费。"},
		"in one line":       {"敬老卡问答", "1.问：怎么办理？答：到窗口。\n2.问：收费吗？ 答：不收费。", "怎么办理？=到窗口。|收费吗？=不收费。"},
		"letters":           {"停车", "Q1：怎么缴费？\nA1：扫码。\nQ2: 能开票吗？\nA: 能。", "怎么缴费？=扫码。|能开票吗？=能。"},
		"brackets":          {"停车", "【问】怎么缴费？\n【答】扫码。\n【问】能开票吗？\n【答】\n能。", "怎么缴费？=扫码。|能开票吗？=能。"},
		"numbered":          {"停车热点问题", "1. 怎么缴费？\n扫码。\n（1）先停车。\n2. 能开票吗？能。\n", "怎么缴费？=扫码。/（1）先停车。|能开票吗？=能。"},
		"headings":          {"停车常见问题解答", "本页由停车办整理。\n## 怎么缴费？\n扫码。\n## 能开票吗？\n能。", "[本页由停车办整理。]怎么缴费？=扫码。|能开票吗？=能。"},
		"groups":            {"停车十问", "一、缴费\n1.怎么缴费？\n扫码。\n二、发票\n2.能开票吗？\n能。", "[一、缴费]怎么缴费？=扫码。|[二、发票]能开票吗？=能。"},
		"interpretation":    {"《停车办法》政策解读", "问：怎么缴费？\n答：扫码。\n问：能开票吗？\n答：能。", ""},
		"numbers alone":     {"停车指引", "1. 怎么缴费？\n扫码。\n2. 能开票吗？\n能。", ""},
		"one question":      {"停车问答", "问：怎么缴费？\n答：扫码。", ""},
		"without an answer": {"停车问答", "问：怎么缴费？\n问：能开票吗？\n答：能。", ""},
		"no questions":      {"停车问答", "扫码。\n能。", ""},
		"nothing":           {"", "", ""},
	} {
		records, ok := Questions(test.title, paragraphs(test.text))
		if !ok {
			records = nil
		}
		if got := written(records); got != test.want {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
	table := []Block{{Row: true, Header: true, Text: "序号\t问题\t答案"}, {Row: true, Text: "1\t怎么缴费？\t扫码。"}, {Row: true, Text: "2\t能开票吗？\t能。"}}
	records, ok := Questions("停车", table)
	if got := written(records); !ok || got != "[1]怎么缴费？=扫码。|[2]能开票吗？=能。" {
		t.Error(got)
	}
}

func written(records []QuestionAnswer) string {
	var out []string
	for _, r := range records {
		s := ""
		for _, b := range r.Above {
			s += "[" + b.Label + b.Text + "]"
		}
		s += r.Question + "="
		for i, b := range r.Answer {
			if i > 0 {
				s += "/"
			}
			s += b.Label + b.Text
		}
		out = append(out, s)
	}
	return strings.Join(out, "|")
}

func FuzzQuestions(f *testing.F) {
	f.Add("问答", "1.问：甲？答：乙\n2.问：丙？\n答：")
	f.Add("常见问题", "一、甲\n## 乙？\n丙。\nQ1：丁【答】戊")
	f.Fuzz(func(t *testing.T, title, text string) {
		records, ok := Questions(title, paragraphs(text))
		for _, r := range records {
			if ok && (r.Question == "" || len(r.Answer) == 0) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
