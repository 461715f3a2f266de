package pdf

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus/extract/layout"
)

func TestReadLine(t *testing.T) {
	t.Parallel()
	var m message
	in := bufio.NewReaderSize(strings.NewReader(`{"done":true,"total":3}`+"\n"+strings.Repeat(" ", 100)+"{}\n"+`{"done"`), 16)
	if err := readLine(in, 64, &m); err != nil || !m.Done || m.Total != 3 {
		t.Errorf("%+v %v", m, err)
	}
	if err := readLine(in, 64, &m); !errors.Is(err, errTooLong) {
		t.Errorf("a long line: %v", err)
	}
	in = bufio.NewReader(strings.NewReader(`{"done"`))
	if err := readLine(in, 64, &m); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a line: %v", err)
	}
	if err := readLine(in, 64, &m); err != io.EOF {
		t.Errorf("the end: %v", err)
	}
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{"no JSON": "hello\n", "too long": strings.Repeat("x", maxRequest+1)} {
		var out bytes.Buffer
		if err := Serve(t.Context(), strings.NewReader(in), &out); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
	for name, in := range map[string]string{"a negative size": `{"size":-1}` + "\n", "too large": `{"size":999999999999}` + "\n", "too short": `{"size":10}` + "\nabc"} {
		if _, err := readFile(bufio.NewReader(strings.NewReader(in))); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// FuzzMessage decodes what a child says and collects its pages: nothing
// fails, whatever it is.
func FuzzMessage(f *testing.F) {
	f.Add([]byte(`{"page":{"w":595,"h":842,"s":[{"t":"字","b":[1,2,3,4],"z":12,"q":3}],"r":[[1,2,3,4]],"scan":true,"p":"iVBO"}}` + "\n"))
	f.Add([]byte(`{"page":{"w":-1e30,"s":[{"t":"\ufffd","b":[1e38,-1e38,0,0],"z":-1,"q":-7}]}}` + "\n" + `{"done":true,"fault":"password"}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bufio.NewReader(bytes.NewReader(data))
		var c layout.Collector
		for range 50 {
			var m message
			if readLine(in, 1<<16, &m) != nil {
				break
			}
			if m.Page != nil {
				if err := c.Add(t.Context(), m.Page.sheet(c.Count()+1)); err != nil {
					t.Fatal(err)
				}
			}
		}
		c.Reading()
	})
}
