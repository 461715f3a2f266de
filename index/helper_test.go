package index_test

import "github.com/policybot/policybot/corpus"

func corpusRevision(id, text string, passages []corpus.Passage) corpus.Revision {
	return corpus.Revision{Document: id, Number: 1, Status: corpus.Published, Text: text, Passages: passages}
}
