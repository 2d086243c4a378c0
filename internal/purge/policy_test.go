package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	createPoliced = createTokens + `;
		INSERT INTO refresh_tokens (revoked) SELECT n < 8 FROM generate_series(1, 10) AS n;
		ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY`
	grantTokens = `GRANT SELECT, UPDATE, DELETE ON refresh_tokens TO %[1]s`

	hiddenTokens = `row security may hide dead rows of it from role %[1]s: it needs a policy that lets it work on all rows, or BYPASSRLS: ` +
		`CREATE POLICY "siltgate" ON "public"."refresh_tokens" TO %[1]s USING (true)`
)

func TestFault23RowSecurityThatMayHideRowsIsRefusedWithThePolicyThatMendsIt(t *testing.T) {
	t.Parallel()
	for name, policies := range map[string]string{
		"none":                 ``,
		"some rows":            `CREATE POLICY p ON refresh_tokens USING (id > 3)`,
		"a setting":            `CREATE POLICY p ON refresh_tokens USING (id = current_setting('app.tenant')::bigint)`,
		"all rows to be seen":  `CREATE POLICY p ON refresh_tokens FOR SELECT USING (true)`,
		"all but to be locked": `CREATE POLICY p ON refresh_tokens FOR SELECT USING (true); CREATE POLICY q ON refresh_tokens FOR DELETE USING (true)`,
		"not to be deleted": `CREATE POLICY p ON refresh_tokens FOR SELECT USING (true); CREATE POLICY q ON refresh_tokens FOR UPDATE USING (true);
			CREATE POLICY r ON refresh_tokens FOR DELETE USING (id > 3)`,
		"of others":     `CREATE POLICY p ON refresh_tokens TO pg_monitor USING (true)`,
		"only written":  `CREATE POLICY p ON refresh_tokens FOR INSERT WITH CHECK (true)`,
		"true in a way": `CREATE POLICY p ON refresh_tokens USING (id = id)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newDatabase(t, createPoliced, policies).as(grantTokens).requireMended(t, tokens, 7, hiddenTokens)
		})
	}
}

func TestFault23RowSecurityThatProvablyHidesNothingIsNoObstacle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ policies, role string }{
		"a policy for all":      {`CREATE POLICY p ON refresh_tokens USING (true)`, ``},
		"a policy for each":     {`CREATE POLICY p ON refresh_tokens FOR SELECT USING (true); CREATE POLICY q ON refresh_tokens FOR UPDATE USING (true); CREATE POLICY r ON refresh_tokens FOR DELETE USING (true)`, ``},
		"beside a narrower one": {`CREATE POLICY p ON refresh_tokens USING (true); CREATE POLICY q ON refresh_tokens USING (id > 3)`, ``},
		"a restriction on INSERT": {`CREATE POLICY p ON refresh_tokens USING (true);
			CREATE POLICY q ON refresh_tokens AS RESTRICTIVE FOR INSERT WITH CHECK (id > 3)`, ``},
		"a restriction on others": {`CREATE POLICY p ON refresh_tokens USING (true);
			CREATE POLICY q ON refresh_tokens AS RESTRICTIVE TO pg_monitor USING (id > 3)`, ``},
		"a policy of its role's role": {`CREATE POLICY p ON refresh_tokens TO pg_monitor USING (true)`, `; GRANT pg_monitor TO %[1]s`},
		"BYPASSRLS":                   {``, `; ALTER ROLE %[1]s BYPASSRLS`},
		"the owner":                   {``, `; ALTER TABLE refresh_tokens OWNER TO %[1]s`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createPoliced, c.policies).as(grantTokens + c.role)
			require.Empty(t, db.inspect(tokens)[0].problems(Refused))
			p := db.mustPurge(tokens)
			require.EqualValues(t, 7, p.Deleted())
		})
	}
}

func TestFault23AnOwnerUnderForcedRowSecurityIsNoException(t *testing.T) {
	t.Parallel()
	newDatabase(t, createPoliced).as(`ALTER TABLE refresh_tokens OWNER TO %[1]s; ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY`).
		requireMended(t, tokens, 7, hiddenTokens)
}

func TestFault23ARestrictivePolicyIsMendedByBypassAlone(t *testing.T) {
	t.Parallel()
	newDatabase(t, createPoliced, `
		CREATE POLICY p ON refresh_tokens USING (true);
		CREATE POLICY q ON refresh_tokens AS RESTRICTIVE USING (id > 3)`).as(grantTokens).
		requireMended(t, tokens, 7, `row security with a restrictive policy may hide dead rows of it from role %[1]s: ALTER ROLE %[1]s BYPASSRLS`)
}

func TestFault23APolicyOfTheNameIsNotInTheWay(t *testing.T) {
	t.Parallel()
	newDatabase(t, createPoliced, `CREATE POLICY siltgate ON refresh_tokens USING (id > 3)`).as(grantTokens).
		requireMended(t, tokens, 7, `row security may hide dead rows of it from role %[1]s: it needs a policy that lets it work on all rows, or BYPASSRLS: `+
			`CREATE POLICY "siltgate_2" ON "public"."refresh_tokens" TO %[1]s USING (true)`)
}

func TestFault23RowSecurityOfOnePartitionLeavesTheOthers(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE TABLE refresh_tokens (id integer, expires_at timestamptz, revoked boolean) PARTITION BY LIST (id);
		CREATE TABLE one PARTITION OF refresh_tokens FOR VALUES IN (1);
		CREATE TABLE two PARTITION OF refresh_tokens FOR VALUES IN (2);
		INSERT INTO refresh_tokens VALUES (1, NULL, true), (2, NULL, true);
		ALTER TABLE two ENABLE ROW LEVEL SECURITY`)
	worker := db.as(`GRANT SELECT, UPDATE, DELETE ON refresh_tokens, one, two TO %[1]s`)
	p, err := worker.purge(tokens)
	require.ErrorContains(t, err, "row security may hide dead rows of public.two")
	require.EqualValues(t, 1, p.Deleted())
	worker.requireMended(t, tokens, 1, `row security may hide dead rows of public.two from role %[1]s: `+
		`it needs a policy that lets it work on all rows, or BYPASSRLS: CREATE POLICY "siltgate" ON "public"."two" TO %[1]s USING (true)`)
}

