package desk

import (
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

// blocksOf reads a text that an editor wrote as blocks: a line each, with the
// headings and rows that it had before. Lines that a mark tells (第三条, 一、)
// need nothing of that.
func blocksOf(old corpus.Revision, text string) []corpus.Block {
	levels := make(map[string]int)
	for _, p := range old.Passages {
		if p.Role == corpus.HeadingRole && p.Start >= 0 && p.Start <= p.End && p.End <= len(old.Text) {
			levels[strings.TrimSpace(old.Text[p.Start:p.End])] = len(p.Path) + 1
		}
	}
	var blocks []corpus.Block
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.Contains(line, "\t") {
			blocks = append(blocks, corpus.Block{Text: line, Row: true, Header: corpus.IsHeader(line)})
			continue
		}
		blocks = append(blocks, corpus.Block{Text: line, Heading: min(levels[strings.TrimSpace(line)], 6)})
	}
	return blocks
}

// reread reads again what an edited text says of other documents and of days
// to apply, and what of it contradicts the metadata. The metadata themselves
// stay as the editor has them.
func reread(w Work, c corpus.Content) corpus.Content {
	c.Findings = findings(w, c.Document)
	read := c
	read.Document.Statements, read.Document.Applications = nil, nil
	read.Findings, read.Warnings = stated(c.Document), nil
	clause.Read(&read, "")
	c.Document.Statements, c.Document.Applications = read.Document.Statements, read.Document.Applications
	c.Warnings = read.Warnings
	return c
}

// fieldsOf are a document's metadata by their names, as findings have them.
func fieldsOf(d corpus.Document) []corpus.Finding {
	all := []corpus.Finding{
		{Field: "title", Value: d.Title}, {Field: "number", Value: d.Number}, {Field: "agency", Value: d.Agency},
		{Field: "region", Value: d.Region}, {Field: "level", Value: string(d.Level)},
		{Field: "written", Value: string(d.Written)}, {Field: "published", Value: string(d.Published)},
		{Field: "effective", Value: string(d.Effective)}, {Field: "expires", Value: string(d.Expires)},
	}
	return slices.DeleteFunc(all, func(f corpus.Finding) bool { return f.Value == "" })
}

// stated are a document's metadata as given by a person: its text can't
// overrule them.
func stated(d corpus.Document) []corpus.Finding {
	all := fieldsOf(d)
	for i := range all {
		all[i].Place, all[i].Sure = "编辑填写", corpus.Stated
	}
	return all
}

// findings says where each of the metadata comes from: as it was read, where
// an editor left it, else from the editor.
func findings(w Work, d corpus.Document) []corpus.Finding {
	var all []corpus.Finding
	given := stated(d)
	for _, f := range w.Findings {
		i := slices.IndexFunc(given, func(g corpus.Finding) bool { return g.Field == f.Field })
		if i < 0 || given[i].Value == f.Value {
			all = append(all, f)
		}
	}
	before := fieldsOf(w.Document)
	for _, g := range given {
		had := slices.ContainsFunc(before, func(b corpus.Finding) bool { return b.Field == g.Field && b.Value == g.Value })
		if !had {
			all = append(all, g)
		}
	}
	return all
}
