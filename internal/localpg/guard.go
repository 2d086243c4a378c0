package localpg

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"syscall"
)

// The guard reads process ids until its input ends, which happens at the owner's death
// however it dies. Each leads a group of its own: initdb's children are in it, a postmaster's
// follow the postmaster. SIGQUIT is Postgres's immediate shutdown; after 10 s it is killed.
const guardScript = `
pid=0
while read -r line; do pid=$line; done
if [ "$pid" -gt 0 ]; then
	kill -QUIT "-$pid"
	tries=100
	while [ "$tries" -gt 0 ] && kill -0 "-$pid"; do
		tries=$((tries - 1))
		sleep 0.1
	done
	kill -KILL "-$pid"
fi
rm -rf -- "$1"
`

// guard is a small process that outlives its owner just long enough to clean up after it.
// A pipe tells it of the owner's death, on every system and whichever thread dies, which
// the parent-death signal of Linux does not.
type guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// startGuard guards dir, and from watch on a process.
func startGuard(ctx context.Context, dir string) (*guard, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx),
		"/bin/sh", "-c", guardScript, "siltgate-postgres-guard", dir)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the guard of %s: %w", dir, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the guard of %s: %w", dir, err)
	}
	return &guard{cmd: cmd, pipe: pipe}, nil
}

// watch names the process to stop at the owner's death; 0 means none. A guard that was
// killed is no reason to fail: the server works without it.
func (g *guard) watch(pid int) {
	_, _ = fmt.Fprintln(g.pipe, pid)
}

// release ends the guard as the owner's death would, and waits for it.
func (g *guard) release() {
	_ = g.pipe.Close()
	_ = g.cmd.Wait()
}
