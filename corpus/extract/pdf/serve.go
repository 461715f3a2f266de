package pdf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	// memoryPages bounds PDFium's memory, in pages of 64 KB: 384 MB.
	memoryPages = 6144
	// heap is from where on the child collects its garbage harder.
	heap = 160 << 20
	// instanceTime bounds the making of an instance.
	instanceTime = time.Minute
)

// Serve is the child: it reads files from in and writes their pages to out,
// until in ends or ctx is done. It takes the whole process for its own. It
// returns while PDFium may still be busy, because nothing interrupts that:
// the process has to end then.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(heap)
	lines := bufio.NewReaderSize(in, 1<<16)
	var h hello
	if err := readLine(lines, maxRequest, &h); err != nil {
		return err
	}
	ended := make(chan error, 1)
	files := make(chan file)
	go func() { ended <- work(ctx, h, files, out) }()
	for {
		f, err := readFile(lines)
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		select {
		case files <- f:
		case err := <-ended:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// file is one to be read.
type file struct {
	request
	data []byte
}

func readFile(in *bufio.Reader) (file, error) {
	var f file
	if err := readLine(in, maxRequest, &f.request); err != nil {
		return file{}, err
	}
	if f.Size < 0 || f.Size > maxFile {
		return file{}, errTooLong
	}
	f.data = make([]byte, f.Size)
	_, err := io.ReadFull(in, f.data)
	return f, err
}

// work starts PDFium and reads one file after the other.
func work(ctx context.Context, h hello, files <-chan file, to io.Writer) error {
	out := bufio.NewWriterSize(to, 1<<16)
	pool, err := open(ctx, h.Cache)
	if err != nil {
		return err
	}
	if err := send(out, message{Ready: true}); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-files:
			if err := readOne(pool, f, out); err != nil {
				return err
			}
		}
	}
}

func send(out *bufio.Writer, m message) error {
	if err := writeLine(out, m); err != nil {
		return err
	}
	return out.Flush()
}

// open compiles PDFium, or takes it from the cache where that can be used. It
// sees no folder of this machine.
func open(ctx context.Context, cache string) (pdfium.Pool, error) {
	cfg := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling).
		WithMemoryLimitPages(memoryPages)
	if cache != "" {
		if c, err := wazero.NewCompilationCacheWithDir(cache); err == nil {
			cfg = cfg.WithCompilationCache(c)
		}
	}
	pool, err := webassembly.Init(webassembly.Config{
		Context: ctx, MinIdle: 0, MaxIdle: 1, MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(), RuntimeConfig: cfg, Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("pdf: starting PDFium: %w", err)
	}
	return pool, nil
}

// readOne reads a file in an instance of its own, so that none leaves
// anything behind for the next.
func readOne(pool pdfium.Pool, f file, out *bufio.Writer) error {
	instance, err := pool.GetInstance(instanceTime)
	if err != nil {
		return fmt.Errorf("pdf: PDFium: %w", err)
	}
	r := reader{pdf: instance, render: f.Render, out: out}
	read := r.file
	if f.Draw > 0 {
		read = func(data []byte) error { return r.draw(data, f.Draw) }
	}
	if err := read(f.data); err != nil {
		return err
	}
	if err := instance.Close(); err != nil {
		return fmt.Errorf("pdf: PDFium: %w", err)
	}
	return nil
}
