package bot

import (
	"testing"

	"github.com/policybot/policybot/corpus"
)

// An FAQ answers what asks about no less than it does: 居住证怎么办 is about more
// than its 签注.
func TestAskedNoMore(t *testing.T) {
	t.Parallel()
	h := standingHit{Document: corpus.Document{Question: "居住证签注过期了怎么办？", Similar: []string{"居住证忘记签注"}}}
	for question, want := range map[string]bool{"居住证怎么办": false, "居住证签注过期了怎么办": true, "居住证忘记去派出所签注了怎么办": true} {
		if h.asked(question) != want {
			t.Errorf("%s: %v", question, !want)
		}
	}
}
