package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lister makes the bills of materials. It is pinned: what it writes must not
// change by itself.
const lister = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// source is the commit that is built.
type source struct {
	version   string    // v1.2.0, v1.2.0-3-g0123456789ab, or 0123456789ab
	when      time.Time // of the commit: the time of everything in the archives
	documents []string  // files that go along
}

// readSource describes the checkout in the working directory.
func readSource(ctx context.Context, dirty bool) (source, error) {
	var s source
	changes, err := output(ctx, nil, "git", "status", "--porcelain")
	if err != nil {
		return s, err
	}
	if len(changes) > 0 && !dirty {
		return s, errors.New("there are changes that are not committed, so nobody could build the same again: commit them, or try with -dirty")
	}
	version, err := output(ctx, nil, "git", "describe", "--tags", "--always", "--dirty", "--abbrev=12", "--match=v[0-9]*")
	if err != nil {
		return s, err
	}
	s.version = strings.TrimSpace(string(version))
	at, err := output(ctx, nil, "git", "log", "-1", "--format=%ct")
	if err != nil {
		return s, err
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(at)), 10, 64)
	if err != nil {
		return s, fmt.Errorf("the commit's time: %w", err)
	}
	s.when = time.Unix(seconds, 0).UTC()
	list, err := output(ctx, nil, "git", "ls-files", "-z", "LICENSE", "NOTICE", "README.md", "README.zh-CN.md", "docs")
	s.documents = strings.Split(strings.TrimRight(string(list), "\x00"), "\x00")
	return s, err
}

// build compiles the program. Whatever the environment says that would change
// the bytes is set here.
func (s source) build(ctx context.Context, t target, program string) error {
	_, err := output(ctx, []string{
		"CGO_ENABLED=0", "GOOS=" + t.os, "GOARCH=" + t.arch, "GOAMD64=v1", "GOARM64=v8.0",
		"GOFLAGS=", "GOEXPERIMENT=", "GOWORK=off", "GOFIPS140=off",
	}, "go", "build", "-trimpath", "-buildvcs=false", "-mod=readonly",
		"-ldflags=-s -w -X main.stamp="+s.version, "-o", program, "./cmd/policybot")
	return err
}

// fetchLister builds the SBOM tool. It writes its own hash into what it makes,
// so it is built without the paths of this machine.
func (r *releaser) fetchLister(ctx context.Context) error {
	folder := filepath.Join(r.work, "tools")
	_, err := output(ctx, []string{"GOBIN=" + folder, "GOFLAGS=-trimpath", "CGO_ENABLED=0", "GOWORK=off"}, "go", "install", lister)
	r.lister = filepath.Join(folder, "cyclonedx-gomod")
	return err
}

// list writes a program's bill of materials: the modules in it by version,
// hash and licence, as the program itself names them. All of them have just
// been built from the module cache, so nothing is asked of the network.
func (r *releaser) list(ctx context.Context, program, to string) error {
	_, err := output(ctx, []string{"GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"}, r.lister, "bin", "-json", "-noserial", "-notimestamp",
		"-std", "-licenses", "-assert-licenses", "-version", r.version, "-output", to, program)
	return err
}

// output runs a command, with these settings above those of the environment,
// and returns what it printed.
func output(ctx context.Context, env []string, name string, args ...string) ([]byte, error) {
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, args[0], err, bytes.TrimSpace(errs.Bytes()))
	}
	return out, nil
}
