package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/policybot/policybot/bot"
	"github.com/policybot/policybot/bot/wechat"
	"github.com/policybot/policybot/web/hook"
)

// checkRequest asks what reached an account's callback address.
type checkRequest struct {
	Account string        `json:"account"` // "" is the only connected one
	After   int64         `json:"after"`   // the last number that was seen; -1 asks only for the newest
	Wait    time.Duration `json:"wait"`
}

// checkResult is what came, diagnosed. It holds no message and no openid.
type checkResult struct {
	Account string    `json:"account"`
	Mode    string    `json:"mode"`
	AppID   string    `json:"appid"`
	URL     string    `json:"url"` // the address to enter in the platform's console
	Last    int64     `json:"last"`
	Found   []finding `json:"found"`
}

type finding struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	wechat.Diagnosis
}

var opCheck = operation[checkRequest, checkResult]{"/wechat/check", func(h *host, ctx context.Context, in checkRequest) (checkResult, error) {
	if h.watcher == nil {
		return checkResult{}, errNoOwner // a command has the folder: it receives no callbacks
	}
	return check(ctx, h.app.roster.Load(), h.watcher, in)
}}

// longestWait bounds how long one question over the socket waits.
const longestWait = 5 * time.Second

// check diagnoses what a watcher saw for one account.
func check(ctx context.Context, r *roster, w *hook.Watcher, in checkRequest) (checkResult, error) {
	name, channel, err := r.connected(in.Account)
	if err != nil {
		return checkResult{}, err
	}
	out := checkResult{Account: name, Mode: string(channel.Mode()), AppID: channel.AppID(), URL: r.base + callbackPath(name)}
	seen, last := w.Next(ctx, in.After, min(max(0, in.Wait), longestWait))
	out.Last = last
	for _, a := range seen {
		if d, ok := diagnose(r, name, channel, a); ok {
			out.Found = append(out.Found, finding{At: a.At, Method: a.Method, Diagnosis: d})
		}
	}
	return out, nil
}

func callbackPath(account string) string { return "/wechat/" + account }

// diagnose says what a request is to an account; ok is false where it is
// another's.
func diagnose(r *roster, name string, channel *wechat.Channel, a bot.Arrival) (wechat.Diagnosis, bool) {
	path := a.Path
	if rest, below := strings.CutPrefix(path, "/a/"); below { // the pages' own address reaches it as well
		if _, after, ok := strings.Cut(rest, "/"); ok {
			path = "/" + after
		}
	}
	if path == callbackPath(name) {
		return channel.Diagnose(a), true
	}
	d, ok := channel.Misdirected(a, callbackPath(name))
	if other, _ := r.channel(strings.TrimPrefix(path, callbackPath(""))); other != nil && !channel.Signed(a) {
		return d, false // another account's callback
	}
	return d, ok
}

// connected returns the account of a name, or the only one with keys.
func (r *roster) connected(name string) (string, *wechat.Channel, error) {
	var names []string
	for _, m := range r.accounts {
		if m.channel != nil {
			names = append(names, m.Name)
		}
	}
	switch {
	case len(names) == 0:
		return "", nil, errors.New("no account has WeChat settings: set POLICYBOT_WECHAT_TOKEN, _APPID and _AES_KEY, or give them in the configuration file")
	case name == "" && len(names) == 1:
		name = names[0]
	case name == "":
		return "", nil, fmt.Errorf("several accounts are connected: give --account with one of %s", listed(names))
	}
	channel, ok := r.channel(name)
	switch {
	case ok:
		return name, channel, nil
	case r.byName[name] != nil:
		return "", nil, fmt.Errorf("the account %s has no WeChat settings; those that have are %s", name, listed(names))
	}
	return "", nil, unknownAccount(name, names)
}

func newWeChat() *cobra.Command {
	c := &cobra.Command{
		Use: "wechat", Short: "Connect a WeChat Official Account", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newWeChatCheck())
	return c
}

type checkFlags struct {
	settings
	account string
	timeout time.Duration
	message bool
}

func newWeChatCheck() *cobra.Command {
	s, envErr := fromEnvironment()
	f := &checkFlags{settings: s}
	c := &cobra.Command{
		Use: "check", Short: "Wait for the platform to call, and say what is wrong if it does not work", Args: cobra.NoArgs,
		Long: `Wait for the platform's verification, which pressing 提交 in its console sends, or
for a message to the account, and say in plain words what keeps it from working:
address, token, mode, AES key, app ID, clock, or something in between that
changes the request; and what to do about it. It also says what of the account's
menu and automatic replies stops in server mode.

It works beside a running 'policybot serve', whose answers it leaves as they
are. Where none runs on the data folder it listens on --addr itself, with the
same settings as serve.

Exit status: 0 as soon as a verification or a message was authentic, else 1.`,
		Example: `  policybot wechat check
  policybot wechat check --account minzheng --message --timeout 10m`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			if f.timeout <= 0 {
				return usageError{errors.New("--timeout has to be more than 0")}
			}
			return f.run(c.Context(), c.OutOrStdout())
		},
	}
	all := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	f.serveFlags(all)
	all.VisitAll(func(one *pflag.Flag) {
		switch one.Name {
		case "data", "config", "addr", "base-url":
			c.Flags().AddFlag(one)
		default:
			if strings.HasPrefix(one.Name, "wechat-") {
				c.Flags().AddFlag(one)
			}
		}
	})
	c.Flags().StringVar(&f.account, "account", "", "`name` of the account; may be left out where one is connected")
	c.Flags().DurationVar(&f.timeout, "timeout", 5*time.Minute, "how long to wait")
	c.Flags().BoolVar(&f.message, "message", false, "wait for a message: a verification does not prove the AES key")
	return c
}

