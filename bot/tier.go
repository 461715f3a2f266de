package bot

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/numeral"
)

// toldFact is a number or a grade that a question tells and that rules divide
// people by: an age, how long somebody has paid, a grade.
type toldFact struct {
	unit  string   // "岁", "月", "级"
	value int      // in years of age, months, grades from the best
	said  string   // as the question has it: 92岁
	of    []string // of a span, what it is counted of: a text that divides by it has one of these
}

// spansOf are what spans are counted of, by the verbs that tell them: who has lived
// ten years in a city is not in the tier of who has paid for ten.
var spansOf = []struct{ verbs, texts []string }{
	{[]string{"交", "缴", "参保", "投保"}, []string{"缴", "交", "参保"}},
	{[]string{"工作", "干"}, []string{"工作", "工龄", "就业", "服务", "从业", "任职"}},
	{[]string{"住"}, []string{"居住", "住"}},
	{[]string{"怀", "孕"}, []string{"怀孕", "妊娠", "孕"}},
}

const digits = `(?:[0-9]{1,3}|[一二两三四五六七八九十]{1,3})`

var (
	toldSpan  = regexp.MustCompile(`(交|缴|参保|投保|工作|干|住|怀孕|怀|孕)(?:了|满|过|够)?(?:社保|医保|失业保险|保险|费)?(?:快|大概|一共|总共)?(` + digits + `)(年|个月)(半)?`)
	toldGrade = regexp.MustCompile(`([一二三四1-4])级`)
	// figureWords are what a question tells of its case and no rule is found by.
	figureWords = regexp.MustCompile(`[0-9]{1,3}(?:周)?岁(?:了)?|(?:交|缴|住|工作|干|停)(?:了|满|过|够)?` + digits + `(?:年|个月|天|小时)(?:半|[0-9]{1,2}分钟|多)?(?:了)?|(?:花了?|工资|收入|月薪)?[0-9][0-9.,]*(?:千|万)?(?:多)?(?:块钱|块|元)`)
)

// factsIn are the facts that a question tells, each unit once.
func factsIn(asked string, p Person) (out []toldFact) {
	if p.Age > 0 {
		out = append(out, toldFact{unit: "岁", value: p.Age, said: strconv.Itoa(p.Age) + "岁"})
	}
	if m := toldSpan.FindStringSubmatch(asked); m != nil {
		n := numeral.Value(m[2])
		if m[3] == "年" {
			n *= 12
		}
		if m[4] != "" {
			n += 6
		}
		if n > 0 {
			out = append(out, toldFact{"月", n, m[2] + m[3] + m[4], countedOf(m[1])})
		}
	}
	if all := gradesIn(asked); len(all) == 1 {
		out = append(out, toldFact{unit: "级", value: numeral.Value(all[0]), said: all[0] + "级"})
	}
	return out
}

// countedOf are the words of texts whose spans are counted of what a verb tells.
func countedOf(verb string) []string {
	for _, c := range spansOf {
		if containsAny(verb, c.verbs) {
			return c.texts
		}
	}
	return nil
}

// gradesIn are the grades that a text names, as it writes their numbers: 二 of 二级,
// none of 十二级, 14级 and 上一级.
func gradesIn(text string) (out []string) {
	for _, m := range toldGrade.FindAllStringSubmatchIndex(text, -1) {
		if before, _ := utf8.DecodeLastRuneInString(text[:m[0]]); !strings.ContainsRune("0123456789一二三四五六七八九十百上下高低同", before) {
			out = append(out, text[m[2]:m[3]])
		}
	}
	return out
}

const bound = `([0-9]{1,3}|[一二两三四五六七八九十百]{1,4})`

