package purge

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// afterBatch calls act once, after the first batch of a run.
func (e testEngine) afterBatch(t *testing.T, act func()) (Progress, error) {
	t.Helper()
	acted := false
	return e.Run(t.Context(), Request{Tables: e.tables, Report: func(p *Progress) {
		if p.Tables[0].Batches == 1 && !acted {
			acted = true
			act()
		}
	}}, Progress{})
}

func TestACutoffInTheFutureIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (expires_at) VALUES (now() + interval '1 day')`)
	e := db.engine(tokens)
	from := Progress{Cutoff: time.Now().Add(48 * time.Hour), Tables: []TableProgress{{Name: "refresh_tokens"}}}
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, from)
	require.ErrorContains(t, err, "is in the future")
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestFault26ATableIsNotTakenForWhatItWas(t *testing.T) {
	t.Parallel()
	const partitions = `
		CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
		CREATE TABLE p2 PARTITION OF refresh_tokens FOR VALUES IN (2);
		CREATE TABLE other (day int, expires_at timestamptz, revoked boolean);
		INSERT INTO other SELECT 2, NULL, true FROM generate_series(1, 100) AS n;
		INSERT INTO refresh_tokens SELECT 1 + n % 2, NULL, true FROM generate_series(1, 200) AS n`
	const wide = createTokens + `;
		ALTER TABLE refresh_tokens ADD filler text DEFAULT repeat('x', 1000);
		INSERT INTO refresh_tokens (expires_at) SELECT now() + CASE WHEN n % 2 = 0 THEN interval '-1 day' ELSE interval '3 hours' END
		FROM generate_series(1, 3000) AS n;
		CREATE TABLE audit (token_id bigint);
		INSERT INTO audit SELECT generate_series(2900, 3000)`
	for name, c := range map[string]struct {
		ddl, change, kept string
		want              int64
		err               string
	}{
		"partition detached": {
			partitions, `ALTER TABLE refresh_tokens DETACH PARTITION p2`, `SELECT count(*) FROM p2`, 100, "",
		},
		"partition dropped, its name given to another": {
			partitions, `DROP TABLE p2; ALTER TABLE other RENAME TO p2`, `SELECT count(*) FROM p2`, 100, "",
		},
		"partition attached": {
			partitions, `CREATE TABLE p3 PARTITION OF refresh_tokens FOR VALUES IN (3); INSERT INTO p3 VALUES (3, NULL, false)`,
			`SELECT count(*) FROM p3`, 1, "",
		},
		"timestamps lose their zone": {
			wide, `ALTER TABLE refresh_tokens ALTER expires_at TYPE timestamp USING expires_at AT TIME ZONE 'America/New_York'`,
			`SELECT count(*) FROM refresh_tokens WHERE expires_at > now() AT TIME ZONE 'America/New_York'`, 1500,
			`column "expires_at" is a timestamp without zone`,
		},
		"a cascade is added": {
			wide, `ALTER TABLE audit ADD FOREIGN KEY (token_id) REFERENCES refresh_tokens ON DELETE CASCADE`,
			`SELECT count(*) FROM audit`, 101, "ON DELETE CASCADE",
		},
		"a rule is added": {
			wide, `CREATE RULE r AS ON DELETE TO refresh_tokens DO ALSO DELETE FROM audit`, `SELECT count(*) FROM audit`, 101, "rule ON DELETE",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, c.ddl)
			e := db.engine(tokens)
			_, err := e.afterBatch(t, func() { db.exec(c.change) })
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.err)
			}
			require.Equal(t, c.want, db.number(c.kept))
		})
	}
}

func TestWhatCannotBePurgedSafelyIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ ddl, want string }{
		"a rule that also deletes": {
			createTokens + `; CREATE TABLE devices (token_id bigint);
			CREATE RULE r AS ON DELETE TO refresh_tokens DO ALSO DELETE FROM devices WHERE token_id = OLD.id`,
			"public.refresh_tokens has a rule ON DELETE",
		},
		"a foreign key whose index holds other rows": {
			createTokens + `; CREATE TABLE audit (token_id bigint CONSTRAINT fk REFERENCES refresh_tokens, deleted_at timestamptz);
			CREATE INDEX ON audit (token_id) WHERE deleted_at IS NOT NULL`,
			`foreign key "fk" has no index`,
		},
		"a foreign key whose index is no lookup": {
			createTokens + `; CREATE TABLE audit (token_id bigint CONSTRAINT fk REFERENCES refresh_tokens); CREATE INDEX ON audit USING brin (token_id)`,
			`foreign key "fk" has no index`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, c.ddl, `INSERT INTO refresh_tokens (revoked) VALUES (true)`)
			_, err := db.purge(tokens)
			require.ErrorContains(t, err, c.want)
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

func TestPoliciesOfAPartitionedTableAreNotBypassed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean, hold boolean) PARTITION BY LIST (day);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
		INSERT INTO refresh_tokens SELECT 1, NULL, true, n % 2 = 0 FROM generate_series(1, 10) AS n;
		ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
		CREATE POLICY p ON refresh_tokens USING (NOT hold);
		CREATE ROLE policed;
		GRANT SELECT, DELETE, UPDATE ON refresh_tokens, p1 TO policed`)
	defer db.exec(`DROP OWNED BY policed; DROP ROLE policed`)
	e := db.engine(tokens)
	_, err := e.Session.conn.Exec(t.Context(), `SET ROLE policed`)
	require.NoError(t, err)
	_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, "row-level security")
	require.EqualValues(t, 10, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestFunctionsOfOthersAreNotCalled(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (expires_at) VALUES (now() + interval '1 day')`, `
		CREATE TABLE hits (what text);
		CREATE FUNCTION hit(what text) RETURNS void LANGUAGE sql AS $$ INSERT INTO public.hits VALUES (what) $$;
		CREATE FUNCTION hashtextextended(text, integer) RETURNS bigint LANGUAGE plpgsql AS $$
			BEGIN PERFORM hit('hashtextextended'); RETURN 1; END $$;
		CREATE FUNCTION pg_relation_size(oid) RETURNS bigint LANGUAGE plpgsql AS $$
			BEGIN PERFORM hit('pg_relation_size'); RETURN 0; END $$;
		CREATE FUNCTION count(text) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM hit('count'); RETURN 0; END $$;
		CREATE FUNCTION evil_and(smallint, integer) RETURNS integer LANGUAGE plpgsql AS $$
			BEGIN PERFORM hit('&'); RETURN 0; END $$;
		CREATE OPERATOR & (LEFTARG = smallint, RIGHTARG = integer, FUNCTION = evil_and);
		CREATE FUNCTION evil_eq(regclass, oid) RETURNS boolean LANGUAGE plpgsql AS $$
			BEGIN PERFORM hit('='); RETURN false; END $$;
		CREATE OPERATOR = (LEFTARG = regclass, RIGHTARG = oid, FUNCTION = evil_eq);
		CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
		CREATE TRIGGER x BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION trg();
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens); CREATE INDEX ON audit (token_id)`)
	e := db.engine(tokens)
	e.Lag = &LagGuard{Limit: time.Second}
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.Empty(t, db.strings(`SELECT what FROM hits`))
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestABatchEndsBeforeTheServerLooksForDeadlocks(t *testing.T) {
	t.Parallel()
	for setting, role := range map[string]int64{"1ms": 0, "100ms": 0, "1s": 0, "1min": 0, "2s": 300} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			db.exec(fmt.Sprintf(`DO $$ BEGIN
				EXECUTE format('ALTER DATABASE %%I SET deadlock_timeout TO %q', current_database());
				EXECUTE format('ALTER DATABASE %%I SET statement_timeout TO %d', current_database()); END $$`, setting, role))
			var deadlock, statement, lock int64
			s := db.session()
			for name, ms := range map[string]*int64{"deadlock_timeout": &deadlock, "statement_timeout": &statement, "lock_timeout": &lock} {
				err := s.conn.QueryRow(t.Context(), `
					SELECT setting::pg_catalog.int8 FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) $1`, name).Scan(ms)
				require.NoError(t, err)
			}
			require.Positive(t, lock)
			require.Positive(t, statement)
			if deadlock >= 100 {
				require.Less(t, statement, deadlock)
			}
			if role > 0 {
				require.LessOrEqual(t, statement, role)
			}
		})
	}
}

func TestRowsThatAConstraintOrATriggerKeepsAreIsolated(t *testing.T) {
	t.Parallel()
	for name, ddl := range map[string]string{
		"SET DEFAULT where the default is no key": `
			CREATE TABLE audit (token_id bigint DEFAULT -1 REFERENCES refresh_tokens ON DELETE SET DEFAULT);
			CREATE INDEX ON audit (token_id); INSERT INTO audit VALUES (500)`,
		"a trigger that raises": `
			CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN IF OLD.id = 500 THEN RAISE EXCEPTION 'on hold'; END IF; RETURN OLD; END $$;
			CREATE TRIGGER x AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION hold()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`, ddl)
			p := db.mustPurge(tokens)
			require.EqualValues(t, 999, p.Deleted())
			require.EqualValues(t, 1, p.Tables[0].Undeletable)
		})
	}
}

func TestAFailingTriggerOfAPartitionIsAFailure(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (day int, expires_at timestamptz, revoked boolean) PARTITION BY LIST (day);
		CREATE TABLE p1 PARTITION OF refresh_tokens FOR VALUES IN (1);
		INSERT INTO refresh_tokens SELECT 1, NULL, true FROM generate_series(1, 10) AS n;
		CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO missing VALUES (1); RETURN NULL; END $$;
		CREATE TRIGGER x AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION log()`)
	_, err := db.purge(tokens)
	require.ErrorContains(t, err, "a table does not exist (SQLSTATE 42P01), in a trigger of the table")
}

