// Package ofd reads OFD documents (GB/T 33190-2016) into blocks: a zip of XML
// files that place every piece of text on its page. How places become blocks
// is package layout's rule.
package ofd

import (
	"context"
	"slices"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/layout"
)

const encrypted = corpus.Refusal("OFD 文件已加密，未导入；请提供未加密的文件")

// Read reads an OFD file: the pages of all its documents, templates included,
// without annotations, watermarks and seals. recognise returns the text of a
// picture (PNG, JPEG, TIFF), a line a line; nil where nothing does. Errors are
// corpus.Refusal, or those of ctx.
func Read(ctx context.Context, data []byte, recognise func(ctx context.Context, picture []byte) (string, error)) (corpus.Reading, error) {
	p, err := open(ctx, data)
	if err != nil {
		return corpus.Reading{}, err
	}
	if p.has("Encryptions.xml") {
		return corpus.Reading{}, encrypted
	}
	root, err := p.xml("OFD.xml")
	if err != nil {
		return corpus.Reading{}, err
	}
	if root == nil {
		return corpus.Reading{}, corpus.Refusal("不是 OFD 文件，或文件已损坏：缺少 OFD.xml")
	}
	r := &reader{ctx: ctx, pack: p, out: layout.Collector{Recognise: recognise}}
	for _, body := range root.all("DocBody") {
		if err := r.body(body); err != nil {
			return corpus.Reading{}, err
		}
	}
	if r.out.Count() == 0 {
		return corpus.Reading{}, corpus.Refusal("OFD 文件里没有页面，或文件已损坏，未导入")
	}
	return r.reading(), nil
}

// reader reads one file.
type reader struct {
	ctx     context.Context
	pack    *pack
	out     layout.Collector
	stated  []corpus.Finding
	title   string // as DocInfo says
	left    []string
	missing []string // pictures that are not in the file
	doc     *document
}

// document is one DocBody.
type document struct {
	path      string
	box       [4]float64 // of pages that have none of their own
	templates map[string]string
	media     map[string]string // ID to file
	units     map[string]*node  // contents of composite graphics by ID
	texts     map[string]string // text objects by page and ID, for tags
}

// body reads one document of the file.
func (r *reader) body(body *node) error {
	r.info(body.child("DocInfo"))
	root := strings.TrimSpace(body.text("DocRoot"))
	name := r.pack.resolve("", root)
	doc, err := r.pack.xml(name)
	if err != nil {
		return err
	}
	if doc == nil {
		r.out.Warn("文件目录里的 %s 缺失，这一部分未导入", orUnnamed(root))
		return nil
	}
	r.doc = &document{
		path: name, box: [4]float64{0, 0, 210, 297},
		templates: map[string]string{}, media: map[string]string{}, units: map[string]*node{}, texts: map[string]string{},
	}
	common := doc.child("CommonData")
	if box, ok := floats4(common.child("PageArea").text("PhysicalBox")); ok && box[2] > 0 && box[3] > 0 {
		r.doc.box = box
	}
	for _, t := range common.all("TemplatePage") {
		r.doc.templates[t.attr("ID")] = r.pack.resolve(name, t.attr("BaseLoc"))
	}
	for _, kind := range [...]string{"PublicRes", "DocumentRes"} {
		for _, res := range common.all(kind) {
			if err := r.resources(r.pack.resolve(name, res.inner())); err != nil {
				return err
			}
		}
	}
	pages := doc.child("Pages").all("Page")
	if len(pages) == 0 {
		r.out.Warn("%s 里没有页面", orUnnamed(root))
	}
	for _, page := range pages {
		if err := r.page(page); err != nil {
			return err
		}
	}
	if err := r.annotations(doc); err != nil {
		return err
	}
	if err := r.attachments(doc); err != nil {
		return err
	}
	return r.tags(doc)
}

func orUnnamed(s string) string {
	if s == "" {
		return "文档"
	}
	return s
}

// reading puts everything together.
func (r *reader) reading() corpus.Reading {
	if len(r.missing) > 0 {
		slices.Sort(r.missing)
		r.out.Warn("文件里缺少图片 %s", strings.Join(slices.Compact(r.missing), "、"))
	}
	for _, w := range r.left {
		r.out.Warn("%s", w)
	}
	out := r.out.Reading()
	out.Stated = r.stated
	if out.Title == "" && r.title != "" && contains(out.Blocks, r.title) {
		out.Title = r.title
	}
	return out
}

// contains says whether the document's first blocks begin with the title:
// many programs write the name of another file there.
func contains(blocks []corpus.Block, title string) bool {
	for _, b := range blocks[:min(len(blocks), 10)] {
		if strings.HasPrefix(corpus.Squeeze(b.Text), corpus.Squeeze(title)) {
			return true
		}
	}
	return false
}
