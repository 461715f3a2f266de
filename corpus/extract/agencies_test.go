package extract

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const agencyCSV = "编号,名称,别名,区域,职责,地址,办公时间,电话,网站,核对日期,账号\n" +
	"mz,云溪县民政局,民政局、县民政局,云溪县,\"低保、\n结婚登记\",文昌路1号,周一至周五9:00-17:00，法定节假日除外,(0599)1234567 0599-7654321,https://mz.gov.cn,2026/10/8,\n" +
	"\n,云溪县医保局,,云溪县,医保,,,12345，13800138000（夜间）,,2026年10月8日,\n"

func readAgencies(name, account string, data []byte) ([]AgencyRecord, string) {
	records, problems := Agencies(AgencyFile{Name: name, Account: account, Today: "2026-11-26"}, data)
	var said []string
	for _, p := range problems {
		said = append(said, p.String())
	}
	return records, strings.Join(said, "\n")
}

func TestAgenciesCSV(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(agencyCSV)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(agencyCSV, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"plain": agencyCSV, "Excel's mark": "\ufeff" + agencyCSV, "GB18030": gb, "Excel's tabs": utf16,
		"semicolons": strings.ReplaceAll(agencyCSV, ",", ";"), "Windows": strings.ReplaceAll(agencyCSV, "\n", "\r\n"),
	} {
		records, problems := readAgencies("a.csv", "", []byte(data))
		if problems != "" || len(records) != 2 {
			t.Fatalf("%s: %v %s", name, records, problems)
		}
		a, b := records[0].Agency, records[1].Agency
		if got := fmt.Sprintln(a.ID, a.Name, a.Aliases, a.Region, a.Matters, a.Address, a.Hours.Chinese(), a.Phone, a.Website, a.Checked, records[0].Line); got !=
			"mz 云溪县民政局 [民政局 县民政局] 云溪县 [低保 结婚登记] 文昌路1号 周一至周五9:00—17:00（法定节假日除外） 0599-1234567、0599-7654321 https://mz.gov.cn 2026-10-08 2\n" {
			t.Errorf("%s: %s", name, got)
		}
		if b.ID != "a-"+hash("云溪县医保局") || b.Phone != "12345、13800138000（夜间）" || b.Checked != "2026-10-08" || b.Hours.Known() || records[1].Line != 5 {
			t.Errorf("%s: %+v in line %d", name, b, records[1].Line)
		}
	}
}

func TestAgenciesByDay(t *testing.T) {
	t.Parallel()
	records, problems := readAgencies("a.csv", "town", []byte("Name,Monday,周六,note\n甲局,9:00-12:00，13:30-17:00,休息,法定节假日除外\n"))
	if problems != "" || len(records) != 1 || records[0].Agency.Account != "town" ||
		records[0].Agency.Hours.Chinese() != "周一9:00—12:00，13:30—17:00（法定节假日除外）" {
		t.Errorf("%+v %s", records, problems)
	}
}

func TestAgenciesJSON(t *testing.T) {
	t.Parallel()
	records, problems := readAgencies("a.jsonl", "", []byte(`{"id":"mz","name":"云溪县民政局","aliases":["民政局"],"matters":"低保、殡葬","hours":"工作日9:00-17:00","phone":12345}
{"名称":"云溪县医保局","办公时间":{"周一":"9:00-12:00","note":"法定节假日除外"},"核对日期":"2026-10-08"}`))
	if problems != "" || len(records) != 2 {
		t.Fatalf("%+v %s", records, problems)
	}
	a, b := records[0].Agency, records[1].Agency
	if a.Phone != "12345" || len(a.Aliases) != 1 || len(a.Matters) != 2 || a.Hours.Brief() != "工作日9:00—17:00" {
		t.Errorf("%+v", a)
	}
	if b.Hours.Chinese() != "周一9:00—12:00（法定节假日除外）" || records[1].Line != 2 {
		t.Errorf("%+v", b)
	}
}

