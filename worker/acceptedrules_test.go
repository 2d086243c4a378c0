package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// expiredOnly and revokedToo are two rules for the fixture's table.
var (
	expiredOnly = []purge.Table{{Name: "refresh_tokens", Rules: []purge.Rule{{Expires: []string{"expires_at"}}}}}
	revokedToo  = []purge.Table{{Name: "refresh_tokens", Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}}}
)

// newHeldFixture has a replica by whose rule expiredOnly a run has completed, and rows of which
// 10 have expired since and 60 of 100 are revoked.
func newHeldFixture(t *testing.T) (f *fixture, stop func() error) {
	t.Helper()
	f = newFixture(t)
	f.replica.MaxShare, f.replica.Tables = 0.5, expiredOnly
	stop = f.start()
	f.await(f.insert(`{}`), "completed")
	f.exec(`INSERT INTO refresh_tokens (revoked, expires_at) SELECT n <= 60, CASE WHEN n <= 10 THEN now() END FROM generate_series(1, 100) AS n`)
	return f, stop
}

// restart stops the replica and starts it with other tables.
func (f *fixture) restart(stop func() error, tables []purge.Table) func() error {
	f.t.Helper()
	require.NoError(f.t, stop())
	f.replica.Tables = tables
	stop = f.start()
	require.Eventually(f.t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.heartbeats, jsonb_to_recordset(tables) AS t (fingerprint text) WHERE fingerprint = $1`,
			tables[0].Fingerprint()) > 0
	}, pgtest.Patience, time.Millisecond)
	return stop
}

func TestAChangedRuleIsHeldUntilSomebodyConfirmsIt(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.replica.HTTPAddr = "127.0.0.1:0"
	f.restart(stop, revokedToo)
	for _, args := range []string{`{}`, `{"full_speed":true,"reason":"a person asks"}`} {
		id := f.insert(args)
		held := f.await(id, "completed")
		require.Equal(t, jobs.OutcomeHeld, held.Outcome)
		require.Zero(t, held.Deleted)
		require.EqualValues(t, 100, f.number(`SELECT count(*) FROM refresh_tokens`))

		table := held.Tables[0]
		require.Contains(t, table.Held, "would delete 60 of 100 rows")
		require.EqualValues(t, 60, table.Found)
		require.Nil(t, table.Watermark)
		require.Equal(t, &jobs.Reasons{Done: 50, Both: 10}, table.Reasons, "what a dry run says")
		require.NotNil(t, table.Oldest)
		require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs
			WHERE id = $1 AND outcome = 'held' AND found = 60 AND deleted = 0 AND error IS NULL AND warnings[1] LIKE '%siltgate enqueue --confirm%'`, id))
		require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables
			WHERE held LIKE '%60 of 100 rows%' AND held_by = $1 AND held_at <= now() AND watermark IS NULL AND last_run = 1 AND error IS NULL`, id))
		require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.status WHERE held = '{public.refresh_tokens}'`))
	}
	scraped := f.scrape()
	scraped.require(t, `siltgate_table_held{table="refresh_tokens"}`, 1)
	scraped.require(t, `siltgate_runs_total{outcome="held",trigger="manual"}`, 2)
	scraped.require(t, `siltgate_rows_found_total{table="refresh_tokens"}`, 120)
	require.Contains(t, f.log.String(), `"msg":"the table is held"`)
	require.Contains(t, f.log.String(), `"outcome":"held"`)

	dry := f.await(f.insert(`{"dry_run":true}`), "completed")
	require.Equal(t, jobs.OutcomeDryRun, dry.Outcome)
	require.Contains(t, dry.Tables[0].Warnings[0], "60 of 100 rows")

	confirmed := f.await(f.insert(`{"confirm":true}`), "completed")
	require.Equal(t, jobs.OutcomeCompleted, confirmed.Outcome)
	require.EqualValues(t, 60, confirmed.Deleted)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.tables WHERE held IS NOT NULL OR watermark IS NULL`))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.status WHERE held = '{}'`))

	// From now on it is the rule.
	f.exec(`UPDATE refresh_tokens SET revoked = true`)
	require.EqualValues(t, 40, f.await(f.insert(`{}`), "completed").Deleted)
}

func TestARuleThatIsChangedBackIsNotHeld(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	stop = f.restart(stop, revokedToo)
	require.Equal(t, jobs.OutcomeHeld, f.await(f.insert(`{}`), "completed").Outcome)
	f.restart(stop, expiredOnly)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.tables WHERE held IS NOT NULL`), "before a run says so, too")
	back := f.await(f.insert(`{}`), "completed")
	require.Equal(t, jobs.OutcomeCompleted, back.Outcome)
	require.EqualValues(t, 10, back.Deleted)
}

// The table is the same, however the configuration names it.
func TestAnotherNameForTheTableIsNoNewTable(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.restart(stop, []purge.Table{{Schema: "public", Name: "refresh_tokens", Rules: revokedToo[0].Rules}})
	require.Equal(t, jobs.OutcomeHeld, f.await(f.insert(`{}`), "completed").Outcome)
	require.EqualValues(t, 100, f.number(`SELECT count(*) FROM refresh_tokens`))
}

// A table that was named before is now one of those that a pattern matches, by another rule.
func TestATableOfAPatternIsHeldByTheRuleOfBefore(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.restart(stop, []purge.Table{{Name: "refresh_*", Rules: revokedToo[0].Rules}})
	held := f.await(f.insert(`{}`), "completed")
	require.Equal(t, jobs.OutcomeHeld, held.Outcome)
	require.Contains(t, held.Tables[0].Held, "public.refresh_tokens: its rule is not the one by which a run last completed")
	require.Equal(t, []string{held.Tables[0].Held}, held.Tables[0].Warnings)
	require.EqualValues(t, 100, f.number(`SELECT count(*) FROM refresh_tokens`))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables WHERE name = 'refresh_*' AND held IS NOT NULL`))
	require.EqualValues(t, 60, f.await(f.insert(`{"confirm":true}`), "completed").Deleted)
}

