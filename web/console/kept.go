package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// keptView is a form that came after its session had run out, to be sent
// again.
type keptView struct {
	ID, To string
	Fields []keptField
}

type keptField struct {
	Name, Value string
	Short       string // what is shown of it
}

// maxShown is how much of a field is shown, in characters.
const maxShown = 2000

// kept offers what was typed before the session had run out. Sent again, it
// goes where it was meant to go, and is looked at there as ever.
func (s *Site) kept(v *Visit) error {
	k, err := s.Door.Kept(v.R.Context(), v.Me.ID, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	values, err := url.ParseQuery(string(k.Body))
	if err != nil || !s.takes(k.Path) {
		return errForm
	}
	view := keptView{ID: k.ID, To: k.Path}
	for name, all := range values {
		for _, value := range all {
			f := keptField{Name: name, Value: value, Short: value}
			if r := []rune(value); utf8.RuneCountInString(value) > maxShown {
				f.Short = string(r[:maxShown]) + "…"
			}
			view.Fields = append(view.Fields, f)
		}
	}
	slices.SortStableFunc(view.Fields, func(a, b keptField) int { return strings.Compare(a.Name, b.Name) })
	return v.Show("kept", "刚才填写的内容", view)
}

// takes reports whether a form may be sent to a path.
func (s *Site) takes(path string) bool {
	r, err := http.NewRequest(http.MethodPost, path, nil)
	if err != nil || !strings.HasPrefix(path, Root+"/") {
		return false
	}
	_, pattern := s.mux.Handler(r)
	return pattern != ""
}

func (s *Site) dropKept(v *Visit) error {
	if err := s.Door.Forget(v.R.Context(), v.Me.ID, v.R.PathValue("id")); err != nil {
		return err
	}
	return v.Go("/", "刚才填写的内容已经丢弃。")
}
