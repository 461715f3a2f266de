package index

// Known returns how many units have a word of two and more characters, as it
// is written or in another form of it that folds the same; 0 where the shelf
// serves nothing. Longer words that are not in the dictionary are looked up by
// their rarest pair of letters, so that the number is an upper bound.
func (s *Shelf) Known(words ...string) []int {
	out := make([]int, len(words))
	v, _, err := s.state()
	if err != nil {
		return out
	}
	defer v.Release()
	for i, w := range words {
		out[i] = unitsWith(v, fold(w))
	}
	return out
}

// unitsWith returns in how many units all pairs of letters of a word are at
// most.
func unitsWith(stats Statistics, word []rune) int {
	if len(word) < 2 {
		return 0
	}
	n := stats.Count()
	for i := 1; i < len(word); i++ {
		n = min(n, stats.DocFreq(BigramTerm(word[i-1], word[i])))
	}
	return n
}
