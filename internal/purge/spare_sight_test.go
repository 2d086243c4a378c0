package purge

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A role does not know that it has to spare rows that it does not see.
func TestFault38ATableIsRefusedToARoleThatDoesNotSeeWhatACascadeWouldDelete(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ grants, want string }{
		"no SELECT of the key": {
			`GRANT SELECT (ctid, tableoid, revoked), UPDATE (revoked), DELETE ON tokens TO %[1]s`,
			`role %s lacks SELECT of session_id on public.tokens, to see which rows foreign key "tokens_session_id_fkey" keeps: ` +
				`GRANT SELECT ("session_id") ON "public"."tokens" TO %[1]s`,
		},
		"row security": {
			`GRANT SELECT, UPDATE, DELETE ON tokens TO %[1]s; ALTER TABLE tokens ENABLE ROW LEVEL SECURITY`,
			`row security may hide rows of public.tokens from role %s, and foreign key "tokens_session_id_fkey" would delete them ` +
				`(ON DELETE CASCADE): ALTER ROLE %[1]s BYPASSRLS`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, sparedByKeys["a column"])
			db = db.as(`GRANT SELECT (ctid, tableoid, xmax, id, over), UPDATE (over), DELETE ON sessions TO %[1]s; ` + c.grants)
			refused := db.inspect(sessions, sessionTokens)[0]
			require.Equal(t, []string{fmt.Sprintf(c.want, db.name())}, refused.problems(Refused))
			_, err := db.purge(sessions, sessionTokens)
			require.ErrorContains(t, err, refused.Err().Error())
			require.EqualValues(t, 1000, db.number(`SELECT count(*) FROM sessions`))
			require.EqualValues(t, 100, db.number(`SELECT count(*) FROM tokens WHERE NOT revoked`))
			for _, f := range refused.Findings {
				for _, statement := range f.SQL {
					db.exec(statement)
				}
			}
			require.Empty(t, db.inspect(sessions, sessionTokens)[0].problems(Refused))
			p := db.mustPurge(sessionTokens, sessions)
			require.EqualValues(t, 900, p.Tables[1].Deleted)
		})
	}
}

// The keys of a partitioned table are looked at partition by partition, in the run.
func TestFault38APartitionIsRefusedToARoleThatDoesNotSeeWhatACascadeWouldDelete(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, sparedByKeys["from partitions to partitions"])
	db = db.as(`GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %[1]s; ALTER TABLE tokens ENABLE ROW LEVEL SECURITY`)
	_, err := db.purge(sessions, sessionTokens)
	require.ErrorContains(t, err, `not all rows of "public"."tokens" that refer to it may be read by this role, and ON DELETE CASCADE would delete them`)
	require.EqualValues(t, 1000, db.number(`SELECT count(*) FROM sessions`))
	require.EqualValues(t, 200, db.number(`SELECT count(*) FROM tokens`))
}

// Whatever happens to the other table between two batches, no batch looks for its rows in the wrong place.
func TestFault38ATableThatChangesIsNotLookedForInTheWrongPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ change, want string }{
		"row security": {
			`ALTER TABLE tokens ENABLE ROW LEVEL SECURITY`,
			"row security may hide rows of public.tokens",
		},
		"another table of that name": {
			`ALTER TABLE tokens RENAME TO old; CREATE TABLE tokens (LIKE old); GRANT ALL ON tokens TO PUBLIC`,
			`deletes rows of public.old with it, dead or not (ON DELETE CASCADE): allow it with`,
		},
		"another schema": {
			`CREATE SCHEMA old; ALTER TABLE tokens SET SCHEMA old; CREATE TABLE tokens (LIKE old.tokens); GRANT ALL ON tokens TO PUBLIC`,
			`deletes rows of old.tokens with it, dead or not (ON DELETE CASCADE): allow it with`,
		},
		"another column of that name": {
			`ALTER TABLE tokens RENAME session_id TO old; ALTER TABLE tokens ADD session_id bigint`,
			"",
		},
		"another column of the session": {
			`ALTER TABLE sessions RENAME id TO old; ALTER TABLE sessions ADD id bigint`,
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, sparedByKeys["a column"], `
				UPDATE tokens SET session_id = 1001 - id;
				ALTER TABLE sessions ADD filler text;
				UPDATE sessions SET filler = repeat('x', 1000)`)
			role := db.as(`GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO %[1]s`)
			e := role.engine(sessions)
			e.Configured = []Table{sessions, sessionTokens}
			e.Pace.BatchTarget = 1 // nanosecond: the smallest batches
			e.MaxRows = 100
			_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{}) // the statements are prepared
			require.NoError(t, err)
			e.MaxRows = 0
			p, err := e.afterBatch(t, func() { db.exec(c.change) })
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
			} else {
				require.NoError(t, err)
				require.EqualValues(t, 200, p.Tables[0].Referenced)
			}
			table := "tokens"
			if db.number(`SELECT count(*) FROM tokens`) == 0 {
				require.NoError(t, db.pool.QueryRow(t.Context(), `
					SELECT format('%I.%I', nspname, relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace
					WHERE 'old' IN (nspname, relname) AND relkind = 'r'`).Scan(&table))
			}
			require.EqualValues(t, 200, db.number(`SELECT count(*) FROM `+table))
		})
	}
}
