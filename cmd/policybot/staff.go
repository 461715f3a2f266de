package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/console"
	"github.com/policybot/policybot/web/page"
)

// staffPerson is a person as the commands tell of them.
type staffPerson struct {
	Name     string      `json:"name"`
	Display  string      `json:"display"`
	Roles    []desk.Role `json:"roles"`
	Agency   string      `json:"agency"`
	Disabled bool        `json:"disabled"`
	Password bool        `json:"has_password"`
	Second   bool        `json:"has_second_factor"`
}

// staffLink is a one-time link to set a password.
type staffLink struct {
	Person  staffPerson `json:"person"`
	Address string      `json:"address"`
	Until   time.Time   `json:"until"`
}

type staffRequest struct {
	Person staffPerson `json:"person"`
	By     string      `json:"by"` // the user of the operating system
}

var (
	opStaffAdd   = operation[staffRequest, staffLink]{"/staff/add", (*host).addStaff}
	opStaffList  = operation[struct{}, []staffPerson]{"/staff/list", func(h *host, ctx context.Context, _ struct{}) ([]staffPerson, error) { return h.listStaff(ctx) }}
	opStaffReset = operation[staffRequest, staffLink]{"/staff/reset", (*host).resetStaff}
	opStaffAllow = operation[staffRequest, staffPerson]{"/staff/disable", (*host).allowStaff}
)

// consoleSite is the console of this process: that which is served, or one for
// making links alone.
func (h *host) consoleSite() (*console.Site, error) {
	h.opening.Lock()
	defer h.opening.Unlock()
	if h.console != nil {
		return h.console, nil
	}
	pages, err := page.New("")
	if err == nil {
		h.console, err = h.app.openConsole(pages)
	}
	return h.console, err
}

func (in staffRequest) actor() desk.Actor {
	return desk.Actor{Staff: desk.Staff{Name: in.By, Display: in.By}, From: "terminal"}
}

func (h *host) addStaff(ctx context.Context, in staffRequest) (staffLink, error) {
	p, err := h.app.store.AddPerson(ctx, desk.Staff{
		Name: in.Person.Name, Display: in.Person.Display, Roles: in.Person.Roles, Agency: in.Person.Agency,
	}, in.actor())
	if errors.Is(err, desk.ErrTaken) {
		return staffLink{}, fmt.Errorf("somebody signs in as %q already: see 'policybot staff list'", in.Person.Name)
	}
	if err != nil {
		return staffLink{}, err
	}
	return h.linkFor(ctx, p)
}

func (h *host) linkFor(ctx context.Context, p desk.Staff) (staffLink, error) {
	site, err := h.consoleSite()
	if err != nil {
		return staffLink{}, err
	}
	out := staffLink{Person: personOf(p)}
	out.Address, out.Until, err = site.Invite(ctx, p.ID)
	return out, err
}

func personOf(p desk.Staff) staffPerson {
	return staffPerson{Name: p.Name, Display: p.Display, Roles: p.Roles, Agency: p.Agency, Disabled: p.Disabled}
}

func (h *host) listStaff(ctx context.Context) ([]staffPerson, error) {
	all, err := h.app.store.Everybody(ctx)
	out := make([]staffPerson, len(all))
	for i, p := range all {
		out[i] = personOf(p)
		if err == nil {
			out[i].Password, out[i].Second, err = h.app.door.HasPassword(ctx, p.ID)
		}
	}
	return out, err
}

// staffNamed finds who is meant.
func (h *host) staffNamed(ctx context.Context, name string) (desk.Staff, error) {
	p, err := h.app.store.PersonNamed(ctx, name)
	if errors.Is(err, corpus.ErrNotFound) {
		return p, fmt.Errorf("nobody signs in as %.40q: see 'policybot staff list'", name)
	}
	return p, err
}

