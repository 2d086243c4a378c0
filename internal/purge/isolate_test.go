package purge

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// refusing makes a table of dead rows, of which a trigger keeps number 500 by a statement.
func refusing(rows int, when, statement string) string {
	return createTokens + fmt.Sprintf(`;
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, %d);
		CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN IF OLD.id = 500 THEN %s; END IF; RETURN OLD; END $$;
		CREATE %s ON refresh_tokens %s FOR EACH ROW EXECUTE FUNCTION hold()`,
		rows, statement, when, map[bool]string{true: "DEFERRABLE INITIALLY DEFERRED"}[when == "CONSTRAINT TRIGGER x AFTER DELETE"])
}

func TestFault49WhateverATriggerRaisesConcernsItsRow(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"an exception":                    `RAISE EXCEPTION 'the hash %', OLD.token_hash`,
		"what a wrong fingerprint raises": `RAISE EXCEPTION 'changed' USING ERRCODE = '22P02'`,
		"no boolean":                      `PERFORM OLD.token_hash::boolean`,
		"no data":                         `RAISE no_data_found`,
		"an internal error":               `RAISE internal_error`,
		"a code of its own":               `RAISE EXCEPTION 'x' USING ERRCODE = 'ABCDE'`,
		"a time-out":                      `RAISE query_canceled`,
		"a lock":                          `RAISE lock_not_available`,
		"a deadlock":                      `RAISE deadlock_detected`,
		"a serialization failure":         `RAISE serialization_failure`,
		"a lost connection":               `RAISE connection_failure`,
		"a shutdown":                      `RAISE admin_shutdown`,
		"a missing table":                 `INSERT INTO nowhere.missing VALUES (1)`,
		"a missing privilege":             `RAISE insufficient_privilege`,
		"a full disk":                     `RAISE disk_full`,
		"a division by zero":              `PERFORM 1 / (OLD.id - OLD.id)`,
		"endless recursion":               `RAISE statement_too_complex`,
		"an assertion":                    `ASSERT false`,
		"a condition that is known":       `RAISE unique_violation`,
	} {
		for _, when := range []string{"TRIGGER x BEFORE DELETE", "TRIGGER x AFTER DELETE", "CONSTRAINT TRIGGER x AFTER DELETE"} {
			t.Run(name+", "+when, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, refusing(1000, when, statement))
				p := db.mustPurge(tokens)
				require.EqualValues(t, 999, p.Deleted())
				require.EqualValues(t, 1, p.Tables[0].Undeletable)
				require.Zero(t, p.Tables[0].Locked)
				require.Contains(t, p.Tables[0].Refusal, "SQLSTATE")
				require.NotContains(t, p.Tables[0].Refusal, "the hash")
				require.Equal(t, []string{"500"}, db.strings(`SELECT id::text FROM refresh_tokens`))
			})
		}
	}
}

func TestFault49IsolatingCostsARunABoundedNumberOfFailures(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`;
		ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 500);
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 20000);
		CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN IF OLD.id % 4 = 0 THEN RAISE EXCEPTION 'on hold'; END IF; RETURN OLD; END $$;
		CREATE TRIGGER x BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION hold()`)
	p := db.mustPurge(tokens)
	left := db.number(`SELECT count(*) FROM refresh_tokens`)
	require.Equal(t, 20_000-left, p.Deleted())
	require.Equal(t, left, p.Tables[0].Undeletable, "the rest is counted")
	require.Positive(t, p.Tables[0].Untried)
	require.Contains(t, p.Tables[0].Refusal, "P0001")
	require.LessOrEqual(t, p.Isolation.Failures, 2*mostFailures+1)
	t.Logf("deleted %d, failures %d", p.Deleted(), p.Isolation.Failures)
}

