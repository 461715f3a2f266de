package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/policybot/policybot/bot/wechat"
	"github.com/policybot/policybot/corpus/sample"
	"github.com/policybot/policybot/web"
	"github.com/policybot/policybot/web/citizen"
	"github.com/policybot/policybot/web/hook"
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
	if err := s.readSecrets(); err != nil {
		return err
	}
	channel, err := s.channel()
	if err != nil {
		return err
	}
	if _, err := s.base(); err != nil {
		return err
	}
	if _, err := s.retention(); err != nil {
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
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return errors.Join(fmt.Errorf("cannot listen on %s: %w", s.Addr, err), c.Close())
	}
	s.Addr = listener.Addr().String() // port 0 is any
	a, err := openApp(ctx, s, log)
	if err != nil {
		return errors.Join(err, listener.Close(), c.Close())
	}
	h := &host{app: a, claim: c, serves: true}
	v := &greeter{out: out, settings: s, base: a.account.Load().BaseURL, made: missing != nil}
	err = h.run(ctx, channel, listener, v)
	return errors.Join(err, h.Close())
}

// run serves HTTP and the socket until ctx ends, and leaves a snapshot.
func (h *host) run(ctx context.Context, channel *wechat.Channel, l net.Listener, v *greeter) error {
	handler, callbacks, err := h.handler(channel, v.base)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	if err := h.listen(); err != nil {
		return errors.Join(err, l.Close())
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return web.Serve(ctx, l, handler, h.app.log, grace) })
	g.Go(func() error {
		n, err := h.app.loadSample(ctx)
		if err != nil {
			return fmt.Errorf("starting: %w", err)
		}
		return v.say(ctx, h, n, channel != nil)
	})
	err = g.Wait()
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	last, stop := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer stop()
	return errors.Join(err, callbacks.Wait(last), h.app.flush(last))
}

// handler wires the web: callbacks, and citizens' pages, which are the
// invented city's while the sample is in service.
func (h *host) handler(channel *wechat.Channel, base string) (handler http.Handler, callbacks *hook.Hook, err error) {
	callbacks, err = hook.New(hook.Config{
		Channels: func(account string) (hook.Channel, bool) {
			return channel, channel != nil && account == defaultAccount
		},
		Answer: h.app.responder.Answer, Journal: h.app.journal, Log: h.app.log,
	})
	if err != nil {
		return nil, nil, err
	}
	own, err := h.site(callbacks, base, "", nil)
	if err != nil {
		return nil, nil, err
	}
	invented, err := h.site(callbacks, base, sample.Account, sample.Examples())
	if err != nil {
		return nil, nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h.app.account.Load().Title == sample.Account {
			invented.ServeHTTP(w, r)
			return
		}
		own.ServeHTTP(w, r)
	}), callbacks, nil
}

// site wires the web under one name.
func (h *host) site(callbacks *hook.Hook, base, name string, examples []string) (http.Handler, error) {
	pages, err := page.New("")
	if err != nil {
		return nil, err
	}
	return web.New(web.Config{
		Citizen: citizen.New(citizen.Config{
			Account: defaultAccount, Documents: h.app.store, Answer: h.app.chat, Pages: pages, Now: time.Now, BaseURL: base,
			Name: name, Examples: examples, Sample: h.app.sampleServes,
		}),
		Pages: pages, Log: h.app.log, Hooks: []web.Registrar{callbacks},
		Ready: h.app.ready, BaseURL: base,
	})
}

// greeter tells a newcomer what was done and where to look.
type greeter struct {
	out      io.Writer
	settings settings
	base     string
	made     bool // the data folder is new
}

func (v *greeter) say(ctx context.Context, h *host, samples int, account bool) error {
	st, err := h.Health(ctx)
	if err != nil {
		return err
	}
	state := "found"
	if v.made {
		state = "made"
	}
	callback := v.base + "/wechat/" + defaultAccount
	if !account {
		callback += "   (set POLICYBOT_WECHAT_TOKEN, _APPID and _AES_KEY to connect an account)"
	}
	documents := fmt.Sprintf("%d of your own", st.Own)
	if samples > 0 {
		documents += fmt.Sprintf(", %d of the sample corpus (an invented city)", samples)
	}
	_, err = fmt.Fprintf(v.out, `
policybot is ready.
  data folder  %s (%s)
  documents    %s
  index        %d units

  try it       %s/
  callback     %s
  documents    %s/documents

Press Ctrl-C to stop.
`, v.settings.Data, state, documents, st.Index.Units, v.base, callback, v.base)
	return err
}
