// Package sample holds the documents of an invented city, 青岚市, for trying
// the bot where there are none yet. Every text is made up, and is marked 示例
// wherever it is shown.
package sample

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

//go:embed docs/*.md faq-*.jsonl golden-*.jsonl
var files embed.FS

// Place is a passage of a document.
type Place struct {
	Document string `json:"doc"`
	Anchor   string `json:"anchor"`
}

// Question is a golden question: what citizens type, and where the answer
// stands.
type Question struct {
	ID       string  `json:"id"`
	Question string  `json:"question"`
	Place            // of the best answer; empty where there is none or several
	Several  []Place `json:"docs,omitempty"` // of a message with several questions
	Also     []Place `json:"also,omitempty"` // other places that answer as well
	Status   string  `json:"status"`         // answered, refused, redirected, emergency, smalltalk
	Best     string  `json:"best,omitempty"` // the kind of the best answer where it matters
	Note     string  `json:"note,omitempty"`
}

// Contents returns the sample documents, sorted by file and line, all with
// Sample set. The error names the file that cannot be read; the embedded
// files are tested, so it is for the caller's log only.
func Contents() ([]corpus.Content, error) {
	var out []corpus.Content
	seen := map[string]bool{}
	err := each(func(name string, data []byte) error {
		if strings.HasPrefix(name, "golden-") {
			return nil
		}
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

// Golden returns the golden questions of the sample corpus, sorted by file
// and line. The error names the file and line that cannot be read.
func Golden() ([]Question, error) {
	var out []Question
	err := each(func(name string, data []byte) error {
		if !strings.HasPrefix(name, "golden-") {
			return nil
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		lines.Buffer(nil, len(data)+1)
		for n := 1; lines.Scan(); n++ {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			var q Question
			if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
				return fmt.Errorf("sample: %s:%d: %w", name, n, err)
			}
			out = append(out, q)
		}
		return lines.Err()
	})
	return out, err
}

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
