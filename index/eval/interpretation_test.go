package eval

import "testing"

func TestExplained(t *testing.T) {
	t.Parallel()
	q := Question{Place: Place{"d-jiedu", "s2"}, Also: []Place{{"d", "a6"}, {"d-jiedu", "s1"}}, Best: byInterpretation}
	alone := Question{Place: Place{"d-jiedu", "s2"}, Best: byInterpretation}
	for _, c := range []struct {
		name   string
		q      Question
		status string
		found  []Source
		want   bool
	}{
		{"both", q, "answered", sources("d-jiedu#s2", "d#a6.1"), true},
		{"the article first", q, "answered", sources("d#a6", "d-jiedu#s2"), false},
		{"something between", q, "answered", sources("d-jiedu#s2", "x#a1", "d#a6"), false},
		{"another article", q, "answered", sources("d-jiedu#s2", "d#a7"), false},
		{"another section", q, "answered", sources("d-jiedu#s3", "d#a6"), false},
		{"alone", q, "answered", sources("d-jiedu#s2"), false},
		{"nothing to explain", alone, "answered", sources("d-jiedu#s2"), true},
		{"choices", q, "choose", sources("d-jiedu#s2", "d#a6"), false},
		{"no source", q, "answered", nil, false},
	} {
		if got := explained(c.q, Outcome{Status: c.status, Sources: c.found}); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
