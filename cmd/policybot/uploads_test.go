//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// put sends files in one form, as a browser does. ok is false where nothing,
// or an error, came back.
func (o *colleague) put(console string, names []string) (ok bool) {
	o.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range names {
		p, err := w.CreateFormFile("file", name)
		if err == nil {
			_, err = io.WriteString(p, strings.ReplaceAll(strings.ReplaceAll(dogRules, "养犬", strings.TrimSuffix(name, ".md")), "〕7号", "〕"+strings.Trim(name, "养鸽第号.md")+"号"))
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		o.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, console+"/uploads", &body)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Accept", "application/json")
	res, err := o.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	var said struct{ Taken int }
	return res.StatusCode == http.StatusOK && json.NewDecoder(res.Body).Decode(&said) == nil && said.Taken == len(names)
}

// TestKilledUploads sends two hundred files, kills the server in the middle,
// and starts it again: what was acknowledged is there, the page says which of
// it are still to be read, and sending everything again completes it without
// storing anything twice.
func TestKilledUploads(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short: two hundred files are read")
	}
	const files, enough = 200, 120
	data := filepath.Join(t.TempDir(), "data")
	set := setLink.FindString(cli(t, "", "staff", "add", "wang", "--display", "王敏", "--roles", "editor", "--data", data).must(t, 0).out)
	start := func() (*service, string) {
		s := startChild(t, data, "--empty", "--log-file", "-")
		at := staffAt.FindStringSubmatch(s.out.String())
		if at == nil {
			t.Fatalf("%s", s.out)
		}
		return s, at[1]
	}
	s, console := start()
	wang := newColleague(t)
	link, err := url.Parse(set)
	if err != nil {
		t.Fatal(err)
	}
	const password = "lantern 4 willow"
	if status, body := wang.send(strings.TrimSuffix(console, "/console")+link.Path, url.Values{"password": {password}, "again": {password}}); status != 200 || !strings.Contains(body, "首页") {
		t.Fatalf("%d %s", status, body)
	}
	var names, taken []string
	for i := range files {
		names = append(names, fmt.Sprintf("养鸽第%d号.md", i+1))
	}
	for _, name := range names {
		if !wang.put(console, []string{name}) {
			break
		}
		taken = append(taken, name)
		if len(taken) == enough {
			time.AfterFunc(20*time.Millisecond, func() { _ = s.process.Process.Kill() }) // while one is being sent
		}
	}
	s.kill()
	if len(taken) < enough || len(taken) == files {
		t.Fatalf("%d files were taken before the end", len(taken))
	}
	read := inquire[int](t, data, "SELECT count(*) FROM uploads WHERE state = 'done'")
	_, console = start()
	t.Logf("%d of %d files acknowledged when it was killed, %d of them read", len(taken), files, read)

	listed := wang.listed(console + "/uploads?page=")
	for _, name := range taken {
		if !strings.Contains(listed, "<b>"+name+"</b>") {
			t.Errorf("%s was acknowledged, and is lost", name)
		}
	}
	if !wang.put(console, names) { // all in one form, as without a script
		t.Fatal("the files are not taken again")
	}
	eventually(t, "all files are read", func() bool {
		return inquire[int](t, data, "SELECT count(*) FROM uploads WHERE state NOT IN ('done', 'failed')") == 0
	})
	if n := inquire[int](t, data, "SELECT count(*) FROM works WHERE revision > 0"); n != files {
		t.Errorf("%d documents came of %d files", n, files)
	}
	if _, body := wang.send(console+"/uploads?waiting=1", nil); !strings.Contains(body, "都读完了") {
		t.Errorf("%s", body)
	}
}

// listed reads all pages of a list.
func (o *colleague) listed(address string) string {
	o.t.Helper()
	all := ""
	for page := 1; page < 50; page++ {
		status, body := o.send(address+fmt.Sprint(page), nil)
		if status != http.StatusOK {
			o.t.Fatalf("%s%d: %d", address, page, status)
		}
		all += html.UnescapeString(body)
		if !strings.Contains(body, `rel="next"`) {
			break
		}
	}
	return all
}
