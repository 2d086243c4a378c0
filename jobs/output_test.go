package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/cli"
	"github.com/siltgate/siltgate/internal/testkit/pgtest"
	"github.com/siltgate/siltgate/jobs"
)

// The arguments and outputs of real runs are as the schemas say, and have no other field.
func TestWhatRunsRecordIsAsTheSchemasSay(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	pool := pgtest.Pool(t, url)
	environ := []string{"DATABASE_URL=" + url, "REFRESH_TOKEN_CLEANUP_CRON=off"}
	siltgate := func(args ...string) int {
		var printed bytes.Buffer
		code := cli.Run(t.Context(), args, environ, &printed, &printed)
		t.Log(printed.String())
		return code
	}
	_, err := pool.Exec(t.Context(), `
		CREATE TABLE refresh_tokens (id bigint PRIMARY KEY, expires_at timestamptz, revoked boolean NOT NULL DEFAULT false);
		CREATE TABLE logins (token bigint REFERENCES refresh_tokens);
		CREATE INDEX ON logins (token);
		INSERT INTO refresh_tokens SELECT n, now() + make_interval(hours => n) FROM generate_series(-9, 9) AS n;
		INSERT INTO logins VALUES (-9)`)
	require.NoError(t, err)
	require.Zero(t, siltgate("migrate"))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var replica sync.WaitGroup
	replica.Go(func() { cli.Run(ctx, []string{"run"}, environ, io.Discard, io.Discard) })
	defer replica.Wait()
	defer stop()

	require.Zero(t, siltgate("enqueue", "--wait", "--dry-run", "--requested-by", "alice", "--reason", "to look"))
	require.Zero(t, siltgate("enqueue", "--wait", "--full-speed", "--table", "refresh_tokens"))
	_, err = pool.Exec(t.Context(), `ALTER TABLE refresh_tokens RENAME COLUMN revoked TO gone`)
	require.NoError(t, err)
	_, err = pool.Exec(t.Context(), `SELECT siltgate.enqueue_token_cleanup(reason => 'fails')`)
	require.NoError(t, err)
	recorded := func() (all [][2][]byte) {
		rows, err := pool.Query(t.Context(), `SELECT args, metadata -> 'output' FROM siltgate.river_job WHERE attempt > 0 AND state <> 'running' ORDER BY id`)
		require.NoError(t, err)
		var args, output []byte
		_, err = pgx.ForEachRow(rows, []any{&args, &output}, func() error {
			all = append(all, [2][]byte{bytes.Clone(args), bytes.Clone(output)})
			return nil
		})
		require.NoError(t, err)
		return all
	}
	require.Eventually(t, func() bool { return len(recorded()) == 3 }, pgtest.Patience, 50*time.Millisecond)

	outcomes := ""
	for _, run := range recorded() {
		requireValid(t, "schema/args.json", run[0])
		requireValid(t, "schema/output.json", run[1])
		var output jobs.Result
		require.NoError(t, json.Unmarshal(run[1], &output))
		outcomes += string(output.Outcome) + " "
	}
	require.Equal(t, "dry_run completed failed ", outcomes)
	require.ErrorContains(t, valid(readSchema(t, "schema/output.json"), map[string]any{"deleted": "3"}), "want integer")
	require.ErrorContains(t, valid(readSchema(t, "schema/args.json"), map[string]any{"dryrun": true}), "is no property")
}

func readSchema(t *testing.T, path string) (schema node) {
	t.Helper()
	encoded, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(encoded, &schema))
	return schema
}

func requireValid(t *testing.T, path string, encoded []byte) {
	t.Helper()
	var value any
	require.NoError(t, json.Unmarshal(encoded, &value))
	require.NoError(t, valid(readSchema(t, path), value), string(encoded))
}

// valid judges a value by a schema, of which it must have no property besides.
func valid(schema node, value any) error {
	problem := func(err error, at any) error {
		if err != nil {
			return fmt.Errorf("%v: %w", at, err)
		}
		return nil
	}
	kind := schema.Type
	switch v := value.(type) {
	case map[string]any:
		if kind == "" {
			return nil
		}
		for name, property := range v {
			described, known := schema.Properties[name]
			if !known {
				return fmt.Errorf("%q is no property", name)
			}
			if err := problem(valid(described, property), name); err != nil {
				return err
			}
		}
		for _, name := range schema.Required {
			if _, there := v[name]; !there {
				return fmt.Errorf("%q is missing", name)
			}
		}
		return want(kind, "object")
	case []any:
		for i, item := range v {
			if err := problem(valid(*schema.Items, item), i); err != nil {
				return err
			}
		}
		return want(kind, "array")
	case string:
		if schema.Enum != nil && !slices.Contains(schema.Enum, v) {
			return fmt.Errorf("want one of %q, got %q", schema.Enum, v)
		}
		if schema.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
				return err
			}
		}
		return want(kind, "string")
	case bool:
		return want(kind, "boolean")
	case float64:
		if v == float64(int64(v)) && kind == "integer" {
			return nil
		}
		return want(kind, "number")
	}
	return fmt.Errorf("want %s, got %v", kind, value)
}

func want(kind, got string) error {
	if kind != got {
		return fmt.Errorf("want %s, got %s", kind, got)
	}
	return nil
}
