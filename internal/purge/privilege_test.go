package purge

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// createVault makes a table outside of the path, with three dead rows and a live one.
const createVault = `
	CREATE SCHEMA vault;
	CREATE TABLE vault.tokens (id bigint, token_hash text, expires_at timestamptz, revoked boolean);
	INSERT INTO vault.tokens SELECT n, n::text, now() + '1 h', n < 4 FROM generate_series(1, 4) AS n`

var vaultTokens = Table{Schema: "vault", Name: "tokens", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}}

func TestFault45EachMissingPrivilegeComesWithTheGrantThatMendsIt(t *testing.T) {
	t.Parallel()
	const usage = `role %[1]s may not use schema "vault": GRANT USAGE ON SCHEMA "vault" TO %[1]s`
	for name, c := range map[string]struct {
		granted string
		want    []string
	}{
		"all of them": {``, []string{
			usage,
			`role %[1]s lacks SELECT of ctid, tableoid, expires_at, revoked and DELETE and UPDATE of one column (to pass over locked rows) on it: ` +
				`GRANT SELECT ("ctid", "tableoid", "expires_at", "revoked"), DELETE, UPDATE ("revoked") ON "vault"."tokens" TO %[1]s`,
		}},
		"the schema": {`GRANT SELECT, UPDATE, DELETE ON vault.tokens TO %[1]s`, []string{usage}},
		"DELETE": {`GRANT USAGE ON SCHEMA vault TO %[1]s; GRANT SELECT, UPDATE ON vault.tokens TO %[1]s`, []string{
			`role %[1]s lacks DELETE on it: GRANT DELETE ON "vault"."tokens" TO %[1]s`,
		}},
		"UPDATE": {`GRANT USAGE ON SCHEMA vault TO %[1]s; GRANT SELECT, DELETE ON vault.tokens TO %[1]s`, []string{
			`role %[1]s lacks UPDATE of one column (to pass over locked rows) on it: GRANT UPDATE ("revoked") ON "vault"."tokens" TO %[1]s`,
		}},
		"one column": {`GRANT USAGE ON SCHEMA vault TO %[1]s; GRANT SELECT (ctid, tableoid, expires_at), UPDATE (id), DELETE ON vault.tokens TO %[1]s`, []string{
			`role %[1]s lacks SELECT of ctid, tableoid, expires_at, revoked on it: ` +
				`GRANT SELECT ("ctid", "tableoid", "expires_at", "revoked") ON "vault"."tokens" TO %[1]s`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newDatabase(t, createVault).as(c.granted).requireMended(t, vaultTokens, 3, c.want...)
		})
	}
}

func TestFault45PrivilegesOnTheColumnsThatAreReadSuffice(t *testing.T) {
	t.Parallel()
	for _, indexed := range []bool{false, true} {
		db := newDatabase(t, createVault)
		if indexed {
			db.exec(`CREATE INDEX ON vault.tokens (expires_at); CREATE INDEX ON vault.tokens (id) WHERE revoked`)
		}
		least := db.as(`GRANT USAGE ON SCHEMA vault TO %[1]s;
			GRANT SELECT (ctid, tableoid, expires_at, revoked), UPDATE (expires_at), DELETE ON vault.tokens TO %[1]s`)
		require.Empty(t, least.inspect(vaultTokens)[0].Findings)
		// A row that is locked makes the run take the way that needs UPDATE.
		tx := db.begin()
		_, err := tx.Exec(t.Context(), `SELECT FROM vault.tokens WHERE id = 1 FOR UPDATE`)
		require.NoError(t, err)
		p := least.mustPurge(vaultTokens)
		require.EqualValues(t, 2, p.Deleted())
		require.EqualValues(t, 1, p.Tables[0].Locked)
	}
}

