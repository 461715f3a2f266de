package docx

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/policybot/policybot/corpus/extract/guard"
)

// container is the zip file of a document (ECMA-376 Part 2) with the
// relations of its main part.
type container struct {
	zip *guard.Archive

	main            string     // name of the main part
	root, relations []relation // of the whole, and of the main part
}

// relation is where a part points to: another part of a type.
type relation struct {
	kind   string // last element of the type: styles, numbering, footnotes …
	target string // a part's name; "" is outside the file
}

func open(ctx context.Context, data []byte) (*container, error) {
	z, err := guard.Open(ctx, data, guard.Limits{Files: maxFiles, Read: maxParts, Ratio: maxRatio, Free: freeRatio})
	if err != nil {
		return nil, explain(err)
	}
	c := &container{zip: z}
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

func (c *container) has(name string) bool { return c.zip.Has(name) }

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
					r.target = guard.Name(target)
				}
				out = append(out, r)
			}
			return d.skip()
		})
	})
	return out, err
}

// parse reads a part: f is called within its root element.
func (c *container) parse(name string, f func(*decoder, element) error) error {
	in, err := c.zip.Part(name, maxPart)
	if err != nil {
		return explain(err)
	}
	defer in.Close() // of a reader: nothing is lost
	return explain(parse(in, f))
}

// explain says in a document's words why a part is not read.
func explain(err error) error {
	switch {
	case errors.Is(err, guard.ErrTooLarge):
		return tooBig
	case errors.Is(err, guard.ErrEncrypted):
		return encrypted
	case errors.Is(err, guard.ErrBroken):
		return broken
	}
	return err
}
