// Package extract reads files and records into contents: Markdown with front
// matter, plain text, HTML as government sites publish it, and JSON lines. It
// finds text, metadata and blocks; how blocks become passages is
// corpus.Assemble's rule. Every input is taken as hostile: sizes are bounded,
// and a reader that fails spoils no more than its own record.
package extract

import (
	"context"
	"fmt"

	"github.com/policybot/policybot/corpus"
)

// The bounds of what is read.
const (
	MaxFile        = 32 << 20 // bytes of a file that is read as a whole
	MaxStream      = 2 << 30  // bytes of a JSONL file, which is read line by line
	MaxLine        = 8 << 20  // bytes of a JSONL line
	MaxText        = 4 << 20  // bytes of a document's text
	MaxFrontMatter = 64 << 10
)

// Record is a content and where it was found.
type Record struct {
	Content corpus.Content
	File    string // as given, or PATH/relative path
	Line    int    // of a JSONL file; 0 for a whole file
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

	status corpus.Status // see Record

	problems []Problem
}

// warn notes something that the document is imported without.
func (s *source) warn(format string, args ...any) {
	s.problems = append(s.problems, Problem{File: s.file, Line: s.line, Message: fmt.Sprintf(format, args...)})
}

// refused is the error of a record that is not imported.
type refused = corpus.Refusal

func refuse(format string, args ...any) error { return refused(fmt.Sprintf(format, args...)) }

// safely runs f and turns a panic of a parser into an error: those of other
// people meet inputs here that they were never tried with.
func safely[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = refuse("文件的格式有问题，无法读取")
		}
	}()
	return f()
}
