package ofd

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/policybot/policybot/corpus"
)

// The bounds of what is read from the zip.
const (
	maxFiles   = 20_000
	maxName    = 1_000     // bytes of a file's name
	maxXML     = 24 << 20  // bytes of one XML file
	maxPicture = 32 << 20  // bytes of a picture that is recognised
	maxTotal   = 192 << 20 // bytes read from the whole file
	maxRatio   = 400       // times its size that a file over a megabyte may have unpacked
)

const tooLarge = corpus.Refusal("OFD 文件展开后过大，未导入")

// pack is the zip that an OFD file is.
type pack struct {
	files map[string]*zip.File // by clean name
	lower map[string]*zip.File // by name in small letters
	read  int64
}

func open(data []byte) (*pack, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, corpus.Refusal("不是 OFD 文件，或文件已损坏（可能没有下载完）")
	}
	if len(z.File) > maxFiles {
		return nil, corpus.Refusal("OFD 文件里的文件太多，未导入")
	}
	p := &pack{files: map[string]*zip.File{}, lower: map[string]*zip.File{}}
	for _, f := range z.File {
		if len(f.Name) > maxName {
			continue
		}
		name := clean(f.Name)
		if _, twice := p.files[name]; !twice {
			p.files[name] = f
		}
		if small := strings.ToLower(name); p.lower[small] == nil {
			p.lower[small] = f
		}
	}
	return p, nil
}

// clean writes a name in the zip without its root, with slashes.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.TrimSpace(name), `\`, "/")), "/")
}

// find returns a file by its name, also where upper and lower case differ;
// nil is none.
func (p *pack) find(name string) *zip.File {
	name = clean(name)
	if f := p.files[name]; f != nil {
		return f
	}
	return p.lower[strings.ToLower(name)]
}

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
		if name := clean(path.Join(at, loc)); p.find(name) != nil && !strings.HasPrefix(loc, "/") {
			return name
		}
		if at == "/" {
			break
		}
	}
	if p.find(first) == nil && strings.HasPrefix(loc, "/") {
		if name := clean(path.Join(folder, loc)); p.find(name) != nil {
			return name
		}
	}
	return first
}

// bytes reads a file of at most limit bytes; nil is one that is not there.
func (p *pack) bytes(name string, limit int64) ([]byte, error) {
	f := p.find(name)
	if name == "" || f == nil {
		return nil, nil
	}
	if p.read > maxTotal {
		return nil, tooLarge
	}
	size := int64(min(f.UncompressedSize64, 1<<40))
	if size > limit || size > 1<<20 && size > maxRatio*int64(max(1, f.CompressedSize64)) {
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 展开后过大，未导入")
	}
	in, err := f.Open()
	if err != nil {
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 已损坏，未导入")
	}
	defer in.Close() // read only
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	p.read += int64(len(data))
	switch {
	case err != nil:
		return nil, corpus.Refusal("OFD 文件里的 " + name + " 已损坏，未导入")
	case int64(len(data)) > limit || p.read > maxTotal:
		return nil, tooLarge
	}
	return data, nil
}
