package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPathHasBuiltInObjectsFirstAndTemporaryTablesLast(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		`"$user", public`:             `pg_catalog, "$user", "public", pg_temp`,
		``:                            `pg_catalog, pg_temp`,
		`""`:                          `pg_catalog, pg_temp`,
		`pg_temp, public`:             `pg_catalog, "public", pg_temp`,
		`public,pg_catalog`:           `pg_catalog, "public", pg_temp`,
		`App , "App","pg_temp_3"`:     `pg_catalog, "app", "App", pg_temp`,
		`"a ""quoted"" one, with", b`: `pg_catalog, "a ""quoted"" one, with", "b", pg_temp`,
	} {
		require.Equal(t, want, safePath(path), path)
	}
}

func TestASessionFindsTablesByTheRolesOwnPath(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `CREATE SCHEMA app; CREATE SCHEMA "Odd ""one"""`, `CREATE TABLE app.refresh_tokens (expires_at timestamptz)`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = pg_temp, "Odd ""one""", APP', current_database()); END $$`)
	s := db.session()
	e, _ := s.examineAlone(t, Table{Name: "refresh_tokens", Rules: []Rule{{Expires: []string{"expires_at"}}}})
	require.Equal(t, "app.refresh_tokens", e.title)

	var path string
	require.NoError(t, s.conn.QueryRow(t.Context(), `SHOW search_path`).Scan(&path))
	require.Equal(t, `pg_catalog, "Odd ""one""", "app", pg_temp`, path)
}
