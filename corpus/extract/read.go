package extract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
)

// reader reads one file and what is in it, and sends what it finds.
type reader struct {
	ctx  context.Context
	opts Options
	box  *container
	out  chan<- result
}

// input is a file that is open: one on disk, or an entry of a zip.
type input struct {
	file, rel string
	size      int64
	at        io.ReaderAt
	zips      int // that it is in
	budget    *budget
}

// read reads a job's file and sends what it holds, then the end.
func read(ctx context.Context, opts Options, box *container, j *job) {
	r := &reader{ctx: ctx, opts: opts, box: box, out: j.out}
	_, err := safely(func() (struct{}, error) { return struct{}{}, r.job(j) })
	var said refused
	if errors.As(err, &said) {
		r.refuse(j.file, string(said))
	}
	_ = send(ctx, j.out, result{end: true}) // or nobody waits any more
}

// job opens a file. The error is the context's, or a refusal.
func (r *reader) job(j *job) error {
	if j.refusal != "" {
		return refused(j.refusal)
	}
	if j.export != nil {
		return j.export(r)
	}
	f, err := j.open()
	if err != nil {
		return refuse("打不开（没有读取权限，或磁盘出错）")
	}
	defer f.Close()
	return r.file(input{file: j.file, rel: j.rel, size: j.size, at: f, budget: &budget{}})
}

func send(ctx context.Context, out chan<- result, f result) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case out <- f:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r *reader) refuse(file, message string) {
	_ = send(r.ctx, r.out, result{problems: []Problem{{File: file, Message: message, Skipped: true}}}) // the next call sees the context
}

// file reads one file by what its bytes are. The error is the context's, or a
// refusal of the whole file.
func (r *reader) file(in input) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	end := strings.ToLower(path.Ext(in.rel))
	kind := sniff(in.at, in.size, end)
	if why, ok := unreadable[kind]; ok {
		return refused(why)
	}
	t := traits[kind]
	if in.size > t.limit {
		return refuse("文件有 %d MB，超过 %d MB 的上限，未读取", in.size>>20, t.limit>>20)
	}
	switch kind {
	case zipFormat:
		return r.zip(in)
	case jsonlFormat:
		return r.contained(in, maxRead, func(ctx context.Context, w *stopwatch) error { return r.lines(ctx, w, in) })
	}
	data := make([]byte, in.size)
	if n, err := in.at.ReadAt(data, 0); n < len(data) {
		return r.stopped(err)
	}
	limit := maxRead
	switch kind {
	case pdfFormat, pictureFormat, oldWord, oldSheet:
		limit = maxHelped
	case ofdFormat:
		if r.opts.Tools.Recognise == nil {
			break
		}
		limit = maxHelped
	}
	f := &file{reader: r, in: in, kind: kind, end: end, data: data, sum: sha256.Sum256(data)}
	return r.contained(in, limit, f.read)
}

// stopped is why a file ends before its end.
func (r *reader) stopped(err error) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if err == nil || errors.Is(err, io.EOF) {
		return refuse("读取中断，或文件正在变化，未读取")
	}
	return refuse("读取中断（磁盘出错，或压缩包已损坏），未读取")
}

// contained runs a reading in the container. Its error is the context's, or a
// refusal of the whole file.
func (r *reader) contained(in input, limit time.Duration, f func(context.Context, *stopwatch) error) error {
	err := r.box.run(r.ctx, limit, f)
	var said refused
	switch {
	case err == nil, errors.As(err, &said):
		return err
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	}
	return refuse("内容无法读取")
}

// file is a file whose bytes are at hand. Its reading may be left behind, so
// it shares nothing that changes.
type file struct {
	reader *reader
	in     input
	kind   format
	end    string // of the name, in lower case
	data   []byte
	sum    [32]byte
}

// source is the start of a reading.
func (f *file) source() *source {
	s := &source{opts: f.reader.opts, file: f.in.file, rel: f.in.rel}
	if !f.kind.promised(f.end) {
		s.warn("文件名以 %s 结尾，内容却是%s，已按内容读取", f.end, traits[f.kind].name)
	}
	return s
}

// read reads the file by its format.
func (f *file) read(ctx context.Context, w *stopwatch) error {
	switch f.kind {
	case xlsxFormat, csvFormat, oldSheet:
		return f.sheets(ctx, w)
	}
	s := f.source()
	content, err := f.content(ctx, s)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		content.Original = f.original(content.Document.ID)
		if questions := questionsOf(s, content); len(questions) > 0 {
			return f.questions(ctx, w, s, content, questions)
		}
	}
	return f.send(ctx, w, s.outcome(Record{Content: content}, err))
}

// send passes on a record. Waiting until it is taken is not reading.
func (f *file) send(ctx context.Context, w *stopwatch, what result) error {
	what.sum = f.sum
	w.pause()
	defer w.resume()
	return send(ctx, f.reader.out, what)
}

// content reads a file that is one document.
func (f *file) content(ctx context.Context, s *source) (corpus.Content, error) {
	switch f.kind {
	case markdownFormat:
		return markdownFile(s, f.data)
	case textFormat:
		return textFile(s, f.data)
	case htmlFormat:
		return htmlFile(s, f.data)
	case mhtmlFormat:
		page, err := archivedPage(f.data)
		if err != nil {
			return corpus.Content{}, err
		}
		return htmlFile(s, page)
	}
	reading, err := f.reading(ctx)
	if err != nil {
		return corpus.Content{}, err
	}
	return s.reading(reading)
}

// original keeps a file as it is, for those who want it. A name of which
// nothing can be offered gives way to the document's ID, one that ends in what
// it is not gets the right end.
func (f *file) original(id string) *corpus.Original {
	name := corpus.FileName(f.in.rel)
	end := path.Ext(name)
	if !f.kind.promised(f.end) {
		name = strings.TrimSuffix(name, end) + traits[f.kind].ends[0]
		end = traits[f.kind].ends[0]
	}
	if strings.TrimSuffix(name, end) == "" {
		name = id + strings.ToLower(end)
	}
	return &corpus.Original{Name: corpus.FileName(name), MediaType: mediaType(f.kind, f.data), Sum: hex.EncodeToString(f.sum[:]), Data: f.data}
}

// mediaType is that of a format, and where the format is several, of the one
// that the bytes show.
func mediaType(kind format, data []byte) string {
	is := func(magic string) bool { return strings.HasPrefix(string(data[:min(len(data), 8)]), magic) }
	switch {
	case is("\x89PNG"):
		return "image/png"
	case is("\xff\xd8"):
		return "image/jpeg"
	case is("II*"), is("MM\x00"):
		return "image/tiff"
	case is(`{\rtf`):
		return "application/rtf"
	case kind == oldWord && is("PK"):
		return "application/vnd.oasis.opendocument.text"
	case kind == oldSheet && is("PK"):
		return "application/octet-stream"
	}
	return traits[kind].media
}

// lineOf is how people find a row.
func lineOf(table string, row int) string {
	if table == "" {
		return fmt.Sprintf("第 %d 行", row)
	}
	return fmt.Sprintf("%s!%d", table, row)
}
