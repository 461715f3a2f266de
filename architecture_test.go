// Package policybot_test guards what no compiler guards: which room may import
// which, whose licence we build on, and that the tree names no machine.
package policybot_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/policybot/policybot"

// rooms lists what each room may import of the others outside its tests:
// corpus ← index ← bot ← web ← cmd, with the adapters hanging on the sides,
// where only cmd wires them in. A new folder has to be put here first.
var rooms = map[string][]string{
	"corpus":                     {"corpus/numeral"},
	"corpus/numeral":             {},
	"corpus/clause":              {"corpus", "corpus/numeral"},
	"corpus/corpustest":          {"corpus"},
	"corpus/desk":                {"corpus", "corpus/clause", "corpus/diff"},
	"corpus/diff":                {"corpus"},
	"corpus/extract":             {"corpus", "corpus/clause", "corpus/extract/docx", "corpus/extract/guard", "corpus/extract/ofd", "corpus/extract/pdf", "corpus/extract/sheet", "corpus/extract/office"},
	"corpus/extract/docx":        {"corpus", "corpus/extract/guard"},
	"corpus/extract/extracttest": {},
	"corpus/extract/guard":       {},
	"corpus/extract/layout":      {"corpus"},
	"corpus/extract/ofd":         {"corpus", "corpus/clause", "corpus/extract/guard", "corpus/extract/layout"},
	"corpus/extract/pdf":         {"corpus", "corpus/extract/layout"},
	"corpus/extract/sheet":       {"corpus", "corpus/extract/guard"},
	"corpus/extract/office":      {"corpus"},
	"corpus/holiday":             {"corpus"},
	"corpus/sample":              {"corpus", "corpus/extract"},
	"index":                      {"corpus"},
	"index/segment":              {"corpus", "index"},
	"index/spell":                {"index"},
	"index/local":                {"corpus", "index"},
	"index/indextest":            {"corpus", "index"},
	"index/eval":                 {"corpus", "index"},
	"index/feed":                 {"corpus", "index"},
	"index/lexicon":              {"corpus", "index"},
	"index/failover":             {"corpus", "index"},
	"index/meili":                {"corpus", "index"},
	"bot":                        {"corpus", "corpus/numeral", "index"},
	"bot/wechat":                 {"corpus", "bot"},
	"door":                       {},
	"store":                      {"corpus", "corpus/desk", "door", "index", "index/eval", "index/feed", "index/lexicon", "bot", "store/migrations"},
	"store/archive":              {},
	"store/migrations":           {},
	"web":                        {"corpus", "index", "bot", "web/citizen", "web/hook", "web/page"},
	"web/citizen":                {"corpus", "index", "bot", "web/page"},
	"web/console":                {"corpus", "corpus/desk", "corpus/diff", "door", "index", "bot", "web/page"},
	"web/hook":                   {"corpus", "bot"},
	"web/links":                  {"corpus/desk"},
	"web/page":                   {},
	"web/webtest":                {},
	"web/metrics":                {"corpus", "index", "index/failover", "index/feed", "bot", "web/hook"},
	"cmd/release":                {},
	"cmd/policybot":              {"*"},
}

