package eval

import "slices"

// byInterpretation is the Best of a question that an interpretation answers
// better than the article that it explains.
const byInterpretation = "interpretation"

// explained judges such a question: the interpretation comes first, and the
// article that it explains, where the question names one, second.
func explained(q Question, out Outcome) bool {
	if out.Status != answered || len(out.Sources) == 0 || !out.Sources[0].at(q.Place) {
		return false
	}
	articles := slices.DeleteFunc(slices.Clone(q.Also), func(p Place) bool { return p.Doc == q.Doc })
	if len(articles) == 0 {
		return true
	}
	return len(out.Sources) > 1 && slices.ContainsFunc(articles, out.Sources[1].at)
}
