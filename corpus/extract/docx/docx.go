// Package docx reads Word documents (Office Open XML, ECMA-376 Part 1, its
// transitional and its strict form) into blocks, as Word and WPS show them:
// automatic numbers are resolved, tracked changes accepted, deleted and hidden
// text left out. What is left out is said in the warnings.
package docx

import (
	"bytes"
	"context"
	"errors"

	"github.com/policybot/policybot/corpus"
)

// The bounds of what is read. A document of 300 pages has 5 MB of XML and
// 0.5 MB of text.
const (
	maxPart  = 64 << 20  // bytes of a part, unpacked
	maxParts = 128 << 20 // bytes of all parts that are read, unpacked
	maxRatio = 400       // unpacked to packed, of a part over freeRatio
	maxText  = 16 << 20  // bytes of text
	maxDepth = 1000      // elements within elements; a table in a text box has 40
	maxFiles = 20_000    // entries of the container

	freeRatio = 8 << 20
)

const (
	broken    = corpus.Refusal("文件已损坏或不完整，打不开；请用 Word 或 WPS 打开，另存为 docx 后再导入")
	notWord   = corpus.Refusal("这不是 Word 文档（docx）；请用 Word 或 WPS 打开，另存为 docx 后再导入")
	encrypted = corpus.Refusal("文件有密码保护，打不开；请用 Word 或 WPS 取消密码，保存后再导入")
	oldWord   = corpus.Refusal("这是旧格式的 Office 文件（doc、xls、ppt、wps），不是 docx；请用 Word 或 WPS 打开，另存为 docx 后再导入")
	picture   = corpus.Refusal("这是一张图片，不是 Word 文档；请导入文字版，或把图片的文字录入后再导入")
	empty     = corpus.Refusal("文件是空的")
	tooBig    = corpus.Refusal("文件解压后太大，未导入；请拆成几份，或删去其中的图片和附件后再导入")
	tooLong   = corpus.Refusal("文档的文字超过 16 MB，未导入；请拆成几份")
	tooDeep   = corpus.Refusal("文档的层次太深，未导入；请用 Word 或 WPS 打开，另存为 docx 后再导入")
)

// Read reads a document. Title is what its style, its print or its properties
// show as the title, and the first block; "" is none. Footnotes and endnotes
// follow the paragraph that refers to them, text boxes the one that they are
// anchored in. Its errors are corpus.Refusal, or those of ctx.
func Read(ctx context.Context, data []byte) (corpus.Reading, error) {
	reading, err := read(ctx, data)
	var refusal corpus.Refusal
	switch {
	case err == nil, errors.As(err, &refusal):
		return reading, err
	case ctx.Err() != nil:
		return corpus.Reading{}, ctx.Err()
	}
	return corpus.Reading{}, broken // malformed XML, a bad checksum: nothing that a person could use
}

func read(ctx context.Context, data []byte) (corpus.Reading, error) {
	if err := recognise(data); err != nil {
		return corpus.Reading{}, err
	}
	c, err := open(ctx, data)
	if err != nil {
		return corpus.Reading{}, err
	}
	r, err := load(c)
	if err != nil {
		return corpus.Reading{}, err
	}
	items, err := r.body()
	if err != nil {
		return corpus.Reading{}, err
	}
	title, items := takeTitle(items, r.stated())
	out := corpus.Reading{Title: title, Blocks: r.finish(items)}
	r.outside(out.Blocks)
	r.left.blank = len(out.Blocks) == 0
	if err := ctx.Err(); err != nil {
		return corpus.Reading{}, err
	}
	out.Warnings = r.left.warnings()
	return out, nil
}

// recognise tells by its first bytes what is no docx.
func recognise(data []byte) error {
	starts := func(magic string) bool { return bytes.HasPrefix(data, []byte(magic)) }
	switch {
	case len(data) == 0:
		return empty
	case starts("PK\x03\x04"):
		return nil
	case starts("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"):
		// An encrypted package is a stream of that name in a compound file,
		// [MS-OFFCRYPTO] 2.3.1; names are UTF-16.
		if bytes.Contains(data, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return encrypted
		}
		return oldWord
	case starts("\x89PNG"), starts("\xFF\xD8\xFF"), starts("GIF8"), starts("BM"), starts("II*\x00"), starts("MM\x00*"),
		starts("RIFF") && len(data) > 12 && string(data[8:12]) == "WEBP":
		return picture
	}
	return notWord
}
