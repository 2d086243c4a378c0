package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// kinds of keys: of 1000 dead rows, numbers 1 to 100 are referred to.
var keptByKeys = map[string]string{
	"NO ACTION": `
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT generate_series(1, 100) UNION ALL SELECT NULL`,
	"another type": `
		CREATE TABLE audit (token_id numeric, small smallint);
		ALTER TABLE audit ADD FOREIGN KEY (small) REFERENCES refresh_tokens;
		CREATE INDEX ON audit (small);
		INSERT INTO audit (small) SELECT generate_series(1, 100)`,
	"a partial index": `
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens ON DELETE RESTRICT);
		CREATE INDEX ON audit (token_id) WHERE token_id IS NOT NULL;
		INSERT INTO audit SELECT generate_series(1, 100) UNION ALL SELECT NULL FROM generate_series(1, 100)`,
	"a hash index": `
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
		CREATE INDEX ON audit USING hash (token_id);
		INSERT INTO audit SELECT generate_series(1, 100)`,
	"a deferred key": `
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens DEFERRABLE INITIALLY DEFERRED);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT generate_series(1, 100)`,
	"a partitioned table": `
		CREATE TABLE audit (day int, token_id bigint REFERENCES refresh_tokens) PARTITION BY LIST (day);
		CREATE TABLE a1 PARTITION OF audit FOR VALUES IN (1);
		CREATE TABLE a2 PARTITION OF audit FOR VALUES IN (2);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT 1 + n % 2, n FROM generate_series(1, 100) AS n`,
	"several columns, MATCH SIMPLE": `
		ALTER TABLE refresh_tokens ADD tenant text DEFAULT 'a', ADD UNIQUE (tenant, id);
		CREATE TABLE audit (id bigint, tenant varchar(9), FOREIGN KEY (tenant, id) REFERENCES refresh_tokens (tenant, id));
		CREATE INDEX ON audit (id);
		INSERT INTO audit SELECT n, 'a' FROM generate_series(1, 100) AS n UNION ALL SELECT n, NULL FROM generate_series(101, 200) AS n`,
	"several columns, MATCH FULL": `
		ALTER TABLE refresh_tokens ADD tenant text DEFAULT 'a', ADD UNIQUE (tenant, id);
		CREATE TABLE audit (id bigint, tenant text, FOREIGN KEY (tenant, id) REFERENCES refresh_tokens (tenant, id) MATCH FULL);
		CREATE INDEX ON audit (id);
		INSERT INTO audit SELECT n, 'a' FROM generate_series(1, 100) AS n UNION ALL SELECT NULL, NULL`,
	"SET NULL of a column that must not be NULL": `
		CREATE TABLE audit (token_id bigint NOT NULL REFERENCES refresh_tokens ON DELETE SET NULL);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT generate_series(1, 100)`,
	"SET DEFAULT without one": `
		CREATE TABLE audit (token_id bigint NOT NULL REFERENCES refresh_tokens ON DELETE SET DEFAULT);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT generate_series(1, 100)`,
	"two keys": `
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
		CREATE TABLE devices (token_id bigint REFERENCES refresh_tokens);
		CREATE INDEX ON audit (token_id); CREATE INDEX ON devices (token_id);
		INSERT INTO audit SELECT generate_series(1, 70); INSERT INTO devices SELECT generate_series(51, 100)`,
	"odd names and another collation": `
		ALTER TABLE refresh_tokens ADD "Key ""x" text COLLATE "C" UNIQUE;
		UPDATE refresh_tokens SET "Key ""x" = id::text;
		CREATE SCHEMA "My Schema";
		CREATE TABLE "My Schema"."Au""dit" ("token Key" text COLLATE "POSIX" REFERENCES refresh_tokens ("Key ""x"));
		CREATE INDEX ON "My Schema"."Au""dit" ("token Key");
		INSERT INTO "My Schema"."Au""dit" SELECT n::text FROM generate_series(1, 100) AS n`,
	"a domain": `
		CREATE DOMAIN token_number AS bigint;
		CREATE TABLE audit (token_id token_number REFERENCES refresh_tokens);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT generate_series(1, 100)`,
}

func TestFault55RowsThatAnyKindOfKeyKeepsAreNotTried(t *testing.T) {
	t.Parallel()
	for name, ddl := range keptByKeys {
		for _, plan := range []string{planSweep, planIndex} {
			t.Run(name+", "+plan, func(t *testing.T) {
				t.Parallel()
				db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000)`, ddl)
				if plan == planIndex {
					db.exec(indexTokens)
				}
				e := db.engine(tokens)
				dry, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: true}, Progress{})
				require.NoError(t, err)
				p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
				require.NoError(t, err)
				require.EqualValues(t, 900, p.Deleted())
				require.EqualValues(t, 100, p.Tables[0].Referenced)
				require.Zero(t, p.Tables[0].Undeletable)
				require.Zero(t, p.Isolation.Failures, "no statement fails for them")
				require.EqualValues(t, 900, dry.Tables[0].Counted)
				require.EqualValues(t, 100, dry.Tables[0].Referenced)
			})
		}
	}
}

func TestFault55AReferringTableThatTheRoleMayNotReadIsLeftToTheDatabase(t *testing.T) {
	t.Parallel()
	for name, grants := range map[string]string{
		"no privilege":       ``,
		"no column":          `GRANT SELECT (note) ON audit TO %[1]s;`,
		"row-level security": `GRANT SELECT ON audit TO %[1]s; ALTER TABLE audit ENABLE ROW LEVEL SECURITY;`,
		"no usage": `CREATE SCHEMA vault; ALTER TABLE audit SET SCHEMA vault;
			GRANT SELECT ON vault.audit TO %[1]s;`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `
				INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000);
				CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens, note text);
				CREATE INDEX ON audit (token_id);
				INSERT INTO audit VALUES (500)`)
			role := db.role(`GRANT SELECT, DELETE, UPDATE ON refresh_tokens TO %[1]s;` + grants)
			e := db.engine(tokens)
			_, err := e.Session.conn.Exec(t.Context(), `SET ROLE `+role)
			require.NoError(t, err)
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.EqualValues(t, 999, p.Deleted())
			require.EqualValues(t, 1, p.Tables[0].Undeletable)
			require.Contains(t, p.Tables[0].Refusal, "23503")
		})
	}
}

func TestFault55ARowThatIsReferredToMeanwhileIsIsolated(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 1000);
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
		CREATE INDEX ON audit (token_id)`)
	tx := db.begin()
	_, err := tx.Exec(t.Context(), `INSERT INTO audit VALUES (500)`) // it holds the row it refers to
	require.NoError(t, err)
	p := db.purgedOnceItCommits(tx)
	require.EqualValues(t, 999, p.Deleted())
	require.EqualValues(t, 1, p.Tables[0].Referenced+p.Tables[0].Undeletable)
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM refresh_tokens WHERE id = 500`))
}

func TestFault55NoStatementFailsWhereHalfOfTheRowsAreReferredTo(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, `
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 10000);
		CREATE TABLE audit (token_id bigint REFERENCES refresh_tokens);
		CREATE INDEX ON audit (token_id);
		INSERT INTO audit SELECT 2 * n FROM generate_series(1, 5000) AS n; ANALYZE`)
	p := db.mustPurge(tokens)
	require.EqualValues(t, 5000, p.Deleted())
	require.EqualValues(t, 5000, p.Tables[0].Referenced)
	require.Zero(t, p.Isolation.Failures)
	t.Logf("took %s", p.Tables[0].Took)
}
