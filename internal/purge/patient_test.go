package purge

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// lateReads are those of a slow server: statements with some words in them take longer than a batch may.
type lateReads struct {
	querier

	words string
	late  int
}

func (c *lateReads) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if strings.Contains(sql, c.words) {
		c.late++
		sql = fmt.Sprintf(`SELECT answer.* FROM pg_catalog.pg_sleep(%f), LATERAL (%s) AS answer`, 1.5*StatementTimeout.Seconds(), sql)
	}
	return c.querier.Query(ctx, sql, args...)
}

// A table with very many partitions, or any table on a starved server, costs its run time and not an attempt.
func TestFault109ARunOutlastsACatalogThatIsReadMoreSlowlyThanABatchMayTake(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"pg_catalog.pg_get_userbyid", // whose the table is
		"pg_catalog.pg_relation_size",
		"confdelsetcols", // which keys keep its rows
	} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t, createTokens, `INSERT INTO refresh_tokens (revoked) SELECT n <= 10 FROM generate_series(1, 20) AS n`)
			e := db.engine(tokens)
			late := &lateReads{querier: e.Session.reads, words: words}
			e.Session.reads = late
			p, err := e.Run(t.Context(), Request{Tables: e.tables}, Progress{})
			require.NoError(t, err)
			require.EqualValues(t, 10, p.Deleted())
			require.Positive(t, late.late)
		})
	}
}

// Only what reads the catalog has the longer time-out, and only once it was needed. It waits for no lock longer than a
// batch.
func TestTheTimeoutOfTheCatalogIsNoBatchs(t *testing.T) {
	t.Parallel()
	s := newDatabase(t).session()
	type limits struct{ Statement, Lock string }
	const current = `SELECT pg_catalog.current_setting('statement_timeout') AS statement, pg_catalog.current_setting('lock_timeout') AS lock`
	read := func(from querier) limits {
		rows, err := from.Query(t.Context(), current)
		require.NoError(t, err)
		l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[limits])
		require.NoError(t, err)
		return l
	}
	batch := read(s.conn)
	require.Equal(t, fmt.Sprint(StatementTimeout.Milliseconds(), "ms"), batch.Statement)
	require.Equal(t, batch, read(s.reads), "while the server is fast")

	_, err := readRow(t.Context(), s.catalog(), "sleep", pgx.RowTo[string], `SELECT pg_catalog.pg_sleep($1)::pg_catalog.text`, 1.5*StatementTimeout.Seconds())
	require.NoError(t, err)
	require.Equal(t, batch, read(s.conn))
	require.Equal(t, limits{fmt.Sprint(CatalogTimeout.Seconds(), "s"), batch.Lock}, read(s.reads))
	require.Equal(t, batch, read(s.conn), "after a statement that succeeded")
	for _, fails := range []string{`SELECT 1 OPERATOR(pg_catalog./) 0`, `SELECT nothing`} {
		_, err := readRow(t.Context(), s.catalog(), "fail", pgx.RowTo[int], fails)
		require.Error(t, err)
		require.Equal(t, batch, read(s.conn), "after one that failed")
	}
}

// tiredCatalog answers a statement only for few relations in time. Of more it sends some rows, and then the
// time is over.
type tiredCatalog struct {
	querier

	most, tired int
}

func (c *tiredCatalog) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if oids, ok := args[0].([]uint32); ok && len(oids) > c.most {
		c.tired++
		sql = `SELECT oid, CASE WHEN oid OPERATOR(pg_catalog.=) (` + fmt.Sprint(oids[len(oids)-1]) + `)::pg_catalog.oid THEN pg_catalog.pg_sleep(60)::pg_catalog.text END FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS oid`
	}
	return c.querier.Query(ctx, sql, args...)
}

func TestFault109ACatalogThatIsTooSlowIsAskedForLessAndDeliversNothingTwice(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		relations, most int
		tired           int // statements that took too long
	}{
		"in time":                          {1200, mostOIDs, 0},
		"a tenth":                          {1200, 70, 1},
		"a tenth of a tenth":               {300, fewestOIDs, 2},
		"fewer than the portion, too many": {7, fewestOIDs, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := newDatabase(t)
			s := db.session() // whose own statements end sooner than those of a catalog
			tired := &tiredCatalog{querier: s.conn, most: c.most}
			read := newCatalog(tired)
			asked := make([]uint32, c.relations)
			for i := range asked {
				asked[i] = uint32(1e6 + i)
			}
			got, err := readEach(t.Context(), read, "read", asked, func(oid *uint32) []any { return []any{oid, new(*string)} },
				`SELECT oid, NULL::pg_catalog.text FROM pg_catalog.unnest($1::pg_catalog.oid[]) AS oid`)
			require.NoError(t, err)
			require.Equal(t, asked, got)
			require.Equal(t, c.tired, tired.tired)
		})
	}
	s := newDatabase(t).session()
	_, err := readEach(t.Context(), newCatalog(&tiredCatalog{querier: s.conn}), "read", []uint32{1, 2, 3, 4, 5, 6}, func(oid *uint32) []any { return []any{oid, new(*string)} }, ``)
	require.True(t, isTimeout(err), "with %v: in the end it fails", err)
}
