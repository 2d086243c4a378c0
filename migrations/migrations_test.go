package migrations

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/localpg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func newMigrator(t *testing.T, schema string) (Migrator, *pgxpool.Pool) {
	t.Helper()
	url := pgtest.Database(t)
	config, err := pgxpool.ParseConfig(url)
	require.NoError(t, err)
	return Migrator{Config: config, Schema: schema}, pgtest.Pool(t, url)
}

func TestUpMakesTheSchemaAndDownUnmakesIt(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	version, err := Version(t.Context(), pool, m.Schema)
	require.NoError(t, err)
	require.Zero(t, version)

	applied, err := m.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"river", "enqueue", "triggers", "runs", "mend", "guard"}, names(applied))
	version, err = Version(t.Context(), pool, m.Schema)
	require.NoError(t, err)
	require.EqualValues(t, Latest, version)
	steps, err := m.Status(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, Latest, steps[len(steps)-1].Version, "Latest is the newest file's number")
	for _, step := range steps {
		require.False(t, step.AppliedAt.IsZero(), step.Name)
	}

	again, err := m.Up(t.Context())
	require.NoError(t, err)
	require.Empty(t, again)

	var undone []string
	for {
		steps, err := m.Down(t.Context())
		require.NoError(t, err)
		if len(steps) == 0 {
			break
		}
		undone = append(undone, names(steps)...)
	}
	require.Equal(t, []string{"guard", "mend", "runs", "triggers", "enqueue", "river"}, undone)
	var left int
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT
			(SELECT count(*) FROM pg_class WHERE relnamespace = 'siltgate'::regnamespace AND relkind IN ('r', 'v') AND relname <> 'siltgate_migration')
			+ (SELECT count(*) FROM pg_proc WHERE pronamespace = 'siltgate'::regnamespace)
			+ (SELECT count(*) FROM pg_type WHERE typnamespace = 'siltgate'::regnamespace AND typtype = 'e')`).Scan(&left))
	require.Zero(t, left)

	_, err = m.Up(t.Context())
	require.NoError(t, err)
}

func TestManyMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	errs := make(chan error)
	const many = 6
	for range many {
		go func() {
			_, err := m.Up(context.WithoutCancel(t.Context()))
			errs <- err
		}()
	}
	for range many {
		require.NoError(t, <-errs)
	}
	version, err := Version(t.Context(), pool, m.Schema)
	require.NoError(t, err)
	require.EqualValues(t, Latest, version)
}

func TestNothingOutsideTheSchemaIsTouched(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "silt_2")
	objects := func() []string {
		rows, err := pool.Query(t.Context(), `
			SELECT n.nspname || '.' || c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
			WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'silt_2')
			UNION ALL
			SELECT n.nspname || '.' || p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
			WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'silt_2')
			ORDER BY 1`)
		require.NoError(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		return all
	}
	before := objects()
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, before, objects())
}

func TestEnqueueReturnsTheIdenticalRunThatStillWaits(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	enqueue := func(args string) (id int64) {
		t.Helper()
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT siltgate.enqueue_token_cleanup(`+args+`)`).Scan(&id))
		return id
	}
	all := enqueue(``)
	require.Equal(t, all, enqueue(``))
	require.Equal(t, all, enqueue(`tables => NULL, dry_run => false, requested_by => ''`))
	dry := enqueue(`dry_run => true`)
	require.NotEqual(t, all, dry)
	require.NotEqual(t, dry, enqueue(`dry_run => true, reason => 'incident'`))

	// The waiting run may begin before the transaction commits, and miss what it did.
	tx, err := pool.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `CREATE TABLE written ()`)
	require.NoError(t, err)
	var own int64
	require.NoError(t, tx.QueryRow(t.Context(), `SELECT siltgate.enqueue_token_cleanup()`).Scan(&own))
	require.NotEqual(t, all, own)
	require.NoError(t, tx.Rollback(t.Context()))

	// Nothing is what a forgotten parameter sends: it must not turn a dry run into a run.
	for _, args := range []string{`dry_run => NULL`, `full_speed => NULL`} {
		_, err = pool.Exec(t.Context(), `SELECT siltgate.enqueue_token_cleanup(`+args+`)`)
		require.ErrorContains(t, err, "want true or false, got NULL")
	}

	// A run that has begun is too late to join.
	_, err = pool.Exec(t.Context(), `UPDATE siltgate.river_job SET metadata = '{"output":{"outcome":"running"}}' WHERE id = $1`, all)
	require.NoError(t, err)
	require.NotEqual(t, all, enqueue(``))

	_, err = pool.Exec(t.Context(), `SELECT siltgate.enqueue_token_cleanup(tables => '{}')`)
	require.ErrorContains(t, err, "want at least one name")
}

