package bot

import (
	"slices"
	"strings"
)

// Respelt is a word of a message that was taken for another, of as many
// letters. Silent is one that nobody wants to be told of: 帐户 is 账户.
type Respelt struct {
	Was, Is string
	Silent  bool
}

// respell mends a message and notes what the reply has to say of it. Names of
// places and agencies stay as they are written, and so does who says what they
// are called.
func (t *turn) respell(text string) string {
	if t.r.Respell == nil {
		return text
	}
	n := t.names()
	names := n.Lexicon.PlaceNames(text)
	if m := n.Agencies.Named(text); m.Word != "" {
		names = append(names, m.Word)
	}
	for _, w := range callers {
		if i := strings.Index(text, w); i >= 0 {
			names = append(names, firstRunes(text[i:], len([]rune(w))+4))
		}
	}
	mended, all := t.r.Respell(text, names)
	t.respelt = slices.DeleteFunc(all, func(r Respelt) bool { return r.Silent })
	return mended
}

// callers stand before a person's name.
var callers = []string{"我叫", "姓名", "名叫", "名字叫", "名字是", "叫做"}

// sayRespelt says which words were looked for instead of what was typed.
func sayRespelt(all []Respelt) string {
	if len(all) == 0 {
		return ""
	}
	var words []string
	for _, r := range all {
		if w := "“" + r.Is + "”"; !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return "按" + strings.Join(words, "") + "为您查的。\n\n"
}
