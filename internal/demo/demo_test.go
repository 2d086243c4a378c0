package demo

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
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
	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

func TestMain(m *testing.M) { pgtest.MainWithoutServer(m) }

func TestTheDemo(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), "\ngo run . demo\n", "what is built and shown here")
	program := build(t)

	t.Run("ends within a minute with every promise kept", func(t *testing.T) {
		t.Parallel()
		p := startPace(t)
		s := showing(t, program)
		require.NoError(t, s.wait(), s.stderr.String())
		took, slowness := time.Since(s.began), p.slowness()
		t.Logf("it took %s on a machine that took %.1f times as long as at rest", took, slowness)
		require.Less(t, took.Seconds(), time.Minute.Seconds()*slowness, s.text())

		for line := range strings.Lines(s.text()) {
			if !strings.Contains(line, "/") { // a directory's name is as long as it is
				require.LessOrEqual(t, len([]rune(strings.TrimSpace(line))), 80, line)
			}
		}
		out := regexp.MustCompile(`\n {10,}`).ReplaceAllString(s.text(), " ") // lines that go on
		for _, pattern := range []string{
			`refresh_tokens: 100,000 rows, of which 75,\d\d\d are dead`,
			`replica [123] leads: it sees to it`,
			`tick +\d\d:\d\d:\d\d: replica [123] deleted 20,000 rows`,
			`kill -9 \d+: replica [123] is gone`,
			`by SQL +begun \d+\.\dms after it was asked for: replica [123] deleted`,
			`replica [123] leads now, \d+\.\ds after the kill`,
			`ticks due since the kill: \d+; the run of the latest`,
			`SIGTERM: the other replicas have ended in \d+\.\ds, with exit code 0`,
			`(?m)^ *\d+  (capped|completed) .*  demo\b`,
			`(?m)^ *\d+  completed .*  schedule$`,
			`ok +every live row is still there: ([\d,]+) of [\d,]+`,
			`ok +of the rows that were dead at .*, 0 are left`,
			`ok +the history is exact`,
			`ok +\d+ ticks fell due; .*; none was missed or doubled`,
			`ok +the application made [\d,]+ statements, none failed`,
		} {
			require.Regexp(t, pattern, out)
		}
		require.NotContains(t, out, "FAILED")
		require.NotContains(t, out, "\x1b", "colors are for terminals")
		require.Empty(t, s.stderr.String())
		s.requireNothingLeft()
	})

	t.Run("leaves nothing behind", func(t *testing.T) {
		t.Parallel()
		for name, signal := range map[string]syscall.Signal{
			"when interrupted": syscall.SIGINT,
			"when terminated":  syscall.SIGTERM,
			"when killed":      syscall.SIGKILL,
		} {
			t.Run(name, func(t *testing.T) {
				s := showing(t, program)
				s.until(`tick `)
				s.requireEverythingThere()
				require.NoError(t, s.child.Signal(signal))
				require.Error(t, s.wait())
				if signal != syscall.SIGKILL {
					require.Equal(t, 1, s.cmd.ProcessState.ExitCode())
					require.Equal(t, "siltgate: interrupted\n", s.stderr.String())
				}
				s.requireNothingLeft()
			})
		}
	})

	t.Run("reads nothing of the user's settings", func(t *testing.T) {
		t.Parallel()
		s := showing(t, program, "DATABASE_URL=postgres://user@db.example/app", "PGSERVICE=production", "PGHOST=db.example",
			"PGOPTIONS=-c bogus=1", "PGTARGETSESSIONATTRS=standby", "NODE_ENV=test", "APP_ENV=test",
			"REFRESH_TOKEN_CLEANUP_CRON=off", "SILTGATE_MAX_ROWS=1", "SILTGATE_BOGUS=1")
		s.until(`tick +\d\d:\d\d:\d\d: replica [123] deleted 20,000 rows`)
		require.NoError(t, s.child.Signal(syscall.SIGINT))
		require.Error(t, s.wait())
		s.requireNothingLeft()
	})
}

func TestWithoutPostgresTheDemoSaysHowToGetIt(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := Demo{Program: "/nonexistent", BinDir: t.TempDir(), Out: &out}.Run(t.Context())
	require.ErrorContains(t, err, "apt-get install postgresql")
	require.NotContains(t, err.Error(), "\n")
}

