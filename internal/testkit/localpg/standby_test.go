package localpg

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAStandbyFollowsAndTakesOver(t *testing.T) {
	t.Parallel()
	opts := options()
	opts.Settings = map[string]string{"cluster_name": "first", "max_connections": "50"}
	primary := started(t, opts)
	execute(t, primary, "CREATE TABLE kept AS SELECT 1 AS n")
	standby := following(t, primary, Options{Settings: map[string]string{"cluster_name": "second"}})
	require.NotEqual(t, primary.Port(), standby.Port())
	require.True(t, query[bool](t, standby, "SELECT pg_is_in_recovery()"))
	require.Equal(t, "second", query[string](t, standby, "SHOW cluster_name"))
	require.Equal(t, "50", query[string](t, standby, "SHOW max_connections"), "what is not set is the primary's")

	// It follows, not while it is paused, and also the one of them that was away.
	count := func() int { return query[int](t, standby, "SELECT count(*) FROM kept") }
	execute(t, primary, "INSERT INTO kept VALUES (2)")
	eventually(t, func() bool { return count() == 2 }, "it follows")
	require.NoError(t, standby.PauseReplay(t.Context()))
	execute(t, primary, "INSERT INTO kept VALUES (3)")
	require.NoError(t, primary.Restart(t.Context(), Immediate))
	require.Equal(t, 2, count())
	require.NoError(t, standby.ResumeReplay(t.Context()))
	eventually(t, func() bool { return count() == 3 }, "it catches up")
	require.NoError(t, standby.Crash(t.Context()))
	execute(t, primary, "INSERT INTO kept VALUES (4)")
	require.NoError(t, standby.StartAgain(t.Context()))
	eventually(t, func() bool { return count() == 4 }, "it comes back")

	require.NoError(t, primary.Crash(t.Context()))
	require.ErrorContains(t, standby.exec(t.Context(), "INSERT INTO kept VALUES (5)"), "read-only")
	require.NoError(t, standby.Promote(t.Context()))
	execute(t, standby, "INSERT INTO kept VALUES (5)")
	require.Equal(t, 5, count())

	// And it has a standby in its turn.
	third := following(t, standby, Options{})
	require.Equal(t, 5, query[int](t, third, "SELECT count(*) FROM kept"))
}

func TestAStandbyMadeWhileThePrimaryWritesHasAll(t *testing.T) {
	t.Parallel()
	primary := started(t, options())
	execute(t, primary, "CREATE TABLE busy AS SELECT i AS id, repeat('x', 200) AS filler, 0 AS n FROM generate_series(1, 20000) AS i")
	ctx, stop := context.WithCancel(t.Context())
	conn := connected(t, primary)
	var writer sync.WaitGroup
	writer.Go(func() {
		for ctx.Err() == nil {
			// The checkpoints write pages to the files while these are copied.
			for _, sql := range []string{"UPDATE busy SET n = n + 1 WHERE id % 7 = 0", "CHECKPOINT"} {
				if _, err := conn.Exec(t.Context(), sql); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	t.Cleanup(func() { stop(); writer.Wait() })
	standby := following(t, primary, Options{})
	stop()
	writer.Wait()

	const sums = "SELECT count(*) || ' rows, ' || sum(n) || ' updates' FROM busy"
	want := query[string](t, primary, sums)
	eventually(t, func() bool { return query[string](t, standby, sums) == want }, "it has what the primary has")
	require.Equal(t, want, query[string](t, standby, sums))
}

func TestAStandbyOfAServerWithTablespacesIsRefused(t *testing.T) {
	t.Parallel()
	primary := started(t, options())
	space := filepath.Join(primary.Dir(), "space")
	require.NoError(t, os.Mkdir(space, 0o700))
	require.NoError(t, give(space, primary.account))
	execute(t, primary, "CREATE TABLESPACE apart LOCATION '"+space+"'")
	_, err := primary.Standby(t.Context(), Options{})
	require.EqualError(t, err, "create a standby: back up the primary: it has tablespaces, whose files the copy would share")
}

func TestAStandbyOfNothingLeavesNothing(t *testing.T) {
	primary := started(t, options())
	require.NoError(t, primary.Shutdown(t.Context(), Fast))
	dir := temporary(t)
	_, err := primary.Standby(t.Context(), Options{})
	require.ErrorContains(t, err, "create a standby: back up the primary: ")
	require.ErrorContains(t, err, "onnection refused")
	requireEmpty(t, dir)
}

func following(t *testing.T, primary *Server, opts Options) *Server {
	t.Helper()
	standby, err := primary.Standby(t.Context(), opts)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, standby.Stop(context.WithoutCancel(t.Context())))
		if t.Failed() {
			t.Log(standby.Log())
		}
	})
	return standby
}
