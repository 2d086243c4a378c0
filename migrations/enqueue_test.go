package migrations

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
	confirmed := enqueue(`confirm => true`)
	require.NotEqual(t, all, confirmed, "who confirms does not join a run that confirms nothing")
	require.NotEqual(t, all, enqueue(`requested_by => 'x', confirm => true`))
	require.Equal(t, confirmed, enqueue(`NULL, false, false, NULL, NULL, true`))
	_, err = pool.Exec(t.Context(), `SELECT siltgate.enqueue_token_cleanup(confirm => NULL)`)
	require.ErrorContains(t, err, "dry_run, full_speed, confirm: want true or false, got NULL")

	// The role that asks is known even if it does not say so.
	var by string
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT requested_by FROM siltgate.runs WHERE id = $1 AND requested_by = session_user`, all).Scan(&by))

	// A run for later is not the one that is wanted now.
	_, err = pool.Exec(t.Context(), `
		INSERT INTO siltgate.river_job (kind, args, scheduled_at)
		VALUES ('token_cleanup', '{"requested_by":"later"}', now() + interval '5 h')`)
	require.NoError(t, err)
	later := enqueue(`requested_by => 'later'`)
	require.Equal(t, later, enqueue(`requested_by => 'later'`))
	var waits bool
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT scheduled_at <= now() FROM siltgate.river_job WHERE id = $1`, later).Scan(&waits))
	require.True(t, waits)

	// Nor is one whose arguments the database has refused.
	restore(t, pool, `
		INSERT INTO siltgate.river_job (kind, args, metadata)
		VALUES ('token_cleanup', '{"requested_by":"refused"}', '{"siltgate:refused":"arguments: tick: only the schedule sets it, leave it out"}')`)
	var refused int64
	require.NoError(t, pool.QueryRow(t.Context(), `SELECT max(id) FROM siltgate.river_job`).Scan(&refused))
	require.NotEqual(t, refused, enqueue(`requested_by => 'refused'`))

	// A text that is too long is refused where it comes in.
	for _, args := range []string{
		`reason => repeat('x', 1001)`, `requested_by => repeat('x', 100000000)`,
		`tables => ARRAY['a', repeat('x', 128)]`, `tables => array_fill('refresh_tokens'::text, '{3000}')`,
	} {
		_, err = pool.Exec(t.Context(), `SELECT siltgate.enqueue_token_cleanup(`+args+`)`)
		require.ErrorContains(t, err, "want ", args)
		require.Less(t, len(err.Error()), 300)
	}

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
