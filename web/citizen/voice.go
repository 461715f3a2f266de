package citizen

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// ErrCrowd says that too many press at once.
var ErrCrowd = errors.New("citizen: too many at once")

// voiceView asks whether a page was useful.
type voiceView struct{ Action, Said string }

// said is what somebody reads who has pressed.
var said = map[string]string{
	"useful":  "谢谢，已记下。",
	"useless": "谢谢，已记下，管这份文件的人会看到。想问的可以在“提问”里直接问。",
	"later":   "刚才按的人太多，没有记下，请过一会儿再按。",
}

const (
	voiceCookie = "policybot_voice"
	voiceLife   = 24 * 3600 // seconds: one of each person and day counts
)

// Verdict takes 有用 or 没用 from a document's page (form field useful: yes or
// no) and leads back there. The error is corpus.ErrNotFound where the site shows
// no such document, ErrForm, or a fault of the store.
func (s *Site) Verdict(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("%w: %w", ErrForm, err)
	}
	d, _, err := s.live(r.Context(), r.PathValue("document"))
	if err != nil {
		return err
	}
	useful := r.PostForm.Get("useful")
	if s.Judge == nil || useful != "yes" && useful != "no" {
		return ErrForm
	}
	word := "useful"
	if useful == "no" {
		word = "useless"
	}
	err = s.Judge(r.Context(), s.voter(w, r), d.ID, useful == "yes")
	if errors.Is(err, ErrCrowd) {
		word, err = "later", nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, s.Pages.At(path(d.ID, "")+"?said="+word+"#page-voice"), http.StatusSeeOther)
	return nil
}

// voter is who presses, for a day: a random name that says nothing.
func (s *Site) voter(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(voiceCookie); err == nil && wellFormed.MatchString(c.Value) {
		return c.Value
	}
	name := rand.Text()
	http.SetCookie(w, &http.Cookie{
		Name: voiceCookie, Value: name, Path: s.Pages.At("/"), MaxAge: voiceLife,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
	return name
}

// releaseView is a line of what was corrected when.
type releaseView struct{ Day, What string }

var fieldNames = map[string]string{
	"title": "标题", "number": "文号", "agency": "发文机关", "written": "成文日期", "published": "发布日期", "effective": "施行日期",
	"expires": "有效期", "region": "适用地区", "level": "效力级别", "topics": "专题", "question": "问法",
}

// releases says what was published and corrected when; nothing where nothing
// was corrected. A text that was corrected is not shown again: it was wrong, or
// held what must not be shown. What was in force before is another document, and
// stands among the editions.
func (s *Site) releases(ctx context.Context, id string) ([]releaseView, error) {
	if s.Releases == nil {
		return nil, nil
	}
	all, err := s.Releases.Releases(ctx, id)
	if err != nil || len(all) < 2 {
		return nil, err
	}
	views := make([]releaseView, len(all))
	for i, r := range all {
		views[i] = releaseView{corpus.DayOf(r.At).Chinese(), released(r)}
	}
	return views, nil
}

// released says what kind of change a revision was.
func released(r corpus.Release) string {
	if r.First {
		return "公开"
	}
	var names []string
	for _, f := range r.Fields {
		names = append(names, fieldNames[f])
	}
	switch {
	case r.Text && len(names) > 0:
		return "更正正文和" + strings.Join(names, "、")
	case r.Text:
		return "更正正文"
	case len(names) > 0:
		return "更正" + strings.Join(names, "、")
	}
	return "重新公开，内容没有变"
}
