package ofd

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/policybot/policybot/corpus"
)

// The bounds of one XML file.
const (
	maxNodes = 600_000
	maxDepth = 100
)

// node is an element, by its name without prefix. A nil node is an element
// that is not there, and has nothing.
type node struct {
	name     string
	attrs    []xml.Attr
	children []*node
	chars    string
	said     strings.Builder // chars while it is read
}

func (n *node) child(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *node) all(name string) []*node {
	if n == nil {
		return nil
	}
	var out []*node
	for _, c := range n.children {
		if c.name == name {
			out = append(out, c)
		}
	}
	return out
}

func (n *node) attr(name string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// inner is the element's own text.
func (n *node) inner() string {
	if n == nil {
		return ""
	}
	return n.chars
}

func (n *node) text(name string) string { return n.child(name).inner() }

var errDeep = errors.New("ofd: XML is too deep or too large")

// xml parses a file; nil is one that is not there.
func (p *pack) xml(name string) (*node, error) {
	data, err := p.bytes(name, maxXML)
	if data == nil || err != nil {
		return nil, err
	}
	root, err := parse(data)
	switch {
	case errors.Is(err, errDeep):
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 层次太深或太大，未导入")
	case err != nil:
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 已损坏，未导入")
	}
	return root, nil
}

// parse reads an XML file. Entities of its own are not expanded.
func parse(data []byte) (*node, error) {
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Strict = false
	dec.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "gbk", "gb2312", "gb18030":
			return simplifiedchinese.GB18030.NewDecoder().Reader(in), nil
		case "utf8", "us-ascii":
			return in, nil
		}
		return nil, fmt.Errorf("ofd: charset %q", label)
	}
	root := &node{}
	open := []*node{root}
	count := 0
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > maxNodes || len(open) > maxDepth {
				return nil, errDeep
			}
			n := &node{name: t.Name.Local, attrs: append([]xml.Attr(nil), t.Attr...)}
			top := open[len(open)-1]
			top.children = append(top.children, n)
			open = append(open, n)
		case xml.EndElement:
			if len(open) > 1 {
				top := open[len(open)-1]
				top.chars = top.said.String()
				open = open[:len(open)-1]
			}
		case xml.CharData:
			if top := open[len(open)-1]; top != root {
				top.said.Write(t)
			}
		}
	}
	if len(root.children) == 0 || len(open) > 1 {
		return nil, io.ErrUnexpectedEOF
	}
	return root.children[0], nil
}
