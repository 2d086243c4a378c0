package worker

import (
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// insertTick gives a tick its run, and returns that.
func (f *fixture) insertTick() int64 {
	f.t.Helper()
	require.NoError(f.t, f.connected().insertTick(f.t.Context(), someTick))
	return f.number(`SELECT max(job_id) FROM siltgate.ticks`)
}

func TestAScheduledRunTakesItsTimeAndARunByHandDoesNot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const within = 8 * time.Second
	f.replica.Pace = purge.Pace{DutyCycle: 1, BatchTarget: time.Millisecond, FinishWithin: within}
	fill := fmt.Sprintf(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, lasting)
	f.exec(fill)
	scheduled := f.insertTick()
	f.start()
	var running jobs.Run
	require.Eventually(t, func() bool {
		run, err := jobs.Get(t.Context(), f.pool, scheduled)
		running = run
		return err == nil && run.Forecast != nil
	}, pgtest.Patience, 10*time.Millisecond, "it says when it will be done")
	require.Equal(t, running.StartedAt.Add(within).Round(time.Second), running.FinishBy.Round(time.Second))

	slow := f.await(scheduled, "completed")
	require.EqualValues(t, lasting, slow.Deleted)
	require.NotNil(t, slow.Pace.FinishBy)
	work := time.Duration(f.number(`SELECT work_ms FROM siltgate.table_states`)) * time.Millisecond
	require.Positive(t, work)
	lasted := time.Duration(slow.DurationMS) * time.Millisecond
	require.Greater(t, lasted, 2*work, "it rests")

	f.exec(fill)
	quick := f.await(f.insert(`{}`), "completed")
	require.Nil(t, quick.Pace.FinishBy)
	require.InDelta(t, 1, quick.Pace.Duty, 1e-9)
}

func TestAScheduledRunThatCannotBeDoneInTimeSaysSo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.Pace = purge.Pace{DutyCycle: 0.005, BatchTarget: time.Millisecond, FinishWithin: 2 * time.Second}
	f.exec(fmt.Sprintf(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, lasting))
	scheduled := f.insertTick()
	stop := f.start()
	var pace jobs.Pace
	require.Eventually(t, func() bool {
		run, err := jobs.Get(t.Context(), f.pool, scheduled)
		require.NoError(t, err)
		result, err := run.Result()
		pace = result.Pace
		return err == nil && pace.Late
	}, pgtest.Patience, 10*time.Millisecond)
	require.InDelta(t, 0.005, pace.Duty, 1e-9, "it goes on at the duty cycle")
	require.True(t, pace.Forecast.After(*pace.FinishBy))
	require.NoError(t, stop())
	require.Contains(t, f.log.String(), "run will end late")
}

func TestARunKnowsWhatItsTablesTookTheLastTime(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`)
	f.start()
	f.await(f.insert(`{}`), "completed")
	f.exec(`UPDATE siltgate.table_states SET work_ms = 1234567`)
	r := &run{replica: f.connected(), job: &rivertype.JobRow{ID: 1}, request: request{tables: f.replica.Tables}}
	require.Equal(t, map[string]purge.Earlier{"refresh_tokens": {Took: 1234567 * time.Millisecond}}, r.earlierRuns(t.Context()))
}
