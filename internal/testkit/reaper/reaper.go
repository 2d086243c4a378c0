// Package reaper clears up after a process that could not do so itself: one that was killed,
// interrupted, or ended by a test's timeout.
//
// A reaper is a small shell process that outlives its owner for a moment. It learns of the
// owner's death by the end of a pipe, which works on every system and whichever thread dies;
// the parent-death signal of Linux does not. The terminal's Ctrl-C reaches the owner alone.
package reaper

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// The script first reads what there is to clear up, until its input ends. SIGQUIT is Postgres's
// immediate shutdown, and ends every other program too; SIGCONT lets one that is frozen take
// it. A process that is still there after 10 s is killed. A directory may get new files until
// its processes are gone, so removing it is tried again. At last the reaper kills its own
// process group.
const script = `
pids=" "
while read -r what which; do
	case $what in
	started) pids="$pids$which " ;;
	ended) pids="${pids%%" $which "*} ${pids#*" $which "}" ;;
	made) set -- "$@" "$which" ;;
	esac
done
exec 2>/dev/null
for pid in $pids; do
	kill -QUIT "-$pid"
	kill -CONT "-$pid"
done
tries=100
for pid in $pids; do
	while [ "$tries" -gt 0 ] && kill -0 "-$pid"; do
		tries=$((tries - 1))
		sleep 0.1
	done
	kill -KILL "-$pid"
done
tries=100
until rm -rf -- "$@" || [ "$tries" -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
kill -KILL 0
`

// Reaper is one reaper. Its methods are safe for concurrent use. A reaper that was killed is no
// reason to fail: everything else works without it.
type Reaper struct {
	cmd *exec.Cmd

	mu   sync.Mutex
	pipe io.WriteCloser
}

// Start starts a reaper, which outlives ctx.
func Start(ctx context.Context) (*Reaper, error) {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", script, "siltgate-reaper")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the reaper: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the reaper: %w", err)
	}
	return &Reaper{cmd: cmd, pipe: pipe}, nil
}

// Group is the process group that the reaper leads. A process that is started in it is killed
// without being told of by Started.
func (r *Reaper) Group() int { return r.cmd.Process.Pid }

// Started tells of a process that leads a group of its own: the group is ended with the owner.
func (r *Reaper) Started(pid int) { r.tell("started", pid) }

// Ended tells that the process of Started is gone.
func (r *Reaper) Ended(pid int) { r.tell("ended", pid) }

// Removes tells of a directory, which is removed when all processes have ended.
func (r *Reaper) Removes(dir string) { r.tell("made", dir) }

func (r *Reaper) tell(what string, which any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = fmt.Fprintln(r.pipe, what, which)
}

// Release has the reaper clear up now, and waits for it.
func (r *Reaper) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.pipe.Close()
	_ = r.cmd.Wait() // killed by itself
}

// Pid is the process id of the reaper.
func (r *Reaper) Pid() int { return r.cmd.Process.Pid }

// OwnTempDir gives this process and its children a temporary directory of their own, which
// is removed with the owner. Every user may enter it.
func (r *Reaper) OwnTempDir() error {
	dir, err := os.MkdirTemp("", "siltgate-test-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	r.Removes(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	return os.Setenv("TMPDIR", dir) //nolint:forbidigo // nothing is read
}