// owners lists the rooms that alone may import a package, or what is below
// it, tests included.
var owners = map[string][]string{
	"github.com/go-ego/gse":                {"index/segment"},
	"github.com/meilisearch":               {"index/meili"},
	"github.com/mozillazg/go-pinyin":       {"index/spell"},
	"github.com/gin-gonic/gin":             {"web", "web/hook"},
	"github.com/klauspost/compress/gzhttp": {"web"},
	"modernc.org":                          {"store"},
	"github.com/pressly/goose":             {"store", "store/migrations"},
	"database/sql":                         {"store", "store/migrations"},
	"github.com/prometheus":                {"web/metrics"},
	"github.com/spf13":                     {"cmd/policybot"},
	"github.com/caarlos0/env":              {"cmd/policybot"},
	"github.com/pelletier/go-toml":         {"cmd/policybot"},
	"github.com/DeRuina/timberjack":        {"cmd/policybot"},
	"github.com/klauspost/compress/zstd":   {"store/archive"},
	"github.com/schollz/progressbar":       {"cmd/policybot"},
	"codeberg.org/readeck":                 {"corpus/extract"},
	"github.com/PuerkitoBio/goquery":       {"corpus/extract"},
	"github.com/yuin/goldmark":             {"corpus/extract"},
	"github.com/gogs/chardet":              {"corpus/extract"},
	"github.com/klippa-app/go-pdfium":      {"corpus/extract/pdf"},
	"github.com/tetratelabs/wazero":        {"corpus/extract/pdf"},
	"github.com/sergi/go-diff":             {"corpus/diff"},
	"github.com/6tail/lunar-go":            {"corpus/holiday"},
	"github.com/chromedp":                  {".", "web", "web/console", "web/webtest"},
	"golang.org/x/crypto":                  {"door"},
	"github.com/pquerna/otp":               {"door"},
	"github.com/boombuler/barcode":         {"door"},
	"github.com/xuri/excelize":             {"web/console"},
	"github.com/wneessen/go-mail":          {"cmd/policybot"},
	"net/http":                             {"bot", "bot/wechat", "index/meili", "web", "web/citizen", "web/hook", "web/console", "web/links", "web/metrics", "web/page", "cmd/policybot"},
	"code.dny.dev/ssrf":                    {"web/links"},
	"html/template":                        {"web/citizen", "web/console", "web/page"},
	"unsafe":                               {"index/local"},
}

// lent is what tests of other rooms may use as well: the tests of the whole
// program look into its database.
var lent = map[string][]string{
	"database/sql":                       {"cmd/policybot"},
	"modernc.org":                        {"cmd/policybot"},
	"github.com/pquerna/otp":             {"web/console"},   // is the phone
	"github.com/chromedp":                {"cmd/policybot"}, // goes the whole way
	"github.com/klauspost/compress/zstd": {"cmd/policybot"}, // makes backups that are none
	"unsafe":                             {"index"},         // measures memory
}

// testRooms hold what tests of several rooms share.
var testRooms = []string{"corpus/extract/extracttest", "index/indextest", "web/webtest"}

// testsOnly are packages that the program itself never needs.
var testsOnly = []string{"testing", "net/http/httptest", "github.com/chromedp"}

// source is one Go file of the tree.
type source struct {
	name, room string
	test       bool
	file       *ast.File
	imports    []string
}

// sources parses every Go file, whatever system it is built for.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	for _, name := range tree(t) {
		if path.Ext(name) != ".go" || strings.Contains(name, "testdata/") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		s := source{name: name, room: path.Dir(name), test: strings.HasSuffix(name, "_test.go"), file: file}
		for _, imported := range file.Imports {
			p, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			s.imports = append(s.imports, p)
		}
		out = append(out, s)
	}
	return out
}

// below reports whether a package is p or beneath it.
func below(pkg, p string) bool { return pkg == p || strings.HasPrefix(pkg, p+"/") }

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range sources(t) {
		if s.room == "." {
			continue // this file
		}
		allowed, known := rooms[s.room]
		if !known {
			t.Errorf("%s: the room %q is not in the list: say in architecture_test.go what it may import", s.name, s.room)
			continue
		}
		seen[s.room] = true
		for _, p := range s.imports {
			other, ours := strings.CutPrefix(p, module+"/")
			if ours && !s.test && !slices.Contains(allowed, "*") && !slices.Contains(allowed, other) {
				t.Errorf("%s: %s must not import %s", s.name, s.room, other)
			}
			if ours && strings.HasPrefix(other, "cmd/") {
				t.Errorf("%s imports a command", s.name)
			}
		}
	}
	for room := range rooms {
		if !seen[room] {
			t.Errorf("the room %q is in the list, but not in the tree", room)
		}
	}
}

func TestLibrariesHaveOneHome(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, p := range s.imports {
			for owned, homes := range owners {
				if s.test {
					homes = slices.Concat(homes, lent[owned])
				}
				if below(p, owned) && !slices.Contains(homes, s.room) {
					t.Errorf("%s: %s belongs to %q alone", s.name, p, homes)
				}
			}
			if s.test || slices.Contains(testRooms, s.room) {
				continue
			}
			for _, only := range testsOnly {
				if below(p, only) {
					t.Errorf("%s: %s is for tests only", s.name, p)
				}
			}
		}
	}
}

