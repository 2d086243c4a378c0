package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

func TestARunCancelledBetweenTwoSlicesHasEndedAndItsRetryBeginsAfresh(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, stop := f.startLasting()
	require.NoError(t, stop())
	left := f.number(`SELECT count(*) FROM refresh_tokens`)
	before := f.await(id, "available")
	require.NotNil(t, before.Progress)

	client, err := f.connected().newCleaner(t.Context(), 0).newClient()
	require.NoError(t, err)
	_, err = client.JobCancel(t.Context(), id)
	require.NoError(t, err)
	result := f.await(id, "cancelled")
	require.Equal(t, jobs.OutcomeCancelled, result.Outcome)
	require.Nil(t, result.Progress)
	require.Equal(t, lasting-left, result.Deleted, "its counts stay")

	_, err = client.JobRetry(t.Context(), id)
	require.NoError(t, err)
	f.replica.Pace.DutyCycle = 1
	f.start()
	again := f.await(id, "completed")
	require.Equal(t, left, again.Deleted, "it counts from nought")
	require.True(t, again.Cutoff.After(before.Cutoff))
}

// River's retry leaves in the row what it does not know.
func TestARetriedRunForgetsWhoCancelledItBefore(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.insert(`{}`)
	named := func() int64 {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND state = 'cancelled' AND cancelled_by = session_user`, id)
	}
	f.exec(`SELECT siltgate.cancel_token_cleanup(1)`)
	require.EqualValues(t, 1, named())
	client, err := f.connected().newCleaner(t.Context(), 0).newClient()
	require.NoError(t, err)
	_, err = client.JobRetry(t.Context(), id)
	require.NoError(t, err)
	_, err = client.JobCancel(t.Context(), id)
	require.NoError(t, err)
	f.await(id, "cancelled")
	require.Zero(t, named(), "nobody said who cancelled it this time")
}

func TestARunsNextSliceBeginsByTheDatabasesClock(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id := f.insert(`{}`)
	f.exec(`UPDATE siltgate.river_job SET state = 'running'`)
	// What a replica writes whose clock is ahead.
	f.exec(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now() + interval '20 s'`)
	began := time.Now()
	f.start()
	f.await(id, "completed")
	require.Less(t, time.Since(began), 20*time.Second)
}
