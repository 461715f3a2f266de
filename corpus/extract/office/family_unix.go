//go:build unix

package office

import (
	"os/exec"
	"syscall"
)

// family gives a command a process group of its own, so that it is killed with
// all that it started: soffice is a script around the program.
func family(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// endFamily kills what a command has left behind. A group that is empty is no
// error; its number is not given again while one of it lives.
func endFamily(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
