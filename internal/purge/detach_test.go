package purge

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// detachment is an attempt to detach partition p3 of sessions, with a session of its own.
func (db *database) detachment() (*slice, detachment) {
	db.t.Helper()
	s := db.session()
	d := detachment{attempt: "A1", parent: relation{name: "public.sessions"}}
	require.NoError(db.t, s.conn.QueryRow(db.t.Context(), `SELECT c.oid, 'public', c.relname, i.inhparent, pg_catalog.pg_get_expr(c.relpartbound, c.oid)
		FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_inherits AS i ON i.inhrelid OPERATOR(pg_catalog.=) c.oid
		WHERE c.relname OPERATOR(pg_catalog.=) 'p3'::pg_catalog.name`).Scan(&d.OID, &d.Schema, &d.Name, &d.parent.oid, &d.bounds))
	_, err := s.conn.Exec(db.t.Context(), d.announce())
	require.NoError(db.t, err)
	return &slice{Engine: db.engineOn(s).Engine, current: &TableProgress{}, progress: &Progress{}}, d
}

// comment is that of p3.
func (db *database) comment() string {
	db.t.Helper()
	return db.strings(`SELECT coalesce(obj_description('p3'::regclass), '')`)[0]
}

// reader has read the table in a transaction that is still open: no partition of it can be detached meanwhile.
func (db *database) reader() pgx.Tx {
	db.t.Helper()
	tx, err := db.pool.BeginTx(db.t.Context(), pgx.TxOptions{IsoLevel: pgx.RepeatableRead})
	require.NoError(db.t, err)
	db.t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	_, err = tx.Exec(db.t.Context(), `SELECT FROM sessions`)
	require.NoError(db.t, err)
	return tx
}

// An operator detaches a partition to archive it, some time after a run tried to.
func TestAPartitionIsNotDroppedThatAnOperatorHasDetached(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(db *database){
		"no run has tried": func(*database) {},
		"another session had the table locked": func(db *database) {
			t := db.t
			db.exec(`COMMENT ON TABLE p3 IS 'for the auditors'`)
			tx := db.begin()
			_, err := tx.Exec(t.Context(), `LOCK TABLE ONLY sessions IN SHARE UPDATE EXCLUSIVE MODE`)
			require.NoError(t, err)
			table := dropped
			table.Rules = []Rule{{Expires: []string{"expires_at"}, Only: "id", OnlyValues: []string{"99"}}, dropped.Rules[0]}
			p := db.mustPurge(table)
			require.Contains(t, p.Tables[0].Dropped.Why, "cannot be detached while others have it or the table locked")
			require.EqualValues(t, 31, p.Deleted(), "their rows are deleted")
			require.NoError(t, tx.Rollback(t.Context()))
			require.Equal(t, "for the auditors", db.comment())
		},
		"a run was killed before it detached": func(db *database) {
			db.detachment()
			require.Contains(db.t, db.comment(), "siltgate: is detaching this partition")
		},
		"the operator was detaching it when the run tried to": func(db *database) {
			t := db.t
			r, d := db.detachment()
			reader := db.reader()
			operator := make(chan error, 1)
			conn, err := db.pool.Acquire(t.Context())
			require.NoError(t, err)
			defer conn.Release()
			go func() {
				_, err := conn.Exec(t.Context(), `ALTER TABLE sessions DETACH PARTITION p3 CONCURRENTLY`)
				operator <- err
			}()
			require.Eventually(t, func() bool { return db.number(`SELECT count(*) FROM pg_inherits WHERE inhdetachpending`) == 1 }, pgtest.Patience, 10*time.Millisecond)
			require.ErrorContains(t, r.detach(t.Context(), d), "already pending detach")
			require.NoError(t, reader.Rollback(t.Context()))
			require.NoError(t, <-operator)
		},
		"it was attached again": func(db *database) {
			t := db.t
			r, d := db.detachment()
			require.NoError(t, r.detach(t.Context(), d))
			db.exec(`ALTER TABLE sessions ATTACH PARTITION p3 FOR VALUES FROM ('2001-01-01') TO (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '3 months')`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := months(t, 3, "timestamptz")
			before(db)
			if len(db.partitions()) == 4 {
				db.exec(`ALTER TABLE sessions DETACH PARTITION p3`)
			}
			db.exec(`INSERT INTO p3 SELECT id, expires_at - interval '65 days' FROM p1`)
			had := db.number(`SELECT count(*) FROM p3`)
			db.mustPurge(dropped)
			require.Equal(t, []string{"p3", "p_now"}, db.tables())
			require.Equal(t, had, db.number(`SELECT count(*) FROM p3`))
		})
	}
}

