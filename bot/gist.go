package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// gist is what a question is about: the words that don't ask, with how rare
// they are and what else is said for them.
type gist struct {
	words []gistWord
	total float64
	vague bool // it has words, but none of a matter: 有关部门有什么计划
	known bool // the corpus has one of them
}

type gistWord struct {
	forms  []string // its own first, folded
	weight float64
}

// aboutEnough is the share of a question's gist that what is offered for it
// has at least: citizens have other words for the rest.
const aboutEnough = .4

// gist returns what the question is about, as the index understood it.
func (f *findings) gist() gist {
	if f.understood == nil {
		g := f.readGist()
		f.understood = &g
	}
	return *f.understood
}

func (f *findings) readGist() gist {
	idf, unseen := map[string]float64{}, 0.0
	for _, t := range f.Explain.Terms {
		idf[t.Text], unseen = t.IDF, max(unseen, t.IDF)
	}
	var g gist
	for _, w := range index.Atoms(f.Explain.Words) {
		if letters(subject(w)) == 0 || slices.Contains(generalWords, w) || span.MatchString(w) {
			continue // it asks, or is in questions of any matter
		}
		word := gistWord{[]string{w}, rarity(w, idf)}
		for _, e := range f.Explain.Expansions {
			if strings.Contains(e.From, w) || strings.Contains(w, e.From) {
				word.forms = append(word.forms, index.FoldString(e.To))
			}
		}
		g.words = append(g.words, word)
		g.total += word.weight
		g.known = g.known || word.weight < unseen
	}
	for _, e := range f.Explain.Expansions {
		g.add(e, unseen)
	}
	g.vague = g.total == 0 && len(f.Explain.Words) > 0
	return g
}

// add makes a word of a piece of the question that the lexicon knows and the
// segmenter does not cut out: 狗证, the 狗 of 养两只狗. unseen is the weight of a
// pair of letters that no document has.
func (g *gist) add(e index.Expansion, unseen float64) {
	to := index.FoldString(e.To)
	for i := range g.words {
		own := g.words[i].forms[0]
		if own == e.From {
			g.words[i].forms = append(g.words[i].forms, to)
			return
		}
		if strings.Contains(own, e.From) || strings.Contains(e.From, own) {
			return
		}
	}
	if letters(subject(e.From)) == 0 || slices.Contains(generalWords, e.From) {
		return
	}
	g.words = append(g.words, gistWord{[]string{e.From, to}, unseen / 2})
	g.total += unseen / 2
	g.known = true
}

// span is so and so much of a time, in questions of any matter: 一年 of 多少钱一年.
// A small number alone is an age, or how many.
var span = regexp.MustCompile(`^(?:(?:[0-9]+|[一二两三四五六七八九十半几每]+)(?:个月|年|月|天|日|周|次|回|个|岁)|[0-9]{1,3})$`)

// generalWords are in questions of any matter: who is asked, what happened, what
// is wanted.
var generalWords = strings.Fields(`
	有关 相关 部门 单位 具体 计划 情况 问题 规定 政策 文件 领导 希望 解决 处理 咨询 了解 明确 说明 答复 回复 安排 落实 目前 现在 今年 明年 去年 时候 时间 方面 内容 标准 方式 方法 途径 渠道
	公告 公示 通告 消息 大概 流程 要求 符合 新增 附近 影响 确定 具体时间
	我们 我家 自己 本人 个人 大家 居民 百姓 老百姓 市民 群众
	丢了 丢失 掉了 坏了 没了 遗失 过期 到期 申请 申领 办理 领取 需要 应该 能够 可以 是否 有没有 怎么办 怎么样`)

// rarity is the mean idf of a word's pairs of letters.
func rarity(w string, idf map[string]float64) float64 {
	sum, n := 0.0, 0.0
	last := ""
	for _, r := range w {
		s := string(r)
		if last != "" {
			if x, ok := idf[last+s]; ok {
				sum += x
				n++
			}
		}
		last = s
	}
	if n == 0 {
		return float64(utf8.RuneCountInString(w))
	}
	return sum / n
}

// in returns the share of the gist, by rarity, that a text has; 1 where nothing
// is known of the question's words.
func (g gist) in(text string) float64 {
	switch {
	case g.vague:
		return 0
	case g.total == 0:
		return 1
	}
	text = index.FoldString(text)
	found := 0.0
	for _, w := range g.words {
		if containsAny(text, w.forms) {
			found += w.weight
		}
	}
	return found / g.total
}

// text is all that a hit says of what it is about.
func (h standingHit) text() string {
	return strings.Join(append(h.names(), strings.Join(h.Path, " "), h.Label, h.Passage, h.Snippet), " ")
}

// names are what a hit is known by: its title, the question of an FAQ and its
// like, the questions that people ask for the passage.
func (h standingHit) names() []string {
	names := slices.Concat([]string{h.Title, h.Document.Question}, h.Document.Similar)
	if h.noted != "" {
		names = append(names, h.noted)
	}
	return names
}

