package purge

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// vanishing is a session for which a table is dropped while a statement waits for it: one in which the mark stands.
func (db *database) vanishing(mark, drop string) *Session {
	db.t.Helper()
	begun := false
	s := db.watched(func(sql string) {
		if begun || !strings.Contains(sql, mark) {
			return
		}
		begun = true
		tx := db.begin()
		_, err := tx.Exec(db.t.Context(), drop)
		require.NoError(db.t, err)
		ended := make(chan struct{})
		db.t.Cleanup(func() { <-ended })
		go func() {
			defer close(ended)
			var waits bool
			var err error
			for deadline := time.Now().Add(pgtest.Patience); err == nil && !waits && time.Now().Before(deadline); err = wait(db.t.Context(), time.Millisecond) {
				err = db.pool.QueryRow(db.t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND database = (
					SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&waits)
				if err != nil {
					break
				}
			}
			_ = tx.Commit(db.t.Context())
		}()
	})
	require.NoError(db.t, s.set(db.t.Context(), "lock_timeout", "1min"))
	db.t.Cleanup(func() { require.True(db.t, begun) })
	return s
}

func TestAPartitionThatIsDroppedWhileItIsMeasuredIsNoFailure(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, parted)
	e := db.engineOn(db.vanishing("c.relfilenode\n", `DROP TABLE p1`), tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 30, p.Deleted())
}

func TestATableOfAPatternThatIsDroppedWhileItIsDescribedIsNoFailure(t *testing.T) {
	t.Parallel()
	db := tenants(t, 5)
	e := db.engineOn(db.vanishing("c.relhassubclass\n", `DROP TABLE tenant_2.refresh_tokens`), pattern)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 4, p.Deleted())
}

// A partition that is being detached is none any more, however long that takes.
func TestNoRowIsDeletedFromAPartitionThatIsBeingDetached(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{"before the run comes to it": `"public"."p1"`, "when the run has come to it": `"public"."p2"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, parted)
			reader := db.begin()
			_, err := reader.Exec(t.Context(), `SELECT count(*) FROM refresh_tokens`)
			require.NoError(t, err)
			detached := make(chan error, 1)
			begun := false
			e := db.engineOn(db.watched(func(sql string) {
				if begun || !strings.Contains(sql, before) || !strings.HasPrefix(sql, "DELETE") {
					return
				}
				begun = true
				go func() {
					conn, err := db.pool.Acquire(t.Context())
					if err == nil {
						defer conn.Release()
						_, err = conn.Exec(t.Context(), `ALTER TABLE refresh_tokens DETACH PARTITION p2 CONCURRENTLY`)
					}
					detached <- err
				}()
				require.Eventually(t, func() bool { return db.number(`SELECT count(*) FROM pg_inherits WHERE inhdetachpending`) == 1 }, pgtest.Patience, time.Millisecond)
			}), tokens)
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.True(t, begun)
			require.NoError(t, reader.Rollback(t.Context()))
			require.NoError(t, <-detached)
			require.EqualValues(t, 30, p.Deleted())
			require.EqualValues(t, 10, db.number(`SELECT count(*) FROM p2`))
		})
	}
}
