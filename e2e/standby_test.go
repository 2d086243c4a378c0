package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestDeletingWaitsForAStandbyThatLagsAndGoesOn(t *testing.T) {
	t.Parallel()
	const dead, live = 6000, 100
	db := newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	standby := pgtest.NewStandby(t, db.server, localpg.Options{})
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, append(smallBatches(), "SILTGATE_MAX_REPLICA_LAG=1s")...)
	app := startApp(t, db)
	r := f.start(1)[0]

	id := db.ask(`{}`)
	await(t, patience, "the run to begin", func() bool { return db.purged() > 200 })
	require.NoError(t, standby.PauseReplay(t.Context()))
	await(t, patience, "the run to wait", func() bool { return len(r.logged("waiting for a standby")) == 1 })
	await(t, patience, "its batch in hand to end", func() bool { return db.sleepers() == 0 })
	waits := db.purged()
	require.Less(t, waits, int64(dead), "the run ended too soon: make it longer")
	<-time.After(5 * time.Second)
	require.Equal(t, waits, db.purged(), "nothing is deleted while the standby lags")
	require.Equal(t, "running", db.run(id).State)

	require.NoError(t, standby.ResumeReplay(t.Context()))
	resumed := time.Now()
	await(t, patience, "the run to go on", func() bool { return db.purged() > waits })
	t.Logf("deleting went on %s after the standby", time.Since(resumed).Round(time.Millisecond))
	require.Len(t, r.logged("the standby has caught up"), 1)
	app.Stop()
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt)
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
	app.requireUndisturbed()
}

// A standby may be an archive that is an hour behind on purpose, which the primary cannot see.
func TestFault54ARunDoesNotWaitForeverForAStandbyThatIsDelayedOnPurpose(t *testing.T) {
	t.Parallel()
	const dead, live = 6000, 100
	db := newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	pgtest.NewStandby(t, db.server, localpg.Options{Settings: map[string]string{"recovery_min_apply_delay": "1h"}})
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, append(smallBatches(), "SILTGATE_MAX_REPLICA_LAG=1s", "SILTGATE_MAX_WAIT=3s")...)
	app := startApp(t, db)
	r := f.start(1)[0]

	run := db.awaitEnd(db.ask(`{}`), patience)
	app.Stop()
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt)
	require.Len(t, run.result(t).Pace.StandbysLeftOut, 1, "the history names it")
	require.Len(t, r.logged("waiting for a standby"), 1)
	require.Len(t, r.logged("no longer waiting for a standby: it does not catch up, or is delayed on purpose"), 1)
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
	app.requireUndisturbed()

	db.fill(dead, 0)
	run = db.awaitEnd(db.ask(`{}`), patience)
	require.Equal(t, "completed", run.State)
	require.Len(t, run.result(t).Pace.StandbysLeftOut, 1)
	require.Len(t, r.logged("waiting for a standby"), 1, "the next run does not wait for it again")
}
