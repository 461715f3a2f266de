// Package sample holds the documents of an invented city, 青岚市, for trying
// the bot where there are none yet. Every text is made up, and is marked 示例
// wherever it is shown.
package sample

import (
	"bytes"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

//go:embed docs/*.md faq.jsonl referrals.jsonl
var files embed.FS

//go:embed golden.jsonl
var golden []byte

// Contents returns the sample documents, sorted by file and line, all with
// Sample set. The error names the file that cannot be read; the embedded
// files are tested, so it is for the caller's log only.
func Contents() ([]corpus.Content, error) {
	var out []corpus.Content
	seen := map[string]bool{}
	err := each(func(name string, data []byte) error {
		records, problems := extract.Bytes(name, data, extract.Options{})
		if len(problems) > 0 {
			return fmt.Errorf("sample: %s", problems[0])
		}
		for _, r := range records {
			c := r.Content
			if seen[c.Document.ID] {
				return fmt.Errorf("sample: %s: id %s is not unique", name, c.Document.ID)
			}
			seen[c.Document.ID] = true
			c.Document.Sample = true
			out = append(out, c)
		}
		return nil
	})
	return out, err
}

// Documents is Contents without the referrals.
func Documents() ([]corpus.Content, error) {
	all, err := Contents()
	return slices.DeleteFunc(all, func(c corpus.Content) bool { return c.Document.Referral() }), err
}

// Referrals returns what the invented city's office noted as answered by no
// document, with the agencies that know.
func Referrals() (out []corpus.Document, err error) {
	all, err := Contents()
	for _, c := range all {
		if c.Document.Referral() {
			out = append(out, c.Document)
		}
	}
	return out, err
}

// Golden returns the golden questions of the sample corpus: what citizens
// type, and where the answer stands, one JSON object a line in the shape that
// index/eval reads.
func Golden() io.Reader { return bytes.NewReader(golden) }

// each reads the embedded files in order of their names.
func each(read func(name string, data []byte) error) error {
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("sample: %w", err)
		}
		return read(path.Base(name), data)
	})
}
