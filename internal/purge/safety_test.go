package purge

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// TestFault13SurvivorsAreTheLiveAndTheRenewed is promise 1 against a model: whatever
// an application does between any two batches, or between a list and the batch that
// deletes from it, a row that was once live stays unless the application itself
// revokes it; and no row that had expired does, unless the application writes to it
// meanwhile: then it is the next run's.
func TestFault13SurvivorsAreTheLiveAndTheRenewed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	rapid.Check(t, func(rt *rapid.T) {
		db.exec(`DROP TABLE IF EXISTS refresh_tokens;` + createTokens)
		if rapid.Bool().Draw(rt, "indexed") {
			db.exec(indexTokens)
		}
		rows := rapid.IntRange(0, 400).Draw(rt, "rows")
		db.exec(`ALTER TABLE refresh_tokens ADD filler text`)
		db.exec(`
			INSERT INTO refresh_tokens (expires_at, revoked, filler)
			SELECT
				CASE n % 5 WHEN 0 THEN NULL WHEN 1 THEN 'infinity' WHEN 2 THEN now() - n * interval '1 s' ELSE now() + interval '1 h' END,
				CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN n % 2 = 0 ELSE false END,
				repeat('x', $2)
			FROM generate_series(1, $1) AS n`, rows, rapid.IntRange(0, 1500).Draw(rt, "width"))
		mustStay, written := map[int64]bool{}, map[int64]bool{}
		// The application acts now and then. What it makes live stays.
		renew := func(id int64) {
			db.exec(`UPDATE refresh_tokens SET expires_at = now() + interval '1 h', revoked = false WHERE id BETWEEN $1 AND $1 + 20`, id)
		}
		revoke := func(id int64) {
			delete(mustStay, id)
			written[id] = true
			db.exec(`UPDATE refresh_tokens SET revoked = true WHERE id = $1`, id)
		}
		act := func() {
			id := rapid.Int64Range(1, int64(max(rows, 1))).Draw(rt, "id")
			switch rapid.IntRange(0, 6).Draw(rt, "act") {
			case 0: // renewed, by any number of users at once
				renew(id)
			case 1:
				revoke(id)
			case 2: // rotated: the old one revoked, a new one put in a free place
				revoke(id)
				db.exec(`INSERT INTO refresh_tokens (expires_at) VALUES (now() + interval '1 h')`)
			case 3: // renewed as well, and the places where they lay are taken by new ones
				renew(id)
				db.exec(`VACUUM refresh_tokens`)
				db.exec(`INSERT INTO refresh_tokens (expires_at) SELECT now() + interval '1 h' FROM generate_series(1, 30)`)
			default: // nothing
			}
		}

		noteLive := func() {
			for _, id := range db.ids(`SELECT id FROM refresh_tokens WHERE (expires_at < now() OR revoked) IS NOT TRUE`) {
				mustStay[id] = true
			}
		}
		e := db.engineOn(db.watched(func(sql string) {
			if strings.HasPrefix(sql, "DELETE") {
				act()
				noteLive()
			}
		}), tokens)
		defer e.Session.Close(t.Context())
		e.Pace.BatchTarget = time.Duration(rapid.IntRange(1, 2000).Draw(rt, "target")) * time.Microsecond
		noteLive()
		_, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(*Progress) { act(); noteLive() }}, Progress{})
		require.NoError(rt, err)

		for _, id := range db.ids(`SELECT id FROM refresh_tokens`) {
			delete(mustStay, id)
		}
		require.Empty(rt, mustStay, "live rows are gone")
		for _, id := range db.ids(`SELECT id FROM refresh_tokens WHERE expires_at < now()`) {
			require.True(rt, written[id], "expired row %d is left", id)
		}
		e.Session.Close(t.Context())
		db.mustPurge(tokens)
		require.Zero(rt, db.number(`SELECT count(*) FROM refresh_tokens WHERE expires_at < now() OR revoked`), "the next run leaves none")
	})
}