func TestFault45AManagedRoleThatOwnsNothingLearnsItsGrants(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createVault, `ALTER SCHEMA vault OWNER TO postgres`).asManaged(``)
	db.requireMended(t, vaultTokens, 3,
		`role %[1]s may not use schema "vault": GRANT USAGE ON SCHEMA "vault" TO %[1]s`,
		`role %[1]s lacks SELECT of ctid, tableoid, expires_at, revoked and DELETE and UPDATE of one column (to pass over locked rows) on it: `+
			`GRANT SELECT ("ctid", "tableoid", "expires_at", "revoked"), DELETE, UPDATE ("revoked") ON "vault"."tokens" TO %[1]s`)
}

func TestFault45AMembershipThatIsNotInheritedGivesNothing(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createVault)
	owner := db.role(`ALTER TABLE vault.tokens OWNER TO %[1]s`)
	worker := db.as(`ALTER ROLE %[1]s NOINHERIT; GRANT ` + owner + ` TO %[1]s; GRANT USAGE ON SCHEMA vault TO %[1]s`)
	worker.requireMended(t, vaultTokens, 3,
		`role %[1]s lacks SELECT of ctid, tableoid, expires_at, revoked and DELETE and UPDATE of one column (to pass over locked rows) on it `+
			`(it is a member of "`+owner+`", which owns it, but does not inherit from it): `+
			`GRANT SELECT ("ctid", "tableoid", "expires_at", "revoked"), DELETE, UPDATE ("revoked") ON "vault"."tokens" TO %[1]s`)
}

func TestFault45EachPartitionNeedsItsGrantAndTheOthersArePurged(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE SCHEMA parts;
		CREATE TABLE "Tokens" (id integer, "expiresAt" timestamptz) PARTITION BY LIST (id);
		CREATE TABLE one PARTITION OF "Tokens" FOR VALUES IN (1);
		CREATE TABLE parts."T'wo" PARTITION OF "Tokens" FOR VALUES IN (2);
		CREATE TABLE three PARTITION OF "Tokens" FOR VALUES IN (3);
		INSERT INTO "Tokens" SELECT n, now() - '1 d'::interval FROM generate_series(1, 3) AS n`)
	worker := db.as(`GRANT SELECT, UPDATE, DELETE ON "Tokens", three TO %[1]s; GRANT SELECT ON one TO %[1]s`)
	table := Table{Name: "Tokens", Rules: []Rule{{Expires: []string{"expiresAt"}}}}
	want := []string{
		`role %[1]s may not use schema "parts": GRANT USAGE ON SCHEMA "parts" TO %[1]s`,
		`role %[1]s lacks SELECT of ctid, tableoid, expiresAt and DELETE and UPDATE of one column (to pass over locked rows) on parts.T'wo: ` +
			`GRANT SELECT ("ctid", "tableoid", "expiresAt"), DELETE, UPDATE ("expiresAt") ON "parts"."T'wo" TO %[1]s`,
		`role %[1]s lacks DELETE and UPDATE of one column (to pass over locked rows) on public.one: ` +
			`GRANT DELETE, UPDATE ("expiresAt") ON "public"."one" TO %[1]s`,
	}
	p, err := worker.purge(table)
	require.EqualError(t, err, "purge Tokens: "+fmt.Sprintf(strings.Join(want, "; "), worker.name()))
	require.EqualValues(t, 1, p.Deleted(), "the third partition was purged")

	db.exec(`INSERT INTO three VALUES (3, now() - '1 d'::interval)`)
	worker.requireMended(t, table, 2, want...)
}

func TestFault45ManyPartitionsAreMendedByOneStatement(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE "it's $siltgate$ \ all" (id integer, expires_at timestamptz) PARTITION BY LIST (id);
		DO $$ BEGIN FOR n IN 1..40 LOOP
			EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%s)', 'p' || n, 'it''s $siltgate$ \ all', n);
		END LOOP; END $$;
		INSERT INTO "it's $siltgate$ \ all" SELECT n, now() - '1 d'::interval FROM generate_series(1, 40) AS n`).as(``)
	table := Table{Name: `it's $siltgate$ \ all`, Rules: []Rule{{Expires: []string{"expires_at"}}}}
	found := db.inspect(table)[0]
	require.Len(t, found.problems(Refused), 1)
	require.Len(t, found.Findings[0].SQL, 1)
	require.Contains(t, found.Findings[0].Problem, "public.p1, public.p10, ")
	require.Contains(t, found.Findings[0].Problem, " and 30 more of it")
	require.Less(t, len(found.Err().Error()), 1200)
	db.exec(found.Findings[0].SQL[0])
	p := db.mustPurge(table)
	require.EqualValues(t, 40, p.Deleted())
}

