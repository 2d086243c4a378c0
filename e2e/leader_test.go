package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// replacedWithin is how long the fleet may be without a leader, and without what it asserts:
// 15 s until River takes a leader for dead, 5 s to the next election, 6 s to begin.
const replacedWithin = 30 * time.Second

func TestFault01ATickOfAKilledLeaderIsCaughtUpWithinHalfAMinute(t *testing.T) {
	t.Parallel()
	const period = 30 * time.Second
	db := newDatabase(t)
	db.fill(200, 50)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/30 * * * * *")
	replicas := f.start(3)
	app := startApp(t, db)
	leader := f.awaitLeader(replicas)

	const before = 3 * time.Second
	var due time.Time
	await(t, patience, "the last moments before a tick", func() bool {
		due = time.Now().Truncate(period).Add(period)
		return time.Until(due) < before
	})
	leader.kill()
	killed := time.Now()
	run := db.awaitTick(due, replacedWithin)
	require.Less(t, time.Since(killed), replacedWithin)
	caughtUp := run.CreatedAt.Sub(due)
	next := db.awaitTick(due.Add(period), period+10*time.Second)
	require.Less(t, next.CreatedAt.Sub(due.Add(period)), 2*time.Second, "the next leader is in time")
	for _, id := range []int64{run.ID, next.ID} {
		db.awaitCompleted(id)
	}
	app.Stop()

	require.Len(t, db.requireEveryTickOnce(period), len(db.runs(`true`)))
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0 AND (revoked OR expires_at < now())`))
	app.requireUndisturbed()
	t.Logf("killed %s before the tick, which was inserted %s after it was due", due.Sub(killed).Round(time.Millisecond),
		caughtUp.Round(time.Millisecond))
}

func TestFault03AFleetThatWasDownRunsTheLatestTickOnce(t *testing.T) {
	t.Parallel()
	const period = 2 * time.Second
	db := newDatabase(t)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *")
	replicas := f.start(3)
	await(t, patience, "some ticks", func() bool { return len(db.runs(`state = 'completed'`)) >= 3 })
	for _, r := range replicas {
		r.kill()
	}
	killed := time.Now()
	db.fill(200, 50)
	await(t, patience, "several ticks to pass", func() bool { return time.Since(killed) > 4*period })

	known := len(db.runs(`true`))
	f.start(3)
	await(t, replacedWithin, "some more ticks", func() bool { return len(db.runs(`true`)) >= known+4 })
	gap := db.requireOneGap(period)
	require.WithinDuration(t, killed, gap.from, period, "before they were killed, none was missed")
	first := db.runs(`tick = $1`, gap.to)[0]
	require.Less(t, first.CreatedAt.Sub(gap.to), period, "the first one after it was the latest that was due")
	db.awaitEnd(first.ID, rescueWithin+time.Minute)
	db.awaitNoDeadTokens()
	t.Logf("down across %d ticks", int(gap.to.Sub(gap.from)/period)-1)
}

func TestFault03ATickThatNobodyRanIsMadeUpForOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(200, 50)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=0 3 * * *")
	db.exec(`UPDATE siltgate.installation SET created_at = now() - interval '3 days'`)
	replicas := f.start(2)
	await(t, replacedWithin, "the tick to be made up for", func() bool { return len(db.runs(`state = 'completed'`)) > 0 })
	for _, r := range replicas {
		r.kill()
	}

	replicas = f.start(2)
	f.awaitLeader(replicas)
	db.awaitCompleted(db.ask(`{}`)) // the leader has looked by now
	runs := db.runs(`trigger = 'schedule'`)
	require.Len(t, runs, 1)
	now := db.now().UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), 3, 0, 0, 0, time.UTC)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	require.Equal(t, due, runs[0].Tick.UTC(), "the latest one, and none of those before it")
	require.EqualValues(t, 200, *runs[0].Deleted)
}

func TestFault05AFrozenLeaderIsReplacedAndDoublesNoTickWhenItWakes(t *testing.T) {
	t.Parallel()
	const period = 2 * time.Second
	db := newDatabase(t)
	db.fill(200, 50)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *")
	replicas := f.start(3)
	app := startApp(t, db)
	frozen := f.awaitLeader(replicas)
	await(t, patience, "some ticks", func() bool { return len(db.runs(`true`)) >= 3 })

	frozen.freeze()
	began, known := time.Now(), len(db.runs(`true`))
	await(t, replacedWithin, "ticks of another leader", func() bool { return len(db.runs(`true`)) >= known+3 })
	took := time.Since(began)
	require.NotEqual(t, frozen.id, f.leader())
	frozen.resume()
	known = len(db.runs(`true`))
	await(t, patience, "ticks after it woke", func() bool { return len(db.runs(`true`)) >= known+4 })
	require.True(t, frozen.running())
	app.Stop()

	gap := db.requireOneGap(period)
	require.Less(t, gap.to.Sub(gap.from), replacedWithin)
	db.awaitNoDeadTokens()
	app.requireUndisturbed()
	t.Logf("three ticks of another leader %s after the freeze; between two ticks lay %s", took.Round(time.Millisecond), gap.to.Sub(gap.from))
}

// awaitLeader waits until a replica leads and has begun to see to the schedule.
func (f *fleet) awaitLeader(replicas []*replica) (leader *replica) {
	f.t.Helper()
	await(f.t, replacedWithin, "a leader", func() bool {
		leader = nil
		for _, r := range replicas {
			if r.id == f.leader() && r.leadsSince().Before(time.Now()) {
				leader = r
			}
		}
		return leader != nil
	})
	return leader
}

// awaitTick waits for the run of a tick to be inserted.
func (db *database) awaitTick(tick time.Time, within time.Duration) recordedRun {
	db.t.Helper()
	var runs []recordedRun
	await(db.t, within, "the run of "+tick.Format(time.TimeOnly), func() bool {
		runs = db.runs(`tick = $1`, tick)
		return len(runs) > 0
	})
	require.Len(db.t, runs, 1)
	return runs[0]
}

// awaitNoDeadTokens waits for runs that purge all that the application leaves alone.
func (db *database) awaitNoDeadTokens() {
	db.t.Helper()
	await(db.t, rescueWithin+time.Minute, "all dead rows to go", func() bool {
		return db.number(`SELECT count(*) FROM refresh_tokens WHERE user_id = 0 AND (revoked OR expires_at < now())`) == 0
	})
}

// gap is two ticks that follow each other in the history, with others between them.
type gap struct{ from, to time.Time }

// requireOneGap is invariant T for a fleet that had no leader once: all the ticks that have no
// run follow each other.
func (db *database) requireOneGap(period time.Duration) gap {
	db.t.Helper()
	gaps := db.gaps(period)
	require.Len(db.t, gaps, 1)
	return gaps[0]
}

// gaps requires that each tick has one run at most, and returns where there are ticks that
// have none.
func (db *database) gaps(period time.Duration) []gap {
	db.t.Helper()
	var gaps []gap
	var last time.Time
	for _, run := range db.runs(`trigger = 'schedule'`) {
		tick := run.Tick.UTC()
		require.Equal(db.t, tick.Truncate(period), tick, "tick off the schedule")
		require.True(db.t, tick.After(last), "tick %s has two runs", tick)
		if !last.IsZero() && tick.Sub(last) > period {
			gaps = append(gaps, gap{from: last, to: tick})
		}
		last = tick
	}
	return gaps
}
