package layout

import (
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

const (
	maxTitle   = 120 // characters
	maxHeading = 50
	larger     = 1.1 // times the text's size, from where type stands out
)

// redHead recognises the issuer's name above an official document (GB/T
// 9704-2012, 7.2.4): it is larger than the title, and not it.
func redHead(s string) bool { return redHeads.MatchString(squeeze(s)) }

var redHeads = regexp.MustCompile(`(?:文件|公报)$|^[^，。：《》]{2,30}(?:人民政府|委员会|办公室|办公厅|[厅局部委署])(?:（\S{1,8}）)?$`)

// takeTitle finds the title and moves it to the front. It is the largest
// centred text of the first page that has any, without the issuer's name and
// number above it.
func (d *document) takeTitle(all []paragraph) (string, []paragraph) {
	best := -1
	for i, p := range all {
		if p.page != all[0].page || i > 30 {
			break
		}
		text := squeeze(p.text)
		switch {
		case p.cells, p.size < larger*d.body, p.numbered, corpus.Printed(text) < 2, corpus.Printed(text) > maxTitle:
			continue
		case !p.centred && (i > 3 || p.size < 1.25*d.body):
			continue // set to the left, it opens the page
		case redHead(text), text == "目录", corpus.CodeIn(text) != "" && corpus.Printed(text) < 30:
			continue
		}
		if best < 0 || p.size > 1.05*all[best].size {
			best = i
		}
	}
	if best < 0 {
		return "", all
	}
	title := all[best]
	title.text = strings.Join(strings.Fields(title.text), " ")
	out := append([]paragraph{title}, all[:best]...)
	return title.text, append(out, all[best+1:]...)
}

// blocks writes paragraphs as blocks: what is set larger than the text and is
// no sentence is a heading, the largest the highest below the title, which is
// the first paragraph where there is one.
func (d *document) blocks(all []paragraph, titled bool) []corpus.Block {
	levels := d.levels(all, titled)
	out := make([]corpus.Block, 0, len(all))
	for i, p := range all {
		b := corpus.Block{Text: p.text, Row: p.cells, Header: p.header}
		switch {
		case i == 0 && titled:
			b.Heading = 1
		case d.heading(p):
			b.Heading = levels[sizeKey(p.size)]
		}
		out = append(out, b)
	}
	return out
}

func (d *document) heading(p paragraph) bool {
	text := squeeze(p.text)
	return !p.cells && p.size >= larger*d.body && corpus.Printed(text) <= maxTitle && !strings.ContainsAny(text, "。；") &&
		(corpus.Printed(text) <= maxHeading || p.centred) && !redHead(text) && (corpus.CodeIn(text) == "" || corpus.Printed(text) >= 30)
}

// levels gives every size of a heading its level: 2 for the largest but the
// title's.
func (d *document) levels(all []paragraph, titled bool) map[int]int {
	var sizes []int
	for i, p := range all {
		if key := sizeKey(p.size); d.heading(p) && !(i == 0 && titled) && !slices.Contains(sizes, key) {
			sizes = append(sizes, key)
		}
	}
	slices.Sort(sizes)
	slices.Reverse(sizes)
	levels := map[int]int{}
	level := 1
	for i, s := range sizes {
		if i == 0 || sizes[i-1]-s > 1 {
			level++
		}
		levels[s] = min(level, 6)
	}
	return levels
}
