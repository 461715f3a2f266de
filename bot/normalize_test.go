package bot

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                             "",
		"  老人卡\t怎么办\r\n":               "老人卡 怎么办",
		"老\u200b人\u202e卡\x00":          "老人卡",
		"ＡＢＣ１２３？":                      "ABC123?",
		"怎么办？？？？！！！！":                  "怎么办??!!",
		"①":                            "1",
		"\xff\xfe好":                    "好",
		"<script>alert(1)</script>老人卡": "alert(1) 老人卡",
		"<b>老人卡</b>":                   "老人卡",
		"3<5 a<b":                      "3<5 a<b",
		"<敬老卡管理办法>第六条":                 "<敬老卡管理办法>第六条",
		"哈哈哈哈":                         "哈哈哈哈",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := Clean(strings.Repeat("长", 100_000)); utf8.RuneCountInString(got) != maxRead {
		t.Errorf("%d characters are read of a long text", utf8.RuneCountInString(got))
	}
}

func TestSubstance(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"您好，请问老人卡在哪里办?":     "老人卡在哪里办?",
		"尊敬的领导:您好!想咨询一下公积金": "公积金",
		"谢谢哈,还有高龄补贴要年审吗":    "高龄补贴要年审吗",
		"你好,还有效吗":           "还有效吗",
		"老人卡怎么办 谢谢":         "老人卡怎么办",
		"谢谢":                "",
		"你好":                "",
		"Hi, 社保卡":           "社保卡",
		"history":           "history",
		"《办法》第六条":           "《办法》第六条",
	} {
		if got := Substance(in); got != want {
			t.Errorf("Substance(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"老人卡在哪里办?":                 {"老人卡在哪里办?"},
		"老人卡在哪里办?要带什么?":            {"老人卡在哪里办?", "要带什么?"},
		"老人卡怎么办,要带什么材料,去哪里办":       {"老人卡怎么办", "要带什么材料", "去哪里办"},
		"户口簿丢了怎么补 要多少钱":            {"户口簿丢了怎么补", "要多少钱"},
		"老人卡怎么办,低保户要交钱吗":           {"老人卡怎么办", "低保户要交钱吗"},
		"1.老人卡怎么办 2.公积金怎么取":        {"老人卡怎么办", "公积金怎么取"},
		"1、养老金多少?2、医保怎么报?3、4、":     {"养老金多少?", "医保怎么报? 3"}, // too short to ask anything
		"老人卡怎么办。另外,公积金怎么取":         {"老人卡怎么办", "公积金怎么取"},
		"这个办法过期了,还有效吗":             {"这个办法过期了,还有效吗"},
		"能办吗?嗯":                    {"能办吗?嗯"},
		"每月2.5万元交多少税":              {"每月2.5万元交多少税"},
		"alert(1)老人卡怎么办":           {"alert(1)老人卡怎么办"},
		"":                         {""},
		"身份证怎么办?居住证怎么办?低保怎么办?社保呢?": {"身份证怎么办?", "居住证怎么办?", "低保怎么办?", "社保呢?"},
	} {
		if got := Split(in); !slices.Equal(got, want) {
			t.Errorf("Split(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestElliptic(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{
		"要带什么材料": true, "多少钱": true, "在哪里办?": true, "周末能办吗": true, "多久能拿到": true, "网上可以申请吗": true, "能领几个月": true, "多久能批": true,
		"残疾人要交钱吗": false, "要带户口簿吗": false, "好的": false, "补贴多少": false, "我去办": false, "": false,
	} {
		if got := elliptic(in); got != want {
			t.Errorf("elliptic(%q) = %v, left %q", in, got, subject(in))
		}
	}
	if got := subject("结婚登记要带什么材料?"); got != "结婚登记?" {
		t.Errorf("subject %q", got)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"", "您好，请问1.老人卡怎么办？2、要带什么", "谢谢哈，还有高龄补贴要年审吗", "<a href=\"x\">", "\xff\u202e①", "还有还有还有"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		clean := Clean(in)
		if !utf8.ValidString(clean) || utf8.RuneCountInString(clean) > maxRead {
			t.Fatalf("%q", clean)
		}
		asked := Substance(clean)
		if !strings.Contains(clean, asked) {
			t.Fatalf("%q is not in %q", asked, clean)
		}
		parts := Split(asked)
		if len(parts) == 0 || len(parts) > 1 && slices.ContainsFunc(parts, func(s string) bool { return letters(s) == 0 }) {
			t.Fatalf("Split(%q) = %q", asked, parts)
		}
		Digit(clean)
		shippedCues().inDanger(clean)
		shippedCues().chat(asked)
	})
}

// Who ends with what they take for right asks whether it is; who pleads does not.
func TestSupposes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"狗把我咬了,医药费该他垫吧": true,
		"老人坐公交不用买票吧":    true,
		"没结婚也能领吧":       true,
		"路灯坏了快来修吧":      false,
		"你们该管管吧":        false,
		"希望可以早点处理吧":     false,
		"就这样吧":          false,
		"可以的话,就这样办吧":    false,
		"外地人不能办吧,我听邻居讲": false,
		"吧":             false,
		"":              false,
	} {
		if got := supposes(text); got != want {
			t.Errorf("supposes(%s) = %v", text, got)
		}
	}
}
