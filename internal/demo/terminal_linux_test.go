package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/child"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/internal/testkit/pty"
)

var (
	// drawnBar is a bar that another one, or a line, is drawn over.
	drawnBar = regexp.MustCompile(`\[#*\.*\] ([\d,]+) dead rows left\r\x1b\[K`)
	escape   = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)
)

func TestOnATerminalTheDemoDrawsHowTheRowsGo(t *testing.T) {
	t.Parallel()
	program := build(t)
	for name, environ := range map[string][]string{"in colour": nil, "plain": {"NO_COLOR=1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			terminal := pty.Open(t, 80)
			temp := t.TempDir()
			for _, dir := range []string{temp, filepath.Dir(temp)} {
				require.NoError(t, os.Chmod(dir, 0o755)) // as root, the server runs as another user
			}
			cmd := exec.Command(program, "demo")
			cmd.Env = append(append(os.Environ(), "TMPDIR="+temp), environ...)
			cmd.Stdout, cmd.Stderr = terminal.Screen, terminal.Screen
			p, err := child.Start(cmd, pgtest.Reaper())
			require.NoError(t, err)
			t.Cleanup(p.Kill)
			var left []int
			require.Eventually(t, func() bool {
				left = nil
				for _, found := range drawnBar.FindAllStringSubmatch(terminal.Shown(), -1) {
					n, err := strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
					require.NoError(t, err)
					if len(left) == 0 || n < left[len(left)-1] {
						left = append(left, n)
					}
				}
				return len(left) >= 3 || p.Ended()
			}, pgtest.Patience, 50*time.Millisecond, "no three bars, each shorter than the one before")
			require.GreaterOrEqual(t, len(left), 3, terminal.Shown())
			require.NoError(t, p.Signal(syscall.SIGINT))
			require.Error(t, p.Err())
			shown := terminal.End()
			require.Equal(t, name == "in colour", strings.Contains(shown, "\x1b[36m"))
			for line := range strings.Lines(shown) {
				for part := range strings.SplitSeq(line, "\r") { // each picture is on the line of the one before
					part = escape.ReplaceAllString(strings.TrimSuffix(part, "\n"), "")
					if !strings.Contains(part, "/") { // a directory's name is as long as it is
						require.LessOrEqual(t, len([]rune(part)), 80, "%q", part)
					}
				}
			}
		})
	}
}
