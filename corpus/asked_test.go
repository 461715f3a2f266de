package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

var askedPassages = []Passage{
	{Anchor: "title", Role: TitleRole}, {Anchor: "h1", Role: HeadingRole}, {Anchor: "a1", Role: BodyRole}, {Anchor: "a2", Role: BodyRole},
}

func TestAskedFaults(t *testing.T) {
	t.Parallel()
	many := slices.Repeat([]string{"能借几把"}, MaxAsked+1)
	for _, c := range []struct {
		asked []Asking
		want  string // of the only fault; "" is none
	}{
		{nil, ""},
		{[]Asking{{"a2", []string{"伞丢了赔多少", "借的伞坏了咋办"}}}, ""},
		{[]Asking{{"a9", []string{"伞丢了赔多少"}}}, "正文里没有“a9”这一段"},
		{[]Asking{{"h1", []string{"伞丢了赔多少"}}}, "“h1”是标题"},
		{[]Asking{{"a1", many}}, "最多40个"},
		{[]Asking{{"a1", []string{strings.Repeat("伞", MaxAskedRunes+1)}}}, "有101个字"},
	} {
		got := AskedFaults(c.asked, askedPassages)
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want)) {
			t.Errorf("%.60v: %q, want %q", c.asked, got, c.want)
		}
	}
	all := make([]Asking, 0, MaxAskedAll)
	for range MaxAskedAll/MaxAsked + 1 {
		all = append(all, Asking{"a1", many[:MaxAsked]})
	}
	if got := AskedFaults(all, askedPassages); len(got) != 1 || !strings.Contains(got[0], "2040") {
		t.Errorf("too many in all: %q", got)
	}
}

func TestUsableAsked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("伞", MaxAskedRunes+1)
	got := UsableAsked([]Asking{
		{"a2", []string{" 伞丢了\n赔多少 ", "", "伞丢了 赔多少", long}}, {"a9", []string{"没有这一段"}}, {"h1", []string{"标题"}},
		{"a1", []string{"能借几天"}}, {"a2", []string{"坏了咋办"}},
	}, askedPassages)
	want := []Asking{{"a1", []string{"能借几天"}}, {"a2", []string{"伞丢了 赔多少", "坏了咋办"}}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	many := make([]string, 3*MaxAsked)
	for i := range many {
		many[i] = fmt.Sprint("问法", i)
	}
	if got := UsableAsked([]Asking{{"a1", many}}, askedPassages); len(got) != 1 || len(got[0].Questions) != MaxAsked {
		t.Errorf("%d of %d questions", len(got[0].Questions), len(many))
	}
}

func TestWithAsked(t *testing.T) {
	t.Parallel()
	d := Document{Asked: []Asking{{"a1", []string{"甲"}}, {"a2", []string{"乙"}}}}
	for _, c := range []struct {
		set  Asking
		want string
	}{
		{Asking{"a1", []string{"丙", "丁"}}, "[{a1 [丙 丁]} {a2 [乙]}]"},
		{Asking{"a3", []string{"丙"}}, "[{a1 [甲]} {a2 [乙]} {a3 [丙]}]"},
		{Asking{"a1", nil}, "[{a2 [乙]}]"},
		{Asking{"a3", nil}, "[{a1 [甲]} {a2 [乙]}]"},
	} {
		if got := fmt.Sprint(d.WithAsked(c.set)); got != c.want {
			t.Errorf("%v: %s, want %s", c.set, got, c.want)
		}
	}
	if fmt.Sprint(d.AskedFor("a1"), d.AskedFor("a2"), d.AskedFor("a3")) != "[甲] [乙] []" {
		t.Errorf("%v was changed", d.Asked)
	}
}
