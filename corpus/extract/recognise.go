package extract

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

// hasArticles says whether a text is cut into articles.
func hasArticles(blocks []corpus.Block) bool {
	n := 0
	for _, b := range blocks {
		if first := b.Label + b.Text; strings.HasPrefix(first, "第一条") || strings.HasPrefix(first, "第二条") {
			n++
		}
	}
	return n >= 2
}

// finish makes a content of metadata and blocks. It is the one place where
// title, kind, ID and passages are settled.
func (s *source) finish(d corpus.Document, f fields, blocks []corpus.Block) (corpus.Content, error) {
	if blocks, d.Refer = s.referral(d, blocks); d.Refer != "" {
		d.Kind = corpus.FAQ
	}
	s.blocks = blocks
	size := 0
	for _, b := range blocks {
		size += len(b.Label) + len(b.Text) + 1
	}
	if size > MaxText {
		return corpus.Content{}, refuse("正文有 %.1f MB，超过 %d MB 的上限，未导入；请拆成几份", float64(size)/(1<<20), MaxText>>20)
	}
	if strings.TrimSpace(allText(blocks)) == "" {
		return corpus.Content{}, refuse("没有正文，未导入")
	}
	if d.Kind == "" && d.Question != "" {
		d.Kind = corpus.FAQ
	}
	if d.Title == "" {
		d.Title = d.Question
	}
	if d.Title == "" {
		d.Title = corpus.FirstTitle(blocks[0].Label + blocks[0].Text)
	}
	if d.Kind == "" {
		d.Kind = clause.KindOf(d.Title, hasArticles(blocks))
	}
	if d.Kind == corpus.FAQ && d.Question == "" {
		d.Question = d.Title
	}
	if d.ID == "" {
		d.ID = s.madeID(d, blocks)
	}
	relations(f, &d)
	c := corpus.Content{Document: d}
	head := d.Title
	if d.Kind == corpus.FAQ {
		head = d.Question
	}
	c.Text, c.Passages = corpus.Assemble(d.Kind, head, blocks)
	for _, fault := range corpus.AskedFaults(d.Asked, c.Passages) {
		s.warn("%s", fault)
	}
	c.Document.Asked = corpus.UsableAsked(d.Asked, c.Passages)
	c.Findings = s.findings(f, c.Document)
	if w := clause.Lapsed(f.text("validity")); w != "" && !d.Expires.Known() {
		c.Warnings = append(c.Warnings, w)
	}
	file := ""
	if s.line == 0 {
		file = path.Base(s.rel)
	}
	clause.Read(&c, file)
	if c.Document.Effective.Known() {
		for i := range c.Document.Declares {
			c.Document.Declares[i].On = c.Document.Effective
		}
	}
	return c, nil
}

// referral returns the text of a question that no policy answers, made where its
// record has none, and whom to ask; nobody where the record is no question.
func (s *source) referral(d corpus.Document, blocks []corpus.Block) ([]corpus.Block, string) {
	if d.Refer == "" {
		return blocks, ""
	}
	if d.Question == "" || d.Kind != "" && d.Kind != corpus.FAQ {
		s.warn("只有常见问题可以写“转问”，已略去：%.60s", d.Refer)
		return blocks, ""
	}
	if strings.TrimSpace(allText(blocks)) == "" {
		blocks = []corpus.Block{{Text: corpus.ReferralText(d.Refer)}}
	}
	return blocks, d.Refer
}

// madeID is the ID of what comes without one: a file's path, a question, a
// title with its address, else the text.
func (s *source) madeID(d corpus.Document, blocks []corpus.Block) string {
	switch {
	case s.line == 0:
		return pathID(s.rel)
	case d.Question != "":
		return "faq-" + hash(d.Question)
	case d.URL != "":
		return "r-" + hash(d.URL)
	case utf8.RuneCountInString(d.Title) >= 8:
		return "r-" + hash(d.Title+"\n"+d.Number)
	}
	return "r-" + hash(allText(blocks))
}

func allText(blocks []corpus.Block) string {
	var sb strings.Builder
	for _, b := range blocks {
		sb.WriteString(b.Label)
		sb.WriteString(b.Text)
	}
	return sb.String()
}
