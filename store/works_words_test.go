package store_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// Any piece of a title, a number or a text finds a document as it is now,
// however long it is and in whatever form it is typed.
func TestFindByWords(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ctx := t.Context()
	o.draft(t, "a", func(d *corpus.Document) {
		d.Title, d.Number = "青岚市共享单车管理办法", "青政规〔2026〕12号"
	})
	o.draft(t, "b", func(d *corpus.Document) {
		d.Kind, d.Question, d.Similar = corpus.FAQ, "単車押金怎么退？", []string{"共享 bike 押金"}
	})
	put(t, o.store, true, content("c"))
	ids := func(words string) string {
		return strings.Join(o.ids(t, desk.Filter{Words: words, Sort: desk.ByTitle}), " ")
	}
	check := func(cases map[string]string) {
		t.Helper()
		for words, want := range cases {
			if got := ids(words); !same(strings.Fields(got), strings.Fields(want)) {
				t.Errorf("%q finds %q, want %q", words, got, want)
			}
		}
	}
	check(map[string]string{
		"共享单车": "a", "单车": "a", "共享": "a b", "车": "a b c", "青政规[2026]12号": "a", "２０２６": "a", "〔2026〕12": "a", "BIKE": "b", "Bike押金": "b",
		"六十周岁的老人": "a b c", "老人 公交车": "a b c", "老人 单车": "a", "單車": "a", "押金怎么退": "b", "退 押金": "b", "法青政": "", "没有的": "", "%": "", "\"": "",
		"' OR 1=1 --": "", "NEAR(单 车)": "", "a*": "a", "words:单车": "", "车。": "a b c", " 单车\t": "a",
	})
	w := o.now(t, "a")
	c := w.Content()
	c.Text = strings.Replace(c.Text, "公交车", "渡船", 1)
	if _, err := o.Save(ctx, o.editor, "a", 1, w.Version, c); err != nil {
		t.Fatal(err)
	}
	check(map[string]string{"公交车": "b c", "渡船": "a", "单车": "a"})
	o.to(t, "b", corpus.Dropped)
	check(map[string]string{"押金": "", "公交车": "c"})
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	// A database of an older version has no such index.
	db, err := sql.Open("sqlite", o.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{"DELETE FROM work_words", "DELETE FROM work_texts"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	o.open(t)
	check(map[string]string{"公交车": "c", "渡船": "a", "2026": "a"})
}
