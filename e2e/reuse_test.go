package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The index plan lists places, and a batch comes to some of them later: by then a dead row
// may be renewed, and its place given to a live one.
func TestPromise1ALiveRowInADeadRowsPlaceStays(t *testing.T) {
	t.Parallel()
	const (
		dead, live = 1000, 200
		firstBatch = 500 // rows; each later one is half of that or less, because it is slow
		renewed    = 100 // of those that come last
	)
	db := newDatabase(t)
	db.fill(dead, live)
	db.slow(300 * time.Millisecond)
	f := newFleet(t, db, "SILTGATE_BATCH_TARGET=1ms", "SILTGATE_DUTY_CYCLE=0.1") // about 3 s from batch to batch
	f.start(1)

	id := db.ask(`{}`)
	await(t, patience, "the first batch", func() bool { return db.sleepers() == 1 })
	db.exec(`
		CREATE TABLE place AS
		SELECT ctid AS at FROM refresh_tokens WHERE revoked OR expires_at < now() ORDER BY ctid DESC LIMIT 100`)
	db.exec(`
		UPDATE refresh_tokens SET expires_at = now() + interval '1 hour', revoked = false
		WHERE ctid = ANY(ARRAY(SELECT at FROM place))`)
	await(t, patience, "the first batch to end", func() bool { return db.purged() == firstBatch })
	fresh := 0
	await(t, patience, "a place to be given away", func() bool { // as soon as no snapshot is in VACUUM's way
		db.exec(`VACUUM refresh_tokens`)
		db.exec(`INSERT INTO refresh_tokens (expires_at) SELECT now() + interval '1 hour' FROM generate_series(1, 1000)`)
		fresh += 1000
		return db.number(`SELECT count(*) FROM refresh_tokens AS t JOIN place AS p ON p.at = t.ctid`) > 0
	})
	require.Less(t, db.purged(), int64(dead-renewed), "the run came to the places too soon")

	run := db.awaitCompleted(id)
	require.Equal(t, "index", run.result(t).Tables[0].Plan)
	require.EqualValues(t, dead-renewed, *run.Deleted)
	require.EqualValues(t, dead-renewed, db.purged())
	left, kept := db.tokensLeft()
	require.Zero(t, left)
	require.EqualValues(t, live+renewed+fresh, kept)
}
