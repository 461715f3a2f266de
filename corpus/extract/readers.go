package extract

import (
	"context"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/clause"
	"github.com/policybot/policybot/corpus/extract/docx"
	"github.com/policybot/policybot/corpus/extract/ofd"
)

// reading reads a format whose reader is elsewhere.
func (f *file) reading(ctx context.Context) (corpus.Reading, error) {
	tools := f.reader.opts.Tools
	switch f.kind {
	case docxFormat:
		return docx.Read(ctx, f.data)
	case ofdFormat:
		return ofd.Read(ctx, f.data, tools.Recognise)
	case pdfFormat:
		if tools.PDF == nil {
			return corpus.Reading{}, refuse("是 PDF，这里不能读取；请另存为 Word 文档（docx）再导入")
		}
		return tools.PDF(ctx, f.data)
	case pictureFormat:
		return f.picture(ctx)
	}
	converted, err := f.converted(ctx, "请用 Word 或 WPS 另存为 docx 后再导入")
	if err != nil {
		return corpus.Reading{}, err
	}
	return docx.Read(ctx, converted)
}

// converted has a file of an old format made into one of today's.
func (f *file) converted(ctx context.Context, instead string) ([]byte, error) {
	if f.reader.opts.Tools.Convert == nil {
		return nil, refuse("是%s，没有安装 LibreOffice，不能读取；%s", traits[f.kind].name, instead)
	}
	name := path.Base(f.in.rel)
	if !f.kind.promised(f.end) {
		name = strings.TrimSuffix(name, path.Ext(name)) + traits[f.kind].ends[0]
	}
	return f.reader.opts.Tools.Convert(ctx, name, f.data)
}

// picture has the text of a picture recognised.
func (f *file) picture(ctx context.Context) (corpus.Reading, error) {
	r := corpus.Reading{Pages: 1}
	if f.reader.opts.Tools.Recognise == nil {
		r.Unread = []int{1}
		return r, nil
	}
	text, err := f.reader.opts.Tools.Recognise(ctx, f.data)
	if err != nil {
		return r, err
	}
	r.Recognised = []int{1}
	r.Blocks = textBlocks(clean(text))
	return r, nil
}

// reading makes a content of what a reader found. What the file states about
// itself counts more than what its text says.
func (s *source) reading(r corpus.Reading) (corpus.Content, error) {
	if strings.TrimSpace(allText(r.Blocks)) == "" {
		return corpus.Content{}, noText(r)
	}
	for _, w := range r.Warnings { // of pages that were not read as well
		s.warn("%s", w)
	}
	f := s.stated(r.Stated)
	d, err := s.document(f)
	if err != nil {
		return corpus.Content{}, err
	}
	if r.Title != "" {
		d.Title = strings.Join(strings.Fields(clean(r.Title)), " ")
	} else if d.Title == "" && r.Blocks[0].Heading == 1 {
		d.Title = strings.Join(strings.Fields(clean(r.Blocks[0].Label+r.Blocks[0].Text)), " ")
	}
	if utf8.RuneCountInString(d.Title) > maxField {
		d.Title = corpus.FirstTitle(d.Title) // all of it stands in the text
	}
	c, err := s.finish(d, f, cleanBlocks(r.Blocks))
	if err != nil {
		return c, err
	}
	if len(r.Recognised) > 0 {
		c.Hold = fmt.Sprintf("识别文本：第 %s 页的文字由图片识别而来，可能有错；请对照原件核对，确认后才能发布", ranges(r.Recognised))
	}
	return c, nil
}

// noText says what to do about a file without text.
func noText(r corpus.Reading) error {
	switch {
	case len(r.Recognised) > 0:
		return refuse("是扫描件或图片，没有识别出文字，未导入；请录入文字，或换成有文字的原件再导入")
	case len(r.Unread) > 0:
		return refuse("是扫描件或图片（%d 页），没有可读的文字，未导入；请录入文字或换成有文字的原件，也可以配置文字识别（POLICYBOT_OCR）后再导入", max(r.Pages, len(r.Unread)))
	}
	return refuse("没有可读的文字，未导入")
}

// stated reads what a file says about itself, apart from its text. Days that
// cannot be read are left out: the field was filled in by a program.
func (s *source) stated(all []corpus.Finding) fields {
	f := fields{}
	for _, one := range all {
		if f[one.Field] != nil || strings.TrimSpace(one.Value) == "" {
			continue
		}
		switch one.Field {
		case "published", "written", "effective", "expires", "ended":
			if _, ok := clause.ParseDay(one.Value); !ok {
				s.warn("%s写的日期“%.40s”无法识别，已略去", one.Place, one.Value)
				continue
			}
		case "url", "kind", "id":
			continue // a program's own
		}
		f[one.Field] = found{value: one.Value, place: one.Place}
	}
	return f
}

// cleanBlocks takes out of blocks what nobody can see.
func cleanBlocks(blocks []corpus.Block) []corpus.Block {
	out := make([]corpus.Block, len(blocks))
	for i, b := range blocks {
		b.Label, b.Text = clean(b.Label), clean(b.Text)
		out[i] = b
	}
	return out
}

// ranges writes ascending numbers as 1–3、5.
func ranges(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		k := i
		for k+1 < len(numbers) && numbers[k+1] == numbers[k]+1 {
			k++
		}
		part := itoa(numbers[i])
		if k > i {
			part += "–" + itoa(numbers[k])
		}
		if parts = append(parts, part); len(parts) == 20 && k+1 < len(numbers) {
			parts = append(parts, "…")
			break
		}
		i = k + 1
	}
	return strings.Join(parts, "、")
}
