package pdf

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/layout"
)

// startTime bounds the start of a child: the first one on a machine compiles
// PDFium.
const startTime = 5 * time.Minute

const notStarted = corpus.Refusal("读取 PDF 的程序没有启动成功，未导入；请检查内存和数据目录的权限")

// child is a running child process.
type child struct {
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	late     atomic.Bool
	answered bool // the last file was answered to its end: it can take another
}

// start starts a child and waits until it is ready.
func start(ctx context.Context, cfg Config) (*child, error) {
	if len(cfg.Command) == 0 {
		return nil, corpus.Refusal("没有配置读取 PDF 的程序，未导入")
	}
	c := &child{cmd: exec.Command(cfg.Command[0], cfg.Command[1:]...)}
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, notStarted
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, notStarted
	}
	if err := c.cmd.Start(); err != nil {
		return nil, notStarted
	}
	c.in, c.out = in, bufio.NewReaderSize(out, 1<<16)
	stop := c.within(ctx, startTime)
	defer stop()
	var m message
	err = writeLine(c.in, hello{Cache: cfg.Cache})
	if err == nil {
		err = readLine(c.out, maxMessage, &m)
	}
	if err != nil || !m.Ready {
		c.end()
		return nil, notStarted
	}
	return c, nil
}

// within kills the child when the time is up or ctx is done, until stop is
// called.
func (c *child) within(ctx context.Context, limit time.Duration) (stop func()) {
	timer := time.AfterFunc(limit, func() {
		c.late.Store(true)
		c.kill()
	})
	off := context.AfterFunc(ctx, c.kill)
	return func() {
		timer.Stop()
		off()
	}
}

func (c *child) kill() {
	if p := c.cmd.Process; p != nil {
		_ = p.Kill() // it may have ended already
	}
}

// end ends the child: without input it ends by itself, but it may be busy.
func (c *child) end() {
	_ = c.in.Close()
	c.kill()
	_ = c.cmd.Wait() // killed: its status says nothing
}

// read sends a file and takes its pages.
func (c *child) read(ctx context.Context, cfg Config, data []byte, b *layout.Collector) error {
	c.answered = false
	left := cfg.FileTime
	stop := c.within(ctx, min(left, cfg.PageTime))
	began := time.Now()
	err := writeLine(c.in, request{Size: len(data), Render: cfg.Recognise != nil})
	if err == nil {
		_, err = c.in.Write(data)
	}
	for err == nil {
		var m message
		err = readLine(c.out, maxMessage, &m)
		stop()
		left -= time.Since(began)
		switch {
		case err != nil:
		case left <= 0:
			c.late.Store(true)
			err = errDied
		case m.Page != nil:
			if err := b.Add(ctx, m.Page.sheet(b.Count()+1)); err != nil {
				return err
			}
		case m.Done:
			c.answered = true
			b.Total = m.Total
			return m.Fault.refusal()
		default:
			err = errDied
		}
		if err == nil {
			began = time.Now()
			stop = c.within(ctx, min(left, cfg.PageTime))
		}
	}
	stop()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case c.late.Load():
		return corpus.Refusal(fmt.Sprintf("PDF 第 %d 页读取超时，未导入；请另存一份，或提供 Word 原件", b.Count()+1))
	}
	return errDied
}

// draw sends a file and takes the picture of a page.
func (c *child) draw(ctx context.Context, cfg Config, data []byte, page int) (out Drawing, err error) {
	c.answered = false
	stop := c.within(ctx, cfg.PageTime)
	defer stop()
	if err = writeLine(c.in, request{Size: len(data), Draw: page}); err == nil {
		_, err = c.in.Write(data)
	}
	for err == nil {
		var m message
		if err = readLine(c.out, maxMessage, &m); err != nil {
			break
		}
		switch {
		case m.Page != nil:
			out.PNG = m.Page.Picture
		case m.Done:
			c.answered = true
			out.Pages = m.Total
			if m.Fault != "" {
				return out, notOpened
			}
			if out.PNG == nil && page <= m.Total {
				return out, notDrawn
			}
			return out, nil
		default:
			err = errDied
		}
	}
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	return out, errDied
}

func (f fault) refusal() error {
	switch f {
	case "":
		return nil
	case faultPassword:
		return corpus.Refusal("PDF 设有打开密码，未导入；请去掉密码后再导入")
	case faultSecurity:
		return corpus.Refusal("PDF 的加密方式不受支持，未导入；请另存为不加密的 PDF")
	case faultPages:
		return corpus.Refusal(fmt.Sprintf("PDF 超过 %d 页，未导入；请拆成几份", layout.MaxPages))
	}
	return corpus.Refusal("PDF 已损坏（可能没有下载完整），无法打开，未导入")
}
