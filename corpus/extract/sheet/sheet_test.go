package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus"
)

var limits = Limits{Rows: 200_000, Columns: 50, Cells: 4_000_000, Cell: 1000, Text: 2 << 20, Sheets: 10, Unzipped: 64 << 20, Strings: 16 << 20}

// pack makes a zip of names and texts.
func pack(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for name, text := range parts {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`

// book makes a workbook of sheets, each the XML around and of its rows.
func book(t testing.TB, formats []string, texts []string, sheets ...string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types/>`,
		"_rels/.rels":         rels + `<Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	}
	list, refs := "", ""
	for i, s := range sheets {
		state := ""
		if strings.Contains(s, "<!--hidden-->") {
			state = ` state="hidden"`
		}
		list += fmt.Sprintf(`<sheet name="表%d" sheetId="%d"%s r:id="r%d"/>`, i+1, i+1, state, i+1)
		refs += fmt.Sprintf(`<Relationship Id="r%d" Type="http://x/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		parts[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = `<worksheet xmlns="m">` + s + `</worksheet>`
	}
	parts["xl/workbook.xml"] = `<workbook xmlns="m" xmlns:r="r"><sheets>` + list + `</sheets></workbook>`
	parts["xl/_rels/workbook.xml.rels"] = rels + refs + `</Relationships>`
	styles := `<styleSheet><numFmts>`
	cells := ""
	for i, f := range formats {
		styles += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, strings.ReplaceAll(f, `"`, "&quot;"))
		cells += fmt.Sprintf(`<xf numFmtId="%d"/>`, 164+i)
	}
	parts["xl/styles.xml"] = styles + `</numFmts><cellXfs><xf numFmtId="0"/>` + cells + `</cellXfs></styleSheet>`
	shared := ""
	for _, s := range texts {
		shared += `<si>` + s + `</si>`
	}
	parts["xl/sharedStrings.xml"] = `<sst>` + shared + `</sst>`
	return pack(t, parts)
}

// show reads a workbook and writes what is in it.
func show(data []byte, l Limits) string {
	var sb strings.Builder
	err := Workbook(context.Background(), data, l, func(t Table, rows iter.Seq2[Row, error]) error {
		fmt.Fprintf(&sb, "[%s", t.Name)
		if t.Hidden {
			sb.WriteString(" hidden")
		}
		sb.WriteString("]")
		for r, err := range rows {
			if err != nil {
				return err
			}
			fmt.Fprintf(&sb, " %d:%s", r.Number, strings.Join(r.Filled, "|"))
			if r.Hidden {
				sb.WriteString(" hidden")
			}
			if len(r.Uncomputed) > 0 {
				fmt.Fprint(&sb, " uncomputed", r.Uncomputed)
			}
		}
		return nil
	})
	if err != nil {
		fmt.Fprintf(&sb, " ERROR %v", err)
	}
	return sb.String()
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	data := book(t, []string{"yyyy/m/d", "0.0%", "000000", `#,##0.00"元"`, "h:mm", "0", `[$-804]yyyy"年"m"月"d"日";@`, "yyyy-mm-dd hh:mm:ss.00"},
		[]string{`<t>问题</t>`, `<r><t>答</t></r><r><t>案</t></r><rPh><t>da</t></rPh>`, `<t>a_x000D_
b</t>`},
		`<cols><col min="5" max="5" hidden="1"/></cols><sheetData>`+
			`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>`+
			`<row r="3"><c r="A3" s="1"><v>45413</v></c><c r="B3" s="2"><v>0.125</v></c><c r="C3" s="3"><v>10000</v></c><c r="D3" s="4"><v>1234.5</v></c><c r="E3"><v>9</v></c></row>`+
			`<row r="4"><c r="A4" s="5"><v>0.375</v></c><c r="B4"><v>1.10101199001011E+17</v></c><c r="C4"><v>110101199001011234</v></c><c r="D4" s="6"><v>13800001234</v></c></row>`+
			`<row r="5" hidden="1"><c r="A5"><v>0.30000000000000004</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="inlineStr"><is><t>内</t></is></c></row>`+
			`<row r="6"><c r="A6"><f>1+1</f><v>2</v></c><c r="B6"><f>X1</f></c><c r="C6" t="str"><f>"a"</f><v>甲</v></c></row>`+
			`<row r="7"><c r="A7" s="7"><v>45413</v></c><c r="B7" s="8"><v>45413.5</v></c></row>`+
			`<row r="8"><c r="A8"><v></v></c></row></sheetData>`,
		`<!--hidden--><sheetData><row><c><v>1</v></c></row></sheetData>`,
		`<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="B2"><v>3</v></c></row><row r="3"><c r="B3"><v>4</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>`)
	want := "[表1] 1:问题|答案|a\nb 3:2024-05-01|12.5%|010000|1,234.50元 4:09:00|110101199001011000|110101199001011234|13800001234 " +
		"5:0.3|是||内 hidden 6:2||甲 uncomputed[2] 7:2024-05-01|2024-05-01 12:00[表2 hidden] 1:1[表3] 1:1|2 2:1|3 3:|4"
	if got := show(data, limits); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"General": "1234.5", "": "1234.5", "0": "1234", "0.00": "1234.50", "#,##0": "1,234", "0.##": "1234.5", "¥#,##0.00": "¥1,234.50",
		`"约"0"个"`: "约1234个", `0\元`: "1234元", "0.00E+00": "1234.5", "# ?/?": "1234.5", "yyyy": "1903-05-18", "[h]:mm": "29628:00", "G/通用格式": "1234.5",
		`_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ `: "¥1,234.50", "@": "1234.5", "0,": "1234.5",
	} {
		if got := parseFormat(code).write("1234.5", false); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
	if got := builtIn(14).write("0", true); got != "00:00" {
		t.Errorf("got %q", got)
	}
	if got := builtIn(14).write("1462", true); got != "1908-01-02" {
		t.Errorf("got %q", got)
	}
}

