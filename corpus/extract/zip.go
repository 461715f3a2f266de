package extract

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/policybot/policybot/corpus/extract/guard"
)

// budget is what a zip with all zips in it may hold. It is used by one reader
// at a time.
type budget struct {
	entries int
	bytes   uint64
}

// entry is a file of a zip under the name that people know.
type entry struct {
	name string
	file *zip.File
}

// zip reads the entries of a zip, sorted by name. One that cannot be read is
// named and costs the others nothing.
func (r *reader) zip(in input) error {
	if in.zips >= maxZipDepth {
		return refuse("压缩包套压缩包超过 %d 层，未读取；请解压后再导入", maxZipDepth)
	}
	archive, err := guard.Zip(in.at, in.size)
	if errors.Is(err, guard.ErrBroken) {
		return refuse("压缩包已损坏或不完整，无法读取")
	}
	if err == nil {
		in.budget.entries += len(archive.File)
	}
	if err != nil || in.budget.entries > maxZipEntries {
		return refuse("压缩包里超过 %d 个文件，未读取；请分成几包", maxZipEntries)
	}
	for _, f := range archive.File {
		// A size may be anything; more than it is never unpacked.
		if in.budget.bytes += min(f.UncompressedSize64, 1<<40); in.budget.bytes > maxUnzipped {
			return refuse("压缩包解压后超过 %d GB 的上限，未读取", maxUnzipped>>30)
		}
	}
	entries := make([]entry, 0, len(archive.File))
	for _, f := range archive.File {
		entries = append(entries, entry{entryName(f), f})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	if err := r.tellApart(in, entries); err != nil {
		return err
	}
	read := 0
	for _, e := range entries {
		if strings.HasSuffix(e.name, "/") || slices.ContainsFunc(strings.Split(e.name, "/"), hiddenPart) {
			continue
		}
		read++
		if err := r.entry(in, e); err != nil {
			var said refused
			if !errors.As(err, &said) {
				return err
			}
			r.refuse(in.file+"/"+e.name, string(said))
		}
	}
	if read == 0 {
		return refuse("压缩包里没有可读的文件，未导入")
	}
	return nil
}

// tellApart numbers entries that have one name, so that each is a document: a
// program may pack files of several folders into one without looking.
func (r *reader) tellApart(in input, entries []entry) error {
	taken := make(map[string]bool, len(entries))
	for _, e := range entries {
		taken[e.name] = true
	}
	before, n := "", 1
	for i, e := range entries {
		if e.name != before || strings.HasSuffix(e.name, "/") {
			before, n = e.name, 1
			continue
		}
		end := path.Ext(e.name)
		for taken[entries[i].name] {
			n++
			entries[i].name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(e.name, end), n, end)
		}
		taken[entries[i].name] = true
		note := Problem{File: in.file + "/" + entries[i].name, Message: "压缩包里不止一个文件叫“" + path.Base(e.name) + "”，这一个加了序号导入；请核对是否重复"}
		if err := send(r.ctx, r.out, result{problems: []Problem{note}}); err != nil {
			return err
		}
	}
	return nil
}

// hiddenPart says whether a part of a path is left out. .. is not: it is
// refused by name.
func hiddenPart(part string) bool { return part != "." && part != ".." && leftOut(part) }

// entry reads one file of a zip. The error is the context's, or a refusal.
func (r *reader) entry(in input, e entry) error {
	f := e.file
	ratio := f.UncompressedSize64 / max(f.CompressedSize64, 1)
	switch {
	case !safeName(e.name):
		return refuse("压缩包里这个文件的路径指向压缩包之外，未读取")
	case f.Mode()&fs.ModeSymlink != 0:
		return refuse("压缩包里这个文件是链接，未读取")
	case !f.Mode().IsRegular():
		return refuse("压缩包里这个不是普通文件，未读取")
	case f.Flags&1 != 0:
		return refuse("压缩包有密码，无法读取；请解压后再导入")
	case f.UncompressedSize64 > MaxBinary:
		return refuse("文件有 %d MB，超过 %d MB 的上限，未读取", f.UncompressedSize64>>20, MaxBinary>>20)
	case f.UncompressedSize64 > ratioFrom && ratio > maxRatio:
		return refuse("压缩比异常（%d 倍），可能是恶意文件，未读取", ratio)
	}
	data, err := unzip(f)
	if err != nil {
		return err
	}
	return r.file(input{
		file: in.file + "/" + e.name, rel: in.rel + "/" + path.Clean(e.name), size: int64(len(data)),
		at: bytes.NewReader(data), zips: in.zips + 1, budget: in.budget,
	})
}

func unzip(f *zip.File) ([]byte, error) {
	from, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, refuse("压缩方法不支持，无法读取；请解压后再导入，或用普通 zip 重新压缩")
	}
	if err != nil {
		return nil, refuse("压缩包里这个文件已损坏，无法读取")
	}
	defer from.Close()
	data, err := io.ReadAll(io.LimitReader(from, int64(f.UncompressedSize64)+1))
	if err != nil || uint64(len(data)) != f.UncompressedSize64 {
		return nil, refuse("压缩包里这个文件已损坏，无法读取")
	}
	return data, nil
}

// entryName decodes a name. Those that are not said to be UTF-8 are mostly
// GB18030, as Chinese Windows writes them, or UTF-8 all the same, as macOS does.
func entryName(f *zip.File) string {
	name := decodedName(f.Name)
	name = strings.ReplaceAll(name, `\`, "/") // only now: it may be half of a character
	return strings.Map(func(r rune) rune {
		if r < ' ' || invisible(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
}

// decodedName reads a name that is not UTF-8 as GB18030.
func decodedName(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	if decoded, err := simplifiedchinese.GB18030.NewDecoder().String(name); err == nil {
		return decoded
	}
	return name
}

// safeName says whether a path stays within its archive, on every system.
func safeName(name string) bool {
	if name == "" || strings.HasPrefix(name, "/") || len(name) > 1 && name[1] == ':' {
		return false
	}
	return filepath.IsLocal(name) && !slices.Contains(strings.Split(name, "/"), "..")
}