// The conditions by which texts divide: [from, to) in the fact's unit.
var (
	ageTiers = []*regexp.Regexp{
		regexp.MustCompile(`(?:年满|满)?` + bound + `(?:周)?岁(?:以上|及以上)?(?:、|，)?(?:至|到|—|－|-|～)?(不满|未满|不足)` + bound + `(?:周)?岁`),
		regexp.MustCompile(bound + `(?:周岁|岁)?(至|到|—|－|-|～)` + bound + `(?:周)?岁`),
		regexp.MustCompile(`(?:年满|满)?` + bound + `(?:周)?岁(?:及)?(以上|的)`),
		regexp.MustCompile(`(不满|未满|不足)()` + bound + `(?:周)?岁`),
	}
	spanTiers = []*regexp.Regexp{
		regexp.MustCompile(`满` + bound + `(年|个月)(?:以上)?(?:、|，)?(?:不足|不满|未满|至|到)` + bound + `(年|个月)`),
		regexp.MustCompile(`(?:满)?` + bound + `(年|个月)(?:及)?以上`),
		regexp.MustCompile(`(?:未满|不满|不足)` + bound + `(年|个月)`),
		regexp.MustCompile(`满` + bound + `(年|个月)`),
	}
	gradeTier = regexp.MustCompile(`([一二三四])级`)
	// onlyJoins stands between grades of which one thing is said.
	onlyJoins = regexp.MustCompile(`^(?:、|和|或者|或|及|至|到|残疾|医院)*$`)
)

// tier is a condition of a text with what holds under it.
type tier struct {
	start, end int // bytes of the text
	has        func(n int) bool
}

// tiersOf are the tiers of a text for a unit, in its order.
func tiersOf(text, unit string) (out []tier) {
	add := func(m []int, from, to int) {
		for _, t := range out {
			if m[0] < t.end && t.start < m[1] {
				return // a wider condition has it
			}
		}
		out = append(out, tier{m[0], m[1], func(n int) bool { return from <= n && n < to }})
	}
	num := func(m []int, group int) int {
		if m[2*group] < 0 || m[2*group] == m[2*group+1] {
			return 0
		}
		return numeral.Value(text[m[2*group]:m[2*group+1]])
	}
	const most, tiersAtMost = 1 << 20, 20
	switch unit {
	case "岁":
		for _, m := range ageTiers[0].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, num(m, 1), num(m, 3))
		}
		for _, m := range ageTiers[1].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, num(m, 1), num(m, 3)+1)
		}
		for _, m := range ageTiers[2].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, num(m, 1), most)
		}
		for _, m := range ageTiers[3].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, 0, num(m, 3))
		}
	case "月":
		months := func(m []int, group int) int {
			n := num(m, group)
			if text[m[2*group+2]:m[2*group+3]] == "年" {
				n *= 12
			}
			return n
		}
		for _, m := range spanTiers[0].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, months(m, 1), months(m, 3))
		}
		for _, m := range spanTiers[1].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, months(m, 1), most)
		}
		for _, m := range spanTiers[2].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, 0, months(m, 1))
		}
		for _, m := range spanTiers[3].FindAllStringSubmatchIndex(text, tiersAtMost) {
			add(m, months(m, 1), most)
		}
	case "级":
		out = gradeTiers(text)
	}
	return inOrder(text, out)
}

// gradeTiers are the tiers of a text that divides by grades: 一级、二级的 is one.
func gradeTiers(text string) (out []tier) {
	const tiersAtMost = 20
	last := []int(nil)
	for _, m := range gradeTier.FindAllStringSubmatchIndex(text, tiersAtMost) {
		grade := numeral.Value(text[m[2]:m[3]])
		if last != nil && onlyJoins.MatchString(text[last[1]:m[0]]) {
			before := out[len(out)-1].has
			out[len(out)-1].has = func(n int) bool { return n == grade || before(n) }
		} else {
			out = append(out, tier{m[0], m[1], func(n int) bool { return n == grade }})
		}
		last = m
	}
	return out
}

// inOrder sorts tiers by where they stand and lets each go on to where the
// next begins, or its sentence ends.
func inOrder(text string, all []tier) []tier {
	for i := 1; i < len(all); i++ {
		for j := i; j > 0 && all[j].start < all[j-1].start; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	for i := range all {
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1].start
		}
		if stop := strings.IndexAny(text[all[i].end:end], "。；;\n"); stop >= 0 {
			end = all[i].end + stop
		}
		all[i].end = end
	}
	return all
}

