package extract

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// questions sends a file that is a list of questions as a record for each. What
// stands over a group of them is their topic.
func (f *file) questions(ctx context.Context, w *stopwatch, s *source, whole corpus.Content, list []corpus.QuestionAnswer) error {
	topics := whole.Document.Topics
	for i, q := range list {
		one := &source{opts: s.opts, file: s.file, rel: s.rel, line: i + 1, problems: s.problems}
		s.problems = nil // said once
		if above := strings.TrimSpace(blockText(q.Above)); above != "" {
			if len(q.Above) == 1 && len([]rune(above)) <= 40 {
				topics = append(slices.Clone(whole.Document.Topics), strings.TrimSpace(topicNumber.ReplaceAllString(above, "")))
			} else {
				one.warn("问题“%.60s”之前的说明没有导入：%.300s", q.Question, above)
			}
		}
		d := whole.Document
		d.ID = f.questionID(whole.Document.ID, q.Question)
		d.Kind, d.Title, d.Question, d.Similar, d.Negative, d.Topics = corpus.FAQ, q.Question, q.Question, nil, nil, topics
		content, err := safely(func() (corpus.Content, error) { return one.finish(d, nil, q.Answer) })
		if err == nil {
			content.Hold, content.Findings = whole.Hold, whole.Findings
			content.Original = whole.Original
		}
		what := one.outcome(Record{Content: content}, err)
		what.record.Line = 0
		if err := f.send(ctx, w, what); err != nil {
			return err
		}
	}
	return nil
}

var topicNumber = regexp.MustCompile(`^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|第[一二三四五六七八九十]{1,3}[章节部分]+)\s*`)

func (f *file) questionID(file, question string) string {
	if len(file) > 100 {
		file = slug(file)
	}
	return fmt.Sprintf("%s.q-%s", file, hash(question))
}

func blockText(blocks []corpus.Block) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, b.Label+b.Text)
	}
	return strings.Join(parts, " ")
}

// questionsOf splits a file that is a list of questions.
func questionsOf(s *source, c corpus.Content) []corpus.QuestionAnswer {
	switch c.Document.Kind {
	case corpus.Policy, corpus.Guide, corpus.Catalogue, corpus.Consultation, corpus.Interpretation, corpus.Clarification:
		return nil
	case corpus.FAQ:
		if c.Document.Question != c.Document.Title {
			return nil // its metadata name the one question
		}
	}
	list, ok := corpus.Questions(c.Document.Title, s.blocks)
	if !ok || len(list) > maxRecords {
		return nil
	}
	return list
}
