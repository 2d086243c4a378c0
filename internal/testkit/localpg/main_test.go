package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

func TestMain(m *testing.M) {
	ForgetLibpq(os.Environ())
	if os.Getenv("LOCALPG_TEST_OWNER") != "" {
		ownAServerForever()
	}
	g, err := reaper.Start(context.Background())
	if err == nil {
		err = g.OwnTempDir()
	}
	if err == nil {
		_, err = Binaries(context.Background(), options())
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "these tests need a Postgres, and none of them ran: %v\n", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		g.Release()
		os.Exit(code)
	}))
}

// ownAServerForever is the other process of TestAServerDiesWithItsOwner.
func ownAServerForever() {
	s, err := Start(context.Background(), options())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.Dir(), s.Port(), s.Pid())
	select {}
}

func options() Options {
	return Options{BinDir: os.Getenv("POSTGRES_BIN_DIR"), Path: os.Getenv("PATH")}
}

func started(t *testing.T, opts Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Stop(context.WithoutCancel(t.Context())))
		if t.Failed() {
			t.Log(s.Log())
		}
	})
	return s
}

func connected(t *testing.T, s *Server) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func query[T any](t *testing.T, s *Server, sql string) T {
	t.Helper()
	var value T
	require.NoError(t, connected(t, s).QueryRow(t.Context(), sql).Scan(&value))
	return value
}

func execute(t *testing.T, s *Server, sql string) {
	t.Helper()
	_, err := connected(t, s).Exec(t.Context(), sql)
	require.NoError(t, err)
}

func eventually(t *testing.T, condition func() bool, message string) {
	t.Helper()
	require.Eventually(t, condition, time.Minute, 20*time.Millisecond, message)
}

func exists(pid int) bool {
	return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH)
}

func listening(port int) bool {
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// temporary is where new servers put their directories until the test ends.
func temporary(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	openToAll(t, dir)
	t.Setenv("TMPDIR", dir)
	return dir
}

func requireEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func isEmpty(t *testing.T, dir string) bool {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	return len(entries) == 0
}

// openToAll lets every user enter a test's directory.
func openToAll(t *testing.T, dir string) {
	t.Helper()
	for _, dir := range []string{dir, filepath.Dir(dir)} {
		require.NoError(t, os.Chmod(dir, 0o755))
	}
}
