package migrations

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/stretchr/testify/require"
)

// migrated is a database with our schema.
func migrated(t *testing.T) *pgxpool.Pool {
	t.Helper()
	m, pool := newMigrator(t, "siltgate")
	_, err := m.Up(t.Context())
	require.NoError(t, err)
	return pool
}

// restore executes a statement as a restore does: no trigger changes what it says.
func restore(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	require.NoError(t, pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SET LOCAL session_replication_role TO replica`); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), sql, args...)
		return err
	}))
}

// plain is what an inserted run is, whatever its row said.
const plain = `
	state IN ('available', 'scheduled') AND attempt = 0 AND attempted_at IS NULL AND attempted_by IS NULL
	AND created_at = now() AND errors IS NULL AND finalized_at IS NULL AND max_attempts = 25
	AND queue = 'default' AND tags = '{}' AND priority = 2 AND unique_key IS NULL AND unique_states IS NULL
	AND scheduled_at BETWEEN now() AND now() + interval '1 day'`

func TestFault71WhateverIsInsertedOfOurKindIsAPlainNewRun(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	for column, values := range map[string][]string{
		"state, attempted_at": {`'running', now() - interval '1 h'`, `'running', NULL`, `'pending', NULL`, `'retryable', '-infinity'`, `'scheduled', 'infinity'`},
		"state, finalized_at": {`'completed', now()`, `'cancelled', '-infinity'`, `'discarded', 'infinity'`},
		"attempt":             {`32767`, `-32768`, `1`},
		"max_attempts":        {`1`, `0`, `-5`, `32767`},
		"attempted_by":        {`'{NULL}'`, `'{a,b}'`, `'{{a},{b}}'`, `'[5:6]={a,b}'`},
		"errors":              {`'{NULL}'`, `ARRAY['7'::jsonb]`, `ARRAY[ARRAY['{}'::jsonb]]`},
		"tags":                {`'{NULL}'`, `'{a}'`, `'{{a}}'`},
		"created_at":          {`'infinity'`, `'-infinity'`, `'200000-01-01'`, `'4000-01-01 BC'`},
		"scheduled_at":        {`'infinity'`, `'-infinity'`, `now() + interval '25 h'`, `'2001-01-01'`, `now() + interval '23 h'`},
		"priority":            {`1`, `4`},
		"queue":               {`'other'`, `'*'`},
		"unique_key":          {`'\x00'`},
		"id":                  {`9223372036854775807`, `-1`, `0`, `1000000`},
		"unique_states":       {`B'11111111'`},
		"metadata": {
			`'[]'`, `'null'`, `'7'`, `'{"cancel_attempted_at":"x"}'`, `'{"river:rescue_count":1e9}'`, `'{"snoozes":-1,"output":{"outcome":"running"}}'`,
			`'{"siltgate:refused":"no"}'`,
		},
	} {
		for _, value := range values {
			var ok bool
			var row, metadata string
			err := pool.QueryRow(t.Context(), fmt.Sprintf(`
				INSERT INTO siltgate.river_job AS job (kind, args, %s) VALUES ('token_cleanup', '{"reason":"x"}', %s)
				RETURNING id BETWEEN 1 AND 999 AND %s, metadata, job::text`, column, value, plain)).Scan(&ok, &metadata, &row)
			require.NoError(t, err, "%s: %s", column, value)
			require.True(t, ok, "%s: %s became %s", column, value, row)
			require.Equal(t, "{}", metadata, "%s: %s", column, value)
		}
	}
	var later int
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM siltgate.river_job WHERE state = 'scheduled'`).Scan(&later))
	require.Equal(t, 1, later, "23 hours ahead is kept")
}

func TestFault71ArgumentsThatAreTooLongAreNotStored(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	var args, metadata string
	require.NoError(t, pool.QueryRow(t.Context(), `
		INSERT INTO siltgate.river_job (kind, args) VALUES ('token_cleanup', jsonb_build_object('reason', repeat('x', 10000000)))
		RETURNING args, metadata`).Scan(&args, &metadata))
	require.JSONEq(t, `{}`, args)
	require.JSONEq(t, `{"siltgate:refused":"arguments: they are 10000014 bytes long, want at most 65536"}`, metadata)

	var size int
	require.NoError(t, pool.QueryRow(t.Context(), `
		INSERT INTO siltgate.river_job AS job (kind, args, metadata, errors, tags)
		VALUES ('other', jsonb_build_object('x', repeat('x', 10000000)), jsonb_build_object('x', repeat('x', 10000000)),
			ARRAY[to_jsonb(repeat('x', 10000000))], ARRAY(SELECT repeat('x', 255) FROM generate_series(1, 10000)))
		RETURNING octet_length(job::text)`).Scan(&size))
	require.Less(t, size, 1000, "nor are those of a job that no replica works")
}

