package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// obeyWithin is how soon a fleet obeys who pauses, resumes or cancels.
const obeyWithin = 6 * time.Second

// still requires that nothing is deleted any more once the time is over that is promised, and returns how much had gone by then.
func (db *database) still(since time.Time) int64 {
	db.t.Helper()
	await(db.t, patience, "the time that is promised to pass", func() bool { return time.Since(since) >= obeyWithin })
	gone := db.purged()
	pgtest.Never(db.t, func() bool { return db.purged() > gone }, 5*time.Second, 100*time.Millisecond)
	return gone
}

func TestFault96Promise11AFleetObeysUnderLoadAndWithoutItsLeader(t *testing.T) {
	t.Parallel()
	const dead = 14_000
	db := newDatabase(t)
	db.fill(dead, 500)
	db.slow(50 * time.Millisecond)
	startApp(t, db)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(3)
	id := db.ask(`{}`)
	db.awaitCounted(id)

	byID(t, replicas, f.leader()).kill()
	began := time.Now()
	f.must("pause", "--for", "1h", "--reason", "incident 42", "--requested-by", "ops")
	gone := db.still(began)
	require.Less(t, gone, int64(dead))
	require.Contains(t, f.must("history"), "incident 42")

	began = time.Now()
	f.must("resume")
	// A run whose replica was killed is rescued first.
	await(t, rescueWithin, "the run to go on", func() bool { return db.purged() > gone })
	t.Logf("went on %s after it was resumed", time.Since(began).Round(time.Millisecond))

	began = time.Now()
	f.must("cancel", "1")
	gone = db.still(began)
	require.Less(t, gone, int64(dead))
	require.Equal(t, "cancelled", db.awaitEnd(id, rescueWithin).State)
}
