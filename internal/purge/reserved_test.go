package purge

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFault87TablesOfPostgresAndOfSiltgateItselfAreNeverPurged(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, `
		CREATE SCHEMA own;
		CREATE TABLE own.ticks (tick timestamptz);
		INSERT INTO own.ticks VALUES ('-infinity');
		DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path TO public, own', current_database()); END $$`)
	for _, c := range []struct {
		table Table
		want  string
	}{
		{Table{Schema: "own", Name: "ticks"}, "is Siltgate's own, which needs its rows: ended runs go after SILTGATE_HISTORY"},
		{Table{Name: "ticks"}, "is Siltgate's own, which needs its rows: ended runs go after SILTGATE_HISTORY"},
		{Table{Schema: "pg_catalog", Name: "pg_authid"}, "belongs to Postgres itself, which needs its rows: it is never purged"},
		{Table{Name: "pg_authid"}, "belongs to Postgres itself, which needs its rows: it is never purged"},
		{Table{Schema: "information_schema", Name: "sql_features"}, "belongs to Postgres itself, which needs its rows: it is never purged"},
	} {
		c.table.Except = "own"
		c.table.Rules = []Rule{{Expires: []string{"tick"}}}
		if c.table.Name == "pg_authid" {
			c.table.Rules = []Rule{{Expires: []string{"rolvaliduntil"}}}
		}
		require.EqualError(t, db.inspect(c.table)[0].Err(), c.want, c.table)
		_, err := db.purge(c.table)
		require.ErrorContains(t, err, c.want, c.table)
	}
	require.EqualValues(t, 1, db.number(`SELECT count(*) FROM own.ticks`))
}
