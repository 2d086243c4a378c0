package e2e

import (
	"slices"
	"strconv"
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

// spent is how many of SILTGATE_MAX_ATTEMPTS a run has used up besides the one in hand: a rescue uses up none. A run
// that waits has none in hand.
func (db *database) spent(run int64) int64 {
	db.t.Helper()
	return db.number(`SELECT greatest(0, attempt - 1 - coalesce((metadata ->> 'river:rescue_count')::int, 0)) FROM siltgate.river_job WHERE id = $1`, run)
}

func TestFault96Promise11AFleetObeysUnderLoadAndWithoutItsLeader(t *testing.T) {
	t.Parallel()
	const dead = 14_000
	db := newDatabase(t)
	db.fill(dead, 500)
	db.fillResets(200, 20)
	db.slow(50 * time.Millisecond)
	app := startApp(t, db)
	f := newFleet(t, db, smallBatches()...)
	replicas := f.start(4)
	id := db.ask(`{"tables":["refresh_tokens"]}`)
	other := db.ask(`{"tables":["password_resets"]}`)
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

	// The leader that followed is killed too, while the run is at work on whichever replica.
	var next *replica
	await(t, patience, "another leader", func() bool {
		i := slices.IndexFunc(replicas, func(r *replica) bool { return r.running() && r.id == f.leader() })
		if i >= 0 {
			next = replicas[i]
		}
		return i >= 0
	})
	next.kill()
	began = time.Now()
	f.must("cancel", strconv.FormatInt(id, 10))
	gone = db.still(began)
	require.Less(t, gone, int64(dead))
	run := db.awaitEnd(id, rescueWithin)
	require.Equal(t, "cancelled", run.State)
	require.Zero(t, db.spent(id), "neither a pause nor a killed replica spends an attempt")
	require.Equal(t, db.texts(`SELECT session_user::text`), db.texts(`SELECT cancelled_by FROM siltgate.runs WHERE id = $1`, id))

	// The other runs are none the worse for it.
	undisturbed := db.awaitEnd(other, rescueWithin)
	require.Equal(t, "completed", undisturbed.State)
	require.EqualValues(t, 200, undisturbed.result(t).Deleted)
	require.Zero(t, db.spent(other))
	require.EqualValues(t, 20, db.number(`SELECT count(*) FROM password_resets`))
	db.dawdle(0)
	require.Positive(t, db.awaitCompleted(db.ask(`{}`)).result(t).Deleted)
	app.Stop()
	app.requireUndisturbed()
}
