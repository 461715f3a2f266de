package ofd

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostileSizes would not end if time grew with the square of what a file
// holds.
func TestHostileSizes(t *testing.T) {
	t.Parallel()
	many := func(one string, n int) string { return strings.Repeat(one, n) }
	with := func(page string, more map[string]string) map[string]string {
		f := files(page, "")
		for name, text := range more {
			f[name] = text
		}
		return f
	}
	var heap strings.Builder
	for i := range 150_000 {
		fmt.Fprintf(&heap, `<ofd:TextObject Boundary="9 9 9 9" Size="5"><ofd:TextCode X="0" Y="5">%c</ofd:TextCode></ofd:TextObject>`, '一'+i%20_000)
	}
	for name, f := range map[string]map[string]string{
		"text between elements": files(many("甲乙丙丁戊己庚辛<x/>", 250_000), ""),
		"codes of one object":   files(`<ofd:TextObject Boundary="0 0 9 9" Size="5">`+many(`<ofd:TextCode X="0" Y="5">甲乙丙丁戊己庚辛壬癸</ofd:TextCode>`, 200_000)+`</ofd:TextObject>`, ""),
		"one place":             files(heap.String(), ""),
		"a large graphic": with(many(`<ofd:CompositeObject ResourceID="5"/>`, 190_000), map[string]string{
			"Doc_0/Document.xml": docXML("<ofd:PublicRes>Res.xml</ofd:PublicRes>", ""),
			"Doc_0/Res.xml": head + `<ofd:Res xmlns:ofd="http://www.ofdspec.org/2016"><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="5">` +
				many("<x/>", 400_000) + `</ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>`,
		}),
		"tags of one large file": with(object(1, 30, 40, "甲"), map[string]string{
			"Doc_0/Document.xml": docXML("", "<ofd:CustomTags>Tags.xml</ofd:CustomTags>"),
			"Doc_0/Tags.xml":     head + "<a>" + many("<ofd:CustomTag><ofd:FileLoc>Tag.xml</ofd:FileLoc></ofd:CustomTag>", 150_000) + "</a>",
			"Doc_0/Tag.xml":      head + "<a>" + strings.Repeat("甲乙丙丁", 40_000) + "</a>",
		}),
		"a deep place": with(object(1, 30, 40, "甲"), map[string]string{
			"Doc_0/Document.xml": docXML("<ofd:PublicRes>"+many("a/", 30_000)+"Res.xml</ofd:PublicRes>", ""),
			"Doc_0/" + many("a/", 30_000) + "Res.xml": head + `<ofd:Res><ofd:MultiMedias>` +
				many(`<ofd:MultiMedia ID="5"><ofd:MediaFile>x</ofd:MediaFile></ofd:MultiMedia>`, 100_000) + `</ofd:MultiMedias></ofd:Res>`,
		}),
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			if _, err := Read(ctx, stored(t, f), nil); ctx.Err() != nil {
				t.Errorf("it took two minutes: %v", err)
			}
		})
	}
}

// stored packs files without compression: their ratio gives nothing away.
func stored(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, text := range files {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
