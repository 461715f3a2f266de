package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
)

// A city's rule is answered with before its province's or the nation's that
// says as much, and what that says stands below it.
func TestRulesOfTwoLevels(t *testing.T) {
	t.Parallel()
	const (
		ours   = "第五条　女职工生育享受158天产假，期间由生育保险基金发给生育津贴。"
		theirs = "第十二条　女职工生育享受产假，产假期间由生育保险基金按规定发给生育津贴。"
		other  = "第三条　招用残疾人的用人单位可以申请岗位补贴。"
	)
	for name, c := range map[string]struct {
		first, second corpus.Document
		text          [2]string
		want          string // the document answered from
		also          string // "" is nothing
	}{
		"the city first":     {corpus.Document{Region: "青岚市"}, corpus.Document{Region: "云川省"}, [2]string{ours, theirs}, "a", "省里也有规定："},
		"the province first": {corpus.Document{Region: "云川省"}, corpus.Document{Region: "青岚市"}, [2]string{theirs, ours}, "b", "省里也有规定："},
		"the nation":         {corpus.Document{Region: "青岚市"}, corpus.Document{Region: "全国"}, [2]string{ours, theirs}, "a", "国家也有规定："},
		"the nation by name": {corpus.Document{Region: "青岚市"}, corpus.Document{Agency: "国务院"}, [2]string{ours, theirs}, "a", "国家也有规定："},
		"a county":           {corpus.Document{Region: "青岚市东湖县"}, corpus.Document{Region: "青岚市"}, [2]string{ours, theirs}, "a", "市里也有规定："},
		"of another matter":  {corpus.Document{Region: "青岚市"}, corpus.Document{Region: "云川省"}, [2]string{ours, other}, "a", ""},
		"of the same place":  {corpus.Document{Region: "青岚市"}, corpus.Document{Region: "青岚市"}, [2]string{ours, theirs}, "a", ""},
		"of no known place":  {corpus.Document{Region: "青岚市"}, corpus.Document{}, [2]string{ours, theirs}, "a", ""},
		"repealed":           {corpus.Document{Region: "青岚市"}, corpus.Document{Region: "云川省", Expires: "2020-01-01"}, [2]string{ours, theirs}, "a", ""},
	} {
		w := &town{}
		c.first.ID, c.first.Title, c.first.Kind = "a", "生育保险办法", corpus.Policy
		c.second.ID, c.second.Title, c.second.Kind = "b", "女职工劳动保护规定", corpus.Policy
		label := func(s string) string { before, _, _ := strings.Cut(s, "　"); return before }
		w.add(c.first, [3]string{"x", label(c.text[0]), c.text[0]})
		w.add(c.second, [3]string{"y", label(c.text[1]), c.text[1]})
		w.always(.9, w.hit("a", "x", 10), w.hit("b", "y", 9))
		reply := w.typed(t, "产假期间的生育津贴谁发")
		if reply.Status != Answered || reply.Sources[0].Ref.Document != c.want {
			t.Errorf("%s: %s %+v", name, reply.Status, reply.Sources)
		}
		at := strings.Index(reply.Text, "也有规定：")
		if c.also == "" && at >= 0 || c.also != "" && !strings.Contains(reply.Text, c.also) {
			t.Errorf("%s: want %q in\n%s", name, c.also, reply.Text)
		}
		if name == "the city first" {
			t.Log(reply.Text)
		}
	}
}
