package citizen

import (
	"strings"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/corpus"
)

// relatedLinks are the other ends of the document's relations of a kind.
type relatedLinks struct {
	Name  string
	Links []Part
	More  []Part // beyond the first few
}

// fewLinks is how many documents are named before the rest is folded.
const fewLinks = 6

// relationNames are the kinds of relations in plain words, as the document
// declares them and as it receives them; "" is what its state says anyway.
var relationNames = []struct {
	kind             corpus.RelationKind
	declares, issued string
}{
	{corpus.Implements, "依据的上位规定", "配套的实施规定"},
	{corpus.Forwards, "转发的文件", "转发本文件的通知"},
	{corpus.Clarifies, "说明的文件", "有关的说明"},
	{corpus.Amends, "修改的文件", "修改本文件的规定"},
	{corpus.Repeals, "废止的文件", ""},
	{corpus.Supersedes, "代替的文件", ""},
}

// related are the links under the title: what explains the document, what it
// explains, what it does to others, where the official text is.
func related(d corpus.Document, editions bool, day corpus.Date) []relatedLinks {
	var all []relatedLinks
	add := func(name string, parts []Part) {
		var links []Part
		for _, p := range parts {
			if p.Href != "" && !contains(links, p) {
				links = append(links, p)
			}
		}
		if len(links) == 0 {
			return
		}
		r := relatedLinks{Name: name, Links: links}
		if len(links) > fewLinks+1 {
			r.Links, r.More = links[:fewLinks], links[fewLinks:]
		}
		all = append(all, r)
	}
	explaining, guiding := explainers(d.Receives)
	add("官方解读", titles(explaining, false, corpus.Interprets))
	add("指南和问答", titles(guiding, false, corpus.Interprets))
	explains := "解读的文件"
	if d.Kind == corpus.Guide || d.Kind == corpus.FAQ {
		explains = "依据的文件"
	}
	add(explains, titles(d.Declares, true, corpus.Interprets))
	for _, n := range relationNames {
		if n.kind == corpus.Supersedes && editions {
			continue
		}
		if n.kind == corpus.Repeals || n.kind == corpus.Supersedes {
			over, standing := parted(d.Declares, day)
			add("以前的规定，现在不再执行", placed(over, true, n.kind))
			add(n.declares, placed(standing, true, n.kind))
			continue
		}
		add(n.declares, placed(d.Declares, true, n.kind))
		if n.issued != "" {
			add(n.issued, placed(d.Receives, false, n.kind))
		}
	}
	add("相关文件", append(titles(d.Declares, true, corpus.Related), titles(d.Receives, false, corpus.Related)...))
	if strings.HasPrefix(d.URL, "http") {
		add("官方网站", []Part{link("查看原文", d.URL)})
	}
	return all
}

// parted tells what a document has wholly put out of force by a day from what
// still holds, or holds in part.
func parted(declares []corpus.Relation, day corpus.Date) (over, standing []corpus.Relation) {
	for _, r := range declares {
		if r.Whole() && r.Ends.Known() && r.Ends <= day {
			over = append(over, r)
		} else {
			standing = append(standing, r)
		}
	}
	return over, standing
}

// explainers tells interpretations from guides and FAQ by their titles.
func explainers(received []corpus.Relation) (explaining, guiding []corpus.Relation) {
	for _, r := range received {
		if strings.Contains(r.Title, "指南") || strings.HasSuffix(r.Title, "？") || strings.HasSuffix(r.Title, "?") {
			guiding = append(guiding, r)
		} else {
			explaining = append(explaining, r)
		}
	}
	return explaining, guiding
}

// placed are titles with the place where it is said, and a link there.
func placed(relations []corpus.Relation, declared bool, kind corpus.RelationKind) []Part {
	var parts []Part
	for _, r := range relations {
		if r.Kind != kind || r.Title == "" {
			continue
		}
		if declared {
			parts = append(parts, link(quoted(r.Title), path(r.To, "")))
		} else {
			parts = append(parts, link(quoted(r.Title)+bot.Cited(r.Label), path(r.From, r.Place)))
		}
	}
	return parts
}

func contains(parts []Part, p Part) bool {
	for _, one := range parts {
		if one == p {
			return true
		}
	}
	return false
}