// TestEdges guards two more rules: settings come in through cmd alone, and
// nothing serves or calls HTTP by the package-wide defaults, which have no
// timeout and which every library can add routes to.
func TestEdges(t *testing.T) {
	t.Parallel()
	edges := map[string]string{
		"os.Getenv": "cmd/policybot", "os.LookupEnv": "cmd/policybot", "os.Environ": "cmd/policybot", "os.Exit": "cmd/policybot",
		"http.DefaultServeMux": "", "http.DefaultClient": "", "http.Handle": "", "http.HandleFunc": "",
		"http.ListenAndServe": "", "http.Get": "", "http.Post": "", "http.PostForm": "",
	}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			name := pkg.Name + "." + sel.Sel.Name
			if home, guarded := edges[name]; guarded && s.room != home && (home == "" || s.room != "cmd/release") {
				t.Errorf("%s: %s uses %s", s.name, s.room, name)
			}
			return true
		})
	}
}

// copyleft finds the title of a licence that this project cannot build on. It
// is looked for where a licence has its title: others, such as the MPL,
// mention the GPL further down.
var copyleft = regexp.MustCompile(`(?i)GNU\s+(AFFERO\s+|LESSER\s+|LIBRARY\s+)?GENERAL\s+PUBLIC\s+LICENSE`)

const title = 600 // bytes

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|unlicense)`)

// TestLicences reads the licence of every module that the build list names,
// also of those that only the tests of other modules use. Modules that are not
// in the module cache yet are downloaded.
func TestLicences(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, m := range strings.Fields(string(run(t, "go", "list", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}{{end}}", "./..."))) {
		used[m] = true
	}
	if len(used) < 20 {
		t.Errorf("only %d modules are used", len(used))
	}
	// Downloading adds to go.sum: that of a copy.
	folder := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	modules := run(t, "go", "mod", "download", "-modfile="+filepath.Join(folder, "go.mod"), "-json", "all")
	for dec := json.NewDecoder(bytes.NewReader(modules)); ; {
		var m struct{ Path, Version, Dir string }
		if err := dec.Decode(&m); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		found, forbidden := licence(t, m.Dir)
		switch {
		case forbidden != "":
			t.Errorf("%s %s: %s is a licence that we cannot build on", m.Path, m.Version, forbidden)
		case !found && used[m.Path]:
			t.Errorf("%s %s: no licence file", m.Path, m.Version)
		}
		delete(used, m.Path)
	}
	delete(used, module)
	for m := range used {
		t.Errorf("%s is used, but was not looked at", m)
	}
}

// run returns what a command printed.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, errs.String(), out)
	}
	return out
}

// licence looks for licence files at a module's root: whether there is one,
// and the name of one that is forbidden.
func licence(t *testing.T, dir string) (found bool, forbidden string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found = true
		if copyleft.Match(text[:min(len(text), title)]) {
			forbidden = e.Name()
		}
	}
	return found, forbidden
}

func TestNoMachinePaths(t *testing.T) {
	t.Parallel()
	// Written in two pieces: this file is looked at as well.
	paths := regexp.MustCompile(`(^|[\s"'` + "`" + `(=:\[])/(` + "wor" + `k|` + "tm" + `p/bash_jobs|` + "ro" + `ot|home/[a-z]+|Users/[A-Za-z]+)(/|\b)`)
	for _, name := range tree(t) {
		text, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
			continue // a picture
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if at := paths.Find(line); at != nil {
				t.Errorf("%s:%d names a machine's path: %q", name, i+1, at)
			}
		}
	}
}

// tree lists the files that are committed or about to be; outside of a
// checkout, all but hidden folders and what npm fetched.
func tree(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err == nil {
		names := strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
		slices.Sort(names)
		return slices.DeleteFunc(slices.Compact(names), func(name string) bool {
			_, err := os.Lstat(name)
			return err != nil
		})
	}
	var names []string
	err = fs.WalkDir(os.DirFS("."), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git" || e.Name() == "policybot-data"):
			return fs.SkipDir
		case e.Type().IsRegular():
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