func TestFault50ADeferredTriggerIsBoundedLikeTheBatch(t *testing.T) {
	t.Parallel()
	for name, trigger := range map[string]string{
		"deferred":            `PERFORM pg_sleep(0.002)`,
		"deferred once again": `SET CONSTRAINTS ALL DEFERRED; PERFORM pg_sleep(0.002)`,
		"unbounded by itself": `SET statement_timeout = 0; SET lock_timeout = 0; PERFORM pg_sleep(0.002)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens+`;
				INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000); -- 2 s, if nothing bounds them
				CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN `+trigger+`; RETURN NULL; END $$;
				CREATE CONSTRAINT TRIGGER slow AFTER DELETE ON refresh_tokens
					DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`)
			e := db.engine(tokens)
			done := make(chan error, 1)
			go func() {
				_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
				done <- err
			}()
			// The age of the oldest transaction that holds rows, whenever it is looked at.
			var longest int64
			for finished := false; !finished; {
				select {
				case err := <-done:
					require.NoError(t, err)
					finished = true
				case <-time.After(5 * time.Millisecond):
					longest = max(longest, db.number(`
						SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start) * 1000), 0)::bigint
						FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'siltgate'`))
				}
			}
			const statementTimeout, slowMachine = 800, 700 // ms
			require.Less(t, longest, int64(statementTimeout+slowMachine))
			require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

func TestFault51ARowThatMovesToAnotherPartitionIsAConflict(t *testing.T) {
	t.Parallel()
	for _, plan := range []string{planSweep, planIndex} {
		t.Run(plan, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `
				CREATE TABLE refresh_tokens (id bigint, expires_at timestamptz, revoked boolean) PARTITION BY RANGE (expires_at);
				CREATE TABLE old PARTITION OF refresh_tokens FOR VALUES FROM (MINVALUE) TO (now());
				CREATE TABLE new PARTITION OF refresh_tokens DEFAULT;
				INSERT INTO refresh_tokens SELECT n, now() - interval '1 day', false FROM generate_series(1, 1000) n`)
			if plan == planIndex {
				db.exec(`CREATE INDEX ON refresh_tokens (expires_at); CREATE INDEX ON refresh_tokens (revoked)`)
			}
			tx := db.begin()
			_, err := tx.Exec(t.Context(), `UPDATE refresh_tokens SET expires_at = now() + interval '1 day' WHERE id BETWEEN 500 AND 510`)
			require.NoError(t, err)
			p := db.purgedOnceItCommits(tx)
			require.EqualValues(t, 989, p.Deleted())
			require.EqualValues(t, 11, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

// purgedOnceItCommits is a run on tokens that waits for a lock which a transaction holds, until that commits.
func (db *database) purgedOnceItCommits(tx pgx.Tx) Progress {
	db.t.Helper()
	finish := db.purgeThatWaits(tokens)
	require.NoError(db.t, tx.Commit(db.t.Context()))
	return finish()
}

// purgeThatWaits begins a run that waits long for locks, and returns once it waits for one. finish waits until the
// run has ended.
func (db *database) purgeThatWaits(tables ...Table) (finish func() Progress) {
	t := db.t
	t.Helper()
	e := db.engine(tables...)
	require.NoError(t, e.Session.set(t.Context(), "lock_timeout", "10s"))
	require.NoError(t, e.Session.set(t.Context(), "statement_timeout", "20s"))
	done := make(chan error, 1)
	var p Progress
	go func() {
		var err error
		p, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
		done <- err
	}()
	db.awaitLockWait()
	return func() Progress {
		require.NoError(t, <-done)
		return p
	}
}

// awaitLockWait waits until a session of the test's database waits for a lock.
func (db *database) awaitLockWait() {
	db.t.Helper()
	require.Eventually(db.t, func() bool { return db.lockWaits() > 0 }, pgtest.Patience, time.Millisecond)
}

// lockWaits is how many locks sessions of the test's database wait for.
func (db *database) lockWaits() int64 {
	db.t.Helper()
	return db.number(`
		SELECT count(*) FROM pg_locks
		WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`)
}

func TestSettingsThatATriggerChangesAreAsTheyWereAfterTheBatch(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`;
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
		CREATE SCHEMA elsewhere;
		CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF OLD.id < 100 THEN RETURN OLD; END IF;
			SET statement_timeout = 0; SET lock_timeout = 0; SET search_path = elsewhere;
			SET enable_tidscan = off; SET TimeZone = 'Asia/Tokyo'; SET session_replication_role = replica;
			SET default_transaction_isolation = 'serializable'; SET ROLE pg_monitor; RETURN OLD; END $$;
		CREATE TRIGGER x AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION change()`)
	e := db.engine(tokens)
	all := func() []string {
		rows, err := e.Session.conn.Query(t.Context(), `
			SELECT pg_catalog.concat(name, ' ', pg_catalog.current_setting(name))
			FROM pg_catalog.unnest(ARRAY[
				'role', 'statement_timeout', 'lock_timeout', 'search_path', 'enable_tidscan', 'TimeZone',
				'session_replication_role', 'default_transaction_isolation']) AS name`)
		require.NoError(t, err)
		settings, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return settings
	}
	before := all()
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 100, p.Deleted())
	require.Equal(t, before, all())
}

func TestFault52ALateDeadlockTimeoutMakesNoLongWaits(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`; INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout TO %L', current_database(), '60s'); END $$`)
	var statement int64
	require.NoError(t, db.session().conn.QueryRow(t.Context(),
		`SELECT setting::pg_catalog.int8 FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'statement_timeout'`).Scan(&statement))
	require.LessOrEqual(t, statement, int64(800))
}

func TestFault52WhereDeadlocksAreLookedForAtOnceNoRowIsWaitedFor(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`; INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100)`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout TO %L', current_database(), '1ms'); END $$`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `SELECT FROM refresh_tokens WHERE id IN (7, 77) FOR UPDATE`)
	require.NoError(t, err)
	e := db.engine(tokens)
	// Were a row waited for, it would be for a minute.
	require.NoError(t, e.Session.set(t.Context(), "lock_timeout", "60s"))
	require.NoError(t, e.Session.set(t.Context(), "statement_timeout", "60s"))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	p, err := e.Run(ctx, Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.EqualValues(t, 98, p.Deleted())
	require.EqualValues(t, 2, p.Tables[0].Locked)
}

func TestFault89ATriggerThatRefusesEveryStatementFailsItsTableAtOnce(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"BEFORE", "AFTER"} {
		db := newDatabase(t, createTokens+`;
			INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000);
			CREATE SEQUENCE called;
			CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN PERFORM nextval('public.called'); RAISE 'the hash' USING ERRCODE = 'DD001'; END $$;
			CREATE TRIGGER x `+when+` DELETE ON refresh_tokens FOR EACH STATEMENT EXECUTE FUNCTION refuse()`)
		p, err := db.purge(tokens)
		require.ErrorContains(t, err, "a trigger for each statement refuses every DELETE from it, whatever the rows")
		require.ErrorContains(t, err, "SQLSTATE DD001")
		require.NotContains(t, err.Error(), "the hash")
		require.Zero(t, p.Tables[0].Undeletable)
		require.LessOrEqual(t, db.number(`SELECT last_value FROM called`), int64(3), "statements that failed")
	}
}
