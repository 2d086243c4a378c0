package worker

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/jobs"
)

// mallory is a role that may log in and do nothing more.
func (f *fixture) mallory() *pgx.Conn {
	f.t.Helper()
	var role string
	require.NoError(f.t, f.pool.QueryRow(f.t.Context(), `SELECT 'mallory_of_' || current_database()`).Scan(&role))
	f.exec(`CREATE ROLE ` + role + ` LOGIN PASSWORD 'secret'`)
	config := f.pool.Config().ConnConfig
	target := url.URL{Scheme: "postgres", User: url.UserPassword(role, "secret"), Host: fmt.Sprintf("%s:%d", config.Host, config.Port), Path: "/" + config.Database}
	if strings.HasPrefix(config.Host, "/") {
		target.Host, target.RawQuery = "", url.Values{"host": {config.Host}, "port": {fmt.Sprint(config.Port)}}.Encode()
	}
	conn, err := pgx.Connect(f.t.Context(), target.String())
	require.NoError(f.t, err)
	f.t.Cleanup(func() {
		_ = conn.Close(context.Background())
		_, err := f.pool.Exec(context.Background(), `DROP ROLE `+role)
		require.NoError(f.t, err)
	})
	return conn
}

func TestFault66WhoMayOnlyConnectCannotStopARun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	id, stop := f.startLasting()
	mallory := f.mallory()
	for _, sql := range []string{
		`SELECT FROM siltgate.turn FOR UPDATE`, `DO $$ BEGIN LOCK TABLE siltgate.turn; END $$`, `UPDATE siltgate.turn SET epoch = 0`, `SELECT FROM siltgate.ticks`,
	} {
		_, err := mallory.Exec(t.Context(), sql)
		require.ErrorContains(t, err, "permission denied", sql)
	}
	// The key of the run's session stands in pg_locks for all to see. She gets it when that
	// session ends, and all others that she can think of.
	var pid int
	require.NoError(t, mallory.QueryRow(t.Context(), `
		SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&pid))
	got := make(chan error, 1)
	go func() {
		_, err := mallory.Exec(context.WithoutCancel(t.Context()), `
			SELECT pg_advisory_lock(hashtextextended('siltgate run siltgate', 0)), pg_advisory_lock((classid::bigint << 32) | objid::bigint)
			FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND pid <> pg_backend_pid()
				AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		got <- err
	}()
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`) > 0
	}, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, stop())
	require.NoError(t, <-got)

	f.replica.Pace.DutyCycle = 1
	f.start()
	f.await(id, "completed")
	// Not even if she had the number of the process that had the turn.
	require.NoError(t, f.pool.QueryRow(t.Context(), `
		UPDATE siltgate.turn
		SET pid = held.pid, nonce = (held.classid::bigint << 32) | held.objid::bigint, job_id = 0
		FROM pg_locks AS held
		WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
			AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		RETURNING held.pid`).Scan(&pid))
	require.EqualValues(t, mallory.PgConn().PID(), pid)
	f.await(f.insert(`{}`), "completed")
}

func TestFault66ForgedJobsHoldUpNoRun(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.restore(`
		INSERT INTO siltgate.river_job (kind, args, state, queue, scheduled_at, attempt, attempted_at, attempted_by, metadata)
		SELECT 'token_cleanup', '{}', state::siltgate.river_job_state, queue, scheduled_at, 1, attempted_at, '{forged}', metadata::jsonb
		FROM unnest('{scheduled,retryable,running,pending}'::text[]) AS state,
			unnest('{default,other}'::text[]) AS queue,
			unnest(ARRAY[now() + interval '1 year', now() + interval '1 day']) AS scheduled_at,
			unnest(ARRAY[now() + interval '1 year', now()]) AS attempted_at,
			unnest(ARRAY['` + begun + `', jsonb_set('` + begun + `', '{snoozes}', '3')::text]) AS metadata`)
	f.start()
	f.await(f.insert(`{}`), "completed")
	const woken = 4 // seem to wait for their turn, and are runs like others
	require.Eventually(t, func() bool {
		return f.number(`SELECT count(*) FROM siltgate.river_job WHERE state = 'completed' AND attempted_by[1] = 'forged'`) == woken
	}, time.Minute, 10*time.Millisecond)
	for range 3 {
		id := f.insert(`{}`)
		require.Equal(t, jobs.OutcomeCompleted, f.await(id, "completed").Outcome)
		require.Zero(t, f.number(`SELECT count(*) FROM siltgate.river_job WHERE id = $1 AND metadata ? 'snoozes'`, id), "it has not waited")
	}
}

func TestFault65WhoLocksTheTurnIsNamedAtOnceInLogAndHistory(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before a run", "under a run"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			var id int64
			if when == "under a run" {
				id, _ = f.startLasting()
			}
			tx, err := f.pool.Begin(t.Context())
			require.NoError(t, err)
			defer func() { _ = tx.Rollback(context.Background()) }()
			var who string
			require.NoError(t, tx.QueryRow(t.Context(), `SELECT 'process ' || pg_backend_pid() || ' of role ' || current_user FROM siltgate.turn FOR UPDATE`).Scan(&who))
			if when == "before a run" {
				f.start()
				id = f.insert(`{}`)
			}
			require.Eventually(t, func() bool {
				return f.number(`SELECT count(*) FROM siltgate.runs WHERE id = $1 AND output -> 'pace' ->> 'waiting_for' LIKE '%siltgate.turn is locked by ' || $2`, id, who) == 1
			}, 20*time.Second, 10*time.Millisecond)
			require.Contains(t, f.log.String(), `"msg":"run waits for its turn"`)
			if when == "before a run" {
				require.Less(t, f.number(`SELECT duration_ms FROM siltgate.runs WHERE id = $1`, id), turnLockTimeout.Milliseconds(), "to wait is no work")
			}
			require.Contains(t, f.log.String(), who)

			require.NoError(t, tx.Rollback(t.Context()))
			f.exec(`DELETE FROM refresh_tokens WHERE id % 100 <> 0`) // or it lasts, at that pace
			result := f.await(id, "completed")
			require.Equal(t, jobs.OutcomeCompleted, result.Outcome)
			require.Empty(t, result.Pace.WaitingFor)
			require.EqualValues(t, 1, f.number(`SELECT attempt FROM siltgate.river_job WHERE id = $1`, id), "waiting spends none")
		})
	}
}

func TestFault67ATurnWithoutItsRowIsSaidWithWhatToDo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.exec(`DELETE FROM siltgate.turn`)
	f.start()
	result := f.await(f.insert(`{}`), "retryable")
	require.Contains(t, result.Error, `INSERT INTO "siltgate"."turn" DEFAULT VALUES`)
}
