package worker

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/schedule"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// stranger is a connection of a role that may connect and nothing more.
func (f *fixture) stranger() *pgx.Conn {
	f.t.Helper()
	var role string
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `SELECT 'stranger_of_' || current_database()`).Scan(&role))
	f.exec(`CREATE ROLE ` + role)
	conn, err := pgx.ConnectConfig(f.t.Context(), f.pool.Config().ConnConfig)
	require.NoError(f.t, err)
	_, err = conn.Exec(f.t.Context(), `SET SESSION AUTHORIZATION `+role)
	require.NoError(f.t, err)
	f.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(f.t.Context()), 10*time.Second)
		defer cancel()
		_, err := conn.Exec(ctx, `RESET SESSION AUTHORIZATION; DROP ROLE `+role)
		require.NoError(f.t, err)
		require.NoError(f.t, conn.Close(ctx))
	})
	return conn
}

func notify(t *testing.T, conn *pgx.Conn, topic, payload string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), `SELECT pg_notify('siltgate.' || $1::text, $2::text)`, topic, payload)
	require.NoError(t, err)
}

func TestFault73ANotificationAloneCancelsNoRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stranger := f.stranger()
	id, _ := f.startLasting()
	for range 20 {
		notify(t, stranger, "river_control", fmt.Sprintf(`{"action":"cancel","queue":"default","job_id":%d}`, id))
	}
	left := f.number(`SELECT count(*) FROM refresh_tokens`)
	require.Eventually(t, func() bool { return f.number(`SELECT count(*) FROM refresh_tokens`) < left-2000 }, pgtest.Patience, time.Millisecond)
	require.EqualValues(t, 1, f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND state = 'running'`, id))

	// One that may write says so in the row.
	client, err := f.connected().newCleaner(t.Context(), 0).newClient()
	require.NoError(t, err)
	began := time.Now()
	_, err = client.JobCancel(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, jobs.OutcomeCancelled, f.await(id, "cancelled").Outcome)
	require.Less(t, time.Since(began), 6*time.Second)
}

// The notification of a cancelling may be lost: what counts is in the row.
func TestARunIsCancelledByItsRowAlone(t *testing.T) {
	t.Parallel()
	for name, update := range map[string]string{
		"cancelling is asked for":  `metadata = metadata || '{"cancel_attempted_at":"2026-11-22T03:00:00Z"}'`,
		"the state is set by hand": `state = 'cancelled', finalized_at = now()`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			id, _ := f.startLasting()
			began := time.Now()
			f.exec(`UPDATE siltgate.river_job SET ` + update)
			require.Eventually(t, func() bool {
				return strings.Contains(f.log.String(), `"msg":"run finished","job_id":1`) && strings.Contains(f.log.String(), `"outcome":"cancelled"`) &&
					f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND state = 'cancelled' AND outcome = 'cancelled'`, id) == 1
			}, pgtest.Patience, 10*time.Millisecond)
			require.Less(t, time.Since(began), 6*time.Second)
			left := f.number(`SELECT count(*) FROM refresh_tokens`)
			require.Less(t, left, int64(lasting))
			require.Eventually(t, func() bool {
				return f.number(`SELECT (output ->> 'deleted')::bigint FROM siltgate.runs WHERE id = $1`, id) == lasting-f.number(`SELECT count(*) FROM refresh_tokens`)
			}, pgtest.Patience, 10*time.Millisecond, "what was deleted is recorded")
		})
	}
}

func TestARunWhoseJobIsDeletedEnds(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.startLasting()
	f.exec(`DELETE FROM siltgate.river_job`)
	require.Eventually(t, func() bool { return strings.Contains(f.log.String(), "the job is no longer this replica's") },
		10*time.Second, 10*time.Millisecond)
	left := f.number(`SELECT count(*) FROM refresh_tokens`)
	f.await(f.insert(`{"dry_run":true}`), "completed") // the turn is free
	require.Equal(t, left, f.number(`SELECT count(*) FROM refresh_tokens`))
}

