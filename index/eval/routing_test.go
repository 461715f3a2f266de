package eval

import (
	"fmt"
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
	c := Cues{Count: 2, Of: func(text string) []int {
		if strings.HasPrefix(text, "how") {
			return []int{0}
		}
		return []int{1}
	}}
	w := c.Fit(messages, kinds)
	if w[0][0] <= w[0][1] || w[1][1] <= w[1][0] {
		t.Errorf("learnt %v", w)
	}
	if got := c.Check(messages, kinds); got != 1 {
		t.Errorf("on the other half %g", got)
	}
	r := MeasureRouting(messages, kinds, func(string) string { return "ask" })
	if r.Accuracy != .5 || r.Messages != 120 || r.Confusion["tell"][0] != 60 || r.Confusion["ask"][1] != 0 {
		t.Errorf("%+v", r)
	}
	if r := MeasureRouting(nil, kinds, nil); r.Accuracy != 0 {
		t.Errorf("of nothing %+v", r)
	}
}
