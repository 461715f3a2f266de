package pdf

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/policybot/policybot/corpus/extract/layout"
)

// The protocol of reader and child: the reader writes one line of JSON, hello
// once and then a request a file, followed by the file's bytes; the child
// writes one line of JSON a message.

const (
	maxFile    = 256 << 20 // bytes of a file
	maxRequest = 64 << 10  // bytes of a line to the child
	maxMessage = 64 << 20  // bytes of a line from the child
)

// hello is the first line to the child.
type hello struct {
	Cache string `json:"cache"`
}

// request announces a file.
type request struct {
	Size   int  `json:"size"`
	Render bool `json:"render"`         // send the pictures of pages without text
	Draw   int  `json:"draw,omitempty"` // send a picture of this page, from 1, and nothing else
}

// fault is why a file has no pages, or no more.
type fault string

const (
	faultPassword fault = "password"
	faultSecurity fault = "security"
	faultFormat   fault = "format"
	faultPages    fault = "pages"
)

// message is what the child says: that it is ready, a page, or that a file is
// done.
type message struct {
	Ready bool         `json:"ready,omitempty"`
	Page  *pageMessage `json:"page,omitempty"`
	Done  bool         `json:"done,omitempty"`
	Total int          `json:"total,omitempty"` // pages of the file
	Fault fault        `json:"fault,omitempty"`
}

// pageMessage is a page: boxes are left, top, right, bottom from the upper
// left corner in points.
type pageMessage struct {
	Width   float32      `json:"w"`
	Height  float32      `json:"h"`
	Spans   []spanWire   `json:"s,omitempty"`
	Rules   [][4]float32 `json:"r,omitempty"`
	Picture []byte       `json:"p,omitempty"` // PNG
	Scan    bool         `json:"scan,omitempty"`
	Hidden  bool         `json:"hidden,omitempty"` // a picture with invisible text above it
	Failed  bool         `json:"failed,omitempty"`
	Slanted string       `json:"slanted,omitempty"` // text at an angle, left out
}

type spanWire struct {
	Text string     `json:"t"`
	Box  [4]float32 `json:"b"`
	Size float32    `json:"z"`
	Turn int        `json:"q,omitempty"` // quarter turns by which it has to be turned to be read; Box is then as seen
}

// sheet is the page as it is collected.
func (p *pageMessage) sheet(number int) layout.Sheet {
	out := layout.Sheet{Number: number, Scan: p.Scan, Hidden: p.Hidden, Failed: p.Failed, Picture: p.Picture, Slanted: p.Slanted}
	for i := range out.Turns {
		out.Turns[i] = layout.Page{Number: number, Width: float64(p.Width), Height: float64(p.Height)}
		if i%2 == 1 {
			out.Turns[i].Width, out.Turns[i].Height = out.Turns[i].Height, out.Turns[i].Width
		}
	}
	for _, s := range p.Spans {
		page := &out.Turns[s.Turn&3]
		page.Spans = append(page.Spans, layout.Span{
			Text: s.Text, Size: float64(s.Size),
			Left: float64(s.Box[0]), Top: float64(s.Box[1]), Right: float64(s.Box[2]), Bottom: float64(s.Box[3]),
		})
	}
	for _, r := range p.Rules {
		out.Turns[0].Rules = append(out.Turns[0].Rules, layout.Rule{Left: float64(r[0]), Top: float64(r[1]), Right: float64(r[2]), Bottom: float64(r[3])})
	}
	return out
}

var errTooLong = errors.New("pdf: a line of the protocol is too long")

// readLine decodes one line of at most limit bytes. io.EOF is an end between
// lines.
func readLine(in *bufio.Reader, limit int, into any) error {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > limit {
			return errTooLong
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err == io.EOF && len(line) > 0 {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		break
	}
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("pdf: protocol: %w", err)
	}
	return nil
}

// writeLine encodes one line.
func writeLine(out io.Writer, v any) error {
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = out.Write(append(line, '\n'))
	return err
}
