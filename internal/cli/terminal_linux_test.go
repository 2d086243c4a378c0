package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pty"
)

// onTerminal calls the program with both outputs on a terminal that is so wide, and returns its exit code and what
// the terminal was sent.
func onTerminal(t *testing.T, columns uint16, environ []string, args ...string) (code int, shown string) {
	t.Helper()
	terminal := pty.Open(t, columns)
	p := &program{environ: environ, stdout: terminal.Screen, stderr: terminal.Screen, patience: 200 * time.Millisecond}
	code = p.execute(t.Context(), args)
	return code, terminal.End()
}

func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, columns := range []uint16{60, 80, 120, 160} {
		for _, command := range []string{"run", "migrate", "enqueue", "history", "pause", "resume", "cancel", "doctor", "grants", "ui", "healthcheck"} {
			code, shown := onTerminal(t, columns, nil, command, "--help")
			require.Zero(t, code)
			require.Contains(t, shown, "Environment:")
			for line := range strings.Lines(shown) {
				if line = strings.TrimSuffix(line, "\n"); strings.Contains(line, " ") && !strings.HasPrefix(line, "  siltgate ") { // an example to copy
					require.LessOrEqual(t, len([]rune(line)), max(int(columns), longestWord(line)+6), line)
				}
			}
		}
	}
}

func longestWord(line string) (n int) {
	for word := range strings.FieldsSeq(line) {
		n = max(n, len([]rune(word)))
	}
	return n
}

func TestErrorsAreBrokenBetweenWordsOnATerminal(t *testing.T) {
	t.Parallel()
	code, shown := onTerminal(t, 80, nil, "history")
	require.Equal(t, 2, code)
	require.Equal(t, "siltgate: DATABASE_URL: required: want\n"+
		"  postgres://user:password@host:5432/database, or DATABASE_URL_FILE with the\n"+
		"  path of a file that holds it, or libpq's PGHOST, PGDATABASE, PGUSER and\n"+
		"  PGPASSWORD\n", shown)
}

func TestColoursAreOnATerminalAloneAndNotWithNoColor(t *testing.T) {
	t.Parallel()
	environ, _ := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	require.Zero(t, siltgate(t.Context(), environ, "enqueue").code)
	const escape = "\x1b["
	for _, command := range [][]string{{"history"}, {"doctor"}} {
		_, shown := onTerminal(t, 80, environ, command...)
		require.Contains(t, shown, escape, command)
		_, shown = onTerminal(t, 80, append(environ, "NO_COLOR=1"), command...)
		require.NotContains(t, shown, escape, command)
		require.Contains(t, shown, map[string]string{"history": "waiting", "doctor": "ok "}[command[0]])
		_, shown = onTerminal(t, 80, append(environ, "NO_COLOR="), command...)
		require.Contains(t, shown, escape, "an empty NO_COLOR is none")
		require.NotContains(t, siltgate(t.Context(), environ, command...).stdout, escape, "a pipe")
	}

	code, shown := onTerminal(t, 80, append(environ, "SILTGATE_MAX_ATTEMPTS=0"), "run")
	require.Equal(t, 2, code)
	require.NotContains(t, shown, escape)
}

func TestTheLogIsTextOnATerminalWithColoursUnlessNoColorIsSet(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	_, err := pool.Exec(t.Context(), `CREATE TABLE refresh_tokens (id int PRIMARY KEY, expires_at timestamptz, revoked boolean)`)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		environ []string
		colored bool
	}{
		"a terminal":        {nil, true},
		"NO_COLOR":          {[]string{"NO_COLOR=1"}, false},
		"an empty NO_COLOR": {[]string{"NO_COLOR="}, true},
		"text with it":      {[]string{"NO_COLOR=1", "SILTGATE_LOG_FORMAT=text"}, false},
	} {
		code, shown := onTerminal(t, 80, append(environ, c.environ...), "run", "--once")
		require.Zero(t, code, shown)
		require.Contains(t, shown, "run finished", name)
		require.NotContains(t, shown, `"msg"`, "%s: JSON is for programs", name)
		require.NotContains(t, shown, "\r", "%s: no line is drawn over between those of the log: %q", name, shown)
		require.Equal(t, c.colored, strings.Contains(shown, "\x1b["), "%s: %q", name, shown)
	}
}

func TestTheVersionIsSaidByCommandAndFlag(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--version", "-v"} {
		out := siltgate(t.Context(), nil, flag)
		require.Zero(t, out.code)
		require.Equal(t, "siltgate version "+version+"\n", out.stdout)
	}
	out := siltgate(t.Context(), nil, "version")
	require.Zero(t, out.code)
	require.Regexp(t, `^siltgate \S+\ncommit   \S+\nriver    \S+\ngo       go1\.\S+\n$`, out.stdout)
}
