package e2e

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

// recordedRun is a run as any program reads it.
type recordedRun struct{ jobs.Run }

// result is what the run recorded, which in its case is known to be a Result.
func (r recordedRun) result(t testing.TB) jobs.Result {
	t.Helper()
	result, err := r.Result()
	require.NoError(t, err)
	return result
}

// runs reads the history, oldest first. The condition is SQL.
func (db *database) runs(condition string, args ...any) []recordedRun {
	db.t.Helper()
	rows, err := db.pool.Query(db.ctx(), `
		SELECT id
		FROM siltgate.runs
		WHERE `+condition+`
		ORDER BY coalesce(tick, created_at), id`, args...)
	require.NoError(db.t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	require.NoError(db.t, err)
	var all []recordedRun
	for _, id := range ids {
		run, err := jobs.Get(db.ctx(), db.pool, id)
		if errors.Is(err, jobs.ErrNoRun) {
			continue // deleted since
		}
		require.NoError(db.t, err)
		all = append(all, recordedRun{run})
	}
	return all
}

func (db *database) run(id int64) recordedRun {
	db.t.Helper()
	all := db.runs(`id = $1`, id)
	require.Len(db.t, all, 1, "run %d", id)
	return all[0]
}

// awaitEnd waits until a run has ended, however.
func (db *database) awaitEnd(id int64, within time.Duration) recordedRun {
	db.t.Helper()
	await(db.t, within, fmt.Sprintf("run %d to end", id), func() bool { return db.run(id).Ended() })
	return db.run(id)
}

// awaitCompleted waits for a run that ends well at its first attempt.
func (db *database) awaitCompleted(id int64) recordedRun {
	db.t.Helper()
	run := db.awaitEnd(id, patience)
	require.Equal(db.t, "completed", run.State)
	require.Equal(db.t, "completed", string(run.Outcome))
	require.Equal(db.t, 1, run.Attempt)
	require.Nil(db.t, run.Error)
	return run
}

// awaitCounted waits until a run has recorded rows that it deleted, and is still at work.
func (db *database) awaitCounted(id int64) recordedRun {
	db.t.Helper()
	await(db.t, patience, fmt.Sprintf("run %d to record rows", id), func() bool {
		run := db.run(id)
		require.False(db.t, run.Ended(), "the run ended too soon: make it longer")
		return run.Deleted != nil && *run.Deleted > 0
	})
	run := db.run(id)
	require.Equal(db.t, "running", run.State)
	return run
}

// ask inserts a run as any SQL client would.
func (db *database) ask(args string) int64 {
	db.t.Helper()
	return db.number(`INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', $1) RETURNING id`, args)
}