func TestAgenciesRefused(t *testing.T) {
	t.Parallel()
	const head = "名称,办公时间,电话,网站,核对日期,账号\n"
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "a.csv: 没有单位"},
		{"headings alone", head, "a.csv: 没有单位"},
		{"no name column", "电话\n12345\n", "a.csv:1: 第一行没有“名称”这一列"},
		{"an unknown column", "名称,经办人\n甲局,张三\n", "a.csv:1: 不认识的列“经办人”"},
		{"a column twice", "名称,机构\n甲局,甲局\n", "a.csv:1: “名称”和“机构”两列"},
		{"a cell without heading", "名称\n甲局,12345\n", "a.csv:2: “12345”上面没有列名"},
		{"no name", head + ",,12345,,,\n", "a.csv:2: 没有名称"},
		{"bad hours", head + "甲局,看心情,,,,\n", "a.csv:2: 没看懂办公时间里的“看心情”"},
		{"bad phone", head + "甲局,,打总机,,,\n", "a.csv:2: 电话“打总机”不是能拨打的号码"},
		{"bad website", head + "甲局,,,www.a.cn,,\n", "a.csv:2: 网站“www.a.cn”不是完整的网址"},
		{"bad date", head + "甲局,,,,上个月,\n", "a.csv:2: 核对日期“上个月”不是日期"},
		{"a date to come", head + "甲局,,,,2026-12-01,\n", "a.csv:2: 核对日期2026年12月1日还没有到"},
		{"two ways to write hours", "名称,办公时间,周一\n甲局,工作日9:00-17:00,9:00-12:00\n", "a.csv:2: “办公时间”和“周一”两列都写了时间"},
		{"open quotes", head + "甲局,,\"12345,,,\n乙局,,,,,\n", "a.csv:2: 这一行的双引号不成对"},
		{"broken text", head + "甲\xff\xff\xff局,,,,,\n", "a.csv: 文字编码损坏"},
		{"markup", "名称,地址\n甲局,<script>\n", "a.csv:2: 地址"},
		{"every line", head + "甲局,,x,,,\n乙局,,y,,,\n", "a.csv:3: 电话“y”"},
		{"too large", strings.Repeat("名", MaxAgencyFile/3+1), "a.csv: 文件超过 8 MB"},
		{"too much", head + strings.Repeat("甲局,,x,,,\n", 1000), "后面的不再检查"},
	} {
		_, problems := readAgencies("a.csv", "", []byte(c.file))
		if !strings.Contains(problems, c.want) {
			t.Errorf("%s: %q, want %q", c.name, problems, c.want)
		}
	}
	if _, problems := readAgencies("a.csv", "town", []byte(head+"甲局,,,,,village\n")); !strings.Contains(problems, "a.csv:2: 这一行的账号是“village”") {
		t.Error(problems)
	}
	for file, want := range map[string]string{
		`{"name":"甲局"`:                        "a.jsonl:1: 这一行不是完整的 JSON 对象",
		`{"name":"甲局"} x`:                     "a.jsonl:1: 这一行在 JSON 对象之后还有别的内容",
		`{"name":"甲局","boss":"张三"}`:           "a.jsonl:1: 不认识的字段“boss”",
		`{"name":"甲局","名称":"乙局"}`:             "a.jsonl:1: “名称”和另一个字段",
		`{"name":{"a":"b"}}`:                  "a.jsonl:1: 字段“name”应是文字",
		`{"name":"甲局","hours":{"春节":"9:00"}}`: "a.jsonl:1: 办公时间里的“春节”",
	} {
		if _, problems := readAgencies("a.jsonl", "", []byte(file)); !strings.HasPrefix(problems, want) {
			t.Errorf("%s: %q, want %q", file, problems, want)
		}
	}
}

func FuzzAgencies(f *testing.F) {
	f.Add([]byte(agencyCSV), true)
	f.Add([]byte(`{"name":"甲局","hours":{"周一":"9:00-12:00"},"phone":["12345"]}`), false)
	f.Add([]byte("名称\t周一\n甲局\t\"9点到12点\n"), true)
	f.Fuzz(func(t *testing.T, data []byte, csv bool) {
		name := "a.jsonl"
		if csv {
			name = "a.csv"
		}
		records, problems := Agencies(AgencyFile{Name: name, Today: "2026-11-26"}, data)
		if len(records) == 0 && len(problems) == 0 {
			t.Fatal("neither agencies nor a reason")
		}
		for _, r := range records {
			if f := r.Agency.Fault("2026-11-26"); f != "" || r.Line < 1 {
				t.Fatalf("line %d: %+v: %s", r.Line, r.Agency, f)
			}
			if strings.IndexFunc(r.Agency.Name+r.Agency.Hours.Chinese(), invisible) >= 0 {
				t.Fatalf("%+v", r.Agency)
			}
		}
		for _, p := range problems {
			if p.Message == "" || !p.Skipped || p.File != name {
				t.Fatalf("%+v", p)
			}
		}
	})
}
