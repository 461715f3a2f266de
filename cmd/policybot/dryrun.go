package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

// readLine is what import --dry-run --json prints of a document: the line that
// export would, and what is known only while it is read.
type readLine struct {
	exportLine
	File         string               `json:"file"`
	Line         int                  `json:"line"` // of a file of many; 0 is a whole file
	Written      corpus.Date          `json:"written"`
	Region       string               `json:"region"`
	Level        corpus.Level         `json:"level"`
	Addressees   []string             `json:"addressees"`
	Topics       []string             `json:"topics"`
	Audience     []string             `json:"audience"`
	Applications []corpus.Application `json:"applications"`
	Statements   []corpus.Statement   `json:"statements"`
	Findings     []corpus.Finding     `json:"findings"`
	Warnings     []string             `json:"warnings"`
	Held         string               `json:"held"`
}

// rehearsal is one run of import --dry-run.
type rehearsal struct {
	day                 corpus.Date
	notes               []extract.Problem // that the next record may say itself
	row                 func(extract.Record) error
	documents, passages int
	statements, skipped int
	warned              int
	strict              bool
	report              func(line string)
}

// dry wires a rehearsal: the cache is the user's, for no data folder is touched.
func (f *importFlags) dry(c *cobra.Command, paths []string, opts extract.Options) error {
	cache, done, err := userCache()
	if err != nil {
		return err
	}
	say := func(line string) { fmt.Fprintln(c.ErrOrStderr(), line) }
	err = f.withTools(cache, say, opts, func(opts extract.Options) error { return f.rehearse(c, paths, opts) })
	return errors.Join(err, done())
}

// rehearse reads everything as import does, and stores nothing.
func (f *importFlags) rehearse(c *cobra.Command, paths []string, opts extract.Options) error {
	out := c.OutOrStdout()
	r := &rehearsal{day: corpus.DayOf(time.Now()), strict: f.strict}
	r.report = func(line string) { fmt.Fprintln(c.ErrOrStderr(), line) }
	enc := jsonLines(out)
	t := newTable(out, "类型", "文号", "发文机关", "成文", "发布", "施行", "失效", "段落", "涉及", "标题", "文件")
	r.row = func(rec extract.Record) error { return enc.Encode(readLineOf(rec, r.day)) }
	if !f.asJSON {
		r.row = func(rec extract.Record) error { printRead(t, rec); return t.err }
	}
	start := time.Now()
	err := extract.Walk(c.Context(), paths, opts, r.add, r.problem)
	r.tell()
	summary := fmt.Sprintf("%d documents read, nothing stored: %d passages, %d statements about other documents, %d skipped, %d with notes, %.1f s",
		r.documents, r.passages, r.statements, r.skipped, r.warned, time.Since(start).Seconds())
	switch {
	case f.asJSON:
		r.report(summary)
	case r.documents > 0:
		if flushed := t.flush(); err == nil {
			err = flushed
		}
		fallthrough
	default:
		fmt.Fprintln(out, summary)
	}
	if err == nil && r.skipped > 0 {
		err = exitCode(3)
	}
	return err
}

func (r *rehearsal) add(rec extract.Record) error {
	r.documents++
	r.passages += len(rec.Content.Passages)
	r.statements += len(rec.Content.Document.Statements)
	if len(rec.Content.Warnings) > 0 || rec.Content.Hold != "" {
		r.warned++
	}
	r.notes = slices.DeleteFunc(r.notes, func(p extract.Problem) bool { return slices.Contains(rec.Content.Warnings, p.Message) })
	r.tell()
	return r.row(rec)
}

func (r *rehearsal) problem(p extract.Problem) error {
	if !p.Skipped {
		r.notes = append(r.notes, p)
		return nil
	}
	r.tell()
	r.skipped++
	r.report("skipped: " + oneLine(p.String()))
	if r.strict {
		return errStrict
	}
	return nil
}

// tell prints the notes that no record says itself.
func (r *rehearsal) tell() {
	for _, p := range r.notes {
		r.report("note: " + oneLine(p.String()))
	}
	r.notes = nil
}

func readLineOf(rec extract.Record, day corpus.Date) readLine {
	c, d := rec.Content, rec.Content.Document
	return readLine{
		exportLine: exportLineOf(d, c.Text, c.Passages, day), File: rec.File, Line: rec.Line, Written: d.Written, Region: d.Region,
		Level: d.Level, Addressees: orEmpty(d.Addressees), Topics: orEmpty(d.Topics), Audience: orEmpty(d.Audience),
		Applications: orEmpty(d.Applications), Statements: orEmpty(d.Statements), Findings: orEmpty(c.Findings),
		Warnings: orEmpty(c.Warnings), Held: c.Hold,
	}
}

// printRead prints a row of the table, and below it what a person should look
// at.
func printRead(t *table, rec extract.Record) {
	c, d := rec.Content, rec.Content.Document
	file := rec.File
	if rec.Line > 0 {
		file = fmt.Sprintf("%s:%d", file, rec.Line)
	}
	t.row(kindWords[d.Kind], clipped(d.Number, 30), clipped(d.Agency, 24), string(d.Written), string(d.Published), string(d.Effective), string(d.Expires),
		fmt.Sprint(len(c.Passages)), fmt.Sprint(len(d.Statements)), clipped(d.Title, 48), file)
	for _, s := range d.Statements {
		t.note(statementWords(s))
	}
	for _, w := range c.Warnings {
		t.note("请留意：" + w)
	}
	if c.Hold != "" {
		t.note("待确认：" + c.Hold)
	}
}

// statementWords says what a text does to another document, and whether there
// is any doubt.
func statementWords(s corpus.Statement) string {
	target := s.Number
	if s.Title != "" {
		target = "《" + s.Title + "》" + s.Number
	}
	line := relationWords[s.Kind] + target
	if len(s.Articles) > 0 {
		line += "（" + strings.Join(s.Articles, "、") + "）"
	}
	if !s.Sure {
		line += "（需要人工确认）"
	}
	return line + "  ← " + or(s.Label, s.Anchor)
}
