package corpus

import (
	"fmt"
	"strings"
	"testing"
)

var offices = []Agency{
	{ID: "mz", Name: "云溪县民政局", Aliases: []string{"民政局", "县民政局"}, Region: "云溪县", Matters: []string{"低保", "结婚登记"}},
	{ID: "rs", Name: "云溪县人社局", Aliases: []string{"人社局"}, Region: "云溪县", Matters: []string{"社保", "社保卡"}},
	{ID: "yb", Name: "云溪县医保局", Region: "云溪县", Matters: []string{"医保", "社保卡挂失"}},
	{ID: "zs", Name: "镇事务所", Account: "town", Aliases: []string{"事务所"}, Matters: []string{"低保"}},
	{ID: "mz", Name: "镇民政办", Account: "town", Matters: []string{"结婚登记"}},
	{ID: "s1", Name: "示例局", Sample: true, Matters: []string{"社保", "养狗"}},
}

func TestDirectoryLookups(t *testing.T) {
	t.Parallel()
	d := NewDirectory(offices, strings.ToLower)
	for _, c := range []struct {
		account     string
		sample      bool
		text        string
		named, owns string
	}{
		{"", true, "云溪县民政局在哪", "云溪县民政局", ""},
		{"", true, "民政局管低保吗", "云溪县民政局", "云溪县民政局"},
		{"", true, "石桥县民政局在哪", "云溪县民政局", ""}, // by 县民政局, an alias of ours
		{"", true, "石桥区民政局在哪", "", ""},
		{"", true, "社保卡挂失打给谁", "", "云溪县医保局"}, // the longest
		{"", true, "社保卡", "", "云溪县人社局"},
		{"", true, "社保", "", "云溪县人社局"}, // one's own before the sample's
		{"", true, "养狗", "", "示例局"},
		{"", false, "养狗", "", ""},
		{"town", true, "低保", "", "镇事务所"}, // the account's own before the shared
		{"town", true, "事务所", "镇事务所", ""},
		{"", true, "事务所", "", ""},
		{"other", true, "事务所", "", ""},
		{"town", true, "云溪县民政局", "", ""}, // its own entry has the ID
		{"town", true, "结婚登记", "", "镇民政办"},
		{"", true, "", "", ""},
	} {
		v := d.For(c.account, c.sample)
		named, _ := v.Named(c.text).Agency()
		owner, _ := v.Owning(c.text).Agency()
		if named.Name != c.named || owner.Name != c.owns {
			t.Errorf("%s as %q: named %q, owned by %q; want %q, %q", c.text, c.account, named.Name, owner.Name, c.named, c.owns)
		}
	}
}

func TestDirectoryOfAccounts(t *testing.T) {
	t.Parallel()
	d := NewDirectory(offices, nil)
	names := func(v View) string {
		var out []string
		for _, a := range v.All() {
			out = append(out, a.ID+"@"+a.Account)
		}
		return strings.Join(out, " ")
	}
	if got := names(d.For("town", false)); got != "zs@town mz@town rs@ yb@" {
		t.Error(got)
	}
	if got := names(d.For("", true)); got != "s1@ rs@ yb@ mz@" {
		t.Error(got)
	}
	if a, ok := d.For("town", false).ByID("mz"); !ok || a.Account != "town" {
		t.Errorf("%+v", a)
	}
	if a, ok := d.For("other", false).ByID("zs"); ok {
		t.Errorf("another account's: %+v", a)
	}
	if a, ok := d.For("", false).Issuing("云溪县人民政府、云溪县医保局"); !ok || a.ID != "yb" {
		t.Errorf("of a joint document: %+v", a)
	}
	if a, ok := d.For("", false).Issuing("云溪县民政局办公室以外的机关"); ok {
		t.Errorf("%+v", a)
	}
	var none *Directory
	v := none.For("", true)
	if _, ok := v.ByID("mz"); ok || v.All() != nil || v.Named("民政局").Word != "" || none.Len() != 0 {
		t.Error("no directory has agencies")
	}
}

func TestDirectoryNeverChanges(t *testing.T) {
	t.Parallel()
	list := []Agency{{ID: "a", Name: "甲局"}}
	d := NewDirectory(list, nil)
	list[0].Name = "乙局"
	if a, _ := d.For("", false).ByID("a"); a.Name != "甲局" {
		t.Error(a.Name)
	}
}

