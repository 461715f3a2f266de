package extract

import (
	"strings"

	"github.com/policybot/policybot/corpus"
)

// textFile reads plain text: one block a line.
func textFile(s *source, data []byte) (corpus.Content, error) {
	d, err := s.document(fields{})
	if err != nil {
		return corpus.Content{}, err
	}
	return s.finish(d, nil, textBlocks(decode(s, data, "")))
}

// textBlocks makes a block of every line that is not blank.
func textBlocks(text string) []corpus.Block {
	var blocks []corpus.Block
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		if part = strings.TrimSpace(part); part != "" {
			blocks = append(blocks, corpus.Block{Text: part})
		}
	}
	return blocks
}