func TestARestLongerThanTheSliceEndsIt(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100000)`)
	e := db.engine(tokens)
	e.Pace.DutyCycle = 1e-12
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Until: time.Now().Add(time.Minute)}, Progress{})
	require.NoError(t, err)
	require.False(t, p.Done)
	require.Equal(t, time.Hour, p.Rest, "it is rested between two slices")
	require.EqualValues(t, 1, p.Tables[0].Batches)
}

func TestATableThatRefersToItselfDoesNotChaseRevocations(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, parent bigint REFERENCES refresh_tokens, expires_at timestamptz, revoked boolean);
		CREATE INDEX ON refresh_tokens (parent);
		INSERT INTO refresh_tokens SELECT n, NULL, 'infinity', n = 1 FROM generate_series(1, 2000) n`)
	e := db.engine(tokens)
	e.Pace.BatchTarget = time.Minute // one range, also on a slow machine
	next := 1
	p, err := e.Run(t.Context(), Request{Tables: e.tables, Report: func(*Progress) {
		next++
		db.exec(fmt.Sprintf(`UPDATE refresh_tokens SET revoked = true WHERE id = %d`, next))
	}}, Progress{})
	require.NoError(t, err)
	require.LessOrEqual(t, p.Tables[0].Batches, int64(3), "what is revoked meanwhile is the next run's")
}

