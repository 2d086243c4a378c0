package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestFault07ARunOutlivesEveryWayInWhichPostgresEnds(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 40_000, 500
	)
	db := newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{}))
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, append(smallBatches(), "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *")...)
	app := startApp(t, db)
	replicas, id := f.startAtWork(3)
	var outages []outage
	for _, end := range []struct {
		name    string
		restart func()
	}{
		{"fast", func() { db.restart(localpg.Fast) }},
		{"immediate", func() { db.restart(localpg.Immediate) }},
		{"kill -9", func() { db.crash(); db.rise() }},
	} {
		before := db.purged()
		await(t, patience, "the run to go on", func() bool { return db.purged() > before+1000 }) // and be recorded
		require.False(t, db.run(id).Ended(), "the run ended too soon: make it longer")
		gone := outage{from: time.Now().Add(-period)} // a tick that came just now may be lost with it
		end.restart()
		risen := time.Now()
		gone.to = db.awaitTickAfter(risen)
		outages = append(outages, gone)
		for _, r := range replicas {
			r.requireOutages(len(outages)) // before the next one, or it might see two as one
		}
		t.Logf("%s: down for %s, the next tick came %s later", end.name,
			risen.Sub(gone.from.Add(period)).Round(time.Millisecond), gone.to.Sub(risen).Round(time.Millisecond))
	}
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt, "an outage spends no attempt")
	require.Positive(t, run.result(t).Slices)
	app.Stop()
	db.quick()
	db.requirePurged(live) // what a crash brought back goes with the next run
	db.requireEveryTickOnce(period, outages...)
	app.requireUndisturbedByUs()
	for _, r := range replicas {
		require.True(t, r.running())
	}
}

// awaitTickAfter waits for the run of a tick that is due after an instant, and returns when it
// was there.
func (db *database) awaitTickAfter(at time.Time) time.Time {
	db.t.Helper()
	var came time.Time
	await(db.t, 30*time.Second, "the next tick", func() bool {
		for _, run := range db.runs(`tick > $1`, at) {
			came = run.CreatedAt
		}
		return !came.IsZero()
	})
	return came
}

// requireOutages says what a replica logs of outages: of each that it was lost, with the
// reason, that it is back, and no flood in between. It may miss none, and see one as two.
func (r *replica) requireOutages(n int) {
	r.t.Helper()
	var lost []map[string]any
	await(r.t, 30*time.Second, r.name+" to have found the database again", func() bool {
		lost = r.logged("database is lost: looking for it")
		return len(lost) >= n && len(r.logged("database is back")) == len(lost)
	})
	require.LessOrEqual(r.t, len(lost), 2*n)
	for _, line := range lost {
		require.Equal(r.t, "WARN", line["level"])
		require.NotEmpty(r.t, line["error"])
	}
	loud := -len(r.logged("database is still lost")) // which it says once a minute
	for _, level := range []string{"WARN", "ERROR"} {
		loud += len(r.loggedAs("level", level))
	}
	const mostEach = 8 // ours of the database and the run in hand, and what River had begun to say
	require.LessOrEqual(r.t, loud, mostEach*n, "an outage floods the log")
}
