package extract

import (
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/extract/docx"
	"github.com/policybot/policybot/corpus/extract/office"
)

// TestRoundTripDocx reads the law as LibreOffice writes it in docx; the table
// comes back as one.
func TestRoundTripDocx(t *testing.T) {
	t.Parallel()
	got, err := docx.Read(t.Context(), libreOffice(t, lawODT(t), "docx"))
	if err != nil {
		t.Fatal(err)
	}
	law := lawBlocks(t)
	if got.Title != law[0].Text || len(got.Stated) > 0 {
		t.Errorf("title %q, stated %v", got.Title, got.Stated)
	}
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "“青岚市人民政府规章”") {
		t.Errorf("warnings %q", got.Warnings)
	}
	sameBlocks(t, got.Blocks, law)
	sameLaw(t, got.Blocks)
}

// TestRoundTripOld has the law made into the formats of old, and back.
func TestRoundTripOld(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"doc", "rtf"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			old := libreOffice(t, lawODT(t), format)
			c, err := office.Find()
			if err != nil {
				t.Fatal(err)
			}
			converted, err := c.Convert(t.Context(), "law."+format, old)
			if err != nil {
				t.Fatal(err)
			}
			got, err := docx.Read(t.Context(), converted)
			if err != nil {
				t.Fatal(err)
			}
			sameLaw(t, got.Blocks)
		})
	}
}

// sameBlocks asserts that a law came back block by block. The line that is no
// heading of the Markdown is none here.
func sameBlocks(t *testing.T, got, want []corpus.Block) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		var g, w corpus.Block
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if w.Heading > 0 {
			w.Heading-- // a level for the title, which has a style of its own
		}
		if g != w {
			t.Errorf("block %d: got %+v, want %+v", i, g, w)
		}
	}
}
