package extract

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

var errLongLine = errors.New("line too long")

// lines reads JSON lines one by one; a bad one is a problem of its own.
func (r *reader) lines(ctx context.Context, w *stopwatch, f input) error {
	in := bufio.NewReaderSize(io.NewSectionReader(f.at, 0, f.size), 64<<10)
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.again()
		row, err := readLine(in)
		if n == 1 {
			row = bytes.TrimPrefix(row, bomUTF8)
		}
		s := &source{opts: r.opts, file: f.file, rel: f.rel, line: n}
		var content corpus.Content
		var readErr error
		switch {
		case errors.Is(err, errLongLine):
			readErr = refuse("这一行超过 %d MB 的上限，未导入", MaxLine>>20)
		case err != nil && !errors.Is(err, io.EOF):
			readErr = refuse("从这一行起读取中断，其余内容未导入")
		case len(bytes.TrimSpace(row)) > 0:
			content, readErr = safely(func() (corpus.Content, error) { return record(s, row) })
		default:
			if err != nil {
				return nil
			}
			continue
		}
		w.pause()
		sendErr := send(ctx, r.out, s.outcome(Record{Content: content}, readErr))
		w.resume()
		if sendErr != nil {
			return sendErr
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return nil
		}
	}
}

// readLine reads to the next line break, io.EOF with the last line. A line
// over MaxLine is read to its end and dropped: errLongLine.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if !long && len(line)+len(part) > MaxLine {
			long, line = true, nil
		}
		if !long {
			line = append(line, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if long && (err == nil || errors.Is(err, io.EOF)) {
			if errors.Is(err, io.EOF) {
				in.Reset(bytes.NewReader(nil))
			}
			return nil, errLongLine
		}
		return line, err
	}
}

// record reads one JSON object.
func record(s *source, row []byte) (corpus.Content, error) {
	if !utf8.Valid(row) {
		row = []byte(decode(s, row, ""))
	}
	var object map[string]any
	dec := json.NewDecoder(bytes.NewReader(row))
	dec.UseNumber()
	if err := dec.Decode(&object); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return corpus.Content{}, refuse("这一行不是 JSON 对象（应为 {…}），未导入")
		}
		return corpus.Content{}, refuse("这一行不是完整的 JSON，未导入")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return corpus.Content{}, refuse("这一行在 JSON 对象之后还有别的内容，未导入")
	}
	if s.opts.Map != nil {
		return s.opts.Map.record(s, object)
	}
	f := fields(object)
	question, answer := strings.TrimSpace(plain(f["question"])), plain(f["answer"])
	text := plain(f["text"])
	switch {
	case answer != "" && question == "":
		return corpus.Content{}, refuse("有 answer 而没有 question，未导入")
	case question != "" && answer == "" && text == "" && f.text("refer") == "":
		return corpus.Content{}, refuse("有 question 而没有 answer，未导入")
	case answer == "" && text == "" && question == "":
		return corpus.Content{}, refuse("没有 text（正文），也没有 question 和 answer（问答），未导入")
	}
	if q := []rune(strings.Join(strings.Fields(clean(question)), " ")); len(q) > maxField {
		s.warn("question 超过 %d 字，其余部分已写在答案前面", maxField)
		f["question"] = string(q[:maxField])
		rest := string(q[maxField:]) + "\n"
		if answer == "" {
			text = rest + text
		} else {
			answer = rest + answer
		}
	}
	d, err := s.document(f)
	if err != nil {
		return corpus.Content{}, err
	}
	if answer != "" {
		d.Kind, text = corpus.FAQ, answer
	}
	return s.finish(d, f, valueBlocks(clean(text)))
}

var hasTags = regexp.MustCompile(`(?i)</(?:p|div|td|li|span|strong|h[1-6])>|<br\s*/?>`)

// valueBlocks reads a text from a record, which may be a piece of HTML.
func valueBlocks(text string) []corpus.Block {
	if hasTags.MatchString(text) {
		if blocks, err := safely(func() ([]corpus.Block, error) { return fragmentBlocks(text) }); err == nil && len(blocks) > 0 {
			return blocks
		}
	}
	return textBlocks(text)
}
