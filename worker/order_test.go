package worker

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// startScheduled is startLasting with a run of the schedule, which has ticks far apart.
func (f *fixture) startScheduled() (run int64, tick time.Time) {
	f.t.Helper()
	parsed, err := schedule.Parse("0 3 * * *", time.UTC)
	require.NoError(f.t, err)
	f.replica.Schedule = parsed
	f.replica.Pace.DutyCycle, f.replica.Pace.BatchTarget = 0.05, time.Millisecond
	f.exec(fmt.Sprintf(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, lasting))
	tick = parsed.LatestTick(time.Now())
	require.NoError(f.t, f.connected().insertTick(f.t.Context(), tick))
	f.start()
	run = f.number(`SELECT job_id FROM siltgate.ticks WHERE tick = $1`, tick)
	f.awaitDeleting(run)
	return run, tick
}

// awaitDeleting waits until a run has the turn, and has begun.
func (f *fixture) awaitDeleting(run int64) {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		return f.number(`
			SELECT count(*) FROM siltgate.turn, siltgate.runs
			WHERE runs.id = turn.job_id AND runs.id = $1 AND runs.state = 'running' AND runs.output ->> 'cutoff' IS NOT NULL`, run) == 1
	}, pgtest.Patience, 10*time.Millisecond)
}

func TestFault92ARunByHandGoesBeforeAScheduledOneThatHasBegun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	scheduled, _ := f.startScheduled()
	asked := time.Now()
	byHand := f.insert(`{"dry_run":true}`)
	f.awaitDeleting(byHand)
	require.Less(t, time.Since(asked), 6*time.Second)
	require.EqualValues(t, 1, f.number(`
		SELECT count(*) FROM siltgate.runs
		WHERE id = $1 AND waiting_for = format('run %s, asked for by hand', $2::bigint)`, scheduled, byHand))
	f.await(byHand, "completed")
	f.awaitDeleting(scheduled)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND attempt <= 1 AND error IS NULL`, scheduled),
		"to wait spends no attempt")
}

func TestFault93AScheduledRunThatHasWaitedForAPeriodGetsASlice(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	scheduled, tick := f.startScheduled()
	byHand := f.insert(`{"reason":"incident"}`)
	f.awaitDeleting(byHand)
	f.exec(`UPDATE siltgate.ticks SET waits_since = now() - interval '25 h'`)
	f.exec(`UPDATE siltgate.turn SET last_scheduled_at = now() - interval '25 h'`)
	f.awaitDeleting(scheduled)
	require.EqualValues(t, 1, f.number(`
		SELECT count(*) FROM siltgate.runs
		WHERE id = $1 AND waiting_for = format('run %s of the tick at %s', $2::bigint, $3::timestamptz AT TIME ZONE 'UTC')`, byHand, scheduled, tick))
	// A new one by hand does not have to wait for the end of that slice.
	f.exec(`UPDATE siltgate.river_job SET state = 'cancelled', finalized_at = now() WHERE id = ` + fmt.Sprint(byHand))
	asked := time.Now()
	f.awaitDeleting(f.insert(`{"reason":"another"}`))
	require.Less(t, time.Since(asked), 6*time.Second)
}

func TestATickThatSupersedesOthersHasWaitedSinceTheFirstOfThem(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	tick := time.Now().Add(-time.Hour).Truncate(time.Minute)
	require.NoError(t, r.insertTick(t.Context(), tick))
	f.exec(`UPDATE siltgate.ticks SET waits_since = '2026-11-01 00:00:00Z'`)
	for i := range 3 {
		require.NoError(t, r.insertTick(t.Context(), tick.Add(time.Duration(i+1)*time.Minute)))
	}
	require.EqualValues(t, 4, f.number(`SELECT count(*) FROM siltgate.ticks WHERE waits_since = '2026-11-01 00:00:00Z'`))
	// A run that has ended otherwise waits no more.
	f.exec(`UPDATE siltgate.river_job SET state = 'completed', finalized_at = now() WHERE finalized_at IS NULL`)
	require.NoError(t, r.insertTick(t.Context(), tick.Add(time.Hour/2)))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.ticks WHERE waits_since = inserted_at`))
}

func TestTheHistorysIDsHaveNoHoles(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("* * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.start()
	r := f.connected()
	for i := range 30 { // as many leaders would assert
		// Two that insert a tick at the same instant both take a number: so this one is there.
		var tick *time.Time
		require.Eventually(t, func() bool {
			require.NoError(t, f.pool.QueryRow(t.Context(), `SELECT max(tick) FROM siltgate.ticks`).Scan(&tick))
			return tick != nil
		}, pgtest.Patience, 10*time.Millisecond)
		require.NoError(t, r.insertTick(t.Context(), *tick))
		if i%10 == 0 {
			f.await(f.insert(`{}`), "completed")
			f.await(f.number(`SELECT siltgate.enqueue_token_cleanup()`), "completed")
		}
	}
	require.Greater(t, f.number(`SELECT count(*) FROM siltgate.ticks`), int64(1))
	require.Zero(t, f.number(`SELECT max(id) - count(*) FROM siltgate.runs`))
}
