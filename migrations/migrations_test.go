package migrations

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
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
	require.Equal(t, []string{"river", "enqueue", "ticks", "history", "notify", "fence", "inserted", "clocks", "turn", "replicas", "control", "tables", "status"}, names(applied))
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
	require.Equal(t, []string{"status", "tables", "control", "replicas", "turn", "clocks", "inserted", "fence", "notify", "history", "ticks", "enqueue", "river"}, undone)
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

// A River that brings another migration needs one of ours, which begins where riverVersion ends.
func TestRiverHasNoMigrationThatTheSchemaLacks(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	river, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: m.Schema})
	require.NoError(t, err)
	all := river.AllVersions()
	require.Equal(t, riverVersion, all[len(all)-1].Version)
	lacks, err := river.Validate(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, lacks.OK, lacks.Messages)
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
	m, pool := newMigrator(t, "order") // a word that SQL reserves
	objects := func() []string {
		rows, err := pool.Query(t.Context(), `
			SELECT n.nspname || '.' || c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
			WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'order')
			UNION ALL
			SELECT n.nspname || '.' || p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
			WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'order')
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

// A role's search_path, and what others create in its schemas, is none of ours.
func TestEveryFunctionFindsNamesInTheCatalogAlone(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	rows, err := pool.Query(t.Context(), `
		SELECT proname FROM pg_proc
		WHERE pronamespace = 'siltgate'::regnamespace AND NOT coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)`)
	require.NoError(t, err)
	loose, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Empty(t, loose)
}

func TestASchemaFromBeforeTheFirstReleaseIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	m, pool := newMigrator(t, "siltgate")
	_, err := pool.Exec(t.Context(), `
		CREATE SCHEMA siltgate;
		CREATE TABLE siltgate.siltgate_migration (
			id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
			version_id bigint NOT NULL,
			is_applied boolean NOT NULL,
			tstamp timestamp NOT NULL DEFAULT now());
		INSERT INTO siltgate.siltgate_migration (version_id, is_applied) SELECT n, true FROM generate_series(0, 6) AS n`)
	require.NoError(t, err)
	const remedy = "`DROP SCHEMA \"siltgate\" CASCADE` and run `siltgate migrate`"
	for name, do := range map[string]func() error{
		"up":      func() error { _, err := m.Up(t.Context()); return err },
		"down":    func() error { _, err := m.Down(t.Context()); return err },
		"status":  func() error { _, err := m.Status(t.Context()); return err },
		"version": func() error { _, err := Version(t.Context(), pool, m.Schema); return err },
	} {
		require.ErrorContains(t, do(), remedy, name)
	}
	var objects int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_class WHERE relnamespace = 'siltgate'::regnamespace AND relkind = 'r'`).Scan(&objects))
	require.Equal(t, 1, objects, "nothing was made")

	_, err = pool.Exec(t.Context(), `DROP SCHEMA "siltgate" CASCADE`)
	require.NoError(t, err)
	_, err = m.Up(t.Context())
	require.NoError(t, err)
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
		for _, output := range []string{`null`, `7`, `[]`, `{"deleted":"x","duration_ms":1e400,"cutoff":"never"}`, `{"duration_ms":9223372036854775807,"cutoff":"infinity"}`, `{"duration_ms":-5,"tables":[{"found":1e400},{"found":1}]}`, `{"tables":{"found":"x","warnings":[7,"a"]}}`, `{"deleted":12,"duration_ms":1500,"outcome":"completed"}`} {
			restore(t, pool, `
				INSERT INTO siltgate.river_job (kind, args, metadata)
				VALUES ('token_cleanup', $1::text::jsonb, jsonb_build_object('output', $2::text::jsonb))`, args, output)
		}
	}
	rows, err := pool.Query(t.Context(), `SELECT id, trigger, tick, tables, dry_run, duration, duration_ms, deleted, found, referenced, warnings, outcome, started_at, output::text FROM siltgate.runs ORDER BY id`)
	require.NoError(t, err)
	all, err := pgx.CollectRows(rows, pgx.RowToMap)
	require.NoError(t, err)
	require.Len(t, all, 13*8)
	last := all[len(all)-1]
	require.Equal(t, "manual", last["trigger"], "only a row of siltgate.ticks makes it the schedule's")
	require.Nil(t, last["tick"])
	require.Equal(t, true, last["dry_run"])
	require.EqualValues(t, 12, last["deleted"])
	require.EqualValues(t, 1500, last["duration_ms"])
}

func TestTheRunsViewSaysNothingThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	type told struct {
		Duration          *string
		DurationMS        *int64
		Found, Referenced *int64
		Warnings          []string
	}
	ms := func(n int64) *int64 { return &n }
	text := func(s string) *string { return &s }
	for row, want := range map[string]told{
		`'{}', 'available', NULL, NULL, 0, '{}'`:                                                          {},
		`'{"dry_run":true}', 'running', NULL, now(), 1, '{"output":{"outcome":"running","tables":null}}'`: {},
		`'{}', 'cancelled', now(), NULL, 0, '{}'`:                                                         {},
		`'{}', 'cancelled', '2026-11-22 03:00:02Z', '2026-11-22 03:00:00Z', 1, '{}'`:                      {Duration: text("00:00:02"), DurationMS: ms(2000)},
		`'{}', 'cancelled', '2026-11-22 03:00:02Z', '2026-11-23 03:00:00Z', 1, '{}'`:                      {}, // a clock was set
		`'{}', 'cancelled', 'infinity', '-infinity', 1, '{}'`:                                             {},
		`'{"dry_run":true}', 'completed', now(), now(), 1, '{"output":{"outcome":"dry_run","duration_ms":1500,"tables":[{"found":40,"estimate":9},{"found":2}]}}'`: {
			Duration: text("00:00:01.5"), DurationMS: ms(1500), Found: ms(42),
		},
		`'{}', 'completed', now(), now(), 1, '{"output":{"duration_ms":0,"tables":[{"found":3,"estimate":40,"referenced":2,"warnings":["a","b"]},{"found":4}]}}'`: {
			Duration: text("00:00:00"), DurationMS: ms(0), Found: ms(7), Referenced: ms(2), Warnings: []string{"a", "b"},
		},
	} {
		restore(t, pool, `DELETE FROM siltgate.river_job`)
		restore(t, pool, `
			INSERT INTO siltgate.river_job (kind, args, state, finalized_at, attempted_at, attempt, metadata)
			VALUES ('token_cleanup', `+row+`)`)
		rows, err := pool.Query(t.Context(), `SELECT duration::text, duration_ms, found, referenced, warnings FROM siltgate.runs`)
		require.NoError(t, err)
		got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[told])
		require.NoError(t, err, row)
		require.Equal(t, want, got, row)
	}
}

func TestARunThatNobodyTakesUpWaitsForAReplicaOrForTheEndOfAPause(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	waitsFor := func() (what string) {
		require.NoError(t, pool.QueryRow(t.Context(), `SELECT waiting_for FROM siltgate.runs`).Scan(&what))
		return what
	}
	for _, sql := range []string{`SELECT siltgate.enqueue_token_cleanup()`, `SELECT siltgate.pause_token_cleanup()`} {
		_, err := pool.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	require.Equal(t, "paused", waitsFor())
	_, err := pool.Exec(t.Context(), `SELECT siltgate.resume_token_cleanup()`)
	require.NoError(t, err)
	require.Equal(t, "a replica to take it up", waitsFor())
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
