package diff

import (
	"github.com/sergi/go-diff/diffmatchpatch"
)

// maxGap bounds the passages between two that are the same on both sides, as
// the product of both counts, that are compared each with each.
const maxGap = 40_000

// align finds for each passage of b the one of a that it was: its place in a,
// ascending, or -1. Passages of the same words are found first, wherever
// numbering has moved them; what lies between is paired by anchor and words.
func align(a, b []side) []int {
	pairs := make([]int, len(b))
	codes := map[string]rune{}
	i, j := 0, 0
	gap := func(toA, toB int) {
		pairGap(a[i:toA], b[j:toB], pairs[j:toB], i)
		i, j = toA, toB
	}
	fromA, fromB := 0, 0
	for _, d := range compare(encode(codes, a), encode(codes, b)) {
		n := len([]rune(d.Text))
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			fromA += n
		case diffmatchpatch.DiffInsert:
			fromB += n
		case diffmatchpatch.DiffEqual:
			gap(fromA, fromB)
			for k := range n {
				pairs[fromB+k] = fromA + k
			}
			fromA, fromB = fromA+n, fromB+n
			i, j = fromA, fromB
		}
	}
	gap(len(a), len(b))
	return pairs
}

// compare is the shortest way from a to b. Nothing interrupts it, so that it
// is the same on every machine: callers bound what they give it.
func compare(a, b []rune) []diffmatchpatch.Diff {
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0
	return dmp.DiffMainRunes(a, b, false)
}

func encode(codes map[string]rune, all []side) []rune {
	out := make([]rune, len(all))
	for k, s := range all {
		out[k] = code(codes, s.body)
	}
	return out
}

// code is a rune that stands for a text. Surrogates are left out, which no
// string can hold.
func code(codes map[string]rune, text string) rune {
	r, ok := codes[text]
	if !ok {
		if r = rune(0x100 + len(codes)); r >= 0xD800 {
			r += 0x800
		}
		codes[text] = r
	}
	return r
}

// alike is the least likeness of two passages with different anchors that are
// taken for one that was changed.
const alike = .4

// pairGap pairs passages of a gap, both ascending: the chain of pairs that has
// the most in common. offset is where a begins.
func pairGap(a, b []side, pairs []int, offset int) {
	for k := range pairs {
		pairs[k] = -1
	}
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > maxGap {
		pairAnchors(a, b, pairs, offset)
		return
	}
	likeness := likenesses(a, b)
	best := make([][]float64, len(a)+1)
	for i := range best {
		best[i] = make([]float64, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if l := likeness[i][j]; l > 0 {
				best[i][j] = max(best[i][j], l+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch l := likeness[i][j]; {
		case l > 0 && best[i][j] == l+best[i+1][j+1]:
			pairs[j] = offset + i
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
}

// likenesses are how much passages have in common, 0 where they are no pair.
func likenesses(a, b []side) [][]float64 {
	gramsB := make([]map[[2]rune]int, len(b))
	for j := range b {
		gramsB[j] = bigrams(b[j].body)
	}
	out := make([][]float64, len(a))
	for i := range a {
		out[i] = make([]float64, len(b))
		grams := bigrams(a[i].body)
		for j := range b {
			l := share(grams, gramsB[j])
			switch {
			case a[i].Role != b[j].Role:
				l = 0
			case a[i].Anchor == b[j].Anchor:
				l += alike // the same place, whatever it says now
			case l < alike:
				l = 0
			}
			out[i][j] = l
		}
	}
	return out
}

// pairAnchors pairs by anchor alone, ascending.
func pairAnchors(a, b []side, pairs []int, offset int) {
	at := make(map[string]int, len(a))
	for i, s := range a {
		at[s.Anchor] = i
	}
	next := 0
	for j, s := range b {
		if i, ok := at[s.Anchor]; ok && i >= next {
			pairs[j], next = offset+i, i+1
		}
	}
}

// maxGrams bounds how much of a passage is looked at for its likeness.
const maxGrams = 4000

func bigrams(s string) map[[2]rune]int {
	grams := map[[2]rune]int{}
	last, n := rune(0), 0
	for _, r := range s {
		grams[[2]rune{last, r}]++
		last = r
		if n++; n == maxGrams {
			break
		}
	}
	return grams
}

// share is the part of two bags that both have, 0 to 1 (Dice).
func share(a, b map[[2]rune]int) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	common, all := 0, 0
	for g, n := range a {
		common += min(n, b[g])
		all += n
	}
	for _, n := range b {
		all += n
	}
	return 2 * float64(common) / float64(all)
}
