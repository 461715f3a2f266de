package console

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// The bounds of one sending. A script sends file by file; without one a whole
// folder may come at once.
const (
	maxSending = 512 << 20 // bytes
	maxFiles   = 500
	maxOption  = 200      // bytes of a field that is no file
	maxFile    = 64 << 20 // bytes: desk says the same in words
	maxPasted  = 1 << 20
)

// Small files are taken as they come. Of larger ones only so many are in memory
// at once; one more waits a while for the others.
const (
	smallFile    = 1 << 20 // bytes
	largeAtOnce  = 4
	largePatient = time.Minute
)

var errCrowded = errors.New("console: too many large files at once")

var uploadPages = []Route{
	{Method: Get, Path: "/uploads", Who: Only(desk.Editor, desk.Reviewer, desk.Auditor), Do: (*Site).uploads},
	{Method: Post, Path: "/uploads", Who: Only(desk.Editor), Do: (*Site).upload, Options: []Option{Limit(maxSending)}},
	{Method: Post, Path: "/uploads/text", Who: Only(desk.Editor), Do: (*Site).paste, Options: []Option{Limit(maxPasted * 3)}},
}

type uploadsView struct {
	Rows     []uploadRow
	May      bool // upload
	Waiting  bool // something on this page is not read yet
	ToRead   int  // files that are not read yet
	Only     bool // only those are listed, in the order in which they will be read
	Kinds    Field
	Faults   []string // what was not taken
	Page     int
	Previous string
	Next     string
}

type uploadRow struct {
	desk.Upload
	State  sign
	Drafts []draftRow
	More   int // drafts that are not listed
	Wrong  []string
	Others int // problems that are not listed
	Known  int // records that were known already
}

type draftRow struct {
	desk.UploadDraft
	Href  string
	Facts string // what was recognised, in a line
	Look  int    // how much there is to look at
}

// recognised writes what was read of a file in a line.
func recognised(r desk.Recognised) string {
	var all []string
	for _, s := range []string{r.Number, r.Agency} {
		if s != "" {
			all = append(all, s)
		}
	}
	if r.Effective.Known() {
		all = append(all, r.Effective.Chinese()+"施行")
	}
	if r.Passages > 1 {
		all = append(all, itoa(r.Passages)+"段")
	}
	if r.Relations > 0 {
		all = append(all, "提到"+itoa(r.Relations)+"份别的文件")
	}
	return strings.Join(all, " · ")
}

var uploadWords = map[desk.UploadState]sign{
	desk.UploadQueued: {"排队中", "◔", "soft"}, desk.UploadReading: {"正在读取", "◔", "soft"},
	desk.UploadDone: {"已读取", "●", "ok"}, desk.UploadFailed: {"没有读成", "✕", "late"},
}

// draftsShown is how many drafts of one file the list names.
const draftsShown = 10

// uploadsListed is how many files a page of the list has.
const uploadsListed = 30

func (s *Site) uploads(v *Visit) error { return s.showUploads(v, nil) }

func (s *Site) showUploads(v *Visit, faults []string) error {
	q := v.R.URL.Query()
	n, at := max(1, number(q.Get("page"))), Root+"/uploads?page="
	view := uploadsView{May: v.Me.Is(desk.Editor), Faults: faults, Page: n, Kinds: kindField(), Only: q.Get("waiting") != ""}
	ctx, by, skip := v.R.Context(), v.Actor(), (n-1)*uploadsListed
	all, toRead, err := s.Desk.ToRead(ctx, by, skip, uploadsListed+1)
	if err == nil && !view.Only {
		all, err = s.Desk.Uploaded(ctx, by, skip, uploadsListed+1)
	}
	if err != nil {
		return err
	}
	if view.ToRead = toRead; view.Only {
		at = Root + "/uploads?waiting=1&page="
	}
	if len(all) > uploadsListed {
		all = all[:uploadsListed]
		view.Next = at + itoa(n+1)
	}
	if n > 1 {
		view.Previous = at + itoa(n-1)
	}
	for _, u := range all {
		view.Waiting = view.Waiting || u.State == desk.UploadQueued || u.State == desk.UploadReading
		view.Rows = append(view.Rows, s.uploadRow(u))
	}
	if len(faults) > 0 {
		return v.Again("uploads", "上传", view)
	}
	return v.Show("uploads", "上传", view)
}

func (s *Site) uploadRow(u desk.Upload) uploadRow {
	row := uploadRow{Upload: u, State: uploadWords[u.State]}
	row.Wrong, row.Others = problems(u.Problems)
	for _, d := range u.Drafts {
		switch {
		case d.Revision == 0:
			row.Known++
		case len(row.Drafts) < draftsShown:
			row.Drafts = append(row.Drafts, draftRow{d, s.documentPath(d.Document), recognised(d.Read), d.Read.Warnings})
		default:
			row.More++
		}
	}
	return row
}

// problemsShown is how many different problems of one file the list tells.
const problemsShown = 6

