// Package page holds what web pages are made of: templates, one style sheet,
// two small scripts and an icon, all embedded. It knows how to render, not
// what to show.
package page

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed assets
var assets embed.FS

// Prefix is where assets are served: Prefix + content hash + "/" + file name.
const Prefix = "/assets/"

// Head is what every page tells the browser about itself. The data given to
// Render has a field Head of this type.
type Head struct {
	Site        string // name of the account, in the bar on top
	Title       string
	Description string
	Canonical   string // absolute address; "" leaves it out
	Script      string // asset name; "" is a page without script
	Class       string // class of the body
	NoIndex     bool   // not for search engines
	Here        string // the bar's link that leads here: /topics
	Feed        string // address of the RSS feed to tell readers of; "" is none
	Apart       bool   // it stands in somebody else's frame: links open elsewhere
	Large       bool   // large print, 大字版
	Switch      string // address of this page in the other print; "" leaves the switch out
	Footer      Footer
}

// Footer is what a government site has to say at its foot, and whom to turn
// to. What is empty is left out.
type Footer struct {
	Organiser      string // 主办单位
	Operator       string // 承办单位
	SiteCode       string // 网站标识码
	ICP            string // ICP备案号: 浙ICP备12345678号-1
	PublicSecurity string // 公安备案号: 浙公网安备33010002000001号
	ErrorReport    string // 政府网站找错: address, http or https
	Contact        string // telephone, mail, address: as it is to be read
}

// SecurityLink is where the public security record can be looked up.
func (f Footer) SecurityLink() string {
	code := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, f.PublicSecurity)
	if code == "" {
		return "https://beian.mps.gov.cn/"
	}
	return "https://beian.mps.gov.cn/#/query/webSearch?code=" + code
}

// Bar are the links on top of every page.
func (Head) Bar() []Link { return bar }

// Link is a link of the bar.
type Link struct{ Href, Text string }

var bar = []Link{{"/", "提问"}, {"/search", "搜索"}, {"/topics", "专题"}, {"/documents", "全部文件"}, {"/agencies", "单位"}}

// Pages renders the templates and serves the assets. It does not change after
// New and may be used at the same time.
type Pages struct {
	root string
	*parsed
}

// parsed is what the pages of all sites share: templates take megabytes.
type parsed struct {
	sets  map[string]*template.Template
	files map[string][]byte
	hash  string
	mark  string // stands for the root in what a template writes; nobody can guess it
}

// New parses the embedded templates and hashes the assets. root stands before
// every address on the site: "" or, say, /a/minzheng; assets are shared by all
// sites and have none. An error is a fault of the build.
func New(root string) (*Pages, error) {
	p := &Pages{root, &parsed{sets: map[string]*template.Template{}, files: map[string][]byte{}, mark: "/" + rand.Text()}}
	if err := p.readAssets(); err != nil {
		return nil, fmt.Errorf("page: assets: %w", err)
	}
	shared, err := template.New("layout").
		Funcs(template.FuncMap{"asset": p.Asset, "at": p.link}).
		ParseFS(templates, "templates/layout.html")
	if err != nil {
		return nil, fmt.Errorf("page: layout: %w", err)
	}
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" {
			continue
		}
		set, err := shared.Clone()
		if err == nil {
			set, err = set.ParseFS(templates, file)
		}
		if err != nil {
			return nil, fmt.Errorf("page: %s: %w", name, err)
		}
		p.sets[name] = set
	}
	return p, nil
}

// Under returns the same pages for another site.
func (p *Pages) Under(root string) *Pages { return &Pages{root, p.parsed} }

func (p *parsed) readAssets() error {
	sum := sha256.New()
	err := fs.WalkDir(assets, "assets", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := assets.ReadFile(file)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", file, len(data))
		sum.Write(data)
		p.files[path.Base(file)] = data
		return nil
	})
	p.hash = hex.EncodeToString(sum.Sum(nil))[:16]
	return err
}

// At returns the address of a path on the site: of /documents,
// /a/minzheng/documents. Anything else, such as https://…, stays as it is.
func (p *Pages) At(href string) string {
	if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") {
		return p.root + href
	}
	return href
}

// link is At in templates, which do not know whose pages they write: the mark
// stands for the root. Addresses that nobody has looked at before are left to
// the template's own filter.
func (p *parsed) link(href any) any {
	marked := &Pages{root: p.mark}
	if u, ok := href.(template.URL); ok {
		return template.URL(marked.At(string(u))) //nolint:gosec // looked at by who made it a URL
	}
	return marked.At(fmt.Sprint(href))
}

// Asset returns the address of an asset, with the hash of all assets in it.
// The error names an asset that does not exist.
func (p *parsed) Asset(name string) (string, error) {
	if _, ok := p.files[name]; !ok {
		return "", fmt.Errorf("page: no asset %q", name)
	}
	return Prefix + p.hash + "/" + name, nil
}

// Render returns a whole page. It fails where the template does not fit the
// data; nothing is written halfway.
func (p *Pages) Render(name string, data any) ([]byte, error) {
	return p.Part(name, "layout", data)
}

// Part returns one named piece of a page: a chat reply, without the page
// around it.
func (p *Pages) Part(name, part string, data any) ([]byte, error) {
	set, ok := p.sets[name]
	if !ok {
		return nil, fmt.Errorf("page: no page %q", name)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, part, data); err != nil {
		return nil, fmt.Errorf("page: %s: %w", name, err)
	}
	return bytes.ReplaceAll(b.Bytes(), []byte(p.mark), []byte(p.root)), nil
}

var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// File serves one asset of the address Prefix/{hash}/{name}; false where there
// is none, and then nothing was written. Under another hash (a page of the
// version before) today's file is served, but not to be kept.
func (p *Pages) File(w http.ResponseWriter, r *http.Request, hash, name string) bool {
	data, ok := p.files[name]
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)])
	h.Set("Cache-Control", "no-cache")
	if hash == p.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", `"`+p.hash+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	return true
}
