package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/corpus/extract/pdf"
)

// pdfWorker is the name of the command that reads PDF files for us, in a
// process of its own that can be ended.
const pdfWorker = "pdf-worker"

// newPDFWorker is the child of import. It takes no settings and opens nothing.
func newPDFWorker() *cobra.Command {
	return &cobra.Command{
		Use: pdfWorker, Short: "Read PDF files for import", Hidden: true, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return pdf.Serve(c.Context(), c.InOrStdin(), c.OutOrStdout())
		},
	}
}

// tools are what reads the formats that need help from outside.
type tools struct {
	extract.Tools
	reader *pdf.Reader
	// print makes a PDF of a Word document; nil without LibreOffice.
	print func(ctx context.Context, name string, data []byte) ([]byte, error)
}

// Close ends what was started.
func (t *tools) Close() error { return t.reader.Close() }

// newTools wires PDF, LibreOffice and recognition. cache is a folder for what
// is made once and kept; say tells the person what takes long.
func (s *settings) newTools(cache string, say func(string)) (*tools, error) {
	t := &tools{}
	if err := s.recogniser(&t.Tools); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	cache = filepath.Join(cache, "pdf")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	t.reader = pdf.New(pdf.Config{Command: []string{self, pdfWorker}, Cache: cache, Recognise: t.Recognise})
	first := sync.OnceFunc(func() {
		if entries, err := os.ReadDir(cache); err == nil && len(entries) == 0 {
			say("note: the PDF reader is being prepared, once; this takes about ten seconds")
		}
	})
	t.PDF = func(ctx context.Context, data []byte) (corpus.Reading, error) {
		first()
		return t.reader.Read(ctx, data)
	}
	t.converter()
	return t, nil
}

// userCache is a folder for what is kept between runs that have no data
// folder: the user's cache, or, where there is none, one that done removes.
func userCache() (folder string, done func() error, err error) {
	if base, err := os.UserCacheDir(); err == nil {
		folder = filepath.Join(base, "policybot")
		if os.MkdirAll(folder, 0o700) == nil {
			return folder, func() error { return nil }, nil
		}
	}
	folder, err = os.MkdirTemp("", "policybot-cache-")
	return folder, func() error { return os.RemoveAll(folder) }, err
}

// withTools runs do with the tools, and closes them.
func (f *importFlags) withTools(cache string, say func(string), opts extract.Options, do func(extract.Options) error) error {
	t, err := f.newTools(cache, say)
	if err != nil {
		return err
	}
	opts.Tools = t.Tools
	return errors.Join(do(opts), t.Close())
}
