package console

import (
	"context"
	"net/url"
	"strconv"

	"github.com/policybot/policybot/corpus/desk"
)

// stopRow is a stop as the page shows it.
type stopRow struct {
	desk.Stop
	What string
	Mine bool // the person may lift it
}

// everyTopic is what the form says for everything: an empty value is nothing
// chosen, so that nobody stops a whole account by a slip.
const everyTopic, everyAccount = "*", "*"

// listStops fills in what is stopped, and what may be.
func (s *Site) listStops(v *Visit, view *pinsView) error {
	ctx, by := v.R.Context(), v.Actor()
	all, err := s.Desk.Stopped(ctx, by)
	if err != nil {
		return err
	}
	for _, one := range all {
		row := stopRow{Stop: one, What: s.scope(one), Mine: s.Desk.MayLift(by, one)}
		if one.Stands() {
			view.Stops = append(view.Stops, row)
		} else if len(view.Lifted) < shownEnded {
			view.Lifted = append(view.Lifted, row)
		}
	}
	if !view.Review {
		return nil
	}
	accounts := s.Desk.AccountsOf(by)
	for _, a := range accounts {
		view.Accounts = append(view.Accounts, Choice{Value: a.Name, Text: a.Label()})
	}
	if v.Me.Agency == "" && len(accounts) != 1 {
		view.Accounts = append(view.Accounts, Choice{Value: everyAccount, Text: "全部账号"})
	}
	topics, err := s.Desk.Topics(ctx, by)
	for _, t := range topics {
		view.Topics = append(view.Topics, Choice{Value: t, Text: t})
	}
	return err
}

// scope says what is held back.
func (s *Site) scope(one desk.Stop) string {
	who, what := "全部账号", "所有问题"
	if one.Account != "" {
		who = s.accountLabel(one.Account)
	}
	if one.Topic != "" {
		what = "“" + one.Topic + "”"
	}
	return who + " · " + what
}

func (s *Site) stopAnswers(v *Visit) error {
	return s.pinsStep(v, "已暂停，一秒内生效。市民会得到一句说明和热线电话。", func(ctx context.Context, by desk.Actor, form url.Values) error {
		one := desk.Stop{Account: form.Get("account"), Topic: form.Get("topic"), Reason: form.Get("reason")}
		if one.Account == "" || one.Topic == "" {
			return desk.NotReady{"请选要暂停的账号和主题"}
		}
		if one.Account == everyAccount {
			one.Account = ""
		}
		if one.Topic == everyTopic {
			one.Topic = ""
		}
		return s.Desk.Stop(ctx, by, one)
	})
}

func (s *Site) resumeAnswers(v *Visit) error {
	return s.pinsStep(v, "已恢复，一秒内生效。", func(ctx context.Context, by desk.Actor, form url.Values) error {
		id, err := strconv.ParseInt(form.Get("id"), 10, 64)
		if err != nil {
			return errForm
		}
		return s.Desk.Lift(ctx, by, id, form.Get("reason"))
	})
}
