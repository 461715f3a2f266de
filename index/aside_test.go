package index

import "testing"

// An engine that can show nothing but what is published says so.
func TestWithDraftsNeedsAnAsider(t *testing.T) {
	t.Parallel()
	s, _, truth := shelved()
	truth.publish("a", "老人卡")
	sync1(t, s)
	if _, err := s.WithDrafts(t.Context(), nil); err == nil {
		t.Error("a plain engine shows drafts")
	}
}
