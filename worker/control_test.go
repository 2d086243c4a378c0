package worker

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// within is how soon pausing, resuming and cancelling take effect, as is promised.
const within = 6 * time.Second

// stopped waits until a run is no longer worked, and returns how many rows it has left.
func (f *fixture) stopped(run int64, since time.Time) int64 {
	f.t.Helper()
	require.Eventually(f.t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND state <> 'running'`, run) == 1
	}, pgtest.Patience, time.Millisecond)
	require.Less(f.t, time.Since(since), within)
	return f.number(`SELECT count(*) FROM refresh_tokens`)
}

// goesOn waits until a run is worked again.
func (f *fixture) goesOn(left int64, since time.Time) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return f.number(`SELECT count(*) FROM refresh_tokens`) < left }, pgtest.Patience, time.Millisecond)
	require.Less(f.t, time.Since(since), within)
}

// lose makes the database notify of nothing that is done with the statement.
func (f *fixture) lose(sql string) {
	f.t.Helper()
	f.restore(sql) // no trigger fires, and River's own NOTIFY is none of SQL's
}

func TestPromise11APauseTakesEffectHoweverItIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		pause, resume func(t *testing.T, f *fixture)
	}{
		"SQL": {
			func(t *testing.T, f *fixture) {
				t.Helper()
				f.exec(`SELECT siltgate.pause_token_cleanup('incident 42', requested_by => 'ops')`)
			},
			func(t *testing.T, f *fixture) { t.Helper(); f.exec(`SELECT siltgate.resume_token_cleanup()`) },
		},
		"Go": {
			func(t *testing.T, f *fixture) {
				t.Helper()
				paused, err := jobs.Pause(t.Context(), f.pool, jobs.PauseArgs{Reason: "incident 42", RequestedBy: "ops"})
				require.NoError(t, err)
				require.True(t, paused)
			},
			func(t *testing.T, f *fixture) {
				t.Helper()
				resumed, err := jobs.Resume(t.Context(), f.pool)
				require.NoError(t, err)
				require.True(t, resumed)
			},
		},
		"River": {
			func(t *testing.T, f *fixture) {
				t.Helper()
				client, err := f.connected().newCleaner(t.Context(), 0).newClient()
				require.NoError(t, err)
				require.NoError(t, client.QueuePause(t.Context(), "*", nil))
			},
			func(t *testing.T, f *fixture) {
				t.Helper()
				client, err := f.connected().newCleaner(t.Context(), 0).newClient()
				require.NoError(t, err)
				require.NoError(t, client.QueueResume(t.Context(), "default", nil))
			},
		},
		"notifications lost": {
			func(t *testing.T, f *fixture) {
				t.Helper()
				f.lose(`UPDATE siltgate.river_queue SET paused_at = now()`)
			},
			func(t *testing.T, f *fixture) {
				t.Helper()
				f.lose(`UPDATE siltgate.river_queue SET paused_at = NULL`)
				f.lose(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now() WHERE state = 'scheduled'`)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			run, _ := f.startLasting()
			idle := *f
			idle.replica.ID = "idle"
			idle.start()

			began := time.Now()
			way.pause(t, f)
			left := f.stopped(run, began)
			require.Positive(t, left)
			result := f.await(run, "scheduled")
			require.Contains(t, result.Pace.WaitingFor, "paused")
			require.Equal(t, jobs.OutcomeRunning, result.Outcome)
			require.Equal(t, lasting-left, result.Deleted)
			if name != "notifications lost" {
				status, err := jobs.GetStatus(t.Context(), f.pool)
				require.NoError(t, err)
				require.True(t, status.Paused)
				want := "paused by postgres"
				if name != "River" {
					want = "paused by ops: incident 42"
				}
				require.Equal(t, want, status.Pause())
				require.Equal(t, want, result.Pace.WaitingFor)
			}

			// Nobody works while it lasts, whoever is told of the run.
			f.exec(`UPDATE siltgate.river_job SET state = 'available', scheduled_at = now()`)
			another := f.insert(`{}`)
			f.exec(`SELECT pg_sleep(1)`)
			require.Equal(t, left, f.number(`SELECT count(*) FROM refresh_tokens`))
			require.Zero(t, f.number(`SELECT count(*) FROM siltgate.runs WHERE state = 'running' OR id = $1 AND output IS NOT NULL`, another))

			began = time.Now()
			way.resume(t, f)
			f.goesOn(left, began)
			require.Zero(t, f.number(`SELECT count(*) FROM siltgate.river_job WHERE attempt > 1 AND NOT metadata ? 'snoozes' OR errors IS NOT NULL`), "no attempt is spent")
			require.EqualValues(t, 1, f.number(`SELECT max(attempt) FROM siltgate.river_job`))
		})
	}
}

func TestAPauseEndsByItself(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	run, _ := f.startLasting()
	began := time.Now()
	_, err := jobs.Pause(t.Context(), f.pool, jobs.PauseArgs{For: 3 * time.Second})
	require.NoError(t, err)
	left := f.stopped(run, began)
	f.goesOn(left, began.Add(3*time.Second))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.pauses WHERE resumed_at >= paused_until AND resumed_by IS NULL`))
	require.Contains(t, f.log.String(), `"msg":"runs go on"`)
}

// A client may begin its transaction long before it asks.
func TestAPauseLastsFromWhenItIsAskedFor(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`
		BEGIN;
		SELECT siltgate.pause_token_cleanup(lasting => '1 hour');
		CREATE TABLE pause AS SELECT paused_until - now() AS ends_in FROM siltgate.status; -- now() is when the transaction began
		COMMIT`)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM pause WHERE ends_in > interval '1 hour'`))
}

