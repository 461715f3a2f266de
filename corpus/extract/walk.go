package extract

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
)

// Walk reads files and folders in the order given, folders sorted by name and
// without hidden files, and calls yield for every content and problem for
// everything that was skipped or read in part. Files are read ahead by a few
// readers at the same time; the calls come one by one and in order. Symbolic
// links are followed to files within the folder, never out of it. An ID that
// comes twice is a problem; its first record stands. Walk returns what ctx,
// yield or problem return, or that a path cannot be opened at all.
func Walk(ctx context.Context, paths []string, opts Options, yield func(Record) error, problem func(Problem) error) error {
	readers := min(maxReaders, max(2, runtime.GOMAXPROCS(0)))
	return walk(ctx, opts, readers, func(l *lister) error {
		for _, p := range paths {
			info, err := os.Stat(p)
			if err != nil {
				return fmt.Errorf("extract: %w", err)
			}
			if info.IsDir() {
				err = l.folder(p)
			} else {
				err = l.single(p, info)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}, yield, problem)
}

// Bytes reads one file from memory. What it is, is told by its bytes and then
// by its name. The name is also the Source, and the ID is made from it where
// the file has none.
func Bytes(name string, data []byte, opts Options) (records []Record, problems []Problem) {
	records, problems, _ = Read(context.Background(), name, data, opts) // it is never done
	return records, problems
}

// Read is Bytes for as long as ctx lasts, whose error is the only one.
func Read(ctx context.Context, name string, data []byte, opts Options) (records []Record, problems []Problem, err error) {
	err = walk(ctx, opts, 1, func(l *lister) error {
		return l.add(&job{file: name, rel: name, size: int64(len(data)), open: func() (opened, error) {
			return memory{bytes.NewReader(data)}, nil
		}})
	}, func(r Record) error { records = append(records, r); return nil },
		func(p Problem) error { problems = append(problems, p); return nil })
	return records, problems, err
}

// opened is a file that is open for reading.
type opened interface {
	io.ReaderAt
	io.Closer
}

type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// job is a file that is to be read, and where what it holds is put.
type job struct {
	file, rel string // as people call it; relative to the PATH given
	size      int64
	open      func() (opened, error)
	refusal   string // why it is not read at all
	// export reads the export that a folder is, in place of open.
	export func(*reader) error
	out    chan result
}

// result is what came of one record, or of a file.
type result struct {
	problems []Problem
	record   Record
	ok       bool     // there is a record
	sum      [32]byte // of the bytes of the whole file; zero where it is one record of many lines
	newer    bool     // it is a later revision of what came before under its ID
	end      bool     // nothing follows from this file
}

// walk lists jobs, has them read and passes on what they hold in their order.
func walk(ctx context.Context, opts Options, readers int, list func(*lister) error, yield func(Record) error, problem func(Problem) error) error {
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	l := &lister{ctx: ctx, ordered: make(chan *job, readAhead), work: make(chan *job)}
	defer l.close()
	defer group.Wait()
	defer cancel()
	var listErr error
	group.Go(func() {
		defer close(l.ordered)
		defer close(l.work)
		listErr = list(l)
	})
	box := newContainer(readers)
	for range readers {
		group.Go(func() {
			for j := range l.work {
				read(ctx, opts, box, j)
			}
		})
	}
	d := &deliverer{yield: yield, problem: problem, seen: map[string]string{}, same: map[[32]byte]string{}}
	for j := range l.ordered {
		for {
			var f result
			select {
			case f = <-j.out:
			case <-ctx.Done():
				return outer.Err()
			}
			if f.end {
				break
			}
			if err := d.deliver(f); err != nil {
				return err
			}
		}
	}
	return listErr // the channel was closed after it was set
}

// lister finds the files to read.
type lister struct {
	ctx     context.Context
	ordered chan *job // for the one who passes on
	work    chan *job // for the readers
	roots   []*os.Root
}

func (l *lister) close() {
	for _, root := range l.roots {
		_ = root.Close() // only read from
	}
}

func (l *lister) add(j *job) error {
	j.out = make(chan result, batchAhead)
	for _, c := range []chan *job{l.ordered, l.work} {
		select {
		case c <- j:
		case <-l.ctx.Done():
			return l.ctx.Err()
		}
	}
	return nil
}

func (l *lister) skip(file, message string) error { return l.add(&job{file: file, refusal: message}) }

func (l *lister) exported(tree fs.FS, dir, shown string) error {
	return l.add(&job{file: shown, export: func(r *reader) error { return r.exported(tree, dir, shown) }})
}

func (l *lister) single(p string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return l.skip(p, "不是普通文件，未读取")
	}
	if dir := filepath.Dir(p); filepath.Base(p) == ExportedDocuments {
		if root, err := os.OpenRoot(dir); err == nil {
			l.roots = append(l.roots, root)
			if isExport(root.FS(), ".") {
				return l.exported(root.FS(), ".", dir)
			}
		}
	}
	return l.add(&job{file: p, rel: filepath.Base(p), size: info.Size(), open: func() (opened, error) { return os.Open(p) }})
}

func (l *lister) folder(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("extract: %w", err)
	}
	l.roots = append(l.roots, root)
	return fs.WalkDir(root.FS(), ".", func(rel string, entry fs.DirEntry, err error) error {
		if stop := l.ctx.Err(); stop != nil {
			return stop
		}
		called := decodedName(rel)
		name := filepath.Join(dir, filepath.FromSlash(called))
		if err != nil {
			return l.skip(name, "打不开（没有读取权限，或磁盘出错）")
		}
		if rel != "." && leftOut(path.Base(rel)) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() && isExport(root.FS(), rel) {
			return cmp.Or(l.exported(root.FS(), rel, name), error(fs.SkipDir))
		}
		if entry.IsDir() {
			return nil
		}
		// Stat before opening: opening a pipe would wait for its writer.
		info, err := root.Stat(filepath.FromSlash(rel))
		switch {
		case err != nil:
			return l.skip(name, "链接指向文件夹之外或不存在的文件，未读取")
		case info.IsDir():
			return l.skip(name, "链接指向文件夹，未读取")
		case !info.Mode().IsRegular():
			return l.skip(name, "不是普通文件，未读取")
		}
		return l.add(&job{file: name, rel: called, size: info.Size(), open: func() (opened, error) { return root.Open(filepath.FromSlash(rel)) }})
	})
}

