// Package extract reads files and records into contents: docx, PDF, OFD, HTML
// as government sites publish it, Markdown with front matter, plain text,
// sheets of questions, guides and catalogues, JSON lines, and zips of these.
// What a file is, its bytes tell. It finds text, metadata and blocks; how
// blocks become passages is corpus.Assemble's rule. Every input is taken as
// hostile: sizes, time and memory are bounded (limits.go), and a reader that
// fails, or never ends, spoils no more than its own record.
package extract

import (
	"context"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// Record is a content and where it was found.
type Record struct {
	Content corpus.Content
	File    string // as given, or PATH/relative path
	Line    int    // of a JSONL file or a sheet; 0 for a whole file
	// Same is the File of the first one that is, byte for byte, the same file;
	// "" where there is none.
	Same string
	// Status is where an export had it; "" leaves that to the importer.
	Status corpus.Status
}

// Problem is something that could not be read as it stands, in plain words
// for the person who can mend it.
type Problem struct {
	File    string
	Line    int // 0 is the whole file
	Message string
	// Skipped: nothing was imported from there. Else the document was, without
	// the part that the message names.
	Skipped bool
}

// String writes file:line: message.
func (p Problem) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message)
	}
	return p.File + ": " + p.Message
}

// Options say what to assume where a record doesn't tell. The zero value
// assumes nothing.
type Options struct {
	Map     *Map        // how JSONL records of another shape are read; nil is our own shape
	Kind    corpus.Kind // "" is told from the title and the form
	Account string      // owner of everything read
	Region  string      // where a record names none
	Tools   Tools       // what reads formats that need help from outside
}

// Tools read what this package cannot read by itself. One that is nil is not
// at hand: the person is told what to do instead. Their errors are
// corpus.Refusal, or those of ctx.
type Tools struct {
	// PDF reads a PDF file.
	PDF func(ctx context.Context, data []byte) (corpus.Reading, error)
	// Convert makes docx of doc, wps and rtf, and xlsx of xls and et. name
	// tells which.
	Convert func(ctx context.Context, name string, data []byte) ([]byte, error)
	// Recognise returns the text of a picture (PNG, JPEG, TIFF), a line a line.
	Recognise func(ctx context.Context, picture []byte) (string, error)
}

// source is one file or record on its way to a Content.
type source struct {
	opts Options
	file string // for problems and records
	rel  string // relative to the PATH given: the document's Source
	line int

	columns bool   // the record is a row of a sheet
	place   string // of a sheet: 收费!12; "" where file and line say it all

	blocks []corpus.Block // of the text, as finish was given them
	status corpus.Status  // see Record

	problems []Problem
}

// warn notes something that the document is imported without.
func (s *source) warn(format string, args ...any) {
	s.problems = append(s.problems, s.problem(fmt.Sprintf(format, args...), false))
}

// problem is one at the place of the record.
func (s *source) problem(message string, skipped bool) Problem {
	if s.place != "" {
		return Problem{File: s.file, Message: s.place + "：" + message, Skipped: skipped}
	}
	return Problem{File: s.file, Line: s.line, Message: message, Skipped: skipped}
}

// refused is the error of a record that is not imported.
type refused = corpus.Refusal

func refuse(format string, args ...any) error { return refused(fmt.Sprintf(format, args...)) }
