// Package child starts a program as a child process, for tests, the demo and the benchmark. A
// child is waited for, and told to a reaper, which ends it if its owner cannot.
package child

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

// Process is a child that was started.
type Process struct {
	cmd  *exec.Cmd
	pid  int
	done chan struct{}
	err  error // how it ended; read it after done
}

// Start starts a command. Its process leads a group, so that the terminal's Ctrl-C reaches its
// owner alone, unless the command names another group. A reaper that is nil is told nothing.
func Start(cmd *exec.Cmd, g *reaper.Reaper) (*Process, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &Process{cmd: cmd, pid: cmd.Process.Pid, done: make(chan struct{})}
	if g != nil {
		g.Started(p.pid)
	}
	go func() {
		defer close(p.done)
		// Wait also drains the output, which ends when the last grandchild closes it.
		p.err = cmd.Wait()
		if g != nil {
			g.Ended(p.pid)
		}
	}()
	return p, nil
}

// StartPiped is Start with a pipe for what the command prints. It returns the end to read from, which
// is the caller's to close. The pipe of cmd.StdoutPipe would not do: Start waits for the process, and
// that closes the pipe although something may still be in it.
func StartPiped(cmd *exec.Cmd, g *reaper.Reaper) (*Process, io.ReadCloser, error) {
	printed, writing, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = writing.Close() }() // the process has its own
	cmd.Stdout = writing
	p, err := Start(cmd, g)
	if err != nil {
		_ = printed.Close()
		return nil, nil, err
	}
	return p, printed, nil
}

// Pid is the process id, also after the end.
func (p *Process) Pid() int { return p.pid }

// Done is closed when the process has ended and its output is read.
func (p *Process) Done() <-chan struct{} { return p.done }

// Ended reports whether Done is closed.
func (p *Process) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Err waits for the end and returns how it was: nil for exit code 0.
func (p *Process) Err() error {
	<-p.done
	return p.err
}

// Signal sends a signal. To a process that has ended it does nothing.
func (p *Process) Signal(signal os.Signal) error {
	err := p.cmd.Process.Signal(signal)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// Kill ends the process as the kernel would, and waits for that.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.done
}

// Stop tells the process to end, by SIGTERM, and returns how it ended. One that does not end in
// time is killed, and that is an error.
func (p *Process) Stop(within time.Duration) error {
	if err := p.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-time.After(within):
		p.Kill()
		return fmt.Errorf("it had not ended after %s, and was killed", within)
	}
}