func TestARowRenewedWhileABatchWaitsForItStays(t *testing.T) {
	t.Parallel()
	for _, ddl := range []string{createTokens, createTokens + ";" + indexTokens} {
		db := newDatabase(t, ddl, `INSERT INTO refresh_tokens (expires_at) SELECT now() - interval '1 h' FROM generate_series(1, 10)`)
		tx := db.begin()
		_, err := tx.Exec(t.Context(), `UPDATE refresh_tokens SET expires_at = now() + interval '1 h' WHERE id = 5`)
		require.NoError(t, err)

		// Committed while the batch waits for the row: it looks at the new version.
		db.purgedOnceItCommits(tx)
		require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens WHERE id = 5`))
	}
}

func TestFault11ALockedRowIsSkippedCountedAndTakenNextTime(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			tx := db.begin()
			_, err := tx.Exec(t.Context(), `SELECT FROM refresh_tokens WHERE id IN (7, 77) FOR UPDATE`)
			require.NoError(t, err)

			p := db.mustPurge(tokens)
			require.EqualValues(t, 98, p.Deleted())
			require.EqualValues(t, 2, p.Tables[0].Locked)

			require.NoError(t, tx.Rollback(t.Context()))
			p = db.mustPurge(tokens)
			require.EqualValues(t, 2, p.Deleted())
			require.Zero(t, p.Tables[0].Locked)
		})
	}
}

func TestFault12ALockedTableIsWaitedForALittleAtATime(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE`)
	require.NoError(t, err)

	e := db.engine(tokens)
	done := make(chan error, 1)
	var said atomic.Bool
	go func() {
		_, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
			if p.WaitingFor == "public.refresh_tokens is locked by another session" {
				said.Store(true)
			}
		}}, Progress{})
		done <- err
	}()
	// One try after the other, each of which gives up: who comes meanwhile queues behind none for long.
	tries := map[string]bool{}
	var longest int64
	require.Eventually(t, func() bool {
		for _, begun := range db.strings(`SELECT waitstart::text FROM pg_locks WHERE waitstart IS NOT NULL AND relation = 'refresh_tokens'::regclass`) {
			tries[begun] = true
		}
		longest = max(longest, db.number(`
			SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart) * 1000), 0)::bigint
			FROM pg_locks WHERE relation = 'refresh_tokens'::regclass`))
		return len(tries) >= 3 && said.Load()
	}, pgtest.Patience, time.Millisecond, "it tries again, and says what it waits for")
	const lockTimeout, slowMachine = 100, 400 // ms
	require.Less(t, longest, int64(lockTimeout+slowMachine))
	require.NoError(t, tx.Rollback(t.Context()))
	require.NoError(t, <-done)
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestEachPartitionIsPurgedByItself(t *testing.T) {
	t.Parallel()
	for _, indexed := range []bool{false, true} {
		t.Run(fmt.Sprint(indexed), func(t *testing.T) {
			t.Parallel()
			// The same ctids hold live rows in one partition and dead ones in another.
			db := newDatabase(t, `
				CREATE TABLE refresh_tokens (id bigint, day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day);
				CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
				CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2) PARTITION BY LIST (id);
				CREATE TABLE p2rest PARTITION OF p2 DEFAULT;
				CREATE TABLE "P 3" PARTITION OF refresh_tokens DEFAULT;
				INSERT INTO refresh_tokens SELECT n, 1 + n % 3, now() + interval '1 h' * (CASE WHEN n % 3 = 0 THEN -1 ELSE 1 END), false
				FROM generate_series(1, 3000) AS n`)
			if indexed {
				db.exec(`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (revoked)`)
			}
			live := db.number(`SELECT count(*) FROM refresh_tokens WHERE expires_at > now()`)
			p := db.mustPurge(tokens)
			require.EqualValues(t, 1000, p.Deleted())
			require.Equal(t, live, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

func TestFault26APartitionDroppedMeanwhileIsNoFailure(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
		CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2);
		CREATE TABLE p3 PARTITION OF refresh_tokens FOR VALUES IN (3);
		INSERT INTO refresh_tokens SELECT 1 + n % 3, NULL, true FROM generate_series(1, 300) AS n`)
	e := db.engine(tokens)
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Tables[0].Batches == 1 {
			db.exec(`DROP TABLE IF EXISTS p2`)
		}
	}}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 200, p.Deleted())
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestFault24ATableAlteredOrDroppedMidRunFailsAloneWithTheReason(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]string{
		`DROP TABLE a`: `purge a: does not exist`,
		`ALTER TABLE a RENAME COLUMN done TO ended`: `column "done" does not exist`,
		`ALTER TABLE a ALTER done TYPE text`:        `column "done" is of type text`,
	} {
		t.Run(change, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `
				CREATE TABLE a (done boolean, filler text);
				INSERT INTO a SELECT true, repeat('x', 1000) FROM generate_series(1, 3000);
				CREATE TABLE b (done boolean);
				INSERT INTO b VALUES (true)`)
			e := db.engine(Table{Name: "a", Rules: []Rule{{Done: "done"}}}, Table{Name: "b", Rules: []Rule{{Done: "done"}}})
			changed := false
			p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
				if p.Tables[0].Batches == 1 && !changed {
					changed = true
					db.exec(change)
				}
			}}, Progress{})
			require.ErrorContains(t, err, want)
			require.True(t, p.Tables[1].Done)
			require.Zero(t, db.number(`SELECT count(*) FROM b`))
		})
	}
}

func TestFault23TriggersAndPoliciesThatKeepRowsAreReportedAndTheRunEnds(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
				CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
					BEGIN IF OLD.id <= 10 THEN RETURN NULL; END IF; RETURN OLD; END $$;
				CREATE TRIGGER keep BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION keep()`)
			if plan == planIndex {
				db.exec(indexTokens)
			}
			p := db.mustPurge(tokens)
			require.EqualValues(t, 90, p.Deleted())
			require.EqualValues(t, 10, p.Tables[0].Undeletable)
		})
	}
}

func TestFault15AStatementTimeoutOfTheRoleShrinksTheBatches(t *testing.T) {
	t.Parallel()
	// A trigger makes each row cost a millisecond or more.
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000);
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN PERFORM pg_sleep(0.001); RETURN OLD; END $$;
		CREATE TRIGGER slow AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION slow()`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET statement_timeout TO 400', current_database()); END $$`)
	p := db.mustPurge(tokens)
	require.EqualValues(t, 1000, p.Deleted())
	require.Zero(t, p.Tables[0].Undeletable)
	require.GreaterOrEqual(t, p.Tables[0].Batches, int64(3), "a batch of 400 rows would have taken longer")
}

// ids runs a query for one column of integers.
func (db *database) ids(sql string) []int64 {
	db.t.Helper()
	rows, err := db.pool.Query(db.t.Context(), sql)
	require.NoError(db.t, err)
	var all []int64
	for rows.Next() {
		var id int64
		require.NoError(db.t, rows.Scan(&id))
		all = append(all, id)
	}
	require.NoError(db.t, rows.Err())
	return all
}
