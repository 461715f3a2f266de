// Command release builds what a release is made of: for each system an
// archive that starts without Go and without a network, and a bill of
// materials (SBOM); and the checksums of them all. Two builds of one commit
// with one version of Go are the same, byte for byte.
//
//	go run ./cmd/release            into dist/
//	go run ./cmd/release -only linux/amd64
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// target is a system that we build for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "/" + t.arch }

// program is the name of the executable.
func (t target) program() string {
	if t.os == "windows" {
		return "policybot.exe"
	}
	return "policybot"
}

var targets = []target{
	{"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}, {"darwin", "amd64"}, {"darwin", "arm64"},
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("release", flag.ContinueOnError)
	out := flags.String("out", "dist", "`folder` for what is built; what was built there before is removed")
	only := flags.String("only", "", "build for one `system`: linux/amd64")
	dirty := flags.Bool("dirty", false, "build in spite of changes that are not committed, to try it")
	sbom := flags.Bool("sbom", true, "write bills of materials; needs the network once, for the tool")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("what is %q?", flags.Arg(0))
	}
	wanted := slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return *only != "" && t.String() != *only })
	if len(wanted) == 0 {
		return fmt.Errorf("-only %s: not one of %v", *only, targets)
	}
	src, err := readSource(ctx, *dirty)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "policybot-release-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	r := &releaser{source: src, work: work, out: *out, sbom: *sbom}
	return r.all(ctx, wanted)
}

// releaser makes one release.
type releaser struct {
	source
	work, out string
	sbom      bool
	lister    string // the SBOM tool
}

func (r *releaser) all(ctx context.Context, wanted []target) error {
	if err := clean(r.out); err != nil {
		return err
	}
	if r.sbom {
		if err := r.fetchLister(ctx); err != nil {
			return err
		}
	}
	for _, t := range wanted {
		start := time.Now()
		name, err := r.one(ctx, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		log.Printf("%s (%.0f s)", name, time.Since(start).Seconds())
	}
	return writeSums(r.out)
}

// one builds for one system and returns the archive's name.
func (r *releaser) one(ctx context.Context, t target) (string, error) {
	name := fmt.Sprintf("policybot_%s_%s_%s", r.version, t.os, t.arch)
	program := filepath.Join(r.work, name, t.program())
	if err := r.build(ctx, t, program); err != nil {
		return "", err
	}
	files, err := r.contents(ctx, t, program)
	if err != nil {
		return "", err
	}
	write, suffix := writeTar, ".tar.gz"
	if t.os == "windows" {
		write, suffix = writeZip, ".zip"
	}
	f, err := os.Create(filepath.Join(r.out, name+suffix))
	if err != nil {
		return "", err
	}
	if err := errors.Join(write(f, name, files, r.when), f.Close()); err != nil {
		return "", err
	}
	if r.sbom {
		err = r.list(ctx, program, filepath.Join(r.out, name+".cdx.json"))
	}
	return name + suffix, err
}

// contents are the files of an archive: the program, what its licences ask
// for, and the documentation.
func (r *releaser) contents(ctx context.Context, t target, program string) ([]file, error) {
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	notices, err := thirdParty(ctx, program)
	if err != nil {
		return nil, err
	}
	files := []file{{t.program(), binary, true}, {"THIRD_PARTY_LICENSES.txt", notices, false}}
	for _, name := range r.documents {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, text, false})
	}
	return files, nil
}

// clean makes the folder, and removes what an earlier release left in it: of
// other files it knows nothing.
func clean(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "policybot_") || e.Name() == sumsName {
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
