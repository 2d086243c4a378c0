package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunOncePrintsTheResultAndItsExitCodeSaysHowItEnded(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	environ = append(environ, "SILTGATE_MAX_ATTEMPTS=1")
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	_, err := pool.Exec(t.Context(), `
		CREATE TABLE refresh_tokens (expires_at timestamptz, revoked boolean);
		INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 42)`)
	require.NoError(t, err)
	once := siltgate(t.Context(), environ, "run", "--once")
	require.Zero(t, once.code, once.stderr)
	require.Contains(t, once.stdout, "run 1\n")
	require.Contains(t, once.stdout, "42 rows deleted")
	require.Contains(t, once.stderr, "replica stopping", "the log is elsewhere")

	_, err = pool.Exec(t.Context(), `DROP TABLE refresh_tokens`)
	require.NoError(t, err)
	once = siltgate(t.Context(), environ, "run", "--once")
	require.Equal(t, 1, once.code, once.stdout)
	require.Contains(t, once.stderr, "siltgate: run 2 failed at attempt 1\n")

	_, err = pool.Exec(t.Context(), `SELECT siltgate.pause_token_cleanup('incident 42', requested_by => 'ops')`)
	require.NoError(t, err)
	once = siltgate(t.Context(), environ, "run", "--once")
	require.Equal(t, 1, once.code, once.stdout)
	require.Contains(t, once.stderr, "siltgate: runs are paused by ops: incident 42\n")
}
