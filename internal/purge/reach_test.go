package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault37APartitionByItsOwnNameSeesTheKeysOfItsParents(t *testing.T) {
	t.Parallel()
	const ddl = `
		CREATE TABLE sess (id bigint, year int, expires_at timestamptz, PRIMARY KEY (id, year)) PARTITION BY RANGE (year);
		CREATE TABLE sess_2020s PARTITION OF sess FOR VALUES FROM (2020) TO (2030) PARTITION BY LIST (year);
		CREATE TABLE sess_2025 PARTITION OF sess_2020s FOR VALUES IN (2025);
		INSERT INTO sess SELECT n, 2025, now() - interval '1 day' FROM generate_series(1, 100) AS n`
	for name, c := range map[string]struct{ ddl, want string }{
		"a cascade to the parent": {
			`CREATE TABLE logins (sess_id bigint, sess_year int,
				CONSTRAINT fk FOREIGN KEY (sess_id, sess_year) REFERENCES sess ON DELETE CASCADE)`,
			`foreign key "fk" deletes rows of public.logins with it, dead or not (ON DELETE CASCADE)`,
		},
		"a cascade to the middle": {
			`CREATE TABLE logins (sess_id bigint, sess_year int,
				CONSTRAINT fk FOREIGN KEY (sess_id, sess_year) REFERENCES sess_2020s ON DELETE CASCADE)`,
			`foreign key "fk" deletes rows of public.logins with it, dead or not (ON DELETE CASCADE)`,
		},
		"a cascade to the parent, from partitions": {
			`CREATE TABLE logins (sess_id bigint, sess_year int, n int,
				CONSTRAINT fk FOREIGN KEY (sess_id, sess_year) REFERENCES sess ON DELETE CASCADE) PARTITION BY LIST (n);
			 CREATE TABLE logins_1 PARTITION OF logins DEFAULT`,
			`foreign key "fk" deletes rows of public.logins with it, dead or not (ON DELETE CASCADE)`,
		},
		"a cascade to the partition, from a partition": {
			`CREATE TABLE logins (sess_id bigint, sess_year int, n int) PARTITION BY LIST (n);
			 CREATE TABLE logins_1 PARTITION OF logins (
				CONSTRAINT fk FOREIGN KEY (sess_id, sess_year) REFERENCES sess_2025 ON DELETE CASCADE) DEFAULT`,
			`foreign key "fk" deletes rows of public.logins_1 with it, dead or not (ON DELETE CASCADE)`,
		},
		"no index": {
			`CREATE TABLE logins (sess_id bigint, sess_year int,
				CONSTRAINT fk FOREIGN KEY (sess_id, sess_year) REFERENCES sess)`,
			`foreign key "fk" has no index, so each deleted row would read all of public.logins: ` +
				`CREATE INDEX CONCURRENTLY ON "public"."logins" ("sess_id", "sess_year")`,
		},
		"a cascade within the parent": {
			`ALTER TABLE sess ADD parent bigint, ADD parent_year int,
				ADD CONSTRAINT fk FOREIGN KEY (parent, parent_year) REFERENCES sess ON DELETE CASCADE;
			 CREATE INDEX ON sess (parent, parent_year)`,
			`foreign key "fk" deletes live rows of the table itself with dead ones (ON DELETE CASCADE)`,
		},
		"a cascade from the next partition": {
			`CREATE TABLE sess_2026 PARTITION OF sess_2020s FOR VALUES IN (2026);
			 ALTER TABLE sess ADD parent bigint, ADD parent_year int;
			 ALTER TABLE sess_2026 ADD CONSTRAINT fk FOREIGN KEY (parent, parent_year) REFERENCES sess_2025 ON DELETE CASCADE;
			 CREATE INDEX ON sess_2026 (parent, parent_year)`,
			`foreign key "fk" deletes rows of public.sess_2026 with it, dead or not (ON DELETE CASCADE)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, ddl, c.ddl)
			for _, named := range []string{"sess_2025", "sess_2020s", "sess"} {
				_, err := db.purge(Table{Name: named, Rules: []Rule{{Expires: []string{"expires_at"}}}})
				require.ErrorContains(t, err, "purge "+named+": ")
				if name == "a cascade from the next partition" && named != "sess_2025" {
					require.ErrorContains(t, err, "of the table itself")
				} else {
					require.ErrorContains(t, err, c.want)
				}
				require.EqualValues(t, 100, db.number(`SELECT count(*) FROM sess`))
			}
		})
	}
}

// cycle is a table whose rows and those of devices belong to each other: ten dead
// tokens with a device each, and on each device a live token.
const cycle = createTokens + `;
	CREATE TABLE devices (id bigint PRIMARY KEY, first_token bigint CONSTRAINT first_token REFERENCES refresh_tokens ON DELETE CASCADE);
	CREATE INDEX ON devices (first_token);
	INSERT INTO refresh_tokens (revoked) SELECT n <= 10 FROM generate_series(1, 20) AS n;
	INSERT INTO devices SELECT n, n FROM generate_series(1, 10) AS n;
	ALTER TABLE refresh_tokens ADD device_id bigint;
	UPDATE refresh_tokens SET device_id = (id - 1) % 10 + 1;
	CREATE INDEX ON refresh_tokens (device_id)`

func TestFault38ACascadeThatComesBackToAConfiguredTableIsRefusedWhateverIsAllowed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ddl   string
		other Table // configured besides, and not asked for
		want  string
	}{
		"to the table itself": {
			`ALTER TABLE refresh_tokens ADD CONSTRAINT back FOREIGN KEY (device_id) REFERENCES devices ON DELETE CASCADE`,
			Table{},
			`foreign key "back", reached through "first_token" of public.devices, deletes live rows of the table itself`,
		},
		"to the table itself, by way of another configured one": {
			`ALTER TABLE refresh_tokens ADD CONSTRAINT back FOREIGN KEY (device_id) REFERENCES devices ON DELETE CASCADE`,
			Table{Name: "devices", Rules: []Rule{{Expires: []string{"expires_at"}}}},
			`foreign key "back", reached through "first_token" of public.devices, deletes live rows of the table itself`,
		},
		"the long way": {
			`CREATE TABLE a (id bigint PRIMARY KEY, up bigint REFERENCES devices ON DELETE CASCADE); CREATE INDEX ON a (up);
			 CREATE TABLE b (id bigint PRIMARY KEY, up bigint REFERENCES a ON DELETE CASCADE); CREATE INDEX ON b (up);
			 CREATE TABLE c (id bigint PRIMARY KEY, up bigint REFERENCES b ON DELETE CASCADE); CREATE INDEX ON c (up);
			 ALTER TABLE refresh_tokens ADD CONSTRAINT back FOREIGN KEY (device_id) REFERENCES c ON DELETE CASCADE NOT VALID`,
			Table{},
			`"c_up_fkey" of public.c, deletes live rows of the table itself`,
		},
		"to a partition of a configured one": {
			`CREATE TABLE logins (device_id bigint) PARTITION BY LIST (device_id);
			 CREATE TABLE logins_1 PARTITION OF logins DEFAULT;
			 ALTER TABLE logins_1 ADD CONSTRAINT back FOREIGN KEY (device_id) REFERENCES devices ON DELETE CASCADE;
			 CREATE INDEX ON logins_1 (device_id)`,
			Table{Schema: "public", Name: "logins", Rules: []Rule{{Expires: []string{"expires_at"}}}},
			`deletes rows of public.logins_1 with it, dead or not (ON DELETE CASCADE), and public.logins is configured`,
		},
		"to what a configured one is a partition of": {
			`CREATE TABLE logins (device_id bigint CONSTRAINT back REFERENCES devices ON DELETE CASCADE) PARTITION BY LIST (device_id);
			 CREATE TABLE logins_1 PARTITION OF logins DEFAULT;
			 CREATE INDEX ON logins (device_id)`,
			Table{Name: "logins_1", Rules: []Rule{{Expires: []string{"expires_at"}}}},
			`deletes rows of public.logins with it, dead or not (ON DELETE CASCADE), and logins_1 is configured`,
		},
		"to a child of a configured one": {
			`CREATE TABLE logins (device_id bigint, expires_at timestamptz);
			 CREATE TABLE phones (CONSTRAINT back FOREIGN KEY (device_id) REFERENCES devices ON DELETE CASCADE) INHERITS (logins);
			 CREATE INDEX ON phones (device_id)`,
			Table{Name: "logins", Rules: []Rule{{Expires: []string{"expires_at"}}}},
			`deletes rows of public.phones with it, dead or not (ON DELETE CASCADE), and logins is configured`,
		},
		"to what refers to a partition alone": {
			`CREATE TABLE logins (id bigint, device_id bigint REFERENCES devices ON DELETE CASCADE, PRIMARY KEY (id, device_id)) PARTITION BY LIST (device_id);
			 CREATE TABLE logins_1 PARTITION OF logins DEFAULT; CREATE UNIQUE INDEX ON logins_1 (id); CREATE INDEX ON logins (device_id);
			 ALTER TABLE refresh_tokens ADD CONSTRAINT back FOREIGN KEY (device_id) REFERENCES logins_1 (id) ON DELETE CASCADE NOT VALID`,
			Table{},
			`deletes live rows of the table itself`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, cycle, c.ddl)
			allowed := tokens
			allowed.AllowCascade = true
			e := db.engine(allowed)
			e.Configured = e.tables
			if c.other.Name != "" {
				e.Configured = append(e.Configured, c.other)
			}
			_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.ErrorContains(t, err, c.want)
			require.EqualValues(t, 20, db.number(`SELECT count(*) FROM refresh_tokens`))
			require.EqualValues(t, 10, db.number(`SELECT count(*) FROM devices`))
		})
	}
}

func TestFault37ARenamedAndReplacedTableIsPurgedFromItsBeginning(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked, token_hash) SELECT true, repeat('x', 1000) FROM generate_series(1, 3000)`)
	e := db.engine(tokens)
	e.Pace.BatchTarget = 1 // nanosecond: the smallest batches
	p, err := e.afterBatch(t, func() {
		db.exec(`ALTER TABLE refresh_tokens RENAME TO old`)
		db.exec(createTokens)
		db.exec(`INSERT INTO refresh_tokens (revoked) SELECT n % 2 = 0 FROM generate_series(1, 2000) AS n`)
	})
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 1000, db.number(`SELECT count(*) FROM refresh_tokens`))
	require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
	require.Positive(t, db.number(`SELECT count(*) FROM old`), "it is configured no more")
	require.Equal(t, 1000+3000-db.number(`SELECT count(*) FROM old`), p.Deleted())
}

