package e2e

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestFault27Promise3OneRunDeletesAtATimeAndTheQueueDrains(t *testing.T) {
	t.Parallel()
	const runs = 100 // asked for at once, in every way
	db := newDatabase(t)
	db.fill(2000, 200)
	db.slow(10 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(5)
	app := startApp(t, db) // which gives every run something to delete
	watch := watchDeleters(t, db)

	began := time.Now()
	f.askInEveryWay(runs)
	require.Len(t, db.runs(`true`), runs)
	await(t, 3*time.Minute, "all runs to end", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE finished_at IS NOT NULL`) == runs
	})
	took := time.Since(began)
	app.Stop()
	seen := watch.end()

	executed := map[string]int{}
	for _, run := range db.runs(`true`) {
		require.Equal(t, "completed", run.State)
		require.Equal(t, 1, run.Attempt, "waiting spends no attempt")
		require.Nil(t, run.Error)
		executed[byID(t, replicas, *run.Replica).name]++
	}
	require.Equal(t, 1, seen.locks, "most sessions that had the turn at a time")
	require.Equal(t, 1, seen.deleting, "most sessions that were deleting at a time")
	require.Greater(t, len(executed), 1, "several replicas took part: %v", executed)
	sessions := db.requireOneAtATime()
	require.GreaterOrEqual(t, sessions, int64(runs/2), "sessions that had something to delete")
	db.awaitRecorded()
	app.requireUndisturbed()
	t.Logf("%d runs in %s by %v, %d of them deleted; %d samples", runs, took.Round(10*time.Millisecond), executed, sessions, seen.samples)
}

// askInEveryWay asks for runs of which no two are alike: by SQL and from Go at once, by the
// command one after the other meanwhile.
func (f *fleet) askInEveryWay(runs int) {
	f.t.Helper()
	byCommand := runs / 10
	var asking sync.WaitGroup
	failed := make([]error, runs-byCommand)
	for i := range failed {
		args := jobs.TokenCleanupArgs{Reason: fmt.Sprintf("run %d", i), FullSpeed: i%3 == 0}
		asking.Go(func() {
			ctx := context.WithoutCancel(f.t.Context())
			switch i % 3 {
			case 0:
				_, failed[i] = jobs.Enqueue(ctx, f.db.pool, args)
			case 1:
				_, failed[i] = f.db.pool.Exec(ctx, `SELECT siltgate.enqueue_token_cleanup(reason => $1)`, args.Reason)
			default:
				_, failed[i] = f.db.pool.Exec(ctx, `INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', $1)`, args)
			}
		})
	}
	commands := make([]*process, byCommand)
	for i := range commands {
		commands[i] = f.launch(nil, "enqueue", "--reason", fmt.Sprintf("command %d", i))
	}
	for _, p := range commands {
		require.Zero(f.t, p.wait(patience), p.output())
	}
	asking.Wait()
	require.NoError(f.t, errors.Join(failed...))
}

// watch reads every few milliseconds how many sessions of the database could delete.
type watch struct {
	t    testing.TB
	conn *pgx.Conn
	stop context.CancelFunc
	work sync.WaitGroup
	seen sighting
	err  error
}

func watchDeleters(t testing.TB, db *database) *watch {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.url)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	w := &watch{t: t, conn: conn, stop: stop}
	w.work.Go(func() { w.sample(ctx) })
	t.Cleanup(func() {
		stop()
		w.work.Wait()
		_ = conn.Close(context.Background())
	})
	return w
}

func (w *watch) sample(ctx context.Context) {
	const interval = 3 * time.Millisecond
	for ctx.Err() == nil {
		if err := w.seen.sample(context.WithoutCancel(ctx), w.conn); err != nil {
			w.err = fmt.Errorf("watch: %w", err)
			return
		}
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
