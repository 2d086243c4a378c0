package jobs_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
	"github.com/siltgate/siltgate/migrations"
)

func TestAnOddJobDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, pgtest.Database(t))
	_, err := migrations.Migrator{Config: pool.Config(), Schema: jobs.DefaultSchema}.Up(t.Context())
	require.NoError(t, err)
	for _, values := range []string{
		`'{}', 'available', NULL, now(), '{}'`,
		`'{"tables":[null,"a"]}', 'available', NULL, 'infinity', '{"output":7}'`,
		`'{}', 'completed', 'infinity', '-infinity', '{"output":null}'`,
		`'{"requested_by":{},"tick":"infinity"}', 'completed', now(), now(), '{"output":{"outcome":{},"deleted":"x","tables":7}}'`,
		`jsonb_build_object('reason', repeat('x', 100000)), 'cancelled', now(), now(), '[]'`,
	} {
		_, err := pool.Exec(t.Context(), `
			ALTER TABLE siltgate.river_job DISABLE TRIGGER USER;
			INSERT INTO siltgate.river_job (kind, args, state, finalized_at, created_at, metadata) VALUES ('token_cleanup', `+values+`)`)
		require.NoError(t, err, values)
	}
	runs, err := jobs.Recent(t.Context(), pool, jobs.Recently{Since: time.Now().Add(-time.Hour)})
	require.NoError(t, err)
	require.Len(t, runs, 5)
	require.Len(t, *runs[0].Reason, 1000)
	require.Equal(t, []string{"a"}, runs[3].Tables)
	require.True(t, runs[3].CreatedAt.IsZero())
	for _, run := range runs {
		got, err := jobs.Get(t.Context(), pool, run.ID)
		require.NoError(t, err)
		require.NotEmpty(t, got.Standing())
		_, err = got.Result()
		require.Equal(t, run.ID == 2 || run.ID == 4, err != nil, "run %d: %v", run.ID, err)
	}
}

func TestRecentReadsWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	pool := pgtest.Pool(t, pgtest.Database(t))
	_, err := migrations.Migrator{Config: pool.Config(), Schema: "elsewhere"}.Up(t.Context())
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `
		ALTER TABLE elsewhere.river_job DISABLE TRIGGER USER;
		INSERT INTO elsewhere.river_job (kind, args, state, finalized_at)
		SELECT 'token_cleanup', '{}', 'completed', now() - make_interval(hours => 30 - n) FROM generate_series(1, 30) AS n`)
	require.NoError(t, err)
	count := func(ctx context.Context, which jobs.Recently) int {
		runs, err := jobs.RecentIn(ctx, pool, "elsewhere", which)
		require.NoError(t, err)
		return len(runs)
	}
	require.Equal(t, jobs.DefaultRecent, count(t.Context(), jobs.Recently{}))
	require.Equal(t, 30, count(t.Context(), jobs.Recently{Limit: 100}))
	require.Equal(t, 5, count(t.Context(), jobs.Recently{Limit: 100, Since: time.Now().Add(-4*time.Hour - 30*time.Minute)}))
	require.Zero(t, count(t.Context(), jobs.Recently{Failed: true}))
	_, err = jobs.RecentIn(t.Context(), pool, "elsewhere", jobs.Recently{Limit: -1})
	require.Error(t, err)
}

func TestWhatARunWaitsForIsASentence(t *testing.T) {
	t.Parallel()
	require.Empty(t, jobs.Run{}.Waits())
	for what, want := range map[string]string{
		"":                          "",
		"resting":                   "",
		"run 12, asked for by hand": "waits for run 12, asked for by hand",
		"its next attempt at 2026-11-25 03:10:00": "waits for its next attempt at 2026-11-25 03:10:00",
		"a replica to take it up":                 "waits for a replica to take it up",
		"run 12 goes first":                       "waits: run 12 goes first",
		`standby "b" is 14s behind`:               `waits: standby "b" is 14s behind`,
		"paused by ops: incident 42":              "waits: paused by ops: incident 42",
	} {
		require.Equal(t, want, jobs.Run{WaitingFor: &what}.Waits())
	}
}
