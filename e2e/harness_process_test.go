package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/child"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// process is one siltgate that was started, and what it wrote.
type process struct {
	t      testing.TB
	name   string
	cmd    *exec.Cmd
	child  *child.Process
	stdout string // files
	stderr string
}

// launch starts a program with exactly that environment; it is gone by the test's end.
func launch(t testing.TB, dir, name string, environ []string, program string, args ...string) *process {
	t.Helper()
	p := &process{
		t: t, name: name, cmd: exec.Command(program, args...),
		stdout: filepath.Join(dir, name+".stdout"), stderr: filepath.Join(dir, name+".stderr"),
	}
	p.cmd.Dir, p.cmd.Env = dir, environ
	stdout, err := os.Create(p.stdout)
	require.NoError(t, err)
	defer func() { _ = stdout.Close() }()
	stderr, err := os.Create(p.stderr)
	require.NoError(t, err)
	defer func() { _ = stderr.Close() }()
	p.cmd.Stdout, p.cmd.Stderr = stdout, stderr

	p.child, err = child.Start(p.cmd, pgtest.Reaper())
	require.NoError(t, err)
	t.Cleanup(p.kill)
	return p
}

func (p *process) pid() int { return p.child.Pid() }

func (p *process) running() bool { return !p.child.Ended() }

func (p *process) signal(sig syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(sig), "%s %s", sig, p.name)
}

func (p *process) freeze() { p.t.Helper(); p.signal(syscall.SIGSTOP) }
func (p *process) resume() { p.t.Helper(); p.signal(syscall.SIGCONT) }

// kill ends the process as the kernel would, and waits; one that has ended stays so.
func (p *process) kill() { p.child.Kill() }

// wait returns the exit code: -1 for a process that a signal ended.
func (p *process) wait(within time.Duration) int {
	p.t.Helper()
	await(p.t, within, p.name+" to end", func() bool { return !p.running() })
	return p.cmd.ProcessState.ExitCode()
}

// endedBy is the signal that ended the process.
func (p *process) endedBy() syscall.Signal {
	p.t.Helper()
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(p.t, ok && status.Signaled(), "%s was not ended by a signal: %s", p.name, p.cmd.ProcessState)
	return status.Signal()
}

func (p *process) written(file string) string {
	p.t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(p.t, err)
	return string(text)
}

// output is all that it wrote.
func (p *process) output() string {
	p.t.Helper()
	return p.written(p.stdout) + p.written(p.stderr)
}

// logged are the log's lines with that message.
func (p *process) logged(msg string) []map[string]any {
	p.t.Helper()
	return p.loggedAs("msg", msg)
}

// loggedAs are the log's lines with a fact.
func (p *process) loggedAs(fact, value string) []map[string]any {
	p.t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(p.written(p.stdout)) {
		var facts map[string]any
		decoder := json.NewDecoder(bytes.NewBufferString(line))
		decoder.UseNumber()
		// The last line may still be on its way.
		if decoder.Decode(&facts) == nil && facts[fact] == value {
			lines = append(lines, facts)
		}
	}
	return lines
}
