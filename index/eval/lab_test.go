package eval

import (
	"context"
	"errors"
	"testing"
)

func TestTry(t *testing.T) {
	t.Parallel()
	at := func(status, text string, documents ...string) Outcome {
		o := Outcome{Status: status, Text: text}
		for _, d := range documents {
			o.Sources = append(o.Sources, Source{Document: d, Snippet: text})
		}
		return o
	}
	golden := Question{Status: "answered", Place: Place{Doc: "a"}, Answer: "80周岁"}
	refused := Question{Status: "refused"}
	plain := Question{Place: Place{Doc: "a"}}
	for _, c := range []struct {
		name    string
		q       Question
		was, is Outcome
		want    string
	}{
		{"the same", golden, at("answered", "满80周岁", "a"), at("answered", "满80周岁", "a"), Same},
		{"found", golden, at("refused", "没有", "b"), at("answered", "满80周岁", "a"), Better},
		{"lost", golden, at("answered", "满80周岁", "a"), at("answered", "别的", "b"), Worse},
		{"lost below", golden, at("refused", "没有", "b", "a"), at("refused", "没有", "b"), Worse},
		{"another snippet", golden, at("answered", "满80周岁", "a"), at("answered", "别的", "a"), Worse},
		{"other words", golden, at("answered", "满80周岁", "a"), at("answered", "凡满80周岁的", "a"), Changed},
		{"answered all the same", refused, at("refused", "没有"), at("answered", "满80周岁", "a"), Worse},
		{"refused in other words", refused, at("refused", "没有"), at("redirected", "请打12345"), Changed},
		{"refused at last", refused, at("answered", "满80周岁", "a"), at("refused", "没有"), Better},
		{"to choose from", plain, at("answered", "满80周岁", "a"), at("choose", "您是想问", "a"), Worse},
	} {
		if got := compare(c.q, c.was, c.is); got.Verdict != c.want {
			t.Errorf("%s: %s, want %s", c.name, got.Verdict, c.want)
		}
	}
	broken := errors.New("broken")
	_, err := Try(t.Context(), []Question{golden}, func(context.Context, string) (Outcome, error) { return Outcome{}, nil },
		func(context.Context, string) (Outcome, error) { return Outcome{}, broken }, func() {})
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
