package worker

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/purge"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
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
const begun = `{"output":{"outcome":"running","cutoff":"2026-11-22T03:00:00Z","progress":{"cutoff":"2026-11-22T03:00:00Z","tables":[{"name":"refresh_tokens","title":"public.refresh_tokens"}]}}}`

// earlierFirst is 1 if run 1 ended before run 2.
const earlierFirst = `
	SELECT count(*) FROM siltgate.river_job AS earlier, siltgate.river_job AS later
	WHERE earlier.id = 1 AND later.id = 2 AND earlier.finalized_at < later.finalized_at`

// reserve is what the turn says between two slices of a run.
func (f *fixture) reserve(job int64) {
	f.t.Helper()
	f.exec(fmt.Sprintf(`UPDATE siltgate.turn SET epoch = 5, pid = 1, role = 10, nonce = 1, rank = 1, job_id = %d, reserved_until = now() + interval '5 min'`, job))
}

func TestARunWhoseReplicaDiedIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.restore(`INSERT INTO siltgate.river_job (kind, args, state, attempt, attempted_at, attempted_by, metadata)
		VALUES ('token_cleanup', '{}', 'running', 1, now(), '{dead}', '` + begun + `')`)
	f.exec(`UPDATE siltgate.turn SET epoch = 5, pid = 1, role = 10, nonce = 1, job_id = 1, replica = 'dead', taken_at = now()`)
	f.start()
	f.await(f.insert(`{}`), "completed")
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.river_job WHERE state = 'running'`), "it is rescued later")
}

func TestASliceThatHasEndedIsWaitedForUntilItsJobIsGivenBack(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.restore(`INSERT INTO siltgate.river_job (kind, args, state, attempt, attempted_at, attempted_by, metadata)
		VALUES ('token_cleanup', '{}', 'running', 1, now() - interval '32 s', '{slow}', '` + begun + `')`)
	f.reserve(1)
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
		if strings.Contains(sql, "turn.reserved_until") && !strings.Contains(sql, "UPDATE") {
			asked.Add(1)
		}
	})
	f.replica.Database = config
	f.restore(`INSERT INTO siltgate.river_job (kind, args, state, scheduled_at, metadata)
		VALUES ('token_cleanup', '{}', 'scheduled', now() + interval '1 hour', '` + begun + `')`)
	f.reserve(1)
	id := f.insert(`{}`)
	snoozed := func(times int64) {
		t.Helper()
		require.Eventually(t, func() bool {
			return f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND state = 'scheduled' AND (metadata ->> 'snoozes')::int = $2`, id, times) == 1
		}, pgtest.Patience, 10*time.Millisecond)
	}
	f.start()
	snoozed(1)
	first := asked.Load()
	require.Greater(t, first, int64(2), "most runs are short")
	f.exec(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now() WHERE id = 2`)
	snoozed(2)
	// Once when it is fetched, and once each time when it has gone back to wait.
	require.LessOrEqual(t, asked.Load()-first, int64(3))
}

func TestOfTwoRunsThatHaveBegunTheEarlierOneGoesFirst(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.restore(`INSERT INTO siltgate.river_job (kind, args, state, scheduled_at, metadata) VALUES
		('token_cleanup', '{}', 'available', now(), '` + begun + `'),
		('token_cleanup', '{}', 'scheduled', now() + interval '2 s', '` + begun + `')`)
	f.reserve(2)
	f.start()
	f.await(2, "completed")
	require.EqualValues(t, 1, f.number(earlierFirst))
}

func TestARunWaitsForTheTurnOfAnotherAndNotLonger(t *testing.T) {
	t.Parallel()
	const mine, other, earlier = 50, 60, 40
	const (
		soon   = `now() + interval '1 min'`
		before = `now() - interval '1 s'`
		odd    = `now() + interval '1 hour'` // a clock was set back
	)
	// Rank 1 is a run by hand that has begun, 2 one that has not, 3 a scheduled one that has begun.
	for name, c := range map[string]struct {
		turn  string
		rank  rank
		waits bool
	}{
		"nobody has had it":                           {`epoch = 0`, rankByHand, false},
		"its holder's session is gone":                {`job_id = 60, rank = 1`, rankByHand, false},
		"another run is between two slices":           {`job_id = 60, rank = 1, reserved_until = ` + soon, rankByHand, true},
		"and this one, which has begun, is earlier":   {`job_id = 60, rank = 1, reserved_until = ` + soon, rankByHandBegun, false},
		"and this one, which has begun, is later":     {`job_id = 40, rank = 1, reserved_until = ` + soon, rankByHandBegun, true},
		"the other one is scheduled":                  {`job_id = 40, rank = 3, reserved_until = ` + soon, rankByHand, false},
		"this one is scheduled":                       {`job_id = 60, rank = 1, reserved_until = ` + soon, rankScheduledBegun, true},
		"this one is scheduled and has waited long":   {`job_id = 40, rank = 1, reserved_until = ` + soon, rankStarved, false},
		"it is between two slices itself":             {`job_id = 50, rank = 1, reserved_until = ` + soon, rankByHandBegun, false},
		"the other one's time is over":                {`job_id = 60, rank = 1, reserved_until = ` + before, rankByHand, false},
		"the other one has ended":                     {`job_id = 61, rank = 1, reserved_until = ` + soon, rankByHand, false},
		"the other one's job is deleted":              {`job_id = 62, rank = 1, reserved_until = ` + soon, rankByHand, false},
		"the clock was set back":                      {`job_id = 60, rank = 1, reserved_until = ` + odd, rankByHand, false},
		"an earlier one that has begun wants it":      {`job_id = 50, rank = 1, reserved_until = ` + soon + `, wanted_by = 40, wanted_rank = 1, wanted_until = ` + soon, rankByHandBegun, true},
		"one that wants it has ended":                 {`wanted_by = 61, wanted_rank = 1, wanted_until = ` + soon, rankByHand, false},
		"one by hand wants it, this is scheduled":     {`job_id = 50, rank = 3, reserved_until = ` + soon + `, wanted_by = 60, wanted_rank = 2, wanted_until = ` + soon, rankScheduledBegun, true},
		"a later one wants it":                        {`wanted_by = 60, wanted_rank = 2, wanted_until = ` + soon, rankByHand, false},
		"one that has begun wants it, this has not":   {`wanted_by = 60, wanted_rank = 1, wanted_until = ` + soon, rankByHand, true},
		"it was wanted":                               {`wanted_by = 40, wanted_rank = 1, wanted_until = ` + before, rankByHandBegun, false},
		"it is wanted by a clock that was set back":   {`wanted_by = 40, wanted_rank = 1, wanted_until = ` + odd, rankByHandBegun, false},
		"it wants it itself, from one that goes on":   {`job_id = 60, rank = 1, reserved_until = ` + soon + `, wanted_by = 50, wanted_rank = 1, wanted_until = ` + soon, rankByHandBegun, false},
		"reserved for a later one, wanted by a first": {`job_id = 60, rank = 3, reserved_until = ` + soon + `, wanted_by = 40, wanted_rank = 2, wanted_until = ` + soon, rankByHand, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.restore(`INSERT INTO siltgate.river_job (id, kind, args, state, finalized_at) VALUES
				(40, 'token_cleanup', '{}', 'available', NULL), (50, 'token_cleanup', '{}', 'running', NULL),
				(60, 'token_cleanup', '{}', 'scheduled', NULL), (61, 'token_cleanup', '{}', 'completed', now())`)
			f.exec(`UPDATE siltgate.turn SET ` + c.turn)
			r := f.connected()
			me := contender{mine, c.rank}
			waits, err := r.mustWait(t.Context(), me)
			require.NoError(t, err)
			require.Equal(t, c.waits, waits)

			// A run that looked before may find it otherwise when it takes the turn.
			err = r.open(t, me)
			if c.waits {
				require.ErrorIs(t, err, purge.ErrBusy)
				return
			}
			require.NoError(t, err)
			first := contender{earlier, rankByHandBegun}
			err = r.open(t, first)
			require.ErrorIs(t, err, purge.ErrBusy, "it has the turn now")
			require.True(t, r.wantTurn(t.Context(), first))
			require.True(t, r.wantTurn(t.Context(), contender{other, rankByHandBegun}))
			require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.turn WHERE job_id = 50 AND wanted_by = 40`))
		})
	}
}

