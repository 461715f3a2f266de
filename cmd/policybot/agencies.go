package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract"
)

type agenciesFlags struct {
	settings
	account         string
	replace, asJSON bool
}

func newAgencies() *cobra.Command {
	c := &cobra.Command{
		Use: "agencies", Short: "Keep the directory of agencies: who to ask, where, and when they are open",
		Long: `The directory says which agency owns which matter, with address, opening times,
phone and website. Every refusal names agency and phone from it, and questions
such as 医保局星期六开门不 are answered from it. The policybot that is running on
the same data folder uses a change at once.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newAgenciesImport(), newAgenciesList(), newAgenciesCheck(), newAgenciesRemove())
	return c
}

// agenciesCommand makes a command that asks the data folder's owner.
func agenciesCommand(c *cobra.Command, flags func(*agenciesFlags), run func(*agenciesFlags, *cobra.Command, owner, []string) error) *cobra.Command {
	s, envErr := fromEnvironment()
	f := &agenciesFlags{settings: s}
	c.RunE = func(c *cobra.Command, args []string) error {
		if envErr != nil {
			return envErr
		}
		quiet := slog.New(slog.NewTextHandler(c.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
		o, err := connect(c.Context(), f.settings, quiet)
		if err != nil {
			return err
		}
		return errors.Join(run(f, c, o, args), o.Close())
	}
	f.dataFlag(c.Flags())
	flags(f)
	return c
}

func newAgenciesImport() *cobra.Command {
	c := &cobra.Command{
		Use: "import FILE…", Short: "Put agencies from CSV or JSON lines into the directory", Args: cobra.MinimumNArgs(1),
		Long: `Read agencies from CSV, as Excel or WPS saves it (UTF-8 or GB18030), or from JSON
lines, and put them into the directory. The first row names the columns, in
Chinese or English; only 名称 (name) is needed:

  编号 id       keeps the entry the same when it is imported again; default from the name
  名称 name     青岚市民政局
  别名 aliases  民政局、市民政局: what citizens call it
  区域 region   青岚市
  职责 matters  敬老卡、低保、婚姻登记: what it is asked about; each belongs to one agency
  地址 address
  办公时间 hours 周一至周五9:00-12:00，13:30-17:00；周六9:00-12:00，法定节假日除外
                (or a column for each day: 周一 … 周日, and 时间说明 note)
  电话 phone    0599-1234567; several with 、 between
  网站 website  https://…
  核对日期 checked  2026-10-08: when somebody last made sure of it
  账号 account  the account that alone sees the entry; default all

An entry takes the place of the one with its ID. --replace takes everything
else out that the accounts of the file have (without accounts: what is shared).
Anything wrong is named with file and line, and then nothing at all is changed.`,
		Example: `  policybot agencies import agencies.csv
  policybot agencies import --replace --account minzheng minzheng.csv`,
	}
	return agenciesCommand(c, func(f *agenciesFlags) {
		c.Flags().StringVar(&f.account, "account", "", "`account` that alone sees the agencies; default all")
		c.Flags().BoolVar(&f.replace, "replace", false, "take out what the files do not have")
	}, importAgencies)
}

func importAgencies(f *agenciesFlags, c *cobra.Command, o owner, files []string) error {
	records, problems, err := f.read(files)
	if err != nil {
		return err
	}
	if len(problems) == 0 {
		in := agenciesIn{Replace: f.replace}
		for _, r := range records {
			in.Agencies = append(in.Agencies, r.Agency)
		}
		noteUnknown(c.Context(), o, f.account, c.ErrOrStderr())
		out, err := opPutAgencies.ask(c.Context(), o, in)
		if err != nil {
			return err
		}
		if len(out.Faults) == 0 {
			ch := out.Change
			fmt.Fprintf(c.OutOrStdout(), "%d agencies added, %d changed, %d unchanged, %d removed; in use now\n", ch.Added, ch.Changed, ch.Same, ch.Removed)
			return nil
		}
		for _, fault := range out.Faults {
			r := records[min(max(0, fault.Index), len(records)-1)]
			problems = append(problems, extract.Problem{File: r.File, Line: r.Line, Message: fault.Message})
		}
	}
	for _, p := range problems {
		fmt.Fprintln(c.ErrOrStderr(), p)
	}
	fmt.Fprintln(c.ErrOrStderr(), "nothing was imported")
	return exitCode(1)
}

// read reads the files; none of them is too large to be read whole.
func (f *agenciesFlags) read(files []string) (records []extract.AgencyRecord, problems []extract.Problem, err error) {
	for _, name := range files {
		data, err := readBounded(name, extract.MaxAgencyFile)
		if err != nil {
			return nil, nil, err
		}
		file := extract.AgencyFile{Name: name, Account: f.account, Today: corpus.DayOf(time.Now())}
		found, wrong := extract.Agencies(file, data)
		records, problems = append(records, found...), append(problems, wrong...)
	}
	if len(records) > corpus.MaxAgencies {
		return nil, nil, fmt.Errorf("the files have %d agencies: at most %d", len(records), corpus.MaxAgencies)
	}
	return records, problems, nil
}

// readBounded reads a file, and one byte more than most where it has more.
func readBounded(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most+1))
}

func newAgenciesList() *cobra.Command {
	c := &cobra.Command{
		Use: "list", Short: "List the directory", Args: cobra.NoArgs,
		Long: `List the agencies by region and name: everybody's, or with --account those that
the account's citizens are told of. --json writes lines that import reads.`,
	}
	return agenciesCommand(c, func(f *agenciesFlags) {
		c.Flags().StringVar(&f.account, "account", "", "only what this `account` sees; default everything")
		c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON lines")
	}, func(f *agenciesFlags, c *cobra.Command, o owner, _ []string) error {
		list, err := opListAgencies.ask(c.Context(), o, directoryOf{Account: f.account, All: !c.Flags().Changed("account")})
		if err != nil {
			return err
		}
		for _, a := range list {
			if err := printAgency(c.OutOrStdout(), a, f.asJSON); err != nil {
				return err
			}
		}
		if len(list) == 0 {
			fmt.Fprintln(c.ErrOrStderr(), "the directory is empty: see 'policybot agencies import --help'")
		}
		return nil
	})
}

