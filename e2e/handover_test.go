package e2e

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	sigterm = syscall.SIGTERM

	// A replica has this long to stop; a killed one's run is finished in that time.
	stopWithin   = 25 * time.Second
	rescueWithin = 3 * time.Minute
)

func TestFault06Promise7SigtermGivesTheRunBackAndSpendsNoAttempt(t *testing.T) {
	t.Parallel()
	const dead, live = 14_000, 500
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(3)

	id := db.ask(`{}`)
	first := byID(t, replicas, *db.awaitCounted(id).Replica)
	began := time.Now()
	first.signal(sigterm)
	require.Zero(t, first.wait(stopWithin), "exit code")
	t.Logf("%s stopped in %s", first.name, time.Since(began).Round(time.Millisecond))

	run := db.run(id)
	require.False(t, run.Ended(), "the run ended too soon: make it longer")
	gone := db.purged()
	require.Less(t, gone, int64(dead))

	run = db.awaitCompleted(id)
	require.NotEqual(t, first.id, *run.Replica, "another replica finishes the run")
	byID(t, replicas, *run.Replica)
	require.GreaterOrEqual(t, run.result(t).Slices, 2)
	require.EqualValues(t, dead, *run.Deleted, "a stop loses no count")
	require.EqualValues(t, dead, db.purged())
	left, kept := db.tokensLeft()
	require.Zero(t, left)
	require.EqualValues(t, live, kept)
	require.Empty(t, db.texts(`SELECT unnest(errors)::text FROM siltgate.river_job WHERE id = $1`, id), "a stop is no error")
	t.Logf("%d rows had gone before the stop, %d after it", gone, dead-gone)
}

func TestFault06Promise7ASecondSigtermEndsTheProcessAtOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	db.fill(100, 10)
	db.slow(300 * time.Millisecond)
	f := newFleet(t, db)
	r := f.start(1)[0]

	db.ask(`{}`)
	db.freezeBatch() // the one that the first signal waits for
	r.signal(sigterm)
	await(t, patience, "the replica to hear it", func() bool { return len(r.logged("replica stopping")) > 0 })
	require.True(t, r.running(), "the first signal waits for the batch")

	began := time.Now()
	r.signal(sigterm)
	r.wait(5 * time.Second)
	took := time.Since(began)
	require.Equal(t, sigterm, r.endedBy())
	require.Less(t, took, 2*time.Second)
	t.Logf("ended in %s", took.Round(time.Millisecond))
}

func TestFault02Promise4AKilledRunGoesOnElsewhereAndItsCountIsRight(t *testing.T) {
	t.Parallel()
	const dead, live = 18_000, 500
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(3)

	id := db.ask(`{}`)
	await(t, patience, "rows that must be counted", func() bool {
		return db.number(`SELECT count(*) FROM ledger WHERE at < clock_timestamp() - interval '6 s'`) > 0
	})
	counted := db.awaitCounted(id)
	// Let some seconds of work be uncounted when it dies, but fewer than to the next record.
	await(t, patience, "rows beyond the record", func() bool { return db.purged() >= *counted.Deleted+2000 })
	victim := byID(t, replicas, *counted.Replica)
	leads := f.leader() == victim.id
	victim.kill()
	killed, began := db.now(), time.Now()
	await(t, patience, "its session to end", func() bool {
		return db.number(`SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
			WHERE l.locktype = 'advisory' AND d.datname = current_database()`) == 0
	})
	gone, noted := db.purged(), *db.run(id).Deleted
	old := db.number(`SELECT count(*) FROM ledger WHERE at < $1::timestamptz - interval '6 s'`, killed)
	require.Positive(t, old)
	require.GreaterOrEqual(t, noted, old, "what is older than about five seconds is counted")

	run := db.awaitEnd(id, rescueWithin+time.Minute)
	took := time.Since(began)
	require.Equal(t, "completed", run.State)
	require.Less(t, took, rescueWithin)
	require.NotEqual(t, victim.id, *run.Replica, "another replica finishes the run")
	byID(t, replicas, *run.Replica)

	left, kept := db.tokensLeft()
	require.Zero(t, left)
	require.EqualValues(t, live, kept)
	require.EqualValues(t, dead, db.purged(), "each row went once")
	require.Equal(t, dead-(gone-noted), *run.Deleted, "the count lacks what was not noted at the kill, and nothing else")
	t.Logf("killed (leader: %t), finished %s later; of %d rows the count lacks %d", leads, took.Round(time.Second), dead, gone-noted)
}

func TestFault05Promise3AFrozenReplicaDeletesNoMoreWhenItWakes(t *testing.T) {
	t.Parallel()
	const dead, live = 18_000, 500
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(2)

	id := db.ask(`{}`)
	frozen := byID(t, replicas, *db.awaitCounted(id).Replica)
	leads := f.leader() == frozen.id
	frozen.freeze()
	began := time.Now()
	await(t, rescueWithin+time.Minute, "another replica to finish the run", func() bool {
		run := db.run(id)
		return run.State == "completed" && *run.Replica != frozen.id
	})
	took := time.Since(began)
	require.EqualValues(t, dead, db.purged())

	db.fill(1000, 0) // of which the woken one must not take any for the old run
	frozen.resume()
	await(t, patience, "the woken replica to find out", func() bool {
		return len(frozen.logged("run was taken over by another replica while this one stood still")) > 0
	})
	require.True(t, frozen.running())
	run := db.run(id)
	require.Equal(t, "completed", run.State)
	require.Equal(t, "completed", string(run.Outcome), "what the woken one says of the run is not heard")
	require.EqualValues(t, dead, db.purged(), "a run that was taken over deletes no more")
	_, kept := db.tokensLeft()
	require.EqualValues(t, live, kept)
	t.Logf("frozen (leader: %t), finished elsewhere %s later", leads, took.Round(time.Second))
}
