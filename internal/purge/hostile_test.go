package purge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// TestFault59ASessionsStatementsDependOnNothingInAHostileSchema asks Postgres itself what the
// names in a session's statements mean where a copy of each built-in object comes first: the
// statement becomes the body of a function, whose dependencies the catalog has.
func TestFault59ASessionsStatementsDependOnNothingInAHostileSchema(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens, indexTokens, `
		CREATE TABLE devices (id bigint PRIMARY KEY, parent bigint REFERENCES devices, local timestamp, used_at timestamptz);
		CREATE INDEX ON devices (parent);
		CREATE TABLE sessions (id bigint, expires_at timestamptz, done_at timestamptz) PARTITION BY RANGE (id);
		CREATE TABLE sessions_1 PARTITION OF sessions FOR VALUES FROM (0) TO (1000);
		CREATE TABLE kept (token bigint REFERENCES refresh_tokens);
		CREATE INDEX ON kept (token)`)
	db.exec(`INSERT INTO refresh_tokens (expires_at, revoked) SELECT now() - interval '1 hour', n % 2 = 0 FROM generate_series(1, 100) AS n`)
	db.exec(`INSERT INTO kept SELECT id FROM refresh_tokens LIMIT 10`)
	db.exec(`INSERT INTO devices SELECT n, nullif(n - 1, 0), now(), now() FROM generate_series(1, 20) AS n`)
	db.exec(`INSERT INTO sessions SELECT n, now() - interval '1 hour', NULL FROM generate_series(1, 20) AS n`)
	held := db.begin()
	_, err := held.Exec(t.Context(), `SELECT FROM refresh_tokens WHERE id = 50 FOR UPDATE`)
	require.NoError(t, err)

	var said []string
	tables := []Table{
		tokens,
		{Name: "devices", Rules: []Rule{{Expires: []string{"local"}, Done: "used_at", KeepDone: time.Second, ExpiresZone: "Europe/Berlin", DoneZone: "Europe/Berlin"}}},
		{Name: "sessions", Rules: []Rule{{Expires: []string{"expires_at"}, Done: "done_at"}}},
	}
	e := db.engineOn(db.watched(func(sql string) { said = append(said, sql) }), tables...)
	e.Lag = &LagGuard{Limit: time.Minute}
	for _, request := range []Request{{Tables: tables, DryRun: true}, {Tables: tables}} {
		progress, err := e.Run(t.Context(), request, Progress{})
		require.NoError(t, err)
		require.True(t, progress.Done)
	}
	require.NoError(t, held.Rollback(t.Context()))

	pgtest.Hostile(t, db.url)
	conn, err := db.pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	slices.Sort(said)
	said = slices.DeleteFunc(slices.Compact(said), func(sql string) bool {
		return regexp.MustCompile(`^(RESET|SHOW|DISCARD|BEGIN|begin|COMMIT|commit|ROLLBACK|rollback|SAVEPOINT|SET)\b|EXECUTE|^-- ping`).MatchString(sql)
	})
	require.Greater(t, len(said), 20)
	for _, sql := range said {
		require.Empty(t, foreignNames(t, conn.Conn(), sql), sql)
	}
	require.NotEmpty(t, foreignNames(t, conn.Conn(), `SELECT FROM pg_catalog.pg_class WHERE reltuples > 0`))
	require.NotEmpty(t, foreignNames(t, conn.Conn(), `SELECT $1::text`))
	require.NotEmpty(t, foreignNames(t, conn.Conn(), `SELECT 1 FROM pg_class`))
}

// foreignNames are objects of the schema hostile that a statement means.
func foreignNames(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	body := strings.TrimPrefix(sql, "EXPLAIN (FORMAT JSON)")
	_, err := conn.Exec(t.Context(), `SET search_path = pg_catalog`)
	require.NoError(t, err)
	statement, err := conn.Prepare(t.Context(), "", body)
	require.NoError(t, err, sql)
	var parameters []string
	for _, oid := range statement.ParamOIDs {
		var name string
		require.NoError(t, conn.QueryRow(t.Context(), `
			SELECT n.nspname || '.' || quote_ident(typname) FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE t.oid = $1`, oid).Scan(&name))
		parameters = append(parameters, name)
	}
	_, err = conn.Exec(t.Context(), `SET search_path = hostile, pg_catalog`)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), fmt.Sprintf("CREATE FUNCTION public.said(%s) RETURNS void LANGUAGE sql BEGIN ATOMIC %s; END", strings.Join(parameters, ", "), body))
	if err != nil {
		return []string{err.Error()}
	}
	_, err = conn.Exec(t.Context(), `SET search_path = pg_catalog`)
	require.NoError(t, err)
	rows, err := conn.Query(t.Context(), `
		SELECT object.identity
		FROM pg_depend AS d, pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) AS object
		WHERE d.classid = 'pg_proc'::regclass AND d.objid = to_regproc($1)
			AND (object.schema = 'hostile' OR object.identity LIKE 'hostile.%')`, "public.said")
	require.NoError(t, err)
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), `DROP FUNCTION public.said`)
	require.NoError(t, err)
	return found
}
