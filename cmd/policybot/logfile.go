package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/DeRuina/timberjack"
)

// logDays is how long process logs, which hold no text and no person, are
// kept: 网络安全法 art. 21(3) wants six months, of which the longest have 184
// days.
const logDays = 184

// withLogFile returns a writer to both the log file and w, and what closes the
// file.
func (s *settings) withLogFile(w io.Writer) (io.Writer, io.Closer, error) {
	name := s.LogFile
	switch name {
	case "-", "none":
		return w, io.NopCloser(nil), nil
	case "":
		name = s.path("log/policybot.log")
	}
	// Tried now, so that a wrong name is an error and not a silence.
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return nil, nil, fmt.Errorf("log file: %w", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("log file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, nil, fmt.Errorf("log file: %w", err)
	}
	file := &timberjack.Logger{
		Filename: name, FileMode: 0o600, MaxSize: 100, MaxAge: logDays, RotateAt: []string{"00:00"}, Compression: "gzip",
	}
	return both{file, w}, file, nil
}

// both writes to a file and to standard error: trouble of one is no reason to
// be silent in the other.
type both struct{ file, errs io.Writer }

func (b both) Write(p []byte) (int, error) {
	_, _ = b.file.Write(p) // a full disk: standard error has it
	return b.errs.Write(p)
}