func TestBadWorkbooks(t *testing.T) {
	t.Parallel()
	fine := book(t, nil, nil, `<sheetData><row><c><v>1</v></c></row></sheetData>`)
	wide := book(t, nil, nil, `<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>`)
	bomb := book(t, nil, nil, `<sheetData>`+strings.Repeat(" ", 80<<20)+`</sheetData>`)
	entity := pack(t, map[string]string{"xl/workbook.xml": `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><workbook><sheet name="&b;" id="r1"/></workbook>`})
	few := limits
	few.Rows, few.Cells = 2, 5
	for name, test := range map[string]struct {
		data []byte
		l    Limits
		want string
	}{
		"truncated": {fine[:len(fine)/2], limits, "已损坏"},
		"no zip":    {[]byte("PK\x03\x04"), limits, "已损坏"},
		"wide":      {wide, limits, "超过 50 列"},
		"bomb":      {bomb, limits, "解压后超过 64 MB"},
		"entity":    {entity, limits, "已损坏"},
		"none":      {pack(t, map[string]string{"xl/workbook.xml": "<workbook/>"}), limits, "没有工作表"},
		"cut XML":   {book(t, nil, nil, `<sheetData><row><c><v>1`), limits, "已损坏"},
		"rows":      {book(t, nil, nil, `<sheetData>`+strings.Repeat(`<row><c><v>1</v></c></row>`, 3)+`</sheetData>`), few, "超过 2 行"},
		"cells":     {book(t, nil, nil, `<sheetData>`+strings.Repeat(`<row>`+strings.Repeat(`<c><v>1</v></c>`, 3)+`</row>`, 2)+`</sheetData>`), few, "超过 5 格"},
		"text": {book(t, nil, []string{"<t>" + strings.Repeat("甲", 300) + "</t>"}, `<sheetData>`+strings.Repeat(`<row>`+strings.Repeat(`<c t="s"><v>0</v></c>`, 40)+`</row>`, 100)+`</sheetData>`),
			limits, "文字超过 2 MB"},
		"merged": {book(t, nil, nil, `<sheetData><row><c t="str"><v>`+strings.Repeat("甲", 300)+`</v></c></row>`+strings.Repeat(`<row><c r="B2"><v>1</v></c></row>`, 5000)+`</sheetData><mergeCell ref="A1:A9000"/>`),
			limits, "文字超过 2 MB"},
		"cell": {book(t, nil, nil, `<sheetData><row><c t="str"><v>`+strings.Repeat("甲", 400)+`</v></c></row></sheetData>`), limits, "1000"},
	} {
		start := time.Now()
		got := show(test.data, test.l)
		if name == "cell" {
			test.want = "KB 的上限"
		}
		if !strings.Contains(got, "ERROR") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q", name, got)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Workbook(ctx, fine, limits, func(Table, iter.Seq2[Row, error]) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func readCSV(text string, l Limits) string {
	var sb strings.Builder
	err := CSV(context.Background(), text, l, func(_ Table, rows iter.Seq2[Row, error]) error {
		for r, err := range rows {
			if err != nil {
				return err
			}
			fmt.Fprintf(&sb, "%d:%s ", r.Number, strings.Join(r.Cells, "|"))
		}
		return nil
	})
	if err != nil {
		sb.WriteString("ERROR " + err.Error())
	}
	return sb.String()
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"问题,答案\n甲,\"乙\n丙\"\n\n丁,戊,\n": "1:问题|答案 2:甲|乙\n丙 5:丁|戊 ",
		"a;b\n\"c;\";d":  "1:a|b 2:c;|d ",
		"a\tb,c\n1\t2":   "1:a|b,c 2:1|2 ",
		"a,b\"c\"\n,,\n": "1:a|b\"c\" ",
		"":               "",
		"a\r\nb":         "1:a 2:b ",
	} {
		if got := readCSV(text, limits); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		strings.Repeat(",", 1<<20):             "超过 50 列",
		"a" + strings.Repeat(",", 60) + "b":    "超过 50 列",
		"\"" + strings.Repeat("甲", 400) + "\n": "KB 的上限",
	} {
		if got := readCSV(text, limits); !strings.Contains(got, want) {
			t.Errorf("%.20q: got %q", text, got)
		}
	}
}

