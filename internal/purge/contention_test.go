package purge

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestFault14LogOutEverywhereInReverseOrderNeverDeadlocks(t *testing.T) {
	t.Parallel()
	const (
		sessions = 6
		users    = 40
		rows     = 20_000
	)
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens)
			db.exec(`ALTER TABLE refresh_tokens ADD user_id bigint NOT NULL DEFAULT 0; CREATE INDEX ON refresh_tokens (user_id)`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			fill := func() {
				db.exec(`
					INSERT INTO refresh_tokens (user_id, revoked, expires_at)
					SELECT n % $1, n % 4 = 0, now() + CASE WHEN n % 4 = 1 THEN -1 ELSE 1 END * interval '1 h'
					FROM generate_series(1, $2::int) AS n`, users, rows)
			}
			fill()

			// Each session updates all tokens of a user, newest first: against the purge's order.
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var work sync.WaitGroup
			var updates atomic.Int64
			failures := make(chan error, sessions)
			for i := range sessions {
				conn, err := pgx.Connect(t.Context(), db.url)
				require.NoError(t, err)
				t.Cleanup(func() { _ = conn.Close(context.Background()) })
				work.Go(func() {
					for user := i; ctx.Err() == nil; user = (user + sessions) % users {
						_, err := conn.Exec(t.Context(), `
							UPDATE refresh_tokens SET revoked = revoked
							WHERE id IN (SELECT id FROM refresh_tokens WHERE user_id = $1 ORDER BY id DESC FOR UPDATE)`, user)
						if err != nil {
							failures <- fmt.Errorf("log out everywhere: %w", err)
							return
						}
						updates.Add(1)
					}
				})
			}
			for range 3 {
				e := db.engine(tokens)
				e.Pace.BatchTarget = 100 * time.Millisecond // many rows in each
				p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
				require.NoError(t, err)
				t.Logf("deleted %d, left %d to others", p.Deleted(), p.Tables[0].Locked)
				e.Session.Close(t.Context())
				fill()
			}
			stop()
			work.Wait()
			close(failures)
			require.NoError(t, <-failures)
			require.Greater(t, updates.Load(), int64(users))
			t.Logf("%d updates of all of a user's tokens", updates.Load())
		})
	}
}

// A purge that reads the front of an index again and again, past what it has deleted already,
// reads more and more while an old snapshot keeps that from being removed.
func TestFault25AnOldSnapshotMakesARunReadNoMore(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			blocks := map[bool]int64{}
			// Until 14 statistics travel by messages, of which a busy machine loses some. So what is
			// counted may be too little, never too much.
			for range 3 {
				for _, held := range []bool{false, true} {
					blocks[held] = max(blocks[held], blocksOfARun(t, plan, held))
				}
				t.Logf("blocks of the table and its indexes: %d, with an old snapshot %d", blocks[false], blocks[true])
				if 4*blocks[true] < 5*blocks[false] {
					return
				}
			}
			t.Fatal("a run reads more while an old snapshot is held")
		})
	}
}

// blocksOfARun are the blocks that a run reads of a table of which every twentieth row is dead.
func blocksOfARun(t *testing.T, plan string, held bool) int64 {
	t.Helper()
	const rows = 15_000
	db := newDatabase(t, createTokens)
	if plan == planIndex {
		db.exec(indexTokens)
	}
	// So few are dead that the list is worth it, if there are indexes.
	db.exec(`ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 400); ALTER TABLE refresh_tokens SET (autovacuum_enabled = false)`)
	db.exec(`
		INSERT INTO refresh_tokens (expires_at)
		SELECT now() + CASE WHEN n % 20 = 0 THEN -1 ELSE 1 END * interval '1 h' FROM generate_series(1, $1::int) AS n`, rows)
	db.exec(`VACUUM ANALYZE refresh_tokens`)
	if held {
		tx := db.begin()
		_, err := tx.Exec(t.Context(), `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`)
		require.NoError(t, err)
		_, err = tx.Exec(t.Context(), `SELECT count(*) FROM refresh_tokens`)
		require.NoError(t, err)
	}
	filled := db.blocksRead()
	e := db.engine(tokens)
	e.Pace.BatchTarget = time.Millisecond // many batches
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, rows/20, p.Deleted())
	require.Equal(t, plan, p.Tables[0].Plan)
	e.Session.Close(t.Context())
	return db.blocksRead() - filled
}

// blocksRead are the blocks of the table and its indexes that sessions had read by their end,
// which all but those in a transaction come to now.
func (db *database) blocksRead() int64 {
	db.t.Helper()
	db.pool.Reset()
	require.Eventually(db.t, func() bool {
		return db.number(`
			SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle in transaction'`) == 0
	}, pgtest.Patience, 10*time.Millisecond)
	// Until 14 a process collects the statistics, some time later.
	const settled = 1200 * time.Millisecond
	read, since := int64(-1), time.Now()
	require.Eventually(db.t, func() bool {
		now := db.number(`
			SELECT (heap_blks_read + heap_blks_hit + coalesce(idx_blks_read, 0) + coalesce(idx_blks_hit, 0))::bigint
			FROM pg_statio_user_tables WHERE relname = 'refresh_tokens'`)
		if now != read {
			read, since = now, time.Now()
		}
		return time.Since(since) > settled
	}, pgtest.Patience, 100*time.Millisecond)
	return read
}
