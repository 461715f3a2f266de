package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/policybot/policybot/corpus"
)

// UploadState is how far an upload is.
type UploadState string

// The states of an upload.
const (
	UploadQueued  UploadState = "queued"
	UploadReading UploadState = "reading"
	UploadDone    UploadState = "done"   // it has become drafts, or was known already
	UploadFailed  UploadState = "failed" // nothing came of it: see Problems
)

// Upload is a file that staff put in.
type Upload struct {
	ID       int64
	Name     string // of the file, as corpus.FileName makes it
	Sum      string // SHA-256 of its bytes, in hexadecimal
	Size     int64
	By       int64
	Display  string // of By
	Agency   string // whose it is
	Account  string
	Kind     corpus.Kind
	Region   string
	Backlog  bool
	State    UploadState
	Tries    int
	At       time.Time
	Finished time.Time // zero: not yet
	Drafts   []UploadDraft
	Problems []Problem
}

// UploadDraft is what a record of a file has become.
type UploadDraft struct {
	Document string
	Revision int // 0: nothing was stored, it is known already
	Title    string
	Like     *Likeness
	Read     Recognised
}

// Recognised is what was read of a file, in short: the whole is in the draft.
type Recognised struct {
	Number, Agency string      `json:",omitempty"`
	Effective      corpus.Date `json:",omitempty"`
	Passages       int         `json:",omitempty"` // that an answer can cite
	Relations      int         `json:",omitempty"` // to other documents, as the text states them
	Warnings       int         `json:",omitempty"` // what a person should look at
}

// RecognisedIn tells it of a content.
func RecognisedIn(c corpus.Content) Recognised {
	r := Recognised{
		Number: c.Document.Number, Agency: c.Document.Agency, Effective: c.Document.Effective,
		Relations: len(c.Document.Statements), Warnings: len(c.Warnings),
	}
	for _, p := range c.Passages {
		if p.Role == corpus.BodyRole {
			r.Passages++
		}
	}
	if c.Hold != "" {
		r.Warnings++
	}
	return r
}

// Uploads keeps files until they are read, also over a crash.
type Uploads interface {
	// AddUpload stores a file in the queue.
	AddUpload(ctx context.Context, u Upload, data []byte, by Actor) (Upload, error)
	// Upload returns one.
	Upload(ctx context.Context, id int64) (Upload, error)
	// ListUploads returns those of an agency ("" is all), the newest first.
	ListUploads(ctx context.Context, agency string, skip, limit int) ([]Upload, error)
	// WaitingUploads returns those of an agency that are not read yet, in the
	// order in which they will be, and how many there are in all.
	WaitingUploads(ctx context.Context, agency string, skip, limit int) ([]Upload, int, error)
	// UploadedSince counts the files that a person has put in since an instant,
	// and their bytes.
	UploadedSince(ctx context.Context, person int64, since time.Time) (files int, size int64, err error)
	// TakeUpload marks the oldest queued one as being read, counts the try and
	// returns it with its bytes. corpus.ErrNotFound where none waits.
	TakeUpload(ctx context.Context) (Upload, []byte, error)
	// RequeueUploads puts back what was being read when the program ended.
	RequeueUploads(ctx context.Context) (int, error)
	// StoreDrafts stores drafts that came of an upload, a document each, and
	// how far the upload is (State, Problems), all or nothing. They are added to
	// Drafts. A draft whose ID is taken gets another one; one that is known
	// already (Like.Same) is not stored.
	StoreDrafts(ctx context.Context, u Upload, drafts []NewWork, by Actor) (Upload, error)
	// Alike returns the known document that a content seems to be, as staff of
	// an agency may see it; nil where there is none.
	Alike(ctx context.Context, agency string, c corpus.Content) (*Likeness, error)
	// MergeWork makes a draft the next revision of another document, drops the
	// draft and returns the revision's number. ErrStale where either is no longer
	// as it was seen.
	MergeWork(ctx context.Context, draft, target Work, by Actor) (int, error)
	// SeparateWork forgets a draft's likeness.
	SeparateWork(ctx context.Context, id string, revision, version int, by Actor) error
}

// The bounds of what is put in.
const (
	maxUpload = 64 << 20 // bytes of a file: as extract.MaxBinary
	maxTries  = 3        // readings of a file before it is given up
	maxDrafts = 5000     // of one file
)