// Each of these changes a partition after a run has detached it.
func TestADetachedPartitionIsKeptThatWasChangedSince(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"altered":                    `ALTER TABLE p3 DROP CONSTRAINT p3_expires_at_check; INSERT INTO p3 VALUES (1, now() + interval '1 day')`,
		"renamed":                    `ALTER TABLE p3 RENAME TO p3_archive; ALTER TABLE p3_archive RENAME TO p3`,
		"granted to somebody":        `GRANT SELECT ON p3 TO pg_monitor`,
		"made anew under its name":   `CREATE TABLE p4 (LIKE p3); DO $$ BEGIN EXECUTE format('COMMENT ON TABLE p4 IS %L', obj_description('p3'::regclass)); END $$; DROP TABLE p3; ALTER TABLE p4 RENAME TO p3`,
		"attached to another table":  `CREATE TABLE other (LIKE p3) PARTITION BY RANGE (expires_at); ALTER TABLE other ATTACH PARTITION p3 FOR VALUES FROM (MINVALUE) TO ('2999-01-01')`,
		"the parent of other tables": `CREATE TABLE p31 () INHERITS (p3)`,
		"its table was made anew":    `CREATE TABLE s (LIKE sessions) PARTITION BY RANGE (expires_at); DROP TABLE sessions; ALTER TABLE s RENAME TO sessions`,
		"its comment was changed":    `COMMENT ON TABLE p3 IS 'keep'`,
		"of another transaction":     `DO $$ BEGIN EXECUTE format('COMMENT ON TABLE p3 IS %L', replace(obj_description('p3'::regclass), 'transaction ', 'transaction 1')); END $$`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := months(t, 3, "timestamptz")
			r, d := db.detachment()
			require.NoError(t, r.detach(t.Context(), d))
			require.Contains(t, db.comment(), "siltgate: has detached this partition")
			db.exec(change)
			db.mustPurge(dropped)
			require.Contains(t, db.tables(), "p3")
			require.Contains(t, []int64{0, 10, 11}, db.number(`SELECT count(*) FROM p3`))
		})
	}
}

// A run was killed while others kept it from detaching, and has noted nothing: an operator may just as well have begun.
// Until that is finished, Postgres detaches no other partition.
func TestADetachThatAKilledRunHasBegunIsFinishedAndThePartitionIsLeft(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	reader := db.reader()
	r, d := db.detachment()
	require.True(t, isLockConflict(r.define(t.Context(), "ALTER TABLE "+d.parent.name+" DETACH PARTITION "+d.SQL()+" CONCURRENTLY")))
	r.Session.Close(t.Context())
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM pg_inherits WHERE inhdetachpending`))
	require.NoError(t, reader.Rollback(t.Context()))
	for _, others := range []int64{2, 0} { // it is said at each run
		p := db.mustPurge(dropped)
		require.Equal(t, others, p.Tables[0].Dropped.Partitions)
		require.Contains(t, p.Tables[0].Dropped.Why, "it is not certain that a run has detached public.p3")
		require.Equal(t, []string{"p_now"}, db.partitions())
		require.Equal(t, []string{"p3", "p_now"}, db.tables())
		require.EqualValues(t, 10, db.number(`SELECT count(*) FROM p3`))
	}
}

// An operator has begun to detach a partition that no run has tried to: that is the operator's.
func TestADetachThatNoRunHasTriedIsLeftToWhoBeganIt(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	reader := db.reader()
	r, d := db.detachment()
	db.exec(`COMMENT ON TABLE p3 IS NULL`)
	require.True(t, isLockConflict(r.define(t.Context(), "ALTER TABLE "+d.parent.name+" DETACH PARTITION "+d.SQL()+" CONCURRENTLY")))
	r.Session.Close(t.Context())
	require.NoError(t, reader.Rollback(t.Context()))
	p := db.mustPurge(dropped)
	require.Contains(t, p.Tables[0].Dropped.Why, "partition p3 is being detached, and no run has begun it: ALTER TABLE sessions DETACH PARTITION p3 FINALIZE completes it")
	require.EqualValues(t, 21, p.Deleted(), "the rows of the others are deleted")
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM pg_inherits WHERE inhdetachpending`))
}

