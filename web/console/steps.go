package console

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
)

// target is the revision that a form is about, as the person saw it.
type target struct {
	id                string
	revision, version int
	form              url.Values
}

func (t target) path() string { return "/documents/" + url.PathEscape(t.id) }

func (v *Visit) target() (target, error) {
	form, err := v.Form()
	if err != nil {
		return target{}, err
	}
	return target{v.R.PathValue("id"), number(form.Get("revision")), number(form.Get("version")), form}, nil
}

// stepped goes back to the document once a step was taken. What is lacking is
// told on its page, beside what was typed.
func (s *Site) stepped(v *Visit, t target, err error, words string) error {
	var lacks desk.NotReady
	var denied desk.Denied
	switch {
	case err == nil:
		return v.Go(t.path(), words)
	case errors.As(err, &lacks):
	case errors.As(err, &denied):
		lacks = desk.NotReady{string(denied)}
	default:
		return err
	}
	w, err := s.Desk.Look(v.R.Context(), v.Actor(), t.id, t.revision)
	if err != nil {
		return err
	}
	view, err := s.workView(v, w)
	if err != nil {
		return err
	}
	view.Faults, view.Typed = lacks, t.form
	return v.Again("work", w.Document.Title, view)
}

// step reads the form and takes a step of it.
func (s *Site) step(v *Visit, words string, do func(context.Context, desk.Actor, target) error) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	return s.stepped(v, t, do(v.R.Context(), v.Actor(), t), words)
}

func (s *Site) submit(v *Visit) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	ctx, by := v.R.Context(), v.Actor()
	err = s.Desk.Submit(ctx, by, t.id, t.revision, t.version)
	words := ""
	if err == nil {
		w, failed := s.Desk.Look(ctx, by, t.id, t.revision)
		if failed != nil {
			return failed
		}
		words = submitted(s.Desk.LinksOf(w))
	}
	return s.stepped(v, t, err, words)
}

func (s *Site) drop(v *Visit) error {
	return s.step(v, "草稿已丢弃。需要的话可以从历史版本重新开始。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Drop(ctx, by, t.id, t.revision, t.version)
	})
}

func (s *Site) confirmText(v *Visit) error {
	return s.step(v, "已确认文字和原件一致。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Confirm(ctx, by, t.id, t.revision, t.version)
	})
}

func (s *Site) sendBack(v *Visit) error {
	return s.step(v, "已退回修改。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Return(ctx, by, t.id, t.revision, t.version, t.form.Get("reason"))
	})
}

func (s *Site) publish(v *Visit) error {
	return s.step(v, "已发布。一分钟内市民就能查到。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Publish(ctx, by, t.id, t.revision, t.version)
	})
}

func (s *Site) withdraw(v *Visit) error {
	return s.step(v, "已撤回，不再作为回答的依据。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Withdraw(ctx, by, t.id, t.revision, t.version, t.form.Get("reason"))
	})
}

func (s *Site) comment(v *Visit) error {
	return s.step(v, "意见已记下。", func(ctx context.Context, by desk.Actor, t target) error {
		_, err := s.Desk.Comment(ctx, by, t.id, desk.Comment{Revision: t.revision, Anchor: t.form.Get("anchor"), Text: t.form.Get("text")})
		return err
	})
}

// asked notes how people ask for what a passage of a draft says: a line for
// each question.
func (s *Site) asked(v *Visit) error {
	return s.step(v, "问法已记下，发布以后生效。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.NoteAsked(ctx, by, t.id, t.revision, t.version, t.form.Get("anchor"), strings.Split(unixLines(t.form.Get("text")), "\n"))
	})
}

func (s *Site) resolve(v *Visit) error {
	return s.step(v, "已标为处理完。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Resolve(ctx, by, t.id, int64(number(t.form.Get("comment"))))
	})
}

func (s *Site) decide(v *Visit) error {
	return s.step(v, "已记下您的决定。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Decide(ctx, by, t.id, t.revision, t.form.Get("edge"), t.form.Get("accept") == "yes")
	})
}

func (s *Site) revise(v *Visit) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	if _, err := s.Desk.Revise(v.R.Context(), v.Actor(), t.id); err != nil {
		return s.stepped(v, t, err, "")
	}
	return v.Go(t.path()+"/edit", "这是新的一版草稿。改好提交，审核通过以前，市民看到的还是原来那版。")
}

func (s *Site) merge(v *Visit) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	known, _, err := s.Desk.Merge(v.R.Context(), v.Actor(), t.id, t.version)
	if err != nil {
		return s.stepped(v, t, err, "")
	}
	return v.Go("/documents/"+url.PathEscape(known), "已作为这份文件的新版本。")
}

func (s *Site) separate(v *Visit) error {
	return s.step(v, "已作为单独的文件。", func(ctx context.Context, by desk.Actor, t target) error {
		return s.Desk.Separate(ctx, by, t.id, t.version)
	})
}

// approve lets a revision pass, with its interpretation or policy where that
// is chosen, to be published at once, at a time or by hand.
func (s *Site) approve(v *Visit) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	when, err := publishTime(t.form, s.Now())
	if err != nil {
		return s.stepped(v, t, err, "")
	}
	check := desk.Checklist{
		Secrecy: t.form.Get("secrecy") == "yes", Accuracy: t.form.Get("accuracy") == "yes", Links: t.form.Get("links") == "yes",
		Later: t.form.Get("later") == "yes",
	}
	ctx, by := v.R.Context(), v.Actor()
	steps := []desk.Move{{Document: t.id, Revision: t.revision, Version: t.version, Checklist: check, Publish: when}}
	for _, other := range t.form["with"] {
		m, ok := readKey(other) // as it stood when the reviewer saw the page
		if !ok {
			return errForm
		}
		m.Checklist, m.Publish = check, when
		steps = append(steps, m)
	}
	words := "审核已通过，可以发布了。"
	if !when.IsZero() {
		words = "审核已通过，将在" + clock(when) + "发布。"
	}
	err = s.Desk.Approve(ctx, by, steps...)
	if err == nil && t.form.Get("publish") == "now" {
		words = "审核已通过并发布。一分钟内市民就能查到。"
		err = s.publishAll(ctx, by, steps)
	}
	return s.stepped(v, t, err, words)
}

// publishAll publishes what was just approved.
func (s *Site) publishAll(ctx context.Context, by desk.Actor, steps []desk.Move) error {
	for _, m := range steps {
		w, err := s.Desk.Look(ctx, by, m.Document, m.Revision)
		if err != nil {
			return err
		}
		if err := s.Desk.Publish(ctx, by, m.Document, w.Revision.Number, w.Version); err != nil {
			return err
		}
	}
	return nil
}

// publishTime reads when something is to be published; zero is by hand, or at
// once.
func publishTime(form url.Values, now time.Time) (time.Time, error) {
	if form.Get("publish") != "at" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", form.Get("day")+" "+form.Get("time"), corpus.Zone)
	if err != nil {
		return at, desk.NotReady{"请填写发布的日期和时间"}
	}
	if at.Before(now) {
		return at, desk.NotReady{"发布时间已经过了"}
	}
	return at, nil
}

func (s *Site) schedule(v *Visit) error {
	t, err := v.target()
	if err != nil {
		return err
	}
	when, err := publishTime(t.form, s.Now())
	words := "改为手工发布。"
	if err == nil {
		if !when.IsZero() {
			words = "将在" + clock(when) + "发布。"
		}
		err = s.Desk.Schedule(v.R.Context(), v.Actor(), t.id, t.revision, t.version, when)
	}
	return s.stepped(v, t, err, words)
}
