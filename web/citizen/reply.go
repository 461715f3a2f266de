package citizen

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/policybot/policybot/bot"
)

// Block is either lines of a paragraph or things to tap.
type Block struct {
	Lines [][]Part
	Taps  []Tap
}

// Tap is a button that sends a text as if it had been typed.
type Tap struct{ Number, Label, Send string }

const (
	maxLink = 2048 // bytes of an address in a reply
	maxTap  = 600  // bytes that a button sends
)

var (
	anchor = regexp.MustCompile(`<a href="([^"<>\s]+)">([^<>]+)</a>`)
	choice = regexp.MustCompile(`^\s*([0-9])[ 　.．、:：]+(.+?)\s*$`)
	lead   = regexp.MustCompile(`^\s*([0-9])[ 　.．、:：]*$`)
)

// layOut reads the text of a reply. Everything is plain text except
// <a href="…">…</a>: http and https become links, weixin://bizmsgmenu becomes
// a button that sends what WeChat would send, any other address leaves its
// label only. Lines that are choices become buttons too; choices that the
// text does not show come at the end.
func layOut(text string, choices []bot.Choice) []Block {
	var l layout
	shown := make([]bool, len(choices))
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if tap, ok := l.choice(line, choices, shown); ok {
			l.tap(tap)
			continue
		}
		l.line(line)
	}
	for i, c := range choices {
		if !shown[i] && c.Label != "" && i < 9 {
			n := strconv.Itoa(i + 1)
			l.tap(Tap{Number: n, Label: c.Label, Send: n})
		}
	}
	return l.blocks
}

type layout struct {
	blocks []Block
	open   bool // the last block is a paragraph that goes on
}

// choice reads "1 补办社保卡". 0 (都不是) counts only right below a choice.
func (l *layout) choice(line string, choices []bot.Choice, shown []bool) (Tap, bool) {
	m := choice.FindStringSubmatch(anchor.ReplaceAllString(line, "$2"))
	if m == nil {
		return Tap{}, false
	}
	n := int(m[1][0] - '0')
	tap := Tap{Number: m[1], Label: m[2], Send: m[1]}
	if n == 0 {
		last := len(l.blocks) - 1
		return tap, last >= 0 && l.blocks[last].Taps != nil
	}
	if n > len(choices) || strings.TrimSpace(choices[n-1].Label) != m[2] {
		return Tap{}, false
	}
	shown[n-1] = true
	return tap, true
}

func (l *layout) tap(t Tap) {
	if last := len(l.blocks) - 1; last >= 0 && l.blocks[last].Taps != nil {
		l.blocks[last].Taps = append(l.blocks[last].Taps, t)
		return
	}
	l.blocks = append(l.blocks, Block{Taps: []Tap{t}})
	l.open = false
}

func (l *layout) line(line string) {
	if strings.TrimSpace(line) == "" {
		l.open = false
		return
	}
	var parts []Part
	var taps []Tap
	rest := line
	for {
		m := anchor.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		before, href, label := rest[:m[0]], rest[m[2]:m[3]], rest[m[4]:m[5]]
		rest = rest[m[1]:]
		if t, ok := menu(href, label); ok {
			if n := lead.FindStringSubmatch(before); n != nil {
				t.Number, before = n[1], ""
			}
			taps = append(taps, t)
			parts = append(parts, plain(before)...)
			continue
		}
		parts = append(parts, plain(before)...)
		if len(href) > maxLink {
			href = ""
		}
		parts = append(parts, link(label, href))
	}
	parts = append(parts, plain(rest)...)
	if len(parts) > 0 {
		l.add(parts)
	}
	for _, t := range taps {
		l.tap(t)
	}
}

func (l *layout) add(parts []Part) {
	if !l.open {
		l.blocks = append(l.blocks, Block{})
		l.open = true
	}
	last := &l.blocks[len(l.blocks)-1]
	last.Lines = append(last.Lines, parts)
}

func plain(text string) []Part {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return phones(text)
}

// menu reads weixin://bizmsgmenu?msgmenucontent=…&msgmenuid=…
func menu(href, label string) (Tap, bool) {
	query, ok := strings.CutPrefix(href, "weixin://bizmsgmenu?")
	if !ok {
		return Tap{}, false
	}
	send := label
	for pair := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(pair, "msgmenucontent="); ok {
			if text, err := url.QueryUnescape(value); err == nil && text != "" {
				send = strings.ToValidUTF8(text, "")
			}
		}
	}
	if send == "" || len(send) > maxTap {
		return Tap{}, false
	}
	return Tap{Label: label, Send: send}, true
}
