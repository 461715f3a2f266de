package pdf

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/policybot/policybot/corpus/extract/extracttest"
)

// TestFigures measures a file of 300 pages: ten seconds and 300 MB at most.
func TestFigures(t *testing.T) {
	if os.Getenv("POLICYBOT_BENCH") == "" {
		t.Skip("NOT TESTED: POLICYBOT_BENCH is not set, a PDF of 300 pages is not read")
	}
	var body strings.Builder
	body.WriteString("<h1>三百页的办法</h1>")
	for i := 1; i <= 1060; i++ {
		fmt.Fprintf(&body, "<p>第%d条　%s</p>", i, long("按照本办法办理，", 160))
	}
	data := extracttest.PDF(t, sheet(body.String()))
	r := opened(t, Config{})
	read(t, r, onePage(helvetica, stream("", ""))) // compiled, and started
	start := time.Now()
	got := read(t, r, data)
	took := time.Since(start)
	peak := peakMemory(t, r.child.cmd.Process.Pid)
	t.Logf("%d pages, %.1f MB, %d blocks in %v; the child's peak is %s", got.Pages, float64(len(data))/(1<<20), len(got.Blocks), took.Round(time.Millisecond), peak)
	if got.Pages < 300 || len(got.Blocks) != 1061 {
		t.Errorf("%d pages, %d blocks", got.Pages, len(got.Blocks))
	}
	if took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	var kb int
	if _, err := fmt.Sscan(peak, &kb); err == nil && kb > 300<<10 {
		t.Errorf("the child took %d MB", kb>>10)
	}
}

// peakMemory is the most that a process ever held, as the system says.
func peakMemory(t *testing.T, pid int) string {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return "not known here"
	}
	m := regexp.MustCompile(`VmHWM:\s*(\d+ kB)`).FindSubmatch(status)
	if m == nil {
		return "not known here"
	}
	return string(m[1])
}

// TestTesseract reads a scan that a text recognition made searchable, and one
// that is recognised now.
func TestTesseract(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("tesseract")
	if err != nil {
		t.Skip("NOT TESTED: tesseract is not installed, its searchable PDF is not read")
	}
	if langs, err := exec.CommandContext(t.Context(), program, "--list-langs").CombinedOutput(); err != nil || !strings.Contains(string(langs), "chi_sim") {
		t.Skip("NOT TESTED: tesseract has no chi_sim")
	}
	// A page as a picture: what the child renders of a page with text.
	dir := t.TempDir()
	picture := filepath.Join(dir, "page.png")
	if err := os.WriteFile(picture, screenshot(t, sheet("<h1>社区用餐办法</h1><p>第一条　"+long("为了方便用餐，", 60)+"</p>")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), program, picture, filepath.Join(dir, "page"), "-l", "chi_sim", "--dpi", "150", "pdf").CombinedOutput(); err != nil {
		t.Fatalf("tesseract: %v\n%s", err, out)
	}
	data, err := os.ReadFile(filepath.Join(dir, "page.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, opened(t, Config{}), data)
	solid := strings.Join(strings.Fields(text(got)), "")
	if fmt.Sprint(got.Recognised) != "[1]" || !strings.Contains(solid, "居民可以就近用餐") {
		t.Errorf("recognised %v, %q, %q", got.Recognised, text(got), got.Warnings)
	}
}

// screenshot is a page of HTML as a picture.
func screenshot(t *testing.T, page string) []byte {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("NOT TESTED: Chromium is not installed, there is no picture to recognise")
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.png")
	if err := os.WriteFile(in, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+filepath.Join(dir, "profile"),
		"--window-size=800,1100", "--force-device-scale-factor=2", "--screenshot="+out, "file://"+filepath.ToSlash(in))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