// A run was killed at this step. Another goes on with it.
func TestAPartitionIsDroppedThatAKilledRunHasDetached(t *testing.T) {
	t.Parallel()
	for name, killed := range map[string]func(db *database){
		"before it began to detach": func(db *database) {
			db.exec(`COMMENT ON TABLE p3 IS 'of the archive'`)
			db.detachment()
		},
		"after it had detached": func(db *database) {
			t := db.t
			r, d := db.detachment()
			require.NoError(t, r.detach(t.Context(), d))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := months(t, 3, "timestamptz")
			killed(db)
			p := db.mustPurge(dropped)
			require.EqualValues(t, 3, p.Tables[0].Dropped.Partitions)
			require.Empty(t, p.Tables[0].Dropped.Why)
			require.Equal(t, []string{"p_now"}, db.tables())
		})
	}
}

func TestAMarkIsTakenAwayFromAPartitionThatIsNotToBeDroppedAnyMore(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	db.exec(`COMMENT ON TABLE p3 IS E'for the auditors\nof 2020'`)
	db.detachment()
	require.Contains(t, db.comment(), "siltgate: ")
	table := dropped
	table.Rules = []Rule{{Expires: []string{"expires_at"}, KeepExpired: 1000 * 24 * time.Hour}}
	db.mustPurge(table)
	require.Equal(t, "for the auditors\nof 2020", db.comment())
	require.Len(t, db.partitions(), 4)
}

// The rule keeps more rows than it did when the partition was detached.
func TestADetachedPartitionStaysWhoseRowsLiveByNow(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	r, d := db.detachment()
	require.NoError(t, r.detach(t.Context(), d))
	table := dropped
	table.Rules = []Rule{{Expires: []string{"expires_at"}, KeepExpired: 1000 * 24 * time.Hour}}
	_, err := db.purge(table)
	require.ErrorContains(t, err, "drop partition public.p3, which is detached: it has rows that are not dead")
	table.Rules = []Rule{{Expires: []string{"expires_at"}, Keep: "kept"}}
	db.exec(`ALTER TABLE sessions ADD kept boolean`)
	p := db.mustPurge(table)
	require.Contains(t, p.Tables[0].Dropped.Why, "or one keeps rows")
	require.EqualValues(t, 10, db.number(`SELECT count(*) FROM p3`))
	db.mustPurge(dropped)
	require.Equal(t, []string{"p_now"}, db.tables())
}

func TestAPendingPartitionIsKeptThatAnOperatorHasFinalized(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	reader := db.reader()
	r, d := db.detachment()
	require.True(t, isLockConflict(r.detach(t.Context(), d)))
	require.Contains(t, db.comment(), "siltgate: has detached this partition")
	require.NoError(t, reader.Rollback(t.Context()))
	db.exec(`ALTER TABLE sessions DETACH PARTITION p3 FINALIZE`)
	p := db.mustPurge(dropped)
	require.Contains(t, p.Tables[0].Dropped.Why, "it is not certain that a run has detached public.p3, or it was changed since")
	require.Equal(t, []string{"p3", "p_now"}, db.tables())
}

func TestAPartitionThatNoRunDropsAnyMoreIsWarnedOf(t *testing.T) {
	t.Parallel()
	db := months(t, 3, "timestamptz")
	reader := db.reader()
	r, d := db.detachment()
	require.True(t, isLockConflict(r.detach(t.Context(), d)))
	require.NoError(t, reader.Rollback(t.Context()))
	table := dropped
	table.Schema = "public" // until 14 anyone may create objects there, and a name alone is warned of
	require.Empty(t, db.inspect(table)[0].Findings)
	table.DropPartitions = false
	require.Equal(t, []Finding{{
		Severity: Warned,
		Problem:  "a run has begun to drop partition public.p3, and SILTGATE_TABLES_<n>_DROP_PARTITIONS is off by now",
		Remedy:   "complete that, then drop it, or attach it again",
		SQL:      []string{`ALTER TABLE "public"."sessions" DETACH PARTITION "public"."p3" FINALIZE`},
	}}, db.inspect(table)[0].Findings)
	p := db.mustPurge(table)
	require.EqualValues(t, 21, p.Deleted())
	require.Contains(t, db.tables(), "p3")
}

func TestToDetachNamesEverythingWithItsSchema(t *testing.T) {
	t.Parallel()
	d := detachment{attempt: "A", parent: relation{name: `"s"."t"`}, whole: whole{bounds: `FOR VALUES FROM ('\') TO ('$qA$')`}}
	for _, block := range []string{d.announce(), d.noteAttempted(), d.noteDetached(), d.unmarkFailed(), d.unmarkStale()} {
		require.Empty(t, unqualified("SELECT "+block))
	}
}
