package extract

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
)

// An export is a folder that holds everything that is known of documents, and
// is read again exactly as it was written:
//
//	documents.jsonl       a line of ExportHeader, then one for each revision
//	edges.jsonl           a line of ExportHeader, then what people decided
//	files/SUM/NAME        the original files; SUM is the SHA-256 of the bytes
const (
	ExportedDocuments = "documents.jsonl"
	ExportedEdges     = "edges.jsonl"
	exportedFolder    = "files"
)

// exportVersion changes when older programs would read an export wrongly.
const exportVersion = 1

// maxExportedLine bounds a line, in bytes: a text of MaxText with as much
// about its passages, twice.
const maxExportedLine = 32 << 20

// maxExportedFile bounds an original file, in bytes, as the store does.
const maxExportedFile = 64 << 20

type exportHead struct {
	Export  string `json:"policybot_export"`
	Version int    `json:"version"`
}

// ExportHeader is the first line of ExportedDocuments and ExportedEdges, by
// which they are known whatever they are called later.
func ExportHeader(name string) []byte {
	return fmt.Appendf(nil, `{"policybot_export":%q,"version":%d}`+"\n", strings.TrimSuffix(name, path.Ext(name)), exportVersion)
}

// ExportedDecision is what a person decided about an edge.
type ExportedDecision struct {
	Edge  string           `json:"edge"`
	State corpus.EdgeState `json:"state"` // accepted or rejected
	By    string           `json:"by,omitempty"`
}

// ExportedRevision is a line of ExportedDocuments. A document has at most two:
// its published revision and then a newer one.
type ExportedRevision struct {
	ID           string               `json:"id"`
	Status       corpus.Status        `json:"status"` // published or draft
	Account      string               `json:"account,omitempty"`
	Kind         corpus.Kind          `json:"kind"`
	Title        string               `json:"title"`
	Number       string               `json:"number,omitempty"`
	Agency       string               `json:"agency,omitempty"`
	Region       string               `json:"region,omitempty"`
	Topics       []string             `json:"topics,omitempty"`
	Audience     []string             `json:"audience,omitempty"`
	URL          string               `json:"url,omitempty"`
	Source       string               `json:"source,omitempty"`
	Sample       bool                 `json:"sample,omitempty"`
	Level        corpus.Level         `json:"level,omitempty"`
	Addressees   []string             `json:"addressees,omitempty"`
	Written      corpus.Date          `json:"written,omitempty"`
	Published    corpus.Date          `json:"published,omitempty"`
	Effective    corpus.Date          `json:"effective,omitempty"`
	Expires      corpus.Date          `json:"expires,omitempty"`
	Standard     string               `json:"standard,omitempty"`
	StandardYear int                  `json:"standard_year,omitempty"`
	Applications []corpus.Application `json:"applications,omitempty"`
	Question     string               `json:"question,omitempty"`
	Similar      []string             `json:"similar,omitempty"`
	Negative     []string             `json:"negative,omitempty"`
	Refer        string               `json:"refer,omitempty"`
	Asked        []corpus.Asking      `json:"asked,omitempty"`
	Relations    []exportedRelation   `json:"relations,omitempty"`
	Statements   []corpus.Statement   `json:"statements,omitempty"`
	Findings     []corpus.Finding     `json:"findings,omitempty"`
	Warnings     []string             `json:"warnings,omitempty"`
	Hold         string               `json:"hold,omitempty"`
	File         *exportedFile        `json:"file,omitempty"`
	Text         string               `json:"text"`
	Passages     []corpus.Passage     `json:"passages"`
}

// exportedRelation is one that the document's metadata state. Those that its
// text states are made again from Statements.
type exportedRelation struct {
	Kind    corpus.RelationKind `json:"kind"`
	To      string              `json:"to"`
	Anchors []string            `json:"anchors,omitempty"`
}

type exportedFile struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Sum       string `json:"sha256"`
}

func (f exportedFile) path() string { return path.Join(exportedFolder, f.Sum, f.Name) }

// Export returns the line of a stored revision, and where its file belongs in
// the export, with slashes; "" where it has none. What was withdrawn becomes a
// draft, which is as far from the citizens.
func Export(s corpus.Stored) (line ExportedRevision, file string) {
	d := s.Document
	e := ExportedRevision{
		ID: d.ID, Status: corpus.Draft, Account: d.Account, Kind: d.Kind, Title: d.Title, Number: d.Number, Agency: d.Agency,
		Region: d.Region, Topics: d.Topics, Audience: d.Audience, URL: d.URL, Source: d.Source, Sample: d.Sample,
		Level: d.Level, Addressees: d.Addressees,
		Written: d.Written, Published: d.Published, Effective: d.Effective, Expires: d.Expires,
		Standard: d.Standard, StandardYear: d.StandardYear, Applications: d.Applications,
		Question: d.Question, Similar: d.Similar, Negative: d.Negative, Refer: d.Refer, Asked: d.Asked, Statements: d.Statements,
		Findings: s.Findings, Warnings: s.Warnings, Hold: s.Hold,
		Text: s.Revision.Text, Passages: s.Revision.Passages,
	}
	if s.Revision.Status == corpus.Published {
		e.Status = corpus.Published
	}
	for _, r := range d.Declares {
		if r.Edge == "" {
			e.Relations = append(e.Relations, exportedRelation{r.Kind, r.To, r.Anchors})
		}
	}
	if s.File == nil {
		return e, ""
	}
	e.File = &exportedFile{s.File.Name, s.File.MediaType, s.File.Sum}
	return e, e.File.path()
}

