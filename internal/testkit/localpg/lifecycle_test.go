package localpg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/reaper"
)

func TestACrashedServerStartsAgainWithItsCommittedData(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	execute(t, s, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
	postmaster := s.Pid()
	child := query[int](t, s, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
	open := connected(t, s)
	_, err := open.Exec(t.Context(), "BEGIN; INSERT INTO kept VALUES (1001)")
	require.NoError(t, err)

	require.NoError(t, s.Crash(t.Context()))
	require.False(t, exists(postmaster))
	require.False(t, listening(s.Port()))
	require.Zero(t, s.Pid())
	require.NoError(t, s.Crash(t.Context()), "a server that is down stays down")
	eventually(t, func() bool { return reaper.Gone(child) }, "its children are gone")

	url := s.URL("postgres")
	require.NoError(t, s.StartAgain(t.Context()))
	require.Equal(t, url, s.URL("postgres"))
	require.Contains(t, s.Log(), "automatic recovery in progress")
	require.Equal(t, 1000, query[int](t, s, "SELECT count(*) FROM kept"))
	require.ErrorContains(t, s.StartAgain(t.Context()), "already runs")
}

func TestACrashCanBeRepeated(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	execute(t, s, "CREATE TABLE crashes ()")
	for n := range 5 {
		require.NoError(t, s.Crash(t.Context()))
		require.NoError(t, s.StartAgain(t.Context()))
		require.Equal(t, n, query[int](t, s, "SELECT count(*) FROM crashes"))
		execute(t, s, "INSERT INTO crashes DEFAULT VALUES")
	}
}

func TestARestartKeepsPortAndData(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	execute(t, s, "CREATE TABLE kept AS SELECT 42 AS n")
	for mode, logged := range map[Mode]string{
		Fast:      "received fast shutdown request",
		Immediate: "received immediate shutdown request",
	} {
		port, pid := s.Port(), s.Pid()
		require.NoError(t, s.Restart(t.Context(), mode))
		require.Contains(t, s.Log(), logged)
		require.Equal(t, port, s.Port())
		require.NotEqual(t, pid, s.Pid())
		require.Equal(t, 42, query[int](t, s, "SELECT n FROM kept"))
	}
}

func TestAServerThatWasShutDownIsStoppedLikeAnyOther(t *testing.T) {
	t.Parallel()
	s := started(t, options())
	require.NoError(t, s.Shutdown(t.Context(), Fast))
	require.Zero(t, s.Pid())
	require.False(t, listening(s.Port()))
	require.NoError(t, s.Shutdown(t.Context(), Fast))
	require.NoError(t, s.Stop(t.Context()))
	require.True(t, missing(s.Dir()))
}

func TestFreePortsAreOutsideTheRangeOfOutgoingConnections(t *testing.T) {
	t.Parallel()
	for range 100 {
		port, err := freePort(t.Context())
		require.NoError(t, err)
		require.GreaterOrEqual(t, port, firstPort)
		require.LessOrEqual(t, port, lastPort)
	}
}