func (h *host) resetStaff(ctx context.Context, in staffRequest) (staffLink, error) {
	p, err := h.staffNamed(ctx, in.Person.Name)
	if err != nil {
		return staffLink{}, err
	}
	if p.Disabled {
		return staffLink{}, fmt.Errorf("%s is disabled: 'policybot staff enable %s' first", p.Name, p.Name)
	}
	site, err := h.consoleSite()
	if err == nil {
		err = site.Reset(ctx, p, in.actor())
	}
	if err != nil {
		return staffLink{}, err
	}
	return h.linkFor(ctx, p)
}

func (h *host) allowStaff(ctx context.Context, in staffRequest) (staffPerson, error) {
	p, err := h.staffNamed(ctx, in.Person.Name)
	if err != nil {
		return staffPerson{}, err
	}
	site, err := h.consoleSite()
	if err != nil {
		return staffPerson{}, err
	}
	p.Disabled = in.Person.Disabled
	err = site.Disable(ctx, p, in.actor())
	if errors.Is(err, desk.ErrLastAdmin) {
		err = fmt.Errorf("without %s there is no administrator: add one first (policybot staff add --roles 管理 …)", p.Name)
	}
	return personOf(p), err
}

func newStaff() *cobra.Command {
	c := &cobra.Command{
		Use: "staff", Short: "Keep the people who work in the staff console",
		Long: `Keep the people who work in the staff console. Nobody's password is ever typed
here: add and reset print a link, to be used once, by which the person sets it.

Roles: 编辑 (editor) uploads and edits, 审核 (reviewer) reviews, publishes and
withdraws, 维护 (maintainer) keeps lexicon and golden questions, 管理 (admin)
keeps people, 审计 (auditor) reads everything and changes nothing.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newStaffAdd(), newStaffList(), newStaffReset(), newStaffAllow("disable"), newStaffAllow("enable"))
	return c
}

// staffCommand makes a command about one person.
func staffCommand(c *cobra.Command, in *staffRequest, run func(context.Context, owner, io.Writer) error) *cobra.Command {
	s, envErr := fromEnvironment()
	c.RunE = func(c *cobra.Command, args []string) error {
		if envErr != nil {
			return envErr
		}
		if _, err := s.consoleBase(); err != nil {
			return err
		}
		in.By = systemUser()
		if len(args) > 0 {
			in.Person.Name = args[0]
		}
		return withOwner(c, s, func(o owner) error { return run(c.Context(), o, c.OutOrStdout()) })
	}
	s.dataFlag(c.Flags())
	s.configFlag(c.Flags())
	s.consoleFlags(c.Flags())
	return c
}

func newStaffAdd() *cobra.Command {
	var in staffRequest
	var roles []string
	c := staffCommand(&cobra.Command{
		Use: "add NAME", Short: "Add a person and print the link to set a password", Args: cobra.ExactArgs(1),
		Long: `Add a person who signs in as NAME (a-z, 0-9 and . _ -; it never changes), and
print a link, good for three days and once, by which they set their password.`,
		Example: `  policybot staff add wangmin --display 王敏 --roles 编辑
  policybot staff add lilei --display 李雷 --roles 编辑,审核 --agency 青岚市民政局`,
	}, &in, func(ctx context.Context, o owner, out io.Writer) (err error) {
		if in.Person.Roles, err = rolesNamed(roles); err != nil {
			return err
		}
		p := desk.Staff{Name: in.Person.Name, Display: in.Person.Display, Roles: in.Person.Roles, Agency: in.Person.Agency}
		if fault := p.Fault(); fault != "" {
			return usageError{errors.New(fault)}
		}
		done, err := opStaffAdd.ask(ctx, o, in)
		if err == nil {
			err = printLink(out, "added", done)
		}
		return err
	})
	f := c.Flags()
	f.StringVar(&in.Person.Display, "display", "", "`name` as colleagues know the person: 王敏")
	f.StringSliceVar(&roles, "roles", nil, "`roles` with commas between: 编辑 审核 维护 管理 审计, or editor reviewer maintainer admin auditor")
	f.StringVar(&in.Person.Agency, "agency", "", "`agency` whose documents alone the person sees, as documents name it; default all")
	return c
}

var roleWords = map[desk.Role]string{desk.Editor: "编辑", desk.Reviewer: "审核", desk.Maintainer: "维护", desk.Admin: "管理", desk.Auditor: "审计"}

// rolesNamed reads roles by their Chinese or English names.
func rolesNamed(words []string) ([]desk.Role, error) {
	var roles []desk.Role
	for _, w := range words {
		for one := range strings.FieldsFuncSeq(w, func(r rune) bool { return strings.ContainsRune(" ,，、", r) }) {
			r := desk.Role(one)
			for role, word := range roleWords {
				if word == one {
					r = role
				}
			}
			if !slices.Contains(desk.Roles(), r) {
				return nil, usageError{fmt.Errorf("--roles: %.20q is none of 编辑 审核 维护 管理 审计 (editor reviewer maintainer admin auditor)", one)}
			}
			if !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
	}
	if len(roles) == 0 {
		return nil, usageError{errors.New("--roles is missing: 编辑, 审核, 维护, 管理 or 审计")}
	}
	return roles, nil
}

func printLink(out io.Writer, done string, l staffLink) error {
	_, err := fmt.Fprintf(out, `%s: %s (%s)
Hand this link to the person. It works once, until %s:

  %s
`, done, l.Person.Name, oneLine(l.Person.Display), clock(l.Until), l.Address)
	return err
}

func newStaffReset() *cobra.Command {
	var in staffRequest
	return staffCommand(&cobra.Command{
		Use: "reset NAME", Short: "Void a person's password and print a link to set another", Args: cobra.ExactArgs(1),
		Long: `Void somebody's password and second factor, sign them out everywhere, and print
a link, good for three days and once, by which they set a new password.`,
	}, &in, func(ctx context.Context, o owner, out io.Writer) error {
		done, err := opStaffReset.ask(ctx, o, in)
		if err == nil {
			err = printLink(out, "reset", done)
		}
		return err
	})
}

func newStaffAllow(verb string) *cobra.Command {
	in := staffRequest{Person: staffPerson{Disabled: verb == "disable"}}
	short := "Let a person sign in again"
	if in.Person.Disabled {
		short = "Keep a person out, and sign them out everywhere"
	}
	return staffCommand(&cobra.Command{
		Use: verb + " NAME", Short: short, Args: cobra.ExactArgs(1),
		Long: short + ". What they did stays in the history.",
	}, &in, func(ctx context.Context, o owner, out io.Writer) error {
		p, err := opStaffAllow.ask(ctx, o, in)
		if err == nil {
			_, err = fmt.Fprintf(out, "%sd: %s (%s)\n", verb, p.Name, oneLine(p.Display))
		}
		return err
	})
}

func newStaffList() *cobra.Command {
	var in staffRequest
	asJSON := false
	c := staffCommand(&cobra.Command{
		Use: "list", Short: "List the people who work in the console", Args: cobra.NoArgs,
	}, &in, func(ctx context.Context, o owner, out io.Writer) error {
		all, err := opStaffList.ask(ctx, o, struct{}{})
		if err != nil {
			return err
		}
		return printStaff(out, all, asJSON)
	})
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON lines")
	return c
}

func printStaff(out io.Writer, all []staffPerson, asJSON bool) error {
	if asJSON {
		enc := jsonLines(out)
		for _, p := range all {
			if err := enc.Encode(p); err != nil {
				return err
			}
		}
		return nil
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "nobody works in the console yet: 'policybot serve' prints a link for the first administrator")
		return err
	}
	t := newTable(out, "name", "display", "roles", "agency", "sign-in")
	for _, p := range all {
		var words []string
		for _, r := range desk.Roles() {
			if slices.Contains(p.Roles, r) {
				words = append(words, roleWords[r])
			}
		}
		state := "yes"
		switch {
		case p.Disabled:
			state = "disabled"
		case !p.Password:
			state = "no password yet"
		case p.Second:
			state = "yes, with a second factor"
		}
		agency := p.Agency
		if agency == "" {
			agency = "all"
		}
		t.row(p.Name, p.Display, strings.Join(words, "、"), agency, state)
	}
	return t.flush()
}