// leftOut says whether a file or folder of that name is the system's or a
// program's own: hidden, a Mac's second half of a file, what an open Word
// document leaves beside it.
func leftOut(base string) bool {
	switch strings.ToLower(base) {
	case "__macosx", "thumbs.db", "desktop.ini":
		return true
	}
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$")
}

// deliverer passes on what was found, one by one.
type deliverer struct {
	yield   func(Record) error
	problem func(Problem) error
	seen    map[string]string   // document ID → where it was found
	same    map[[32]byte]string // sum of a file → the first that has it
}

func (d *deliverer) deliver(f result) error {
	for _, p := range f.problems {
		if err := d.problem(p); err != nil {
			return err
		}
	}
	if !f.ok {
		return nil
	}
	id := f.record.Content.Document.ID
	here := Problem{File: f.record.File, Line: f.record.Line}
	if first, ok := d.seen[id]; ok && !f.newer {
		here.Message = fmt.Sprintf("编号 id “%s” 与 %s 重复，未导入；每份文件的编号必须不同", id, first)
		here.Skipped = true
		return d.problem(here)
	}
	d.seen[id] = strings.TrimSuffix(here.String(), ": ")
	if f.sum != ([32]byte{}) {
		if first, ok := d.same[f.sum]; !ok {
			d.same[f.sum] = f.record.File
		} else if first != f.record.File {
			f.record.Same = first
		}
	}
	return d.yield(f.record)
}

// outcome makes of one record's reading what is passed on.
func (s *source) outcome(r Record, err error) result {
	f := result{problems: s.problems}
	if err == nil {
		f.ok = true
		r.File, r.Line, r.Status = s.file, s.line, s.status
		for _, warning := range r.Content.Warnings {
			if !hasMessage(f.problems, warning) {
				f.problems = append(f.problems, s.problem(warning, false))
			}
		}
		r.Content.Warnings = nil
		for _, p := range f.problems {
			r.Content.Warnings = append(r.Content.Warnings, p.Message)
		}
		f.record = r
		return f
	}
	message := "内容无法读取"
	var said refused
	if errors.As(err, &said) {
		message = string(said)
	}
	f.problems = append(f.problems, s.problem(message, true))
	return f
}

func hasMessage(problems []Problem, message string) bool {
	for _, p := range problems {
		if p.Message == message {
			return true
		}
	}
	return false
}
