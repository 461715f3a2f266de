package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// answers says what a sentence has that answers a sort of question: a day
// where it asks when, a sum where it asks how much.
var answers = map[index.Asks]*regexp.Regexp{
	index.AsksWhen:  regexp.MustCompile(`[0-9一二三四五六七八九十]+(?:年|月|日|号|时|点)|[0-9]+[:：][0-9]{2}|之日|当日|当天|当月|次月|次日|次年|每月|每年|每季度|届满|期间|以前|之前|全天`),
	index.AsksLong:  regexp.MustCompile(`[0-9一二两三四五六七八九十百]+(?:个)?(?:工作日|自然日|日|天|周|月|年|季度|学期|小时|分钟)|当日|当天|当场|即时|长期|终身`),
	index.AsksMuch:  regexp.MustCompile(`[0-9０-９.,，一二两三四五六七八九十百千万亿]+(?:万|亿)?(?:元|角|块|%|％|‰|倍|个百分点)|百分之|千分之|免费|不收|免收|免缴|免交|全额|减半|免征|收取工本费`),
	index.AsksPhone: regexp.MustCompile(`[0-9]{3,4}[-—－]?[0-9]{3,8}|1[0-9]{10}|12[0-9]{3}|110|119|120`),
	index.AsksMay:   regexp.MustCompile(`可以|不可|可(?:申请|凭|由|在|按|享受|以|向|持|委托|提取|领取|办理|延|免|先|选择)|不得|不能|能够|不予|不再|不需|无需|无须|不必|不用|应当|应(?:由|在|按)|必须|需要|须|禁止|严禁|允许|准予|免于|免予|不影响|不受|不计|不属于|属于|有权|享受|不享受|不收|视为|不视为`),
	index.AsksWhere: regexp.MustCompile(`到|向|在|窗口|中心|大厅|社区|街道|小程序|网站|平台|公众号|APP|地址|路|号`),
	index.AsksWhy:   regexp.MustCompile(`因为|由于|为了|是为|原因|考虑到|目的|因此|所以`),
}

// strictly are the sorts of questions that a sentence without such a thing
// does not answer at all.
var strictly = map[index.Asks]bool{
	index.AsksWhen: true, index.AsksLong: true, index.AsksMuch: true, index.AsksPhone: true, index.AsksMay: true,
}

// Of what a sentence is chosen by, beside how much of the question it has.
const (
	ofTheSort   = .4  // it has what such a question asks for
	onlyTheSort = .05 // it has that, and nothing else of the question
	foundHere   = .6  // the index found it
	foundNear   = .3  // the index found it with what stands before
	inOneBreath = 100 // characters
)

// said is the sentence of a hit that answers the question; "" where it is no
// text that is answered from in sentences.
func (f *findings) said(h standingHit) string {
	if h.row || h.named || h.Kind == corpus.FAQ || h.Kind == corpus.Guide || h.Kind == corpus.Clarification {
		return h.Direct
	}
	return answering(h, f.asked, f.inOtherWords())
}

// answering returns the sentence of what was found that answers a question,
// word for word. It is empty where the text says it in no one sentence: where
// a list answers as a whole, or none has what is asked for. otherWords are the
// question with what else is said for its words.
func answering(h standingHit, asked, otherWords string) string {
	text := withoutLabel(h)
	if snippet := plain(h.Snippet); snippet != "" && !strings.Contains(text, snippet) {
		text = snippet
	}
	sentences, asks := sentencesOf(text), asksOf(asked)
	shares := sharesOf(sentences, asked, h.Title)
	direct, sort := strings.TrimSpace(plain(h.Direct)), answers[asks]
	best, most, second := -1, 0.0, 0.0
	handed := 0.0 // what a heading hands on to what stands below it
	for i, s := range sentences {
		score, near := max(shares[i], handed), handed > 0
		switch at := strings.Index(direct, s.text); {
		case direct == "":
		case strings.Contains(s.text, direct), at >= 0 && at < len(direct)/3, at < 0 && overlaps(s.text, direct):
			score, near = score+foundHere, true
		case at >= 0:
			score, near = score+foundNear, true
		}
		if handed = 0; s.echoes(asked) {
			handed = score
			continue
		}
		has := sort != nil && sort.MatchString(s.text)
		if strictly[asks] && !has || !near && !(strictly[asks] && has) && direct != "" {
			continue
		}
		if has && score > 0 {
			score += ofTheSort
		} else if has {
			score = onlyTheSort
		}
		if score > most {
			best, most, second = i, score, most
		} else {
			second = max(second, score)
		}
	}
	const clearly = .85
	switch {
	case best >= 0 && second >= clearly*most && (sentences[best].item || most == onlyTheSort):
		return ""
	case best >= 0 && anyItem(sentences, best, otherWords, h.Title):
		return ""
	case best >= 0:
		return sentences[best].joined(text, direct)
	case strictly[asks] && !sort.MatchString(direct):
		return ""
	}
	return beginning(text, direct)
}

// anyItem reports whether an item of a list has no more of a question, in any words,
// than another item of it: which of them is asked for is not known then.
func anyItem(sentences []sentence, at int, otherWords, title string) bool {
	if !sentences[at].item {
		return false
	}
	shares := sharesOf(sentences, otherWords, title)
	for i, s := range sentences {
		if i != at && s.item && shares[i] >= shares[at] {
			return true
		}
	}
	return false
}

