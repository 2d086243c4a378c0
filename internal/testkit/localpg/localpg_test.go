package localpg

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestStopLeavesNoProcessAndNoDirectory(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	postmaster, reaper := s.Pid(), s.reaper.Pid()
	require.True(t, exists(postmaster))
	require.True(t, exists(reaper))

	require.NoError(t, s.Stop(t.Context()))
	require.False(t, exists(postmaster))
	require.False(t, exists(reaper))
	require.False(t, listening(s.Port()))
	require.True(t, missing(s.Dir()))
	require.Zero(t, s.Pid())
	require.Contains(t, s.Log(), "database system is shut down")

	require.NoError(t, s.Stop(t.Context()), "a second Stop does nothing")
	require.ErrorContains(t, s.StartAgain(t.Context()), "stopped for good")
}

func TestStopKillsWhenItsContextHasEnded(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	pid := s.Pid()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	require.NoError(t, s.Stop(ctx))
	require.False(t, exists(pid))
	require.True(t, missing(s.Dir()))
}

func TestAServerDiesWithItsOwner(t *testing.T) {
	t.Parallel()
	owner := exec.CommandContext(t.Context(), os.Args[0])
	owner.Env = append(os.Environ(), "LOCALPG_TEST_OWNER=1")
	owner.Stderr = os.Stderr
	output, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	var dir string
	var port, pid int
	_, err = fmt.Fscan(output, &dir, &port, &pid)
	require.NoError(t, err)
	require.True(t, listening(port))

	require.NoError(t, owner.Process.Kill())
	require.Error(t, owner.Wait())
	// The reaper removes the directory last.
	eventually(t, func() bool { return missing(dir) }, "the directory is removed")
	require.False(t, listening(port))
}

func TestARunningServer(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	t.Run("OfRootIsUnprivileged", func(t *testing.T) {
		// The postmaster writes this file itself.
		info, err := os.Stat(filepath.Join(s.Dir(), "data", "postmaster.pid"))
		require.NoError(t, err)
		uid := info.Sys().(*syscall.Stat_t).Uid
		if os.Geteuid() == 0 {
			require.NotZero(t, uid)
			require.Equal(t, s.account.Uid, uid)
		} else {
			require.EqualValues(t, os.Geteuid(), uid)
		}
	})
	t.Run("IsOutOfReachOfTheTerminalsSignals", func(t *testing.T) {
		for _, pid := range []int{s.Pid(), s.reaper.Pid()} {
			group, err := syscall.Getpgid(pid)
			require.NoError(t, err)
			require.Equal(t, pid, group)
		}
	})
	t.Run("AsksForItsPassword", func(t *testing.T) {
		u, err := url.Parse(s.URL("postgres"))
		require.NoError(t, err)
		u.User = url.UserPassword("postgres", "wrong")
		_, err = pgx.Connect(t.Context(), u.String())
		require.ErrorContains(t, err, "password authentication failed")
	})
	t.Run("CopiesDatabasesAndDropsThemWithTheirSessions", func(t *testing.T) {
		ctx := t.Context()
		require.NoError(t, s.CreateDatabase(ctx, `odd "name"`, ""))
		conn, err := pgx.Connect(ctx, s.URL(`odd "name"`))
		require.NoError(t, err)
		_, err = conn.Exec(ctx, "CREATE TABLE copied ()")
		require.NoError(t, err)
		require.NoError(t, conn.Close(ctx))

		require.NoError(t, s.CreateDatabase(ctx, "copy", `odd "name"`))
		conn, err = pgx.Connect(ctx, s.URL("copy"))
		require.NoError(t, err)
		_, err = conn.Exec(ctx, "TABLE copied")
		require.NoError(t, err)

		require.NoError(t, s.DropDatabase(ctx, "copy"))
		require.Error(t, conn.Ping(ctx))
		require.NoError(t, s.DropDatabase(ctx, "copy"), "it may be gone already")
		require.ErrorContains(t, s.CreateDatabase(ctx, "postgres", ""), "create database postgres: ")
	})
}

func TestTwoServersRunSideBySide(t *testing.T) {
	t.Parallel()
	one, two := started(t, options()), started(t, options())
	require.NotEqual(t, one.Port(), two.Port())
	require.NotEqual(t, one.Dir(), two.Dir())
	execute(t, one, "CREATE TABLE only_here ()")
	require.True(t, query[bool](t, one, "SELECT to_regclass('only_here') IS NOT NULL"))
	require.True(t, query[bool](t, two, "SELECT to_regclass('only_here') IS NULL"))
}

func TestAServerListensOnThePortItIsGiven(t *testing.T) {
	t.Parallel()
	port, err := freePort(t.Context())
	require.NoError(t, err)
	opts := options()
	opts.Port = port
	s := started(t, opts)
	require.Equal(t, port, s.Port())
	require.Equal(t, 1, query[int](t, s, "SELECT 1"))

	_, err = Start(t.Context(), opts)
	require.ErrorIs(t, err, errPortTaken)
	require.ErrorContains(t, err, "could not bind", "the end of the server's log")
}

func TestSettingsOverrideTheDefaults(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	opts := options()
	opts.Log = &log
	opts.Settings = map[string]string{"fsync": "on", "cluster_name": `it's a \ test`}
	s := started(t, opts)
	require.Equal(t, "on", query[string](t, s, "SHOW fsync"))
	require.Equal(t, `it's a \ test`, query[string](t, s, "SHOW cluster_name"))
	require.Equal(t, "200", query[string](t, s, "SHOW max_connections"))
	require.Equal(t, "UTC", query[string](t, s, "SHOW timezone"))

	file, err := os.ReadFile(filepath.Join(s.Dir(), "postgres.log"))
	require.NoError(t, err)
	require.Contains(t, string(file), "ready to accept connections")
	require.NoError(t, s.Stop(t.Context()))
	require.Contains(t, log.String(), "database system is shut down")
}

func TestAStartThatFailsTellsTheEndOfTheLogAndLeavesNothing(t *testing.T) {
	dir := temporary(t)
	opts := options()
	opts.Settings = map[string]string{"shared_preload_libraries": "no_such_library"}
	_, err := Start(t.Context(), opts)
	require.ErrorContains(t, err, `could not access file "no_such_library"`)
	requireEmpty(t, dir)
}

func TestAStartThatIsCancelledLeavesNothing(t *testing.T) {
	dir := temporary(t)
	ctx, cancel := context.WithCancel(t.Context())
	opts := options()
	// The first line of its log says that the server is about to run.
	opts.Log = writerFunc(func([]byte) { cancel() })
	_, err := Start(ctx, opts)
	require.ErrorIs(t, err, context.Canceled)
	requireEmpty(t, dir)
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}
