package eval

import (
	"reflect"
	"strings"
	"testing"
)

func TestReadGuides(t *testing.T) {
	t.Parallel()
	lines := `{"TASK_CODE":"g1","TASK_NAME":"船闸核准（新建）","matter_daily":"船闸"}

{"TASK_CODE":"g2","TASK_NAME":"船闸核准（延期）","matter_daily":" 船闸 "}
{"TASK_CODE":"g3","TASK_NAME":"没有俗称"}
{"TASK_CODE":"g4","TASK_NAME":"没有导入","matter_daily":"没有导入"}
{"TASK_CODE":"g5","TASK_NAME":"敬老卡","matter_daily":"老人卡"}`
	got, err := ReadGuides(strings.NewReader(lines), map[int]string{1: "g1", 3: "g2", 4: "g3", 6: "g5"})
	want := []Question{
		{ID: "g1", Question: "船闸", Place: Place{Doc: "g1"}, Also: []Place{{Doc: "g2"}}},
		{ID: "g5", Question: "老人卡", Place: Place{Doc: "g5"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if _, err := ReadGuides(strings.NewReader("{}\n{"), nil); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Error(err)
	}
	if strings.Contains(GuidesMap, "matter_daily") {
		t.Error("the everyday names are indexed")
	}
}

func TestReadFAQ(t *testing.T) {
	t.Parallel()
	lines := `{"question":"甲 乙 丙 丁 戊","answer":"一"}
{"question":"甲 乙 丙 丁 戊","answer":"二"}
{"question":"己","answer":"三"}
{"question":"？","answer":"四"}`
	ids := map[int]string{1: "a", 2: "b", 3: "c", 4: "d"}
	got, err := ReadFAQ(strings.NewReader(lines), ids, func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '？' })
	})
	if err != nil || len(got) != 3 || got[0].Doc != "a" || got[0].Also[0].Doc != "b" {
		t.Fatalf("%+v %v", got, err)
	}
	const order = "甲 乙 丙 丁 戊"
	// Two of five words, in the order of the question; one at least; what has
	// no word as it is.
	if q := got[0].Question; len(strings.Fields(q)) != 2 || strings.Index(order, strings.Fields(q)[0]) >= strings.Index(order, strings.Fields(q)[1]) {
		t.Errorf("%q", q)
	}
	if got[1].Question != "己" || got[2].Question != "？" {
		t.Errorf("%+v", got[1:])
	}
	again, err := ReadFAQ(strings.NewReader(lines), ids, strings.Fields)
	if err != nil || again[0].Question != got[0].Question {
		t.Errorf("another run leaves other words: %q, %q", got[0].Question, again[0].Question)
	}
	for _, bad := range []string{`{"answer":"无"}`, "["} {
		if _, err := ReadFAQ(strings.NewReader(bad), ids, strings.Fields); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestMeasureLookup: of a look-up, what the index found is measured beside
// the reply.
func TestMeasureLookup(t *testing.T) {
	t.Parallel()
	set := Set{Lookup: true, Questions: []Question{
		{ID: "1", Place: Place{Doc: "a"}},
		{ID: "2", Place: Place{Doc: "a"}, Also: []Place{{Doc: "b"}}},
		{ID: "3", Place: Place{Doc: "a"}},
		{ID: "4", Place: Place{Doc: "a"}},
	}}
	r := set.Measure([]Outcome{
		{Found: []string{"a", "b"}}, {Found: []string{"x", "b"}}, {Found: []string{"1", "2", "3", "4", "5", "a"}}, {},
	})
	if r.Found1 != .25 || r.Found5 != .5 || !r.Lookup || len(r.Wrong) != 3 || !strings.Contains(r.Wrong[0].Got, "rank 2, first x") {
		t.Errorf("%+v", r)
	}
	if r.Wrong[2].Got != "rank 0" {
		t.Errorf("%+v", r.Wrong)
	}
}
