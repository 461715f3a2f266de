//go:build unix

package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// browser keeps cookies as a newcomer's does.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// chatWith types into the chat page and returns the page that comes.
func chatWith(t *testing.T, c *http.Client, base, text string) string {
	t.Helper()
	res, err := c.PostForm(base+"/chat", url.Values{"text": {text}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("POST /chat %q: %s, %v", text, res.Status, err)
	}
	return string(body)
}

var documentLink = regexp.MustCompile(`href="([^"]*/d/[^"/]+/([^"/]+))"`)

func TestNewcomer(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "policybot-data")
	s := startHere(t, data)
	t.Run("greeting", func(t *testing.T) {
		for _, want := range []string{
			data + " (made)", "of the sample corpus (an invented city)", s.base + "/\n", s.base + "/wechat/default", s.base + "/documents\n",
		} {
			if !strings.Contains(s.out.String(), want) {
				t.Errorf("the greeting lacks %q:\n%s", want, s.out)
			}
		}
	})
	t.Run("chat", func(t *testing.T) { newcomerChat(t, s) })
	t.Run("probes", func(t *testing.T) {
		for _, p := range []string{"/healthz", "/readyz"} {
			if status, body := get(t, s.base+p); status != http.StatusOK {
				t.Errorf("%s: %d %s", p, status, body)
			}
		}
		r := cli(t, "", "health", "--data", data).must(t, 0)
		if !strings.HasPrefix(r.out, "ready\n") {
			t.Errorf("health says %q", r.out)
		}
	})
	t.Run("hostile questions", func(t *testing.T) { hostileToAsk(t, data) })
	t.Run("ask", func(t *testing.T) { askShapes(t, data) })
	if code := s.stop(); code != 0 {
		t.Fatalf("serve ended with %d:\n%s", code, s.log)
	}
	cli(t, "", "health", "--data", data).must(t, 1)
	s = startHere(t, data)
	if !strings.Contains(s.out.String(), data+" (found)") {
		t.Errorf("the second start does not say that the folder was found:\n%s", s.out)
	}
	if strings.Contains(s.log.String(), "index built") {
		t.Errorf("the second start built the index again:\n%s", s.log)
	}
	if page := chatWith(t, browser(t), s.base, "老人卡在哪里办？"); !strings.Contains(page, "示例") {
		t.Error("the second start does not answer from the sample")
	}
	// The first document of one's own takes the sample out while it runs.
	t.Run("own document", func(t *testing.T) { firstOwnDocument(t, s) })
}

func newcomerChat(t *testing.T, s *service) {
	c := browser(t)
	status, page := get(t, s.base+"/")
	if status != http.StatusOK || !strings.Contains(page, "示例") || !strings.Contains(page, "老人卡在哪里办？") {
		t.Errorf("the chat page (%d) is not marked 示例, or has no question to try", status)
	}
	page = chatWith(t, c, s.base, "老人卡在哪里办？")
	_, page, _ = strings.Cut(page, "turn ours answered")
	for _, want := range []string{"示例", "《"} {
		if !strings.Contains(page, want) {
			t.Errorf("the reply lacks %q:\n%s", want, page)
		}
	}
	m := documentLink.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the reply has no link to a passage:\n%s", page)
	}
	link := html.UnescapeString(m[1])
	if !strings.HasPrefix(link, s.base) {
		t.Errorf("the link %s does not lead here", link)
	}
	status, page = get(t, link)
	if status != http.StatusOK || !strings.Contains(page, "示例") {
		t.Errorf("%s: %d, marked 示例: %v", link, status, strings.Contains(page, "示例"))
	}
	marked := regexp.MustCompile(`<[a-z]+[^>]*\bid="` + regexp.QuoteMeta(m[2]) + `"[^>]*>`).FindString(page)
	if marked == "" || !strings.Contains(marked, "cited") {
		t.Errorf("%s: the passage %s is not marked: %q", link, m[2], marked)
	}
}

// firstOwnDocument publishes one while the sample is in service.
func firstOwnDocument(t *testing.T, s *service) {
	file := write(t, filepath.Join(t.TempDir(), "own.jsonl"), policy("lunyi", "共享轮椅"))
	before := asked(t, s.data, nil, "老人卡在哪里办？")[0]
	if len(before.Sources) == 0 {
		t.Fatal("nothing found in the sample")
	}
	cli(t, "", "import", "--publish", "--data", s.data, file).must(t, 0)
	page := chatWith(t, browser(t), s.base, "共享轮椅怎么借？")
	if !strings.Contains(page, "云溪县共享轮椅借用办法") {
		t.Error("what was imported is not answered from")
	}
	for name, body := range map[string]string{"chat": page, "chat page": second(get(t, s.base+"/")), "documents": second(get(t, s.base+"/documents"))} {
		if strings.Contains(body, "示例") || strings.Contains(body, "青岚") {
			t.Errorf("%s still shows the sample:\n%s", name, body)
		}
	}
	if status, _ := get(t, before.Sources[0].URL); status != http.StatusNotFound {
		t.Errorf("%s of the sample: %d", before.Sources[0].URL, status)
	}
	after := asked(t, s.data, nil, "老人卡在哪里办？", "租房能提公积金吗")
	for _, l := range after {
		if strings.Contains(l.Text, "示例") || strings.Contains(l.Text, "青岚") {
			t.Errorf("%s is still answered from the sample: %s", l.Question, l.Text)
		}
		for _, src := range l.Sources {
			if src.Document != "lunyi" {
				t.Errorf("%s: source %s", l.Question, src.Document)
			}
		}
	}
}

func second(_ int, body string) string { return body }

func TestServeEmpty(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	foreign := write(t, filepath.Join(data, "notes", "of-mine.txt"), "mine")
	s := startHere(t, data, "--empty")
	if !strings.Contains(s.out.String(), "0 of your own\n") {
		t.Errorf("--empty greets with\n%s", s.out)
	}
	if _, body := get(t, s.base+"/documents"); strings.Contains(body, "示例") {
		t.Error("--empty lists sample documents")
	}
	l := asked(t, data, nil, "老人卡在哪里办？")[0]
	if l.Status != "refused" || len(l.Sources) != 0 || strings.Contains(l.Text, "示例") {
		t.Errorf("--empty answers %s: %s", l.Status, l.Text)
	}
	t.Run("imports", func(t *testing.T) { importShapes(t, s) })
	t.Run("second server", func(t *testing.T) {
		r := cli(t, "", serveArgs(data, nil)...).must(t, 1)
		if !strings.Contains(r.errs, "another policybot is using the data folder "+data) {
			t.Errorf("the second server says %q", r.errs)
		}
		if status, _ := get(t, s.base+"/readyz"); status != http.StatusOK {
			t.Errorf("the first server is %d", status)
		}
	})
	t.Run("port in use", func(t *testing.T) {
		address := strings.TrimPrefix(s.base, "http://")
		r := cli(t, "", "serve", "--addr", address, "--data", t.TempDir()).must(t, 1)
		if !strings.Contains(r.errs, "cannot listen on "+address) || strings.Contains(r.errs, "goroutine") {
			t.Errorf("a port in use says %q", r.errs)
		}
	})
	s.stop()
	if b, err := os.ReadFile(foreign); err != nil || string(b) != "mine\n" {
		t.Errorf("a foreign file in the folder: %q, %v", b, err)
	}
}
