package purge

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// An old reader keeps the partition from being detached, and the run tries again and again to lock it. Whoever comes
// meanwhile queues behind it, but behind each try for no longer than that lasts.
func TestTheApplicationWaitsForNoDetachLongerThanForAnyOtherStatement(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	reader := db.reader()
	e := db.engine(dropped)
	e.longestBackOff = 50 * time.Millisecond
	ended := make(chan Progress, 1)
	go func() {
		p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
		if err != nil {
			t.Errorf("run: %v", err)
		}
		ended <- p
	}()
	var application sync.WaitGroup
	defer application.Wait()
	stop := make(chan struct{})
	defer close(stop)
	for _, sql := range []string{
		`INSERT INTO sessions VALUES (3, now() + interval '1 day')`, `UPDATE sessions SET id = id WHERE id = 2`, `SELECT FROM sessions`, `SELECT FROM p3`,
	} {
		application.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := db.pool.Exec(t.Context(), sql); err != nil {
					t.Errorf("%s: %v", sql, err)
					return
				}
			}
		})
	}

	const lockTimeout, slowMachine = 100, 400 // ms
	waits, longest := map[string]bool{}, int64(0)
	var p Progress
	require.Eventually(t, func() bool {
		for _, begun := range db.strings(`
			SELECT pid || ' since ' || waitstart
			FROM pg_locks
			WHERE waitstart IS NOT NULL AND relation = 'p3'::regclass AND mode = 'AccessShareLock'`) {
			waits[begun] = true
		}
		longest = max(longest, db.number(`
			SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart) * 1000), 0)::bigint
			FROM pg_locks
			WHERE waitstart IS NOT NULL AND relation::regclass::text IN ('sessions', 'p1', 'p2', 'p3', 'p_now')`))
		select {
		case p = <-ended:
			return true
		default:
			return false
		}
	}, 2*pgtest.Patience, time.Millisecond)
	require.Contains(t, p.Tables[0].Dropped.Why, "is used by transactions that began before it was detached")
	require.NotEmpty(t, waits, "who reads the partition itself waits")
	require.Less(t, longest, int64(lockTimeout+slowMachine))
	require.NoError(t, reader.Rollback(t.Context()))
}
