package sheet

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/guard"
)

// workbook is an opened xlsx.
type workbook struct {
	ctx    context.Context
	limits Limits
	zip    *guard.Archive
	texts  []string // the table of texts, sharedStrings
	styles []format // of cells, by index
	from04 bool     // days are counted from 1904
}

// Workbook reads an xlsx file. Errors are those of visit and ctx, or a
// corpus.Refusal.
func Workbook(ctx context.Context, data []byte, l Limits, visit Visit) error {
	z, err := guard.Open(ctx, data, guard.Limits{Declared: uint64(l.Unzipped)})
	switch {
	case errors.Is(err, guard.ErrTooLarge):
		return refuse("表格解压后超过 %d MB 的上限，未读取；请拆成几份", l.Unzipped>>20)
	case err != nil:
		return refuse("表格文件已损坏或不完整，无法读取")
	case z.Locked():
		return refuse("表格有密码，无法读取；请取消密码后再导入")
	}
	w := &workbook{ctx: ctx, limits: l, zip: z}
	sheets, err := w.open()
	if err != nil {
		return err
	}
	m := &meter{Limits: l}
	for i, s := range sheets {
		if i >= l.Sheets {
			return refuse("工作表超过 %d 张的上限，其余未读取", l.Sheets)
		}
		if !z.Has(s.part) {
			continue // a chart
		}
		if err := w.table(s, m, visit); err != nil {
			return err
		}
	}
	return nil
}

// sheetRef is a sheet as the workbook lists it.
type sheetRef struct {
	Table
	part string
}

// open reads the parts that all sheets share.
func (w *workbook) open() ([]sheetRef, error) {
	main := "xl/workbook.xml"
	for id, target := range w.relations("_rels/.rels") {
		if strings.HasSuffix(id, "\tofficeDocument") {
			main = strings.TrimPrefix(target, "/")
		}
	}
	dir := path.Dir(main)
	targets := map[string]string{} // by ID
	stylesPart, textsPart := path.Join(dir, "styles.xml"), path.Join(dir, "sharedStrings.xml")
	for id, target := range w.relations(path.Join(dir, "_rels", path.Base(main)+".rels")) {
		id, kind, _ := strings.Cut(id, "\t")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		target = strings.TrimPrefix(target, "/")
		targets[id] = target
		switch kind {
		case "styles":
			stylesPart = target
		case "sharedStrings":
			textsPart = target
		}
	}
	var sheets []sheetRef
	err := w.each(main, w.limits.Strings, func(e xml.StartElement, _ *xml.Decoder) error {
		switch e.Name.Local {
		case "workbookPr":
			w.from04 = isTrue(attr(e, "date1904"))
		case "sheet":
			s := sheetRef{Table: Table{Name: clip(attr(e, "name")), Hidden: strings.Contains(strings.ToLower(attr(e, "state")), "hidden")}}
			if s.part = targets[attr(e, "id")]; s.part != "" && len(sheets) <= w.limits.Sheets {
				sheets = append(sheets, s)
			}
		}
		return nil
	})
	if err == nil && len(sheets) == 0 {
		err = refuse("表格里没有工作表，或文件已损坏")
	}
	if err == nil {
		err = w.readStyles(stylesPart)
	}
	if err == nil {
		err = w.readTexts(textsPart)
	}
	return sheets, err
}

func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40])
	}
	return s
}

// relations reads what a part refers to: ID and type, with a tab between →
// target. A part that is missing refers to nothing.
func (w *workbook) relations(part string) map[string]string {
	out := map[string]string{}
	_ = w.each(part, 4<<20, func(e xml.StartElement, _ *xml.Decoder) error {
		if e.Name.Local == "Relationship" && len(out) < 10_000 {
			out[attr(e, "Id")+"\t"+path.Base(attr(e, "Type"))] = attr(e, "Target")
		}
		return nil
	})
	return out
}

// each calls f for every element of a part; one that is missing has none.
func (w *workbook) each(name string, limit int64, f func(xml.StartElement, *xml.Decoder) error) error {
	if !w.zip.Has(name) {
		return nil
	}
	in, err := w.zip.Part(name, limit)
	if err != nil {
		return w.explain(err)
	}
	defer in.Close()
	d := xml.NewDecoder(in)
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return w.explain(err)
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := f(e, d); err != nil {
				return w.explain(err)
			}
		}
	}
}

// explain makes a Refusal of what reading a part came to.
func (w *workbook) explain(err error) error {
	var r corpus.Refusal
	switch {
	case w.ctx.Err() != nil:
		return w.ctx.Err()
	case errors.As(err, &r):
		return err
	case errors.Is(err, guard.ErrTooLarge):
		return refuse("表格太大，超过上限，未读取；请拆成几份")
	}
	return refuse("表格文件已损坏或不完整，无法读取")
}

// readTexts reads the table of texts. Readings in small print above characters
// (rPh) are left out.
func (w *workbook) readTexts(part string) error {
	return w.each(part, w.limits.Strings, func(e xml.StartElement, d *xml.Decoder) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := runs(d, "si")
		w.texts = append(w.texts, s)
		return err
	})
}

// runs reads the texts (t) up to the end of an element.
func runs(d *xml.Decoder, until string) (string, error) {
	var sb strings.Builder
	in, reading := false, 0
	for {
		t, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in = t.Name.Local == "t"
			if t.Name.Local == "rPh" {
				reading++
			}
		case xml.EndElement:
			in = false
			if t.Name.Local == "rPh" {
				reading--
			}
			if t.Name.Local == until {
				return unescape(sb.String()), nil
			}
		case xml.CharData:
			if in && reading <= 0 {
				sb.Write(t)
			}
		}
	}
}

// unescape writes _x000D_ as the character that it stands for (ECMA-376 Part
// 1, 22.9.2.19).
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	for _, known := range [][2]string{{"_x000D_", ""}, {"_x000d_", ""}, {"_x000A_", "\n"}, {"_x0009_", "\t"}, {"_x005F_", "_"}} {
		s = strings.ReplaceAll(s, known[0], known[1])
	}
	return s
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }
