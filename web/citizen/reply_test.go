package citizen

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/web/page"
)

func TestLayOut(t *testing.T) {
	t.Parallel()
	line := func(parts ...Part) [][]Part { return [][]Part{parts} }
	for name, c := range map[string]struct {
		text    string
		choices []bot.Choice
		want    []Block
	}{
		"paragraphs": {"甲\n乙\n\n丙", nil, []Block{{Lines: [][]Part{{{Text: "甲"}}, {{Text: "乙"}}}}, {Lines: line(Part{Text: "丙"})}}},
		"link": {`请看<a href="https://policy.example/d/x/a6">原文</a>。`, nil,
			[]Block{{Lines: line(Part{Text: "请看"}, Part{"原文", "https://policy.example/d/x/a6"}, Part{Text: "。"})}}},
		"own path":      {`<a href="/d/x">看</a>`, nil, []Block{{Lines: line(Part{"看", "/d/x"})}}},
		"script link":   {`<a href="javascript:alert(1)">看</a>`, nil, []Block{{Lines: line(Part{Text: "看"})}}},
		"other host":    {`<a href="//evil.example">看</a>`, nil, []Block{{Lines: line(Part{Text: "看"})}}},
		"user in link":  {`<a href="https://a@evil.example/">看</a>`, nil, []Block{{Lines: line(Part{Text: "看"})}}},
		"more markup":   {`<a href="/d/x" onclick="x()">看</a>`, nil, []Block{{Lines: line(Part{Text: `<a href="/d/x" onclick="x()">看</a>`})}}},
		"no end":        {`<a href="/d/x">看`, nil, []Block{{Lines: line(Part{Text: `<a href="/d/x">看`})}}},
		"choice":        {"哪一个？\n1 甲\n2 乙\n0 都不是", []bot.Choice{{Label: "甲"}, {Label: "乙"}}, []Block{{Lines: line(Part{Text: "哪一个？"})}, {Taps: []Tap{{"1", "甲", "1"}, {"2", "乙", "2"}, {"0", "都不是", "0"}}}}},
		"not a choice":  {"1. 身份证；\n0 元", []bot.Choice{}, []Block{{Lines: [][]Part{{{Text: "1. 身份证；"}}, {{Text: "0 元"}}}}}},
		"unshown":       {"好", []bot.Choice{{Label: "甲"}}, []Block{{Lines: line(Part{Text: "好"})}, {Taps: []Tap{{"1", "甲", "1"}}}}},
		"menu":          {`1 <a href="weixin://bizmsgmenu?msgmenucontent=%E7%94%B2&msgmenuid=1">甲方</a>`, nil, []Block{{Taps: []Tap{{"1", "甲方", "甲"}}}}},
		"menu inline":   {`也可以<a href="weixin://bizmsgmenu?msgmenuid=1">问甲</a>`, nil, []Block{{Lines: line(Part{Text: "也可以"})}, {Taps: []Tap{{"", "问甲", "问甲"}}}}},
		"menu + choice": {`1 <a href="weixin://bizmsgmenu?msgmenucontent=1&msgmenuid=1">甲</a>`, []bot.Choice{{Label: "甲"}}, []Block{{Taps: []Tap{{"1", "甲", "1"}}}}},
		"weixin other":  {`<a href="weixin://dl/business">甲</a>`, nil, []Block{{Lines: line(Part{Text: "甲"})}}},
		"phones": {"报警110 · 12345，补120元", nil, []Block{{Lines: line(Part{Text: "报警"}, Part{"110", "tel:110"}, Part{Text: " · "},
			Part{"12345", "tel:12345"}, Part{Text: "，补120元"})}}},
	} {
		if got := layOut(c.text, c.choices); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, c.want)
		}
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0000-6612306（青岚市民政局）": "0000-6612306", "咨询：0000—66123061": "0000-66123061",
		"13800000000": "13800000000", "400-000-0000": "400-000-0000", "拨打120": "120", "急救：120": "120",
		"120平方米": "", "满110分": "", "12345元": "", "身份证110101199001011234": "", "编号A13800000000": "",
		"2024-12345": "", "12.12345": "", "〔2024〕120号": "", "金额12345.67": "",
	} {
		got := ""
		for _, p := range phones(text) {
			got += strings.TrimPrefix(string(p.Href), "tel:")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// FuzzReply renders whatever a reply may say and reads the page as a browser
// would: only our own elements, only safe links.
func FuzzReply(f *testing.F) {
	pages, err := page.New("")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		"可以。\n<a href=\"/d/x/a6\">查看原文</a>\n1 甲\n0 都不是", `<a href="javascript:alert(1)">x</a>`,
		`1 <a href="weixin://bizmsgmenu?msgmenucontent=%22%3E%3Cscript%3E&msgmenuid=1">甲</a>`,
		`<a href="https://a/"><script>alert(1)</script></a>`, `<a href="tel:110">x</a>`, "\x00\xff<!--", `<a href="data:text/html,x">x</a>`,
	} {
		f.Add(seed, "甲")
	}
	allowed := map[string]bool{"html": true, "head": true, "body": true, "li": true, "div": true, "p": true, "br": true, "a": true, "form": true, "button": true, "b": true}
	f.Fuzz(func(t *testing.T, text, label string) {
		out, err := pages.Part("chat", "reply", viewTurn(turn{Text: text, Status: bot.Answered, Choices: []bot.Choice{{Label: label}}}, false))
		if err != nil {
			t.Fatal(err)
		}
		if utf8.ValidString(text) && utf8.ValidString(label) && !utf8.Valid(out) {
			t.Fatal("not UTF-8")
		}
		root, err := html.Parse(strings.NewReader(string(out)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type == html.CommentNode || n.Type == html.ElementNode && !allowed[n.Data] {
				t.Fatalf("<%s> in %s", n.Data, out)
			}
			for _, a := range n.Attr {
				switch a.Key {
				case "class", "value", "name", "method", "action":
				case "href":
					if !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "tel:") {
						t.Fatalf("href %q", a.Val)
					}
				default:
					t.Fatalf("attribute %s=%q", a.Key, a.Val)
				}
			}
		}
	})
}
