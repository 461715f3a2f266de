package index

import (
	"slices"
	"strings"
	"testing"
)

// Every line of fields.txt is of a known field, has known uses, and no word
// stands twice for a field.
func TestFieldsFile(t *testing.T) {
	t.Parallel()
	fields := []string{"name", "conditions", "materials", "steps", "place", "online", "hours", "time-limit", "fee", "phone"}
	uses := []FieldUse{FieldFirst, FieldFind, FieldFurther, FieldBeside, FieldOverview, FieldHint, FieldName}
	seen := map[string]bool{}
	for line := range strings.Lines(fieldsFile) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		columns := strings.Split(line, "\t")
		if len(columns) != 3 || !slices.Contains(fields, columns[0]) || columns[1] == "" || columns[2] == "" {
			t.Errorf("%q is no field, uses and words", line)
			continue
		}
		for use := range strings.FieldsSeq(columns[1]) {
			if !slices.Contains(uses, FieldUse(use)) {
				t.Errorf("%q: nothing is used for %s", line, use)
			}
			if use == "find" && FoldString(columns[2]) != columns[2] {
				t.Errorf("%q: questions are searched for folded", line)
			}
			if use == "first" && columns[0] != "online" {
				t.Errorf("%q: only of the way on the phone is that read", line)
			}
		}
		for word := range strings.FieldsSeq(columns[2]) {
			if key := columns[0] + " " + word; seen[key] {
				t.Errorf("%s stands twice", key)
			} else {
				seen[key] = true
			}
		}
	}
}

func TestFieldCues(t *testing.T) {
	t.Parallel()
	got := FieldCues(FieldBeside, "phone", "fee", "no such field")
	if len(got) != 3 || got[0].Field != "phone" || !slices.Contains(got[0].Words, "电话") || !slices.Contains(got[1].Words, "工本费") || len(got[2].Words) != 0 {
		t.Errorf("%v", got)
	}
}
