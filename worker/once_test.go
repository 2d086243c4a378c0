package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// once runs a replica for a run of its own, as the program does, and returns that run.
func (f *fixture) once(id string) (run int64, err error) {
	f.t.Helper()
	r := f.replica
	r.ID = id
	err = r.RunOnce(f.t.Context(), jobs.TokenCleanupArgs{Reason: "once"}, func(ctx context.Context, own int64) error {
		run = own
		for {
			if f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND finished_at IS NOT NULL`, own) == 1 {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return run, err
}

// leftovers is what is there of replicas and their sessions.
const leftovers = `
	SELECT
		(SELECT count(*) FROM siltgate.heartbeats) + (SELECT count(*) FROM siltgate.river_leader)
		+ (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
		+ (SELECT count(*) FROM siltgate.river_job WHERE finalized_at IS NULL)`

func TestARunOfItsOwnIsWorkedAndNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("* * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	run, err := f.once("a")
	require.NoError(t, err)
	require.EqualValues(t, 100, f.await(run, "completed").Deleted)
	require.Eventually(t, func() bool { return f.number(leftovers) == 0 }, 5*time.Second, 10*time.Millisecond)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.ticks`), "it has no schedule")
}

func TestFault95ARunOfAKilledReplicaIsRescuedAtOnceByTheNextOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	// Kills have left two runs: one that had begun, and one that still waited.
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, attempt, attempted_at, attempted_by, metadata) VALUES
			('token_cleanup', '{"reason":"once"}', 'running', 1, now() - interval '1 s', '{once-dead}', '` + begun + `'),
			('token_cleanup', '{"reason":"once"}', 'available', 0, NULL, NULL, '{}');
		INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('once-dead', 'x', 'x')`)
	began := time.Now()
	run, err := f.once("b")
	require.NoError(t, err)
	require.Less(t, time.Since(began), 30*time.Second, "River rescues it after a minute and a half")
	require.EqualValues(t, 2, run, "the one that waited is its own")
	require.Equal(t, jobs.OutcomeCompleted, f.await(1, "completed").Outcome)
	require.EqualValues(t, 1, f.number(earlierFirst))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = 1 AND error IS NULL`))
}

func TestFault95ARunOfAReplicaThatLivesIsLeftToIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	other := &fixture{t: t, replica: f.replica}
	other.replica.ID = oncePrefix + "lives"
	conn, err := other.connected().pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, attempt, attempted_at, attempted_by) VALUES
			('token_cleanup', '{}', 'running', 1, now() - interval '10 s', '{once-lives}'),
			('token_cleanup', '{}', 'running', 1, now() - interval '10 s', '{of-a-fleet}')`)
	run, err := f.once("c")
	require.NoError(t, err)
	require.EqualValues(t, 3, run)
	require.EqualValues(t, 2, f.number(`SELECT count(*) FROM siltgate.runs WHERE state = 'running'`))
}

func TestFault95ReplicasForRunsOfTheirOwnAreSafeBesideAFleet(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.start()
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM siltgate.ticks`) > 0 }, pgtest.Patience, 10*time.Millisecond)
	for i := range 3 {
		f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
		run, err := f.once(fmt.Sprint("beside-", i))
		require.NoError(t, err)
		f.await(run, "completed")
		require.Zero(t, f.number(`SELECT count(*) FROM refresh_tokens`))
	}
	ticks := f.number(`SELECT count(*) FROM siltgate.ticks`)
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM siltgate.ticks`) > ticks }, pgtest.Patience, 10*time.Millisecond)
	require.NotContains(t, f.log.String(), "disagree")
}

// Its run may take hours, and it has no schedule.
func TestFault95AReplicaForARunOfItsOwnDoesNotLeadAFleet(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.replica.Pace.DutyCycle, f.replica.Pace.BatchTarget = 0.005, time.Millisecond
	f.exec(fmt.Sprintf(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, lasting))
	ended := make(chan error, 1)
	go func() {
		_, err := f.once("alone")
		ended <- err
	}()
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_leader WHERE leader_id = 'once-alone'`) == 1
	}, pgtest.Patience, 10*time.Millisecond, "alone it leads")
	f.start()
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM siltgate.ticks`) > 1 }, promisedLeader, 10*time.Millisecond)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = 1 AND finished_at IS NULL`), "it still works")
	f.exec(`SELECT siltgate.cancel_token_cleanup(1)`)
	require.NoError(t, <-ended)
}

