package demo

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// guard leads the process group of the fleet, and kills that group, itself included, when
// its input ends. That happens at the demo's death however the demo dies. The terminal's
// Ctrl-C does not reach the group, so it is the demo that stops the fleet.
type guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

func startGuard(ctx context.Context) (*guard, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", "read -r _; kill -s KILL 0")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the guard of the replicas: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard of the replicas: %w", err)
	}
	return &guard{cmd: cmd, pipe: pipe}, nil
}

// group is the process group that the guard leads.
func (g *guard) group() int { return g.cmd.Process.Pid }

// release ends what is left of the group, and waits for the guard.
func (g *guard) release() {
	_ = g.pipe.Close()
	_ = g.cmd.Wait() // killed, as it should be
}