func TestRowsOfATableThatRefersToItselfAreCountedOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, parent bigint REFERENCES refresh_tokens, expires_at timestamptz, revoked boolean);
		CREATE INDEX ON refresh_tokens (parent);
		INSERT INTO refresh_tokens SELECT n, CASE WHEN n > 1 AND n < 20 THEN n - 1 END, 'infinity', true FROM generate_series(1, 30) n`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `SELECT FROM refresh_tokens WHERE id = 25 FOR UPDATE`)
	require.NoError(t, err)
	p := db.mustPurge(tokens)
	require.NoError(t, tx.Rollback(t.Context()))
	require.EqualValues(t, 29, p.Deleted())
	require.EqualValues(t, 1, p.Tables[0].Locked+p.Tables[0].Undeletable)
	require.Zero(t, p.Tables[0].Referenced)
}

func TestRowsLeftByTheCapAreNotCountedAsStuck(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
		CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
		CREATE TRIGGER x BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION trg()`)
	e := db.engine(tokens)
	e.MaxRows = 10
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.NoError(t, err)
	require.Zero(t, p.Tables[0].Undeletable)
	require.True(t, p.Capped)
}

func TestARowThatTakesTooLongIsLeft(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100);
		CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN IF OLD.id = 50 THEN PERFORM pg_sleep(60); END IF; RETURN OLD; END $$;
		CREATE TRIGGER slow AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION slow()`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout TO 200', current_database()); END $$`)
	p := db.mustPurge(tokens)
	require.EqualValues(t, 99, p.Deleted())
	require.EqualValues(t, 1, p.Tables[0].Undeletable)
}
