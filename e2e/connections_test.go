package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault33AReplicaWithoutAConnectionIsNotReadyAndRecovers(t *testing.T) {
	t.Parallel()
	const dead, live = 8000, 50
	db := newDatabase(t)
	asOwner := owner(t, db)
	db.fill(dead, live)
	db.slow(50 * time.Millisecond)
	f := newFleet(t, db, append(smallBatches(), "DATABASE_URL="+asOwner)...)
	replicas := f.start(2)
	id := db.ask(`{}`)
	db.awaitCounted(id)

	db.exec(`ALTER ROLE ` + userOf(t, asOwner) + ` CONNECTION LIMIT 0`)
	db.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1`, userOf(t, asOwner))
	f.awaitUnready("", replicas...)
	<-time.After(5 * time.Second)
	gone := db.purged()

	db.exec(`ALTER ROLE ` + userOf(t, asOwner) + ` CONNECTION LIMIT -1`)
	free := time.Now()
	f.awaitReady(replicas...)
	await(t, patience, "the run to go on", func() bool { return db.purged() > gone })
	t.Logf("the run went on %s after there were connections", time.Since(free).Round(time.Millisecond))
	run := db.awaitEnd(id, patience)
	require.Equal(t, "completed", run.State)
	require.Equal(t, 1, run.Attempt)
	require.EqualValues(t, dead, db.purged())
	require.EqualValues(t, live, db.number(`SELECT count(*) FROM refresh_tokens`))
	for _, r := range replicas {
		require.True(t, r.running())
		r.requireOutages(1)
	}
}