// content is the opposite of Export. The error is a corpus.Refusal.
func (e ExportedRevision) content() (corpus.Content, error) {
	if err := e.check(); err != nil {
		return corpus.Content{}, err
	}
	d := corpus.Document{
		ID: e.ID, Account: e.Account, Kind: e.Kind, Title: e.Title, Number: e.Number, Agency: e.Agency,
		Region: e.Region, Topics: e.Topics, Audience: e.Audience, URL: e.URL, Source: e.Source, Sample: e.Sample,
		Level: e.Level, Addressees: e.Addressees,
		Written: e.Written, Published: e.Published, Effective: e.Effective, Expires: e.Expires,
		Standard: e.Standard, StandardYear: e.StandardYear, Applications: e.Applications,
		Question: e.Question, Similar: e.Similar, Negative: e.Negative, Refer: e.Refer, Asked: e.Asked, Statements: e.Statements,
	}
	for _, r := range e.Relations {
		d.Declares = append(d.Declares, corpus.Relation{Kind: r.Kind, From: e.ID, To: r.To, On: e.Effective, Anchors: r.Anchors})
	}
	return corpus.Content{
		Document: d, Text: e.Text, Passages: e.Passages, Findings: e.Findings, Warnings: e.Warnings, Hold: e.Hold,
	}, nil
}

// check holds a line to what Export writes: it may have been edited.
func (e ExportedRevision) check() error {
	switch {
	case recordID(e.ID) != e.ID:
		return refuse("编号 id “%.140s” 不能用作文件编号，未导入", e.ID)
	case strings.TrimSpace(e.Title) == "":
		return refuse("没有 title（标题），未导入")
	case !e.Kind.Valid():
		return refuse("kind “%.40s” 不是文件类型，未导入", e.Kind)
	case e.Status != corpus.Published && e.Status != corpus.Draft:
		return refuse("status “%.40s” 应为 published 或 draft，未导入", e.Status)
	case len(e.Text) > MaxText:
		return refuse("正文有 %d MB，超过 %d MB 的上限，未导入", len(e.Text)>>20, MaxText>>20)
	}
	for _, day := range []corpus.Date{e.Written, e.Published, e.Effective, e.Expires} {
		if _, err := corpus.ParseDate(string(day)); err != nil {
			return refuse("日期“%.40s”无法识别，未导入；请写成 2024-05-01", day)
		}
	}
	for _, r := range e.Relations {
		if !slices.Contains(corpus.RelationKinds(), r.Kind) || recordID(r.To) != r.To {
			return refuse("relations 里的 “%.40s” “%.140s” 不是文件之间的关系，未导入", r.Kind, r.To)
		}
	}
	return checkPassages(e.Text, e.Passages)
}

func checkPassages(text string, passages []corpus.Passage) error {
	end, anchors := 0, make(map[string]bool, len(passages))
	for _, p := range passages {
		switch {
		case p.Start != end || p.End < p.Start || p.End > len(text) || p.End < len(text) && !utf8.RuneStart(text[p.End]):
			return refuse("段落“%.40s”的起止与正文不符，未导入", p.Anchor)
		case p.Anchor == "" || p.Anchor == corpus.OriginalAnchor || anchors[p.Anchor]:
			return refuse("段落的锚点“%.40s”重复或不能使用，未导入", p.Anchor)
		}
		end, anchors[p.Anchor] = p.End, true
	}
	if end != len(text) {
		return refuse("段落没有覆盖全部正文，未导入")
	}
	return nil
}

// isExport reports whether a folder is an export, by the first line of its
// documents. One of a later version is one, too: it is refused when it is read.
func isExport(tree fs.FS, dir string) bool {
	name := path.Join(dir, ExportedDocuments)
	if info, err := fs.Stat(tree, name); err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := tree.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	first, _, _ := bufio.NewReaderSize(f, 1024).ReadLine() // a file that cannot be read is none of ours
	return headerOf(first).Export != ""
}

func headerOf(line []byte) (h exportHead) {
	if json.Unmarshal(line, &h) != nil {
		return exportHead{}
	}
	return h
}