func TestAReplicaThatCannotStartFailsTheDemo(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "siltgate")
	// A process that another test starts meanwhile would hold the file open, and it is busy then.
	syscall.ForkLock.RLock()
	err := os.WriteFile(program, []byte("#!/bin/sh\n[ $1 = migrate ] || { echo 'siltgate: no luck' >&2; exit 1; }\n"), 0o755)
	syscall.ForkLock.RUnlock()
	require.NoError(t, err)
	f, err := newFleet(t.Context(), program, "")
	require.NoError(t, err)
	defer f.reaper.Release()
	require.NoError(t, f.command(t.Context(), nil, "migrate"))
	require.EqualError(t, f.command(t.Context(), nil, "history"), "run siltgate history: exit status 1: siltgate: no luck")
	require.ErrorContains(t, f.start(t.Context(), 2), "ended: exit status 1: siltgate: no luck")
}

// played is a demo in a process of its own.
type played struct {
	t      *testing.T
	cmd    *exec.Cmd
	child  *child.Process
	began  time.Time
	temp   string // where it puts its directories
	stderr bytes.Buffer
	lines  chan string // what it prints, closed at the end
	seen   []string
}

func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "siltgate")
	output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/siltgate/siltgate").CombinedOutput()
	require.NoError(t, err, string(output))
	return program
}

func showing(t *testing.T, program string, environ ...string) *played {
	t.Helper()
	s := &played{t: t, began: time.Now(), temp: t.TempDir(), lines: make(chan string, 1000)}
	for _, dir := range []string{s.temp, filepath.Dir(s.temp)} {
		require.NoError(t, os.Chmod(dir, 0o755)) // as root, the server runs as another user
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 2*time.Minute)
	t.Cleanup(cancel)
	s.cmd = exec.CommandContext(ctx, program, "demo")
	s.cmd.Env = append(append(os.Environ(), "TMPDIR="+s.temp), environ...)
	s.cmd.Stderr = &s.stderr
	var out io.ReadCloser
	var err error
	s.child, out, err = child.StartPiped(s.cmd, pgtest.Reaper())
	require.NoError(t, err)
	go func() {
		defer close(s.lines)
		defer func() { _ = out.Close() }()
		for scanner := bufio.NewScanner(out); scanner.Scan(); {
			s.lines <- scanner.Text()
		}
	}()
	return s
}

// until reads what the demo prints up to a line that matches.
func (s *played) until(pattern string) {
	s.t.Helper()
	for line := range s.lines {
		s.seen = append(s.seen, line)
		if regexp.MustCompile(pattern).MatchString(line) {
			return
		}
	}
	require.Fail(s.t, "the demo ended without printing "+pattern, s.text()+s.stderr.String())
}

// wait reads the rest, and returns how the process ended.
func (s *played) wait() error {
	for line := range s.lines {
		s.seen = append(s.seen, line)
	}
	return s.child.Err()
}

func (s *played) text() string { return strings.Join(s.seen, "\n") }

func (s *played) found(pattern string) []string {
	s.t.Helper()
	var all []string
	flowing := strings.Join(strings.Fields(s.text()), " ") // lines are broken at 80 columns
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(flowing, -1) {
		all = append(all, match[1])
	}
	require.NotEmpty(s.t, all, "%s in:\n%s", pattern, s.text())
	return all
}

func (s *played) pids() []int {
	s.t.Helper()
	var pids []int
	for _, text := range s.found(`replica \d is process (\d+)`) {
		pid, err := strconv.Atoi(text)
		require.NoError(s.t, err)
		pids = append(pids, pid)
	}
	require.Len(s.t, pids, replicas)
	return pids
}

// requireEverythingThere holds the ways of requireNothingLeft against a demo under way.
func (s *played) requireEverythingThere() {
	s.t.Helper()
	require.FileExists(s.t, filepath.Join(s.found(`serves port \d+ from (\S+)`)[0], "data", "postmaster.pid"))
	for _, pid := range s.pids() {
		require.NoError(s.t, syscall.Kill(pid, 0))
		group, err := syscall.Getpgid(pid)
		require.NoError(s.t, err)
		require.NotEqual(s.t, s.child.Pid(), group, "Ctrl-C must reach the demo alone")
	}
}

// requireNothingLeft asks for the replicas, the server's port and all files. A demo that
// was killed is cleared up after by its reapers.
func (s *played) requireNothingLeft() {
	s.t.Helper()
	pids, port := s.pids(), s.found(`serves port (\d+)`)[0]
	require.Eventually(s.t, func() bool {
		for _, pid := range pids {
			if !reaper.Gone(pid) {
				return false
			}
		}
		entries, err := os.ReadDir(s.temp)
		return err == nil && len(entries) == 0 && !listening(port)
	}, pgtest.Patience, 50*time.Millisecond, "of replicas %v, port %s and %s something is left", pids, port, s.temp)
}

func listening(port string) bool {
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
