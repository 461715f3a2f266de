package corpus

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// QuestionAnswer is one question of a list of them, without its number and
// without the words 问： and 答：, which are marks and no text.
type QuestionAnswer struct {
	// Above is what stands over the question and belongs to none: the heading
	// of a group of them (一、参保登记), the introduction over the first.
	Above    []Block
	Question string
	Answer   []Block // never empty
}

const (
	maxQuestion     = 200 // characters
	maxIntroduction = 300
)

var (
	asksMark    = regexp.MustCompile(`^(?:【(?:问题?|Q)\s*\d{0,4}】\s*[：:]?|(?:问题?|提问|[Qq])\s*(?:\d{1,4}|[一二三四五六七八九十百]{1,5})?\s*[：:、.．])\s*`)
	answersMark = regexp.MustCompile(`^(?:【(?:回?答|答复|A)\s*\d{0,4}】\s*[：:]?|(?:回?答|答复|解答|回复|[Aa])\s*(?:\d{1,4}|[一二三四五六七八九十百]{1,5})?\s*[：:.．])\s*`)
	answersHere = regexp.MustCompile(`(?:【(?:回?答|答复|A)】\s*[：:]?|[？?。！!\s](?:回?答|答复|解答|A)\s*[：:])\s*`)

	// oneMatter is the title of a document whose questions belong together;
	// listOfThem that of a list of questions.
	oneMatter  = regexp.MustCompile(`解读|图解|一图读懂|答记者问|发布会|访谈|(?:通知|公告|通告|意见|办法|规定|细则|条例|决定|方案)(?:（[^（）]*）)?$`)
	listOfThem = regexp.MustCompile(`问答|问与答|常见问题|热点问题|问题解答|答疑|百问|[一二三四五六七八九十\d]问|(?i:FAQ|Q\s*&\s*A)`)
)

// Questions splits a file that is a list of questions and answers, 问：…
// 答：…, Q: … A: …, 1. …？ below a title that says so, or a table with the
// columns 问题 and 答案. title is the file's; blocks are its text in order. ok
// is false where it is no such list: fewer than two questions, one without an
// answer, much text that belongs to none, or a document (政策解读, a notice)
// whose questions belong together. Nothing but the marks is left out: all
// other characters are in the records, in order.
func Questions(title string, blocks []Block) (records []QuestionAnswer, ok bool) {
	if oneMatter.MatchString(strings.TrimSpace(title)) {
		return nil, false
	}
	for len(blocks) > 0 && Squeeze(blocks[0].Label+blocks[0].Text) == Squeeze(title) {
		blocks = blocks[1:] // the title itself
	}
	if records, ok = questionRows(blocks); ok {
		return records, true
	}
	q := questionReader{blocks: blocks, loose: listOfThem.MatchString(title)}
	for i, b := range blocks {
		if strings.TrimSpace(b.Label+b.Text) != "" {
			q.block(i)
		}
	}
	return q.records, q.whole()
}

// questionReader gathers records block by block.
type questionReader struct {
	blocks  []Block
	loose   bool // numbers and question marks are enough
	style   askStyle
	records []QuestionAnswer
	above   []Block
}

// askStyle is how a list writes its questions: the first decides.
type askStyle struct {
	marked  bool
	kind    markKind
	heading int
}

func (q *questionReader) block(i int) {
	b := q.blocks[i]
	if question, answer, style, ok := q.asked(b); ok {
		q.style = style
		q.records = append(q.records, QuestionAnswer{Above: q.above, Question: question})
		q.above = nil
		if answer != "" {
			q.answer(Block{Text: answer})
		}
		return
	}
	switch {
	case len(q.records) == 0, q.group(i):
		q.above = append(q.above, b)
	default:
		q.answer(b)
	}
}

func (q *questionReader) answer(b Block) {
	r := &q.records[len(q.records)-1]
	if len(r.Answer) == 0 && !b.Row {
		text := strings.TrimSpace(b.Text)
		b.Text = strings.TrimSpace(text[len(answersMark.FindString(text)):])
		if b.Text == "" && b.Label == "" {
			return // 答： in a line of its own
		}
	}
	r.Answer = append(r.Answer, b)
}