func TestFault95AReplicaForARunOfItsOwnEndsWhenRunsArePaused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`SELECT siltgate.pause_token_cleanup('incident 42', requested_by => 'ops')`)
	_, err := f.once("d")
	require.EqualError(t, err, "runs are paused by ops: incident 42")
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.runs`))

	f.exec(`SELECT siltgate.resume_token_cleanup()`)
	f.replica.Pace.DutyCycle, f.replica.Pace.BatchTarget = 0.05, time.Millisecond
	f.exec(fmt.Sprintf(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, lasting))
	ended := make(chan error, 1)
	go func() {
		_, err := f.once("e")
		ended <- err
	}()
	f.awaitDeleting(1)
	f.exec(`SELECT siltgate.pause_token_cleanup('incident 43', requested_by => 'ops')`)
	require.EqualError(t, <-ended, "runs are paused by ops: incident 43; run 1 waits until runs are resumed")
}

func TestAReplicaForARunOfItsOwnThatCannotStartSaysWhyAndInsertsNone(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`DELETE FROM siltgate.installation`)
	_, err := f.once("f")
	require.ErrorContains(t, err, "it seems to be restored without its data")
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.runs`))

	f.exec(`INSERT INTO siltgate.installation DEFAULT VALUES`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = f.replica.RunOnce(ctx, jobs.TokenCleanupArgs{}, func(context.Context, int64) error { return errors.New("called") })
	require.False(t, err != nil && strings.Contains(err.Error(), "called"))
}

func TestFault95AReplicaForARunOfItsOwnEndsWhereNothingCanBeWritten(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only TO on', current_database()); END $$`)
	f.replica.StartPatience = time.Second
	_, err := f.once("f")
	require.ErrorContains(t, err, "the database is read-only")
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.runs`))
}

// A month of daily runs at a time, for a year.
func TestFault95AYearOfDailyRunsLeavesNoGrowingHistory(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const kept, month = 90, 30
	f.replica.History = kept * 24 * time.Hour
	for i := range 12 {
		f.exec(fmt.Sprintf(`
			UPDATE siltgate.river_job SET finalized_at = finalized_at - interval '%d days' WHERE finalized_at IS NOT NULL;
			UPDATE siltgate.ticks SET tick = tick - interval '%[1]d days'`, month))
		f.restore(fmt.Sprintf(`
			INSERT INTO siltgate.river_job (kind, args, state, created_at, finalized_at)
			SELECT 'token_cleanup', '{}', 'completed', now(), now() - n * interval '1 day'
			FROM generate_series(1, %d) AS n`, month-1))
		_, err := f.once(fmt.Sprint("of-month-", i))
		require.NoError(t, err)
		require.LessOrEqual(t, f.number(`SELECT count(*) FROM siltgate.runs`), int64(kept+1))
	}
	require.Greater(t, f.number(`SELECT count(*) FROM siltgate.runs`), int64(kept-month))
	for _, table := range []string{"heartbeats", "ticks", "river_leader", "river_client", "river_client_queue", "river_notification"} {
		var exists bool
		require.NoError(t, f.pool.QueryRow(t.Context(), `SELECT to_regclass('siltgate.' || $1) IS NOT NULL`, table).Scan(&exists))
		if exists {
			require.LessOrEqual(t, f.number(`SELECT count(*) FROM siltgate.`+table), int64(1), table)
		}
	}
}
