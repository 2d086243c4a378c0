package worker

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/jobs"
)

// tenants makes the usual table in schemas of its own, with as many dead rows as given.
func (f *fixture) tenants(dead ...int) {
	f.t.Helper()
	for i, n := range dead {
		f.exec(fmt.Sprintf(`
			CREATE SCHEMA tenant_%d;
			CREATE TABLE tenant_%[1]d.refresh_tokens (LIKE refresh_tokens INCLUDING ALL);
			INSERT INTO tenant_%[1]d.refresh_tokens (revoked) SELECT true FROM generate_series(1, %d)`, i, n))
	}
	f.replica.Tables = append(f.replica.Tables, purge.Table{
		Schema: "tenant_*", Name: "refresh_tokens", Except: "siltgate", Rules: f.replica.Tables[0].Rules,
	})
}

func TestAPatternIsOneTableInResultViewAndMetrics(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.HTTPAddr = "127.0.0.1:0"
	f.tenants(3, 0, 7)
	f.start()
	f.told()
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `SELECT FROM tenant_2.refresh_tokens LIMIT 2 FOR UPDATE`)
	require.NoError(t, err)
	result := f.await(f.insert(`{}`), "completed")
	require.NoError(t, tx.Rollback(t.Context()))
	require.Len(t, result.Tables, 2)
	pattern := result.Tables[1]
	require.Equal(t, "tenant_*.refresh_tokens", pattern.Table)
	require.EqualValues(t, 3, *pattern.Matched)
	require.EqualValues(t, 8, pattern.Deleted)
	require.Equal(t, "tenant_2.refresh_tokens", pattern.Worst.Table)
	require.EqualValues(t, 5, pattern.Worst.Deleted)
	require.Equal(t, &result.Cutoff, pattern.Watermark)
	const proven = `SELECT count(*) FROM siltgate.tables WHERE name = 'tenant_*.refresh_tokens' AND configured AND matched = 3
		AND worst = 'tenant_2.refresh_tokens' AND worst_left = 2 AND deleted = 8 AND watermark IS NOT NULL AND error IS NULL`
	require.EqualValues(t, 1, f.number(proven))
	require.EqualValues(t, 2, f.number(`SELECT count(*) FROM siltgate.tables`))
	s := f.scrape()
	s.require(t, `siltgate_rows_deleted_total{table="tenant_*.refresh_tokens"}`, 8)
	s.require(t, `siltgate_pattern_tables{table="tenant_*.refresh_tokens"}`, 3)
	s.require(t, `siltgate_pattern_worst_left_rows{table="tenant_*.refresh_tokens",worst="tenant_2.refresh_tokens"}`, 2)
	require.Equal(t, 1, strings.Count(string(s), "tenant_2"), "no other label grows with the tables")

	// A run may be for one table of the pattern, and says nothing of the others.
	f.exec(`INSERT INTO tenant_0.refresh_tokens (revoked) VALUES (true); INSERT INTO tenant_1.refresh_tokens (revoked) VALUES (true)`)
	one := f.await(f.insert(`{"tables":["tenant_1.refresh_tokens"]}`), "completed")
	require.Len(t, one.Tables, 1)
	require.Equal(t, "tenant_1.refresh_tokens", one.Tables[0].Table)
	require.EqualValues(t, 1, one.Deleted)
	require.EqualValues(t, 1, f.number(proven))
	all := f.await(f.insert(`{"tables":["tenant_*.refresh_tokens"]}`), "completed")
	require.EqualValues(t, 3, all.Deleted)
	refused := f.await(f.insert(`{"tables":["other.refresh_tokens"]}`), "cancelled")
	require.Contains(t, refused.Error, "is not configured")

	// One that fails is named, and the others are purged.
	f.exec(`INSERT INTO tenant_0.refresh_tokens (revoked) VALUES (true); ALTER TABLE tenant_1.refresh_tokens RENAME revoked TO r`)
	failed := f.await(f.insert(`{}`), "retryable")
	require.EqualValues(t, 1, failed.Deleted)
	require.Contains(t, failed.Error, "1 table of 3 was not purged, all others were: tenant_1.refresh_tokens: ")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables WHERE error LIKE '%tenant_1%' AND worst = 'tenant_1.refresh_tokens'`))
}

func TestAPatternThatMatchesNothingIsSaidOnceAndFailsNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.tenants()
	f.exec(`REVOKE CREATE ON SCHEMA public FROM PUBLIC`) // which 14 grants, and is warned of
	f.start()
	result := f.await(f.insert(`{}`), "completed")
	require.Zero(t, *result.Tables[1].Matched)
	lines := f.awaitLine("table is purged, but should be looked at")
	require.Equal(t, "matches no table: check SILTGATE_TABLES_<n>_NAME, unless its tables are still to come", lines[0]["warning"])
	require.Equal(t, "tenant_*.refresh_tokens", lines[0]["table"])
}

// newHeldPattern has a replica by whose rule expiredOnly a run has completed on three tenants, and after that rows: in
// tenant_0 60 of 100 are revoked, in tenant_1 10 of 100. Then the rule is changed, and there is a new tenant_3
// with rows as tenant_0 has.
func newHeldPattern(t *testing.T) *fixture {
	t.Helper()
	f := newFixture(t)
	f.replica.MaxShare, f.replica.Tables = 0.5, expiredOnly
	f.tenants(0, 0, 0)
	pattern := f.replica.Tables[1:]
	f.replica.Tables = pattern
	stop := f.start()
	f.await(f.insert(`{}`), "completed")
	f.exec(`CREATE SCHEMA tenant_3; CREATE TABLE tenant_3.refresh_tokens (LIKE refresh_tokens INCLUDING ALL)`)
	for tenant, revoked := range map[int]int{0: 60, 1: 10, 3: 60} {
		f.exec(fmt.Sprintf(`INSERT INTO tenant_%d.refresh_tokens (revoked) SELECT n <= %d FROM generate_series(1, 100) AS n`, tenant, revoked))
	}
	changed := pattern[0]
	changed.Rules = revokedToo[0].Rules
	f.restart(stop, []purge.Table{changed})
	return f
}

func (f *fixture) left(tenant int) int64 {
	f.t.Helper()
	return f.number(fmt.Sprintf(`SELECT count(*) FROM tenant_%d.refresh_tokens`, tenant))
}

func TestAChangedRuleOfAPatternIsHeldUntilSomebodyConfirmsIt(t *testing.T) {
	t.Parallel()
	f := newHeldPattern(t)
	held := f.await(f.insert(`{}`), "completed")
	require.Equal(t, jobs.OutcomeHeld, held.Outcome)
	require.EqualValues(t, 10, held.Deleted, "tables of which the rule deletes less are purged")
	require.EqualValues(t, 100, f.left(0))
	require.EqualValues(t, 90, f.left(1))
	require.EqualValues(t, 100, f.left(3), "a new table is under the pattern's rule of before")
	require.Contains(t, held.Tables[0].Held, "2 of its tables are held, as is tenant_0.refresh_tokens: its rule is not the one by which a run last completed, and it would delete 60 of 100 rows")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables WHERE name = 'tenant_*.refresh_tokens' AND held LIKE '2 of its tables%' AND held_by = 2`))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.status WHERE held = '{tenant_*.refresh_tokens}'`))
	dry := f.await(f.insert(`{"dry_run":true}`), "completed")
	require.Contains(t, dry.Tables[0].Warnings[0], "2 of its tables are held")

	// One of them is asked for by its name.
	require.Equal(t, jobs.OutcomeHeld, f.await(f.insert(`{"tables":["tenant_3.refresh_tokens"]}`), "completed").Outcome)
	require.EqualValues(t, 60, f.await(f.insert(`{"tables":["tenant_3.refresh_tokens"],"confirm":true}`), "completed").Deleted)
	f.exec(`UPDATE tenant_3.refresh_tokens SET revoked = true`)
	again := f.await(f.insert(`{}`), "completed")
	require.Equal(t, jobs.OutcomeHeld, again.Outcome)
	require.Contains(t, again.Tables[0].Held, "tenant_0.refresh_tokens: its rule")
	require.EqualValues(t, 40, again.Deleted, "of that table it is the rule")
	require.EqualValues(t, 100, f.left(0))

	confirmed := f.await(f.insert(`{"confirm":true}`), "completed")
	require.Equal(t, jobs.OutcomeCompleted, confirmed.Outcome)
	require.EqualValues(t, 60, confirmed.Deleted)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.tables WHERE held IS NOT NULL`))

	// From now on it is the rule, of new tables too.
	f.exec(`UPDATE tenant_0.refresh_tokens SET revoked = true; CREATE SCHEMA tenant_4;
		CREATE TABLE tenant_4.refresh_tokens AS SELECT * FROM tenant_0.refresh_tokens`)
	all := f.await(f.insert(`{}`), "completed")
	require.Equal(t, jobs.OutcomeCompleted, all.Outcome)
	require.EqualValues(t, 80, all.Deleted)
}