// tierFor returns what a text says for a fact: of at least two tiers the one
// that has it, word for word. ok is false where none or several do, or where
// what it says has nothing of the sort that is asked for.
func tierFor(text string, fact toldFact, sort *regexp.Regexp) (said string, ok bool) {
	const longest = 160 // bytes and more are no answer at a glance
	if len(fact.of) > 0 && !containsAny(text, fact.of) {
		return "", false
	}
	all, says := tiersOf(text, fact.unit), 0
	for _, t := range all {
		piece := strings.TrimRight(strings.TrimSpace(text[t.start:t.end]), "，、,： ")
		if sort != nil && !sort.MatchString(piece) || letters(piece) < 4 {
			continue
		}
		if says++; t.has(fact.value) {
			if said != "" || len(piece) > longest || !whole(piece) {
				return "", false
			}
			said = piece
		}
	}
	return said, said != "" && says > 1
}

// tiers are asked for by how much and how long.
func (f *findings) tiered(h standingHit) (lead string, ok bool) {
	sort := answers[asksOf(f.asked)]
	if !stated[asksOf(f.asked)] || h.Kind != corpus.Policy && h.Kind != corpus.Notice && h.Kind != corpus.Catalogue || h.named {
		return "", false
	}
	for _, fact := range factsIn(f.asked, f.t.understood.Person) {
		if said, ok := tierFor(withoutLabel(h), fact, sort); ok {
			return "按您说的" + fact.said + "：" + said + "。", true
		}
	}
	return "", false
}

// toTier puts a passage of the first hit's document that says what is asked for
// the facts told before one that does not.
func (t *turn) toTier(ctx context.Context, f *findings) error {
	h := f.hits[0]
	if h.Kind != corpus.Policy && h.Kind != corpus.Notice || !stated[asksOf(f.asked)] || len(factsIn(f.asked, t.understood.Person)) == 0 {
		return nil
	}
	if _, ok := f.tiered(h); ok {
		return nil
	}
	e, ok := t.quotable(ctx, h.Ref.Document)
	const most = 80 // passages
	if !ok || e.rev.Number != h.Ref.Revision || len(e.rev.Passages) > most {
		return nil // what was found stands
	}
	var found []standingHit
	g := f.gist()
	has := g.in(h.text())
	for p := range t.citable(e) {
		at := t.passageOf(e.doc, e.rev, p)
		if _, ok := f.tiered(at); ok && g.in(at.text()) >= has { // what a meal costs at ninety says nothing of the bus
			found = append(found, at)
		}
	}
	if len(found) != 1 {
		return nil
	}
	f.hits = append([]standingHit{h.standsAs(found[0])}, without(f.hits, h.Ref.Document)...)
	return nil
}

// withoutFigures is a question without what it tells of its own case in
// numbers, which no rule has.
func withoutFigures(asked string) string {
	return strings.TrimSpace(figureWords.ReplaceAllString(asked, " "))
}

// untilWhen asks from which hour on something is forbidden; rules say when it is
// allowed.
var untilWhen = regexp.MustCompile(`几点(?:以后|之后|后|过后|以前|之前|前)?(?:就)?(?:不让|不准|不许|不能|不可以|禁止|不得)`)

// regardless is what a question finds without its figures, where it is doubtful
// with them: 92岁 is in no rule that says 年满90周岁不满100周岁.
func (t *turn) regardless(ctx context.Context, asked string, whole *findings) (*findings, error) {
	rest := untilWhen.ReplaceAllString(withoutFigures(asked), "几点可以")
	if whole.Confidence >= unsureBelow || len(whole.hits) == 0 || rest == asked || letters(subject(rest)) < 2 {
		return whole, nil
	}
	f, err := t.find(ctx, rest, t.day)
	if err != nil || len(f.hits) == 0 || f.Confidence <= whole.Confidence || !whole.has(f.hits[0].Ref.Document) {
		return whole, err
	}
	f.asked = asked
	return f, nil
}
