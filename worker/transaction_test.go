package worker

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// What River looks for every few seconds and does not find costs a statement each, in the
// leader as in the others: a transaction round it is two more.
func TestAnIdleReplicaBeginsNoTransaction(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var mu sync.Mutex
	seen := map[string]int{}
	config := f.pool.Config()
	config.ConnConfig.Tracer = pgtest.Watch(func(sql string) {
		mu.Lock()
		defer mu.Unlock()
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(sql), "-- name: "), " ")
		seen[name]++
	})
	f.replica.Database = config
	count := func(name string) int {
		mu.Lock()
		defer mu.Unlock()
		return seen[name]
	}
	f.start()
	second := *f
	second.replica.ID = "second"
	second.start()
	require.Eventually(t, func() bool { return count("LeaderDeleteExpired") >= 1 && count("JobSchedule") >= 1 }, pgtest.Patience, 10*time.Millisecond)
	began := count("begin")
	looks, elections := count("JobSchedule"), count("LeaderAttemptElect")
	require.Eventually(t, func() bool {
		return count("JobSchedule") >= looks+2 && count("LeaderAttemptElect") >= elections+2
	}, pgtest.Patience, 10*time.Millisecond, "the leader looks for jobs, the other one for a leader")
	require.Equal(t, began, count("begin"))
}

func TestALateTransactionIsOneFromItsFirstStatementOn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	exec := newDriver(r).GetExecutor()
	insert := `INSERT INTO siltgate.river_job (kind, args) VALUES ('x', '{}')`
	rows := func() int64 { return f.number(`SELECT count(*) FROM siltgate.river_job`) }

	tx, err := exec.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, tx.Exec(t.Context(), insert))
	require.Zero(t, rows(), "not committed")
	require.NoError(t, tx.Rollback(t.Context()))
	require.ErrorIs(t, tx.Commit(t.Context()), pgx.ErrTxClosed)
	require.Zero(t, rows())

	tx, err = exec.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, tx.Exec(t.Context(), insert))
	inner, err := tx.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, inner.Exec(t.Context(), insert))
	require.NoError(t, inner.Rollback(t.Context()))
	require.NoError(t, tx.Commit(t.Context()))
	require.EqualValues(t, 1, rows())
	require.ErrorIs(t, tx.Exec(t.Context(), insert), pgx.ErrTxClosed)

	// One that cannot begin says so with its first statement.
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tx, err = exec.Begin(ended)
	require.NoError(t, err)
	require.ErrorIs(t, tx.Exec(ended, insert), context.Canceled)
	require.NoError(t, tx.Rollback(t.Context()))

	// River's client inserts through it.
	client, err := r.newCleaner(t.Context(), 0).newClient()
	require.NoError(t, err)
	_, err = client.Insert(t.Context(), jobs.TokenCleanupArgs{}, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, rows())
}
