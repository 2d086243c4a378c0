package purge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestFault47AllProblemsOfAllTablesAreFoundAtOnce(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		CREATE TABLE other (at timestamp, used text);
		CREATE TABLE good (id bigint PRIMARY KEY, done boolean);
		CREATE VIEW seen WITH (security_barrier) AS SELECT r.* FROM refresh_tokens AS r JOIN good ON good.id = r.id;
		CREATE MATERIALIZED VIEW stored AS TABLE refresh_tokens;
		CREATE PUBLICATION p FOR TABLE other;
		ALTER TABLE other ENABLE ROW LEVEL SECURITY;
		CREATE SCHEMA hidden;
		CREATE TABLE hidden.far (done boolean)`)
	worker := db.as(`GRANT SELECT ON refresh_tokens TO %[1]s; GRANT SELECT, UPDATE, DELETE ON good TO %[1]s`)
	role := worker.name()
	all := worker.inspect(
		tokens,
		Table{Name: "other", Rules: []Rule{{Expires: []string{"at"}, Done: "used", KeepDone: time.Hour}}},
		Table{Name: "good", Rules: []Rule{{Done: "done"}}},
		Table{Schema: "public", Name: "good", Rules: []Rule{{Done: "done"}}},
		Table{Name: "seen", Rules: []Rule{{Done: "revoked"}}},
		Table{Name: "stored", Rules: []Rule{{Done: "revoked"}}},
		Table{Name: "far", Rules: []Rule{{Done: "done"}}},
		Table{Name: "Good", Rules: []Rule{{Done: "done"}}},
		Table{Name: "gone", Rules: []Rule{{Done: "done"}}},
		Table{Name: "gone", Rules: []Rule{{Done: "done"}}, Optional: true},
	)
	for i, want := range []string{
		`role %[1]s lacks DELETE and UPDATE of one column (to pass over locked rows) on it: GRANT DELETE, UPDATE ("revoked") ON "public"."refresh_tokens" TO %[1]s`,
		`column "at" is a timestamp without zone: say in TIMESTAMP_ZONE which zone wrote it; ` +
			`column "used" is of type text: want a boolean, a timestamp, a number with DONE_UNIT, or DONE_VALUES beside it; ` +
			`role %[1]s lacks SELECT of ctid, tableoid, at, used and DELETE and UPDATE of one column (to pass over locked rows) on it: ` +
			`GRANT SELECT ("ctid", "tableoid", "at", "used"), DELETE, UPDATE ("used") ON "public"."other" TO %[1]s; ` +
			`row security may hide dead rows of it from role %[1]s: it needs a policy that lets it work on all rows, or BYPASSRLS: ` +
			`CREATE POLICY "siltgate" ON "public"."other" TO %[1]s USING (true); ` +
			`every DELETE from it fails: publication "p" publishes it, and there is no replica identity: ALTER TABLE "public"."other" REPLICA IDENTITY FULL`,
		``,
		`is the same table as good: give both the same SILTGATE_TABLES_<n>_NAME, or leave one out`,
		`is a view: want a table, and it shows public.good, public.refresh_tokens`,
		`is a materialized view: want a table, and it shows public.refresh_tokens`,
		`does not exist, but hidden.far does: name it so in SILTGATE_TABLES_<n>_NAME, if that is meant`,
		`does not exist, but public.good does: name it so in SILTGATE_TABLES_<n>_NAME, if that is meant`,
		`does not exist: create it, or name another one in SILTGATE_TABLES_<n>_NAME; siltgate doctor --suggest looks for tables of tokens`,
		``,
	} {
		t.Run(fmt.Sprint(i, " ", all[i].Table), func(t *testing.T) {
			if want == "" {
				require.NoError(t, all[i].Err())
				return
			}
			require.EqualError(t, all[i].Err(), strings.ReplaceAll(want, "%[1]s", role))
		})
	}
	require.True(t, all[9].Absent)
	require.Equal(t, "public.refresh_tokens", all[0].Title)
	require.True(t, all[0].ByPath)
	require.False(t, all[3].ByPath)
}

func TestFault47AnInspectionReadsTheCatalogOnly(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `LOCK TABLE refresh_tokens IN ACCESS EXCLUSIVE MODE`)
	require.NoError(t, err)
	require.Empty(t, db.inspect(tokens)[0].problems(Refused), "it does not wait for the application")
}

func TestFault47ATableInASchemaThatTheRoleMayNotUseIsNotAbsent(t *testing.T) {
	t.Parallel()
	for _, optional := range []bool{false, true} {
		db := newDatabase(t, createVault)
		worker := db.as(`GRANT SELECT, UPDATE, DELETE ON vault.tokens TO %[1]s;
			DO $$ BEGIN EXECUTE format('ALTER ROLE %[1]s IN DATABASE %%I SET search_path TO nowhere, "vault", public', current_database()); END $$`)
		table := vaultTokens
		table.Schema, table.Optional = "", optional
		worker.requireMended(t, table, 3, `is in schema "vault", which role %[1]s may not use: GRANT USAGE ON SCHEMA "vault" TO %[1]s`)
	}
}

func TestFault47ATemporaryTableOfAnotherSessionIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t)
	config, err := pgx.ParseConfig(db.url)
	require.NoError(t, err)
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	defer func() { _ = conn.Close(t.Context()) }()
	_, err = conn.Exec(t.Context(), createTokens[:len("\n\tCREATE ")]+"TEMPORARY "+createTokens[len("\n\tCREATE "):])
	require.NoError(t, err)
	var schema string
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT pg_my_temp_schema()::regnamespace::text`).Scan(&schema))
	table := tokens
	table.Schema = schema
	require.EqualError(t, db.inspect(table)[0].Err(), "is a temporary table of another session: name a table that is not temporary")
}

