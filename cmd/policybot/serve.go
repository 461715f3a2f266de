package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/web"
	"github.com/policybot/policybot/web/hook"
	"github.com/policybot/policybot/web/metrics"
	"github.com/policybot/policybot/web/page"
)

// grace is how long a stop waits for callbacks in flight: longer than any
// answer takes.
const grace = 6 * time.Second

func newServe() *cobra.Command {
	s, envErr := fromEnvironment()
	c := &cobra.Command{
		Use: "serve", Short: "Serve callbacks, document pages and a page to try the bot", Args: cobra.NoArgs,
		Long: `Serve everything over one data folder, which is made where it is missing.

The first start loads the sample corpus of an invented city, so that there is
something to try; --empty leaves it out. As soon as an account is configured,
or a first document of your own is published, the sample is out of everything
that is served; --keep-sample keeps it, for trying the callback.

A WeChat Official Account needs three settings, the same as in the platform's
console (设置与开发 > 开发接口管理 > 服务器配置), and its server address is
BASE_URL/wechat/default:

  POLICYBOT_WECHAT_TOKEN      token
  POLICYBOT_WECHAT_APPID      app ID
  POLICYBOT_WECHAT_AES_KEY    EncodingAESKey (safe mode; leave out in plain mode)

Each may be given as a file instead: POLICYBOT_WECHAT_TOKEN_FILE and so on.`,
		Example: `  policybot serve
  policybot serve --addr :8080 --base-url https://policy.example.gov.cn --data /var/lib/policybot`,
		RunE: func(c *cobra.Command, _ []string) error {
			if envErr != nil {
				return envErr
			}
			return serve(c.Context(), s, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	s.serveFlags(c.Flags())
	return c
}

// serve runs until ctx ends.
func serve(ctx context.Context, s settings, out, logs io.Writer) error {
	if _, err := s.logger(logs); err != nil {
		return err
	}
	if err := errors.Join(s.bounds(), s.readSecrets(), s.readAlarms()); err != nil {
		return err
	}
	if _, err := s.roster(); err != nil {
		return err // before the folder is touched
	}
	if _, err := s.meiliServers(); err != nil {
		return err
	}
	s.outside = feeds
	if _, err := s.retention(); err != nil {
		return err
	}
	if _, err := s.consoleBase(); err != nil {
		return err
	}
	if _, err := s.proxies(); err != nil {
		return err
	}
	_, missing := os.Stat(s.Data)
	c, err := claimFolder(ctx, s.Data)
	if err != nil {
		return err
	}
	logs, file, err := s.withLogFile(logs)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	defer file.Close() // the last that is written
	log, err := s.logger(logs)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	l, err := s.listen(log)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	defer l.Close() // again, where it was served: nobody minds
	a, err := openApp(ctx, s, log)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	h := &host{app: a, claim: c, serves: true, watched: l.figures, desk: l.staff}
	v := &greeter{out: out, settings: s, made: missing != nil}
	err = h.run(ctx, l.pages, v)
	return errors.Join(err, h.Close())
}

// listeners are the addresses of one server; those that there are not are nil.
type listeners struct{ pages, figures, staff net.Listener }

// Close closes what is open.
func (l listeners) Close() {
	for _, one := range []net.Listener{l.pages, l.figures, l.staff} {
		if one != nil {
			_ = one.Close() // nobody was served yet, or all have been
		}
	}
}

// listen opens every address, and notes which port 0 became.
func (s *settings) listen(log *slog.Logger) (l listeners, err error) {
	if l.pages, err = net.Listen("tcp", s.Addr); err != nil {
		return l, fmt.Errorf("cannot listen on %s: %w", s.Addr, err)
	}
	if l.figures, err = s.listenMetrics(); err == nil {
		l.staff, err = s.listenConsole(log) // by the address that was asked for
	}
	if err != nil {
		l.Close()
		return l, err
	}
	s.Addr = l.pages.Addr().String()
	if l.figures != nil {
		s.MetricsAddr = l.figures.Addr().String()
	}
	return l, nil
}

// run serves HTTP and the socket until ctx ends, and leaves a snapshot.
func (h *host) run(ctx context.Context, l net.Listener, v *greeter) error {
	h.watcher = hook.NewWatcher(nil)
	callbacks, err := h.web()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := h.app.openVault(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	if err := h.listen(); err != nil {
		return errors.Join(err, l.Close())
	}
	site, err := h.consoleSite()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, l, h.app.watch.Guard(h.watcher.Wrap(h.sites)), h.app.log, grace) })
	if h.watched != nil {
		g.Go(func() error { return web.Serve(ctx, h.watched, h.app.watch.Own(h.sites), h.app.log, grace) })
	}
	if h.desk != nil {
		g.Go(func() error { return web.Serve(ctx, h.desk, site, h.app.log, grace) })
	}
	g.Go(func() error { return h.reloadOnSignal(ctx) })
	g.Go(func() error { return h.app.clerk.run(ctx) })
	g.Go(func() error {
		n, err := h.app.loadSample(ctx)
		if err != nil {
			return fmt.Errorf("starting: %w", err)
		}
		if e := h.app.engines; e != nil {
			e.begin() // not before: it would build what the sample is added to
		}
		return v.say(ctx, h, n)
	})
	err = g.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer stop()
	return errors.Join(err, callbacks.Wait(last), h.app.flush(last))
}

// web wires callbacks and pages. What an account is, is looked up for each
// request: a reload needs no restart.
func (h *host) web() (*hook.Hook, error) {
	callbacks, err := hook.New(hook.Config{
		Channels: func(account string) (hook.Channel, bool) {
			channel, ok := h.app.roster.Load().channel(account)
			return channel, ok
		},
		Concurrency: h.app.settings.Concurrency, Queue: h.app.settings.Queue,
		Accounts: func() int { return len(h.app.roster.Load().accounts) },
		Answer:   h.app.watch.Answering(h.app.responder.Answer), Journal: h.app.journal, Log: h.app.log,
		Observe: h.app.watch.Callback,
	})
	if err != nil {
		return nil, err
	}
	h.app.watch.hook = callbacks
	pages, err := page.New("")
	if err != nil {
		return nil, err
	}
	h.sites = &sites{host: h, callbacks: callbacks, pages: pages}
	arrange := h.sites.arrange
	h.app.arrange.Store(&arrange)
	return callbacks, arrange()
}

// greeter tells a newcomer what was done and where to look.
type greeter struct {
	out      io.Writer
	settings settings
	made     bool // the data folder is new
}

func (v *greeter) say(ctx context.Context, h *host, samples int) error {
	st, err := h.Health(ctx)
	if err != nil {
		return err
	}
	state := "found"
	if v.made {
		state = "made"
	}
	r := h.app.roster.Load()
	base := r.accounts[0].BaseURL
	documents := fmt.Sprintf("%d of your own", st.Own)
	if samples > 0 {
		documents += fmt.Sprintf(", %d of the sample corpus (an invented city)", samples)
	}
	watched := ""
	if v.settings.MetricsAddr != "" {
		watched = "\n  metrics      http://" + reachable(v.settings.MetricsAddr) + metrics.Path
	}
	staff, err := h.staffLines(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(v.out, `
policybot is ready.
  data folder  %s (%s)
  documents    %s
  index        %d units

  try it       %s/
  callback     %s
  documents    %s/documents%s%s

Press Ctrl-C to stop.
`, v.settings.Data, state, documents, st.Index.Units, base, callbackLines(r, v.settings.Config), base, watched, staff)
	return err
}

// callbackLines lists the addresses to enter in the platform's console, a line for
// each connected account.
func callbackLines(r *roster, config string) string {
	var lines []string
	for _, m := range r.accounts {
		if m.channel != nil {
			lines = append(lines, r.base+"/wechat/"+m.Name)
		}
	}
	first := r.accounts[0].Name
	switch {
	case len(lines) == 0 && first == defaultAccount:
		return r.base + "/wechat/" + first + "   (set POLICYBOT_WECHAT_TOKEN, _APPID and _AES_KEY to connect an account)"
	case len(lines) == 0:
		return r.base + "/wechat/" + first + "   (no account has its wechat keys in " + config + " yet)"
	}
	return strings.Join(lines, "\n               ")
}
