package eval

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// faqShare is the share of a question's words that are left.
const faqShare = .4

// ReadFAQ makes of each line {"question", "answer"} a question that has two of
// five of its words left (of six three), those that chance left, the same at
// every run, with blanks between them. cut cuts a text into words that do not overlap. The
// lines that have the same question are all right. ids are the documents that
// the lines became, by the number of the line. The error names the line.
func ReadFAQ(r io.Reader, ids map[int]string, cut func(text string) []string) ([]Question, error) {
	questions, err := readLookup(r, ids, func(row []byte) (string, error) {
		var faq struct {
			Question string `json:"question"`
		}
		if err := json.Unmarshal(row, &faq); err != nil {
			return "", err
		}
		if faq.Question = strings.TrimSpace(faq.Question); faq.Question == "" {
			return "", fmt.Errorf("no question")
		}
		return faq.Question, nil
	})
	for i := range questions {
		questions[i].Question = thinned(questions[i].Question, cut)
	}
	return questions, err
}

// thinned leaves two of five words of a text, rounded up. Which ones, the text
// alone decides.
func thinned(text string, cut func(text string) []string) string {
	words := cut(text)
	if len(words) == 0 {
		return text
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, text)
	chance := rand.New(rand.NewPCG(h.Sum64(), 0))
	left := chance.Perm(len(words))[:int(math.Ceil(faqShare*float64(len(words))))]
	slices.Sort(left)
	kept := make([]string, len(left))
	for i, w := range left {
		kept[i] = words[w]
	}
	return strings.Join(kept, " ")
}