// quotas bound what one person puts in: far more than anybody's work needs, so
// that a script run wild, or a stolen session, doesn't fill the disk that
// citizens' answers need as well. Whole archives come in by import.
var quotas = []struct {
	within time.Duration
	files  int
	size   int64 // bytes
	words  string
}{
	{time.Hour, 2000, 2 << 30, "一小时"},
	{24 * time.Hour, 5000, 5 << 30, "一天"},
}

// within refuses who has put in too much.
func (d *Desk) within(ctx context.Context, by Actor, more int64) error {
	for _, q := range quotas {
		files, size, err := d.Uploads.UploadedSince(ctx, by.ID, d.Now().Add(-q.within))
		if err != nil {
			return err
		}
		if files >= q.files || size+more > q.size {
			return NotReady{fmt.Sprintf("每人%s最多上传%d个文件、共%dGB，已经到了。请过一会儿再传；整批的存量文件，可以请维护人员在服务器上导入", q.words, q.files, q.size>>30)}
		}
	}
	return nil
}

// Put puts a file into the queue: it is not lost from then on. The error is a
// Denied or NotReady where it can't be taken.
func (d *Desk) Put(ctx context.Context, by Actor, u Upload, data []byte) (Upload, error) {
	switch {
	case d.inside(by) != nil || !by.Is(Editor):
		return u, Denied("只有编辑可以上传文件")
	case len(data) == 0:
		return u, NotReady{"文件是空的"}
	case len(data) > maxUpload:
		return u, NotReady{fmt.Sprintf("文件超过%dMB的上限，请拆成几份", maxUpload>>20)}
	case u.Kind != "" && !u.Kind.Valid():
		return u, NotReady{"文件类型不对"}
	}
	if err := d.within(ctx, by, int64(len(data))); err != nil {
		return u, err
	}
	if u.Name = corpus.FileName(u.Name); u.Name == "" {
		u.Name = "未命名"
	}
	if by.Agency != "" {
		u.Agency = by.Agency
	}
	u.By, u.Display, u.State = by.ID, by.Display, UploadQueued
	u, err := d.Uploads.AddUpload(ctx, u, data, by)
	if err == nil && d.Queued != nil {
		d.Queued()
	}
	return u, err
}

// Uploaded returns what the person's agency has put in, the newest first.
func (d *Desk) Uploaded(ctx context.Context, by Actor, skip, limit int) ([]Upload, error) {
	if err := d.inside(by); err != nil {
		return nil, err
	}
	return d.Uploads.ListUploads(ctx, by.Agency, max(0, skip), min(max(0, limit), Page))
}

// ToRead returns what of that is still to be read, in the order in which it
// will be, and how much there is.
func (d *Desk) ToRead(ctx context.Context, by Actor, skip, limit int) ([]Upload, int, error) {
	if err := d.inside(by); err != nil {
		return nil, 0, err
	}
	return d.Uploads.WaitingUploads(ctx, by.Agency, max(0, skip), min(max(0, limit), Page))
}

// UploadOf returns one upload.
func (d *Desk) UploadOf(ctx context.Context, by Actor, id int64) (Upload, error) {
	u, err := d.Uploads.Upload(ctx, id)
	if err == nil && (d.inside(by) != nil || by.Agency != "" && u.Agency != by.Agency) {
		err = corpus.ErrNotFound
	}
	return u, err
}

