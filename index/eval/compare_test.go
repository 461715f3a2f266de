package eval

import (
	"reflect"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	set := Set{
		Questions:    []Question{{ID: "1", Question: "一", Place: Place{"d", "a1"}}, {ID: "2", Question: "二", Place: Place{Doc: "d"}}, {ID: "3", Status: "smalltalk"}},
		Unanswerable: []Question{{ID: "4", Question: "四"}},
	}
	said := func(text string, found ...string) Outcome {
		return Outcome{Status: "answered", Text: text, Sources: sources(found...), Confidence: .5}
	}
	hello, refused := Outcome{Status: "smalltalk", Text: "您好"}, Outcome{Status: "refused", Text: "没有找到"}
	one, two := Agreement{1, 1, 1}, Agreement{2, 1, 2}
	lost := func(o Outcome, candidates ...string) Outcome { o.Candidates = candidates; return o }
	for _, c := range []struct {
		name string
		a, b []Outcome
		want Comparison
	}{
		{"all the same",
			[]Outcome{said("甲", "d#a1", "x"), said("乙", "d#a2"), hello, refused},
			[]Outcome{said("甲", "d#a1", "y"), said("乙", "d#a2"), hello, refused},
			Comparison{All: two, Answerable: two, Answered: two, SameReply: 1}},
		{"other words of the same source",
			[]Outcome{said("甲", "d#a1"), said("乙", "d#a2"), hello, refused},
			[]Outcome{said("丙", "d#a1"), said("乙", "d#a2"), hello, refused},
			Comparison{All: two, Answerable: two, Answered: two, SameReply: .75}},
		{"another passage, and one that has none",
			[]Outcome{lost(said("甲", "d#a1"), "d"), said("乙", "x", "d#a2"), hello, refused},
			[]Outcome{lost(said("甲", "d#a9"), "x"), said("乙", "x", "d#a2"), hello, said("丁", "z#p1")},
			Comparison{All: Agreement{3, 1. / 3, 1}, Answerable: Agreement{2, .5, 1}, Answered: Agreement{3, 1. / 3, 1}, SameReply: .75, Different: []Different{
				{"1", "一", "d#a1", [2]Side{{"answered d#a1", .5, 1, false}, {"answered d#a9", .5, 1, true}}},
				{"4", "四", "", [2]Side{{"refused", 0, 0, false}, {"answered z#p1", .5, 0, false}}},
			}}},
		{"another status of the same text",
			[]Outcome{said("甲", "d#a1"), refused, hello, refused},
			[]Outcome{{Status: "choices", Text: "甲", Sources: sources("d#a1")}, refused, hello, refused},
			Comparison{All: one, Answerable: one, Answered: one, SameReply: .75}},
	} {
		if got := set.Compare(c.a, c.b); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v\nwant %+v", c.name, got, c.want)
		}
	}
}
