package cli

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAFleetIsPausedAndResumed(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	missing := siltgate(t.Context(), environ, "pause")
	require.Equal(t, 1, missing.code)
	require.Contains(t, missing.stderr, "run `siltgate migrate`")
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)

	require.Equal(t, "runs were not paused\n", siltgate(t.Context(), environ, "resume").stdout)
	paused := siltgate(t.Context(), environ, "pause", "--for", "2h", "--reason", "inci\x1b[2Jdent 42", "--requested-by", "ops")
	require.Zero(t, paused.code, paused.stderr)
	require.Equal(t, "runs are paused for 2h0m0s; a run at work ends its batch\n", paused.stdout)
	require.Regexp(t, `^runs are paused by ops until 20.*Z: inci \[2Jdent 42\n`, siltgate(t.Context(), environ, "history").stdout)

	_, end := waiting(t, environ, "--timeout", "3s")
	ended := <-end
	require.Equal(t, 1, ended.code)
	require.Contains(t, ended.stdout, "runs are paused by ops until")
	require.Contains(t, ended.stderr, "no replica is running: run 1 waits for one")
	_, err := pool.Exec(t.Context(), `INSERT INTO siltgate.heartbeats (replica, version, digest) VALUES ('a', '1', 'x')`)
	require.NoError(t, err)
	late := siltgate(t.Context(), environ, "enqueue", "--wait", "--timeout", "1s")
	require.Equal(t, 1, late.code)
	require.Contains(t, late.stderr, "run 1 waits: runs are paused by ops until")

	again := siltgate(t.Context(), environ, "pause")
	require.Contains(t, again.stdout, "were paused already")
	require.Equal(t, "runs go on\n", siltgate(t.Context(), environ, "resume").stdout)
	began := time.Now()
	late = siltgate(t.Context(), environ, "enqueue", "--wait", "--timeout", "1s")
	require.Equal(t, 1, late.code)
	require.Contains(t, late.stderr, "run 1 has not ended within 1s; it goes on")
	require.Less(t, time.Since(began), 30*time.Second)

	cancelled := siltgate(t.Context(), environ, "cancel", "1")
	require.Zero(t, cancelled.code, cancelled.stderr)
	require.Contains(t, cancelled.stdout, "run 1 is cancelled")
	ends := siltgate(t.Context(), environ, "cancel", "1")
	require.Equal(t, 1, ends.code)
	require.Contains(t, ends.stderr, "run 1 has ended already")
	require.Contains(t, siltgate(t.Context(), environ, "cancel", "7").stderr, "there is no such run")
}

func TestWhatCannotBePausedOrCancelledIsWrongUsage(t *testing.T) {
	t.Parallel()
	environ := []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/x"}
	for _, args := range [][]string{
		{"pause", "--for", "0s"},
		{"pause", "--for", "-1h"},
		{"pause", "--for", "9000h"},
		{"pause", "--for", "soon"},
		{"pause", "--reason", strings.Repeat("x", 1001)},
		{"cancel"},
		{"cancel", "x"},
		{"cancel", "0"},
		{"cancel", "1", "2"},
		{"enqueue", "--timeout", "1s"},
		{"enqueue", "--wait", "--timeout", "-1s"},
	} {
		got := siltgate(t.Context(), environ, args...)
		require.Equal(t, 2, got.code, "%v: %s", args, got.stderr)
	}
	require.Contains(t, siltgate(t.Context(), environ, "pause", "--for", "-1h").stderr, "--for -1h0m0s: want more than 0")
}

// The role that may ask for runs, and nothing more, is not left without a word.
func TestWhoMayOnlyAskForRunsIsToldThatNoneBegins(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	_, err := pool.Exec(t.Context(), hardened)
	require.NoError(t, err)
	roles := newRoles(t, environ, pool)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	roles.grant("trigger")
	require.Zero(t, siltgate(t.Context(), environ, "pause", "--requested-by", "ops").code)
	out := siltgate(t.Context(), roles.as("trigger"), "enqueue", "--wait", "--timeout", "8s")
	require.Equal(t, 1, out.code, out.stdout)
	require.Contains(t, out.stdout, "runs are paused by ops")
	require.Contains(t, out.stderr, "no replica is running: run 1 waits for one")
}
