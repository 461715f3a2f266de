package index

import (
	"slices"
	"testing"
)

func TestAtoms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ words, want []string }{
		{nil, nil},
		{[]string{"结婚", "登记", "结婚登记"}, []string{"结婚", "登记"}},
		{[]string{"大学", "学生", "大学生"}, []string{"大学生"}},
		{[]string{"补贴", "补贴"}, []string{"补贴"}},
	} {
		if got := Atoms(c.words); !slices.Equal(got, c.want) {
			t.Errorf("Atoms(%q) = %q, want %q", c.words, got, c.want)
		}
	}
}

// thingWords is a dictionary that knows which of its words name a thing.
type thingWords struct {
	dictionary
	things []string
}

func (n thingWords) Noun(word string) bool { return slices.Contains(n.things, word) }

// What the best unit lacks of a question: the rarest word that some unit has,
// the rarest that names a thing, all but one.
func TestAbout(t *testing.T) {
	t.Parallel()
	v := &memory{units: []*Unit{
		whole1("a", "残疾人证", "残疾人证到期了怎么换，到残联窗口换领"), whole1("b", "居住证", "居住证到期签注"), whole1("c", "残疾人证", "残疾人证补贴"),
	}}
	seg := thingWords{dictionary{"护照", "到期", "换领", "居住证", "签注"}, []string{"护照", "居住证"}}
	for _, c := range []struct {
		question            string
		lost, nounLost, one float64
	}{
		{"到期换领", 0, 0, 0},
		{"护照到期换领", 0, 1, 0}, // no unit has the 护照: it is not lost, it is strange
		{"护照到期", 0, 1, 1},
		{"居住证签注到期换领", 1, 1, 0},
	} {
		a := analyse(c.question, testLexicon(), seg, v)
		s := new(scan)
		s.read(a, v.units[0])
		var f Features
		a.about(&f, s)
		if f.Lost != c.lost || f.NounLost != c.nounLost || f.One != c.one {
			t.Errorf("%s: %g %g %g, want %+v", c.question, f.Lost, f.NounLost, f.One, c)
		}
	}
}