func TestFault45TheReferencesOfATableToItselfAreReadToo(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE chain (id bigint PRIMARY KEY, parent_id bigint REFERENCES chain, revoked boolean);
		CREATE INDEX ON chain (parent_id);
		INSERT INTO chain VALUES (1, NULL, true), (2, 1, true)`)
	db.as(`GRANT SELECT (ctid, tableoid, revoked), UPDATE (revoked), DELETE ON chain TO %[1]s`).
		requireMended(t, Table{Name: "chain", Rules: []Rule{{Done: "revoked"}}}, 2,
			`role %[1]s lacks SELECT of ctid, tableoid, revoked, id, parent_id on it: `+
				`GRANT SELECT ("ctid", "tableoid", "revoked", "id", "parent_id") ON "public"."chain" TO %[1]s`)
}

func TestFault45APrivilegeThatIsRevokedInMidRunIsNamedWithItsGrant(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createVault).as(`GRANT USAGE ON SCHEMA vault TO %[1]s; GRANT SELECT, UPDATE, DELETE ON vault.tokens TO %[1]s`)
	revoked := false
	e := db.engineOn(db.watched(func(sql string) {
		if strings.HasPrefix(sql, "DELETE") && !revoked {
			revoked = true
			db.exec(`REVOKE DELETE ON vault.tokens FROM ` + db.name())
		}
	}), vaultTokens)
	_, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
	require.EqualError(t, err, fmt.Sprintf(`purge vault.tokens: role %[1]s lacks DELETE on it: GRANT DELETE ON "vault"."tokens" TO %[1]s`, db.name()))
}

func TestFault45RowsThatOthersReferToAreWorkedAroundWithoutPrivilegesForThem(t *testing.T) {
	t.Parallel()
	const create = `
		CREATE TABLE tokens (id bigint PRIMARY KEY, revoked boolean);
		CREATE TABLE uses (token_id bigint CONSTRAINT fk REFERENCES tokens);
		CREATE INDEX ON uses (token_id);
		INSERT INTO tokens SELECT n, true FROM generate_series(1, 20) AS n;
		INSERT INTO uses VALUES (3), (17)`
	table := Table{Name: "tokens", Rules: []Rule{{Done: "revoked"}}}
	for name, granted := range map[string]string{
		"neither":         `GRANT SELECT (ctid, tableoid, revoked), UPDATE (revoked), DELETE ON tokens TO %[1]s`,
		"of the table":    `GRANT SELECT, UPDATE, DELETE ON tokens TO %[1]s`,
		"of the referrer": `GRANT SELECT (ctid, tableoid, revoked), UPDATE (revoked), DELETE ON tokens TO %[1]s; GRANT SELECT ON uses TO %[1]s`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, create).as(granted)
			found := db.inspect(table)[0]
			require.Empty(t, found.problems(Refused))
			var warned Finding
			for _, f := range found.Warnings() {
				if strings.Contains(f.Problem, "fk") {
					warned = f
				}
			}
			require.Equal(t, fmt.Sprintf(`role %s may not see which rows foreign key "fk" of public.uses keeps: they are tried, one by one, at every run`, db.name()), warned.Problem)
			p := db.mustPurge(table)
			require.EqualValues(t, 18, p.Deleted())
			require.EqualValues(t, 2, p.Tables[0].Undeletable)

			for _, statement := range warned.SQL {
				db.exec(statement)
			}
			for _, f := range db.inspect(table)[0].Warnings() {
				require.NotContains(t, f.Problem, "fk")
			}
			p = db.mustPurge(table)
			require.EqualValues(t, 2, p.Tables[0].Referenced)
			require.Zero(t, p.Tables[0].Undeletable)
		})
	}
}
