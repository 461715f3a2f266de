package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus/extract"
	"github.com/policybot/policybot/index/eval"
)

// lookup says whether guides or FAQ are measured.
func (f *evalFlags) lookup() bool { return f.guides != "" || f.faq != "" }

// checkSets looks whether one kind of questions was named.
func (f *evalFlags) checkSets() error {
	named := 0
	for _, is := range []bool{f.useSample || len(f.questions) > 0, f.guides != "", f.faq != ""} {
		if is {
			named++
		}
	}
	if named != 1 {
		return usageError{errors.New("give one of --questions with --documents or --sample, --guides, --faq, --routing, or --sample")}
	}
	return nil
}

// lookupSet reads the questions of --guides or --faq: lines of the documents
// themselves.
func (f *evalFlags) lookupSet(c *cobra.Command, h *host) (eval.Set, error) {
	name := f.guides + f.faq
	ids, err := lineIDs(c, name)
	if err != nil {
		return eval.Set{}, err
	}
	file, err := os.Open(name)
	if err != nil {
		return eval.Set{}, err
	}
	defer file.Close()
	set := eval.Set{Lookup: true}
	if f.guides != "" {
		set.Questions, err = eval.ReadGuides(file, ids)
	} else {
		set.Questions, err = eval.ReadFAQ(file, ids, h.app.segmenter().Cut)
	}
	if err != nil {
		return eval.Set{}, fmt.Errorf("%s: %w", name, err)
	}
	return set, nil
}

// lineIDs returns the documents that a file's lines become.
func lineIDs(c *cobra.Command, name string) (map[int]string, error) {
	opts, err := lookupOptions(name, extract.Options{})
	if err != nil {
		return nil, err
	}
	ids := map[int]string{}
	err = extract.Walk(c.Context(), []string{name}, opts, func(rec extract.Record) error {
		ids[rec.Line] = rec.Content.Document.ID
		return nil
	}, func(extract.Problem) error { return nil })
	return ids, err
}

// sources are the documents to index.
func (f *evalFlags) sources() []string {
	all := slices.Concat(f.documents, f.with)
	if f.lookup() {
		all = append([]string{f.guides + f.faq}, all...)
	}
	return all
}

// loadAll indexes the sources: first what is read alike, then the guides.
func (f *evalFlags) loadAll(c *cobra.Command, run *importRun, opts extract.Options) error {
	groups := map[bool][]string{}
	for _, name := range f.sources() {
		guides := opts.Map == nil && guideLines(name)
		groups[guides] = append(groups[guides], name)
	}
	for _, guides := range []bool{false, true} {
		names := groups[guides]
		if len(names) == 0 {
			continue
		}
		read, err := lookupOptions(names[0], opts)
		if err == nil {
			err = run.all(c.Context(), names, read)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lookupOptions are how a file is read: service guides of the portal whose
// guides eval.GuidesMap reads are told by their first line.
func lookupOptions(name string, opts extract.Options) (extract.Options, error) {
	if opts.Map != nil || !guideLines(name) {
		return opts, nil
	}
	m, err := extract.ParseMap([]byte(eval.GuidesMap))
	if err != nil {
		return opts, err
	}
	opts.Map = m
	return opts, nil
}

// guideLines reports whether a file's first line is such a guide.
func guideLines(name string) bool {
	if filepath.Ext(name) != ".jsonl" {
		return false
	}
	file, err := os.Open(name)
	if err != nil {
		return false // import says so
	}
	defer file.Close()
	line, err := bufio.NewReader(io.LimitReader(file, extract.MaxLine)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	var first map[string]json.RawMessage
	if json.Unmarshal(line, &first) != nil {
		return false
	}
	_, title := first["TASK_NAME"]
	_, text := first["text"]
	return title && !text
}
