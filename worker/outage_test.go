package worker

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestARunThatLosesItsSessionGoesOnFromItsRecordAndSpendsNoAttempt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, _ := f.startLasting()
	recorded := func() int64 {
		return f.number(`SELECT coalesce(max((metadata -> 'output' -> 'deleted')::bigint), 0) FROM siltgate.river_job WHERE id = $1`, id)
	}
	left := func() int64 { return f.number(`SELECT count(*) FROM refresh_tokens`) }
	require.Eventually(t, func() bool { return recorded() > 0 }, pgtest.Patience, time.Millisecond)
	var before int64
	require.Eventually(t, func() bool {
		before = recorded()
		return lasting-left() > before+1000
	}, pgtest.Patience, time.Millisecond)
	require.EqualValues(t, 1, f.number(`
		SELECT count(pg_terminate_backend(pid)) FROM pg_locks
		WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`))
	require.Eventually(t, func() bool { return strings.Contains(f.log.String(), "run interrupted") }, pgtest.Patience, time.Millisecond)
	var interrupted struct {
		Deleted int64 `json:"deleted"`
	}
	for line := range strings.Lines(f.log.String()) {
		if strings.Contains(line, "run interrupted") {
			require.NoError(t, json.Unmarshal([]byte(line), &interrupted))
		}
	}
	require.Greater(t, interrupted.Deleted, before, "it had come further than its record: kill it later")
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata ? 'snoozes'`, id) == 1
	}, pgtest.Patience, time.Millisecond)
	require.Less(t, recorded(), interrupted.Deleted, "what may be lost is not on record")

	f.exec(`DELETE FROM refresh_tokens WHERE id % 100 <> 0`) // or it lasts, at that pace
	f.await(id, "completed")
	require.Zero(t, left())
	require.EqualValues(t, 1, f.number(`SELECT attempt FROM siltgate.river_job WHERE id = $1`, id))
}

// What a replica that stops was doing fails as if the database were away.
func TestAReplicaThatStopsTakesThatForNoOutage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	c := &cleaner{replica: f.replica}
	c.replica.pool = f.pool
	for cause, lost := range map[error]bool{errDraining: false, rivertype.ErrJobCancelledRemotely: false, context.DeadlineExceeded: true} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		_, err := pgx.Connect(ctx, f.url)
		require.Error(t, err)
		require.Equal(t, lost, c.lost(ctx, err), cause)
	}
}

// River waits for no lock longer than ten seconds or so, and ends its connection then.
func TestAStatementThatTakesTooLongIsNoLostDatabase(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stop := f.start()
	f.logged("replica started")
	id := f.insert(`{}`)
	f.await(id, "completed")
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), `LOCK TABLE siltgate.river_leader`)
	require.NoError(t, err)
	f.logged("a statement took too long")
	require.NoError(t, tx.Rollback(t.Context()))
	f.await(f.insert(`{}`), "completed")
	require.NoError(t, stop())
	require.NotContains(t, f.log.String(), "database is lost")
}

// River's scheduler waits for each row that is due. Who cancels one of those and does not commit holds up all.
func TestACancelThatIsNotCommittedHoldsUpRetriesAndIsSaid(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	cancelled, other := f.insert(`{}`), f.insert(`{}`)
	f.exec(`UPDATE siltgate.river_job SET state = 'retryable', attempt = 1, scheduled_at = now()`)
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), `SELECT siltgate.cancel_token_cleanup($1)`, cancelled)
	require.NoError(t, err)
	f.start()
	f.logged("a statement took too long")
	require.Contains(t, f.log.String(), "-- name: JobSchedule")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND state = 'retryable'`, other))
	f.await(f.insert(`{"reason":"not held up"}`), "completed")
	require.NoError(t, tx.Commit(t.Context()))
	f.await(other, "completed")
	f.await(cancelled, "cancelled")
}
