package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestRenderErrors(t *testing.T) {
	t.Parallel()
	p, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Render("nothing", nil); err == nil {
		t.Error("an unknown page was rendered")
	}
	if _, err := p.Render("document", struct{ Head Head }{}); err == nil {
		t.Error("a page was rendered from data that does not fit")
	}
	if _, err := p.Asset("nothing.css"); err == nil {
		t.Error("an unknown asset has an address")
	}
}

// TestContrast holds the colours of both schemes to WCAG AA (4.5:1).
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := assets.ReadFile("assets/site.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(string(css), 2)
	if len(blocks) != 2 {
		t.Fatal("want a light and a dark scheme")
	}
	for i, scheme := range []string{"light", "dark"} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(blocks[i][1], -1) {
			colour[m[1]] = m[2]
		}
		for _, pair := range strings.Fields("ink/paper ink/raised ink/sunk soft/paper soft/raised press/paper press/raised press/press-tint ink/press-tint on-press/press " +
			"red/paper red/raised red/red-tint ink/red-tint press/red-tint green/paper amber/paper amber/sunk amber/amber-tint ink/amber-tint press/amber-tint ink/mine") {
			front, back, _ := strings.Cut(pair, "/")
			if c := contrast(t, colour[front], colour[back]); c < 4.5 {
				t.Errorf("%s: %s is %.2f:1", scheme, pair, c)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || hex == "" {
		t.Fatalf("no colour: %q", hex)
	}
	sum := 0.0
	for i, weight := range []float64{.0722, .7152, .2126} {
		c := float64(n>>(8*i)&255) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