// exported reads the export in dir of tree; shown is what people call dir.
func (r *reader) exported(tree fs.FS, dir, shown string) error {
	name := filepath.Join(shown, ExportedDocuments)
	f, err := tree.Open(path.Join(dir, ExportedDocuments))
	if err != nil {
		r.refuse(name, "打不开（没有读取权限，或磁盘出错）")
		return nil
	}
	defer f.Close()
	in := &exportLines{ctx: r.ctx, lines: bufio.NewScanner(f)}
	if err := in.header(); err != nil {
		r.refuse(name, err.Error())
		return nil
	}
	published := map[string]bool{} // by ID, those whose newer revision may follow
	files := &exportedFiles{tree: tree, dir: dir}
	for in.next() {
		s := &source{opts: r.opts, file: name, line: in.line}
		content, status, err := readExported(files, in.lines.Bytes())
		id := content.Document.ID
		s.status = status
		warnings := content.Warnings // said when the file was read
		content.Warnings = nil
		f := s.outcome(Record{Content: content}, err)
		f.record.Content.Warnings = warnings
		if f.newer = err == nil && status == corpus.Draft && published[id]; f.newer {
			delete(published, id)
		}
		if err := send(r.ctx, r.out, f); err != nil {
			return err
		}
		if err == nil && status == corpus.Published {
			published[id] = true
		}
	}
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if in.lines.Err() != nil {
		s := &source{file: name, line: in.line + 1}
		return send(r.ctx, r.out, s.outcome(Record{}, refuse("从这一行起无法读取（太长，或磁盘出错），其余内容未导入")))
	}
	return nil
}

// readExported reads a line with its file.
func readExported(files *exportedFiles, line []byte) (corpus.Content, corpus.Status, error) {
	var e ExportedRevision
	if err := json.Unmarshal(line, &e); err != nil {
		return corpus.Content{}, "", refuse("这一行不是导出的文件，未导入")
	}
	content, err := e.content()
	if err == nil && e.File != nil {
		content.Original, err = files.read(*e.File)
	}
	return content, e.Status, err
}

// exportedFiles are the original files of an export. The last one is kept at
// hand: a sheet is that of thousands of records.
type exportedFiles struct {
	tree fs.FS
	dir  string
	last exportedFile
	data []byte
}

func (x *exportedFiles) read(f exportedFile) (*corpus.Original, error) {
	if f != x.last || x.data == nil {
		data, err := f.read(x.tree, x.dir)
		if err != nil {
			return nil, err
		}
		x.last, x.data = f, data
	}
	return &corpus.Original{Name: f.Name, MediaType: f.MediaType, Sum: strings.ToLower(f.Sum), Data: x.data}, nil
}

func (f exportedFile) read(tree fs.FS, dir string) ([]byte, error) {
	raw, err := hex.DecodeString(f.Sum)
	if err != nil || len(raw) != sha256.Size || f.Name == "" || f.Name != corpus.FileName(f.Name) {
		return nil, refuse("原文件的名称“%.100s”不能使用，未导入", f.Name)
	}
	file, err := tree.Open(path.Join(dir, f.path()))
	if err != nil {
		return nil, refuse("缺少原文件 %s，未导入", f.path())
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxExportedFile+1))
	sum := sha256.Sum256(data)
	switch {
	case err != nil:
		return nil, refuse("原文件 %s 读取中断，未导入", f.path())
	case len(data) > maxExportedFile:
		return nil, refuse("原文件 %s 超过 %d MB 的上限，未导入", f.path(), maxExportedFile>>20)
	case !bytes.Equal(sum[:], raw):
		return nil, refuse("原文件 %s 与导出时不同，未导入", f.path())
	}
	return data, nil
}

// exportLines are the lines of a file of an export, without the first.
type exportLines struct {
	ctx   context.Context
	lines *bufio.Scanner
	line  int
}

// header reads the first line. The error is for people.
func (l *exportLines) header() error {
	l.lines.Buffer(make([]byte, 0, 64<<10), maxExportedLine)
	switch {
	case !l.next():
		return errors.New("文件是空的，未导入")
	case headerOf(l.lines.Bytes()).Export == "":
		return errors.New("不是 policybot 导出的文件，未导入")
	case headerOf(l.lines.Bytes()).Version > exportVersion:
		return errors.New("由更新版本的 policybot 导出，未导入；请先升级")
	}
	return nil
}

// next goes to the next line that is not empty.
func (l *exportLines) next() bool {
	for l.ctx.Err() == nil && l.lines.Scan() {
		l.line++
		if len(bytes.TrimSpace(l.lines.Bytes())) > 0 {
			return true
		}
	}
	return false
}

// Decisions reads what people decided from an export. Empty where dir is no
// export. The error is for people, in plain Chinese, or of ctx.
func Decisions(ctx context.Context, tree fs.FS) ([]ExportedDecision, error) {
	if !isExport(tree, ".") {
		return nil, nil
	}
	f, err := tree.Open(ExportedEdges)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refuse("%s 打不开（没有读取权限，或磁盘出错）", ExportedEdges)
	}
	defer f.Close()
	in := &exportLines{ctx: ctx, lines: bufio.NewScanner(f)}
	if err := in.header(); err != nil {
		return nil, fmt.Errorf("%s %w", ExportedEdges, err)
	}
	var all []ExportedDecision
	for in.next() {
		var d ExportedDecision
		if json.Unmarshal(in.lines.Bytes(), &d) != nil || d.Edge == "" || d.State != corpus.Accepted && d.State != corpus.Rejected {
			return nil, refuse("%s 第 %d 行无法识别", ExportedEdges, in.line)
		}
		all = append(all, d)
	}
	return all, ctx.Err()
}
