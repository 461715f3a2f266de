package bot

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// letter is a reply as it is put together within its budget: source and first
// link are sure of their place, the quoted text takes what is left, choices
// and further links give way where not even a short quotation would fit.
type letter struct {
	budget  int
	brief   bool     // one of several answers: few lines, no choices
	notes   []string // what has to be known first, a line each
	about   string   // the question that is answered, where another was asked
	lead    string   // the answer in one sentence
	more    []string // further fields of a guide that were asked for
	text    string   // what is quoted, in its frame
	shown   string   // what is quoted
	rule    string   // the sentence of the rule that a guide rests on
	basis   string   // the line that names the source
	links   []string // pages, the most important first
	also    string   // what a rule of a wider place says, with its page
	choices string
}

func (l *letter) String() string {
	source := strings.Join(l.links, " · ")
	if l.brief {
		source = l.basis + source
	} else if l.basis != "" && source != "" {
		source = l.basis + "\n" + source
	} else {
		source = l.basis + source
	}
	body := l.text
	if body == "" {
		body, l.lead = l.lead, ""
	}
	if l.about != "" {
		body = l.about + "\n" + body
	}
	parts := []string{body + "\n" + source}
	if l.rule != "" {
		parts = []string{body, l.frame(l.rule, corpus.Policy) + "\n" + source}
	}
	if l.lead != "" {
		parts = append([]string{l.lead}, parts...)
	}
	if l.also != "" {
		parts = append(parts, l.also)
	}
	if l.choices != "" {
		parts = append(parts, l.choices)
	}
	if notes := strings.Join(l.notes, "\n"); notes != "" && l.brief {
		parts[0] = notes + "\n" + parts[0]
	} else if notes != "" {
		parts = append([]string{notes}, parts...)
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n"))
}

// rest returns how many bytes are left for the quotation.
func (l *letter) rest() int {
	without := *l
	without.text = "\x00"
	return l.budget - len(without.String()) - len(l.frame("", corpus.Policy))
}

// makeRoom gives up what matters less than the quotation.
func (l *letter) makeRoom() {
	if l.rest() < minPassage {
		l.also = ""
	}
	if l.rest() < minPassage {
		l.rule = ""
	}
	if l.rest() < minPassage {
		l.choices = ""
	}
	for l.rest() < minPassage && len(l.links) > 1 {
		l.links = l.links[:len(l.links)-1]
	}
	if l.rest() < minPassage {
		l.lead = ""
	}
	if l.rest() < minPassage {
		l.links = nil
	}
}

// frame says whose words a text is. Quotation marks are left out where the
// text has some of its own: its words stay as they are.
func (l *letter) frame(s string, k corpus.Kind) string {
	head := "原文摘录："
	switch k {
	case corpus.FAQ, corpus.Guide:
		return s
	case corpus.Clarification:
		head = "权威说明："
	case corpus.Interpretation:
		head = "官方解读："
	}
	s = unfinished(s)
	if strings.ContainsAny(s, "“”") {
		return head + "\n" + s
	}
	return head + "\n“" + s + "”"
}

// short is how many characters of a passage are read at a glance: they need no
// lead that says them before.
const short = 120

// brief is how many characters of a passage are read without a lead beside the
// answers to other questions.
const brief = 200

// quote sets the quoted passage: whole where it fits, else the piece around
// what answers, cut at sentences.
func (l *letter) quote(h standingHit) {
	l.makeRoom()
	body, room := withoutLabel(h), max(len("……"), l.rest())
	if h.Kind == corpus.Guide {
		l.shown = l.items(body, room)
		for _, field := range l.more {
			if len(l.shown)+len(field)+1 <= room && strings.Count(l.shown+field, "\n") < 12 {
				l.shown += "\n" + field
			}
		}
	} else {
		l.shown = excerpt(h, body, room)
	}
	if h.Kind != corpus.Guide {
		first, _, _ := strings.Cut(plain(h.Direct), "\n")
		l.shown = endsWell(fewLines(oneSection(l.shown, first), first))
	}
	said := strings.TrimRight(strings.TrimPrefix(l.lead, plainlySaid), "。…")
	switch {
	case l.lead == "" && h.Kind == corpus.Interpretation && !l.brief && strings.HasPrefix(body, l.shown) && utf8.RuneCountInString(l.shown) <= wholePassage/2:
		l.text = plainlySaid + l.shown
	case l.lead == "":
		l.text = l.frame(l.shown, h.Kind)
	case l.brief && strings.Contains(l.shown, said) && utf8.RuneCountInString(l.shown) <= brief:
		l.lead, l.text = "", l.frame(l.shown, h.Kind)
	case h.Kind == corpus.Interpretation && strings.HasPrefix(body, l.shown):
		l.lead, l.text = "", plainlySaid+l.shown // it begins with its answer
	case strings.HasPrefix(l.shown, said), strings.Contains(l.shown, said) && utf8.RuneCountInString(l.shown) <= short:
		l.lead, l.text = "", l.frame(l.shown, h.Kind)
	default:
		l.text = l.frame(l.shown, h.Kind)
	}
}

// others stands after a field that is shown in part.
const others = "（其余见办事指南）"

// words are what is quoted in the source's own words alone: without the head
// that stands for a guide's heading, and without the note on what was left out.
func (l *letter) words(h standingHit) string { // the first field alone, of several
	if h.Kind != corpus.Guide {
		return l.shown
	}
	own := l.shown
	for _, field := range l.more {
		own = strings.TrimSuffix(own, "\n"+field)
	}
	own = strings.TrimSuffix(own, others)
	if !strings.Contains(h.Passage, own) {
		own = strings.TrimPrefix(own, fieldHead(h)+"：")
	}
	if own = strings.TrimSpace(own); own == "" {
		return l.shown
	}
	return own
}

// items returns the lines of a guide's field that fit, and says where the
// others are.
func (l *letter) items(text string, room int) string {
	lines, most := strings.Split(text, "\n"), 12
	if len(text) <= room && len(lines) <= most {
		return text
	}
	kept := lines[0]
	if len(kept) > room-len(others)-1 {
		return around(kept, "", room-len(others)-1) + others
	}
	for _, line := range lines[1:min(len(lines), most)] {
		if len(kept)+len(line)+len(others)+2 > room {
			break
		}
		kept += "\n" + line
	}
	return kept + "\n" + others
}

// goesOn reports whether the snippet says more than the passage that it begins
// in, and nothing is lost by quoting it: a paragraph without a number, or the
// opening of a notice that only announces what comes after it.
func goesOn(h standingHit) bool {
	switch h.Kind {
	case corpus.FAQ, corpus.Guide, corpus.Clarification, corpus.Interpretation:
		return false
	}
	opens := strings.HasSuffix(strings.TrimRight(h.Passage, "。：: \n"), "如下")
	return h.Snippet != "" && (opens || h.Label == "" && len(h.Snippet) > len(h.Passage))
}

// bareHeading is a line that only names what comes below it.
var bareHeading = regexp.MustCompile(`^(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|第[一二三四五六七八九十百]+[章节])[^。；：]{1,30}$`)

// tidy takes from a piece of a notice what the citation says anyway, its title
// and whom it is addressed to.
func tidy(piece, title string) string {
	lines := strings.Split(piece, "\n")
	if len(lines) > 1 && strings.TrimSpace(lines[0]) == plain(title) {
		lines = lines[1:]
	}
	if len(lines) > 1 && strings.HasSuffix(lines[0], "：") && utf8.RuneCountInString(lines[0]) <= 40 {
		lines = lines[1:]
	}
	if len(lines) > 1 && announces(lines[0]) && corpus.Numbered(lines[1]) {
		lines = lines[1:]
	}
	return endsWell(strings.Join(lines, "\n"))
}

// announces reports whether a line only says that something follows.
func announces(line string) bool {
	const longest = 120 // letters: a longer one says more than that
	return letters(line) <= longest && strings.HasSuffix(strings.TrimRight(line, "。：: "), "如下")
}

// endsWell takes a heading that nothing comes below off the end.
func endsWell(piece string) string {
	if at := strings.LastIndexByte(piece, '\n'); at > 0 && bareHeading.MatchString(strings.TrimSpace(piece[at+1:])) {
		return piece[:at]
	}
	return piece
}

// oneSection returns the section of a notice that has piece, with its heading,
// of a quotation that began within another one, or goes on into the next. It
// returns the text where piece stands in no headed section of it.
func oneSection(text, piece string) string {
	lines := strings.Split(text, "\n")
	has, from, to := -1, 0, len(lines)
	for i, l := range lines {
		heading := bareHeading.MatchString(strings.TrimSpace(l))
		switch {
		case has < 0 && heading:
			from = i
		case has >= 0 && heading:
			to = i
		}
		if has < 0 && piece != "" && strings.Contains(l, piece) {
			has = i
		}
		if to < len(lines) {
			break
		}
	}
	if has < 0 {
		return text
	}
	return strings.TrimSpace(strings.Join(lines[from:to], "\n"))
}

// maxLines is how many lines of a text are quoted.
const maxLines = 6

// fewLines returns at most maxLines lines of a text, the one with piece among
// them.
func fewLines(text, piece string) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= maxLines {
		return text
	}
	from := 0
	for i, l := range lines {
		if piece != "" && strings.Contains(l, piece) {
			from = min(max(0, i-1), len(lines)-maxLines)
			break
		}
	}
	return strings.Join(lines[from:from+maxLines], "\n")
}

