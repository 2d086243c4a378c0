package localpg

import (
	"io"
	"os/exec"
	"syscall"

	"github.com/siltgate/siltgate/internal/testkit/child"
)

// spawn runs cmd as the server's user, away from the terminal's signals, under the reaper. When
// the process has ended the server's shared memory is free.
func (s *Server) spawn(cmd *exec.Cmd, output io.Writer) (*child.Process, error) {
	cmd.Dir = s.dir
	// Nothing is inherited: PGDATA and its like must not reach the server.
	cmd.Env = append([]string{"PATH=" + s.bin + ":/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}, s.environ...)
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	return child.Start(cmd, s.reaper)
}
