package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sessions and the tokens that belong to them, each with a rule of its own.
var (
	sessions      = Table{Name: "sessions", Rules: []Rule{{Done: "over"}}}
	sessionTokens = Table{Name: "tokens", Rules: []Rule{{Done: "revoked"}}}
)

// sparedByKeys are ways in which tokens can refer to sessions. All of 1000 sessions are dead; numbers 1 to 100
// have a live token, 101 to 200 a dead one.
var sparedByKeys = map[string]string{
	"a column": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE CASCADE);
		INSERT INTO sessions SELECT n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n FROM generate_series(1, 200) AS n;
		CREATE INDEX ON tokens (session_id)`,
	"another type, a partial index, deferred": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id smallint REFERENCES sessions ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
		CREATE INDEX ON tokens (session_id) WHERE session_id IS NOT NULL;
		INSERT INTO sessions SELECT n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n FROM generate_series(1, 200) AS n UNION ALL SELECT n, false, NULL FROM generate_series(201, 400) AS n`,
	"two keys": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE CASCADE,
			earlier bigint REFERENCES sessions ON DELETE CASCADE);
		INSERT INTO sessions SELECT n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 50, 2 * n, 2 * n - 1 FROM generate_series(1, 100) AS n;
		CREATE INDEX ON tokens (session_id); CREATE INDEX ON tokens (earlier)`,
	"a key that restricts besides": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE CASCADE,
			earlier bigint REFERENCES sessions);
		INSERT INTO sessions SELECT n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 50, 2 * n, 2 * n - 1 FROM generate_series(1, 100) AS n;
		CREATE INDEX ON tokens (session_id); CREATE INDEX ON tokens (earlier)`,
	"a key to itself besides": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean, parent bigint REFERENCES sessions);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE CASCADE);
		INSERT INTO sessions SELECT n, true, CASE WHEN n > 201 THEN n - 1 END FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n FROM generate_series(1, 200) AS n;
		CREATE INDEX ON tokens (session_id); CREATE INDEX ON sessions (parent)`,
	"a key to itself that is set to NULL": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean, parent bigint REFERENCES sessions ON DELETE SET NULL);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE CASCADE);
		INSERT INTO sessions SELECT n, true, CASE WHEN n > 1 THEN n - 1 END FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n FROM generate_series(1, 200) AS n;
		CREATE INDEX ON tokens (session_id); CREATE INDEX ON sessions (parent)`,
	"several columns, MATCH SIMPLE": `
		CREATE TABLE sessions (tenant text, id bigint, over boolean, PRIMARY KEY (tenant, id));
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint, tenant varchar(9),
			FOREIGN KEY (tenant, session_id) REFERENCES sessions ON DELETE CASCADE);
		INSERT INTO sessions SELECT 'a', n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n, 'a' FROM generate_series(1, 200) AS n
			UNION ALL SELECT n, false, n, NULL FROM generate_series(201, 400) AS n;
		CREATE INDEX ON tokens (session_id)`,
	"several columns, MATCH FULL": `
		CREATE TABLE sessions (tenant text, id bigint, over boolean, PRIMARY KEY (tenant, id));
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint, tenant text,
			FOREIGN KEY (tenant, session_id) REFERENCES sessions MATCH FULL ON DELETE CASCADE);
		INSERT INTO sessions SELECT 'a', n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n, 'a' FROM generate_series(1, 200) AS n
			UNION ALL SELECT n, false, NULL, NULL FROM generate_series(201, 400) AS n;
		CREATE INDEX ON tokens (tenant, session_id)`,
	"from partitions to partitions": `
		CREATE TABLE sessions (day int, id bigint, over boolean, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
		CREATE TABLE sessions_0 PARTITION OF sessions FOR VALUES IN (0);
		CREATE TABLE sessions_1 PARTITION OF sessions FOR VALUES IN (1);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint, session_day int,
			FOREIGN KEY (session_id, session_day) REFERENCES sessions ON DELETE CASCADE) PARTITION BY LIST (revoked);
		CREATE TABLE tokens_live PARTITION OF tokens FOR VALUES IN (false);
		CREATE TABLE tokens_dead PARTITION OF tokens DEFAULT;
		INSERT INTO sessions SELECT n % 2, n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n, n % 2 FROM generate_series(1, 200) AS n;
		CREATE INDEX ON tokens (session_id)`,
	"a table without rules goes along": `
		CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean);
		CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint REFERENCES sessions ON DELETE CASCADE);
		CREATE TABLE attributes (session_id bigint REFERENCES sessions ON DELETE CASCADE);
		INSERT INTO sessions SELECT n, true FROM generate_series(1, 1000) AS n;
		INSERT INTO tokens SELECT n, n > 100, n FROM generate_series(1, 200) AS n;
		INSERT INTO attributes SELECT generate_series(1, 1000);
		CREATE INDEX ON tokens (session_id); CREATE INDEX ON attributes (session_id)`,
}