// withoutLabel takes the passage's own heading line off: 办理地点 stands before
// it, 第六条 in the citation after it, the heading of an interpretation's
// section asks what the citizen has asked.
func withoutLabel(h standingHit) string {
	body := strings.TrimSpace(plain(h.Passage))
	switch {
	case h.Kind == corpus.Guide && h.Label != "":
		if first, rest, ok := strings.Cut(body, "\n"); ok && strings.Contains(first, h.Label) {
			rest = strings.TrimSpace(rest)
			if strings.Contains(rest, "\n") {
				return fieldHead(h) + "：\n" + rest
			}
			return fieldHead(h) + "：" + rest
		}
	case h.Kind == corpus.Interpretation:
		if _, rest, ok := headed(h); ok && rest != "" {
			return plain(rest)
		}
	case h.Label != "" && strings.HasPrefix(h.Label, "第"):
		body = strings.TrimLeft(strings.TrimPrefix(body, h.Label), " \u3000")
	}
	return body
}

func fieldHead(h standingHit) string {
	for _, q := range fieldQuestions {
		if q.anchor == h.Ref.Anchor {
			return q.head
		}
	}
	return oneLine(h.Label, maxNumber)
}

// headed splits a section's heading from its text.
func headed(h standingHit) (heading, body string, ok bool) {
	heading, body, ok = strings.Cut(strings.TrimSpace(h.Passage), "\n")
	return heading, strings.TrimSpace(body), ok && h.Label != "" && strings.HasPrefix(heading, lastLabel(h.Label))
}

