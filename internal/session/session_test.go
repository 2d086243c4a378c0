package session

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestAPinnedConnectionFindsNothingThatOthersMade(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	for _, sql := range []string{
		`DO $$ BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %I SET search_path = public, pg_catalog', pg_catalog.current_database()); END $$`,
		// A function that asks a server for its state may be another one of that name.
		`CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'called'; END $$`,
	} {
		_, err := pgtest.Pool(t, url).Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	config, err := pgx.ParseConfig(url + "&target_session_attrs=primary")
	require.NoError(t, err)
	_, err = pgx.ConnectConfig(t.Context(), config)
	require.ErrorContains(t, err, "called", "the function is in the way")

	Pin(config)
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	defer Close(t.Context(), conn)
	_, err = conn.Exec(t.Context(), `CREATE TEMPORARY TABLE pg_class (oid oid)`)
	require.NoError(t, err)
	var path string
	var hidden bool
	require.NoError(t, conn.QueryRow(t.Context(), `SELECT current_setting('search_path'), 'pg_class'::regclass <> 'pg_catalog.pg_class'::regclass`).
		Scan(&path, &hidden))
	require.Equal(t, "pg_catalog, pg_temp", path)
	require.False(t, hidden, "temporary tables come last")
}
