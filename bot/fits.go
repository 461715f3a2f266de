package bot

import (
	"context"
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

//go:embed cues/special.txt
var specialFile string

//go:embed cues/opposites.txt
var oppositesFile string

// condition is one that holds of few: a section headed by a word of says answers
// nobody whose question has no word of told.
type condition struct{ says, told []string }

// specialCues are such conditions; what says them tells them, too.
var specialCues = sync.OnceValue(func() (out []condition) {
	for says, told := range cuePairs(specialFile) {
		out = append(out, condition{says, told})
	}
	return out
})

// oppositeCues are words of which a text with one does not speak of the other.
var oppositeCues = sync.OnceValue(func() (out [][2][]string) {
	for one, other := range cuePairs(oppositesFile) {
		out = append(out, [2][]string{one, other})
	}
	return out
})

// bygone heads a section on what was before a year, tellsWhen a question that
// may be of such a case.
var (
	bygone    = regexp.MustCompile(`20[0-9]{2}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:以前|之前|底|前)`)
	tellsWhen = regexp.MustCompile(`[0-9]{2}年|以前|之前|去年|前年|老大|旧|老|原来|还有没有|还能|补发|补领|补申`)
)

// ofOneCase is a section that reckons somebody's case.
var ofOneCase = regexp.MustCompile(`举个例子|举例|比如|假如|打个比方|譬如`)

var (
	sums    = regexp.MustCompile(`[0-9](?:千|万)?(?:元|块|万)`)
	ownSum  = regexp.MustCompile(`[0-9](?:千|万)?(?:元|块|万)|(?:工资|收入|存款|房租|月薪|挣)[^0-9，。]{0,3}[0-9]{3,}`)
	heading = regexp.MustCompile(`^[（(]?[一二三四五六七八九十]+[）)、]`)
)

// fits reports whether a section of an interpretation can open the answer to a
// question: it does not stand on a condition that the question has not told, or
// has told otherwise.
func fits(asked string, section standingHit) bool {
	title, body, ok := headed(section)
	if !ok {
		title, body = "", withoutLabel(section)
	}
	if title = heading.ReplaceAllString(title, ""); title == "" {
		title = opening(plain(body))
	}
	if conflicts(asked, title) {
		return false
	}
	if sort := answers[asksOf(asked)]; changeAsked.MatchString(title) && !changeAsked.MatchString(asked) && stated[asksOf(asked)] && !sort.MatchString(body) {
		return false // it says that something was changed, and not into what
	}
	if bygone.MatchString(title) && !tellsWhen.MatchString(asked) {
		return false
	}
	if untold(asked, title) && !alike(asked, title) {
		return false
	}
	// An example would be read as theirs.
	return !ofOneCase.MatchString(firstRunes(plain(body), 60)) || !sums.MatchString(body) || !ownSum.MatchString(asked)
}

// untold reports whether a text stands on a special condition that a question
// has not told.
func untold(asked, text string) bool {
	return slices.ContainsFunc(specialCues(), func(c condition) bool {
		return containsAny(text, c.says) && !containsAny(asked, c.says) && !containsAny(asked, c.told)
	})
}

// conflicts reports whether a question tells a grade, or one of two opposites,
// and what is said of it speaks of another.
func conflicts(asked, said string) bool {
	if own, other := gradesIn(asked), gradesIn(said); len(own) == 1 && len(other) > 0 && !slices.Contains(other, own[0]) {
		return true
	}
	for _, pair := range oppositeCues() {
		for i := range pair {
			if containsAny(asked, pair[i]) && !containsAny(asked, pair[1-i]) && containsAny(said, pair[1-i]) && !containsAny(said, pair[i]) {
				return true
			}
		}
	}
	return false
}

// eligible is how one asks whether one may have or do something at all.
var eligible = regexp.MustCompile(`(?:能不能|可不可以|可以|能否|是否|能|够不够|够|符合|有资格)[^，。？?]{0,6}(?:申请|吃|领|办|享受|评|落户|申领|条件)[^，。]{0,12}(?:吗|不|么|嘛|没|条件|$)`)

// decides is what an answer to that has; byWhom and how are asked otherwise.
var (
	decides = regexp.MustCompile(`可以|不(?:得|予|能|享受|属于|计入|影响)|符合|具备|条件|均可|不限`)
	byWhom  = regexp.MustCompile(`代|委托|网上|手机|补(?:办|领|卡|交|缴|登)|周末|周六|异地|预约|一起|同时|还能|几|哪`)
)

// toConditions puts what a guide says of who may apply before a passage that
// was found for the question whether one may and does not decide it.
func (t *turn) toConditions(ctx context.Context, f *findings) error {
	h := f.hits[0]
	if h.Kind == corpus.FAQ || h.Kind == corpus.Guide || h.Kind == corpus.Clarification || h.named || asksOf(f.asked) != index.AsksMay || !eligible.MatchString(f.asked) || byWhom.MatchString(f.asked) || decides.MatchString(withoutLabel(h)) {
		return nil
	}
	family := t.family(ctx, h.Ref.Document)
	if f.explainsWhetherOneMay(family) {
		return nil
	}
	for _, id := range family {
		e, ok := t.quotable(ctx, id)
		if !ok || e.doc.Kind != corpus.Guide {
			continue
		}
		p, ok := t.field(e, "conditions")
		if !ok || !sameThing(f.inOtherWords(), e.doc.Title, h.Title) {
			continue
		}
		f.hits = append([]standingHit{h.standsAs(t.passageOf(e.doc, e.rev, p))}, f.hits...)
		return nil
	}
	return nil
}

// explainsWhetherOneMay puts a section of an interpretation first that answers
// whether one may, 儿女在外地有收入，老人还能不能申请, was found for the question
// nearly as well as what is first, and is of its family.
func (f *findings) explainsWhetherOneMay(family []string) bool {
	const among, near, several = 4, .7, 2
	for i, s := range f.hits[:min(len(f.hits), among)] {
		if i == 0 || s.Kind != corpus.Interpretation || s.Score < near*f.hits[0].Score || !slices.Contains(family, s.Ref.Document) {
			continue
		}
		if heading, _, ok := headed(s); ok && asksOf(heading) == index.AsksMay && shared(pairs(subject(heading)), pairs(f.asked)) >= several {
			f.first(i)
			return true
		}
	}
	return false
}

// inOtherWords is a question with what else is said for its words.
func (f *findings) inOtherWords() string {
	out := []string{f.asked}
	for _, w := range f.gist().words {
		out = append(out, w.forms...)
	}
	return strings.Join(out, " ")
}

// wantsThing is how one asks whether something is needed: 要预约吗.
var wantsThing = regexp.MustCompile(`(?:要不要|需不需要|用不用|是否需要|是不是要|还要|必须|需要|要|用)(?:先|提前|自己|带)?(\p{Han}{2,5}?)(?:吗|不|么|嘛|$)`)

// fieldsOfNeed are the fields of a guide that say what is needed.
var fieldsOfNeed = []string{"conditions", "materials", "steps", "online"}

// saysNeeded say before a thing whether it is needed.
var saysNeeded = []string{"应当", "必须", "需", "无须", "不必", "不用", "不要", "免", "不再", "凭", "提供", "提交"}

// saysWhetherNeeded reports whether a text says of a thing that it is needed, or that it is not.
func saysWhetherNeeded(text, thing string) bool {
	const before = 8 // letters
	for rest := text; ; {
		at := strings.Index(rest, thing)
		if at < 0 {
			return false
		}
		if containsAny(lastRunes(rest[:at], before), saysNeeded) {
			return true
		}
		rest = rest[at+len(thing):]
	}
}

// notThings are what is asked for so that is no thing to look for.
var notThings = []string{"吗", "么", "嘛", "不", "钱", "花钱", "收费", "多久", "几天", "多少", "本人", "怎么", "什么", "收钱", "交钱", "办理", "申请", "去哪"}

// asksOften reports whether more than one clause of a message asks.
func asksOften(asked string) bool {
	n := 0
	for _, c := range clauses(asked) {
		if asks(c) {
			n++
		}
	}
	return n > 1
}

// toThing puts a passage of the same matter that speaks of what a question asks
// whether it is needed before one that does not.
func (t *turn) toThing(ctx context.Context, f *findings) {
	h, m := f.hits[0], wantsThing.FindStringSubmatch(f.asked)
	if m == nil || h.Kind == corpus.FAQ || h.named || asksOften(f.asked) || containsAny(m[1], notThings) || strings.Contains(h.Passage, m[1]) {
		return
	}
	const most = 60 // passages of a document
	best, score := standingHit{}, 0
	for _, id := range t.family(ctx, h.Ref.Document) {
		e, ok := t.quotable(ctx, id)
		if !ok || len(e.rev.Passages) > most || e.doc.Kind == corpus.FAQ {
			continue
		}
		for p, text := range t.citable(e) {
			if !strings.Contains(text, m[1]) || t.withinProvince(f.asked, text) {
				continue
			}
			if e.doc.Kind == corpus.Guide && !slices.Contains(fieldsOfNeed, p.Anchor) {
				continue // that it is open all day says nothing of whether one has to
			}
			n := 1 + shared(pairs(f.asked), pairs(text))
			if saysWhetherNeeded(text, m[1]) {
				n += 4
			}
			if n > score {
				best, score = t.passageOf(e.doc, e.rev, p), n
			}
		}
	}
	if score > 0 {
		f.hits = append([]standingHit{h.standsAs(best)}, without(f.hits, best.Ref.Document)...)
	}
}

// inProvince says what holds in the own province, outOf what does beyond it.
var (
	inProvince = []string{"省内", "省里", "本省", "全省"}
	outOf      = []string{"跨省", "省外", "外省", "出省"}
)

// withinProvince reports whether a text is of the own province alone, and a question
// of another one, by its name or as such: 去上海看病要备案吗 and 省内就医无需备案.
func (t *turn) withinProvince(asked, text string) bool {
	if !containsAny(text, inProvince) || containsAny(text, outOf) {
		return false
	}
	names := t.names().Lexicon
	return containsAny(asked, outOf) && !containsAny(asked, inProvince) || names.PlacesIn(asked)&^names.PlacesIn(t.acc.Region) != 0
}

// ofSums is a question for a change of sums.
var ofSums = regexp.MustCompile(`涨|降|提高|增加到|[0-9]+(?:元|块|%|$|了|吗|么)`)

// toSums puts the passage of a document that has most sums before one that only
// says why the document was made, where sums are asked about.
func (t *turn) toSums(ctx context.Context, f *findings) {
	h := f.hits[0]
	if !h.introduction() || !ofSums.MatchString(f.asked) {
		return
	}
	e, ok := t.quotable(ctx, h.Ref.Document)
	const most = 80 // passages
	if !ok || len(e.rev.Passages) > most {
		return // what was found stands
	}
	best, sums := corpus.Passage{}, 1
	for p, text := range t.citable(e) {
		if n := len(answers[index.AsksMuch].FindAllStringIndex(text, 9)); n > sums && t.validity(e.doc, p) == h.Validity {
			best, sums = p, n
		}
	}
	if sums > 1 {
		f.hits = append([]standingHit{h.standsAs(t.passageOf(e.doc, e.rev, best))}, without(f.hits, h.Ref.Document)...)
	}
}

// sameThing reports whether a guide is of what was asked: the matter of its title
// is that of the rule's, and what it has besides is in the question.
func sameThing(asked, guide, rule string) bool {
	own, ruled, said := pairs(replaceAll(guide, anyGuide)), pairs(rule), pairs(asked)
	both, more, told := 0, 0, 0
	for p := range own {
		switch {
		case ruled[p] && said[p]:
			both++
		case !ruled[p]:
			more++
			if said[p] {
				told++
			}
		}
	}
	return both > 0 && 4*told >= more
}

// verdictOf is the sentence of a section that says whether one may, where its
// first sentence doesn't; "" where that says it, or none does.
func verdictOf(asked string, section standingHit) string {
	if asksOf(asked) != index.AsksMay {
		return ""
	}
	_, body, ok := headed(section)
	if !ok {
		body = withoutLabel(section)
	}
	body = plain(body)
	first := opening(body)
	says := answers[index.AsksMay]
	if mayWord.MatchString(first) || says.MatchString(first) || !onlyWhy.MatchString(first) {
		return ""
	}
	said := strings.TrimSpace(answering(section, asked, asked))
	if !strings.HasSuffix(said, "。") || ofOneCase.MatchString(said) || !says.MatchString(said) && !mayWord.MatchString(said) {
		return ""
	}
	return strings.TrimLeft(strings.TrimPrefix(strings.TrimPrefix(said, "所以"), "因此"), "，")
}

// onlyWhy is a sentence that tells why, or how it was before.
var onlyWhy = regexp.MustCompile(`容易|危险|很快|火快|毒|因为|为了|不灵|不便|拥挤|原来|以前|过去|很难|受伤|事故|出过`)

// mayWord is how plain words begin that say yes or no.
var mayWord = regexp.MustCompile(`^(?:` + yesOrNo + `|不必|需要|不需要|得|必须)`)

// yesOrNo are the words that say it.
const yesOrNo = "能|不能|可以|不可以|不行|行|要|不要|不用|有|没有|会|不会|算|不算|是|不是"

// pastScope puts the field of the guide that a question asks for before an article
// that says no more than what its rule holds for.
func (t *turn) pastScope(ctx context.Context, f *findings) {
	fields := fieldsAsked(f.asked)
	if len(f.hits) == 0 || len(fields) == 0 || !f.hits[0].scope() {
		return
	}
	if at, ok := t.guideField(ctx, f.hits[0], fields[0]); ok { // else what was found stands
		f.hits = append([]standingHit{f.hits[0].standsAs(at)}, f.hits...)
	}
}

// scope reports whether an article says no more than what its rule holds for.
func (h standingHit) scope() bool {
	return h.Kind == corpus.Policy && containsAny(h.Passage, []string{"适用本办法", "适用本规定", "适用本条例", "适用本细则"})
}
