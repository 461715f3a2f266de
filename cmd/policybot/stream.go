package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// stream is an operation that answers with many things, one after the other, so
// that neither side holds them all.
type stream[In, Out any] struct {
	path string
	run  func(h *host, ctx context.Context, in In, yield func(Out) error) error
}

// streamLine is a line of a stream on the socket. The last one says how it ended:
// a feed without one was cut off.
type streamLine[Out any] struct {
	Item  *Out   `json:"item,omitempty"`
	End   bool   `json:"end,omitempty"`
	Error string `json:"error,omitempty"`
}

// streamPatience bounds how long the owner of a folder waits for whoever reads a
// feed: it holds a state of the database meanwhile.
const streamPatience = 30 * time.Second

func (f stream[In, Out]) route(mux *http.ServeMux, h *host) {
	mux.HandleFunc("POST "+f.path, func(w http.ResponseWriter, r *http.Request) {
		var in In
		w.Header().Set("Content-Type", "application/x-ndjson")
		limits := http.NewResponseController(w)
		enc := json.NewEncoder(w)
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&in)
		if err == nil {
			err = f.run(h, r.Context(), in, func(one Out) error {
				_ = limits.SetWriteDeadline(time.Now().Add(streamPatience)) // best effort
				return enc.Encode(streamLine[Out]{Item: &one})
			})
		}
		last := streamLine[Out]{End: true}
		if err != nil {
			last = streamLine[Out]{Error: err.Error()}
		}
		_ = enc.Encode(last) // the other end is gone: nobody to tell
	})
}

// ask has the feed come from the folder's owner. An error of yield ends it and
// is returned as it is.
func (f stream[In, Out]) ask(ctx context.Context, o owner, in In, yield func(Out) error) error {
	switch o := o.(type) {
	case *host:
		return f.run(o, ctx, in, yield)
	case *remote:
		return f.call(ctx, o, in, yield)
	case *passing:
		began := false
		_, err := try(ctx, o, func() (struct{}, error) {
			err := f.ask(ctx, o.owner, in, func(one Out) error { began = true; return yield(one) })
			if began && errors.Is(err, errGone) {
				err = errors.New(err.Error()) // half of it was used: no second try
			}
			return struct{}{}, err
		})
		return err
	}
	return fmt.Errorf("nobody to ask for %s", f.path)
}

// ahead is how many lines are read before they are used: whoever looks at a
// list page by page keeps nobody waiting.
const ahead = 1 << 16

func (f stream[In, Out]) call(ctx context.Context, r *remote, in In, yield func(Out) error) error {
	ctx, stop := context.WithCancel(ctx)
	body, err := json.Marshal(in)
	if err != nil {
		stop()
		return err
	}
	lines, failed := make(chan []byte, ahead), make(chan error, 1)
	go func() {
		defer close(lines)
		failed <- r.lines(ctx, f.path, body, lines)
	}()
	defer func() {
		stop()
		for range lines { // until the reader has ended, too
		}
	}()
	for line := range lines {
		var l streamLine[Out]
		switch err := json.Unmarshal(line, &l); {
		case err != nil:
			return fmt.Errorf("the running policybot answered something else: %w", err)
		case l.Error != "":
			return errors.New(l.Error)
		case l.End:
			return nil
		case l.Item != nil:
			if err := yield(*l.Item); err != nil {
				return err
			}
		}
	}
	if err := <-failed; err != nil {
		return err
	}
	return errGone
}

// lines posts to the socket and passes the lines of the answer on.
func (r *remote) lines(ctx context.Context, path string, body []byte, to chan<- []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://policybot"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := r.client.Do(req)
	if err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("%w: %w", errGone, err)
		}
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the running policybot answered %s", res.Status)
	}
	in := bufio.NewReader(res.Body)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 && err == nil {
			select {
			case to <- line:
			case <-ctx.Done():
				return ctx.Err()
			}
			continue
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("%w: %w", errGone, err)
	}
}
