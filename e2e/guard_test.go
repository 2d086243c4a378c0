package e2e

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
	"syscall"
)

// guardScript reads which processes run and which have ended until its input ends, which
// happens at its owner's death however it dies. Then it kills those that still run.
const guardScript = `
pids=" "
dirs=""
while read -r what which; do
	case $what in
	started) pids="$pids$which " ;;
	ended) pids="${pids%%" $which "*} ${pids#*" $which "}" ;;
	made) dirs="$dirs $which" ;;
	esac
done
for pid in $pids; do kill -KILL "$pid"; done
for dir in $dirs; do rm -rf -- "$dir"; done
`

// watchdog is the guard of this test binary.
var watchdog guard

// guard is a small process that cleans up after a test binary that could not: a test's
// timeout runs no t.Cleanup. It also removes what lives as long as the binary.
type guard struct {
	mu   sync.Mutex
	pipe io.Writer
}

func (g *guard) started(pid int) error    { return g.tell("started", pid) }
func (g *guard) ended(pid int) error      { return g.tell("ended", pid) }
func (g *guard) removes(dir string) error { return g.tell("made", dir) }

func (g *guard) tell(what string, which any) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pipe == nil {
		cmd := exec.Command("/bin/sh", "-c", guardScript, "siltgate-e2e-guard")
		cmd.Dir = "/"
		cmd.Env = []string{"PATH=/usr/bin:/bin"}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		pipe, err := cmd.StdinPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("start the guard: %w", err)
		}
		g.pipe = pipe
	}
	_, err := fmt.Fprintln(g.pipe, what, which)
	return err
}
