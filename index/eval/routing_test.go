package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestReadMessages(t *testing.T) {
	t.Parallel()
	kinds := []string{"a", "b"}
	got, err := ReadMessages(strings.NewReader(`{"message":"x","kind":"a"}`+"\n\n"+`{"message":"y","kind":"b"}`), kinds)
	if err != nil || len(got) != 2 || got[1] != (Message{"y", "b"}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{`{"message":"x","kind":"c"}`, `{"kind":"a"}`, `{`, `[]`} {
		if _, err := ReadMessages(strings.NewReader("\n"+bad), kinds); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestRouting(t *testing.T) {
	t.Parallel()
	kinds := []string{"ask", "tell"}
	var messages []Message
	for i := range 60 {
		messages = append(messages, Message{fmt.Sprint("how ", i), "ask"}, Message{fmt.Sprint("thus ", i), "tell"})
	}
	c := Cues{Of: func(text string) ([]string, []string) { return []string{"<any>"}, strings.Fields(text) }}
	learnt := c.Fit(messages, kinds)
	of := map[string][]float64{}
	for _, l := range learnt {
		of[l.Cue] = l.Weights
	}
	if len(of) != 3 || of["how"][0] <= of["how"][1] || of["thus"][1] <= of["thus"][0] || of["<any>"] == nil {
		t.Errorf("learnt %v", learnt)
	}
	if !slices.EqualFunc(learnt, c.Fit(messages, kinds), func(a, b LearntCue) bool { return a.Cue == b.Cue && slices.Equal(a.Weights, b.Weights) }) {
		t.Error("learnt otherwise from the same messages")
	}
	if got, deviation := c.Check(messages, kinds); got != 1 || deviation != 0 {
		t.Errorf("on the other fifths %g ± %g", got, deviation)
	}
	r := MeasureRouting(messages, kinds, func(string) string { return "ask" })
	if r.Accuracy != .5 || r.Messages != 120 || r.Confusion["tell"][0] != 60 || r.Confusion["ask"][1] != 0 {
		t.Errorf("%+v", r)
	}
	if r := MeasureRouting(nil, kinds, nil); r.Accuracy != 0 {
		t.Errorf("of nothing %+v", r)
	}
}
