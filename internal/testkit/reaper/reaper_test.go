package reaper

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMain runs the tests, or is the owner that they kill: it reapers what it is told to, says
// so, and waits.
func TestMain(m *testing.M) {
	if os.Getenv("REAPER_TEST_OWNER") == "" {
		os.Exit(m.Run())
	}
	if err := own(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}

// own starts processes of each kind, one that ignores SIGQUIT and one that is frozen among them.
func own() error {
	g, err := Start(context.Background())
	if err != nil {
		return err
	}
	if err := g.OwnTempDir(); err != nil {
		return err
	}
	for i, script := range []string{"exec sleep 600", "trap '' QUIT; while :; do sleep 1; done", "exec sleep 600", "exec sleep 600"} {
		cmd := exec.Command("/bin/sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if i == 3 {
			cmd.SysProcAttr.Pgid = g.Group()
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		if i < 3 {
			g.Started(cmd.Process.Pid)
		}
		if i == 2 {
			if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				return err
			}
		}
		fmt.Println(cmd.Process.Pid)
	}
	if err := os.WriteFile(filepath.Join(os.TempDir(), "file"), nil, 0o600); err != nil {
		return err
	}
	fmt.Println(os.TempDir())
	return nil
}

func TestWhatAKilledProcessLeftIsClearedUp(t *testing.T) {
	t.Parallel()
	temporary := filepath.Join(t.TempDir(), "with blanks in it")
	require.NoError(t, os.Mkdir(temporary, 0o755))
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(os.Environ(), "REAPER_TEST_OWNER=1", "TMPDIR="+temporary)
	owner.Stderr = os.Stderr
	output, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	lines := bufio.NewScanner(output)
	var pids []int
	for range 4 {
		require.True(t, lines.Scan())
		pid, err := strconv.Atoi(lines.Text())
		require.NoError(t, err)
		pids = append(pids, pid)
	}
	require.True(t, lines.Scan())
	dir := lines.Text()
	require.FileExists(t, filepath.Join(dir, "file"))
	require.Equal(t, temporary, filepath.Dir(dir))

	require.NoError(t, owner.Process.Kill())
	require.Error(t, owner.Wait())
	for _, pid := range pids {
		require.Eventually(t, func() bool { return Gone(pid) }, time.Minute, 20*time.Millisecond, "process %d is left", pid)
	}
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return errors.Is(err, fs.ErrNotExist)
	}, time.Minute, 20*time.Millisecond, "%s is left", dir)
}

func TestAReleasedGuardLeavesAloneWhatHasEnded(t *testing.T) {
	t.Parallel()
	g, err := Start(t.Context())
	require.NoError(t, err)
	kept, removed := t.TempDir(), t.TempDir()
	cmd := exec.Command("/bin/sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for _, pid := range []int{1 << 21, cmd.Process.Pid, 1<<21 + 1} {
		g.Started(pid)
	}
	g.Ended(cmd.Process.Pid) // so that another process may have its number
	g.Removes(removed)
	g.Release()
	require.NoError(t, cmd.Process.Signal(syscall.Signal(0)))
	require.DirExists(t, kept)
	require.NoDirExists(t, removed)
}
