package e2e

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestFault27Promise3OneRunDeletesAtATimeAndTheQueueDrains(t *testing.T) {
	t.Parallel()
	const runs = 20
	db := newDatabase(t)
	db.fill(2000, 200)
	db.slow(20 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	f.start(3)
	app := startApp(t, db) // which gives every run something to delete
	watch := watchDeleters(t, db)

	began := time.Now()
	db.exec(`
		INSERT INTO siltgate.river_job (kind, args)
		SELECT 'token_cleanup', jsonb_build_object('reason', 'run ' || i)
		FROM generate_series(1, $1::integer) AS i`, runs)
	await(t, 2*time.Minute, "all runs to end", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE finished_at IS NOT NULL`) == runs
	})
	took := time.Since(began)
	app.end()
	seen := watch.end()

	for _, run := range db.runs(`true`) {
		require.Equal(t, "completed", run.State)
		require.Equal(t, 1, run.Attempt, "waiting spends no attempt")
		require.Nil(t, run.Error)
	}
	require.Equal(t, 1, seen.locks, "most sessions that held the lock of a run at a time")
	require.Equal(t, 1, seen.deleting, "most sessions that were deleting at a time")
	sessions := db.requireOneAtATime()
	require.GreaterOrEqual(t, sessions, int64(runs/2), "sessions that had something to delete")
	require.Equal(t, db.purged(), db.recorded())
	db.requireNoLiveRowLost()
	app.requireUndisturbed()
	t.Logf("%d runs in %s, %d of them deleted; looked %d times", runs, took.Round(10*time.Millisecond), sessions, seen.looks)
}

// watch looks every few milliseconds how many sessions of the database could delete.
type watch struct {
	t    testing.TB
	conn *pgx.Conn
	stop context.CancelFunc
	work sync.WaitGroup
	seen sighting
	err  error
}

// sighting is the most that was seen at a time.
type sighting struct {
	looks, locks, deleting int
}

func watchDeleters(t testing.TB, db *database) *watch {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.url)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	w := &watch{t: t, conn: conn, stop: stop}
	w.work.Go(func() { w.look(ctx) })
	t.Cleanup(func() {
		stop()
		w.work.Wait()
		_ = conn.Close(context.Background())
	})
	return w
}

func (w *watch) look(ctx context.Context) {
	const interval = 3 * time.Millisecond
	for ctx.Err() == nil {
		var locks, deleting int
		err := w.conn.QueryRow(context.WithoutCancel(ctx), `
			SELECT
				(SELECT count(*) FROM pg_locks
				WHERE locktype = 'advisory' AND granted
					AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
				(SELECT count(*) FROM pg_stat_activity
				WHERE datname = current_database() AND application_name = 'siltgate'
					AND state = 'active' AND query ~ '^\s*DELETE')`).Scan(&locks, &deleting)
		if err != nil {
			w.err = fmt.Errorf("watch: %w", err)
			return
		}
		w.seen.looks++
		w.seen.locks = max(w.seen.locks, locks)
		w.seen.deleting = max(w.seen.deleting, deleting)
		<-time.After(interval)
	}
}

func (w *watch) end() sighting {
	w.t.Helper()
	w.stop()
	w.work.Wait()
	require.NoError(w.t, w.err)
	return w.seen
}
