package docs

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
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
	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// A story is a page's blocks, executed in order by one shell on a Postgres of its own. That has the
// database "auth" with the tables of the compose file, to which DATABASE_URL leads as the superuser.
type story struct {
	url      string // of the superuser
	dir      string
	replace  *strings.Replacer
	commands io.Writer
	statuses *bufio.Reader
	executed int
	end      func() // kills the shell and all that it left at work
}

func begin(t *testing.T) *story {
	t.Helper()
	server := pgtest.NewServer(t, localpg.Options{})
	require.NoError(t, server.CreateDatabase(t.Context(), "auth", ""))
	s := &story{url: server.URL("auth"), dir: t.TempDir()}
	for _, file := range []string{"01_auth_schema.sql", "02_sample_data.sql"} {
		require.NoError(t, execute(t.Context(), s.url, read(t, "../deploy/compose/initdb/"+file)))
	}
	super, err := url.Parse(s.url)
	require.NoError(t, err)
	s.replace = strings.NewReplacer(
		"postgres://postgres@localhost:5432", "postgres://"+super.User.String()+"@"+super.Host,
		"localhost:5432", super.Host,
		":8080", ":"+strconv.Itoa(freePort(t)), ":8081", ":"+strconv.Itoa(freePort(t)),
	)
	s.startShell(t)
	return s
}

func (s *story) startShell(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	bin := filepath.Join(s.dir, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	for name := range programs() {
		require.NoError(t, os.Symlink(self, filepath.Join(bin, name)))
	}
	shell := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-s") // ended below
	shell.Dir = s.dir
	shell.Env = []string{"PATH=" + bin + ":/usr/bin:/bin", "HOME=" + s.dir, "USER=ops", "DATABASE_URL=" + s.url}
	s.commands, err = shell.StdinPipe()
	require.NoError(t, err)
	started, statuses, err := child.StartPiped(shell, pgtest.Reaper())
	require.NoError(t, err)
	s.statuses = bufio.NewReader(statuses)
	s.end = func() { _ = syscall.Kill(-started.Pid(), syscall.SIGKILL) }
	t.Cleanup(func() {
		s.end()
		<-started.Done()
		_ = statuses.Close()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(s.dir, "siltgate.log"))
			t.Logf("what replicas and page wrote:\n%s", log)
		}
	})
}

func (s *story) tell(t *testing.T, b block) {
	t.Helper()
	switch b.kind {
	case "sh", "run":
		t.Log(b)
		_, _ = s.shell(t, "set -e\n"+b.text+"set +e\n") // any command that fails ends the shell
	case "console":
		for _, command := range commands(b.text) {
			printed, _ := s.shell(t, command.line) // a command that fails is shown to
			got := strings.Split(strings.TrimRight(printed, "\n"), "\n")
			if printed == "" {
				got = nil
			}
			want := command.output
			for len(want) > 0 && want[len(want)-1] == "" {
				want = want[:len(want)-1]
			}
			require.True(t, matches(want, got), "%s: the sample of `%s` is\n%s\nand it printed\n%s",
				b, command.line, strings.Join(want, "\n"), printed)
		}
	case "sql":
		require.NoError(t, execute(t.Context(), s.url, b.text), "%s", b)
	}
}

// stays finds the commands that end with a signal only: they are started and left at work.
var stays = regexp.MustCompile(`(?m)^((?:\w+=\S+ )*siltgate (?:run|ui))\b(?: +#.*)?$`)

// shell has the story's shell execute a script, and returns what it prints, on whichever stream.
func (s *story) shell(t *testing.T, script string) (printed string, status int) {
	t.Helper()
	s.executed++
	name := filepath.Join(s.dir, fmt.Sprintf("block-%d", s.executed))
	script = stays.ReplaceAllString(s.replace.Replace(script), "$1 >>"+s.dir+"/siltgate.log 2>&1 &")
	require.NoError(t, os.WriteFile(name+".sh", []byte(script), 0o600))
	tired := time.AfterFunc(pgtest.Patience, s.end)
	defer tired.Stop()
	_, err := fmt.Fprintf(s.commands, ". %[1]s.sh </dev/null >%[1]s.out 2>&1; echo $?\n", name)
	require.NoError(t, err)
	answer, err := s.statuses.ReadString('\n')
	output := read(t, name+".out")
	require.NoError(t, err, "the shell ended, after it had printed: %s", output)
	status, err = strconv.Atoi(strings.TrimSpace(answer))
	require.NoError(t, err)
	return output, status
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	return address.Port
}
