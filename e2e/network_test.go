package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault09ABlackHoleIsWaitedOutAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 8000, 500
		// Longer than a frozen session lives, and than a statement is waited for.
		silence = 35 * time.Second
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	network := newProxy(t, db.address())
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *", "DATABASE_URL="+network.url(t, db.url))...)
	app := startApp(t, db)
	replicas, id := f.startAtWork(2)

	away := outage{from: time.Now().Add(-period)}
	network.blackHole()
	<-time.After(silence)
	require.Zero(t, db.number(`
		SELECT count(*) FROM pg_locks
		WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`),
		"the server has ended the session of a run that went silent")
	for _, r := range replicas {
		status, _ := f.get(r, "/readyz")
		require.Equal(t, http.StatusServiceUnavailable, status)
	}
	network.mend()
	mended := time.Now()
	away.to = db.awaitTickAfter(mended)
	t.Logf("the next tick came %s after the network", away.to.Sub(mended).Round(time.Millisecond))
	require.Less(t, away.to.Sub(mended), 15*time.Second, "nobody sleeps on because the silence was long")
	run := db.awaitEnd(id, 3*time.Minute)
	require.Equal(t, "completed", run.State)
	app.Stop()
	db.quick()
	db.requirePurged(live)
	db.requireEveryTickOnce(period, away)
	app.requireUndisturbed()
	for _, r := range replicas {
		require.True(t, r.running())
		r.requireOutages(1)
	}
}

func TestFault09AReplicaCutOffIsReplacedAndNotHeardWhenItIsBack(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 8000, 500
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	network := newProxy(t, db.address())
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *")...)
	id := db.ask(`{}`)
	alone := f.startWith([]string{"DATABASE_URL=" + network.url(t, db.url)}, 1)[0]
	db.awaitCounted(id)
	require.Equal(t, alone.id, f.leader())
	db.awaitTickAfter(time.Now())
	other := f.start(1)[0]

	away := outage{from: time.Now().Add(-period)}
	network.blackHole()
	cut := time.Now()
	await(t, 30*time.Second, "the other replica to lead", func() bool { return f.leader() == other.id })
	away.to = db.awaitTickAfter(time.Now())
	run := db.awaitEnd(id, rescueWithin)
	took := time.Since(cut)
	require.Equal(t, "completed", run.State)
	require.Equal(t, other.id, *run.Replica)
	require.Less(t, took, rescueWithin)
	gone := *run.Deleted
	db.quick()

	network.mend()
	await(t, patience, "the replica to be back", func() bool {
		return len(alone.logged("database is back")) > 0
	})
	f.awaitReady(alone)
	require.Equal(t, other.id, f.leader())
	db.requirePurged(live)
	run = db.run(id)
	require.Equal(t, "completed", run.State, "what it has to say of the run is not heard")
	require.Equal(t, other.id, *run.Replica)
	require.Equal(t, gone, *run.Deleted)
	t.Logf("the next tick came %s after the cut, the run ended %s after it", away.to.Sub(cut).Round(time.Millisecond), took.Round(time.Second))
	db.requireEveryTickOnce(period, away)
	alone.requireOutages(1)
	require.Empty(t, other.logged("database is lost: looking for it"))
}

func TestFault09ASlowNetworkLetsTicksComeAndRunsEnd(t *testing.T) {
	t.Parallel()
	const period = 10 * time.Second
	db := newDatabase(t)
	db.fill(100, 50)
	network := newProxy(t, db.address())
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/10 * * * * *", "SILTGATE_DUTY_CYCLE=1", "DATABASE_URL="+network.url(t, db.url))
	network.slow(300*time.Millisecond, 200*time.Millisecond)
	app := startLeisurely(t, db)
	f.start(2)
	// Such a run takes some dozen times there and back: longer than to the next tick.
	await(t, patience, "a run to end", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE trigger = 'schedule' AND state = 'completed'`) > 0
	})
	app.Stop()
	network.mend()
	await(t, patience, "all others to end", func() bool {
		return db.number(`SELECT count(*) FROM siltgate.runs WHERE state <> 'completed' AND created_at < now() - interval '10 s'`) == 0
	})
	db.requirePurged(50)
	db.requireEveryTickOnce(period)
	app.requireUndisturbed()
}

func TestFault09ARunGetsThroughANetworkThatResetsConnections(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 16_000, 200
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	network := newProxy(t, db.address())
	random := randomness(t, "resets")
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *", "DATABASE_URL="+network.url(t, db.url))...)
	app := startApp(t, db)
	_, id := f.startAtWork(2)

	bad := outage{from: time.Now().Add(-period)}
	before := db.purged()
	for resets := 0; resets < 10 || db.purged() == before && resets < 60; resets++ {
		network.reset()
		<-time.After(500*time.Millisecond + time.Duration(random.Int64N(int64(3*time.Second))))
	}
	during := db.purged() - before
	require.Positive(t, during, "it makes headway meanwhile")
	over := time.Now()
	bad.to = db.awaitTickAfter(over)
	run := db.awaitEnd(id, 3*time.Minute)
	require.Equal(t, "completed", run.State)
	app.Stop()
	db.quick()
	t.Logf("%d rows went between resets; the next tick came %s after the last; attempt %d", during,
		bad.to.Sub(over).Round(time.Millisecond), run.Attempt)

	db.requirePurged(live)
	db.requireEveryTickOnce(period, bad)
	app.requireUndisturbed()
}