// open takes the turn for a run until the test ends.
func (r Replica) open(t *testing.T, me contender) error {
	t.Helper()
	s, err := purge.Open(t.Context(), r.pool.Config().ConnConfig, func(ctx context.Context, conn *pgx.Conn) (purge.Fence, error) {
		return r.claimTurn(ctx, conn, me)
	})
	if err == nil {
		t.Cleanup(func() { s.Close(context.Background()) })
	}
	return err
}

func TestFault64OneOfManyTakesTheTurn(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.connected()
	const many = 4
	tx, err := f.pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `SELECT FROM siltgate.turn FOR UPDATE`) // so that all of them look at once
	require.NoError(t, err)
	taken := make(chan error)
	for i := range many {
		go func() {
			taken <- r.open(t, contender{int64(i + 1), rankByHand})
		}()
	}
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`) == many
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, tx.Rollback(t.Context()))
	won := 0
	for range many {
		if err := <-taken; err == nil {
			won++
		} else {
			require.ErrorIs(t, err, purge.ErrBusy)
		}
	}
	require.Equal(t, 1, won)
	require.EqualValues(t, 1, f.number(`SELECT epoch FROM siltgate.turn`))
}

func TestFault64ARunWhoseTurnIsTakenStopsAndGoesOnLater(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, _ := f.startLasting()
	f.exec(`UPDATE siltgate.turn SET epoch = epoch + 1`)
	require.Eventually(t, func() bool { return strings.Contains(f.log.String(), "run given back: it waits for its turn") }, 10*time.Second, time.Millisecond)
	require.Contains(t, f.log.String(), purge.ErrFenced.Error())
	f.exec(`DELETE FROM refresh_tokens WHERE id % 100 <> 0`) // or it lasts, at that pace
	f.await(id, "completed")
	require.EqualValues(t, 1, f.number(`SELECT attempt FROM siltgate.river_job WHERE id = $1`, id))
	require.Zero(t, f.number(`SELECT count(*) FROM refresh_tokens`))
}