// problems tells what was wrong with a file: what is the same of many lines, or
// of many files in it, once, with the first of them.
func problems(all []desk.Problem) (lines []string, others int) {
	times := map[desk.Problem]int{}
	first := map[desk.Problem]desk.Problem{}
	var order []desk.Problem
	for _, p := range all {
		same := p
		same.File, same.Line = "", 0
		if times[same]++; times[same] == 1 {
			first[same], order = p, append(order, same)
		}
	}
	for i, same := range order {
		if i == problemsShown {
			return lines, len(order) - i
		}
		line := problemWords(first[same])
		if n := times[same]; n > 1 {
			line += "（这样的共" + itoa(n) + "处）"
		}
		lines = append(lines, line)
	}
	return lines, 0
}

func kindField() Field {
	f := choose("kind", "类型", "", corpus.Kinds(), func(k corpus.Kind) string { return kindWords[k] })
	f.Options[0].Text = "自动识别"
	return f
}

// sent is what came of a sending.
type sent struct {
	taken  int
	faults []string // a sentence each, with the file's name
}

// upload takes files as they come, one at a time in memory. What is wrong with
// one doesn't keep back the others.
func (s *Site) upload(v *Visit) error {
	kind, params, err := mime.ParseMediaType(v.R.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return errForm
	}
	parts := multipart.NewReader(v.R.Body, params["boundary"])
	var out sent
	var u desk.Upload
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return formError(err)
		}
		if err := s.part(v, p, &u, &out); err != nil {
			return err
		}
	}
	return s.sentAll(v, out)
}

// formError tells a form that is too large from one that is broken.
func formError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return errForm
}

// part takes a file, or an option for the files after it.
func (s *Site) part(v *Visit, p *multipart.Part, u *desk.Upload, out *sent) error {
	if p.FileName() == "" {
		text, err := io.ReadAll(io.LimitReader(p, maxOption))
		if err != nil {
			return formError(err)
		}
		switch p.FormName() {
		case "kind":
			u.Kind = corpus.Kind(text)
		case "backlog":
			u.Backlog = string(text) == "yes"
		}
		return nil
	}
	if out.taken+len(out.faults) >= maxFiles {
		return desk.NotReady{"一次最多上传" + itoa(maxFiles) + "个文件，请分几次上传"}
	}
	data, err := io.ReadAll(io.LimitReader(p, smallFile+1))
	if err == nil && len(data) > smallFile {
		if err := s.room(v.R.Context()); err != nil {
			return err
		}
		defer func() { <-s.large }()
		whole := bytes.NewBuffer(make([]byte, 0, min(max(v.R.ContentLength, 2*smallFile), maxFile+bytes.MinRead))) // grown, it would be held twice
		whole.Write(data)
		_, err = whole.ReadFrom(io.LimitReader(p, maxFile+1-int64(len(data))))
		data = whole.Bytes()
	}
	if err != nil {
		return formError(err)
	}
	return s.take(v, *u, p.FileName(), data, out)
}

// room waits for a place among the large files.
func (s *Site) room(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, largePatient)
	defer cancel()
	select {
	case s.large <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errCrowded
	}
}

func (s *Site) take(v *Visit, u desk.Upload, name string, data []byte, out *sent) error {
	u.Name = name
	_, err := s.Desk.Put(v.R.Context(), v.Actor(), u, data)
	var lacks desk.NotReady
	switch {
	case errors.As(err, &lacks):
		out.faults = append(out.faults, corpus.FileName(name)+"："+joined(lacks))
	case err != nil:
		return err
	default:
		out.taken++
	}
	return nil
}

func (s *Site) sentAll(v *Visit, out sent) error {
	switch {
	case asksJSON(v.R) && len(out.faults) > 0:
		return v.json(http.StatusUnprocessableEntity, map[string]any{"error": strings.Join(out.faults, "")})
	case asksJSON(v.R):
		return v.json(http.StatusOK, map[string]any{"taken": out.taken})
	case out.taken == 0 && len(out.faults) == 0:
		return s.showUploads(v, []string{"请先选择文件。"})
	case len(out.faults) > 0:
		return s.showUploads(v, out.faults)
	}
	return v.Go("/uploads", "收到"+itoa(out.taken)+"个文件，正在读取。读好的会成为草稿。")
}

// paste takes a text, or the source of a saved page, as a file.
func (s *Site) paste(v *Visit) error {
	form, err := v.Form()
	if err != nil {
		return err
	}
	text := strings.TrimSpace(form.Get("text"))
	if text == "" {
		return s.showUploads(v, []string{"请先粘贴文字。"})
	}
	if len(text) > maxPasted*3 || utf8.RuneCountInString(text) > maxPasted {
		return s.showUploads(v, []string{"文字太长，请存成文件再上传。"})
	}
	name := firstLine(text) + ".txt"
	if strings.HasPrefix(text, "<") {
		name = "粘贴的网页.html"
	}
	var out sent
	u := desk.Upload{Kind: corpus.Kind(form.Get("kind")), Backlog: form.Get("backlog") == "yes"}
	if err := s.take(v, u, name, []byte(text), &out); err != nil {
		return err
	}
	return s.sentAll(v, out)
}

// firstLine is what a pasted text is called by.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	r := []rune(strings.TrimSpace(line))
	if len(r) > 30 {
		r = r[:30]
	}
	if name := corpus.FileName(string(r)); name != "" {
		return name
	}
	return "粘贴的文字"
}
