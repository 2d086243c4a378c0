package worker

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// watermark is what siltgate.tables says of refresh_tokens; nil: nothing is proven.
func (f *fixture) watermark() (at *time.Time) {
	f.t.Helper()
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `SELECT watermark FROM siltgate.tables WHERE name = 'refresh_tokens'`).Scan(&at))
	return at
}

// told waits until the replica has said which tables are configured.
func (f *fixture) told() {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.tables WHERE configured`) > 0
	}, pgtest.Patience, time.Millisecond)
}

func TestTheWatermarkMovesWhenARunHasProvenIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 10)`)
	stop := f.start()
	f.told()
	require.Nil(t, f.watermark(), "no run has gone through the table")
	f.await(f.insert(`{"dry_run":true}`), "completed")
	require.Nil(t, f.watermark(), "a dry run deletes nothing")

	first := f.await(f.insert(`{}`), "completed")
	require.Equal(t, &first.Cutoff, first.Tables[0].Watermark)
	require.WithinDuration(t, first.Cutoff, *f.watermark(), 0)
	require.Contains(t, first.Tables[0].Rule, "expires_at < ")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables
		WHERE table_name = 'public.refresh_tokens' AND deleted = 10 AND rule LIKE 'expires_at < % or revoked'
			AND last_run = 2 AND last_success < now() AND why IS NULL AND error IS NULL`))

	// A row that is locked is a counted exception.
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 10)`)
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `SELECT FROM refresh_tokens LIMIT 3 FOR UPDATE`)
	require.NoError(t, err)
	second := f.await(f.insert(`{}`), "completed")
	require.NoError(t, tx.Rollback(t.Context()))
	require.WithinDuration(t, second.Cutoff, *f.watermark(), 0)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables WHERE locked = 3 AND why LIKE '3 locked by the application%'`))

	// A table that fails keeps what was proven, and says why.
	f.exec(`ALTER TABLE refresh_tokens RENAME COLUMN revoked TO r`)
	f.await(f.insert(`{}`), "retryable")
	require.WithinDuration(t, second.Cutoff, *f.watermark(), 0)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.tables WHERE error LIKE '%revoked%' AND failed_at > last_success`))
	f.exec(`ALTER TABLE refresh_tokens RENAME COLUMN r TO revoked`)
	third := f.await(f.insert(`{}`), "completed")
	require.WithinDuration(t, third.Cutoff, *f.watermark(), 0)
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.tables WHERE error IS NOT NULL`))

	// It starts anew with another table of that name, and with other rules.
	f.exec(`ALTER TABLE refresh_tokens RENAME TO old_tokens; CREATE TABLE refresh_tokens (LIKE old_tokens)`)
	require.Nil(t, f.watermark())
	fourth := f.await(f.insert(`{}`), "completed")
	require.WithinDuration(t, fourth.Cutoff, *f.watermark(), 0)
	require.NoError(t, stop())
	require.WithinDuration(t, fourth.Cutoff, *f.watermark(), 0, "it stays when no replica runs")
	f.replica.Tables = []purge.Table{{Name: "refresh_tokens", Rules: []purge.Rule{{Expires: []string{"expires_at"}}}}}
	f.start()
	f.told()
	require.Nil(t, f.watermark())
	fifth := f.await(f.insert(`{}`), "completed")
	require.WithinDuration(t, fifth.Cutoff, *f.watermark(), 0)
}

func TestAWatermarkIsNotMovedByARunThatCannotProveIt(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.MaxRows = 5
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 10)`)
	f.start()
	f.told()
	result := f.await(f.insert(`{}`), "completed")
	require.Equal(t, jobs.OutcomeCapped, result.Outcome)
	require.Nil(t, result.Tables[0].Watermark)
	require.Nil(t, f.watermark())
}

// A run that another replica takes up may find other rules there. What the first one passed
// over by its own may be dead by those.
func TestARunThatGoesOnUnderOtherRulesGoesThroughTheTableAnew(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.replica.Tables[0].Rules = []purge.Rule{{Done: "revoked"}}
	f.replica.Pace = purge.Pace{DutyCycle: 0.05, BatchTarget: time.Millisecond}
	f.exec(`INSERT INTO refresh_tokens (revoked, expires_at) SELECT false, '2020-01-01' FROM generate_series(1, 1000)`)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 100000)`)
	stop := f.start()
	id := f.insert(`{}`)
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM refresh_tokens`) < 90_000 }, pgtest.Patience, time.Millisecond)
	require.NoError(t, stop())
	f.replica.Tables = []purge.Table{{Name: "refresh_tokens", Rules: []purge.Rule{{Expires: []string{"expires_at"}, Done: "revoked"}}}}
	f.replica.Pace = purge.Pace{DutyCycle: 1, BatchTarget: 10 * time.Millisecond}
	f.start()
	result := f.await(id, "completed")
	require.Zero(t, f.number(`SELECT count(*) FROM refresh_tokens`))
	require.EqualValues(t, 101_000, result.Deleted)
}
