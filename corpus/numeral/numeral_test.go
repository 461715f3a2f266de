package numeral

import "testing"

func TestRead(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"12": 12, "１２": 12, "十": 10, "十二": 12, "二十": 20, "三十一": 31, "一百零三": 103, "一百一十": 110, "二千零四": 2004, "两": 2, "二〇二四": 2024,
	} {
		if got := Value(s); got != want {
			t.Errorf("Value(%s) = %d, want %d", s, got, want)
		}
		if got, size, _ := Prefix(s + "条"); got != want || size != len(s) {
			t.Errorf("Prefix(%s条) = %d of %d bytes, want %d", s, got, size, want)
		}
	}
	for s, want := range map[string]int{"": 0, "条": 0, "10000": 0, "一二三四五": 0} {
		if got, size, _ := Prefix(s); got != want || size != 0 {
			t.Errorf("Prefix(%s) = %d of %d bytes", s, got, size)
		}
	}
	for s, want := range map[string]int{"二": 2, "两": 2, "十": 10, "十二": 12, "九十": 90, "三十一": 31, "": 0, "一二": 0, "十十": 0, "一百": 0, "12": 0, "十零": 0} {
		if got, ok := Small(s); got != want || ok != (want > 0) {
			t.Errorf("Small(%s) = %d, %t, want %d", s, got, ok, want)
		}
	}
	if Digit('〇') != 0 || Digit('９') != 9 || Digit('九') != 9 || Digit('十') != -1 || Chinese('〇') != 0 {
		t.Error("single digits are read wrongly")
	}
}

// TestWrite writes every number that can be written and reads it again.
func TestWrite(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 9999; n++ {
		if s := Write(n); Value(s) != n {
			t.Fatalf("%d is written %s", n, s)
		}
	}
	for n, want := range map[int]string{0: "", 10_000: "", 1: "一", 10: "十", 11: "十一", 20: "二十", 101: "一百零一", 110: "一百一十", 1001: "一千零一", 1010: "一千零一十", 9999: "九千九百九十九"} {
		if got := Write(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("第一百零三条")
	f.Add("二〇二四年")
	f.Fuzz(func(t *testing.T, s string) {
		if n, size, _ := Prefix(s); n < 0 || n > 19_999 || size < 0 || size > len(s) {
			t.Fatalf("%q: %d of %d bytes", s, n, size)
		}
		if n := Value(s); n < 0 && len(s) < 1000 {
			t.Fatalf("%q: %d", s, n)
		}
		if n, ok := Small(s); ok != (n > 0) || n > 99 {
			t.Fatalf("%q: %d", s, n)
		}
	})
}
