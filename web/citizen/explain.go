package citizen

import (
	"context"
	"regexp"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// maxExplaining bounds how many interpretations are read for one page.
const maxExplaining = 4

var (
	mention  = regexp.MustCompile(`《([^《》]{1,80})》((?:第[零〇一二三四五六七八九十百千]+条(?:第[一二三四五六七八九十]+款)?[、和与及至]?)+)`)
	articles = regexp.MustCompile(`第[零〇一二三四五六七八九十百千]+条`)
)

type anchorLink struct {
	Text, Href string
}

// explanations returns the passages of an interpretation that name an article
// of a document, by the article's number. Only an article named right after
// the document's title, or the end of it (《办法》), counts: others may belong
// to another document.
func explanations(title string, by corpus.Document, r corpus.Revision) map[string]anchorLink {
	found := map[string]anchorLink{}
	for _, p := range r.Passages {
		if p.Role != corpus.BodyRole || p.Start < 0 || p.End > len(r.Text) || p.Start >= p.End {
			continue
		}
		text := r.Text[p.Start:p.End]
		name := by.Title
		if lines := split(text); len(lines) > 1 && isHeading(lines[0]) {
			name = strings.TrimPrefix(lines[0], p.Label)
		}
		for _, m := range mention.FindAllStringSubmatch(text, -1) {
			if !strings.HasSuffix(strings.Trim(title, "《》"), m[1]) {
				continue
			}
			for _, number := range articles.FindAllString(m[2], -1) {
				if _, ok := found[number]; !ok {
					found[number] = anchorLink{shorten(name, 30), path(by.ID, p.Anchor)}
				}
			}
		}
	}
	return found
}

// explain hangs links to interpretations on the articles they name. An
// interpretation that cannot be read costs its links, not the page.
func (s *Site) explain(ctx context.Context, d corpus.Document, all []section) {
	read := 0
	explaining, _ := explainers(d.Receives)
	for _, r := range explaining {
		if r.Kind != corpus.Interprets || read == maxExplaining {
			continue
		}
		read++
		by, revision, err := s.live(ctx, r.From)
		if err != nil {
			continue
		}
		found := explanations(d.Title, by, revision)
		for i := range all {
			if l, ok := found[all[i].Number]; ok && all[i].Number != "" {
				all[i].Explained = append(all[i].Explained, l)
			}
		}
	}
}