func TestFault73ANotificationAlonePausesNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stranger := f.stranger()
	f.start()
	f.await(f.insert(`{}`), "completed")
	for _, payload := range []string{`{"action":"pause","queue":"default"}`, `{"action":"pause","queue":"*"}`} {
		notify(t, stranger, "river_control", payload)
		f.await(f.insert(`{}`), "completed")
	}

	// A pause that the queue's row says holds, whoever notifies of an end.
	client, err := f.connected().newCleaner(t.Context(), 0).newClient()
	require.NoError(t, err)
	require.NoError(t, client.QueuePause(t.Context(), "default", nil))
	const tried = `SELECT count(*) FROM siltgate.runs WHERE id = $1 AND attempt > 0`
	var id int64
	require.Eventually(t, func() bool { // a run stays where it is
		if id != 0 && f.number(tried, id) == 0 {
			return true
		}
		id = f.insert(`{}`)
		return false
	}, 30*time.Second, time.Second)
	for range 5 {
		notify(t, stranger, "river_control", `{"action":"resume","queue":"default"}`)
	}
	pgtest.Never(t, func() bool { return f.number(tried, id) > 0 }, 2*time.Second, 50*time.Millisecond)
	require.NoError(t, client.QueueResume(t.Context(), "default", nil))
	f.await(id, "completed")
}

func TestFault73NoLeaderIsDeposedByANotification(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	stranger := f.stranger()
	f.start()
	const leader = `SELECT count(*) FROM siltgate.river_leader WHERE elected_at = $1`
	var elected time.Time
	require.Eventually(t, func() bool {
		return f.pool.QueryRow(t.Context(), `SELECT elected_at FROM siltgate.river_leader`).Scan(&elected) == nil
	}, pgtest.Patience, 10*time.Millisecond)
	for range 10 {
		notify(t, stranger, "river_leadership", `{"action":"request_resign"}`)
		notify(t, stranger, "river_leadership", `{"action":"resigned","leader_id":"x"}`)
		require.EqualValues(t, 1, f.number(leader, elected))
	}
	pgtest.Never(t, func() bool { return f.number(leader, elected) != 1 }, 3*time.Second, 100*time.Millisecond)
}

// A flood on all channels, of what River understands and of what nobody does.
func TestFault74TicksComeThroughAFloodOfNotifications(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	parsed, err := schedule.Parse("*/2 * * * * *", time.UTC)
	require.NoError(t, err)
	f.replica.Schedule = parsed
	stranger := f.stranger()
	flooding, stop := context.WithCancel(t.Context())
	flooded := make(chan int)
	go func() {
		sent := 0
		for ; flooding.Err() == nil; sent += 4000 {
			_, err := stranger.Exec(t.Context(), `
				SELECT pg_notify('siltgate.' || topic, replace(payload, 'N', (n % 50)::text) || repeat(' ', (n / 50)::int))
				FROM generate_series(1, 400) AS n, (VALUES
					('river_insert', '{"queue":"default"}'), ('river_insert', '{"queue":"N"}'), ('river_insert', 'N{'),
					('river_control', '{"action":"cancel","queue":"default","job_id":N}'), ('river_control', '{"action":"pause","queue":"*"}'),
					('river_control', '{"action":"metadata_changed","queue":"default","metadata":N}'), ('river_control', '[N]'),
					('river_leadership', '{"action":"request_resign"}'), ('river_leadership', '{"action":"resigned","leader_id":"N"}'),
					('river_leadership', 'N')) AS flood (topic, payload)`)
			if err != nil {
				break
			}
		}
		flooded <- sent
	}()
	f.start()
	ended := func() int64 {
		return f.number(`SELECT count(*) FROM siltgate.runs WHERE tick IS NOT NULL AND state = 'completed'`)
	}
	require.Eventually(t, func() bool { return ended() >= 4 }, pgtest.Patience, 50*time.Millisecond)
	stop()
	sent := <-flooded
	require.Zero(t, f.number(`
		SELECT count(*) FROM (SELECT tick - lag(tick) OVER (ORDER BY tick) AS apart FROM siltgate.ticks) AS ticks
		WHERE apart <> interval '2 s'`), "a tick was missed, or doubled")
	require.Less(t, len(f.log.String()), 20_000, "a flood of notifications is none of lines")
	t.Logf("%d notifications", sent)
}
