package console

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/policybot/policybot/corpus"
	"github.com/policybot/policybot/corpus/desk"
	"github.com/policybot/policybot/web/page"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed assets
var assets embed.FS

// frame is what the layout shows around a page.
type frame struct {
	Title, Site string
	Me          *desk.Staff // nil: nobody is signed in
	Rail        []railLink
	Notice      string
	Data        any
}

type railLink struct {
	Href, Text string
	Here       bool
}

// rendering holds the templates and the assets. It does not change.
type rendering struct {
	sets  map[string]*template.Template
	files map[string][]byte
	hash  string
}

// parse reads what is embedded. An error is a fault of the build.
func parse(shared *page.Pages) (*rendering, error) {
	r := &rendering{sets: map[string]*template.Template{}, files: map[string][]byte{}}
	if err := r.readAssets(); err != nil {
		return nil, fmt.Errorf("console: assets: %w", err)
	}
	base, err := template.New("layout").Funcs(template.FuncMap{
		"asset": r.asset, "shared": shared.Asset, "to": func(p string) string { return Root + p },
		"plain": plainly, "ends": ends, "clock": clock, "roles": roleList, "role": roleWord, "pair": pair, "join": strings.Join,
		"status": func(s corpus.Status) string { return statusWords[s] },
	}).ParseFS(templates, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("console: layout: %w", err)
	}
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "layout" || name == "parts" {
			continue
		}
		set, err := base.Clone()
		if err == nil {
			set, err = set.ParseFS(templates, file)
		}
		if err != nil {
			return nil, fmt.Errorf("console: %s: %w", name, err)
		}
		r.sets[name] = set
	}
	return r, nil
}

func (r *rendering) readAssets() error {
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
		r.files[path.Base(file)] = data
		return nil
	})
	r.hash = hex.EncodeToString(sum.Sum(nil))[:16]
	return err
}

// asset returns the address of an asset, with the hash of all of them in it.
func (r *rendering) asset(name string) (string, error) {
	if _, ok := r.files[name]; !ok {
		return "", fmt.Errorf("console: no asset %q", name)
	}
	return Root + "/assets/" + r.hash + "/" + name, nil
}

// part writes one named piece of a page.
func (r *rendering) part(w io.Writer, name, part string, data any) error {
	set, ok := r.sets[name]
	if !ok {
		return fmt.Errorf("console: no page %q", name)
	}
	if err := set.ExecuteTemplate(w, part, data); err != nil {
		return fmt.Errorf("console: %s: %w", name, err)
	}
	return nil
}

// render returns a whole page; nothing is written halfway.
func (r *rendering) render(name string, f frame) ([]byte, error) {
	var b bytes.Buffer
	if err := r.part(&b, name, "layout", f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// asset serves one of our own files.
func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	data, ok := s.templates.files[name]
	if !ok {
		s.lost(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)])
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("hash") == s.templates.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("ETag", `"`+s.templates.hash+`"`)
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}

// ends writes when a time is over: the end of a day by that day.
func ends(t time.Time) string {
	in := t.In(corpus.Zone)
	if !t.IsZero() && in.Hour() == 0 && in.Minute() == 0 {
		return corpus.DayOf(t.Add(-time.Minute)).Chinese() + "为止"
	}
	return clock(t)
}

// toStaff are words for who runs the program, as who works with it reads them.
var toStaff = strings.NewReplacer(
	"也可以配置文字识别（POLICYBOT_OCR）后再导入", "也可以请维护人员配置文字识别，再上传一次",
	"请检查 POLICYBOT_OCR 配置的命令能否运行", "请维护人员检查文字识别的设置",
	"没有安装 LibreOffice", "服务器没有安装 LibreOffice，可以请维护人员安装",
	"以元数据的", "以填写的", "再导入", "再上传", "请另行导入", "请另行上传", "未导入", "没有读入", "后导入", "后上传",
)

// plainly writes what was found wrong with a file for the person who has put it
// in.
func plainly(message string) string {
	return toStaff.Replace(sheetRow.ReplaceAllString(message, "工作表“${1}”第${2}行："))
}

// sheetRow is where a line of a workbook stands: 问答!3：
var sheetRow = regexp.MustCompile(`^([^!：]{1,60})!([0-9]+)：`)

// problemWords writes a problem with where it is.
func problemWords(p desk.Problem) string {
	where := p.File
	if p.Line > 0 {
		where = strings.TrimLeft(where+" ", " ") + "第" + itoa(p.Line) + "行"
	}
	if where != "" {
		return plainly(where + "：" + p.Message)
	}
	return plainly(p.Message)
}

// paired is something on a page together with the page.
type paired struct{ Page, One any }

func pair(page, one any) paired { return paired{page, one} }

// clock writes an instant as the clock on the wall has it in China; "" for
// none.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(corpus.Zone).Format("2006-01-02 15:04")
}

var roleWords = map[desk.Role]string{desk.Editor: "编辑", desk.Reviewer: "审核", desk.Maintainer: "维护", desk.Admin: "管理", desk.Auditor: "审计"}

func roleWord(r desk.Role) string { return roleWords[r] }

// roleList writes roles as one reads them: 编辑、审核.
func roleList(roles []desk.Role) string {
	var words []string
	for _, r := range desk.Roles() {
		for _, has := range roles {
			if has == r {
				words = append(words, roleWords[r])
			}
		}
	}
	return strings.Join(words, "、")
}
