package bot

import (
	"github.com/policybot/policybot/corpus"
)

// likest is the passage of a policy that has most of a text's pairs of letters
// and of its figures, and the share that it has, 0 to 1: what few passages have
// counts more, the title's words nothing.
func likest(said string, d corpus.Document, rev corpus.Revision) (best corpus.Passage, share float64) {
	const (
		most   = 80 // passages: a longer policy's are named by number
		figure = 3  // pairs that one figure counts
	)
	if len(rev.Passages) > most {
		return best, 0
	}
	words, numbers := pairs(said), figuresIn(said)
	for p := range pairs(d.Title) {
		delete(words, p)
	}
	in, inNumber := map[[2]rune]float64{}, map[string]float64{}
	has, hasNumber := make([]map[[2]rune]bool, len(rev.Passages)), make([]map[string]bool, len(rev.Passages))
	for i, p := range rev.Passages {
		if p.Role != corpus.BodyRole || p.Label == "" {
			continue
		}
		has[i], hasNumber[i] = pairs(rev.Text[p.Start:p.End]), figuresIn(rev.Text[p.Start:p.End])
		count(in, has[i], words)
		count(inNumber, hasNumber[i], numbers)
	}
	all := rarities(in) + figure*rarities(inNumber)
	if all == 0 {
		return best, 0
	}
	for i, p := range rev.Passages {
		if n := (worth(in, has[i]) + figure*worth(inNumber, hasNumber[i])) / all; n > share {
			best, share = p, n
		}
	}
	return best, share
}

// count adds one to each of the wanted that a passage has.
func count[K comparable](in map[K]float64, has, wanted map[K]bool) {
	for k := range has {
		if wanted[k] {
			in[k]++
		}
	}
}

// rarities sums what each is worth that is in some passage: the fewer, the more.
func rarities[K comparable](in map[K]float64) (all float64) {
	for _, n := range in {
		all += 1 / n
	}
	return all
}

// worth is the same of what one passage has.
func worth[K comparable](in map[K]float64, has map[K]bool) (all float64) {
	for k := range has {
		if n := in[k]; n > 0 {
			all += 1 / n
		}
	}
	return all
}

// figuresIn are the numbers of a text, each with the character behind it: 10个, 5%.
func figuresIn(text string) map[string]bool {
	out := map[string]bool{}
	start := -1
	for i, r := range text {
		digit := r >= '0' && r <= '9' || r == '.' && start >= 0
		switch {
		case digit && start < 0:
			start = i
		case !digit && start >= 0:
			out[text[start:i]+string(r)], start = true, -1
		}
	}
	return out
}