// One table of the pattern always fails, so that no run ever completes on all of them.
func TestAChangedRuleOfAPatternIsHeldAlsoIfOneTableAlwaysFails(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.MaxShare, f.replica.MaxAttempts, f.replica.Tables = 0.5, 1, expiredOnly
	f.tenants(0, 0)
	pattern := f.replica.Tables[1:]
	f.replica.Tables = pattern
	f.exec(`ALTER TABLE tenant_1.refresh_tokens RENAME expires_at TO e; INSERT INTO tenant_1.refresh_tokens (revoked) VALUES (true)`)
	stop := f.start()
	f.await(f.insert(`{}`), "discarded")
	f.exec(`INSERT INTO tenant_0.refresh_tokens (revoked) SELECT n <= 60 FROM generate_series(1, 100) AS n`)
	changed := pattern[0]
	changed.Rules = revokedToo[0].Rules
	f.restart(stop, []purge.Table{changed})
	f.await(f.insert(`{}`), "discarded")
	require.EqualValues(t, 100, f.left(0))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE warnings::text LIKE '%tenant_0.refresh_tokens: its rule is not the one%'`))
	f.await(f.insert(`{"confirm":true}`), "discarded")
	require.EqualValues(t, 40, f.left(0))
	f.exec(`UPDATE tenant_0.refresh_tokens SET revoked = true`)
	f.await(f.insert(`{}`), "discarded")
	require.Zero(t, f.left(0))
}