// joined brings the next sentence with a short one, where the index found
// both and they can be read in one breath.
func (s sentence) joined(text, direct string) string {
	const few = 45 // characters
	at := strings.Index(direct, s.text)
	if at < 0 || utf8.RuneCountInString(s.text) > few || s.item {
		return s.text
	}
	rest := direct[at+len(s.text):]
	next := index.Sentences(rest)[0]
	more := rest[:next.End]
	both := s.text + more
	if words := strings.TrimSpace(more); !strings.HasSuffix(words, "。") || corpus.Numbered(words) || strings.Contains(more, "\n") ||
		!whole(words) || utf8.RuneCountInString(both) > inOneBreath || !strings.Contains(text, both) {
		return s.text
	}
	return both
}

// beginning returns what was found of a sentence that is too long to be read
// in one breath, where it has its subject and does not end within a condition.
func beginning(text, direct string) string {
	at := strings.Index(text, direct)
	if at < 0 || direct == "" {
		return ""
	}
	before := strings.TrimRight(text[:at], " \u3000")
	if before != "" && !strings.HasSuffix(before, "\n") && !strings.ContainsRune("。；！？：", lastRune(before)) {
		return ""
	}
	direct = strings.TrimSpace(leadingNumber.ReplaceAllString(direct, ""))
	if cut := strings.TrimRight(direct, "，、,：: "); cut != direct {
		if openEnd.MatchString(cut) {
			return ""
		}
		return cut + "……"
	}
	return direct
}

// openEnd is the end of a clause that says for whom, when or on what terms:
// what holds then comes after it.
var openEnd = regexp.MustCompile(`(?:的|者|时|后|後|前|企业|单位|人员|个人|机构|部门|情况|期间|如下|规定|要求|基础上|过程中|方面)$`)

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// overlaps reports whether a text begins in the last words of a sentence.
func overlaps(sentence, text string) bool {
	first, _, _ := strings.Cut(text, "，")
	return letters(first) > 3 && strings.Contains(sentence, first)
}

// sharesOf returns how much of the question each sentence has: what few of
// them have counts more, what the title says nothing.
func sharesOf(sentences []sentence, asked, title string) []float64 {
	words := pairs(asked)
	for p := range pairs(title) {
		delete(words, p)
	}
	in, has := map[[2]rune]int{}, make([][][2]rune, len(sentences))
	for i, s := range sentences {
		has[i] = pairsOf(words, s.text)
		for _, p := range has[i] {
			in[p]++
		}
	}
	shares := make([]float64, len(sentences))
	for i := range sentences {
		for _, p := range has[i] {
			shares[i] += 1 / float64(in[p]) / float64(len(in))
		}
	}
	return shares
}

// pairsOf are those of some pairs of letters that a text has, each once.
func pairsOf(wanted map[[2]rune]bool, text string) (out [][2]rune) {
	var last rune
	for _, r := range text {
		r = index.Fold(r)
		if p := [2]rune{last, r}; last != 0 && r != 0 && wanted[p] && !slices.Contains(out, p) {
			out = append(out, p)
		}
		last = r
	}
	return out
}

type sentence struct {
	text string
	item bool // of a list
}

// echoes reports whether a sentence says nothing but what was asked, as the
// headings of sections do.
func (s sentence) echoes(asked string) bool {
	const heading = 24 // letters
	if letters(s.text) > heading {
		return false
	}
	own := pairs(s.text)
	return 10*shared(own, pairs(asked)) >= 6*len(own)
}

// sentencesOf returns the sentences of a text that can stand alone, without
// the numbers and headings that they begin with.
func sentencesOf(text string) (out []sentence) {
	for _, s := range index.Sentences(text) {
		own := strings.TrimSpace(text[s.Start:s.End])
		said := own
		if at := innerNumber.FindAllStringIndex(said, -1); at != nil {
			said = said[at[len(at)-1][1]:]
		}
		said = strings.TrimSpace(leadingNumber.ReplaceAllString(said, ""))
		if n := utf8.RuneCountInString(said); n < 6 || n > inOneBreath || strings.HasSuffix(said, "：") || strings.HasSuffix(said, ":") {
			continue
		}
		if strings.HasPrefix(said, "（") || strings.HasPrefix(said, "(") {
			continue // an aside
		}
		if strings.HasSuffix(said, "？") || strings.HasSuffix(said, "?") || bareHeading.MatchString(own) || corpus.IsRow(said) || !whole(said) {
			continue
		}
		out = append(out, sentence{said, said != own || strings.HasSuffix(said, "；")})
	}
	return out
}

var leadingNumber = regexp.MustCompile(`^(?:第[一二三四五六七八九十百零〇]+条[\s\x{3000}]*|[（(][一二三四五六七八九十0-9]+[)）]|[一二三四五六七八九十]+、|[0-9]+[.．、])[\s\x{3000}]*`)

// innerNumber is a number within a line of a text without line breaks.
var innerNumber = regexp.MustCompile(`[\s\x{3000}](?:[（(][一二三四五六七八九十0-9]+[)）]|[一二三四五六七八九十]+、|[0-9]+[.．、])[\s\x{3000}]*`)
