package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// onTerminal calls the program with both outputs on a terminal that is so wide, and returns its exit code and what
// the terminal was sent.
func onTerminal(t *testing.T, columns uint16, environ []string, args ...string) (code int, shown string) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	require.NoError(t, err)
	control := func(request uintptr, argument unsafe.Pointer) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keyboard.Fd(), request, uintptr(argument))
		require.Zero(t, errno)
	}
	var unlocked, number int32
	control(syscall.TIOCSPTLCK, unsafe.Pointer(&unlocked))
	control(syscall.TIOCGPTN, unsafe.Pointer(&number))
	size := [4]uint16{24, columns}
	control(syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)

	read := make(chan string)
	go func() {
		all, err := io.ReadAll(keyboard)
		if err != nil && !errors.Is(err, syscall.EIO) { // EIO: nobody writes any more
			t.Error(err)
		}
		read <- strings.ReplaceAll(string(all), "\r\n", "\n")
	}()
	p := &program{environ: environ, stdout: screen, stderr: screen, patience: 200 * time.Millisecond}
	code = p.execute(t.Context(), args)
	require.NoError(t, screen.Close())
	shown = <-read
	require.NoError(t, keyboard.Close())
	return code, shown
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
