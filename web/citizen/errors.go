package citizen

import (
	"errors"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// ErrForm is a form that cannot be read.
var ErrForm = errors.New("citizen: form cannot be read")

// Gone says that a document was withdrawn, and why.
type Gone struct{ corpus.Withdrawal }

func (g *Gone) Error() string { return "citizen: the document was withdrawn" }

// Words tell the citizen.
func (g *Gone) Words() (title, text string) {
	text = quoted(g.Title) + "已于" + corpus.DayOf(g.At).Chinese() + "撤回，不再作为依据。"
	if g.Reason != "" {
		text += "原因：" + strings.TrimRight(g.Reason, "。") + "。"
	}
	return "这份文件已撤回", text + "现在的规定可以从首页再问，或打12345。"
}
