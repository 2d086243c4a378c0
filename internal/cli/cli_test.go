package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/golden"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/migrations"
)

func TestHelpIsThis(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, command := range []string{
		"", "run", "migrate", "enqueue", "history", "pause", "resume", "cancel", "doctor", "grants", "demo", "healthcheck", "version",
	} {
		args := strings.Fields(command + " --help")
		out := siltgate(t.Context(), nil, args...)
		require.Zero(t, out.code)
		require.Empty(t, out.stderr)
		all.WriteString("$ siltgate " + strings.Join(args, " ") + "\n" + out.stdout + "\n")
	}
	golden.Equal(t, "testdata/help.txt", all.String())
}

func TestExitCodesTellUsageFromFailure(t *testing.T) {
	t.Parallel()
	nowhere := []string{"DATABASE_URL=postgres://app:canary@127.0.0.1:1/app?connect_timeout=2"}
	for name, c := range map[string]struct {
		environ []string
		args    []string
		code    int
		stderr  string
	}{
		"no command":            {nil, nil, 0, ""},
		"unknown command":       {nil, []string{"purge"}, 2, `siltgate: unknown command "purge" for "siltgate"`},
		"unknown flag":          {nil, []string{"run", "--fast"}, 2, "siltgate: unknown flag: --fast"},
		"too many arguments":    {nil, []string{"run", "now"}, 2, `siltgate: unknown command "now" for "siltgate run"`},
		"ill-typed flag":        {nil, []string{"history", "--limit", "x"}, 2, "siltgate: invalid argument"},
		"flag out of bounds":    {nowhere, []string{"history", "--limit", "0"}, 2, "siltgate: --limit 0: want at least 1"},
		"flags that exclude":    {nowhere, []string{"migrate", "--down", "--status"}, 2, "siltgate: --down and --status: want one of them"},
		"no configuration":      {nil, []string{"run"}, 2, "siltgate: DATABASE_URL: required"},
		"bad configuration":     {append(nowhere, "SILTGATE_DUTY_CYCLE=1.5"), []string{"run"}, 2, "siltgate: SILTGATE_DUTY_CYCLE=1.5: want more than 0 and at most 1"},
		"table not configured":  {nowhere, []string{"enqueue", "--table", "users"}, 2, "siltgate: --table users: is not configured"},
		"no address for health": {nil, []string{"healthcheck"}, 2, "siltgate: SILTGATE_HTTP_ADDR: want"},
		"no database, run":      {nowhere, []string{"run"}, 1, "siltgate: "},
		"no database, migrate":  {nowhere, []string{"migrate"}, 1, "siltgate: the database is not there yet, waiting for up to 200ms: connect to the database"},
		"no database, enqueue":  {nowhere, []string{"enqueue"}, 1, "siltgate: the database is not there yet, waiting for up to 200ms: connect to the database"},
		"no database, history":  {nowhere, []string{"history"}, 1, "siltgate: connect to the database"},
		"nobody is healthy":     {[]string{"SILTGATE_HTTP_ADDR=127.0.0.1:1"}, []string{"healthcheck"}, 1, "siltgate: ask for health"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := siltgate(t.Context(), c.environ, c.args...)
			require.Equal(t, c.code, out.code, out.stderr)
			require.True(t, strings.HasPrefix(out.stderr, c.stderr), out.stderr)
			require.NotContains(t, out.stdout+out.stderr, "canary")
			if c.code != 0 {
				require.NotEmpty(t, strings.TrimPrefix(out.stderr, "siltgate: "))
				require.NotContains(t, out.stderr, "goroutine")
			}
		})
	}
}

func TestAnUnmigratedDatabaseIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	environ, _ := newDatabase(t)
	for _, args := range [][]string{{"run"}, {"enqueue"}, {"history"}, {"history", "--json"}, {"migrate", "--status"}} {
		out := siltgate(t.Context(), environ, args...)
		require.Equal(t, 1, out.code, args)
		require.Contains(t, out.stderr, "run `siltgate migrate`", args)
	}
}

