package policybot_test

import (
	"bufio"
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/policybot/policybot/web/webtest"
)

// TestReadmeShots takes the README's pictures of the program as it is built
// and started, with the sample corpus, into the folder that POLICYBOT_SHOTS
// names.
func TestReadmeShots(t *testing.T) {
	folder := os.Getenv("POLICYBOT_SHOTS")
	if folder == "" {
		t.Skip("SKIPPED: POLICYBOT_SHOTS names no folder for the README's pictures")
	}
	base, first := program(t)
	ctx := webtest.Browser(t, 90*time.Second)
	phone := chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateScale(2))
	wide := chromedp.EmulateViewport(1120, 660)
	do(t, ctx, phone)
	link := ask(t, ctx, base, "老人卡在哪里办？")
	shoot(t, ctx, filepath.Join(folder, "chat-phone.png"))
	do(t, ctx, chromedp.Navigate(link))
	until(t, ctx, cited)
	shoot(t, ctx, filepath.Join(folder, "document-phone.png"))

	for name, path := range map[string]string{
		"search": "/search?q=公积金提取", "topic": "/topics/养老", "agency": "/agencies/qinglan-minzheng",
	} {
		do(t, ctx, chromedp.Navigate(base+path+with(path, "print=off")))
		shoot(t, ctx, filepath.Join(folder, name+"-phone.png"))
		do(t, ctx, chromedp.Navigate(base+path+with(path, "print=large")))
		shoot(t, ctx, filepath.Join(folder, name+"-large.png"))
	}
	do(t, ctx, chromedp.Navigate(base+"/?print=off"))

	do(t, ctx, wide, chromedp.Navigate(base+"/d/jinglaoka-banfa/a6"))
	until(t, ctx, cited)
	shoot(t, ctx, filepath.Join(folder, "document-wide.png"))
	consoleShots(t, ctx, base, first, folder)
}

// with joins a further parameter to an address.
func with(path, parameter string) string {
	if strings.Contains(path, "?") {
		return "&" + parameter
	}
	return "?" + parameter
}

// cited says that the page shows what the reply cites.
const cited = `document.querySelector(".cited").getBoundingClientRect().top < innerHeight`

// ask asks on the chat page and returns the address that the reply links to.
func ask(t *testing.T, ctx context.Context, base, question string) string {
	t.Helper()
	do(t, ctx, chromedp.Navigate(base+"/"), chromedp.SendKeys(chromedp.CSS("#page-text"), question+"\r"))
	until(t, ctx, `document.querySelectorAll(".turn").length === 3 && !document.querySelector(".pending")`)
	link, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector(".turn:last-child a").href`))
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// program builds policybot, starts it in a fresh folder, and returns the
// address of its pages and the link that makes the first administrator.
func program(t *testing.T) (base, first string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "policybot")
	run(t, "go", "build", "-o", bin, "./cmd/policybot")
	foot := filepath.Join(t.TempDir(), "foot.yaml")
	err := os.WriteFile(foot, []byte("site: {organiser: 青岚市人民政府办公室（示例）, contact: 电话12345}\n"), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), bin, "serve", "--config", foot, "--addr", "127.0.0.1:0", "--keep-sample", "--check-links=false", "--data", filepath.Join(t.TempDir(), "data"))
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // ended by the test's context
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if address, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "try it"); ok {
			base = strings.TrimRight(strings.TrimSpace(address), "/")
		}
		if strings.Contains(lines.Text(), "/console/begin/") {
			first = strings.TrimSpace(lines.Text())
		}
		if strings.HasPrefix(lines.Text(), "Press") {
			return base, first
		}
	}
	t.Fatal("the program ended before it was ready")
	return "", ""
}

var do, until = webtest.Do, webtest.Until

// shoot takes a picture of what is in view, small enough for a README.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	taken, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(taken))
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColours(picture)); err != nil {
		t.Fatal(err)
	}
	if small.Len() > 250_000 {
		t.Errorf("%s has %d kB", name, small.Len()/1000)
	}
	if err := os.WriteFile(name, small.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// fewColours keeps the 256 commonest colours as they are (paper, ink, what can
// be pressed) and takes the nearest of them for the rest, the edges of letters.
func fewColours(picture image.Image) image.Image {
	out := image.NewPaletted(picture.Bounds(), nil)
	count := map[color.Color]int{}
	each := func(do func(x, y int)) {
		for y := out.Rect.Min.Y; y < out.Rect.Max.Y; y++ {
			for x := out.Rect.Min.X; x < out.Rect.Max.X; x++ {
				do(x, y)
			}
		}
	}
	each(func(x, y int) { count[picture.At(x, y)]++ })
	commonest := slices.SortedFunc(maps.Keys(count), func(a, b color.Color) int { return count[b] - count[a] })
	out.Palette = commonest[:min(len(commonest), 256)]
	nearest := make(map[color.Color]uint8, len(count))
	for c := range count {
		nearest[c] = uint8(out.Palette.Index(c))
	}
	each(func(x, y int) { out.SetColorIndex(x, y, nearest[picture.At(x, y)]) })
	return out
}
