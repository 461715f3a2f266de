package wechat

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	more     = "……"          // something was left out here
	tooLong  = "内容较长，这里放不下。" // where not even the first sentence fits
	maxClose = 2             // quotations, the innermost, that are closed after more
)

// openers and closers of quotations, in pairs.
const openers, closers = "“‘「『（《【", "”’」』）》】"

// Fit shortens text to at most limit bytes. It keeps or drops whole sentences
// and never cuts a character, a sentence or a link. Blank lines part blocks.
// Kept first are the text's first sentence, then links and lines that name a
// source, then the blocks, short ones before long ones: so a long quotation
// loses its end (…… says so, and its quotation marks are closed), while the
// choices after it stay. A text that fits is returned as it is; where not one
// sentence fits, a short notice is returned, or "" if that does not fit.
func Fit(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	// A line is charged its line end, a block its blank line: the first needs
	// neither.
	f := &fitting{left: limit + 2}
	f.split(text)
	f.keep()
	return f.join()
}

// sentence is a piece of text that is kept or dropped as a whole.
type sentence struct {
	text        string
	block, line int
	fixed       bool // has a link or names a source
	kept        bool
}

type fitting struct {
	all      []sentence
	lines    []bool // lines with something kept
	blocks   []block
	left     int    // bytes
	lead     string // stands before everything
	headless bool   // the first sentence did not fit
}

type block struct {
	size  int      // bytes of its own sentences, those that are not fixed
	own   []int    // their indexes
	kept  int      // how many of own are kept, from the first on
	open  bool     // something is kept
	marks []string // what follows each of own that was tried, if it is the last
	stack []rune   // what closes the quotations that are open
}

// split fills all, lines and blocks.
func (f *fitting) split(text string) {
	fresh := true
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) == "" {
			fresh = true
			continue
		}
		if fresh {
			f.blocks = append(f.blocks, block{})
			fresh = false
		}
		n := len(f.blocks) - 1
		source := namesSource(line)
		for _, s := range sentences(line) {
			fixed := source || hasLink(s)
			if !fixed {
				f.blocks[n].own = append(f.blocks[n].own, len(f.all))
				f.blocks[n].size += len(s)
			}
			f.all = append(f.all, sentence{text: s, block: n, line: len(f.lines), fixed: fixed})
		}
		f.lines = append(f.lines, false)
	}
}

func namesSource(line string) bool {
	for _, p := range []string{"依据", "来源", "出处", "权威说明", "现行规定", "请注意"} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return false
}

func hasLink(s string) bool {
	for i := strings.IndexByte(s, '<'); i >= 0; {
		if _, _, size := matchLink(s[i:]); size > 0 {
			return true
		}
		n := strings.IndexByte(s[i+1:], '<')
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return false
}

// sentences cuts a line after 。！？ and what closes with them. Nothing is cut
// inside a link.
func sentences(line string) []string {
	var out []string
	start := 0
	for i := 0; i < len(line); {
		if line[i] == '<' {
			if _, _, size := matchLink(line[i:]); size > 0 {
				i += size
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		i += size
		if !strings.ContainsRune("。！？!?", r) {
			continue
		}
		for i < len(line) {
			r, size = utf8.DecodeRuneInString(line[i:])
			if !strings.ContainsRune("。！？!?…)\"'"+closers, r) {
				break
			}
			i += size
		}
		out = append(out, line[start:i])
		start = i
	}
	if start < len(line) {
		out = append(out, line[start:])
	}
	return out
}

// keep decides what stays.
func (f *fitting) keep() {
	if len(f.all) > 0 && !f.all[0].fixed {
		f.headless = !f.takeOwn(&f.blocks[0])
	}
	if f.headless || len(f.all) == 0 {
		f.left -= len(tooLong) + 1
		if f.left < 1 {
			f.all = nil
			return
		}
		f.lead = tooLong
	}
	for i := range f.all {
		if f.all[i].fixed {
			f.take(i, 0)
		}
	}
	order := make([]*block, len(f.blocks))
	for i := range f.blocks {
		order[i] = &f.blocks[i]
	}
	slices.SortStableFunc(order, func(a, b *block) int { return a.size - b.size })
	for _, b := range order {
		if f.headless && b == &f.blocks[0] {
			continue
		}
		for b.kept < len(b.own) && f.takeOwn(b) {
		}
	}
	for i := range f.blocks {
		f.dropHeading(&f.blocks[i])
	}
}

// takeOwn keeps a block's next own sentence if it fits along with the mark
// that something is missing, for as long as something is.
func (f *fitting) takeOwn(b *block) bool {
	var mark string
	refund := 0
	if b.kept > 0 {
		refund = len(b.marks[b.kept-1])
	}
	next := b.own[b.kept]
	if b.kept+1 < len(b.own) {
		b.stack = quotations(b.stack, f.all[next].text)
		mark = markAfter(f.all[next].text, b.stack)
	}
	if !f.take(next, len(mark)-refund) {
		return false
	}
	b.marks = append(b.marks, mark)
	b.kept++
	return true
}

// quotations returns what closes the quotations that are open after s.
func quotations(stack []rune, s string) []rune {
	for _, r := range s {
		if i := strings.IndexRune(openers, r); i >= 0 {
			c, _ := utf8.DecodeRuneInString(closers[i:])
			stack = append(stack, c)
		} else if n := len(stack); n > 0 && stack[n-1] == r {
			stack = stack[:n-1]
		}
	}
	return stack
}

// markAfter is what follows sentence s where what comes after it is missing.
func markAfter(s string, stack []rune) string {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "：") {
		return ""
	}
	if len(stack) == 0 && s != "" && s[0] >= '0' && s[0] <= '9' {
		return "" // one of several choices, of which fewer are shown
	}
	end := slices.Clone(stack[max(0, len(stack)-maxClose):])
	slices.Reverse(end)
	return more + string(end)
}

// take keeps sentence i if it and extra bytes fit.
func (f *fitting) take(i, extra int) bool {
	s := &f.all[i]
	cost := len(s.text) + extra
	if !f.lines[s.line] {
		cost++
	}
	if !f.blocks[s.block].open {
		cost++
	}
	if cost > f.left {
		return false
	}
	f.left -= cost
	f.lines[s.line], f.blocks[s.block].open, s.kept = true, true, true
	return true
}

// dropHeading takes a heading (原文摘录：) out again that has lost what it
// announces.
func (f *fitting) dropHeading(b *block) {
	for b.kept > 0 && b.kept < len(b.own) && b.own[b.kept-1] > 0 {
		s := &f.all[b.own[b.kept-1]]
		if !strings.HasSuffix(s.text, "：") {
			return
		}
		s.kept = false
		b.kept--
	}
}

// join puts the kept sentences together.
func (f *fitting) join() string {
	var b strings.Builder
	b.WriteString(f.lead)
	last := -1
	for i := range f.all {
		s := &f.all[i]
		if !s.kept {
			continue
		}
		if b.Len() > 0 && (last < 0 || f.all[last].line != s.line) {
			b.WriteByte('\n')
			if last >= 0 && f.all[last].block != s.block {
				b.WriteByte('\n')
			}
		}
		b.WriteString(s.text)
		b.WriteString(f.mark(i))
		last = i
	}
	return b.String()
}

// mark is what follows sentence i: something only where its block lost what
// comes after it.
func (f *fitting) mark(i int) string {
	b := &f.blocks[f.all[i].block]
	if b.kept == 0 || b.kept == len(b.own) || b.own[b.kept-1] != i {
		return ""
	}
	return b.marks[b.kept-1]
}
