package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/localpg"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// clock is what a server of a test's own takes for the time.
type clock struct {
	t    testing.TB
	file string
}

// newClock starts a server with a clock to set, and makes a database on it.
func newClock(t testing.TB) (*clock, *database) {
	t.Helper()
	library := faketimeLibrary(t)
	dir := t.TempDir()
	for _, dir := range []string{dir, filepath.Dir(dir)} { // the server's user is another one
		require.NoError(t, os.Chmod(dir, 0o755))
	}
	c := &clock{t: t, file: filepath.Join(dir, "offset")}
	c.set(0)
	return c, newDatabaseOn(t, pgtest.NewServer(t, localpg.Options{Environ: []string{
		"LD_PRELOAD=" + library,
		"FAKETIME_TIMESTAMP_FILE=" + c.file,
		"FAKETIME_NO_CACHE=1",
		"FAKETIME_DONT_FAKE_MONOTONIC=1",
		"FAKETIME_DISABLE_SHM=1",
	}}))
}

// set puts the server's clock that far ahead of the machine's, at once.
func (c *clock) set(ahead time.Duration) {
	c.t.Helper()
	next := c.file + ".next"
	require.NoError(c.t, os.WriteFile(next, fmt.Appendf(nil, "%+d\n", int(ahead.Seconds())), 0o644))
	require.NoError(c.t, os.Rename(next, c.file))
}

func TestFault17ADatabaseClockThatIsAnHourOffDeletesNothing(t *testing.T) {
	t.Parallel()
	const (
		period     = 5 * time.Second
		dead, live = 200, 50
	)
	clock, db := newClock(t)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/5 * * * * *")
	replicas := f.start(3)
	f.awaitLeader(replicas)
	await(t, patience, "some ticks", func() bool { return len(db.runs(`state = 'completed'`)) >= 2 })

	offsets := []time.Duration{-time.Hour, time.Hour}
	for _, ahead := range offsets {
		clock.set(ahead) // while the fleet is at work
		require.WithinDuration(t, time.Now().Add(ahead), db.now(), 5*time.Second)
		gone := db.purged()
		// Some are dead by any clock, the live ones by the wrong clock in part.
		db.exec(`
			INSERT INTO refresh_tokens (expires_at)
			SELECT $1::timestamptz + CASE WHEN i <= $2 THEN interval '-3 hours' ELSE interval '30 minutes' END
			FROM generate_series(1, $2 + $3::integer) AS i`, time.Now(), dead, live)

		id := db.ask(`{}`)
		await(t, patience, "the run to fail", func() bool { return db.run(id).Error != nil })
		require.Regexp(t, `the database's clock is -?(1h0m0|59m59)(\.\d+)?s from this replica's: at most 5m0s is allowed`, *db.run(id).Error)
		known := len(db.runs(`trigger = 'schedule'`))
		await(t, patience, "more ticks by the wrong clock", func() bool { return len(db.runs(`trigger = 'schedule'`)) >= known+2 })
		require.Equal(t, gone, db.purged(), "with the clock %s ahead nothing is deleted", ahead)
	}

	leader := byID(t, replicas, f.leader())
	leader.kill() // what it leaves says that it leads for another hour
	clock.set(0)
	killed := time.Now()
	replicas = slices.DeleteFunc(replicas, func(r *replica) bool { return r == leader })
	f.awaitLeader(replicas)
	took := time.Since(killed)
	db.awaitCompleted(db.ask(`{"requested_by":"ops"}`)) // by then all is gone, if a tick's run has not taken it already
	for _, r := range replicas {
		require.True(t, r.running())
	}
	require.EqualValues(t, len(offsets)*dead, db.purged())
	require.EqualValues(t, len(offsets)*live, db.number(`SELECT count(*) FROM refresh_tokens`))
	gaps := db.gaps(period)
	require.LessOrEqual(t, len(gaps), 1, "that of the killed leader")
	for _, gap := range gaps {
		require.Less(t, gap.to.Sub(gap.from), replacedWithin)
	}
	require.NotEmpty(t, db.runs(`error LIKE '%clock%'`), "the history tells")
	t.Logf("another leader %s after the clock was set back", took.Round(time.Millisecond))
}

// The next slice is due by the replica's clock, and given out by the database's.
func TestFault17ARunGoesOnAtOnceOnAReplicaWhoseClockIsAhead(t *testing.T) {
	t.Parallel()
	const (
		dead, live = 10_000, 100
		ahead      = 20 * time.Second
	)
	clock, db := newClock(t)
	clock.set(-ahead)
	db.fill(dead, live)
	db.slow(200 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(2)

	// The slice ends because its replica stops, by whose clock the next one is due.
	id := db.ask(`{}`)
	first := byID(t, replicas, *db.awaitCounted(id).Replica)
	first.signal(sigterm)
	require.Zero(t, first.wait(stopWithin))
	stopped := time.Now()
	await(t, ahead/2, "the run to go on elsewhere", func() bool { return *db.run(id).Replica != first.id })
	t.Logf("it went on %s after the stop", time.Since(stopped).Round(time.Millisecond))
	db.quick()
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.GreaterOrEqual(t, run.result(t).Slices, 2)
	require.EqualValues(t, dead, *run.Deleted)
	rest := db.number(`
		SELECT max(extract(epoch FROM rest) * 1000)::bigint
		FROM (SELECT at - lag(at) OVER (ORDER BY at) AS rest FROM ledger) AS l`)
	require.Less(t, rest, ahead.Milliseconds(), "milliseconds between two batches, at most")
	t.Logf("%d slices; between two batches lay %d ms at most", run.result(t).Slices, rest)
}
