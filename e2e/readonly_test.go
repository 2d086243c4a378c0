package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault16AReplicaOnAReadOnlyDatabaseIsNotReadyDoesNotLeadAndComesBack(t *testing.T) {
	t.Parallel()
	const period = 2 * time.Second
	db := newDatabase(t)
	db.fill(50, 10)
	f := newFleet(t, db, "REFRESH_TOKEN_CLEANUP_CRON=*/2 * * * * *")
	replicas := f.start(2)
	db.awaitTickAfter(time.Now())

	from := time.Now().Add(-period)
	db.readOnly("on")
	f.awaitUnready("read-only", replicas...)
	await(t, patience, "the leader to resign itself to it", func() bool { return f.leader() == "" })
	late := f.launch(nil, "run") // one that starts meanwhile waits too
	<-time.After(7 * time.Second)
	require.Empty(t, f.leader(), "nobody leads")
	require.True(t, late.running())
	require.Empty(t, late.logged("replica started"))
	require.Len(t, late.logged("database is lost: looking for it"), 1)

	db.readOnly("off")
	writable := time.Now()
	came := db.awaitTickAfter(writable)
	t.Logf("the next tick came %s after the database took writes", came.Sub(writable).Round(time.Millisecond))
	await(t, patience, "the late replica to start", func() bool { return len(late.logged("replica started")) == 1 })
	f.awaitReady(replicas...)
	for _, r := range replicas {
		require.True(t, r.running())
		r.requireOutages(1)
	}
	// The replica that led since then has resigned once more, because replicas start River anew after
	// so long.
	settled := db.awaitTickAfter(time.Now())
	db.requirePurged(10)
	db.requireEveryTickOnce(period, outage{from, settled})
}

// readOnly makes the database refuse writes to all but the test, or ends that; and ends the
// sessions that know it otherwise.
func (db *database) readOnly(setting string) {
	db.t.Helper()
	db.exec(fmt.Sprintf(`ALTER DATABASE %s SET default_transaction_read_only = %s`, databaseOf(db.t, db.url), setting))
	if setting == "on" {
		db.exec(`
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'siltgate'`)
	}
}
