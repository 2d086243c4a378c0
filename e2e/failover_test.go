package e2e

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestFault08AFailOverIsWaitedForAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 8000, 500
	)
	db := newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	standby := pgtest.NewStandby(t, db.server, localpg.Options{})
	// Rows of which the application was told that they are committed are there after the fail-over.
	db.exec(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
	db.exec(`SELECT pg_reload_conf()`)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	network := newProxy(t, db.address())
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *", "DATABASE_URL="+network.url(t, db.url))...)
	app := startAppAt(t, network.url(t, db.url))
	replicas, id := f.startAtWork(2)

	away := outage{from: time.Now().Add(-period)}
	db.crash()
	db.moveTo(standby)
	network.point(db.address())
	led := make([]time.Time, len(replicas))
	for i, r := range replicas {
		led[i] = r.leadsSince()
		f.awaitUnready("the server is a standby", r)
		status, _ := f.get(r, "/healthz")
		require.Equal(t, http.StatusOK, status, "it lives")
	}
	<-time.After(7 * time.Second) // an election, had there been one
	for i, r := range replicas {
		if led[i].Before(time.Now()) {
			require.Equal(t, led[i], r.leadsSince(), "no replica begins to lead on a standby")
		} else {
			require.True(t, r.leadsSince().After(time.Now()), "no replica begins to lead on a standby")
		}
	}

	require.NoError(t, standby.Promote(t.Context()))
	promoted := time.Now()
	f.awaitReady(replicas...)
	away.to = db.awaitTickAfter(promoted)
	t.Logf("promoted after %s; the next tick came %s later", promoted.Sub(away.from.Add(period)).Round(time.Millisecond),
		away.to.Sub(promoted).Round(time.Millisecond))
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt, "a fail-over spends no attempt")
	app.Stop()
	db.quick()
	db.requirePurged(live)
	db.requireEveryTickOnce(period, away)
	app.requireUndisturbedByUs()
	for _, r := range replicas {
		require.True(t, r.running())
		r.requireOutages(1)
	}
}
