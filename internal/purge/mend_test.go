package purge

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/siltgate/siltgate/internal/testkit/pgtest"
)

// as is the same database to a role of its own. ddl is executed first, with the role's
// quoted name for %[1]s.
func (db *database) as(ddl string) *database {
	db.t.Helper()
	_, url := pgtest.Role(db.t, db.url, ddl)
	return &database{t: db.t, url: url, pool: db.pool}
}

// asManaged is as for a role as a managed Postgres gives it.
func (db *database) asManaged(ddl string) *database {
	db.t.Helper()
	_, url := pgtest.ManagedRole(db.t, db.url, ddl)
	return &database{t: db.t, url: url, pool: db.pool}
}

// name is the database's role, quoted.
func (db *database) name() string {
	db.t.Helper()
	config, err := pgx.ParseConfig(db.url)
	require.NoError(db.t, err)
	return pgx.Identifier{config.User}.Sanitize()
}

// inspect is what the inspection says of tables.
func (db *database) inspect(tables ...Table) []Inspection {
	db.t.Helper()
	all, err := Inspect(db.t.Context(), db.config(nil), tables)
	require.NoError(db.t, err)
	require.Len(db.t, all, len(tables))
	return all
}

// problems are the findings of a severity, one a line with its SQL.
func (i Inspection) problems(severity Severity) []string {
	var all []string
	for _, f := range i.Findings {
		if f.Severity == severity {
			all = append(all, f.String())
		}
	}
	return all
}

// requireMended holds that the inspection, a dry run and a run refuse the table in the
// same words, that they are these, and that their statements make it fit to be purged of
// dead rows. %[1]s in want is the role.
func (db *database) requireMended(t *testing.T, table Table, dead int, want ...string) {
	t.Helper()
	found := db.inspect(table)[0]
	for i := range want {
		want[i] = fmt.Sprintf(want[i]+"%.0[1]s", db.name())
	}
	require.Equal(t, want, found.problems(Refused))
	for _, dry := range []bool{true, false} {
		e := db.engine(table)
		_, err := e.Run(t.Context(), Request{Tables: e.tables, DryRun: dry}, Progress{})
		require.EqualError(t, err, "purge "+table.String()+": "+found.Err().Error(), "dry run: %v", dry)
		e.Session.Close(t.Context())
	}
	for _, f := range found.Findings {
		for _, statement := range f.SQL {
			db.exec(statement)
		}
	}
	require.Empty(t, db.inspect(table)[0].problems(Refused))
	p := db.mustPurge(table)
	require.EqualValues(t, dead, p.Deleted())
}
