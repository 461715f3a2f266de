package console_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/console"
)

// drawing shows 45 white pages of what is called a PDF, nothing of what is
// called a workbook, and the file's name as the text of anything else.
type drawing struct{}

func (drawing) Leaf(_ context.Context, a corpus.Attached, title string, page int) (console.Leaf, error) {
	switch {
	case strings.HasPrefix(a.Name, "表格"):
		return console.Leaf{Why: "不能显示，请下载原件看。"}, nil
	case strings.HasPrefix(a.Name, "扫描"):
		l := console.Leaf{Pages: 45, Width: 30, Height: 40}
		if page > l.Pages {
			return l, nil
		}
		var out bytes.Buffer
		err := png.Encode(&out, image.NewGray(image.Rect(0, 0, l.Width, l.Height)))
		l.PNG = out.Bytes()
		return l, err
	}
	return console.Leaf{Text: a.Name + "\n<script>alert(1)</script>\n" + title, More: true}, nil
}

// named uploads the park rules as a file of a name, and returns their path.
func (d *desktop) named(t *testing.T, c *client, name string) string {
	t.Helper()
	c.send(map[string][]byte{name: []byte(strings.ReplaceAll(parkRules, "公园", name[:6]))}).must(t, http.StatusSeeOther)
	d.read(t)
	_, rest, _ := strings.Cut(c.get("/console/uploads").body, `<ul class="drafts"><li><a href="`)
	path, _, _ := strings.Cut(rest, `"`)
	return path
}

// TestOriginalBeside: an original is seen beside what was recognised, never
// with a type of its own, by those alone who may see the document; and that it
// was is in the history, once.
func TestOriginalBeside(t *testing.T) {
	t.Parallel()
	d := open(t, "")
	d.enter(t, "mz", "青岚市民政局", desk.Editor)
	d.enter(t, "other", "青岚市教育局", desk.Editor, desk.Reviewer)
	c, other := d.client(t).signIn("mz"), d.client(t).signIn("other")
	scan, text, sheet := d.named(t, c, "扫描.txt"), d.named(t, c, "文字.txt"), d.named(t, c, "表格.txt")

	c.get(text).must(t, 200).says(t, "对照原件", "下载原件")
	page := c.get(text+"/original").must(t, 200).says(t, "对照原件", "文字.txt", "没有版式", "没有显示，请下载原件看", "第二条 文字开放时间")
	if strings.Contains(page.body, "<script>alert") || !strings.Contains(page.body, "&lt;script&gt;alert") {
		t.Error("a script in an original is none on the page")
	}
	c.get(sheet+"/original").must(t, 200).says(t, "不能显示，请下载原件看", "第二条 表格开放时间")

	page = c.get(scan+"/original").must(t, 200).says(t, "共45页", "第20页", "后面的页")
	if n := strings.Count(page.body, "<figure>"); n != 20 {
		t.Errorf("%d pages stand below each other", n)
	}
	page = c.get(scan+"/original?from=41").must(t, 200).says(t, "第45页", "前面的页")
	if n := strings.Count(page.body, "<figure>"); n != 5 || strings.Contains(page.body, "后面的页") {
		t.Errorf("%d pages are left", n)
	}
	c.get(scan+"/original?from=46").must(t, 404)
	c.get(scan+"/original?from=-3&revision=x").must(t, 200)
	r := c.get(scan+"/original/1/45").must(t, 200)
	for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := png.Decode(strings.NewReader(r.body)); err != nil {
		t.Error(err)
	}
	for _, path := range []string{scan + "/original/1/46", scan + "/original/2/1", text + "/original/1/1", sheet + "/original/1/1", "/console/documents/none/original"} {
		c.get(path).must(t, 404)
	}
	for _, path := range []string{scan + "/original", scan + "/original/1/1", scan + "/file/1"} {
		other.get(path).must(t, 404)
	}
	c.get(scan+"/file/1").must(t, 200)
	all, err := d.store.Entries(t.Context(), desk.EntryFilter{Action: desk.ActionOriginal}, 0, 10)
	if err != nil || len(all) != 3 {
		t.Errorf("three originals were seen by one person: %+v, %v", all, err)
	}
}