func TestFault38ACascadeDeletesNoRowOfAConfiguredTable(t *testing.T) {
	t.Parallel()
	for name, ddl := range sparedByKeys {
		for _, plan := range []string{planSweep, planIndex} {
			for _, allowed := range []bool{false, true} {
				if goesAlong := name == "a table without rules goes along"; goesAlong && !allowed {
					continue
				}
				t.Run(fmt.Sprintf("%s, %s, allowed: %t", name, plan, allowed), func(t *testing.T) {
					t.Parallel()
					db := newDatabase(t, ddl)
					if plan == planIndex {
						db.exec(`CREATE INDEX ON sessions (over); CREATE INDEX ON tokens (revoked)`)
					}
					table := sessions
					table.AllowCascade = allowed
					live := db.ids(`SELECT id FROM tokens WHERE NOT revoked ORDER BY id`)
					e := db.engine(sessionTokens, table)
					dry, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
					require.NoError(t, err)
					p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
					require.NoError(t, err)
					require.Equal(t, live, db.ids(`SELECT id FROM tokens ORDER BY id`))
					require.EqualValues(t, 100, db.number(`SELECT count(*) FROM sessions`))
					require.EqualValues(t, 900, p.Tables[1].Deleted)
					require.EqualValues(t, 100, p.Tables[1].Referenced)
					require.Zero(t, p.Tables[1].Undeletable+p.Tables[1].Locked)
					require.Zero(t, p.Isolation.Failures)
					require.EqualValues(t, 1000, dry.Tables[1].Found())
					require.EqualValues(t, 200, dry.Tables[1].Referenced, "also by dead tokens, which a run deletes first")
					for _, touched := range dry.Tables[1].Touched {
						require.NotContains(t, touched.Table, "tokens")
					}
					again, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
					require.NoError(t, err)
					require.Zero(t, again.Deleted())
					require.EqualValues(t, 100, again.Tables[1].Referenced)
				})
			}
		}
	}
}

func TestFault38ACascadeFromTablesOfAPatternDeletesNone(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	for i := range 3 {
		db.exec(fmt.Sprintf(`
			CREATE SCHEMA tenant_%d; SET search_path = tenant_%[1]d;`, i) + sparedByKeys["a column"])
	}
	of := func(table Table) Table {
		table.Schema = "tenant_*"
		return table
	}
	p := db.mustPurge(of(sessionTokens), of(sessions))
	require.EqualValues(t, 300, p.Tables[0].Deleted)
	require.EqualValues(t, 2700, p.Tables[1].Deleted)
	require.EqualValues(t, 300, p.Tables[1].Referenced)
	for i := range 3 {
		require.EqualValues(t, 100, db.number(fmt.Sprintf(`SELECT count(*) FROM tenant_%d.tokens`, i)))
	}
}

// A cap cuts a batch short, also one that locks its rows first.
func TestFault38ACapHoldsWhereACascadeDeletesNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, sparedByKeys["a column"])
	e := db.engine(sessionTokens, sessions)
	e.MaxRows = 250
	for run := 1; ; run++ {
		p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
		require.NoError(t, err)
		require.LessOrEqual(t, p.Deleted(), int64(250))
		require.EqualValues(t, 100, db.number(`SELECT count(*) FROM tokens WHERE NOT revoked`))
		if !p.Capped {
			break
		}
		require.Less(t, run, 10)
	}
	require.EqualValues(t, 100, db.number(`SELECT count(*) FROM sessions`))
}

func TestFault38ACascadeIntoAConfiguredTableIsRefusedWhereItWouldNotBeSeenOrComesAnotherWay(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl, want string
		table     Table
	}{
		"no index": {
			`CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint CONSTRAINT fk REFERENCES sessions ON DELETE CASCADE)`,
			`foreign key "fk" has no index, so each deleted row would read all of public.tokens: ` +
				`CREATE INDEX CONCURRENTLY ON "public"."tokens" ("session_id")`,
			sessions,
		},
		"through a table without rules": {
			`CREATE TABLE middle (id bigint PRIMARY KEY, session_id bigint REFERENCES sessions ON DELETE CASCADE); CREATE INDEX ON middle (session_id);
			 INSERT INTO middle VALUES (1, 1);
			 CREATE TABLE tokens (id bigint, revoked boolean, middle_id bigint CONSTRAINT fk REFERENCES middle ON DELETE CASCADE);
			 CREATE INDEX ON tokens (middle_id)`,
			`foreign key "fk", reached through "middle_session_id_fkey" of public.middle, deletes rows of public.tokens with it, dead or not ` +
				`(ON DELETE CASCADE), and tokens is configured: this is refused whatever ALLOW_CASCADE says`,
			sessions,
		},
		// The key is spared where it leads to the partition, and not where it leads to the next one.
		"through the next partition": {
			`CREATE TABLE parted (id bigint, over boolean, day int, next bigint, next_day int, PRIMARY KEY (id, day)) PARTITION BY LIST (day);
			 CREATE TABLE parted_1 PARTITION OF parted FOR VALUES IN (1);
			 CREATE TABLE parted_2 PARTITION OF parted FOR VALUES IN (2);
			 ALTER TABLE parted_2 ADD CONSTRAINT next FOREIGN KEY (next, next_day) REFERENCES parted_1 ON DELETE CASCADE;
			 CREATE INDEX ON parted_2 (next);
			 CREATE TABLE tokens (id bigint, revoked boolean, session_id bigint, day int, CONSTRAINT fk FOREIGN KEY (session_id, day) REFERENCES parted ON DELETE CASCADE);
			 CREATE INDEX ON tokens (session_id);
			 INSERT INTO parted VALUES (1, true, 1, NULL, NULL), (2, false, 2, 1, 1); INSERT INTO tokens VALUES (1, false, 2, 2)`,
			`foreign key "fk", reached through "next" of public.parted_2, deletes rows of public.tokens with it`,
			Table{Name: "parted_1", Rules: sessions.Rules},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, `CREATE TABLE sessions (id bigint PRIMARY KEY, over boolean); INSERT INTO sessions VALUES (1, true)`, c.ddl)
			table := c.table
			table.AllowCascade = true
			before := db.number(`SELECT count(*) FROM sessions`)
			_, err := db.purge(table, sessionTokens)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, before, db.number(`SELECT count(*) FROM sessions`))
		})
	}
}