// run asks whoever receives the account's callbacks until something authentic
// came, or the time is up.
func (f *checkFlags) run(ctx context.Context, out io.Writer) (err error) {
	ask, end, where, err := f.door(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	first, err := ask(ctx, checkRequest{Account: f.account, After: -1})
	if err != nil {
		return err
	}
	v := &checkView{out: out, seen: map[string]bool{}}
	v.begin(first, where, f.timeout)
	until, stop := context.WithTimeout(ctx, f.timeout)
	defer stop()
	for after := first.Last; until.Err() == nil; {
		got, err := ask(until, checkRequest{Account: first.Account, After: after, Wait: 2 * time.Second})
		if err != nil {
			if until.Err() != nil {
				break
			}
			return err
		}
		after = got.Last
		for _, one := range got.Found {
			v.found(one)
			if one.Authentic() && (one.Method == "POST" || !f.message) {
				return v.works(one)
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return v.gaveUp(first, f.message)
}

// checkView tells the person at the terminal.
type checkView struct {
	out  io.Writer
	seen map[string]bool
	any  bool
}

func (v *checkView) begin(c checkResult, where string, timeout time.Duration) {
	mode := "plain (明文模式)"
	if c.Mode != string(wechat.Plain) {
		mode = "safe (安全模式; 兼容模式 works, too), app ID " + c.AppID
	}
	fmt.Fprintf(v.out, `account   %s, %s
address   %s   (服务器地址 URL in the console)
listening %s

When 服务器配置 is enabled in the console, the platform sends everything here, and
what was set up in the console's own pages stops working for this account:
  自动回复   replies to keywords, to messages, and on following
  自定义菜单 made in the console: the menu is gone from the account; make it again by
             the API (menu/create), or switch the menu's plug-in on again in the console
             where it offers that, and then don't edit it there
Disabling 服务器配置 brings them back. What a citizen gets from policybot:
`, c.Account, mode, c.URL, where)
	for _, in := range wechat.Inbounds() {
		fmt.Fprintf(v.out, "  %s: %s\n", in.Type, in.Gets)
	}
	if u, err := url.Parse(c.URL); err == nil && onlyHere(u.Hostname()) {
		fmt.Fprintf(v.out, "\nnote: the platform cannot reach %s: give the address on the internet by --base-url\n", u.Host)
	}
	fmt.Fprintf(v.out, "\nPress 提交 in the console, or send the account a message. Waiting for %s; Ctrl-C stops.\n", timeout)
}

// onlyHere reports whether a host is this machine.
func onlyHere(host string) bool {
	return host == "localhost" || strings.HasPrefix(host, "127.") || host == "::1"
}

func (v *checkView) found(f finding) {
	v.any = true
	at := f.At.Local().Format("15:04:05")
	if f.Authentic() {
		fmt.Fprintf(v.out, "%s  ok      %s\n", at, f.What)
	} else if key := string(f.Cause) + f.Words; v.seen[key] {
		fmt.Fprintf(v.out, "%s  %s: the same again\n", at, f.Cause)
		return
	} else {
		v.seen[key] = true
		fmt.Fprintf(v.out, "%s  %s: %s\n          -> %s\n", at, f.Cause, f.Words, f.Do)
	}
	for _, n := range f.Notes {
		fmt.Fprintf(v.out, "          note: %s\n", n)
	}
}

func (v *checkView) works(f finding) error {
	what := "the account is connected: a " + f.What + " was authentic"
	if f.Method == "POST" {
		what = "the account is connected: a message was authentic (" + f.What + ")"
	}
	_, err := fmt.Fprintln(v.out, "\n"+what)
	return err
}

// gaveUp is the end of the time.
func (v *checkView) gaveUp(c checkResult, message bool) error {
	switch {
	case !v.any:
		fmt.Fprintf(v.out, `
address: nothing arrived
  -> is the address in the console exactly %s ?
  -> does its name resolve, and are its ports 80 and 443 open from the internet?
  -> has it a certificate with its whole chain, for https?
  -> does the proxy pass /wechat/ on to policybot, and no WAF or list of addresses keep the platform out?
     (nginx: a client_max_body_size or client_body_buffer_size that is too small answers before us)
  -> has 提交 been pressed while this was waiting?
`, c.URL)
	case message:
		fmt.Fprintln(v.out, "\nno authentic message came in time")
	default:
		fmt.Fprintln(v.out, "\nnothing authentic came in time: see above")
	}
	return exitCode(1)
}
