package index

import (
	"slices"
	"testing"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		harm                  func(*plain)
		missing, extra, other int
		differ                []string
	}{
		"the same": {func(*plain) {}, 0, 0, 0, nil},
		"a unit is missing": {func(e *plain) {
			e.units = slices.DeleteFunc(slices.Clone(e.units), func(u *Unit) bool { return u.Document == "b" })
		}, 1, 0, 0, []string{"b"}},
		"a unit is of an older text": {func(e *plain) {
			u := *e.units[0]
			u.Body = "另一段"
			e.units = append([]*Unit{&u}, e.units[1:]...)
		}, 0, 0, 1, []string{"a"}},
		"a document is there that was withdrawn": {func(e *plain) {
			e.units = append(slices.Clone(e.units), &Unit{Document: "x", Body: "旧"})
		}, 0, 1, 0, nil},
		"a unit is there twice": {func(e *plain) {
			u := *e.units[1]
			u.Ordinal = 1
			e.units = append(slices.Clone(e.units), &u)
		}, 0, 1, 0, []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shelf, e, s := shelved()
			s.publish("a", "老人卡在社区办理")
			s.publish("b", "公积金提取")
			sync1(t, shelf)
			tt.harm(e)
			got, err := shelf.Verify(t.Context(), false)
			if err != nil || got.Missing != tt.missing || got.Extra != tt.extra || got.Other != tt.other || got.Repaired || e.rebuilds != 1 {
				t.Fatalf("%+v, %v", got, err)
			}
			if !slices.Equal(got.Differ, tt.differ) || got.Documents != 2 || got.Units != 2 {
				t.Errorf("%+v, want the documents %v", got, tt.differ)
			}
			if got, err = shelf.Verify(t.Context(), true); err != nil || got.Repaired == got.Same() {
				t.Errorf("repairing: %+v, %v", got, err)
			}
			if got, err = shelf.Verify(t.Context(), true); err != nil || !got.Same() || got.Repaired {
				t.Errorf("afterwards: %+v, %v", got, err)
			}
			e.checkReleased(t)
		})
	}
}

// What is published while the comparison runs is the next Sync's, and differs
// from nothing.
func TestVerifyWhilePublishing(t *testing.T) {
	t.Parallel()
	shelf, _, s := shelved()
	s.publish("a", "老人卡在社区办理")
	s.publish("b", "公积金提取")
	sync1(t, shelf)
	v, err := shelf.engine.View()
	if err != nil {
		t.Fatal(err)
	}
	defer v.Release()
	s.publish("a", "老人卡年审")
	s.publish("c", "居住证签注")
	s.withdraw("b")
	if got, err := shelf.compare(t.Context(), v); err != nil || !got.Same() || len(got.Differ) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestVerifyErrors(t *testing.T) {
	t.Parallel()
	for _, fail := range []string{"Newest", "Each", "Changes"} {
		shelf, e, s := shelved()
		s.publish("a", "老人卡")
		sync1(t, shelf)
		s.fail[fail] = true
		if _, err := shelf.Verify(t.Context(), true); err == nil || e.rebuilds != 1 {
			t.Errorf("%s: %v, %d rebuilds", fail, err, e.rebuilds)
		}
	}
}