func TestFault47DomainsAndGeneratedColumnsAreWhatTheyAreBasedOn(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE DOMAIN instant AS timestamptz;
		CREATE DOMAIN expiry AS instant CHECK (VALUE > '2000-01-01');
		CREATE DOMAIN "Flag" AS boolean;
		CREATE DOMAIN word AS text;
		CREATE TABLE tokens (
			issued timestamp, ends expiry, state text,
			revoked "Flag" GENERATED ALWAYS AS (state = 'revoked') STORED,
			note word
		);
		INSERT INTO tokens (ends, state) VALUES (now() - '1 d'::interval, 'live'), (now() + '1 d'::interval, 'revoked'), (now() + '1 d'::interval, 'live')`)
	table := Table{Name: "tokens", Rules: []Rule{{Expires: []string{"ends"}, Done: "revoked"}}}
	require.Empty(t, db.inspect(table)[0].problems(Refused))
	p := db.mustPurge(table)
	require.EqualValues(t, 2, p.Deleted())
	require.EqualError(t, db.inspect(Table{Name: "tokens", Rules: []Rule{{Done: "note"}}})[0].Err(), `column "note" is of type text: want a boolean, a timestamp, a number with DONE_UNIT, or DONE_VALUES beside it`)
}

func TestFault48ATableOfAStrangerIsWarnedOf(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens)
	mallory := db.role(`ALTER TABLE refresh_tokens OWNER TO %[1]s`)
	worker := db.as(grantTokens)
	var owner string
	require.NoError(t, db.pool.QueryRow(t.Context(), `SELECT current_user`).Scan(&owner))
	require.Contains(t, worker.inspect(tokens)[0].problems(Warned), fmt.Sprintf(`public.refresh_tokens belongs to role "%s", `+
		`which owns neither its schema nor the database: its triggers run with the rights of role %s: ALTER TABLE "public"."refresh_tokens" OWNER TO "%s"`,
		mallory, worker.name(), owner))
	require.NoError(t, worker.inspect(tokens)[0].Err(), "it is purged all the same")
	worker.mustPurge(tokens)

	for _, c := range []struct{ what, ddl string }{
		{"the schema's owner", `ALTER SCHEMA public OWNER TO ` + mallory},
		{"the worker's role", `ALTER SCHEMA public OWNER TO CURRENT_USER; GRANT ` + mallory + ` TO ` + worker.name()},
		{"a superuser", `REVOKE ` + mallory + ` FROM ` + worker.name() + `; ALTER TABLE refresh_tokens OWNER TO CURRENT_USER`},
	} {
		db.exec(c.ddl)
		require.NotContains(t, strings.Join(worker.inspect(tokens)[0].problems(Warned), "\n"), "belongs to", c.what)
	}
}

func TestFault48APathInWhichOthersMayCreateIsWarnedOf(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC`)
	worker := db.as(grantTokens)
	named := tokens
	named.Schema = "public"
	require.Empty(t, worker.inspect(tokens)[0].Findings)

	db.exec(`GRANT CREATE ON SCHEMA public TO PUBLIC`)
	require.Equal(t, []string{fmt.Sprintf(`anyone may create objects in schema "public" of the search_path of role %s, by which refresh_tokens is found: `+
		`name it public.refresh_tokens: REVOKE CREATE ON SCHEMA "public" FROM PUBLIC`, worker.name())}, worker.inspect(tokens)[0].problems(Warned))
	require.Empty(t, worker.inspect(named)[0].Findings, "its name says which it is, and it has no triggers")

	db.exec(`REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
	other := db.role(`GRANT CREATE ON SCHEMA public TO %[1]s;
		CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$;
		CREATE TRIGGER audit BEFORE DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION audit()`)
	require.Equal(t, []string{fmt.Sprintf(`role "%[1]s" may create objects in schema "public" of the search_path of role %[2]s, by which its triggers find `+
		`their tables and functions: REVOKE CREATE ON SCHEMA "public" FROM "%[1]s"`, other, worker.name())}, worker.inspect(named)[0].problems(Warned))
}
