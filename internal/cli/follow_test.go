package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// waiting starts `enqueue --wait` and waits until its run is there.
func waiting(t *testing.T, environ []string, args ...string) (out *lines, end chan output) {
	t.Helper()
	out, end = &lines{}, make(chan output, 1)
	go func() {
		var errors lines
		code := Run(t.Context(), append([]string{"enqueue", "--wait"}, args...), environ, out, &errors)
		end <- output{code: code, stdout: out.String(), stderr: errors.String()}
	}()
	out.await(t, "run 1\n")
	return out, end
}

func TestFault44AWaitShowsWhyAnAttemptFailedAtOnce(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	out, end := waiting(t, environ, "--dry-run")
	fail := func(attempt int, output string) {
		_, err := pool.Exec(t.Context(), fmt.Sprintf(`
			UPDATE siltgate.river_job
			SET state = 'retryable', attempt = %d, scheduled_at = now() + interval '1 h',
				errors = ARRAY['{"error":"take the lock: no\nand more"}'::jsonb],
				metadata = '{"output":%s}'`, attempt, output))
		require.NoError(t, err)
	}
	fail(1, `{"outcome":"failed","tables":[{"table":"app.tokens","error":"role \"w\" lacks DELETE on it"},{"table":"app.other"}]}`)
	out.await(t, "attempt 1 failed, and the run is tried again:\n  app.tokens: role \"w\" lacks DELETE on it\nwaits for its next attempt at 20")
	fail(2, `{"outcome":"failed","error":"take the lock: no"}`)
	out.await(t, "attempt 2 failed, and the run is tried again:\n  take the lock: no\n  and more\n")
	out.await(t, "\nretrying, attempt 2\n")

	_, err := pool.Exec(t.Context(), `UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"dry_run"}}'`)
	require.NoError(t, err)
	ended := <-end
	require.Zero(t, ended.code, ended.stderr)
	require.Equal(t, 2, strings.Count(ended.stdout, "failed, and the run is tried again"), "each attempt once")
	require.NotContains(t, ended.stdout, "retrying, 0", "what was counted is of no use")
}

func TestFault44AWaitSaysThatNoReplicaIsRunningAndWhenOneIs(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	out, end := waiting(t, environ)
	out.await(t, "no replica is running, so the run waits: start one with `siltgate run`\n")

	_, err := pool.Exec(t.Context(), `
		INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('someone', 'dev', '0')`)
	require.NoError(t, err)
	out.await(t, "a replica is running\n")
	_, err = pool.Exec(t.Context(), `UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"completed"}}'`)
	require.NoError(t, err)
	require.Zero(t, (<-end).code)
}

func TestFault44AWaitSaysThatTheFleetDiedWhichWorkedTheRun(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	out, end := waiting(t, environ)
	exec := func(sql string) {
		t.Helper()
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	exec(`INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('someone', 'dev', '0')`)
	exec(`
		UPDATE siltgate.river_job
		SET state = 'running', attempt = 1, attempted_by = ARRAY['someone'], attempted_at = now() - interval '2 minutes',
			metadata = jsonb_build_object('output', jsonb_build_object('outcome', 'running', 'deleted', 10, 'duration_ms', 1000,
				'pace', jsonb_build_object('duty', 0.3, 'forecast', now() + interval '1 minute'), 'tables', '[{"table":"t","estimate":1000,"deleted":10}]'::jsonb))`)
	out.await(t, "running, 10 rows deleted of about 1,000, 10/s, at 30% of its time, about ")
	history := siltgate(t.Context(), environ, "history")
	require.Contains(t, history.stdout, "at 30% of its time, about ")

	exec(`UPDATE siltgate.heartbeats SET seen_at = now() - interval '149 seconds'`)
	require.NotContains(t, out.String(), "no replica", "a killed one may be back")
	exec(`UPDATE siltgate.heartbeats SET seen_at = now() - interval '151 seconds'`)
	out.await(t, "waits for a replica to go on with it: someone does not run any more\n")
	out.await(t, "no replica is running, so the run waits: start one with `siltgate run`\n")
	history = siltgate(t.Context(), environ, "history")
	require.Contains(t, history.stdout, "waits for a replica to go on with it: someone does not run any more\n")
	require.NotContains(t, history.stdout, "left")

	exec(`UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"completed"}}'`)
	require.Zero(t, (<-end).code)
}

func TestFault44WhoMayNotSeeReplicasWaitsAllTheSame(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	_, url := pgtest.Role(t, strings.TrimPrefix(environ[0], "DATABASE_URL="), `
		GRANT USAGE ON SCHEMA siltgate TO %[1]s;
		GRANT EXECUTE ON FUNCTION siltgate.enqueue_token_cleanup TO %[1]s;
		GRANT SELECT ON siltgate.runs TO %[1]s`)
	_, end := waiting(t, []string{"DATABASE_URL=" + url})
	require.Eventually(t, func() bool { // it has tried to look, and looks at its run
		var n int
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE usename LIKE 'Role%' AND datname = current_database() AND query LIKE '%runs%' AND backend_start < now() - interval '3 s'`).Scan(&n)
		return err == nil && n == 1
	}, pgtest.Patience, 10*time.Millisecond)
	_, err := pool.Exec(t.Context(), `UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"completed"}}'`)
	require.NoError(t, err)
	ended := <-end
	require.Zero(t, ended.code, ended.stderr)
	require.NotContains(t, ended.stdout, "replica")
}
