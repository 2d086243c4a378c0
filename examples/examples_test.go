package examples_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/cli"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestEveryExampleKeepsItsLiveRowsAndLosesItsDeadOnes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			url := pgtest.Database(t)
			pool := pgtest.Pool(t, url)
			_, err = pool.Exec(t.Context(), string(script))
			require.NoError(t, err)
			var live []string
			for _, row := range rows(t, pool) {
				if regexp.MustCompile(`"live\b`).MatchString(row) {
					live = append(live, row)
				} else {
					require.Regexp(t, `"dead\b`, row)
				}
			}

			printed := purge(t, append(settings(script), "DATABASE_URL="+url, "REFRESH_TOKEN_CLEANUP_CRON=off"))

			require.Equal(t, live, rows(t, pool))
			require.NotContains(t, printed, "sweep", "the example's indexes serve")
		})
	}
}

// settings are the variables in an example's first comment.
func settings(script []byte) []string {
	var environ []string
	for _, match := range regexp.MustCompile(`(?m)^--   (SILTGATE_\w+=.*)$`).FindAllSubmatch(script, -1) {
		environ = append(environ, string(match[1]))
	}
	return environ
}

// rows are those of all the example's tables, as JSON.
func rows(t *testing.T, pool *pgxpool.Pool) []string {
	t.Helper()
	names, err := pool.Query(t.Context(), `
		SELECT format('SELECT to_jsonb(t)::text FROM %I.%I AS t', schemaname, tablename)
		FROM pg_tables
		WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'siltgate')
		ORDER BY 1`)
	require.NoError(t, err)
	queries, err := pgx.CollectRows(names, pgx.RowTo[string])
	require.NoError(t, err)
	var all []string
	for _, query := range queries {
		found, err := pool.Query(t.Context(), query+` ORDER BY 1`)
		require.NoError(t, err)
		texts, err := pgx.CollectRows(found, pgx.RowTo[string])
		require.NoError(t, err)
		all = append(all, texts...)
	}
	return all
}

// purge migrates, runs a replica, waits for one run of it, and returns what the
// run's result was.
func purge(t *testing.T, environ []string) string {
	t.Helper()
	siltgate(t, environ, "migrate")
	startReplica(t, environ)
	return siltgate(t, environ, "enqueue", "--wait")
}

// siltgate is a command that succeeds, and what it printed.
func siltgate(t *testing.T, environ []string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), args, environ, &stdout, &stderr)
	require.Zero(t, code, stdout.String()+stderr.String())
	return stdout.String()
}

// startReplica runs a replica until the test ends.
func startReplica(t *testing.T, environ []string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { cli.Run(ctx, []string{"run"}, environ, io.Discard, io.Discard) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
}
