package purge

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestAStatementThatReadsTheCatalogIsPreparedWhenItComesASecondTime(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).session()
	const sql = `SELECT $1::pg_catalog.int4 OPERATOR(pg_catalog.+) 1`
	for prepared := range 2 {
		var count int
		n, err := readRow(t.Context(), s.catalog(), "add", pgx.RowTo[int], sql, 41)
		require.NoError(t, err)
		require.Equal(t, 42, n)
		require.NoError(t, s.conn.QueryRow(t.Context(), `
			SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements AS p WHERE p.statement OPERATOR(pg_catalog.=) $1::pg_catalog.text`, sql).Scan(&count))
		require.Equal(t, prepared, count)
	}
}

// To plan that statement takes longer than any other that a run of a small table executes.
func TestWhatKeepsRowsIsReadOnlyWhereAForeignKeyRefersToThem(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens)
	read := 0
	watch := func(sql string) {
		if strings.Contains(sql, "has_column_privilege(k.confrelid") {
			read++
		}
	}
	revoked := Table{Name: "refresh_tokens", Rules: []Rule{{Done: "revoked"}}}
	purged := func() int64 {
		p, err := db.engineOn(db.watched(watch), revoked).Run(t.Context(), Request{Tables: []Table{revoked}}, Progress{})
		require.NoError(t, err)
		return p.Deleted()
	}
	db.exec(`INSERT INTO refresh_tokens (revoked) VALUES (true)`)
	require.EqualValues(t, 1, purged())
	require.Zero(t, read)

	db.exec(`CREATE TABLE sessions (token bigint REFERENCES refresh_tokens)`)
	db.exec(`CREATE INDEX ON sessions (token)`)
	db.exec(`INSERT INTO refresh_tokens (revoked) SELECT true FROM generate_series(1, 2)`)
	db.exec(`INSERT INTO sessions SELECT max(id) FROM refresh_tokens`)
	require.EqualValues(t, 1, purged(), "the other one is referred to")
	require.Positive(t, read)
}

func TestARunReadsTheClockHoweverTheRoleHasDatesWritten(t *testing.T) {
	t.Parallel()
	db := newDatabase(t, createTokens)
	db.exec(`INSERT INTO refresh_tokens (expires_at) VALUES (now() - interval '1 day')`)
	db.exec(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET DateStyle = German', current_database()); END $$`)
	p, err := db.purge(tokens)
	require.NoError(t, err)
	require.EqualValues(t, 1, p.Deleted())
	_, err = Forecasts(t.Context(), db.config(nil), []Table{tokens})
	require.NoError(t, err)
}
