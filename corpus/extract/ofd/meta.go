package ofd

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
)

const (
	maxValue   = 500   // characters of a piece of metadata
	maxStated  = 200   // findings
	maxTagFile = 4_000 // tags of a file that are looked at
)

func (r *reader) state(field, value, place string) {
	value = strings.Join(strings.Fields(strings.ToValidUTF8(value, "")), " ")
	if value == "" || utf8.RuneCountInString(value) > maxValue || len(r.stated) >= maxStated {
		return
	}
	r.stated = append(r.stated, corpus.Finding{Field: field, Value: value, Place: place, Sure: corpus.Stated})
}

// info reads what a document says about itself (7.4 of the standard).
func (r *reader) info(info *node) {
	if r.title == "" {
		r.title = strings.Join(strings.Fields(info.text("Title")), " ")
	}
	for _, f := range [...]struct{ element, field string }{{"Title", "title"}, {"Author", "author"}, {"CreationDate", "created"}} {
		r.state(f.field, info.text(f.element), "OFD 文档信息 "+f.element)
	}
	for _, d := range info.child("CustomDatas").all("CustomData") {
		name := strings.TrimSpace(d.attr("Name"))
		if field := clause.Field(name); field != "" {
			r.state(field, d.chars, "OFD 文档信息“"+name+"”")
		}
	}
}

// tags reads the marks that name pieces of the text: 标题, 发文字号 (clause 17
// of the standard, CustomTag). One that cannot be read is no loss of text.
func (r *reader) tags(doc *node) error {
	name := r.pack.resolve(r.doc.path, doc.text("CustomTags"))
	list, err := r.pack.xml(name)
	if err != nil {
		return r.ctx.Err()
	}
	for _, tag := range list.all("CustomTag") {
		if r.ctx.Err() != nil {
			break
		}
		content, err := r.pack.xml(r.pack.resolve(name, tag.text("FileLoc")))
		if err == nil && content != nil {
			seen := 0
			r.tag(content, &seen)
		}
	}
	return r.ctx.Err()
}

// tag looks for known names in a file of tags.
func (r *reader) tag(n *node, seen *int) {
	if *seen++; *seen > maxTagFile {
		return
	}
	if field := clause.Field(n.name); field != "" {
		var parts []string
		for _, ref := range n.all("ObjectRef") {
			parts = append(parts, r.doc.texts[ref.attr("PageRef")+"/"+strings.TrimSpace(ref.chars)])
		}
		if len(parts) == 0 {
			parts = append(parts, n.chars)
		}
		r.state(field, strings.Join(parts, ""), "OFD 标引“"+n.name+"”")
	}
	for _, c := range n.children {
		r.tag(c, seen)
	}
}

// attachments names the files that travel with the document.
func (r *reader) attachments(doc *node) error {
	name := r.pack.resolve(r.doc.path, doc.text("Attachments"))
	list, err := r.pack.xml(name)
	if err != nil {
		return err
	}
	var names []string
	for _, a := range list.all("Attachment") {
		title := strings.TrimSpace(a.attr("Name"))
		if title == "" {
			title = strings.TrimSpace(a.text("FileLoc"))
		}
		names = append(names, fmt.Sprintf("“%.100s”", title))
	}
	if len(names) > 0 {
		r.left = append(r.left, "文件带有附件"+strings.Join(names[:min(len(names), 50)], "、")+"，未导入；需要时请另行导入")
	}
	return nil
}

// annotations names the text of notes, watermarks and stamps, which is left
// out.
func (r *reader) annotations(doc *node) error {
	name := r.pack.resolve(r.doc.path, doc.text("Annotations"))
	list, err := r.pack.xml(name)
	if err != nil {
		return err
	}
	var texts []string
	seen := map[string]bool{}
	for _, page := range list.all("Page") {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		notes, err := r.pack.xml(r.pack.resolve(name, page.text("FileLoc")))
		if err != nil {
			return err
		}
		for _, a := range notes.all("Annot") {
			t := strings.Join(strings.Fields(inside(a.child("Appearance"), 0)), " ")
			if t != "" && !seen[t] {
				seen[t] = true
				texts = append(texts, "“"+t+"”")
			}
		}
	}
	if len(texts) > 0 {
		r.left = append(r.left, "已略去批注、水印、印章上的文字："+strings.Join(texts, "、"))
	}
	return nil
}

// inside is the text below a node.
func inside(n *node, depth int) string {
	if n == nil || depth > maxDepthBlocks {
		return ""
	}
	if n.name == "TextCode" {
		return n.chars
	}
	var sb strings.Builder
	for _, c := range n.children {
		sb.WriteString(inside(c, depth+1))
	}
	return sb.String()
}

// resources reads which files and graphics a document uses (7.9 of the
// standard).
func (r *reader) resources(name string) error {
	res, err := r.pack.xml(name)
	if err != nil {
		return err
	}
	base := name
	if loc := res.attr("BaseLoc"); loc != "" {
		base = r.pack.resolve(name, loc) + "/x"
	}
	for _, media := range res.child("MultiMedias").all("MultiMedia") {
		r.doc.media[media.attr("ID")] = r.pack.resolve(base, media.text("MediaFile"))
	}
	for _, unit := range res.child("CompositeGraphicUnits").all("CompositeGraphicUnit") {
		r.doc.units[unit.attr("ID")] = unit.child("Content")
	}
	return nil
}
