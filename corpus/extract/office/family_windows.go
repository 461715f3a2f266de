package office

import (
	"os/exec"
	"strconv"
)

// family has a command killed with all that it started: Windows knows parents,
// not groups.
func family(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		// taskkill fails where the process has just ended; Kill says the same.
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
		return cmd.Process.Kill()
	}
}

// endFamily has nothing to do: what a process that has ended left behind
// cannot be told from others.
func endFamily(*exec.Cmd) {}
