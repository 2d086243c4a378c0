package worker

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/localpg/pgtest"
)

func TestRunsTakeTurns(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 20000)`)
	var ids []int64
	for range 5 {
		ids = append(ids, f.insert(`{}`))
	}
	f.start()
	var deleted int64
	for _, id := range ids {
		deleted += f.await(id, "completed").Deleted
	}
	require.EqualValues(t, 20000, deleted)
}

// begun is the metadata of a run that has begun and has recorded so.
const begun = `{"output":{"outcome":"running","progress":{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"refresh_tokens","title":"public.refresh_tokens"}]}}}`

func TestARunWhoseReplicaDiedIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO siltgate.river_job (kind, args, state, attempt, attempted_at, attempted_by, metadata)
		VALUES ('token_cleanup', '{}', 'running', 1, now() - interval '50 s', '{dead}', '` + begun + `')`)
	f.start()
	f.await(f.insert(`{}`), "completed")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.river_job WHERE state = 'running'`), "it is rescued later")
}

func TestASliceThatHasEndedIsWaitedForUntilItsJobIsGivenBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO siltgate.river_job (kind, args, state, attempt, attempted_at, attempted_by, metadata)
		VALUES ('token_cleanup', '{}', 'running', 1, now() - interval '32 s', '{slow}', '` + begun + `')`)
	f.start()
	id := f.insert(`{}`)
	f.await(id, "scheduled")
	require.Zero(t, f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata ? 'output'`, id), "it waits")
	f.exec(`UPDATE siltgate.river_job SET state = 'available' WHERE state = 'running'`)
	f.await(id, "completed")
	require.EqualValues(t, 1, f.number(earlierFirst))
}

func TestARunThatWaitedBeforeAsksOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	config := f.pool.Config()
	var asked atomic.Int64
	config.ConnConfig.Tracer = pgtest.Watch(func(sql string) {
		if strings.Contains(sql, "AND (id < $2 OR NOT $3)") {
			asked.Add(1)
		}
	})
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	f.replica.Pool = pool
	f.exec(`INSERT INTO siltgate.river_job (kind, args, state, scheduled_at, metadata)
		VALUES ('token_cleanup', '{}', 'scheduled', now() + interval '1 hour', '` + begun + `')`)
	id := f.insert(`{}`)
	snoozed := func(times int64) {
		t.Helper()
		require.Eventually(t, func() bool {
			return f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND state = 'scheduled' AND (metadata ->> 'snoozes')::int = $2`, id, times) == 1
		}, 30*time.Second, 10*time.Millisecond)
	}
	f.start()
	snoozed(1)
	first := asked.Load()
	require.Greater(t, first, int64(2), "most runs are short")
	f.exec(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now() WHERE id = 2`)
	snoozed(2)
	require.Equal(t, first+1, asked.Load())
}

// earlierFirst is 1 if run 1 ended before run 2.
const earlierFirst = `
	SELECT count(*) FROM siltgate.river_job AS earlier, siltgate.river_job AS later
	WHERE earlier.id = 1 AND later.id = 2 AND earlier.finalized_at < later.finalized_at`

func TestOfTwoRunsThatHaveBegunTheEarlierOneGoesFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`INSERT INTO siltgate.river_job (kind, args, state, scheduled_at, metadata) VALUES
		('token_cleanup', '{}', 'scheduled', now() + interval '2 s', '` + begun + `'),
		('token_cleanup', '{}', 'available', now(), '` + begun + `')`)
	f.start()
	f.await(2, "completed")
	require.EqualValues(t, 1, f.number(earlierFirst))
}