// A tick that a client forged would stand for one that the schedule has yet to insert.
func TestFault71ATickIsTheSchedulesAlone(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	conn := asRole(t, pool, `
		GRANT USAGE ON SCHEMA siltgate TO %[1]s;
		GRANT SELECT, INSERT ON siltgate.river_job TO %[1]s;
		GRANT USAGE ON SEQUENCE siltgate.river_job_id_seq TO %[1]s`)
	const insert = `
		INSERT INTO siltgate.river_job (kind, args, unique_key, unique_states)
		VALUES ('token_cleanup', '{"tick":"2999-01-01T00:00:00Z"}', '\x01', B'11111111')
		RETURNING args, metadata, unique_key IS NULL`
	var args, metadata string
	var keyless bool
	require.NoError(t, conn.QueryRow(t.Context(), insert).Scan(&args, &metadata, &keyless))
	require.JSONEq(t, `{}`, args)
	require.JSONEq(t, `{"siltgate:refused":"arguments: tick: only the schedule sets it, leave it out"}`, metadata)
	require.True(t, keyless)

	// A job of another kind may not have a tick's key either.
	require.NoError(t, conn.QueryRow(t.Context(), `
		INSERT INTO siltgate.river_job (kind, args, unique_key, unique_states) VALUES ('other', '{}', '\x01', B'11111111')
		RETURNING args, metadata, unique_key IS NULL`).Scan(&args, &metadata, &keyless))
	require.True(t, keyless)

	// A role that may lead may insert a tick's run; the replica sees whether the tick is its own.
	require.NoError(t, pool.QueryRow(t.Context(), insert).Scan(&args, &metadata, &keyless))
	require.JSONEq(t, `{"tick":"2999-01-01T00:00:00Z"}`, args)
	require.True(t, keyless)
}

// River reads many rows with one statement.
func TestFault72NoRowIsStoredThatRiverCannotRead(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	exec := riverpgxv5.New(pool).GetExecutor()
	odd := map[string][]string{
		"attempt":      {`32767`, `-32768`},
		"max_attempts": {`32767`, `-1`},
		"attempted_by": {`'{NULL}'`, `'{{a},{b}}'`, `'[5:6]={a,NULL}'`},
		"errors":       {`'{NULL}'`, `ARRAY[ARRAY['{}'::jsonb]]`, `ARRAY['7'::jsonb, NULL]`},
		"tags":         {`'{NULL}'`, `'{{a}}'`},
		"created_at":   {`'infinity'`, `'-infinity'`, `'200000-01-01'`},
		"scheduled_at": {`'-infinity'`, `'4000-01-01 BC'`},
		"attempted_at": {`'-infinity'`, `'infinity'`},
		"metadata": {
			`'[]'`, `'null'`, `'{"cancel_attempted_at":"x"}'`, `'{"cancel_attempted_at":7}'`, `'{"cancel_attempted_at":"2026-02-30T00:00:00Z"}'`,
			`'{"cancel_attempted_at":"infinity"}'`, `'{"cancel_attempted_at":null}'`, `'{"cancel_attempted_at":"2026-02-29T24:00:00Z"}'`,
			`'{"river:rescue_count":1e9}'`, `'{"river:rescue_count":1.5}'`, `'{"river:rescue_count":-1e300}'`,
		},
	}
	for _, kind := range []string{"token_cleanup", "other"} {
		for column, values := range odd {
			for _, value := range values {
				_, err := pool.Exec(t.Context(), fmt.Sprintf(`INSERT INTO siltgate.river_job (kind, args, %s) VALUES ('%s', '{}', %s)`, column, kind, value))
				require.NoError(t, err, "%s: %s", column, value)
				// Who may update, as River UI does, may store what it could not insert.
				_, err = pool.Exec(t.Context(), fmt.Sprintf(`
					UPDATE siltgate.river_job SET state = 'available', finalized_at = NULL, scheduled_at = now();
					UPDATE siltgate.river_job SET %s = %s`, column, value))
				require.NoError(t, err, "%s: %s", column, value)

				_, err = pool.Exec(t.Context(), `UPDATE siltgate.river_job SET scheduled_at = now() - interval '1 s'`)
				require.NoError(t, err)
				fetched, err := exec.JobGetAvailable(t.Context(), &riverdriver.JobGetAvailableParams{
					ClientID: "replica", MaxAttemptedBy: 100, MaxToLock: 1000, Queue: "default", Schema: "siltgate",
				})
				require.NoError(t, err, "fetch: %s: %s", column, value)
				require.NotEmpty(t, fetched.Jobs)
				require.Empty(t, fetched.DecodeErrors, "%s: %s", column, value)
				requireRescued(t, pool, len(fetched.Jobs))
				_, err = pool.Exec(t.Context(), `DELETE FROM siltgate.river_job`)
				require.NoError(t, err)
			}
		}
	}
}

