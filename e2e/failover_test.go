package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/localpg"
	"github.com/siltgate/siltgate/internal/localpg/pgtest"
)

func TestFault08AFailOverIsWaitedForAndTheRunGoesOn(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 8000, 500
	)
	db := newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	standby := pgtest.NewStandby(t, db.server, localpg.Options{})
	// What the application was told is committed is there after the fail-over.
	db.exec(`ALTER SYSTEM SET synchronous_standby_names = '*'`)
	db.exec(`SELECT pg_reload_conf()`)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	network := newProxy(t, db.address())
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *", "DATABASE_URL="+network.url(t, db.url))...)
	app := startAppAt(t, network.url(t, db.url))
	id := db.ask(`{}`) // before the first tick, so that it is first in line
	replicas := f.start(2)
	db.awaitCounted(id)
	db.awaitTickAfter(time.Now())

	away := outage{from: time.Now().Add(-period)}
	db.crash()
	db.moveTo(standby)
	network.point(db.address())
	led := make([]time.Time, len(replicas))
	for i, r := range replicas {
		led[i] = r.leadsSince()
		await(t, 30*time.Second, r.name+" to find a standby", func() bool {
			status, body := f.get(r, "/readyz")
			return status == http.StatusServiceUnavailable && strings.Contains(body, "the server is a standby")
		})
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
	for _, r := range replicas {
		await(t, 30*time.Second, r.name+" to be ready", func() bool {
			status, _ := f.get(r, "/readyz")
			return status == http.StatusOK
		})
	}
	away.to = db.awaitTickAfter(promoted)
	t.Logf("promoted after %s; the next tick came %s later", promoted.Sub(away.from.Add(period)).Round(time.Millisecond),
		away.to.Sub(promoted).Round(time.Millisecond))
	run := db.awaitEnd(id, 2*time.Minute)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt, "a fail-over spends no attempt")
	app.end()
	db.quick()
	require.Equal(t, "completed", db.awaitEnd(db.ask(`{}`), time.Minute).State)
	left, _ := db.tokensLeft()
	require.Zero(t, left)
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0`))
	db.requireEveryTickOnce(period, away)
	db.requireNoLiveRowLost()
	app.requireUndisturbedByUs()
	for _, r := range replicas {
		require.True(t, r.running())
		r.requireOutages(1)
	}
}
