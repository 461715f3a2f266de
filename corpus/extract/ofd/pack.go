package ofd

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/guard"
)

// The bounds of what is read from the zip.
const (
	maxFiles   = 20_000
	maxName    = 1_000     // bytes of the place of a file
	maxXML     = 24 << 20  // bytes of one XML file
	maxPicture = 32 << 20  // bytes of a picture that is recognised
	maxTotal   = 192 << 20 // bytes read from the whole file
	maxRatio   = 400       // unpacked to packed, of a file over freeRatio
	freeRatio  = 1 << 20
)

// pack is the zip that an OFD file is.
type pack struct{ zip *guard.Archive }

func open(ctx context.Context, data []byte) (*pack, error) {
	z, err := guard.Open(ctx, data, guard.Limits{Files: maxFiles, Read: maxTotal, Ratio: maxRatio, Free: freeRatio})
	switch {
	case errors.Is(err, guard.ErrTooLarge):
		return nil, corpus.Refusal("OFD 文件里的文件太多，未导入")
	case err != nil:
		return nil, corpus.Refusal("不是 OFD 文件，或文件已损坏（可能没有下载完）")
	}
	return &pack{z}, nil
}

// clean writes a name in the zip without its root, with slashes.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")), "/")
}

// has reports whether there is a file of that name, also where upper and lower
// case differ.
func (p *pack) has(name string) bool { return p.zip.Has(name) }

// resolve finds the file that a place in the file from names (ST_Loc, 7.5 of
// the standard): from the root where it begins with a slash, else from the
// folder of the file, and, because programs differ, from the root or the
// document's folder. "" is an empty place; where nothing is found, it is where
// the file should be.
func (p *pack) resolve(from, loc string) string {
	loc = strings.ReplaceAll(strings.TrimSpace(loc), `\`, "/")
	if loc == "" || len(loc) > maxName || len(from) > maxName {
		return ""
	}
	folder := path.Dir("/" + clean(from))
	first := clean(path.Join(folder, loc))
	if strings.HasPrefix(loc, "/") {
		first = clean(loc)
	}
	for at := folder; ; at = path.Dir(at) {
		if name := clean(path.Join(at, loc)); p.has(name) && !strings.HasPrefix(loc, "/") {
			return name
		}
		if at == "/" {
			break
		}
	}
	if !p.has(first) && strings.HasPrefix(loc, "/") {
		if name := clean(path.Join(folder, loc)); p.has(name) {
			return name
		}
	}
	return first
}

// bytes reads a file of at most limit bytes; nil is one that is not there.
func (p *pack) bytes(name string, limit int64) ([]byte, error) {
	if !p.has(name) {
		return nil, nil
	}
	data, err := p.zip.Bytes(name, limit)
	switch {
	case errors.Is(err, guard.ErrTooLarge):
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 展开后过大，未导入")
	case errors.Is(err, guard.ErrEncrypted):
		return nil, encrypted
	case errors.Is(err, guard.ErrBroken):
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 已损坏，未导入")
	}
	return data, err
}