// notedAs is how much of a question's gist one that is noted with a passage has
// for it to be its name.
const notedAs = .8

// noted returns the question most like this one of those that are noted with a
// passage; "" where none is.
func (g gist) noted(questions []string) (best string) {
	most := notedAs
	for _, q := range questions {
		if n := g.in(q); n >= most && g.total > 0 && (n > most || best == "") {
			best, most = q, n
		}
	}
	return best
}

// about returns how much of the question's gist the hit i has; 0 where there is
// no such hit, or the question is about nothing: 哪个条款规定的.
func (f *findings) about(i int) float64 {
	if i >= len(f.hits) {
		return 0
	}
	return f.gist().in(f.hits[i].text())
}

// doubt lowers the confidence in what is another agency's matter, lacks what the
// question is decidedly about, or is not clear and has next to nothing of it.
func (f *findings) doubt(answerAt, chooseAt float64) {
	const clear, nothing = .6, .1
	if len(f.hits) == 0 || f.Confidence < chooseAt {
		return
	}
	g, h := f.gist(), f.hits[0]
	if f.ofOther(h, g) {
		f.Confidence = .99 * chooseAt
		return
	}
	if f.Confidence < answerAt {
		return
	}
	if f.Confidence < clear && g.known && h.Parts.Value == 0 && g.in(h.text()) < nothing || g.vague || lacking(f.asked, h.text()) != "" {
		f.Confidence = .99 * answerAt
	}
}

// ofOther reports whether a question names a matter that the directory knows as
// another agency's than the one whose document was found, which is not named by
// it: who asks for 退休金 isn't told of 高龄津贴 because that speaks of it.
func (f *findings) ofOther(h standingHit, g gist) bool {
	view := f.t.agencies()
	owners := view.Owning(f.asked)
	issuing, ok := view.Issuing(h.Document.Agency)
	if owners.Word == "" || !ok || h.table || slices.ContainsFunc(owners.Agencies, func(a corpus.Agency) bool {
		return strings.HasPrefix(a.Name, issuing.Name) || strings.HasPrefix(issuing.Name, a.Name)
	}) {
		return false
	}
	const unmistakable = 3 // letters: 公交 and 户口 stand in questions of other matters, too
	if letters(owners.Word) < unmistakable && !strings.HasPrefix(f.asked, owners.Word) {
		return false
	}
	word := index.FoldString(owners.Word)
	forms := []string{word}
	for _, w := range g.words {
		if strings.Contains(w.forms[0], word) || letters(w.forms[0]) >= unmistakable && strings.Contains(word, w.forms[0]) {
			forms = append(forms, w.forms...)
		}
	}
	for _, e := range f.Explain.Expansions {
		if from := index.FoldString(e.From); strings.Contains(from, word) || letters(from) >= unmistakable && strings.Contains(word, from) {
			forms = append(forms, index.FoldString(e.To))
		}
	}
	return !containsAny(index.FoldString(h.name()), forms) && g.in(h.name()) == 0
}

// name is all that a hit is called by: its names and its heading.
func (h standingHit) name() string {
	names := h.names()
	if heading, _, ok := headed(h); ok {
		names = append(names, heading)
	}
	return strings.Join(names, " ")
}

// sure raises the confidence in a passage that staff have noted a question with
// that is this one but for a word, and in a guide that is the matter of the
// question, of which it asks for the very field that was found: 结婚登记周末办吗.
func (f *findings) sure(answerAt float64) {
	if len(f.hits) == 0 || f.Confidence >= answerAt {
		return
	}
	h := f.hits[0]
	if h.noted != "" && alike(f.asked, h.noted) {
		f.Confidence = answerAt
		return
	}
	if h.Kind != corpus.Guide {
		return
	}
	for _, field := range furtherFields() {
		if field.Field != h.Ref.Anchor || !containsAny(f.asked, field.Words) {
			continue
		}
		left, found := index.FoldString(f.asked), 0
		for _, w := range f.gist().words {
			if containsAny(index.FoldString(h.Title), w.forms) {
				left, found = strings.ReplaceAll(left, w.forms[0], " "), found+1
			}
		}
		if found > 0 && letters(subject(replaceAll(left, field.Words))) == 0 {
			f.Confidence = answerAt
		}
	}
}

// core returns the clauses of a message that want what is asked for, with the
// one before them where they have no subject; all of it where none does.
func core(text string, wants func(string) bool) string {
	var out []string
	before := ""
	for _, c := range clauses(text) {
		c = Substance(c)
		if wants(c) {
			if letters(subject(c)) < 2 && before != "" {
				out = append(out, before)
			}
			out = append(out, c)
			before = ""
			continue
		}
		before = c
	}
	if s := strings.Join(out, " "); letters(subject(s)) >= 2 {
		return s
	}
	return text
}

// before returns the clause before the first that wants what is asked for: what
// it is about often stands there.
func before(text string, wants func(string) bool) string {
	last := ""
	for _, c := range clauses(text) {
		if c = Substance(c); wants(c) {
			return last
		}
		last = c
	}
	return ""
}