func TestFault23RowSecurityOfAParentIsMendedByItsPolicy(t *testing.T) {
	t.Parallel()
	const partitioned = `
		CREATE TABLE refresh_tokens (id integer, expires_at timestamptz, revoked boolean) PARTITION BY LIST (id);
		CREATE TABLE one PARTITION OF refresh_tokens FOR VALUES IN (1);
		CREATE TABLE two PARTITION OF refresh_tokens FOR VALUES IN (2)`
	const inherited = `
		CREATE TABLE refresh_tokens (id integer, expires_at timestamptz, revoked boolean);
		CREATE TABLE one () INHERITS (refresh_tokens);
		CREATE TABLE two () INHERITS (refresh_tokens)`
	for name, create := range map[string]string{"partitions": partitioned, "children": inherited} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, create, `
				INSERT INTO one VALUES (1, NULL, true); INSERT INTO two VALUES (2, NULL, true);
				ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
				CREATE POLICY p ON refresh_tokens USING (id = 1)`).as(`GRANT SELECT, UPDATE, DELETE ON refresh_tokens, one, two TO %[1]s`)
			db.requireMended(t, tokens, 2, `public.refresh_tokens has row-level security for this role, and its policies do not hold in its `+
				`partitions and children, where rows are deleted: let the role work on all rows: CREATE POLICY "siltgate" ON "public"."refresh_tokens" TO %[1]s USING (true)`)
		})
	}
}

// row_security = off makes an error of every statement that a policy concerns, also of one that lets all rows through.
func TestFault23RowSecurityIsOnWhateverTheRolesSettings(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createPoliced, `CREATE POLICY p ON refresh_tokens USING (true)`)
	p := db.as(grantTokens + `; ALTER ROLE %[1]s SET row_security = off`).mustPurge(tokens)
	require.EqualValues(t, 7, p.Deleted())
}
