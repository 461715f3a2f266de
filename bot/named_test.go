package bot

import (
	"testing"

	"github.com/policybot/policybot/corpus"
)

// library has a regulation in two editions, one with a stopped article, and a
// regulation of another place.
func library() *town {
	w := &town{region: "青岚市", title: "青岚发布"}
	w.add(corpus.Document{ID: "new", Kind: corpus.Policy, Title: "青岚市借书条例", Region: "青岚市", Effective: "2024-03-01",
		Declares: []corpus.Relation{{Kind: corpus.Supersedes, To: "old", Title: "青岚市借书条例"}}},
		[3]string{"a1", "第一条", "第一条　每人可以借书二十册。"},
		[3]string{"a2", "第二条", "第二条　借书证遗失的：\n（一）本人挂失；\n（二）当场补发。\n补发不收费。"})
	w.add(corpus.Document{ID: "old", Kind: corpus.Policy, Title: "青岚市借书条例", Region: "青岚市", Effective: "2015-03-01",
		Receives: []corpus.Relation{{Kind: corpus.Supersedes, From: "new", On: "2024-03-01", Title: "青岚市借书条例", Begins: "2024-03-01"}}},
		[3]string{"a1", "第一条", "第一条　借书应当押身份证。"},
		[3]string{"a2", "第二条", "第二条　每人可以借书五册。"},
		[3]string{"a3", "第三条", "第三条　逾期每天交二角。"})
	w.add(corpus.Document{ID: "seats", Kind: corpus.Policy, Title: "青岚市占座办法", Number: "青岚市人民政府令第12号", Region: "青岚市", Effective: "2020-01-01",
		Receives: []corpus.Relation{{Kind: corpus.Repeals, From: "stop", Anchors: []string{"a2"}, On: "2025-01-01", Title: "关于取消占座登记的通知", Label: "一、"}}},
		[3]string{"a1", "第一条", "第一条　座位先到先得。"},
		[3]string{"a2", "第二条", "第二条　占座要登记。"})
	w.add(corpus.Document{ID: "stop", Kind: corpus.Notice, Title: "关于取消占座登记的通知", Region: "青岚市", Effective: "2025-01-01"},
		[3]string{"s1", "一、", "一、取消占座登记。"})
	w.add(corpus.Document{ID: "far", Kind: corpus.Policy, Title: "白山市借书条例", Region: "白山市", Effective: "2020-01-01"},
		[3]string{"a1", "第一条", "第一条　白山借书三册。"})
	return w
}

func TestArticlesByName(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		asked       string
		status      Status
		has, hasNot []string
	}{
		"in force":           {"借书条例第一条怎么说", Answered, []string{"借书二十册", "《青岚市借书条例》第一条", "/d/new/a1\""}, []string{"押身份证", "白山"}},
		"Arabic digits":      {"请问青岚市借书条例第1条", Answered, []string{"借书二十册"}, nil},
		"another place":      {"白山市借书条例第一条", Answered, []string{"借书三册"}, []string{"二十册"}},
		"a paragraph":        {"借书条例第二条第二款", Answered, []string{"“补发不收费。”", "第二条第二款", "/d/new/a2.2\""}, []string{"挂失"}},
		"an item":            {"借书条例第二条第（二）项", Answered, []string{"当场补发", "第二条第一款第（二）项", "/d/new/a2.1.2\""}, []string{"不收费"}},
		"no such paragraph":  {"借书条例第二条第七款", Answered, []string{"第二条没有您说的那一款", "挂失"}, nil},
		"an old edition":     {"借书条例2015年版第二条", Answered, []string{"旧版本", "借书二十册", "旧规定原文（现在不再执行）：\n“每人可以借书五册。”"}, nil},
		"by its year":        {"2015年的借书条例第二条怎么说", Answered, []string{"旧版本", "旧规定原文"}, nil},
		"only the old had":   {"借书条例第三条", Answered, []string{"没有第三条，最后一条是第二条", "2015年3月1日起的旧版本有这一条，现在不再执行", "/d/old/a3\""}, []string{"二角"}},
		"a stopped one":      {"占座办法第二条", Answered, []string{"第二条已于2025年1月1日停止执行", "旧规定原文"}, nil},
		"by an order":        {"市政府令第12号第一条", Refused, []string{"没有找到文号"}, nil},
		"by the order":       {"青岚市人民政府令第12号第一条", Answered, []string{"先到先得", "第一条"}, nil},
		"not at hand":        {"借碟条例第一条", Refused, []string{"没有找到《借碟条例》", "12345"}, []string{"二十册"}},
		"whether it holds":   {"占座办法还有效吗", Answered, []string{"现行有效", "其中第二条已于2025年1月1日停止执行"}, nil},
		"whether an article": {"占座办法第一条还有效吗", Answered, []string{"第一条现在有效", "先到先得"}, nil},
		"an ended article":   {"占座办法第二条还有效吗", Answered, []string{"停止执行"}, []string{"要登记"}},
		"the old one ended":  {"旧的借书条例还有效吗", Answered, []string{"旧版本", "查看现行规定"}, []string{"五册"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkText(t, library().typed(t, c.asked), c.status, c.has, c.hasNot...)
		})
	}
}

func TestLongMessagesAreNoCitations(t *testing.T) {
	t.Parallel()
	w := library()
	w.always(.9, w.hit("far", "a1", 9))
	got := w.typed(t, "我上个月在图书馆借书，工作人员说按照借书条例第一条只能借很少的书，但是我邻居说他借了很多，我想知道到底是怎么回事，是不是还有别的办法可以多借几本书给孩子看呢")
	checkText(t, got, Answered, []string{"借书三册"})
}

// A title alone is answered by whom its rule applies to.
func TestTitleAlone(t *testing.T) {
	t.Parallel()
	w := library()
	w.add(corpus.Document{ID: "noise", Kind: corpus.Policy, Title: "青岚市阅览室管理规定", Region: "青岚市", Effective: "2024-01-01"},
		[3]string{"a1", "第一条", "第一条　为了维护阅览秩序，制定本规定。"},
		[3]string{"a2", "第二条", "第二条　读者说话应当小声。"},
		[3]string{"a3", "第三条", "第三条　全市公共图书馆的阅览室适用本规定。"},
		[3]string{"a4", "第四条", "第四条　本规定自2024年1月1日起施行。"})
	for name, c := range map[string]struct {
		asked  string
		anchor string
	}{
		"whole":                {"《青岚市阅览室管理规定》", "/d/noise/a3\""},
		"without its city":     {"阅览室管理规定", "/d/noise/a3\""},
		"as it is called":      {"阅览室规定", "/d/noise/a3\""},
		"says no whom it hits": {"青岚市占座办法", "/d/seats/a1\""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkText(t, w.typed(t, c.asked), Answered, []string{c.anchor})
		})
	}
	if got := w.typed(t, "管理规定"); got.Status == Answered {
		t.Errorf("a name of many rules: %s", got.Text)
	}
}
