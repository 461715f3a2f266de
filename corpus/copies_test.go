package corpus

import "testing"

func TestSameWords(t *testing.T) {
	t.Parallel()
	const text = "第一条 为了规范停车，制定本办法。第二条 停车场应当明码标价。第三条 车辆应当按位停放。"
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"the same", text, text, true},
		{"other blanks", text, "第一条为了规范停车制定本办法\n第二条停车场应当明码标价\n第三条车辆应当按位停放", true},
		{"a word replaced", text, "第一条 为了规范停车，制定本办法。第二条 停车场必须明码标价。第三条 车辆必须按位停放。", true},
		{"another book", text, "第二百条 遗嘱人可以撤回自己所立的遗嘱。第二百零一条 遗产按照法定顺序继承。", false},
		{"a piece", "制定本办法", text + text + "乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥", false},
		{"nothing", "", "", false},
		{"not text", "\xff\xfe", text, false},
	} {
		if got := SameWords(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
