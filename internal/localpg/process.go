package localpg

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// process is a child of ours together with all that it started.
type process struct {
	pid  int
	cmd  *exec.Cmd
	done chan struct{} // closed when all of them are gone
	err  error         // how the child ended; read it after done
}

// spawn runs cmd as the server's user, away from the terminal's signals, under the guard.
func (s *Server) spawn(cmd *exec.Cmd, output io.Writer) (*process, error) {
	cmd.Dir = s.dir
	// Nothing is inherited: PGDATA and its like must not reach the server.
	cmd.Env = append([]string{"PATH=" + s.bin + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}, s.environ...)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: s.account}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{pid: cmd.Process.Pid, cmd: cmd, done: make(chan struct{})}
	s.guard.watch(p.pid)
	go func() {
		defer close(p.done)
		// Wait also drains the output, which ends when the last grandchild closes it. By
		// then the server's shared memory is free.
		p.err = cmd.Wait()
		s.guard.watch(0)
	}()
	return p, nil
}

func (p *process) signal(signal syscall.Signal) error {
	err := p.cmd.Process.Signal(signal)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