func TestPromise11ACancelTakesEffectHoweverItIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, cancel := range map[string]func(t *testing.T, f *fixture, run int64){
		"SQL": func(t *testing.T, f *fixture, run int64) {
			t.Helper()
			f.exec(fmt.Sprintf(`SELECT siltgate.cancel_token_cleanup(%d)`, run))
		},
		"Go": func(t *testing.T, f *fixture, run int64) {
			t.Helper()
			cancelled, err := jobs.Cancel(t.Context(), f.pool, run)
			require.NoError(t, err)
			require.True(t, cancelled)
		},
		"River": func(t *testing.T, f *fixture, run int64) {
			t.Helper()
			client, err := f.connected().newCleaner(t.Context(), 0).newClient()
			require.NoError(t, err)
			_, err = client.JobCancel(t.Context(), run)
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			run, _ := f.startLasting()
			waits := f.insert(`{"reason":"another"}`)
			began := time.Now()
			cancel(t, f, run)
			require.Positive(t, f.stopped(run, began))
			require.Equal(t, jobs.OutcomeCancelled, f.await(run, "cancelled").Outcome)
			cancelled, err := jobs.Cancel(t.Context(), f.pool, run)
			require.NoError(t, err)
			require.False(t, cancelled, "it had ended")

			// The next one has its turn now. One that waits is cancelled at once.
			require.Eventually(t, func() bool {
				return f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND started_at IS NOT NULL AND state = 'running'`, waits) == 1
			}, pgtest.Patience, time.Millisecond)
			last := f.insert(`{"reason":"yet another"}`)
			cancel(t, f, last)
			f.await(last, "cancelled")
			require.Less(t, time.Since(began), pgtest.Patience)
		})
	}
	t.Run("no run", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t)
		_, err := jobs.Cancel(t.Context(), f.pool, 7)
		require.ErrorIs(t, err, jobs.ErrNoRun)
		f.exec(`INSERT INTO siltgate.river_job (kind, args) VALUES ('other', '{}')`)
		_, err = jobs.Cancel(t.Context(), f.pool, 1)
		require.ErrorIs(t, err, jobs.ErrNoRun)
	})
}

// Each tick that falls due while runs are paused is recorded, and the latest one runs.
func TestTheLatestTickOfAPauseRunsInTheEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := jobs.Pause(t.Context(), f.pool, jobs.PauseArgs{})
	require.NoError(t, err)
	f.start()
	r := f.connected()
	for i := range 3 {
		require.NoError(t, r.insertTick(t.Context(), someTick.Add(time.Duration(i)*time.Hour)))
	}
	require.EqualValues(t, 3, f.number(`SELECT count(*) FROM siltgate.ticks`))
	require.Equal(t, jobs.OutcomeSuperseded, f.await(1, "completed").Outcome)
	require.Equal(t, jobs.OutcomeSuperseded, f.await(2, "completed").Outcome)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = 3 AND state = 'available'`))
	_, err = jobs.Resume(t.Context(), f.pool)
	require.NoError(t, err)
	require.Equal(t, jobs.OutcomeCompleted, f.await(3, "completed").Outcome)
}

// Before any replica has run there is no queue that could be paused.
func TestAFleetThatIsPausedBeforeItStartsIsPaused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`SELECT siltgate.pause_token_cleanup('not yet')`)
	id := f.insert(`{}`)
	f.start()
	require.Eventually(t, func() bool { return strings.Contains(f.log.String(), `"msg":"runs are paused"`) }, pgtest.Patience, time.Millisecond)

	// River forgets a queue that was not worked for a day; the pause is kept.
	f.exec(`DELETE FROM siltgate.river_queue`)
	f.exec(`INSERT INTO siltgate.river_queue (name, updated_at) VALUES ('default', now()) ON CONFLICT DO NOTHING`) // or River has
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.status WHERE paused AND pause_reason = 'not yet'`))
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND state = 'available'`, id))
	f.exec(`SELECT siltgate.resume_token_cleanup()`)
	f.await(id, "completed")
}

func TestARunIsFetchedWithoutANotification(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.start()
	f.await(f.insert(`{}`), "completed")
	began := time.Now()
	f.restore(`INSERT INTO siltgate.river_job (kind, args, state, max_attempts) VALUES ('token_cleanup', '{}', 'available', 25)`)
	f.await(2, "completed")
	require.Less(t, time.Since(began), within)
}

func TestTheScheduleIsShownAndKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	hourly, err := schedule.Parse("@hourly", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = hourly
	stop := f.start()
	status := func() jobs.Status {
		s, err := jobs.GetStatus(context.WithoutCancel(t.Context()), f.pool)
		require.NoError(t, err)
		return s
	}
	require.Zero(t, status().Replicas)
	require.Eventually(t, func() bool { return status().NextTick != nil }, 30*time.Second, 10*time.Millisecond)
	s := status()
	require.Equal(t, f.replica.ID, *s.Leader)
	require.EqualValues(t, 1, s.Replicas)
	require.Empty(t, s.Disagreeing)
	require.WithinRange(t, *s.NextTick, time.Now(), time.Now().Add(time.Hour))
	require.Nil(t, s.Overdue)
	require.NoError(t, stop())

	// Nobody is left who could say so.
	f.exec(`UPDATE siltgate.schedule SET next_ticks = ARRAY[now() - interval '3 hours', now() - interval '2 hours']`)
	s = status()
	require.NotNil(t, s.Overdue)
	require.WithinDuration(t, time.Now().Add(-3*time.Hour), *s.Overdue, time.Minute)
	require.Nil(t, s.Leader)
	require.Zero(t, s.Replicas)
	f.exec(`INSERT INTO siltgate.ticks (tick, job_id, inserted_by, digest) VALUES (now() - interval '1 hour', 1, '', '')`)
	require.Nil(t, status().Overdue)
}