func TestFault38AKeyThatChangesWhatARuleJudgesByIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE days (day timestamptz PRIMARY KEY);
		INSERT INTO days VALUES ('2020-01-01'), ('infinity');
		CREATE TABLE sessions (expires_at timestamptz DEFAULT '2020-01-01' CONSTRAINT fk REFERENCES days ON DELETE SET DEFAULT);
		CREATE INDEX ON sessions (expires_at)`)
	_, err := db.purge(Table{Name: "days", Rules: []Rule{{Expires: []string{"day"}}}}, Table{Name: "sessions", Rules: []Rule{{Expires: []string{"expires_at"}}}})
	require.ErrorContains(t, err, `foreign key "fk" (ON DELETE SET DEFAULT) changes "expires_at" of public.sessions, `+
		`by which the rule of sessions says which rows are dead`)
	require.EqualValues(t, 2, db.number(`SELECT count(*) FROM days`))
}

func TestFault38ARuleOnWhatACascadeReachesIsRefused(t *testing.T) {
	t.Parallel()
	for action, rule := range map[string]string{
		"CASCADE":  `CREATE RULE other AS ON DELETE TO codes DO INSTEAD DELETE FROM refresh_tokens`,
		"SET NULL": `CREATE RULE other AS ON UPDATE TO codes DO INSTEAD DELETE FROM refresh_tokens`,
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				INSERT INTO refresh_tokens (revoked) VALUES (true), (false);
				CREATE TABLE codes (token_id bigint CONSTRAINT fk REFERENCES refresh_tokens ON DELETE `+action+`);
				CREATE INDEX ON codes (token_id);
				INSERT INTO codes VALUES (1)`, rule)
			allowed := tokens
			allowed.AllowCascade = true
			_, err := db.purge(allowed)
			require.ErrorContains(t, err, `foreign key "fk" (ON DELETE `+action+`) changes rows of public.codes, whose rule "other" does something else`)
			require.EqualValues(t, 2, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}