func TestMigrateGoesUpAndDown(t *testing.T) {
	t.Parallel()
	environ, _ := newDatabase(t)
	out := siltgate(t.Context(), environ, "migrate")
	require.Zero(t, out.code, out.stderr)
	require.Regexp(t, `^applied 10 river\napplied 11 enqueue\n(applied \d+ [a-z]+\n)*schema "siltgate" is up to date\n$`, out.stdout)
	require.Equal(t, migrations.Latest-10+2, strings.Count(out.stdout, "\n"), "a line each, and one more")
	out = siltgate(t.Context(), environ, "migrate")
	require.Equal(t, "schema \"siltgate\" is up to date\n", out.stdout)
	out = siltgate(t.Context(), environ, "migrate", "--status")
	require.Zero(t, out.code)
	require.NotContains(t, out.stdout, "missing")
	out = siltgate(t.Context(), environ, "migrate", "--down")
	require.Regexp(t, fmt.Sprintf(`^undid %d [a-z]+\n$`, migrations.Latest), out.stdout)
	out = siltgate(t.Context(), environ, "migrate", "--status")
	require.Equal(t, 1, out.code)
	require.Regexp(t, fmt.Sprintf(`(?m)^%d\s+[a-z]+\s+missing$`, migrations.Latest), out.stdout)
}

func TestEnqueueAndHistoryShowTheRun(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	out := siltgate(t.Context(), environ, "enqueue", "--dry-run", "--table", "refresh_tokens", "--reason", "a\tb\x1b[31m", "--requested-by", "ops")
	require.Zero(t, out.code, out.stderr)
	require.Equal(t, "1\n", out.stdout)

	out = siltgate(t.Context(), environ, "history")
	require.Zero(t, out.code)
	require.Regexp(t, `(?m)^ +1  waiting +- +- +- +ops: a b`, out.stdout)

	out = siltgate(t.Context(), environ, "history", "--json")
	require.Zero(t, out.code)
	var runs []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out.stdout), &runs))
	require.Len(t, runs, 1)
	require.Equal(t, "a\tb\x1b[31m", runs[0]["reason"])
	require.Equal(t, []any{"refresh_tokens"}, runs[0]["tables"])
	require.Equal(t, true, runs[0]["dry_run"])

	// Waiting shows how it ends, whoever executes it.
	done := make(chan output)
	go func() { done <- siltgate(t.Context(), environ, "enqueue", "--wait", "--requested-by", "ops") }()
	require.Eventually(t, func() bool {
		tag, err := pool.Exec(t.Context(), `
			UPDATE siltgate.river_job
			SET state = 'discarded', finalized_at = now(), attempt = 2,
				errors = ARRAY['{"error":"purge refresh_tokens: does not exist"}'::jsonb],
				metadata = '{"output":{"outcome":"failed","deleted":7,"duration_ms":1500,"tables":[
					{"table":"public.refresh_tokens","plan":"index","deleted":7,"locked":2,"undeletable":1}]}}'
			WHERE id = 2`)
		return err == nil && tag.RowsAffected() == 1
	}, pgtest.Patience, time.Millisecond)
	out = <-done
	require.Equal(t, 1, out.code)
	require.Contains(t, out.stdout, "run 2\n")
	require.Contains(t, out.stdout, "public.refresh_tokens: 7 rows deleted (2 locked, left for the next run; 1 cannot be deleted; index)\nfailed in 1.5s\n")
	require.Equal(t, "siltgate: run 2 failed at attempt 2: purge refresh_tokens: does not exist\n", out.stderr)
}

func TestWhatOthersWroteCannotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	_, err := pool.Exec(t.Context(), `INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', $1)`,
		map[string]string{"requested_by": "\x1b]0;owned\x07\x1b[2Jops\nroot\u202e"})
	require.NoError(t, err)
	out := siltgate(t.Context(), environ, "history")
	require.Zero(t, out.code)
	for _, r := range out.stdout {
		require.True(t, r == '\n' || r >= ' ' && r != '\u202e', "%q", out.stdout)
	}
	require.Len(t, strings.Split(strings.TrimSpace(out.stdout), "\n"), 3, "a header, the run, what it waits for")
}

func TestAnOddRecordDoesNotHideTheHistory(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	for _, tables := range []string{`[{"found":40},{"found":2}]`, `7`, `[7]`, `null`, `"x"`, `{}`, `[{"found":"x"}]`, `[{"found":[1]}]`, `{"found":1}`} {
		_, err := pool.Exec(t.Context(), `
			INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', jsonb_build_object('dry_run', true, 'reason', $1::text))`, tables)
		require.NoError(t, err)
		_, err = pool.Exec(t.Context(), `
			UPDATE siltgate.river_job
			SET metadata = jsonb_build_object('output', jsonb_build_object('outcome', 'dry_run', 'tables', $1::text::jsonb))
			WHERE args ->> 'reason' = $1`, tables)
		require.NoError(t, err)
	}
	for _, args := range [][]string{{"history"}, {"history", "--json"}} {
		out := siltgate(t.Context(), environ, args...)
		require.Zero(t, out.code, out.stderr)
		if len(args) == 1 {
			require.Len(t, strings.Split(strings.TrimSpace(out.stdout), "\n"), 19)
			require.Contains(t, out.stdout, "42 found")
		}
	}
}

func TestAWaitOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	environ[0] += "&application_name=waiting"
	done := make(chan output)
	go func() { done <- siltgate(t.Context(), environ, "enqueue", "--wait") }()
	terminate := func() int64 {
		var n int64
		require.NoError(t, pool.QueryRow(t.Context(), `
			SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'waiting' AND query LIKE '%runs%'`).Scan(&n))
		return n
	}
	for range 2 { // the connection that asked, and the one after it
		require.Eventually(t, func() bool { return terminate() == 1 }, pgtest.Patience, time.Millisecond)
	}
	_, err := pool.Exec(t.Context(), `UPDATE siltgate.river_job SET state = 'completed', finalized_at = now(), metadata = '{"output":{"outcome":"completed"}}'`)
	require.NoError(t, err)
	out := <-done
	require.Zero(t, out.code, out.stderr)
	require.Contains(t, out.stdout, "connection lost, the run goes on: connecting again\nconnected again\n")
	require.Contains(t, out.stdout, "completed in 0s\n")
}

func TestAWaitForARunThatIsNotThereAnyMoreFails(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	done := make(chan output)
	go func() { done <- siltgate(t.Context(), environ, "enqueue", "--wait") }()
	require.Eventually(t, func() bool {
		tag, err := pool.Exec(t.Context(), `DELETE FROM siltgate.river_job`)
		return err == nil && tag.RowsAffected() == 1
	}, pgtest.Patience, time.Millisecond)
	out := <-done
	require.Equal(t, 1, out.code)
	require.Contains(t, out.stderr, "siltgate: read run 1: there is no such run")
}

func TestAnInterruptedWaitLeavesTheRun(t *testing.T) {
	t.Parallel()
	environ, pool := newDatabase(t)
	require.Zero(t, siltgate(t.Context(), environ, "migrate").code)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan output)
	go func() { done <- siltgate(ctx, environ, "enqueue", "--wait") }()
	require.Eventually(t, func() bool {
		var n int
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM siltgate.runs`).Scan(&n)
		return err == nil && n == 1
	}, pgtest.Patience, time.Millisecond)
	cancel()
	out := <-done
	require.Equal(t, 1, out.code)
	require.Contains(t, out.stderr, "interrupted; the run goes on")
	rows, err := pool.Query(t.Context(), `SELECT state FROM siltgate.runs`)
	require.NoError(t, err)
	state, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, "available", state)
}
