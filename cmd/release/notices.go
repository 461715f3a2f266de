package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// noticeFile are the files that say under which terms a module may be passed
// on, and what has to go along.
var noticeFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|copyright|unlicense|notice|patents)([.-].*)?$`)

// module is what is built in, and where its files are.
type module struct{ path, version, folder string }

// thirdParty returns the licences and notices of everything that is built
// into a program. They have to go along with it.
func thirdParty(ctx context.Context, program string) ([]byte, error) {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return nil, err
	}
	args := []string{"list", "-m", "-f", "{{.Path}} {{.Version}} {{.Dir}}"}
	for _, m := range info.Deps {
		args = append(args, m.Path)
	}
	list, err := output(ctx, []string{"GOFLAGS=-mod=readonly", "GOWORK=off"}, "go", args...)
	if err != nil {
		return nil, err
	}
	root, err := output(ctx, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	modules := []module{{"Go", info.GoVersion, strings.TrimSpace(string(root))}}
	for line := range strings.Lines(string(list)) {
		parts := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(parts) != 3 || parts[2] == "" {
			return nil, fmt.Errorf("no files of %s", line)
		}
		modules = append(modules, module{parts[0], parts[1], parts[2]})
	}
	return notices(modules)
}

// notices puts the texts of modules one after the other. A module without any
// is an error: it could not be passed on.
func notices(modules []module) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("policybot is made with the software below, each part under its own terms.\n")
	for _, m := range modules {
		entries, err := os.ReadDir(m.folder) // sorted by name
		if err != nil {
			return nil, err
		}
		found := false
		for _, e := range entries {
			if e.IsDir() || !noticeFile.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" {
				continue
			}
			text, err := os.ReadFile(filepath.Join(m.folder, e.Name()))
			if err != nil {
				return nil, err
			}
			found = true
			fmt.Fprintf(&b, "\n%s\n%s %s: %s\n%[1]s\n\n%[5]s\n", strings.Repeat("=", 78), m.path, m.version, e.Name(),
				bytes.TrimSpace(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
		}
		if !found {
			return nil, fmt.Errorf("%s %s has no licence file", m.path, m.version)
		}
	}
	return b.Bytes(), nil
}