func TestMergeAgencies(t *testing.T) {
	t.Parallel()
	a := Agency{ID: "a", Name: "甲局", Aliases: []string{"老甲"}}
	b := Agency{ID: "b", Name: "乙局"}
	changed := a
	changed.Phone = "12345"
	for _, c := range []struct {
		name      string
		have, put []Agency
		replace   bool
		want      AgencyChange
		faults    string
	}{
		{"new", nil, []Agency{a, b}, false, AgencyChange{Added: 2}, ""},
		{"same", []Agency{a, b}, []Agency{a}, false, AgencyChange{Same: 1}, ""},
		{"changed", []Agency{a, b}, []Agency{changed}, false, AgencyChange{Changed: 1}, ""},
		{"replace", []Agency{a, b, {ID: "t", Account: "town", Name: "丙局"}}, []Agency{changed}, true, AgencyChange{Changed: 1, Removed: 1}, ""},
		{"sample gives way", []Agency{{ID: "a", Name: "甲局", Sample: true}}, []Agency{a}, false, AgencyChange{Added: 1}, ""},
		{"an account's own", []Agency{a}, []Agency{{ID: "a", Account: "town", Name: "甲局"}}, false, AgencyChange{Added: 1}, ""},
		{"twice", nil, []Agency{a, a}, false, AgencyChange{Added: 1}, "1:“甲局”出现了两次"},
		{"one ID", nil, []Agency{a, {ID: "a", Name: "丁局"}}, false, AgencyChange{Added: 1}, "1:编号“a”已经给了“甲局”"},
		{"one name", nil, []Agency{a, {ID: "c", Name: "甲局"}}, false, AgencyChange{Added: 2}, "1:名称“甲局”和“甲局”（编号a）重复"},
		{"the name of one there", []Agency{a}, []Agency{{ID: "c", Name: "甲局"}}, false, AgencyChange{Added: 1}, "0:名称“甲局”和“甲局”（编号a）重复"},
		{"the alias of one there", []Agency{a}, []Agency{{ID: "c", Name: "丁局", Aliases: []string{"老甲"}}}, false, AgencyChange{Added: 1}, "0:别名“老甲”和“甲局”（编号a）重复"},
		{"an alias that is a name", nil, []Agency{b, {ID: "c", Name: "丁局", Aliases: []string{"乙局"}}}, false, AgencyChange{Added: 2}, "1:别名“乙局”和“乙局”（编号b）重复"},
		{"not checked yet", nil, []Agency{{ID: "c", Name: "丁局", Checked: "2027-01-01"}}, false, AgencyChange{}, "0:核对日期2027年1月1日还没有到"},
	} {
		merged, change, faults := MergeAgencies(c.have, c.put, c.replace, "2026-11-26")
		var said []string
		for _, f := range faults {
			said = append(said, fmt.Sprintf("%d:%s", f.Index, f.Message))
		}
		if got := strings.Join(said, "\n"); !strings.HasPrefix(got, c.faults) || (got == "") != (c.faults == "") {
			t.Errorf("%s: faults %q, want %q", c.name, got, c.faults)
		}
		if change != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, change, c.want)
		}
		if c.replace && len(merged) != 2 {
			t.Errorf("%s: %+v", c.name, merged)
		}
	}
}

func TestAgencyFault(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]Agency{
		"":       {ID: "a", Name: "甲局", Phone: "0599-1234567、0599-1234567转2、12345、400-123-4567、13800138000（夜间）", Website: "https://a.gov.cn/x"},
		"没有名称":   {ID: "a"},
		"尖括号":    {ID: "a", Name: "<b>局"},
		"编号":     {ID: "甲", Name: "甲局"},
		"账号":     {ID: "a", Account: "a b", Name: "甲局"},
		"少了区号":   {ID: "a", Name: "甲局", Phone: "5991234567"},
		"科学记数":   {ID: "a", Name: "甲局", Phone: "5.99E+09"},
		"能拨打的号码": {ID: "a", Name: "甲局", Phone: "打总机"},
		"最多5个":   {ID: "a", Name: "甲局", Phone: "110、119、120、122、12345、12333"},
		"完整的网址":  {ID: "a", Name: "甲局", Website: "javascript:alert(1)"},
		"域名不对":   {ID: "a", Name: "甲局", Website: "http://10.1.2.3/"},
		"2到40个字": {ID: "a", Name: "甲局", Matters: []string{"证"}},
		"别名":     {ID: "a", Name: "甲局", Aliases: []string{strings.Repeat("长", 41)}},
	} {
		got := a.Fault("2026-11-26")
		if !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%+v: %q, want %q", a, got, want)
		}
	}
}

func TestCheckDirectory(t *testing.T) {
	t.Parallel()
	open, err := ParseHours("工作日9:00-17:00")
	if err != nil {
		t.Fatal(err)
	}
	d := NewDirectory([]Agency{
		{ID: "a", Name: "甲局", Phone: "12345", Hours: open, Checked: "2026-10-08", Matters: []string{"低保"}},
		{ID: "b", Name: "乙局", Website: "http://localhost/", Checked: "2026-05-01", Matters: []string{"低保"}},
		{ID: "c", Name: "丙局", Phone: "12345", Hours: open, Account: "town"},
	}, nil)
	var got []string
	for _, w := range CheckDirectory(d.For("", false), map[string]int{"甲局": 3, "丁局": 2}, "2026-11-26") {
		got = append(got, w.Name+"："+w.Message)
	}
	want := []string{
		"乙局：上次核对是2026年5月1日，超过180天了", "乙局：没有电话", "乙局：没有办公时间", "乙局：网站“http://localhost/”的域名不对，市民打不开",
		"乙局：职责“低保”也写给了“甲局”，只能写给一个单位", "丁局：有2份已发布的文件是它的，单位名录里没有这个单位",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if a := (Agency{Checked: "2026-05-30"}); a.StaleOn("2026-11-26") || !a.StaleOn("2026-11-27") {
		t.Error("stale after 180 days")
	}
}
