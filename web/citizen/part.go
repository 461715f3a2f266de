package citizen

import (
	"html/template"
	"net/url"
	"regexp"
	"strings"
)

// Part is a piece of text on one line, with or without a link. Text is plain:
// the template escapes it. Href is only ever set by link and phones, after
// looking at it.
type Part struct {
	Text string
	Href template.URL
}

func words(text string) []Part { return []Part{{Text: text}} }

// link returns a linked part where href is http, https or an address on this
// site, and plain text otherwise.
func link(text, href string) Part {
	if !safe(href) {
		return Part{Text: text}
	}
	return Part{Text: text, Href: template.URL(href)} //nolint:gosec // safe looked at it
}

// safe reports whether href may be a link: an absolute http or https address
// with a host and no user in it, or a path on this site.
func safe(href string) bool {
	if len(href) > 2048 || strings.ContainsAny(href, "\\\"'<>` \t\r\n") {
		return false
	}
	u, err := url.Parse(href)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	if u.Scheme == "" {
		return u.Host == "" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//")
	}
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// inner are the marks of a title within a title (GB/T 15834):
// 《〈青岚市敬老卡管理办法〉解读》.
var inner = strings.NewReplacer("《", "〈", "》", "〉")

// quoted puts 《》 around a title that is not wholly in them.
func quoted(title string) string {
	if strings.HasPrefix(title, "《") && strings.HasSuffix(title, "》") && strings.Count(title, "《") == 1 {
		return title
	}
	return "《" + inner.Replace(title) + "》"
}

// Numbers that somebody would dial: with an area code, mobile, 400 and 95
// services, and the hotlines 12345, 12333 …; 110, 119 and 120 only after words
// that say so, because 120元 is money.
var phone = regexp.MustCompile(`(?:(报警|火警|急救|拨打|打)[：:]?)?(0\d{2,3}[-—－]\d{7,8}|400[-—－]?\d{3}[-—－]?\d{4}|1[3-9]\d{9}|123\d{2}|110|119|120)`)

// phones cuts a text into parts so that telephone numbers are links.
func phones(text string) []Part {
	var parts []Part
	done := 0
	for _, m := range phone.FindAllStringSubmatchIndex(text, -1) {
		start, end := m[4], m[5]
		if start < done || digitAt(text, start-1) || digitAt(text, end) || inNumber(text, start, end) {
			continue
		}
		number := text[start:end]
		if len(number) == 3 && m[2] < 0 {
			continue
		}
		if start > done {
			parts = append(parts, Part{Text: text[done:start]})
		}
		parts = append(parts, Part{Text: number, Href: "tel:" + template.URL(dial(number))}) //nolint:gosec // digits and hyphens
		done = end
	}
	if done < len(text) {
		parts = append(parts, Part{Text: text[done:]})
	}
	return parts
}

func digitAt(text string, i int) bool {
	return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9'
}

// inNumber reports whether a match is part of a longer thing: an amount, a
// decimal, a code with letters.
func inNumber(text string, start, end int) bool {
	if start > 0 && strings.IndexByte(".,-_/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", text[start-1]) >= 0 {
		return true
	}
	rest := text[end:]
	for _, unit := range []string{"元", "万", "亿", "平方", "米", "人", "户", "个", "天", "日", "岁", "%", ".", "号", "件", "分", "公里", "块"} {
		if strings.HasPrefix(rest, unit) && (unit != "." || digitAt(text, end+1)) {
			return true
		}
	}
	return false
}

func dial(number string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, number)
}