func TestABacklogOfANewTableIsNotHeld(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.exec(`ALTER TABLE refresh_tokens RENAME TO old_tokens; CREATE TABLE refresh_tokens (LIKE old_tokens);
		INSERT INTO refresh_tokens SELECT * FROM old_tokens`)
	f.restart(stop, revokedToo)
	require.EqualValues(t, 60, f.await(f.insert(`{}`), "completed").Deleted)
}

// A confirmed run that MAX_ROWS cut short leaves its rows to the next runs.
func TestAConfirmedRunThatIsCappedNeedNotBeConfirmedAgain(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.replica.MaxRows = 20
	f.restart(stop, revokedToo)
	require.Equal(t, jobs.OutcomeHeld, f.await(f.insert(`{}`), "completed").Outcome)
	require.Equal(t, jobs.OutcomeCapped, f.await(f.insert(`{"confirm":true}`), "completed").Outcome)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.tables WHERE held IS NOT NULL`))
	f.exec(`UPDATE refresh_tokens SET revoked = true`) // 80 of 80
	require.Equal(t, jobs.OutcomeCapped, f.await(f.insert(`{}`), "completed").Outcome)
	require.EqualValues(t, 60, f.number(`SELECT count(*) FROM refresh_tokens`))
}

// Somebody changed his mind.
func TestAConfirmedRunThatIsCancelledConfirmsNothing(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100000)`)
	f.replica.Pace = purge.Pace{DutyCycle: 0.05, BatchTarget: time.Millisecond}
	f.restart(stop, revokedToo)
	id := f.insert(`{"confirm":true}`)
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM refresh_tokens`) < 100_000 }, pgtest.Patience, time.Millisecond)
	require.EqualValues(t, 1, f.number(`SELECT siltgate.cancel_token_cleanup($1)::int`, id))
	f.await(id, "cancelled")
	left := f.number(`SELECT count(*) FROM refresh_tokens`)
	require.Greater(t, left, int64(1000), "it was under way")
	require.Equal(t, jobs.OutcomeHeld, f.await(f.insert(`{"full_speed":true}`), "completed").Outcome)
	require.Equal(t, left, f.number(`SELECT count(*) FROM refresh_tokens`))
}

// A replica with the rule of before takes up what one with the changed rule had in hand, and the
// other way round.
func TestARunThatGoesOnUnderAChangedRuleIsHeldThere(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked, expires_at) SELECT true, CASE WHEN n <= 40000 THEN now() END FROM generate_series(1, 100000) AS n`)
	f.replica.Pace = purge.Pace{DutyCycle: 0.05, BatchTarget: time.Millisecond}
	stop = f.restart(stop, expiredOnly)
	id := f.insert(`{}`)
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM refresh_tokens`) < 100_000 }, pgtest.Patience, time.Millisecond)
	require.NoError(t, stop())
	left := f.number(`SELECT count(*) FROM refresh_tokens`)
	f.replica.Pace = purge.Pace{DutyCycle: 1, BatchTarget: 10 * time.Millisecond}
	f.restart(func() error { return nil }, revokedToo)
	result := f.await(id, "completed")
	require.Equal(t, jobs.OutcomeHeld, result.Outcome)
	require.Equal(t, left, f.number(`SELECT count(*) FROM refresh_tokens`))
	require.Equal(t, 100_100-left, result.Deleted, "what had gone before is counted")
}

func TestAScheduledRunIsHeldAtEveryTick(t *testing.T) {
	t.Parallel()
	f, stop := newHeldFixture(t)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	f.restart(stop, revokedToo)
	held := `SELECT count(*) FROM siltgate.runs WHERE tick IS NOT NULL AND outcome = 'held'`
	require.Eventually(t, func() bool { return f.number(held) >= 2 }, pgtest.Patience, 10*time.Millisecond)
	require.EqualValues(t, 100, f.number(`SELECT count(*) FROM refresh_tokens`))
	f.await(f.number(`SELECT siltgate.enqueue_token_cleanup(confirm => true)`), "completed")
	require.EqualValues(t, 40, f.number(`SELECT count(*) FROM refresh_tokens`))
	last := f.number(`SELECT max(id) FROM siltgate.runs`)
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE tick IS NOT NULL AND outcome = 'completed' AND id > $1`, last) > 0
	}, pgtest.Patience, 10*time.Millisecond)
}
