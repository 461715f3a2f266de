package docx

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"path"
	"strings"
)

// container is the zip file of a document (ECMA-376 Part 2) with the
// relations of its main part. Nothing of it is ever written to disk.
type container struct {
	ctx      context.Context
	files    map[string]*zip.File // by lower-case name without the leading slash
	unpacked int64                // bytes read so far, of all parts

	main            string     // name of the main part
	root, relations []relation // of the whole, and of the main part
}

// relation is where a part points to: another part of a type.
type relation struct {
	kind   string // last element of the type: styles, numbering, footnotes …
	target string // a part's name; "" is outside the file
}

func open(ctx context.Context, data []byte) (*container, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, broken
	}
	if len(z.File) > maxFiles {
		return nil, tooBig
	}
	c := &container{ctx: ctx, files: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := partName(f.Name)
		if _, twice := c.files[name]; !twice {
			c.files[name] = f
		}
	}
	if c.root, err = c.relationsOf(""); err != nil {
		return nil, err
	}
	for _, r := range c.root {
		if r.kind == "officeDocument" && c.has(r.target) {
			c.main = r.target
		}
	}
	if c.main == "" {
		c.main = "word/document.xml"
	}
	if !c.has(c.main) {
		return nil, notWord
	}
	c.relations, err = c.relationsOf(c.main)
	return c, err
}

// partName is a part's name as it is compared: without case, with slashes.
func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (c *container) has(name string) bool { return name != "" && c.files[name] != nil }

// one is the name of the part of that kind, "" where there is none.
func (c *container) one(from []relation, kind string) string {
	for _, r := range from {
		if r.kind == kind && c.has(r.target) {
			return r.target
		}
	}
	return ""
}

// relationsOf reads the relations of a part; "" is the whole container.
func (c *container) relationsOf(part string) ([]relation, error) {
	name := path.Join(path.Dir(part), "_rels", path.Base(part)+".rels")
	if part == "" {
		name = "_rels/.rels"
	}
	if !c.has(name) {
		return nil, nil
	}
	var out []relation
	err := c.parse(name, func(d *decoder, _ element) error {
		return d.children(func(e element) error {
			if e.name == "Relationship" && len(out) < maxFiles {
				r := relation{kind: path.Base(e.get("Type"))}
				if e.get("TargetMode") != "External" {
					target := e.get("Target")
					if !strings.HasPrefix(target, "/") {
						target = path.Join(path.Dir(part), target)
					}
					r.target = partName(target)
				}
				out = append(out, r)
			}
			return d.skip()
		})
	})
	return out, err
}

// parse reads a part: f is called within its root element. The part's bytes
// count towards the limits as they are unpacked, whatever the container says.
func (c *container) parse(name string, f func(*decoder, element) error) error {
	file := c.files[name]
	if file.Flags&1 != 0 {
		return encrypted
	}
	if size := file.UncompressedSize64; size > maxPart || size > freeRatio && size/maxRatio > file.CompressedSize64 {
		return tooBig
	}
	r, err := file.Open()
	if err != nil {
		return broken
	}
	defer r.Close() // of a reader: nothing is lost
	limit := int64(maxPart)
	if packed := file.CompressedSize64; packed < maxPart/maxRatio {
		limit = max(freeRatio, int64(packed)*maxRatio)
	}
	return parse(&part{from: r, c: c, left: limit}, f)
}

// part is the text of a part as it is unpacked: bounded, and stopped when the
// context ends. Control characters, which XML forbids and some programs
// write, become blanks.
type part struct {
	from io.Reader
	c    *container
	left int64
}

func (p *part) Read(b []byte) (int, error) {
	if err := p.c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.from.Read(b)
	p.left -= int64(n)
	p.c.unpacked += int64(n)
	if p.left < 0 || p.c.unpacked > maxParts {
		return 0, tooBig
	}
	return n, err
}
