package purge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFault21ATableThatCannotBePurgedFailsAloneAndIsNamed(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`;
		INSERT INTO refresh_tokens (revoked) VALUES (true), (false);
		CREATE TABLE other (expires_at interval, used text, at timestamptz);
		CREATE VIEW seen AS SELECT * FROM refresh_tokens`)
	for _, c := range []struct {
		table Table
		want  string
	}{
		{Table{Name: "missing", Rules: []Rule{{Expires: []string{"expires_at"}}}}, "purge missing: does not exist"},
		{Table{Schema: "nowhere", Name: "missing", Rules: []Rule{{Expires: []string{"expires_at"}}}}, "purge nowhere.missing: does not exist"},
		{Table{Name: "seen", Rules: []Rule{{Expires: []string{"expires_at"}}}}, "purge seen: is a view: want a table"},
		{Table{Name: "other", Rules: []Rule{{Expires: []string{"gone"}}}}, `purge other: column "gone" does not exist`},
		{Table{Name: "other", Rules: []Rule{{Expires: []string{"expires_at"}}}}, `purge other: column "expires_at" is of type interval`},
		{Table{Name: "other", Rules: []Rule{{Expires: []string{"at"}, Done: "used"}}}, `purge other: column "used" is of type text`},
		{Table{Schema: "public", Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"revoked"}}}}, `column "revoked" is a boolean: EXPIRES_COLUMN wants a timestamp`},
		{
			Table{Schema: "public", Name: "refresh_tokens", Rules: []Rule{{Done: "revoked", KeepDone: time.Hour}}},
			`column "revoked" does not say since when a row is done, which KEEP_DONE=1h0m0s wants`,
		},
		{Table{Name: `x"; DROP TABLE refresh_tokens; --`, Rules: []Rule{{Expires: []string{"expires_at"}}}}, "does not exist"},
	} {
		t.Run(c.want, func(t *testing.T) {
			db.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
			p, err := db.purge(c.table, tokens)
			require.ErrorContains(t, err, c.want)
			require.False(t, p.Done)
			require.True(t, p.Tables[1].Done, "the other table was purged")
			require.Zero(t, db.number(`SELECT count(*) FROM refresh_tokens WHERE revoked`))
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
		})
	}
}

func TestFault16AFullDiskFailsTheTableWithTheReason(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens+`;
		INSERT INTO refresh_tokens (revoked) VALUES (true);
		CREATE TABLE other (done boolean);
		INSERT INTO other VALUES (true);
		CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN
			RAISE EXCEPTION 'could not extend file "base/5/16384": No space left on device' USING ERRCODE = 'disk_full';
		END; $$;
		CREATE TRIGGER fill_disk AFTER DELETE ON refresh_tokens FOR EACH ROW EXECUTE FUNCTION fill_disk()`)
	other := Table{Name: "other", Rules: []Rule{{Done: "done"}}}
	e := db.engine(tokens, other)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.EqualError(t, err, "purge refresh_tokens: delete batch: the server's disk is full (SQLSTATE 53100), "+
		"in a trigger of the table or in a function that it calls: make room there")
	require.False(t, p.Done)
	require.True(t, p.Tables[1].Done, "the other table was purged")

	db.exec(`DROP TRIGGER fill_disk ON refresh_tokens`)
	p.Retry()
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 2, p.Deleted())
}

func TestAnErrorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) VALUES (true);
		CREATE ROLE may_read;
		GRANT SELECT ON refresh_tokens TO may_read`)
	defer db.exec(`DROP OWNED BY may_read; DROP ROLE may_read`)
	e := db.engine(tokens)
	_, err := e.Session.conn.Exec(t.Context(), `SET ROLE may_read`)
	require.NoError(t, err)
	_, err = e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.EqualError(t, err, `purge refresh_tokens: role "may_read" lacks DELETE and UPDATE of one column (to pass over locked rows) on it: `+
		`GRANT DELETE, UPDATE ("revoked") ON "public"."refresh_tokens" TO "may_read"`)
}

func TestFault21ATableWithoutPrivilegeFailsAloneAndIsNamed(t *testing.T) {
	t.Parallel()
	for missing, want := range map[string]string{
		"SELECT": `GRANT SELECT ("ctid", "tableoid", "expires_at") ON "vault"."guarded" TO `,
		"DELETE": `GRANT DELETE ON "vault"."guarded" TO `,
		"USAGE":  `GRANT USAGE ON SCHEMA "vault" TO `,
	} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				INSERT INTO refresh_tokens (revoked) VALUES (true), (false);
				CREATE SCHEMA vault;
				CREATE TABLE vault.guarded (expires_at timestamptz);
				INSERT INTO vault.guarded VALUES (now() - interval '1 day')`)
			role := db.role(`GRANT USAGE ON SCHEMA vault TO %[1]s;
				GRANT SELECT, DELETE, UPDATE ON refresh_tokens, vault.guarded TO %[1]s`)
			if missing == "USAGE" {
				db.exec(`REVOKE USAGE ON SCHEMA vault FROM ` + role)
			} else {
				db.exec(`REVOKE ` + missing + ` ON vault.guarded FROM ` + role)
			}
			e := db.engine(Table{Schema: "vault", Name: "guarded", Rules: []Rule{{Expires: []string{"expires_at"}}}}, tokens)
			_, err := e.Session.conn.Exec(t.Context(), `SET ROLE `+role)
			require.NoError(t, err)
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.ErrorContains(t, err, "purge vault.guarded: ")
			require.ErrorContains(t, err, want)
			require.True(t, p.Tables[1].Done, "the other table was purged")
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`))
			require.EqualValues(t, 1, db.number(`SELECT count(*) FROM vault.guarded`))
		})
	}
}

func TestAFailedTableIsTriedAgainAlone(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	late := Table{Name: "late", Rules: []Rule{{Done: "used"}}}
	e := db.engine(tokens, late)
	p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.ErrorContains(t, err, "purge late: does not exist")

	db.exec(`CREATE TABLE late (used boolean); INSERT INTO late VALUES (true), (false)`)
	db.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	p.Retry()
	p, err = e.Run(t.Context(), Request{Tables: e.tables}, p)
	require.NoError(t, err)
	require.True(t, p.Done)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM late`))
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens`), "a table that was done is not purged again")
}

func TestAnOptionalTableMayBeAbsent(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens)
	p := db.mustPurge(tokens, Table{Name: "password_resets", Rules: []Rule{{Expires: []string{"expires_at"}}}, Optional: true})
	require.True(t, p.Tables[1].Absent)
}

func TestATableConfiguredTwiceIsRefused(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens)
	db.exec(`CREATE SCHEMA app; ALTER TABLE refresh_tokens SET SCHEMA app`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER ROLE CURRENT_USER IN DATABASE %I SET search_path TO app', current_database()); END $$`)
	qualified := tokens
	qualified.Schema = "app"
	_, err := db.purge(tokens, qualified)
	require.ErrorContains(t, err, "purge app.refresh_tokens: is the same table as refresh_tokens")
}