// asked reads a block that asks, and the answer where it runs on.
func (q *questionReader) asked(b Block) (question, answer string, style askStyle, ok bool) {
	if b.Row {
		return "", "", style, false
	}
	s := strings.TrimSpace(b.Text)
	if b.Label != "" {
		s = labelled(strings.TrimSpace(b.Label), s)
	}
	m := parseMark(s)
	rest := strings.TrimSpace(s[m.size:])
	style = askStyle{kind: m.kind, heading: b.Heading}
	if mark := asksMark.FindString(rest); mark != "" {
		style, rest = askStyle{marked: true}, rest[len(mark):]
	} else if !q.loose || m.kind == none && b.Heading == 0 {
		return "", "", style, false
	}
	if len(q.records) > 0 && style != q.style {
		return "", "", style, false
	}
	question, answer = rest, ""
	if at := answersHere.FindStringIndex(rest); at != nil {
		_, size := utf8.DecodeRuneInString(rest[at[0]:])
		if rest[at[0]:at[0]+size] != "【" {
			at[0] += size // the sign belongs to the question
		}
		question, answer = rest[:at[0]], rest[at[1]:]
	} else if end := strings.IndexAny(rest, "？?"); end >= 0 && !style.marked {
		_, size := utf8.DecodeRuneInString(rest[end:])
		question, answer = rest[:end+size], rest[end+size:]
	}
	question, answer = strings.TrimSpace(question), strings.TrimSpace(answer)
	n := utf8.RuneCountInString(question)
	asks := style.marked || strings.HasSuffix(question, "？") || strings.HasSuffix(question, "?")
	return question, answer, style, asks && n >= 2 && n <= maxQuestion && (style.marked || !strings.ContainsAny(question, "。；"))
}

// group says whether the block heads a group of questions: short, marked, and
// a question directly below.
func (q *questionReader) group(i int) bool {
	b := q.blocks[i]
	if i+1 >= len(q.blocks) || b.Row || utf8.RuneCountInString(b.Text) > shortParagraph+10 || !headingLike(b.Text) {
		return false
	}
	if len(q.records[len(q.records)-1].Answer) == 0 {
		return false
	}
	m := parseMark(b.Text)
	if b.Heading == 0 && m.kind != level1 && !m.kind.heading() && !strings.HasPrefix(b.Text, "【") {
		return false
	}
	_, _, _, next := q.asked(q.blocks[i+1])
	return next
}

// whole says whether the list is the whole of the file.
func (q *questionReader) whole() bool {
	if len(q.records) < 2 {
		return false
	}
	for i, r := range q.records {
		if len(r.Answer) == 0 {
			return false
		}
		n := 0
		for _, b := range r.Above {
			n += utf8.RuneCountInString(b.Text)
		}
		if i == 0 && n > maxIntroduction {
			return false
		}
	}
	return true
}

// questionRows reads a table with a column of questions and one of answers.
func questionRows(blocks []Block) (records []QuestionAnswer, ok bool) {
	ask, reply := -1, -1
	var above []Block
	for _, b := range blocks {
		switch {
		case b.Row && b.Header:
			cells := strings.Split(b.Text, "\t")
			ask, reply = -1, -1
			for i, c := range cells {
				switch Squeeze(c) {
				case "问题", "问", "常见问题", "咨询问题", "提问":
					ask = i
				case "答案", "答", "回答", "解答", "答复", "回复":
					reply = i
				}
			}
			if ask < 0 || reply < 0 || len(cells) > 3 {
				return nil, false
			}
		case !b.Row && len(records) == 0 && ask < 0:
			above = append(above, b)
		case !b.Row:
			return nil, false
		default:
			cells := strings.Split(b.Text, "\t")
			if max(ask, reply) >= len(cells) || ask < 0 {
				return nil, false
			}
			r := QuestionAnswer{Above: above, Question: strings.TrimSpace(cells[ask])}
			above = nil
			for i, c := range cells {
				if c = strings.TrimSpace(c); c != "" && i != ask && i != reply {
					r.Above = append(r.Above, Block{Text: c}) // a number, a group
				}
			}
			r.Answer = []Block{{Text: strings.TrimSpace(cells[reply])}}
			if r.Question == "" || r.Answer[0].Text == "" {
				return nil, false
			}
			records = append(records, r)
		}
	}
	return records, len(records) >= 2
}
