package eval

import "github.com/policybot/policybot/index"

// RougeL returns how much two texts have in common: the F1 of their longest
// common subsequence of characters, folded, punctuation and white space aside.
// It is 0 where either has no character.
func RougeL(a, b string) float64 {
	const longest = 2000
	x, y := letters(a, longest), letters(b, longest)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	row := make([]int, len(y)+1)
	for _, r := range x {
		diagonal := 0
		for j, s := range y {
			above := row[j+1]
			if r == s {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			diagonal = above
		}
	}
	return 2 * float64(row[len(y)]) / float64(len(x)+len(y))
}

func letters(text string, most int) (out []rune) {
	for _, r := range text {
		if f := index.Fold(r); f != 0 && len(out) < most {
			out = append(out, f)
		}
	}
	return out
}
