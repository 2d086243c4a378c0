package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// tickSoon is a daily schedule with a tick in a moment, so that its runs may take hours.
func tickSoon(db *database) string {
	at := db.now().UTC().Add(6 * time.Second)
	return fmt.Sprintf("REFRESH_TOKEN_CLEANUP_CRON=%d %d %d * * *", at.Second(), at.Minute(), at.Hour())
}

// awaitTickRun is the run of the one tick, once it has recorded rows.
func (db *database) awaitTickRun() recordedRun {
	db.t.Helper()
	await(db.t, patience, "the tick's run", func() bool { return len(db.runs(`tick IS NOT NULL`)) > 0 })
	return db.awaitCounted(db.runs(`tick IS NOT NULL`)[0].ID)
}

func TestPromise11AScheduledRunGoesSlowlyGivesWayAndGoesOnAtItsPaceWhenItsReplicaIsKilled(t *testing.T) {
	t.Parallel()
	const dead, live = 14_000, 100
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, "SILTGATE_BATCH_TARGET=1ms", "SILTGATE_DUTY_CYCLE=1", "SILTGATE_FINISH_WITHIN=8m", tickSoon(db))
	replicas := f.start(3)
	run := db.awaitTickRun()

	// It says how fast it goes, and when it will be done: once it has looked at the other table.
	await(t, patience, "a duty that the work asks for", func() bool {
		run = db.run(run.ID)
		require.False(t, run.Ended(), "the run ended too soon: it was to take eight minutes")
		return run.Duty != nil && *run.Duty > 0.02 && run.Forecast != nil
	})
	require.NotNil(t, run.FinishBy)
	require.WithinDuration(t, run.StartedAt.Add(8*time.Minute), *run.FinishBy, time.Second)
	require.False(t, run.Forecast.After(*run.FinishBy), "full duty would take a quarter of a minute")
	require.Less(t, *run.Duty, 0.5)

	// A run by hand need not wait for it, although it rests most of the time.
	asked := time.Now()
	byHand := db.ask(`{"tables":["password_resets"]}`)
	await(t, 6*time.Second, "the run by hand to begin", func() bool { return db.run(byHand).StartedAt != nil })
	t.Logf("the run by hand began after %s", time.Since(asked).Round(time.Millisecond))
	done := db.awaitCompleted(byHand)
	require.Nil(t, done.FinishBy, "somebody waits for it")

	// Another replica goes on at the duty that is recorded.
	await(t, patience, "the run to go on", func() bool {
		run = db.run(run.ID)
		return run.State == "running" && run.WaitingFor == nil && run.Duty != nil
	})
	killed := byID(t, replicas, *run.Replica)
	killed.kill()
	run = db.run(run.ID)
	require.False(t, run.Ended())
	recorded := *run.Duty
	await(t, rescueWithin, "another replica to go on", func() bool {
		run = db.run(run.ID)
		return *run.Replica != killed.id && run.State == "running"
	})
	await(t, patience, "it to record its pace", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata -> 'output' -> 'slices' > to_jsonb($2::integer)`,
			run.ID, run.result(t).Slices) > 0 || db.run(run.ID).result(t).DurationMS != run.result(t).DurationMS
	})
	now := db.run(run.ID)
	require.Greater(t, *now.Duty, 0.8*recorded, "it does not begin quietly anew")
	require.Less(t, *now.Duty, 2*recorded)
	t.Logf("duty %.3f before the kill, %.3f on the next replica", recorded, *now.Duty)

	db.quick()
	ended := db.awaitEnd(run.ID, 5*time.Minute)
	require.Equal(t, "completed", string(ended.Outcome))
	require.False(t, ended.FinishedAt.After(*ended.FinishBy))
	require.EqualValues(t, dead, db.purged())
}
