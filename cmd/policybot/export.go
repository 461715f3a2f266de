package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

func newExport() *cobra.Command {
	asLines := false
	c := archiveCommand(&cobra.Command{
		Use: "export DIR", Short: "Write all documents into a folder that import reads again, or as JSON lines",
		Args: cobra.MaximumNArgs(1),
		Long: `Write everything that is known of all documents, published or not, into the
folder DIR, which is made, or is empty:

  documents.jsonl  a line for each published revision, and for a newer one that
                   is not published: metadata, text, passages, warnings
  edges.jsonl      what people decided about what documents do to each other
  files/           the original files

'policybot import DIR' makes the same of it in another data folder: the same
IDs, texts, anchors and validity, published what was published; exporting that
again gives the same bytes. Older revisions are not in it, nor is the journal:
for those, and for moving house, there is 'policybot backup'. What was withdrawn
is in it as a draft; the sample corpus is in it only while it serves.

--jsonl writes one line for each document to standard output instead, its
published revision or else its newest, for other programs:

  {"id", "title", "number", "agency", "kind", "published", "effective", "expires",
   "validity", "reasons", "source", "passages": [{"anchor", "path", "text"}]}

Days are written 2024-05-01; what is not known is "" or []. "validity" and
"reasons" are today's. "source" is relative to the PATH that was imported. The
texts of the passages, one after the other, are the whole text.`,
		Example: `  policybot export /backup/documents-$(date +%F)
  policybot export --jsonl | jq -r 'select(.validity == "repealed") | .title'`,
	}, reads, func(c *cobra.Command, o owner, args []string) error {
		x := export{owner: o, day: corpus.DayOf(time.Now())}
		if asLines {
			return plainly(x.lines(c.Context(), c.OutOrStdout()))
		}
		if err := x.folder(c.Context(), args[0]); err != nil {
			return err
		}
		_, err := fmt.Fprintf(c.OutOrStdout(), "%d documents in %d revisions, %d files and %d decisions written to %s\n",
			x.documents, x.revisions, x.files, x.decisions, args[0])
		return err
	})
	c.PreRunE = func(_ *cobra.Command, args []string) error {
		if asLines == (len(args) == 1) {
			return usageError{errors.New("name the folder to write, or give --jsonl")}
		}
		if asLines {
			return nil
		}
		return emptyFolder(args[0])
	}
	c.Flags().BoolVar(&asLines, "jsonl", false, "write JSON lines to standard output")
	return c
}

// emptyFolder refuses what an export would mix with.
func emptyFolder(dir string) error {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("export: %w", err)
	case len(entries) > 0:
		return fmt.Errorf("%s is not empty: name a folder that is, or that is not there yet", dir)
	}
	return nil
}

// export is one run of the command.
type export struct {
	owner owner
	day   corpus.Date

	documents, revisions, files, decisions int
}

// each calls do with the ID of each document, ascending.
func (x *export) each(ctx context.Context, do func(id string) error) error {
	return opListed.ask(ctx, x.owner, corpus.Listing{Day: x.day}, func(s corpus.Stored) error {
		if s.Document.Sample && s.Revision.Status != corpus.Published {
			return nil // it serves no more
		}
		return do(s.Document.ID)
	})
}

// lines writes a line for each document.
func (x *export) lines(ctx context.Context, to io.Writer) error {
	out := bufio.NewWriterSize(to, 64<<10)
	enc := jsonLines(out)
	err := x.each(ctx, func(id string) error {
		s, err := opStored.ask(ctx, x.owner, revisionOf{ID: id})
		if err != nil {
			return err
		}
		if err := enc.Encode(exportLineOf(s.Document, s.Revision.Text, s.Revision.Passages, x.day)); err != nil {
			return err
		}
		if x.documents++; x.documents == 1 {
			return out.Flush() // whoever waits sees that it works
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// folder writes everything into a folder. What was written is taken away again
// where something fails: half an export is none.
func (x *export) folder(ctx context.Context, dir string) error {
	_, missing := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	err := x.write(ctx, dir)
	if err == nil {
		return nil
	}
	entries, _ := os.ReadDir(dir) // it was empty: all of them are ours
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
	}
	if missing != nil {
		err = errors.Join(err, os.Remove(dir))
	}
	return fmt.Errorf("export: %w (nothing is left of it)", plainly(err))
}

func (x *export) write(ctx context.Context, dir string) error {
	err := x.file(dir, extract.ExportedEdges, func(to io.Writer) error { return x.edges(ctx, to) })
	if err != nil {
		return err
	}
	// Last: by this file the folder is known for a whole export.
	return x.file(dir, extract.ExportedDocuments, func(to io.Writer) error {
		return x.each(ctx, func(id string) error { return x.document(ctx, dir, id, to) })
	})
}

// file writes a file of lines aside, and renames it when it is whole.
func (x *export) file(dir, name string, lines func(io.Writer) error) error {
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 256<<10)
	_, err = out.Write(extract.ExportHeader(name))
	if err == nil {
		err = lines(out)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// document writes the lines and files of one document: what is published, and
// what is newer.
func (x *export) document(ctx context.Context, dir, id string, to io.Writer) error {
	shown, err := opStored.ask(ctx, x.owner, revisionOf{ID: id})
	if err != nil {
		return err
	}
	all := []corpus.Stored{shown}
	if !shown.Newest {
		history, err := opHistory.ask(ctx, x.owner, revisionOf{ID: id})
		if err != nil {
			return err
		}
		newer, err := opStored.ask(ctx, x.owner, revisionOf{id, history[0].Revision.Number})
		if err != nil {
			return err
		}
		all = append(all, newer)
	}
	x.documents++
	enc := jsonLines(to)
	for _, s := range all {
		line, file := extract.Export(s)
		if err := enc.Encode(line); err != nil {
			return err
		}
		x.revisions++
		if file == "" {
			continue
		}
		if err := x.original(ctx, filepath.Join(dir, filepath.FromSlash(file)), *s.File); err != nil {
			return err
		}
	}
	return nil
}

// original writes a stored file, unless another revision has brought it.
func (x *export) original(ctx context.Context, path string, a corpus.Attached) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	x.files++
	err = opFile.ask(ctx, x.owner, a, func(part []byte) error {
		_, err := io.Copy(f, bytes.NewReader(part))
		return err
	})
	return errors.Join(err, f.Close())
}

// edges writes what people decided. What is applied by itself will be again.
func (x *export) edges(ctx context.Context, to io.Writer) error {
	all, err := opEdges.ask(ctx, x.owner, corpus.EdgeFilter{States: []corpus.EdgeState{corpus.Accepted, corpus.Rejected}})
	if err != nil {
		return err
	}
	enc := jsonLines(to)
	for _, e := range all {
		if err := enc.Encode(extract.ExportedDecision{Edge: e.ID, State: e.State, By: e.DecidedBy}); err != nil {
			return err
		}
		x.decisions++
	}
	return nil
}