// ReadNext reads the oldest file of the queue and stores the drafts that come
// of it. more is false where none waits. What fails is in the upload; the
// error is a store's, or that of ctx, and then the file waits again.
func (d *Desk) ReadNext(ctx context.Context) (more bool, err error) {
	u, data, err := d.Uploads.TakeUpload(ctx)
	if errors.Is(err, corpus.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	by, err := d.uploader(ctx, u)
	if err != nil {
		return true, err
	}
	if u.Tries > maxTries {
		return true, d.fail(ctx, u, by, fmt.Sprintf("读取这个文件时程序中断了%d次，不再读取；请换一种格式再上传", maxTries))
	}
	r, err := d.Reader(ctx, File{Name: u.Name, Data: data, Account: u.Account, Kind: u.Kind, Region: u.Region})
	var said corpus.Refusal
	switch {
	case ctx.Err() != nil:
		return true, ctx.Err() // it waits until the next start
	case errors.As(err, &said):
		return true, d.fail(ctx, u, by, string(said))
	case err != nil:
		return true, d.again(ctx, u, by, err)
	case len(r.Contents) > maxDrafts:
		return true, d.fail(ctx, u, by, fmt.Sprintf("一个文件里最多%d条，这里有%d条；请分成几个文件", maxDrafts, len(r.Contents)))
	}
	if err := d.keep(ctx, u, by, r); err != nil && ctx.Err() == nil {
		return true, d.again(ctx, u, by, err)
	}
	return true, ctx.Err()
}

// batch is how many drafts are stored at a time, so that citizens' answers,
// which are written down as well, don't wait.
const batch = 100

// keep stores what a file holds, but for what was stored before the program
// was ended: the same file is read in the same way.
func (d *Desk) keep(ctx context.Context, u Upload, by Actor, r Reading) error {
	u.Problems = r.Problems
	rest := r.Contents[min(len(u.Drafts), len(r.Contents)):]
	for len(rest) > batch {
		part, err := d.drafts(ctx, u, rest[:batch])
		if err == nil {
			u, err = d.Uploads.StoreDrafts(ctx, u, part, by)
		}
		if err != nil {
			return err
		}
		rest = rest[batch:]
	}
	part, err := d.drafts(ctx, u, rest)
	if err != nil {
		return err
	}
	u.State = UploadDone
	if len(r.Contents) == 0 {
		u.State = UploadFailed
	}
	_, err = d.Uploads.StoreDrafts(ctx, u, part, by)
	return err
}

func (d *Desk) uploader(ctx context.Context, u Upload) (Actor, error) {
	s, err := d.People.Person(ctx, u.By)
	if errors.Is(err, corpus.ErrNotFound) {
		return Program("queue"), nil
	}
	return Actor{Staff: s, From: "queue"}, err
}

// again puts a file back into the queue after an error.
func (d *Desk) again(ctx context.Context, u Upload, by Actor, cause error) error {
	u.State = UploadQueued
	_, err := d.Uploads.StoreDrafts(ctx, u, nil, by)
	return errors.Join(cause, err)
}

func (d *Desk) fail(ctx context.Context, u Upload, by Actor, why string) error {
	u.State, u.Problems = UploadFailed, []Problem{{Message: why, Skipped: true}}
	_, err := d.Uploads.StoreDrafts(ctx, u, nil, by)
	return err
}

// drafts says what is to be stored of what a file holds: what is known already
// is not, what may be a new version says so.
func (d *Desk) drafts(ctx context.Context, u Upload, all []corpus.Content) ([]NewWork, error) {
	out := make([]NewWork, 0, len(all))
	for _, c := range all {
		like, err := d.Uploads.Alike(ctx, u.Agency, c)
		if err != nil {
			return nil, err
		}
		out = append(out, NewWork{Content: c, Owner: u.Agency, Backlog: u.Backlog, Like: like})
	}
	return out, nil
}

// Merge makes the draft of a new document the next revision of the known one
// that it was taken for, and returns the number of that. The draft's own
// document goes.
func (d *Desk) Merge(ctx context.Context, by Actor, id string, version int) (known string, revision int, err error) {
	w, err := d.editable(ctx, by, id, 0)
	if err != nil {
		return "", 0, err
	}
	switch {
	case w.Like == nil:
		return "", 0, NotReady{"没有认出相同的文件"}
	case w.Version != version:
		return "", 0, &Conflict{Theirs: w}
	case w.Revision.Status != corpus.Draft || w.Revision.Number != 1:
		return "", 0, Denied("只有新上传的草稿可以作为已有文件的新版本")
	}
	target, err := d.editable(ctx, by, w.Like.Document, 0)
	if err != nil {
		return "", 0, err
	}
	switch target.Revision.Status {
	case corpus.Published, corpus.Withdrawn, corpus.Dropped:
	default:
		return "", 0, Denied("那份文件已有一版" + statusWords[target.Revision.Status] + "，请先处理那一版")
	}
	n, err := d.Uploads.MergeWork(ctx, w, target, by)
	return target.Document.ID, n, d.conflict(ctx, by, err, id, 0)
}

// Separate says that a draft is a document of its own after all.
func (d *Desk) Separate(ctx context.Context, by Actor, id string, version int) error {
	w, err := d.editable(ctx, by, id, 0)
	if err != nil {
		return err
	}
	err = d.Uploads.SeparateWork(ctx, id, w.Revision.Number, version, by)
	return d.conflict(ctx, by, err, id, 0)
}