func TestARoleNeedsNothingButExecuteToEnqueue(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	role := "trigger_" + strings.ToLower(t.Name()[len(t.Name())-6:])
	exec := func(sql string) error {
		_, err := conn.Exec(t.Context(), sql)
		return err
	}
	require.NoError(t, exec(`CREATE ROLE `+role))
	defer func() { require.NoError(t, exec(`RESET ROLE; DROP OWNED BY `+role+`; DROP ROLE `+role)) }()
	require.NoError(t, exec(`GRANT USAGE ON SCHEMA siltgate TO `+role))
	require.NoError(t, exec(`SET ROLE `+role))
	require.ErrorContains(t, exec(`SELECT siltgate.enqueue_token_cleanup()`), "permission denied")
	require.NoError(t, exec(`RESET ROLE`))
	require.NoError(t, exec(`GRANT EXECUTE ON FUNCTION siltgate.enqueue_token_cleanup TO `+role))
	require.NoError(t, exec(`SET ROLE `+role))

	// A hostile search_path must not lead the function anywhere else.
	require.NoError(t, exec(`CREATE TEMP TABLE river_job (kind text, args jsonb, id bigint)`))
	require.NoError(t, exec(`SET search_path TO pg_temp, public`))
	require.NoError(t, exec(`SELECT siltgate.enqueue_token_cleanup(requested_by => 'ops')`))
	require.NoError(t, exec(`RESET search_path; RESET ROLE; DROP TABLE pg_temp.river_job`))
	var by string
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT requested_by FROM siltgate.runs`).Scan(&by))
	require.Equal(t, "ops", by)
}

func TestTheRunsViewSurvivesWhateverIsInserted(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	for _, args := range []string{
		`null`, `1`, `"x"`, `[]`, `["tick", "tables"]`, `{"tick":"2026-99-99"}`, `{"tick":7}`, `{"tables":"x"}`, `{"tables":[1,null,{}]}`,
		`{"tables":{}}`, `{"dry_run":"yes"}`, `{"requested_by":{"a":1}}`, `{"tick":"2026-11-22T03:00:00Z","dry_run":true}`,
	} {
		for _, output := range []string{`null`, `7`, `[]`, `{"deleted":"x","duration_ms":1e400,"cutoff":"never"}`, `{"duration_ms":9223372036854775807,"cutoff":"infinity"}`, `{"deleted":12,"duration_ms":1500,"outcome":"completed"}`} {
			_, err := pool.Exec(t.Context(), `
				INSERT INTO siltgate.river_job (kind, args, metadata)
				VALUES ('token_cleanup', $1::text::jsonb, jsonb_build_object('output', $2::text::jsonb))`, args, output)
			require.NoError(t, err)
		}
	}
	rows, err := pool.Query(t.Context(), `SELECT id, trigger, tick, tables, dry_run, duration, deleted, outcome, started_at, output::text FROM siltgate.runs ORDER BY id`)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	require.NoError(t, err)
	require.Len(t, all, 13*6)
	last := all[len(all)-1]
	require.Equal(t, "schedule", last["trigger"])
	require.Equal(t, true, last["dry_run"])
	require.EqualValues(t, 12, last["deleted"])
}

func TestInsertsAndRevivalsNotify(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	_, err = conn.Exec(t.Context(), `LISTEN "siltgate.river_insert"`)
	require.NoError(t, err)

	for _, sql := range []string{
		`INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', '{}')`,
		`UPDATE siltgate.river_job SET state = 'available' WHERE state = 'running'`,
	} {
		_, err = pool.Exec(t.Context(), sql)
		require.NoError(t, err)
		notification, err := conn.Conn().WaitForNotification(t.Context())
		require.NoError(t, err)
		require.JSONEq(t, `{"queue":"default"}`, notification.Payload)
		_, err = pool.Exec(t.Context(), `UPDATE siltgate.river_job SET state = 'running'`)
		require.NoError(t, err)
	}
}

func names(steps []Step) []string {
	var all []string
	for _, step := range steps {
		all = append(all, step.Name)
	}
	return all
}
