package bot

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/index"
)

// A draft is found by its number and its title as if it were published, in the
// place of what its document is now; others are as they are, and nobody is
// remembered.
func TestAside(t *testing.T) {
	t.Parallel()
	w := &town{}
	w.add(corpus.Document{ID: "dogs", Kind: corpus.Policy, Title: "青岚市养犬管理办法", Number: "青政规〔2020〕3号", Effective: "2020-01-01"},
		[3]string{"a1", "第一条", "第一条 养犬登记证每两年换领一次。"})
	w.add(corpus.Document{ID: "parks", Kind: corpus.Policy, Title: "青岚市公园管理办法", Number: "青政规〔2021〕4号", Effective: "2021-01-01"},
		[3]string{"a1", "第一条", "第一条 公园每日六时开放。"})
	draft := index.Live{
		Document: corpus.Document{ID: "dogs", Kind: corpus.Policy, Title: "青岚市犬只管理条例", Number: "青政规〔2026〕9号", Effective: "2026-01-01"},
		Revision: corpus.Revision{Document: "dogs", Number: 2, Text: "第一条 养犬登记证每三年换领一次。\n"},
	}
	draft.Revision.Passages = []corpus.Passage{{Anchor: "a1", Label: "第一条", Role: corpus.BodyRole, End: len(draft.Revision.Text)}}
	r := w.responder(t).Aside(w, []index.Live{draft})
	if r.Memory != nil || r.Keeper != nil || r.Limiter != nil || r.Verdicts != nil {
		t.Error("somebody would be remembered")
	}
	for asked, want := range map[string]string{
		"青政规〔2026〕9号": "《青岚市犬只管理条例》", "青政规〔2021〕4号": "《青岚市公园管理办法》", "犬只管理条例第一条": "每三年", "公园管理办法第一条": "六时开放",
		"青政规〔2020〕3号": "", "养犬管理办法第一条": "",
	} {
		got := r.AnswerOn(t.Context(), Question{Account: "default", Kind: Text, Text: asked}, today)
		checkReply(t, got)
		if want != "" && !strings.Contains(got.Text, want) || want == "" && (strings.Contains(got.Text, "每两年") || strings.Contains(got.Text, "《青岚市养犬管理办法》")) {
			t.Errorf("%s: %s", asked, got.Text)
		}
	}
	if now := w.typed(t, "青政规〔2020〕3号"); !strings.Contains(now.Text, "《青岚市养犬管理办法》") {
		t.Errorf("what is published has changed: %s", now.Text)
	}
}