// lastLabel returns the innermost number of a label: （三） of 二、（三）.
func lastLabel(label string) string {
	if _, inner, ok := strings.Cut(label, "、"); ok && inner != "" {
		return inner
	}
	return label
}

// around returns the sentences of text around piece, at most limit bytes.
func around(text, piece string, limit int) string {
	at := max(0, strings.Index(text, piece))
	sentences := index.Sentences(text)
	if len(sentences) == 0 {
		return clipBytes(text, limit)
	}
	first := 0
	for i, s := range sentences {
		if s.Start <= at {
			first = i
		}
	}
	from, to := sentences[first].Start, sentences[first].End
	for _, s := range sentences[first+1:] {
		if s.End-from > limit {
			break
		}
		to = s.End
	}
	for i := first - 1; i >= 0 && to-sentences[i].Start <= limit; i-- {
		from = sentences[i].Start
	}
	return clipBytes(strings.TrimSpace(text[from:to]), limit)
}

// clipBytes cuts at a character, and says so, only where one sentence is
// longer than all the room there is.
func clipBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	if limit -= len("……"); limit < 0 {
		return ""
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "……"
}

// firstSentences returns the sentences at the beginning of text that have at
// most n characters together; a longer first one is cut.
func firstSentences(text string, n int) string {
	text = strings.TrimSpace(text)
	end := 0
	for _, s := range index.Sentences(text) {
		if utf8.RuneCountInString(text[:s.End]) > n {
			break
		}
		end = s.End
	}
	if end == 0 {
		return firstRunes(text, n)
	}
	return strings.TrimSpace(text[:end])
}

// opening returns the first sentence of text; one as short as 可以。 brings the
// next with it.
func opening(text string) string {
	text = strings.TrimSpace(text)
	const enough = 10
	for _, s := range index.Sentences(text) {
		if letters(text[:s.End]) >= enough {
			return strings.TrimSpace(text[:s.End])
		}
	}
	return text
}