// agencyLine is an agency as import reads it.
type agencyLine struct {
	ID      string   `json:"id"`
	Account string   `json:"account,omitempty"`
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
	Region  string   `json:"region,omitempty"`
	Matters []string `json:"matters,omitempty"`
	Address string   `json:"address,omitempty"`
	Hours   string   `json:"hours,omitempty"`
	Note    string   `json:"note,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Website string   `json:"website,omitempty"`
	Checked string   `json:"checked,omitempty"`
}

func printAgency(out io.Writer, a corpus.Agency, asJSON bool) error {
	if asJSON {
		l := agencyLine{
			ID: a.ID, Account: a.Account, Name: a.Name, Aliases: a.Aliases, Region: a.Region, Matters: a.Matters,
			Address: a.Address, Hours: a.Hours.Chinese(), Phone: a.Phone, Website: a.Website, Checked: string(a.Checked),
		}
		if !a.Hours.Known() {
			l.Hours, l.Note = "", a.Hours.Note
		}
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(l)
	}
	name := a.Name
	if a.Sample {
		name += "（示例）"
	}
	fmt.Fprintf(out, "%s  %s\n", name, a.ID)
	for _, l := range [][2]string{
		{"账号", a.Account}, {"区域", a.Region}, {"别名", strings.Join(a.Aliases, "、")}, {"职责", strings.Join(a.Matters, "、")},
		{"地址", a.Address}, {"时间", a.Hours.Chinese()}, {"电话", a.Phone}, {"网站", a.Website}, {"核对", string(a.Checked)},
	} {
		if l[1] != "" {
			fmt.Fprintf(out, "    %s  %s\n", l[0], l[1])
		}
	}
	return nil
}

func newAgenciesCheck() *cobra.Command {
	c := &cobra.Command{
		Use: "check", Short: "Say what the directory lacks or has wrong", Args: cobra.NoArgs,
		Long: fmt.Sprintf(`List what somebody should mend: entries that were not checked for %d days, that
have no phone or no opening times, a website whose address cannot be right, a matter that
two agencies own, and agencies that published documents name and the directory
does not have. Exit status 1 where there is anything.`, corpus.StaleAfter),
	}
	return agenciesCommand(c, func(f *agenciesFlags) {
		c.Flags().StringVar(&f.account, "account", "", "check what this `account` sees; default what is shared")
		c.Flags().BoolVar(&f.asJSON, "json", false, "print JSON lines")
	}, func(f *agenciesFlags, c *cobra.Command, o owner, _ []string) error {
		return f.check(c.Context(), o, c.OutOrStdout())
	})
}

func (f *agenciesFlags) check(ctx context.Context, o owner, out io.Writer) error {
	warnings, err := opCheckAgencies.ask(ctx, o, directoryOf{Account: f.account})
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, w := range warnings {
		switch {
		case f.asJSON:
			if err := enc.Encode(w); err != nil {
				return err
			}
		case w.Agency == "":
			fmt.Fprintf(out, "%s：%s\n", w.Name, w.Message)
		default:
			fmt.Fprintf(out, "%s（%s）：%s\n", w.Name, w.Agency, w.Message)
		}
	}
	if len(warnings) > 0 {
		return exitCode(1)
	}
	if !f.asJSON {
		fmt.Fprintln(out, "单位名录没有发现问题。")
	}
	return nil
}

func newAgenciesRemove() *cobra.Command {
	c := &cobra.Command{
		Use: "remove ID…", Short: "Take agencies out of the directory", Args: cobra.MinimumNArgs(1),
		Long: `Take agencies out of the directory by ID. Where one of the IDs is not there,
nothing is removed. The invented city's agencies go with its documents.`,
	}
	return agenciesCommand(c, func(f *agenciesFlags) {
		c.Flags().StringVar(&f.account, "account", "", "`account` whose own entries they are; default shared ones")
	}, func(f *agenciesFlags, c *cobra.Command, o owner, ids []string) error {
		missing, err := opRemoveAgencies.ask(c.Context(), o, directoryOf{Account: f.account, IDs: ids})
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			return fmt.Errorf("no such agency of one's own: %s; nothing was removed", strings.Join(missing, ", "))
		}
		fmt.Fprintf(c.OutOrStdout(), "%d agencies removed\n", len(ids))
		return nil
	})
}
