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
	"strings"

	"github.com/policybot/policybot/corpus"
)

// walker keeps what is common to all paths of one Walk.
type walker struct {
	ctx     context.Context
	opts    Options
	yield   func(Record) error
	problem func(Problem) error
	seen    map[string]string // document ID → where it was found
}

// Walk reads files and folders in the order given, folders sorted by name and
// without hidden files, and calls yield for every content and problem for
// everything that was skipped or read in part. Symbolic links are followed to
// files within the folder, never out of it. An ID that comes twice is a
// problem; its first record stands. Walk returns what ctx, yield or problem
// return, or that a path cannot be opened at all.
func Walk(ctx context.Context, paths []string, opts Options, yield func(Record) error, problem func(Problem) error) error {
	w := &walker{ctx, opts, yield, problem, map[string]string{}}
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("extract: %w", err)
		}
		if info.IsDir() {
			err = w.folder(p)
		} else {
			err = w.single(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Bytes reads one file from memory, by the type that its name tells. The name
// is also the Source, and the ID is made from it where the file has none.
func Bytes(name string, data []byte, opts Options) (records []Record, problems []Problem) {
	w := &walker{
		ctx: context.Background(), opts: opts, seen: map[string]string{},
		yield:   func(r Record) error { records = append(records, r); return nil },
		problem: func(p Problem) error { problems = append(problems, p); return nil },
	}
	// The callbacks above never fail.
	_ = w.file(name, name, int64(len(data)), func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	})
	return records, problems
}

func (w *walker) single(p string) error {
	info, err := os.Stat(p)
	if err != nil {
		return fmt.Errorf("extract: %w", err)
	}
	if !info.Mode().IsRegular() {
		return w.skip(p, "不是普通文件，未读取")
	}
	if dir := filepath.Dir(p); filepath.Base(p) == ExportedDocuments {
		if root, err := os.OpenRoot(dir); err == nil {
			defer root.Close()
			if isExport(root.FS(), ".") {
				return w.exported(root.FS(), ".", dir)
			}
		}
	}
	return w.file(p, filepath.Base(p), info.Size(), func() (io.ReadCloser, error) { return os.Open(p) })
}

func (w *walker) folder(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("extract: %w", err)
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(rel string, entry fs.DirEntry, err error) error {
		if stop := w.ctx.Err(); stop != nil {
			return stop
		}
		name := filepath.Join(dir, filepath.FromSlash(rel))
		if err != nil {
			return w.skip(name, "打不开（没有读取权限，或磁盘出错）")
		}
		if rel != "." && strings.HasPrefix(path.Base(rel), ".") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			if isExport(root.FS(), rel) {
				return cmp.Or(w.exported(root.FS(), rel, name), error(fs.SkipDir))
			}
			return nil
		}
		// Stat before opening: opening a pipe would wait for its writer.
		info, err := root.Stat(filepath.FromSlash(rel))
		switch {
		case err != nil:
			return w.skip(name, "链接指向文件夹之外或不存在的文件，未读取")
		case info.IsDir():
			return w.skip(name, "链接指向文件夹，未读取")
		case !info.Mode().IsRegular():
			return w.skip(name, "不是普通文件，未读取")
		}
		return w.file(name, rel, info.Size(), func() (io.ReadCloser, error) { return root.Open(filepath.FromSlash(rel)) })
	})
}

func (w *walker) skip(file, message string) error {
	return w.problem(Problem{File: file, Message: message, Skipped: true})
}

// file reads one file by its type.
func (w *walker) file(name, rel string, size int64, open func() (io.ReadCloser, error)) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	var read func(*source, []byte) (corpus.Content, error)
	limit := int64(MaxFile)
	switch ext := strings.ToLower(path.Ext(rel)); ext {
	case ".md", ".markdown":
		read = markdownFile
	case ".txt", ".text":
		read = textFile
	case ".html", ".htm", ".shtml":
		read = htmlFile
	case ".jsonl", ".ndjson":
		limit = MaxStream
	default:
		return w.skip(name, fmt.Sprintf("不支持的文件类型 %q，未读取（可读 .md .txt .html .jsonl）", ext))
	}
	if size > limit {
		return w.skip(name, fmt.Sprintf("文件有 %d MB，超过 %d MB 的上限，未读取", size>>20, limit>>20))
	}
	f, err := open()
	if err != nil {
		return w.skip(name, "打不开（没有读取权限，或磁盘出错）")
	}
	defer f.Close()
	if read == nil {
		return w.lines(name, rel, f)
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil || int64(len(data)) > limit {
		return w.skip(name, "读取中断，或文件正在变化，未读取")
	}
	s := &source{opts: w.opts, file: name, rel: rel}
	content, err := safely(func() (corpus.Content, error) { return read(s, data) })
	if err == nil {
		content.Original = original(rel, content.Document.ID, data)
	}
	return w.deliver(s, content, err)
}

var mediaTypes = map[string]string{
	".md": "text/markdown", ".markdown": "text/markdown", ".txt": "text/plain", ".text": "text/plain",
	".html": "text/html", ".htm": "text/html", ".shtml": "text/html",
}

// original keeps a file as it is, for those who want it. A name of which
// nothing can be offered gives way to the document's ID.
func original(rel, id string, data []byte) *corpus.Original {
	end := strings.ToLower(path.Ext(rel))
	name := corpus.FileName(rel)
	if strings.TrimSuffix(name, path.Ext(name)) == "" {
		name = id + end
	}
	return &corpus.Original{Name: name, MediaType: mediaTypes[end], Data: data}
}

// deliver passes on what became of one record.
func (w *walker) deliver(s *source, content corpus.Content, err error) error {
	for _, p := range s.problems {
		if err := w.problem(p); err != nil {
			return err
		}
	}
	if err != nil {
		message := "内容无法读取"
		var r refused
		if errors.As(err, &r) {
			message = string(r)
		}
		return w.problem(Problem{File: s.file, Line: s.line, Message: message, Skipped: true})
	}
	id := content.Document.ID
	here := Problem{File: s.file, Line: s.line}
	if first, ok := w.seen[id]; ok {
		here.Message = fmt.Sprintf("编号 id “%s” 与 %s 重复，未导入；每份文件的编号必须不同", id, first)
		here.Skipped = true
		return w.problem(here)
	}
	w.seen[id] = strings.TrimSuffix(here.String(), ": ")
	return w.yield(Record{Content: content, File: s.file, Line: s.line, Status: s.status})
}
