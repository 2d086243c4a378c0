package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault40WhatAPartitionsParentDeclaresIsNotPassedBy(t *testing.T) {
	t.Parallel()
	const audit = `; CREATE TABLE audit (n int);
		CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
			BEGIN INSERT INTO audit SELECT count(*) FROM gone; RETURN NULL; END $$;
		CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`
	const inherited = `
		CREATE TABLE tokens (n int, expires_at timestamptz);
		CREATE TABLE child () INHERITS (tokens);
		CREATE TABLE grandchild () INHERITS (child);
		INSERT INTO grandchild SELECT n, now() - interval '1 day' FROM generate_series(1, 10) AS n` + audit
	const partitioned = `
		CREATE TABLE tokens (n int, expires_at timestamptz) PARTITION BY RANGE (n);
		CREATE TABLE child PARTITION OF tokens DEFAULT PARTITION BY RANGE (n);
		CREATE TABLE grandchild PARTITION OF child DEFAULT;
		INSERT INTO tokens SELECT n, now() - interval '1 day' FROM generate_series(1, 10) AS n` + audit
	for name, c := range map[string]struct{ ddl, want string }{
		"a rule": {
			`CREATE RULE r AS ON DELETE TO tokens DO INSTEAD NOTHING`, `public.tokens has a rule ON DELETE`,
		},
		"a rule of the middle": {
			`CREATE RULE r AS ON DELETE TO child DO INSTEAD NOTHING`, `public.child has a rule ON DELETE`,
		},
		"a trigger with a transition table": {
			`CREATE TRIGGER audited AFTER DELETE ON tokens REFERENCING OLD TABLE AS gone EXECUTE FUNCTION note()`,
			`trigger "audited" of public.tokens runs once for each DELETE`,
		},
		"a trigger with a transition table of the middle": {
			`CREATE TRIGGER audited AFTER DELETE ON child REFERENCING OLD TABLE AS gone EXECUTE FUNCTION note()`,
			`trigger "audited" of public.child runs once for each DELETE`,
		},
		"a trigger before the statement": {
			`CREATE TRIGGER forbidden BEFORE UPDATE OR DELETE ON tokens EXECUTE FUNCTION forbid()`,
			`trigger "forbidden" of public.tokens runs once for each DELETE`,
		},
		"row-level security": {
			`ALTER TABLE tokens ENABLE ROW LEVEL SECURITY; CREATE POLICY hidden ON tokens USING (n > 5)`,
			`public.tokens has row-level security for this role`,
		},
		"row-level security of the middle": {
			`ALTER TABLE child ENABLE ROW LEVEL SECURITY; CREATE POLICY hidden ON child USING (n > 5)`,
			`public.child has row-level security for this role`,
		},
	} {
		for kind, ddl := range map[string]string{"inherited": inherited, "partitioned": partitioned} {
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, ddl, c.ddl)
				role := db.role(`GRANT SELECT, DELETE, UPDATE ON ALL TABLES IN SCHEMA public TO %[1]s`)
				for _, table := range []string{"tokens", "child", "grandchild"} {
					e := db.engine(Table{Name: table, Rules: []Rule{{Expires: []string{"expires_at"}}}})
					_, err := e.Session.conn.Exec(t.Context(), `SET ROLE `+role)
					require.NoError(t, err)
					_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
					require.ErrorContains(t, err, c.want, table)
					require.EqualValues(t, 10, db.number(`SELECT count(*) FROM tokens`), table)
					e.Session.Close(t.Context())
				}
			})
		}
	}
}

func TestWhatIsSwitchedOffIsNoReasonToRefuse(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, parted, `
		CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
		CREATE TRIGGER g BEFORE DELETE ON refresh_tokens EXECUTE FUNCTION forbid();
		ALTER TABLE ONLY refresh_tokens DISABLE TRIGGER g;
		CREATE RULE r AS ON DELETE TO refresh_tokens DO INSTEAD NOTHING;
		ALTER TABLE refresh_tokens DISABLE RULE r;
		CREATE TRIGGER u BEFORE UPDATE ON refresh_tokens EXECUTE FUNCTION forbid();
		ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY`) // a superuser passes it by
	p := db.mustPurge(tokens)
	require.EqualValues(t, 40, p.Deleted())
}

func TestFault40ATriggerThatAppearsOnTheParentDuringARunIsNotPassedBy(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]string{
		`trigger "forbidden" of public.refresh_tokens`: `CREATE TRIGGER forbidden BEFORE DELETE ON refresh_tokens EXECUTE FUNCTION forbid()`,
		`public.refresh_tokens has a rule ON DELETE`:   `CREATE RULE r AS ON DELETE TO refresh_tokens DO INSTEAD NOTHING`,
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, parted, `CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`)
			_, err := db.engine(tokens).afterBatch(t, func() { db.exec(change) })
			require.ErrorContains(t, err, want)
			require.EqualValues(t, 30, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}