// requireRescued has River rescue whatever runs, as if each run's replica had died.
func requireRescued(t *testing.T, pool *pgxpool.Pool, many int) {
	t.Helper()
	exec := riverpgxv5.New(pool).GetExecutor()
	_, err := pool.Exec(t.Context(), `UPDATE siltgate.river_job SET attempted_at = now() - interval '1 h' WHERE state = 'running'`)
	require.NoError(t, err)
	stuck, err := exec.JobGetStuck(t.Context(), &riverdriver.JobGetStuckParams{Max: 10000, Schema: "siltgate", StuckHorizon: now(t, pool)})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(stuck), many)
	at := now(t, pool)
	params := &riverdriver.JobRescueManyParams{Schema: "siltgate", StuckHorizon: at}
	for _, job := range stuck {
		params.ID = append(params.ID, job.ID)
		params.Error = append(params.Error, []byte(`{}`))
		params.FinalizedAt = append(params.FinalizedAt, nil)
		params.ScheduledAt = append(params.ScheduledAt, at)
		params.State = append(params.State, "retryable")
	}
	_, err = exec.JobRescueMany(t.Context(), params)
	require.NoError(t, err)
	scheduled, err := exec.JobSchedule(t.Context(), &riverdriver.JobScheduleParams{Max: 10000, Schema: "siltgate"})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(scheduled), many)
}

func TestFault72AQueueIsStoredAsRiverCanReadIt(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	exec := riverpgxv5.New(pool).GetExecutor()
	_, err := pool.Exec(t.Context(), `
		INSERT INTO siltgate.river_queue (name, created_at, paused_at, updated_at) VALUES ('default', 'infinity', 'infinity', '-infinity')`)
	require.NoError(t, err)
	queue, err := exec.QueueCreateOrSetUpdatedAt(t.Context(), &riverdriver.QueueCreateOrSetUpdatedAtParams{Name: "default", Schema: "siltgate"})
	require.NoError(t, err)
	require.NotNil(t, queue.PausedAt)
	_, err = pool.Exec(t.Context(), `UPDATE siltgate.river_queue SET created_at = '-infinity', paused_at = '-infinity'`)
	require.NoError(t, err)
	_, err = exec.QueueGet(t.Context(), &riverdriver.QueueGetParams{Name: "default", Schema: "siltgate"})
	require.NoError(t, err)
}

func TestARestoreKeepsItsRows(t *testing.T) {
	t.Parallel()
	pool := migrated(t)
	restore(t, pool, `
		INSERT INTO siltgate.river_job (id, kind, args, state, attempt, finalized_at, queue, metadata)
		VALUES (7000, 'token_cleanup', '{"tick":"2026-11-22T03:00:00Z"}', 'completed', 3, '2026-11-22 03:01:00Z', 'other', '{"output":{"deleted":7}}')`)
	var same bool
	require.NoError(t, pool.QueryRow(t.Context(), `
		SELECT id = 7000 AND state = 'completed' AND attempt = 3 AND queue = 'other' AND metadata = '{"output":{"deleted":7}}'
		FROM siltgate.river_job`).Scan(&same))
	require.True(t, same)
}