// TestLargeSheet reads 100,000 rows of 4 cells without holding them.
func TestLargeSheet(t *testing.T) {
	t.Parallel()
	var sb strings.Builder
	sb.WriteString("<sheetData>")
	for i := range 100_000 {
		fmt.Fprintf(&sb, `<row r="%d">`, i+1)
		for c := range 4 {
			fmt.Fprintf(&sb, `<c r="%c%d"><v>%d</v></c>`, 'A'+c, i+1, i*c)
		}
		sb.WriteString("</row>")
	}
	sb.WriteString("</sheetData>")
	data := book(t, nil, nil, sb.String())
	sb.Reset()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start, n := time.Now(), 0
	err := Workbook(t.Context(), data, limits, func(_ Table, rows iter.Seq2[Row, error]) error {
		for r, err := range rows {
			if err != nil || len(r.Cells) != 4 {
				t.Fatal(r, err)
			}
			if n++; n == 90_000 {
				runtime.GC()
				runtime.ReadMemStats(&after)
			}
		}
		return nil
	})
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d rows in %v, %d MB held", n, time.Since(start), grown>>20)
	if err != nil || n != 100_000 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func FuzzWorkbook(f *testing.F) {
	f.Add(`<sheetData><row r="1"><c r="A1" s="1" t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A1:A9"/></mergeCells>`, "0.00", "<t>甲</t>")
	f.Add(`<cols><col min="1" max="9" hidden="1"/></cols><sheetData><row hidden="1"><c><f>1</f></c><c t="inlineStr"><is><t>x</t></is></c></row></sheetData>`, `yyyy"年";@`, "<r><t>a</t></r>")
	f.Fuzz(func(t *testing.T, sheet, format, text string) {
		data := book(t, []string{format}, []string{text}, sheet)
		err := Workbook(t.Context(), data, limits, func(_ Table, rows iter.Seq2[Row, error]) error {
			for r, err := range rows {
				var said corpus.Refusal
				if err != nil && !errors.As(err, &said) {
					t.Fatal(err)
				}
				if len(r.Cells) > limits.Columns || len(r.Filled) > limits.Columns {
					t.Fatal("too many columns")
				}
			}
			return nil
		})
		var said corpus.Refusal
		if err != nil && !errors.As(err, &said) {
			t.Fatal(err)
		}
	})
}

func FuzzNumber(f *testing.F) {
	f.Add(`#,##0.00"元"`, "1234.5")
	f.Add(`[$-804]yyyy"年"m"月"`, "45413.5")
	f.Fuzz(func(t *testing.T, code, v string) {
		if got := parseFormat(code).write(v, true); len(got) > len(v)+2*len(code)+400 {
			t.Fatalf("%q", got)
		}
	})
}

func FuzzCSV(f *testing.F) {
	f.Add("a,b\n\"c\nd\",e")
	f.Fuzz(func(t *testing.T, text string) { readCSV(text, limits) })
}
